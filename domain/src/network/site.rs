use serde::{Deserialize, Serialize};

use super::{Code, Names, OpeningHours, parse_zone};
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

/// What a client says about a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawSite {
    /// Short name.
    pub code: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// IANA zone.
    pub time_zone: String,
    /// When it is open; `None` = always.
    pub opening: Option<OpeningHours>,
    /// State.
    pub state: SiteState,
}

impl Site {
    /// Reads what a client sent.
    ///
    /// # Errors
    /// A fault for every field that does not fit, all at once.
    pub fn parse(id: SiteId, raw: RawSite) -> Result<Self, Vec<Fault>> {
        let RawSite { code, name_en, name_zh, time_zone, opening, state } = raw;
        let mut faults = Vec::new();
        let code = Code::parse("code", &code).map_err(|fault| faults.push(fault));
        let names = Names::parse(&name_en, &name_zh).map_err(|fault| faults.push(fault));
        let zone = parse_zone("timeZone", &time_zone).map_err(|fault| faults.push(fault));
        if let Some(Err(fault)) = opening.as_ref().map(OpeningHours::check) {
            faults.push(fault);
        }
        match (code, names, zone) {
            (Ok(code), Ok(names), Ok(_)) if faults.is_empty() => {
                let time_zone = time_zone.trim().to_owned();
                Ok(Self { id, code, names, time_zone, opening, state })
            }
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_site_tells_all_its_faults_at_once() {
        let raw = RawSite {
            code: "K M".into(),
            name_en: String::new(),
            name_zh: String::new(),
            time_zone: "Asia/Atlantis".into(),
            opening: None,
            state: SiteState::Open,
        };
        let faults = Site::parse(SiteId::from_uuid(Uuid::nil()), raw).expect_err("three faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["code", "nameEn", "timeZone"]);
    }

    #[test]
    fn a_closed_site_stays_closed_and_a_paused_one_opens_again() {
        assert_eq!(SiteState::Paused.become_state(SiteState::Open), Ok(SiteState::Open));
        assert!(SiteState::Closed.become_state(SiteState::Open).is_err());
        assert!(SiteState::Open.become_state(SiteState::Planned).is_err());
    }
}
