use jiff::{
    SignedDuration,
    civil::{date, time},
};

use super::*;

fn band(weekdays: &[u8], from: i8, to: i8) -> StaffingBand {
    StaffingBand {
        weekdays: weekdays.iter().copied().collect(),
        starts: time(from, 0, 0, 0),
        ends: time(to, 0, 0, 0),
        minimum_staff: None,
        shrinkage: None,
        unplanned_shrinkage: None,
        seniors: None,
    }
}

fn least(agents: u16, band: StaffingBand) -> StaffingBand {
    StaffingBand { minimum_staff: Some(agents), ..band }
}

fn week(bands: Vec<StaffingBand>) -> StaffingWeek {
    StaffingWeek { from: date(2026, 1, 1), bands }
}

fn number(text: &str) -> Decimal {
    text.parse().expect("number")
}

fn paths(bands: Vec<StaffingBand>) -> Vec<String> {
    let faults = week(bands).check(Grain::Minutes30, true).err().unwrap_or_default();
    faults.iter().map(|fault| fault.path.join(".")).collect()
}

#[test]
fn bands_of_different_figures_may_lie_over_each_other_and_those_of_one_may_not() {
    let every_day = [1, 2, 3, 4, 5, 6, 7];
    let shrunk = StaffingBand { shrinkage: Some(number("0.35")), ..band(&[1, 5], 12, 14) };
    assert!(paths(vec![least(2, band(&every_day, 0, 0)), shrunk]).is_empty());
    let night = || least(3, band(&every_day, 22, 6));
    assert!(paths(vec![night(), least(5, band(&every_day, 6, 22))]).is_empty());
    assert_eq!(paths(vec![night(), least(5, band(&[1], 5, 22))]), ["bands.1.starts"], "of Sunday");
    let sunday = || least(3, band(&[7], 22, 6));
    assert_eq!(paths(vec![sunday(), least(1, band(&[1], 5, 9))]), ["bands.1.starts"]);
    assert!(paths(vec![sunday(), least(1, band(&[1], 6, 9))]).is_empty());
}

#[test]
fn everything_that_cannot_be_meant_is_told_at_once() {
    let odd = StaffingBand {
        starts: time(9, 10, 0, 0),
        unplanned_shrinkage: Some(number("0.05")),
        seniors: Some(SeniorTerms { grade: 1, share: Decimal::ZERO, minimum: 0 }),
        ..band(&[], 9, 17)
    };
    let expected = [
        "bands.0.weekdays",
        "bands.0.starts",
        "bands.0.unplannedShrinkage",
        "bands.0.seniors.grade",
        "bands.0.seniors.minimum",
    ];
    assert_eq!(paths(vec![odd]), expected);
    assert_eq!(paths(vec![band(&[1], 9, 17)]), ["bands.0.minimumStaff"], "nothing is said");
    let shrunk = StaffingBand {
        shrinkage: Some(number("0.3")),
        unplanned_shrinkage: Some(number("0.31")),
        ..band(&[1], 9, 17)
    };
    assert_eq!(paths(vec![shrunk]), ["bands.0.unplannedShrinkage"]);
    let seniors = SeniorTerms { grade: 4, share: number("0.3"), minimum: 2 };
    let of_no_skill = week(vec![StaffingBand { seniors: Some(seniors), ..band(&[1], 9, 17) }]);
    assert_eq!(of_no_skill.check(Grain::Minutes30, true), Ok(()));
    let faults = of_no_skill.check(Grain::Minutes30, false).expect_err("no skill");
    assert_eq!(faults[0].path, ["bands", "0", "seniors"]);
    let hourly = week(vec![least(1, band(&[1], 9, 17))]);
    assert_eq!(hourly.check(Grain::Minutes60, false), Ok(()));
    assert_eq!(hourly.check(Grain::Day, false).expect_err("a day").len(), 2, "both ends");
}

/// Half hours of a local day in Berlin, each with the least staff of its week.
fn half_hours(weeks: &StaffingWeeks, day: civil::Date) -> Vec<Option<u16>> {
    let span = crate::time::Span::of_day(day, &weeks.zone);
    let half = SignedDuration::from_mins(30);
    let starts = std::iter::successors(Some(span.start()), |at| Some(*at + half));
    starts.take_while(|at| *at < span.end()).map(|at| weeks.at(at).minimum_staff).collect()
}

#[test]
fn the_least_staff_of_a_weekday_follows_the_clocks() {
    let sundays = week(vec![least(2, band(&[7], 1, 4)), least(9, band(&[1, 2, 3, 4, 5, 6], 0, 0))]);
    let zone = TimeZone::get("Europe/Berlin").expect("zone");
    let weeks = StaffingWeeks { zone, weeks: vec![sundays] };
    let counted = |day| {
        let found = half_hours(&weeks, day);
        (found.len(), found.iter().filter(|least| **least == Some(2)).count())
    };
    assert_eq!(counted(date(2026, 3, 22)), (48, 6));
    assert_eq!(counted(date(2026, 3, 29)), (46, 4), "02:00 to 03:00 is not there");
    assert_eq!(counted(date(2026, 10, 25)), (50, 8), "02:00 to 03:00 is there twice");
    let saturday = half_hours(&weeks, date(2026, 10, 24));
    assert!(saturday.iter().all(|least| *least == Some(9)), "{saturday:?}");
    assert_eq!(half_hours(&weeks, date(2026, 10, 25))[0], None, "Saturday ends at midnight");
}

#[test]
fn a_week_holds_until_the_next_one_begins() {
    let zone = TimeZone::get("Asia/Shanghai").expect("zone");
    let first = week(vec![least(2, band(&[1, 2, 3], 0, 0))]);
    let second = StaffingWeek { from: date(2026, 3, 4), bands: Vec::new() };
    let weeks = StaffingWeeks { zone, weeks: vec![second, first] };
    let at = |text: &str| weeks.at(text.parse().expect("instant")).minimum_staff;
    assert_eq!(at("2026-03-03T15:59:59Z"), Some(2), "Tuesday");
    assert_eq!(at("2026-03-03T16:00:00Z"), None, "Wednesday, when it ends");
    assert_eq!(at("2025-12-31T15:59:59Z"), None, "before the first");
    let alike = StaffingWeeks::default().at("2026-03-03T00:00:00Z".parse().expect("instant"));
    assert_eq!(alike, BandTerms::default(), "at all times");
}
