//! What clients say about agents.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined, OneofObject};
use jiff::Timestamp;
use trunkline_domain::{
    agents::{AgentChange, AssignmentReason as Reason, Contract, RawAgent},
    fault::{Fault, Rule},
    id::{AgentId, ContractId, UserId},
    schedules::{AvailabilityPattern, ContractKind as DomainContractKind, TimeBand},
    time::{Span, next_day},
};
use trunkline_infra::agents::ExternalId;

use super::{
    moves::SaidMove,
    service::{SaidChange, SaidHire, SaidSkill},
    types::AgentStatus,
};
use crate::graphql::{Date, DateTime, LanguageTag, LocalTime, parse_id};

/// Kind of a work contract. New values can be added: treat an unknown one as `REGULAR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainContractKind")]
pub enum ContractKind {
    /// Full time, employed by the tenant.
    Regular,
    /// Fewer hours than full time.
    PartTime,
    /// Employed by an agency, works here.
    Dispatched,
    /// Employed by a service provider.
    Outsourced,
    /// Intern.
    Intern,
}

/// Why a person holds another post. New values can be added: treat an unknown one as `TRANSFER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Reason")]
pub enum AssignmentReason {
    /// First post.
    Hire,
    /// Up the ladder.
    Promotion,
    /// To another site or team.
    Transfer,
    /// Out to another department for a time.
    Rotation,
    /// Won an internal competition.
    InternalCompetition,
    /// Down the ladder.
    Demotion,
    /// Back to the former post.
    Return,
}

/// Id of the same thing in another system.
#[derive(Debug, InputObject)]
pub struct ExternalIdInput {
    /// System key, as configured under integrations, e.g. `acd:avaya-1`.
    pub source: String,
    /// The id there.
    pub value: String,
}

fn external_ids(said: Vec<ExternalIdInput>, path: &str) -> Result<Vec<ExternalId>, Fault> {
    let fits = |text: &str| (1..=100).contains(&text.trim().chars().count());
    if said.len() > 20 || said.iter().any(|id| !fits(&id.source) || !fits(&id.value)) {
        return Err(Fault::invalid(path, Rule::ExternalIds));
    }
    let ids = said.into_iter().map(|ExternalIdInput { source, value }| ExternalId {
        source: source.trim().to_owned(),
        value: value.trim().to_owned(),
    });
    Ok(ids.collect())
}

/// A skill and how well it is held.
#[derive(Debug, InputObject)]
pub struct AgentSkillInput {
    /// The skill.
    pub skill_id: ID,
    /// Grade, 1 (beginner) to 5 (expert).
    pub grade: i32,
    /// Last date on which it counts; absent = no end.
    pub expires_on: Option<Date>,
}

fn skills(said: Vec<AgentSkillInput>) -> Result<Vec<SaidSkill>, Fault> {
    said.into_iter()
        .enumerate()
        .map(|(at, AgentSkillInput { skill_id, grade, expires_on })| {
            let skill = parse_id(&skill_id, &format!("skills.{at}.skillId"))?;
            Ok(SaidSkill { skill, grade, valid_until: expires_on.map(|date| date.0) })
        })
        .collect()
}

/// A work contract; it begins with the first day of employment.
#[derive(Debug, InputObject)]
pub struct ContractInput {
    /// Kind. `PART_TIME` has shifts of 4 to 6 h, every other kind shifts as long as the work rules let them be; of all of them overtime begins above 8 h a day and above `weeklyMaxSeconds`. Work rules of a kind, a team or an agent narrow this.
    #[graphql(default_with = "ContractKind::Regular")]
    pub kind: ContractKind,
    /// Fewest paid seconds of a week.
    #[graphql(default = 0)]
    pub weekly_min_seconds: i32,
    /// Most paid seconds of a week.
    #[graphql(default = 144_000)]
    pub weekly_max_seconds: i32,
    /// Last day; absent = no end.
    pub ends_on: Option<Date>,
}

