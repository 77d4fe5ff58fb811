use async_graphql::{Enum, ErrorExtensions as _, SimpleObject};
use trunkline_domain::fault::{Fault, FaultCode, Language};

use super::operation::Operation;
use crate::error::{AppError, Outcome};

/// Codes of user errors. New values can be added: treat an unknown one as `INVALID_VALUE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "FaultCode")]
pub enum UserErrorCode {
    /// The id names nothing the caller can see.
    NotFound,
    /// A value is missing, too long, out of range or malformed.
    InvalidValue,
    /// `expectedVersion` is not the current one; the current object is in the payload.
    StaleVersion,
    /// The object's state does not allow the action.
    InvalidState,
    /// A work rule forbids it; see `violations`.
    RuleViolated,
    /// Rules weighed `NEEDS_APPROVAL` stand against it; see `violations`. Naming each in `overrides` with a reason lets it pass.
    ApprovalRequired,
    /// A rule named in `overrides` is one that no reason lets be broken.
    OverrideRefused,
    /// Swapping is switched off for this tenant.
    ShiftSwapDisabled,
    /// The shift is already part of a running swap.
    ShiftSwapAlreadyOpen,
    /// A colleague was faster.
    AlreadyTaken,
    /// The caller has taken it already.
    AlreadyYours,
    /// The deadline before the shift has passed.
    NoticeTooShort,
    /// There is one with this value already.
    Duplicate,
    /// The file has faults and nothing was taken in.
    ImportRefused,
    /// The history is too short for a forecast.
    TooLittleHistory,
    /// Company, e-mail address or password is wrong.
    CredentialsRefused,
    /// The refresh token is none, or its session is over: sign in again.
    SessionRefused,
    /// The identity provider did not let the person in, for whatever reason.
    ProviderRefused,
    /// The account asks for a code besides the password.
    SecondFactorRequired,
    /// The code is wrong, or was used before.
    SecondFactorRefused,
    /// Only who has shown just now who they are may do this: by the password or, for accounts that
    /// have none, by a sign-in of the last minutes.
    ReauthenticationRequired,
    /// The link of the mail was used before, is too old, or is none.
    LinkRefused,
    /// Too many attempts; `retryAfterSeconds` of the parameters says when the next is looked at.
    RateLimited,
    /// The password is too short, too long or too easy to guess.
    WeakPassword,
    /// It overlaps one that is there already.
    Overlap,
    /// More items than are taken at once.
    LimitExceeded,
    /// Nobody would be left who administers the tenant.
    LastAdministrator,
    /// No site is named, and the caller may not write at every site of the network.
    SiteRequired,
    /// The caller has no right to make the change.
    Forbidden,
}

/// A named value of an error or violation.
#[derive(Debug, Clone, SimpleObject)]
pub struct ErrorParam {
    /// Name.
    pub name: String,
    /// Value as text.
    pub value: String,
}

/// A problem the user can understand and mend. Everything else is a top-level error.
#[derive(Debug, Clone, SimpleObject)]
pub struct UserError {
    /// Stable code; the list of codes each mutation can give stands in its description.
    pub code: UserErrorCode,
    /// Sentence in the caller's language.
    pub message: String,
    /// Path into `input`, e.g. `["input","windows","0","endsAt"]`. `null` when it concerns the whole request.
    pub path: Option<Vec<String>>,
    /// Values to build an own sentence from.
    pub params: Vec<ErrorParam>,
}

impl UserError {
    /// Whether it was refused because something had changed meanwhile, so that the payload shows how
    /// it stands now.
    #[must_use]
    pub fn any_stale(errors: &[Self]) -> bool {
        errors.iter().any(|error| error.code == UserErrorCode::StaleVersion)
    }
}

/// Name-value pairs as the schema shows them.
pub(crate) fn error_params(params: Vec<(String, String)>) -> Vec<ErrorParam> {
    params.into_iter().map(|(name, value)| ErrorParam { name, value }).collect()
}

impl Operation {
    /// The fault as the schema shows it, in the caller's language. A mutation that is not permitted
    /// goes to the audit.
    #[must_use]
    pub fn user_error(&self, fault: Fault) -> UserError {
        if fault.code == FaultCode::Forbidden {
            self.tell_forbidden(&fault.path, None);
        }
        let message = fault.message(self.language);
        let params = error_params(fault.params(self.language));
        let Fault { code, path, .. } = fault;
        let path =
            (!path.is_empty()).then(|| std::iter::once("input".to_owned()).chain(path).collect());
        UserError { code: code.into(), message, path, params }
    }

    /// Splits the outcome of a mutation's use case: what was done, or the faults of the payload.
    ///
    /// # Errors
    /// Everything that is no fault of the user.
    pub fn settle<T>(
        &self,
        outcome: Outcome<T>,
    ) -> async_graphql::Result<(Option<T>, Vec<UserError>)> {
        match outcome {
            Ok(done) => Ok((Some(done), Vec::new())),
            Err(AppError::Faults(faults)) => {
                Ok((None, faults.into_iter().map(|fault| self.user_error(fault)).collect()))
            }
            Err(error) => Err(self.fail(error)),
        }
    }
}

/// When something that did not answer may be asked again.
const RETRY_SECONDS: u32 = 1;

/// The error with its code, in the language of the caller. The text of internals stays in the log.
pub(super) fn into_graphql(error: AppError, language: Language) -> async_graphql::Error {
    let code = error.code();
    async_graphql::Error::new(error.into_text(language)).extend_with(|_, extensions| {
        extensions.set("code", code);
        if code == "UNAVAILABLE" {
            extensions.set("retryAfterSeconds", RETRY_SECONDS);
        }
    })
}

/// All codes that a user error can have, for the test that compares schema and domain.
#[must_use]
pub fn codes() -> Vec<&'static str> {
    FaultCode::ALL.iter().map(|code| code.as_str()).collect()
}
