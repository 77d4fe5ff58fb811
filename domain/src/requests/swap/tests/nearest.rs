//! Who else could take it, and what else one could take.

use super::*;

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
fn who_is_refused_hears_of_the_nearest_offers_that_would_do() {
    let (mut world, early, _) = guangzhou();
    let mut offers = vec![offer(&world, early, false)];
    for (number, start) in [
        (11, "2026-03-05T07:00"),
        (12, "2026-03-04T10:00"),
        (13, "2026-03-04T06:00"),
        (14, "2026-03-06T09:00"),
        (15, "2026-03-09T09:00"),
    ] {
        let shift = world.works(number, start, 8.0);
        let proposal = Proposal { proposer: agent(number), ..proposal(&world, shift, false) };
        let (context, policy) = (world.context(), SwapPolicy::within_site());
        offers.push(ShiftSwap::propose(&context, &policy, &[], proposal).expect("offered"));
    }
    let (context, policy) = (world.context(), SwapPolicy::within_site());
    let wanted = offers[0].offered_span;
    let found = nearest_offers(&context, &policy, &offers, agent(HE_JUN), wanted);
    let starts: Vec<_> = found.iter().map(|it| it.span.start()).collect();
    let expected = ["2026-03-04T10:00", "2026-03-05T07:00", "2026-03-06T09:00"];
    assert_eq!(starts, expected.map(|start| world.at(start)), "06:00 is too early after Tuesday");
}
