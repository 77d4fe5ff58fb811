use async_graphql::{ComplexObject, Context, ID, InputObject, SimpleObject};
use trunkline_domain::{
    fault::{Fault, Rule},
    id::QueueId,
    schedules::{Assumptions, Bounds, QueueAssumption, RuleChange},
};

use super::{
    RuleSeverity, Schedule, ScheduleRule,
    assume::Assume,
    rule_types::{BreakWindow, NightHours, StartBand},
    work_rules::{RuleContradiction, WorkRuleInput},
};
use crate::{
    graphql::{DateTime, Decimal, Operation, UserError, parse_id},
    network::Queue,
};

/// What is assumed of a queue for a while, half-open: `[startsAt, endsAt)`. What is left out stays as it is; one thing must be given.
#[derive(Debug, InputObject)]
pub struct ScenarioQueueInput {
    /// The queue, of those that the site of the scenario serves.
    pub queue_id: ID,
    /// First instant at which it holds.
    pub starts_at: DateTime,
    /// First instant at which it no longer holds; at most 366 days later.
    pub ends_at: DateTime,
    /// Contacts of each interval of the whole queue, before the uplift; an interval that lies in it in part is changed in that proportion.
    pub volume: Option<Decimal>,
    /// Share of contacts added, -1 to 20: `"0.8"` is +80 %.
    pub volume_uplift: Option<Decimal>,
    /// Seconds per contact, before the uplift, at most 86400.
    pub handle_time_seconds: Option<Decimal>,
    /// Share of handle time added, -1 to 20.
    pub handle_time_uplift: Option<Decimal>,
    /// Percent of contacts to be answered within the threshold, 1 to 99, in intervals that start then.
    pub service_level_percent: Option<Decimal>,
    /// The threshold.
    pub threshold_seconds: Option<i32>,
    /// Mean patience of callers (Erlang A), at most 86400.
    pub patience_seconds: Option<Decimal>,
    /// Agents with the skill of the queue planned on queue beside those of the roster; fewer when negative.
    pub added_agents: Option<i32>,
}

impl ScenarioQueueInput {
    fn parse(self, place: usize) -> Result<QueueAssumption, Fault> {
        let Self {
            queue_id,
            starts_at,
            ends_at,
            volume,
            volume_uplift,
            handle_time_seconds,
            handle_time_uplift,
            service_level_percent,
            threshold_seconds,
            patience_seconds,
            added_agents,
        } = self;
        let path = |field: &str| format!("queues.{place}.{field}");
        let threshold = threshold_seconds.map(u32::try_from).transpose();
        let fault = |_| Fault::invalid(&path("thresholdSeconds"), Rule::Between(1, 86_400));
        let number = |it: Option<Decimal>| it.map(|it| it.0);
        Ok(QueueAssumption {
            queue: parse_id(&queue_id, &path("queueId"))?,
            starts_at: starts_at.0,
            ends_at: ends_at.0,
            volume: number(volume),
            volume_uplift: number(volume_uplift),
            handle_time_seconds: number(handle_time_seconds),
            handle_time_uplift: number(handle_time_uplift),
            service_level_percent: number(service_level_percent),
            threshold_seconds: threshold.map_err(fault)?,
            patience_seconds: number(patience_seconds),
            added_agents,
        })
    }
}

/// What a what-if scenario shall assume: all of it, in place of what it assumed before.
#[derive(Debug, InputObject)]
pub struct ScheduleScenarioAssumeInput {
    /// The scenario.
    pub schedule_id: ID,
    /// Of queues, at most 100; of one queue and time the later ones are laid over the earlier.
    pub queues: Vec<ScenarioQueueInput>,
    /// Of work rules, at most 100, on all its days; what is left out of a rule stays as it is.
    #[graphql(default)]
    pub rules: Vec<WorkRuleInput>,
    /// Version of the scenario that the caller has seen.
    pub expected_version: Option<i32>,
}

impl ScheduleScenarioAssumeInput {
    pub(super) fn parse(self) -> Result<Assume, Fault> {
        let Self { schedule_id, queues, rules, expected_version } = self;
        let queues = queues.into_iter().enumerate().map(|(place, it)| it.parse(place));
        Ok(Assume {
            scenario: parse_id(&schedule_id, "scheduleId")?,
            expected_version,
            assumptions: Assumptions {
                queues: queues.collect::<Result<_, _>>()?,
                rules: rules.into_iter().map(WorkRuleInput::parse).collect(),
            },
        })
    }
}

