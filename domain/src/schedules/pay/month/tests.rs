use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::schedules::{
    ActivityCategory, ContractTerms,
    pay::{RestCause, give_rest},
    sample::{HOUR, World, agent},
};

/// Wu Gang of scenario 9, who works in the week of National Day 2026: 1 to 3 October are statutory,
/// 4 to 7 are days of rest.
struct National {
    world: World,
    days: RestDays,
}

impl National {
    fn new() -> Self {
        let world = World::new("Asia/Shanghai", date(2026, 10, 1), date(2026, 11, 1));
        let kind = |day| if day <= 3 { DayKind::PublicHoliday } else { DayKind::RestDay };
        let calendar = (1..=7).map(|day| (date(2026, 10, day), kind(day))).collect();
        Self { world, days: RestDays { calendar, ..RestDays::default() } }
    }

    /// With shifts of 8 h at these times.
    fn working(starts: &[&str]) -> Self {
        let mut it = Self::new();
        for start in starts {
            it.world.works(1, start, 8.0);
        }
        it
    }

    fn asked(&self, today: civil::Date) -> PayMonth {
        self.asked_from(date(2026, 10, 1), today)
    }

    fn asked_from(&self, first: civil::Date, today: civil::Date) -> PayMonth {
        pay_month(&PayAsk {
            plan: &self.world.roster.plans[&agent(1)],
            days: &self.days,
            limits: &self.world.rules.limits,
            zone: &self.world.roster.zone,
            first,
            last: date(2026, 10, 31),
            today,
        })
    }

    /// Hours by class, in the order of the classes.
    fn hours(&self, today: civil::Date) -> [i64; 5] {
        let total = self.asked(today).total();
        PayClass::ALL.map(|class| total.seconds(class) / HOUR)
    }
}

const WORKED: [&str; 3] = ["2026-10-01T09:00", "2026-10-02T09:00", "2026-10-05T09:00"];

#[test]
fn scenario_9_two_statutory_days_at_300_percent_and_a_rest_owed_until_the_end_of_october() {
    let it = National::working(&WORKED);
    let month = it.asked(date(2026, 10, 8));
    assert_eq!(it.hours(date(2026, 10, 8)), [8, 0, 0, 0, 16]);
    let statutory: Vec<_> =
        month.days.iter().filter(|day| day.kind == DayKind::PublicHoliday).collect();
    assert_eq!(statutory.len(), 2);
    let terms = &it.world.rules.limits.pay;
    assert_eq!(terms.factor(PayClass::PublicHoliday), Decimal::from(3));
    assert_eq!(month.total().weighted(terms), Decimal::from((8 + 3 * 16) * HOUR));
    let owed = RestEntry {
        earned_on: date(2026, 10, 5),
        seconds: 8 * HOUR,
        cause: RestCause::RestDay,
        due_on: date(2026, 10, 31),
        state: RestState::Owed,
        overridden: None,
    };
    assert_eq!(month.rest, [owed]);
    assert_eq!(it.asked(date(2026, 10, 31)).rest, [owed], "the last day is in time");
}

#[test]
fn scenario_9_a_rest_that_lapses_makes_the_5th_a_rest_day_at_200_percent() {
    let it = National::working(&WORKED);
    let month = it.asked(date(2026, 11, 1));
    assert_eq!(it.hours(date(2026, 11, 1)), [0, 0, 0, 8, 16]);
    assert_eq!(month.rest[0].state, RestState::Lapsed);
    let weighted = month.total().weighted(&it.world.rules.limits.pay);
    assert_eq!(weighted, Decimal::from((2 * 8 + 3 * 16) * HOUR));
}

#[test]
fn scenario_9_a_rest_that_was_given_keeps_the_5th_ordinary_for_ever() {
    let mut it = National::working(&WORKED);
    let day = |day| date(2026, 10, day);
    let may = |it: &National, rest: civil::Date| {
        let entries = it.asked(day(8)).rest;
        let refused = give_rest(&entries, &it.days, (day(5), rest)).err();
        refused.map(|fault| fault.path.join("."))
    };
    let at_rest = || Some("restOn".to_owned());
    assert_eq!(may(&it, day(5)), at_rest(), "the day itself");
    assert_eq!(may(&it, day(7)), at_rest(), "free anyway");
    assert_eq!(may(&it, date(2026, 11, 1)), at_rest(), "too late");
    assert_eq!(may(&it, day(20)), None);
    it.days.given.insert(day(5), day(20));
    assert_eq!(it.asked(date(2026, 12, 1)).rest[0].state, RestState::Given(day(20)));
    assert_eq!(it.hours(date(2026, 12, 1)), [8, 0, 0, 0, 16]);
    assert_eq!(may(&it, day(21)), Some("earnedOn".to_owned()), "given already");
    let nothing = give_rest(&it.asked(day(8)).rest, &it.days, (day(1), day(20)));
    assert_eq!(nothing.expect_err("no rest for holidays").path, ["earnedOn"]);
}

