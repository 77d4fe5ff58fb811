//! The stable names of the work rules, shared by API, log and tests.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! rule_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// Which work rule. New values can be added, none is ever renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum RuleCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl RuleCode {
            /// All rules.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Stable name, as the API writes it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Reads a stable name.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|rule| rule.as_str() == code)
            }
        }
    };
}

rule_codes! {
    /// Rest between two shifts.
    MinRest = "MIN_REST";
    /// Longest continuous rest of a local week.
    WeeklyRest = "WEEKLY_REST";
    /// Working days in a row, over period borders.
    ConsecutiveDays = "CONSECUTIVE_DAYS";
    /// Weekends in a row with work.
    ConsecutiveWeekends = "CONSECUTIVE_WEEKENDS";
    /// Days without work in a period.
    DaysOff = "DAYS_OFF";
    /// Paid time of a local day.
    PaidTimeDay = "PAID_TIME_DAY";
    /// Paid time of a local week.
    PaidTimeWeek = "PAID_TIME_WEEK";
    /// Paid time of a period.
    PaidTimePeriod = "PAID_TIME_PERIOD";
    /// Days with work in a local week.
    WorkDaysWeek = "WORK_DAYS_WEEK";
    /// Overtime of a local day.
    OvertimeDay = "OVERTIME_DAY";
    /// Overtime of a calendar month.
    OvertimeMonth = "OVERTIME_MONTH";
    /// Length of a shift.
    ShiftLength = "SHIFT_LENGTH";
    /// Work without a break.
    ContinuousWork = "CONTINUOUS_WORK";
    /// Where breaks and meals lie in a shift.
    BreakWindow = "BREAK_WINDOW";
    /// Local times between which a shift starts and ends.
    StartBand = "START_BAND";
    /// Difference of starts on consecutive days.
    StartVariance = "START_VARIANCE";
    /// Time between a change and what it changes.
    Notice = "NOTICE";
    /// Hours of the contract.
    ContractHours = "CONTRACT_HOURS";
    /// Declared availability and granted time off.
    Availability = "AVAILABILITY";
    /// Skills and languages that a shift asks for.
    Skill = "SKILL";
    /// Training passed before the first shift.
    TrainingGate = "TRAINING_GATE";
    /// Opening hours of the site.
    OpeningHours = "OPENING_HOURS";
    /// Seats of the site.
    Seats = "SEATS";
    /// Night shifts of a local week.
    NightShifts = "NIGHT_SHIFTS";
    /// Two shifts of one agent at once.
    Overlap = "OVERLAP";
    /// Agents left against agents required.
    Coverage = "COVERAGE";
    /// Work at a site that is not the agent's own.
    CrossSite = "CROSS_SITE";
}

impl fmt::Display for RuleCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Weight of a rule, lightest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// Not looked at.
    Off,
    /// Told, but does not hold anything up.
    Warning,
    /// Needs an approver's decision.
    NeedsApproval,
    /// Prevents the change.
    Blocking,
}

impl Severity {
    /// All severities, lightest first.
    pub const ALL: [Self; 4] = [Self::Off, Self::Warning, Self::NeedsApproval, Self::Blocking];

    /// Stable name, as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Warning => "WARNING",
            Self::NeedsApproval => "NEEDS_APPROVAL",
            Self::Blocking => "BLOCKING",
        }
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == name)
    }

    /// Weight of too little of something: never blocking, because a roster under construction is
    /// short everywhere and only adding to it mends that.
    #[must_use]
    pub fn of_shortfall(self) -> Self {
        self.min(Self::NeedsApproval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_and_is_the_same_in_json() {
        for &rule in RuleCode::ALL {
            assert_eq!(RuleCode::parse(rule.as_str()), Some(rule));
            assert_eq!(serde_json::to_value(rule).expect("json"), rule.as_str());
        }
        for severity in Severity::ALL {
            assert_eq!(serde_json::to_value(severity).expect("json"), severity.as_str());
        }
    }

    #[test]
    fn a_shortfall_needs_approval_at_most() {
        assert_eq!(Severity::Blocking.of_shortfall(), Severity::NeedsApproval);
        assert_eq!(Severity::Warning.of_shortfall(), Severity::Warning);
        assert_eq!(Severity::Off.of_shortfall(), Severity::Off);
    }
}
