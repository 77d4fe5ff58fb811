//! A part of a roster that is solved again, while everything else stands.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;

use super::{plan::Plan, task::Prepared};
use crate::{
    id::{AgentId, ShiftId},
    schedules::{ActivityCategory, AgentPlan, MergeStep, Roster, Shift, ShiftError},
};

/// What is solved again, and what of it stays as it is.
///
/// Shifts outside of it stand: they count for rules and coverage, and on their days nothing is added.
/// So does a shift in it that holds anything but work on queue, breaks and meals, since what somebody
/// arranged for it would be lost, and so do several shifts of one agent on one day.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// First local date of it.
    pub first: civil::Date,
    /// Last local date of it, inclusive.
    pub last: civil::Date,
    /// Whose shifts; `None` is everybody.
    pub agents: Option<&'a BTreeSet<AgentId>>,
    /// The only shifts that may change or go.
    pub shifts: &'a BTreeSet<ShiftId>,
    /// Who works on a day goes on doing so from the same time on, and days off stay days off.
    pub keep_starts: bool,
    /// What an agent is paid for on a day stays the same, and days off stay days off.
    pub keep_paid_time: bool,
}

/// What of one agent's plan a part is about.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// Dates on which a shift may come.
    open: BTreeSet<civil::Date>,
    /// Shifts that may change or go.
    free: BTreeSet<ShiftId>,
    /// Shifts that may only become others like them in what is kept.
    held: BTreeSet<ShiftId>,
}

impl Scope {
    /// Whether the whole plan stands.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty() && self.held.is_empty()
    }

    pub(super) fn is_open(&self, date: civil::Date) -> bool {
        self.open.contains(&date)
    }

    pub(super) fn is_free(&self, shift: ShiftId) -> bool {
        self.free.contains(&shift)
    }

    pub(super) fn is_held(&self, shift: ShiftId) -> bool {
        self.held.contains(&shift)
    }

    /// Shifts whose seats those have that come in their place. One that is held at another site than
    /// its agent's keeps its own.
    pub(super) fn planned<'p>(&self, plan: &'p AgentPlan) -> impl Iterator<Item = &'p Shift> {
        let site = plan.site;
        plan.shifts.iter().filter(move |shift| {
            self.is_free(shift.id()) || (self.is_held(shift.id()) && shift.site() == site)
        })
    }
}

impl Part<'_> {
    /// What of a plan it is about, of these dates.
    pub(super) fn scope(
        &self,
        plan: &AgentPlan,
        dates: impl Iterator<Item = civil::Date>,
    ) -> Scope {
        let mut scope = Scope::default();
        if self.agents.is_some_and(|agents| !agents.contains(&plan.agent)) {
            return scope;
        }
        let keeps = self.keep_starts || self.keep_paid_time;
        for date in dates.filter(|date| (self.first..=self.last).contains(date)) {
            let mut of_day = plan.shifts.iter().filter(|shift| shift.local_date() == date);
            match (of_day.next(), of_day.next()) {
                (None, _) if !keeps => {
                    scope.open.insert(date);
                }
                (Some(only), None) if self.may_change(only) => {
                    if keeps {
                        scope.held.insert(only.id());
                    } else {
                        scope.free.insert(only.id());
                        scope.open.insert(date);
                    }
                }
                _ => {}
            }
        }
        scope
    }

    fn may_change(&self, shift: &Shift) -> bool {
        use ActivityCategory::{Break, Meal, OnQueue};
        let plain = |category| matches!(category, OnQueue | Break | Meal);
        self.shifts.contains(&shift.id())
            && shift.activities().iter().all(|activity| plain(activity.category))
    }
}

impl Prepared {
    /// What a plan of a part does to the roster that the part is of: by agent, what changes or goes in
    /// order of start, then what comes. What is solved as it was is not among it. `next_id` gives each
    /// new shift its id.
    ///
    /// # Errors
    /// [`ShiftError`] when the plan is not one of this problem.
    pub fn steps(
        &self,
        roster: &Roster,
        plan: &Plan,
        next_id: &mut impl FnMut() -> ShiftId,
    ) -> Result<Vec<MergeStep>, ShiftError> {
        let planned = self.shifts(plan, next_id)?.into_iter();
        let mut planned: BTreeMap<(AgentId, civil::Date), Shift> =
            planned.map(|shift| ((shift.agent(), shift.local_date()), shift)).collect();
        let mut steps = Vec::new();
        for ((agent, _), scope) in self.agents.iter().zip(&self.scopes) {
            let Some(plan) = roster.plans.get(agent) else { continue };
            for before in &plan.shifts {
                let (free, held) = (scope.is_free(before.id()), scope.is_held(before.id()));
                if !free && !held {
                    continue;
                }
                match planned.remove(&(*agent, before.local_date())) {
                    // Also where no line keeps all rules: then it is not for this to say what goes.
                    None if held => {}
                    Some(after) if asks_the_same(before, &after) => {}
                    after => steps.push(MergeStep {
                        after: after.map(|shift| shift.in_place_of(before)),
                        before: Some(before.clone()),
                    }),
                }
            }
        }
        let come = planned.into_values();
        steps.extend(come.map(|after| MergeStep { before: None, after: Some(after) }));
        Ok(steps)
    }
}

/// Whether both fill the same time with the same, whatever skills they are said to need.
fn asks_the_same(before: &Shift, after: &Shift) -> bool {
    before.span() == after.span() && before.activities() == after.activities()
}
