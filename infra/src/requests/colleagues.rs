//! Who could take a shift: members of teams, those whom an offer fits, and those to whom one can be
//! made by name.

use jiff::{Timestamp, civil};
use trunkline_domain::{
    id::{AgentId, SiteId, SkillId, TeamId},
    schedules::SkillNeed,
    time::Span,
};

use super::skill::has_skills;
use crate::{
    db::{DbError, TenantTx},
    identity::{ACCOUNTS, EMPLOYED},
    params, read_model,
};

read_model! {
    struct Row { id: AgentId, }
}

/// Agents of these teams.
///
/// # Errors
/// What the database says.
pub async fn colleagues(tx: &TenantTx, teams: &[TeamId]) -> Result<Vec<AgentId>, DbError> {
    let rows: Vec<Row> = tx
        .all(
            "select id from app.agent
             where tenant_id = $1 and team_id = any($2) and status = 'ACTIVE' order by id",
            params![tx.tenant(), teams],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// An offer to several, as those whom it fits are looked for.
#[derive(Debug)]
pub struct OpenOffer<'a> {
    /// Site of the shift.
    pub site: SiteId,
    /// Who offers, and is told nothing.
    pub proposer: AgentId,
    /// Team of who offers; its members come first.
    pub team: Option<TeamId>,
    /// Teams to which it is made; none = the whole site.
    pub teams: &'a [TeamId],
    /// Skills that the shift asks for.
    pub needs: &'a [SkillNeed],
    /// Date on which the shift counts.
    pub date: civil::Date,
    /// When the shift is.
    pub span: Span,
    /// Whether nothing is given in return; then who works at the time cannot take it.
    pub one_way: bool,
}

/// Up to `most` agents whom an offer fits at `now`, members of the proposer's team first: active and
/// employed, of its site and teams, with the skills of the shift and an account to answer by.
///
/// # Errors
/// What the database says.
pub async fn takers_of(
    tx: &TenantTx,
    offer: &OpenOffer<'_>,
    now: Timestamp,
    most: i64,
) -> Result<Vec<AgentId>, DbError> {
    let OpenOffer { site, proposer, team, teams, needs, date, span, one_way } = offer;
    let skills: Vec<SkillId> = needs.iter().map(|need| need.skill).collect();
    let grades: Vec<i16> = needs.iter().map(|need| i16::from(need.grade)).collect();
    let able = has_skills!(
        "unnest($6::uuid[], $7::smallint[]) as need (skill, grade)",
        "(select k.skill_id as skill, k.grade, k.valid_until as until from app.agent_skill k
          where k.tenant_id = a.tenant_id and k.agent_id = a.id) as held",
        "$8"
    );
    let sql = format!(
        "select a.id {ACCOUNTS}
         where u.tenant_id = $1 and u.state = 'ACTIVE' and a.status = 'ACTIVE' and {EMPLOYED}
           and a.site_id = $2 and a.id <> $4
           and (cardinality($5::uuid[]) = 0 or a.team_id = any($5))
           and {able}
           and not ($9 and exists (
               select from app.shift s
               where s.tenant_id = a.tenant_id and s.agent_id = a.id and s.state = 'PUBLISHED'
                 and s.starts_at < $11 and s.ends_at > $10
                 and s.starts_at > $10::timestamptz - interval '48 hours'))
         order by a.team_id is distinct from $12, a.id limit $13"
    );
    let params = params![
        tx.tenant(),
        *site,
        now,
        *proposer,
        *teams,
        skills,
        grades,
        *date,
        *one_way,
        span.start(),
        span.end(),
        *team,
        most
    ];
    let rows: Vec<Row> = tx.all(sql, params).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

read_model! {
    /// A colleague as an agent knows one.
    pub struct ColleagueView {
        /// Its id.
        pub id: AgentId,
        /// Number in the company.
        pub number: String,
        /// Name shown to colleagues.
        pub display_name: String,
        /// Team.
        pub team_id: Option<TeamId>,
    }
}

/// Whose colleagues are wanted.
#[derive(Debug, Clone)]
pub struct ColleaguesOf {
    /// The agent, who is none of them.
    pub agent: AgentId,
    /// Their site; `None` = any, where shifts are swapped across sites.
    pub site: Option<SiteId>,
    /// Their names begin so, case ignored.
    pub name_starts_with: Option<String>,
}

/// Up to `most` colleagues to whom an offer can be made at `now`, by name.
///
/// # Errors
/// What the database says.
pub async fn list_colleagues(
    tx: &TenantTx,
    of: &ColleaguesOf,
    now: Timestamp,
    most: i64,
) -> Result<Vec<ColleagueView>, DbError> {
    // The wildcards of LIKE are letters here.
    let prefix = of
        .name_starts_with
        .as_ref()
        .map(|text| text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let sql = format!(
        "select a.id, a.number, a.display_name, a.team_id {ACCOUNTS}
         where u.tenant_id = $1 and u.state = 'ACTIVE' and a.status = 'ACTIVE' and {EMPLOYED}
           and a.id <> $2 and ($4::uuid is null or a.site_id = $4)
           and ($5::text is null or lower(a.display_name) like lower($5) || '%')
         order by a.display_name, a.id limit $6"
    );
    tx.all(sql, params![tx.tenant(), of.agent, now, of.site, prefix, most]).await
}
