use async_graphql::{ID, InputObject};
use trunkline_domain::fault::Fault;

use super::{
    event_service::{DecideEvent, ProposeEvent},
    event_types::DemandEventKind,
    forecast_service::{Like, RunForecast},
    service::ImportHistory,
};
use crate::graphql::{Date, DateTime, Decimal, parse_id, parse_ids};

/// A history file.
#[derive(InputObject)]
pub struct HistoryImportInput {
    /// The file in the common form: `interval_start` (local, `YYYY-MM-DDTHH:MM`), `tz`, `queue`, `interval_minutes`, `offered`; optional `site`, `answered`, `abandoned`, `aht_seconds`; separated by commas, semicolons or tabs. Larger files than a request holds go in parts, cut between days.
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

/// How a queue without history of its own is like another one.
#[derive(InputObject)]
pub struct ForecastAnalogyInput {
    /// The other queue, whose history is used. Its intervals must not be longer than those of the forecast.
    pub queue_id: ID,
    /// Volume over that of the other queue, above 0, at most 1000.
    #[graphql(default = 1.0)]
    pub volume_factor: f64,
    /// Handle time over that of the other queue, above 0, at most 1000.
    #[graphql(default = 1.0)]
    pub handle_time_factor: f64,
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
    /// For a new queue: learn from another one. `null` = from its own history.
    pub like: Option<ForecastAnalogyInput>,
    /// Accepted demand events that this version leaves out, at most 200.
    #[graphql(default)]
    pub switched_off_demand_event_ids: Vec<ID>,
}

impl ForecastRunInput {
    pub(super) fn parse(self) -> Result<RunForecast, Fault> {
        let Self {
            queue_id,
            starts_on,
            days,
            interval_seconds,
            default_handle_time_seconds,
            like,
            switched_off_demand_event_ids,
        } = self;
        let queue = parse_id(&queue_id, "queueId")?;
        let like = like
            .map(|ForecastAnalogyInput { queue_id, volume_factor, handle_time_factor }| {
                let queue = parse_id(&queue_id, "like.queueId")?;
                Ok::<_, Fault>(Like { queue, volume_factor, handle_time_factor })
            })
            .transpose()?;
        Ok(RunForecast {
            queue,
            starts_on: starts_on.0,
            days,
            interval_seconds,
            default_handle_time_seconds,
            like,
            switched_off: parse_ids(&switched_off_demand_event_ids, "switchedOffDemandEventIds")?,
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
    /// Share of contacts added, -1 to 20: `"0.8"` is +80 %. Left out = what the last event of the name brought to these queues.
    pub volume_uplift: Option<Decimal>,
    /// Share of handle time added, -1 to 20. Left out = 0 beside a given `volumeUplift`, otherwise learned like it.
    pub handle_time_uplift: Option<Decimal>,
    /// Contacts of each interval, before the uplift; only of a `CORRECTION`, whose `volumeUplift` is then 0 when left out.
    pub volume: Option<Decimal>,
    /// Seconds per contact, before the uplift, at most 86400; only of a `CORRECTION`.
    pub handle_time_seconds: Option<Decimal>,
}

impl DemandEventProposeInput {
    pub(super) fn parse(self) -> Result<ProposeEvent, Fault> {
        let Self {
            name,
            kind,
            starts_at,
            ends_at,
            queue_ids,
            volume_uplift,
            handle_time_uplift,
            volume,
            handle_time_seconds,
        } = self;
        Ok(ProposeEvent {
            name,
            kind: kind.into(),
            starts_at: starts_at.0,
            ends_at: ends_at.0,
            queues: parse_ids(&queue_ids, "queueIds")?,
            volume_uplift: volume_uplift.map(|it| it.0),
            handle_time_uplift: handle_time_uplift.map(|it| it.0),
            volume: volume.map(|it| it.0),
            handle_time_seconds: handle_time_seconds.map(|it| it.0),
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
