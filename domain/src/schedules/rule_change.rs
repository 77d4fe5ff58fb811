//! What a set of rules or a what-if scenario changes of one work rule.

use serde::{Deserialize, Serialize};

use super::{
    Bounds, BreakWindow, NightLimit, RuleCode, RuleLimits, Severity, ShiftTemplate, StartBand,
    TimeBand,
};
use crate::fault::{Fault, Rule};

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// What counts as a night shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NightHours {
    /// The night, in local wall time; a whole day when it ends at the time at which it begins.
    pub night: TimeBand,
    /// Seconds in the night from which on a shift is a night shift.
    pub from_seconds: i64,
}

impl From<NightLimit> for NightHours {
    fn from(limit: NightLimit) -> Self {
        let NightLimit { night, from_seconds, max_per_week: _ } = limit;
        Self { night, from_seconds }
    }
}

/// Another weight, other borders or other parameters of one work rule; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleChange {
    /// Which rule.
    pub rule: RuleCode,
    /// Its weight.
    pub severity: Option<Severity>,
    /// Its borders.
    pub bounds: Option<Bounds>,
    /// The bands of START_BAND, which no other rule has.
    #[serde(default)]
    pub start_band: Option<StartBand>,
    /// All breaks and meals of BREAK_WINDOW, which no other rule has.
    #[serde(default)]
    pub break_windows: Option<Vec<BreakWindow>>,
    /// What NIGHT_SHIFTS counts, which no other rule does.
    #[serde(default)]
    pub night: Option<NightHours>,
}

impl RuleChange {
    /// Changes the rule; `false` when it has no such borders or parameters.
    #[must_use]
    pub fn apply(&self, limits: &mut RuleLimits) -> bool {
        if let Some(severity) = self.severity {
            limits.set_severity(self.rule, severity);
        }
        if self.parameters().any(|(_, rule)| rule != self.rule) {
            return false;
        }
        if let Some(band) = self.start_band {
            limits.start_band.limit = band;
        }
        if let Some(windows) = &self.break_windows {
            limits.break_window.limit.clone_from(windows);
        }
        if let Some(NightHours { night, from_seconds }) = self.night {
            let limit = &mut limits.night_shifts.limit;
            (limit.night, limit.from_seconds) = (night, from_seconds);
        }
        self.bounds.is_none_or(|bounds| limits.set_bounds(self.rule, bounds))
    }

