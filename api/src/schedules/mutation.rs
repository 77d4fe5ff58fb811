use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};

use super::{
    RuleViolation, Schedule, Shift,
    effect_types::ScheduleEffect,
    generate,
    inputs::{ScheduleGenerateInput, SchedulePublishInput, ShiftAddInput, ShiftEditInput},
    service::{self, Published},
    set_rules::{RulesSet, set_work_rules},
    shift_edit::{Edited, add_shift, edit_shift},
    work_rules::{RuleContradiction, WorkRules, WorkRulesSetInput, WorkRulesSetPayload},
};
use crate::{
    graphql::{Operation, UserError},
    jobs::Job,
};

/// Outcome of asking for a schedule.
#[derive(Debug, SimpleObject)]
pub struct ScheduleGeneratePayload {
    /// The job that generates it. `null` when refused.
    pub job: Option<Job>,
    /// Why it was refused. Empty means asked for.
    pub user_errors: Vec<UserError>,
}

/// Outcome of publishing.
#[derive(Debug, SimpleObject)]
pub struct SchedulePublishPayload {
    /// The schedule as it stands now. `null` when the caller may not see it.
    pub schedule: Option<Schedule>,
    /// Rules that its rosters break, heaviest first, at most 200; those of `BLOCKING` and `NEEDS_APPROVAL` that are not overridden prevent publishing, save where `NEEDS_APPROVAL` is about too little.
    pub violations: Vec<RuleViolation>,
    /// What it does, or would do, to coverage and service level of the days of the schedule: `before` is what is published for them until then. By what is required and forecast, whatever a draft assumes. `null` where nothing is required, and when it could not be judged.
    pub effect: Option<ScheduleEffect>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of an edit.
#[derive(Debug, SimpleObject)]
pub struct ShiftEditPayload {
    /// The shift as it stands now. `null` when the caller may not see it.
    pub shift: Option<Shift>,
    /// Rules that the edit breaks or would break; those of `BLOCKING` and `NEEDS_APPROVAL` that are not overridden prevent it, save where `NEEDS_APPROVAL` is about too little.
    pub violations: Vec<RuleViolation>,
    /// What it does, or would do, to coverage and service level of the days it touches; in a what-if scenario by what that assumes of queues. `null` where nothing is required, and when it could not be judged.
    pub effect: Option<ScheduleEffect>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of adding a shift.
#[derive(Debug, SimpleObject)]
pub struct ShiftAddPayload {
    /// The new shift. `null` when nothing was written.
    pub shift: Option<Shift>,
    /// Rules that it breaks or would break; those of `BLOCKING` and `NEEDS_APPROVAL` that are not overridden prevent it, save where `NEEDS_APPROVAL` is about too little.
    pub violations: Vec<RuleViolation>,
    /// What it does, or would do, to coverage and service level of the days it touches; in a what-if scenario by what that assumes of queues. `null` where nothing is required, and when it could not be judged.
    pub effect: Option<ScheduleEffect>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Most violations that an answer lists.
pub(super) const MOST: usize = 200;

/// Writing schedules.
#[derive(Debug, Default)]
pub struct PlansMutation;

#[Object]
impl PlansMutation {
    /// Asks for a draft of a site's next weeks: the requirement covered as well as work rules, contracts and availability allow. Watch the job; its schedule is there when it is done.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, FORBIDDEN.
    async fn schedule_generate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to generate.")] input: ScheduleGenerateInput,
    ) -> async_graphql::Result<ScheduleGeneratePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => generate::request(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (job, user_errors) = operation.settle(outcome)?;
        Ok(ScheduleGeneratePayload { job: job.map(|job| Job(Arc::new(job))), user_errors })
    }

    /// Shows a draft to its agents. What was published for its days is superseded: of a longer schedule these days alone, as a schedule of their own, and its other days stay published as they are, those before and those after in one schedule each. Agents are told whose shifts change. What lies over a published schedule is merged instead, by `scheduleScenarioMerge`.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, STALE_VERSION, INVALID_STATE, RULE_VIOLATED, APPROVAL_REQUIRED, OVERRIDE_REFUSED, OVERLAP, FORBIDDEN.
    async fn schedule_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft.")] input: SchedulePublishInput,
    ) -> async_graphql::Result<SchedulePublishPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => service::publish(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (done, mut user_errors) = operation.settle(outcome)?;
        let Published { schedule, mut violations, effect, faults } = done.unwrap_or_default();
        violations.truncate(MOST);
        user_errors.extend(faults.into_iter().map(|fault| operation.user_error(fault)));
        Ok(SchedulePublishPayload {
            schedule: schedule.map(|schedule| Schedule(Arc::new(schedule))),
            violations: violations.into_iter().map(RuleViolation).collect(),
            effect: effect.map(ScheduleEffect),
            user_errors,
        })
    }

    /// Changes one shift, published or of a draft: moves it in time, gives it another length or its breaks, meals and other activities other times, gives it to another agent, or takes it away. What a rule refuses, or leaves to somebody's approval, is done where `overrides` names the rule and why. A day in a row too many, or a week without its rest, that is let pass so owes the agent a compensatory rest.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, STALE_VERSION, RULE_VIOLATED, APPROVAL_REQUIRED, OVERRIDE_REFUSED, OVERLAP, FORBIDDEN.
    async fn shift_edit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which shift and what with it.")] input: ShiftEditInput,
    ) -> async_graphql::Result<ShiftEditPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => edit_shift(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (done, mut user_errors) = operation.settle(outcome)?;
        let Edited { shift, violations, effect, faults } = done.unwrap_or_default();
        user_errors.extend(faults.into_iter().map(|fault| operation.user_error(fault)));
        Ok(ShiftEditPayload {
            shift: shift.map(|shift| Shift(Arc::new(shift))),
            violations: violations.into_iter().map(RuleViolation).collect(),
            effect: effect.map(ScheduleEffect),
            user_errors,
        })
    }

    /// Adds one shift to a draft or to a published schedule, as far as no rule stands against it that `overrides` does not name. `shiftEdit` takes one away.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, INVALID_STATE, RULE_VIOLATED, APPROVAL_REQUIRED, OVERRIDE_REFUSED, OVERLAP, FORBIDDEN.
    async fn shift_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which shift, for whom and where.")] input: ShiftAddInput,
    ) -> async_graphql::Result<ShiftAddPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => add_shift(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (done, mut user_errors) = operation.settle(outcome)?;
        let Edited { shift, violations, effect, faults } = done.unwrap_or_default();
        user_errors.extend(faults.into_iter().map(|fault| operation.user_error(fault)));
        Ok(ShiftAddPayload {
            shift: shift.map(|shift| Shift(Arc::new(shift))),
            violations: violations.into_iter().map(RuleViolation).collect(),
            effect: effect.map(ScheduleEffect),
            user_errors,
        })
    }

    /// Sets the work rules of a site from a day on: those in force then, changed. Rules that cannot be kept together are refused with the value that would mend them, and so are those that are weaker than what the network binds.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, FORBIDDEN.
    async fn work_rules_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: WorkRulesSetInput,
    ) -> async_graphql::Result<WorkRulesSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => set_work_rules(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (done, mut user_errors) = operation.settle(outcome)?;
        let RulesSet { rules, contradictions, faults } = done.unwrap_or_default();
        user_errors.extend(faults.into_iter().map(|fault| operation.user_error(fault)));
        Ok(WorkRulesSetPayload {
            work_rules: rules.map(|rules| WorkRules(Arc::new(rules))),
            contradictions: contradictions.into_iter().map(RuleContradiction).collect(),
            user_errors,
        })
    }
}
