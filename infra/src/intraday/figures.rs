use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use trunkline_domain::id::{QueueId, SiteId};
use uuid::Uuid;

use crate::{
    db::{DbError, TenantTx},
    forecasting::{IntervalFigure, bins, upsert_figures},
    params, read_model,
};

#[derive(Serialize)]
struct Key {
    queue_id: Uuid,
    site_id: Option<Uuid>,
    starts_at: Timestamp,
    received_at: Timestamp,
}

read_model! {
    struct Stored {
        queue_id: QueueId,
        site_id: Option<SiteId>,
        starts_at: Timestamp,
        figures: crate::db::Json,
        received_at: Timestamp,
    }
}

/// Writes figures that a feed tells, with their sums of days, and says of each whether it is news.
/// A word that says the same again makes what is known younger. `rows` holds each interval once.
///
/// # Errors
/// What the database says.
pub async fn put_figures(tx: &TenantTx, rows: &[IntervalFigure]) -> Result<Vec<bool>, DbError> {
    let keys: Vec<Key> = rows
        .iter()
        .map(|row| Key {
            queue_id: row.queue_id.uuid(),
            site_id: row.site_id.map(SiteId::uuid),
            starts_at: row.starts_at,
            received_at: row.received_at,
        })
        .collect();
    let keys: crate::db::Json =
        serde_json::to_value(keys).map_err(|error| DbError::Internal(error.to_string()))?;
    // So that these are looked for in the partitions of their time alone.
    let starts = || rows.iter().map(|row| row.starts_at);
    let (first, last) = (starts().min(), starts().max());
    let stored: Vec<Stored> = tx
        .all(
            "select f.queue_id, f.site_id, f.starts_at, f.received_at,
                    jsonb_build_array(f.offered, f.answered, f.answered_in_threshold, f.abandoned,
                        f.abandoned_in_threshold, f.abandoned_short, f.wait_seconds, f.talk_seconds,
                        f.hold_seconds, f.acw_seconds, f.handle_seconds, f.threshold_seconds, f.waits) as figures
             from jsonb_to_recordset($2) as given (
                 queue_id uuid, site_id uuid, starts_at timestamptz)
             join app.interval_figure f
               on f.tenant_id = $1 and f.queue_id = given.queue_id and f.starts_at = given.starts_at
              and f.site_id is not distinct from given.site_id
              and f.starts_at between $3 and $4",
            params![tx.tenant(), keys, first, last],
        )
        .await?;
    let stored: HashMap<_, _> = stored
        .into_iter()
        .map(|row| ((row.queue_id, row.site_id, row.starts_at), (row.received_at, row.figures)))
        .collect();
    let news = rows
        .iter()
        .map(|row| {
            stored
                .get(&(row.queue_id, row.site_id, row.starts_at))
                .is_none_or(|(at, figures)| *at <= row.received_at && *figures != told(row))
        })
        .collect();
    upsert_figures(tx, rows).await?;
    tx.run(
        "update app.interval_figure f set received_at = given.received_at
         from jsonb_to_recordset($2) as given (
             queue_id uuid, site_id uuid, starts_at timestamptz, received_at timestamptz)
         where f.tenant_id = $1 and f.queue_id = given.queue_id and f.starts_at = given.starts_at
           and f.site_id is not distinct from given.site_id and f.received_at < given.received_at
           and f.starts_at between $3 and $4",
        params![tx.tenant(), keys, first, last],
    )
    .await?;
    Ok(news)
}

fn told(row: &IntervalFigure) -> crate::db::Json {
    serde_json::json!([
        row.offered,
        row.answered,
        row.answered_in_threshold,
        row.abandoned,
        row.abandoned_in_threshold,
        row.abandoned_short,
        row.wait_seconds,
        row.talk_seconds,
        row.hold_seconds,
        row.acw_seconds,
        row.handle_seconds,
        row.threshold_seconds,
        row.waits.as_ref().map(bins),
    ])
}
