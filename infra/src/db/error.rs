use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, error::DatabaseError},
};
use trunkline_domain::fault::Fault;

use super::constraints::fault_of;

/// What went wrong in the database, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A named constraint refused the write; a room turns the name into a field error.
    #[error("constraint {0} refused the write")]
    Constraint(String),
    /// The statement, a lock or the pool took longer than its budget.
    #[error("the database did not answer within its time budget")]
    Timeout,
    /// Too many wait for a connection already; it was not tried.
    #[error("too many wait for the database")]
    Crowded,
    /// No connection can be had.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// Two transactions got into each other's way; the whole one may be tried again.
    #[error("two transactions collided")]
    Collision,
    /// Anything else is a defect of ours. The text is for the log only.
    #[error("database: {0}")]
    Internal(String),
}

impl DbError {
    /// The fault that a user can mend, when a named constraint stands for one.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        self.constraint().and_then(fault_of)
    }

    /// The constraint that refused, if that is what happened.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Constraint(name) => Some(name),
            _ => None,
        }
    }
}

fn by_sqlstate(error: &dyn DatabaseError) -> DbError {
    let code = error.code().unwrap_or_default();
    match (code.as_ref(), error.constraint()) {
        // Class 23: integrity constraint violation.
        (code, Some(name)) if code.starts_with("23") => DbError::Constraint(name.to_owned()),
        ("57014" | "55P03" | "25P03", _) => DbError::Timeout,
        ("40001" | "40P01", _) => DbError::Collision,
        ("57P01" | "57P02" | "57P03" | "53300", _) => DbError::Unavailable(error.to_string()),
        (code, _) => DbError::Internal(format!("{code} {error}")),
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(error) => by_sqlstate(error.as_ref()),
            sqlx::Error::PoolTimedOut => Self::Timeout,
            sqlx::Error::Io(_) | sqlx::Error::PoolClosed => Self::Unavailable(error.to_string()),
            _ => Self::Internal(error.to_string()),
        }
    }
}

impl From<DbErr> for DbError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::Conn(RuntimeErr::SqlxError(inner))
            | DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => match inner.as_ref() {
                sqlx::Error::Database(error) => by_sqlstate(error.as_ref()),
                sqlx::Error::Io(_) | sqlx::Error::PoolClosed => {
                    Self::Unavailable(inner.to_string())
                }
                _ => Self::Internal(error.to_string()),
            },
            _ => Self::Internal(error.to_string()),
        }
    }
}
