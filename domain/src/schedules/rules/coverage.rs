//! `COVERAGE`: agents on queue against agents required, for every line of the requirement.
//!
//! Each line is judged alone, and an agent of several skills counts for each of them. So who is told to
//! be missing is missing whoever does what: the rule blocks nothing that an assignment of the agents
//! could cover. It overlooks a line that only people cover who cannot do two things at once;
//! [`StaffGroups::divided`](super::super::StaffGroups::divided) counts persons, and what a change does
//! to coverage ([`effect`](super::super::effect())) is told by that.
//!
//! The rule does not judge by that division, though it would be quick enough in the intervals that a
//! change touches: it divides in proportion, which is not the best assignment. Of two agents with the
//! skills 1 and 2, and 2 and 3, it gives half of the first to skill 2, where the second can do all,
//! and a rule that blocks would refuse changes after which nobody is missing. The best assignment is a
//! flow in each interval, and what that misses belongs to a set of skills, not to a line.

use std::collections::BTreeMap;

use super::super::{
    CheckContext, Coverage, CoverageLine, Quantity, RuleCode, Severity, Shift, Violation,
    ViolationCause, ViolationParam, applied::Applied,
};
use crate::{id::AgentId, time::Span};

/// Shortfalls of the roster as it stands, of the intervals that these rules are `here` for. They never block: they are what planning is there for.
pub(in super::super) fn standing(
    context: &CheckContext<'_>,
    here: &dyn Fn(Span) -> bool,
) -> Vec<Violation> {
    let rule = &context.rules.limits.coverage;
    let Some(coverage) = context.coverage.filter(|_| rule.severity != Severity::Off) else {
        return Vec::new();
    };
    let mut violations = Vec::new();
    for line in &coverage.lines {
        let told = (0..coverage.axis.len).filter(|index| here(coverage.axis.interval(*index)));
        let short = told.filter_map(|index| {
            let staff = i64::from(*line.on_queue_seconds.get(index)?);
            Short::of(coverage, line, index, staff, rule.limit)
        });
        let severity = rule.severity.of_shortfall();
        let edit = ViolationCause::Edit;
        violations.extend(joined(short, coverage, line, severity, edit, None));
    }
    violations
}

