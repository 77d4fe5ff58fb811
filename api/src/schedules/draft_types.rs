use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use trunkline_domain::{
    fault::Fault,
    id::AgentId,
    identity::Permission,
    schedules::{AgentDiff, Shift as KnownShift},
};

use super::{
    RuleViolation, Schedule, Shift,
    compare::Difference,
    copy_week::{CopyWeek, RefusedCopy},
    effect_types::ScheduleEffect,
    override_types::{RuleOverrideInput, read_overrides},
    scenario::{MergeScenario, RefusedStep},
};
use crate::{
    agents::Agent,
    graphql::{Date, DateTime, Operation, UserError, parse_id},
};

/// What differs between two schedules of a site on the days that both have.
#[derive(Debug, Clone)]
pub struct ScheduleDiff(pub(super) Arc<Difference>);

/// What differs between two schedules of a site on the days that both have.
#[Object]
impl ScheduleDiff {
    /// First day that both have.
    async fn starts_on(&self) -> Date {
        Date(self.0.first)
    }
    /// Last day that both have, inclusive.
    async fn ends_on(&self) -> Date {
        Date(self.0.last)
    }
    /// Paid seconds of all agents in the first.
    async fn paid_seconds_before(&self) -> i64 {
        self.0.paid_before_seconds
    }
    /// Paid seconds of all agents in the second.
    async fn paid_seconds_after(&self) -> i64 {
        self.0.paid_after_seconds
    }
    /// What going from the first to the second does to coverage and service level; only their own shifts count. By what the second assumes of queues when it is a what-if scenario, else by what the first assumes; agents who are assumed are there before and after. `null` where nothing is required.
    async fn effect(&self) -> Option<ScheduleEffect> {
        self.0.effect.clone().map(ScheduleEffect)
    }
    /// Agents for whom something differs.
    async fn agents(&self) -> Vec<ScheduleAgentDiff> {
        let of = |at| ScheduleAgentDiff { diff: Arc::clone(&self.0), at };
        (0..self.0.agents.len()).map(of).collect()
    }
}

/// What differs for one agent. Shifts that ask the same at the same time are the same, whatever their ids.
#[derive(Debug, Clone)]
pub struct ScheduleAgentDiff {
    diff: Arc<Difference>,
    at: usize,
}

impl ScheduleAgentDiff {
    fn own(&self) -> Option<&AgentDiff> {
        self.diff.agents.get(self.at)
    }

    fn shown(&self, shift: &KnownShift) -> Option<Shift> {
        self.diff.shifts.get(&shift.id()).cloned().map(Shift)
    }

    fn all<'a>(&self, shifts: impl IntoIterator<Item = &'a KnownShift>) -> Vec<Shift> {
        shifts.into_iter().filter_map(|shift| self.shown(shift)).collect()
    }
}

/// What differs for one agent. Shifts that ask the same at the same time are the same, whatever their ids.
#[Object]
impl ScheduleAgentDiff {
    /// Whose. `null` when the caller may not see that agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let id = self.own().map(|own| own.agent);
        visible(Operation::of(ctx)?, id).await
    }
    /// Shifts that are only in the second.
    async fn added(&self) -> Vec<Shift> {
        self.own().map(|own| self.all(&own.added)).unwrap_or_default()
    }
    /// Shifts that are only in the first.
    async fn removed(&self) -> Vec<Shift> {
        self.own().map(|own| self.all(&own.removed)).unwrap_or_default()
    }
    /// Shifts of one date that are not alike.
    async fn changed(&self) -> Vec<ScheduleShiftDiff> {
        let pairs = self.own().map(|own| own.changed.as_slice()).unwrap_or_default();
        let pair = |(before, after): &(KnownShift, KnownShift)| {
            Some(ScheduleShiftDiff { before: self.shown(before)?, after: self.shown(after)? })
        };
        pairs.iter().filter_map(pair).collect()
    }
    /// Paid seconds in the first.
    async fn paid_seconds_before(&self) -> i64 {
        self.own().map_or(0, |own| own.paid_before_seconds)
    }
    /// Paid seconds in the second.
    async fn paid_seconds_after(&self) -> i64 {
        self.own().map_or(0, |own| own.paid_after_seconds)
    }
}

