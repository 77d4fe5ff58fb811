use std::ops::ControlFlow;

use jiff::civil::{Date, date, time};
use uuid::Uuid;

use super::{
    super::{
        Found, Headcount, HeadcountReport, MAX_HEADCOUNT_KINDS, Options, Prepared, ProblemError,
        ShapePause, ShiftShape, Terms, legality,
        task_sample::{half_hours, new_ids, plain_shape, task},
        tests as plain,
    },
    headcount_kinds, search_headcounts, solve, weekends,
};
use crate::{
    id::AvailabilityId,
    schedules::{
        Availability, AvailabilityPattern, Bounds, ContractTerms, RuleCode, Severity, Shift,
        ShiftWish, TimeBand,
        sample::{HOUR, World, agent, said},
        whole_shifts,
    },
};

const MONDAY: Date = date(2026, 3, 2);
const DAYS: usize = 14;

/// Eight paid hours and a meal from an hour of the day on.
fn numbered(code: &str, hour: i8, people: u16) -> ShiftShape {
    let start = time(hour, 0, 0, 0);
    ShiftShape {
        length_seconds: 17 * HOUR / 2,
        starts: TimeBand { from: start, to: start },
        start_step_minutes: 15,
        pauses: ShapePause::usual(17 * HOUR / 2),
        kinds: Vec::new(),
        dates: (None, None),
        headcount: Some(Headcount { code: code.to_owned(), weekdays: [people; 7] }),
    }
}

/// Three early, three late and two by night on each day.
fn round_the_clock() -> [ShiftShape; 3] {
    [numbered("EARLY", 7, 3), numbered("LATE", 14, 3), numbered("NIGHT", 22, 2)]
}

/// Two weeks, and people who work three to five days in each.
fn site(people: u128) -> World {
    let mut world = World::new("Asia/Shanghai", MONDAY, date(2026, 3, 16));
    for number in 1..=people {
        world.plan(number).contract = ContractTerms {
            weekly_seconds: Bounds::between(24 * HOUR, 40 * HOUR),
            ..ContractTerms::full_time()
        };
    }
    world
}

fn wish(number: u128, day: i8, template: Option<&str>, is_wanted: bool) -> ShiftWish {
    ShiftWish {
        agent: agent(number),
        date: date(2026, 3, day),
        template: template.map(str::to_owned),
        is_wanted,
        weight: 5,
    }
}

fn found(prepared: &Prepared, wishes: &[ShiftWish]) -> Found {
    let options = Options { seed: 5, iterations: 60 };
    let found = search_headcounts(prepared, wishes, options, &mut |_| ControlFlow::Continue(()));
    found.expect("a sound problem")
}

/// Plans by the shapes, puts the shifts into the world, and tells how far they are as wanted.
fn plan(
    world: &mut World,
    shapes: &[ShiftShape],
    wishes: &[ShiftWish],
) -> (Vec<Shift>, HeadcountReport) {
    let axis = half_hours(world, DAYS);
    let prepared = task(world, (MONDAY, DAYS), shapes, axis, &[]).prepare();
    let found = found(&prepared, wishes);
    assert_eq!(legality::faults(&prepared.problem, &found.plan), Vec::<String>::new());
    let report = prepared.report_by_headcounts(&found, wishes).expect("a sound problem");
    let shifts = prepared.shifts(&found.plan, &mut new_ids()).expect("sound shifts");
    for shift in &shifts {
        world.put(shift.clone());
    }
    (shifts, report.headcounts.expect("by headcounts"))
}

fn starts_at(world: &World, shift: &Shift) -> i8 {
    world.roster.zone.to_datetime(shift.span().start()).hour()
}

fn of_day(world: &World, shifts: &[Shift], number: u128, day: Date) -> Option<i8> {
    let own = |shift: &&Shift| shift.agent() == agent(number) && shift.local_date() == day;
    shifts.iter().find(own).map(|shift| starts_at(world, shift))
}

/// Everything the judge says at all, notice aside: also what only warns.
fn faults(world: &World) -> Vec<String> {
    let found = world.judge().into_iter().filter(|it| it.severity > Severity::Off);
    said(&found.collect::<Vec<_>>())
}

