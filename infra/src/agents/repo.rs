//! Writing agents: hiring in bulk, changes, and when somebody can work.

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use trunkline_domain::{
    agents::{Agent, Assignment, AssignmentReason, Contract, HeldSkill},
    archives::{Entry, EntrySource, Payload, development::CareerEvent, open_files},
    id::{AgentId, AvailabilityId, UserId},
    schedules::{Availability, AvailabilityPattern},
};

use super::{AgentSkillView, AvailabilityView};
use crate::{
    archives::{append_entries, insert_files},
    ctx::Ctx,
    db::{DbError, TenantTx},
    params,
};

/// Id of an agent in another system.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ExternalId {
    /// System key, such as `acd:avaya-1`.
    pub source: String,
    /// The id there.
    pub value: String,
}

/// Everything that comes with a new agent.
#[derive(Debug, Clone)]
pub struct Hire {
    /// The agent.
    pub agent: Agent,
    /// First instant of the first post: the start of the first day at the agent's site.
    pub from: Timestamp,
    /// The contract.
    pub contract: Contract,
    /// Skills.
    pub skills: Vec<HeldSkill>,
    /// Ids in other systems.
    pub external_ids: Vec<ExternalId>,
    /// Direct superior.
    pub superior: Option<UserId>,
    /// Reference of the decision to hire.
    pub decision: Option<String>,
    /// Who says so.
    pub source: EntrySource,
}

/// Makes agents, each with contract, first post, skills, exactly three personal files and the hire in
/// the development file. So many agents as there may be, they are seven statements.
///
/// # Errors
/// What the database says; a number that is taken as constraint.
pub async fn insert_agents(tx: &TenantTx, ctx: &Ctx, hires: &[Hire]) -> Result<(), DbError> {
    insert_profiles(tx, hires, ctx.now()).await?;
    insert_contracts(tx, hires).await?;
    let posts: Vec<_> = hires.iter().map(|hire| (hire.agent.id, first_post(ctx, hire))).collect();
    insert_assignments(tx, &posts).await?;
    let skills: Vec<_> = hires
        .iter()
        .flat_map(|hire| hire.skills.iter().map(|skill| (hire.agent.id, *skill)))
        .collect();
    insert_skills_held(tx, &skills).await?;
    let files: Vec<_> = hires
        .iter()
        .map(|hire| {
            let ids = [ctx.new_id(), ctx.new_id(), ctx.new_id()];
            open_files(hire.agent.id, ids, ctx.now())
        })
        .collect();
    insert_files(tx, files.as_flattened()).await?;
    let entries: Vec<_> = hires
        .iter()
        .zip(&files)
        .zip(&posts)
        .map(|((hire, [development, ..]), (_, post))| Entry {
            id: ctx.new_id(),
            file: development.id,
            effective_on: hire.agent.hired_on,
            recorded_at: ctx.now(),
            recorded_by: None,
            source: hire.source,
            evidence: Vec::new(),
            payload: Payload::CareerEvent(CareerEvent::of_assignment(None, post)),
            corrects: None,
        })
        .collect();
    append_entries(tx, &entries, ctx.actor()).await
}

fn first_post(ctx: &Ctx, hire: &Hire) -> Assignment {
    let Agent { site, team, post, .. } = &hire.agent;
    Assignment {
        id: ctx.new_id(),
        primary: true,
        post: post.clone(),
        level: None,
        site: *site,
        team: *team,
        superior: hire.superior,
        from: hire.from,
        until: None,
        reason: AssignmentReason::Hire,
        decision: hire.decision.clone(),
    }
}

async fn insert_profiles(tx: &TenantTx, hires: &[Hire], now: Timestamp) -> Result<(), DbError> {
    let rows = hires.iter().map(|hire| {
        let Agent {
            id,
            number,
            display_name,
            site,
            team,
            post,
            status,
            hired_on,
            left_on,
            languages,
        } = &hire.agent;
        json!({"id": id.uuid(), "number": number, "display_name": display_name, "site_id": site.uuid(),
               "team_id": team.map(|it| it.uuid()), "post": post, "status": status,
               "hired_on": hired_on, "left_on": left_on, "languages": languages,
               "external_ids": hire.external_ids})
    });
    tx.run(
        "insert into app.agent (tenant_id, id, number, display_name, site_id, team_id, post, status, hired_on,
                                left_on, languages, external_ids, created_at, updated_at)
         select $1, r.id, r.number, r.display_name, r.site_id, r.team_id, r.post, r.status, r.hired_on,
                r.left_on, r.languages, r.external_ids, $3, $3
         from jsonb_to_recordset($2) as r(id uuid, number text, display_name text, site_id uuid, team_id uuid,
              post text, status text, hired_on date, left_on date, languages text[], external_ids jsonb)",
        params![tx.tenant(), Json::Array(rows.collect()), now],
    )
    .await?;
    Ok(())
}

