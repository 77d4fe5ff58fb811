use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use rust_decimal::Decimal as Exact;
use trunkline_domain::{
    fault::Fault,
    identity::Permission,
    schedules::pay::{
        PayClass as Class, PayDay as Day, PaySplit, PayTerms as Terms, PayTermsChange,
        RestCause as Cause, RestEntry, RestState as State,
    },
};
use trunkline_infra::schedules::OverrideView;

use super::{
    RuleViolation,
    override_types::RuleOverride,
    rest_service::{AgentMonth, SetRest},
};
use crate::{
    agents::Agent,
    error::Outcome,
    forecasting::SpecialDayKind,
    graphql::{Date, Decimal, Operation, UserError, parse_id},
};

/// What an hour of work counts as. New values can be added: treat an unknown one by its factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Class")]
pub enum PayClass {
    /// None of the others.
    Ordinary,
    /// In the night of the work rules.
    Night,
    /// Above the hours that the contract has for the day or the week, the last hours of them. Work on public holidays and work that earns a rest is left out of that count.
    Overtime,
    /// On a rest day, when no rest was given for it in time.
    RestDay,
    /// On a public holiday.
    PublicHoliday,
}

/// Work of one pay class.
#[derive(Debug, SimpleObject)]
pub struct PayClassTime {
    /// Which class.
    pub pay_class: PayClass,
    /// Paid seconds of work in it.
    pub seconds: i64,
    /// What a second of it is worth, in ordinary seconds.
    pub factor: Decimal,
}

fn classes(split: &PaySplit, terms: &Terms) -> Vec<PayClassTime> {
    let time = |class: Class| PayClassTime {
        pay_class: class.into(),
        seconds: split.seconds(class),
        factor: Decimal(terms.factor(class)),
    };
    Class::ALL.into_iter().map(time).filter(|time| time.seconds > 0).collect()
}

/// A date with paid work.
#[derive(Debug, SimpleObject)]
pub struct PayDay {
    /// The date by the clock: work after midnight is on the next one.
    pub local_date: Date,
    /// What the calendar of the site says of it.
    pub kind: SpecialDayKind,
    /// Its work by class, the plainest first.
    pub classes: Vec<PayClassTime>,
}

/// Why rest is owed. New values can be added: treat an unknown one as `REST_DAY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Cause")]
pub enum CompensatoryRestCause {
    /// Work on a rest day of the calendar.
    RestDay,
    /// Work on a day in a row beyond those that the rules allow.
    LongRun,
    /// Work in a week that an override left without its rest: its last day of work.
    WeeklyRest,
}

/// Where a rest stands. New values can be added: treat an unknown one as `OWED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CompensatoryRestState {
    /// It is still to be given.
    Owed,
    /// It was given.
    Given,
    /// It was not given in time: the work counts as that of a rest day.
    Lapsed,
}

/// A rest that one day of work earned.
#[derive(Debug, SimpleObject)]
pub struct CompensatoryRest {
    /// The day that was worked.
    pub earned_on: Date,
    /// Paid seconds of work that day.
    pub seconds: i64,
    /// Why it is owed.
    pub cause: CompensatoryRestCause,
    /// Last day on which it can be given.
    pub due_on: Date,
    /// Where it stands.
    pub state: CompensatoryRestState,
    /// The day of rest. `null` while none was given.
    pub rest_on: Option<Date>,
    /// Who let the work happen against the rule, and why. `null` where nobody had to: on a rest day of the calendar, and where other rules were in force when it was planned.
    pub rule_override: Option<RuleOverride>,
}

impl CompensatoryRest {
    /// A rest, with the override that it counts among `overrides`.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub(super) fn of(entry: RestEntry, overrides: &[OverrideView]) -> Outcome<Self> {
        let RestEntry { earned_on, seconds, cause, due_on, state, overridden } = entry;
        let overridden = overridden.and_then(|place| overrides.get(place)).cloned();
        let (state, rest_on) = match state {
            State::Owed => (CompensatoryRestState::Owed, None),
            State::Given(on) => (CompensatoryRestState::Given, Some(Date(on))),
            State::Lapsed => (CompensatoryRestState::Lapsed, None),
        };
        Ok(Self {
            earned_on: Date(earned_on),
            seconds,
            cause: cause.into(),
            due_on: Date(due_on),
            state,
            rest_on,
            rule_override: overridden.map(RuleOverride::of).transpose()?,
        })
    }
}

/// An agent's published work of a month by pay class. It knows factors and no money.
#[derive(Debug, Clone)]
pub struct AgentPayMonth(pub(super) Arc<AgentMonth>);

