//! What becomes of the items of a feed: each is authorised, looked up and taken up on its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{AgentId, QueueId, SiteId},
    identity::{Access, Permission, Target},
    intraday::{
        AgentState, Gauge, IntervalFigures, MOST_AT_ONCE, StateEvent, Taken, Threshold, Waiting,
        check_figures, check_source_time, check_start, check_waits,
    },
    kpis::WaitHistogram,
    network::{ServiceGoal, counting_goal},
};
use trunkline_infra::{
    ctx::Ctx,
    forecasting::IntervalFigure,
    intraday::{AgentKeys, KnownAgent, find_agents, insert_states, put_figures, upsert_gauges},
    network::Directory,
    staffing::goals_of,
};

use crate::{app::App, error::Outcome};

/// How a feed names a thing; an id that cannot be one names nothing.
#[derive(Debug, Clone)]
pub(super) enum Named<T> {
    Id(Option<T>),
    Code(String),
}

/// How a feed names an agent.
#[derive(Debug, Clone)]
pub(super) enum AgentName {
    Id(Option<AgentId>),
    Number(String),
    External(String, String),
}

/// A gauge as a feed gives it.
#[derive(Debug)]
pub(super) struct GaugeItem {
    pub(super) queue: Named<QueueId>,
    pub(super) site: Option<Named<SiteId>>,
    pub(super) waiting: Waiting,
    pub(super) source_at: Timestamp,
}

/// A state event as a feed gives it.
#[derive(Debug)]
pub(super) struct StateItem {
    pub(super) event_id: String,
    pub(super) agent: AgentName,
    pub(super) state: AgentState,
    pub(super) reason: Option<String>,
    pub(super) source_at: Timestamp,
    pub(super) sequence: i64,
}

/// Figures of an interval as a feed gives them.
#[derive(Debug)]
pub(super) struct FigureItem {
    pub(super) queue: Named<QueueId>,
    pub(super) site: Option<Named<SiteId>>,
    pub(super) starts_at: Timestamp,
    pub(super) source_at: Timestamp,
    pub(super) figures: IntervalFigures,
    pub(super) talk_seconds: Option<u64>,
    pub(super) hold_seconds: Option<u64>,
    pub(super) after_call_work_seconds: Option<u64>,
    pub(super) waits: Option<WaitHistogram>,
}

/// Takes gauges up.
pub(super) async fn push_gauges(
    app: &App,
    ctx: &Ctx,
    items: Vec<Result<GaugeItem, Fault>>,
) -> Outcome<Vec<Taken>> {
    check_size(items.len(), "gauges")?;
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    let gauge = |item: GaugeItem| {
        let GaugeItem { queue, site, waiting, source_at } = item;
        let (queue, site) = place(ctx, &directory, &queue, site.as_ref())?;
        check_source_time(source_at, ctx.now())?;
        Ok(Gauge { queue, site, waiting, source_at })
    };
    let gauges: Vec<Result<Gauge, Fault>> =
        items.into_iter().map(|item| item.and_then(gauge)).collect();
    // One for each place: of several, the one that would win in the end.
    let mut newest: BTreeMap<(QueueId, Option<SiteId>), (Gauge, usize)> = BTreeMap::new();
    for (at, gauge) in gauges.iter().enumerate() {
        let Ok(gauge) = gauge else { continue };
        let rank = |gauge: &Gauge| (gauge.source_at, gauge.waiting);
        let slot = newest.entry((gauge.queue, gauge.site)).or_insert((*gauge, at));
        if rank(&slot.0) < rank(gauge) {
            *slot = (*gauge, at);
        }
    }
    let merged: Vec<Gauge> = newest.values().map(|(gauge, _)| *gauge).collect();
    let changed = upsert_gauges(&tx, &merged, ctx.now()).await?;
    tx.commit().await?;
    if !changed.is_empty() {
        app.facts_changed(ctx, "gauges").await;
    }
    let news: Vec<usize> =
        changed.iter().filter_map(|place| newest.get(place)).map(|(_, at)| *at).collect();
    Ok(taken(gauges, "gauges", |at, _| news.contains(&at)))
}

