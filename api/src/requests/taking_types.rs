use std::sync::Arc;

use async_graphql::{Context, Object};
use trunkline_domain::requests::{SwapState, Trial};

use super::refusal::fault;
use crate::{
    graphql::{Operation, UserError},
    schedules::{RuleViolation, Shift},
};

/// Whether the caller could take an offered shift now, with what stands against it.
#[derive(Debug)]
pub struct ShiftSwapTaking(pub(super) Arc<Trial>);

/// Whether the caller could take an offered shift now, with what stands against it.
#[Object]
impl ShiftSwapTaking {
    /// Whether a yes would be accepted now.
    async fn allowed(&self) -> bool {
        self.0.answer.is_ok()
    }
    /// Whether a leader would have to decide after a yes.
    async fn needs_approval(&self) -> bool {
        self.0.answer.as_ref().is_ok_and(|it| it.swap.state == SwapState::Matched)
    }
    /// Why not. Empty when allowed.
    async fn reasons(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<UserError>> {
        let operation = Operation::of(ctx)?;
        let refusal = self.0.answer.as_ref().err();
        Ok(refusal.map(|refusal| operation.user_error(fault(refusal))).into_iter().collect())
    }
    /// Rules that a yes would break; also those that do not hold it up.
    async fn violations(&self) -> Vec<RuleViolation> {
        let violations = match &self.0.answer {
            Ok(decision) => decision.violations.as_slice(),
            Err(refusal) => refusal.violations(),
        };
        let made = violations.iter().filter(|violation| !violation.standing);
        made.cloned().map(RuleViolation).collect()
    }
    /// The own shift that would be given in return: the nearest one that would do, else the nearest that is wanted, within a week of the offered shift. `null` when none is asked or the caller has none.
    async fn return_shift(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Shift>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.0.return_shift else { return Ok(None) };
        let shift = operation.shift(id).await.map_err(|error| operation.fail(error))?;
        Ok(shift.map(Shift))
    }
}