/// The agent, if the caller may see it.
pub(super) async fn visible(
    operation: &Operation,
    id: Option<AgentId>,
) -> async_graphql::Result<Option<Agent>> {
    let Some(id) = id else { return Ok(None) };
    let agent = operation.visible_agent(id, Permission::AgentRead).await;
    Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
}

/// A shift as two schedules have it.
#[derive(Debug, SimpleObject)]
pub struct ScheduleShiftDiff {
    /// In the first.
    pub before: Shift,
    /// In the second.
    pub after: Shift,
}

/// A week to copy.
#[derive(Debug, InputObject)]
pub struct ScheduleCopyWeekInput {
    /// Of which site.
    pub site_id: ID,
    /// A day of the week to copy, Monday to Sunday.
    pub from_date: Date,
    /// A day of the week to copy it to.
    pub to_date: Date,
    /// Whose shifts. `null` for what is published.
    pub from_schedule_id: Option<ID>,
    /// What to call the draft, 1 to 80 characters. `null` for no name.
    pub name: Option<String>,
    /// Rules that the copies may break, each with the reason: what of them would leave one out is let pass and kept on record. For who may override rules at the site.
    #[graphql(default)]
    pub overrides: Vec<RuleOverrideInput>,
    /// Only check: nothing is written, the answer tells what would happen.
    #[graphql(default)]
    pub dry_run: bool,
}

impl ScheduleCopyWeekInput {
    pub(super) fn parse(self) -> Result<CopyWeek, Fault> {
        let Self { site_id, from_date, to_date, from_schedule_id, name, overrides, dry_run } = self;
        Ok(CopyWeek {
            site: parse_id(&site_id, "siteId")?,
            source: from_schedule_id.map(|id| parse_id(&id, "fromScheduleId")).transpose()?,
            from: from_date.0,
            to: to_date.0,
            name,
            overrides: read_overrides(overrides)?,
            dry_run,
        })
    }
}

