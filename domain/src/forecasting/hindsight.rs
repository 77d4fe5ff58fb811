//! What the method would have made of the last weeks, each from what lay before it.
//!
//! Three things are read off it: the residuals behind the bands (`quantiles`), how far the level was
//! missed some weeks ahead (`lead`), and whether weekdays and times of day foretell anything at all.
//! Of that the last: calls are regressed on what was forecast for them, week by week about their means (Copas
//! 1983). A slope that is hardly its own standard error is shrunk, `1 − 1 / t²` and not below 0 (the positive part of James &
//! Stein 1961); one that is many of them, as wherever calls follow the clock, leaves the forecast as it is.

use super::growth::{grown, helps};
use super::lead::LEADS;
use super::model::NEED_DAYS;
use super::pattern::{History, Pattern, Taught};
use super::quantiles::scale;

/// Least and most weeks of residuals behind the quantiles.
const CONFORMAL_WEEKS: (usize, usize) = (12, 26);
/// Residuals below which more weeks are taken: those of the days of 12 weeks say nothing of one in forty.
const RESIDUALS: usize = 500;
/// Weeks looked back for misses of the level, every second of them.
const MISSED_WEEKS: usize = 52;

/// An interval of the last weeks with what was forecast for it from what lay before its week.
#[derive(Debug, Clone, Copy)]
pub(super) struct Residual {
    pub(super) forecast: f64,
    pub(super) actual: f64,
    pub(super) special: bool,
}

/// How far the level (log) was missed in the weeks that end so many after an origin; none where they
/// have no usual day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Misses {
    /// Whether the time of year was known then.
    pub(super) with_season: bool,
    pub(super) at: [Option<f64>; LEADS.len()],
    /// What of their squares the time of year may be to blame for.
    pub(super) doubts: [f64; LEADS.len()],
    /// What the level had gained a week by then (log).
    pub(super) growth: f64,
}

/// What the last weeks say of a method.
#[derive(Debug)]
pub(super) struct Hindsight {
    pub(super) residuals: Vec<Residual>,
    pub(super) misses: Vec<Misses>,
    /// Share of what sets the intervals of a week apart that is to be believed.
    pub(super) slope: f64,
    /// Whether growth is carried on; `misses` are then what is missed with it.
    pub(super) grows: bool,
}

/// Sums of a regression of calls on their forecasts, each over its variance.
#[derive(Default)]
struct Sums {
    weights: f64,
    forecast: f64,
    actual: f64,
    forecasts: f64,
    both: f64,
    actuals: f64,
    count: f64,
}

impl Sums {
    fn add(&mut self, forecast: f64, actual: f64) {
        let weight = scale(forecast, false, 0.0).powi(2).recip();
        self.weights += weight;
        self.forecast += weight * forecast;
        self.actual += weight * actual;
        self.forecasts += weight * forecast * forecast;
        self.both += weight * forecast * actual;
        self.actuals += weight * actual * actual;
        self.count += 1.0;
    }

    /// Adds those of a week about its means.
    fn merge(&mut self, week: &Self) {
        if week.weights > 0.0 {
            self.forecasts += week.forecasts - week.forecast * week.forecast / week.weights;
            self.both += week.both - week.forecast * week.actual / week.weights;
            self.actuals += week.actuals - week.actual * week.actual / week.weights;
            self.count += week.count - 1.0;
        }
    }

    /// Share of the slope that is to be believed; all of it where nothing was seen or nothing differs.
    fn believed(&self) -> f64 {
        // Rounding leaves a little of weeks in which all intervals are alike.
        if self.count < 2.0 || self.forecasts <= 1e-9 * self.count {
            return 1.0;
        }
        let slope = self.both / self.forecasts;
        let variance = (self.actuals - slope * self.both).max(0.0) / (self.count - 1.0);
        if slope <= 0.0 { 0.0 } else { (1.0 - variance / (slope * self.both)).max(0.0) }
    }
}