async fn insert_contracts(tx: &TenantTx, hires: &[Hire]) -> Result<(), DbError> {
    let rows = hires.iter().map(|hire| {
        let Contract { id, kind, weekly_min_seconds, weekly_max_seconds, from, until } =
            &hire.contract;
        json!({"id": id.uuid(), "agent_id": hire.agent.id.uuid(), "kind": kind,
               "weekly_min_seconds": weekly_min_seconds, "weekly_max_seconds": weekly_max_seconds,
               "valid_from": from, "valid_until": until})
    });
    tx.run(
        "insert into app.contract (tenant_id, id, agent_id, kind, weekly_min_seconds, weekly_max_seconds,
                                   valid_from, valid_until)
         select $1, r.id, r.agent_id, r.kind, r.weekly_min_seconds, r.weekly_max_seconds, r.valid_from,
                r.valid_until
         from jsonb_to_recordset($2) as r(id uuid, agent_id uuid, kind text, weekly_min_seconds int,
              weekly_max_seconds int, valid_from date, valid_until date)",
        params![tx.tenant(), Json::Array(rows.collect())],
    )
    .await?;
    Ok(())
}

/// Writes posts of agents.
///
/// # Errors
/// What the database says; one that overlaps another of its agent as constraint.
pub async fn insert_assignments(
    tx: &TenantTx,
    posts: &[(AgentId, Assignment)],
) -> Result<(), DbError> {
    let rows = posts.iter().map(|(agent, post)| {
        json!({"id": post.id.uuid(), "agent_id": agent.uuid(), "post": post.post,
               "site_id": post.site.uuid(), "team_id": post.team.map(|it| it.uuid()),
               "superior_user_id": post.superior.map(|it| it.uuid()), "reason": post.reason,
               "decision": post.decision, "valid_from": post.from, "valid_until": post.until})
    });
    tx.run(
        "insert into app.assignment (tenant_id, id, agent_id, post, site_id, team_id, superior_user_id, reason,
                                     decision, valid_from, valid_until)
         select $1, r.id, r.agent_id, r.post, r.site_id, r.team_id, r.superior_user_id, r.reason, r.decision,
                r.valid_from, r.valid_until
         from jsonb_to_recordset($2) as r(id uuid, agent_id uuid, post text, site_id uuid, team_id uuid,
              superior_user_id uuid, reason text, decision text, valid_from timestamptz,
              valid_until timestamptz)",
        params![tx.tenant(), Json::Array(rows.collect())],
    )
    .await?;
    Ok(())
}

/// Ends the running post where `closed` says. Says whether it was still running.
///
/// # Errors
/// What the database says.
pub async fn close_assignment(tx: &TenantTx, closed: &Assignment) -> Result<bool, DbError> {
    let rows = tx
        .run(
            "update app.assignment set valid_until = $3
             where tenant_id = $1 and id = $2 and valid_until is null",
            params![tx.tenant(), closed.id, closed.until],
        )
        .await?;
    Ok(rows == 1)
}

/// Brings agents to the post, site and team that they hold at `now`. A move with a later instant
/// waits in the assignments until then; this is what carries it out. Gives the number of agents that
/// changed.
///
/// # Errors
/// What the database says.
pub async fn apply_assignments(tx: &TenantTx, now: Timestamp) -> Result<u64, DbError> {
    tx.run(
        "update app.agent a
         set post = s.post, site_id = s.site_id, team_id = s.team_id, updated_at = $2, version = a.version + 1
         from app.assignment s
         where a.tenant_id = $1 and s.tenant_id = $1 and s.agent_id = a.id
           and s.valid_from <= $2 and (s.valid_until is null or s.valid_until > $2)
           and (a.post, a.site_id, a.team_id) is distinct from (s.post, s.site_id, s.team_id)",
        params![tx.tenant(), now],
    )
    .await
}