/// Outcome of assuming.
#[derive(Debug, SimpleObject)]
pub struct ScheduleScenarioAssumePayload {
    /// The scenario as it stands now. `null` when refused.
    pub schedule: Option<Schedule>,
    /// Assumed rules that cannot be kept together, each with the value that would mend them.
    pub contradictions: Vec<RuleContradiction>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// A scenario to throw away.
#[derive(Debug, InputObject)]
pub struct ScheduleScenarioDiscardInput {
    /// The scenario.
    pub schedule_id: ID,
}

/// Outcome of throwing a scenario away.
#[derive(Debug, SimpleObject)]
pub struct ScheduleScenarioDiscardPayload {
    /// The scenario as it stands now: `SUPERSEDED`, kept for the record. `null` when refused.
    pub schedule: Option<Schedule>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// What a what-if scenario assumes beside its shifts.
#[derive(Debug, SimpleObject)]
pub struct ScenarioAssumptions {
    /// Of queues, in the order in which they are laid over each other.
    pub queues: Vec<ScenarioQueueAssumption>,
    /// Of work rules, on all its days.
    pub rules: Vec<ScenarioRuleAssumption>,
}

impl From<Assumptions> for ScenarioAssumptions {
    fn from(assumptions: Assumptions) -> Self {
        let Assumptions { queues, rules } = assumptions;
        Self {
            queues: queues.into_iter().map(Into::into).collect(),
            rules: rules.into_iter().map(Into::into).collect(),
        }
    }
}

/// What is assumed of a queue for a while, half-open: `[startsAt, endsAt)`. `null` = as it is.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct ScenarioQueueAssumption {
    #[graphql(skip)]
    queue_id: QueueId,
    /// First instant at which it holds.
    pub starts_at: DateTime,
    /// First instant at which it no longer holds.
    pub ends_at: DateTime,
    /// Contacts of each interval of the whole queue, before the uplift. `null` = as forecast.
    pub volume: Option<Decimal>,
    /// Share of contacts added. `null` = none.
    pub volume_uplift: Option<Decimal>,
    /// Seconds per contact, before the uplift. `null` = as forecast.
    pub handle_time_seconds: Option<Decimal>,
    /// Share of handle time added. `null` = none.
    pub handle_time_uplift: Option<Decimal>,
    /// Percent of contacts to be answered within the threshold. `null` = that of the goal.
    pub service_level_percent: Option<Decimal>,
    /// The threshold. `null` = that of the goal.
    pub threshold_seconds: Option<u32>,
    /// Mean patience of callers. `null` = that of the queue.
    pub patience_seconds: Option<Decimal>,
    /// Agents planned on queue beside those of the roster; fewer when negative. `null` = none.
    pub added_agents: Option<i32>,
}

impl From<QueueAssumption> for ScenarioQueueAssumption {
    fn from(assumed: QueueAssumption) -> Self {
        let QueueAssumption {
            queue,
            starts_at,
            ends_at,
            volume,
            volume_uplift,
            handle_time_seconds,
            handle_time_uplift,
            service_level_percent,
            threshold_seconds,
            patience_seconds,
            added_agents,
        } = assumed;
        Self {
            queue_id: queue,
            starts_at: DateTime(starts_at),
            ends_at: DateTime(ends_at),
            volume: volume.map(Decimal),
            volume_uplift: volume_uplift.map(Decimal),
            handle_time_seconds: handle_time_seconds.map(Decimal),
            handle_time_uplift: handle_time_uplift.map(Decimal),
            service_level_percent: service_level_percent.map(Decimal),
            threshold_seconds,
            patience_seconds: patience_seconds.map(Decimal),
            added_agents,
        }
    }
}

#[ComplexObject]
impl ScenarioQueueAssumption {
    /// The queue. `null` when the caller may not see it.
    async fn queue(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Queue>> {
        let operation = Operation::of(ctx)?;
        Queue::visible(operation, self.queue_id).await.map_err(|error| operation.fail(error))
    }
}

/// What is assumed of a work rule.
#[derive(Debug, SimpleObject)]
pub struct ScenarioRuleAssumption {
    /// Which rule.
    pub rule: ScheduleRule,
    /// Its weight. `null` = as it is.
    pub severity: Option<RuleSeverity>,
    /// Its least. `null` = none, or with `max` as it is.
    pub min: Option<i64>,
    /// Its most. `null` = none, or with `min` as it is.
    pub max: Option<i64>,
    /// The bands of `START_BAND`. `null` = as they are, and for other rules.
    pub start_band: Option<StartBand>,
    /// Whether other breaks and meals are assumed: `breakWindows`, all of them, also where that is none.
    pub assumes_break_windows: bool,
    /// The breaks and meals of `BREAK_WINDOW`. Empty = none, or as they are without `assumesBreakWindows`.
    pub break_windows: Vec<BreakWindow>,
    /// What `NIGHT_SHIFTS` counts. `null` = as it is, and for other rules.
    pub night: Option<NightHours>,
}

impl From<RuleChange> for ScenarioRuleAssumption {
    fn from(change: RuleChange) -> Self {
        let RuleChange { rule, severity, bounds, start_band, break_windows, night } = change;
        let Bounds { min, max } = bounds.unwrap_or_default();
        let (severity, start_band) = (severity.map(Into::into), start_band.map(Into::into));
        let assumes_break_windows = break_windows.is_some();
        let break_windows = break_windows.into_iter().flatten().map(Into::into).collect();
        let (rule, night) = (rule.into(), night.map(Into::into));
        Self { rule, severity, min, max, start_band, assumes_break_windows, break_windows, night }
    }
}