impl History {
    /// Forecasts the last weeks, each from what lay before it.
    ///
    /// Which days are odd was judged with all days at hand; no other figure looks ahead.
    pub(super) fn hindsight(&self) -> Hindsight {
        let (least, most) = CONFORMAL_WEEKS;
        let conformal = RESIDUALS.div_ceil(7 * self.grid.slots).clamp(least, most);
        let (mut misses, mut patterns, mut sums) = (Vec::new(), Vec::new(), Sums::default());
        for week in 1..=MISSED_WEEKS.max(conformal) {
            if week > conformal && !week.is_multiple_of(2) {
                continue;
            }
            let Some(origin) = self.grid.days.checked_sub(7 * week) else { break };
            let usual = self.usual(origin);
            // A fortnight at least, lest the widths tell of a queue that was not known yet.
            if usual.len() < 2 * NEED_DAYS {
                break;
            }
            let taught = self.taught(&usual);
            if week.is_multiple_of(2) {
                misses.push(self.misses(&taught, origin));
            }
            if week <= conformal {
                let pattern = self.pattern(&usual, origin, taught);
                sums.merge(&self.regression(&pattern, origin));
                patterns.push((origin, pattern));
            }
        }
        // The other methods are what they are.
        let slope = if self.method.weeks().is_none() { sums.believed() } else { 1.0 };
        let mut residuals = Vec::new();
        for (origin, mut pattern) in patterns {
            pattern.drawn_to_mean(slope);
            self.add_residuals(&mut residuals, &pattern, origin);
        }
        let grows = helps(&misses);
        if grows {
            for misses in &mut misses {
                for (miss, lead) in misses.at.iter_mut().zip(LEADS) {
                    *miss = miss.map(|miss| miss - grown(misses.growth, lead - 1));
                }
            }
        }
        Hindsight { residuals, misses, slope, grows }
    }

    fn misses(&self, taught: &Taught, origin: usize) -> Misses {
        let at = LEADS.map(|lead| {
            let week = origin + 7 * (lead - 1)..origin + 7 * lead;
            if week.end > self.grid.days {
                return None;
            }
            let (mut sum, mut count) = (0.0, 0.0);
            for day in week.filter(|day| self.is_usual(*day)) {
                let of_year = taught.season.as_ref().map_or(0.0, |it| it.at(self.places[day]));
                let weekday = taught.weekdays[self.grid.weekday(day)];
                sum += self.days.log[day] - weekday - of_year - taught.level;
                count += 1.0;
            }
            (count > 0.0).then(|| sum / count)
        });
        let season = taught.season.as_ref();
        let place = |weeks: usize| self.place_after(origin, weeks);
        let doubts = LEADS.map(|lead| season.map_or(0.0, |it| it.doubt(place(0), place(lead - 1))));
        Misses { with_season: season.is_some(), at, doubts, growth: taught.growth }
    }

    /// Calls of the usual days of a week on their forecasts.
    fn regression(&self, pattern: &Pattern, origin: usize) -> Sums {
        let mut week = Sums::default();
        for day in (origin..origin + 7).filter(|day| self.is_usual(*day)) {
            let volumes = pattern.day(self.grid.weekday(day), self.places[day], None);
            for (forecast, actual) in volumes.iter().zip(self.grid.offered(day)) {
                if *forecast > 0.0 && !actual.is_nan() {
                    week.add(*forecast, *actual);
                }
            }
        }
        week
    }

    fn add_residuals(&self, residuals: &mut Vec<Residual>, pattern: &Pattern, origin: usize) {
        for day in origin..origin + 7 {
            let kind = self.kinds[day].as_deref();
            if kind.is_some_and(|kind| !pattern.knows(kind)) {
                continue;
            }
            let volumes = pattern.day(self.grid.weekday(day), self.places[day], kind);
            let pairs = volumes.iter().zip(self.grid.offered(day));
            residuals.extend(
                pairs.filter(|(forecast, actual)| **forecast > 0.0 && !actual.is_nan()).map(
                    |(forecast, actual)| Residual {
                        forecast: *forecast,
                        actual: *actual,
                        special: kind.is_some(),
                    },
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four weeks of intervals forecast at 90 and 110 in turn, of which calls follow the share `follow`, with even
    /// noise of a fifth.
    fn believed(follow: f64) -> f64 {
        let mut sums = Sums::default();
        for week in 0..4 {
            let mut of_week = Sums::default();
            for at in 0..336 {
                let forecast = if at % 2 == 0 { 90.0 } else { 110.0 };
                let noise = f64::from((at * 37 + week * 11) % 41 - 20);
                of_week.add(forecast, 100.0 + follow * (forecast - 100.0) + noise);
            }
            sums.merge(&of_week);
        }
        sums.believed()
    }

    #[test]
    fn what_calls_follow_is_believed_and_what_they_do_not_is_not() {
        assert!(believed(1.0) > 0.99, "{}", believed(1.0));
        assert!(believed(0.5) > 0.95, "a clear half is left to the model");
        assert!(believed(0.02) < 0.5, "{}", believed(0.02));
        assert_eq!(believed(-0.5), 0.0);
    }

    #[test]
    fn without_evidence_the_model_stands() {
        assert_eq!(Sums::default().believed(), 1.0);
        let (mut all, mut week) = (Sums::default(), Sums::default());
        (0..48).for_each(|at| week.add(10.0, f64::from(at % 7)));
        all.merge(&week);
        assert_eq!(all.believed(), 1.0, "all forecasts alike");
    }
}
