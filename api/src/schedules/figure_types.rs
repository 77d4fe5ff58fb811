use async_graphql::{ComplexObject, Context, SimpleObject};
use trunkline_domain::{
    id::QueueId,
    schedules::{QueueFigures, SeniorFigures, SiteNeed},
};

use super::{
    RuleViolation,
    figures::{Checked, Figures},
    mutation::MOST,
};
use crate::{
    graphql::{DateTime, Operation},
    network::Queue,
    staffing::StaffingDecidedBy,
};

/// Planning figures of a queue at the site of a schedule. Counted anew from the forecast of its latest requirements, by the goals and settings of today.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct ScheduleFigures {
    #[graphql(skip)]
    queue_id: QueueId,
    /// Its intervals, by start: those with a forecast from which a requirement was computed.
    pub intervals: Vec<ScheduleInterval>,
}

impl ScheduleFigures {
    pub(super) fn of(queue_id: QueueId, figures: Vec<Figures>) -> Self {
        Self { queue_id, intervals: figures.into_iter().map(ScheduleInterval::of).collect() }
    }
}

#[ComplexObject]
impl ScheduleFigures {
    /// The queue. `null` when the caller may see its forecasts but not the queue.
    async fn queue(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Queue>> {
        let operation = Operation::of(ctx)?;
        Queue::visible(operation, self.queue_id).await.map_err(|error| operation.fail(error))
    }
}

/// A queue in one interval, half-open: `[startsAt, endsAt)`.
#[derive(Debug, SimpleObject)]
pub struct ScheduleInterval {
    /// Start of the interval.
    pub starts_at: DateTime,
    /// End of the interval.
    pub ends_at: DateTime,
    /// With the shifts of the schedule and, in a what-if scenario, all that it assumes.
    pub figures: QueueFiguresAtSite,
    /// With the shifts of the schedule that the scenario is laid over, and nothing assumed. `null` when the schedule is no scenario.
    pub base: Option<QueueFiguresAtSite>,
}

impl ScheduleInterval {
    fn of(figures: Figures) -> Self {
        let Figures { inside, base } = figures;
        Self {
            starts_at: DateTime(inside.span.start()),
            ends_at: DateTime(inside.span.end()),
            figures: inside.into(),
            base: base.map(Into::into),
        }
    }
}

/// How a queue stands at a site. Of a queue that several sites serve a site has its share, by the agents who can take its contacts.
#[derive(Debug, SimpleObject)]
pub struct QueueFiguresAtSite {
    /// Contacts that the site is to serve.
    pub contacts: f64,
    /// Mean handle time (AHT).
    pub handle_time_seconds: f64,
    /// Agents needed on the phone. `null` when the queue has no goal then, or one that nobody can keep.
    pub on_phone: Option<i32>,
    /// Agents needed on the roster, so that so many remain on the phone. `null` like `onPhone`.
    pub on_roster: Option<i32>,
    /// Agents to schedule for the queue, so that `onPhone` remain when unplanned shrinkage is taken off. `null` like `onPhone`.
    pub to_schedule: Option<i32>,
    /// Agents planned on queue for it, on average over the interval. An agent of several skills is divided among them, and those of one skill among its queues, by what is needed: nobody counts twice.
    pub staffed_agents: f64,
    /// What asks for so many, the first where several ask for as many. `null` like `onPhone`, and while closed.
    pub decided_by: Option<StaffingDecidedBy>,
    /// Those who must be seniors. `null` where the queue asks for none.
    pub seniors: Option<SeniorFiguresAtSite>,
    /// Agents missing of `toSchedule`. `null` like `onPhone`.
    pub gap: Option<f64>,
    /// Agents beyond `toSchedule`. `null` like `onPhone`.
    pub surplus: Option<f64>,
    /// Percent of the contacts expected to be answered within the threshold, by Erlang A or C of all queues of the skill with its agents, less unplanned shrinkage. `null` without contacts or goal.
    pub service_level_percent: Option<f64>,
}

/// Seniors of a queue at a site.
#[derive(Debug, SimpleObject)]
pub struct SeniorFiguresAtSite {
    /// Grade of the queue's skill from which on an agent is one.
    pub grade: i32,
    /// Those among `toSchedule` of the queue.
    pub to_schedule: i32,
    /// Those on queue at the site, on average over the interval, whatever queue of the skill they serve. Agents who are only assumed are none.
    pub staffed_agents: f64,
    /// Seniors missing of `toSchedule`.
    pub gap: f64,
    /// Seniors beyond `toSchedule`.
    pub surplus: f64,
}

impl From<SeniorFigures> for SeniorFiguresAtSite {
    fn from(figures: SeniorFigures) -> Self {
        let SeniorFigures { grade, to_schedule, staffed, balance } = figures;
        Self {
            grade: i32::from(grade),
            to_schedule: i32::from(to_schedule),
            staffed_agents: staffed,
            gap: balance.gap,
            surplus: balance.surplus,
        }
    }
}

impl From<QueueFigures> for QueueFiguresAtSite {
    fn from(figures: QueueFigures) -> Self {
        let QueueFigures { span: _, calls, handle_seconds, need, staffed, balance, seniors, level } =
            figures;
        let agents = |of: fn(SiteNeed) -> u16| need.map(|need| i32::from(of(need)));
        Self {
            contacts: calls,
            handle_time_seconds: handle_seconds,
            on_phone: agents(|need| need.on_phone),
            on_roster: agents(|need| need.on_roster),
            to_schedule: agents(|need| need.to_schedule),
            staffed_agents: staffed,
            decided_by: need.and_then(|need| need.decided_by).map(Into::into),
            seniors: seniors.map(Into::into),
            gap: balance.map(|it| it.gap),
            surplus: balance.map(|it| it.surplus),
            service_level_percent: level.map(|level| 100.0 * level),
        }
    }
}

/// What the rosters of a schedule break, as if it were published now.
#[derive(Debug, SimpleObject)]
pub struct ScheduleCheck {
    /// Rules that they break, heaviest first, at most 200; in a what-if scenario by the rules that it assumes.
    pub violations: Vec<RuleViolation>,
    /// The same by the rules in force, which differ only where a scenario assumes others.
    pub violations_by_rules_in_force: Vec<RuleViolation>,
}

impl From<Checked> for ScheduleCheck {
    fn from(checked: Checked) -> Self {
        let Checked { violations, by_rules_in_force } = checked;
        let shown = |found: Vec<_>| found.into_iter().take(MOST).map(RuleViolation).collect();
        let in_force = by_rules_in_force.unwrap_or_else(|| violations.clone());
        Self { violations: shown(violations), violations_by_rules_in_force: shown(in_force) }
    }
}