#[test]
fn each_shift_has_as_many_people_as_wanted_within_all_rules_and_wishes_are_met() {
    let mut world = site(14);
    // Who comes out of a night has no early shift, and who is away has none at all.
    world.works(3, "2026-03-01T22:00", 8.5);
    let off = world.span("2026-03-04T00:00", "2026-03-06T00:00");
    world.plan(4).time_off.push(off);
    let wishes = [
        wish(1, 4, Some("NIGHT"), true),
        wish(2, 7, None, false),
        wish(5, 9, Some("EARLY"), false),
    ];
    let (shifts, report) = plan(&mut world, &round_the_clock(), &wishes);

    assert_eq!(faults(&world), Vec::<String>::new());
    assert_eq!((report.wanted, report.missing), (14 * 8, 0), "{:?}", report.gaps);
    for day in 2..16 {
        let day = date(2026, 3, day);
        let of_day = shifts.iter().filter(|shift| shift.local_date() == day);
        let hours: Vec<i8> = of_day.map(|shift| starts_at(&world, shift)).collect();
        for (hour, wanted) in [(7, 3), (14, 3), (22, 2)] {
            let there = hours.iter().filter(|it| **it == hour).count();
            assert!(there >= wanted, "{there} from {hour} on {day}");
        }
        assert!(hours.iter().all(|hour| [7, 14, 22].contains(hour)), "{hours:?} on {day}");
    }
    let of = |number, day| of_day(&world, &shifts, number, date(2026, 3, day));
    assert_eq!((report.wishes.uttered, report.wishes.met), (3, 3));
    assert_eq!((report.wishes.weight_uttered, report.wishes.weight_met), (15, 15));
    assert_eq!((of(1, 4), of(2, 7)), (Some(22), None));
    assert_ne!(of(5, 9), Some(7));
    assert_ne!(of(3, 2), Some(7));
    for number in 1..=14 {
        for day in 2..15 {
            let next = of(number, day + 1);
            let rests = of(number, day) != Some(22) || next.is_none() || next == Some(22);
            assert!(rests, "agent {number} comes out of a night on March {day}");
        }
    }
}

#[test]
fn a_missing_person_weighs_more_than_a_wish_and_is_told() {
    let mut world = site(2);
    let shapes = [numbered("EARLY", 7, 2)];
    let wishes = [wish(1, 3, None, false)];
    let (shifts, report) = plan(&mut world, &shapes, &wishes);
    // Two people work at most ten days each where 28 shifts are wanted.
    assert_eq!((shifts.len(), report.missing, report.surplus), (20, 8, 0));
    let missing: u32 = report.gaps.iter().map(|gap| gap.wanted - gap.planned).sum();
    assert_eq!(missing, 8);
    assert!(report.gaps.iter().all(|gap| gap.template == "EARLY"));
    assert_eq!((report.wishes.uttered, report.wishes.met), (1, 1), "another day is as good");
    assert_eq!(faults(&world), Vec::<String>::new());

    let mut world = site(2);
    let people = [2, 2, 0, 0, 0, 0, 0];
    let two_days = Headcount { code: "EARLY".to_owned(), weekdays: people };
    let shapes = [ShiftShape { headcount: Some(two_days), ..numbered("EARLY", 7, 0) }];
    let (shifts, report) = plan(&mut world, &shapes, &wishes);
    assert_eq!((report.missing, report.wishes.met), (0, 0), "no other day is as good");
    assert!(of_day(&world, &shifts, 1, date(2026, 3, 3)).is_some());
}

#[test]
fn hours_that_no_shift_can_give_one_person_leave_the_others_their_plan() {
    let mut world = site(4);
    let contract = &mut world.plan(1).contract;
    contract.weekly_seconds = Bounds::between(40 * HOUR, 40 * HOUR);
    let whole_day = TimeBand { from: time(0, 0, 0, 0), to: time(0, 0, 0, 0) };
    let away = (0..4_u8).map(|weekday| Availability {
        id: AvailabilityId::from_uuid(Uuid::from_u128(u128::from(weekday) + 1)),
        available: false,
        pattern: AvailabilityPattern::Weekly { weekday, band: whole_day, from: None, until: None },
        label: "course".to_owned(),
    });
    world.plan(1).availability = away.collect();
    let (shifts, report) = plan(&mut world, &[numbered("EARLY", 7, 2)], &[]);
    assert_eq!(report.missing, 0, "{:?}", report.gaps);
    let own = shifts.iter().filter(|shift| shift.agent() == agent(1)).count();
    assert_eq!(own, 6, "three days of each week are all that there is");
    let refused = world.judge().into_iter().filter(|it| it.severity == Severity::Blocking);
    let mut refused: Vec<_> = refused.map(|it| it.rule).collect();
    refused.dedup();
    assert_eq!(refused, [RuleCode::ContractHours]);
}

