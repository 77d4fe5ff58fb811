//! Who else could take it.

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
