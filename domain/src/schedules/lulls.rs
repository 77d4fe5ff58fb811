//! Training and meetings in lulls: where the roster has most to spare.
//!
//! **Method.** An activity goes into one stretch on queue of a shift, so never over a break, a meal or
//! another activity. Of the places that a person has, the one that misses the requirement least is
//! taken (best by nothing), of those the one with the most agents to spare in its tightest interval,
//! of those the earliest. Staff is counted on queue, so after breaks, against every line of the
//! requirement for which the person counts.
//!
//! One by one, whoever has the least room chooses first and everybody chooses on the roster that those
//! before have left; then each in turn moves to a better place as long as there is one. That is what
//! the generator does with breaks: each place is best given all others, which a search over all of them
//! at once could still improve on. Together, the time that suits the most people is taken, and among
//! such times the choice is as above, with all of them away at once.
//!
//! Every place passes [`check`]; where the best one of a shift (together: of a day) is refused, the
//! next best shift (day) is tried.

mod room;
mod times;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::Timestamp;
use room::{Cost, Spot};
pub use times::LullTimes;

use super::{
    ActivityCategory, AgentPlan, Change, CheckContext, Coverage, Edit, Roster, Shift, Violation,
    check, holds_up,
};
use crate::{
    id::{AgentId, ShiftId},
    time::{Span, local_of_instant},
};

/// Rounds in which everybody may move to a better place.
const ROUNDS: usize = 8;

/// What to place for whom.
#[derive(Debug, Clone, Copy)]
pub struct LullAsk<'a> {
    /// [`ActivityCategory::Training`] or [`ActivityCategory::Meeting`].
    pub category: ActivityCategory,
    /// How long it lasts, in seconds; whole minutes, more than none.
    pub seconds: i64,
    /// Who takes part.
    pub agents: &'a [AgentId],
    /// It lies whole in one of these.
    pub windows: &'a [Span],
    /// Shifts that may be changed.
    pub shifts: &'a BTreeSet<ShiftId>,
    /// All at the same time, or each at the best one.
    pub together: bool,
}

/// A place for one agent.
#[derive(Debug, Clone, PartialEq)]
pub struct LullPlace {
    /// The shift as it stands.
    pub before: Shift,
    /// The shift with the activity in it; its version is one more.
    pub after: Shift,
    /// When the activity is.
    pub span: Span,
    /// Agent seconds by which the requirement is missed more than without it: of all who meet when
    /// they meet together, else of this agent alone with all others placed.
    pub short_seconds: i64,
    /// Agents above the requirement in the tightest interval while it lasts, negative when some are
    /// missing; `None` where nothing is required of the agent.
    pub spare_agents: Option<f64>,
}

impl LullPlace {
    fn edit(&self) -> Edit {
        Edit::Replace(self.after.clone())
    }
}

/// Why an agent has no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoLull {
    /// None of the shifts lies in the windows.
    NoShift,
    /// No stretch on queue in the windows is long enough.
    NoRoom,
    /// The agent works, and not when most others can meet.
    Apart,
    /// Every place breaks a blocking rule: what the best one breaks.
    Refused(Vec<Violation>),
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LullPlan {
    /// Places, by time and agent.
    pub places: Vec<LullPlace>,
    /// Who has none, by agent.
    pub unplaced: Vec<(AgentId, NoLull)>,
}

impl LullPlan {
    /// All places as one change for the judge.
    #[must_use]
    pub fn change(&self) -> Change {
        Change::edit(self.places.iter().map(LullPlace::edit).collect())
    }
}

/// Places an activity in lulls. The same context and ask always give the same plan.
#[must_use]
pub fn place_in_lulls(context: &CheckContext<'_>, ask: &LullAsk<'_>) -> LullPlan {
    let (roster, coverage) = (context.roster.clone(), context.coverage.cloned());
    let mut search = Search { context, ask, roster, coverage };
    let mut plan = if ask.together { search.together() } else { search.one_by_one() };
    plan.places.sort_by_key(|place| (place.span, place.before.agent()));
    plan.unplaced.sort_by_key(|(agent, _)| *agent);
    plan
}

struct Search<'a> {
    context: &'a CheckContext<'a>,
    ask: &'a LullAsk<'a>,
    /// With what is placed so far.
    roster: Roster,
    coverage: Option<Coverage>,
}

