//! What events brought, and what the next one of a name is therefore expected to bring.

use jiff::{Timestamp, ToSpan as _};
use rust_decimal::Decimal;
use trunkline_domain::{
    fault::{Fault, Rule},
    forecasting::{
        calendar::named_days,
        uplift::{Effect, effect},
    },
    id::QueueId,
    time::{local_of_instant, next_day, start_of_day},
};
use trunkline_infra::{
    db::TenantTx,
    forecasting::{DemandEventView, events_of_queue, last_event},
    network::{Directory, QueueView},
};

use super::{
    calendar_service::calendars_of,
    forecast_service::{MEMORY_DAYS, series_of},
    service::blocking,
};
use crate::error::Outcome;

/// What the last event of a name brought to a queue.
#[derive(Debug)]
pub(super) struct Learned {
    pub(super) event: DemandEventView,
    pub(super) effect: Effect,
}

/// What the last accepted event of this name that is over brought to a queue; `None` when there was
/// none, or too little history before it.
pub(super) async fn learned(
    tx: &TenantTx,
    queue: &QueueView,
    name: &str,
    now: Timestamp,
) -> Outcome<Option<Learned>> {
    let Some(event) = last_event(tx, queue.id, name.trim(), now).await? else { return Ok(None) };
    let (zone, known) = (queue.zone(), event.known());
    let first = local_of_instant(event.starts_at, &zone).date();
    let end = next_day(local_of_instant(event.ends_at, &zone).date());
    let from = first.saturating_sub(MEMORY_DAYS.days());
    let (start, until) = (start_of_day(from, &zone), start_of_day(end, &zone));
    let calendars = calendars_of(tx, queue, from, end).await?;
    let others: Vec<_> = events_of_queue(tx, queue.id, start, until)
        .await?
        .iter()
        .filter(|other| other.id != event.id)
        .map(DemandEventView::known)
        .collect();
    let named = named_days(&calendars, &others, &zone, first);
    let series = series_of(tx, queue, start, until).await?;
    let found = blocking(move || effect(&series, known.span, &named)).await?;
    let found = found.ok().filter(|effect| effect.intervals > 0);
    Ok(found.map(|effect| Learned { event, effect }))
}

/// Queues from which an uplift is learned at once.
const MOST_QUEUES: usize = 20;

/// The uplifts on volume and handle time that the last events of a name had on these queues, summed
/// before they are divided.
///
/// # Errors
/// INVALID_VALUE at `volumeUplift` when nothing can be learned.
pub(super) async fn learned_uplifts(
    tx: &TenantTx,
    directory: &Directory,
    queues: &[QueueId],
    name: &str,
    now: Timestamp,
) -> Outcome<(Decimal, Decimal)> {
    let mut sums = Effect::default();
    for queue in queues.iter().take(MOST_QUEUES).filter_map(|id| directory.queue(*id)) {
        if let Some(Learned { effect, .. }) = learned(tx, queue, name, now).await? {
            sums.merge(effect);
        }
    }
    let share =
        |uplift: f64| Decimal::try_from(uplift.clamp(-1.0, 20.0)).unwrap_or_default().round_dp(4);
    let volume = sums
        .volume_uplift()
        .ok_or_else(|| Fault::invalid("volumeUplift", Rule::UpliftNotLearned))?;
    Ok((share(volume), sums.handle_time_uplift().map_or(Decimal::ZERO, share)))
}
