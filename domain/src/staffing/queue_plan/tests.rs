use jiff::{civil, tz::TimeZone};

use super::*;
use crate::{
    forecasting::quantiles::Quantiles,
    network::{GoalCaps, StaffingBand, StaffingWeek},
    time::Span,
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("instant")
}

fn plan() -> QueuePlan {
    QueuePlan {
        goals: vec![ServiceGoal::usual(at("2026-01-01T00:00:00Z"))],
        patience_seconds: None,
        minimum_agents: 2,
        shrinkage: 0.3,
        unplanned_shrinkage: 0.08,
        weeks: StaffingWeeks::default(),
    }
}

fn number(text: &str) -> Decimal {
    text.parse().expect("number")
}

fn band(from: i8, to: i8) -> StaffingBand {
    StaffingBand {
        weekdays: (1..=7).collect(),
        starts: civil::time(from, 0, 0, 0),
        ends: civil::time(to, 0, 0, 0),
        minimum_staff: None,
        shrinkage: None,
        unplanned_shrinkage: None,
        seniors: None,
    }
}

/// The plan with these bands in Shanghai, where the points begin at ten o'clock.
fn with(bands: Vec<StaffingBand>) -> QueuePlan {
    let zone = TimeZone::get("Asia/Shanghai").expect("zone");
    let weeks = vec![StaffingWeek { from: civil::date(2026, 1, 1), bands }];
    QueuePlan { weeks: StaffingWeeks { zone, weeks }, ..plan() }
}

fn points(volumes: &[f64]) -> Vec<ForecastPoint> {
    volumes
        .iter()
        .zip(0..)
        .map(|(volume, slot)| ForecastPoint {
            span: Span::of_seconds(
                at("2026-11-10T02:00:00Z") + jiff::SignedDuration::from_mins(30 * slot),
                1800,
            ),
            volume: *volume,
            quantiles: Quantiles::default(),
            handle_time_seconds: 198.0,
        })
        .collect()
}

#[test]
fn the_promotion_day_needs_so_many_on_the_phone_and_on_the_roster() {
    let needed = plan().requirement(&points(&[180.0, 198.0, 189.0, 171.0])).expect("agents");
    let agents: Vec<_> = needed.iter().map(|it| (it.on_phone, it.on_roster)).collect();
    assert_eq!(agents, [(24, 35), (26, 38), (25, 36), (23, 33)]);
}

#[test]
fn so_many_more_are_scheduled_as_will_be_missing_without_notice() {
    let needed = plan().requirement(&points(&[180.0, 198.0, 189.0, 171.0])).expect("agents");
    let agents: Vec<_> = needed.iter().map(|it| it.to_schedule).collect();
    // 24, 26, 25 and 23 on the phone by 0.92; 23 / 0.92 is exactly 25.
    assert_eq!(agents, [27, 29, 28, 25]);
}

#[test]
fn the_minimum_holds_while_open_and_nobody_is_needed_while_closed() {
    let needed = plan().requirement(&points(&[0.01, 0.0])).expect("agents");
    assert_eq!((needed[0].on_phone, needed[1].on_phone), (2, 0));
}

#[test]
fn bands_change_the_least_staff_and_the_shrinkage_of_their_time_alone() {
    let lunch = StaffingBand {
        minimum_staff: Some(30),
        shrinkage: Some(number("0.4")),
        unplanned_shrinkage: Some(number("0.1")),
        ..band(11, 14)
    };
    // 10:00, 10:30, 11:00 and 11:30.
    let needed = with(vec![lunch]).requirement(&points(&[180.0; 4])).expect("agents");
    let agents: Vec<_> =
        needed.iter().map(|it| (it.on_phone, it.on_roster, it.to_schedule)).collect();
    assert_eq!(agents, [(24, 35, 27), (24, 35, 27), (30, 50, 34), (30, 50, 34)]);
    assert_eq!((needed[1].shrinkage, needed[2].shrinkage), (0.3, 0.4));
    let by: Vec<_> = needed.iter().map(|it| it.decided_by).collect();
    let (level, least) = (Some(DecidedBy::ServiceLevel), Some(DecidedBy::MinimumStaff));
    assert_eq!(by, [level, level, least, least]);
    let closed = with(vec![StaffingBand { minimum_staff: Some(30), ..band(0, 0) }]);
    let closed = closed.requirement(&points(&[0.0])).expect("agents");
    assert_eq!((closed[0].on_phone, closed[0].decided_by), (0, None));
}

