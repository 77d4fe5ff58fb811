use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use trunkline_domain::{
    fault::Language,
    intraday::{AgentState, BoardRow, BoardScope, Reading, RowGoal, Staff, Taken, Waiting},
    kpis::displayed,
};
use trunkline_infra::network::Directory;

use super::board::Board;
use crate::{
    agents::Agent,
    graphql::{DateTime, Decimal, Operation, UserError, show_id},
};

/// The day so far: network, sites, queues. Plain values, so that a stream of boards holds nothing open.
#[derive(Debug, Clone, SimpleObject)]
pub struct Wallboard {
    /// When it was looked at; ages are counted to here.
    pub taken_at: DateTime,
    /// Names what the board says, ages left out; hand it back as `after`.
    pub cursor: String,
    /// The network as a whole, contacts that reached no site among them. `null` on the board of a site, and for who may not see the network.
    pub network: Option<WallboardRow>,
    /// Sites, by code.
    pub sites: Vec<WallboardRow>,
    /// Queues, by code: over all sites for who sees the network, else one row for each site.
    pub queues: Vec<WallboardRow>,
    /// Volumes of today by half hour, in order.
    pub periods: Vec<WallboardPeriod>,
}

/// Figures of the network, a site, a queue, or a queue at a site. A part is `null` while nothing was heard of it.
#[derive(Debug, Clone, SimpleObject)]
pub struct WallboardRow {
    /// The site. `null` = all sites.
    pub site: Option<WallboardPlace>,
    /// The queue. `null` = all queues.
    pub queue: Option<WallboardPlace>,
    /// The service-level goal in force. `null` when a queue of the row has none or another than the rest.
    pub goal: Option<WallboardGoal>,
    /// What waits now.
    pub waiting: Option<WallboardWaiting>,
    /// Sums of the local day so far.
    pub today: Option<WallboardToday>,
    /// Who is there now.
    pub staff: Option<WallboardStaff>,
}

/// Name of a site or queue on a board.
#[derive(Debug, Clone, SimpleObject)]
pub struct WallboardPlace {
    /// Global id, prefix `sit_` or `que_`.
    pub id: ID,
    /// Short code.
    pub code: String,
    /// Name in the caller's language.
    pub name: String,
}

/// What the service level of a row is to be.
#[derive(Debug, Clone, SimpleObject)]
pub struct WallboardGoal {
    /// Percent to be answered within the threshold, by the method of the row's service level.
    pub service_level_percent: Decimal,
    /// Seconds within which a contact is to be answered.
    pub threshold_seconds: u32,
}

impl From<RowGoal> for WallboardGoal {
    fn from(goal: RowGoal) -> Self {
        let RowGoal { service_level, threshold_seconds, method: _ } = goal;
        Self { service_level_percent: Decimal(service_level), threshold_seconds }
    }
}

/// What waits now.
#[derive(Debug, Clone, SimpleObject)]
pub struct WallboardWaiting {
    /// Contacts that wait.
    pub contacts: i64,
    /// Seconds that the first of them has waited. `null` where the tenant hides it from agents.
    pub longest_wait_seconds: Option<i64>,
    /// Source time; the oldest among the parts of a sum.
    pub at: DateTime,
    /// Seconds from there to `takenAt`.
    pub age_seconds: i64,
    /// Older than 30 seconds: do not act on it.
    pub is_stale: bool,
}

/// Sums of the local day so far, from its first interval that was told.
#[derive(Debug, Clone, SimpleObject)]
pub struct WallboardToday {
    /// Contacts that arrived.
    pub offered: i64,
    /// Answered by an agent. `null` when a feed does not say.
    pub answered: Option<i64>,
    /// Abandoned while waiting. `null` when a feed does not say.
    pub abandoned: Option<i64>,
    /// Percent answered in time, a ratio of sums, by the method of the queue. `null` without contacts, and when no threshold is known.
    pub service_level_percent: Option<Decimal>,
    /// Seconds counted as in time. `null` when parts were counted with different ones, and the service level is not comparable: then `leastThresholdSeconds` and `greatestThresholdSeconds` say which.
    pub threshold_seconds: Option<i64>,
    /// Fewest seconds that a part counted as in time. `null` only where there is no service level.
    pub least_threshold_seconds: Option<i64>,
    /// Most seconds that a part counted as in time. `null` only where there is no service level.
    pub greatest_threshold_seconds: Option<i64>,
    /// Source time; the oldest among the queues of a sum.
    pub at: DateTime,
    /// Seconds from there to `takenAt`.
    pub age_seconds: i64,
    /// Older than 30 seconds: do not act on it.
    pub is_stale: bool,
}

