use jiff::Timestamp;
use serde::Serialize;
use trunkline_domain::{
    id::{QueueId, SiteId},
    intraday::Gauge,
};
use uuid::Uuid;

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

#[derive(Serialize)]
struct Given {
    queue_id: Uuid,
    site_id: Option<Uuid>,
    waiting: u64,
    longest_wait_seconds: u64,
    source_at: Timestamp,
}

read_model! {
    struct Changed {
        queue_id: QueueId,
        site_id: Option<SiteId>,
    }
}

/// Takes gauges up; of each queue and site the newest by source time stays, at the same instant the
/// greater one. Gives the places that changed. `gauges` holds at most one for each place.
///
/// # Errors
/// What the database says.
pub async fn upsert_gauges(
    tx: &TenantTx,
    gauges: &[Gauge],
    now: Timestamp,
) -> Result<Vec<(QueueId, Option<SiteId>)>, DbError> {
    let given: Vec<Given> = gauges
        .iter()
        .map(|gauge| Given {
            queue_id: gauge.queue.uuid(),
            site_id: gauge.site.map(SiteId::uuid),
            waiting: gauge.waiting.contacts,
            longest_wait_seconds: gauge.waiting.longest_seconds,
            source_at: gauge.source_at,
        })
        .collect();
    let given =
        serde_json::to_value(given).map_err(|error| DbError::Internal(error.to_string()))?;
    // In the order of the key, so that two feeds cannot wait for each other.
    let changed: Vec<Changed> = tx
        .all(
            "insert into app.queue_gauge as g
                    (tenant_id, queue_id, site_id, waiting, longest_wait_seconds, source_at, received_at)
             select $1, queue_id, site_id, waiting, longest_wait_seconds, source_at, $3
             from jsonb_to_recordset($2) as given (
                 queue_id uuid, site_id uuid, waiting int, longest_wait_seconds int, source_at timestamptz)
             order by queue_id, site_id
             on conflict on constraint queue_gauge_key do update
             set (waiting, longest_wait_seconds, source_at, received_at)
               = (excluded.waiting, excluded.longest_wait_seconds, excluded.source_at, excluded.received_at)
             where (g.source_at, g.waiting, g.longest_wait_seconds)
                 < (excluded.source_at, excluded.waiting, excluded.longest_wait_seconds)
             returning queue_id, site_id",
            params![tx.tenant(), given, now],
        )
        .await?;
    Ok(changed.into_iter().map(|row| (row.queue_id, row.site_id)).collect())
}
