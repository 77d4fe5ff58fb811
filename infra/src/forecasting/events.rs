use jiff::Timestamp;
use rust_decimal::Decimal;
use trunkline_domain::{
    forecasting::proposal::{EventKind, EventState, KnownEvent},
    id::{DemandEventId, QueueId},
    time::Span,
};

use crate::{
    db::{ArrayType, DbError, Param as _, TenantTx, Value},
    params, read_model,
};

read_model! {
    /// A demand event as it is read.
    pub struct DemandEventView {
        /// Its id.
        pub id: DemandEventId,
        /// What people call it.
        pub name: String,
        /// PROMOTION, HOLIDAY, INCIDENT or CORRECTION.
        pub kind: String,
        /// First instant at which it works.
        pub starts_at: Timestamp,
        /// First instant at which it no longer works.
        pub ends_at: Timestamp,
        /// Queues on which it works; every queue when empty.
        pub queue_ids: Vec<QueueId>,
        /// Share of calls added.
        pub volume_uplift: Decimal,
        /// Share of handle time added.
        pub handle_time_uplift: Decimal,
        /// Calls of each interval that a correction sets.
        pub volume: Option<Decimal>,
        /// Seconds per call that a correction sets.
        pub handle_time_seconds: Option<Decimal>,
        /// PROPOSED, ACCEPTED or REJECTED.
        pub state: String,
        /// Grows with every change.
        pub version: i32,
        /// Made at.
        pub created_at: Timestamp,
    }
}

impl DemandEventView {
    /// The event as the domain knows it.
    #[must_use]
    pub fn known(&self) -> KnownEvent {
        KnownEvent {
            name: self.name.clone(),
            kind: EventKind::of_code(&self.kind).unwrap_or(EventKind::Promotion),
            span: Span::new(self.starts_at, self.ends_at)
                .unwrap_or_else(|| Span::of_seconds(self.starts_at, 0)),
            queues: self.queue_ids.clone(),
            volume_uplift: self.volume_uplift,
            handle_time_uplift: self.handle_time_uplift,
            volume: self.volume,
            handle_time_seconds: self.handle_time_seconds,
        }
    }
}

const COLUMNS: &str =
    "id, name, kind, starts_at, ends_at, queue_ids, volume_uplift, handle_time_uplift, volume,
     handle_time_seconds, state, version, created_at";

/// Writes a new proposal.
///
/// # Errors
/// What the database says.
pub async fn insert_event(
    tx: &TenantTx,
    id: DemandEventId,
    event: &KnownEvent,
    now: Timestamp,
) -> Result<(), DbError> {
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
    tx.run(
        "insert into app.demand_event (tenant_id, id, name, kind, starts_at, ends_at, queue_ids,
                                       volume_uplift, handle_time_uplift, volume,
                                       handle_time_seconds, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'PROPOSED', $12)",
        params![
            tx.tenant(),
            id,
            *name,
            kind.as_str(),
            span.start(),
            span.end(),
            *queues,
            *volume_uplift,
            *handle_time_uplift,
            *volume,
            *handle_time_seconds,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Writes a decision on the version that was seen; `false` when somebody was faster.
///
/// # Errors
/// What the database says.
pub async fn decide_event(
    tx: &TenantTx,
    id: DemandEventId,
    version: i32,
    state: EventState,
) -> Result<bool, DbError> {
    let touched = tx
        .run(
            "update app.demand_event set state = $4, version = version + 1
             where tenant_id = $1 and id = $2 and version = $3",
            params![tx.tenant(), id, version, state.as_str()],
        )
        .await?;
    Ok(touched == 1)
}

/// A demand event, whoever may see it: the caller checks.
///
/// # Errors
/// What the database says.
pub async fn demand_event(
    tx: &TenantTx,
    id: DemandEventId,
) -> Result<Option<DemandEventView>, DbError> {
    let sql = format!("select {COLUMNS} from app.demand_event where tenant_id = $1 and id = $2");
    tx.one(sql, params![tx.tenant(), id]).await
}

/// Events that work in `[from, to)` on every queue or on one of these (`None` = whichever), in order
/// of time, at most 1000.
///
/// # Errors
/// What the database says.
pub async fn demand_events(
    tx: &TenantTx,
    queues: Option<&[QueueId]>,
    state: Option<EventState>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<DemandEventView>, DbError> {
    let mut params = params![tx.tenant(), from, to, state.map(EventState::as_str)];
    params.push(queues.map_or(Value::Array(ArrayType::Uuid, None), |queues| queues.value()));
    let sql = format!(
        "select {COLUMNS} from app.demand_event
         where tenant_id = $1 and starts_at < $3 and ends_at > $2 and ($4::text is null or state = $4)
           and ($5::uuid[] is null or queue_ids = '{{}}' or queue_ids && $5)
         order by starts_at, id limit 1000"
    );
    tx.all(sql, params).await
}

/// The last accepted event of a name, case ignored, that works on a queue and is over.
///
/// # Errors
/// What the database says.
pub async fn last_event(
    tx: &TenantTx,
    queue: QueueId,
    name: &str,
    now: Timestamp,
) -> Result<Option<DemandEventView>, DbError> {
    let sql = format!(
        "select {COLUMNS} from app.demand_event
         where tenant_id = $1 and state = 'ACCEPTED' and kind <> 'CORRECTION' and lower(name) = lower($3) and ends_at <= $4
           and (queue_ids = '{{}}' or $2 = any(queue_ids))
         order by starts_at desc, id desc limit 1"
    );
    tx.one(sql, params![tx.tenant(), queue, name, now]).await
}

/// Accepted events that work on a queue in `[from, to)`, in order of time.
///
/// # Errors
/// What the database says.
pub async fn events_of_queue(
    tx: &TenantTx,
    queue: QueueId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<DemandEventView>, DbError> {
    demand_events(tx, Some(&[queue]), Some(EventState::Accepted), from, to).await
}
