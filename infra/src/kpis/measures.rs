use std::collections::BTreeMap;

use jiff::{Timestamp, civil};
use rust_decimal::Decimal;
use serde::Serialize;
use trunkline_domain::{
    id::{QueueId, SiteId},
    kpis::{Contacts, MeasureSet, ServiceLevelMethod, WaitHistogram},
};
use uuid::Uuid;

use crate::{
    db::{DbError, TenantTx},
    forecasting::sum_of_waits,
    params, read_model,
};

read_model! {
    /// Sums of contacts of a queue at a site over the days on which they were counted in one way.
    /// Unknown in one interval is unknown in the sum.
    pub struct CallSums {
        /// Site; `None` = never routed to one.
        pub site_id: Option<SiteId>,
        /// Queue.
        pub queue_id: QueueId,
        /// Method of the service level on these days, e.g. OFFERED.
        pub method: String,
        /// The threshold with which all were counted; `None` = several in a day, or untold.
        pub threshold_seconds: Option<u32>,
        /// Contacts that arrived.
        pub offered: i64,
        /// Answered.
        pub answered: Option<i64>,
        /// Answered within the threshold.
        pub answered_in_threshold: Option<i64>,
        /// Abandoned.
        pub abandoned: Option<i64>,
        /// Abandoned within the threshold.
        pub abandoned_in_threshold: Option<i64>,
        /// Abandoned within the short-abandon limit.
        pub abandoned_short: Option<i64>,
        /// Seconds waited by the answered ones.
        pub wait_seconds: Option<i64>,
        /// Seconds talked.
        pub talk_seconds: Option<i64>,
        /// Seconds on hold.
        pub hold_seconds: Option<i64>,
        /// Seconds of after-call work.
        pub acw_seconds: Option<i64>,
        /// Waits; `None` on days of which not all are known.
        pub waits: Option<WaitHistogram>,
    }
}

impl CallSums {
    /// The contacts as the domain values them.
    #[must_use]
    pub fn contacts(&self) -> Contacts {
        Contacts {
            sums: MeasureSet::from_named(self.named()).unwrap_or_default(),
            method: ServiceLevelMethod::from_code(&self.method).unwrap_or_default(),
            threshold_seconds: self.threshold_seconds,
            waits: self.waits,
        }
    }

    /// The sums by the names of the catalogue; what is unknown is not among them.
    fn named(&self) -> impl Iterator<Item = (&'static str, Decimal)> {
        [
            ("calls_offered", Some(self.offered)),
            ("actual_calls", Some(self.offered)),
            ("calls_answered", self.answered),
            ("calls_handled", self.answered),
            ("calls_answered_in_threshold", self.answered_in_threshold),
            ("calls_abandoned", self.abandoned),
            ("calls_abandoned_in_threshold", self.abandoned_in_threshold),
            ("calls_abandoned_short", self.abandoned_short),
            ("answer_wait_seconds", self.wait_seconds),
            ("talk_seconds", self.talk_seconds),
            ("hold_seconds", self.hold_seconds),
            ("acw_seconds", self.acw_seconds),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?.into())))
    }

    /// The measures that come from intervals, and so must not be recorded by hand as well.
    pub const MEASURES: [&str; 12] = [
        "calls_offered",
        "actual_calls",
        "calls_answered",
        "calls_handled",
        "calls_answered_in_threshold",
        "calls_abandoned",
        "calls_abandoned_in_threshold",
        "calls_abandoned_short",
        "answer_wait_seconds",
        "talk_seconds",
        "hold_seconds",
        "acw_seconds",
    ];
}

fn sum(column: &str) -> String {
    format!("case when count({column}) = count(*) then sum({column})::bigint end as {column}")
}

/// Sums of contacts by site, queue and way of counting over the local days `[from, to)`.
///
/// # Errors
/// What the database says.
pub async fn call_sums(
    tx: &TenantTx,
    from: civil::Date,
    to: civil::Date,
) -> Result<Vec<CallSums>, DbError> {
    let sums = [
        "answered",
        "answered_in_threshold",
        "abandoned",
        "abandoned_in_threshold",
        "abandoned_short",
        "wait_seconds",
        "talk_seconds",
        "hold_seconds",
        "acw_seconds",
    ]
    .map(sum)
    .join(", ");
    // Days of which the waits are not known stand apart, so that they hide nothing of the others.
    let sql = format!(
        "select site_id, queue_id, method, threshold_seconds::bigint as threshold_seconds,
                sum(offered)::bigint as offered, {sums},
                case when d.waits is not null then {} end as waits
         from app.queue_day d where tenant_id = $1 and local_date >= $2 and local_date < $3
         group by site_id, queue_id, method, threshold_seconds, d.waits is not null",
        sum_of_waits("d")
    );
    tx.all(sql, params![tx.tenant(), from, to]).await
}

