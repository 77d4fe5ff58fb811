use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use trunkline_domain::{
    fault::Fault,
    id::AgentId,
    identity::Permission,
    schedules::{PatternKind, PatternWeek, TimeBand, Weekdays},
};
use trunkline_infra::schedules::{PatternAssignmentView, ShiftPatternView, pattern_assignments};

use super::{pattern_assign::AssignPattern, patterns::CreatePattern};
use crate::{
    agents::Agent,
    error::Outcome,
    graphql::{Date, DateTime, LocalTime, Operation, UserError, parse_id, parse_ids, show_id},
    network::Site,
};

/// Kind of a pattern of shifts. New values can be added: treat an unknown one as `ROTATING`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "PatternKind")]
pub enum ShiftPatternKind {
    /// All shifts start at one time.
    Fixed,
    /// Shifts start within a band.
    Flexible,
    /// The weeks of a rotation follow each other, each with a time or band of its own.
    Rotating,
}

/// A week of a pattern.
#[derive(Debug, SimpleObject)]
pub struct ShiftPatternWeek {
    /// Earliest local time at which shifts start.
    pub earliest_start: LocalTime,
    /// Latest local time at which they start; the next day when it is before the earliest.
    pub latest_start: LocalTime,
    /// Least time from start to end. `null` = as short as the site offers.
    pub shortest_seconds: Option<i64>,
    /// Most time from start to end. `null` = as long as the site offers.
    pub longest_seconds: Option<i64>,
    /// ISO weekdays on which shifts start, in order, 1 is Monday; the others are off. All seven where the pattern names none.
    pub weekdays: Vec<i32>,
}

/// On which days agents work, when their shifts start, and how long they are, week after week. Generated schedules keep to it.
#[derive(Debug, Clone)]
pub struct ShiftPattern(pub Arc<ShiftPatternView>);

