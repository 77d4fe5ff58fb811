use jiff::civil::date;

use crate::schedules::{
    Change, CheckContext, RuleCode, SiteLimits, check,
    sample::{HOUR, World, said, site},
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

#[test]
fn a_night_over_the_border_is_judged_by_the_hours_of_both_weeks() {
    let mut world = World::march().only(RuleCode::OpeningHours);
    let open = vec![world.span("2026-03-08T09:00", "2026-03-09T00:00")];
    world.sites = vec![SiteLimits { site: site(1), open: Some(open), seats: None }];
    world.works(1, "2026-03-08T22:00", 8.0);
    let changes = [(date(2026, 3, 9), world.rules.clone())];
    let context = CheckContext { rule_changes: &changes, ..world.context() };
    let found = check(&context, &Change::default());
    assert_eq!(said(&found), ["OPENING_HOURS BLOCKING EDIT 5 h 30 min / 0 h"]);
}

#[test]
fn a_gap_over_the_border_is_judged_on_each_side_by_its_rules() {
    let mut world = World::march().only(RuleCode::Coverage);
    world.requires(world.span("2026-03-08T20:00", "2026-03-09T04:00"), 1, None, 0);
    let mut later = world.rules.clone();
    later.limits.coverage.limit = 0;
    world.rules.limits.coverage.limit = 1;
    let changes = [(date(2026, 3, 9), later)];
    let context = CheckContext { rule_changes: &changes, ..world.context() };
    let found = check(&context, &Change::default());
    assert_eq!(said(&found), ["COVERAGE NEEDS_APPROVAL EDIT 0 agents / 1 agent"]);
    assert_eq!(found[0].span, world.span("2026-03-09T00:00", "2026-03-09T04:00"));
}
