//! What agents ask for: swaps, bids, leave.
//!
//! Every answer is a pure function of the request, the roster and the rules, and leaves a
//! [`DecisionRecord`] from which it can be explained and replayed.

mod decision;
mod refusal;
mod satisfaction;
mod swap;

pub use decision::{
    Alternative, Decider, DecisionCheck, DecisionRecord, Outcome, RankPart, RequestKind, RulesUsed,
};
pub use refusal::{SwapRefusal, SwapRefusalCode};
pub use satisfaction::{RequestOutcome, Satisfaction};
pub use swap::{
    Acceptance, Audience, Proposal, Review, ShiftSwap, SwapDecision, SwapPolicy, SwapState, Taker,
    Trial, WaitingFor,
};
