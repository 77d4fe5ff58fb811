use async_graphql::{Context, ID, Object};

use super::{
    capacity::plan,
    capacity_types::{CapacityPlan, CapacityPlanInput},
    check_types::{SeniorMixInput, SeniorShortfall},
    design::design,
    design_types::{ShiftsDesign, ShiftsDesignInput},
    level_service::{AskLevel, play},
    level_types::PlanLevel,
    seniors::{AskSeniors, too_few_seniors},
};
use crate::{
    error::{AppError, Outcome},
    graphql::{Date, DateTime, Operation, parse_id, parse_ids},
};

/// Shortfalls that are listed.
const MOST_SHORTFALLS: usize = 400;

/// Asking what a plan is worth, and what it should be. Nothing is written.
#[derive(Debug, Default)]
pub struct PlanQuery;

#[Object]
impl PlanQuery {
    /// Simulates the published rosters of all sites of some queues on one day against their newest forecasts, frozen ones first: what queues that share agents would reach, beside what the formula says. A few seconds at most.
    async fn plan_level(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queues, 1 to 20: best all that share agents.")] queue_ids: Vec<ID>,
        #[graphql(desc = "The day, in the zone of the queue that was made first.")] date: Date,
        #[graphql(desc = "How often the day is played, 2 to 200.", default = 50)] days: u32,
        #[graphql(desc = "The same seed and plan give the same figures.", default = 1)] seed: u32,
        #[graphql(
            desc = "Standard deviation of handle times over their mean; 1 is exponential, as the formulas have it. Above 0, at most 10.",
            default = 1.0
        )]
        handle_time_variation: f64,
    ) -> async_graphql::Result<PlanLevel> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let queues = parse_ids(&queue_ids, "queueIds")?;
            let handle_variation = handle_time_variation.clamp(0.0, 10.0);
            let seed = seed.into();
            play(operation, AskLevel { queues, date: date.0, days, seed, handle_variation }).await
        };
        let played = read().await.map_err(|error| operation.fail(error))?;
        Ok(PlanLevel::of(&played, days))
    }

    /// Where those who are published to work for a queue, at all its sites, are too few seniors: a night without any, for example. In order; at most 400.
    async fn senior_shortfalls(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queue.")] queue_id: ID,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive; at most 31 days later.")] to: DateTime,
        #[graphql(desc = "How many of those on queue must be seniors.")] mix: SeniorMixInput,
    ) -> async_graphql::Result<Vec<SeniorShortfall>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let queue = parse_id(&queue_id, "queueId")?;
            let rule = mix.rule().map_err(|error| AppError::InvalidArgument(error.to_string()))?;
            let (from, to, senior_grade) = (from.0, to.0, mix.senior_grade);
            let most = MOST_SHORTFALLS;
            let ask = AskSeniors { queue, from, to, rule, senior_grade, most };
            too_few_seniors(operation, ask).await
        };
        let found = read().await.map_err(|error| operation.fail(error))?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// Follows the head count month by month through attrition, training and learning, and proposes the fewest and latest hires that leave no month short by more than overtime can bridge. What is left out of the input is counted from contracts and requirements, and each figure says where it comes from. Nothing is written.
    async fn capacity_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Terms and months.")] input: CapacityPlanInput,
    ) -> async_graphql::Result<CapacityPlan> {
        let operation = Operation::root(ctx)?;
        let planned = async || -> Outcome<_> { plan(operation, input.parse()?).await };
        let planned = planned().await.map_err(|error| operation.fail(error))?;
        Ok(planned.into())
    }

    /// Designs the shifts that follow a week of a requirement with few distinct starts and lengths. Nothing is written; a second at most.
    async fn shifts_design(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The requirement; its agents on the roster count.")] requirement_id: ID,
        #[graphql(desc = "A day of the week, Monday to Sunday.")] week_of: Date,
        #[graphql(desc = "Which shifts there may be, and what they cost.")]
        input: ShiftsDesignInput,
    ) -> async_graphql::Result<ShiftsDesign> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let requirement = parse_id(&requirement_id, "requirementId")?;
            design(operation, requirement, week_of.0, input).await
        };
        read().await.map_err(|error| operation.fail(error))
    }
}
