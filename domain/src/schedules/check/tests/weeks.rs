use jiff::civil::date;

use crate::schedules::{
    Change, CheckContext, RuleCode, check,
    sample::{HOUR, World, said},
};

#[test]
fn a_week_is_judged_by_the_rules_of_its_monday() {
    let mut world = World::march().only(RuleCode::MinRest);
    for tuesday in [3, 10] {
        world.works(1, &format!("2026-03-{tuesday:02}T14:00"), 8.0);
        world.works(1, &format!("2026-03-{:02}T07:00", tuesday + 1), 8.0);
    }
    assert_eq!(world.judge().len(), 2, "9 h in both weeks");
    let mut later = world.rules.clone();
    later.limits.min_rest.limit = 8 * HOUR;
    let changes = [(date(2026, 3, 9), later)];
    let judged = |world: &World| {
        check(&CheckContext { rule_changes: &changes, ..world.context() }, &Change::default())
    };
    let found = judged(&world);
    assert_eq!(said(&found), ["MIN_REST BLOCKING EDIT 9 h / 11 h"]);
    assert!(found[0].span.end() < world.at("2026-03-09T00:00"));
    world.works(1, "2026-03-08T14:00", 8.0);
    world.works(1, "2026-03-09T07:00", 8.0);
    assert_eq!(judged(&world).len(), 2, "a rest over the border is told once");
}
