//! Acceptance scenarios 8 and 9, as far as rules, generator, forecast, pay class and owed rest go.

use std::{collections::BTreeMap, ops::ControlFlow};

use jiff::{
    ToSpan as _,
    civil::{self, date, time},
};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    ActivityCategory, Availability, AvailabilityPattern, Change, ContractTerms, Edit, IntervalAxis,
    RuleCode, Shift, TimeBand, ViolationCause, ViolationParam,
    generator::{Options, ShapePause, ShiftShape, Task, search},
    pay::{PayAsk, PayClass, PayMonth, RestDays, RestState, pay_month},
    refuses,
    sample::{HOUR, World, agent, queue_need, said},
};
use crate::{
    forecasting::{
        history_file,
        proposal::{EventKind, KnownEvent},
        run::{Horizon, Material, make},
        site_calendar::{DayKind, SiteCalendars},
        site_hours::SiteHours,
    },
    id::{AvailabilityId, ShiftId},
    network::OpeningHours,
    time::{Grain, Span},
};

/// When He Lu is needed: the peaks of her week until June is over, then early afternoons.
fn needed(at: civil::DateTime) -> bool {
    let (day, hour) = (at.weekday().to_monday_zero_offset(), at.hour());
    if at.date() >= date(2026, 7, 6) {
        return (1..=5).contains(&day) && (13..17).contains(&hour);
    }
    match day {
        0 | 2 | 6 => (18..22).contains(&hour),
        4 | 5 => (9..13).contains(&hour),
        _ => false,
    }
}

/// Shifts of 4 h with a paid break, on the full hour.
fn four_hours() -> ShiftShape {
    ShiftShape {
        length_seconds: 4 * HOUR,
        starts: TimeBand { from: time(7, 0, 0, 0), to: time(18, 0, 0, 0) },
        start_step_minutes: 60,
        pauses: vec![ShapePause {
            category: ActivityCategory::Break,
            earliest_seconds: 90 * 60,
            latest_seconds: 3 * HOUR,
            length_seconds: 15 * 60,
            paid: true,
        }],
        kinds: Vec::new(),
        dates: (None, None),
        headcount: None,
    }
}

/// He Lu from 8 June to 12 July 2026: classes until 30 June, exams from 22 to 26 June.
fn he_lu() -> World {
    let mut world = World::new("Asia/Shanghai", date(2026, 6, 8), date(2026, 7, 13));
    let cannot = |number, pattern, label: &str| Availability {
        id: AvailabilityId::from_uuid(Uuid::from_u128(number)),
        available: false,
        pattern,
        label: label.to_owned(),
    };
    let class = |weekday| AvailabilityPattern::Weekly {
        weekday,
        band: TimeBand { from: time(13, 30, 0, 0), to: time(17, 0, 0, 0) },
        from: None,
        until: Some(date(2026, 6, 30)),
    };
    let exams = world.span("2026-06-22T00:00", "2026-06-27T00:00");
    let plan = world.plan(1);
    plan.contract = ContractTerms::part_time(20 * HOUR);
    plan.availability = vec![
        cannot(1, class(1), "Statistics"),
        cannot(2, class(3), "Accounting"),
        cannot(3, AvailabilityPattern::Dated(exams), "exam week"),
    ];
    world
}

/// Generates and puts the shifts into the world.
fn generate(world: &mut World) -> Vec<Shift> {
    let axis = IntervalAxis {
        start: world.roster.window.start(),
        step_seconds: 1800,
        len: usize::try_from(world.roster.window.seconds() / 1800).expect("length"),
    };
    let local = |index| world.roster.zone.to_datetime(axis.interval(index).start());
    let needs = [queue_need(1, (0..axis.len).map(|it| u16::from(needed(local(it)))).collect())];
    let task = Task {
        roster: &world.roster,
        rules: &world.rules,
        sites: &world.sites,
        first: date(2026, 6, 8),
        days: 35,
        slot_minutes: 15,
        shapes: &[four_hours()],
        patterns: &[],
        axis,
        needs: &needs,
    };
    let prepared = task.prepare();
    let options = Options { seed: 8, iterations: 200 };
    let found = search(&prepared.problem, options, &mut |_| ControlFlow::Continue(()));
    let mut number = 1000;
    let mut ids = || {
        number += 1;
        ShiftId::from_uuid(Uuid::from_u128(number))
    };
    let found = found.expect("a sound problem");
    let shifts = prepared.shifts(&found.plan, &mut ids).expect("sound shifts");
    for shift in &shifts {
        world.put(shift.clone());
    }
    shifts
}