read_model! {
    /// One measure of a site on a local day.
    pub struct SiteMeasure {
        /// Site; `None` = the network as a whole.
        pub site_id: Option<SiteId>,
        /// Queue; `None` = all queues.
        pub queue_id: Option<QueueId>,
        /// Local day.
        pub local_date: civil::Date,
        /// Name in the catalogue.
        pub measure: String,
        /// Sum.
        pub value: Decimal,
    }
}

/// Recorded measures by site, queue and local day in `[from, to)`, in order of days.
///
/// # Errors
/// What the database says.
pub async fn measures(
    tx: &TenantTx,
    from: civil::Date,
    to: civil::Date,
) -> Result<Vec<SiteMeasure>, DbError> {
    tx.all(
        "select site_id, queue_id, local_date, measure, sum(value) as value
         from app.measure_day where tenant_id = $1 and local_date >= $2 and local_date < $3
         group by site_id, queue_id, local_date, measure order by local_date",
        params![tx.tenant(), from, to],
    )
    .await
}

/// A measure to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayMeasure {
    /// Name in the catalogue.
    pub measure: &'static str,
    /// Local day.
    pub local_date: civil::Date,
    /// Site; `None` = the network as a whole.
    pub site: Option<SiteId>,
    /// Queue; `None` = all queues.
    pub queue: Option<QueueId>,
    /// The sum of the day, not a difference.
    pub value: Decimal,
}

#[derive(Serialize)]
struct Given {
    measure: &'static str,
    local_date: civil::Date,
    site_id: Option<Uuid>,
    queue_id: Option<Uuid>,
    value: String,
}

read_model! {
    struct Changed {
        measure: String,
        local_date: civil::Date,
        site_id: Option<SiteId>,
        queue_id: Option<QueueId>,
        before: Option<Decimal>,
    }
}

/// Records measures, replacing those of the same day and place. Gives the places in `rows` of those
/// that changed something, each with the value that it has replaced. `rows` holds each day and place
/// once.
///
/// # Errors
/// What the database says.
pub async fn put_measures(
    tx: &TenantTx,
    rows: &[DayMeasure],
    now: Timestamp,
) -> Result<BTreeMap<usize, Option<Decimal>>, DbError> {
    let given: Vec<Given> = rows
        .iter()
        .map(|row| Given {
            measure: row.measure,
            local_date: row.local_date,
            site_id: row.site.map(SiteId::uuid),
            queue_id: row.queue.map(QueueId::uuid),
            value: row.value.to_string(),
        })
        .collect();
    let given =
        serde_json::to_value(given).map_err(|error| DbError::Internal(error.to_string()))?;
    let changed: Vec<Changed> = tx
        .all(
            "with given as (
                 select * from jsonb_to_recordset($2) as given (
                     measure text, local_date date, site_id uuid, queue_id uuid, value numeric)),
             put as (
                 insert into app.measure_day as m
                     (tenant_id, measure, local_date, site_id, queue_id, agent_id, value, recorded_at)
                 select $1, measure, local_date, site_id, queue_id, null, value, $3 from given
                 order by measure, local_date, site_id, queue_id
                 on conflict on constraint measure_day_key do update
                 set (value, recorded_at) = (excluded.value, excluded.recorded_at)
                 where m.value is distinct from excluded.value
                 returning measure, local_date, site_id, queue_id)
             -- Of one statement, the table shows how it was before.
             select p.measure, p.local_date, p.site_id, p.queue_id, m.value as before
             from put p
             left join app.measure_day m
                 on m.tenant_id = $1 and m.measure = p.measure and m.local_date = p.local_date
                and m.site_id is not distinct from p.site_id
                and m.queue_id is not distinct from p.queue_id and m.agent_id is null",
            params![tx.tenant(), given, now],
        )
        .await?;
    let changed_by = |row: &DayMeasure| {
        changed.iter().find(|it| {
            (it.measure.as_str(), it.local_date, it.site_id, it.queue_id)
                == (row.measure, row.local_date, row.site, row.queue)
        })
    };
    let places = rows.iter().enumerate();
    Ok(places.filter_map(|(place, row)| Some((place, changed_by(row)?.before))).collect())
}
