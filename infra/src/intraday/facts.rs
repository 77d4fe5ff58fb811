use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::json;
use trunkline_domain::{
    id::{AgentId, QueueId, SiteId},
    intraday::{
        AgentState, Gauge, IntervalFigures, IntervalKey, IntervalReport, Seat, StateEvent,
        Threshold, Waiting, Wallboard,
    },
    time::{Span, local_of_instant},
};

use crate::{
    db::{DbError, Json, TenantTx, Value},
    params, read_model,
};

/// Everything that the boards of a tenant are made of, as it travels between processes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardFacts {
    /// Newest gauge of each queue and site.
    pub gauges: Vec<Gauge>,
    /// Sums of the queue's local day so far, one for each queue and site.
    pub today: Vec<IntervalReport>,
    /// Volumes by half hour, for a curve of the day.
    pub periods: Vec<Period>,
    /// Present states of the agents.
    pub agents: Vec<AgentNow>,
    /// Whether the tenant keeps the longest wait from boards that agents see.
    pub hides_longest_wait_from_agents: bool,
}

/// Volumes of half an hour at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Site; `None` = never routed to one.
    pub site: Option<SiteId>,
    /// First instant.
    pub starts_at: Timestamp,
    /// Contacts that arrived.
    pub offered: u64,
    /// Answered; `None` when not told for all intervals in it.
    pub answered: Option<u64>,
    /// Abandoned; `None` when not told for all intervals in it.
    pub abandoned: Option<u64>,
}

/// The present state of an agent, with the queues that the agent serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentNow {
    /// Who.
    pub agent: AgentId,
    /// Home site.
    pub site: SiteId,
    /// Queues of the site for which the agent has the skill.
    pub queues: Vec<QueueId>,
    /// State.
    pub state: AgentState,
    /// Reason of an aux state.
    pub reason: Option<String>,
    /// Source time of the newest event.
    pub heard_at: Timestamp,
}

impl BoardFacts {
    /// The board of these facts.
    #[must_use]
    pub fn board(&self) -> Wallboard {
        let seats: BTreeMap<AgentId, Seat> = self
            .agents
            .iter()
            .map(|now| (now.agent, Seat { site: now.site, queues: now.queues.clone() }))
            .collect();
        let mut board = Wallboard::new(seats);
        for gauge in &self.gauges {
            board.put_gauge(gauge);
        }
        for report in &self.today {
            board.put_interval(report);
        }
        for now in &self.agents {
            board.put_state(StateEvent {
                source: String::new(),
                event_id: now.agent.to_string(),
                agent: now.agent,
                state: now.state,
                reason: now.reason.clone(),
                source_at: now.heard_at,
                sequence: 0,
            });
        }
        board
    }
}

/// Reads the facts of the transaction's tenant; `now` decides which day is today in each zone.
///
/// # Errors
/// What the database says.
pub async fn load_facts(tx: &TenantTx, now: Timestamp) -> Result<BoardFacts, DbError> {
    let hides: Option<bool> = tx
        .scalar(
            "select coalesce((settings -> 'wallboard' ->> 'hidesLongestWaitFromAgents')::boolean, false)
                    as value
             from app.tenant where id = $1",
            params![tx.tenant()],
        )
        .await?;
    let days = LocalDays::at(tx, now).await?;
    Ok(BoardFacts {
        gauges: gauges(tx).await?,
        today: today(tx, &days).await?,
        periods: periods(tx, &days).await?,
        agents: agents(tx, &days).await?,
        hides_longest_wait_from_agents: hides.unwrap_or(false),
    })
}

/// The running local day of each zone in use. The instants come from here and not from the database,
/// which might know another version of the zones.
struct LocalDays {
    /// `[{zone, local_date, starts_at, ends_at}]`
    days: Json,
    /// From the first instant of the earliest to the last of the latest.
    around: Span,
}

