//! Many changes one after the other, each through the judge.

use super::{Change, CheckContext, Overrides, Violation, check};

/// A change that cannot happen, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedChange {
    /// Its place in the list, from 0.
    pub place: usize,
    /// What it would break.
    pub violations: Vec<Violation>,
}

/// Which of many changes can happen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sorted {
    /// Places of those that can, in the order in which they do.
    pub taken: Vec<usize>,
    /// Those that cannot, in the order of the list.
    pub refused: Vec<RefusedChange>,
}

/// Carries out as many of the changes as the rules and what overrides them let happen, each judged on
/// the roster that those before it left. What is refused is tried again after all others, as long as that lets another
/// one happen: a shift can come once another has gone.
#[must_use]
pub fn step_by_step(
    context: &CheckContext<'_>,
    changes: &[Change],
    overrides: &Overrides,
) -> Sorted {
    let mut roster = context.roster.clone();
    let mut coverage = context.coverage.cloned();
    let mut sites = context.sites.to_vec();
    let mut sorted = Sorted::default();
    let mut waiting: Vec<usize> = (0..changes.len()).collect();
    loop {
        let taken_before = sorted.taken.len();
        let mut refused = Vec::new();
        for place in waiting {
            let now = CheckContext {
                roster: &roster,
                coverage: coverage.as_ref(),
                sites: &sites,
                ..*context
            };
            let violations = check(&now, &changes[place]);
            if !overrides.settle(&violations).faults.is_empty() {
                refused.push(RefusedChange { place, violations });
                continue;
            }
            if let Some(coverage) = &mut coverage {
                coverage.apply(&roster, &changes[place]);
            }
            for site in &mut sites {
                site.apply(&roster, &changes[place]);
            }
            roster.apply(&changes[place]);
            sorted.taken.push(place);
        }
        waiting = refused.iter().map(|it| it.place).collect();
        if waiting.is_empty() || sorted.taken.len() == taken_before {
            sorted.refused = refused;
            return sorted;
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;
    use crate::schedules::{
        Edit, RuleCode, SeatCount, SeatsFrom, SiteLimits, refuses,
        sample::{World, agent, site},
    };

    #[test]
    fn what_others_make_legal_is_taken_after_them() {
        let mut world = World::march().only(RuleCode::Overlap);
        let stands = world.works(1, "2026-03-04T09:00", 8.0);
        let comes = Change::edit(vec![Edit::Add(world.shift(1, "2026-03-04T12:00", 8.0))]);
        let goes = Change::edit(vec![Edit::Remove { agent: agent(1), shift: stands }]);
        let clashes = Change::edit(vec![Edit::Add(world.shift(1, "2026-03-04T13:00", 2.0))]);
        let sorted = step_by_step(&world.context(), &[comes, goes, clashes], &Overrides::default());
        // The first was refused, the third took its place before it was tried again.
        assert_eq!(sorted.taken, [1, 2]);
        let [refused] = &sorted.refused[..] else { panic!("one: {sorted:?}") };
        assert_eq!((refused.place, refused.violations[0].rule), (0, RuleCode::Overlap));
    }

    #[test]
    fn a_seat_is_given_once() {
        let mut world = World::march().only(RuleCode::Seats);
        let rows = [SeatsFrom { valid_from: civil::date(2026, 3, 1), seats: Some(1) }];
        let seats = SeatCount::empty(&rows, world.roster.window, &world.roster.zone);
        world.sites = vec![SiteLimits { site: site(1), open: None, seats }];
        let comes = [(1, "2026-03-04T09:00"), (2, "2026-03-04T12:00"), (2, "2026-03-04T17:00")];
        let changes = comes.map(|(number, start)| {
            world.plan(number);
            Change::edit(vec![Edit::Add(world.shift(number, start, 8.0))])
        });
        let sorted = step_by_step(&world.context(), &changes, &Overrides::default());
        assert_eq!(sorted.taken, [0, 2]);
        let [refused] = &sorted.refused[..] else { panic!("one: {sorted:?}") };
        assert_eq!((refused.place, refused.violations[0].rule), (1, RuleCode::Seats));
    }

    #[test]
    fn what_is_taken_together_is_a_roster_that_is_not_refused() {
        let mut world = World::march();
        let changes: Vec<_> = (2..=14)
            .map(|day| world.shift(1, &format!("2026-03-{day:02}T09:00"), 8.0))
            .map(|shift| Change::edit(vec![Edit::Add(shift)]))
            .collect();
        world.plan(1);
        let sorted = step_by_step(&world.context(), &changes, &Overrides::default());
        assert!(!sorted.refused.is_empty(), "the seventh day in a row");
        for place in &sorted.taken {
            world.roster.apply(&changes[*place]);
        }
        assert!(!refuses(&world.judge()));
    }
}
