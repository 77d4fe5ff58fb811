use serde::{Deserialize, Serialize};

use super::{Code, Names, OpeningHours};
use crate::{
    fault::{Fault, FaultCode},
    id::SiteId,
};

/// Where a site stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SiteState {
    /// Being set up.
    Planned,
    /// Works.
    Open,
    /// Does not work for now.
    Paused,
    /// Will not work again.
    Closed,
}

impl SiteState {
    /// Stable name, as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "PLANNED",
            Self::Open => "OPEN",
            Self::Paused => "PAUSED",
            Self::Closed => "CLOSED",
        }
    }

    /// The state after a change.
    ///
    /// # Errors
    /// INVALID_STATE: a closed site stays closed, and none goes back to being planned.
    pub fn become_state(self, next: Self) -> Result<Self, Fault> {
        match (self, next) {
            (from, to) if from == to => Ok(to),
            (Self::Planned, Self::Open | Self::Closed)
            | (Self::Open, Self::Paused | Self::Closed)
            | (Self::Paused, Self::Open | Self::Closed) => Ok(next),
            _ => Err(Fault::new(FaultCode::InvalidState).at("state").with("state", self.as_str())),
        }
    }
}

/// One call centre, physical or virtual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// Short name, unique in the tenant.
    pub code: Code,
    /// Name.
    pub names: Names,
    /// IANA zone of its wall clocks.
    pub time_zone: String,
    /// When it is open; `None` = always.
    pub opening: Option<OpeningHours>,
    /// State.
    pub state: SiteState,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_site_stays_closed_and_a_paused_one_opens_again() {
        assert_eq!(SiteState::Paused.become_state(SiteState::Open), Ok(SiteState::Open));
        assert!(SiteState::Closed.become_state(SiteState::Open).is_err());
        assert!(SiteState::Open.become_state(SiteState::Planned).is_err());
    }
}