#[test]
fn a_seventh_day_in_a_row_owes_a_rest_with_a_due_date() {
    let starts: Vec<String> = (12..=18).map(|day| format!("2026-10-{day}T09:00")).collect();
    let starts: Vec<&str> = starts.iter().map(String::as_str).collect();
    let it = National::working(&starts);
    let month = it.asked(date(2026, 10, 20));
    let [entry] = month.rest[..] else { panic!("one entry: {:?}", month.rest) };
    assert_eq!((entry.earned_on, entry.cause), (date(2026, 10, 18), RestCause::LongRun));
    assert_eq!(entry.due_on, date(2026, 11, 30), "fewer than 14 days are left");
    assert_eq!(it.hours(date(2026, 12, 1)), [40, 0, 8, 8, 0], "the sixth day is overtime");
}

/// Seven days from Monday 12 October, so many of them worked, and an override of a rule over all.
fn seven_days_of(rule: RuleCode, worked: &[i8]) -> National {
    let starts: Vec<String> = worked.iter().map(|day| format!("2026-10-{day}T09:00")).collect();
    let starts: Vec<&str> = starts.iter().map(String::as_str).collect();
    let mut it = National::working(&starts);
    let (first, last) = (date(2026, 10, 12), date(2026, 10, 18));
    it.days.overridden = vec![OverriddenRest { rule, first, last }];
    it
}

#[test]
fn the_rest_of_a_seventh_day_names_the_override_that_let_it_be_worked() {
    let all = [12, 13, 14, 15, 16, 17, 18];
    let it = seven_days_of(RuleCode::ConsecutiveDays, &all);
    let [entry] = it.asked(date(2026, 10, 20)).rest[..] else { panic!("one entry") };
    assert_eq!((entry.cause, entry.overridden), (RestCause::LongRun, Some(0)));
    let both = seven_days_of(RuleCode::WeeklyRest, &all);
    let [entry] = both.asked(date(2026, 10, 20)).rest[..] else { panic!("one rest, not two") };
    assert_eq!((entry.cause, entry.overridden), (RestCause::LongRun, None), "the run earns it");
}

#[test]
fn a_week_that_an_override_left_without_its_rest_owes_one_for_its_last_day() {
    let mut it = seven_days_of(RuleCode::WeeklyRest, &[12, 13, 15, 16, 17]);
    assert_eq!(it.asked(date(2026, 10, 20)).rest, [], "with a day of 24 h of rest");
    it.world.rules.limits.weekly_rest.limit = 48 * HOUR;
    let [entry] = it.asked(date(2026, 10, 20)).rest[..] else { panic!("one entry") };
    assert_eq!((entry.earned_on, entry.cause), (date(2026, 10, 17), RestCause::WeeklyRest));
    assert_eq!((entry.due_on, entry.overridden), (date(2026, 10, 31), Some(0)));
    let plain = National::working(&["2026-10-12T09:00", "2026-10-17T09:00"]);
    assert_eq!(plain.asked(date(2026, 10, 20)).rest, [], "nobody has overridden anything");
}

#[test]
fn a_night_over_midnight_lies_on_two_dates() {
    // From the evening before the holiday into it: two hours of night, six of holiday.
    let it = National::working(&["2026-09-30T22:00", "2026-10-14T18:00"]);
    let month = it.asked(date(2026, 10, 20));
    assert_eq!(it.hours(date(2026, 10, 20)), [4, 4, 0, 0, 6], "September is another month");
    let dates: Vec<_> = month.days.iter().map(|day| day.date.day()).collect();
    assert_eq!(dates, [1, 14, 15]);
}

#[test]
fn unpaid_meals_and_paid_time_off_are_no_work() {
    let mut it = National::new();
    let shift = it.world.shift_of(
        1,
        "2026-10-14T09:00",
        &[(ActivityCategory::OnQueue, 240), (ActivityCategory::TimeOff, 240)],
    );
    it.world.put(shift);
    assert_eq!(it.hours(date(2026, 10, 20)), [4, 0, 0, 0, 0]);
}

/// Every rest that October earned has lapsed by then.
const LATER: civil::Date = date(2026, 12, 1);

/// The same shift on each of these days of October.
fn days_of(days: std::ops::RangeInclusive<i32>, time: &str, hours: f64) -> National {
    let mut it = National::new();
    for day in days {
        it.world.works(1, &format!("2026-10-{day:02}T{time}"), hours);
    }
    it
}

