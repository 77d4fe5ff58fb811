//! Who is on queue when, by what they can serve: nobody is counted twice.

use std::collections::BTreeMap;

use super::{
    AgentPlan, Change, Coverage, CoverageLine, IntervalAxis, Roster, Shift, applied::apply,
};
use crate::{staffing::divide_agents, time::Span};

/// Agents on queue in groups that count for the same lines of a requirement.
///
/// [`CoverageLine::on_queue_seconds`](super::CoverageLine::on_queue_seconds) counts an agent of
/// several skills for each of them, since the rule COVERAGE asks whether each could be served, and
/// says why. What a roster is worth as a whole asks for more: one agent is never more than one person.
/// So a line that is a part of another one (the seniors among its agents) counts nobody here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StaffGroups {
    /// Seconds on queue per interval, by the positions of the lines, ascending.
    groups: BTreeMap<Vec<usize>, Vec<i64>>,
}

impl StaffGroups {
    /// The shifts of `plans`, by the lines of `coverage`.
    #[must_use]
    pub fn of<'a>(coverage: &Coverage, plans: impl IntoIterator<Item = &'a AgentPlan>) -> Self {
        let mut found = Self::default();
        for plan in plans {
            for shift in &plan.shifts {
                found.count(coverage, plan, shift, 1);
            }
        }
        found
    }

    /// Carries a change into the groups, as [`Roster::apply`] does into the roster: ask with the
    /// roster as it stands before.
    pub fn apply(&mut self, coverage: &Coverage, roster: &Roster, change: &Change) {
        for state in &apply(roster, change) {
            for shift in state.gone() {
                self.count(coverage, state.plan, shift, -1);
            }
            for shift in state.come() {
                self.count(coverage, state.plan, shift, 1);
            }
        }
    }

    /// So many agents more, or fewer, who count for one line alone over a span.
    pub fn add(&mut self, coverage: &Coverage, line: usize, span: Span, agents: i32) {
        let seconds = self.group(coverage, vec![line]);
        for index in coverage.axis.indices(span) {
            let part = coverage.axis.interval(index).intersection(span);
            if let Some(sum) = seconds.get_mut(index) {
                *sum += i64::from(agents) * part.map_or(0, Span::seconds);
            }
        }
    }

    fn group(&mut self, coverage: &Coverage, lines: Vec<usize>) -> &mut Vec<i64> {
        self.groups.entry(lines).or_insert_with(|| vec![0; coverage.axis.len])
    }

    fn count(&mut self, coverage: &Coverage, plan: &AgentPlan, shift: &Shift, sign: i64) {
        let lines = coverage.lines.iter().enumerate();
        let counted = lines.filter(|(_, line)| line.counts(plan, shift)).map(|(place, _)| place);
        let lines: Vec<usize> = counted.filter(|place| !coverage.is_part(*place)).collect();
        if lines.is_empty() {
            return;
        }
        let seconds = self.group(coverage, lines);
        coverage.parts_of(shift, |index, part| {
            if let Some(sum) = seconds.get_mut(index) {
                *sum += sign * part;
            }
        });
    }

    /// Divides the agents among the lines, in each interval, as [`divide_agents`] says: those who count
    /// for the fewest lines first, as `planLevel` routes calls to them first. The sum over the lines is
    /// the agents that there are.
    #[must_use]
    pub fn divided(&self, coverage: &Coverage) -> DividedStaff {
        let mut groups: Vec<(&[usize], &[i64])> =
            self.groups.iter().map(|(lines, seconds)| (lines.as_slice(), &seconds[..])).collect();
        // Stable: groups of as many lines stay in the order of their lines.
        groups.sort_by_key(|(lines, _)| lines.len());
        let (axis, step) = (coverage.axis, f64::from(coverage.axis.step_seconds));
        let mut seconds = vec![Vec::new(); coverage.lines.len()];
        for index in 0..axis.len {
            let required = |line: &CoverageLine| {
                step * f64::from(line.required.get(index).copied().unwrap_or(0))
            };
            let required: Vec<f64> = coverage.lines.iter().map(required).collect();
            let own = |seconds: &[i64]| seconds.get(index).copied().unwrap_or(0) as f64;
            let there: Vec<(&[usize], f64)> =
                groups.iter().map(|(lines, seconds)| (*lines, own(seconds))).collect();
            for (line, there) in seconds.iter_mut().zip(divide_agents(&there, &required)) {
                line.push(there);
            }
        }
        DividedStaff { axis, seconds }
    }
}

/// Agents on queue for each line of a requirement, divided among them.
#[derive(Debug, Clone, PartialEq)]
pub struct DividedStaff {
    axis: IntervalAxis,
    seconds: Vec<Vec<f64>>,
}

impl DividedStaff {
    /// Seconds of agents on queue for a line, per interval.
    #[must_use]
    pub fn of_line(&self, line: usize) -> &[f64] {
        self.seconds.get(line).map_or(&[], Vec::as_slice)
    }