/// On which days agents work, when their shifts start, and how long they are, week after week. Generated schedules keep to it.
#[Object]
impl ShiftPattern {
    /// Global id, prefix `pat_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Whose. `null` when the caller may not see the site.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let operation = Operation::of(ctx)?;
        Site::visible(operation, self.0.site_id).await.map_err(|error| operation.fail(error))
    }
    /// What planners call it.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// Which kind its weeks make.
    async fn kind(&self, ctx: &Context<'_>) -> async_graphql::Result<ShiftPatternKind> {
        let weeks = self.0.weeks();
        Ok(weeks.map_err(|error| fail(ctx, error))?.kind().into())
    }
    /// Its weeks, in the order in which they follow each other.
    async fn weeks(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ShiftPatternWeek>> {
        let weeks = self.0.weeks().map_err(|error| fail(ctx, error))?;
        let week = |week: &PatternWeek| ShiftPatternWeek {
            earliest_start: LocalTime(week.starts.from),
            latest_start: LocalTime(week.starts.to),
            shortest_seconds: week.shortest_seconds,
            longest_seconds: week.longest_seconds,
            weekdays: week
                .weekdays
                .map_or_else(|| (1..=7).collect(), |days| days.numbers().map(i32::from).collect()),
        };
        Ok(weeks.list().iter().map(week).collect())
    }
    /// To whom it was given, as far as the caller may see those agents, by agent and date; also what is over or still to come.
    async fn assignments(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Vec<ShiftPatternAssignment>> {
        let operation = Operation::of(ctx)?;
        let read = async || -> Outcome<_> {
            let tx = operation.read().await?;
            let reach = operation.reach(Permission::AgentRead);
            Ok(pattern_assignments(&tx, self.0.site_id, &reach).await?)
        };
        let given = read().await.map_err(|error| operation.fail(error))?;
        let shown = |row: PatternAssignmentView| ShiftPatternAssignment {
            agent_id: row.agent_id,
            starts_on: Date(row.starts_on),
            first_week: row.first_week + 1,
        };
        let own = given.into_iter().filter(|row| row.pattern_id == Some(self.0.id));
        Ok(own.map(shown).collect())
    }
    /// Made at.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

fn fail(ctx: &Context<'_>, error: trunkline_infra::db::DbError) -> async_graphql::Error {
    match Operation::of(ctx) {
        Ok(operation) => operation.fail(error.into()),
        Err(missing) => missing,
    }
}

/// A pattern given to an agent, until another one is.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct ShiftPatternAssignment {
    #[graphql(skip)]
    agent_id: AgentId,
    /// From which Monday on.
    pub starts_on: Date,
    /// Week of the pattern in which that Monday lies, from 1.
    pub first_week: i32,
}

#[ComplexObject]
impl ShiftPatternAssignment {
    /// To whom. `null` when the caller may not see that agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let agent = operation.visible_agent(self.agent_id, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
}

/// A week of a new pattern.
#[derive(Debug, InputObject)]
pub struct ShiftPatternWeekInput {
    /// Earliest local time at which shifts start, a quarter of an hour.
    pub earliest_start: LocalTime,
    /// Latest local time at which they start; equal to the earliest for a fixed start.
    pub latest_start: LocalTime,
    /// Least time from start to end, in whole quarters of an hour. `null` = as short as the site offers.
    pub shortest_seconds: Option<i64>,
    /// Most time from start to end, in whole quarters of an hour. `null` = as long as the site offers.
    pub longest_seconds: Option<i64>,
    /// ISO weekdays on which shifts start, 1 is Monday; the others are off, all of them where the list is empty. How many of them are worked follows from the hours of the contract. `null` = any.
    pub weekdays: Option<Vec<i32>>,
}

/// A pattern to make.
#[derive(Debug, InputObject)]
pub struct ShiftPatternCreateInput {
    /// For which site.
    pub site_id: ID,
    /// What to call it, 1 to 80 characters.
    pub name: String,
    /// Its weeks, 1 to 26, in the order in which they follow each other.
    pub weeks: Vec<ShiftPatternWeekInput>,
}

impl ShiftPatternCreateInput {
    pub(super) fn parse(self) -> Result<CreatePattern, Fault> {
        let Self { site_id, name, weeks } = self;
        let week = |(place, week): (usize, ShiftPatternWeekInput)| -> Result<PatternWeek, Fault> {
            let ShiftPatternWeekInput {
                earliest_start,
                latest_start,
                shortest_seconds,
                longest_seconds,
                weekdays,
            } = week;
            let starts = TimeBand { from: earliest_start.0, to: latest_start.0 };
            let days = weekdays.map(|days| Weekdays::of(days.into_iter().map(i64::from)));
            let weekdays = days
                .transpose()
                .map_err(|rule| Fault::invalid(&format!("weeks.{place}.weekdays"), rule))?;
            Ok(PatternWeek { starts, shortest_seconds, longest_seconds, weekdays })
        };
        let site = parse_id(&site_id, "siteId")?;
        let weeks = weeks.into_iter().enumerate().map(week).collect::<Result<_, _>>()?;
        Ok(CreatePattern { site, name, weeks })
    }
}

/// A pattern to give to agents: to some, to those of teams, or to both.
#[derive(Debug, InputObject)]
pub struct ShiftPatternAssignInput {
    /// Which pattern. `null` for none from that Monday on.
    pub shift_pattern_id: Option<ID>,
    /// To whom: agents of its site. With those of `teamIds` 1 to 100, all or none.
    #[graphql(default)]
    pub agent_ids: Vec<ID>,
    /// To whom: those who are active in these teams of its site now. Who joins later is given it then.
    #[graphql(default)]
    pub team_ids: Vec<ID>,
    /// From which Monday on.
    pub starts_on: Date,
    /// Week of the pattern in which that Monday lies, from 1.
    #[graphql(default = 1)]
    pub first_week: i32,
}

impl ShiftPatternAssignInput {
    pub(super) fn parse(self) -> Result<AssignPattern, Fault> {
        let Self { shift_pattern_id, agent_ids, team_ids, starts_on, first_week } = self;
        let pattern = shift_pattern_id.map(|id| parse_id(&id, "shiftPatternId")).transpose()?;
        let agents = parse_ids(&agent_ids, "agentIds")?;
        let teams = parse_ids(&team_ids, "teamIds")?;
        Ok(AssignPattern { pattern, agents, teams, starts_on: starts_on.0, first_week })
    }
}

/// Outcome of making a pattern.
#[derive(Debug, SimpleObject)]
pub struct ShiftPatternCreatePayload {
    /// The pattern. `null` when refused.
    pub shift_pattern: Option<ShiftPattern>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of giving a pattern.
#[derive(Debug, SimpleObject)]
pub struct ShiftPatternAssignPayload {
    /// The pattern. `null` when refused, and when none was given.
    pub shift_pattern: Option<ShiftPattern>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}
