//! The forecast of a queue: level × weekday × share of the slot × special day.
//!
//! `f[d,i] = exp(L + w[dow d] + h[special d]) · p[dow d, i]`, averaged over four memories: short
//! ones that follow a shift within days and long ones that do not follow noise, each weighing as
//! it foresaw the last weeks. Odd days are kept out of all of it. After Weinberg, Brown & Stroud 2007 and Shen & Huang 2008 (factors of day and
//! of time of day) and Taylor 2008 (decaying weights); see `level`, `profile`, `special_days`.
//!
//! All of it lives on the wall clock of the queue's zone. A slot that the clocks skip has no
//! interval; one that they repeat has two, each with the volume of the slot.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan as _, civil, tz::TimeZone};

use super::days::Days;
use super::error::ForecastError;
use super::grid::Grid;
use super::handle_time::handle_times;
use super::history::Series;
use super::level::{MEMORIES, levels, weekday_factors, worth};
use super::opening::{WeeklyOpening, learned};
use super::profile::profile;
use super::quantiles::{Bands, Quantiles, around, scale, standardised};
use super::slot::slots_of_day;
use super::special_days::{Effect, effect};
use crate::time::{Grain, Span};

/// Memories of the level, in weeks to 1/e. Chosen, as all constants of the model, on the last 10 and
/// the last 30 weeks of the published files, all files with the same.
const LEVEL_WEEKS: [f64; MEMORIES] = [0.5, 1.5, 8.0, 52.0];
/// Memories of the profile that go with them.
const PROFILE_WEEKS: [f64; MEMORIES] = [4.0, 8.0, 16.0, 52.0];
/// Weeks of residuals behind the quantiles.
const CONFORMAL_WEEKS: usize = 12;
/// Usual days without which there is no forecast.
const NEED_DAYS: usize = 7;

/// What is known beside the history.
#[derive(Debug, Clone, Default)]
pub struct FitOptions {
    /// Opening hours; read off the history when not given.
    pub opening: Option<WeeklyOpening>,
    /// Local days of the past and of the future that are not usual, with their kind. Days of one
    /// kind are taken to be alike.
    pub special_days: BTreeMap<civil::Date, String>,
    /// Local days on which the queue is closed whatever its opening hours say.
    pub closed_days: BTreeSet<civil::Date>,
    /// Seconds per call where the history has no handle time.
    pub default_handle_time_seconds: f64,
}

/// How a queue without history is like one that has some.
#[derive(Debug, Clone, PartialEq)]
pub struct Analogy {
    /// Its volume over the volume of the other; more than 0.
    pub volume_factor: f64,
    /// Its handle time over that of the other; more than 0.
    pub handle_time_factor: f64,
    /// Its zone.
    pub zone: TimeZone,
}

/// Forecast of one interval.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastPoint {
    /// The interval.
    pub span: Span,
    /// Calls expected to be offered.
    pub volume: f64,
    /// Quantiles of the calls offered.
    pub quantiles: Quantiles,
    /// Seconds a call is expected to take.
    pub handle_time_seconds: f64,
}

/// Learns the forecast of one queue.
#[derive(Debug, Clone, Copy)]
pub struct Forecaster;

impl Forecaster {
    /// Learns from a whole series; later rows than the forecast may use must not be in it
    /// ([`Series::before`]). Same series and options, same forecast.
    ///
    /// # Errors
    /// [`ForecastError::TooLittleHistory`] below seven usual days.
    pub fn fit(series: &Series, options: &FitOptions) -> Result<Fitted, ForecastError> {
        let none = ForecastError::TooLittleHistory { have: 0, need: NEED_DAYS };
        let history = History::of(series, options).ok_or(none)?;
        let usual = history.usual(history.grid.days);
        if usual.len() < NEED_DAYS {
            return Err(ForecastError::TooLittleHistory { have: usual.len(), need: NEED_DAYS });
        }
        let slots = history.grid.slots;
        Ok(Fitted {
            zone: series.zone.clone(),
            grain: series.key.grain,
            pattern: history.pattern(&usual, history.grid.days),
            open: match &options.opening {
                Some(opening) => opening.slots(slots),
                None => learned(&history.grid, history.grid.days),
            },
            standardised: standardised(history.residuals()),
            handle_times: handle_times(&history.grid, options.default_handle_time_seconds),
            special_days: options.special_days.clone(),
            closed_days: options.closed_days.clone(),
        })
    }
}

/// A learned forecast, for as many days as are asked of it.
#[derive(Debug, Clone)]
pub struct Fitted {
    zone: TimeZone,
    grain: Grain,
    pattern: Pattern,
    open: Vec<bool>,
    standardised: Bands,
    handle_times: Vec<f64>,
    special_days: BTreeMap<civil::Date, String>,
    closed_days: BTreeSet<civil::Date>,
}

impl Fitted {
    /// Every interval of `days` local days from `from`, in order, closed ones with zero calls.
    #[must_use]
    pub fn forecast(&self, from: civil::Date, days: u16) -> Vec<ForecastPoint> {
        let slots = usize::from(self.grain.per_day());
        let mut points = Vec::with_capacity(usize::from(days) * slots);
        for ahead in 0..i64::from(days) {
            let date = from.saturating_add(ahead.days());
            let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
            let kind = self.special_days.get(&date).map(String::as_str);
            let volumes = self.pattern.day(weekday, kind);
            let closed = self.closed_days.contains(&date);
            for slot in slots_of_day(date, &self.zone, self.grain) {
                let cell = weekday * slots + slot.index;
                let open = !closed && self.open[cell];
                let volume = if open { volumes[slot.index] * slot.part } else { 0.0 };
                points.push(ForecastPoint {
                    span: slot.span,
                    volume,
                    quantiles: around(volume, kind.is_some(), &self.standardised),
                    handle_time_seconds: self.handle_times[cell],
                });
            }
        }
        points
    }
}

