//! Who else could take it.

use std::collections::BTreeSet;

use super::*;
use crate::requests::Alternative;

#[test]
fn the_nearest_takers_really_pass_the_rules() {
    let (mut world, early, late) = guangzhou();
    let near = world.works(4, "2026-03-04T09:00", 8.0);
    world.works(5, "2026-03-04T22:00", 8.0);
    world.works(5, "2026-03-04T05:00", 2.0);
    let swap = offer(&world, early, true);
    let policy = SwapPolicy::within_site();
    let takers = swap.nearest_takers(&world.context(), &policy);
    let found: Vec<_> = takers.iter().map(|it| (it.agent, it.return_shift)).collect();
    assert_eq!(found, [(agent(4), Some(near)), (agent(ZHOU), Some(late))]);
    for taker in takers {
        let acceptance = yes(taker.agent.uuid().as_u128(), taker.return_shift);
        let decision = accept(&world, &swap, acceptance).expect("passes");
        assert_eq!(decision.swap.state, SwapState::Approved);
    }
}

#[test]
fn what_is_offered_instead_would_be_approved_when_it_is_tried() {
    let (mut world, early, late) = guangzhou();
    let near = world.works(4, "2026-03-04T09:00", 8.0);
    let swap = offer(&world, early, true);
    let to_he_jun = ShiftSwap { audience: Audience::Agent(agent(HE_JUN)), ..swap.clone() };
    let policy = SwapPolicy::within_site();
    let found = |swap: &ShiftSwap, busy: &[ShiftId]| {
        swap.alternatives(&world.context(), &policy, &busy.iter().copied().collect())
    };
    let all = found(&to_he_jun, &[]);
    let shifts: Vec<_> = all.iter().map(|it| (it.agent, it.shift, it.span)).collect();
    let at = |from: &str, to: &str| world.span(from, to);
    let nine = at("2026-03-04T09:00", "2026-03-04T17:00");
    let two = at("2026-03-04T14:00", "2026-03-04T22:00");
    assert_eq!(shifts, [(Some(agent(4)), near, nine), (Some(agent(ZHOU)), late, two)]);
    for Alternative { agent, shift, .. } in &all {
        let number = agent.expect("named").uuid().as_u128();
        let decision = accept(&world, &swap, yes(number, Some(*shift))).expect("passes");
        assert_eq!(decision.swap.state, SwapState::Approved);
    }
    let left: Vec<_> = found(&to_he_jun, &[near]).iter().map(|it| it.shift).collect();
    assert_eq!(left, [late], "what is part of another swap is not given in return");
}

#[test]
fn of_a_swap_that_a_leader_cannot_approve_others_could_take_the_shift() {
    let (mut world, early, _) = guangzhou();
    world.plan(4);
    let offered = offer(&world, early, false);
    let counterpart = Some(agent(HE_JUN));
    let matched = ShiftSwap { state: SwapState::Matched, counterpart, ..offered.clone() };
    let refused = accept(&world, &offered, yes(HE_JUN, None)).expect_err("too little rest");
    assert_eq!(refused.code().as_str(), "RULE_VIOLATED");
    let policy = SwapPolicy { always_reviewed: true, ..SwapPolicy::within_site() };
    let found = matched.alternatives(&world.context(), &policy, &BTreeSet::new());
    let takers: Vec<_> = found.iter().map(|it| (it.agent, it.shift)).collect();
    assert_eq!(takers, [(Some(agent(4)), early)], "who works then cannot take it");
}
