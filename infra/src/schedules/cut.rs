//! Published schedules of which a draft takes over some days and not all.

use jiff::civil;
use serde_json::json;
use trunkline_domain::{id::ScheduleId, schedules::Cut};

use super::{ScheduleView, insert_change, overrides::move_overrides, resolve::added_shifts};
use crate::{
    ctx::Ctx,
    db::{DbError, TenantTx},
    params, read_model,
};

read_model! {
    struct Row {
        id: ScheduleId,
        starts_on: civil::Date,
        ends_on: civil::Date,
    }
}

/// A published schedule that was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutSchedule {
    /// Which one. It keeps its first days or, where the draft takes those over, its last ones.
    pub schedule: ScheduleId,
    /// The days that it had.
    pub had: (civil::Date, civil::Date),
    /// Which days go where.
    pub cut: Cut,
    /// The schedule that has the days which the draft takes over.
    pub replaced: ScheduleId,
    /// The schedule in which the days after these go on; `None` where there is none.
    pub after: Option<ScheduleId>,
}

/// Cuts the published schedules of the site of which `by` takes over some days and not all, so that
/// each lies within its days or outside them. Shifts, overrides and what points to them stay as they are, in
/// the schedule of their day. All parts are published and know how they were generated; each gets a
/// record of the change. Gives what was cut, the earliest first.
///
/// # Errors
/// What the database says.
pub async fn cut_schedules(
    tx: &TenantTx,
    ctx: &Ctx,
    by: &ScheduleView,
) -> Result<Vec<CutSchedule>, DbError> {
    let rows: Vec<Row> = tx
        .all(
            "select id, starts_on, ends_on from app.schedule
             where tenant_id = $1 and site_id = $2 and state = 'PUBLISHED' and id <> $3
               and starts_on <= $5 and ends_on >= $4
             order by starts_on",
            params![tx.tenant(), by.site_id, by.id, by.starts_on, by.ends_on],
        )
        .await?;
    let mut all = Vec::new();
    for Row { id, starts_on, ends_on } in rows {
        let had = (starts_on, ends_on);
        let Some(cut) = Cut::new(had, (by.starts_on, by.ends_on)) else { continue };
        narrow(tx, ctx, id, cut.kept).await?;
        let added = added_shifts(tx, id).await?;
        let from = Origin { schedule: id, by: by.id, added };
        let replaced = insert_part(tx, ctx, &from, cut.replaced).await?;
        let after = match cut.after {
            Some(days) => Some(insert_part(tx, ctx, &from, days).await?),
            None => None,
        };
        let detail = json!({ "by": by.id, "replaced": replaced, "after": after });
        insert_change(tx, ctx, id, "cut", detail).await?;
        all.push(CutSchedule { schedule: id, had, cut, replaced, after });
    }
    Ok(all)
}

/// Leaves a schedule these of its days.
async fn narrow(
    tx: &TenantTx,
    ctx: &Ctx,
    schedule: ScheduleId,
    (first, last): (civil::Date, civil::Date),
) -> Result<(), DbError> {
    tx.run(
        "update app.schedule set starts_on = $3, ends_on = $4, updated_at = $5
         where tenant_id = $1 and id = $2",
        params![tx.tenant(), schedule, first, last, ctx.now()],
    )
    .await?;
    Ok(())
}

/// Where a part comes from.
struct Origin {
    schedule: ScheduleId,
    by: ScheduleId,
    /// Shifts of it that were added by hand: of a part, too, it is known which ones these are.
    added: Vec<String>,
}

/// Makes of days that a schedule no longer has one of their own, with their shifts.
async fn insert_part(
    tx: &TenantTx,
    ctx: &Ctx,
    from: &Origin,
    (first, last): (civil::Date, civil::Date),
) -> Result<ScheduleId, DbError> {
    let Origin { schedule, by, added } = from;
    let id: ScheduleId = ctx.new_id();
    tx.run(
        "insert into app.schedule (tenant_id, id, site_id, starts_on, ends_on, state, version, seed,
                                   result, created_by, created_at, updated_at, published_at, name)
         select tenant_id, $3, site_id, $4, $5, state, version, seed, result, created_by, created_at,
                $6, published_at, name
         from app.schedule where tenant_id = $1 and id = $2",
        params![tx.tenant(), *schedule, id, first, last, ctx.now()],
    )
    .await?;
    // Also those that were taken out, of which swaps may speak.
    tx.run(
        "update app.shift set schedule_id = $3
         where tenant_id = $1 and schedule_id = $2 and local_date between $4 and $5",
        params![tx.tenant(), *schedule, id, first, last],
    )
    .await?;
    move_overrides(tx, (*schedule, id), (first, last)).await?;
    let detail = json!({ "from": schedule, "by": by, "added": added });
    insert_change(tx, ctx, id, "cut", detail).await?;
    Ok(id)
}
