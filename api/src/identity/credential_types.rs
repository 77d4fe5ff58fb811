//! What is said about passwords, links and second factors, and what is answered.

use async_graphql::{ID, InputObject, SimpleObject};
use trunkline_domain::fault::Fault;
use trunkline_infra::identity::TotpSetup;

use super::{account_types::UserCreateInput, accounts::SaidUser};
use crate::graphql::{LanguageTag, UserError};

/// A new password for the caller.
#[derive(InputObject)]
pub struct PasswordChangeInput {
    /// The password so far.
    #[graphql(secret)]
    pub current_password: String,
    /// Code of the authenticator app, or a recovery code, where signing in asks for one.
    #[graphql(secret)]
    pub code: Option<String>,
    /// The new one: 10 to 256 characters that are hard to guess.
    #[graphql(secret)]
    pub new_password: String,
}

/// Who has forgotten the password.
#[derive(InputObject)]
pub struct PasswordResetRequestInput {
    /// Short name of the company, e.g. `huayin`.
    pub tenant_slug: String,
    /// E-mail address.
    pub email: String,
}

/// A new password by the link of a mail.
#[derive(InputObject)]
pub struct PasswordResetInput {
    /// What stands behind `#reset=` in the link.
    #[graphql(secret)]
    pub token: String,
    /// The new password: 10 to 256 characters that are hard to guess.
    #[graphql(secret)]
    pub password: String,
}

/// The first password by the link of an invitation.
#[derive(InputObject)]
pub struct InvitationAcceptInput {
    /// What stands behind `#invitation=` in the link.
    #[graphql(secret)]
    pub token: String,
    /// The password: 10 to 256 characters that are hard to guess.
    #[graphql(secret)]
    pub password: String,
}

/// A new user who sets the first password by the link of a mail.
#[derive(InputObject)]
pub struct UserInviteInput {
    /// E-mail address to sign in with, unique in the tenant; the link is sent to it.
    pub email: String,
    /// Name shown to colleagues.
    pub display_name: String,
    /// Language of texts; absent = the tenant's.
    pub language: Option<LanguageTag>,
    /// The person's own agent record.
    pub agent_id: Option<ID>,
}

impl UserInviteInput {
    pub(super) fn parse(self) -> Result<SaidUser, Fault> {
        let Self { email, display_name, language, agent_id } = self;
        let user = UserCreateInput { email, display_name, password: None, language, agent_id };
        Ok(SaidUser { invited: true, ..user.parse()? })
    }
}

/// Whom to invite once more.
#[derive(InputObject)]
pub struct InvitationResendInput {
    /// A user without a password.
    pub user_id: ID,
}

/// Sets the second factor up.
#[derive(InputObject)]
pub struct SecondFactorEnrolInput {
    /// The caller's password.
    #[graphql(secret)]
    pub password: String,
}

/// Confirms the second factor.
#[derive(InputObject)]
pub struct SecondFactorConfirmInput {
    /// Code that the authenticator app shows now.
    #[graphql(secret)]
    pub code: String,
}

/// Switches the second factor off.
#[derive(InputObject)]
pub struct SecondFactorDisableInput {
    /// The caller's password.
    #[graphql(secret)]
    pub password: String,
    /// Code of the authenticator app, or a recovery code, where signing in asks for one.
    #[graphql(secret)]
    pub code: Option<String>,
}

/// Whose second factor is lost.
#[derive(InputObject)]
pub struct UserSecondFactorResetInput {
    /// The user.
    pub user_id: ID,
    /// The caller's password. May be left out by who has none and whom the provider has asked who it is in the
    /// last ten minutes.
    #[graphql(secret)]
    pub password: Option<String>,
    /// Code of the caller's authenticator app, or a recovery code, where signing in asks for one.
    #[graphql(secret)]
    pub code: Option<String>,
}

/// A secret for an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds).
#[derive(Debug, SimpleObject)]
pub struct SecondFactorSetup {
    /// To be typed, in base 32.
    pub secret: String,
    /// To be shown as a QR code: `otpauth://…`.
    pub url: String,
}

impl From<TotpSetup> for SecondFactorSetup {
    fn from(setup: TotpSetup) -> Self {
        let TotpSetup { secret, url } = setup;
        Self { secret, url }
    }
}

/// Outcome of setting the second factor up.
#[derive(Debug, SimpleObject)]
pub struct SecondFactorEnrolPayload {
    /// The secret, shown here and nowhere else again. `null` when refused.
    pub setup: Option<SecondFactorSetup>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of confirming the second factor.
#[derive(Debug, SimpleObject)]
pub struct SecondFactorConfirmPayload {
    /// Ten codes, each good once in place of the app's; shown here and nowhere else again. Empty when
    /// refused.
    pub recovery_codes: Vec<String>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Declares payloads that say only whether it was done.
macro_rules! bare_payload {
    ($($name:ident, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Debug, SimpleObject)]
        pub struct $name {
            /// Why it was refused. Empty means done.
            pub user_errors: Vec<UserError>,
        }
    )*};
}
bare_payload! {
    PasswordChangePayload, "Outcome of changing a password.";
    PasswordResetRequestPayload, "Outcome of asking for a link. The same whether the address is known or not.";
    PasswordResetPayload, "Outcome of setting a password by a link.";
    InvitationAcceptPayload, "Outcome of accepting an invitation. Sign in with the new password.";
    InvitationResendPayload, "Outcome of inviting once more.";
    SecondFactorDisablePayload, "Outcome of switching the second factor off.";
    UserSecondFactorResetPayload, "Outcome of switching the second factor of a user off.";
}
