use proptest::prelude::*;

use super::*;
use crate::schedules::{
    Activity,
    ActivityCategory::{Break, Meal, Meeting, OnQueue, Training},
    RuleCode, Severity,
    sample::{World, agent},
};

/// Wednesday 4 March 2026, whole.
fn wednesday(world: &World) -> Vec<Span> {
    vec![world.span("2026-03-04T00:00", "2026-03-05T00:00")]
}

fn placed(world: &World, numbers: &[u128], minutes: i64, together: bool) -> LullPlan {
    placed_in(world, numbers, minutes, together, &wednesday(world))
}

fn placed_in(
    world: &World,
    numbers: &[u128],
    minutes: i64,
    together: bool,
    windows: &[Span],
) -> LullPlan {
    let agents: Vec<AgentId> = numbers.iter().map(|number| agent(*number)).collect();
    let shifts = world.roster.plans.values().flat_map(|plan| &plan.shifts);
    let shifts: BTreeSet<ShiftId> = shifts.map(Shift::id).collect();
    let ask = LullAsk {
        category: Training,
        seconds: minutes * 60,
        agents: &agents,
        windows,
        shifts: &shifts,
        together,
    };
    place_in_lulls(&world.context(), &ask)
}

/// `1 04T13:00` for each place: the agent's number and the local start.
fn said(world: &World, plan: &LullPlan) -> Vec<String> {
    let one = |place: &LullPlace| {
        let start = local_of_instant(place.span.start(), &world.roster.zone);
        let number = place.before.agent().uuid().as_u128();
        format!("{number} {}", start.strftime("%dT%H:%M"))
    };
    plan.places.iter().map(one).collect()
}

/// Two agents from 09:00 to 17:00 with a meal from 13:00 to 13:30, and what is required of them.
fn two(required: &[(&str, &str, u16)]) -> World {
    let mut world = World::march();
    for number in [1, 2] {
        world.works(number, "2026-03-04T09:00", 8.0);
    }
    for (from, to, agents) in required {
        let span = world.span(&format!("2026-03-04T{from}"), &format!("2026-03-04T{to}"));
        world.requires(span, *agents, None, 0);
    }
    world
}

#[test]
fn what_is_left_of_a_shift_from_a_part_of_a_second_on_has_room() {
    let world = two(&[]);
    // Now: the activity begins with a whole minute all the same.
    let now = world.at("2026-03-04T15:10") + jiff::SignedDuration::from_micros(250_001);
    let rest = Span::new(now, world.at("2026-03-05T00:00")).expect("in order");
    for together in [false, true] {
        let plan = placed_in(&world, &[1, 2], 60, together, &[rest]);
        assert_eq!(said(&world, &plan), ["1 04T15:15", "2 04T15:15"]);
        assert_eq!(plan.places[0].span.start(), world.at("2026-03-04T15:15"));
    }
    let late = Span::new(now, world.at("2026-03-04T16:10")).expect("in order");
    let plan = placed_in(&world, &[1], 60, false, &[late]);
    assert_eq!(plan.unplaced, [(agent(1), NoLull::NoRoom)], "less than an hour is left");
}

#[test]
fn the_place_with_most_to_spare_is_taken_and_then_the_next_best() {
    // Both are required until 15:00 and one from then on: so only then, and one after the other.
    let world = two(&[("09:00", "15:00", 2), ("15:00", "17:00", 1)]);
    let plan = placed(&world, &[1, 2], 60, false);
    assert_eq!(said(&world, &plan), ["1 04T15:00", "2 04T16:00"]);
    assert!(plan.unplaced.is_empty());
    let spare: Vec<_> = plan.places.iter().map(|it| (it.short_seconds, it.spare_agents)).collect();
    assert_eq!(spare, [(0, Some(0.0)), (0, Some(0.0))]);
    let parts = |shift: &Shift| {
        let parts = shift.activities().iter();
        parts.map(|it| (it.category, it.span.seconds() / 60)).collect::<Vec<_>>()
    };
    let after = &plan.places[0].after;
    let expected = [(OnQueue, 240), (Meal, 30), (OnQueue, 90), (Training, 60), (OnQueue, 60)];
    assert_eq!(parts(after), expected);
    assert_eq!(after.version(), 2);
    assert_eq!(after.paid_seconds(), plan.places[0].before.paid_seconds());
}

#[test]
fn what_the_judge_refuses_is_told_with_its_rule() {
    let world = two(&[("09:00", "17:00", 2)]);
    let plan = placed(&world, &[1], 60, false);
    assert!(plan.places.is_empty());
    let [(who, NoLull::Refused(violations))] = &plan.unplaced[..] else { panic!("{plan:?}") };
    assert_eq!((*who, violations[0].rule), (agent(1), RuleCode::Coverage));
    // Where that only weighs a warning, the place that misses least is taken.
    let mut world = world;
    world.rules.limits.set_severity(RuleCode::Coverage, Severity::Warning);
    let plan = placed(&world, &[1], 60, false);
    assert_eq!(said(&world, &plan), ["1 04T09:00"]);
    assert_eq!((plan.places[0].short_seconds, plan.places[0].spare_agents), (3600, Some(-1.0)));
}

