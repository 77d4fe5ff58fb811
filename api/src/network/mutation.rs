use async_graphql::{Context, Object, SimpleObject};

use super::{
    Queue, Site, Skill, Team,
    inputs::{
        QueueCreateInput, QueueGoalSetInput, QueueStaffingSetInput, SiteCreateInput,
        SiteUpdateInput, SkillCreateInput, TeamCreateInput,
    },
    service::{change_site, create_queue, create_site, create_skill, create_team, set_goal},
    settings::change_settings,
    settings_types::{TenantSettings, TenantSettingsSetInput},
    staffing::set_staffing,
    week_types::{QueueWeek, QueueWeekSetInput, QueueWeekSetPayload},
    weeks::set_week,
};
use crate::graphql::{Operation, UserError, parse_id};

/// Declares the payload of a mutation that gives one thing.
macro_rules! payload {
    ($name:ident, $field:ident: $ty:ty, $doc:literal, $field_doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, SimpleObject)]
        pub struct $name {
            #[doc = $field_doc]
            pub $field: Option<$ty>,
            /// Why it was refused. Empty means done.
            pub user_errors: Vec<UserError>,
        }
    };
}
payload!(SiteCreatePayload, site: Site, "Outcome of making a site.", "The site. `null` when refused.");
payload!(SiteUpdatePayload, site: Site, "Outcome of a change of a site.",
    "The site as it stands now; on STALE_VERSION the current one. `null` when refused otherwise.");
payload!(TeamCreatePayload, team: Team, "Outcome of making a team.", "The team. `null` when refused.");
payload!(SkillCreatePayload, skill: Skill, "Outcome of making a skill.", "The skill. `null` when refused.");
payload!(QueueCreatePayload, queue: Queue, "Outcome of making a queue.", "The queue. `null` when refused.");
payload!(QueueGoalSetPayload, queue: Queue, "Outcome of setting a goal.",
    "The queue with the goal in force now. `null` when refused.");
payload!(QueueStaffingSetPayload, queue: Queue, "Outcome of a change of a queue's staffing.",
    "The queue as it stands now. `null` when refused.");
payload!(TenantSettingsSetPayload, settings: TenantSettings, "Outcome of a decision of the tenant.",
    "All that holds now. `null` when refused.");

/// Changing the network.
#[derive(Debug, Default)]
pub struct NetworkMutation;

#[Object]
impl NetworkMutation {
    /// Makes a site. Head office sees it at once in every query over all sites.
    /// Errors: FORBIDDEN, INVALID_VALUE, DUPLICATE.
    async fn site_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] input: SiteCreateInput,
    ) -> async_graphql::Result<SiteCreatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(raw) => create_site(&operation.app, &write, raw).await,
            Err(fault) => Err(fault.into()),
        };
        let (site, user_errors) = operation.settle(outcome)?;
        Ok(SiteCreatePayload { site: site.map(Site), user_errors })
    }

    /// Changes a site; a field left out stays.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE, INVALID_STATE, STALE_VERSION, DUPLICATE.
    async fn site_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: SiteUpdateInput,
    ) -> async_graphql::Result<SiteUpdatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let site_id = parse_id(&input.site_id, "siteId").ok();
        let outcome = match input.parse() {
            Ok((id, change)) => change_site(&operation.app, &write, id, change).await,
            Err(fault) => Err(fault.into()),
        };
        let (changed, user_errors) = operation.settle(outcome)?;
        let site = match (changed, site_id) {
            (Some(site), _) => Some(Site(site)),
            (None, Some(id)) if UserError::any_stale(&user_errors) => {
                // The version in memory may be the stale one.
                operation.app.forget_directory(&write).await;
                Site::visible(operation, id).await.map_err(|error| operation.fail(error))?
            }
            (None, _) => None,
        };
        Ok(SiteUpdatePayload { site, user_errors })
    }

    /// Makes a team of a site.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE, DUPLICATE.
    async fn team_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The team.")] input: TeamCreateInput,
    ) -> async_graphql::Result<TeamCreatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(new) => create_team(&operation.app, &write, new).await,
            Err(fault) => Err(fault.into()),
        };
        let (team, user_errors) = operation.settle(outcome)?;
        Ok(TeamCreatePayload { team: team.map(Team), user_errors })
    }

    /// Makes a skill.
    /// Errors: FORBIDDEN, INVALID_VALUE, DUPLICATE.
    async fn skill_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The skill.")] input: SkillCreateInput,
    ) -> async_graphql::Result<SkillCreatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let SkillCreateInput { code, name_en, name_zh } = input;
        let outcome = create_skill(&operation.app, &write, &code, &name_en, &name_zh).await;
        let (skill, user_errors) = operation.settle(outcome)?;
        Ok(SkillCreatePayload { skill: skill.map(Skill), user_errors })
    }

    /// Makes a queue, shared when several sites take its contacts.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE, DUPLICATE.
    async fn queue_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queue.")] input: QueueCreateInput,
    ) -> async_graphql::Result<QueueCreatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(new) => create_queue(&operation.app, &write, new).await,
            Err(fault) => Err(fault.into()),
        };
        let (queue, user_errors) = operation.settle(outcome)?;
        Ok(QueueCreatePayload { queue: queue.map(Queue), user_errors })
    }

    /// Gives a queue another goal from an instant on; figures of before keep theirs. Requirements have the
    /// least agents that keep all that it limits. The goal of a shared queue is set by who may write to all
    /// its sites.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn queue_goal_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The goal.")] input: QueueGoalSetInput,
    ) -> async_graphql::Result<QueueGoalSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse(write.now()) {
            Ok((id, goal)) => set_goal(&operation.app, &write, id, goal).await,
            Err(fault) => Err(fault.into()),
        };
        let (queue, user_errors) = operation.settle(outcome)?;
        Ok(QueueGoalSetPayload { queue: queue.map(Queue), user_errors })
    }

    /// Sets the least staff, shrinkage and patience of a queue from now on. Those of a shared queue are set by
    /// who may write to all its sites.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE, STALE_VERSION.
    async fn queue_staffing_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: QueueStaffingSetInput,
    ) -> async_graphql::Result<QueueStaffingSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok((id, change)) => set_staffing(&operation.app, &write, id, change).await,
            Err(fault) => Err(fault.into()),
        };
        let (queue, user_errors) = operation.settle(outcome)?;
        Ok(QueueStaffingSetPayload { queue: queue.map(Queue), user_errors })
    }

    /// Sets by weekday and time of day the least staff, shrinkage and seniors of a queue, from a local day on. What
    /// is computed later uses it; a requirement that is computed already keeps what it was computed with. Those of
    /// a shared queue are set by who may write to all its sites.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn queue_week_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What differs, and from when on.")] input: QueueWeekSetInput,
    ) -> async_graphql::Result<QueueWeekSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => set_week(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (week, user_errors) = operation.settle(outcome)?;
        Ok(QueueWeekSetPayload { week: week.map(QueueWeek::from), user_errors })
    }

    /// Decides for the whole tenant, at once. A field left out stays.
    /// Errors: FORBIDDEN, INVALID_VALUE.
    async fn tenant_settings_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to decide.")] input: TenantSettingsSetInput,
    ) -> async_graphql::Result<TenantSettingsSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = change_settings(&operation.app, &write, input.parse()).await;
        let (settings, user_errors) = operation.settle(outcome)?;
        Ok(TenantSettingsSetPayload { settings: settings.map(TenantSettings), user_errors })
    }
}
