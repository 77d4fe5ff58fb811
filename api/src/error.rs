//! The one error of every use case, by who can do something about it.

use trunkline_domain::fault::{Fault, FaultCode, Language};
use trunkline_infra::{
    db::DbError,
    identity::{KeyFault, PasswordFault, SealBroken},
};

/// Outcome of a use case.
pub type Outcome<T> = Result<T, AppError>;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The user can mend it: goes into `userErrors`.
    #[error("the request has {} faults", .0.len())]
    Faults(Vec<Fault>),
    /// The caller's program can mend it: a page size, a cursor, a span out of range.
    #[error("{0}")]
    InvalidArgument(String),
    /// The caller has not the right for this field at all.
    #[error("the caller lacks {0}")]
    Forbidden(&'static str),
    /// The field may change without notice and is off for programs.
    #[error("experimental fields are off for programs: they may change without notice")]
    Experimental,
    /// The caller is not signed in.
    #[error("sign in first")]
    Unauthenticated,
    /// The caller is who they say, of a tenant that is suspended.
    #[error("access of this tenant is suspended")]
    TenantSuspended,
    /// Nothing is wrong with the request; try again later.
    #[error("the service cannot answer now")]
    Unavailable,
    /// It took too long.
    #[error("the request took too long")]
    Deadline,
    /// A defect of ours. The text is for the log only.
    #[error("{0}")]
    Internal(String),
}

impl From<Fault> for AppError {
    fn from(fault: Fault) -> Self {
        Self::Faults(vec![fault])
    }
}

impl From<FaultCode> for AppError {
    fn from(code: FaultCode) -> Self {
        Fault::new(code).into()
    }
}

impl From<DbError> for AppError {
    fn from(error: DbError) -> Self {
        if let Some(fault) = error.fault() {
            return fault.into();
        }
        match error {
            DbError::Timeout => Self::Deadline,
            DbError::Crowded => Self::Unavailable,
            DbError::Unavailable(_) | DbError::Collision => {
                tracing::warn!(%error, "database not available");
                Self::Unavailable
            }
            DbError::Constraint(_) | DbError::Internal(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<PasswordFault> for AppError {
    fn from(error: PasswordFault) -> Self {
        match error {
            PasswordFault::Busy => Self::Unavailable,
            PasswordFault::Hasher(_) | PasswordFault::Breached(_) => {
                Self::Internal(error.to_string())
            }
        }
    }
}

impl From<KeyFault> for AppError {
    fn from(error: KeyFault) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<SealBroken> for AppError {
    fn from(error: SealBroken) -> Self {
        Self::Internal(error.to_string())
    }
}

impl AppError {
    /// Code of the closed list of top-level errors.
    ///
    /// A query has no place for user errors but this one: an id in it that names nothing which the
    /// caller can see is NOT_FOUND as in a mutation, whether it is unknown, another company's or no id
    /// at all.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Faults(faults) if faults.iter().any(|it| it.code == FaultCode::NotFound) => {
                FaultCode::NotFound.as_str()
            }
            Self::Faults(_) | Self::InvalidArgument(_) => "INVALID_ARGUMENT",
            Self::Forbidden(_) | Self::Experimental => "FORBIDDEN",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::TenantSuspended => "TENANT_SUSPENDED",
            Self::Unavailable => "UNAVAILABLE",
            Self::Deadline => "DEADLINE_EXCEEDED",
            Self::Internal(_) => "INTERNAL",
        }
    }

    /// What the caller is told, in the caller's language. Which argument a program got wrong is told in
    /// the language of those who write programs; what an internal error is stays in the log.
    #[must_use]
    pub fn into_text(self, language: Language) -> String {
        let (english, chinese) = match self {
            Self::Faults(faults) => {
                let sentences: Vec<String> =
                    faults.iter().map(|fault| fault.message(language)).collect();
                return sentences.join(" ");
            }
            Self::InvalidArgument(text) => return text,
            Self::Forbidden(permission) => {
                return match language {
                    Language::English => format!("You lack the right {permission}."),
                    Language::Chinese => format!("您缺少权限 {permission}。"),
                };
            }
            Self::Experimental => (
                "Experimental fields are off for programs: they may change without notice.",
                "实验性字段不对程序开放：它们可能随时变更。",
            ),
            Self::Unauthenticated => ("Sign in first.", "请先登录。"),
            Self::TenantSuspended => (
                "Access of your company is suspended for now. Ask your administrator.",
                "贵公司的访问已暂停，请联系管理员。",
            ),
            Self::Unavailable => (
                "The service cannot answer now: try again later.",
                "服务暂时无法响应，请稍后再试。",
            ),
            Self::Deadline => ("The request took too long.", "请求处理超时。"),
            Self::Internal(_) => ("Something went wrong on our side.", "服务器内部出错。"),
        };
        language.pick(english, chinese).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use trunkline_domain::fault::Rule;

    use super::*;

    #[test]
    fn an_id_that_names_nothing_is_not_found_and_any_other_value_is_invalid() {
        let unknown = Fault::not_found("queueId");
        let long = Fault::invalid("days", Rule::Days(1, 366));
        assert_eq!(AppError::from(unknown.clone()).code(), "NOT_FOUND");
        assert_eq!(AppError::Faults(vec![long.clone(), unknown]).code(), "NOT_FOUND");
        assert_eq!(AppError::from(long).code(), "INVALID_ARGUMENT");
        assert_eq!(AppError::InvalidArgument("first".to_owned()).code(), "INVALID_ARGUMENT");
    }

    #[test]
    fn who_reads_chinese_is_told_in_chinese_and_nobody_what_an_internal_error_was() {
        let errors: [fn() -> AppError; 8] = [
            || AppError::Forbidden("site:write"),
            || AppError::Experimental,
            || AppError::Unauthenticated,
            || AppError::TenantSuspended,
            || AppError::Unavailable,
            || AppError::Deadline,
            || AppError::Internal("select 1".to_owned()),
            || FaultCode::Forbidden.into(),
        ];
        for error in errors {
            let [english, chinese] =
                [Language::English, Language::Chinese].map(|language| error().into_text(language));
            let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
            assert!(chinese.contains(is_han) && !english.contains(is_han), "{english} {chinese}");
            let is_sentence = english.starts_with(char::is_uppercase) && english.ends_with('.');
            assert!(is_sentence && chinese.ends_with('。'), "{english} {chinese}");
            assert!(!english.contains("select 1") && !chinese.contains("select 1"), "{english}");
        }
    }
}
