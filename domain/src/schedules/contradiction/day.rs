//! Rules about a single shift that cannot be kept together: bands, nights, breaks.

use jiff::{SignedDuration, civil};

use super::{DAY, Found};
use crate::schedules::{
    Bounds, BreakWindow, Quantity, RuleCode, RuleLimits, Severity, StartBand, TimeBand,
};

const MINUTE: i64 = 60;

impl Found<'_> {
    /// Bands between whose starts and ends no shift has a length that is allowed.
    pub(super) fn bands(&mut self) {
        self.bands_for(self.limits.shift_length.limit);
    }

    /// The same for a contract that narrows the length, where the rules alone can be kept; and a length
    /// that is none of those that the rules allow.
    pub(super) fn shifts_of_contract(&mut self, contract: Bounds) {
        let own = self.limits.shift_length.limit;
        let rules = [RuleCode::ShiftLength];
        if let (Some(least), Some(longest)) = (own.min, contract.max) {
            self.when(least > longest, &rules, RuleCode::ShiftLength, Quantity::Seconds(longest));
        }
        if let (Some(most), Some(shortest)) = (own.max, contract.min) {
            self.when(most < shortest, &rules, RuleCode::ShiftLength, Quantity::Seconds(shortest));
        }
        if missing_start(&self.limits.start_band.limit, own).is_none() {
            self.bands_for(own.within(contract));
        }
    }

    fn bands_for(&mut self, length: Bounds) {
        use RuleCode::{ShiftLength, StartBand};
        if let Some(start) = missing_start(&self.limits.start_band.limit, length) {
            self.when(true, &[StartBand, ShiftLength], StartBand, Quantity::LocalTime(start));
        }
    }

    /// More working days than night shifts, where the bands let nobody work by day.
    pub(super) fn nights(&mut self) {
        use RuleCode::{NightShifts, ShiftLength, StartBand, WorkDaysWeek};
        let limits = self.limits;
        let days = limits.work_days_week.limit.min.filter(|days| (1..=7).contains(days));
        let most = limits.night_shifts.limit.max_per_week;
        if let Some(days) = days.filter(|days| *days > most && only_nights(limits)) {
            let rules = [NightShifts, StartBand, ShiftLength, WorkDaysWeek];
            self.when(true, &rules, NightShifts, Quantity::Shifts(days));
        }
    }

    /// A break and a meal that every shift must have which is long enough for both, and neither of which
    /// can end before the other must have begun. Two of one kind can be the same one.
    pub(super) fn breaks(&mut self) {
        let limits = self.limits;
        let longest =
            limits.shift_length.limit.max.filter(|_| is_on(limits, RuleCode::ShiftLength));
        let both_asked = |window: &&BreakWindow| {
            longest.is_none_or(|longest| window.from_shift_seconds <= longest)
        };
        let asked: Vec<&BreakWindow> =
            limits.break_window.limit.iter().filter(both_asked).collect();
        for (at, one) in asked.iter().enumerate() {
            for other in asked.iter().skip(at + 1).filter(|it| it.category != one.category) {
                // By how much the second must begin later than it may, and when.
                let late = |first: &BreakWindow, second: &BreakWindow| {
                    let ends = first.earliest_seconds.saturating_add(first.min_seconds);
                    (ends.saturating_sub(second.latest_seconds), ends)
                };
                let (missing, begins) = late(one, other).min(late(other, one));
                let rules = [RuleCode::BreakWindow];
                self.when(missing > 0, &rules, rules[0], Quantity::Seconds(begins));
            }
        }
    }
}

/// Whether a rule has a say.
pub(super) fn is_on(limits: &RuleLimits, rule: RuleCode) -> bool {
    limits.severity(rule) != Severity::Off
}

