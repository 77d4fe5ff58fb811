//! Who is told what of a swap.
//!
//! An offer is told to the one colleague to whom it is made, or to those of a team or site who could
//! take it. Of its end those are told who had to do with it; whoever took the step knows, unless it
//! changed the own schedule. Who may decide is told of a swap that waits for a decision.

use super::{BrokenRule, InReturn, News, RefusalNews, SwapNews, SwapSide};
use crate::{
    id::AgentId,
    requests::{Audience, ShiftSwap, SwapRefusal, SwapState},
    time::Span,
};

/// What to tell whom.
type Told = Vec<(AgentId, News)>;

fn values(
    swap: &ShiftSwap,
    back: Option<Span>,
    side: SwapSide,
    colleague: Option<AgentId>,
) -> SwapNews {
    let in_return = match back {
        Some(span) => InReturn::Shift(span),
        None if swap.is_two_way() => InReturn::Asked,
        None => InReturn::Nothing,
    };
    SwapNews { site: swap.site, shift: swap.offered_span, in_return, side, colleague }
}

/// Who takes, or is to take, as far as that is one person.
fn partner(swap: &ShiftSwap) -> Option<AgentId> {
    match swap.audience {
        Audience::Agent(only) => Some(only),
        Audience::Group(_) => swap.counterpart,
    }
}

/// Of a new offer. `takers` are those of a group who could take it; an offer to one colleague is told
/// to that one.
#[must_use]
pub fn news_of_offer(swap: &ShiftSwap, takers: &[AgentId]) -> Told {
    let audience = match &swap.audience {
        Audience::Agent(only) => std::slice::from_ref(only),
        Audience::Group(_) => takers,
    };
    let others = audience.iter().filter(|agent| **agent != swap.proposer);
    let news = || News::ShiftSwapProposed(values(swap, None, SwapSide::Takes, Some(swap.proposer)));
    others.map(|agent| (*agent, news())).collect()
}

/// Of a step that was `taken` from the state `before`; `by` is the agent who took it, if an agent
/// did, and `back` is when the shift in return is, if there is one.
#[must_use]
pub fn news_of_step(
    before: SwapState,
    taken: &ShiftSwap,
    back: Option<Span>,
    by: Option<AgentId>,
) -> Told {
    let (proposer, partner) = (taken.proposer, partner(taken));
    let to_proposer = |news: fn(SwapNews) -> News| {
        Some((proposer, news(values(taken, back, SwapSide::Gives, partner))))
    };
    let to_partner = |news: fn(SwapNews) -> News| {
        partner.map(|agent| (agent, news(values(taken, back, SwapSide::Takes, Some(proposer)))))
    };
    let both = |news| [to_proposer(news), to_partner(news)];
    let told = match taken.state {
        SwapState::Open => [None, None],
        SwapState::Matched => [to_proposer(News::ShiftSwapAccepted), None],
        // It changes both schedules, so also whoever said yes last is told that it is done.
        SwapState::Approved => {
            return both(News::ShiftSwapApproved).into_iter().flatten().collect();
        }
        SwapState::Denied if before == SwapState::Open => {
            [to_proposer(News::ShiftSwapDenied), None]
        }
        SwapState::Denied => both(News::ShiftSwapDenied),
        SwapState::Cancelled => both(News::ShiftSwapWithdrawn),
        SwapState::Expired => both(News::ShiftSwapExpired),
    };
    told.into_iter().flatten().filter(|(agent, _)| Some(*agent) != by).collect()
}

/// Of a swap that was `taken`, for those who may decide about it; `None` when nobody has to.
#[must_use]
pub fn news_for_deciders(taken: &ShiftSwap, back: Option<Span>) -> Option<News> {
    let colleague = Some(taken.proposer);
    (taken.state == SwapState::Matched)
        .then(|| News::ShiftSwapAwaitsDecision(values(taken, back, SwapSide::Decides, colleague)))
}

