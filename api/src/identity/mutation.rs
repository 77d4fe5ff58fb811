use async_graphql::{Context, Object};

use super::{
    inputs::{SessionCreateInput, SessionRefreshInput, SessionRevokeInput},
    service::{SignIn, create_session, end_session, refresh_session},
    types::{SessionCreatePayload, SessionRefreshPayload, SessionRevokePayload},
};
use crate::graphql::Operation;

/// Signing in and out.
#[derive(Debug, Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Signs a person in with company, e-mail address and password.
    /// Errors: CREDENTIALS_REFUSED.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: SessionCreateInput,
    ) -> async_graphql::Result<SessionCreatePayload> {
        let operation = Operation::root(ctx)?;
        let SessionCreateInput { tenant_slug, email, password } = input;
        let sign_in = SignIn { tenant_slug, email, password: password.into() };
        let outcome = create_session(&operation.app, sign_in).await;
        let (tokens, user_errors) = operation.settle(outcome)?;
        Ok(SessionCreatePayload { session: tokens.map(Into::into), user_errors })
    }

    /// Changes a refresh token for new tokens. Each is good once; one that is used again ends the session.
    /// Errors: CREDENTIALS_REFUSED.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session goes on.")] input: SessionRefreshInput,
    ) -> async_graphql::Result<SessionRefreshPayload> {
        let operation = Operation::root(ctx)?;
        let outcome = refresh_session(&operation.app, &input.refresh_token.into()).await;
        let (tokens, user_errors) = operation.settle(outcome)?;
        Ok(SessionRefreshPayload { session: tokens.map(Into::into), user_errors })
    }

    /// Signs the caller out on this device; its tokens are void within a minute.
    /// Errors: INVALID_VALUE.
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Why, if the caller wants to say.")] input: SessionRevokeInput,
    ) -> async_graphql::Result<SessionRevokePayload> {
        let operation = Operation::root(ctx)?;
        let SessionRevokeInput { reason: _ } = input;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let (_, user_errors) = operation.settle(end_session(&operation.app, &write).await)?;
        Ok(SessionRevokePayload { user_errors })
    }
}