#[test]
fn a_refused_day_leaves_the_others() {
    let mut world = two(&[]);
    world.works(1, "2026-03-06T09:00", 8.0);
    world.rules.limits.notice.severity = Severity::Blocking;
    world.now = world.at("2026-03-04T08:00");
    let windows = [world.span("2026-03-04T00:00", "2026-03-07T00:00")];
    let plan = placed_in(&world, &[1], 60, false, &windows);
    assert_eq!(said(&world, &plan), ["1 06T09:00"]);
}

#[test]
fn who_has_no_shift_or_no_long_stretch_is_told_so() {
    let mut world = two(&[]);
    let short = [(OnQueue, 50), (Break, 15), (OnQueue, 50)];
    let shift = world.shift_of(3, "2026-03-04T09:00", &short);
    world.put(shift);
    world.works(4, "2026-03-05T09:00", 8.0);
    let plan = placed(&world, &[1, 3, 4, 5], 60, false);
    assert_eq!(said(&world, &plan), ["1 04T09:00"]);
    let expected = [(3, NoLull::NoRoom), (4, NoLull::NoShift), (5, NoLull::NoShift)]
        .map(|(n, why)| (agent(n), why));
    assert_eq!(plan.unplaced, expected);
}

#[test]
fn the_agent_with_least_room_chooses_first() {
    // One can be spared from 15:00 to 16:00 and from 18:00 on; the second works only until 17:00.
    let mut world = World::march();
    for (number, start, hours) in [(1, "14:00", 6.0), (2, "15:00", 2.0), (3, "14:00", 6.0)] {
        world.works(number, &format!("2026-03-04T{start}"), hours);
    }
    for (from, to, agents) in
        [("14", "15", 2), ("15", "16", 2), ("16", "17", 3), ("17", "18", 2), ("18", "20", 1)]
    {
        let at = |hour| format!("2026-03-04T{hour}:00");
        let span = world.span(&at(from), &at(to));
        world.requires(span, agents, None, 0);
    }
    let plan = placed(&world, &[1, 2], 60, false);
    assert_eq!(said(&world, &plan), ["2 04T15:00", "1 04T18:00"]);
    assert!(plan.places.iter().all(|place| place.short_seconds == 0));
}

#[test]
fn who_meets_meets_when_most_can() {
    let mut world = two(&[]);
    world.works(3, "2026-03-04T14:00", 8.0);
    world.works(4, "2026-03-04T06:00", 4.0);
    // At 09:00 three could meet as well; the most can from 14:00 to 17:00.
    world.works(5, "2026-03-04T14:00", 3.0);
    let plan = placed(&world, &[1, 2, 3, 4, 5], 45, true);
    let four = ["1 04T14:00", "2 04T14:00", "3 04T14:00", "5 04T14:00"];
    assert_eq!(said(&world, &plan), four);
    assert_eq!(plan.unplaced, [(agent(4), NoLull::Apart)]);
}

#[test]
fn who_meets_is_away_all_at_once() {
    // Of four, two are required from 10:00 on and three before: a meeting of two goes to 10:00.
    let mut world = World::march();
    for number in 1..=4 {
        world.works(number, "2026-03-04T09:00", 4.0);
    }
    let (early, late) = (
        world.span("2026-03-04T09:00", "2026-03-04T10:00"),
        world.span("2026-03-04T10:00", "2026-03-04T13:00"),
    );
    world.requires(early, 3, None, 0);
    world.requires(late, 2, None, 0);
    let plan = placed(&world, &[1, 2], 30, true);
    assert_eq!(said(&world, &plan), ["1 04T10:00", "2 04T10:00"]);
    let three = placed(&world, &[1, 2, 3], 60, true);
    let refused = three.unplaced.iter().all(|(_, why)| matches!(why, NoLull::Refused(_)));
    assert!(three.places.is_empty() && three.unplaced.len() == 3 && refused, "{three:?}");
}

/// A shift of the day: hour of its start, and what is done in it.
fn shifts() -> impl Strategy<Value = Vec<(i64, usize)>> {
    prop::collection::vec((7i64..13, 0usize..4), 1..5)
}

const DAYS: [&[(ActivityCategory, i64)]; 4] = [
    &[(OnQueue, 115), (Break, 15), (OnQueue, 110), (Meal, 30), (OnQueue, 210)],
    &[(OnQueue, 240)],
    &[(OnQueue, 60), (Meeting, 45), (OnQueue, 75), (Break, 20), (OnQueue, 100)],
    &[(OnQueue, 200), (Meal, 45), (OnQueue, 40), (Break, 10), (OnQueue, 65)],
];