    /// Whether its parameters can be meant, and are those of the rule. Whether the rule has such
    /// borders, [`apply`](Self::apply) says.
    ///
    /// # Errors
    /// INVALID_VALUE below `path` for every field that cannot.
    pub fn check(&self, path: &str) -> Result<(), Vec<Fault>> {
        let fault = |field: &str, rule| Fault::invalid(&format!("{path}.{field}"), rule);
        let foreign = self.parameters().filter(|(_, rule)| *rule != self.rule);
        let mut faults: Vec<Fault> =
            foreign.map(|(field, rule)| fault(field, Rule::OnlyOfTheRule(rule.as_str()))).collect();
        let windows = self.break_windows.as_deref().unwrap_or_default();
        let most = ShiftTemplate::MOST_PAUSES;
        if windows.len() > most {
            faults.push(fault("breakWindows", Rule::ItemsAtMost(most)));
        }
        for (at, window) in windows.iter().enumerate() {
            let wrong = window.wrong().into_iter();
            faults.extend(
                wrong.map(|(field, rule)| fault(&format!("breakWindows.{at}.{field}"), rule)),
            );
        }
        if let Some(NightHours { night, from_seconds }) = self.night {
            // By a longer time no shift would ever count, by none every shift would.
            let most = night.seconds();
            if !(1..=most).contains(&from_seconds) {
                faults.push(fault("night.minSeconds", Rule::Seconds(1, most)));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// The parameters that are given: their fields, and the rules that have them.
    fn parameters(&self) -> impl Iterator<Item = (&'static str, RuleCode)> {
        let all = [
            (self.start_band.is_some(), "startBand", RuleCode::StartBand),
            (self.break_windows.is_some(), "breakWindows", RuleCode::BreakWindow),
            (self.night.is_some(), "night", RuleCode::NightShifts),
        ];
        all.into_iter().filter(|(given, ..)| *given).map(|(_, field, rule)| (field, rule))
    }

    /// Whether it would change anything at all.
    #[must_use]
    pub fn says_something(&self) -> bool {
        self.severity.is_some() || self.bounds.is_some() || self.parameters().next().is_some()
    }

    /// This change with a later one of the same rule laid over it.
    #[must_use]
    pub fn then(&self, later: &Self) -> Self {
        Self {
            rule: later.rule,
            severity: later.severity.or(self.severity),
            bounds: later.bounds.or(self.bounds),
            start_band: later.start_band.or(self.start_band),
            break_windows: later.break_windows.as_ref().or(self.break_windows.as_ref()).cloned(),
            night: later.night.or(self.night),
        }
    }

    /// One that changes nothing yet.
    #[cfg(test)]
    pub(super) fn of(rule: RuleCode) -> Self {
        let (severity, bounds, start_band, night) = (None, None, None, None);
        Self { rule, severity, bounds, start_band, break_windows: None, night }
    }
}

impl BreakWindow {
    /// Fields that cannot be meant.
    fn wrong(&self) -> Vec<(&'static str, Rule)> {
        let least = self.min_seconds.clamp(MINUTE, 4 * HOUR);
        let earliest = self.earliest_seconds.clamp(0, DAY - least);
        let each = [
            ("minSeconds", self.min_seconds, MINUTE, 4 * HOUR),
            ("earliestSeconds", self.earliest_seconds, 0, DAY - least),
            ("latestSeconds", self.latest_seconds, earliest, DAY),
            // A shorter shift ends before it has had what is asked of it.
            ("fromShiftSeconds", self.from_shift_seconds, earliest + least, DAY),
        ];
        let wrong =
            each.into_iter().filter(|(_, seconds, from, to)| !(from..=to).contains(&seconds));
        wrong.map(|(field, _, from, to)| (field, Rule::Seconds(from, to))).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;
    use crate::schedules::{
        ActivityCategory::{Meal, OnQueue},
        sample::World,
    };

    fn meal() -> BreakWindow {
        BreakWindow {
            category: Meal,
            from_shift_seconds: 6 * HOUR,
            min_seconds: 45 * MINUTE,
            earliest_seconds: 2 * HOUR,
            latest_seconds: 4 * HOUR,
        }
    }

    fn meals(windows: Vec<BreakWindow>) -> RuleChange {
        RuleChange { break_windows: Some(windows), ..RuleChange::of(RuleCode::BreakWindow) }
    }

    fn night(from: i8, to: i8, from_seconds: i64) -> RuleChange {
        let night = TimeBand { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) };
        let night = Some(NightHours { night, from_seconds });
        RuleChange { night, ..RuleChange::of(RuleCode::NightShifts) }
    }

    fn told(change: &RuleChange) -> Vec<String> {
        let faults = change.check("rules.0").err().unwrap_or_default();
        let each = faults.iter().map(|fault| {
            let rule = fault.rule.as_ref().map(|rule| rule.text(crate::fault::Language::English));
            format!("{}: {}", fault.path.join("."), rule.unwrap_or_default())
        });
        each.collect()
    }

    #[test]
    fn breaks_that_are_set_are_those_that_a_roster_is_judged_by() {
        let mut world = World::march().only(RuleCode::BreakWindow);
        assert!(meals(vec![meal()]).apply(&mut world.rules.limits));
        let parts = [(OnQueue, 180), (Meal, 30), (OnQueue, 210)];
        let shift = world.shift_of(1, "2026-03-04T09:00", &parts);
        world.put(shift);
        assert_eq!(world.judged(), ["BREAK_WINDOW WARNING EDIT no MEAL / 4 h"]);
        assert!(meals(Vec::new()).apply(&mut world.rules.limits));
        assert!(world.judge().is_empty(), "none is asked for");
    }

    #[test]
    fn a_night_that_is_set_is_the_one_that_is_counted() {
        let mut world = World::march().only(RuleCode::NightShifts);
        world.rules.limits.night_shifts.limit.max_per_week = 0;
        world.works(1, "2026-03-09T15:00", 8.5);
        assert!(world.judge().is_empty(), "90 minutes after 22:00");
        assert!(night(20, 4, 2 * HOUR).apply(&mut world.rules.limits));
        assert_eq!(world.judged(), ["NIGHT_SHIFTS WARNING EDIT 1 shift / 0 shifts"]);
    }

    #[test]
    fn what_cannot_be_meant_is_told_with_what_would_do() {
        assert_eq!(told(&meals(vec![meal()])), [""; 0]);
        let odd = BreakWindow {
            min_seconds: 0,
            earliest_seconds: -1,
            latest_seconds: -2,
            from_shift_seconds: DAY + 1,
            ..meal()
        };
        let short = BreakWindow { from_shift_seconds: 2 * HOUR, ..meal() };
        assert_eq!(
            told(&meals(vec![odd, short])),
            [
                "rules.0.breakWindows.0.minSeconds: 60 to 14400 seconds",
                "rules.0.breakWindows.0.earliestSeconds: 0 to 86340 seconds",
                "rules.0.breakWindows.0.latestSeconds: 0 to 86400 seconds",
                "rules.0.breakWindows.0.fromShiftSeconds: 60 to 86400 seconds",
                "rules.0.breakWindows.1.fromShiftSeconds: 9900 to 86400 seconds",
            ]
        );
        assert_eq!(told(&meals(vec![meal(); 6])), ["rules.0.breakWindows: at most 5 items"]);
        let nights =
            [(22, 6, 0), (22, 6, 8 * HOUR + 1)].map(|(from, to, least)| night(from, to, least));
        for wrong in nights {
            assert_eq!(told(&wrong), ["rules.0.night.minSeconds: 1 to 28800 seconds"]);
        }
        assert_eq!(told(&night(0, 0, DAY)), [""; 0], "a night of all day");
    }

    #[test]
    fn a_parameter_of_another_rule_is_refused() {
        let rule = RuleCode::MinRest;
        let all = RuleChange {
            start_band: Some(StartBand::default()),
            night: night(22, 6, HOUR).night,
            rule,
            ..meals(Vec::new())
        };
        assert_eq!(
            told(&all),
            [
                "rules.0.startBand: left out, unless the rule is START_BAND",
                "rules.0.breakWindows: left out, unless the rule is BREAK_WINDOW",
                "rules.0.night: left out, unless the rule is NIGHT_SHIFTS",
            ]
        );
        let before = RuleLimits::default();
        let mut limits = before.clone();
        assert!(!all.apply(&mut limits));
        assert_eq!(limits, before);
    }

    #[test]
    fn a_later_change_keeps_what_it_does_not_name() {
        let first = night(23, 5, HOUR);
        let fewer = Some(Bounds::at_most(2));
        let later = RuleChange { bounds: fewer, ..RuleChange::of(RuleCode::NightShifts) };
        let both = first.then(&later);
        assert_eq!((both.night, both.bounds), (first.night, fewer));
        let windows = meals(vec![meal()]);
        let silent = RuleChange::of(RuleCode::BreakWindow);
        assert!(!silent.says_something() && windows.says_something());
        assert_eq!(windows.then(&silent), windows);
        assert_eq!(windows.then(&meals(Vec::new())), meals(Vec::new()), "none is something");
    }

    #[test]
    fn a_change_that_was_kept_before_there_were_parameters_is_read() {
        let kept = r#"{"rule":"NIGHT_SHIFTS","severity":"WARNING","bounds":null}"#;
        let read = serde_json::from_str::<RuleChange>(kept).expect("a change");
        let severity = Some(Severity::Warning);
        assert_eq!(read, RuleChange { severity, ..RuleChange::of(RuleCode::NightShifts) });
        let kept = serde_json::to_string(&meals(vec![meal()])).expect("json");
        let read = serde_json::from_str::<RuleChange>(&kept).expect("a change");
        assert_eq!(read, meals(vec![meal()]));
    }
}
