use uuid::Uuid;

use super::*;
use crate::schedules::{
    Bounds, RuleCode, SeatCount, SeatsFrom, SiteLimits,
    sample::{HOUR, World, agent, site, skill},
};

/// The reserve: agents with the minutes that each takes, in the order of their calls.
fn plan(world: &World, span: (&str, &str), members: &[(u128, u32)]) -> ReservePlan {
    let terms = |place: usize, minutes: u32| {
        let call_order = u32::try_from(place).expect("small") + 1;
        ReserveTerms { call_order, reach_seconds: minutes * 60 }
    };
    let members: Vec<_> = (members.iter().enumerate())
        .map(|(place, (number, minutes))| (agent(*number), terms(place, *minutes)))
        // The order of the calls does not hang on that of the list.
        .rev()
        .collect();
    let span = world.span(span.0, span.1);
    let ask = ReserveAsk { site: site(1), span, members: &members };
    let mut next = 1000;
    let next_id = || {
        next += 1;
        ShiftId::from_uuid(Uuid::from_u128(next))
    };
    reserve_calls(&world.context(), &ask, next_id).expect("a shift")
}

/// `1 called`, `2 WorksThen` and so on.
fn said(plan: &ReservePlan) -> Vec<String> {
    let one = |call: &ReserveCall| {
        let number = call.agent.uuid().as_u128();
        match &call.refusal {
            None => format!("{number} called"),
            Some(NotCalled::Refused(violations)) => format!("{number} {}", violations[0].rule),
            Some(other) => format!("{number} {other:?}"),
        }
    };
    plan.calls.iter().map(one).collect()
}

const AFTERNOON: (&str, &str) = ("2026-03-04T14:00", "2026-03-04T18:00");

/// Wednesday at noon; two agents are required from 14:00 to 18:00, of whom the first works.
fn wednesday() -> World {
    let mut world = World::march();
    world.now = world.at("2026-03-04T12:00");
    world.works(1, "2026-03-04T12:00", 6.0);
    for number in 2..=6 {
        world.plan(number);
    }
    world
}

#[test]
fn who_is_next_and_can_come_is_called_until_nobody_is_missing() {
    let mut world = wednesday();
    // Off until 03:30, and so without rest.
    world.works(3, "2026-03-03T22:00", 5.5);
    let span = world.span(AFTERNOON.0, AFTERNOON.1);
    world.requires(span, 2, None, 0);
    let plan = plan(&world, AFTERNOON, &[(1, 15), (2, 360), (3, 30), (4, 120), (5, 30)]);
    let expected = ["1 WorksThen", "2 TooLate", "3 MIN_REST", "4 called", "5 NotNeeded"];
    assert_eq!(said(&plan), expected);
    assert_eq!((plan.missing_before_seconds, plan.missing_after_seconds), (4 * HOUR, 0));
    assert_eq!(plan.calls[3].arrives_at, world.at("2026-03-04T14:00"), "just in time");
    assert_eq!(plan.calls[3].told[0].rule, RuleCode::Notice);
}

#[test]
fn who_comes_while_agents_are_missing_is_called_for_what_is_left() {
    let mut world = wednesday();
    world.now = world.at("2026-03-04T14:05");
    world.requires(world.span(AFTERNOON.0, AFTERNOON.1), 2, None, 0);
    let found = plan(&world, AFTERNOON, &[(2, 235), (3, 8), (4, 8)]);
    assert_eq!(said(&found), ["2 TooLate", "3 called", "4 NotNeeded"]);
    assert_eq!(found.calls[0].span, None);
    let left = world.span("2026-03-04T14:15", "2026-03-04T18:00");
    assert_eq!(found.calls[1].span, Some(left), "in whole steps of five minutes");
    assert_eq!(found.missing_after_seconds, 900, "what passes until then");
}

#[test]
fn for_a_short_time_the_shift_is_as_long_as_rules_and_contract_ask() {
    let peak = ("2026-03-04T14:00", "2026-03-04T14:45");
    let mut world = wednesday();
    world.requires(world.span(peak.0, peak.1), 2, None, 0);
    let found = plan(&world, peak, &[(2, 30), (3, 30)]);
    assert_eq!(said(&found), ["2 called", "3 NotNeeded"]);
    let two_hours = world.span("2026-03-04T14:00", "2026-03-04T16:00");
    assert_eq!(found.calls[0].span, Some(two_hours));
    assert_eq!((found.missing_before_seconds, found.missing_after_seconds), (HOUR, 0));

    world.plan(2).contract.shift_seconds = Bounds::between(4 * HOUR, 6 * HOUR);
    let found = plan(&world, peak, &[(2, 30)]);
    let four_hours = world.span("2026-03-04T14:00", "2026-03-04T18:00");
    assert_eq!(found.calls[0].span, Some(four_hours));
    assert_eq!(found.calls[0].refusal, None);
}

#[test]
fn only_who_has_the_missing_skill_is_called() {
    let mut world = wednesday();
    for number in [3, 4] {
        world.held(number, skill(1), 3);
    }
    let span = world.span(AFTERNOON.0, AFTERNOON.1);
    world.requires(span, 1, Some(skill(1)), 1);
    let found = plan(&world, AFTERNOON, &[(2, 30), (3, 30), (4, 30)]);
    assert_eq!(said(&found), ["2 NotNeeded", "3 called", "4 NotNeeded"]);
    assert_eq!(found.missing_after_seconds, 0);
}

#[test]
fn a_senior_who_is_missing_is_called_and_counts_as_one_person() {
    let mut world = wednesday();
    for (number, grade) in [(1, 2), (3, 2), (4, 4), (5, 4)] {
        world.held(number, skill(1), grade);
    }
    let span = world.span(AFTERNOON.0, AFTERNOON.1);
    world.requires(span, 2, Some(skill(1)), 1);
    world.requires(span, 1, Some(skill(1)), 4);
    let found = plan(&world, AFTERNOON, &[(4, 30), (3, 30), (5, 30)]);
    assert_eq!(said(&found), ["4 called", "3 NotNeeded", "5 NotNeeded"]);
    assert_eq!((found.missing_before_seconds, found.missing_after_seconds), (4 * HOUR, 0));
    let found = plan(&world, AFTERNOON, &[(3, 30), (4, 30)]);
    assert_eq!(said(&found), ["3 called", "4 called"], "enough agents, and no senior yet");
}

#[test]
fn where_nothing_is_required_seats_are_the_limit() {
    let mut world = wednesday();
    let rows = [SeatsFrom { valid_from: jiff::civil::date(2026, 3, 1), seats: Some(2) }];
    let window = world.roster.window;
    let mut seats = SeatCount::empty(&rows, window, &world.roster.zone).expect("seats");
    seats.add(site(1), world.roster.plans.values().flat_map(|plan| &plan.shifts));
    world.sites = vec![SiteLimits { site: site(1), open: None, seats: Some(seats) }];
    let found = plan(&world, AFTERNOON, &[(2, 30), (3, 30)]);
    assert_eq!(said(&found), ["2 called", "3 SEATS"]);
}

#[test]
fn terms_that_nobody_can_keep_are_refused_with_their_fields() {
    let terms = ReserveTerms { call_order: 1, reach_seconds: 0 };
    assert_eq!(ReserveTerms::parse("membership", 1, 0), Ok(terms));
    let faults = ReserveTerms::parse("membership", 0, 86_401).expect_err("two faults");
    let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
    assert_eq!(paths, ["membership.callOrder", "membership.reachSeconds"]);
}
