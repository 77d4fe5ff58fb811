//! Giving patterns of shifts to agents and teams.

use std::collections::BTreeSet;

use jiff::civil;
use serde_json::json;
use trunkline_domain::{
    fault::{Fault, Rule},
    id::{AgentId, ShiftPatternId, SiteId, TeamId},
    identity::{Permission, Target},
    plannable::check_plannable,
    schedules::PatternWeeks,
    time::Span,
};
use trunkline_infra::{
    agents::{AgentFilter, AgentOrder, agents_by_id, list_agents},
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    schedules::{
        RosterAsk, ShiftPatternView, Source, Who, assign_pattern, load_ground, shift_pattern_by_id,
    },
};

use super::{ground::site_of, shift_templates::shapes_of};
use crate::{
    app::App,
    error::{AppError, Outcome},
    identity::permit,
};

/// Agents of one assignment.
const MOST: usize = 100;

/// A pattern to give.
#[derive(Debug)]
pub(super) struct AssignPattern {
    /// Which; `None` = no pattern from then on.
    pub(super) pattern: Option<ShiftPatternId>,
    pub(super) agents: Vec<AgentId>,
    /// Teams whose agents of now get it, too.
    pub(super) teams: Vec<TeamId>,
    pub(super) starts_on: civil::Date,
    /// Week of the rotation in which it begins, from 1.
    pub(super) first_week: i32,
}

/// An agent who is to get it, and where the request names whom.
type Named = (String, AgentId);

/// Gives a pattern to agents of its site, all or none.
pub(super) async fn assign(
    app: &App,
    ctx: &Ctx,
    ask: AssignPattern,
) -> Outcome<Option<ShiftPatternView>> {
    let AssignPattern { pattern, agents, teams, starts_on, first_week } = ask;
    // Before any of them is read.
    for (list, items) in [("agentIds", agents.len()), ("teamIds", teams.len())] {
        if items > MOST {
            return Err(Fault::invalid(list, Rule::ItemsAtMost(MOST)).into());
        }
    }
    let tx = app.db.begin(ctx).await?;
    let view = match pattern {
        Some(id) => {
            let view = shift_pattern_by_id(&tx, id).await?;
            let view = view.ok_or_else(|| Fault::not_found("shiftPatternId"))?;
            let target = Target::site(view.site_id);
            let (write, read) = (Permission::ScheduleWrite, Permission::WorkRulesRead);
            permit(ctx, write, read, &target, "shiftPatternId")?;
            Some(view)
        }
        None => None,
    };
    let mut faults = Vec::new();
    let mut named: Vec<Named> =
        agents.iter().enumerate().map(|(at, agent)| (format!("agentIds.{at}"), *agent)).collect();
    members(ctx, &tx, &teams, (&mut named, &mut faults)).await?;
    let ids: Vec<AgentId> = named.iter().map(|(_, agent)| *agent).collect();
    let known = agents_by_id(&tx, &ids).await?;
    for (path, agent) in &named {
        let agent = known.iter().find(|known| known.id == *agent);
        let planned = agent.filter(|agent| {
            ctx.viewer().sees(Permission::ScheduleWrite, &agent.target(), ctx.now())
        });
        match planned {
            None => faults.push(Fault::not_found(path)),
            Some(agent) if view.as_ref().is_some_and(|it| it.site_id != agent.site_id) => {
                faults.push(Fault::invalid(path, Rule::AgentOfTheSite));
            }
            Some(_) => {}
        }
    }
    let list = if agents.is_empty() && !teams.is_empty() { "teamIds" } else { "agentIds" };
    if ids.is_empty() && faults.is_empty() {
        faults.push(Fault::invalid(list, Rule::NotEmpty));
    }
    if ids.len() > MOST {
        faults.push(Fault::invalid(list, Rule::ItemsAtMost(MOST)));
    }
    if agents.iter().collect::<BTreeSet<_>>().len() < agents.len() {
        faults.push(Fault::invalid("agentIds", Rule::EachOnce));
    }
    faults.extend(check_plannable(starts_on, "startsOn").err());
    if starts_on.weekday() != civil::Weekday::Monday {
        faults.push(Fault::invalid("startsOn", Rule::Monday));
    }
    let weeks = view.as_ref().map(ShiftPatternView::weeks).transpose()?;
    let most = weeks.as_ref().map_or(1, |weeks| i64::try_from(weeks.list().len()).unwrap_or(1));
    if !(1..=most).contains(&i64::from(first_week)) {
        faults.push(Fault::invalid("firstWeek", Rule::Between(1, most)));
    }
    if let (Some(view), Some(weeks), true) = (&view, &weeks, faults.is_empty()) {
        faults = impossible(app, ctx, &tx, (view.site_id, weeks), (&named[..], starts_on)).await?;
    }
    if !faults.is_empty() {
        return Err(AppError::Faults(faults));
    }
    assign_pattern(&tx, ctx, &ids, pattern, starts_on, first_week - 1).await?;
    let subject = pattern.map_or_else(|| "none".to_owned(), |id| id.to_string());
    // A turn from a Monday on, beside those of before.
    let after = json!({ "agentIds": ids, "teamIds": teams, "startsOn": starts_on,
                        "firstWeek": first_week });
    record(&tx, ctx, Deed::made("shift_pattern.assign", subject, after)).await?;
    tx.commit().await?;
    Ok(view)
}