/// The nearest start that would have to be allowed where no start in its band is followed, after a
/// length that is allowed, by an end in its own: a whole minute. `None` where there is one.
fn missing_start(band: &StartBand, length: Bounds) -> Option<civil::Time> {
    let (starts, ends) = band.start.zip(band.end)?;
    let most = length.max?;
    // No shift is of no length.
    let least = length.min.unwrap_or(0).clamp(1, 366 * DAY);
    let more = most.saturating_sub(least);
    let ((first_start, starts_wide), (first_end, ends_wide)) = (starts.on_dial(), ends.on_dial());
    let last_start = first_start + starts_wide;
    // On the dial the lengths that the bands allow run from the latest start to the earliest end, and on
    // for as long as both bands are wide.
    let beyond = (least - (first_end - last_start)).rem_euclid(DAY);
    let room = starts_wide + ends_wide;
    if more < 0 || beyond <= room || more >= DAY - beyond {
        return None;
    }
    let (later, earlier) = (DAY - beyond - more, beyond - room);
    // The whole minute beyond what is missing.
    let start = if later <= earlier {
        (last_start + later + MINUTE - 1).div_euclid(MINUTE) * MINUTE
    } else {
        (first_start - earlier).div_euclid(MINUTE) * MINUTE
    };
    Some(civil::Time::midnight().wrapping_add(SignedDuration::from_secs(start)))
}

