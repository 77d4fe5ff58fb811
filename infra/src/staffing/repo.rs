use trunkline_domain::{
    id::{ForecastId, QueueId, RequirementId},
    staffing::{DecidedBy, Model, Needed, NeededSeniors},
};

use crate::{
    ctx::Ctx,
    db::{DbError, Json, TenantTx},
    params,
};

/// A requirement to be written.
#[derive(Debug, Clone)]
pub struct NewRequirement {
    /// Its id.
    pub id: RequirementId,
    /// Queue.
    pub queue_id: QueueId,
    /// Forecast from which it was computed.
    pub forecast_id: ForecastId,
    /// Formula.
    pub model: Model,
    /// Goal, patience, minimum and shrinkage used.
    pub inputs: Json,
    /// Its intervals.
    pub points: Vec<Needed>,
}

/// Points of one statement: what a slow machine writes well within the time budget of a statement.
const AT_ONCE: usize = 20_000;

/// Writes a requirement.
///
/// # Errors
/// What the database says.
pub async fn insert_requirement(
    tx: &TenantTx,
    ctx: &Ctx,
    requirement: &NewRequirement,
) -> Result<(), DbError> {
    let NewRequirement { id, queue_id, forecast_id, model, inputs, points } = requirement;
    tx.run(
        "insert into app.requirement (tenant_id, id, queue_id, forecast_id, model, inputs, created_by,
                                      created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            tx.tenant(),
            *id,
            *queue_id,
            *forecast_id,
            model.as_str(),
            *inputs,
            ctx.actor(),
            ctx.now()
        ],
    )
    .await?;
    for part in points.chunks(AT_ONCE) {
        insert_points(tx, *id, part).await?;
    }
    Ok(())
}

async fn insert_points(tx: &TenantTx, id: RequirementId, points: &[Needed]) -> Result<(), DbError> {
    let agents = |read: fn(&Needed) -> u32| {
        points.iter().map(|point| i64::from(read(point))).collect::<Vec<i64>>()
    };
    let share = |read: fn(&Needed) -> f64| points.iter().map(read).collect::<Vec<f64>>();
    let seniors = |read: fn(&NeededSeniors) -> u32| {
        let count = |point: &Needed| i64::from(point.seniors.as_ref().map_or(0, read));
        points.iter().map(count).collect::<Vec<i64>>()
    };
    let decided = |point: &Needed| point.decided_by.map_or("", DecidedBy::as_str).to_owned();
    let decided_by: Vec<String> = points.iter().map(decided).collect();
    let starts: Vec<_> = points.iter().map(|point| point.starts_at).collect();
    tx.run(
        "insert into app.requirement_point (tenant_id, requirement_id, starts_at, on_phone, on_roster,
                                            to_schedule, service_level, occupancy, shrinkage,
                                            unplanned_shrinkage, decided_by, senior_grade,
                                            seniors_on_phone, seniors_to_schedule)
         select $1, $2, starts_at, on_phone, on_roster, to_schedule, service_level, occupancy, shrinkage,
                unplanned_shrinkage, nullif(decided_by, ''), nullif(senior_grade, 0), seniors_on_phone,
                seniors_to_schedule
         from unnest($3::timestamptz[], $4::bigint[], $5::bigint[], $6::bigint[],
                     $7::float8[], $8::float8[], $9::float8[], $10::float8[], $11::text[],
                     $12::bigint[], $13::bigint[], $14::bigint[])
              as point (starts_at, on_phone, on_roster, to_schedule, service_level, occupancy, shrinkage,
                        unplanned_shrinkage, decided_by, senior_grade, seniors_on_phone,
                        seniors_to_schedule)",
        params![
            tx.tenant(),
            id,
            starts,
            agents(|point| point.on_phone),
            agents(|point| point.on_roster),
            agents(|point| point.to_schedule),
            share(|point| 100.0 * point.performance.service_level),
            share(|point| point.performance.occupancy),
            share(|point| point.shrinkage),
            share(|point| point.unplanned_shrinkage),
            decided_by,
            seniors(|it| u32::from(it.grade)),
            seniors(|it| it.on_phone),
            seniors(|it| it.to_schedule)
        ],
    )
    .await?;
    Ok(())
}