/// Who is there now. An agent of several queues counts once in each row.
#[derive(Debug, Clone, SimpleObject)]
pub struct WallboardStaff {
    /// Agents who wait for contacts or handle one.
    pub staffed: i64,
    /// Those of them who wait for a contact.
    pub available: i64,
    /// Source time of the newest word on any agent.
    pub at: DateTime,
    /// Seconds from there to `takenAt`.
    pub age_seconds: i64,
    /// Older than 30 seconds: do not act on it.
    pub is_stale: bool,
}

/// Volumes of half an hour.
#[derive(Debug, Clone, SimpleObject)]
pub struct WallboardPeriod {
    /// First instant.
    pub starts_at: DateTime,
    /// Contacts that arrived.
    pub offered: i64,
    /// Answered by an agent. `null` when a feed does not say.
    pub answered: Option<i64>,
    /// Abandoned while waiting. `null` when a feed does not say.
    pub abandoned: Option<i64>,
}

fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl Wallboard {
    pub(super) fn of(board: &Board, language: Language) -> Self {
        let row =
            |(scope, row): &(BoardScope, BoardRow)| WallboardRow::of(board, scope, row, language);
        let of_kind =
            |kind: fn(&BoardScope) -> bool| board.rows.iter().filter(move |(scope, _)| kind(scope));
        let network = of_kind(|scope| *scope == BoardScope::default()).map(row).next();
        Self {
            taken_at: DateTime(board.now),
            cursor: board.cursor(),
            network,
            sites: of_kind(|it| it.queue.is_none() && it.site.is_some()).map(row).collect(),
            queues: of_kind(|it| it.queue.is_some()).map(row).collect(),
            periods: board
                .periods
                .iter()
                .map(|period| WallboardPeriod {
                    starts_at: DateTime(period.starts_at),
                    offered: count(period.offered),
                    answered: period.answered.map(count),
                    abandoned: period.abandoned.map(count),
                })
                .collect(),
        }
    }
}

impl WallboardRow {
    fn of(board: &Board, scope: &BoardScope, row: &BoardRow, language: Language) -> Self {
        let BoardRow { waiting, today, staff } = *row;
        let now = board.now;
        let today = today.map(|reading| {
            let figures = reading.value;
            let level = figures.service_level(board.method(scope.queue));
            let thresholds = figures.threshold.range();
            WallboardToday {
                offered: count(figures.offered),
                answered: figures.answered.map(count),
                abandoned: figures.abandoned.map(count),
                service_level_percent: level.map(displayed).map(Decimal),
                threshold_seconds: thresholds
                    .filter(|(least, greatest)| least == greatest)
                    .map(|(seconds, _)| seconds.into()),
                least_threshold_seconds: thresholds.map(|(least, _)| least.into()),
                greatest_threshold_seconds: thresholds.map(|(_, greatest)| greatest.into()),
                at: DateTime(reading.as_of),
                age_seconds: reading.age_seconds(now),
                is_stale: reading.is_stale(now),
            }
        });
        Self {
            site: place(&board.directory, scope, language, true),
            queue: place(&board.directory, scope, language, false),
            goal: board.goal(*scope).map(Into::into),
            waiting: waiting.map(|it| waiting_of(it, board.hides_longest_wait, now)),
            today,
            staff: staff.map(|it| staff_of(it, now)),
        }
    }
}

fn waiting_of(reading: Reading<Waiting>, hidden: bool, now: Timestamp) -> WallboardWaiting {
    WallboardWaiting {
        contacts: count(reading.value.contacts),
        longest_wait_seconds: (!hidden).then(|| count(reading.value.longest_seconds)),
        at: DateTime(reading.as_of),
        age_seconds: reading.age_seconds(now),
        is_stale: reading.is_stale(now),
    }
}

