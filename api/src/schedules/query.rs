use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use jiff::{Timestamp, ToSpan as _, civil};
use trunkline_domain::{
    id::{ScheduleId, ShiftId, SiteId},
    identity::{Permission, Target},
    time::{monday_of, start_of_day},
};
use trunkline_infra::agents::AgentView;
use trunkline_infra::schedules::{
    ScheduleFilter, ScheduleView, ShiftStates, count_schedules, list_schedules, own_shifts,
    schedule_by_id, shifts_of_sites,
};

use super::{
    Schedule, ScheduleState, Shift,
    direct::ListedShift,
    types::{ScheduleConnection, ScheduleEdge, within},
    work_rules::{Asked, WorkRules, in_force},
};
use crate::{
    agents::ContractKind,
    error::Outcome,
    graphql::{
        COUNT_BOUND, Count, Date, DateTime, Operation, Page, direct::DirectList, wants_count,
    },
};

/// Longest window of an own schedule.
const MOST_DAYS: i64 = 62;

/// Reading schedules.
#[derive(Debug, Default)]
pub struct PlansQuery;

#[Object]
impl PlansQuery {
    /// The caller's own published shifts that overlap `[from, to)`, by start; at most 62 days. Empty for callers who are no agents.
    async fn my_schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
    ) -> async_graphql::Result<DirectList<ListedShift>> {
        let operation = Operation::root(ctx)?;
        mine(operation, from.0, to.0).await.map_err(|error| operation.fail(error))
    }

    /// All published shifts of a site's week, Monday to Sunday, as far as the caller may see them, by start. Empty when the caller may not see the site.
    async fn site_week(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "A day of the week wanted, in the site's zone.")] week_of: Date,
    ) -> async_graphql::Result<DirectList<ListedShift>> {
        let operation = Operation::root(ctx)?;
        week(operation, &site_id, week_of.0).await.map_err(|error| operation.fail(error))
    }

    /// A schedule. `null` when it does not exist or the caller may not see it.
    async fn schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> async_graphql::Result<Option<Schedule>> {
        let operation = Operation::root(ctx)?;
        Schedule::find(operation, &id).await.map_err(|error| operation.fail(error))
    }

    /// Work rules in force at a site: its own, else those of the network, else the default ones; with what is set for a kind of contract, a team or an agent laid over them where one is named. `null` when the caller may not see the site, or the team or agent is not of it or may not be seen.
    async fn work_rules(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Those of contracts of this kind.")] contract_kind: Option<ContractKind>,
        #[graphql(desc = "Those of this team.")] team_id: Option<ID>,
        #[graphql(
            desc = "Those of this agent, by the own team and contract whatever else is named."
        )]
        agent_id: Option<ID>,
        #[graphql(desc = "The day; absent = today at the site.")] date: Option<Date>,
    ) -> async_graphql::Result<Option<WorkRules>> {
        let operation = Operation::root(ctx)?;
        let asked = Asked { contract_kind, team: team_id, agent: agent_id, date };
        in_force(operation, &site_id, asked).await.map_err(|error| operation.fail(error))
    }

    /// Schedules of a site, latest first: published ones, and for those who plan there all.
    async fn schedules(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Page size, 1 to 200.", default = 50)] first: Option<i32>,
        #[graphql(desc = "Cursor of the last item of the previous page.")] after: Option<String>,
    ) -> async_graphql::Result<ScheduleConnection> {
        let operation = Operation::root(ctx)?;
        page(operation, &site_id, first, after.as_deref(), wants_count(ctx))
            .await
            .map_err(|error| operation.fail(error))
    }
}

async fn mine(
    operation: &Operation,
    from: Timestamp,
    to: Timestamp,
) -> Outcome<DirectList<ListedShift>> {
    within(from, to, MOST_DAYS)?;
    let Some(agent) = operation.viewer()?.agent else { return Ok(DirectList(Vec::new())) };
    let tx = operation.read().await?;
    let shifts = own_shifts(&tx, agent, from, to).await?;
    let directory = operation.directory().await?;
    Ok(DirectList(ListedShift::list(shifts, &directory)?))
}

async fn week(
    operation: &Operation,
    site: &ID,
    day: civil::Date,
) -> Outcome<DirectList<ListedShift>> {
    let reach = operation.require(Permission::ScheduleRead)?;
    let directory = operation.directory().await?;
    let site = site.parse::<SiteId>().ok().and_then(|id| directory.site(id));
    let Some(site) = site else { return Ok(DirectList(Vec::new())) };
    let (monday, zone) = (monday_of(day), site.zone());
    let border = |date| start_of_day(date, &zone);
    let span = (border(monday), border(monday.saturating_add(7.days())));
    let tx = operation.read().await?;
    let shifts = shifts_of_sites(&tx, &reach, &[site.id], span, ShiftStates::Published).await?;
    Ok(DirectList(ListedShift::list(shifts, &directory)?))
}

