use async_graphql::SimpleObject;
use jiff::Timestamp;
use trunkline_domain::{
    fault::{Fault, FaultCode},
    identity::Permission as Right,
    requests::ShiftSwap,
    schedules::Quantity,
};
use trunkline_infra::schedules::ShiftView;

use crate::{
    error::Outcome,
    graphql::{Operation, UserError},
};

/// A right of the caller with the reason when it is denied.
#[derive(Debug, SimpleObject)]
pub struct Permission {
    /// Whether the action would be accepted now.
    pub allowed: bool,
    /// Why not. Empty when allowed.
    pub reasons: Vec<UserError>,
}

impl Permission {
    /// Whether the caller may offer this shift for a swap now: the agent, or a leader for the line. Who may take it is another question:
    /// that needs both rosters.
    pub(crate) async fn to_offer(operation: &Operation, shift: &ShiftView) -> Outcome<Self> {
        let reasons = against_offer(operation, shift).await?.err();
        let reasons: Vec<_> =
            reasons.into_iter().map(|fault| operation.user_error(fault)).collect();
        Ok(Self { allowed: reasons.is_empty(), reasons })
    }
}

/// Until when the caller may offer this shift; `None` when it cannot be offered now.
pub(crate) async fn offer_until(
    operation: &Operation,
    shift: &ShiftView,
) -> Outcome<Option<Timestamp>> {
    Ok(against_offer(operation, shift).await?.ok())
}

/// Until when the caller may offer this shift, or what stands against it now.
async fn against_offer(
    operation: &Operation,
    shift: &ShiftView,
) -> Outcome<Result<Timestamp, Fault>> {
    let (policy, deadline) =
        (operation.swap_policy().await?, operation.swap_deadline(shift).await?);
    let owner = match shift.agent_id {
        Some(owner) => operation.visible_agent(owner, Right::ShiftSwapWrite).await?,
        None => None,
    };
    let until = ShiftSwap::offer_until(shift.span(), deadline);
    Ok(if owner.is_none() {
        Err(Fault::new(FaultCode::Forbidden))
    } else if !policy.enabled {
        Err(Fault::new(FaultCode::ShiftSwapDisabled))
    } else if shift.state != "PUBLISHED" {
        Err(Fault::new(FaultCode::InvalidState).with("state", shift.state.clone()))
    } else if operation.now.as_second() > until.as_second() {
        let limit = Quantity::Seconds(deadline).to_string();
        Err(Fault::new(FaultCode::NoticeTooShort).with("limit", limit))
    } else if operation.running_swap(shift.id).await?.is_some() {
        Err(Fault::new(FaultCode::ShiftSwapAlreadyOpen))
    } else {
        Ok(until)
    })
}
