use async_graphql::{ID, InputObject};
use trunkline_domain::{fault::Fault, forecasting::proposal::RawEvent};

use super::{
    event_service::DecideEvent, event_types::DemandEventKind, forecast_service::RunForecast,
    service::ImportHistory,
};
use crate::graphql::{Date, DateTime, Decimal, parse_id, parse_ids};

/// A history file.
#[derive(InputObject)]
pub struct HistoryImportInput {
    /// The file in the common form: `interval_start` (local, `YYYY-MM-DDTHH:MM`), `tz`, `queue`, `interval_minutes`, `offered`; optional `site`, `answered`, `abandoned`, `aht_seconds`. Larger files than a request holds go in parts, cut between days.
    pub csv: String,
    /// Take the rows without fault even when others are faulty.
    #[graphql(default)]
    pub keep_good_rows: bool,
    /// Only check: nothing is written, the report tells what would happen.
    #[graphql(default)]
    pub dry_run: bool,
}

impl HistoryImportInput {
    pub(super) fn parse(self) -> ImportHistory {
        let Self { csv, keep_good_rows, dry_run } = self;
        ImportHistory {
            csv: csv.into_bytes(),
            dry_run,
            keep_good_rows,
            create_missing_queues: false,
        }
    }
}

/// Which forecast to make.
#[derive(InputObject)]
pub struct ForecastRunInput {
    /// The queue.
    pub queue_id: ID,
    /// First local day of the queue's zone. Only history before it is used.
    pub starts_on: Date,
    /// Number of days, 1 to 366.
    pub days: i32,
    /// Length of the intervals: 300, 900, 1800, 3600 or 86400; not finer than the queue's own, which is taken when left out.
    pub interval_seconds: Option<i32>,
    /// Seconds per contact where the history has no handle time.
    #[graphql(default = 180)]
    pub default_handle_time_seconds: i32,
}

impl ForecastRunInput {
    pub(super) fn parse(self) -> Result<RunForecast, Fault> {
        let Self { queue_id, starts_on, days, interval_seconds, default_handle_time_seconds } =
            self;
        let queue = parse_id(&queue_id, "queueId")?;
        Ok(RunForecast {
            queue,
            starts_on: starts_on.0,
            days,
            interval_seconds,
            default_handle_time_seconds,
        })
    }
}

/// A promotion, holiday or incident to come.
#[derive(InputObject)]
pub struct DemandEventProposeInput {
    /// What people call it, at most 80 characters. Holidays of one name are taken to be alike.
    pub name: String,
    /// Kind.
    pub kind: DemandEventKind,
    /// First instant at which it works.
    pub starts_at: DateTime,
    /// First instant at which it no longer works; at most 366 days later.
    pub ends_at: DateTime,
    /// Queues on which it works; empty = every queue of the network.
    pub queue_ids: Vec<ID>,
    /// Share of contacts added, -1 to 20: `"0.8"` is +80 %.
    pub volume_uplift: Decimal,
    /// Share of handle time added, -1 to 20.
    #[graphql(default_with = "Decimal(rust_decimal::Decimal::ZERO)")]
    pub handle_time_uplift: Decimal,
}

impl DemandEventProposeInput {
    pub(super) fn parse(self) -> Result<RawEvent, Fault> {
        let Self { name, kind, starts_at, ends_at, queue_ids, volume_uplift, handle_time_uplift } =
            self;
        Ok(RawEvent {
            name,
            kind: kind.into(),
            starts_at: starts_at.0,
            ends_at: ends_at.0,
            queues: parse_ids(&queue_ids, "queueIds")?,
            volume_uplift: volume_uplift.0,
            handle_time_uplift: handle_time_uplift.0,
        })
    }
}

/// A planner's decision on an event.
#[derive(InputObject)]
pub struct DemandEventDecideInput {
    /// The event.
    pub demand_event_id: ID,
    /// Version of the event that the caller has seen.
    pub expected_version: Option<i32>,
    /// Accept or reject it.
    pub accept: bool,
}

impl DemandEventDecideInput {
    pub(super) fn parse(self) -> Result<DecideEvent, Fault> {
        let Self { demand_event_id, expected_version, accept } = self;
        Ok(DecideEvent {
            id: parse_id(&demand_event_id, "demandEventId")?,
            accept,
            expected_version,
        })
    }
}
