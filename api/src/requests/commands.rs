//! The steps of a swap as their callers ask for them.

use jiff::Timestamp;
use serde::Serialize;
use trunkline_domain::{
    id::{AgentId, ShiftId, ShiftSwapId, TeamId},
    time::Span,
};

/// To whom a shift is offered.
#[derive(Debug, Clone, Serialize)]
pub(super) enum To {
    /// One colleague.
    Agent(AgentId),
    /// Everyone of these teams; none = everyone of the site.
    Teams(Vec<TeamId>),
}

/// An offer.
#[derive(Debug, Serialize)]
pub(super) struct ProposeSwap {
    pub(super) shift: ShiftId,
    pub(super) expected_version: Option<i32>,
    pub(super) to: To,
    pub(super) windows: Vec<Span>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) note: Option<String>,
    pub(super) dry_run: bool,
}

/// A colleague's answer.
#[derive(Debug)]
pub(super) struct AnswerSwap {
    pub(super) swap: ShiftSwapId,
    pub(super) expected_version: Option<i32>,
    pub(super) accept: bool,
    pub(super) return_shift: Option<ShiftId>,
    pub(super) comment: Option<String>,
    pub(super) dry_run: bool,
}

/// A leader's decision.
#[derive(Debug)]
pub(super) struct ReviewSwap {
    pub(super) swap: ShiftSwapId,
    pub(super) expected_version: Option<i32>,
    pub(super) approve: bool,
    pub(super) override_warnings: bool,
    pub(super) comment: Option<String>,
}

/// An offer taken back.
#[derive(Debug)]
pub(super) struct CancelSwap {
    pub(super) swap: ShiftSwapId,
    pub(super) expected_version: Option<i32>,
    pub(super) comment: Option<String>,
}
