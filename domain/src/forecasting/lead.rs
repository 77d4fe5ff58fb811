//! The further ahead, the wider the bands: what the level may do until then.
//!
//! How far the level moved in so many weeks is read off the history and drawn towards what a random
//! walk would make of the shorter leads, as the weeks of a long lead overlap and tell little. The
//! residuals of the last weeks are then taken again as if the level had been missed by that much
//! besides, in thirteen even parts of the normal distribution, and their quantiles are the bands of
//! the lead. Between the leads both are interpolated; none is narrower than a shorter one.

use super::quantiles::{Bands, scale, standardised};

/// Weeks ahead for which bands are made; 1 is the week that follows the history.
const LEADS: [usize; 5] = [1, 4, 13, 26, 52];
/// Move of the level in a week as long as nothing was seen (log).
const WEEK_DRIFT: f64 = 0.02;
/// Means of thirteen even parts of the normal distribution, scaled to a deviation of 1. Slots of a
/// day are no multiple of thirteen, so that every part falls to every slot.
const PARTS: [f64; 13] =
    [-1.858, -1.258, -0.913, -0.646, -0.416, -0.204, 0.0, 0.204, 0.416, 0.646, 0.913, 1.258, 1.858];

/// An interval of the last weeks with what was forecast for it from what lay before its week.
#[derive(Debug, Clone, Copy)]
pub(super) struct Residual {
    pub(super) forecast: f64,
    pub(super) actual: f64,
    pub(super) special: bool,
}

/// How wide the truth lies around a forecast some weeks ahead.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spread {
    /// Share by which the level may have moved.
    pub(super) drift: f64,
    /// Standardised quantiles.
    pub(super) bands: Bands,
}

/// Spreads at all leads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spreads([Spread; LEADS.len()]);

impl Spreads {
    /// From the residuals one week ahead and the log levels at the end of the history, a week
    /// before, two weeks before and so on.
    pub(super) fn of(residuals: &[Residual], levels: &[f64]) -> Self {
        let drifts = drifts(levels);
        let mut spreads = [Spread::default(); LEADS.len()];
        let mut narrowest = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for (spread, drift) in spreads.iter_mut().zip(drifts) {
            let missed = PARTS.map(|part| (part * drift).exp());
            let standard = |(residual, missed): (&Residual, &f64)| {
                let forecast = residual.forecast * missed;
                (residual.actual - forecast) / scale(forecast, residual.special, drift)
            };
            let residuals = residuals.iter().zip(missed.iter().cycle()).map(standard).collect();
            let [p025, p10, p90, p975] = standardised(residuals);
            let [low, lower, upper, high] = narrowest;
            narrowest = [p025.min(low), p10.min(lower), p90.max(upper), p975.max(high)];
            *spread = Spread { drift, bands: narrowest };
        }
        Self(spreads)
    }

    /// That of the day so many days after the last of the history.
    pub(super) fn at(&self, days: usize) -> Spread {
        let weeks = days as f64 / 7.0;
        let Some(after) = LEADS.iter().position(|lead| weeks <= *lead as f64) else {
            return self.0[LEADS.len() - 1];
        };
        let Some(before) = after.checked_sub(1) else { return self.0[0] };
        let [near, far] = [self.0[before], self.0[after]];
        let [from, to] = [before, after].map(|at| LEADS[at] as f64);
        let part = (weeks - from) / (to - from);
        let between = |near: f64, far: f64| (1.0 - part) * near + part * far;
        Spread {
            // Variances of a random walk grow evenly.
            drift: between(near.drift.powi(2), far.drift.powi(2)).sqrt(),
            bands: std::array::from_fn(|at| between(near.bands[at], far.bands[at])),
        }
    }
}

/// Deviations of the moves of the level at all leads, beyond what one week ahead is missed anyway.
fn drifts(levels: &[f64]) -> [f64; LEADS.len()] {
    let mut variances = [0.0; LEADS.len()];
    for at in 1..LEADS.len() {
        let weeks = LEADS[at] - 1;
        let (longer, shorter) = (weeks as f64, (LEADS[at - 1] - 1) as f64);
        let walk = if at == 1 {
            WEEK_DRIFT.powi(2) * longer
        } else {
            variances[at - 1] * longer / shorter
        };
        let moves = levels.iter().zip(levels.iter().skip(weeks));
        let (count, squares) = moves.fold((0.0, 0.0), |(count, squares), (late, early)| {
            (count + 1.0, squares + (late - early).powi(2))
        });
        // Moves that share no week count one each, the random walk as one.
        let seen = (squares / longer + walk) / (count / longer + 1.0);
        variances[at] = seen.max(variances[at - 1]);
    }
    variances.map(f64::sqrt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn residuals() -> Vec<Residual> {
        let residual = |at: u32| Residual {
            forecast: 100.0,
            actual: 100.0 + 12.0 * PARTS[(at * 5 % 13) as usize],
            special: false,
        };
        (0..1000).map(residual).collect()
    }

    #[test]
    fn the_bands_of_a_level_that_moves_grow_with_the_lead() {
        // Up and down by a tenth every quarter of a year.
        let levels: Vec<f64> =
            (0..104).map(|week| if week / 13 % 2 == 0 { 0.1 } else { 0.0 }).collect();
        let spreads = Spreads::of(&residuals(), &levels);
        let width = |days| {
            let Spread { drift, bands } = spreads.at(days);
            scale(100.0, false, drift) * (bands[2] - bands[1])
        };
        assert_eq!(width(1), width(7), "the first week is one");
        for days in 1..400 {
            assert!(width(days + 1) > (1.0 - 1e-9) * width(days), "{days}");
        }
        assert!(width(91) > 1.3 * width(7) && width(91) < 2.5 * width(7));
    }

    #[test]
    fn a_history_of_weeks_is_taken_for_a_random_walk() {
        let drifts = drifts(&[5.0, 5.0]);
        let expected = [0.0, 3.0_f64, 12.0, 25.0, 51.0].map(|weeks| WEEK_DRIFT * weeks.sqrt());
        for (drift, expected) in drifts.iter().zip(expected) {
            assert!((drift - expected).abs() < 1e-12, "{drift} {expected}");
        }
    }

    #[test]
    fn a_steady_level_is_known_for_longer() {
        let moved = |by: f64| {
            let levels: Vec<f64> = (0..104).map(|week| by * f64::from(week % 2)).collect();
            drifts(&levels)[3]
        };
        assert!(moved(0.0) < 0.05 && moved(0.3) > 0.2, "{} {}", moved(0.0), moved(0.3));
    }
}