#[test]
fn scenario_8_a_part_timer_with_study_hours() {
    let mut world = he_lu();
    let shifts = generate(&mut world);
    let zone = world.roster.zone.clone();
    let start = |shift: &Shift| zone.to_datetime(shift.span().start());
    let of_week = |monday: civil::Date| {
        let days = monday..monday + 7.days();
        let of_week = shifts.iter().filter(|it| days.contains(&it.local_date()));
        of_week.map(|shift| (start(shift).day(), start(shift).hour())).collect::<Vec<_>>()
    };
    // Mon 18–22, Wed 18–22, Fri 9–13, Sat 9–13, Sun 18–22: 20 h that break no rule at all.
    let week = [(8, 18), (10, 18), (12, 9), (13, 9), (14, 18)];
    assert_eq!(of_week(date(2026, 6, 8)), week);
    assert_eq!(world.judged(), Vec::<String>::new());
    // The exam week is planned with 0 h and short of nothing.
    assert_eq!(of_week(date(2026, 6, 22)), []);
    let exam = world.shift(1, "2026-06-24T18:00", 4.0);
    let found = world.check(&Change::edit(vec![Edit::Add(exam)]));
    assert!(found[0].params.contains(&ViolationParam::Reason("exam week".to_owned())));
    // In July the classes are gone: Tuesday and Thursday from 13 to 17 are hers.
    assert_eq!(of_week(date(2026, 7, 6)), [(7, 13), (8, 13), (9, 13), (10, 13), (11, 13)]);

    // Wednesday is dragged to Thursday 14–18: the class that stands in the way is named.
    let wednesday = shifts.iter().find(|it| it.local_date() == date(2026, 6, 10)).expect("there");
    let thursday = world.shift(1, "2026-06-11T14:00", 4.0);
    let away = Edit::Remove { agent: agent(1), shift: wednesday.id() };
    let found = world.check(&Change::edit(vec![away, Edit::Add(thursday)]));
    assert_eq!(said(&found), ["AVAILABILITY BLOCKING AVAILABILITY 3 h / 0 h"]);
    assert!(found[0].params.contains(&ViolationParam::Reason("Accounting".to_owned())));
    // A shift that a colleague gives away would make 24 h.
    let offered = world.works(2, "2026-06-09T09:00", 4.0);
    let give = Edit::Move { shift: offered, from: agent(2), to: agent(1) };
    let found = world.check(&Change::request(vec![give]));
    assert!(refuses(&found));
    assert_eq!(said(&found), ["CONTRACT_HOURS BLOCKING REQUEST 24 h / 20 h"]);
    // For one of her own it would stay at 20 h.
    let monday = shifts.iter().find(|it| it.local_date() == date(2026, 6, 8)).expect("there");
    let give = Edit::Move { shift: offered, from: agent(2), to: agent(1) };
    let back = Edit::Move { shift: monday.id(), from: agent(1), to: agent(2) };
    assert_eq!(said(&world.check(&Change::request(vec![give, back]))), Vec::<String>::new());
}

/// Calls of a queue that is open from 9 to 18 h, forecast for 1 to 7 October after ten weeks.
fn forecast(events: Vec<KnownEvent>) -> Vec<(civil::DateTime, f64)> {
    let mut file = "interval_start,tz,queue,interval_minutes,offered\n".to_owned();
    for day in 0..70_i64 {
        let date = date(2026, 7, 23) + day.days();
        for hour in 8..20 {
            file += &format!("{date}T{hour:02}:00,Asia/Shanghai,presale,60,{}\n", 40 + hour);
        }
    }
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").expect("zone");
    let open = vec![(time(9, 0, 0, 0), time(18, 0, 0, 0))];
    let hours =
        OpeningHours { week: std::array::from_fn(|_| open.clone()), ..OpeningHours::default() };
    let material = Material {
        history: history_file::parse(file.as_bytes()).series.remove(0),
        analogy: None,
        events,
        calendars: SiteCalendars::default(),
        hours: SiteHours::of(vec![(Some(hours), zone.clone())]),
        default_handle_time_seconds: 180.0,
    };
    let horizon = Horizon { starts_on: date(2026, 10, 1), days: 7, grain: Grain::Minutes60 };
    let points = make(horizon, &material).expect("forecast").points;
    points.iter().map(|it| (zone.to_datetime(it.span.start()), it.volume)).collect()
}

