use async_graphql::{Context, Object};

use super::{
    inputs::{SessionCreateInput, SessionRefreshInput, SessionRevokeAllInput, SessionRevokeInput},
    service::{SignIn, create_session, end_session, end_sessions, refresh_session},
    types::{
        SessionCreatePayload, SessionRefreshPayload, SessionRevokeAllPayload, SessionRevokePayload,
    },
};
use crate::graphql::{Operation, parse_id};

/// Signing in and out.
#[derive(Debug, Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Signs a person in with company, e-mail address, password, and a code where the account asks for one.
    /// Errors: CREDENTIALS_REFUSED, SECOND_FACTOR_REQUIRED, SECOND_FACTOR_REFUSED, RATE_LIMITED.
    /// TENANT_SUSPENDED is of the request as a whole, when the rest was right.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: SessionCreateInput,
    ) -> async_graphql::Result<SessionCreatePayload> {
        let operation = Operation::root(ctx)?;
        let SessionCreateInput { tenant_slug, email, password, code } = input;
        let sign_in = SignIn { tenant_slug, email, password: password.into(), code };
        let outcome = create_session(&operation.app, &operation.origin, sign_in).await;
        let (tokens, user_errors) = operation.settle(outcome)?;
        Ok(SessionCreatePayload { session: tokens.map(Into::into), user_errors })
    }

    /// Changes a refresh token for new tokens. Each is good once; one that is used again ends the session,
    /// but the last one is answered for some seconds as before.
    /// Errors: SESSION_REFUSED. TENANT_SUSPENDED is of the request as a whole, and the token stays good.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session goes on.")] input: SessionRefreshInput,
    ) -> async_graphql::Result<SessionRefreshPayload> {
        let operation = Operation::root(ctx)?;
        let outcome =
            refresh_session(&operation.app, &operation.origin, &input.refresh_token.into()).await;
        let (tokens, user_errors) = operation.settle(outcome)?;
        Ok(SessionRefreshPayload { session: tokens.map(Into::into), user_errors })
    }

    /// Signs the caller out on a device; its tokens are void within a minute. Ending another session than the
    /// one that calls asks for the password.
    /// Errors: INVALID_VALUE, NOT_FOUND, REAUTHENTICATION_REQUIRED, CREDENTIALS_REFUSED, RATE_LIMITED, FORBIDDEN.
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session, and why, if the caller wants to say.")]
        input: SessionRevokeInput,
    ) -> async_graphql::Result<SessionRevokePayload> {
        let operation = Operation::root(ctx)?;
        let SessionRevokeInput { session_id, reason, password } = input;
        let password = password.map(Into::into);
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match session_id.map(|id| parse_id(&id, "sessionId")).transpose() {
            Ok(session) => {
                let which = (session, reason);
                end_session(&operation.app, &write, &operation.origin, which, password).await
            }
            Err(fault) => Err(fault.into()),
        };
        let (_, user_errors) = operation.settle(outcome)?;
        Ok(SessionRevokePayload { user_errors })
    }

    /// Signs the caller out everywhere; all tokens are void within a minute.
    /// Errors: REAUTHENTICATION_REQUIRED, CREDENTIALS_REFUSED, RATE_LIMITED, FORBIDDEN.
    async fn session_revoke_all(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whether the session that calls goes on.")] input: SessionRevokeAllInput,
    ) -> async_graphql::Result<SessionRevokeAllPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let SessionRevokeAllInput { keep_current, password } = input;
        let password = password.map(Into::into);
        let outcome =
            end_sessions(&operation.app, &write, &operation.origin, keep_current, password).await;
        let (ended, user_errors) = operation.settle(outcome)?;
        let ended_count = ended.and_then(|count| i32::try_from(count).ok());
        Ok(SessionRevokeAllPayload { ended_count, user_errors })
    }
}
