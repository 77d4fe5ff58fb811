use proptest::prelude::*;

use super::*;

fn plan(minimum_agents: u32, shrinkage: f64) -> StaffingPlan {
    StaffingPlan {
        goal: Goal::service_level(0.8, 20.0).expect("goal"),
        patience_seconds: None,
        minimum_agents,
        shrinkage: Shrinkage::new(shrinkage).expect("share"),
    }
}

fn half_hour(calls: f64, handle_seconds: f64) -> Demand {
    Demand { calls, handle_seconds, interval_seconds: 1800.0 }
}

fn agents(calls: f64, handle_seconds: f64) -> (u32, u32) {
    let requirement = plan(0, 0.3).requirement(&half_hour(calls, handle_seconds)).expect("plan");
    (requirement.on_phone, requirement.on_roster)
}

#[test]
fn a_hundred_calls_of_three_minutes_need_fourteen_and_twenty_on_the_roster() {
    assert_eq!(agents(100.0, 180.0), (14, 20));
}

#[test]
fn the_promotion_day_before_the_event_needs_14_15_14_13() {
    let needed = [100.0, 110.0, 105.0, 95.0].map(|calls| agents(calls, 180.0).0);
    assert_eq!(needed, [14, 15, 14, 13]);
}

#[test]
fn the_promotion_day_with_the_event_needs_24_26_25_23_and_rosters_35_38_36_33() {
    let needed = [180.0, 198.0, 189.0, 171.0].map(|calls| agents(calls, 198.0));
    assert_eq!(needed, [(24, 35), (26, 38), (25, 36), (23, 33)]);
}

#[test]
fn a_plan_check_of_210_calls_asks_for_28_and_shows_what_24_would_give() {
    let demand = half_hour(210.0, 198.0);
    assert_eq!(plan(0, 0.0).requirement(&demand).expect("plan").on_phone, 28);
    let level = |agents| {
        let performance = plan(0, 0.0).performance(&demand, agents).expect("figures");
        (performance.service_level * 10_000.0).round() / 100.0
    };
    assert_eq!((level(24.0), level(28.0)), (27.37, 85.17));
}

#[test]
fn without_calls_the_minimum_is_required() {
    let requirement = plan(2, 0.0).requirement(&half_hour(0.0, 198.0)).expect("plan");
    assert_eq!((requirement.on_phone, requirement.on_roster), (2, 2));
    assert_eq!(plan(0, 0.3).requirement(&half_hour(0.0, 0.0)).expect("plan").on_roster, 0);
}

#[test]
fn the_minimum_lifts_a_small_requirement_and_its_performance() {
    let small = half_hour(1.0, 180.0);
    let lifted = plan(5, 0.0).requirement(&small).expect("plan");
    assert_eq!(lifted.on_phone, 5);
    let free = plan(0, 0.0).requirement(&small).expect("plan");
    assert!(free.on_phone < 5);
    assert!(lifted.performance.service_level > free.performance.service_level);
}

#[test]
fn an_occupancy_cap_asks_for_more_agents_than_the_service_level() {
    let traffic = Traffic::new(1000.0, 240.0, None).expect("traffic");
    let service = Goal::service_level(0.8, 20.0).expect("goal");
    let capped = service.with_max_occupancy(0.85).expect("goal");
    assert!(required_agents(traffic, &service).expect("agents") < 1100);
    assert_eq!(required_agents(traffic, &capped).expect("agents"), 1177);
}

#[test]
fn an_abandonment_cap_needs_patience_to_bind() {
    let goal =
        Goal::unlimited(20.0).and_then(|goal| goal.with_max_abandonment(0.03)).expect("goal");
    let patient = Traffic::new(48.0, 60.0, Some(120.0)).expect("traffic");
    // Garnett, Mandelbaum & Reiman 2002: 50 agents lose 3.1 %, so one more is needed.
    assert_eq!(required_agents(patient, &goal).expect("agents"), 51);
    let endless = Traffic::new(48.0, 60.0, None).expect("traffic");
    assert_eq!(required_agents(endless, &goal).expect("agents"), 49);
}

#[test]
fn a_goal_without_limits_and_figures_without_meaning_are_refused() {
    let traffic = Traffic::new(10.0, 180.0, None).expect("traffic");
    let empty = Goal::unlimited(20.0).expect("goal");
    assert_eq!(required_agents(traffic, &empty), Err(StaffingError::EmptyGoal));
    for calls in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
        assert!(plan(0, 0.0).requirement(&half_hour(calls, 180.0)).is_err(), "{calls}");
    }
}

#[test]
fn a_million_erlangs_are_staffed() {
    let traffic = Traffic::new(1e6, 300.0, Some(120.0)).expect("traffic");
    let goal = Goal::service_level(0.8, 20.0).expect("goal");
    let needed = required_agents(traffic, &goal).expect("agents");
    assert!((800_000..1_000_000).contains(&needed), "{needed}");
}

