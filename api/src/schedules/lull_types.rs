use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, OneofObject, SimpleObject};
use trunkline_domain::{
    fault::Fault,
    id::AgentId,
    schedules::{ActivityCategory, LullPlace, LullTimes, NoLull, TimeBand},
};
use trunkline_infra::schedules::ShiftView;

use super::{
    RuleViolation, Schedule, Shift,
    draft_types::visible,
    effect_types::ScheduleEffect,
    lulls::{ActivityPlaced, Audience, PlaceActivity},
    mutation::MOST,
};
use crate::{
    agents::Agent,
    graphql::{Date, DateTime, LocalTime, Operation, UserError, parse_id, parse_ids},
};

/// What can be placed in lulls. New values can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum LullActivity {
    /// Meeting.
    Meeting,
    /// Training or coaching.
    Training,
}

impl From<LullActivity> for ActivityCategory {
    fn from(activity: LullActivity) -> Self {
        match activity {
            LullActivity::Meeting => Self::Meeting,
            LullActivity::Training => Self::Training,
        }
    }
}

/// Exactly one of the two.
#[derive(Debug, OneofObject)]
pub enum ActivityAudienceInput {
    /// These agents, 1 to 100.
    AgentIds(Vec<ID>),
    /// The active agents of a team of the site, at most 100.
    TeamId(ID),
}

impl ActivityAudienceInput {
    fn parse(self) -> Result<Audience, Fault> {
        match self {
            Self::AgentIds(ids) => Ok(Audience::Agents(parse_ids(&ids, "audience.agentIds")?)),
            Self::TeamId(id) => Ok(Audience::Team(parse_id(&id, "audience.teamId")?)),
        }
    }
}

/// Local times of a day.
#[derive(Debug, InputObject)]
pub struct ActivityHoursInput {
    /// Earliest start.
    pub earliest_start: LocalTime,
    /// Latest end; on the next day when it is not after the earliest start.
    pub latest_end: LocalTime,
}

/// An activity to place.
#[derive(Debug, InputObject)]
pub struct ActivityPlaceInput {
    /// In the shifts of which schedule, a draft or a published one.
    pub schedule_id: ID,
    /// What it is.
    pub category: LullActivity,
    /// How long it lasts: 300 to 28800, whole minutes.
    pub duration_seconds: i32,
    /// Who takes part.
    pub audience: ActivityAudienceInput,
    /// First day on which it may be, in the site's zone.
    pub starts_on: Date,
    /// Last day on which it may be; days that the schedule has not are left out.
    pub ends_on: Date,
    /// Times of each day between which it lies. `null` = any.
    pub hours: Option<ActivityHoursInput>,
    /// Whether all take part at the same time. Else each has an own time.
    #[graphql(default)]
    pub together: bool,
    /// Only look: nothing is written, the answer tells where it would be.
    #[graphql(default)]
    pub dry_run: bool,
}

impl ActivityPlaceInput {
    pub(super) fn parse(self) -> Result<PlaceActivity, Fault> {
        let Self {
            schedule_id,
            category,
            duration_seconds,
            audience,
            starts_on,
            ends_on,
            hours,
            together,
            dry_run,
        } = self;
        let band = |hours: ActivityHoursInput| {
            let ActivityHoursInput { earliest_start, latest_end } = hours;
            TimeBand { from: earliest_start.0, to: latest_end.0 }
        };
        Ok(PlaceActivity {
            schedule: parse_id(&schedule_id, "scheduleId")?,
            category: category.into(),
            times: LullTimes {
                seconds: duration_seconds.into(),
                first: starts_on.0,
                last: ends_on.0,
                hours: hours.map(band),
            },
            audience: audience.parse()?,
            together,
            dry_run,
        })
    }
}

/// Where an activity is, or would be.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct ActivityPlacement {
    #[graphql(skip)]
    agent: AgentId,
    /// The shift as it stands now.
    pub shift: Shift,
    /// Start.
    pub starts_at: DateTime,
    /// End.
    pub ends_at: DateTime,
    /// By how many seconds of agents the requirement is missed more than without it: of all who meet when they meet together.
    pub missing_seconds: i64,
    /// Agents above the requirement in the tightest interval while it lasts, negative when some are missing. `null` where nothing is required of the agent.
    pub spare_agents: Option<f64>,
}

