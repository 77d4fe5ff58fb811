use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use trunkline_domain::fault::Fault;

use super::{
    RuleViolation, Schedule, Shift,
    compare::compare,
    copy_week::{Copied, copy_week},
    draft_types::{
        ScheduleCopyWeekInput, ScheduleCopyWeekPayload, ScheduleDiff, ScheduleScenarioCreateInput,
        ScheduleScenarioCreatePayload, ScheduleScenarioMergeInput, ScheduleScenarioMergePayload,
    },
    effect_types::ScheduleEffect,
    mutation::MOST,
    resolve,
    resolve_types::{ScheduleResolveInput, ScheduleResolvePayload},
    roster_import::import_roster,
    roster_types::{ScheduleImportInput, ScheduleImportPayload},
    scenario::{Merged, create, merge_scenario},
};
use crate::{
    error::{AppError, Outcome},
    graphql::{Operation, parse_id},
    jobs::Job,
};

/// Comparing schedules.
#[derive(Debug, Default)]
pub struct DraftsQuery;

#[Object]
impl DraftsQuery {
    /// What differs between two schedules of one site on the days that both have: a draft, a what-if scenario or an earlier plan against another. `null` when one of them does not exist or the caller may not see it.
    async fn schedule_diff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first.")] from_schedule_id: ID,
        #[graphql(desc = "The second.")] to_schedule_id: ID,
    ) -> async_graphql::Result<Option<ScheduleDiff>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let from = Schedule::find(operation, &from_schedule_id).await?;
            let to = Schedule::find(operation, &to_schedule_id).await?;
            let Some((from, to)) = from.zip(to) else { return Ok(None) };
            if from.0.site_id != to.0.site_id {
                let rule = "the schedules must be of one site";
                return Err(AppError::InvalidArgument(rule.to_owned()));
            }
            let directory = operation.directory().await?;
            let Some(site) = directory.site(from.0.site_id) else { return Ok(None) };
            let tx = operation.read().await?;
            Ok(Some(compare(&tx, (&*directory, site), [&*from.0, &*to.0]).await?))
        };
        let found = read().await.map_err(|error| operation.fail(error))?;
        Ok(found.map(|found| ScheduleDiff(Arc::new(found))))
    }
}

/// Making drafts from what is there, and bringing them back.
#[derive(Debug, Default)]
pub struct DraftsMutation;

#[Object]
impl DraftsMutation {
    /// Copies the shifts of a site's week to another week, as a draft: at the same times of the clock, each as far as rules, contracts and availability of that week allow, or `overrides` names the rule and why.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, OVERRIDE_REFUSED, FORBIDDEN.
    async fn schedule_copy_week(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to copy where.")] input: ScheduleCopyWeekInput,
    ) -> async_graphql::Result<ScheduleCopyWeekPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => copy_week(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (done, user_errors) = operation.settle(outcome)?;
        let Copied { schedule, shifts, refused, mut violations, effect } = done.unwrap_or_default();
        violations.truncate(MOST);
        Ok(ScheduleCopyWeekPayload {
            schedule: schedule.map(|schedule| Schedule(Arc::new(schedule))),
            copied_shifts: shifts,
            refusals: refused.into_iter().map(Into::into).collect(),
            violations: violations.into_iter().map(RuleViolation).collect(),
            effect: effect.map(ScheduleEffect),
            user_errors,
        })
    }

    /// Makes a draft of a roster file, each of its shifts as far as rules, contracts and availability allow, or `overrides` names the rule and why: of all of it or not at all, unless only its good rows are asked for.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, IMPORT_REFUSED, OVERRIDE_REFUSED, FORBIDDEN.
    async fn schedule_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file and how to take it in.")] input: ScheduleImportInput,
    ) -> async_graphql::Result<ScheduleImportPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => import_roster(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (done, user_errors) = operation.settle(outcome)?;
        Ok(ScheduleImportPayload::of(operation, done.unwrap_or_default(), user_errors))
    }

    /// Makes a what-if scenario of a published schedule: a draft with copies of its shifts, to be changed by `shiftEdit`, compared by `scheduleDiff` and merged or left alone.
    ///
    /// Errors: NOT_FOUND, INVALID_STATE, INVALID_VALUE, FORBIDDEN.
    async fn schedule_scenario_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which schedule.")] input: ScheduleScenarioCreateInput,
    ) -> async_graphql::Result<ScheduleScenarioCreatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let ScheduleScenarioCreateInput { schedule_id, name } = input;
        let base: Result<_, Fault> = parse_id(&schedule_id, "scheduleId");
        let outcome = match base {
            Ok(base) => create(&operation.app, &write, base, &name).await,
            Err(fault) => Err(fault.into()),
        };
        let (made, user_errors) = operation.settle(outcome)?;
        let schedule = made.map(|schedule| Schedule(Arc::new(schedule)));
        Ok(ScheduleScenarioCreatePayload { schedule, user_errors })
    }

    /// Solves a part of a schedule again, around what shall stay as it is. Watch the job; its schedule is a proposal: a draft over the schedule, compared by `scheduleDiff`, which tells its effect on coverage, and applied by `scheduleScenarioMerge`. Shifts outside the part stand and count, as do those in it with more than work on queue, breaks and meals. It plans by the requirement: what was made by headcounts, and what lies over that, is refused with INVALID_STATE; `scheduleGenerate` makes such a schedule anew.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, INVALID_STATE, STALE_VERSION, FORBIDDEN.
    async fn schedule_resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which part, and what of it stays.")] input: ScheduleResolveInput,
    ) -> async_graphql::Result<ScheduleResolvePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => resolve::request(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (job, user_errors) = operation.settle(outcome)?;
        Ok(ScheduleResolvePayload { job: job.map(|job| Job(Arc::new(job))), user_errors })
    }

    /// Carries what was changed in a what-if scenario, or what a proposal of `scheduleResolve` changes, into the schedule that it lies over, which ends it. Shifts that were not touched in it stay as they stand.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, INVALID_STATE, STALE_VERSION, RULE_VIOLATED, APPROVAL_REQUIRED, OVERRIDE_REFUSED, OVERLAP, FORBIDDEN.
    async fn schedule_scenario_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one and how much of it.")] input: ScheduleScenarioMergeInput,
    ) -> async_graphql::Result<ScheduleScenarioMergePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => merge_scenario(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (done, mut user_errors) = operation.settle(outcome)?;
        let merged = done.unwrap_or_default();
        let Merged {
            schedule,
            steps,
            mut violations,
            refused,
            conflicts,
            effect,
            effect_assumed,
            faults,
        } = merged;
        violations.truncate(MOST);
        user_errors.extend(faults.into_iter().map(|fault| operation.user_error(fault)));
        Ok(ScheduleScenarioMergePayload {
            schedule: schedule.map(|schedule| Schedule(Arc::new(schedule))),
            merged_shifts: steps,
            violations: violations.into_iter().map(RuleViolation).collect(),
            refusals: refused.into_iter().map(Into::into).collect(),
            conflicts: conflicts.into_iter().map(|it| Shift(Arc::new(it))).collect(),
            effect: effect.map(ScheduleEffect),
            effect_as_assumed: effect_assumed.map(ScheduleEffect),
            user_errors,
        })
    }
}
