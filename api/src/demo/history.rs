//! Contacts as a bank has them: a week's shape, a level that wanders, and chance on top.
//!
//! Every interval is drawn from its own seed, so the same day comes out the same whenever it is
//! asked for: the demo fills in the days that have passed since the last start, and the feed of the
//! running day plays the contacts that the history would have. How they are answered there follows
//! from who is on duty.

use jiff::{Timestamp, civil::Date, civil::Time, tz::TimeZone};
use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use trunkline_domain::{
    kpis::WaitHistogram,
    time::{instant_of_local, local_of_instant},
};

/// Minutes of an interval.
pub(super) const GRAIN: u16 = 30;
/// Intervals of a local day (Asia/Shanghai has no clock changes).
pub(super) const PER_DAY: u16 = 1440 / GRAIN;

/// How much of a week's contacts falls on each day, Monday first; the mean is 1.
const WEEKDAYS: [f64; 7] = [1.28, 1.13, 1.07, 1.04, 1.06, 0.78, 0.64];

/// One stream of contacts at one site.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stream {
    /// Tells streams of one demo apart.
    pub(super) number: u64,
    /// Contacts of an ordinary week.
    pub(super) weekly: f64,
    /// Mean seconds of handling.
    pub(super) handle_seconds: f64,
    /// Hours from the first to before the last in which it is open.
    pub(super) open: (u16, u16),
}

/// Whole figures of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Figures {
    pub(super) offered: u32,
    pub(super) answered: u32,
    pub(super) in_threshold: u32,
    pub(super) abandoned: u32,
    pub(super) abandoned_in_threshold: u32,
    pub(super) abandoned_short: u32,
    pub(super) wait_seconds: u64,
    pub(super) talk_seconds: u64,
    pub(super) hold_seconds: u64,
    pub(super) work_seconds: u64,
}

impl Stream {
    /// Expected contacts of an interval in an ordinary week.
    pub(super) fn expected(&self, date: Date, interval: u16) -> f64 {
        let open = |interval: u16| {
            let minute = interval * GRAIN;
            (self.open.0 * 60..self.open.1 * 60).contains(&minute)
        };
        if !open(interval) {
            return 0.0;
        }
        let day: f64 = (0..PER_DAY).filter(|it| open(*it)).map(day_shape).sum();
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        self.weekly / 7.0 * WEEKDAYS[weekday % 7] * day_shape(interval) / day
    }

    /// What happened in the interval, by the demo's `seed`.
    pub(super) fn figures(&self, seed: u64, date: Date, interval: u16) -> Figures {
        let expected = self.expected(date, interval);
        if expected == 0.0 {
            return Figures::default();
        }
        let day = days_of(date);
        let week_level = 1.0 + 0.04 * normal(&mut seeded(seed, self.number, day / 7, 1));
        let day_level = 1.0 + 0.05 * normal(&mut seeded(seed, self.number, day, 2));
        let random =
            &mut seeded(seed, self.number, day * u64::from(PER_DAY) + u64::from(interval), 3);
        let offered = poisson(random, expected * (week_level * day_level).max(0.3));
        // Who waits longer gives up more often; a crowded interval is one above its expectation.
        let crowd = f64::from(offered) / expected.max(1.0);
        let giving_up = (0.025 + 0.08 * (crowd - 1.0)).clamp(0.005, 0.25);
        let abandoned = binomial(random, offered, giving_up);
        let answered = offered - abandoned;
        let level = (0.86 - 0.35 * (crowd - 1.0)).clamp(0.3, 0.99);
        let in_threshold = binomial(random, answered, level);
        let late = answered - in_threshold;
        let abandoned_in_threshold = binomial(random, abandoned, 0.4);
        let abandoned_short = binomial(random, abandoned_in_threshold, 0.4);
        let handle = f64::from(answered) * self.handle_seconds * (1.0 + 0.06 * normal(random));
        let part = |share: f64| (handle.max(0.0) * share) as u64;
        Figures {
            offered,
            answered,
            in_threshold,
            abandoned,
            abandoned_in_threshold,
            abandoned_short,
            wait_seconds: u64::from(in_threshold) * 6 + u64::from(late) * 45,
            talk_seconds: part(0.76),
            hold_seconds: part(0.06),
            work_seconds: part(0.18),
        }
    }
}

impl Figures {
    /// The waits behind the counts: quick ones spread up to 20 s, late ones up to three minutes.
    pub(super) fn waits(&self) -> WaitHistogram {
        let mut waits = WaitHistogram::default();
        let late = u64::from(self.answered - self.in_threshold);
        spread(&mut waits.answered[..4], u64::from(self.in_threshold));
        spread(&mut waits.answered[4..10], late);
        let waited = self.abandoned_in_threshold - self.abandoned_short;
        waits.abandoned[0] = self.abandoned_short.into();
        spread(&mut waits.abandoned[1..4], waited.into());
        spread(&mut waits.abandoned[4..10], (self.abandoned - self.abandoned_in_threshold).into());
        waits
    }
}

/// Spreads a count over bins, half of the rest into each and what is left into the last.
fn spread(bins: &mut [u64], count: u64) {
    let (mut left, last) = (count, bins.len() - 1);
    for bin in &mut bins[..last] {
        *bin = left.div_ceil(2);
        left -= *bin;
    }
    bins[last] = left;
}