impl Search<'_> {
    fn agents(&self) -> BTreeSet<AgentId> {
        self.ask.agents.iter().copied().collect()
    }

    fn one_by_one(&mut self) -> LullPlan {
        let mut order: Vec<(i64, AgentId)> = Vec::new();
        for agent in self.agents() {
            let stretches = self.stretches(agent);
            order.push((stretches.iter().map(|(_, stretch)| stretch.seconds()).sum(), agent));
        }
        order.sort_unstable();
        let mut plan = LullPlan::default();
        for (_, agent) in order {
            match self.find(agent, None) {
                Ok(place) => {
                    self.apply(&Change::edit(vec![place.edit()]));
                    plan.places.push(place);
                }
                Err(why) => plan.unplaced.push((agent, why)),
            }
        }
        self.settle(&mut plan.places);
        plan
    }

    /// Lets everybody move to a better place until nobody finds one; then says anew what each costs,
    /// since others have moved.
    fn settle(&mut self, places: &mut [LullPlace]) {
        for _ in 0..ROUNDS {
            let mut moved = false;
            for place in places.iter_mut() {
                let cost = self.lift(place);
                if let Ok(better) = self.find(place.before.agent(), Some(cost)) {
                    *place = better;
                    moved = true;
                }
                self.apply(&Change::edit(vec![place.edit()]));
            }
            if !moved {
                break;
            }
        }
        for place in places {
            let cost = self.lift(place);
            (place.short_seconds, place.spare_agents) = self.said(cost);
            self.apply(&Change::edit(vec![place.edit()]));
        }
    }

    /// Takes an activity out of the roster again, and says what it costs there.
    fn lift(&mut self, place: &LullPlace) -> Cost {
        self.apply(&Change::edit(vec![Edit::Replace(place.before.clone())]));
        self.cost(&[(place.before.agent(), &place.before)], place.span)
    }

    /// The best place of an agent that no rule holds up, if it is better than `than`.
    fn find(&self, agent: AgentId, than: Option<Cost>) -> Result<LullPlace, NoLull> {
        let mut refused = None;
        for spot in self.spots(agent)? {
            if than.is_some_and(|than| spot.cost >= than) {
                break;
            }
            let Some(place) = self.at(agent, spot) else { continue };
            let violations = check(&self.now(), &Change::edit(vec![place.edit()]));
            if !holds_up(&violations) {
                return Ok(place);
            }
            refused.get_or_insert(violations);
        }
        Err(refused.map_or(NoLull::NoRoom, NoLull::Refused))
    }

    /// The best place of each shift of an agent, best first.
    fn spots(&self, agent: AgentId) -> Result<Vec<Spot>, NoLull> {
        let plan = self.roster.plans.get(&agent).ok_or(NoLull::NoShift)?;
        let mut best: BTreeMap<usize, Spot> = BTreeMap::new();
        for (shift, stretch) in self.stretches(agent) {
            for span in self.spans(&plan.shifts[shift], stretch) {
                let cost = self.cost(&[(agent, &plan.shifts[shift])], span);
                let spot = best.entry(shift).or_insert(Spot { shift, span, cost });
                if cost < spot.cost {
                    *spot = Spot { shift, span, cost };
                }
            }
        }
        let mut spots: Vec<Spot> = best.into_values().collect();
        spots.sort_by_key(|spot| spot.cost);
        if spots.is_empty() { Err(self.why_none(plan)) } else { Ok(spots) }
    }

    fn why_none(&self, plan: &AgentPlan) -> NoLull {
        let mut own = plan.shifts.iter().filter(|shift| self.ask.shifts.contains(&shift.id()));
        let meets = |shift: &Shift| self.ask.windows.iter().any(|it| it.overlaps(shift.span()));
        if own.any(meets) { NoLull::NoRoom } else { NoLull::NoShift }
    }

    fn together(&self) -> LullPlan {
        let mut times: BTreeMap<Timestamp, Vec<(AgentId, Spot)>> = BTreeMap::new();
        for agent in self.agents() {
            let Some(plan) = self.roster.plans.get(&agent) else { continue };
            for (shift, stretch) in self.stretches(agent) {
                for span in self.spans(&plan.shifts[shift], stretch) {
                    let cost = Cost { short_seconds: 0, spare: Reverse(0), start: span.start() };
                    let there = times.entry(span.start()).or_default();
                    // Nobody is there twice, also not where two shifts overlap.
                    if there.last().is_none_or(|(last, _)| *last != agent) {
                        there.push((agent, Spot { shift, span, cost }));
                    }
                }
            }
        }
        let mut best = BTreeMap::new();
        for (start, there) in &times {
            let span = Span::of_seconds(*start, self.ask.seconds);
            let shift = |(agent, spot): &(AgentId, Spot)| {
                Some((*agent, self.roster.plans.get(agent)?.shifts.get(spot.shift)?))
            };
            let away: Vec<_> = there.iter().filter_map(shift).collect();
            let rank = (Reverse(there.len()), self.cost(&away, span));
            let date = local_of_instant(*start, &self.roster.zone).date();
            let of_day = best.entry(date).or_insert(rank);
            *of_day = rank.min(*of_day);
        }
        let mut ranked: Vec<_> = best.into_values().collect();
        ranked.sort_unstable();
        let mut refused = None;
        for (_, cost) in ranked {
            let there = times.get(&cost.start).map(Vec::as_slice).unwrap_or_default();
            let place = |(agent, spot): &(AgentId, Spot)| self.at(*agent, Spot { cost, ..*spot });
            let places: Vec<LullPlace> = there.iter().filter_map(place).collect();
            if places.is_empty() {
                continue;
            }
            let plan = LullPlan { places, unplaced: Vec::new() };
            let violations = check(&self.now(), &plan.change());
            if !holds_up(&violations) {
                return self.with_those_left(plan, &NoLull::Apart);
            }
            refused.get_or_insert(violations);
        }
        let why = refused.map_or(NoLull::NoRoom, NoLull::Refused);
        self.with_those_left(LullPlan::default(), &why)
    }

    /// The plan with everybody who has no place in it: `why`, of those who have room anywhere.
    fn with_those_left(&self, mut plan: LullPlan, why: &NoLull) -> LullPlan {
        let placed: BTreeSet<AgentId> = plan.places.iter().map(|it| it.before.agent()).collect();
        for agent in self.agents().difference(&placed) {
            let reason = match self.roster.plans.get(agent) {
                None => NoLull::NoShift,
                Some(own) if self.stretches(*agent).is_empty() => self.why_none(own),
                Some(_) => why.clone(),
            };
            plan.unplaced.push((*agent, reason));
        }
        plan
    }

    fn now(&self) -> CheckContext<'_> {
        CheckContext { roster: &self.roster, coverage: self.coverage.as_ref(), ..*self.context }
    }

    fn apply(&mut self, change: &Change) {
        if let Some(coverage) = &mut self.coverage {
            coverage.apply(&self.roster, change);
        }
        self.roster.apply(change);
    }
}

#[cfg(test)]
mod tests;
