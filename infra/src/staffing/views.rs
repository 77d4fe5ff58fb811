use std::collections::HashMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use trunkline_domain::{
    id::{ForecastId, QueueId, RequirementId},
    kpis::ServiceLevelMethod,
    network::{GoalCaps, ServiceGoal},
};

use crate::{
    db::{DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    /// A requirement as it is read.
    pub struct RequirementView {
        /// Its id.
        pub id: RequirementId,
        /// Queue.
        pub queue_id: QueueId,
        /// Forecast from which it was computed.
        pub forecast_id: ForecastId,
        /// ERLANG_A or ERLANG_C.
        pub model: String,
        /// Goal, patience, minimum and shrinkage used.
        pub inputs: Json,
        /// Made at.
        pub created_at: Timestamp,
    }
}

read_model! {
    /// An interval of a requirement as it is read.
    pub struct PointView {
        /// First instant.
        pub starts_at: Timestamp,
        /// Agents on the phone.
        pub on_phone: i32,
        /// Agents on the roster.
        pub on_roster: i32,
        /// Agents to schedule for the queue.
        pub to_schedule: i32,
        /// Percent of contacts expected to be answered within the threshold.
        pub service_level: f64,
        /// Share of the agents' time expected to be spent on contacts.
        pub occupancy: f64,
        /// Code of what asked for so many; `None` where nobody is needed, or where it was not kept.
        pub decided_by: Option<String>,
        /// Share of rostered time not worked on the queue; `None` where it was not kept.
        pub shrinkage: Option<f64>,
        /// The part of it that no roster shows; `None` where it was not kept.
        pub unplanned_shrinkage: Option<f64>,
        /// Grade from which on an agent is a senior; `None` = no seniors are asked for.
        pub senior_grade: Option<i32>,
        /// Seniors among the agents on the phone.
        pub seniors_on_phone: i32,
        /// Seniors among the agents to schedule.
        pub seniors_to_schedule: i32,
    }
}

const COLUMNS: &str = "id, queue_id, forecast_id, model, inputs, created_at";

/// Requirements of a queue, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub async fn list_requirements(
    tx: &TenantTx,
    queue: QueueId,
    limit: i64,
) -> Result<Vec<RequirementView>, DbError> {
    let sql = format!(
        "select {COLUMNS} from app.requirement where tenant_id = $1 and queue_id = $2
         order by created_at desc, id desc limit $3"
    );
    tx.all(sql, params![tx.tenant(), queue, limit]).await
}

/// The requirements with these ids, whoever may see them: the caller checks.
///
/// # Errors
/// What the database says.
pub async fn requirements_by_id(
    tx: &TenantTx,
    ids: &[RequirementId],
) -> Result<Vec<RequirementView>, DbError> {
    let sql =
        format!("select {COLUMNS} from app.requirement where tenant_id = $1 and id = any($2)");
    tx.all(sql, params![tx.tenant(), ids]).await
}

/// Intervals of a requirement that start in `[from, to)`, in order.
///
/// # Errors
/// What the database says.
pub async fn requirement_points(
    tx: &TenantTx,
    requirement: RequirementId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<PointView>, DbError> {
    tx.all(
        "select starts_at, on_phone, on_roster, to_schedule, service_level, occupancy, decided_by,
                shrinkage, unplanned_shrinkage, senior_grade, seniors_on_phone, seniors_to_schedule
         from app.requirement_point
         where tenant_id = $1 and requirement_id = $2 and starts_at >= $3 and starts_at < $4
         order by starts_at",
        params![tx.tenant(), requirement, from, to],
    )
    .await
}

read_model! {
    struct UnplannedRow {
        queue_id: QueueId,
        unplanned: Option<f64>,
    }
}

/// The unplanned shrinkage, 0 to below 1, that the newest requirement of each queue was computed with
/// among those with intervals in `[from, to)`: the mean of these intervals by the agents on the phone. A
/// queue without such a requirement is not there.
///
/// # Errors
/// What the database says.
pub async fn unplanned_shrinkages(
    tx: &TenantTx,
    queues: &[QueueId],
    (from, to): (Timestamp, Timestamp),
) -> Result<HashMap<QueueId, f64>, DbError> {
    let rows: Vec<UnplannedRow> = tx
        .all(
            "select q.id as queue_id,
                    coalesce(counted.unplanned, (newest.inputs ->> 'unplannedShrinkage')::float8)
                        as unplanned
             from app.queue q
             cross join lateral (
                 select r.id, r.inputs from app.requirement r
                 where r.tenant_id = q.tenant_id and r.queue_id = q.id
                   and exists (select from app.requirement_point p
                               where p.tenant_id = r.tenant_id and p.requirement_id = r.id
                                 and p.starts_at >= $3 and p.starts_at < $4)
                 order by r.created_at desc, r.id desc limit 1) newest
             cross join lateral (
                 select (sum(p.unplanned_shrinkage::numeric * p.on_phone)
                         / nullif(sum(p.on_phone), 0))::float8
                        as unplanned
                 from app.requirement_point p
                 where p.tenant_id = q.tenant_id and p.requirement_id = newest.id
                   and p.starts_at >= $3 and p.starts_at < $4) counted
             where q.tenant_id = $1 and q.id = any($2)",
            params![tx.tenant(), queues, from, to],
        )
        .await?;
    Ok(rows.iter().filter_map(|row| Some((row.queue_id, row.unplanned?))).collect())
}

read_model! {
    struct GoalRow {
        queue_id: QueueId,
        valid_from: Timestamp,
        service_level: Option<Decimal>,
        max_asa_seconds: Option<u32>,
        max_abandonment: Option<Decimal>,
        max_occupancy: Option<Decimal>,
        threshold_seconds: u32,
        method: String,
        short_abandon_seconds: u32,
    }
}

/// All goals of a queue, oldest first.
///
/// # Errors
/// What the database says.
pub async fn queue_goals(tx: &TenantTx, queue: QueueId) -> Result<Vec<ServiceGoal>, DbError> {
    Ok(goals_of(tx, &[queue]).await?.remove(&queue).unwrap_or_default())
}

/// All goals of queues, oldest first.
///
/// # Errors
/// What the database says.
pub async fn goals_of(
    tx: &TenantTx,
    queues: &[QueueId],
) -> Result<HashMap<QueueId, Vec<ServiceGoal>>, DbError> {
    let rows: Vec<GoalRow> = tx
        .all(
            "select queue_id, valid_from, service_level, max_asa_seconds::bigint, max_abandonment,
                    max_occupancy, threshold_seconds::bigint, method, short_abandon_seconds::bigint
             from app.queue_goal where tenant_id = $1 and queue_id = any($2) order by valid_from",
            params![tx.tenant(), queues],
        )
        .await?;
    let goal = |row: &GoalRow| ServiceGoal {
        from: row.valid_from,
        service_level: row.service_level,
        caps: GoalCaps {
            max_asa_seconds: row.max_asa_seconds,
            max_abandonment: row.max_abandonment,
            max_occupancy: row.max_occupancy,
        },
        threshold_seconds: row.threshold_seconds,
        method: ServiceLevelMethod::from_code(&row.method).unwrap_or_default(),
        short_abandon_seconds: row.short_abandon_seconds,
    };
    let mut goals: HashMap<QueueId, Vec<ServiceGoal>> = HashMap::new();
    for row in &rows {
        goals.entry(row.queue_id).or_default().push(goal(row));
    }
    Ok(goals)
}
