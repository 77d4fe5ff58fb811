use async_graphql::{Context, Object};

use super::{
    inputs::{NotificationMarkReadInput, NotificationPreferencesSetInput},
    service,
    types::{
        Notification, NotificationMarkReadPayload, NotificationPreferences,
        NotificationPreferencesSetPayload,
    },
};
use crate::graphql::Operation;

/// What a user does with what it was told.
#[derive(Debug, Default)]
pub struct NotificationsMutation;

#[Object]
impl NotificationsMutation {
    /// Marks notifications of the caller as read.
    ///
    /// Errors: NOT_FOUND, LIMIT_EXCEEDED, FORBIDDEN.
    async fn notification_mark_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] input: NotificationMarkReadInput,
    ) -> async_graphql::Result<NotificationMarkReadPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(what) => service::read(&operation.app, &write, what).await,
            Err(fault) => Err(fault.into()),
        };
        let (read, mut user_errors) = operation.settle(outcome)?;
        let service::Read { named, faults } = read.unwrap_or_default();
        user_errors.extend(faults.into_iter().map(|fault| operation.user_error(fault)));
        let notifications = named.into_iter().filter_map(Notification::of).collect();
        Ok(NotificationMarkReadPayload { notifications, user_errors })
    }

    /// Sets how the caller wants to be told.
    ///
    /// Errors: FORBIDDEN.
    async fn notification_preferences_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What shall hold.")] input: NotificationPreferencesSetInput,
    ) -> async_graphql::Result<NotificationPreferencesSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let kinds = input.mail_kinds.into_iter().map(Into::into).collect();
        let outcome = service::prefer(&operation.app, &write, kinds).await;
        let (kinds, user_errors) = operation.settle(outcome)?;
        let preferences = kinds.map(NotificationPreferences::of);
        Ok(NotificationPreferencesSetPayload { preferences, user_errors })
    }
}