#[test]
fn hours_above_the_daily_ones_are_overtime_at_150_percent() {
    let it = days_of(12..=16, "09:00", 10.0);
    assert_eq!(it.hours(LATER), [40, 0, 10, 0, 0]);
    let terms = &it.world.rules.limits.pay;
    assert_eq!(terms.factor(PayClass::Overtime), Decimal::new(15, 1));
    assert_eq!(it.asked(LATER).total().weighted(terms), Decimal::from((40 + 15) * HOUR));
}

#[test]
fn hours_above_the_weekly_ones_are_overtime_and_no_hour_counts_twice() {
    // Six days of 9 h: one hour of each above 8 h, and the 48 h that are left are 8 h above 40 h.
    let it = days_of(12..=17, "09:00", 9.0);
    assert_eq!(it.hours(LATER), [40, 0, 14, 0, 0]);
    let sixth = it.asked(LATER).days[5].split;
    assert_eq!(sixth.seconds(PayClass::Overtime), 9 * HOUR);
}

#[test]
fn a_week_over_the_border_of_a_month_has_all_its_days() {
    let it = days_of(12..=17, "09:00", 8.0);
    let month = it.asked_from(date(2026, 10, 15), LATER);
    let seconds = PayClass::ALL.map(|class| month.total().seconds(class));
    assert_eq!(seconds, [16 * HOUR, 0, 8 * HOUR, 0, 0], "the sixth day, though three are before");
}

#[test]
fn minutes_above_the_hours_are_worth_half_as_much_again_to_the_second() {
    let mut it = National::new();
    let parts = [(ActivityCategory::OnQueue, 485)];
    let shift = it.world.shift_of(1, "2026-10-14T09:00", &parts);
    it.world.put(shift);
    let total = it.asked(LATER).total();
    assert_eq!(total.seconds(PayClass::Overtime), 300);
    assert_eq!(total.weighted(&it.world.rules.limits.pay), Decimal::from(8 * HOUR + 450));
}

#[test]
fn what_comes_last_of_a_night_shift_is_overtime_and_no_night() {
    // From 18 to 4: eight hours until 2, then two of overtime on the date after.
    let it = days_of(14..=14, "18:00", 10.0);
    let days: Vec<_> = (it.asked(LATER).days.iter())
        .map(|day| (day.date.day(), PayClass::ALL.map(|class| day.split.seconds(class) / HOUR)))
        .collect();
    assert_eq!(days, [(14, [4, 2, 0, 0, 0]), (15, [0, 2, 2, 0, 0])]);
}

#[test]
fn holidays_and_work_that_earns_a_rest_are_no_overtime_and_use_up_no_hours() {
    // Twelve hours each on a public holiday and on a rest day, then 32 h in the same week.
    let mut it = days_of(8..=11, "09:00", 8.0);
    it.world.works(1, "2026-10-01T09:00", 12.0);
    it.world.works(1, "2026-10-05T09:00", 12.0);
    assert_eq!(it.hours(date(2026, 10, 8)), [44, 0, 0, 0, 12], "the rest is still owed");
    assert_eq!(it.hours(LATER), [32, 0, 0, 12, 12], "and has lapsed");
}

#[test]
fn the_hours_are_those_of_the_contract() {
    let mut it = days_of(12..=16, "09:00", 5.0);
    assert_eq!(it.hours(LATER), [25, 0, 0, 0, 0]);
    it.world.plan(1).contract = ContractTerms::part_time(20 * HOUR);
    assert_eq!(it.hours(LATER), [20, 0, 5, 0, 0]);
    let none = ContractTerms {
        daily_hours_seconds: None,
        weekly_hours_seconds: None,
        ..ContractTerms::full_time()
    };
    it.world.plan(1).contract = none;
    assert_eq!(it.hours(LATER), [25, 0, 0, 0, 0], "no hours, no overtime");
}

proptest! {
    #[test]
    fn every_paid_second_of_work_is_in_one_class(
        starts in prop::collection::btree_set((0i32..31, 0i32..24), 0..20),
        today in 0i64..90,
    ) {
        let mut it = National::new();
        let mut paid = 0;
        for (day, hour) in starts {
            let shift = it.world.shift(1, &format!("2026-10-{:02}T{hour:02}:00", day + 1), 8.0);
            // What runs into November is another month's.
            if shift.span().end() <= it.world.roster.window.end() {
                paid += shift.paid_seconds();
                it.world.put(shift);
            }
        }
        it.world.plan(1);
        let today = date(2026, 10, 1).saturating_add(jiff::Span::new().days(today));
        let month = it.asked(today);
        prop_assert_eq!(month.total().total(), paid);
        for entry in &month.rest {
            let lapsed = entry.state == RestState::Lapsed;
            prop_assert_eq!(lapsed, today > entry.due_on);
            prop_assert!(entry.due_on > entry.earned_on && entry.seconds > 0);
        }
    }
}