#[ComplexObject]
impl ActivityPlacement {
    /// Who takes part. `null` when the caller may not see that agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        visible(Operation::of(ctx)?, Some(self.agent)).await
    }
}

impl ActivityPlacement {
    fn new(place: &LullPlace, view: ShiftView) -> Self {
        Self {
            agent: place.before.agent(),
            shift: Shift(Arc::new(view)),
            starts_at: DateTime(place.span.start()),
            ends_at: DateTime(place.span.end()),
            missing_seconds: place.short_seconds,
            spare_agents: place.spare_agents,
        }
    }
}

/// Why an agent has no place for an activity. New values can be added: treat an unknown one as `RULE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ActivityRefusalReason {
    /// No shift of the schedule lies in the times asked for.
    NoShift,
    /// No stretch on queue in these times is long enough.
    NoRoom,
    /// The agent works, and not when most others can meet.
    Apart,
    /// Every place breaks a rule that blocks; see `violations`.
    Rule,
}

/// An agent for whom there is no place.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct ActivityRefusal {
    #[graphql(skip)]
    agent: AgentId,
    /// Why.
    pub reason: ActivityRefusalReason,
    /// What the best place would break. Empty for other reasons than `RULE`.
    pub violations: Vec<RuleViolation>,
}

#[ComplexObject]
impl ActivityRefusal {
    /// Who. `null` when the caller may not see that agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        visible(Operation::of(ctx)?, Some(self.agent)).await
    }
}

impl From<(AgentId, NoLull)> for ActivityRefusal {
    fn from((agent, why): (AgentId, NoLull)) -> Self {
        let (reason, violations) = match why {
            NoLull::NoShift => (ActivityRefusalReason::NoShift, Vec::new()),
            NoLull::NoRoom => (ActivityRefusalReason::NoRoom, Vec::new()),
            NoLull::Apart => (ActivityRefusalReason::Apart, Vec::new()),
            NoLull::Refused(violations) => (ActivityRefusalReason::Rule, violations),
        };
        Self { agent, reason, violations: violations.into_iter().map(RuleViolation).collect() }
    }
}

/// Outcome of placing an activity.
#[derive(Debug, SimpleObject)]
pub struct ActivityPlacePayload {
    /// The schedule as it stands now, also when nothing was placed for what rules, rosters or another change at the same time have against it (RULE_VIOLATED, INVALID_VALUE at `audience`, STALE_VERSION). `null` when refused otherwise.
    pub schedule: Option<Schedule>,
    /// Where it is, or would be, by time.
    pub placements: Vec<ActivityPlacement>,
    /// For whom there is no place.
    pub refusals: Vec<ActivityRefusal>,
    /// Rules that all placements together break or would break, heaviest first, at most 200.
    pub violations: Vec<RuleViolation>,
    /// What they do, or would do, to coverage and service level; in a what-if scenario by what that assumes of queues. `null` where nothing is required.
    pub effect: Option<ScheduleEffect>,
    /// Why it was refused as a whole. Empty means done.
    pub user_errors: Vec<UserError>,
}

impl ActivityPlacePayload {
    pub(super) fn of(
        operation: &Operation,
        done: ActivityPlaced,
        mut user_errors: Vec<UserError>,
    ) -> Self {
        let ActivityPlaced { schedule, places, unplaced, mut violations, effect, faults } = done;
        violations.truncate(MOST);
        user_errors.extend(faults.into_iter().map(|fault| operation.user_error(fault)));
        let placement =
            |(place, view): (LullPlace, ShiftView)| ActivityPlacement::new(&place, view);
        Self {
            schedule: schedule.map(|schedule| Schedule(Arc::new(schedule))),
            placements: places.into_iter().map(placement).collect(),
            refusals: unplaced.into_iter().map(ActivityRefusal::from).collect(),
            violations: violations.into_iter().map(RuleViolation).collect(),
            effect: effect.map(ScheduleEffect),
            user_errors,
        }
    }
}
