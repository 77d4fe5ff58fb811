//! Plays the running day as a telephone system would tell it: the interval so far, what waits, and
//! what the agents on duty do. It speaks to the same mutations as a partner's program.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use rand::RngExt as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};
use trunkline_domain::{
    id::AgentId,
    identity::{Permission, Viewer},
    kpis::WaitHistogram,
    time::local_of_instant,
};
use trunkline_infra::{
    ctx::Ctx,
    schedules::{ShiftStates, shifts_of_site},
};

use super::{
    company::{CompanyPlan, PARTNER, streams, threshold},
    duty::{Duty, State},
    history::{GRAIN, PER_DAY, Stream, poisson, seeded, starts_at},
    inside::Inside,
};
use crate::error::Outcome;

/// Pause between two words of the feed.
pub(super) const PAUSE: Duration = Duration::from_secs(3);
/// Words between two looks at who is on duty.
const LOOK: u64 = 20;
/// What one mutation takes.
const AT_ONCE: usize = 500;

const FIGURES: &str = "mutation($input: IntervalFiguresPushInput!) {
    intervalFiguresPush(input: $input) { userErrors { code message } } }";
const GAUGES: &str = "mutation($input: QueueGaugesPushInput!) {
    queueGaugesPush(input: $input) { userErrors { code message } } }";
const STATES: &str = "mutation($input: AgentStatesPushInput!) {
    agentStatesPush(input: $input) { userErrors { code message } } }";

/// The feed of one company.
pub(super) struct Feed {
    pub(super) inside: Inside,
    pub(super) company: &'static CompanyPlan,
    pub(super) seed: u64,
    pub(super) zone: TimeZone,
}

impl Feed {
    /// Speaks until its task is dropped. What fails is said in the log and tried again.
    pub(super) async fn play(self) {
        let mut ticks = interval(PAUSE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut duty = Duty::default();
        for round in 0u64.. {
            ticks.tick().await;
            if let Err(error) = self.say(round, &mut duty).await {
                tracing::warn!(%error, company = self.company.slug, "the feed was not heard");
            }
        }
    }

    async fn say(&self, round: u64, duty: &mut Duty) -> Outcome<()> {
        let now = self.inside.app.clock.now();
        let random = &mut seeded(self.seed, 77, now.as_millisecond().unsigned_abs(), 5);
        let figures = self.figures(now);
        if !figures.is_empty() {
            let input = json!({"source": PARTNER, "figures": figures});
            self.inside.ask(FIGURES, json!({"input": input})).await?;
        }
        let gauges = self.gauges(now, random);
        self.inside.ask(GAUGES, json!({"input": {"gauges": gauges}})).await?;
        if round.is_multiple_of(LOOK) {
            duty.becomes(self.on_duty(now).await?);
        }
        let events: Vec<Value> =
            duty.moves(random).into_iter().map(|(agent, state)| event(agent, state, now)).collect();
        for part in events.chunks(AT_ONCE) {
            let input = json!({"source": PARTNER, "events": part});
            self.inside.ask(STATES, json!({"input": input})).await?;
        }
        Ok(())
    }

    /// The interval that runs, as far as it has come, and the whole of the one before.
    fn figures(&self, now: Timestamp) -> Vec<Value> {
        // After midnight the one before is yesterday's last.
        let before = self.interval_of(now - SignedDuration::from_mins(GRAIN.into()));
        let running = self.interval_of(now);
        let mut figures = Vec::new();
        for (queue, site, stream) in streams(self.company) {
            for interval in [before, running] {
                figures.extend(self.one(&queue, site, stream, interval, now));
            }
        }
        figures
    }

    fn one(
        &self,
        queue: &str,
        site: &str,
        stream: Stream,
        (date, number): (Date, u16),
        now: Timestamp,
    ) -> Option<Value> {
        if stream.expected(date, number) == 0.0 {
            return None;
        }
        let start = starts_at(date, number, &self.zone)?;
        let passed = now.duration_since(start).as_secs_f64();
        let share = passed / (f64::from(GRAIN) * 60.0);
        let it = stream.figures(self.seed, date, number).so_far(share);
        let (waits, seconds) = (it.waits(), threshold(queue));
        Some(json!({
            "queue": {"code": queue}, "site": {"code": site},
            "startsAt": start.to_string(), "sourceAt": now.to_string(),
            "offered": it.offered, "answered": it.answered,
            "answeredInThreshold": waits.answered_within(seconds), "abandoned": it.abandoned,
            "abandonedInThreshold": waits.abandoned_within(seconds), "waits": bins(&waits),
            "abandonedShort": it.abandoned_short, "waitSeconds": it.wait_seconds,
            "talkSeconds": it.talk_seconds, "holdSeconds": it.hold_seconds,
            "afterCallWorkSeconds": it.work_seconds, "thresholdSeconds": seconds,
        }))
    }

    fn gauges(&self, now: Timestamp, random: &mut Xoshiro256PlusPlus) -> Vec<Value> {
        /// Mean wait in seconds; with the rate of arrival it gives the mean number that waits
        /// (Little, 1961).
        const WAIT: f64 = 11.0;
        let (date, number) = self.interval_of(now);
        let mut gauges = Vec::new();
        for (queue, site, stream) in streams(self.company) {
            let rate = stream.expected(date, number) / (f64::from(GRAIN) * 60.0);
            let waiting = poisson(random, rate * WAIT);
            let longest = if waiting == 0 { 0 } else { random.random_range(1..=12 + 6 * waiting) };
            gauges.push(json!({
                "queue": {"code": queue}, "site": {"code": site}, "waiting": waiting,
                "longestWaitSeconds": longest, "sourceAt": now.to_string(),
            }));
        }
        gauges
    }

    fn interval_of(&self, now: Timestamp) -> (Date, u16) {
        let local = local_of_instant(now, &self.zone);
        let minute =
            u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        (local.date(), (minute / GRAIN).min(PER_DAY - 1))
    }

    /// Agents whose published shift runs now.
    async fn on_duty(&self, now: Timestamp) -> Outcome<Vec<AgentId>> {
        let tenant = self.inside.tenant();
        let ctx = Ctx::of_system(tenant, "demo feed", now);
        let reach = Viewer::system(tenant).reach(Permission::ScheduleRead, now);
        let tx = self.inside.app.db.begin(&ctx).await?;
        let directory = self.inside.app.directory(&tx, &ctx).await?;
        let span = (now, now + SignedDuration::from_secs(1));
        let mut agents = Vec::new();
        for site in &directory.sites {
            let published = ShiftStates::Published;
            let shifts = shifts_of_site(&tx, &reach, site.id, span, published).await?;
            agents.extend(shifts.into_iter().filter_map(|shift| shift.agent_id));
        }
        Ok(agents)
    }
}

fn bins(waits: &WaitHistogram) -> Vec<Value> {
    let bounds = WaitHistogram::BORDERS.map(Some).into_iter().chain([None]);
    let counts = waits.answered.iter().zip(&waits.abandoned);
    let bin = |(up_to, (answered, abandoned)): (Option<u32>, (&u64, &u64))| json!({"upToSeconds": up_to, "answered": answered, "abandoned": abandoned});
    bounds.zip(counts).map(bin).collect()
}

fn event(agent: AgentId, state: State, now: Timestamp) -> Value {
    json!({
        "eventId": format!("{agent}-{}", now.as_millisecond()), "agent": {"id": agent.to_string()},
        "state": state.name(), "reason": state.reason(), "sourceAt": now.to_string(),
    })
}
