use serde_json::{Value, json};
use trunkline_domain::{
    agents::{
        Agent, AgentChange, Contract, Grade, HeldSkill, NewAgent, RawAgent, check_availability,
    },
    archives::EntrySource,
    fault::{Fault, FaultCode, Rule},
    id::{AgentId, AvailabilityId, SiteId, SkillId, TeamId, UserId},
    identity::{Permission, Target},
    schedules::{Availability, AvailabilityPattern},
    time::start_of_day,
};
use trunkline_infra::{
    agents::{
        AgentView, AvailabilityView, ExternalId, Hire, agent_of_availability, agents_by_id,
        availability_of_agents, delete_availability, delete_skills_held, insert_agents,
        insert_availability, insert_skills_held, update_agent,
    },
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    network::Directory,
};

use crate::{
    app::App,
    error::{AppError, Outcome},
    identity::permit,
};

/// The agent, if the caller may change it.
pub(super) async fn writable_agent(
    tx: &TenantTx,
    ctx: &Ctx,
    id: AgentId,
    write: Permission,
) -> Outcome<AgentView> {
    let agent = agent_now(tx, id).await?.ok_or_else(|| Fault::not_found("agentId"))?;
    permit(ctx, write, Permission::AgentRead, &agent.target(), "agentId")?;
    Ok(agent)
}

pub(super) async fn agent_now(tx: &TenantTx, id: AgentId) -> Outcome<Option<AgentView>> {
    Ok(agents_by_id(tx, &[id]).await?.pop())
}

/// The agent as it stands at the end of a change of it.
pub(super) async fn changed(tx: &TenantTx, id: AgentId) -> Outcome<AgentView> {
    let lost = || AppError::Internal(format!("{id} is gone within its own transaction"));
    agent_now(tx, id).await?.ok_or_else(lost)
}

pub(super) fn stale(current: i32) -> Fault {
    Fault::new(FaultCode::StaleVersion).at("expectedVersion").with("current", current.to_string())
}

/// The caller may do what `write` names with agents at the site, and the team is one of it.
pub(super) fn permit_place(
    ctx: &Ctx,
    write: Permission,
    directory: &Directory,
    site: SiteId,
    team: Option<TeamId>,
) -> Outcome<()> {
    if directory.site(site).is_none() {
        return Err(Fault::not_found("siteId").into());
    }
    let target = Target::site(site);
    permit(ctx, write, Permission::NetworkRead, &target, "siteId")?;
    match team.map(|team| directory.team(team).map(|team| team.site_id)) {
        None => Ok(()),
        Some(None) => Err(Fault::not_found("teamId").into()),
        Some(Some(at)) if at == site => Ok(()),
        Some(Some(_)) => Err(Fault::invalid("teamId", Rule::TeamOfTheSite).into()),
    }
}

/// A skill as a client says it.
#[derive(Debug)]
pub(super) struct SaidSkill {
    pub(super) skill: SkillId,
    pub(super) grade: i32,
    pub(super) valid_until: Option<jiff::civil::Date>,
}

