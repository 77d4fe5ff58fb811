use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use jiff::Timestamp;
use trunkline_domain::{
    identity::Permission,
    schedules::{Activity, ActivityCategory as Category, Assumptions},
};
use trunkline_infra::schedules::{ScheduleView, ShiftView, shifts_of_schedule};

use super::{
    change_types::{ScheduleChange, ScheduleChangeConnection, page_of_changes},
    changes::changes_of_shift,
    compare::exported,
    generation::ScheduleGeneration,
    need_types::ShiftNeed,
    query::plans,
    scenario_types::ScenarioAssumptions,
};
use crate::{
    agents::Agent,
    connection,
    error::{AppError, Outcome},
    graphql::{Date, DateTime, Operation, TimeZone, show_id, wants_count},
    network::Site,
    requests::{Permission as Allowed, ShiftSwap, offer_until},
};

/// Life cycle of scheduled time. New values can be added: treat an unknown one as `SUPERSEDED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ScheduleState {
    /// Being planned; only planners see it.
    Draft,
    /// Visible to the agent.
    Published,
    /// Replaced by a later version; kept for history.
    Superseded,
}

impl ScheduleState {
    pub(super) fn parse(text: &str) -> Self {
        match text {
            "DRAFT" => Self::Draft,
            "PUBLISHED" => Self::Published,
            _ => Self::Superseded,
        }
    }
}

/// Category of scheduled time. New values can be added: treat an unknown one as `OFF_QUEUE_WORK`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Category")]
pub enum ActivityCategory {
    /// Available for contacts.
    OnQueue,
    /// Short break.
    Break,
    /// Meal.
    Meal,
    /// Meeting.
    Meeting,
    /// Training or coaching.
    Training,
    /// Work away from contacts.
    OffQueueWork,
    /// Time off inside the shift.
    TimeOff,
    /// Not available.
    Unavailable,
}

/// A part of a shift, half-open.
#[derive(Debug, SimpleObject)]
pub struct ShiftActivity {
    /// Stable within the shift's version, and on its side of a change.
    pub id: ID,
    /// What is done.
    pub category: ActivityCategory,
    /// Start instant.
    pub starts_at: DateTime,
    /// End instant.
    pub ends_at: DateTime,
    /// Whether the time is paid.
    pub paid: bool,
}

impl ShiftActivity {
    /// What fills a shift, in order; `of` names the shift as it is, or was, in the ids.
    pub(super) fn all(of: &str, parts: Vec<Activity>) -> Vec<Self> {
        let shown = |(index, part): (usize, Activity)| Self {
            id: ID(format!("{of}.{index}")),
            category: part.category.into(),
            starts_at: DateTime(part.span.start()),
            ends_at: DateTime(part.span.end()),
            paid: part.paid,
        };
        parts.into_iter().enumerate().map(shown).collect()
    }
}

/// One working period of one agent, half-open: `[startsAt, endsAt)`.
#[derive(Debug, Clone)]
pub struct Shift(pub Arc<ShiftView>);

impl Shift {
    async fn site_of(&self, operation: &Operation) -> Outcome<Site> {
        let directory = operation.directory().await?;
        directory.site(self.0.site_id).cloned().map(Site).ok_or(AppError::Unavailable)
    }
}