impl Fitted {
    /// What was learned, taken for another queue that has no history yet: its volumes and handle
    /// times times these factors, on the wall clock of its zone. The quantiles are those of its own
    /// volume, as a smaller queue is less steady.
    #[must_use]
    pub fn like(mut self, analogy: &Analogy) -> Self {
        let Analogy { volume_factor, handle_time_factor, zone } = analogy;
        self.pattern.week.iter_mut().for_each(|volume| *volume *= volume_factor);
        self.handle_times.iter_mut().for_each(|seconds| *seconds *= handle_time_factor);
        self.zone = zone.clone();
        self
    }
}

/// The history as the model sees it.
struct History {
    grid: Grid,
    days: Days,
    kinds: Vec<Option<String>>,
}

impl History {
    fn of(series: &Series, options: &FitOptions) -> Option<Self> {
        let grid = Grid::of(series)?;
        let dates = (0..grid.days).map(|day| grid.date(day));
        let kinds: Vec<_> = dates.map(|date| options.special_days.get(&date).cloned()).collect();
        let days = Days::of(&grid, |day| kinds[day].is_some());
        Some(Self { grid, days, kinds })
    }

    /// The days before `origin` that are like any other, in order of time.
    fn usual(&self, origin: usize) -> Vec<usize> {
        (0..origin)
            .filter(|day| {
                self.days.log[*day].is_finite()
                    && !self.days.odd[*day]
                    && self.kinds[*day].is_none()
            })
            .collect()
    }

    /// What the usual days, and the special ones before `origin`, teach.
    fn pattern(&self, usual: &[usize], origin: usize) -> Pattern {
        let (grid, days) = (&self.grid, &self.days);
        let weekdays = weekday_factors(grid, days, usual);
        let memories = LEVEL_WEEKS.map(|weeks| levels(grid, days, usual, &weekdays, weeks));
        let shares = PROFILE_WEEKS.map(|weeks| profile(grid, days, usual, weeks));
        let worth = worth(grid, days, usual, &weekdays, &memories);
        // What each memory makes of a mean day, times its worth.
        let volumes: [f64; MEMORIES] = std::array::from_fn(|memory| {
            memories[memory].last().map_or(0.0, |level| worth[memory] * level.exp())
        });
        let level = volumes.iter().sum::<f64>().ln();
        let weekday_logs = weekdays.map(|factor| factor + level);
        let mut seen: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (day, kind) in self.kinds[..origin].iter().enumerate() {
            if let Some(kind) = kind {
                seen.entry(kind).or_default().push(day);
            }
        }
        let special = seen
            .into_iter()
            .filter_map(|(kind, seen)| {
                Some((kind.to_owned(), effect(grid, days, &seen, &weekday_logs)?))
            })
            .collect();
        let week = (0..7 * grid.slots)
            .map(|cell| {
                let mean_day: f64 = volumes.iter().zip(&shares).map(|(it, of)| it * of[cell]).sum();
                mean_day * weekdays[cell / grid.slots].exp()
            })
            .collect();
        Pattern { slots: grid.slots, week, special }
    }

    /// Standardised residuals of the last weeks, each forecast from what lay before it.
    ///
    /// Which days are odd was judged with all days at hand; no other figure looks ahead.
    fn residuals(&self) -> Vec<f64> {
        let mut residuals = Vec::new();
        for week in 1..=CONFORMAL_WEEKS {
            let Some(origin) = self.grid.days.checked_sub(7 * week) else { break };
            let usual = self.usual(origin);
            // A fortnight at least, lest the widths tell of a queue that was not known yet.
            if usual.len() < 2 * NEED_DAYS {
                break;
            }
            let pattern = self.pattern(&usual, origin);
            for day in origin..origin + 7 {
                let kind = self.kinds[day].as_deref();
                if kind.is_some_and(|kind| !pattern.special.contains_key(kind)) {
                    continue;
                }
                let volumes = pattern.day(self.grid.weekday(day), kind);
                let pairs = volumes.iter().zip(self.grid.offered(day));
                residuals.extend(
                    pairs.filter(|(forecast, actual)| **forecast > 0.0 && !actual.is_nan()).map(
                        |(forecast, actual)| (actual - forecast) / scale(*forecast, kind.is_some()),
                    ),
                );
            }
        }
        residuals
    }
}

/// What a week of the queue looks like.
#[derive(Debug, Clone)]
struct Pattern {
    slots: usize,
    /// Volume per weekday and slot of a usual week, Monday first.
    week: Vec<f64>,
    special: BTreeMap<String, Effect>,
}

impl Pattern {
    /// Volume per slot of a day. A kind never seen is taken for a usual day.
    fn day(&self, weekday: usize, kind: Option<&str>) -> Vec<f64> {
        let usual = Effect { like: None, factor: 0.0 };
        let effect = kind.and_then(|kind| self.special.get(kind)).copied().unwrap_or(usual);
        let from = effect.like.unwrap_or(weekday) * self.slots;
        let factor = effect.factor.exp();
        self.week[from..from + self.slots].iter().map(|volume| factor * volume).collect()
    }
}

#[cfg(test)]
mod tests;
