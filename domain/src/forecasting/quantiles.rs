//! How far the calls of an interval lie from their forecast.
//!
//! Residuals of the last twelve weeks, each forecast from what was known before its week, divided by
//! `s = √(f + (0.08 f)²)`: the noise of counting and 8 % of what no model knows, 30 % on a special
//! day. Their empirical quantiles, times `s`, are the bands of the next week (split conformal
//! prediction; Vovk, Gammerman & Shafer 2005). They hold one week ahead; for what lies further see `lead`.
//!
//! The median is not read off them: theirs moves with the level that was missed in those weeks. It
//! follows from the forecast and the width of its band.

/// Part of the forecast that varies from day to day whatever is known.
const DAY_NOISE: f64 = 0.08;
/// The same on a special day: its factor comes from a handful of days.
const SPECIAL_DAY_NOISE: f64 = 0.3;
/// Residuals for which the normal distribution counts while few were seen.
const NORMAL_RESIDUALS: f64 = 40.0;

/// Levels of the bands.
const LEVELS: [f64; 4] = [0.025, 0.1, 0.9, 0.975];
/// Quantiles of the normal distribution at [`LEVELS`].
const NORMAL: Bands = [-1.959_964, -1.281_552, 1.281_552, 1.959_964];

/// Standardised quantiles at [`LEVELS`].
pub(super) type Bands = [f64; 4];

/// Calls below which the interval stays with the probability of the name; none is negative and
/// none is below the one before it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Quantiles {
    /// 2.5 %.
    pub p025: f64,
    /// 10 %.
    pub p10: f64,
    /// 50 %: a whole number, as calls are, as long as it lies between the 10 % and the 90 %. Counts
    /// have a long right side, so it lies a little below the volume, which is their mean. The volume
    /// is what to plan with, as it adds up; the median is off least, interval by interval.
    pub p50: f64,
    /// 90 %.
    pub p90: f64,
    /// 97.5 %.
    pub p975: f64,
}

impl Quantiles {
    /// Every quantile times a factor that is not negative.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        let Self { p025, p10, p50, p90, p975 } = self;
        Self {
            p025: p025 * factor,
            p10: p10 * factor,
            p50: p50 * factor,
            p90: p90 * factor,
            p975: p975 * factor,
        }
    }
}

/// Scale of the residual of a forecast whose level may have moved by the share `drift` until then.
pub(super) fn scale(forecast: f64, special: bool, drift: f64) -> f64 {
    let day_noise = if special { SPECIAL_DAY_NOISE } else { DAY_NOISE };
    (forecast + (day_noise * day_noise + drift * drift) * forecast * forecast).sqrt()
}

/// Standardised quantiles at [`LEVELS`], drawn towards the normal ones while residuals are few.
pub(super) fn standardised(mut residuals: Vec<f64>) -> Bands {
    let count = residuals.len() as f64;
    let own = count / (count + NORMAL_RESIDUALS);
    let mut found = NORMAL;
    for (level, quantile) in LEVELS.iter().zip(&mut found) {
        // Conformal rank: the next residual makes one more.
        let rank = if *level < 0.5 {
            (level * (count + 1.0)).floor() - 1.0
        } else {
            (level * (count + 1.0)).ceil() - 1.0
        };
        if residuals.is_empty() {
            continue;
        }
        let rank = (rank.max(0.0) as usize).min(residuals.len() - 1);
        let (_, at, _) = residuals.select_nth_unstable_by(rank, f64::total_cmp);
        *quantile = own * *at + (1.0 - own) * *quantile;
    }
    found
}

/// Quantiles of an interval from its forecast, the drift of the level until then and the
/// standardised bands.
pub(super) fn around(forecast: f64, special: bool, drift: f64, bands: &Bands) -> Quantiles {
    let scale = scale(forecast, special, drift);
    let [p025, p10, p90, p975] = bands.map(|at| (forecast + scale * at).max(0.0));
    let deviation = scale * (bands[2] - bands[1]) / (NORMAL[2] - NORMAL[1]);
    let p50 = median(forecast, deviation * deviation).max(p10).min(p90);
    Quantiles { p025, p10, p50, p90, p975 }
}

/// Median of a count with this mean and variance: mean − κ₃ / 6σ² (Cornish & Fisher 1938), rounded.
/// Of a negative binomial, calls at a rate that varies, κ₃ = (2 σ²/mean − 1) σ².
fn median(mean: f64, variance: f64) -> f64 {
    if mean <= 0.0 {
        return 0.0;
    }
    (mean - (2.0 * variance / mean - 1.0) / 6.0).round().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_residuals_the_normal_stands_in() {
        let quantiles = around(100.0, false, 0.0, &standardised(Vec::new()));
        assert!((quantiles.p975 - (100.0 + 1.959_964 * 164.0_f64.sqrt())).abs() < 1e-9);
        // A variance of 164: (2 · 1.64 − 1) / 6 below the mean.
        assert_eq!(quantiles.p50, 100.0);
    }

    #[test]
    fn the_median_is_that_of_counts_whose_rate_varies() {
        // The least count that half of a negative binomial lies at or below, summed term by term.
        let least = |mean: f64, ratio: f64| {
            let (size, share) = (mean / (ratio - 1.0), 1.0 / ratio);
            let mut probability = share.powf(size);
            let (mut below, mut count) = (probability, 0.0);
            while below < 0.5 {
                probability *= (size + count) / (count + 1.0) * (1.0 - share);
                count += 1.0;
                below += probability;
            }
            count
        };
        let mut differ = 0;
        for ratio in [1.001, 1.5, 2.2, 3.0] {
            for tenths in 10..600 {
                let mean = f64::from(tenths) / 10.0;
                let by = (median(mean, ratio * mean) - least(mean, ratio)).abs();
                assert!(by <= 1.0, "{mean} {ratio}: {by}");
                differ += i32::from(by > 0.0);
            }
        }
        assert!(differ < 120, "{differ} of 2360 are off by one");
    }

    #[test]
    fn many_residuals_speak_for_themselves() {
        let residuals = (0..100_000).map(|i| f64::from(i) / 100_000.0).collect();
        let found = standardised(residuals);
        for (level, quantile) in LEVELS.iter().zip(found) {
            assert!((level - quantile).abs() < 0.002, "{level}: {quantile}");
        }
    }

    #[test]
    fn nothing_forecast_is_nothing_at_every_level() {
        assert_eq!(around(0.0, true, 0.2, &NORMAL), Quantiles::default());
    }
}
