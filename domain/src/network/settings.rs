use crate::fault::{Fault, Rule};

/// What a tenant has decided for itself. `None` = nothing, and the default holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TenantSettings {
    /// Deviations from the plan up to so many seconds count as kept; 0 to an hour. Its default is that
    /// of [`forgiven_seconds`](crate::intraday::forgiven_seconds).
    pub adherence_forgiveness_seconds: Option<i64>,
    /// Days for which the states of agents are kept; see [`Self::agent_state_days`].
    pub agent_state_retention_days: Option<i64>,
}

/// Days for which the states of agents are kept where the tenant says nothing: a year, and a month to
/// look back at it.
const AGENT_STATE_DAYS: i64 = 400;
/// The two months behind are still counted into the files, from the night before the first of them on.
const FEWEST_AGENT_STATE_DAYS: i64 = 100;
const MOST_AGENT_STATE_DAYS: i64 = 3_650;
/// Longest deviation that can be forgiven.
const MOST_FORGIVENESS_SECONDS: i64 = 3_600;

impl TenantSettings {
    /// Refuses a decision of nothing, and what is out of range, all at once.
    ///
    /// # Errors
    /// INVALID_VALUE at each value that is, at the first field for nothing.
    pub fn check(&self) -> Result<(), Vec<Fault>> {
        let Self { adherence_forgiveness_seconds, agent_state_retention_days } = *self;
        let mut faults = Vec::new();
        if *self == Self::default() {
            faults.push(Fault::invalid("adherenceForgivenessSeconds", Rule::AChange));
        }
        let seconds = 0..=MOST_FORGIVENESS_SECONDS;
        if adherence_forgiveness_seconds.is_some_and(|it| !seconds.contains(&it)) {
            let rule = Rule::Seconds(0, MOST_FORGIVENESS_SECONDS);
            faults.push(Fault::invalid("adherenceForgivenessSeconds", rule));
        }
        let days = FEWEST_AGENT_STATE_DAYS..=MOST_AGENT_STATE_DAYS;
        if agent_state_retention_days.is_some_and(|it| !days.contains(&it)) {
            let rule = Rule::Days(FEWEST_AGENT_STATE_DAYS, MOST_AGENT_STATE_DAYS);
            faults.push(Fault::invalid("agentStateRetentionDays", rule));
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Days for which the states of agents are kept, whatever is stored.
    #[must_use]
    pub fn agent_state_days(&self) -> i64 {
        let days = self.agent_state_retention_days.unwrap_or(AGENT_STATE_DAYS);
        days.clamp(FEWEST_AGENT_STATE_DAYS, MOST_AGENT_STATE_DAYS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(forgiveness: i64, days: i64) -> Vec<String> {
        let settings = TenantSettings {
            adherence_forgiveness_seconds: Some(forgiveness),
            agent_state_retention_days: Some(days),
        };
        let faults = settings.check().err().unwrap_or_default();
        faults.iter().map(|fault| fault.path.join(".")).collect()
    }

    #[test]
    fn borders_are_allowed_and_what_lies_beyond_is_refused_each_at_its_place() {
        assert_eq!(refused(0, 100), [""; 0]);
        assert_eq!(refused(3_600, 3_650), [""; 0]);
        let both = ["adherenceForgivenessSeconds", "agentStateRetentionDays"];
        assert_eq!(refused(-1, 99), both);
        assert_eq!(refused(3_601, 3_651), both);
    }

    #[test]
    fn a_decision_of_nothing_is_refused() {
        let faults = TenantSettings::default().check().expect_err("nothing");
        assert_eq!(faults, [Fault::invalid("adherenceForgivenessSeconds", Rule::AChange)]);
    }

    #[test]
    fn states_are_kept_for_four_hundred_days_and_never_so_short_that_a_month_cannot_be_closed() {
        let days = |set| {
            let settings =
                TenantSettings { agent_state_retention_days: set, ..TenantSettings::default() };
            settings.agent_state_days()
        };
        assert_eq!([None, Some(200), Some(1)].map(days), [400, 200, 100]);
    }
}
