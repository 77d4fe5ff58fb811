//! How agents kept to the plan of a day.

use jiff::civil;
use trunkline_domain::{
    id::SiteId,
    identity::{Permission, Target},
    intraday::{AdherenceSeconds, forgiven_seconds, stretches},
    time::Span,
};
use trunkline_infra::{
    intraday::{AgentDay, DayOf, agent_days},
    network::Directory,
};

use super::{
    adherence_types::{AdherenceDay, AdherenceOfInput, AgentAdherence},
    query::{MOST_AGENTS, narrower},
};
use crate::{
    error::Outcome,
    graphql::{Date, DateTime, Operation},
};

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
    AdherenceSeconds::of(window, &day.plan, &states, forgiven_seconds(day.forgiveness_seconds))
}