#[test]
fn who_is_freed_needs_neither_hours_nor_to_work_on_any_day() {
    let period = whole_shifts::Period { end: 2, min_minutes: 960, max_minutes: 960, max_days: 2 };
    let mut problem = whole_shifts::Problem {
        days: vec![whole_shifts::Day::default(); 2],
        minutes: vec![480],
        people: vec![
            whole_shifts::Person {
                possible: vec![0b10, 0b11],
                forbidden_next: vec![0b10],
                most_of: vec![u32::MAX],
                periods: vec![period],
                max_run: 2,
                min_run: 1,
                min_off: 1,
                max_weekends: 1,
                run_before: 0,
                wishes: Vec::new(),
            };
            2
        ],
        wanted: vec![vec![whole_shifts::Wanted { people: 1, under: 100, over: 1 }]; 2],
    };
    let mut told = Vec::new();
    let options = Options { seed: 1, iterations: 20 };
    let found = solve(&mut problem, options, &mut |at, _lines| {
        told.push(at.missing);
        ControlFlow::Continue(())
    });
    let found = found.expect("a line for both");
    assert_eq!((found.rounds, told.last()), (20, Some(&0)));
    let free = whole_shifts::Period { min_minutes: 0, ..period };
    assert!(problem.people.iter().all(|it| it.periods == [free] && it.possible == [0b11; 2]));
}

#[test]
fn one_who_is_lent_to_another_site_fills_no_place_here() {
    let mut world = site(8);
    for day in 2..7 {
        world.works(1, &format!("2026-03-{day:02}T07:00"), 8.5);
    }
    let wishes = [wish(1, 3, Some("EARLY"), true)];
    let (shifts, report) = plan(&mut world, &[numbered("EARLY", 7, 2)], &wishes);
    assert_eq!((report.missing, report.wishes.met), (0, 0), "{:?}", report.gaps);
    for day in 2..7 {
        let day = date(2026, 3, day);
        let here = shifts.iter().filter(|it| it.local_date() == day && it.agent() != agent(1));
        assert!(here.count() >= 2, "on {day}");
        assert_eq!(of_day(&world, &shifts, 1, day), None, "no second shift on {day}");
    }
}

#[test]
fn wishes_of_shifts_that_are_not_planned_by_number_are_not_counted() {
    let mut world = site(4);
    let wishes = [wish(1, 3, Some("FLEX"), true), wish(2, 3, Some("FLEX"), false)];
    let (_, report) = plan(&mut world, &[numbered("EARLY", 7, 2)], &wishes);
    assert_eq!((report.wishes.uttered, report.wishes.met), (0, 0));
}

#[test]
fn more_kinds_than_there_are_numbers_are_counted_and_refused() {
    let world = site(2);
    let code = |number: usize| ShiftShape {
        headcount: Some(Headcount { code: format!("K{number}"), weekdays: [1; 7] }),
        ..numbered("", 7, 1)
    };
    let mut shapes: Vec<ShiftShape> = (0..70).map(code).collect();
    shapes.push(code(0));
    shapes.push(plain_shape(4, (8, 12)));
    assert_eq!(headcount_kinds(&shapes), 70);
    let prepared = task(&world, (MONDAY, DAYS), &shapes, half_hours(&world, DAYS), &[]).prepare();
    let options = Options { seed: 1, iterations: 1 };
    let mut go_on = |_| ControlFlow::Continue(());
    let refused =
        search_headcounts(&prepared, &[wish(1, 3, Some("K69"), true)], options, &mut go_on);
    let kinds = whole_shifts::ProblemError::Kinds { kinds: 70 };
    assert_eq!(refused, Err(ProblemError::Headcounts(kinds)));
    let most: Vec<ShiftShape> = (0..MAX_HEADCOUNT_KINDS).map(code).collect();
    let prepared = task(&world, (MONDAY, DAYS), &most, half_hours(&world, DAYS), &[]).prepare();
    assert!(search_headcounts(&prepared, &[], options, &mut go_on).is_ok());
}

#[test]
fn a_shape_is_wanted_on_its_own_days_only() {
    let monday_only = Headcount { code: "EARLY".to_owned(), weekdays: [2, 0, 0, 0, 0, 0, 0] };
    let ends = date(2026, 3, 9);
    let shape = ShiftShape {
        dates: (None, Some(ends)),
        headcount: Some(monday_only),
        ..numbered("EARLY", 7, 0)
    };
    assert!(shape.is_wanted_between(MONDAY, date(2026, 3, 8)));
    assert!(!shape.is_wanted_between(date(2026, 3, 3), date(2026, 3, 15)));
    assert!(!plain_shape(4, (8, 12)).is_wanted_between(MONDAY, ends));
}

