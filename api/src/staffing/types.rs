use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use serde_json::Value;
use trunkline_domain::{
    id::RequirementId,
    identity::Permission,
    staffing::{IntervalAnswer, Mean, Performance},
};
use trunkline_infra::staffing::{RequirementView, requirement_points, requirements_by_id};

use super::{
    check_types::{StaffingGrades, StaffingLineShortfall, StaffingLines},
    line_service::too_few_lines,
    point_types::{StaffingDecidedBy, StaffingPoint},
};
use crate::{
    error::Outcome,
    forecasting::{
        Forecast,
        rights::{check_window, readable_queue},
    },
    graphql::{DateTime, Operation, UserError, show_id},
    network::Queue,
};

/// Formula by which agents are counted. New values can be added: treat an unknown one as `ERLANG_C`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StaffingModel {
    /// Callers give up when their patience ends.
    ErlangA,
    /// Callers wait for ever.
    ErlangC,
}

impl From<trunkline_domain::staffing::Model> for StaffingModel {
    fn from(model: trunkline_domain::staffing::Model) -> Self {
        match model {
            trunkline_domain::staffing::Model::ErlangA => Self::ErlangA,
            trunkline_domain::staffing::Model::ErlangC => Self::ErlangC,
        }
    }
}

/// Agents that a queue needs, as computed from one forecast.
#[derive(Debug, Clone)]
pub struct StaffingRequirement(pub RequirementView);

impl StaffingRequirement {
    /// The requirement, if the caller may see its queue's forecasts.
    ///
    /// # Errors
    /// What the database says.
    pub async fn visible(operation: &Operation, id: RequirementId) -> Outcome<Option<Self>> {
        Ok(Self::all_visible(operation, &[id]).await?.pop())
    }

    /// Those of these requirements that the caller may see, in the order of their ids.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_visible(operation: &Operation, ids: &[RequirementId]) -> Outcome<Vec<Self>> {
        let tx = operation.read().await?;
        let mut found = requirements_by_id(&tx, ids).await?;
        let directory = operation.directory().await?;
        let reach = operation.reach(Permission::ForecastRead);
        found.retain(|it| readable_queue(&directory, &reach, it.queue_id, "id").is_ok());
        found.sort_by_key(|it| it.id);
        Ok(found.into_iter().map(Self).collect())
    }

    fn number(&self, name: &str) -> Option<f64> {
        let value = self.0.inputs.get(name)?;
        // Decimals are kept as text.
        value.as_f64().or_else(|| value.as_str()?.parse().ok())
    }
}

