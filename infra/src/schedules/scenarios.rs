//! What-if scenarios: drafts that know of which shifts theirs are copies.

use std::collections::HashMap;

use trunkline_domain::{
    id::{ScheduleId, ShiftId},
    schedules::{Assumptions, MergeStep, ScenarioShift},
};

use super::{ScheduleView, ShiftRow, shifts_by_id, write_shift};
use crate::{
    ctx::Ctx,
    db::{DbError, TenantTx},
    network::SiteView,
    params, read_model,
};

read_model! {
    struct IdRow { id: ShiftId, }
}
read_model! {
    struct CopyRow {
        id: ShiftId,
        gone: bool,
        copied_from: Option<ShiftId>,
        copied_version: Option<i32>,
    }
}

/// Copies the shifts of a schedule, as they stand, into a draft, each with what it is a copy of;
/// gives how many.
///
/// # Errors
/// What the database says.
pub async fn copy_shifts(
    tx: &TenantTx,
    ctx: &Ctx,
    from: ScheduleId,
    to: ScheduleId,
) -> Result<u64, DbError> {
    let rows: Vec<IdRow> = tx
        .all(
            "select id from app.shift
             where tenant_id = $1 and schedule_id = $2 and state in ('DRAFT', 'PUBLISHED')
             order by starts_at, id",
            params![tx.tenant(), from],
        )
        .await?;
    let old: Vec<ShiftId> = rows.into_iter().map(|row| row.id).collect();
    let new: Vec<ShiftId> = old.iter().map(|_| ctx.new_id()).collect();
    tx.run(
        "insert into app.shift (tenant_id, id, schedule_id, site_id, agent_id, starts_at, ends_at,
                                local_date, activities, needs, state, copied_from, copied_version)
         select $1, n.new, $2, s.site_id, s.agent_id, s.starts_at, s.ends_at, s.local_date, s.activities,
                s.needs, 'DRAFT', s.id, s.version
         from unnest($3::uuid[], $4::uuid[]) as n(old, new)
         join app.shift s on s.tenant_id = $1 and s.id = n.old",
        params![tx.tenant(), to, old, new],
    )
    .await
}

/// The shifts of a scenario that are not as they were copied, by id.
///
/// # Errors
/// What the database says.
pub async fn scenario_shifts(
    tx: &TenantTx,
    scenario: &ScheduleView,
    site: &SiteView,
) -> Result<Vec<ScenarioShift>, DbError> {
    let rows: Vec<CopyRow> = tx
        .all(
            "select id, state = 'REMOVED' as gone, copied_from, copied_version from app.shift
             where tenant_id = $1 and schedule_id = $2 and agent_id is not null
               and (version > 1 or copied_from is null)
             order by starts_at, id",
            params![tx.tenant(), scenario.id],
        )
        .await?;
    let ids: Vec<ShiftId> = rows.iter().map(|row| row.id).collect();
    let views = shifts_by_id(tx, &ids).await?;
    let views: HashMap<ShiftId, _> = views.into_iter().map(|view| (view.id, view)).collect();
    let mut found = Vec::with_capacity(rows.len());
    for CopyRow { id, gone, copied_from, copied_version } in rows {
        let shift = match views.get(&id).filter(|_| !gone) {
            Some(view) => view.shift(&site.zone())?,
            None => None,
        };
        found.push(ScenarioShift { shift, copied_from: copied_from.zip(copied_version) });
    }
    Ok(found)
}

/// Writes steps of a merge into a schedule, a published one or a draft; `false` when a shift was not
/// there as the steps have it. Shifts that change hands may overlap in between, and not at the end.
///
/// # Errors
/// What the database says; `shift_no_overlap` when two shifts of an agent overlap at the end.
pub async fn write_steps(
    tx: &TenantTx,
    schedule: ScheduleId,
    steps: &[&MergeStep],
) -> Result<bool, DbError> {
    tx.run("set constraints app.shift_no_overlap deferred", Vec::new()).await?;
    for step in steps {
        let row = match (&step.before, &step.after) {
            (None, None) => continue,
            (None, Some(after)) => ShiftRow::New(after),
            (Some(before), Some(after)) => ShiftRow::Changed(after, before.version()),
            (Some(before), None) => ShiftRow::Gone(before.id(), before.version()),
        };
        if !write_shift(tx, schedule, row).await? {
            return Ok(false);
        }
    }
    tx.run("set constraints app.shift_no_overlap immediate", Vec::new()).await?;
    Ok(true)
}

/// Sets what a scenario assumes, in place of all that it assumed before; `false` when it is no longer
/// as it was seen.
///
/// # Errors
/// What the database says.
pub async fn set_assumptions(
    tx: &TenantTx,
    ctx: &Ctx,
    scenario: &ScheduleView,
    assumptions: &Assumptions,
) -> Result<bool, DbError> {
    let assumptions = serde_json::to_value(assumptions)
        .map_err(|error| DbError::Internal(format!("assumptions of {}: {error}", scenario.id)))?;
    let changed = tx
        .run(
            "update app.schedule set assumptions = $4, version = version + 1, updated_at = $5
             where tenant_id = $1 and id = $2 and version = $3 and state = 'DRAFT'
               and base_id is not null",
            params![tx.tenant(), scenario.id, scenario.version, assumptions, ctx.now()],
        )
        .await?;
    Ok(changed == 1)
}

/// Ends a draft without publishing it: it stays for the record with the shifts that it has, and nobody
/// can change it any more.
///
/// # Errors
/// What the database says.
pub async fn close_draft(tx: &TenantTx, ctx: &Ctx, draft: ScheduleId) -> Result<(), DbError> {
    tx.run(
        "update app.schedule set state = 'SUPERSEDED', version = version + 1, updated_at = $3
         where tenant_id = $1 and id = $2 and state = 'DRAFT'",
        params![tx.tenant(), draft, ctx.now()],
    )
    .await?;
    tx.run(
        "update app.shift set state = 'SUPERSEDED'
         where tenant_id = $1 and schedule_id = $2 and state = 'DRAFT'",
        params![tx.tenant(), draft],
    )
    .await?;
    Ok(())
}