impl Schedule {
    /// The schedule, if the caller may see it.
    pub(crate) async fn find(operation: &Operation, id: &ID) -> Outcome<Option<Self>> {
        let Ok(id) = id.parse::<ScheduleId>() else { return Ok(None) };
        Ok(seen(operation, id).await?.map(|schedule| Self(Arc::new(schedule))))
    }
}

impl Shift {
    /// Shifts of an agent in these states, as far as the caller may see them.
    pub(crate) async fn of_agent(
        operation: &Operation,
        agent: &AgentView,
        (from, to): (Timestamp, Timestamp),
        states: &[ScheduleState],
    ) -> Outcome<Vec<Self>> {
        within(from, to, MOST_DAYS)?;
        if !operation.reach(Permission::ScheduleRead).contains(&agent.target()) {
            return Ok(Vec::new());
        }
        let drafts = states.contains(&ScheduleState::Draft) && plans(operation, agent.site_id);
        let shifts = operation.shifts_of(agent.id, (from, to), drafts).await?;
        let wanted = |shift: &Self| states.contains(&ScheduleState::parse(&shift.0.state));
        Ok(shifts.into_iter().map(Self).filter(wanted).collect())
    }

    /// The shift, if the caller may see it.
    pub(crate) async fn find(operation: &Operation, id: &ID) -> Outcome<Option<Self>> {
        let Ok(id) = id.parse::<ShiftId>() else { return Ok(None) };
        let Some(shift) = operation.shift(id).await? else { return Ok(None) };
        let target = match shift.agent_id {
            Some(agent) => operation.agent(agent).await?.map(|agent| agent.target()),
            None => None,
        };
        // A shift belongs to the site where it is worked, wherever its agent belongs.
        let target = Target { site: Some(shift.site_id), ..target.unwrap_or_default() };
        let seen = operation.reach(Permission::ScheduleRead).contains(&target)
            && (shift.state == "PUBLISHED" || plans(operation, shift.site_id));
        Ok(seen.then_some(Self(shift)))
    }
}

/// The schedule, if the caller may see it.
pub(super) async fn seen(operation: &Operation, id: ScheduleId) -> Outcome<Option<ScheduleView>> {
    let tx = operation.read().await?;
    let schedule = schedule_by_id(&tx, id).await?;
    Ok(schedule.filter(|schedule| sees(operation, schedule)))
}

/// What is published is seen by all who read the site's schedules, the rest by those who plan.
fn sees(operation: &Operation, schedule: &ScheduleView) -> bool {
    if schedule.state == "PUBLISHED" {
        operation.reach(Permission::ScheduleRead).contains(&Target::site(schedule.site_id))
    } else {
        plans(operation, schedule.site_id)
    }
}

/// Whether the caller plans at the site: writes or publishes schedules there.
pub(super) fn plans(operation: &Operation, site: SiteId) -> bool {
    let target = Target::site(site);
    operation.reach(Permission::ScheduleWrite).contains(&target)
        || operation.reach(Permission::SchedulePublish).contains(&target)
}

async fn page(
    operation: &Operation,
    site: &ID,
    first: Option<i32>,
    after: Option<&str>,
    counted: bool,
) -> Outcome<ScheduleConnection> {
    let page = Page::parse(first, after)?;
    let reach = operation.require(Permission::ScheduleRead)?;
    let site = site.parse::<SiteId>().ok().filter(|id| reach.contains(&Target::site(*id)));
    let (mut rows, mut total) = (Vec::new(), 0);
    if let Some(site) = site {
        let filter = ScheduleFilter { site, all_states: plans(operation, site) };
        let tx = operation.read().await?;
        rows = list_schedules(&tx, &filter, page.after.as_ref(), page.limit()).await?;
        if counted {
            total = count_schedules(&tx, &filter, COUNT_BOUND + 1).await?;
        }
    }
    let page_info = page.cut(&mut rows, ScheduleView::cursor);
    let nodes: Vec<Schedule> = rows.into_iter().map(|row| Schedule(Arc::new(row))).collect();
    let edges = nodes
        .iter()
        .map(|node| ScheduleEdge { cursor: node.0.cursor().encode(), node: node.clone() })
        .collect();
    Ok(ScheduleConnection { nodes, edges, page_info, total_count: Count::bounded(total) })
}