/// A new agent.
#[derive(Debug, InputObject)]
pub struct AgentCreateInput {
    /// Number in the company, unique in the tenant.
    pub number: String,
    /// Name shown to colleagues.
    pub display_name: String,
    /// Home site.
    pub site_id: ID,
    /// Team of the site; absent = none.
    pub team_id: Option<ID>,
    /// Code of the post.
    #[graphql(default_with = r#""agent".to_owned()"#)]
    pub post: String,
    /// First day in the company.
    pub hired_on: Date,
    /// Languages spoken with customers.
    #[graphql(default)]
    pub languages: Vec<LanguageTag>,
    /// Skills.
    #[graphql(default)]
    pub skills: Vec<AgentSkillInput>,
    /// Ids in other systems.
    #[graphql(default)]
    pub external_ids: Vec<ExternalIdInput>,
    /// Work contract.
    pub contract: ContractInput,
    /// Direct superior: a user.
    pub superior_id: Option<ID>,
    /// Reference of the decision to hire.
    pub decision: Option<String>,
}

impl AgentCreateInput {
    pub(super) fn parse(self, contract_id: ContractId) -> Result<SaidHire, Fault> {
        let Self {
            number,
            display_name,
            site_id,
            team_id,
            post,
            hired_on,
            languages,
            skills: said,
            external_ids: ids,
            contract,
            superior_id,
            decision,
        } = self;
        let ContractInput { kind, weekly_min_seconds, weekly_max_seconds, ends_on } = contract;
        Ok(SaidHire {
            raw: RawAgent {
                number,
                display_name,
                site: parse_id(&site_id, "siteId")?,
                team: team_id.map(|id| parse_id(&id, "teamId")).transpose()?,
                post,
                hired_on: hired_on.0,
                languages: languages.into_iter().map(|tag| tag.0).collect(),
            },
            contract: Contract {
                id: contract_id,
                kind: kind.into(),
                weekly_min_seconds: weekly_min_seconds.into(),
                weekly_max_seconds: weekly_max_seconds.into(),
                from: hired_on.0,
                until: ends_on.map(|last| next_day(last.0)),
            },
            skills: skills(said)?,
            external_ids: external_ids(ids, "externalIds")?,
            superior: superior_id.map(|id| parse_id(&id, "superiorId")).transpose()?,
            decision,
        })
    }
}

/// Change of an agent; a field left out stays, a field set to `null` is cleared. Post, site and team
/// are changed by `agentMove`.
#[derive(Debug, InputObject)]
pub struct AgentUpdateInput {
    /// The agent.
    pub agent_id: ID,
    /// Version the caller has seen.
    pub expected_version: Option<i32>,
    /// New number.
    pub number: Option<String>,
    /// New name.
    pub display_name: Option<String>,
    /// New state; who has left needs `leftOn`.
    pub status: Option<AgentStatus>,
    /// Last day in the company; `null` clears it.
    pub left_on: MaybeUndefined<Date>,
    /// All languages spoken with customers.
    pub languages: Option<Vec<LanguageTag>>,
    /// All skills.
    pub skills: Option<Vec<AgentSkillInput>>,
    /// All ids in other systems.
    pub external_ids: Option<Vec<ExternalIdInput>>,
}

impl AgentUpdateInput {
    pub(super) fn parse(self) -> Result<(AgentId, SaidChange), Fault> {
        let Self {
            agent_id,
            expected_version,
            number,
            display_name,
            status,
            left_on,
            languages,
            skills: said,
            external_ids: ids,
        } = self;
        let change = AgentChange {
            number,
            display_name,
            status: status.map(Into::into),
            left_on: given(left_on).map(|it| it.map(|date| date.0)),
            languages: languages.map(|tags| tags.into_iter().map(|tag| tag.0).collect()),
        };
        let skills = said.map(skills).transpose()?;
        let external_ids = ids.map(|ids| external_ids(ids, "externalIds")).transpose()?;
        let change = SaidChange { expected_version, change, skills, external_ids };
        Ok((parse_id(&agent_id, "agentId")?, change))
    }
}

/// `None` = left out, inner `None` = set to `null`.
fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// Another post, site, team or superior, from an instant on; a field left out stays.
#[derive(Debug, InputObject)]
pub struct AgentMoveInput {
    /// The agent.
    pub agent_id: ID,
    /// Version the caller has seen.
    pub expected_version: Option<i32>,
    /// First instant of the new post; after the present one began.
    pub effective_at: DateTime,
    /// New post.
    pub post: Option<String>,
    /// New site.
    pub site_id: Option<ID>,
    /// New team of that site; `null` = none. A change of site without a team leaves none.
    pub team_id: MaybeUndefined<ID>,
    /// New direct superior, a user; `null` = none.
    pub superior_id: MaybeUndefined<ID>,
    /// Why.
    pub reason: AssignmentReason,
    /// Reference of the decision.
    pub decision: Option<String>,
}