/// Agents that a queue needs, as computed from one forecast.
#[Object]
impl StaffingRequirement {
    /// Global id, prefix `req_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// The queue. `null` when the caller may see the requirement but not the queue.
    async fn queue(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Queue>> {
        let operation = Operation::of(ctx)?;
        Queue::visible(operation, self.0.queue_id).await.map_err(|error| operation.fail(error))
    }
    /// The forecast it was computed from. `null` when the caller may not see it.
    async fn forecast(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Forecast>> {
        let operation = Operation::of(ctx)?;
        Forecast::visible(operation, self.0.forecast_id)
            .await
            .map_err(|error| operation.fail(error))
    }
    /// Formula.
    async fn model(&self) -> StaffingModel {
        if self.0.model == "ERLANG_A" { StaffingModel::ErlangA } else { StaffingModel::ErlangC }
    }
    /// Percent of contacts to be answered within the threshold, by the goal in force when the forecast begins. `null` when that sets other limits alone.
    async fn service_level_percent(&self) -> Option<f64> {
        self.number("serviceLevelPercent")
    }
    /// Most seconds of the mean wait by that goal. `null` = no limit.
    async fn max_average_speed_of_answer_seconds(&self) -> Option<f64> {
        self.number("maxAsaSeconds")
    }
    /// Most percent of callers who hang up by that goal. `null` = no limit.
    async fn max_abandonment_percent(&self) -> Option<f64> {
        self.number("maxAbandonmentPercent")
    }
    /// Most percent of the agents' time spent on contacts by that goal. `null` = no limit.
    async fn max_occupancy_percent(&self) -> Option<f64> {
        self.number("maxOccupancyPercent")
    }
    /// Threshold of that goal.
    async fn threshold_seconds(&self) -> Option<f64> {
        self.number("thresholdSeconds")
    }
    /// Mean patience of callers that was counted with. `null` when it is not known.
    async fn patience_seconds(&self) -> Option<f64> {
        self.number("patienceSeconds")
    }
    /// Share of rostered time not worked on the queue that was counted with where no band of the queue said otherwise; `points` say what each interval was counted with.
    async fn shrinkage(&self) -> Option<f64> {
        self.number("shrinkage")
    }
    /// The part of it that no roster shows.
    async fn unplanned_shrinkage(&self) -> Option<f64> {
        self.number("unplannedShrinkage")
    }
    /// Least agents on the phone while open that was counted with where no band of the queue said otherwise.
    async fn minimum_agents(&self) -> Option<i32> {
        self.0.inputs.get("minimumAgents").and_then(Value::as_i64)?.try_into().ok()
    }
    /// Intervals that start in `[from, to)`; at most 62 days.
    async fn points(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
    ) -> async_graphql::Result<Vec<StaffingPoint>> {
        let operation = Operation::of(ctx)?;
        let read = async || {
            check_window(from.0, to.0, 62)?;
            let tx = operation.read().await?;
            Outcome::Ok(requirement_points(&tx, self.0.id, from.0, to.0).await?)
        };
        let points = read().await.map_err(|error| operation.fail(error))?;
        Ok(points.into_iter().map(Into::into).collect())
    }
    /// Intervals that start in `[from, to)` in which the telephone lines of the queue (`queueLinesSet`) are too few for the calls expected at once: with the agents on the phone, waiting for them and in the voice menu, by Erlang B. In order; at most 62 days. Empty where the queue says nothing of its lines. Of a forecast by day each interval is the mean of its day, which hides the peaks.
    async fn line_shortfalls(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
    ) -> async_graphql::Result<Vec<StaffingLineShortfall>> {
        let operation = Operation::of(ctx)?;
        let patience = self.number("patienceSeconds");
        let found = too_few_lines(operation, &self.0, patience, (from.0, to.0)).await;
        let found = found.map_err(|error| operation.fail(error))?;
        Ok(found.into_iter().map(Into::into).collect())
    }
    /// Made at.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// Outcome of a computation.
#[derive(Debug, SimpleObject)]
pub struct RequirementComputePayload {
    /// The requirement. `null` when refused.
    pub requirement: Option<StaffingRequirement>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Answer to a what-if question about one interval.
#[derive(Debug, SimpleObject)]
pub struct StaffingCheck {
    /// Formula.
    pub model: StaffingModel,
    /// Least agents on the phone that reach the goal.
    pub required_agents: i32,
    /// Agents on the roster, so that so many remain on the phone.
    pub required_on_roster: i32,
    /// What asks for so many, the first where several ask for as many. `null` when nobody is required.
    pub decided_by: Option<StaffingDecidedBy>,
    /// What the required agents achieve.
    pub with_required: StaffingPerformance,
    /// What the agents asked about achieve. `null` when none were asked about.
    pub with_agents: Option<StaffingPerformance>,
    /// Agents missing against the requirement. `null` when none were asked about.
    pub gap: Option<f64>,
    /// Agents beyond the requirement. `null` when none were asked about.
    pub surplus: Option<f64>,
    /// Whether the telephone lines carry the calls of the agents asked about, or of the required ones where none were. `null` when no lines were asked about, and when the queue grows for ever: then no lines are enough.
    pub lines: Option<StaffingLines>,
    /// The requirement by grade of skill. `null` when it was not asked about.
    pub grades: Option<StaffingGrades>,
}

impl From<IntervalAnswer> for StaffingCheck {
    fn from(answer: IntervalAnswer) -> Self {
        let IntervalAnswer { model, needed, with_agents, balance, lines, grades } = answer;
        let int = |agents: u32| i32::try_from(agents).unwrap_or(i32::MAX);
        Self {
            model: model.into(),
            required_agents: int(needed.on_phone),
            required_on_roster: int(needed.on_roster),
            decided_by: needed.decided_by.map(Into::into),
            with_required: needed.performance.into(),
            with_agents: with_agents.map(Into::into),
            gap: balance.map(|it| it.gap),
            surplus: balance.map(|it| it.surplus),
            lines: lines.map(Into::into),
            grades: grades.map(Into::into),
        }
    }
}

/// How a queue performs in the long run.
#[derive(Debug, SimpleObject)]
pub struct StaffingPerformance {
    /// Percent of the offered contacts answered within the threshold.
    pub service_level_percent: f64,
    /// Mean wait of all offered contacts (ASA). `null` when the queue grows for ever.
    pub average_speed_of_answer_seconds: Option<f64>,
    /// Percent of contacts that find no free agent.
    pub waiting_percent: f64,
    /// Percent of callers who hang up; 0 in Erlang C.
    pub abandonment_percent: f64,
    /// Percent of the agents' time spent on contacts.
    pub occupancy_percent: f64,
    /// Mean number of contacts waiting. `null` when the queue grows for ever.
    pub mean_queue: Option<f64>,
}

impl From<Performance> for StaffingPerformance {
    fn from(performance: Performance) -> Self {
        let Performance { p_wait, asa_seconds, service_level, p_abandon, occupancy, mean_queue } =
            performance;
        Self {
            service_level_percent: 100.0 * service_level,
            average_speed_of_answer_seconds: Mean::finite(asa_seconds),
            waiting_percent: 100.0 * p_wait,
            abandonment_percent: 100.0 * p_abandon,
            occupancy_percent: 100.0 * occupancy,
            mean_queue: mean_queue.finite(),
        }
    }
}