/// Outcome of copying a week.
#[derive(Debug, SimpleObject)]
pub struct ScheduleCopyWeekPayload {
    /// The draft. `null` when nothing was written.
    pub schedule: Option<Schedule>,
    /// How many shifts were copied, or would be.
    pub copied_shifts: usize,
    /// Shifts that have no place in the new week, by start.
    pub refusals: Vec<ShiftCopyRefusal>,
    /// Rules that the copied shifts together break or would break, heaviest first, at most 200.
    pub violations: Vec<RuleViolation>,
    /// What the copied shifts do, or would do, to coverage and service level of the days of the draft: `before` is without them, and without what is published for these days; `scheduleDiff` compares the draft with another schedule. `null` where nothing is required, and when it was refused as a whole.
    pub effect: Option<ScheduleEffect>,
    /// Why it was refused as a whole. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// A shift that was not copied.
#[derive(Debug, SimpleObject)]
pub struct ShiftCopyRefusal {
    /// The shift.
    pub shift: Shift,
    /// When its copy would start.
    pub starts_at: DateTime,
    /// When its copy would end.
    pub ends_at: DateTime,
    /// Rules that it would break there; `BLOCKING` ones prevent it.
    pub violations: Vec<RuleViolation>,
}

impl From<RefusedCopy> for ShiftCopyRefusal {
    fn from(refused: RefusedCopy) -> Self {
        let RefusedCopy { source, span, violations } = refused;
        Self {
            shift: Shift(Arc::new(source)),
            starts_at: DateTime(span.start()),
            ends_at: DateTime(span.end()),
            violations: violations.into_iter().map(RuleViolation).collect(),
        }
    }
}

/// A scenario to make.
#[derive(Debug, InputObject)]
pub struct ScheduleScenarioCreateInput {
    /// The published schedule that it is laid over.
    pub schedule_id: ID,
    /// What to call it, 1 to 80 characters.
    pub name: String,
}

/// Outcome of making a scenario.
#[derive(Debug, SimpleObject)]
pub struct ScheduleScenarioCreatePayload {
    /// The scenario: a draft with copies of all shifts of its schedule. `null` when refused.
    pub schedule: Option<Schedule>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// How much of a scenario is merged. New values can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ScenarioMergeExtent {
    /// All of it, or nothing when a blocking rule or a conflict stands against it.
    All,
    /// What breaks no blocking rule and meets no conflict.
    LegalPart,
}

/// A scenario to merge.
#[derive(Debug, InputObject)]
pub struct ScheduleScenarioMergeInput {
    /// The scenario, or a proposal of `scheduleResolve`.
    pub schedule_id: ID,
    /// How much of it.
    #[graphql(default_with = "ScenarioMergeExtent::All")]
    pub extent: ScenarioMergeExtent,
    /// Rules that the merged changes may break, each with the reason: what of them would refuse these is let pass and kept on record. What was overridden in the scenario itself is asked for anew. For who may override rules at the site.
    #[graphql(default)]
    pub overrides: Vec<RuleOverrideInput>,
    /// Only check: nothing is written, the answer tells what would happen.
    #[graphql(default)]
    pub dry_run: bool,
}

impl ScheduleScenarioMergeInput {
    pub(super) fn parse(self) -> Result<MergeScenario, Fault> {
        let Self { schedule_id, extent, overrides, dry_run } = self;
        Ok(MergeScenario {
            scenario: parse_id(&schedule_id, "scheduleId")?,
            legal_part: extent == ScenarioMergeExtent::LegalPart,
            overrides: read_overrides(overrides)?,
            dry_run,
        })
    }
}

/// Outcome of a merge.
#[derive(Debug, SimpleObject)]
pub struct ScheduleScenarioMergePayload {
    /// The schedule that it lies over, as that stands now. `null` when the caller may not see it.
    pub schedule: Option<Schedule>,
    /// How many shifts come, go or change, or would.
    pub merged_shifts: usize,
    /// Rules that all of these together break or would break, heaviest first, at most 200.
    pub violations: Vec<RuleViolation>,
    /// Changes that are left out, by start.
    pub refusals: Vec<ScenarioRefusal>,
    /// Shifts that both the scenario or proposal and somebody else have changed since it was made: its change of them is left out.
    pub conflicts: Vec<Shift>,
    /// What the merged shifts do to coverage and service level of the schedule that it lies over, where nothing is assumed. `null` where nothing is required.
    pub effect: Option<ScheduleEffect>,
    /// The same by what the scenario assumes of queues; agents whom it assumes are there before and after. `null` when it assumes nothing of them.
    pub effect_as_assumed: Option<ScheduleEffect>,
    /// Why it was refused as a whole. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// A change of a scenario that no merge lets happen.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct ScenarioRefusal {
    #[graphql(skip)]
    agent: Option<AgentId>,
    /// The published shift that it would change. `null` when a new one would come.
    pub shift: Option<Shift>,
    /// When the shift would start. `null` when it would go.
    pub starts_at: Option<DateTime>,
    /// When the shift would end. `null` when it would go.
    pub ends_at: Option<DateTime>,
    /// Rules that it would break; `BLOCKING` ones prevent it.
    pub violations: Vec<RuleViolation>,
}

#[ComplexObject]
impl ScenarioRefusal {
    /// Who would work the shift, or does. `null` when the caller may not see that agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        visible(Operation::of(ctx)?, self.agent).await
    }
}

impl From<RefusedStep> for ScenarioRefusal {
    fn from(refused: RefusedStep) -> Self {
        let RefusedStep { step, shift, violations } = refused;
        let at = |of: fn(&KnownShift) -> Timestamp| step.after.as_ref().map(of).map(DateTime);
        Self {
            agent: step.after.as_ref().or(step.before.as_ref()).map(KnownShift::agent),
            shift: shift.map(|shift| Shift(Arc::new(shift))),
            starts_at: at(|shift| shift.span().start()),
            ends_at: at(|shift| shift.span().end()),
            violations: violations.into_iter().map(RuleViolation).collect(),
        }
    }
}
