use super::rows::Tenant;

/// What the transaction says about its tenant while statements go for the rows of [`Tenant::B`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Nothing was ever set on the connection.
    Unset,
    /// Set to the empty string, as a connection has it after a transaction.
    Empty,
    /// A tenant that has no rows.
    Wrong,
    /// The tenant itself. Everything must work: a suite in which nothing works proves nothing.
    Own,
    /// Another tenant.
    Other,
}

impl Setting {
    pub const ALL: [Self; 5] = [Self::Unset, Self::Empty, Self::Wrong, Self::Own, Self::Other];

    /// The tenant that the transaction acts for.
    pub const fn acting(self) -> Option<Tenant> {
        match self {
            Self::Unset | Self::Empty => None,
            Self::Wrong => Some(Tenant::Stranger),
            Self::Own => Some(Tenant::B),
            Self::Other => Some(Tenant::A),
        }
    }
}

/// `insufficient_privilege`: a grant is missing, or the policy refuses.
pub const DENIED: &[&str] = &["42501"];
/// `unique_violation` and `exclusion_violation`.
pub const TAKEN: &[&str] = &["23505", "23P01"];
/// `foreign_key_violation`.
pub const DANGLING: &[&str] = &["23503"];
/// `invalid_text_representation`, whose message quotes the text.
pub const MISREAD: &[&str] = &["22P02"];

/// What must come of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// So many rows, read or touched.
    Rows(usize),
    /// One row with this text.
    Answer(String),
    /// An error with one of these codes.
    Refused(&'static [&'static str]),
    /// An error of the constraint with this name.
    By(String),
    /// So many rows, or an error with one of these codes.
    RowsOr(usize, &'static [&'static str]),
    /// Anything that shows nothing of others.
    Discreet,
}

/// One statement under one setting.
#[derive(Debug, Clone)]
pub struct Case {
    pub operation: &'static str,
    pub about: String,
    pub sql: String,
    pub expected: Expected,
}
