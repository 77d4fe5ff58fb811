use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use trunkline_domain::{id::ScheduleChangeId, identity::Permission};
use trunkline_infra::schedules::{
    ScheduleChangeView, ScheduleView, ShiftChangeView, ShiftSide, count_changes, list_changes,
};

use super::{
    RuleViolation, Shift,
    changes::{author, overrides_seen, shifts_seen, violations_seen, visible_change},
    override_types::RuleOverride,
    query::plans,
    types::ShiftActivity,
};
use crate::{
    agents::Agent,
    connection,
    error::Outcome,
    graphql::{COUNT_BOUND, Count, DateTime, Operation, Page, show_id},
};

/// What was done. New values can be added: treat an unknown one as `EDIT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ScheduleChangeCause {
    /// A planner moved or reshaped a shift, gave it to somebody else or took it away.
    Edit,
    /// A planner added a shift.
    Add,
    /// A meeting, training or the like was placed in shifts.
    Activity,
    /// A what-if scenario or a proposal was merged.
    Merge,
    /// A swap was settled.
    ShiftSwap,
    /// It was published.
    Publish,
    /// Another schedule took some of its days over.
    Cut,
    /// It was made by copying a week against rules.
    Copy,
    /// It was made of a file against rules.
    Import,
}

impl ScheduleChangeCause {
    fn parse(cause: &str) -> Self {
        match cause {
            "add" => Self::Add,
            "activity" => Self::Activity,
            "merge" => Self::Merge,
            "shift_swap" => Self::ShiftSwap,
            "publish" => Self::Publish,
            "cut" => Self::Cut,
            "copy" => Self::Copy,
            "import" => Self::Import,
            _ => Self::Edit,
        }
    }
}

/// A change of a schedule or of its shifts, on record.
#[derive(Debug, Clone)]
pub struct ScheduleChange(pub(super) Arc<ScheduleChangeView>);

impl ScheduleChange {
    /// The change, if it exists and the caller may see it.
    pub(crate) async fn find(operation: &Operation, id: &ID) -> Outcome<Option<Self>> {
        let Ok(id) = id.parse::<ScheduleChangeId>() else { return Ok(None) };
        Ok(visible_change(operation, id).await?.map(Self))
    }
}