fn world_of(shifts: &[(i64, usize)], required: &[u16]) -> World {
    let mut world = World::march().only(RuleCode::Overlap);
    for (number, (hour, day)) in (1..).zip(shifts) {
        let start = format!("2026-03-04T{hour:02}:00");
        let shift = world.shift_of(number, &start, DAYS[*day]);
        world.put(shift);
    }
    for (hour, required) in (8..).step_by(2).zip(required) {
        let at = |hour: i64| format!("2026-03-04T{hour:02}:00");
        let span = world.span(&at(hour), &at(hour + 2));
        world.requires(span, *required, None, 0);
    }
    world
}

/// Agent seconds that are missing on a roster, minute by minute.
fn missing(world: &World, change: &Change) -> i64 {
    let mut roster = world.roster.clone();
    roster.apply(change);
    let Some(coverage) = &world.coverage else { return 0 };
    let on_queue = |minute: Timestamp| {
        let shifts = roster.plans.values().flat_map(|plan| &plan.shifts);
        let now = shifts.flat_map(|shift| shift.activities()).filter(|it| it.span.contains(minute));
        now.filter(|it| it.category == OnQueue).count()
    };
    let mut missing = 0;
    for line in &coverage.lines {
        for (index, required) in line.required.iter().enumerate().filter(|(_, it)| **it > 0) {
            let interval = coverage.axis.interval(index);
            let minutes =
                (0..30).map(|minute| Span::of_seconds(interval.start(), minute * 60).end());
            let staff: usize = minutes.map(on_queue).sum();
            missing += (i64::from(*required) * 1800 - staff as i64 * 60).max(0);
        }
    }
    missing
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_activity_never_lies_outside_the_shift_over_a_break_or_twice(
        shifts in shifts(),
        required in prop::collection::vec(0u16..4, 5),
        minutes in prop::sample::select(vec![15i64, 30, 45, 60, 90]),
        together: bool,
        from in 7i64..12,
    ) {
        let world = world_of(&shifts, &required);
        let numbers: Vec<u128> = (1..).take(shifts.len() + 1).collect();
        let windows = [world.span(&format!("2026-03-04T{from:02}:10"), "2026-03-04T18:00")];
        let plan = placed_in(&world, &numbers, minutes, together, &windows);
        let mut seen: Vec<AgentId> = plan.places.iter().map(|it| it.before.agent()).collect();
        seen.extend(plan.unplaced.iter().map(|(agent, _)| *agent));
        seen.sort_unstable();
        let all: Vec<AgentId> = numbers.iter().map(|number| agent(*number)).collect();
        prop_assert_eq!(seen, all, "everybody once, placed or told why not");
        for LullPlace { before, after, span, .. } in &plan.places {
            prop_assert_eq!(span.seconds(), minutes * 60);
            prop_assert!(windows[0].covers(*span));
            let holds = |it: &Activity| it.category == OnQueue && it.span.covers(*span);
            prop_assert!(before.activities().iter().any(holds));
            let new = after.activities().iter().filter(|it| it.category == Training);
            prop_assert_eq!(new.map(|it| it.span).collect::<Vec<_>>(), vec![*span]);
            // All else is as it was.
            let at = |shift: &Shift, minute: i64| {
                let minute = Span::of_seconds(shift.span().start(), minute * 60).end();
                let now = shift.activities().iter().find(|it| it.span.contains(minute));
                now.filter(|_| !span.contains(minute)).map(|it| (it.category, it.paid))
            };
            for minute in 0..before.span().seconds() / 60 {
                prop_assert_eq!(at(before, minute), at(after, minute));
            }
        }
        if together {
            prop_assert!(plan.places.windows(2).all(|two| two[0].span == two[1].span));
        }
        prop_assert_eq!(&plan, &placed_in(&world, &numbers, minutes, together, &windows));
    }

    #[test]
    fn nobody_is_missed_where_another_place_would_do(
        shifts in shifts(),
        required in prop::collection::vec(0u16..4, 5),
    ) {
        let world = world_of(&shifts, &required);
        let numbers: Vec<u128> = (1..).take(shifts.len()).collect();
        let plan = placed(&world, &numbers, 30, false);
        for (at, place) in plan.places.iter().enumerate() {
            let others = plan.places.iter().enumerate().filter(|(other, _)| *other != at);
            let others: Vec<Edit> = others.map(|(_, other)| other.edit()).collect();
            let without = missing(&world, &Change::edit(others.clone()));
            let with = |edit: Edit| {
                let edits = others.iter().cloned().chain([edit]).collect();
                missing(&world, &Change::edit(edits)) - without
            };
            prop_assert_eq!(with(place.edit()), place.short_seconds);
            for start in (0..place.before.span().seconds()).step_by(300) {
                let start = Span::of_seconds(place.before.span().start(), start).end();
                let span = Span::of_seconds(start, 1800);
                let zone = &world.roster.zone;
                if let Some(other) = room::with_activity(&place.before, Training, span, zone) {
                    let short = with(Edit::Replace(other));
                    prop_assert!(short >= place.short_seconds, "better at {}", start);
                }
            }
        }
    }
}
