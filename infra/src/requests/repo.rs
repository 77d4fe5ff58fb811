use trunkline_domain::{
    id::TeamId,
    requests::{Audience, DecisionRecord, ShiftSwap, SwapPolicy},
    schedules::Violation,
};

use super::{
    SwapEvent, SwapView,
    views::{COLUMNS, OFFERED},
};
use crate::{
    db::{DbError, Json, TenantTx},
    params,
};

/// What the tenant has decided about swaps; within a site where it has decided nothing.
///
/// # Errors
/// What the database says.
pub async fn load_swap_policy(tx: &TenantTx) -> Result<SwapPolicy, DbError> {
    let stored: Option<Option<Json>> = tx
        .scalar(
            "select settings -> 'shift_swap' as value from app.tenant where id = $1",
            params![tx.tenant()],
        )
        .await?;
    match stored.flatten() {
        None => Ok(SwapPolicy::within_site()),
        Some(json) => serde_json::from_value(json)
            .map_err(|error| DbError::Internal(format!("swap policy: {error}"))),
    }
}

fn json(value: &impl serde::Serialize) -> Result<Json, DbError> {
    serde_json::to_value(value).map_err(|error| DbError::Internal(format!("swap: {error}")))
}

/// Stores a new swap, offered to `teams` unless it is offered to one colleague; gives it as it is read.
///
/// # Errors
/// What the database says; `shift_swap_offered_running_unique` when the shift is offered already.
pub async fn insert_swap(
    tx: &TenantTx,
    swap: &ShiftSwap,
    teams: &[TeamId],
    note: Option<&str>,
    event: &SwapEvent,
) -> Result<SwapView, DbError> {
    let audience = match swap.audience {
        Audience::Agent(agent) => Some(agent),
        Audience::Group(_) => None,
    };
    let sql = format!(
        "with w as (
             insert into app.shift_swap (tenant_id, id, state, site_id, proposer_id, offered_shift_id,
                                         offered_version, audience_agent_id, audience_team_ids,
                                         acceptable_windows, note, expires_at, history, version,
                                         created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
             returning *)
         select {COLUMNS} from w {OFFERED} where w.tenant_id = $1"
    );
    let params = params![
        tx.tenant(),
        swap.id,
        swap.state.as_str(),
        swap.site,
        swap.proposer,
        swap.offered_shift,
        swap.offered_version,
        audience,
        teams,
        json(&swap.acceptable_windows)?,
        note,
        swap.expires_at,
        json(&[event])?,
        swap.version,
        swap.created_at
    ];
    let written = tx.one(sql, params).await?;
    written.ok_or_else(|| DbError::Internal(format!("swap {} was not written", swap.id)))
}

/// A step of a swap that was decided.
#[derive(Debug)]
pub struct SwapStep<'a> {
    /// The swap as it stands afterwards, its version one more than before.
    pub swap: &'a ShiftSwap,
    /// What was found.
    pub violations: &'a [Violation],
    /// The record of the decision.
    pub record: &'a DecisionRecord,
    /// What the history says of it.
    pub event: &'a SwapEvent,
}

/// Takes a step and gives the swap as it is read then; `None` when somebody else took one meanwhile.
///
/// # Errors
/// What the database says; `shift_swap_return_running_unique` when the shift in return is part of
/// another running swap.
pub async fn step_swap(tx: &TenantTx, step: SwapStep<'_>) -> Result<Option<SwapView>, DbError> {
    let SwapStep { swap, violations, record, event } = step;
    let sql = format!(
        "with w as (
             update app.shift_swap
             set state = $4, counterpart_id = $5, return_shift_id = $6, violations = $7,
                 decision = $8, history = history || $9, version = $3 + 1, updated_at = $10
             where tenant_id = $1 and id = $2 and version = $3 and state in ('OPEN', 'MATCHED')
             returning *)
         select {COLUMNS} from w {OFFERED} where w.tenant_id = $1"
    );
    let params = params![
        tx.tenant(),
        swap.id,
        swap.version - 1,
        swap.state.as_str(),
        swap.counterpart,
        swap.return_shift,
        json(&violations)?,
        json(record)?,
        json(&[event])?,
        event.at
    ];
    tx.one(sql, params).await
}
