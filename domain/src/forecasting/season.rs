//! The time of year: how far the level of each week of the year lies from that of the year.
//!
//! Days less their weekday and less the trend from year to year, per week of the year, smoothed over
//! five weeks. What two years do not say alike is luck: the factors are shrunk by what the one
//! foretells of the other, and as long as one year only was seen, by half of it (Spearman 1910 and
//! Brown 1910, on the worth of repeated measures).

/// Days from the first usual to the last below which nothing is said: 13 months.
const NEED_DAYS: usize = 395;
/// Days of a year.
const YEAR_DAYS: f64 = 365.25;
/// Weeks of a year; the last takes the day or two that are left.
const WEEKS: usize = 52;
/// Weeks that must have been seen.
const NEED_WEEKS: usize = 45;
/// Weights of a week, in the middle, and of those beside it.
const SMOOTH: [f64; 5] = [1.0, 2.0, 3.0, 2.0, 1.0];
/// Weeks seen twice for which the trend counts as none.
const TREND_WEEKS: f64 = 8.0;
/// Likeness of two years before any two were compared.
const PRIOR_LIKENESS: f64 = 0.5;
/// Weeks seen twice for which it counts.
const PRIOR_WEEKS: f64 = 26.0;

/// Log factor of each week of the year, in its middle.
#[derive(Debug, Clone)]
pub(super) struct Season {
    weeks: [f64; WEEKS],
    /// Share of what was seen that is believed.
    share: f64,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    days: f64,
    log: f64,
    age: f64,
}

impl Season {
    /// Learns it from the usual days (in order of time, two years at most) and their logs less their
    /// weekday; `places` says of every day of the grid where in its year it lies ([`place`]).
    pub(super) fn of(usual: &[usize], logs: &[f64], places: &[f64]) -> Option<Self> {
        let (first, newest) = (*usual.first()?, *usual.last()?);
        if newest - first < NEED_DAYS {
            return None;
        }
        let mut sums = [[Sum::default(); WEEKS]; 2];
        for (&day, log) in usual.iter().zip(logs) {
            let age = (newest - day) as f64;
            let week = (places[day] as usize).min(WEEKS - 1);
            let sum = &mut sums[usize::from(age >= YEAR_DAYS)][week];
            *sum = Sum { days: sum.days + 1.0, log: sum.log + log, age: sum.age + age };
        }
        let [late, early] = &sums;
        let seen = late.iter().zip(early).filter(|(late, early)| late.days + early.days > 0.0);
        if seen.count() < NEED_WEEKS {
            return None;
        }
        let trend = trend(late, early);
        let mean = |sum: &Sum| {
            (sum.days > 0.0).then(|| (sum.log + trend * sum.age / YEAR_DAYS) / sum.days)
        };
        let years = [late, early].map(|year| smooth(std::array::from_fn(|at| mean(&year[at]))));
        let both: [Option<f64>; WEEKS] = std::array::from_fn(|at| {
            let [late, early] = [&late[at], &early[at]];
            mean(&Sum {
                days: late.days + early.days,
                log: late.log + early.log,
                age: late.age + early.age,
            })
        });
        let share = shrinkage(&years);
        let weeks = smooth(both).map(|log| log.unwrap_or(0.0));
        let level = weeks.iter().sum::<f64>() / WEEKS as f64;
        Some(Self { weeks: weeks.map(|log| share * (log - level)), share })
    }

    /// Variance of what is not known of the move from one place in the year to another: a swing of which
    /// the share `s` is believed has a variance of `s (1 − s)` of its square (the posterior of the normal; Efron & Morris
    /// 1973).
    pub(super) fn doubt(&self, from: f64, to: f64) -> f64 {
        // Factors are kept times their share.
        let kept = self.at(to) - self.at(from);
        if self.share > 0.0 { (1.0 - self.share) / self.share * kept * kept } else { 0.0 }
    }

    /// Log factor at a place in the year.
    pub(super) fn at(&self, place: f64) -> f64 {
        // From the middle of one week to that of the next.
        let from = place + WEEKS as f64 - 0.5;
        let (week, part) = (from as usize, from.fract());
        (1.0 - part) * self.weeks[week % WEEKS] + part * self.weeks[(week + 1) % WEEKS]
    }
}

/// Weeks from the start of the year to a day, 0 to 52.
pub(super) fn place(date: jiff::civil::Date) -> f64 {
    (f64::from(date.day_of_year()) - 0.5) * WEEKS as f64 / YEAR_DAYS
}

/// Log growth in a year, of the weeks that were seen in both; drawn to none while they are few.
fn trend(late: &[Sum; WEEKS], early: &[Sum; WEEKS]) -> f64 {
    let (mut growth, mut years, mut pairs) = (0.0, 0.0, 0.0);
    for (late, early) in late.iter().zip(early) {
        if late.days > 0.0 && early.days > 0.0 {
            growth += late.log / late.days - early.log / early.days;
            years += (early.age / early.days - late.age / late.days) / YEAR_DAYS;
            pairs += 1.0;
        }
    }
    if years > 0.0 { growth / years * pairs / (pairs + TREND_WEEKS) } else { 0.0 }
}