proptest! {
    #[test]
    fn one_agent_fewer_would_break_the_goal(
        erlangs in 0.001f64..2000.0,
        handle in 10.0f64..1200.0,
        patience in prop::option::of(5.0f64..2000.0),
        share in 0.05f64..0.995,
        threshold in 0.0f64..120.0,
        occupancy in prop::option::of(0.3f64..0.99),
        asa in prop::option::of(0.5f64..200.0),
        abandonment in prop::option::of(0.001f64..0.3),
    ) {
        let traffic = Traffic::new(erlangs, handle, patience).expect("traffic");
        let mut goal = Goal::service_level(share, threshold).expect("goal");
        if let Some(cap) = occupancy { goal = goal.with_max_occupancy(cap).expect("goal"); }
        if let Some(limit) = asa { goal = goal.with_max_asa(limit).expect("goal"); }
        if let Some(limit) = abandonment { goal = goal.with_max_abandonment(limit).expect("goal"); }
        let needed = required_agents(traffic, &goal).expect("agents");
        let keeps = |agents: u32| goal.is_met_by(&traffic.performance(f64::from(agents), threshold));
        prop_assert!(keeps(needed));
        prop_assert!(needed == 0 || !keeps(needed - 1));
    }

    #[test]
    fn every_agent_more_serves_no_worse(
        erlangs in 0.01f64..500.0,
        patience in prop::option::of(5.0f64..2000.0),
        agents in 0u32..700,
    ) {
        let traffic = Traffic::new(erlangs, 180.0, patience).expect("traffic");
        let fewer = traffic.performance(f64::from(agents), 20.0);
        let more = traffic.performance(f64::from(agents) + 1.0, 20.0);
        prop_assert!(more.service_level >= fewer.service_level - 1e-12);
        prop_assert!(more.p_abandon <= fewer.p_abandon + 1e-12);
        if let (Some(more), Some(fewer)) = (more.asa_seconds.finite(), fewer.asa_seconds.finite()) {
            prop_assert!(more <= fewer * (1.0 + 1e-12));
        }
    }

    #[test]
    fn more_calls_and_further_limits_never_need_fewer_and_the_named_limit_asks_for_all(
        calls in 0.1f64..3000.0,
        more in 0.0f64..500.0,
        handle in 10.0f64..1200.0,
        patience in prop::option::of(5.0f64..2000.0),
        level in prop::option::of(0.05f64..0.995),
        occupancy in prop::option::of(0.3f64..0.99),
        asa in prop::option::of(0.5f64..200.0),
        abandonment in prop::option::of(0.001f64..0.3),
    ) {
        let empty = || Goal::unlimited(20.0).expect("goal");
        let alone = [
            level.map(|it| (DecidedBy::ServiceLevel, Goal::service_level(it, 20.0).expect("goal"))),
            asa.map(|it| (DecidedBy::AverageSpeedOfAnswer, empty().with_max_asa(it).expect("goal"))),
            abandonment
                .map(|it| (DecidedBy::Abandonment, empty().with_max_abandonment(it).expect("goal"))),
            occupancy.map(|it| (DecidedBy::Occupancy, empty().with_max_occupancy(it).expect("goal"))),
        ];
        prop_assume!(alone.iter().any(Option::is_some));
        let mut goal = level.map_or_else(empty, |it| Goal::service_level(it, 20.0).expect("goal"));
        if let Some(limit) = asa { goal = goal.with_max_asa(limit).expect("goal"); }
        if let Some(limit) = abandonment { goal = goal.with_max_abandonment(limit).expect("goal"); }
        if let Some(cap) = occupancy { goal = goal.with_max_occupancy(cap).expect("goal"); }
        let needs = |calls: f64, goal: Goal| {
            let plan = StaffingPlan { goal, patience_seconds: patience, ..plan(0, 0.0) };
            plan.requirement(&half_hour(calls, handle)).expect("plan")
        };
        let needed = needs(calls, goal);
        let single = |(_, goal): &(DecidedBy, Goal)| needs(calls, *goal).on_phone;
        let hardest = alone.iter().flatten().map(single).max();
        prop_assert_eq!(Some(needed.on_phone), hardest, "the hardest limit alone");
        if let Some(by) = needed.decided_by {
            let named = alone.iter().flatten().find(|(one, _)| *one == by).expect("one that is set");
            prop_assert_eq!(single(named), needed.on_phone);
        }
        prop_assert!(needs(calls + more, goal).on_phone >= needed.on_phone);
    }

    #[test]
    fn the_least_number_is_found_from_any_guess(edge in 0u32..5000, guess in 0u32..5000, stride in 1u32..300) {
        prop_assert_eq!(least_that(guess, stride, |number| number >= edge), Some(edge));
    }
}
