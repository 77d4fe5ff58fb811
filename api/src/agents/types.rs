use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use trunkline_domain::{
    agents::AgentStatus as DomainStatus, archives::FileKind, identity::Permission,
};
use trunkline_infra::agents::{AgentSkillView, AgentView};

use super::{
    availability::{Availability, availability_of},
    private_types::AgentPrivateData,
};

use crate::{
    archives::{PersonalFile, file_of},
    connection,
    graphql::{Date, DateTime, LanguageTag, Operation, show_id},
    network::{Site, Skill, Team},
    schedules::{ScheduleState, Shift, ShiftWish, WorkRules, work_rules_of_agent},
};

/// Employment state of an agent. New values can be added: treat an unknown one as `ACTIVE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainStatus")]
pub enum AgentStatus {
    /// Works and can be scheduled.
    Active,
    /// On long leave; not scheduled.
    OnLeave,
    /// Has left; kept for history.
    Terminated,
}

impl AgentStatus {
    /// The state as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::OnLeave => "ON_LEAVE",
            Self::Terminated => "TERMINATED",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "ON_LEAVE" => Self::OnLeave,
            "TERMINATED" => Self::Terminated,
            _ => Self::Active,
        }
    }
}

/// Id of the same thing in another system.
#[derive(Debug, Clone, SimpleObject)]
pub struct ExternalId {
    /// System key, as configured under integrations, e.g. `acd:avaya-1`.
    pub source: String,
    /// The id there.
    pub value: String,
}

/// A person who handles contacts.
#[derive(Debug, Clone)]
pub struct Agent(pub Arc<AgentView>);

impl Agent {
    async fn file(
        &self,
        ctx: &Context<'_>,
        kind: FileKind,
    ) -> async_graphql::Result<Option<PersonalFile>> {
        let operation = Operation::of(ctx)?;
        file_of(operation, &self.0, kind).await.map_err(|error| operation.fail(error))
    }
}

