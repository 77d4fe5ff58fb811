//! Plays the running day as a telephone system would tell it: the interval so far, what waits, and
//! what the agents on duty do. It speaks to the same mutations as a partner's program.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};
use trunkline_domain::{
    id::{AgentId, SiteId, SkillId},
    identity::{Permission, Viewer},
    kpis::WaitHistogram,
    schedules::ActivityCategory,
};
use trunkline_infra::{
    agents::skills_of_agents,
    ctx::Ctx,
    intraday::agent_states,
    network::Directory,
    schedules::{ShiftStates, shifts_of_sites},
};

use super::{
    company::{CompanyPlan, PARTNER, streams, threshold},
    floor::{Floor, Post, State},
    inside::Inside,
    line::{Counts, INTERVAL, Line, instant, interval_of},
};
use crate::error::Outcome;

/// Pause between two words of the feed.
pub(super) const PAUSE: Duration = Duration::from_secs(3);
/// Seconds between two looks at the roster.
const LOOK: i64 = 60;
/// Seconds of the roster that a look sees beyond now.
const AHEAD: i64 = 2 * LOOK;
/// After a silence of so many seconds, as of a machine that slept, the play begins anew.
const SILENCE: i64 = 2 * INTERVAL;
/// What one mutation takes.
const AT_ONCE: usize = 500;
/// More than any company of the demo has.
const MOST_AGENTS: i64 = 10_000;

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

/// The play, as far as it has come.
pub(super) struct Play {
    floors: Vec<Floor>,
    /// The second before it began to tell: states that hold for longer are told as of it.
    begun: i64,
    /// The last second that was played.
    now: i64,
    /// When the roster was looked at last.
    looked: Option<i64>,
    /// Whom an earlier start has left signed in.
    left: Vec<AgentId>,
}

