use async_graphql::{Enum, ID, InputObject, OneofObject};
use trunkline_domain::{
    fault::{Fault, Rule},
    id::SiteId,
    time::Span,
};
use trunkline_infra::requests::{SwapFilter, SwapOrder};

use super::{
    commands::{AnswerSwap, CancelSwap, ProposeSwap, ReviewSwap, To},
    types::ShiftSwapState,
};
use crate::{
    agents::{DateTimeComparator, IdComparator},
    graphql::{DateTime, OrderDirection, parse_id, parse_ids},
};

/// Half-open span of time.
#[derive(Debug, InputObject)]
pub struct DateTimeWindowInput {
    /// Start, inclusive.
    pub starts_at: DateTime,
    /// End, exclusive; after `startsAt`.
    pub ends_at: DateTime,
}

/// Exactly one of the two.
#[derive(Debug, OneofObject)]
pub enum ShiftSwapAudienceInput {
    /// One colleague.
    AgentId(ID),
    /// Everyone of these teams who may take it; an empty list is everyone of the site.
    TeamIds(Vec<ID>),
}

/// Offer of a shift.
#[derive(Debug, InputObject)]
pub struct ShiftSwapProposeInput {
    /// Shift to give away.
    pub offered_shift_id: ID,
    /// Version of that shift the caller has seen.
    pub expected_version: Option<i32>,
    /// To whom.
    pub audience: ShiftSwapAudienceInput,
    /// Windows in which a shift in return is wanted, at most 31; empty means one-way.
    #[graphql(default)]
    pub acceptable_windows: Vec<DateTimeWindowInput>,
    /// When the offer lapses; at the latest the site's notice period before the shift.
    pub expires_at: Option<DateTime>,
    /// Text for colleagues, at most 500 characters.
    pub note: Option<String>,
    /// Only check: nothing is written, `violations` and `userErrors` tell what would happen.
    #[graphql(default)]
    pub dry_run: bool,
}

const MOST_WINDOWS: usize = 31;

impl ShiftSwapProposeInput {
    pub(super) fn parse(self) -> Result<ProposeSwap, Fault> {
        let Self {
            offered_shift_id,
            expected_version,
            audience,
            acceptable_windows,
            expires_at,
            note,
            dry_run,
        } = self;
        if acceptable_windows.len() > MOST_WINDOWS {
            return Err(Fault::invalid("acceptableWindows", Rule::ItemsAtMost(MOST_WINDOWS)));
        }
        let window = |(at, it): (usize, DateTimeWindowInput)| {
            Span::new(it.starts_at.0, it.ends_at.0).filter(|span| !span.is_empty()).ok_or_else(
                || {
                    let path = format!("acceptableWindows.{at}.endsAt");
                    Fault::invalid(&path, Rule::AfterTheStart)
                },
            )
        };
        Ok(ProposeSwap {
            shift: parse_id(&offered_shift_id, "offeredShiftId")?,
            expected_version,
            to: match audience {
                ShiftSwapAudienceInput::AgentId(id) => {
                    To::Agent(parse_id(&id, "audience.agentId")?)
                }
                ShiftSwapAudienceInput::TeamIds(ids) => {
                    To::Teams(parse_ids(&ids, "audience.teamIds")?)
                }
            },
            windows: acceptable_windows
                .into_iter()
                .enumerate()
                .map(window)
                .collect::<Result<_, _>>()?,
            expires_at: expires_at.map(|at| at.0),
            note,
            dry_run,
        })
    }
}

/// Answer to an offer.
#[derive(Debug, InputObject)]
pub struct ShiftSwapAnswerInput {
    /// The offer.
    pub shift_swap_id: ID,
    /// Version of the offer the caller has seen.
    pub expected_version: Option<i32>,
    /// Take it or not.
    pub accept: bool,
    /// Own shift given in return, when one is asked.
    pub return_shift_id: Option<ID>,
    /// Text for the proposer, at most 500 characters.
    pub comment: Option<String>,
    /// Only check: nothing is written, `violations` and `userErrors` tell what would happen.
    #[graphql(default)]
    pub dry_run: bool,
}

impl ShiftSwapAnswerInput {
    pub(super) fn parse(self) -> Result<AnswerSwap, Fault> {
        let Self { shift_swap_id, expected_version, accept, return_shift_id, comment, dry_run } =
            self;
        Ok(AnswerSwap {
            swap: parse_id(&shift_swap_id, "shiftSwapId")?,
            expected_version,
            accept,
            return_shift: return_shift_id.map(|id| parse_id(&id, "returnShiftId")).transpose()?,
            comment,
            dry_run,
        })
    }
}