/// Whether every shift that begins and ends within the bands and is long enough is a night shift.
///
/// By the start of a shift its time in the night rises and falls evenly between the starts at which the
/// night begins or ends at one of its borders, so that those and the borders of a band tell of all.
pub(super) fn only_nights(limits: &RuleLimits) -> bool {
    let (band, night) = (limits.start_band.limit, limits.night_shifts.limit);
    let length = limits.shift_length.limit.min.unwrap_or(0).clamp(0, DAY);
    let (begins, _) = night.night.on_dial();
    let ends = begins + night.night.seconds();
    let turns = [begins, ends, begins - length, ends - length];
    let all = |(first, wide): (i64, i64)| {
        let within = turns.map(|turn| (turn - first).rem_euclid(DAY)).into_iter();
        let within = within.filter(|after| *after < wide);
        let mut starts = within.chain([0, wide]).map(|after| (first + after).rem_euclid(DAY));
        starts.all(|start| night.counts(start, length))
    };
    // What ends in a band has begun before it by the least length at least.
    let of_ends = |(first, wide): (i64, i64)| (first - length, wide);
    let by_start = band.start.map(TimeBand::on_dial);
    by_start.into_iter().chain(band.end.map(TimeBand::on_dial).map(of_ends)).any(all)
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use proptest::prelude::*;

    use super::{
        super::tests::{rules, said},
        *,
    };
    use crate::schedules::{
        ActivityCategory::{Break, Meal, OnQueue},
        ContractTerms, NightLimit,
        sample::{HOUR, World},
    };

    fn band(from: i8, to: i8) -> Option<TimeBand> {
        Some(TimeBand { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) })
    }

    fn bands(start: Option<TimeBand>, end: Option<TimeBand>, length: Bounds) -> Vec<String> {
        let rules = rules(|it| {
            it.start_band.limit = StartBand { start, end };
            it.shift_length.limit = length;
        });
        said(&rules.validate())
    }

    #[test]
    fn a_core_time_longer_than_the_longest_shift_is_told_with_the_start_that_would_do() {
        let usual = Bounds::between(2 * HOUR, 13 * HOUR);
        assert_eq!(
            bands(band(7, 8), band(22, 23), usual),
            ["START_BAND + SHIFT_LENGTH: START_BAND = 09:00"]
        );
        assert_eq!(bands(band(7, 9), band(22, 23), usual), [""; 0], "13 h to the minute");
        assert_eq!(bands(band(7, 8), None, usual), [""; 0]);
        assert_eq!(bands(None, band(22, 23), usual), [""; 0]);
        let any = Bounds { min: Some(2 * HOUR), max: None };
        assert_eq!(bands(band(7, 8), band(22, 23), any), [""; 0], "no longest shift");
    }

    #[test]
    fn bands_too_near_for_the_shortest_shift_are_told_with_the_start_that_would_do() {
        let day = Bounds::between(6 * HOUR, 8 * HOUR);
        let told = ["START_BAND + SHIFT_LENGTH: START_BAND = 08:00"];
        assert_eq!(bands(band(9, 10), band(13, 14), day), told);
        assert_eq!(bands(band(8, 10), band(13, 14), day), [""; 0]);
        let night = ["START_BAND + SHIFT_LENGTH: START_BAND = 21:00"];
        assert_eq!(bands(band(22, 23), band(2, 3), day), night, "over midnight");
        let to_the_second = Bounds::between(6 * HOUR + 1, 8 * HOUR);
        let told = ["START_BAND + SHIFT_LENGTH: START_BAND = 07:59"];
        assert_eq!(bands(band(8, 10), band(13, 14), to_the_second), told);
    }

    #[test]
    fn a_rule_that_is_off_has_no_say_about_bands() {
        for off in [RuleCode::StartBand, RuleCode::ShiftLength] {
            let rules = rules(|it| {
                it.start_band.limit = StartBand { start: band(7, 8), end: band(22, 23) };
                it.set_severity(off, Severity::Off);
            });
            assert_eq!(rules.validate(), [], "{off}");
        }
    }

    #[test]
    fn a_contract_of_short_shifts_asks_for_bands_of_its_own() {
        let part_time = ContractTerms::part_time(20 * HOUR);
        let rules_of = |start, end, shortest: i64| {
            rules(|it| {
                it.start_band.limit = StartBand { start, end };
                it.shift_length.limit.min = Some(shortest);
            })
        };
        let core = rules_of(band(7, 8), band(16, 17), 2 * HOUR);
        assert_eq!(core.validate(), [], "8 h and more can be worked");
        assert_eq!(
            said(&core.validate_contract(&part_time)),
            ["START_BAND + SHIFT_LENGTH: START_BAND = 10:00"]
        );
        assert_eq!(core.validate_contract(&ContractTerms::full_time()), []);
        let long = rules_of(None, None, 8 * HOUR);
        assert_eq!(said(&long.validate_contract(&part_time)), ["SHIFT_LENGTH: SHIFT_LENGTH = 6 h"]);
        let nobody = rules_of(band(7, 8), band(22, 23), 2 * HOUR);
        assert_eq!(nobody.validate_contract(&part_time), [], "the rules alone tell it");
    }

    #[test]
    fn who_can_only_start_at_night_cannot_work_more_days_than_nights_are_allowed() {
        let nights = |start, end, least: i64| {
            let rules = rules(|it| {
                it.start_band.limit = StartBand { start, end };
                it.work_days_week.limit = Bounds::between(least, 6);
                it.night_shifts.limit.max_per_week = 3;
            });
            said(&rules.validate())
        };
        let told =
            ["NIGHT_SHIFTS + START_BAND + SHIFT_LENGTH + WORK_DAYS_WEEK: NIGHT_SHIFTS = 5 shifts"];
        assert_eq!(nights(band(22, 0), None, 5), told);
        assert_eq!(nights(None, band(1, 6), 5), told, "what ends then was worked at night");
        assert_eq!(nights(band(22, 0), None, 3), [""; 0]);
        assert_eq!(nights(band(21, 0), None, 5), [""; 0], "2 h from 21:00 have 1 h of the night");
        assert_eq!(nights(band(22, 5), None, 5), [""; 0], "2 h from 05:00, too");
        assert_eq!(nights(None, None, 5), [""; 0]);
    }

    #[test]
    fn a_break_and_a_meal_that_must_begin_at_once_are_told_with_the_latest_start_that_would_do() {
        let window = |category, earliest: i64, latest: i64| BreakWindow {
            category,
            from_shift_seconds: 7 * HOUR,
            min_seconds: HOUR,
            earliest_seconds: earliest * HOUR,
            latest_seconds: latest * HOUR,
        };
        let told = |windows: [BreakWindow; 2], longest: i64| {
            let rules = rules(|it| {
                it.break_window.limit = windows.to_vec();
                it.shift_length.limit.max = Some(longest * HOUR);
            });
            said(&rules.validate())
        };
        let meal = window(Meal, 3, 3);
        assert_eq!(told([meal, window(Break, 3, 3)], 9), ["BREAK_WINDOW: BREAK_WINDOW = 4 h"]);
        assert_eq!(told([meal, window(Break, 3, 4)], 9), [""; 0], "one after the other");
        assert_eq!(told([window(Break, 3, 4), meal], 9), [""; 0]);
        assert_eq!(told([meal, window(Meal, 3, 3)], 9), [""; 0], "one meal is both");
        assert_eq!(told([meal, window(Break, 3, 3)], 6), [""; 0], "no shift has to have them");
    }

    #[test]
    fn a_meal_later_than_anybody_may_work_in_a_row_can_be_kept_by_a_break_before_it() {
        let mut world = World::march();
        let meal = &mut world.rules.limits.break_window.limit[0];
        (meal.earliest_seconds, meal.latest_seconds) = (5 * HOUR + 1800, 6 * HOUR);
        assert_eq!(world.rules.validate(), []);
        let parts = [(OnQueue, 150), (Break, 15), (OnQueue, 165), (Meal, 30), (OnQueue, 120)];
        let shift = world.shift_of(1, "2026-03-04T09:00", &parts);
        world.put(shift);
        let found = world.judge();
        let of_breaks = [RuleCode::ContinuousWork, RuleCode::BreakWindow];
        assert!(found.iter().all(|it| !of_breaks.contains(&it.rule)), "{found:?}");
    }

    fn times() -> impl Strategy<Value = TimeBand> {
        (0_i64..96, 0_i64..40).prop_map(|(from, wide)| {
            let at = |quarter: i64| {
                civil::Time::midnight().wrapping_add(SignedDuration::from_mins(quarter * 15))
            };
            TimeBand { from: at(from), to: at(from + wide) }
        })
    }

    /// Whether a shift from some start of its band ends in the other one after a length that is allowed.
    fn is_possible(start: TimeBand, end: TimeBand, length: Bounds) -> bool {
        let clock = |quarter: i64| {
            civil::Time::midnight().wrapping_add(SignedDuration::from_mins(quarter * 15))
        };
        let (least, most) = (length.min.unwrap_or(0) / 900, length.max.unwrap_or(DAY) / 900);
        (0..96)
            .filter(|from| start.contains(clock(*from)))
            .any(|from| (least.max(1)..=most).any(|length| end.contains(clock(from + length))))
    }

    proptest! {
        #[test]
        fn bands_contradict_each_other_where_no_shift_is_possible_until_the_start_is_allowed(
            start in times(),
            end in times(),
            least in 1_i64..60,
            more in 0_i64..30,
        ) {
            let length = Bounds::between(least * 900, (least + more) * 900);
            let told = missing_start(&StartBand { start: Some(start), end: Some(end) }, length);
            prop_assert_eq!(told.is_none(), is_possible(start, end, length));
            if let Some(time) = told {
                // It is the nearer of both borders that moves.
                let wider = [TimeBand { to: time, ..start }, TimeBand { from: time, ..start }];
                let mends = |start: &TimeBand| is_possible(*start, end, length);
                prop_assert!(wider.iter().any(mends), "{time} does not do");
                let point = TimeBand { from: time, to: time };
                prop_assert!(is_possible(point, end, length), "it is itself a start that does");
            }
        }

        #[test]
        fn what_is_only_nights_has_no_start_by_day(
            start in times(),
            night in times(),
            quarters in 1_i64..40,
            from_quarters in 1_i64..24,
        ) {
            let mut limits = RuleLimits::default();
            limits.start_band.limit = StartBand { start: Some(start), end: None };
            limits.shift_length.limit.min = Some(quarters * 900);
            let limit = NightLimit { night, from_seconds: from_quarters * 900, max_per_week: 1 };
            limits.night_shifts.limit = limit;
            let clock = |quarter: i64| {
                civil::Time::midnight().wrapping_add(SignedDuration::from_mins(quarter * 15))
            };
            let mut starts = (0..96).filter(|quarter| start.contains(clock(*quarter)));
            let all = starts.all(|quarter| limit.counts(quarter * 900, quarters * 900));
            prop_assert_eq!(only_nights(&limits), all);
        }
    }
}