/// Adds skills to agents.
///
/// # Errors
/// What the database says.
pub async fn insert_skills_held(
    tx: &TenantTx,
    skills: &[(AgentId, HeldSkill)],
) -> Result<(), DbError> {
    let rows = skills.iter().map(|(agent, held)| {
        let HeldSkill { skill, grade, valid_until } = held;
        json!({"agent_id": agent.uuid(), "skill_id": skill.uuid(), "grade": grade,
               "valid_until": valid_until})
    });
    tx.run(
        "insert into app.agent_skill (tenant_id, agent_id, skill_id, grade, valid_until)
         select $1, r.agent_id, r.skill_id, r.grade, r.valid_until
         from jsonb_to_recordset($2) as r(agent_id uuid, skill_id uuid, grade smallint, valid_until date)",
        params![tx.tenant(), Json::Array(rows.collect())],
    )
    .await?;
    Ok(())
}

/// Takes all skills of an agent away, before others are set; gives those there were.
///
/// # Errors
/// What the database says.
pub async fn delete_skills_held(
    tx: &TenantTx,
    agent: AgentId,
) -> Result<Vec<AgentSkillView>, DbError> {
    tx.all(
        "delete from app.agent_skill where tenant_id = $1 and agent_id = $2
         returning agent_id, skill_id, grade, valid_until",
        params![tx.tenant(), agent],
    )
    .await
}

/// Puts `agent` in the place of its version `expected`; post, site and team follow the assignments
/// and stay. `external_ids`: `None` keeps them. Says whether `expected` was still the current version.
///
/// # Errors
/// What the database says; a number that is taken as constraint.
pub async fn update_agent(
    tx: &TenantTx,
    agent: &Agent,
    external_ids: Option<&[ExternalId]>,
    expected: i32,
    now: Timestamp,
) -> Result<bool, DbError> {
    let status = serde_json::to_value(agent.status).ok();
    let status = status.as_ref().and_then(Json::as_str).unwrap_or_default();
    let rows = tx
        .run(
            "update app.agent
             set number = $4, display_name = $5, status = $6, left_on = $7, languages = $8,
                 external_ids = coalesce($9, external_ids), updated_at = $10, version = version + 1
             where tenant_id = $1 and id = $2 and version = $3",
            params![
                tx.tenant(),
                agent.id,
                expected,
                agent.number,
                agent.display_name,
                status,
                agent.left_on,
                agent.languages,
                external_ids.map(|ids| json!(ids)),
                now
            ],
        )
        .await?;
    Ok(rows == 1)
}

/// Adds statements of agents about when they can work.
///
/// # Errors
/// What the database says.
pub async fn insert_availability(
    tx: &TenantTx,
    statements: &[(AgentId, Availability)],
) -> Result<(), DbError> {
    let rows = statements.iter().map(|(agent, statement)| {
        let Availability { id, available, pattern, label } = statement;
        let mut row = json!({"id": id.uuid(), "agent_id": agent.uuid(), "available": available,
                             "label": label});
        match pattern {
            AvailabilityPattern::Weekly { weekday, band, from, until } => {
                row["weekdays"] = json!([weekday + 1]);
                row["local_from"] = json!(band.from);
                row["local_until"] = json!(band.to);
                row["valid_from"] = json!(from);
                row["valid_until"] = json!(until);
            }
            AvailabilityPattern::Dated(span) => {
                row["starts_at"] = json!(span.start());
                row["ends_at"] = json!(span.end());
            }
        }
        row
    });
    tx.run(
        "insert into app.availability (tenant_id, id, agent_id, available, label, weekdays, local_from,
                                       local_until, valid_from, valid_until, starts_at, ends_at)
         select $1, r.id, r.agent_id, r.available, r.label, r.weekdays, r.local_from, r.local_until,
                r.valid_from, r.valid_until, r.starts_at, r.ends_at
         from jsonb_to_recordset($2) as r(id uuid, agent_id uuid, available boolean, label text,
              weekdays smallint[], local_from time, local_until time, valid_from date, valid_until date,
              starts_at timestamptz, ends_at timestamptz)",
        params![tx.tenant(), Json::Array(rows.collect())],
    )
    .await?;
    Ok(())
}

/// Takes a statement back; gives it as it was, if there was one.
///
/// # Errors
/// What the database says.
pub async fn delete_availability(
    tx: &TenantTx,
    agent: AgentId,
    id: AvailabilityId,
) -> Result<Option<AvailabilityView>, DbError> {
    tx.one(
        "delete from app.availability where tenant_id = $1 and agent_id = $2 and id = $3
         returning id, agent_id, available, label, weekdays, local_from, local_until, valid_from,
                   valid_until, starts_at, ends_at",
        params![tx.tenant(), agent, id],
    )
    .await
}
