//! Whether a colleague could take it, and with which shift in return.

use super::*;

fn tried(world: &World, swap: &ShiftSwap, number: u128) -> Trial {
    swap.try_for(&world.context(), &SwapPolicy::within_site(), agent(number))
}

#[test]
fn of_the_own_shifts_the_nearest_that_would_do_is_found() {
    let (mut world, early, late) = guangzhou();
    let swap = offer(&world, early, true);
    let trial = tried(&world, &swap, ZHOU);
    assert_eq!(trial.return_shift, Some(late));
    assert_eq!(trial.answer.expect("would be approved").swap.state, SwapState::Approved);
    let near = world.works(5, "2026-03-04T08:00", 8.0);
    world.works(5, "2026-03-03T16:00", 8.0);
    let trial = tried(&world, &swap, 5);
    assert_eq!(trial.return_shift, Some(near));
    let refusal = trial.answer.expect_err("seven hours of rest");
    assert_eq!(refusal.code().as_str(), "RULE_VIOLATED");
}

#[test]
fn who_has_nothing_to_give_and_who_rests_too_little_are_told_so() {
    let (world, early, _) = guangzhou();
    let two_way = tried(&world, &offer(&world, early, true), HE_JUN);
    let refusal = two_way.answer.expect_err("he has no shift on Wednesday");
    assert_eq!((two_way.return_shift, refusal.code().as_str()), (None, "INVALID_VALUE"));
    let one_way = tried(&world, &offer(&world, early, false), HE_JUN);
    let refusal = one_way.answer.expect_err("nine hours");
    assert_eq!(said(refusal.violations()), ["MIN_REST BLOCKING REQUEST 9 h / 11 h"]);
}

#[test]
fn who_offers_is_told_that_the_own_offer_is_not_to_be_answered() {
    let (world, early, _) = guangzhou();
    let swap = offer(&world, early, false);
    let field = "swap";
    let own = SwapRefusal::InvalidValue { field, rule: crate::fault::Rule::NotTheOwnOffer };
    assert_eq!(accept(&world, &swap, yes(LI, None)).expect_err("own"), own);
    let policy = SwapPolicy::within_site();
    let declined = swap.decline(&world.context(), &policy, agent(LI), None);
    assert_eq!(declined.expect_err("own"), own);
}