/// Intervals that fall short because the change takes somebody away from them, of those that these
/// rules are `here` for.
pub(in super::super) fn made(
    context: &CheckContext<'_>,
    states: &[Applied<'_>],
    cause: ViolationCause,
    here: &dyn Fn(Span) -> bool,
) -> Vec<Violation> {
    let rule = &context.rules.limits.coverage;
    let Some(coverage) = context.coverage.filter(|_| rule.severity != Severity::Off) else {
        return Vec::new();
    };
    let moved = Moved::of(states);
    let mut violations = Vec::new();
    for line in &coverage.lines {
        let changes = moved.seconds_of(coverage, line);
        let mut blamed = None;
        let told = changes.into_iter().filter(|(index, _)| here(coverage.axis.interval(*index)));
        let short = told.filter_map(|(index, (seconds, agent))| {
            let staff = i64::from(*line.on_queue_seconds.get(index)?) + seconds;
            let short = Short::of(coverage, line, index, staff, rule.limit);
            let short = short.filter(|_| seconds < 0)?;
            blamed = blamed.or(agent);
            Some(short)
        });
        let short: Vec<_> = short.collect();
        let found = joined(short.into_iter(), coverage, line, rule.severity, cause, blamed);
        violations.extend(found);
    }
    violations
}

/// Shifts that come and go with a change, each with who works it.
struct Moved<'a> {
    gone: Vec<(&'a Applied<'a>, &'a Shift)>,
    come: Vec<(&'a Applied<'a>, &'a Shift)>,
}

impl<'a> Moved<'a> {
    fn of(states: &'a [Applied<'a>]) -> Self {
        let gone = states.iter().flat_map(|state| state.gone().map(move |shift| (state, shift)));
        let come = states.iter().flat_map(|state| state.come().map(move |shift| (state, shift)));
        Self { gone: gone.collect(), come: come.collect() }
    }

    /// Seconds that each touched interval of a line gains, and who takes away from it.
    fn seconds_of(
        &self,
        coverage: &Coverage,
        line: &CoverageLine,
    ) -> BTreeMap<usize, (i64, Option<AgentId>)> {
        let mut changes: BTreeMap<usize, (i64, Option<AgentId>)> = BTreeMap::new();
        for (moved, sign) in [(&self.gone, -1), (&self.come, 1)] {
            for (state, shift) in moved.iter().filter(|(state, it)| line.counts(state.plan, it)) {
                coverage.parts_of(shift, |index, seconds| {
                    let change = changes.entry(index).or_default();
                    change.0 += sign * seconds;
                    if sign < 0 {
                        change.1 = change.1.or(Some(state.plan.agent));
                    }
                });
            }
        }
        changes
    }
}

/// An interval that falls short.
struct Short {
    index: usize,
    agents: i64,
    required: i64,
    missing_seconds: i64,
}

impl Short {
    fn of(
        coverage: &Coverage,
        line: &CoverageLine,
        index: usize,
        staff_seconds: i64,
        tolerated: i64,
    ) -> Option<Self> {
        let required = i64::from(*line.required.get(index)?);
        let step = i64::from(coverage.axis.step_seconds.max(1));
        let missing_seconds = (required - tolerated) * step - staff_seconds;
        let agents = staff_seconds.div_euclid(step);
        (missing_seconds > 0).then_some(Self { index, agents, required, missing_seconds })
    }
}

/// One violation for each run of intervals, with the figures of its worst interval.
fn joined(
    short: impl Iterator<Item = Short>,
    coverage: &Coverage,
    line: &CoverageLine,
    severity: Severity,
    cause: ViolationCause,
    agent: Option<AgentId>,
) -> Vec<Violation> {
    let short: Vec<_> = short.collect();
    let runs = short.chunk_by(|one, next| one.index + 1 == next.index);
    let violations = runs.filter_map(|run| {
        let worst =
            run.iter().max_by_key(|it| (it.missing_seconds, std::cmp::Reverse(it.index)))?;
        let (first, last) = (run.first()?.index, run.last()?.index);
        let (start, end) = (coverage.axis.interval(first), coverage.axis.interval(last));
        Some(Violation {
            rule: RuleCode::Coverage,
            severity,
            agent,
            span: Span::new(start.start(), end.end())?,
            measured: Quantity::Agents(worst.agents),
            limit: Quantity::Agents(worst.required),
            cause,
            standing: false,
            // Nobody takes anybody away: the roster itself is short.
            shortfall: agent.is_none(),
            excess: worst.missing_seconds,
            params: (line.skill.map(ViolationParam::Skill).into_iter())
                .chain((line.min_grade > 1).then_some(ViolationParam::Grade(line.min_grade)))
                .chain(line.site.map(ViolationParam::Site))
                .collect(),
        })
    });
    violations.collect()
}

impl Coverage {
    /// Carries a change into the sums, as [`Roster::apply`](super::super::Roster::apply) does into
    /// the roster: ask with the roster as it stands before.
    pub fn apply(&mut self, roster: &super::super::Roster, change: &super::super::Change) {
        let states = super::super::applied::apply(roster, change);
        let moved = Moved::of(&states);
        let changes: Vec<_> = self.lines.iter().map(|line| moved.seconds_of(self, line)).collect();
        for (line, changes) in self.lines.iter_mut().zip(changes) {
            for (index, (seconds, _)) in changes {
                if let Some(sum) = line.on_queue_seconds.get_mut(index) {
                    *sum = u32::try_from(i64::from(*sum) + seconds).unwrap_or(0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::schedules::{
        Change, Edit, RuleCode, StaffGroups,
        sample::{World, agent, said, skill},
    };

    /// Three English speakers from 09:00 to 17:00, three required from 10:00 to 12:00.
    fn three_of_three() -> World {
        let mut world = World::march().only(RuleCode::Coverage);
        for number in 1..=3 {
            world.held(number, skill(1), 4);
            world.works(number, "2026-03-04T09:00", 8.0);
        }
        let morning = world.span("2026-03-04T10:00", "2026-03-04T12:00");
        world.requires(morning, 3, Some(skill(1)), 3);
        world
    }

    #[test]
    fn who_goes_without_a_replacement_leaves_a_gap() {
        let world = three_of_three();
        assert!(world.judge().is_empty());
        let shift = world.roster.plans[&agent(1)].shifts[0].id();
        let found = world.check(&Change::edit(vec![Edit::Remove { agent: agent(1), shift }]));
        assert_eq!(said(&found), ["COVERAGE BLOCKING EDIT 2 agents / 3 agents"]);
        assert_eq!(found[0].span, world.span("2026-03-04T10:00", "2026-03-04T12:00"));
        assert_eq!(found[0].agent, Some(agent(1)));
    }

    #[test]
    fn only_a_taker_with_skill_and_grade_fills_the_place() {
        let mut world = three_of_three();
        world.plan(4);
        let shift = world.roster.plans[&agent(1)].shifts[0].id();
        let hand_over = Change::edit(vec![Edit::Move { shift, from: agent(1), to: agent(4) }]);
        assert_eq!(world.check(&hand_over).len(), 1, "no skill");
        world.held(4, skill(1), 2);
        assert_eq!(world.check(&hand_over).len(), 1, "grade too low");
        world.held(4, skill(1), 3);
        assert!(world.check(&hand_over).is_empty());
    }

    #[test]
    fn what_an_assignment_covers_is_not_refused_where_the_division_misses_somebody() {
        let mut world = World::march().only(RuleCode::Coverage);
        for (number, held) in [(1, [1, 2]), (2, [2, 3]), (3, [1, 1])] {
            for held in held {
                world.held(number, skill(held), 3);
            }
            world.works(number, "2026-03-04T10:00", 1.0);
        }
        let hour = world.span("2026-03-04T10:00", "2026-03-04T11:00");
        for (held, required) in [(1, 1), (2, 1), (3, 0)] {
            world.requires(hour, required, Some(skill(held)), 0);
        }
        let shift = world.roster.plans[&agent(3)].shifts[0].id();
        let change = Change::edit(vec![Edit::Remove { agent: agent(3), shift }]);
        assert!(world.check(&change).is_empty(), "the first can do 1 and the second 2");
        world.roster.apply(&change);
        let coverage = world.coverage.as_ref().expect("there");
        let staff = StaffGroups::of(coverage, world.roster.plans.values()).divided(coverage);
        assert_eq!([0, 1].map(|line| staff.agents(line, hour)), [0.5, 1.5]);
    }

    #[test]
    fn a_gap_that_stands_is_told_of_the_roster_and_holds_up_nothing_else() {
        let mut world = three_of_three();
        world.coverage = None;
        let morning = world.span("2026-03-04T10:00", "2026-03-04T12:00");
        world.requires(morning, 5, None, 0);
        assert_eq!(world.judged(), ["COVERAGE NEEDS_APPROVAL EDIT 3 agents / 5 agents"]);
        let help = world.shift(4, "2026-03-04T09:00", 4.0);
        world.plan(4);
        assert!(world.check(&Change::edit(vec![Edit::Add(help)])).is_empty());
    }

    #[test]
    fn a_break_takes_its_part_of_an_interval() {
        use crate::schedules::ActivityCategory::{Break, OnQueue};
        let mut world = World::march().only(RuleCode::Coverage);
        let shift =
            world.shift_of(1, "2026-03-04T09:00", &[(OnQueue, 60), (Break, 15), (OnQueue, 105)]);
        world.put(shift);
        let morning = world.span("2026-03-04T09:00", "2026-03-04T12:00");
        world.requires(morning, 1, None, 0);
        let found = world.judge();
        assert_eq!(said(&found), ["COVERAGE NEEDS_APPROVAL EDIT 0 agents / 1 agent"]);
        assert_eq!(found[0].span, world.span("2026-03-04T10:00", "2026-03-04T10:30"));
        assert_eq!(found[0].excess, 15 * 60);
    }

    #[test]
    fn sums_carried_along_are_those_of_the_new_roster() {
        let mut world = three_of_three();
        let shift = world.roster.plans[&agent(1)].shifts[0].id();
        let later = world.shift(2, "2026-03-05T09:15", 8.0);
        world.plan(4);
        let change = Change::edit(vec![
            Edit::Move { shift, from: agent(1), to: agent(4) },
            Edit::Add(later),
        ]);
        let mut carried = world.coverage.clone().expect("there");
        carried.apply(&world.roster, &change);
        world.roster.apply(&change);
        let mut fresh = carried.clone();
        fresh.lines[0].on_queue_seconds.fill(0);
        fresh.add(world.roster.plans.values());
        assert_eq!(carried, fresh);
    }
}
