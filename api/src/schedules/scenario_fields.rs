use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use trunkline_domain::fault::Fault;

use super::{
    Schedule,
    assume::{Assumed, assume, discard},
    figure_types::{ScheduleCheck, ScheduleFigures},
    figures::{check_seen, figures_seen},
    scenario_types::{
        ScheduleScenarioAssumeInput, ScheduleScenarioAssumePayload, ScheduleScenarioDiscardInput,
        ScheduleScenarioDiscardPayload,
    },
    work_rules::RuleContradiction,
};
use crate::graphql::{DateTime, Operation, parse_id};

/// Asking inside a schedule. Nothing is written.
#[derive(Debug, Default)]
pub struct ScenariosQuery;

#[Object]
impl ScenariosQuery {
    /// Planning figures of a queue inside a schedule: what each interval needs, who is planned and what service level that lets expect; of a what-if scenario as it assumes them, beside those of the schedule that it is laid over. Shifts published for the days before, such as the night before the first day, count in their hours within it. `null` when the schedule or queue does not exist, the caller may not see it, or the site does not serve the queue.
    async fn schedule_figures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The schedule.")] schedule_id: ID,
        #[graphql(desc = "The queue.")] queue_id: ID,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(
            desc = "End of the window, exclusive; at most 7 days later. Only days of the schedule are told."
        )]
        to: DateTime,
    ) -> async_graphql::Result<Option<ScheduleFigures>> {
        let operation = Operation::root(ctx)?;
        let asked = (schedule_id.parse().ok(), queue_id.parse().ok());
        let found = figures_seen(operation, asked, (from.0, to.0)).await;
        let found = found.map_err(|error| operation.fail(error))?;
        Ok(found.map(|(queue, figures)| ScheduleFigures::of(queue, figures)))
    }

    /// What the rosters of a schedule would break if it were published now; of a what-if scenario by the work rules that it assumes, beside those in force. `null` when it does not exist or the caller does not plan at its site.
    async fn schedule_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The schedule.")] schedule_id: ID,
    ) -> async_graphql::Result<Option<ScheduleCheck>> {
        let operation = Operation::root(ctx)?;
        let found = check_seen(operation, schedule_id.parse().ok()).await;
        Ok(found.map_err(|error| operation.fail(error))?.map(ScheduleCheck::from))
    }
}

/// Assuming, and throwing away.
#[derive(Debug, Default)]
pub struct ScenariosMutation;

#[Object]
impl ScenariosMutation {
    /// Lays volumes, handle times, goals, staff and work rules over a what-if scenario, beside its shifts: `scheduleFigures` and `scheduleCheck` ask inside it. The live plan knows nothing of it, and no merge carries it there.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, STALE_VERSION, FORBIDDEN.
    async fn schedule_scenario_assume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it shall assume.")] input: ScheduleScenarioAssumeInput,
    ) -> async_graphql::Result<ScheduleScenarioAssumePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => assume(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (done, mut user_errors) = operation.settle(outcome)?;
        let Assumed { schedule, contradictions, faults } = done.unwrap_or_default();
        user_errors.extend(faults.into_iter().map(|fault| operation.user_error(fault)));
        Ok(ScheduleScenarioAssumePayload {
            schedule: schedule.map(|schedule| Schedule(Arc::new(schedule))),
            contradictions: contradictions.into_iter().map(RuleContradiction).collect(),
            user_errors,
        })
    }

    /// Throws a what-if scenario away: it is kept for the record, and can be neither changed nor merged any more.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, FORBIDDEN.
    async fn schedule_scenario_discard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ScheduleScenarioDiscardInput,
    ) -> async_graphql::Result<ScheduleScenarioDiscardPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let scenario: Result<_, Fault> = parse_id(&input.schedule_id, "scheduleId");
        let outcome = match scenario {
            Ok(scenario) => discard(&operation.app, &write, scenario).await,
            Err(fault) => Err(fault.into()),
        };
        let (done, user_errors) = operation.settle(outcome)?;
        let schedule = done.map(|schedule| Schedule(Arc::new(schedule)));
        Ok(ScheduleScenarioDiscardPayload { schedule, user_errors })
    }
}