/// Of an attempt of `taker` to take the shift that was not possible; `None` when there is nothing
/// to tell: the answer alone says what is wrong with a value, an offer that is not made to somebody
/// is not there, and who has the shift already was not refused it.
#[must_use]
pub fn news_of_refusal(swap: &ShiftSwap, refusal: &SwapRefusal, taker: AgentId) -> Option<News> {
    let rule = match refusal {
        SwapRefusal::RuleViolated { violations, .. } => {
            let heaviest = violations.iter().filter(|it| !it.standing);
            heaviest.max_by_key(|it| it.severity).map(|it| {
                let of_others = it.agent.is_some_and(|agent| agent != taker);
                let figures = (!of_others).then(|| (it.measured.clone(), it.limit.clone()));
                let bound = it.bound().filter(|_| !of_others);
                BrokenRule { rule: it.rule, figures, bound }
            })
        }
        SwapRefusal::AlreadyTaken | SwapRefusal::NoticeTooShort { .. } => None,
        _ => return None,
    };
    let (site, shift, reason) = (swap.site, swap.offered_span, refusal.code());
    Some(News::ShiftSwapRefused(RefusalNews { site, shift, reason, rule }))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::Id,
        notifications::NewsKind::{self, *},
        requests::{Decider, DecisionRecord, Outcome, RequestKind},
        schedules::{Bound, Quantity, RuleCode, Severity, Violation, ViolationCause},
    };

    fn id<K>(n: u128) -> Id<K> {
        Id::from_uuid(Uuid::from_u128(n))
    }

    const LI: u128 = 1;
    const ZHOU: u128 = 2;
    const HE: u128 = 3;

    fn swap(state: SwapState, audience: Audience, counterpart: Option<u128>) -> ShiftSwap {
        ShiftSwap {
            id: id(1),
            site: id(1),
            state,
            proposer: id(LI),
            offered_shift: id(1),
            offered_version: 1,
            offered_span: Span::of_seconds(Timestamp::UNIX_EPOCH, 8 * 3600),
            audience,
            acceptable_windows: Vec::new(),
            counterpart: counterpart.map(id),
            return_shift: None,
            expires_at: Timestamp::UNIX_EPOCH,
            created_at: Timestamp::UNIX_EPOCH,
            version: 2,
        }
    }

    fn whole_site() -> Audience {
        Audience::Group(Vec::new())
    }

    fn kinds(told: Told) -> Vec<(AgentId, NewsKind)> {
        told.into_iter().map(|(agent, news)| (agent, news.kind())).collect()
    }

    #[test]
    fn an_offer_is_told_to_the_one_it_names_or_to_those_who_could_take_it() {
        let offer = |audience, takers: &[AgentId]| {
            kinds(news_of_offer(&swap(SwapState::Open, audience, None), takers))
        };
        let to_zhou = [(id(ZHOU), ShiftSwapProposed)];
        assert_eq!(offer(Audience::Agent(id(ZHOU)), &[]), to_zhou);
        let team = || Audience::Group(vec![id(LI), id(ZHOU), id(HE)]);
        assert_eq!(offer(team(), &[id(LI), id(ZHOU)]), to_zhou, "He could not take it");
        let both = [(id(ZHOU), ShiftSwapProposed), (id(HE), ShiftSwapProposed)];
        assert_eq!(offer(whole_site(), &[id(ZHOU), id(HE)]), both);
        assert_eq!(offer(whole_site(), &[]), []);
    }

    #[test]
    fn both_are_told_of_an_approval_whoever_brought_it_about() {
        let approved = swap(SwapState::Approved, whole_site(), Some(ZHOU));
        let both = [(id(LI), ShiftSwapApproved), (id(ZHOU), ShiftSwapApproved)];
        for (before, by) in [(SwapState::Open, Some(id(ZHOU))), (SwapState::Matched, None)] {
            assert_eq!(kinds(news_of_step(before, &approved, None, by)), both);
        }
        let told = news_of_step(SwapState::Matched, &approved, None, None);
        let others: Vec<_> = told
            .iter()
            .map(|(_, news)| match news {
                News::ShiftSwapApproved(values) => values.colleague,
                _ => None,
            })
            .collect();
        assert_eq!(others, [Some(id(ZHOU)), Some(id(LI))], "each hears of the other one");
    }

    #[test]
    fn each_end_is_told_to_those_who_did_not_bring_it_about() {
        let told = |before, state, audience, counterpart, by: Option<u128>| {
            kinds(news_of_step(before, &swap(state, audience, counterpart), None, by.map(id)))
        };
        let zhou = || Audience::Agent(id(ZHOU));
        use SwapState::{Cancelled, Denied, Expired, Matched, Open};
        let matched = told(Open, Matched, whole_site(), Some(ZHOU), Some(ZHOU));
        assert_eq!(matched, [(id(LI), ShiftSwapAccepted)]);
        let declined = told(Open, Denied, zhou(), None, Some(ZHOU));
        assert_eq!(declined, [(id(LI), ShiftSwapDenied)]);
        let by_leader = told(Matched, Denied, whole_site(), Some(ZHOU), None);
        assert_eq!(by_leader, [(id(LI), ShiftSwapDenied), (id(ZHOU), ShiftSwapDenied)]);
        let withdrawn = told(Open, Cancelled, zhou(), None, Some(LI));
        assert_eq!(withdrawn, [(id(ZHOU), ShiftSwapWithdrawn)]);
        let alone = told(Open, Cancelled, whole_site(), None, Some(LI));
        assert_eq!(alone, []);
        let for_her = told(Open, Cancelled, whole_site(), None, None);
        assert_eq!(for_her, [(id(LI), ShiftSwapWithdrawn)], "a leader did it");
        let lapsed = told(Matched, Expired, whole_site(), Some(ZHOU), None);
        assert_eq!(lapsed, [(id(LI), ShiftSwapExpired), (id(ZHOU), ShiftSwapExpired)]);
    }

    #[test]
    fn who_decides_hears_of_a_swap_that_waits_and_each_side_of_both_shifts() {
        let back = Span::of_seconds(Timestamp::UNIX_EPOCH, 3600);
        let matched = swap(SwapState::Matched, whole_site(), Some(ZHOU));
        let told = news_for_deciders(&matched, Some(back)).expect("somebody has to decide");
        let News::ShiftSwapAwaitsDecision(told) = told else { panic!("{told:?}") };
        assert_eq!((told.side, told.colleague), (SwapSide::Decides, Some(id(LI))));
        assert_eq!(told.in_return, InReturn::Shift(back));
        for state in [SwapState::Open, SwapState::Approved, SwapState::Denied] {
            assert_eq!(news_for_deciders(&swap(state, whole_site(), Some(ZHOU)), None), None);
        }
        let approved = swap(SwapState::Approved, whole_site(), Some(ZHOU));
        let sides = news_of_step(SwapState::Open, &approved, Some(back), None);
        let sides = sides.into_iter().map(|(agent, news)| match news {
            News::ShiftSwapApproved(it) => (agent, it.side, it.in_return),
            other => panic!("{other:?}"),
        });
        let shift = InReturn::Shift(back);
        let expected = [(id(LI), SwapSide::Gives, shift), (id(ZHOU), SwapSide::Takes, shift)];
        assert_eq!(sides.collect::<Vec<_>>(), expected);
    }

    fn violation(agent: u128, rule: RuleCode, severity: Severity) -> Violation {
        Violation {
            rule,
            severity,
            agent: Some(id(agent)),
            span: Span::of_seconds(Timestamp::UNIX_EPOCH, 60),
            measured: Quantity::Seconds(9 * 3600),
            limit: Quantity::Seconds(11 * 3600),
            cause: ViolationCause::Request,
            standing: false,
            shortfall: false,
            excess: 1,
            params: Vec::new(),
        }
    }

    #[test]
    fn a_refusal_names_the_rule_and_no_figure_of_somebody_else() {
        let swap = swap(SwapState::Open, whole_site(), None);
        let refused = |violations| {
            let decider = Decider::System;
            let at = Timestamp::UNIX_EPOCH;
            let record =
                DecisionRecord::plain(RequestKind::ShiftSwap, Outcome::Refused, decider, at);
            let refusal = SwapRefusal::RuleViolated { violations, record: Box::new(record) };
            match news_of_refusal(&swap, &refusal, id(HE)) {
                Some(News::ShiftSwapRefused(RefusalNews { rule, .. })) => rule.expect("a rule"),
                other => panic!("{other:?}"),
            }
        };
        let warning = violation(HE, RuleCode::StartBand, Severity::Warning);
        let rest = violation(HE, RuleCode::MinRest, Severity::Blocking);
        let own = refused(vec![warning, rest]);
        assert_eq!(own.rule, RuleCode::MinRest);
        let nine = (Quantity::Seconds(9 * 3600), Quantity::Seconds(11 * 3600));
        assert_eq!(own.figures, Some(nine));
        assert_eq!(own.bound, Some(Bound::AtLeast));
        let of_li = refused(vec![violation(LI, RuleCode::Availability, Severity::Blocking)]);
        let rule = RuleCode::Availability;
        assert_eq!(of_li, BrokenRule { rule, figures: None, bound: None });
        let late = news_of_refusal(&swap, &SwapRefusal::AlreadyTaken, id(HE));
        assert_eq!(late.map(|news| news.kind()), Some(ShiftSwapRefused));
        let twice = news_of_refusal(&swap, &SwapRefusal::AlreadyYours, id(HE));
        assert_eq!(twice, None, "the winner has lost nothing");
        let stranger = SwapRefusal::NotFound { what: "swap" };
        assert_eq!(news_of_refusal(&swap, &stranger, id(HE)), None);
    }
}
