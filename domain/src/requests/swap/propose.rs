//! The first step: a shift is offered.

use jiff::Timestamp;

use super::{Audience, ShiftSwap, SwapPolicy, SwapState, in_time};
use crate::{
    fault::Rule,
    id::{AgentId, ShiftId, ShiftSwapId},
    requests::SwapRefusal,
    schedules::CheckContext,
    time::Span,
};

/// What an agent offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Id of the swap that would come of it.
    pub id: ShiftSwapId,
    /// Who offers.
    pub proposer: AgentId,
    /// Shift to give away.
    pub offered_shift: ShiftId,
    /// Version of that shift the proposer has seen.
    pub expected_shift_version: Option<i32>,
    /// To whom.
    pub audience: Audience,
    /// Windows in which a shift in return is wanted; empty means one-way.
    pub acceptable_windows: Vec<Span>,
    /// When the offer shall lapse; `None` is as late as possible.
    pub expires_at: Option<Timestamp>,
}

impl ShiftSwap {
    /// Offers a shift at `context.now`. `running` are the running swaps of the proposer's site.
    ///
    /// The offer lapses at the latest the deadline of the work rules before the shift, and never sooner than
    /// one shift length from now: phones stay in the locker, so a colleague who is at work must
    /// have the time to read it after the shift.
    ///
    /// # Errors
    /// `SHIFT_SWAP_DISABLED`, `NOT_FOUND`, `STALE_VERSION`, `SHIFT_SWAP_ALREADY_OPEN`,
    /// `INVALID_VALUE`, `NOTICE_TOO_SHORT`.
    pub fn propose(
        context: &CheckContext<'_>,
        policy: &SwapPolicy,
        running: &[Self],
        proposal: Proposal,
    ) -> Result<Self, SwapRefusal> {
        let Proposal {
            id,
            proposer,
            offered_shift,
            expected_shift_version,
            audience,
            acceptable_windows,
            expires_at,
        } = proposal;
        let now = context.now;
        if !policy.enabled {
            return Err(SwapRefusal::ShiftSwapDisabled);
        }
        let plan = context.roster.plans.get(&proposer);
        let shift = plan.and_then(|it| it.shifts.iter().find(|it| it.id() == offered_shift));
        let shift = shift.ok_or(SwapRefusal::NotFound { what: "shift" })?;
        if expected_shift_version.is_some_and(|expected| expected != shift.version()) {
            return Err(SwapRefusal::StaleVersion { current: shift.version() });
        }
        // Before anything that the state of swaps decides: who is not there is answered alike at all times.
        if let Audience::Agent(agent) = &audience {
            let colleague = context.roster.plans.get(agent);
            let reachable = colleague.filter(|it| it.site == shift.site() || policy.across_sites);
            reachable.ok_or(SwapRefusal::NotFound { what: "agent" })?;
        }
        let uses = |swap: &&Self| {
            swap.offered_shift == offered_shift || swap.return_shift == Some(offered_shift)
        };
        if running.iter().filter(|swap| swap.state_at(now).is_running()).any(|it| uses(&it)) {
            return Err(SwapRefusal::ShiftSwapAlreadyOpen);
        }
        let to_oneself = matches!(&audience, Audience::Agent(agent) if *agent == proposer);
        if to_oneself {
            return Err(SwapRefusal::InvalidValue {
                field: "audience",
                rule: Rule::NotTheOwnShift,
            });
        }
        if acceptable_windows.iter().any(|window| window.is_empty() || window.end() <= now) {
            return Err(SwapRefusal::InvalidValue {
                field: "acceptable_windows",
                rule: Rule::WindowAhead,
            });
        }
        let span = shift.span();
        let deadline = context.rules.limits.swap_deadline_seconds;
        in_time(span.start(), now, offer_notice(span, deadline))?;
        let earliest = Span::of_seconds(now, span.seconds()).end();
        let latest = before(span.start(), deadline);
        let expires_at = expires_at.map_or(latest, |wish| wish.min(latest).max(earliest));
        Ok(Self {
            id,
            site: shift.site(),
            state: SwapState::Open,
            proposer,
            offered_shift,
            offered_version: shift.version(),
            offered_span: span,
            audience,
            acceptable_windows,
            counterpart: None,
            return_shift: None,
            expires_at,
            created_at: now,
            version: 1,
        })
    }

    /// The last instant at which a shift can be offered, by the seconds that the work rules want
    /// between the end of an offer and the start of the shift.
    #[must_use]
    pub fn offer_until(shift: Span, deadline_seconds: i64) -> Timestamp {
        before(shift.start(), offer_notice(shift, deadline_seconds))
    }
}

/// Least seconds between an offer and the start of its shift: it must stand as long as the shift lasts.
fn offer_notice(shift: Span, deadline_seconds: i64) -> i64 {
    deadline_seconds.saturating_add(shift.seconds())
}

fn before(instant: Timestamp, seconds: i64) -> Timestamp {
    let earlier = instant.checked_sub(jiff::SignedDuration::from_secs(seconds));
    earlier.unwrap_or(Timestamp::MIN)
}
