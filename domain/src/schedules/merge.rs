//! From a what-if scenario or a proposal back to the schedule that it was copied from, a published one or
//! a draft.

use std::collections::BTreeMap;

use super::{Change, Edit, Shift};
use crate::id::ShiftId;

/// A shift of a scenario that is not as it was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioShift {
    /// As it is now; `None` = it was taken out.
    pub shift: Option<Shift>,
    /// The shift of which it is a copy, and the version of that; `None` = it is new.
    pub copied_from: Option<(ShiftId, i32)>,
}

/// What a scenario does with one shift of the schedule beneath it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeStep {
    /// As it stands; `None` = it comes.
    pub before: Option<Shift>,
    /// As it shall be; `None` = it goes.
    pub after: Option<Shift>,
}

impl MergeStep {
    /// The step as the judge takes it.
    #[must_use]
    pub fn change(&self) -> Change {
        let edits = match (&self.before, &self.after) {
            (None, None) => Vec::new(),
            (None, Some(after)) => vec![Edit::Add(after.clone())],
            (Some(before), None) => {
                vec![Edit::Remove { agent: before.agent(), shift: before.id() }]
            }
            (Some(before), Some(after)) => {
                let (shift, from, to) = (before.id(), before.agent(), after.agent());
                let moved = (from != to).then_some(Edit::Move { shift, from, to });
                moved.into_iter().chain([Edit::Replace(after.clone())]).collect()
            }
        };
        Change::edit(edits)
    }
}

/// What a scenario comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merge {
    /// What it does, in the order of its shifts.
    pub steps: Vec<MergeStep>,
    /// Shifts beneath it that it changes and that somebody else has changed or taken away since they were
    /// copied: which of the two is right is nobody's to guess.
    pub conflicts: Vec<ShiftId>,
}

/// Finds what the scenario does with the shifts beneath it as they stand. What was not touched in it
/// stays as it stands, whatever happened to it meanwhile. `next_id` names new shifts.
#[must_use]
pub fn merge(
    scenario: &[ScenarioShift],
    beneath: &BTreeMap<ShiftId, Shift>,
    mut next_id: impl FnMut() -> ShiftId,
) -> Merge {
    let mut merge = Merge::default();
    for ScenarioShift { shift, copied_from } in scenario {
        let Some((original, version)) = copied_from else {
            let after = shift.clone().map(|shift| shift.identified(next_id(), 1));
            merge.steps.extend(after.map(|it| MergeStep { before: None, after: Some(it) }));
            continue;
        };
        let after = shift.as_ref();
        match beneath.get(original) {
            // Somebody has done the same.
            None if after.is_none() => {}
            Some(before) if after.is_some_and(|shift| shift.is_like(before)) => {}
            Some(before) if before.version() == *version => merge.steps.push(MergeStep {
                after: after.map(|shift| shift.in_place_of(before)),
                before: Some(before.clone()),
            }),
            Some(_) | None => merge.conflicts.push(*original),
        }
    }
    merge
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::schedules::{
        Overrides, refuses,
        sample::{World, agent},
        step_by_step,
    };

    fn id(number: u128) -> ShiftId {
        ShiftId::from_uuid(Uuid::from_u128(number))
    }

    fn copy(shift: Option<Shift>, of: &Shift) -> ScenarioShift {
        ScenarioShift { shift, copied_from: Some((of.id(), of.version())) }
    }

    /// Two agents with a shift on Wednesday each, and the published shifts by id.
    fn wednesday() -> (World, Vec<Shift>, BTreeMap<ShiftId, Shift>) {
        let mut world = World::march();
        let shifts =
            vec![world.shift(1, "2026-03-04T09:00", 8.0), world.shift(2, "2026-03-04T13:00", 8.0)];
        for shift in &shifts {
            world.put(shift.clone());
        }
        let published = shifts.iter().map(|shift| (shift.id(), shift.clone())).collect();
        (world, shifts, published)
    }

    #[test]
    fn what_comes_goes_and_changes_hands_becomes_a_step_each() {
        let (mut world, shifts, published) = wednesday();
        let new = world.shift(1, "2026-03-06T09:00", 8.0);
        let later = world.shift(2, "2026-03-04T14:00", 8.0);
        let scenario = [
            copy(None, &shifts[0]),
            copy(Some(later.clone()), &shifts[1]),
            ScenarioShift { shift: Some(new), copied_from: None },
        ];
        let found = merge(&scenario, &published, || id(77));
        assert_eq!(found.conflicts, []);
        let changes: Vec<_> = found.steps.iter().map(MergeStep::change).collect();
        let sorted = step_by_step(&world.context(), &changes, &Overrides::default());
        assert_eq!((sorted.taken.len(), sorted.refused.len()), (3, 0));
        for change in &changes {
            world.roster.apply(change);
        }
        let plans = &world.roster.plans;
        assert_eq!(plans[&agent(1)].shifts.iter().map(Shift::id).collect::<Vec<_>>(), [id(77)]);
        let [kept] = &plans[&agent(2)].shifts[..] else { panic!("one") };
        assert_eq!((kept.id(), kept.span(), kept.version()), (shifts[1].id(), later.span(), 2));
    }

    #[test]
    fn two_shifts_change_hands_only_together() {
        let (world, shifts, published) = wednesday();
        let give = |shift: &Shift, to| copy(Some(shift.given_to(agent(to))), shift);
        let scenario = [give(&shifts[0], 2), give(&shifts[1], 1)];
        let found = merge(&scenario, &published, || id(77));
        let steps: Vec<_> = found.steps.iter().map(MergeStep::change).collect();
        let alone = step_by_step(&world.context(), &steps, &Overrides::default());
        assert!(alone.taken.is_empty(), "each alone overlaps");
        let edits = steps.into_iter().flat_map(|change| change.edits).collect();
        assert!(!refuses(&world.check(&Change::edit(edits))));
    }

    #[test]
    fn what_others_changed_meanwhile_is_a_conflict_only_where_the_scenario_changes_it_too() {
        let (_, shifts, mut published) = wednesday();
        published.insert(shifts[0].id(), shifts[0].given_to(agent(3)));
        assert_eq!(merge(&[], &published, || id(77)), Merge::default());
        let found = merge(&[copy(None, &shifts[0])], &published, || id(77));
        assert_eq!((found.steps.len(), found.conflicts), (0, vec![shifts[0].id()]));
        let back = merge(&[copy(Some(shifts[1].clone()), &shifts[1])], &published, || id(77));
        assert_eq!(back, Merge::default(), "changed and changed back");
        published.remove(&shifts[0].id());
        assert_eq!(merge(&[copy(None, &shifts[0])], &published, || id(77)), Merge::default());
    }
}