/// Decision on one swap.
#[derive(Debug, InputObject)]
pub struct ShiftSwapDecisionInput {
    /// The swap.
    pub shift_swap_id: ID,
    /// Version of the swap the caller has seen.
    pub expected_version: Option<i32>,
    /// Approve or deny.
    pub approve: bool,
    /// Approve in spite of `WARNING` violations.
    #[graphql(default)]
    pub override_warnings: bool,
    /// Text for both agents, at most 500 characters.
    pub comment: Option<String>,
}

impl ShiftSwapDecisionInput {
    pub(super) fn parse(self, at: usize) -> Result<ReviewSwap, Fault> {
        let Self { shift_swap_id, expected_version, approve, override_warnings, comment } = self;
        let path = format!("decisions.{at}.shiftSwapId");
        let swap = parse_id(&shift_swap_id, &path)?;
        Ok(ReviewSwap { swap, expected_version, approve, override_warnings, comment })
    }
}

/// Decisions on swaps.
#[derive(Debug, InputObject)]
pub struct ShiftSwapReviewInput {
    /// One for each swap, at most 100.
    pub decisions: Vec<ShiftSwapDecisionInput>,
}

/// An offer to take back.
#[derive(Debug, InputObject)]
pub struct ShiftSwapCancelInput {
    /// The offer.
    pub shift_swap_id: ID,
    /// Version of the offer the caller has seen.
    pub expected_version: Option<i32>,
    /// Text for whoever was asked, at most 500 characters.
    pub comment: Option<String>,
}

impl ShiftSwapCancelInput {
    pub(super) fn parse(self) -> Result<CancelSwap, Fault> {
        let Self { shift_swap_id, expected_version, comment } = self;
        Ok(CancelSwap { swap: parse_id(&shift_swap_id, "shiftSwapId")?, expected_version, comment })
    }
}

/// Comparison of swap states.
#[derive(Debug, InputObject)]
pub struct ShiftSwapStateComparator {
    /// Equal.
    pub eq: Option<ShiftSwapState>,
    /// One of.
    #[graphql(name = "in")]
    pub one_of: Option<Vec<ShiftSwapState>>,
}

/// Conditions on swaps; all given ones must hold.
#[derive(Debug, InputObject, Default)]
pub struct ShiftSwapFilter {
    /// Site of the offered shift.
    pub site: Option<IdComparator>,
    /// Where the swap stands.
    pub state: Option<ShiftSwapStateComparator>,
    /// Either side.
    pub agent: Option<IdComparator>,
    /// Start of the offered shift.
    pub offered_shift_starts_at: Option<DateTimeComparator>,
}

impl ShiftSwapFilter {
    pub(super) fn parse(self) -> SwapFilter {
        let Self { site, state, agent, offered_shift_starts_at } = self;
        let name = |state: ShiftSwapState| {
            trunkline_domain::requests::SwapState::from(state).as_str().to_owned()
        };
        SwapFilter {
            ids: None,
            sites: site.and_then(|it| it.ids::<SiteId>()),
            states: state.and_then(|it| match (it.eq, it.one_of) {
                (None, None) => None,
                (eq, one_of) => {
                    Some(eq.into_iter().chain(one_of.into_iter().flatten()).map(name).collect())
                }
            }),
            agents: agent.and_then(|it| it.ids()),
            shift_from: offered_shift_starts_at.and_then(|it| it.gte).map(|at| at.0),
        }
    }
}

/// What swaps can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ShiftSwapOrderField {
    /// When made.
    CreatedAt,
    /// Start of the offered shift.
    OfferedShiftStartsAt,
}

/// Order of swaps.
#[derive(Debug, Clone, InputObject)]
pub struct ShiftSwapOrder {
    /// By what.
    pub field: ShiftSwapOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

impl ShiftSwapOrder {
    pub(super) fn parse(orders: &[Self]) -> SwapOrder {
        orders.first().map_or(SwapOrder { by_shift: false, descending: true }, |first| SwapOrder {
            by_shift: first.field == ShiftSwapOrderField::OfferedShiftStartsAt,
            descending: first.direction == OrderDirection::Desc,
        })
    }
}
