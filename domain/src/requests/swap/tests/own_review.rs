//! Nobody decides about a swap of their own.

use super::*;

#[test]
fn neither_side_of_a_swap_may_decide_about_it() {
    let (mut world, early, late) = english_early();
    world.rules.limits.set_severity(RuleCode::Coverage, Severity::NeedsApproval);
    let decision = accept(&world, &offer(&world, early, true), yes(ZHOU, Some(late)));
    let matched = decision.expect("matched");
    for own in [LI, ZHOU].map(agent) {
        for approve in [true, false] {
            let of_side = Review { own: Some(own), ..review(approve) };
            let refusal = matched.swap.review(&world.context(), of_side).expect_err("own swap");
            assert_eq!(refusal.code().as_str(), "FORBIDDEN");
        }
    }
}
