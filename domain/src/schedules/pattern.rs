//! Patterns of shifts: on which days an agent works and when the shifts start, week after week.

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil};
use serde::{Deserialize, Serialize};

use super::{TimeBand, Weekdays, generator::StartPattern};
use crate::{
    fault::{Fault, Rule},
    id::AgentId,
    time::monday_of,
};

/// Kind of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PatternKind {
    /// All shifts start at one time.
    Fixed,
    /// Shifts start within a band.
    Flexible,
    /// The weeks of a rotation follow each other, each with a time or band of its own.
    Rotating,
}

/// A week of a pattern: on which days there are shifts, between which local times they start, and how
/// long they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternWeek {
    /// When they start.
    #[serde(flatten)]
    pub starts: TimeBand,
    /// Least seconds from start to end; `None` = as short as the site offers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortest_seconds: Option<i64>,
    /// Most; `None` = as long as the site offers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_seconds: Option<i64>,
    /// Weekdays on which shifts start; the others are off. How many of them are worked follows from the
    /// hours of the contract. `None` = any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekdays: Option<Weekdays>,
}

impl PatternWeek {
    /// A week that says nothing of lengths and days.
    #[must_use]
    pub const fn of(starts: TimeBand) -> Self {
        Self { starts, shortest_seconds: None, longest_seconds: None, weekdays: None }
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (name, time) in [("earliestStart", self.starts.from), ("latestStart", self.starts.to)] {
            let whole = time.minute() % 15 == 0 && time.second() == 0;
            if !whole || time.subsec_nanosecond() != 0 {
                faults.push(Fault::invalid(name, Rule::QuarterHour));
            }
        }
        let (shortest, longest) = (self.shortest_seconds, self.longest_seconds);
        for (name, seconds) in [("shortestSeconds", shortest), ("longestSeconds", longest)] {
            match seconds {
                Some(seconds) if !(HOUR..=DAY).contains(&seconds) => {
                    faults.push(Fault::invalid(name, Rule::Seconds(HOUR, DAY)));
                }
                Some(seconds) if seconds % (15 * 60) != 0 => {
                    faults.push(Fault::invalid(name, Rule::QuarterHour));
                }
                _ => {}
            }
        }
        if shortest.zip(longest).is_some_and(|(shortest, longest)| longest < shortest) {
            faults.push(Fault::invalid("longestSeconds", Rule::NotBelow("shortestSeconds")));
        }
        faults
    }
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The ordered weeks of a pattern. One week whose times are equal is a fixed pattern, one wider band a
/// flexible one, several are a rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PatternWeeks(Vec<PatternWeek>);

impl PatternWeeks {
    /// Most weeks of a rotation.
    pub const MOST: usize = 26;

    /// Reads the weeks of a pattern.
    ///
    /// # Errors
    /// INVALID_VALUE at `weeks` unless they are 1 to 26, at every time or length that is not a whole
    /// quarter of an hour (shifts start and end at those), and at a most that is below its least.
    pub fn parse(weeks: Vec<PatternWeek>) -> Result<Self, Vec<Fault>> {
        if weeks.is_empty() {
            return Err(vec![Fault::invalid("weeks", Rule::NotEmpty)]);
        }
        if weeks.len() > Self::MOST {
            return Err(vec![Fault::invalid("weeks", Rule::ItemsAtMost(Self::MOST))]);
        }
        let mut faults = Vec::new();
        for (place, week) in weeks.iter().enumerate() {
            let placed = |fault: Fault| {
                let path = format!("weeks.{place}.{}", fault.path.join("."));
                fault.at(&path)
            };
            faults.extend(week.faults().into_iter().map(placed));
        }
        if faults.is_empty() { Ok(Self(weeks)) } else { Err(faults) }
    }

    /// The weeks, in order; at least one.
    #[must_use]
    pub fn list(&self) -> &[PatternWeek] {
        &self.0
    }

    /// Which kind of pattern they make.
    #[must_use]
    pub fn kind(&self) -> PatternKind {
        match self.0[..] {
            [week] if week.starts.from == week.starts.to => PatternKind::Fixed,
            [_] => PatternKind::Flexible,
            _ => PatternKind::Rotating,
        }
    }
}

/// A pattern given to an agent from a Monday on, until another one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternAssignment {
    /// To whom.
    pub agent: AgentId,
    /// The Monday.
    pub starts_on: civil::Date,
    /// The weeks; `None` = no pattern any more.
    pub weeks: Option<PatternWeeks>,
    /// Week of the rotation in which the Monday lies, from 0.
    pub first_week: usize,
}

impl PatternAssignment {
    /// The week of the pattern that holds in that of a Monday, which is not before the first.
    fn week(&self, monday: civil::Date) -> Option<PatternWeek> {
        let weeks = self.weeks.as_ref()?.list();
        let days = (monday - monday_of(self.starts_on)).get_days();
        let passed = usize::try_from(days / 7).unwrap_or(0);
        weeks.get((self.first_week + passed) % weeks.len()).copied()
    }
}