/// One working period of one agent, half-open: `[startsAt, endsAt)`.
#[Object]
impl Shift {
    /// Global id, prefix `shf_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Who works it. `null` while the shift is open, and when the caller may not see that agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.0.agent_id else { return Ok(None) };
        let agent = operation.visible_agent(id, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
    /// Where it is worked.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Site> {
        let operation = Operation::of(ctx)?;
        self.site_of(operation).await.map_err(|error| operation.fail(error))
    }
    /// Start instant.
    async fn starts_at(&self) -> DateTime {
        DateTime(self.0.starts_at)
    }
    /// End instant.
    async fn ends_at(&self) -> DateTime {
        DateTime(self.0.ends_at)
    }
    /// Date on which the shift counts, in the site's zone.
    async fn local_date(&self) -> Date {
        Date(self.0.local_date)
    }
    /// Zone to show the shift in.
    async fn time_zone(&self, ctx: &Context<'_>) -> async_graphql::Result<TimeZone> {
        let operation = Operation::of(ctx)?;
        let site = self.site_of(operation).await.map_err(|error| operation.fail(error))?;
        Ok(TimeZone(site.0.time_zone))
    }
    /// Time that is paid.
    async fn paid_seconds(&self, ctx: &Context<'_>) -> async_graphql::Result<i64> {
        let operation = Operation::of(ctx)?;
        let parts = self.0.parts().map_err(|error| operation.fail(error.into()))?;
        Ok(parts.iter().filter(|part| part.paid).map(|part| part.span.seconds()).sum())
    }
    /// What fills the shift, gap-free and in order.
    async fn activities(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ShiftActivity>> {
        let operation = Operation::of(ctx)?;
        let parts = self.0.parts().map_err(|error| operation.fail(error.into()))?;
        Ok(ShiftActivity::all(&format!("{}.{}", self.0.id, self.0.version), parts))
    }
    /// Skills that it asks of whoever works it. A generated shift asks for those without which a queue would go short.
    async fn needs(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ShiftNeed>> {
        let operation = Operation::of(ctx)?;
        let needs = self.0.needs().map_err(|error| operation.fail(error.into()))?;
        Ok(needs.into_iter().map(ShiftNeed).collect())
    }
    /// Whether agents see it.
    async fn state(&self) -> ScheduleState {
        ScheduleState::parse(&self.0.state)
    }
    /// The running swap of this shift, as far as the caller may see it. `null` when there is none.
    async fn active_swap(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<ShiftSwap>> {
        let operation = Operation::of(ctx)?;
        ShiftSwap::of_shift(operation, &self.0).await.map_err(|error| operation.fail(error))
    }
    /// Whether the caller may offer this shift for a swap now, and if not, why.
    async fn viewer_can_offer(&self, ctx: &Context<'_>) -> async_graphql::Result<Allowed> {
        let operation = Operation::of(ctx)?;
        Allowed::to_offer(operation, &self.0).await.map_err(|error| operation.fail(error))
    }
    /// Until when the caller can offer this shift for a swap: the deadline of its week's work rules and the length of the shift before its start, for an offer stands as long as the shift lasts at least. `null` when it cannot be offered now.
    async fn offer_ends_at(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<DateTime>> {
        let operation = Operation::of(ctx)?;
        let until = offer_until(operation, &self.0).await;
        Ok(until.map_err(|error| operation.fail(error))?.map(DateTime))
    }
    /// Who moved it, gave it away, added it or changed what fills it, and why: latest first, at most 50. What was done before it was published is for those who plan there.
    async fn changes(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ScheduleChange>> {
        let operation = Operation::of(ctx)?;
        let changes = changes_of_shift(operation, &self.0).await;
        let changes = changes.map_err(|error| operation.fail(error))?;
        Ok(changes.into_iter().map(ScheduleChange).collect())
    }
    /// Grows by one with every change; hand it back as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A plan of one site over some days. Many drafts, one published.
#[derive(Debug, Clone)]
pub struct Schedule(pub Arc<ScheduleView>);

/// Longest window in which the shifts of a schedule are listed.
const MOST_DAYS: i64 = 31;

/// A plan of one site over some days. Many drafts, one published.
#[Object]
impl Schedule {
    /// Global id, prefix `sch_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Whose plan. `null` when the caller may not see the site.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let operation = Operation::of(ctx)?;
        Site::visible(operation, self.0.site_id).await.map_err(|error| operation.fail(error))
    }
    /// First day, in the site's zone.
    async fn starts_on(&self) -> Date {
        Date(self.0.starts_on)
    }
    /// Last day, inclusive.
    async fn ends_on(&self) -> Date {
        Date(self.0.ends_on)
    }
    /// Where it stands.
    async fn state(&self) -> ScheduleState {
        ScheduleState::parse(&self.0.state)
    }
    /// Its shifts that overlap `[from, to)`, by start; at most 31 days.
    async fn shifts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
    ) -> async_graphql::Result<Vec<Shift>> {
        let operation = Operation::of(ctx)?;
        let read = async {
            within(from.0, to.0, MOST_DAYS)?;
            let tx = operation.read().await?;
            let shifts = shifts_of_schedule(&tx, &self.0, from.0, to.0).await?;
            Ok(shifts.into_iter().map(|shift| Shift(Arc::new(shift))).collect())
        };
        read.await.map_err(|error| operation.fail(error))
    }
    /// Its shifts as CSV, as `scheduleImport` takes it: those of agents whom the caller may see, by start.
    async fn csv(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let operation = Operation::of(ctx)?;
        let write = async {
            let directory = operation.directory().await?;
            let site = directory.site(self.0.site_id).ok_or(AppError::Unavailable)?;
            let tx = operation.read().await?;
            let reach = operation.reach(Permission::AgentRead);
            exported(&tx, &self.0, (site, directory.skills.as_slice()), &reach).await
        };
        write.await.map_err(|error| operation.fail(error))
    }
    /// What its planner calls it. `null` without a name.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }
    /// The schedule that it lies over, as a what-if scenario or as a proposal of `scheduleResolve`. `null` when it lies over none, and when the caller may not see that one.
    async fn base(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Schedule>> {
        let operation = Operation::of(ctx)?;
        let Some(base) = self.0.base_id else { return Ok(None) };
        Self::find(operation, &show_id(base)).await.map_err(|error| operation.fail(error))
    }
    /// What it assumes beside its shifts, as a what-if scenario. `null` when it assumes nothing, and when the caller does not plan at its site.
    async fn assumptions(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<ScenarioAssumptions>> {
        let operation = Operation::of(ctx)?;
        let assumed = self.0.assumptions().map_err(|error| operation.fail(error.into()))?;
        let shown = assumed != Assumptions::default() && plans(operation, self.0.site_id);
        Ok(shown.then(|| assumed.into()))
    }
    /// How it was generated. `null` when there is no record of that.
    async fn generation(&self) -> Option<ScheduleGeneration> {
        let (site, seed) = (self.0.site_id, self.0.seed);
        self.0.generation().map(|made| ScheduleGeneration { site, seed, made })
    }
    /// What was changed in it and in its shifts, by whom and why: latest first; since it was published for those who do not plan there. Of days cut out of another schedule, the changes before the cut stand with that one.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 200.", default = 50)] first: Option<i32>,
        #[graphql(desc = "Cursor of the last item of the previous page.")] after: Option<String>,
    ) -> async_graphql::Result<ScheduleChangeConnection> {
        let operation = Operation::of(ctx)?;
        page_of_changes(operation, &self.0, (first, after.as_deref()), wants_count(ctx))
            .await
            .map_err(|error| operation.fail(error))
    }
    /// Set once when it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
    /// Last change of it or of one of its shifts.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
    /// When agents could see it first. `null` while it is a draft.
    async fn published_at(&self) -> Option<DateTime> {
        self.0.published_at.map(DateTime)
    }
    /// Grows by one with every change of it or its shifts; hand it back as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Refuses a window that is turned around or longer than so many days.
pub(crate) fn within(from: Timestamp, to: Timestamp, most_days: i64) -> Outcome<()> {
    let seconds = to.as_second() - from.as_second();
    // An hour more than whole days: a day may have 25 hours.
    if (1..=most_days * 86_400 + 3600).contains(&seconds) {
        return Ok(());
    }
    Err(AppError::InvalidArgument(format!(
        "`to` must be after `from`, and at most {most_days} days later"
    )))
}

connection!(
    ScheduleConnection,
    ScheduleEdge,
    Schedule,
    "A page of schedules.",
    "A schedule and its cursor."
);
