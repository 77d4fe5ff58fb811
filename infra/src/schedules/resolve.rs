//! What it takes to solve a part of a schedule again.

use std::collections::{BTreeSet, HashMap};

use trunkline_domain::{
    id::{ScheduleId, ShiftId},
    schedules::Shift,
};

use super::{ScheduleView, shifts_by_id};
use crate::{
    db::{DbError, TenantTx},
    network::SiteView,
    params, read_model,
};

read_model! {
    struct IdRow { id: ShiftId, }
}
read_model! {
    struct NamedRow { shift: String, }
}
read_model! {
    struct CopyRow { id: ShiftId, copied_from: ShiftId, }
}

/// Shifts of a schedule that somebody has changed or added since it was made: by hand, by a swap or
/// by merging a scenario.
///
/// # Errors
/// What the database says.
pub async fn edited_shifts(
    tx: &TenantTx,
    schedule: ScheduleId,
) -> Result<BTreeSet<ShiftId>, DbError> {
    let changed: Vec<IdRow> = tx
        .all(
            "select id from app.shift
             where tenant_id = $1 and schedule_id = $2 and (version > 1 or copied_version > 1)",
            params![tx.tenant(), schedule],
        )
        .await?;
    let added = added_shifts(tx, schedule).await?;
    let added = added.iter().filter_map(|shift| shift.parse::<ShiftId>().ok());
    Ok(changed.into_iter().map(|row| row.id).chain(added).collect())
}

/// Shifts that were added to a schedule since it was made, as records name them: such a shift stands
/// in its first version, only the record of the change tells of it.
///
/// # Errors
/// What the database says.
pub(super) async fn added_shifts(
    tx: &TenantTx,
    schedule: ScheduleId,
) -> Result<Vec<String>, DbError> {
    let rows: Vec<NamedRow> = tx
        .all(
            "select r.detail ->> 'shift' as shift from app.schedule_change r
             where r.tenant_id = $1 and r.schedule_id = $2 and r.cause = 'add'
             union
             select n.shift from app.schedule_change r
             cross join lateral jsonb_array_elements_text(r.detail -> 'added') as n(shift)
             where r.tenant_id = $1 and r.schedule_id = $2 and r.cause in ('merge', 'cut')
             order by shift",
            params![tx.tenant(), schedule],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.shift).collect())
}

/// The copies of which a draft over another schedule consists, by the shift that each is a copy of.
///
/// # Errors
/// What the database says.
pub async fn copied_shifts(
    tx: &TenantTx,
    draft: &ScheduleView,
    site: &SiteView,
) -> Result<HashMap<ShiftId, Shift>, DbError> {
    let rows: Vec<CopyRow> = tx
        .all(
            "select id, copied_from from app.shift
             where tenant_id = $1 and schedule_id = $2 and copied_from is not null
               and agent_id is not null",
            params![tx.tenant(), draft.id],
        )
        .await?;
    let origins: HashMap<ShiftId, ShiftId> =
        rows.into_iter().map(|row| (row.id, row.copied_from)).collect();
    let ids: Vec<ShiftId> = origins.keys().copied().collect();
    let zone = site.zone();
    let mut copies = HashMap::with_capacity(ids.len());
    for view in shifts_by_id(tx, &ids).await? {
        if let (Some(origin), Some(shift)) = (origins.get(&view.id), view.shift(&zone)?) {
            copies.insert(*origin, shift);
        }
    }
    Ok(copies)
}