    /// Agents on queue for a line over a span, on average.
    #[must_use]
    pub fn agents(&self, line: usize, span: Span) -> f64 {
        let mut seconds = 0.0;
        for index in self.axis.indices(span) {
            let interval = self.axis.interval(index);
            let shared = interval.intersection(span).map_or(0, Span::seconds) as f64;
            let there = self.of_line(line).get(index).copied().unwrap_or(0.0);
            seconds += there * shared / interval.seconds().max(1) as f64;
        }
        seconds / span.seconds().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::schedules::{
        Edit,
        sample::{World, agent, skill},
    };

    const HOUR: (&str, &str) = ("2026-03-04T10:00", "2026-03-04T11:00");

    /// On queue from 10 to 11: agents of these skills, and so many required of skills 1 and 2.
    fn hour(agents: &[&[u128]], required: [u16; 2]) -> World {
        let mut world = World::march();
        for (number, skills) in (1..).zip(agents) {
            for held in *skills {
                world.held(number, skill(*held), 3);
            }
            world.works(number, HOUR.0, 1.0);
        }
        let span = world.span(HOUR.0, HOUR.1);
        for (held, required) in (1..).zip(required) {
            world.requires(span, required, Some(skill(held)), 0);
        }
        world
    }

    fn agents(world: &World) -> [f64; 2] {
        let coverage = world.coverage.as_ref().expect("there");
        let divided = StaffGroups::of(coverage, world.roster.plans.values()).divided(coverage);
        let span = world.span(HOUR.0, HOUR.1);
        [divided.agents(0, span), divided.agents(1, span)]
    }

    #[test]
    fn an_agent_of_two_skills_is_one_person() {
        assert_eq!(agents(&hour(&[&[1, 2]], [3, 1])), [0.75, 0.25]);
        assert_eq!(agents(&hour(&[&[1, 2]], [0, 0])), [0.5, 0.5], "nothing is required");
        assert_eq!(agents(&hour(&[&[1], &[1], &[3]], [1, 1])), [2.0, 0.0]);
    }

    #[test]
    fn agents_of_two_skills_help_where_those_of_one_are_missing() {
        let both: &[&[u128]] = &[&[1], &[1], &[1, 2], &[1, 2]];
        assert_eq!(agents(&hour(both, [2, 2])), [2.0, 2.0]);
        assert_eq!(agents(&hour(both, [3, 3])), [2.5, 1.5], "one is missing and three are");
        assert_eq!(agents(&hour(both, [1, 1])), [2.5, 1.5], "one too many, for either");
    }

    #[test]
    fn agents_are_added_and_taken_away_over_a_part_of_an_interval() {
        let world = hour(&[&[1], &[1, 2]], [1, 1]);
        let coverage = world.coverage.as_ref().expect("there");
        let mut groups = StaffGroups::of(coverage, world.roster.plans.values());
        let quarter = world.span("2026-03-04T10:00", "2026-03-04T10:15");
        groups.add(coverage, 1, quarter, 4);
        let divided = groups.divided(coverage);
        let half = world.span("2026-03-04T10:00", "2026-03-04T10:30");
        assert_eq!((divided.agents(0, half), divided.agents(1, half)), (1.5, 2.5));
        groups.add(coverage, 0, half, -9);
        let divided = groups.divided(coverage);
        assert_eq!(divided.agents(0, half), 0.0, "nobody is less than there");
    }

    proptest! {
        #[test]
        fn the_lines_have_as_many_agents_as_there_are(
            skills in prop::collection::vec(prop::collection::vec(1u128..3, 1..3), 0..8),
            required in prop::array::uniform2(0u16..6),
        ) {
            let held: Vec<&[u128]> = skills.iter().map(Vec::as_slice).collect();
            let [first, second] = agents(&hour(&held, required));
            prop_assert!((first + second - held.len() as f64).abs() < 1e-9);
        }

        #[test]
        fn groups_carried_along_are_those_of_the_new_roster(to in 1u128..5, later in 0u8..3) {
            let mut world = hour(&[&[1], &[1, 2], &[2], &[3]], [1, 1]);
            let shift = world.roster.plans[&agent(1)].shifts[0].id();
            let added = world.shift(2, &format!("2026-03-05T1{later}:15"), 4.0);
            let mut edits = vec![Edit::Add(added)];
            if to > 1 {
                edits.push(Edit::Move { shift, from: agent(1), to: agent(to) });
            } else {
                edits.push(Edit::Remove { agent: agent(1), shift });
            }
            let change = Change::edit(edits);
            let coverage = world.coverage.clone().expect("there");
            let mut carried = StaffGroups::of(&coverage, world.roster.plans.values());
            carried.apply(&coverage, &world.roster, &change);
            world.roster.apply(&change);
            let fresh = StaffGroups::of(&coverage, world.roster.plans.values());
            prop_assert_eq!(carried.divided(&coverage), fresh.divided(&coverage));
        }
    }
}