fn held_skills(directory: &Directory, said: Vec<SaidSkill>) -> Result<Vec<HeldSkill>, Vec<Fault>> {
    let (mut held, mut faults) = (Vec::<HeldSkill>::new(), Vec::new());
    for (at, SaidSkill { skill, grade, valid_until }) in said.into_iter().enumerate() {
        if directory.skill(skill).is_none() {
            faults.push(Fault::not_found(&format!("skills.{at}.skillId")));
        }
        if held.iter().any(|other| other.skill == skill) {
            faults.push(Fault::invalid(&format!("skills.{at}.skillId"), Rule::EachOnce));
        }
        match Grade::parse(&format!("skills.{at}.grade"), grade.into()) {
            Ok(grade) => held.push(HeldSkill { skill, grade, valid_until }),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(held) } else { Err(faults) }
}

/// What a client says about a new agent.
#[derive(Debug)]
pub(super) struct SaidHire {
    pub(super) raw: RawAgent,
    pub(super) contract: Contract,
    pub(super) skills: Vec<SaidSkill>,
    pub(super) external_ids: Vec<ExternalId>,
    pub(super) superior: Option<UserId>,
    pub(super) decision: Option<String>,
}

/// Hires: agent, contract, first post, three files and the hire in the development file.
pub(super) async fn create_agent(app: &App, ctx: &Ctx, said: SaidHire) -> Outcome<AgentView> {
    let SaidHire { raw, contract, skills, external_ids, superior, decision } = said;
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    permit_place(ctx, Permission::AgentHire, &directory, raw.site, raw.team)?;
    let zone = directory.site(raw.site).map(trunkline_infra::network::SiteView::zone);
    let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
    let skills = held_skills(&directory, skills);
    let terms = contract.check().map_err(|faults| {
        let inside = |fault: Fault| {
            let path = format!("contract.{}", fault.path.join("."));
            fault.at(&path)
        };
        faults.into_iter().map(inside).collect::<Vec<_>>()
    });
    let (new, skills) = match (NewAgent::parse(raw), skills, terms) {
        (Ok(new), Ok(skills), Ok(())) => (new, skills),
        (new, skills, terms) => {
            let faults = [new.err(), skills.err(), terms.err()];
            return Err(AppError::Faults(faults.into_iter().flatten().flatten().collect()));
        }
    };
    let agent = new.into_agent(ctx.new_id());
    let id = agent.id;
    let from = start_of_day(agent.hired_on, &zone);
    let source = EntrySource::Person;
    let hire = Hire { agent, from, contract, skills, external_ids, superior, decision, source };
    insert_agents(&tx, ctx, std::slice::from_ref(&hire)).await?;
    let deed = Deed::made("agent.create", id, hire_recorded(&hire));
    record(&tx, ctx, deed.because(hire.decision.as_deref())).await?;
    let agent = changed(&tx, id).await?;
    tx.commit().await?;
    Ok(agent)
}

/// What the audit says of a hire.
fn hire_recorded(hire: &Hire) -> Value {
    let Hire { agent, contract, skills, external_ids, superior, .. } = hire;
    let Contract { id: _, kind, weekly_min_seconds, weekly_max_seconds, from, until } = contract;
    let mut said = agent_recorded(agent, &json!(external_ids));
    said["siteId"] = json!(agent.site);
    said["teamId"] = json!(agent.team);
    said["post"] = json!(agent.post);
    said["hiredOn"] = json!(agent.hired_on);
    said["superiorId"] = json!(superior);
    said["skills"] = skills_recorded(skills.iter().map(told_skill));
    said["contract"] = json!({"kind": kind, "weeklyMinSeconds": weekly_min_seconds,
        "weeklyMaxSeconds": weekly_max_seconds, "from": from, "until": until});
    said
}

/// What the audit says of an agent's own fields; post, site and team are changed by moves.
fn agent_recorded(agent: &Agent, external_ids: &Value) -> Value {
    let Agent { number, display_name, status, left_on, languages, .. } = agent;
    json!({"number": number, "displayName": display_name, "status": status, "leftOn": left_on,
           "languages": languages, "externalIds": external_ids})
}

/// A skill, its grade and last day.
type ToldSkill = (SkillId, u8, Option<jiff::civil::Date>);

fn told_skill(held: &HeldSkill) -> ToldSkill {
    (held.skill, held.grade.into(), held.valid_until)
}

/// What the audit says of skills, in an order of their own.
fn skills_recorded(skills: impl Iterator<Item = ToldSkill>) -> Value {
    let mut skills: Vec<ToldSkill> = skills.collect();
    skills.sort_unstable_by_key(|(skill, ..)| *skill);
    let said = |(skill, grade, last): ToldSkill| json!({"skillId": skill, "grade": grade, "expiresOn": last});
    skills.into_iter().map(said).collect()
}

/// What is to be changed of an agent; `None` keeps a field.
#[derive(Debug)]
pub(super) struct SaidChange {
    pub(super) expected_version: Option<i32>,
    pub(super) change: AgentChange,
    pub(super) skills: Option<Vec<SaidSkill>>,
    pub(super) external_ids: Option<Vec<ExternalId>>,
}

/// Changes an agent.
pub(super) async fn change_agent(
    app: &App,
    ctx: &Ctx,
    id: AgentId,
    said: SaidChange,
) -> Outcome<AgentView> {
    let SaidChange { expected_version, change, skills, external_ids } = said;
    let tx = app.db.begin(ctx).await?;
    let current = writable_agent(&tx, ctx, id, Permission::AgentWrite).await?;
    if expected_version.is_some_and(|expected| expected != current.version) {
        return Err(stale(current.version).into());
    }
    let now = current.agent()?;
    if change.employs(&now) {
        let (write, target) = (Permission::AgentHire, current.target());
        permit(ctx, write, Permission::AgentRead, &target, "status")?;
    }
    let directory = app.directory(&tx, ctx).await?;
    let skills = skills.map(|said| held_skills(&directory, said)).transpose();
    let mut before = agent_recorded(&now, &current.external_ids);
    let (next, skills): (Agent, _) = match (now.change(change), skills) {
        (Ok(next), Ok(skills)) => (next, skills),
        (next, skills) => {
            let faults = [next.err(), skills.err()];
            return Err(AppError::Faults(faults.into_iter().flatten().flatten().collect()));
        }
    };
    if !update_agent(&tx, &next, external_ids.as_deref(), current.version, ctx.now()).await? {
        return Err(stale(current.version).into());
    }
    let ids = external_ids.map_or_else(|| current.external_ids.clone(), |ids| json!(ids));
    let mut after = agent_recorded(&next, &ids);
    if let Some(skills) = skills {
        let gone = delete_skills_held(&tx, id).await?;
        let gone = gone.into_iter().map(|held| (held.skill_id, held.grade, held.valid_until));
        before["skills"] = skills_recorded(gone);
        after["skills"] = skills_recorded(skills.iter().map(told_skill));
        let held: Vec<_> = skills.into_iter().map(|held| (id, held)).collect();
        insert_skills_held(&tx, &held).await?;
    }
    let deed = Deed::changed("agent.update", id, before, after);
    record(&tx, ctx, deed.with(json!({"version": current.version + 1}))).await?;
    let agent = changed(&tx, id).await?;
    tx.commit().await?;
    Ok(agent)
}

/// Adds statements of an agent about when work is possible.
pub(super) async fn add_availability(
    app: &App,
    ctx: &Ctx,
    agent: AgentId,
    available: bool,
    label: &str,
    patterns: Vec<AvailabilityPattern>,
) -> Outcome<Vec<AvailabilityView>> {
    let tx = app.db.begin(ctx).await?;
    writable_agent(&tx, ctx, agent, Permission::AvailabilityWrite).await?;
    let label = label.trim().to_owned();
    let statements: Vec<_> = patterns
        .into_iter()
        .map(|pattern| Availability { id: ctx.new_id(), available, pattern, label: label.clone() })
        .collect();
    for statement in &statements {
        check_availability(statement).map_err(AppError::Faults)?;
    }
    let ids: Vec<AvailabilityId> = statements.iter().map(|statement| statement.id).collect();
    let rows: Vec<_> = statements.into_iter().map(|statement| (agent, statement)).collect();
    insert_availability(&tx, &rows).await?;
    let mut all = availability_of_agents(&tx, &[agent]).await?;
    all.retain(|statement| ids.contains(&statement.id));
    let after = json!({"statements": all.iter().map(statement_recorded).collect::<Vec<_>>()});
    record(&tx, ctx, Deed::made("availability.add", agent, after)).await?;
    tx.commit().await?;
    Ok(all)
}

/// What the audit says of a statement.
fn statement_recorded(statement: &AvailabilityView) -> Value {
    let AvailabilityView {
        id,
        agent_id: _,
        available,
        label,
        weekdays,
        local_from,
        local_until,
        valid_from,
        valid_until,
        starts_at,
        ends_at,
    } = statement;
    json!({"availabilityId": id, "available": available, "label": label, "weekdays": weekdays,
           "starts": local_from, "ends": local_until, "startsOn": valid_from,
           "endsOn": valid_until, "startsAt": starts_at, "endsAt": ends_at})
}

/// Takes a statement back.
pub(super) async fn remove_availability(
    app: &App,
    ctx: &Ctx,
    id: AvailabilityId,
) -> Outcome<AgentView> {
    let tx = app.db.begin(ctx).await?;
    let lost = || Fault::not_found("availabilityId");
    let agent = agent_of_availability(&tx, id).await?.ok_or_else(lost)?;
    let agent = agent_now(&tx, agent).await?.ok_or_else(lost)?;
    let (write, read) = (Permission::AvailabilityWrite, Permission::AgentRead);
    permit(ctx, write, read, &agent.target(), "availabilityId")?;
    let gone = delete_availability(&tx, agent.id, id).await?.ok_or_else(lost)?;
    let deed = Deed::removed("availability.remove", agent.id, statement_recorded(&gone));
    record(&tx, ctx, deed).await?;
    tx.commit().await?;
    Ok(agent)
}
