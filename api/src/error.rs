//! The one error of every use case, by who can do something about it.

use trunkline_domain::fault::{Fault, FaultCode};
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
            PasswordFault::Hasher(_) => Self::Internal(error.to_string()),
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
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Faults(_) | Self::InvalidArgument(_) => "INVALID_ARGUMENT",
            Self::Forbidden(_) | Self::Experimental => "FORBIDDEN",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::TenantSuspended => "TENANT_SUSPENDED",
            Self::Unavailable => "UNAVAILABLE",
            Self::Deadline => "DEADLINE_EXCEEDED",
            Self::Internal(_) => "INTERNAL",
        }
    }
}