#[test]
fn what_a_search_tells_is_legal_and_never_costs_more_than_before() {
    let mut world = site(8);
    world.rules.limits.consecutive_weekends.limit = 1;
    let shapes = round_the_clock();
    let prepared = task(&world, (MONDAY, DAYS), &shapes, half_hours(&world, DAYS), &[]).prepare();
    let mut told = Vec::new();
    let options = Options { seed: 3, iterations: 40 };
    let found = search_headcounts(&prepared, &[], options, &mut |at| {
        told.push((at.cost, at.balance));
        ControlFlow::Continue(())
    });
    let found = found.expect("a sound problem");
    told.push((found.cost, found.balance));
    assert!(told.is_sorted_by(|a, b| a.0 >= b.0), "{told:?}");
    let report = prepared.report_by_headcounts(&found, &[]).expect("a sound problem");
    let heads = report.headcounts.expect("by headcounts");
    assert_eq!(heads.missing, found.balance.missing);
}

#[test]
fn who_may_work_no_shift_with_a_number_gets_hours_by_the_others() {
    let mut world = site(12);
    world.plan(12).contract = ContractTerms::part_time(20 * HOUR);
    let [early, late, _] = round_the_clock();
    let (shifts, report) = plan(&mut world, &[early, late, plain_shape(4, (8, 12))], &[]);
    assert_eq!(report.missing, 0, "{:?}", report.gaps);
    let short = shifts.iter().filter(|shift| shift.span().seconds() == 4 * HOUR);
    let whose: Vec<_> = short.map(Shift::agent).collect();
    assert_eq!(whose, [agent(12); 10], "20 h in shifts of four, and nobody else has any");
    assert_eq!(faults(&world), Vec::<String>::new());
}

#[test]
fn breaks_are_spread_where_nothing_is_required() {
    let mut world = site(8);
    let (shifts, _) = plan(&mut world, &[numbered("EARLY", 7, 4)], &[]);
    let day = date(2026, 3, 4);
    let of_day = shifts.iter().filter(|shift| shift.local_date() == day);
    let of_day: Vec<&Shift> = of_day.collect();
    let mut meals: Vec<_> = of_day.iter().map(|shift| shift.activities()[3].span).collect();
    assert!(meals.len() >= 4);
    meals.sort_unstable_by_key(|span| span.start());
    meals.dedup();
    assert!(meals.len() >= 2, "not everybody eats at once");
}

#[test]
fn the_same_seed_gives_the_same_roster() {
    let mut world = site(6);
    world.rules.limits.consecutive_weekends.limit = 1;
    let shapes = [numbered("EARLY", 7, 2), numbered("LATE", 14, 1)];
    let axis = half_hours(&world, DAYS);
    let prepared = task(&world, (MONDAY, DAYS), &shapes, axis, &[]).prepare();
    let wishes = [wish(1, 4, Some("LATE"), true)];
    let first = found(&prepared, &wishes);
    assert_eq!(first, found(&prepared, &wishes));
    assert_eq!(legality::faults(&prepared.problem, &first.plan), Vec::<String>::new());
}

#[test]
fn free_weekends_go_round_where_only_so_many_in_a_row_may_be_worked() {
    let calendar = plain::utc(56);
    let limited = plain::terms(vec![plain::shift(32..33, 8)]);
    let limited = Terms { max_weekends: Some(2), ..limited };
    let mut people: Vec<_> = (0..6).map(|_| plain::agent(0, 40, 8)).collect();
    people[1].history.weekends_in_row = 2;
    let problem = plain::problem(&calendar, vec![limited], people);
    let open: Vec<Vec<bool>> = (0..6).map(|agent| weekends::open(&problem, agent)).collect();
    for (agent, weeks) in open.iter().enumerate() {
        let mut run = problem.agents[agent].history.weekends_in_row;
        for open in weeks {
            run = if *open { run + 1 } else { 0 };
            assert!(run <= 2, "agent {agent}: {weeks:?}");
        }
        assert!(weeks.iter().filter(|open| **open).count() >= 5, "agent {agent}: {weeks:?}");
    }
    for week in 0..8 {
        assert!(open.iter().any(|weeks| weeks[week]), "somebody works in week {week}");
        assert!(open.iter().any(|weeks| !weeks[week]), "somebody is free in week {week}");
    }
}
