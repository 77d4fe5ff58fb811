use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::json;
use trunkline_domain::{
    fault::{Fault, FaultCode},
    forecasting::proposal::{EventKind, EventState, KnownEvent, RawEvent},
    id::{DemandEventId, QueueId},
    identity::{Access, Permission},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    forecasting::{DemandEventView, decide_event, demand_event, insert_event},
    network::Directory,
};

use super::{effect_service::learned_uplifts, rights::writable_queue};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// What somebody proposes.
#[derive(Debug)]
pub(super) struct ProposeEvent {
    pub(super) name: String,
    pub(super) kind: EventKind,
    pub(super) starts_at: Timestamp,
    pub(super) ends_at: Timestamp,
    /// Every queue of the network when empty.
    pub(super) queues: Vec<QueueId>,
    /// `None` = as the last event of the name had it.
    pub(super) volume_uplift: Option<Decimal>,
    pub(super) handle_time_uplift: Option<Decimal>,
    pub(super) volume: Option<Decimal>,
    pub(super) handle_time_seconds: Option<Decimal>,
}

/// Proposes an event to the planners of its queues.
pub(super) async fn propose_event(
    app: &App,
    ctx: &Ctx,
    ask: ProposeEvent,
) -> Outcome<DemandEventView> {
    let ProposeEvent {
        name,
        kind,
        starts_at,
        ends_at,
        queues,
        volume_uplift,
        handle_time_uplift,
        volume,
        handle_time_seconds,
    } = ask;
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    check_queues(&directory, ctx, &queues, Permission::DemandEventWrite, "queueIds")?;
    let (volume_uplift, learned_time) = match volume_uplift {
        Some(uplift) => (uplift, Decimal::ZERO),
        None if kind == EventKind::Correction => (Decimal::ZERO, Decimal::ZERO),
        None => learned_uplifts(&tx, &directory, &queues, &name, ctx.now()).await?,
    };
    let handle_time_uplift = handle_time_uplift.unwrap_or(learned_time);
    let raw = RawEvent {
        name,
        kind,
        starts_at,
        ends_at,
        queues,
        volume_uplift,
        handle_time_uplift,
        volume,
        handle_time_seconds,
    };
    let event = KnownEvent::parse(raw).map_err(AppError::Faults)?;
    let id: DemandEventId = ctx.new_id();
    insert_event(&tx, id, &event, ctx.now()).await?;
    let after = json!({"name": event.name, "kind": event.kind.as_str(),
        "startsAt": event.span.start(), "endsAt": event.span.end(), "queueIds": event.queues,
        "volumeUplift": event.volume_uplift, "handleTimeUplift": event.handle_time_uplift,
        "volume": event.volume, "handleTimeSeconds": event.handle_time_seconds,
        "state": EventState::Proposed.as_str()});
    record(&tx, ctx, Deed::made("demand_event.propose", id, after)).await?;
    tx.commit().await?;
    let KnownEvent {
        name,
        kind,
        span,
        queues,
        volume_uplift,
        handle_time_uplift,
        volume,
        handle_time_seconds,
    } = event;
    Ok(DemandEventView {
        id,
        name,
        kind: kind.as_str().to_owned(),
        starts_at: span.start(),
        ends_at: span.end(),
        queue_ids: queues,
        volume_uplift,
        handle_time_uplift,
        volume,
        handle_time_seconds,
        state: EventState::Proposed.as_str().to_owned(),
        version: 1,
        created_at: ctx.now(),
    })
}

/// A planner's word on an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct DecideEvent {
    pub(super) id: DemandEventId,
    pub(super) accept: bool,
    pub(super) expected_version: Option<i32>,
}

/// Accepts or rejects an event; forecasts that are run from then on have it or have it not.
pub(super) async fn decide(app: &App, ctx: &Ctx, word: DecideEvent) -> Outcome<DemandEventView> {
    let DecideEvent { id, accept, expected_version } = word;
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    let event = demand_event(&tx, id).await?;
    let mut event = event.ok_or_else(|| Fault::not_found("demandEventId"))?;
    let write = Permission::ForecastWrite;
    check_queues(&directory, ctx, &event.queue_ids, write, "demandEventId")?;
    if expected_version.is_some_and(|version| version != event.version) {
        return Err(stale(event.version).into());
    }
    let state = EventState::of_code(&event.state)
        .ok_or_else(|| AppError::Internal(format!("state {} of {id}", event.state)))?
        .decide(accept)
        .map_err(|fault| fault.at("demandEventId"))?;
    if !decide_event(&tx, id, event.version, state).await? {
        return Err(stale(event.version + 1).into());
    }
    let (before, after) = (json!({"state": event.state}), json!({"state": state.as_str()}));
    record(&tx, ctx, Deed::changed("demand_event.decide", id, before, after)).await?;
    tx.commit().await?;
    event.state = state.as_str().to_owned();
    event.version += 1;
    Ok(event)
}

fn stale(current: i32) -> Fault {
    Fault::new(FaultCode::StaleVersion).at("expectedVersion").with("current", current.to_string())
}

/// Whether the caller may do it with each of the queues; none = with every queue of the network.
fn check_queues(
    directory: &Directory,
    ctx: &Ctx,
    queues: &[QueueId],
    write: Permission,
    path: &str,
) -> Result<(), Fault> {
    let read = Permission::ForecastRead;
    for queue in queues {
        writable_queue(directory, ctx, *queue, write, read, path)?;
    }
    if !queues.is_empty() {
        return Ok(());
    }
    match ctx.viewer().access_at_any(write, read, &[], ctx.now()) {
        Access::Allowed => Ok(()),
        // An event of the whole network concerns every queue, so whoever sees one sees it.
        Access::Forbidden | Access::Hidden => Err(Fault::new(FaultCode::Forbidden).at(path)),
    }
}
