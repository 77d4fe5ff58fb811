//! The further ahead, the wider the bands: what the level may do until then.
//!
//! How far levels were missed in so many weeks, each foretold from what lay before, time of year and all
//! (`hindsight`), is drawn towards what a random walk would make of the shorter leads, as the weeks of
//! a long lead overlap and tell little (rolling origins; Tashman 2000). A time of year that is half believed is a doubt
//! besides, small from summer to summer and large from winter to summer. The
//! residuals of the last weeks are then taken again as if the level had been missed by that much
//! besides, in thirteen even parts of the normal distribution, and their quantiles are the bands of
//! the lead. Between the leads both are interpolated; none is narrower than a shorter one.

use super::hindsight::{Hindsight, Misses, Residual};
use super::quantiles::{Bands, scale, standardised};

/// Weeks ahead for which bands are made; 1 is the week that follows the history.
pub(super) const LEADS: [usize; 6] = [1, 4, 8, 13, 26, 52];
/// Move of the level in a week as long as nothing was seen (log).
const WEEK_DRIFT: f64 = 0.015;
/// Means of thirteen even parts of the normal distribution, scaled to a deviation of 1. Slots of a
/// day are no multiple of thirteen, so that every part falls to every slot.
const PARTS: [f64; 13] =
    [-1.858, -1.258, -0.913, -0.646, -0.416, -0.204, 0.0, 0.204, 0.416, 0.646, 0.913, 1.258, 1.858];

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
    /// From what the last weeks would have been forecast, and from how far the time of year, if it is known,
    /// may be wrong about a move of so many weeks.
    pub(super) fn of(
        hindsight: &Hindsight,
        with_season: bool,
        doubt: impl Fn(usize) -> f64,
    ) -> Self {
        let residuals = &hindsight.residuals;
        let alike = |misses: &&Misses| misses.with_season == with_season;
        let misses: Vec<Misses> = hindsight.misses.iter().filter(alike).copied().collect();
        let drifts = drifts(&misses, doubt);
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

/// Deviations of the level at all leads from what it was taken for, beyond what one week ahead is missed anyway.
///
/// What the time of year was to blame for then gives way to what it may be to blame for now.
fn drifts(misses: &[Misses], doubt: impl Fn(usize) -> f64) -> [f64; LEADS.len()] {
    let seen = |at: usize| {
        let squares = misses.iter().filter_map(|it| Some(it.at[at]?.powi(2) - it.doubts[at]));
        squares.fold((0.0, 0.0), |(sum, count), square| (sum + square, count + 1.0))
    };
    let (first, weeks) = seen(0);
    let first = first / f64::max(weeks, 1.0);
    let (mut walk, mut variances) = (0.0, [0.0; LEADS.len()]);
    for at in 1..LEADS.len() {
        let weeks_on = LEADS[at] - 1;
        let longer = weeks_on as f64;
        let prior = if at == 1 {
            WEEK_DRIFT.powi(2) * longer
        } else {
            walk * longer / (LEADS[at - 1] - 1) as f64
        };
        let (squares, count) = seen(at);
        // Origins lie two weeks apart. Those that share no week count one each, what was expected as one.
        let own = count * (2.0 / longer).min(1.0);
        let beyond = if count > 0.0 { (squares / count - first).max(0.0) } else { 0.0 };
        walk = ((own * beyond + prior) / (own + 1.0)).max(walk);
        variances[at] = (walk + doubt(weeks_on)).max(variances[at - 1]);
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

    /// Misses at so many origins, all alike, by the weeks after the first.
    fn missed(origins: usize, by: impl Fn(usize) -> f64) -> Vec<Misses> {
        let at = LEADS.map(|lead| Some(by(lead - 1)));
        let doubts = [0.0; LEADS.len()];
        vec![Misses { with_season: false, at, doubts, growth: 0.0 }; origins]
    }

    #[test]
    fn the_bands_of_a_level_that_moves_grow_with_the_lead() {
        let misses = missed(26, |weeks| 0.02 * (weeks as f64).sqrt());
        let hindsight = Hindsight { residuals: residuals(), misses, slope: 1.0, grows: false };
        let spreads = Spreads::of(&hindsight, false, |_| 0.0);
        let width = |days| {
            let Spread { drift, bands } = spreads.at(days);
            scale(100.0, false, drift) * (bands[2] - bands[1])
        };
        assert_eq!(width(1), width(7), "the first week is one");
        for days in 1..400 {
            assert!(width(days + 1) > (1.0 - 1e-9) * width(days), "{days}");
        }
        assert!(width(91) > 1.1 * width(7) && width(91) < 2.0 * width(7));
    }

    #[test]
    fn a_history_of_weeks_is_taken_for_a_random_walk() {
        let drifts = drifts(&[], |_| 0.0);
        let expected = LEADS.map(|lead| WEEK_DRIFT * ((lead - 1) as f64).sqrt());
        for (drift, expected) in drifts.iter().zip(expected) {
            assert!((drift - expected).abs() < 1e-12, "{drift} {expected}");
        }
    }

    #[test]
    fn a_steady_level_is_known_for_longer() {
        let moved = |by: f64| {
            let misses = missed(26, |weeks| if weeks > 0 { by } else { 0.0 });
            drifts(&misses, |_| 0.0)[4]
        };
        assert!(moved(0.0) < 0.05 && moved(0.3) > 0.25, "{} {}", moved(0.0), moved(0.3));
    }

    #[test]
    fn what_the_time_of_year_was_to_blame_for_gives_way_to_what_it_may_be_now() {
        let mut misses = missed(26, |weeks| if weeks > 0 { 0.3 } else { 0.0 });
        for misses in &mut misses {
            misses.doubts = misses.at.map(|miss| miss.unwrap_or(0.0).powi(2));
        }
        let [settled, open] = [0.0, 0.04].map(|doubt| drifts(&misses, |_| doubt)[4]);
        assert!(settled < 0.05 && (open * open - settled * settled - 0.04).abs() < 1e-9);
    }

    #[test]
    fn misses_from_before_the_time_of_year_was_known_say_nothing_once_it_is() {
        let misses = missed(26, |weeks| if weeks > 0 { 0.5 } else { 0.0 });
        let hindsight = Hindsight { residuals: residuals(), misses, slope: 1.0, grows: false };
        let drift = |with_season| Spreads::of(&hindsight, with_season, |_| 0.0).at(91).drift;
        assert!(drift(false) > 0.4 && drift(true) < 0.06, "{} {}", drift(false), drift(true));
    }
}
