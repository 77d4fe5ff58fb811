//! What differs between two rosters of the same days.

use std::collections::{BTreeMap, BTreeSet};

use super::{Edit, Shift};
use crate::id::AgentId;

/// What differs for one agent. Shifts that ask the same at the same time are the same, whatever
/// their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentDiff {
    /// Whose.
    pub agent: AgentId,
    /// Shifts that are only in the second, in order of start.
    pub added: Vec<Shift>,
    /// Shifts that are only in the first, in order of start.
    pub removed: Vec<Shift>,
    /// Shifts of one date that are not alike: as in the first and as in the second.
    pub changed: Vec<(Shift, Shift)>,
    /// Paid seconds in the first.
    pub paid_before_seconds: i64,
    /// Paid seconds in the second.
    pub paid_after_seconds: i64,
}

impl AgentDiff {
    /// The steps that make the first one like the second one, each with what stands in it.
    #[must_use]
    pub fn edits(&self) -> Vec<Edit> {
        let agent = self.agent;
        let removed = self.removed.iter().map(|it| Edit::Remove { agent, shift: it.id() });
        let changed = self.changed.iter().map(|(old, new)| Edit::Replace(new.in_place_of(old)));
        let added = self.added.iter().cloned().map(Edit::Add);
        removed.chain(changed).chain(added).collect()
    }
}

/// Compares two rosters, agent by agent in order of id; agents for whom nothing differs are left out.
#[must_use]
pub fn diff(before: &[Shift], after: &[Shift]) -> Vec<AgentDiff> {
    let (mut old, mut new) = (by_agent(before), by_agent(after));
    let agents: BTreeSet<AgentId> = old.keys().chain(new.keys()).copied().collect();
    let of = |agent| {
        let (old, new) = (old.remove(&agent), new.remove(&agent));
        compare(agent, old.unwrap_or_default(), new.unwrap_or_default())
    };
    agents.into_iter().filter_map(of).collect()
}

fn by_agent(shifts: &[Shift]) -> BTreeMap<AgentId, Vec<&Shift>> {
    let mut found: BTreeMap<AgentId, Vec<&Shift>> = BTreeMap::new();
    for shift in shifts {
        found.entry(shift.agent()).or_default().push(shift);
    }
    for shifts in found.values_mut() {
        shifts.sort_by_key(|shift| (shift.span(), shift.id()));
    }
    found
}

fn compare(agent: AgentId, mut old: Vec<&Shift>, mut new: Vec<&Shift>) -> Option<AgentDiff> {
    let paid = |shifts: &[&Shift]| shifts.iter().map(|shift| shift.paid_seconds()).sum();
    let (paid_before_seconds, paid_after_seconds) = (paid(&old), paid(&new));
    old.retain(|shift| match new.iter().position(|other| shift.is_like(other)) {
        Some(same) => {
            new.remove(same);
            false
        }
        None => true,
    });
    let mut changed = Vec::new();
    old.retain(|shift| {
        let same_date = |other: &&Shift| other.local_date() == shift.local_date();
        match new.iter().position(same_date) {
            Some(other) => {
                changed.push(((*shift).clone(), new.remove(other).clone()));
                false
            }
            None => true,
        }
    });
    let all = |shifts: Vec<&Shift>| shifts.into_iter().cloned().collect();
    let (removed, added): (Vec<Shift>, Vec<Shift>) = (all(old), all(new));
    let differs = !(added.is_empty() && removed.is_empty() && changed.is_empty());
    differs.then_some(AgentDiff {
        agent,
        added,
        removed,
        changed,
        paid_before_seconds,
        paid_after_seconds,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::schedules::{
        Change,
        sample::{HOUR, World, agent},
    };

    #[test]
    fn what_comes_goes_and_moves_is_told_by_agent() {
        let mut world = World::march();
        let before = [
            world.shift(1, "2026-03-03T09:00", 8.0),
            world.shift(1, "2026-03-04T09:00", 8.0),
            world.shift(2, "2026-03-03T09:00", 8.0),
        ];
        let after = [
            world.shift(2, "2026-03-03T09:00", 8.0),
            world.shift(1, "2026-03-04T12:00", 6.0),
            world.shift(1, "2026-03-05T09:00", 8.0),
        ];
        let found = diff(&before, &after);
        let [one] = &found[..] else { panic!("the second works the same: {found:?}") };
        assert_eq!(one.agent, agent(1));
        assert_eq!((&one.removed, &one.added), (&vec![before[0].clone()], &vec![after[2].clone()]));
        assert_eq!(one.changed, [(before[1].clone(), after[1].clone())]);
        assert_eq!((one.paid_before_seconds, one.paid_after_seconds), (16 * HOUR, 14 * HOUR));
    }

    proptest! {
        #[test]
        fn the_steps_of_a_diff_lead_from_one_roster_to_the_other(
            old in prop::collection::btree_set((1u128..4, 2u8..9, 0u8..15), 0..12),
            new in prop::collection::btree_set((1u128..4, 2u8..9, 0u8..15), 0..12),
        ) {
            let mut world = World::march();
            let mut shifts = |slots: &BTreeSet<(u128, u8, u8)>| -> Vec<Shift> {
                let each = slots.iter().map(|&(number, day, hour)| {
                    world.shift(number, &format!("2026-03-{day:02}T{hour:02}:00"), 8.0)
                });
                each.collect()
            };
            let (before, after) = (shifts(&old), shifts(&new));
            for number in 1..4 {
                world.plan(number);
            }
            for shift in &before {
                world.put(shift.clone());
            }
            let edits = diff(&before, &after).iter().flat_map(AgentDiff::edits).collect();
            world.roster.apply(&Change::edit(edits));
            let all: Vec<Shift> =
                world.roster.plans.values().flat_map(|plan| plan.shifts.clone()).collect();
            prop_assert_eq!(diff(&all, &after), Vec::new());
        }
    }
}