/// First instant of an interval of a local day.
pub(super) fn starts_at(date: Date, interval: u16, zone: &TimeZone) -> Option<Timestamp> {
    let minute = interval * GRAIN;
    let hour = i8::try_from(minute / 60).ok()?;
    let time = Time::new(hour, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
    Some(instant_of_local(date.to_datetime(time), zone).0)
}

/// The local day of an instant and the number of its interval there.
pub(super) fn interval_at(now: Timestamp, zone: &TimeZone) -> (Date, u16) {
    let local = local_of_instant(now, zone);
    let minute =
        u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
    (local.date(), (minute / GRAIN).min(PER_DAY - 1))
}

/// Two peaks over the working day, a small one in the evening, and a night that never quite sleeps.
fn day_shape(interval: u16) -> f64 {
    let hour = f64::from(interval * GRAIN) / 60.0 + f64::from(GRAIN) / 120.0;
    let hump = |at: f64, wide: f64| (-((hour - at) / wide).powi(2)).exp();
    0.05 + hump(10.5, 2.2) + 0.82 * hump(15.5, 2.4) + 0.35 * hump(20.0, 1.6)
}

pub(super) fn days_of(date: Date) -> u64 {
    let epoch = Date::constant(1970, 1, 1);
    u64::try_from((date - epoch).get_days()).unwrap_or_default()
}

/// A source of its own for each stream, time and use.
pub(super) fn seeded(seed: u64, stream: u64, time: u64, salt: u64) -> Xoshiro256PlusPlus {
    let mut mixed = seed;
    for part in [stream, time, salt] {
        mixed = (mixed ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
    Xoshiro256PlusPlus::seed_from_u64(mixed)
}

/// A standard normal number: Box and Muller, 1958.
pub(super) fn normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.random::<f64>()).cos()
}

/// A Poisson number: by multiplication (Knuth) in parts of at most 30, whose sum is Poisson again.
fn poisson(random: &mut Xoshiro256PlusPlus, mean: f64) -> u32 {
    let mut left = mean.max(0.0);
    let mut count = 0;
    while left > 0.0 {
        let part = left.min(30.0);
        left -= part;
        let limit = (-part).exp();
        let mut product = random.random::<f64>();
        while product > limit {
            count += 1;
            product *= random.random::<f64>();
        }
    }
    count
}

/// A binomial number.
pub(super) fn binomial(random: &mut Xoshiro256PlusPlus, trials: u32, share: f64) -> u32 {
    (0..trials).map(|_| u32::from(random.random_bool(share))).sum()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const STREAM: Stream =
        Stream { number: 1, weekly: 20_000.0, handle_seconds: 240.0, open: (0, 24) };

    fn offered(seed: u64, day: Date) -> u32 {
        (0..PER_DAY).map(|it| STREAM.figures(seed, day, it).offered).sum()
    }

    #[test]
    fn a_day_comes_out_the_same_whenever_it_is_asked_for() {
        let day = date(2026, 3, 4);
        assert_eq!(offered(1, day), offered(1, day));
        assert_ne!(offered(1, day), offered(2, day));
    }

    #[test]
    fn a_week_has_its_contacts_and_its_shape() {
        let monday = date(2026, 3, 2);
        let days: Vec<u32> = (0..7)
            .map(|day| offered(1, monday.saturating_add(jiff::Span::new().days(day))))
            .collect();
        let sum: u32 = days.iter().sum();
        assert!((16_000..24_000).contains(&sum), "{sum}");
        assert!(days[0] > days[5] && days[0] > days[6], "{days:?}");
        let at = |hour: u16| STREAM.expected(monday, hour * 2);
        assert!(at(10) > at(13) && at(15) > at(13) && at(13) > at(3));
    }

    #[test]
    fn the_parts_of_an_interval_fit_together() {
        for interval in 0..PER_DAY {
            let it = STREAM.figures(7, date(2026, 3, 2), interval);
            assert_eq!(it.offered, it.answered + it.abandoned);
            assert!(it.in_threshold <= it.answered);
            assert!(it.abandoned_short <= it.abandoned_in_threshold);
            assert!(it.abandoned_in_threshold <= it.abandoned);
            let waits = it.waits();
            assert_eq!(waits.answered_within(20), Some(it.in_threshold.into()));
            assert_eq!(waits.answered.iter().sum::<u64>(), u64::from(it.answered));
            assert_eq!(waits.abandoned_within(5), Some(it.abandoned_short.into()));
            assert_eq!(waits.abandoned_within(20), Some(it.abandoned_in_threshold.into()));
            assert_eq!(waits.abandoned.iter().sum::<u64>(), u64::from(it.abandoned));
        }
    }

    #[test]
    fn counts_scatter_like_poisson_around_their_mean() {
        let random = &mut seeded(1, 2, 3, 4);
        let draws: Vec<f64> = (0..4000).map(|_| f64::from(poisson(random, 70.0))).collect();
        let mean = draws.iter().sum::<f64>() / 4000.0;
        let variance = draws.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / 4000.0;
        assert!((mean - 70.0).abs() < 1.0 && (variance - 70.0).abs() < 8.0, "{mean} {variance}");
    }

    #[test]
    fn a_closed_queue_gets_no_contacts() {
        let day_only = Stream { open: (8, 22), ..STREAM };
        assert_eq!(day_only.figures(1, date(2026, 3, 2), 4), Figures::default());
    }
}
