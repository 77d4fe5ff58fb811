//! Sets of work rules: reading those that matter for somebody, and setting new ones.

use jiff::{Timestamp, ToSpan as _, civil};
use serde::de::DeserializeOwned;
use trunkline_domain::{
    id::{AgentId, SiteId, TeamId, WorkRulesId},
    schedules::{
        Bounds, ContractKind, ContractTerms, RuleAttachment, RuleBook, RuleContent, RuleSet,
        RuleSubject, RuleUse,
    },
    time::monday_of,
};

use super::plans::contract_changes;
use crate::{
    agents::AgentView,
    ctx::Ctx,
    db::{DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    struct Row {
        id: WorkRulesId,
        site_id: Option<SiteId>,
        contract_kind: Option<String>,
        team_id: Option<TeamId>,
        agent_id: Option<AgentId>,
        number: i32,
        valid_from: civil::Date,
        rules: Json,
        created_at: Timestamp,
    }
}

const COLUMNS: &str = "w.id, w.site_id, w.contract_kind, w.team_id, w.agent_id, w.number, w.valid_from, \
     w.rules, w.created_at";

/// What is set for the network as a whole, kinds of contract in it among that.
const OF_NETWORK: &str = "(w.site_id is null and w.team_id is null and w.agent_id is null)";

impl Row {
    fn set(self) -> Result<RuleSet, DbError> {
        let Self { id, number, valid_from, created_at, .. } = self;
        let kind = self.contract_kind.map(|kind| parse_kind(&kind)).transpose()?;
        let attachment = match (self.agent_id, self.team_id, kind, self.site_id) {
            (Some(agent), ..) => RuleAttachment::Agent(agent),
            (_, Some(team), ..) => RuleAttachment::Team(team),
            (_, _, Some(kind), site) => RuleAttachment::ContractKind { site, kind },
            (.., Some(site)) => RuleAttachment::Site(site),
            _ => RuleAttachment::Network,
        };
        let content = if attachment.is_whole() {
            RuleContent::Whole(stored(id, self.rules)?)
        } else {
            RuleContent::Overlay(stored(id, self.rules)?)
        };
        Ok(RuleSet { id, version: number, attachment, valid_from, set_at: created_at, content })
    }
}

fn stored<T: DeserializeOwned>(id: WorkRulesId, rules: Json) -> Result<T, DbError> {
    serde_json::from_value(rules)
        .map_err(|error| DbError::Internal(format!("work rules {id}: {error}")))
}

fn parse_kind(kind: &str) -> Result<ContractKind, DbError> {
    ContractKind::parse(kind)
        .ok_or_else(|| DbError::Internal(format!("{kind} is no kind of contract")))
}

/// All sets that can have a say about these agents where the rules of a site are the ground: those of
/// the network and the site, of the agents and of their teams. One statement, however many there are.
///
/// # Errors
/// What the database says.
pub async fn load_rule_book(
    tx: &TenantTx,
    site: SiteId,
    agents: &[AgentId],
) -> Result<RuleBook, DbError> {
    let sql = format!(
        "select {COLUMNS} from app.work_rules w
         where w.tenant_id = $1
           and (w.site_id = $2 or {OF_NETWORK} or w.agent_id = any($3)
                or w.team_id in (select a.team_id from app.agent a
                                 where a.tenant_id = $1 and a.id = any($3)))"
    );
    book(tx.all(sql, params![tx.tenant(), site, agents]).await?)
}

/// All sets of a site with its teams and agents, and of the network; of all sites for `None`.
///
/// # Errors
/// What the database says.
pub async fn load_whole_rule_book(
    tx: &TenantTx,
    site: Option<SiteId>,
) -> Result<RuleBook, DbError> {
    let sql = format!(
        "select {COLUMNS} from app.work_rules w
         where w.tenant_id = $1
           and ($2::uuid is null or w.site_id = $2 or {OF_NETWORK}
                or w.team_id in (select t.id from app.team t
                                 where t.tenant_id = $1 and t.site_id = $2)
                or w.agent_id in (select a.id from app.agent a
                                  where a.tenant_id = $1 and a.site_id = $2))"
    );
    book(tx.all(sql, params![tx.tenant(), site]).await?)
}

fn book(rows: Vec<Row>) -> Result<RuleBook, DbError> {
    Ok(RuleBook::new(rows.into_iter().map(Row::set).collect::<Result<Vec<_>, _>>()?))
}

read_model! {
    struct UseRow {
        site_id: SiteId,
        team_id: Option<TeamId>,
        kind: String,
        weekly_min_seconds: Option<i32>,
        weekly_max_seconds: Option<i32>,
        agent_id: Option<AgentId>,
    }
}

/// Whom rules of an attachment concern from a day on: every combination of site, team, kind and hours of
/// a contract that occurs, and each agent with rules of their own. Who has no contract counts as
/// REGULAR, as for [`rule_subjects_of`].
///
/// # Errors
/// What the database says.
pub async fn rule_uses(
    tx: &TenantTx,
    attachment: RuleAttachment,
    from: civil::Date,
) -> Result<Vec<RuleUse>, DbError> {
    let (site, kind, team, agent) = columns(attachment);
    let rows: Vec<UseRow> = tx
        .all(
            "select distinct a.site_id, a.team_id, coalesce(c.kind, $7) as kind,
                    c.weekly_min_seconds, c.weekly_max_seconds,
                    case when a.id = $5 or exists (select from app.work_rules w
                                                   where w.tenant_id = $1 and w.agent_id = a.id)
                         then a.id end as agent_id
             from app.agent a
             left join app.contract c on c.tenant_id = a.tenant_id and c.agent_id = a.id
                  and (c.valid_until is null or c.valid_until > $6)
             where a.tenant_id = $1 and a.status <> 'TERMINATED'
               and ($2::uuid is null or a.site_id = $2) and ($3::text is null or coalesce(c.kind, $7) = $3)
               and ($4::uuid is null or a.team_id = $4) and ($5::uuid is null or a.id = $5)
             order by 1, 2, 3, 4, 5, 6",
            params![tx.tenant(), site, kind, team, agent, from, ContractKind::Regular.as_str()],
        )
        .await?;
    let used = |row: UseRow| {
        let kind = parse_kind(&row.kind)?;
        let hours = row.weekly_min_seconds.zip(row.weekly_max_seconds);
        let contract = hours.map(|(least, most)| {
            ContractTerms::of_hours(kind, Bounds::between(least.into(), most.into()))
        });
        let (site, team, agent) = (Some(row.site_id), row.team_id, row.agent_id);
        let subject = RuleSubject { site, kind: Some(kind), team, agent };
        Ok::<_, DbError>(RuleUse { subject, contract })
    };
    rows.into_iter().map(used).collect()
}

/// Agents as rules are asked for in the week of a day, in the order in which they are given: one
/// statement for all.
///
/// # Errors
/// What the database says.
pub async fn rule_subjects_of(
    tx: &TenantTx,
    agents: &[AgentView],
    on: civil::Date,
) -> Result<Vec<RuleSubject>, DbError> {
    let monday = monday_of(on);
    let week = (monday, monday.saturating_add(6.days()));
    let ids: Vec<AgentId> = agents.iter().map(|agent| agent.id).collect();
    let contracts = contract_changes(tx, &ids, week).await?;
    let subject = |agent: &AgentView| {
        let mut latest_first = contracts.get(&agent.id).into_iter().flatten().rev();
        let terms = latest_first.find(|(from, _)| *from <= monday);
        RuleSubject {
            site: Some(agent.site_id),
            kind: Some(terms.map_or(ContractKind::Regular, |(_, terms)| terms.kind)),
            team: agent.team_id,
            agent: Some(agent.id),
        }
    };
    Ok(agents.iter().map(subject).collect())
}

/// Site, kind of contract, team and agent of an attachment, as they are stored.
fn columns(
    attachment: RuleAttachment,
) -> (Option<SiteId>, Option<&'static str>, Option<TeamId>, Option<AgentId>) {
    match attachment {
        RuleAttachment::Network => (None, None, None, None),
        RuleAttachment::Site(site) => (Some(site), None, None, None),
        RuleAttachment::ContractKind { site, kind } => (site, Some(kind.as_str()), None, None),
        RuleAttachment::Team(team) => (None, None, Some(team), None),
        RuleAttachment::Agent(agent) => (None, None, None, Some(agent)),
    }
}

/// Sets the rules of an attachment from a day on; gives their number.
///
/// # Errors
/// What the database says; [`DbError::Collision`] when another set got the number meanwhile.
pub async fn insert_work_rules(
    tx: &TenantTx,
    ctx: &Ctx,
    id: WorkRulesId,
    attachment: RuleAttachment,
    valid_from: civil::Date,
    content: &RuleContent,
) -> Result<i32, DbError> {
    let rules = match content {
        RuleContent::Whole(limits) => serde_json::to_value(limits),
        RuleContent::Overlay(changes) => serde_json::to_value(changes),
    };
    let rules = rules.map_err(|error| DbError::Internal(format!("work rules {id}: {error}")))?;
    let (site, kind, team, agent) = columns(attachment);
    let number = tx
        .scalar(
            "insert into app.work_rules (tenant_id, id, site_id, contract_kind, team_id, agent_id,
                                         number, valid_from, rules, created_by, created_at)
             select $1, $2, $3, $4, $5, $6, coalesce(max(w.number), 0) + 1, $7, $8, $9, $10
             from app.work_rules w
             where w.tenant_id = $1 and w.site_id is not distinct from $3
               and w.contract_kind is not distinct from $4 and w.team_id is not distinct from $5
               and w.agent_id is not distinct from $6
             returning number as value",
            params![
                tx.tenant(),
                id,
                site,
                kind,
                team,
                agent,
                valid_from,
                rules,
                ctx.actor(),
                ctx.now()
            ],
        )
        .await
        .map_err(|error| {
            // Nobody gave the number, so nobody can mend it.
            let is_taken = error.constraint() == Some("work_rules_number_unique");
            if is_taken { DbError::Collision } else { error }
        })?;
    Ok(number.unwrap_or(1))
}
