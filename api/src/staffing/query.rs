use async_graphql::{Context, ID, Object};
use trunkline_domain::{
    id::{QueueId, RequirementId},
    identity::Permission,
};
use trunkline_infra::staffing::list_requirements;

use super::{
    check_types::{StaffingLinesInput, StaffingSeniorsInput},
    inputs::{StaffingDemandInput, StaffingGoalInput, parse_check},
    types::{StaffingCheck, StaffingRequirement},
};
use crate::{
    error::{AppError, Outcome},
    forecasting::rights::readable_queue,
    graphql::{Operation, parse_id},
};

/// Reading requirements.
#[derive(Debug, Default)]
pub struct RequirementQuery;

/// Requirements that are listed of a queue.
const LISTED: i64 = 50;

#[Object]
impl RequirementQuery {
    /// A requirement. `null` when it does not exist or the caller may not see it.
    async fn requirement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> async_graphql::Result<Option<StaffingRequirement>> {
        let operation = Operation::root(ctx)?;
        let Ok(id) = id.parse::<RequirementId>() else { return Ok(None) };
        StaffingRequirement::visible(operation, id).await.map_err(|error| operation.fail(error))
    }

    /// The newest requirements of a queue, newest first; at most 50.
    async fn requirements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queue.")] queue_id: ID,
    ) -> async_graphql::Result<Vec<StaffingRequirement>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let queue: QueueId = parse_id(&queue_id, "queueId")?;
            let reach = operation.require(Permission::ForecastRead)?;
            let directory = operation.directory().await?;
            readable_queue(&directory, &reach, queue, "queueId")?;
            let tx = operation.read().await?;
            Ok(list_requirements(&tx, queue, LISTED).await?)
        };
        let rows = read().await.map_err(|error| operation.fail(error))?;
        Ok(rows.into_iter().map(StaffingRequirement).collect())
    }

    /// What-if for one interval: how many agents it needs, and what so many would achieve. Nothing is read or written.
    async fn staffing_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What arrives.")] demand: StaffingDemandInput,
        #[graphql(desc = "What is to be reached; 80 % in 20 s when left out.")] goal: Option<
            StaffingGoalInput,
        >,
        #[graphql(
            desc = "Agents on the phone to ask about; fractional where some are there for part of the interval."
        )]
        agents: Option<f64>,
        #[graphql(desc = "Telephone lines to check.")] lines: Option<StaffingLinesInput>,
        #[graphql(desc = "How many of the agents must be seniors.")] seniors: Option<
            StaffingSeniorsInput,
        >,
    ) -> async_graphql::Result<StaffingCheck> {
        let operation = Operation::root(ctx)?;
        let goal = goal.unwrap_or_default();
        let check = parse_check(&demand, &goal, agents, (lines, seniors));
        let answer = check.and_then(|check| check.answer());
        answer
            .map(Into::into)
            .map_err(|error| operation.fail(AppError::InvalidArgument(error.to_string())))
    }
}
