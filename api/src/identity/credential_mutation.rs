//! Root fields of passwords, links and second factors.

use async_graphql::{Context, Object};
use trunkline_infra::identity::LinkKind;

use super::{
    credential_types::{
        InvitationAcceptInput, InvitationAcceptPayload, InvitationResendInput,
        InvitationResendPayload, PasswordChangeInput, PasswordChangePayload, PasswordResetInput,
        PasswordResetPayload, PasswordResetRequestInput, PasswordResetRequestPayload,
        SecondFactorConfirmInput, SecondFactorConfirmPayload, SecondFactorDisableInput,
        SecondFactorDisablePayload, SecondFactorEnrolInput, SecondFactorEnrolPayload,
        UserSecondFactorResetInput, UserSecondFactorResetPayload,
    },
    passwords::{change, invite_again, request_reset, set_by_link},
    second_factor::{confirm, disable, enrol, reset},
    step_up::Proof,
};
use crate::graphql::{Operation, parse_id};

/// Changing passwords and second factors.
#[derive(Debug, Default)]
pub struct CredentialsMutation;

#[Object]
impl CredentialsMutation {
    /// Changes the caller's password and signs the caller out on all other devices.
    /// Errors: CREDENTIALS_REFUSED, SECOND_FACTOR_REQUIRED, SECOND_FACTOR_REFUSED, WEAK_PASSWORD, RATE_LIMITED, FORBIDDEN.
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The old password and the new one.")] input: PasswordChangeInput,
    ) -> async_graphql::Result<PasswordChangePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let PasswordChangeInput { current_password, code, new_password } = input;
        let (current, new) = ((current_password.into(), code), new_password.into());
        let outcome = change(&operation.app, &write, &operation.origin, current, new).await;
        let (_, user_errors) = operation.settle(outcome)?;
        Ok(PasswordChangePayload { user_errors })
    }

    /// Sends a link to set a new password to the address, if it is a user's. The answer does not tell.
    /// Errors: INVALID_VALUE, RATE_LIMITED.
    async fn password_reset_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose password.")] input: PasswordResetRequestInput,
    ) -> async_graphql::Result<PasswordResetRequestPayload> {
        let operation = Operation::root(ctx)?;
        let PasswordResetRequestInput { tenant_slug, email } = input;
        let outcome = request_reset(&operation.app, &operation.origin, &tenant_slug, &email).await;
        let (_, user_errors) = operation.settle(outcome)?;
        Ok(PasswordResetRequestPayload { user_errors })
    }

    /// Sets a new password by the link of a mail, which is good once, and ends all sessions.
    /// Errors: LINK_REFUSED, WEAK_PASSWORD, RATE_LIMITED.
    async fn password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token of the link and the new password.")] input: PasswordResetInput,
    ) -> async_graphql::Result<PasswordResetPayload> {
        let operation = Operation::root(ctx)?;
        let PasswordResetInput { token, password } = input;
        let outcome = set_by_link(
            &operation.app,
            &operation.origin,
            LinkKind::PasswordReset,
            &token.into(),
            password.into(),
        )
        .await;
        let (_, user_errors) = operation.settle(outcome)?;
        Ok(PasswordResetPayload { user_errors })
    }

    /// Sets the first password by the link of an invitation, which is good once.
    /// Errors: LINK_REFUSED, WEAK_PASSWORD, RATE_LIMITED.
    async fn invitation_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token of the link and the password.")] input: InvitationAcceptInput,
    ) -> async_graphql::Result<InvitationAcceptPayload> {
        let operation = Operation::root(ctx)?;
        let InvitationAcceptInput { token, password } = input;
        let outcome = set_by_link(
            &operation.app,
            &operation.origin,
            LinkKind::Invitation,
            &token.into(),
            password.into(),
        )
        .await;
        let (_, user_errors) = operation.settle(outcome)?;
        Ok(InvitationAcceptPayload { user_errors })
    }

    /// Sends an invitation once more, to a user without a password; the link before is void.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_STATE.
    async fn invitation_resend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to invite.")] input: InvitationResendInput,
    ) -> async_graphql::Result<InvitationResendPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match parse_id(&input.user_id, "userId") {
            Ok(user) => invite_again(&operation.app, &write, user).await,
            Err(fault) => Err(fault.into()),
        };
        let (_, user_errors) = operation.settle(outcome)?;
        Ok(InvitationResendPayload { user_errors })
    }

    /// Sets up a second factor for the caller. It is asked for once `secondFactorConfirm` is done.
    /// Errors: CREDENTIALS_REFUSED, INVALID_STATE, RATE_LIMITED, FORBIDDEN.
    async fn second_factor_enrol(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The caller's password.")] input: SecondFactorEnrolInput,
    ) -> async_graphql::Result<SecondFactorEnrolPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let password = input.password.into();
        let outcome = enrol(&operation.app, &write, &operation.origin, password).await;
        let (setup, user_errors) = operation.settle(outcome)?;
        Ok(SecondFactorEnrolPayload { setup: setup.map(Into::into), user_errors })
    }

    /// Confirms the second factor by a code. From now on, signing in asks for one.
    /// Errors: SECOND_FACTOR_REFUSED, INVALID_STATE, FORBIDDEN.
    async fn second_factor_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A code of the app.")] input: SecondFactorConfirmInput,
    ) -> async_graphql::Result<SecondFactorConfirmPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = confirm(&operation.app, &write, &input.code).await;
        let (codes, user_errors) = operation.settle(outcome)?;
        Ok(SecondFactorConfirmPayload { recovery_codes: codes.unwrap_or_default(), user_errors })
    }

    /// Switches the caller's second factor off and voids its recovery codes.
    /// Errors: CREDENTIALS_REFUSED, SECOND_FACTOR_REQUIRED, SECOND_FACTOR_REFUSED, INVALID_STATE, RATE_LIMITED, FORBIDDEN.
    async fn second_factor_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The caller's password and a code.")] input: SecondFactorDisableInput,
    ) -> async_graphql::Result<SecondFactorDisablePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let SecondFactorDisableInput { password, code } = input;
        let proof = (password.into(), code);
        let outcome = disable(&operation.app, &write, &operation.origin, proof).await;
        let (_, user_errors) = operation.settle(outcome)?;
        Ok(SecondFactorDisablePayload { user_errors })
    }

    /// Switches the second factor of a user off who has lost it, and is told by mail.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_STATE, REAUTHENTICATION_REQUIRED, CREDENTIALS_REFUSED, SECOND_FACTOR_REQUIRED, SECOND_FACTOR_REFUSED, RATE_LIMITED.
    async fn user_second_factor_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: UserSecondFactorResetInput,
    ) -> async_graphql::Result<UserSecondFactorResetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let UserSecondFactorResetInput { user_id, password, code } = input;
        let proof = Proof::said(password, code);
        let outcome = match parse_id(&user_id, "userId") {
            Ok(user) => reset(&operation.app, &write, &operation.origin, user, proof).await,
            Err(fault) => Err(fault.into()),
        };
        let (_, user_errors) = operation.settle(outcome)?;
        Ok(UserSecondFactorResetPayload { user_errors })
    }
}
