use async_graphql::{Context, Enum, Object};
use jiff::tz::TimeZone;
use trunkline_domain::{
    id::AgentId,
    identity::Permission,
    schedules::{
        Bound, RuleCode, Severity, Violation, ViolationCause as Cause, ViolationParam,
        ViolationSetting,
    },
};
use trunkline_infra::network::SiteView;

use super::work_rules::RuleUnit;
use crate::{
    agents::Agent,
    error::Outcome,
    graphql::{DateTime, ErrorParam, Operation},
};

/// Work rules. New values can be added: treat an unknown one as a rule with a name you cannot show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "RuleCode")]
pub enum ScheduleRule {
    /// Too little rest between two shifts.
    MinRest,
    /// Too little continuous rest in a week.
    WeeklyRest,
    /// Too many working days in a row.
    ConsecutiveDays,
    /// Too many weekends with work in a row.
    ConsecutiveWeekends,
    /// Too few or too many days off in a period.
    DaysOff,
    /// Too little or too much paid time on a day.
    PaidTimeDay,
    /// Too little or too much paid time in a week.
    PaidTimeWeek,
    /// Too little or too much paid time in a period.
    PaidTimePeriod,
    /// Too few or too many days with work in a week.
    WorkDaysWeek,
    /// Too much overtime on a day.
    OvertimeDay,
    /// Too much overtime in a month.
    OvertimeMonth,
    /// A shift that is too short or too long.
    ShiftLength,
    /// Too long at work without a break.
    ContinuousWork,
    /// A break or meal that is missing or at the wrong time.
    BreakWindow,
    /// A shift that starts or ends outside the allowed times.
    StartBand,
    /// Starts of two days in a row lie too far apart.
    StartVariance,
    /// The change comes too shortly before the shift.
    Notice,
    /// Paid time of the week outside the hours of the contract.
    ContractHours,
    /// The agent has declared not to be available, or has time off.
    Availability,
    /// The agent lacks a skill that the shift needs.
    Skill,
    /// The agent has not yet passed the training that the shift needs.
    TrainingGate,
    /// The site is closed then.
    OpeningHours,
    /// The site has no free seat then.
    Seats,
    /// Too many night shifts in a week.
    NightShifts,
    /// The agent is already working then.
    Overlap,
    /// Staffing of an interval would fall below the requirement.
    Coverage,
    /// The shift is not at the agent's own site.
    CrossSite,
}

/// Weight of a broken rule. New values can be added: treat an unknown one as `BLOCKING`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Severity")]
pub enum RuleSeverity {
    /// The rule is switched off.
    Off,
    /// Told, but does not hold anything up.
    Warning,
    /// Needs an approver's decision.
    NeedsApproval,
    /// Prevents the change.
    Blocking,
}

/// What made a rule break. New values can be added: treat an unknown one as `EDIT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Cause")]
pub enum ViolationCause {
    /// What was worked before the period.
    History,
    /// Granted time off.
    TimeOff,
    /// A clock change.
    Dst,
    /// Declared availability.
    Availability,
    /// The request itself.
    Request,
    /// An edit of the plan.
    Edit,
}

/// Which side of a limit is allowed. New values can be added: treat an unknown one like `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Bound")]
pub enum LimitBound {
    /// The limit is the least.
    AtLeast,
    /// The limit is the most.
    AtMost,
}

/// A work rule that is or would be broken.
#[derive(Debug, Clone)]
pub struct RuleViolation(pub Violation);

impl RuleViolation {
    /// The clock by which its times are read: that of the site that is meant, else of the agent's.
    async fn zone(&self, operation: &Operation) -> Outcome<TimeZone> {
        let named = self.0.params.iter().find_map(|param| match param {
            ViolationParam::Site(site) => Some(*site),
            _ => None,
        });
        let site = match (named, self.0.agent) {
            (Some(site), _) => Some(site),
            (None, Some(agent)) => operation.agent(agent).await?.map(|it| it.site_id),
            (None, None) => None,
        };
        let directory = operation.directory().await?;
        let site = site.and_then(|site| directory.site(site));
        Ok(site.map_or(TimeZone::UTC, SiteView::zone))
    }

    /// Whether the caller may know more than that the rule is broken. A person's leave, availability
    /// and hours are for the agent, the leader of the line and those who plan; what is a site's own
    /// is for all.
    async fn is_told(&self, operation: &Operation) -> Outcome<bool> {
        let of_site = matches!(
            self.0.rule,
            RuleCode::Coverage | RuleCode::Seats | RuleCode::OpeningHours | RuleCode::CrossSite
        );
        match self.0.agent {
            Some(agent) if !of_site => may_know(operation, agent).await,
            _ => Ok(true),
        }
    }

    /// `value`, where the caller may know it.
    async fn told<T>(&self, ctx: &Context<'_>, value: T) -> async_graphql::Result<Option<T>> {
        let operation = Operation::of(ctx)?;
        let told = self.is_told(operation).await.map_err(|error| operation.fail(error))?;
        Ok(told.then_some(value))
    }