impl Feed {
    /// Speaks until its task is dropped. What fails is said in the log and tried again.
    pub(super) async fn play(self) {
        let mut ticks = interval(PAUSE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut play = self.begin(self.inside.app.clock.now());
        loop {
            ticks.tick().await;
            if let Err(error) = self.say(&mut play).await {
                tracing::warn!(%error, company = self.company.slug, "the feed was not heard");
            }
        }
    }

    /// A play whose floors begin, empty, an interval before the running one: by now they are as if
    /// they had always been played.
    pub(super) fn begin(&self, now: Timestamp) -> Play {
        let now = now.as_second();
        let mut lines: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for (queue, site, stream) in streams(self.company) {
            lines.entry(site).or_default().push((queue, stream));
        }
        let start = interval_of(now) - INTERVAL;
        let floor = |(site, lines)| Floor::new(site, lines, (self.seed, self.zone.clone()), start);
        let floors = lines.into_iter().map(floor).collect();
        Play { floors, begun: now - 1, now: start, looked: None, left: Vec::new() }
    }

    /// Plays up to now and tells what has come of it.
    pub(super) async fn say(&self, play: &mut Play) -> Outcome<()> {
        let now = self.inside.app.clock.now();
        if !(0..SILENCE).contains(&(now.as_second() - play.now)) {
            *play = self.begin(now);
        }
        if play.looked.is_none_or(|at| now.as_second() - at >= LOOK) {
            self.look(play, now).await?;
        }
        play.now = now.as_second();
        for floor in &mut play.floors {
            floor.play(play.now);
        }
        let figures = figures(&play.floors, now);
        if !figures.is_empty() {
            let input = json!({"source": PARTNER, "figures": figures});
            self.inside.ask(FIGURES, json!({"input": input})).await?;
        }
        let input = json!({"gauges": gauges(&play.floors, now)});
        self.inside.ask(GAUGES, json!({"input": input})).await?;
        let begun = play.begun;
        let untold = play.floors.iter().flat_map(Floor::untold);
        let gone = play.left.iter().map(|agent| (*agent, State::SignedOut, begun));
        let events: Vec<Value> = untold
            .chain(gone)
            .map(|(agent, state, since)| event(agent, state, instant(since.max(begun))))
            .collect();
        for part in events.chunks(AT_ONCE) {
            let input = json!({"source": PARTNER, "events": part});
            self.inside.ask(STATES, json!({"input": input})).await?;
        }
        play.floors.iter_mut().for_each(Floor::told);
        play.left.clear();
        Ok(())
    }

    /// Takes up the published roster from where the play stands to a little beyond now.
    async fn look(&self, play: &mut Play, now: Timestamp) -> Outcome<()> {
        let tenant = self.inside.tenant();
        let ctx = Ctx::of_system(tenant, "demo feed", now);
        let reach = Viewer::system(tenant).reach(Permission::ScheduleRead, now);
        let tx = self.inside.app.db.begin(&ctx).await?;
        let directory = self.inside.app.directory(&tx, &ctx).await?;
        let sites: Vec<SiteId> = directory.sites.iter().map(|site| site.id).collect();
        let span = (instant(play.now), instant(now.as_second() + AHEAD));
        let shifts = shifts_of_sites(&tx, &reach, &sites, span, ShiftStates::Published).await?;
        let agents: Vec<AgentId> = shifts.iter().filter_map(|shift| shift.agent_id).collect();
        let mut skills: HashMap<AgentId, Vec<SkillId>> = HashMap::new();
        for held in skills_of_agents(&tx, &agents).await? {
            skills.entry(held.agent_id).or_default().push(held.skill_id);
        }
        let mut posts: HashMap<SiteId, BTreeMap<AgentId, Post>> = HashMap::new();
        for shift in shifts {
            let Some(agent) = shift.agent_id else { continue };
            let post = posts.entry(shift.site_id).or_default().entry(agent).or_default();
            post.parts.extend(shift.parts()?.into_iter().map(|part| {
                let on_queue = part.category == ActivityCategory::OnQueue;
                (part.span.start().as_second(), part.span.end().as_second(), on_queue)
            }));
        }
        for floor in &mut play.floors {
            let site = directory.sites.iter().find(|site| site.code == floor.site);
            let mut staff = site.and_then(|site| posts.remove(&site.id)).unwrap_or_default();
            for (agent, post) in &mut staff {
                let held = skills.get(agent).map_or(&[][..], Vec::as_slice);
                post.lines = served(floor, &directory, held);
            }
            floor.staff(staff);
        }
        if play.looked.is_none() {
            let here = |agent| play.floors.iter().any(|floor| floor.knows(agent));
            let known = agent_states(&tx, &reach, None, MOST_AGENTS).await?;
            let left = known.into_iter().filter(|it| it.state != State::SignedOut.name());
            play.left = left.map(|it| it.agent_id).filter(|agent| !here(*agent)).collect();
        }
        play.looked = Some(now.as_second());
        Ok(())
    }
}

/// Lines of a floor whose contacts somebody with these skills can take.
fn served(floor: &Floor, directory: &Directory, held: &[SkillId]) -> Vec<usize> {
    let serves = |line: &Line| {
        let queue = directory.queue_by_code(&line.queue);
        queue.is_some_and(|it| it.skill_id.is_none_or(|skill| held.contains(&skill)))
    };
    let lines = floor.lines.iter().enumerate().filter(|(_, line)| serves(line));
    lines.map(|(at, _)| at).collect()
}

/// The interval that runs, as far as it has come, and the one before, whose last contacts may still
/// be under way.
fn figures(floors: &[Floor], now: Timestamp) -> Vec<Value> {
    let running = interval_of(now.as_second());
    let mut figures = Vec::new();
    for (floor, line) in lines(floors) {
        for interval in [running - INTERVAL, running] {
            let counts = line.counts(interval);
            figures.extend(counts.map(|counts| one(floor, line, interval, &counts, now)));
        }
    }
    figures
}

fn lines(floors: &[Floor]) -> impl Iterator<Item = (&Floor, &Line)> {
    floors.iter().flat_map(|floor| floor.lines.iter().map(move |line| (floor, line)))
}

fn one(floor: &Floor, line: &Line, interval: i64, it: &Counts, now: Timestamp) -> Value {
    let (waits, seconds) = (&it.waits, threshold(&line.queue));
    json!({
        "queue": {"code": line.queue}, "site": {"code": floor.site},
        "startsAt": instant(interval).to_string(), "sourceAt": now.to_string(),
        "offered": it.offered, "answered": it.answered(),
        "answeredInThreshold": waits.answered_within(seconds), "abandoned": it.abandoned(),
        "abandonedInThreshold": waits.abandoned_within(seconds), "waits": bins(waits),
        "abandonedShort": waits.abandoned_within(5), "waitSeconds": it.wait_seconds,
        "talkSeconds": it.talk_seconds, "holdSeconds": it.hold_seconds,
        "afterCallWorkSeconds": it.work_seconds, "thresholdSeconds": seconds,
    })
}

fn gauges(floors: &[Floor], now: Timestamp) -> Vec<Value> {
    let gauge = |(floor, line): (&Floor, &Line)| {
        json!({
            "queue": {"code": line.queue}, "site": {"code": floor.site},
            "waiting": line.waiting(), "longestWaitSeconds": floor.longest_wait(line),
            "sourceAt": now.to_string(),
        })
    };
    lines(floors).map(gauge).collect()
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