impl LocalDays {
    async fn at(tx: &TenantTx, now: Timestamp) -> Result<Self, DbError> {
        read_model! {
            struct Zone {
                time_zone: String,
            }
        }
        let zones: Vec<Zone> = tx
            .all(
                "select time_zone from app.site where tenant_id = $1
                 union select time_zone from app.queue where tenant_id = $1",
                params![tx.tenant()],
            )
            .await?;
        let mut around = Span::of_seconds(now, 0);
        let mut days = Vec::with_capacity(zones.len());
        for Zone { time_zone } in zones {
            let zone = TimeZone::get(&time_zone).unwrap_or(TimeZone::UTC);
            let date = local_of_instant(now, &zone).date();
            let day = Span::of_day(date, &zone);
            let (start, end) = (around.start().min(day.start()), around.end().max(day.end()));
            around = Span::new(start, end).unwrap_or(around);
            days.push(json!({"zone": time_zone, "local_date": date, "starts_at": day.start(),
                             "ends_at": day.end()}));
        }
        Ok(Self { days: Json::Array(days), around })
    }

    fn params(&self, tx: &TenantTx) -> Vec<Value> {
        params![tx.tenant(), self.days, self.around.start(), self.around.end()]
    }
}

read_model! {
    struct GaugeRow {
        queue_id: QueueId,
        site_id: Option<SiteId>,
        waiting: i32,
        longest_wait_seconds: i32,
        source_at: Timestamp,
    }
}

async fn gauges(tx: &TenantTx) -> Result<Vec<Gauge>, DbError> {
    let rows: Vec<GaugeRow> = tx
        .all(
            "select queue_id, site_id, waiting, longest_wait_seconds, source_at
             from app.queue_gauge where tenant_id = $1",
            params![tx.tenant()],
        )
        .await?;
    let gauge = |row: GaugeRow| Gauge {
        queue: row.queue_id,
        site: row.site_id,
        waiting: Waiting {
            contacts: row.waiting.unsigned_abs().into(),
            longest_seconds: row.longest_wait_seconds.unsigned_abs().into(),
        },
        source_at: row.source_at,
    };
    Ok(rows.into_iter().map(gauge).collect())
}

/// The intervals of the present local day: that of the site, of the queue where there is none.
const TODAY: &str = "from app.queue q
    join app.interval_figure f on f.tenant_id = q.tenant_id and f.queue_id = q.id
     and f.starts_at >= $3 and f.starts_at < $4
    left join app.site s on s.tenant_id = f.tenant_id and s.id = f.site_id
    join jsonb_to_recordset($2) as d (zone text, starts_at timestamptz, ends_at timestamptz)
      on d.zone = coalesce(s.time_zone, q.time_zone)
     and f.starts_at >= d.starts_at and f.starts_at < d.ends_at
    where q.tenant_id = $1";

/// A sum that is unknown as soon as one of its parts is.
fn sum(column: &str) -> String {
    format!("case when count(f.{column}) = count(*) then sum(f.{column})::bigint end as {column}")
}

read_model! {
    struct TodayRow {
        queue_id: QueueId,
        site_id: Option<SiteId>,
        starts_at: Timestamp,
        source_at: Timestamp,
        offered: i64,
        answered: Option<i64>,
        answered_in_threshold: Option<i64>,
        abandoned: Option<i64>,
        abandoned_in_threshold: Option<i64>,
        abandoned_short: Option<i64>,
        wait_seconds: Option<i64>,
        handle_seconds: Option<i64>,
        least_threshold: Option<i32>,
        greatest_threshold: Option<i32>,
    }
}

async fn today(tx: &TenantTx, days: &LocalDays) -> Result<Vec<IntervalReport>, DbError> {
    let sums = [
        "answered",
        "answered_in_threshold",
        "abandoned",
        "abandoned_in_threshold",
        "abandoned_short",
        "wait_seconds",
        "handle_seconds",
    ]
    .map(sum)
    .join(", ");
    let sql = format!(
        "select f.queue_id, f.site_id, min(f.starts_at) as starts_at, max(f.received_at) as source_at,
                sum(f.offered)::bigint as offered, {sums},
                min(f.threshold_seconds) as least_threshold, max(f.threshold_seconds) as greatest_threshold
         {TODAY} group by f.queue_id, f.site_id"
    );
    let rows: Vec<TodayRow> = tx.all(sql, days.params(tx)).await?;
    Ok(rows.iter().map(report).collect())
}

