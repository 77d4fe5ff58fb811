use jiff::civil::Date;

use super::{Agent, AgentStatus, NewAgent, RawAgent};
use crate::fault::{Fault, Rule};

/// What is to be changed of an agent; `None` keeps a field. Post, site and team follow the
/// assignment instead.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgentChange {
    /// Number, unique in the tenant.
    pub number: Option<String>,
    /// Name that colleagues see.
    pub display_name: Option<String>,
    /// Status.
    pub status: Option<AgentStatus>,
    /// Last day of employment; inner `None` clears it.
    pub left_on: Option<Option<Date>>,
    /// BCP 47 tags.
    pub languages: Option<Vec<String>>,
}

impl AgentChange {
    /// Whether it ends an employment, or begins one again: the office that hires does, a site does not.
    #[must_use]
    pub fn employs(&self, agent: &Agent) -> bool {
        let left = |status: AgentStatus| status == AgentStatus::Terminated;
        self.status.is_some_and(|status| left(status) != left(agent.status))
            || self.left_on.is_some_and(|left_on| left_on != agent.left_on)
    }
}

impl Agent {
    /// The agent after a change.
    ///
    /// # Errors
    /// One INVALID_VALUE for every field that does not fit, all at once; so is a last day before the
    /// first one, and somebody who has left without a last day.
    pub fn change(&self, change: AgentChange) -> Result<Self, Vec<Fault>> {
        let AgentChange { number, display_name, status, left_on, languages } = change;
        let raw = RawAgent {
            number: number.unwrap_or_else(|| self.number.clone()),
            display_name: display_name.unwrap_or_else(|| self.display_name.clone()),
            site: self.site,
            team: self.team,
            post: self.post.clone(),
            hired_on: self.hired_on,
            languages: languages.unwrap_or_else(|| self.languages.clone()),
        };
        let status = status.unwrap_or(self.status);
        let left_on = left_on.unwrap_or(self.left_on);
        let (changed, mut faults) = match NewAgent::parse(raw) {
            Ok(agent) => (Some(agent.into_agent(self.id)), Vec::new()),
            Err(faults) => (None, faults),
        };
        if left_on.is_some_and(|left_on| left_on < self.hired_on) {
            faults.push(Fault::invalid("leftOn", Rule::FirstDayOrLater));
        }
        if status == AgentStatus::Terminated && left_on.is_none() {
            faults.push(Fault::invalid("leftOn", Rule::LastDay));
        }
        match changed {
            Some(changed) if faults.is_empty() => Ok(Self { status, left_on, ..changed }),
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::id::{AgentId, SiteId};

    fn agent() -> Agent {
        Agent {
            id: AgentId::from_uuid(Uuid::from_u128(7)),
            number: "A-1007".into(),
            display_name: "Lin Yue".into(),
            site: SiteId::from_uuid(Uuid::from_u128(1)),
            team: None,
            post: "agent".into(),
            status: AgentStatus::OnLeave,
            hired_on: date(2025, 3, 1),
            left_on: None,
            languages: vec!["zh".into()],
        }
    }

    #[test]
    fn what_is_not_named_stays() {
        let renamed =
            AgentChange { display_name: Some(" Lin Xiaoyue ".into()), ..AgentChange::default() };
        let expected = Agent { display_name: "Lin Xiaoyue".into(), ..agent() };
        assert_eq!(agent().change(renamed), Ok(expected));
    }

    #[test]
    fn ending_an_employment_is_another_thing_than_a_leave() {
        let status = |status| AgentChange { status: Some(status), ..AgentChange::default() };
        assert!(status(AgentStatus::Terminated).employs(&agent()));
        assert!(!status(AgentStatus::Active).employs(&agent()));
        let left = Agent { status: AgentStatus::Terminated, ..agent() };
        assert!(status(AgentStatus::OnLeave).employs(&left));
        assert!(!status(AgentStatus::Terminated).employs(&left));
        let last_day = |left_on| AgentChange { left_on: Some(left_on), ..AgentChange::default() };
        assert!(last_day(Some(date(2026, 5, 15))).employs(&agent()));
        assert!(!last_day(None).employs(&agent()));
    }

    #[test]
    fn who_has_left_has_a_last_day() {
        let leave = |left_on| AgentChange {
            status: Some(AgentStatus::Terminated),
            left_on,
            ..AgentChange::default()
        };
        assert_eq!(agent().change(leave(None)).expect_err("no day")[0].path, ["leftOn"]);
        let before = agent().change(leave(Some(Some(date(2025, 2, 28)))));
        assert_eq!(before.expect_err("before the hire")[0].path, ["leftOn"]);
        let left = agent().change(leave(Some(Some(date(2026, 5, 15))))).expect("a change");
        assert_eq!(left.status, AgentStatus::Terminated);
    }
}
