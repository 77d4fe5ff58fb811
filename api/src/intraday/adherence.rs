use async_graphql::{Context, ID, Object, OneofObject, SimpleObject};
use jiff::civil;
use trunkline_domain::{
    id::{AgentId, SiteId},
    identity::{Permission, Target},
    intraday::{AdherenceSeconds, FORGIVENESS_SECONDS, stretches},
    kpis::displayed,
    time::Span,
};
use trunkline_infra::{
    intraday::{AgentDay, DayOf, agent_days},
    network::Directory,
};

use super::query::{MOST_AGENTS, narrower};
use crate::{
    agents::Agent,
    error::Outcome,
    graphql::{Date, DateTime, Decimal, Operation},
};

/// Whose day is looked at.
#[derive(Debug, OneofObject)]
pub enum AdherenceOfInput {
    /// The agents whose home is the site.
    #[graphql(name = "siteId")]
    Site(ID),
    /// The agents of the team.
    #[graphql(name = "teamId")]
    Team(ID),
    /// One agent.
    #[graphql(name = "agentId")]
    Agent(ID),
}

/// How plan and states of a local day fit together. Approved changes of the plan count, from when they are made.
#[derive(Debug, SimpleObject)]
pub struct AdherenceDay {
    /// The day at the site.
    pub local_date: Date,
    /// Its first instant.
    pub starts_at: DateTime,
    /// Its last instant; now, while it runs.
    pub ends_at: DateTime,
    /// All agents of the site or team, those too whom the caller may not see by name. Percentages are ratios of sums.
    pub total: AdherenceFigures,
    /// The agents whom the caller may see, by name, at most 1000. Who had neither plan nor sign-in is left out.
    pub agents: Vec<AgentAdherence>,
}

/// Adherence and conformance with their parts, in seconds. Time of which nothing was heard counts in neither.
#[derive(Debug, Clone, SimpleObject)]
pub struct AdherenceFigures {
    /// Planned presence of which the state is known: work, breaks and meals.
    pub scheduled_seconds: i64,
    /// Of these, in the state that the plan asks for. Deviations are forgiven up to the tenant's limit, 120 s where it sets none.
    pub adherent_seconds: i64,
    /// Schedule adherence: 100 × adherent / scheduled. `null` when nothing was scheduled.
    pub adherence_percent: Option<Decimal>,
    /// Planned work of which the state is known.
    pub scheduled_work_seconds: i64,
    /// Worked, whenever it was: on the queue, and in an aux state while other work was planned.
    pub worked_seconds: i64,
    /// Schedule conformance: 100 × worked / scheduled work, which can exceed 100. `null` when no work was scheduled.
    pub conformance_percent: Option<Decimal>,
    /// Signed in while nothing was planned.
    pub unscheduled_seconds: i64,
    /// Planned presence of which no state is known: the feed was silent.
    pub unknown_seconds: i64,
}

impl From<AdherenceSeconds> for AdherenceFigures {
    fn from(sums: AdherenceSeconds) -> Self {
        let shown = |percent: Option<_>| percent.map(displayed).map(Decimal);
        Self {
            scheduled_seconds: sums.scheduled,
            adherent_seconds: sums.adherent,
            adherence_percent: shown(sums.adherence()),
            scheduled_work_seconds: sums.scheduled_work,
            worked_seconds: sums.worked,
            conformance_percent: shown(sums.conformance()),
            unscheduled_seconds: sums.unscheduled,
            unknown_seconds: sums.unknown,
        }
    }
}

/// The day of one agent.
#[derive(Debug)]
pub struct AgentAdherence {
    agent: AgentId,
    sums: AdherenceSeconds,
}

/// The day of one agent.
#[Object]
impl AgentAdherence {
    /// Whose.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let agent = operation.visible_agent(self.agent, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
    /// The figures.
    async fn figures(&self) -> AdherenceFigures {
        self.sums.into()
    }
}

/// The day; `None` when `of` names nothing whose adherence the caller may see.
pub(super) async fn adherence_of(
    operation: &Operation,
    of: AdherenceOfInput,
    date: civil::Date,
) -> Outcome<Option<AdherenceDay>> {
    let directory = operation.directory().await?;
    let Some((of, site)) = place(operation, &directory, of).await? else { return Ok(None) };
    let Some(site) = directory.site(site) else { return Ok(None) };
    let day = Span::of_day(date, &site.zone());
    let ends_at = day.end().min(operation.now).max(day.start());
    let window = Span::new(day.start(), ends_at).unwrap_or(Span::of_seconds(day.start(), 0));
    let live = operation.require(Permission::IntradayRead)?;
    let named = narrower(live, operation.reach(Permission::AgentRead));
    let tx = operation.read().await?;
    let days = agent_days(&tx, of, date, window).await?;
    let figures: Vec<_> = days.iter().map(|day| (day, sums(day, window))).collect();
    let of_agent = |(day, sums): &(&AgentDay, AdherenceSeconds)| {
        let told = *sums != AdherenceSeconds::default() && named.contains(&day.target());
        told.then_some(AgentAdherence { agent: day.agent, sums: *sums })
    };
    let most = usize::try_from(MOST_AGENTS).unwrap_or(usize::MAX);
    Ok(Some(AdherenceDay {
        local_date: Date(date),
        starts_at: DateTime(window.start()),
        ends_at: DateTime(window.end()),
        total: figures.iter().map(|(_, sums)| *sums).sum::<AdherenceSeconds>().into(),
        agents: figures.iter().filter_map(of_agent).take(most).collect(),
    }))
}

/// Whose day it is and at which site, when the caller may see it: sums by the right to the day, a
/// person by the right to the person besides.
async fn place(
    operation: &Operation,
    directory: &Directory,
    of: AdherenceOfInput,
) -> Outcome<Option<(DayOf, SiteId)>> {
    let reach = operation.require(Permission::IntradayRead)?;
    let (of, target) = match of {
        AdherenceOfInput::Site(id) => {
            let Ok(site) = id.parse() else { return Ok(None) };
            (DayOf::Site(site), Target::site(site))
        }
        AdherenceOfInput::Team(id) => {
            let team = id.parse().ok().and_then(|id| directory.team(id));
            let Some(team) = team else { return Ok(None) };
            let target = Target { site: Some(team.site_id), team: Some(team.id), agent: None };
            (DayOf::Team(team.id), target)
        }
        AdherenceOfInput::Agent(id) => {
            let Ok(id) = id.parse() else { return Ok(None) };
            let agent = operation.visible_agent(id, Permission::AgentRead).await?;
            let Some(agent) = agent else { return Ok(None) };
            (DayOf::Agent(id), agent.target())
        }
    };
    Ok(target.site.filter(|_| reach.contains(&target)).map(|site| (of, site)))
}

fn sums(day: &AgentDay, window: Span) -> AdherenceSeconds {
    // What a silent feed would say is not known; the last state it told of is no longer believed.
    let until = day.heard_at.map_or(window.start(), |heard| heard.min(window.end()));
    let states = stretches(&day.changes, until);
    let forgiveness = day.forgiveness_seconds.unwrap_or(FORGIVENESS_SECONDS).clamp(0, 3600);
    AdherenceSeconds::of(window, &day.plan, &states, forgiveness)
}