#[test]
fn the_least_staff_of_sundays_is_there_on_days_of_23_and_of_25_hours() {
    let zone = TimeZone::get("Europe/Berlin").expect("zone");
    let night = StaffingBand { weekdays: [7].into(), minimum_staff: Some(5), ..band(1, 4) };
    let weeks = vec![StaffingWeek { from: civil::date(2026, 1, 1), bands: vec![night] }];
    let plan = QueuePlan { weeks: StaffingWeeks { zone: zone.clone(), weeks }, ..plan() };
    let counted = |day: civil::Date| {
        let day = Span::of_day(day, &zone);
        let half = |slot: i64| {
            let start = day.start() + jiff::SignedDuration::from_mins(30 * slot);
            let span = Span::of_seconds(start, 1800);
            ForecastPoint { span, ..points(&[0.01]).remove(0) }
        };
        let points: Vec<_> = (0..day.seconds() / 1800).map(half).collect();
        let needed = plan.requirement(&points).expect("agents");
        let by_band = needed.iter().filter(|it| it.on_phone == 5);
        let others = needed.iter().filter(|it| it.on_phone == 2);
        (by_band.count(), others.count())
    };
    assert_eq!(counted(civil::date(2026, 3, 22)), (6, 42));
    assert_eq!(counted(civil::date(2026, 3, 29)), (4, 42), "an hour of them is not there");
    assert_eq!(counted(civil::date(2026, 10, 25)), (8, 42), "an hour of them is there twice");
    assert_eq!(counted(civil::date(2026, 10, 24)), (0, 48), "a Saturday");
}

#[test]
fn what_is_unplanned_is_never_more_than_all_that_is_shrunk() {
    let few = StaffingBand { shrinkage: Some(number("0.05")), ..band(0, 0) };
    let terms = with(vec![few]).terms_at(at("2026-11-10T02:00:00Z"));
    assert_eq!((terms.shrinkage, terms.unplanned_shrinkage), (0.05, 0.05));
    let more = StaffingBand { shrinkage: Some(number("0.5")), ..band(0, 0) };
    let terms = with(vec![more]).terms_at(at("2026-11-10T02:00:00Z"));
    assert_eq!((terms.shrinkage, terms.unplanned_shrinkage), (0.5, 0.08));
}

#[test]
fn seniors_are_a_part_of_the_agents_and_the_least_of_them_come_first() {
    let seniors = |share: &str, minimum| {
        let terms = SeniorTerms { grade: 4, share: number(share), minimum };
        with(vec![StaffingBand { seniors: Some(terms), ..band(0, 0) }])
    };
    let asked = |plan: QueuePlan, volume: f64| {
        let needed = plan.requirement(&points(&[volume])).expect("agents").remove(0);
        let NeededSeniors { grade, on_phone, to_schedule } = needed.seniors.expect("asked");
        assert_eq!(grade, 4);
        (needed.on_phone, needed.to_schedule, (on_phone, to_schedule), needed.decided_by)
    };
    let level = Some(DecidedBy::ServiceLevel);
    assert_eq!(asked(seniors("0.3", 2), 180.0), (24, 27, (8, 9), level));
    assert_eq!(asked(seniors("0", 2), 180.0), (24, 27, (2, 3), level));
    assert_eq!(asked(seniors("0", 4), 0.01), (4, 5, (4, 5), Some(DecidedBy::Seniors)));
    let closed = seniors("0.3", 2).requirement(&points(&[0.0])).expect("agents");
    assert_eq!((closed[0].on_phone, closed[0].seniors), (0, None));
}

#[test]
fn each_goal_that_is_set_is_kept_and_the_hardest_one_named() {
    let none = GoalCaps::default();
    let asa = GoalCaps { max_asa_seconds: Some(5), ..none };
    let occupancy = GoalCaps { max_occupancy: Some(number("70")), ..none };
    let abandonment = GoalCaps { max_abandonment: Some(number("0.5")), ..none };
    let needed = |level: Option<i64>, caps: GoalCaps| {
        let usual = ServiceGoal::usual(at("2026-01-01T00:00:00Z"));
        let goal = ServiceGoal { service_level: level.map(Decimal::from), caps, ..usual };
        let goals = vec![goal];
        let plan = QueuePlan { goals, patience_seconds: Some(90.0), ..plan() };
        let needed = plan.requirement(&points(&[180.0])).expect("agents").remove(0);
        (needed.on_phone, needed.decided_by.expect("somebody"))
    };
    let alone = [
        needed(Some(80), none),
        needed(None, asa),
        needed(None, abandonment),
        needed(None, occupancy),
    ];
    let by = alone.map(|(_, by)| by);
    assert_eq!(by[..], DecidedBy::ALL[..4], "{alone:?}");
    let together = GoalCaps {
        max_asa_seconds: asa.max_asa_seconds,
        max_abandonment: abandonment.max_abandonment,
        max_occupancy: occupancy.max_occupancy,
    };
    let hardest = alone.iter().map(|(agents, _)| *agents).max().expect("four");
    let (agents, decided) = needed(Some(80), together);
    assert_eq!(agents, hardest);
    assert!(alone.contains(&(hardest, decided)), "{decided:?} of {alone:?}");
}

#[test]
fn a_limit_on_abandonment_without_patience_is_refused() {
    let caps = GoalCaps { max_abandonment: Some(number("3")), ..GoalCaps::default() };
    let goal = ServiceGoal { caps, ..ServiceGoal::usual(at("2026-01-01T00:00:00Z")) };
    let plan = QueuePlan { goals: vec![goal], ..plan() };
    let fault = plan.requirement(&points(&[10.0])).expect_err("no patience");
    assert_eq!(fault, Fault::invalid("forecastId", Rule::PatienceToAbandon));
}

#[test]
fn a_queue_without_goal_is_told_so() {
    let plan = QueuePlan { goals: Vec::new(), ..plan() };
    assert_eq!(plan.requirement(&points(&[10.0])).expect_err("no goal").path, ["forecastId"]);
}