/// A person who handles contacts.
#[Object]
impl Agent {
    /// Global id, prefix `agt_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Number in the company.
    async fn number(&self) -> &str {
        &self.0.number
    }
    /// Ids of this agent in other systems (ACD login, payroll number).
    async fn external_ids(&self) -> Vec<ExternalId> {
        let ids = self.0.external_ids.as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |value: &serde_json::Value, name: &str| {
            value.get(name).and_then(|it| it.as_str()).unwrap_or_default().to_owned()
        };
        ids.iter()
            .map(|id| ExternalId { source: text(id, "source"), value: text(id, "value") })
            .collect()
    }
    /// Name shown to colleagues.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }
    /// Employment state on the site's current date.
    async fn status(&self) -> AgentStatus {
        AgentStatus::parse(&self.0.status)
    }
    /// Code of the post held.
    async fn post(&self) -> &str {
        &self.0.post
    }
    /// What the agent has said about when work is possible. Empty when the caller may not see it: the agent, the leader of the line, managers and planners of the site and HR do.
    async fn availability(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Availability>> {
        let operation = Operation::of(ctx)?;
        if !operation.reach(Permission::AvailabilityRead).contains(&self.0.target()) {
            return Ok(Vec::new());
        }
        availability_of(operation, self.0.id).await.map_err(|error| operation.fail(error))
    }
    /// What the agent wishes of the days in `[from, to)`, by day; at most 62 days. Empty when the caller may not see it: it is for those who see `availability`.
    async fn shift_wishes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "First date.")] from: Date,
        #[graphql(desc = "Date after the last one.")] to: Date,
    ) -> async_graphql::Result<Vec<ShiftWish>> {
        let operation = Operation::of(ctx)?;
        ShiftWish::of_agent(operation, &self.0, (from, to))
            .await
            .map_err(|error| operation.fail(error))
    }
    /// Last day in the company. `null` for who has not left.
    async fn left_on(&self) -> Option<Date> {
        self.0.left_on.map(Date)
    }
    /// BCP 47 tags of the languages spoken with customers.
    async fn languages(&self) -> Vec<LanguageTag> {
        self.0.languages.iter().cloned().map(LanguageTag).collect()
    }
    /// The personal development file. `null` when the caller may not read it.
    async fn development_file(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<PersonalFile>> {
        self.file(ctx, FileKind::Development).await
    }
    /// The personal quality file. `null` when the caller may not read it.
    async fn quality_file(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<PersonalFile>> {
        self.file(ctx, FileKind::Quality).await
    }
    /// The personal performance file. `null` when the caller may not read it.
    async fn performance_file(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<PersonalFile>> {
        self.file(ctx, FileKind::Performance).await
    }
    /// Home address, national id and emergency contact. `null` when the caller may not even know whether
    /// there are any: leaders of the line, managers of the site and auditors see them covered, the
    /// person and HR in full. API clients never see them.
    async fn private_data(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Whether to read in full, where the caller may: each such reading is written into the audit."
        )]
        reveal: bool,
    ) -> async_graphql::Result<Option<AgentPrivateData>> {
        let operation = Operation::of(ctx)?;
        AgentPrivateData::of(operation, &self.0, reveal).map_err(|error| operation.fail(error))
    }
    /// First day in the company.
    async fn hired_on(&self) -> Date {
        Date(self.0.hired_on)
    }
    /// Home site. `null` when the caller may see the agent but not the site.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let operation = Operation::of(ctx)?;
        Site::visible(operation, self.0.site_id).await.map_err(|error| operation.fail(error))
    }
    /// Team. `null` when the agent is in none.
    async fn team(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Team>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        Ok(self.0.team_id.and_then(|id| directory.team(id)).cloned().map(Team))
    }
    /// Skills valid on the site's current date, best grade first.
    async fn skills(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<AgentSkill>> {
        let operation = Operation::of(ctx)?;
        let skills = operation.skills_of(self.0.id).await.map_err(|error| operation.fail(error))?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        let zone = directory
            .site(self.0.site_id)
            .map_or(jiff::tz::TimeZone::UTC, trunkline_infra::network::SiteView::zone);
        let today = zone.to_datetime(operation.now).date();
        Ok(skills
            .into_iter()
            .filter(|skill| skill.valid_until.is_none_or(|until| today <= until))
            .map(AgentSkill)
            .collect())
    }
    /// Published shifts, and for those who plan at the site drafts too, that overlap `[from, to)`; at most 62 days. Empty when the caller may not see them.
    async fn shifts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
        #[graphql(
            desc = "Which states to return; superseded shifts are never among them.",
            default_with = "vec![ScheduleState::Published]"
        )]
        states: Vec<ScheduleState>,
    ) -> async_graphql::Result<Vec<Shift>> {
        let operation = Operation::of(ctx)?;
        Shift::of_agent(operation, &self.0, (from.0, to.0), &states)
            .await
            .map_err(|error| operation.fail(error))
    }
    /// Work rules that hold for the agent, each with where it comes from. `null` when the caller may not read rules where the agent works.
    async fn work_rules(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; absent = today at the site.")] date: Option<Date>,
    ) -> async_graphql::Result<Option<WorkRules>> {
        let operation = Operation::of(ctx)?;
        work_rules_of_agent(operation, &self.0, date).await.map_err(|error| operation.fail(error))
    }
    /// Set once at import.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
    /// Last change of this record.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
    /// Grows by one with every change; hand it back as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A skill an agent has.
#[derive(Debug, Clone)]
pub struct AgentSkill(AgentSkillView);

/// A skill an agent has.
#[Object]
impl AgentSkill {
    /// The skill.
    async fn skill(&self, ctx: &Context<'_>) -> async_graphql::Result<Skill> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        directory
            .skill(self.0.skill_id)
            .cloned()
            .map(Skill)
            .ok_or_else(|| operation.fail(crate::error::AppError::Unavailable))
    }
    /// Grade, 1 (beginner) to 5 (expert).
    async fn grade(&self) -> i32 {
        i32::from(self.0.grade)
    }
    /// Until when it holds. `null` without an end.
    async fn expires_on(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }
}

connection!(AgentConnection, AgentEdge, Agent, "A page of agents.", "An agent and its cursor.");