fn staff_of(reading: Reading<Staff>, now: Timestamp) -> WallboardStaff {
    WallboardStaff {
        staffed: count(reading.value.staffed),
        available: count(reading.value.available),
        at: DateTime(reading.as_of),
        age_seconds: reading.age_seconds(now),
        is_stale: reading.is_stale(now),
    }
}

fn place(
    directory: &Directory,
    scope: &BoardScope,
    language: Language,
    site: bool,
) -> Option<WallboardPlace> {
    let (id, code, english, chinese) = if site {
        let it = directory.site(scope.site?)?;
        (show_id(it.id), &it.code, &it.name_en, &it.name_zh)
    } else {
        let it = directory.queue(scope.queue?)?;
        (show_id(it.id), &it.code, &it.name_en, &it.name_zh)
    };
    Some(WallboardPlace {
        id,
        code: code.clone(),
        name: language.pick(english, chinese).to_owned(),
    })
}

/// What an agent does, as the switch sees it. New values can be added: treat an unknown one as `AUX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "AgentState")]
pub enum AgentStateName {
    /// Not signed in.
    SignedOut,
    /// Waits for a contact.
    Available,
    /// A contact is offered.
    Ringing,
    /// Speaks with a customer.
    Talking,
    /// Keeps a customer on hold.
    Holding,
    /// Work after the contact.
    AfterCallWork,
    /// Signed in, takes no contacts; the reason says why.
    Aux,
}

/// The present state of an agent.
#[derive(Debug, Clone, SimpleObject)]
pub struct AgentStateNow {
    /// Whose.
    pub agent: Agent,
    /// State.
    pub state: AgentStateName,
    /// Reason of an aux state. `null` when none was told.
    pub reason: Option<String>,
    /// Since when.
    pub since_at: DateTime,
    /// Seconds in the state.
    pub in_state_seconds: i64,
    /// Source time of the newest word on the agent.
    pub heard_at: DateTime,
}

/// What became of one item of a feed. New values can be added: treat an unknown one as `REFUSED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum FeedOutcome {
    /// It says something new.
    Accepted,
    /// It was known already, or something later was.
    Unchanged,
    /// It cannot be taken up; see `userErrors`.
    Refused,
}

/// What became of one item of a feed.
#[derive(Debug, Clone, SimpleObject)]
pub struct FeedResult {
    /// Outcome.
    pub outcome: FeedOutcome,
    /// Why it was refused. Empty otherwise.
    pub user_errors: Vec<UserError>,
}

impl FeedResult {
    /// What the schema shows of what became of the items of a push.
    pub(crate) fn all(operation: &Operation, taken: Option<Vec<Taken>>) -> Vec<Self> {
        let one = |taken: Taken| {
            let (outcome, fault) = match taken {
                Taken::Accepted => (FeedOutcome::Accepted, None),
                Taken::Unchanged => (FeedOutcome::Unchanged, None),
                Taken::Refused(fault) => (FeedOutcome::Refused, Some(fault)),
            };
            let user_errors = fault.map(|fault| operation.user_error(fault)).into_iter().collect();
            Self { outcome, user_errors }
        };
        taken.unwrap_or_default().into_iter().map(one).collect()
    }
}

/// Outcome of pushing gauges.
#[derive(Debug, SimpleObject)]
pub struct QueueGaugesPushPayload {
    /// One for each gauge, in order. Empty when the whole push was refused.
    pub results: Vec<FeedResult>,
    /// Why the whole push was refused. Empty means taken, item by item.
    pub user_errors: Vec<UserError>,
}

/// Outcome of pushing agent states.
#[derive(Debug, SimpleObject)]
pub struct AgentStatesPushPayload {
    /// One for each event, in order. Empty when the whole push was refused.
    pub results: Vec<FeedResult>,
    /// Why the whole push was refused. Empty means taken, item by item.
    pub user_errors: Vec<UserError>,
}

/// Outcome of pushing interval figures.
#[derive(Debug, SimpleObject)]
pub struct IntervalFiguresPushPayload {
    /// One for each interval, in order. Empty when the whole push was refused.
    pub results: Vec<FeedResult>,
    /// Why the whole push was refused. Empty means taken, item by item.
    pub user_errors: Vec<UserError>,
}