/// Adds the active agents of teams to those who are named, each once; a fault where there is none whom
/// the caller plans.
async fn members(
    ctx: &Ctx,
    tx: &TenantTx,
    teams: &[TeamId],
    (named, faults): (&mut Vec<Named>, &mut Vec<Fault>),
) -> Outcome<()> {
    if teams.is_empty() {
        return Ok(());
    }
    let reach = ctx.viewer().reach(Permission::ScheduleWrite, ctx.now());
    let order = AgentOrder::Name { descending: false };
    let more = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    let filter = AgentFilter {
        teams: Some(teams.to_vec()),
        statuses: Some(vec!["ACTIVE".to_owned()]),
        ..AgentFilter::default()
    };
    let found = list_agents(tx, &reach, &filter, order, None, more).await?;
    // Of too many not all are read, and a team that seems empty need not be.
    let is_whole = found.len() <= MOST;
    for (at, team) in teams.iter().enumerate() {
        let path = format!("teamIds.{at}");
        if is_whole && found.iter().all(|agent| agent.team_id != Some(*team)) {
            faults.push(Fault::not_found(&path));
        }
        for agent in found.iter().filter(|agent| agent.team_id == Some(*team)) {
            if named.iter().all(|(_, known)| *known != agent.id) {
                named.push((path.clone(), agent.id));
            }
        }
    }
    Ok(())
}

/// What would have to be otherwise for agents whose contract on the Monday owes more hours than the
/// pattern has room for: one fault for each place of the request that names some.
async fn impossible(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    (site, weeks): (SiteId, &PatternWeeks),
    (named, starts_on): (&[Named], civil::Date),
) -> Outcome<Vec<Fault>> {
    let site = site_of(app, ctx, tx, site).await?;
    let window = Span::of_days(starts_on, starts_on, &site.zone());
    let agents: Vec<AgentId> = named.iter().map(|(_, agent)| *agent).collect();
    let who = Who::Agents(&agents);
    let ask = RosterAsk { site: &site, who, window, covered: window, source: Source::Published };
    let ground = load_ground(tx, ask).await?;
    let shapes = shapes_of(tx, site.id, starts_on, starts_on).await?;
    let mut faults: Vec<Fault> = Vec::new();
    for (path, agent) in named {
        let Some(plan) = ground.roster.plans.get(agent) else { continue };
        let limits = plan.strictest(&ground.rules.limits);
        let contract = plan.contract_of_week(starts_on);
        let Some(rule) = weeks.impossible(&contract, &limits, &shapes, starts_on) else { continue };
        let fault = Fault::invalid(path, rule);
        if faults.iter().all(|told| told.path != fault.path) {
            faults.push(fault);
        }
    }
    Ok(faults)
}