fn report(row: &TodayRow) -> IntervalReport {
    let count = |value: i64| value.unsigned_abs();
    IntervalReport {
        key: IntervalKey { queue: row.queue_id, starts_at: row.starts_at, site: row.site_id },
        source_at: row.source_at,
        figures: IntervalFigures {
            offered: count(row.offered),
            answered: row.answered.map(count),
            answered_in_threshold: row.answered_in_threshold.map(count),
            abandoned: row.abandoned.map(count),
            abandoned_in_threshold: row.abandoned_in_threshold.map(count),
            abandoned_short: row.abandoned_short.map(count),
            wait_seconds: row.wait_seconds.map(count),
            handle_seconds: row.handle_seconds.map(count),
            threshold: row.least_threshold.zip(row.greatest_threshold).map_or(
                Threshold::Untold,
                |(least, greatest)| {
                    Threshold::of_range(least.unsigned_abs(), greatest.unsigned_abs())
                },
            ),
        },
    }
}

read_model! {
    struct PeriodRow {
        site_id: Option<SiteId>,
        starts_at: Timestamp,
        offered: i64,
        answered: Option<i64>,
        abandoned: Option<i64>,
    }
}

async fn periods(tx: &TenantTx, days: &LocalDays) -> Result<Vec<Period>, DbError> {
    let sums = ["answered", "abandoned"].map(sum).join(", ");
    let sql = format!(
        "select f.site_id, date_bin('30 minutes', f.starts_at, 'epoch') as starts_at,
                sum(f.offered)::bigint as offered, {sums}
         {TODAY} group by 1, 2 order by 2"
    );
    let rows: Vec<PeriodRow> = tx.all(sql, days.params(tx)).await?;
    let period = |row: PeriodRow| Period {
        site: row.site_id,
        starts_at: row.starts_at,
        offered: row.offered.unsigned_abs(),
        answered: row.answered.map(i64::unsigned_abs),
        abandoned: row.abandoned.map(i64::unsigned_abs),
    };
    Ok(rows.into_iter().map(period).collect())
}

read_model! {
    struct AgentRow {
        agent_id: AgentId,
        site_id: SiteId,
        queue_ids: Vec<QueueId>,
        state: String,
        reason: Option<String>,
        heard_at: Timestamp,
    }
}

async fn agents(tx: &TenantTx, days: &LocalDays) -> Result<Vec<AgentNow>, DbError> {
    let rows: Vec<AgentRow> = tx
        .all(
            "select s.agent_id, a.site_id, s.state, s.reason, s.heard_at,
                    array(select q.id from app.queue_site p
                          join app.queue q on q.tenant_id = p.tenant_id and q.id = p.queue_id
                          where p.tenant_id = a.tenant_id and p.site_id = a.site_id
                            and (q.skill_id is null or exists (
                                select from app.agent_skill k
                                where k.tenant_id = a.tenant_id and k.agent_id = a.id
                                  and k.skill_id = q.skill_id
                                  and (k.valid_until is null or k.valid_until >= d.local_date)))) as queue_ids
             from app.agent_state s
             join app.agent a on a.tenant_id = s.tenant_id and a.id = s.agent_id
             join app.site w on w.tenant_id = a.tenant_id and w.id = a.site_id
             join jsonb_to_recordset($2) as d (zone text, local_date date) on d.zone = w.time_zone
             where s.tenant_id = $1 and a.status <> 'TERMINATED'",
            params![tx.tenant(), days.days],
        )
        .await?;
    let now = |row: AgentRow| {
        let AgentRow { agent_id, site_id, queue_ids, state, reason, heard_at } = row;
        // A state of a later version of the program says nothing to this one.
        let state = AgentState::parse(&state)?;
        Some(AgentNow {
            agent: agent_id,
            site: site_id,
            queues: queue_ids,
            state,
            reason,
            heard_at,
        })
    };
    Ok(rows.into_iter().filter_map(now).collect())
}