/// What the generator is told of planned weeks from the Monday `first` on: for each agent starts and
/// lengths of each week, of the assignment in force on its Monday. Agents without any are left out.
#[must_use]
pub fn start_patterns(
    assignments: &[PatternAssignment],
    first: civil::Date,
    weeks: usize,
) -> Vec<StartPattern> {
    let mut by_agent: BTreeMap<AgentId, Vec<&PatternAssignment>> = BTreeMap::new();
    for assignment in assignments {
        by_agent.entry(assignment.agent).or_default().push(assignment);
    }
    let mondays: Vec<civil::Date> = (0..weeks)
        .map(|week| first.saturating_add(i64::try_from(7 * week).unwrap_or(0).days()))
        .collect();
    let pattern = |(agent, own): (AgentId, Vec<&PatternAssignment>)| {
        let week = |monday: &civil::Date| {
            let begun = own.iter().filter(|it| it.starts_on <= *monday);
            begun.max_by_key(|it| it.starts_on)?.week(*monday)
        };
        let weeks: Vec<Option<PatternWeek>> = mondays.iter().map(week).collect();
        let bound = weeks.iter().any(Option::is_some);
        bound.then_some(StartPattern { agent, weeks, first_week: 0 })
    };
    by_agent.into_iter().filter_map(pattern).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;
    use crate::schedules::sample::agent;

    fn band(from: i8, to: i8) -> PatternWeek {
        PatternWeek::of(TimeBand { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) })
    }

    fn weeks(bands: &[PatternWeek]) -> PatternWeeks {
        PatternWeeks::parse(bands.to_vec()).expect("weeks")
    }

    fn given(
        starts_on: civil::Date,
        bands: &[PatternWeek],
        first_week: usize,
    ) -> PatternAssignment {
        let weeks = (!bands.is_empty()).then(|| weeks(bands));
        PatternAssignment { agent: agent(1), starts_on, weeks, first_week }
    }

    #[test]
    fn one_time_is_fixed_one_band_flexible_and_several_rotate() {
        assert_eq!(weeks(&[band(9, 9)]).kind(), PatternKind::Fixed);
        assert_eq!(weeks(&[band(9, 11)]).kind(), PatternKind::Flexible);
        assert_eq!(weeks(&[band(6, 6), band(14, 14)]).kind(), PatternKind::Rotating);
    }

    #[test]
    fn weeks_that_no_shift_can_start_in_are_refused() {
        let odd = TimeBand { from: time(9, 10, 0, 0), to: time(10, 0, 0, 1) };
        let odd = PatternWeek::of(odd);
        let faults = PatternWeeks::parse(vec![band(9, 9), odd]).expect_err("two faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["weeks.1.earliestStart", "weeks.1.latestStart"]);
        assert!(PatternWeeks::parse(Vec::new()).is_err());
        assert!(PatternWeeks::parse(vec![band(9, 9); 27]).is_err());
    }

    #[test]
    fn lengths_of_a_week_are_quarters_of_an_hour_and_the_most_is_not_below_the_least() {
        let of = |shortest_seconds, longest_seconds| {
            let week = PatternWeek { shortest_seconds, longest_seconds, ..band(9, 11) };
            let faults = PatternWeeks::parse(vec![week]).err().unwrap_or_default();
            faults.iter().map(|fault| fault.path.join(".")).collect::<Vec<_>>()
        };
        assert_eq!(of(Some(4 * HOUR), Some(6 * HOUR)), [""; 0]);
        assert_eq!(of(Some(4 * HOUR + 60), None), ["weeks.0.shortestSeconds"]);
        assert_eq!(of(None, Some(25 * HOUR)), ["weeks.0.longestSeconds"]);
        assert_eq!(of(Some(6 * HOUR), Some(4 * HOUR)), ["weeks.0.longestSeconds"]);
    }

    #[test]
    fn weeks_that_were_kept_before_there_were_lengths_and_days_are_read_as_they_were() {
        let old = r#"[{"from": "08:00:00", "to": "09:30:00"}]"#;
        let read: PatternWeeks = serde_json::from_str(old).expect("weeks");
        let starts = TimeBand { from: time(8, 0, 0, 0), to: time(9, 30, 0, 0) };
        assert_eq!(read.list(), [PatternWeek::of(starts)]);
        let kept = serde_json::to_value(&read).expect("JSON");
        assert_eq!(kept, serde_json::json!([{"from": "08:00:00", "to": "09:30:00"}]));
        let office = Weekdays::of(1..=5).expect("weekdays");
        let week = PatternWeek { weekdays: Some(office), ..PatternWeek::of(starts) };
        let kept = serde_json::to_string(&weeks(&[week])).expect("JSON");
        assert!(kept.contains(r#""weekdays":[1,2,3,4,5]"#), "{kept}");
        assert_eq!(serde_json::from_str::<PatternWeeks>(&kept).expect("weeks").list(), [week]);
    }

    #[test]
    fn a_rotation_goes_on_where_it_stands_and_the_last_assignment_wins() {
        let assignments = [
            given(date(2026, 3, 2), &[band(6, 6), band(14, 14), band(22, 22)], 1),
            given(date(2026, 3, 23), &[], 0),
            given(date(2026, 3, 30), &[band(9, 11)], 0),
        ];
        let [pattern] = &start_patterns(&assignments, date(2026, 3, 9), 4)[..] else {
            panic!("one agent")
        };
        // 2 March was the second week, so 9 March is the third and 16 March the first.
        let expected = [Some(band(22, 22)), Some(band(6, 6)), None, Some(band(9, 11))];
        assert_eq!(pattern.weeks, expected);
        assert_eq!(start_patterns(&assignments, date(2026, 2, 2), 4), []);
    }

    proptest! {
        #[test]
        fn a_rotation_comes_back_after_as_many_weeks_as_it_has(
            count in 1usize..8, first_week in 0usize..20, later in 0i64..60,
        ) {
            let bands: Vec<_> = (0..count).map(|n| band(n as i8, n as i8)).collect();
            let assignment = given(date(2026, 3, 2), &bands, first_week);
            let monday = date(2026, 3, 2).saturating_add((7 * later).days());
            let again = monday.saturating_add((7 * count as i64).days());
            prop_assert_eq!(assignment.week(monday), assignment.week(again));
        }
    }
}
