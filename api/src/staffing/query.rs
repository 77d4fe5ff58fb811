use async_graphql::{Context, ID, Object};
use trunkline_domain::{
    id::{QueueId, RequirementId},
    identity::Permission,
    staffing::{
        Demand, Model, Performance, StaffingError, StaffingPlan, Traffic, balance, check_lines,
    },
};
use trunkline_infra::staffing::list_requirements;

use super::{
    check_types::{StaffingGrades, StaffingLines, StaffingLinesInput, StaffingSeniorsInput},
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
        check(&demand, &goal.unwrap_or_default(), agents, (lines, seniors))
            .map_err(|error| operation.fail(AppError::InvalidArgument(error.to_string())))
    }
}

fn check(
    demand: &StaffingDemandInput,
    goal: &StaffingGoalInput,
    agents: Option<f64>,
    (lines, seniors): (Option<StaffingLinesInput>, Option<StaffingSeniorsInput>),
) -> Result<StaffingCheck, StaffingError> {
    let (demand, plan) = parse_check(demand, goal)?;
    let needed = plan.requirement(&demand)?;
    let with_agents = agents.map(|agents| plan.performance(&demand, agents)).transpose()?;
    let balance = agents.map(|agents| balance(needed.on_phone, agents));
    let served = with_agents.unwrap_or(needed.performance);
    let lines = lines.map(|lines| line_check(&lines, &demand, &plan, &served)).transpose()?;
    let grades = seniors.map(|ask| {
        let rule = ask.rule()?;
        let there = agents.map_or(needed.on_phone, whole);
        let missing = ask.seniors.map(|seniors| rule.seniors_missing(there, seniors));
        Ok::<_, StaffingError>(StaffingGrades::new(rule.split(needed.on_phone), missing))
    });
    let int = |agents: u32| i32::try_from(agents).unwrap_or(i32::MAX);
    Ok(StaffingCheck {
        model: Model::for_patience(plan.patience_seconds).into(),
        required_agents: int(needed.on_phone),
        required_on_roster: int(needed.on_roster),
        with_required: needed.performance.into(),
        with_agents: with_agents.map(Into::into),
        gap: balance.map(|it| it.gap),
        surplus: balance.map(|it| it.surplus),
        lines: lines.flatten(),
        grades: grades.transpose()?,
    })
}

/// Agents who are there for part of an interval make a person of whom it is asked who it is.
fn whole(agents: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded up, not negative, and the cast saturates"
    )]
    let whole = agents.max(0.0).ceil() as u32;
    whole
}

/// The lines as so many agents use them; `None` where the queue grows for ever.
fn line_check(
    ask: &StaffingLinesInput,
    demand: &Demand,
    plan: &StaffingPlan,
    served: &Performance,
) -> Result<Option<StaffingLines>, StaffingError> {
    let StaffingLinesInput { lines, ivr_erlangs, line_time_percent, max_blocking_percent } = *ask;
    // Without calls only the voice menu takes lines; so does a queue of no traffic.
    let traffic = match demand.traffic(plan.patience_seconds)? {
        Some(traffic) => traffic,
        None => Traffic::new(0.0, demand.handle_seconds, None)?,
    };
    if served.mean_queue.finite().is_none() {
        return Ok(None);
    }
    let (share, most) = (line_time_percent / 100.0, max_blocking_percent / 100.0);
    check_lines(lines, traffic, served, share, ivr_erlangs, most).map(|it| Some(it.into()))
}
