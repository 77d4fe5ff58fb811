use async_graphql::{Context, ID, Object};
use trunkline_domain::{
    id::{QueueId, SiteId, SkillId},
    identity::{Permission, Target},
};
use trunkline_infra::network::{QueueView, SiteView, SkillView, TeamView};

use super::{ServiceLevelMethod, SiteState, lines_fields::QueueLines};
use crate::{
    error::Outcome,
    graphql::{DateTime, Operation, TimeZone, show_id},
    schedules::SiteSeats,
};

/// A place where agents work; owns the time zone of its schedules.
#[derive(Debug, Clone)]
pub struct Site(pub SiteView);

impl Site {
    /// The site, if the caller may see it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn visible(operation: &Operation, id: SiteId) -> Outcome<Option<Self>> {
        let directory = operation.directory().await?;
        let reach = operation.reach(Permission::NetworkRead);
        Ok(directory.site(id).filter(|_| reach.contains(&Target::site(id))).cloned().map(Self))
    }
}

/// A place where agents work; owns the time zone of its schedules.
#[Object]
impl Site {
    /// Global id, prefix `sit_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Short code, unique in the tenant.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// Name in the caller's language.
    async fn name(&self, ctx: &Context<'_>) -> async_graphql::Result<&str> {
        Ok(Operation::of(ctx)?.language.pick(&self.0.name_en, &self.0.name_zh))
    }
    /// Zone in which local dates and times of this site are read.
    async fn time_zone(&self) -> TimeZone {
        TimeZone(self.0.time_zone.clone())
    }
    /// Where it stands.
    async fn state(&self) -> SiteState {
        match self.0.state.as_str() {
            "PLANNED" => SiteState::Planned,
            "PAUSED" => SiteState::Paused,
            "CLOSED" => SiteState::Closed,
            _ => SiteState::Open,
        }
    }
    /// Teams of the site.
    async fn teams(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Team>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        let teams = directory.teams.iter().filter(|team| team.site_id == self.0.id);
        Ok(teams.cloned().map(Team).collect())
    }
    /// How many people can sit here at once, by the day from which on that holds. Empty = always enough.
    async fn seats(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<SiteSeats>> {
        let operation = Operation::of(ctx)?;
        let rows = operation.seats_of(self.0.id).await.map_err(|error| operation.fail(error))?;
        Ok(rows.into_iter().map(SiteSeats::from).collect())
    }
    /// Set once when it was made.
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

/// A team of agents at one site.
#[derive(Debug, Clone)]
pub struct Team(pub TeamView);

/// A team of agents at one site.
#[Object]
impl Team {
    /// Global id, prefix `tem_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Short code, unique at its site.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// Name in the caller's language.
    async fn name(&self, ctx: &Context<'_>) -> async_graphql::Result<&str> {
        Ok(Operation::of(ctx)?.language.pick(&self.0.name_en, &self.0.name_zh))
    }
}

/// A kind of work that can be routed.
#[derive(Debug, Clone)]
pub struct Skill(pub SkillView);

impl Skill {
    /// The skill, if the caller may see anything of the network: skills are those of all sites.
    ///
    /// # Errors
    /// What the database says.
    pub async fn visible(operation: &Operation, id: SkillId) -> Outcome<Option<Self>> {
        let directory = operation.directory().await?;
        let reach = operation.reach(Permission::NetworkRead);
        Ok(directory.skill(id).filter(|_| !reach.is_empty()).cloned().map(Self))
    }
}

/// A kind of work that can be routed.
#[Object]
impl Skill {
    /// Global id, prefix `skl_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Short code, unique in the tenant.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// Name in the caller's language.
    async fn name(&self, ctx: &Context<'_>) -> async_graphql::Result<&str> {
        Ok(Operation::of(ctx)?.language.pick(&self.0.name_en, &self.0.name_zh))
    }
}

/// A stream of contacts, served by one site or shared by several.
#[derive(Debug, Clone)]
pub struct Queue(pub QueueView);

impl Queue {
    /// The queue, if the caller may see one of its sites.
    ///
    /// # Errors
    /// What the database says.
    pub async fn visible(operation: &Operation, id: QueueId) -> Outcome<Option<Self>> {
        let directory = operation.directory().await?;
        Ok(directory.queue(id).filter(|queue| Self::seen(operation, queue)).cloned().map(Self))
    }

    /// Whether the caller may see the queue.
    #[must_use]
    pub fn seen(operation: &Operation, queue: &QueueView) -> bool {
        let reach = operation.reach(Permission::NetworkRead);
        reach.network || queue.site_ids.iter().any(|site| reach.sites.contains(site))
    }
}

/// A stream of contacts, served by one site or shared by several.
#[Object]
impl Queue {
    /// Global id, prefix `que_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Short code, unique in the tenant.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// Name in the caller's language.
    async fn name(&self, ctx: &Context<'_>) -> async_graphql::Result<&str> {
        Ok(Operation::of(ctx)?.language.pick(&self.0.name_en, &self.0.name_zh))
    }
    /// Zone in which its local days are counted.
    async fn time_zone(&self) -> TimeZone {
        TimeZone(self.0.time_zone.clone())
    }
    /// Length of its intervals in seconds.
    async fn interval_seconds(&self) -> i32 {
        self.0.grain_minutes * 60
    }
    /// Sites that take its contacts, as far as the caller may see them.
    async fn sites(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Site>> {
        let operation = Operation::of(ctx)?;
        let mut sites = Vec::new();
        for id in &self.0.site_ids {
            let site =
                Site::visible(operation, *id).await.map_err(|error| operation.fail(error))?;
            sites.extend(site);
        }
        Ok(sites)
    }
    /// Skill that an agent must have to take its contacts. `null` = any agent.
    async fn skill(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Skill>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        Ok(self.0.skill_id.and_then(|id| directory.skill(id)).cloned().map(Skill))
    }
    /// Seconds in which a contact is to be answered. `null` without a goal.
    async fn threshold_seconds(&self) -> Option<i32> {
        self.0.threshold_seconds
    }
    /// What contacts in time are divided by. `null` without a goal.
    async fn service_level_method(&self) -> Option<ServiceLevelMethod> {
        let code = self.0.method.as_deref()?;
        trunkline_domain::kpis::ServiceLevelMethod::from_code(code).map(Into::into)
    }
    /// Seconds within which giving up is a short abandon. `null` without a goal.
    async fn short_abandon_seconds(&self) -> Option<i32> {
        self.0.short_abandon_seconds
    }
    /// Least number of agents on the phone while it is open.
    async fn minimum_staff(&self) -> i32 {
        self.0.minimum_staff
    }
    /// Share of rostered time not worked on the queue, 0 to below 1.
    async fn shrinkage(&self) -> crate::graphql::Decimal {
        self.0.shrinkage.into()
    }
    /// The part of it that no roster shows (sickness, lateness): rosters are made with so many agents more.
    async fn unplanned_shrinkage(&self) -> crate::graphql::Decimal {
        self.0.unplanned_shrinkage.into()
    }
    /// Mean patience of callers in seconds. `null` = unknown.
    async fn patience_seconds(&self) -> Option<crate::graphql::Decimal> {
        self.0.patience_seconds.map(Into::into)
    }
    /// Code of the training that an agent must have passed to take its contacts; set with `queueTrainingSet`. `null` = none.
    async fn training(&self) -> Option<&str> {
        self.0.training.as_deref()
    }
    /// Its telephone lines; set with `queueLinesSet`. `null` = nobody has said how many there are.
    async fn lines(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<QueueLines>> {
        let operation = Operation::of(ctx)?;
        let lines = self.0.telephone_lines().map_err(|error| operation.fail(error.into()))?;
        Ok(lines.map(Into::into))
    }
    /// Percent of contacts to be answered within the threshold. `null` without a goal, and for one that sets other limits alone.
    async fn service_level_percent(&self) -> Option<crate::graphql::Decimal> {
        self.0.service_level.map(Into::into)
    }
    /// Most seconds of the mean wait of all offered contacts (ASA) that the goal allows. `null` = no limit.
    async fn max_average_speed_of_answer_seconds(&self) -> Option<i32> {
        self.0.max_asa_seconds
    }
    /// Most percent of callers who hang up that the goal allows. `null` = no limit.
    async fn max_abandonment_percent(&self) -> Option<crate::graphql::Decimal> {
        self.0.max_abandonment.map(Into::into)
    }
    /// Most percent of the agents' time spent on contacts that the goal allows. `null` = no limit.
    async fn max_occupancy_percent(&self) -> Option<crate::graphql::Decimal> {
        self.0.max_occupancy.map(Into::into)
    }
    /// Set once when it was made.
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