    async fn sentence(&self, operation: &Operation) -> Outcome<String> {
        let (language, zone) = (operation.language, self.zone(operation).await?);
        let seen = match self.0.agent {
            Some(agent) => operation.visible_agent(agent, Permission::AgentRead).await?,
            None => None,
        };
        let who = match &seen {
            Some(agent) => Some(agent.display_name.as_str()),
            None => self.0.agent.map(|_| language.pick("A colleague", "同事")),
        };
        if !self.is_told(operation).await? {
            return Ok(self.0.bare_message(language, who));
        }
        Ok(self.0.message(&ViolationSetting { language, zone: &zone, who }))
    }
}

/// A work rule that is or would be broken.
#[Object]
impl RuleViolation {
    /// Which rule.
    async fn rule(&self) -> ScheduleRule {
        self.0.rule.into()
    }
    /// Whether it prevents the change.
    async fn severity(&self) -> RuleSeverity {
        self.0.severity.into()
    }
    /// Whose schedule breaks it. `null` when it is nobody's in particular or the caller may not see that agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.0.agent else { return Ok(None) };
        let agent = operation.visible_agent(id, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
    /// Start of the time meant: the rest that is too short, the week, the interval. `null` when it is about an agent whose availability the caller may not read.
    async fn starts_at(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<DateTime>> {
        self.told(ctx, DateTime(self.0.span.start())).await
    }
    /// End of the time meant. `null` like `startsAt`.
    async fn ends_at(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<DateTime>> {
        self.told(ctx, DateTime(self.0.span.end())).await
    }
    /// Whether the limit is the least or the most. `null` like `startsAt`, and where nothing is counted, such as of training or another site.
    async fn bound(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<LimitBound>> {
        Ok(self.told(ctx, self.0.bound()).await?.flatten().map(Into::into))
    }
    /// What was measured as a number in `unit`. `null` like `startsAt`, and for what is no count.
    async fn measured_value(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<i64>> {
        Ok(self.told(ctx, self.0.measured.number()).await?.flatten())
    }
    /// The limit as a number in `unit`. `null` like `startsAt`, and for what is no count.
    async fn limit_value(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<i64>> {
        Ok(self.told(ctx, self.0.limit.number()).await?.flatten())
    }
    /// Unit of both numbers. `null` like `startsAt`, for grades of a skill, and for what is no count.
    async fn unit(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<RuleUnit>> {
        Ok(self.told(ctx, self.0.limit.unit()).await?.flatten().map(Into::into))
    }
    /// What was measured, in the rule's unit, e.g. `9 h`. `null` like `startsAt`.
    async fn measured(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        self.told(ctx, self.0.measured.text(Operation::of(ctx)?.language)).await
    }
    /// The limit. `null` like `startsAt`.
    async fn limit(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        self.told(ctx, self.0.limit.text(Operation::of(ctx)?.language)).await
    }
    /// What made it so. `null` like `startsAt`.
    async fn cause(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<ViolationCause>> {
        self.told(ctx, self.0.cause.into()).await
    }
    /// Whether it stood before the change, which does not worsen it; then it holds nothing up.
    async fn standing(&self) -> bool {
        self.0.standing
    }
    /// Sentence in the caller's language, by the clock of the site: whose, what was measured when, and what is the least or the most; without figures where `startsAt` is `null`. It names the agent only where the caller may see that agent.
    async fn message(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let operation = Operation::of(ctx)?;
        self.sentence(operation).await.map_err(|error| operation.fail(error))
    }
    /// Values to build an own sentence from. Empty where `startsAt` is `null`.
    async fn params(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ErrorParam>> {
        let params = self.0.params.iter().map(param).collect();
        Ok(self.told(ctx, params).await?.unwrap_or_default())
    }
}

/// Whether the caller may know what stands against an agent's work: who may read the agent's
/// availability, and who makes the agent's roster.
pub(crate) async fn may_know(operation: &Operation, agent: AgentId) -> Outcome<bool> {
    let Some(agent) = operation.agent(agent).await? else { return Ok(false) };
    let rights = [Permission::AvailabilityRead, Permission::ScheduleWrite];
    Ok(rights.into_iter().any(|right| operation.reach(right).contains(&agent.target())))
}

fn param(param: &ViolationParam) -> ErrorParam {
    let (name, value) = match param {
        ViolationParam::Shift(id) => ("shift", id.to_string()),
        ViolationParam::Date(date) => ("date", date.to_string()),
        ViolationParam::Skill(id) => ("skill", id.to_string()),
        ViolationParam::Grade(grade) => ("grade", grade.to_string()),
        ViolationParam::Training(code) => ("training", code.clone()),
        ViolationParam::Site(id) => ("site", id.to_string()),
        ViolationParam::Reason(text) => ("reason", text.clone()),
    };
    ErrorParam { name: name.to_owned(), value }
}
