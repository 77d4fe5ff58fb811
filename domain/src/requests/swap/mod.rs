//! Shift swaps: an offer to hand over or exchange a shift, from the first word to the new rosters.
//!
//! `OPEN → MATCHED → APPROVED | DENIED`, `CANCELLED`, `EXPIRED`. Every step is a function of the
//! swap as it stands, the context of the rules and now, and gives the swap as it stands afterwards,
//! the change to carry out and the record of the decision.

mod answer;
mod nearest;
mod propose;
mod settle;
#[cfg(test)]
mod tests;
mod trial;

pub use answer::Acceptance;
pub use nearest::Taker;
pub use propose::Proposal;
pub use settle::Review;
pub use trial::Trial;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DecisionRecord, RequestOutcome, SwapRefusal};
use crate::{
    id::{AgentId, ShiftId, ShiftSwapId, SiteId},
    schedules::{Change, Edit, Quantity, Violation},
    time::Span,
};

/// Where a swap stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SwapState {
    /// Waits for a colleague.
    Open,
    /// A colleague accepted; waits for approval.
    Matched,
    /// Approved; both rosters are changed.
    Approved,
    /// Turned down by the colleague or the leader.
    Denied,
    /// Taken back by the proposer.
    Cancelled,
    /// Lapsed.
    Expired,
}

impl SwapState {
    /// All states.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Matched, Self::Approved, Self::Denied, Self::Cancelled, Self::Expired];

    /// Stable name, as the API and the database write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Matched => "MATCHED",
            Self::Approved => "APPROVED",
            Self::Denied => "DENIED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
        }
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether somebody still has to act.
    #[must_use]
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Open | Self::Matched)
    }

    /// Whose turn it is.
    #[must_use]
    pub const fn waiting_for(self) -> WaitingFor {
        match self {
            Self::Open => WaitingFor::Colleague,
            Self::Matched => WaitingFor::Leader,
            _ => WaitingFor::Nobody,
        }
    }

    /// How it counts for the satisfaction rate; `None` while it runs.
    #[must_use]
    pub const fn outcome(self) -> Option<RequestOutcome> {
        match self {
            Self::Open | Self::Matched => None,
            Self::Approved => Some(RequestOutcome::Granted),
            Self::Denied => Some(RequestOutcome::Refused),
            Self::Cancelled => Some(RequestOutcome::Withdrawn),
            Self::Expired => Some(RequestOutcome::Expired),
        }
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WaitingFor {
    /// A colleague has to answer.
    Colleague,
    /// A leader has to decide.
    Leader,
    /// It is over.
    Nobody,
}

/// To whom a shift is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// To one colleague.
    Agent(AgentId),
    /// To everyone of a group (its members when the offer is answered; empty is the whole site).
    Group(Vec<AgentId>),
}

impl Audience {
    /// Whether the offer is made to this agent.
    #[must_use]
    pub fn includes(&self, agent: AgentId) -> bool {
        match self {
            Self::Agent(only) => *only == agent,
            Self::Group(members) => members.is_empty() || members.contains(&agent),
        }
    }
}

/// What a site has decided about swaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwapPolicy {
    /// Whether agents may swap at all.
    pub enabled: bool,
    /// Whether a leader looks at every swap, also at those against which nothing stands.
    pub always_reviewed: bool,
    /// Whether colleagues of other sites may take a shift.
    pub across_sites: bool,
}

impl SwapPolicy {
    /// Swaps within the site, approved by the rules alone.
    #[must_use]
    pub const fn within_site() -> Self {
        Self { enabled: true, always_reviewed: false, across_sites: false }
    }
}

/// An offer to hand over or exchange a shift, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftSwap {
    /// Its id.
    pub id: ShiftSwapId,
    /// Site of the offered shift.
    pub site: SiteId,
    /// Where it stands.
    pub state: SwapState,
    /// Who offers.
    pub proposer: AgentId,
    /// Shift given away.
    pub offered_shift: ShiftId,
    /// Version of that shift that is offered: nobody takes what was changed meanwhile.
    pub offered_version: i32,
    /// When that shift is.
    pub offered_span: Span,
    /// To whom.
    pub audience: Audience,
    /// Windows in which a shift in return is wanted; empty means one-way.
    pub acceptable_windows: Vec<Span>,
    /// Who takes; `None` while nobody has.
    pub counterpart: Option<AgentId>,
    /// Shift given in return; `None` for a one-way hand-over or while nobody has taken.
    pub return_shift: Option<ShiftId>,
    /// When it lapses.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// Grows by one with every step, from 1.
    pub version: i32,
}

impl ShiftSwap {
    /// Whether a shift in return is asked for.
    #[must_use]
    pub const fn is_two_way(&self) -> bool {
        !self.acceptable_windows.is_empty()
    }

    /// What the swap makes of the rosters; `None` while nobody has taken.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        let taker = self.counterpart?;
        let give = Edit::Move { shift: self.offered_shift, from: self.proposer, to: taker };
        let back = self.return_shift;
        let back = back.map(|shift| Edit::Move { shift, from: taker, to: self.proposer });
        Some(Change::request(std::iter::once(give).chain(back).collect()))
    }

    /// The swap one step further.
    fn stepped(&self, state: SwapState) -> Self {
        Self { state, version: self.version.saturating_add(1), ..self.clone() }
    }

    /// Refuses a step that somebody takes on an old view of the swap.
    fn expect_version(&self, expected: Option<i32>) -> Result<(), SwapRefusal> {
        match expected {
            Some(expected) if expected != self.version => {
                Err(SwapRefusal::StaleVersion { current: self.version })
            }
            _ => Ok(()),
        }
    }

    /// The state by the clock: a running swap whose time is over has lapsed, also before anybody
    /// has written so.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> SwapState {
        if self.state.is_running() && now >= self.expires_at {
            SwapState::Expired
        } else {
            self.state
        }
    }
}

/// A step that is possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwapDecision {
    /// The swap as it stands afterwards.
    pub swap: ShiftSwap,
    /// What to carry out on both rosters in the same transaction; `None` unless it is approved.
    pub change: Option<Change>,
    /// What was found, standing violations and warnings among it.
    pub violations: Vec<Violation>,
    /// The record of the decision.
    pub record: DecisionRecord,
}

/// Seconds between two starts.
fn apart(one: Span, other: Span) -> i64 {
    (one.start().as_second() - other.start().as_second()).abs()
}

/// Refuses what comes too late for a shift that starts at `start`.
fn in_time(start: Timestamp, now: Timestamp, least_seconds: i64) -> Result<(), SwapRefusal> {
    let ahead = start.as_second() - now.as_second();
    if ahead >= least_seconds {
        return Ok(());
    }
    let (ahead, least) = (Quantity::Seconds(ahead), Quantity::Seconds(least_seconds));
    Err(SwapRefusal::NoticeTooShort { ahead, least })
}
