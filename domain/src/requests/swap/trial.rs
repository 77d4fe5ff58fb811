//! What would come of a colleague taking the shift. Nothing is decided.

use super::{Acceptance, ShiftSwap, SwapDecision, SwapPolicy, apart};
use crate::{
    id::{AgentId, ShiftId},
    requests::SwapRefusal,
    schedules::{CheckContext, Shift},
};

/// Most own shifts that are tried in return.
const MOST_TRIED: usize = 10;

/// What would come of a colleague taking the shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The own shift that was tried in return; `None` when none is asked or the colleague has none.
    pub return_shift: Option<ShiftId>,
    /// What an acceptance would be answered.
    pub answer: Result<SwapDecision, SwapRefusal>,
}

impl ShiftSwap {
    /// Tries to take the shift for `agent` at `context.now`. Where a shift is asked in return, those
    /// of the agent that lie in a window are tried, the nearest to the offered one first, until one
    /// would do; when none does, the answer is that of the nearest.
    #[must_use]
    pub fn try_for(
        &self,
        context: &CheckContext<'_>,
        policy: &SwapPolicy,
        agent: AgentId,
    ) -> Trial {
        let mut nearest = None;
        for return_shift in self.to_return(context, agent) {
            let trial = self.trial(context, policy, agent, Some(return_shift));
            if trial.answer.is_ok() {
                return trial;
            }
            nearest.get_or_insert(trial);
        }
        nearest.unwrap_or_else(|| self.trial(context, policy, agent, None))
    }

    fn trial(
        &self,
        context: &CheckContext<'_>,
        policy: &SwapPolicy,
        agent: AgentId,
        return_shift: Option<ShiftId>,
    ) -> Trial {
        let acceptance = Acceptance { agent, return_shift, expected_version: None };
        Trial { return_shift, answer: self.accept(context, policy, acceptance) }
    }

    /// Shifts of the agent that lie in a window, nearest first; none where none is asked.
    fn to_return(&self, context: &CheckContext<'_>, agent: AgentId) -> Vec<ShiftId> {
        let wanted = |shift: &&Shift| {
            self.acceptable_windows.iter().any(|window| window.covers(shift.span()))
        };
        let plan = context.roster.plans.get(&agent);
        let mut own: Vec<&Shift> =
            plan.into_iter().flat_map(|plan| plan.shifts.iter()).filter(wanted).collect();
        own.sort_by_key(|shift| (apart(shift.span(), self.offered_span), shift.id()));
        own.into_iter().take(MOST_TRIED).map(Shift::id).collect()
    }
}