/// An agent's published work of a month by pay class. It knows factors and no money.
#[Object]
impl AgentPayMonth {
    /// Whose. `null` when the caller may not see that agent any more.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let agent = operation.visible_agent(self.0.agent, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
    /// First date of the month.
    async fn starts_on(&self) -> Date {
        Date(self.0.first)
    }
    /// Last date of it.
    async fn ends_on(&self) -> Date {
        Date(self.0.last)
    }
    /// Paid seconds of work of all classes. Paid time off is not among them.
    async fn seconds(&self) -> i64 {
        self.0.month.total().total()
    }
    /// Seconds times the factors of their classes: how many ordinary seconds the month is worth.
    async fn weighted_seconds(&self) -> Decimal {
        let worth: Exact = self.0.month.total().weighted(&self.0.terms);
        Decimal(worth.normalize())
    }
    /// The month by class, the plainest first; classes without work are not there.
    async fn classes(&self) -> Vec<PayClassTime> {
        classes(&self.0.month.total(), &self.0.terms)
    }
    /// Dates with work, in order.
    async fn days(&self) -> Vec<PayDay> {
        let day = |day: &Day| PayDay {
            local_date: Date(day.date),
            kind: day.kind.into(),
            classes: classes(&day.split, &self.0.terms),
        };
        self.0.month.days.iter().map(day).collect()
    }
    /// Rest that was earned by the end of the month and not due before its start, in order. While one earned in it is `OWED`, the classes of the month can still change.
    async fn compensatory_rests(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Vec<CompensatoryRest>> {
        let operation = Operation::of(ctx)?;
        let overrides = &self.0.overrides;
        let rest = |entry: &RestEntry| CompensatoryRest::of(*entry, overrides);
        let rests: Outcome<Vec<_>> = self.0.month.rest.iter().map(rest).collect();
        rests.map_err(|error| operation.fail(error))
    }
    /// Number of the work rules whose factors these are: those in force on the first day.
    async fn work_rules_version(&self) -> i32 {
        self.0.rules_version
    }
}

/// What the pay classes are worth, and when rest is due.
#[derive(Debug, SimpleObject)]
pub struct PayTerms {
    /// What an ordinary second is multiplied by in the night of the work rules.
    pub night_factor: Decimal,
    /// Above the hours that the contract has for the day or the week; 1.5 unless set.
    pub overtime_factor: Decimal,
    /// On a rest day for which no rest was given in time.
    pub rest_day_factor: Decimal,
    /// On a public holiday.
    pub public_holiday_factor: Decimal,
    /// Rest is due by the end of the month in which it was earned, or by that of the next one when fewer days than these are left.
    pub least_days_to_rest: i64,
}

impl From<Terms> for PayTerms {
    fn from(terms: Terms) -> Self {
        let Terms { night, overtime, rest_day, public_holiday, least_days_to_rest } = terms;
        Self {
            night_factor: Decimal(night),
            overtime_factor: Decimal(overtime),
            rest_day_factor: Decimal(rest_day),
            public_holiday_factor: Decimal(public_holiday),
            least_days_to_rest,
        }
    }
}

/// New terms of pay classes; what is left out stays.
#[derive(Debug, InputObject)]
pub struct PayTermsInput {
    /// Factor of the night, 1 to 10.
    pub night_factor: Option<Decimal>,
    /// Factor of overtime, 1 to 10.
    pub overtime_factor: Option<Decimal>,
    /// Factor of rest days, 1 to 10.
    pub rest_day_factor: Option<Decimal>,
    /// Factor of public holidays, 1 to 10.
    pub public_holiday_factor: Option<Decimal>,
    /// Days that must be left of a month for rest to be due in it, 0 to 31.
    pub least_days_to_rest: Option<i64>,
}

impl PayTermsInput {
    pub(super) fn parse(self) -> PayTermsChange {
        let Self {
            night_factor,
            overtime_factor,
            rest_day_factor,
            public_holiday_factor,
            least_days_to_rest,
        } = self;
        PayTermsChange {
            night: night_factor.map(|factor| factor.0),
            overtime: overtime_factor.map(|factor| factor.0),
            rest_day: rest_day_factor.map(|factor| factor.0),
            public_holiday: public_holiday_factor.map(|factor| factor.0),
            least_days_to_rest,
        }
    }
}

/// A rest to give or to take back.
#[derive(Debug, InputObject)]
pub struct CompensatoryRestSetInput {
    /// Who worked.
    pub agent_id: ID,
    /// The day that was worked.
    pub earned_on: Date,
    /// The day of rest, on which the agent is not planned. `null` takes the rest back, if its day is still to come.
    pub rest_on: Option<Date>,
    /// Only check: nothing is written, `violations` and `userErrors` tell what would happen.
    #[graphql(default)]
    pub dry_run: bool,
}

impl CompensatoryRestSetInput {
    pub(super) fn parse(self) -> Result<SetRest, Fault> {
        let Self { agent_id, earned_on, rest_on, dry_run } = self;
        Ok(SetRest {
            agent: parse_id(&agent_id, "agentId")?,
            earned_on: earned_on.0,
            rest_on: rest_on.map(|date| date.0),
            dry_run,
        })
    }
}

/// Outcome of giving a rest.
#[derive(Debug, SimpleObject)]
pub struct CompensatoryRestSetPayload {
    /// The rest as it stands now, or would. `null` when nothing was earned that day or the caller may not see it.
    pub compensatory_rest: Option<CompensatoryRest>,
    /// Rules that a day off breaks or would break; `BLOCKING` ones prevent it.
    pub violations: Vec<RuleViolation>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}