#[test]
fn scenario_9_the_week_of_national_day() {
    // Forecast: 1 and 2 October −30 %, 7 October +20 %, nothing outside opening hours.
    let mut world = World::new("Asia/Shanghai", date(2026, 10, 1), date(2026, 11, 1));
    let event = |name: &str, from: &str, to: &str, percent| KnownEvent {
        name: name.to_owned(),
        kind: EventKind::Promotion,
        span: world.span(from, to),
        queues: Vec::new(),
        volume_uplift: Decimal::new(percent, 2),
        handle_time_uplift: Decimal::ZERO,
        volume: None,
        handle_time_seconds: None,
    };
    let events = vec![
        event("National Day", "2026-10-01T00:00", "2026-10-03T00:00", -30),
        event("Return", "2026-10-07T00:00", "2026-10-08T00:00", 20),
    ];
    for ((at, plain), (_, with)) in forecast(Vec::new()).into_iter().zip(forecast(events)) {
        if (9..18).contains(&at.hour()) {
            let factor = match at.day() {
                1 | 2 => 0.7,
                7 => 1.2,
                _ => 1.0,
            };
            assert!(plain > 30.0 && (with - factor * plain).abs() < 1e-9, "{at}: {plain}, {with}");
        } else {
            assert_eq!(with, 0.0, "closed at {at}");
        }
    }

    // Wu Gang: the week before is full; 1, 2 and 5 October are accepted, a seventh day is not.
    for day in 27..=30 {
        world.works(1, &format!("2026-09-{day}T09:00"), 8.0);
    }
    let mut put = |day: i32| {
        let shift = world.shift(1, &format!("2026-10-{day:02}T09:00"), 8.0);
        let change = Change::edit(vec![Edit::Add(shift)]);
        let found = world.check(&change);
        if !refuses(&found) {
            world.roster.apply(&change);
        }
        found
    };
    assert!(!refuses(&put(1)) && !refuses(&put(2)));
    let seventh = put(3);
    assert!(refuses(&seventh));
    let days = seventh.iter().find(|it| it.rule == RuleCode::ConsecutiveDays).expect("told");
    assert_eq!((days.cause, days.excess), (ViolationCause::History, 1));
    assert!(!refuses(&put(5)), "after two days of rest");

    // Two days at 300 %; the 5th is owed a rest by 31 October, or 200 % once that has lapsed.
    let kind = |day| if day <= 3 { DayKind::PublicHoliday } else { DayKind::RestDay };
    let calendar: BTreeMap<_, _> = (1..=7).map(|day| (date(2026, 10, day), kind(day))).collect();
    let rest_days = RestDays { calendar, given: BTreeMap::new(), overridden: Vec::new() };
    let paid = |today| -> (PayMonth, [i64; 5]) {
        let month = pay_month(&PayAsk {
            plan: &world.roster.plans[&agent(1)],
            days: &rest_days,
            limits: &world.rules.limits,
            zone: &world.roster.zone,
            first: date(2026, 10, 1),
            last: date(2026, 10, 31),
            today,
        });
        let hours = PayClass::ALL.map(|class| month.total().seconds(class) / HOUR);
        (month, hours)
    };
    let terms = &world.rules.limits.pay;
    let factors = [PayClass::PublicHoliday, PayClass::RestDay].map(|it| terms.factor(it));
    assert_eq!(factors, [Decimal::from(3), Decimal::TWO]);
    let (month, hours) = paid(date(2026, 10, 31));
    let statutory = month.days.iter().filter(|it| it.kind == DayKind::PublicHoliday);
    assert_eq!(statutory.map(|it| it.date.day()).collect::<Vec<_>>(), [1, 2]);
    let [rest] = month.rest[..] else { panic!("one entry: {:?}", month.rest) };
    assert_eq!((rest.earned_on, rest.due_on), (date(2026, 10, 5), date(2026, 10, 31)));
    assert_eq!((rest.state, hours), (RestState::Owed, [8, 0, 0, 0, 16]));
    let (month, hours) = paid(date(2026, 11, 1));
    assert_eq!((month.rest[0].state, hours), (RestState::Lapsed, [0, 0, 0, 8, 16]));

    // Who has leave on the 5th owes the week 32 of 40 h and is short of nothing.
    let leave = Span::of_day(date(2026, 10, 5), &world.roster.zone);
    let mut week = World::new("Asia/Shanghai", date(2026, 10, 5), date(2026, 10, 12));
    week.plan(2).contract = ContractTerms::full_time();
    for day in 6..=9 {
        week.works(2, &format!("2026-10-{day:02}T09:00"), 8.0);
    }
    let short = |world: &World| world.judge().iter().any(|it| it.rule == RuleCode::ContractHours);
    assert!(short(&week), "32 h without leave");
    week.plan(2).time_off.push(leave);
    assert!(!short(&week), "leave granted is not absence");
}