impl AgentMoveInput {
    pub(super) fn parse(self) -> Result<(AgentId, SaidMove), Fault> {
        let Self {
            agent_id,
            expected_version,
            effective_at,
            post,
            site_id,
            team_id,
            superior_id,
            reason,
            decision,
        } = self;
        let optional = |id: Option<ID>| -> Result<Option<UserId>, Fault> {
            id.map(|id| parse_id(&id, "superiorId")).transpose()
        };
        let team = given(team_id)
            .map(|id| id.map(|id| parse_id(&id, "teamId")).transpose())
            .transpose()?;
        let said = SaidMove {
            expected_version,
            effective_at: effective_at.0,
            post,
            site: site_id.map(|id| parse_id(&id, "siteId")).transpose()?,
            team,
            superior: given(superior_id).map(optional).transpose()?,
            reason: reason.into(),
            decision,
        };
        Ok((parse_id(&agent_id, "agentId")?, said))
    }
}

/// Every week, local wall time of the agent's site.
#[derive(Debug, InputObject)]
pub struct WeeklyTimeInput {
    /// ISO weekdays: 1 is Monday, 7 is Sunday.
    pub weekdays: Vec<i32>,
    /// From when.
    pub starts: LocalTime,
    /// Until when; before `starts` = over midnight, equal = the whole day.
    pub ends: LocalTime,
    /// First date; absent = since ever.
    pub starts_on: Option<Date>,
    /// Last date; absent = until further notice.
    pub ends_on: Option<Date>,
}

/// Once, half-open.
#[derive(Debug, InputObject)]
pub struct OnceInput {
    /// Start, inclusive.
    pub starts_at: DateTime,
    /// End, exclusive; after `startsAt`.
    pub ends_at: DateTime,
}

/// Exactly one of the two.
#[derive(Debug, OneofObject)]
pub enum AvailabilityTimeInput {
    /// Every week.
    Weekly(WeeklyTimeInput),
    /// Once.
    Once(OnceInput),
}

impl AvailabilityTimeInput {
    fn parse(self) -> Result<Vec<AvailabilityPattern>, Fault> {
        match self {
            Self::Once(OnceInput { starts_at, ends_at }) => {
                let (from, until): (Timestamp, Timestamp) = (starts_at.0, ends_at.0);
                let span = Span::new(from, until)
                    .ok_or_else(|| Fault::invalid("when.once.endsAt", Rule::AfterTheStart))?;
                Ok(vec![AvailabilityPattern::Dated(span)])
            }
            Self::Weekly(WeeklyTimeInput { weekdays, starts, ends, starts_on, ends_on }) => {
                if !(1..=7).contains(&weekdays.len()) {
                    return Err(Fault::invalid("when.weekly.weekdays", Rule::Weekdays));
                }
                let band = TimeBand { from: starts.0, to: ends.0 };
                let (from, until) = (starts_on.map(|date| date.0), ends_on.map(|date| date.0));
                let patterns = weekdays.into_iter().map(|weekday| {
                    // What is no weekday becomes one that the check refuses.
                    let weekday = u8::try_from(weekday - 1).unwrap_or(u8::MAX);
                    AvailabilityPattern::Weekly { weekday, band, from, until }
                });
                Ok(patterns.collect())
            }
        }
    }
}

/// When an agent can or cannot work.
#[derive(Debug, InputObject)]
pub struct AvailabilityAddInput {
    /// The agent.
    pub agent_id: ID,
    /// Can work then, or cannot. An agent with any "can" works only inside those; "cannot" wins.
    pub available: bool,
    /// Why, such as the name of a class; 1 to 100 characters.
    pub label: String,
    /// When.
    pub when: AvailabilityTimeInput,
}

impl AvailabilityAddInput {
    pub(super) fn parse(self) -> Result<(AgentId, bool, String, Vec<AvailabilityPattern>), Fault> {
        let Self { agent_id, available, label, when } = self;
        Ok((parse_id(&agent_id, "agentId")?, available, label, when.parse()?))
    }
}

/// Takes a statement about availability back.
#[derive(Debug, InputObject)]
pub struct AvailabilityRemoveInput {
    /// The statement.
    pub availability_id: ID,
}