/// Means over the weeks around that are there, round the year.
fn smooth(weeks: [Option<f64>; WEEKS]) -> [Option<f64>; WEEKS] {
    std::array::from_fn(|at| {
        let (mut sum, mut all) = (0.0, 0.0);
        for (beside, weight) in SMOOTH.iter().enumerate() {
            if let Some(log) = weeks[(at + WEEKS + beside - SMOOTH.len() / 2) % WEEKS] {
                (sum, all) = (sum + weight * log, all + weight);
            }
        }
        (all > 0.0).then(|| sum / all)
    })
}

/// Share of the factors that is real: from the correlation of the two years over the weeks that both
/// have, `n r / (1 + (n − 1) r)` for `n` years.
fn shrinkage([late, early]: &[[Option<f64>; WEEKS]; 2]) -> f64 {
    let pairs: Vec<(f64, f64)> =
        late.iter().zip(early).filter_map(|(late, early)| Some(((*late)?, (*early)?))).collect();
    let count = pairs.len() as f64;
    let (mut together, mut of_late, mut of_early) = (0.0, 0.0, 0.0);
    let mean = |sum: f64| if count > 0.0 { sum / count } else { 0.0 };
    let late_mean = mean(pairs.iter().map(|(late, _)| late).sum());
    let early_mean = mean(pairs.iter().map(|(_, early)| early).sum());
    for (late, early) in &pairs {
        let (late, early) = (late - late_mean, early - early_mean);
        together += late * early;
        of_late += late * late;
        of_early += early * early;
    }
    let size = (of_late * of_early).sqrt();
    let alike = if size > 0.0 { together / size } else { 0.0 };
    let alike = (count * alike + PRIOR_WEEKS * PRIOR_LIKENESS) / (count + PRIOR_WEEKS);
    let (years, alike) = (1.0 + count / WEEKS as f64, alike.max(0.0));
    years * alike / (1.0 + (years - 1.0) * alike)
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan as _, civil::date};

    use super::*;

    /// Days from 1 January 2024 whose log is a wave of .3 over the year and what `besides` adds.
    fn learned(days: i64, besides: impl Fn(i64) -> f64) -> Option<Season> {
        let places: Vec<f64> =
            (0..days).map(|day| place(date(2024, 1, 1).saturating_add(day.days()))).collect();
        let wave = |place: &f64| 0.3 * (std::f64::consts::TAU * place / 52.18).sin();
        let logs: Vec<f64> =
            (0..).zip(&places).map(|(day, place)| wave(place) + besides(day)).collect();
        let usual: Vec<usize> = (0..places.len()).collect();
        Season::of(&usual, &logs, &places)
    }

    fn swing(season: &Season) -> f64 {
        season.at(place(date(2026, 4, 1))) - season.at(place(date(2026, 10, 1)))
    }

    #[test]
    fn a_year_is_half_believed_and_two_alike_nearly_wholly() {
        assert!(learned(390, |_| 0.0).is_none());
        let one = swing(&learned(396, |_| 0.0).expect("a year"));
        let two = swing(&learned(730, |_| 0.0).expect("two years"));
        assert!((0.25..0.42).contains(&one) && (0.5..0.6).contains(&two), "{one} {two}");
    }

    #[test]
    fn growth_is_no_time_of_year() {
        let flat = swing(&learned(730, |_| 0.0).expect("two years"));
        let grown = swing(&learned(730, |day| 0.0005 * day as f64).expect("two years"));
        assert!((flat - grown).abs() < 0.06, "{flat} {grown}");
    }

    #[test]
    fn two_years_that_contradict_each_other_are_hardly_believed() {
        let against = |day: i64| {
            let place = place(date(2024, 1, 1).saturating_add(day.days()));
            let wave = 0.3 * (std::f64::consts::TAU * place / 52.18).sin();
            if day < 365 { -2.0 * wave } else { 0.0 }
        };
        let swing = swing(&learned(730, against).expect("two years"));
        assert!(swing.abs() < 0.05, "{swing}");
    }

    #[test]
    fn the_turn_of_the_year_has_no_step() {
        let season = learned(730, |_| 0.0).expect("two years");
        let step = season.at(place(date(2026, 12, 31))) - season.at(place(date(2027, 1, 1)));
        assert!(step.abs() < 0.02, "{step}");
    }

    #[test]
    fn a_year_leaves_a_doubt_about_its_swing_and_none_about_its_return() {
        let doubt = |days| {
            let season = learned(days, |_| 0.0).expect("a year");
            let [spring, autumn] = [date(2026, 4, 1), date(2026, 10, 1)].map(place);
            assert_eq!(season.doubt(spring, spring), 0.0);
            season.doubt(spring, autumn).sqrt()
        };
        let [one, two] = [396, 730].map(doubt);
        assert!(two < one && two < 0.2, "{one} {two}");
    }
}
