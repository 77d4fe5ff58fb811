use serde::{Deserialize, Serialize};

use super::Names;
use crate::{fault::Language, id::TenantId, identity::Slug};

/// Whether a tenant may work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TenantState {
    /// It works.
    Active,
    /// Nobody may sign in for now.
    Suspended,
    /// It has ended.
    Closed,
}

impl TenantState {
    /// Stable name, as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::Closed => "CLOSED",
        }
    }
}

/// A customer company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Short name for signing in.
    pub slug: Slug,
    /// Name.
    pub names: Names,
    /// IANA zone of network-wide days.
    pub time_zone: String,
    /// Language of people who have not chosen one.
    pub language: Language,
    /// State.
    pub state: TenantState,
}
