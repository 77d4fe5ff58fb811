//! What a seed makes: limits of rules, terms of contracts, picks.

use jiff::civil;
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::schedules::{
    ActivityCategory, BreakWindow, ContractKind, ContractTerms, NightLimit, Rule, RuleLimits,
    StartBand, TimeBand,
};

const MINUTE: i64 = 60;

#[derive(Clone)]
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    pub(super) fn below(&mut self, most: i64) -> i64 {
        i64::try_from(self.0.next_u64() >> 1).expect("positive") % most
    }

    pub(super) fn one_in(&mut self, many: i64) -> bool {
        self.below(many) == 0
    }

    pub(super) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as i64)).expect("place")].clone()
    }

    pub(super) fn maybe<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        (!self.one_in(3)).then(|| self.pick(of))
    }

    pub(super) fn bounds(&mut self, least: &[i64], most: &[i64]) -> Bounds {
        Bounds { min: self.maybe(least), max: self.maybe(most) }
    }

    pub(super) fn band(&mut self) -> TimeBand {
        let time = |clock: i64| civil::time((clock / 60) as i8, (clock % 60) as i8, 0, 0);
        TimeBand { from: time(self.below(96) * 15), to: time(self.below(96) * 15) }
    }

    pub(super) fn limits(&mut self) -> RuleLimits {
        let category = self.pick(&[ActivityCategory::Break, ActivityCategory::Meal]);
        let earliest = self.below(16) * 15 * MINUTE;
        let window = BreakWindow {
            category,
            from_shift_seconds: self.below(8) * HOUR,
            min_seconds: self.pick(&[15, 30, 60]) * MINUTE,
            earliest_seconds: earliest,
            latest_seconds: earliest + self.below(16) * 15 * MINUTE,
        };
        let severity = Severity::Blocking;
        let mut limits = RuleLimits {
            min_rest: Rule::new(self.pick(&[8, 11, 12, 16]) * HOUR, severity),
            weekly_rest: Rule::new(self.pick(&[24, 36, 48, 72]) * HOUR, severity),
            consecutive_days: Rule::new(1 + self.below(6), severity),
            consecutive_weekends: Rule::new(self.below(4), severity),
            days_off: Rule::new(self.bounds(&[2, 4, 8], &[3, 5, 12]), severity),
            paid_time_day: Rule::new(
                self.bounds(&[4 * HOUR, 6 * HOUR], &[8 * HOUR, 10 * HOUR]),
                severity,
            ),
            paid_time_week: Rule::new(
                self.bounds(&[10 * HOUR, 20 * HOUR], &[24 * HOUR, 40 * HOUR]),
                severity,
            ),
            paid_time_period: Rule::new(
                self.bounds(&[20 * HOUR, 40 * HOUR], &[48 * HOUR, 80 * HOUR]),
                severity,
            ),
            work_days_week: Rule::new(self.bounds(&[1, 3], &[2, 4, 5]), severity),
            overtime_day: Rule::new(self.pick(&[0, HOUR, 3 * HOUR]), severity),
            overtime_month: Rule::new(self.pick(&[2, 10, 36]) * HOUR, severity),
            shift_length: Rule::new(
                self.bounds(&[2 * HOUR, 4 * HOUR], &[6 * HOUR, 10 * HOUR]),
                severity,
            ),
            continuous_work: Rule::new(self.pick(&[2, 4, 5]) * HOUR, severity),
            break_window: Rule::new(vec![window], severity),
            start_band: Rule::new(StartBand::default(), severity),
            start_variance: Rule::new(self.pick(&[1, 4, 8]) * HOUR, severity),
            notice: Rule::new(self.pick(&[12, 48, 200]) * HOUR, severity),
            night_shifts: Rule::new(
                NightLimit {
                    night: TimeBand { from: civil::time(22, 0, 0, 0), to: self.band().to },
                    from_seconds: self.pick(&[1, 2, 4]) * HOUR,
                    max_per_week: self.below(3),
                },
                severity,
            ),
            coverage: Rule::new(self.below(2), severity),
            period_weeks: 1 + self.below(3),
            ..RuleLimits::default()
        };
        limits.start_band.limit.start = self.one_in(2).then(|| self.band());
        limits.start_band.limit.end = self.one_in(2).then(|| self.band());
        limits.cross_site.severity = severity;
        for &rule in RuleCode::ALL {
            if self.one_in(10) {
                limits.set_severity(rule, Severity::Off);
            }
        }
        limits
    }

    pub(super) fn terms(&mut self) -> ContractTerms {
        ContractTerms {
            kind: ContractKind::Regular,
            weekly_seconds: self.bounds(&[10 * HOUR, 24 * HOUR], &[24 * HOUR, 40 * HOUR]),
            daily_hours_seconds: self.maybe(&[4 * HOUR, 8 * HOUR]),
            weekly_hours_seconds: self.maybe(&[12 * HOUR, 20 * HOUR, 40 * HOUR]),
            shift_seconds: self.bounds(&[HOUR, 4 * HOUR], &[6 * HOUR, 12 * HOUR]),
            days_per_week: 1 + self.below(6) as u8,
        }
    }
}