/// A change of a schedule or of its shifts, on record.
#[Object]
impl ScheduleChange {
    /// Global id, prefix `chg_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// What was done.
    async fn cause(&self) -> ScheduleChangeCause {
        ScheduleChangeCause::parse(&self.0.cause)
    }
    /// When.
    async fn changed_at(&self) -> DateTime {
        DateTime(self.0.changed_at)
    }
    /// What the person or program is called that did it. `null` when the system did, for programs, and when it was an agent whom the caller, no agent, may not see.
    async fn author_name(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<&str>> {
        let operation = Operation::of(ctx)?;
        author(operation, &self.0).await.map_err(|error| operation.fail(error))
    }
    /// Version of the schedule that it made.
    async fn schedule_version(&self) -> i32 {
        self.0.version
    }
    /// What it did with single shifts, at most 200 of them, as far as the caller may see whose they were or are. Empty for publishing, copying a week and importing a file, which are of all of them.
    async fn shifts(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ShiftChange>> {
        let operation = Operation::of(ctx)?;
        let shifts = shifts_seen(operation, &self.0).await;
        let shifts = shifts.map_err(|error| operation.fail(error))?;
        Ok(shifts.into_iter().map(ShiftChange).collect())
    }
    /// Rules that it broke and somebody answers for, at most 200 of them, as far as the caller may see whom they are about.
    async fn overrides(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<RuleOverride>> {
        let operation = Operation::of(ctx)?;
        overrides_seen(operation, &self.0).await.map_err(|error| operation.fail(error))
    }
    /// Rules that it was found to break, overridden or not, at most 200 of them, as far as the caller may see whom they are about.
    async fn violations(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<RuleViolation>> {
        let operation = Operation::of(ctx)?;
        let found = violations_seen(operation, &self.0).await;
        let found = found.map_err(|error| operation.fail(error))?;
        Ok(found.into_iter().map(RuleViolation).collect())
    }
}

/// What a change did with one shift.
#[derive(Debug, Clone)]
pub struct ShiftChange(ShiftChangeView);

impl ShiftChange {
    /// A side of it as the ids of its activities name it.
    fn named(&self, side: &str) -> String {
        format!("{}.{}.{side}", self.0.shift_id, self.0.change_id)
    }
}

/// What a change did with one shift.
#[Object]
impl ShiftChange {
    /// The shift as it is now. `null` when it is no longer there or the caller may not see it.
    async fn shift(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Shift>> {
        let operation = Operation::of(ctx)?;
        let shift = Shift::find(operation, &show_id(self.0.shift_id)).await;
        shift.map_err(|error| operation.fail(error))
    }
    /// As it was. `null` when it was not there.
    async fn before(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<ShiftMoment>> {
        let operation = Operation::of(ctx)?;
        let side = self.0.before().map_err(|error| operation.fail(error.into()))?;
        Ok(side.map(|side| ShiftMoment { of: self.named("before"), side }))
    }
    /// As it was then. `null` when it went. Where only what fills the shift was changed, the activities alone differ from those before.
    async fn after(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<ShiftMoment>> {
        let operation = Operation::of(ctx)?;
        let side = self.0.after().map_err(|error| operation.fail(error.into()))?;
        Ok(side.map(|side| ShiftMoment { of: self.named("after"), side }))
    }
}

/// Whose a shift was at a moment, when, and what filled it.
#[derive(Debug, Clone)]
pub struct ShiftMoment {
    /// Names the side of the change in the ids of its activities.
    of: String,
    side: ShiftSide,
}

/// Whose a shift was at a moment, when, and what filled it.
#[Object]
impl ShiftMoment {
    /// Who worked it. `null` when the caller may not see that agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let agent = operation.visible_agent(self.side.agent, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
    /// Start instant.
    async fn starts_at(&self) -> DateTime {
        DateTime(self.side.span.start())
    }
    /// End instant.
    async fn ends_at(&self) -> DateTime {
        DateTime(self.side.span.end())
    }
    /// What filled it, gap-free and in order. Empty in records from before activities were kept in them.
    async fn activities(&self) -> Vec<ShiftActivity> {
        ShiftActivity::all(&self.of, self.side.activities.clone())
    }
}

connection!(
    ScheduleChangeConnection,
    ScheduleChangeEdge,
    ScheduleChange,
    "A page of changes of a schedule.",
    "A change and its cursor."
);

/// A page of the changes of a schedule that the caller sees, latest first. Where the caller does not plan
/// there, those since it was published.
pub(super) async fn page_of_changes(
    operation: &Operation,
    schedule: &ScheduleView,
    (first, after): (Option<i32>, Option<&str>),
    counted: bool,
) -> Outcome<ScheduleChangeConnection> {
    let page = Page::parse(first, after)?;
    let of_drafts = plans(operation, schedule.site_id);
    let tx = operation.read().await?;
    let asked = (schedule.id, of_drafts);
    let mut rows = list_changes(&tx, asked, page.after.as_ref(), page.limit()).await?;
    let total = if counted { count_changes(&tx, asked, COUNT_BOUND + 1).await? } else { 0 };
    let page_info = page.cut(&mut rows, ScheduleChangeView::cursor);
    let nodes: Vec<ScheduleChange> =
        rows.into_iter().map(|row| ScheduleChange(Arc::new(row))).collect();
    let edges = nodes
        .iter()
        .map(|node| ScheduleChangeEdge { cursor: node.0.cursor().encode(), node: node.clone() })
        .collect();
    Ok(ScheduleChangeConnection { nodes, edges, page_info, total_count: Count::bounded(total) })
}