/// Takes state events up.
pub(super) async fn push_states(
    app: &App,
    ctx: &Ctx,
    source: String,
    items: Vec<Result<StateItem, Fault>>,
) -> Outcome<Vec<Taken>> {
    check_size(items.len(), "events")?;
    let tx = app.db.begin(ctx).await?;
    let agents = Roll::new(find_agents(&tx, &keys(&items)).await?);
    let event = |item: StateItem| {
        let StateItem { event_id, agent, state, reason, source_at, sequence } = item;
        let known = agents.find(&agent).ok_or_else(|| Fault::not_found("agent"))?;
        may_feed(ctx, &known.target(), "agent")?;
        check_source_time(source_at, ctx.now())?;
        let source = source.clone();
        Ok(StateEvent { source, event_id, agent: known.id, state, reason, source_at, sequence })
    };
    let events: Vec<Result<StateEvent, Fault>> =
        items.into_iter().map(|item| item.and_then(event)).collect();
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        if let Ok(event) = event {
            first.entry(&event.event_id).or_insert(at);
        }
    }
    let once: Vec<StateEvent> =
        first.values().filter_map(|at| events[*at].as_ref().ok()).cloned().collect();
    let news = insert_states(&tx, &once, ctx.now()).await?;
    tx.commit().await?;
    if !news.is_empty() {
        app.facts_changed(ctx, "states").await;
    }
    let news: Vec<usize> = first
        .iter()
        .filter(|(id, _)| news.contains(&(source.clone(), (**id).to_owned())))
        .map(|(_, at)| *at)
        .collect();
    Ok(taken(events, "events", |at, _| news.contains(&at)))
}

/// Takes figures of intervals up, and has the days summed up again on which something changed.
pub(super) async fn push_figures(
    app: &App,
    ctx: &Ctx,
    source: String,
    items: Vec<Result<FigureItem, Fault>>,
) -> Outcome<Vec<Taken>> {
    check_size(items.len(), "figures")?;
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    let placed = |item: FigureItem| {
        let (queue, site) = place(ctx, &directory, &item.queue, item.site.as_ref())?;
        check_source_time(item.source_at, ctx.now())?;
        let known = directory.queue(queue).ok_or_else(|| Fault::not_found("queue"))?;
        check_start(item.starts_at, known.grain(), &known.zone(), ctx.now())?;
        check_figures(&item.figures)?;
        Ok((item, queue, site))
    };
    let placed: Vec<Result<_, Fault>> =
        items.into_iter().map(|item| item.and_then(placed)).collect();
    let queues: BTreeSet<QueueId> = placed.iter().flatten().map(|(_, queue, _)| *queue).collect();
    let goals = goals_of(&tx, &queues.into_iter().collect::<Vec<_>>()).await?;
    let figure = |(mut item, queue, site): (FigureItem, QueueId, Option<SiteId>)| {
        if item.figures.threshold == Threshold::Untold {
            item.figures.threshold = goal_seconds(goals.get(&queue), item.starts_at);
        }
        if let Some(waits) = &item.waits {
            check_waits(&item.figures, waits)?;
        }
        Ok(row(&item, queue, site, &source))
    };
    let figures: Vec<Result<IntervalFigure, Fault>> =
        placed.into_iter().map(|item| item.and_then(figure)).collect();
    let mut newest: BTreeMap<(QueueId, Option<SiteId>, Timestamp), usize> = BTreeMap::new();
    for (at, figure) in figures.iter().enumerate() {
        let Ok(figure) = figure else { continue };
        let slot = newest.entry((figure.queue_id, figure.site_id, figure.starts_at)).or_insert(at);
        if let Ok(other) = &figures[*slot]
            && other.received_at <= figure.received_at
        {
            *slot = at;
        }
    }
    let order: Vec<usize> = newest.into_values().collect();
    let merged: Vec<IntervalFigure> =
        order.iter().filter_map(|at| figures[*at].as_ref().ok()).cloned().collect();
    let news = put_figures(&tx, &merged).await?;
    tx.commit().await?;
    if !merged.is_empty() {
        app.facts_changed(ctx, "figures").await;
    }
    let news: HashMap<usize, bool> = order.into_iter().zip(news).collect();
    Ok(taken(figures, "figures", |at, _| news.get(&at).copied().unwrap_or(false)))
}

/// The threshold of the goal by which an interval is counted: a later goal leaves it as it was, also
/// where it is corrected.
fn goal_seconds(goals: Option<&Vec<ServiceGoal>>, starts_at: Timestamp) -> Threshold {
    let goal = goals.and_then(|goals| counting_goal(goals, starts_at));
    goal.map_or(Threshold::Untold, |goal| Threshold::Seconds(goal.threshold_seconds))
}

