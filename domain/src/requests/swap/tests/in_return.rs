//! The shift that is given in return.

use super::*;

#[test]
fn the_shift_in_return_must_be_wanted_and_ones_own() {
    let (world, early, late) = guangzhou();
    let (one_way, two_way) = (offer(&world, early, false), offer(&world, early, true));
    let thursday = world.roster.plans[&agent(ZHOU)].shifts[2].id();
    let code = |swap: &ShiftSwap, back| {
        accept(&world, swap, yes(ZHOU, back)).expect_err("refused").code().as_str()
    };
    assert_eq!(code(&two_way, None), "INVALID_VALUE");
    assert_eq!(code(&two_way, Some(thursday)), "INVALID_VALUE", "not on Wednesday");
    assert_eq!(code(&two_way, Some(early)), "NOT_FOUND", "not Zhou's");
    assert_eq!(code(&one_way, Some(late)), "INVALID_VALUE", "nothing is asked");
}