fn row(
    item: &FigureItem,
    queue_id: QueueId,
    site_id: Option<SiteId>,
    source: &str,
) -> IntervalFigure {
    let FigureItem {
        queue: _,
        site: _,
        starts_at,
        source_at,
        figures,
        talk_seconds,
        hold_seconds,
        after_call_work_seconds,
        waits,
    } = *item;
    // All counts came as 32-bit numbers.
    let small = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    IntervalFigure {
        queue_id,
        site_id,
        starts_at,
        offered: small(figures.offered),
        answered: figures.answered.map(small),
        answered_in_threshold: figures.answered_in_threshold.map(small),
        abandoned: figures.abandoned.map(small),
        abandoned_in_threshold: figures.abandoned_in_threshold.map(small),
        abandoned_short: figures.abandoned_short.map(small),
        wait_seconds: figures.wait_seconds,
        talk_seconds,
        hold_seconds,
        acw_seconds: after_call_work_seconds,
        handle_seconds: figures.handle_seconds,
        threshold_seconds: match figures.threshold {
            Threshold::Seconds(seconds) => Some(seconds),
            Threshold::Untold | Threshold::Between(..) => None,
        },
        waits,
        quality: 0,
        source: source.to_owned(),
        received_at: source_at,
    }
}

fn check_size(items: usize, name: &str) -> Result<(), Fault> {
    if items > MOST_AT_ONCE {
        let limit = MOST_AT_ONCE.to_string();
        return Err(Fault::new(FaultCode::LimitExceeded).at(name).with("limit", limit));
    }
    Ok(())
}

/// What became of each item; faults get the place of their item.
fn taken<T>(
    items: Vec<Result<T, Fault>>,
    list: &str,
    is_news: impl Fn(usize, &T) -> bool,
) -> Vec<Taken> {
    let one = |(at, item): (usize, Result<T, Fault>)| match item {
        Ok(item) if is_news(at, &item) => Taken::Accepted,
        Ok(_) => Taken::Unchanged,
        Err(fault) => {
            let path = format!("{list}.{at}.{}", fault.path.join("."));
            Taken::Refused(fault.at(&path))
        }
    };
    items.into_iter().enumerate().map(one).collect()
}

/// Whether the caller's feed may speak of `target`.
fn may_feed(ctx: &Ctx, target: &Target, path: &str) -> Result<(), Fault> {
    let (write, read) = (Permission::IntradayWrite, Permission::IntradayRead);
    match ctx.viewer().access(write, read, target, ctx.now()) {
        Access::Allowed => Ok(()),
        Access::Forbidden => Err(Fault::new(FaultCode::Forbidden).at(path)),
        Access::Hidden => Err(Fault::not_found(path)),
    }
}

/// The queue and site that a feed names, if it may speak of them. A queue that no site of the
/// caller takes part in is hidden; contacts that reached no site are the network's to tell.
fn place(
    ctx: &Ctx,
    directory: &Directory,
    queue: &Named<QueueId>,
    site: Option<&Named<SiteId>>,
) -> Result<(QueueId, Option<SiteId>), Fault> {
    let reach = ctx.viewer().reach(Permission::IntradayWrite, ctx.now());
    let queue = match queue {
        Named::Id(id) => id.and_then(|id| directory.queue(id)),
        Named::Code(code) => directory.queue_by_code(code),
    }
    .filter(|it| reach.network || it.site_ids.iter().any(|site| reach.sites.contains(site)))
    .ok_or_else(|| Fault::not_found("queue"))?;
    let Some(site) = site else {
        return if reach.contains_all(directory.sites.iter().map(|site| site.id)) {
            Ok((queue.id, None))
        } else {
            Err(Fault::new(FaultCode::SiteRequired).at("site"))
        };
    };
    let site = match site {
        Named::Id(id) => id.and_then(|id| directory.site(id)),
        Named::Code(code) => directory.sites.iter().find(|site| site.code == *code),
    }
    .ok_or_else(|| Fault::not_found("site"))?;
    may_feed(ctx, &Target::site(site.id), "site")?;
    if !queue.site_ids.contains(&site.id) {
        return Err(Fault::invalid("site", Rule::SiteOfTheQueue));
    }
    Ok((queue.id, Some(site.id)))
}

/// Agents by all their names.
struct Roll {
    agents: Vec<KnownAgent>,
}

impl Roll {
    const fn new(agents: Vec<KnownAgent>) -> Self {
        Self { agents }
    }

    fn find(&self, name: &AgentName) -> Option<&KnownAgent> {
        self.agents.iter().find(|agent| match name {
            AgentName::Id(id) => *id == Some(agent.id),
            AgentName::Number(number) => *number == agent.number,
            AgentName::External(source, value) => {
                agent.source.as_ref() == Some(source) && agent.value.as_ref() == Some(value)
            }
        })
    }
}

fn keys(items: &[Result<StateItem, Fault>]) -> AgentKeys {
    let mut keys = AgentKeys::default();
    for item in items.iter().flatten() {
        match &item.agent {
            AgentName::Id(id) => keys.ids.extend(*id),
            AgentName::Number(number) => keys.numbers.push(number.clone()),
            AgentName::External(source, value) => {
                keys.external.push((source.clone(), value.clone()));
            }
        }
    }
    keys
}
