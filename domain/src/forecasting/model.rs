//! The forecast of a queue: level × weekday × share of the slot × special day.
//!
//! `f[d,i] = exp(L + w[dow d] + h[special d] + y[week of the year d]) · p[dow d, i]`, averaged over four memories: short
//! ones that follow a shift within days and long ones that do not follow noise, each weighing as
//! it would have helped to foresee the weeks that were. Where calls follow no clock at all, weekday and time of day are
//! left out (`hindsight`); growth goes on where it did before (`growth`). Odd days are kept out of all of it. `y` only after 13 months; levels are
//! those of days less `y`, so that a forecast of the next week hardly knows of it. After Weinberg, Brown & Stroud 2007 and Shen & Huang 2008 (factors of day and
//! of time of day) and Taylor 2008 (decaying weights); see `level`, `profile`, `special_days`, `season`, put together in `pattern`.
//! The other methods ([`Method`]) go the same way with a week of their own.
//!
//! All of it lives on the wall clock of the queue's zone. A slot that the clocks skip has no
//! interval; one that they repeat has two, each with the volume of the slot.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan as _, civil, tz::TimeZone};

use super::error::ForecastError;
use super::grid::days_between;
use super::growth::grown;
use super::handle_time::handle_times;
use super::history::Series;
use super::lead::Spreads;
use super::method::Method;
use super::opening::{WeeklyOpening, learned};
use super::pattern::{History, Pattern};
use super::quantiles::{Quantiles, around};
use super::season::place;
use super::slot::slots_of_day;
use crate::time::{Grain, Span};

/// Usual days without which there is no forecast.
pub(super) const NEED_DAYS: usize = 7;

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
    /// Learns the model from a whole series; later rows than the forecast may use must not be in it
    /// ([`Series::before`]). Same series and options, same forecast.
    ///
    /// # Errors
    /// [`ForecastError::TooLittleHistory`] below seven usual days.
    pub fn fit(series: &Series, options: &FitOptions) -> Result<Fitted, ForecastError> {
        Self::fit_by(Method::LevelWeekdayProfile, series, options)
    }

    /// The same by any method. Special and closed days, opening hours, handle times and quantiles
    /// come about alike for all of them, the quantiles from the residuals of the method itself.
    ///
    /// # Errors
    /// [`ForecastError::TooLittleHistory`] below seven usual days.
    pub fn fit_by(
        method: Method,
        series: &Series,
        options: &FitOptions,
    ) -> Result<Fitted, ForecastError> {
        let none = ForecastError::TooLittleHistory { have: 0, need: NEED_DAYS };
        let history = History::of(method, series, options).ok_or(none)?;
        let usual = history.usual(history.grid.days);
        if usual.len() < NEED_DAYS {
            return Err(ForecastError::TooLittleHistory { have: usual.len(), need: NEED_DAYS });
        }
        let slots = history.grid.slots;
        let mut pattern = history.pattern(&usual, history.grid.days, history.taught(&usual));
        let hindsight = history.hindsight();
        pattern.drawn_to_mean(hindsight.slope);
        if !hindsight.grows {
            pattern.growth = 0.0;
        }
        let place = |weeks: usize| history.place_after(history.grid.days, weeks);
        let doubt = |weeks: usize| pattern.doubt(place(0), place(weeks));
        let spreads = Spreads::of(&hindsight, pattern.has_season(), doubt);
        Ok(Fitted {
            zone: series.zone.clone(),
            grain: series.key.grain,
            pattern,
            open: match &options.opening {
                Some(opening) => opening.slots(slots),
                None => learned(&history.grid, history.grid.days),
            },
            spreads,
            last_day: history.grid.date(history.grid.days - 1),
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
    spreads: Spreads,
    /// Last day of the history.
    last_day: civil::Date,
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
            let lead = days_between(self.last_day, date);
            let volumes = self.pattern.day(weekday, place(date), kind);
            // The level foretells the week that follows, which is lead 1 to 7.
            let grown = grown(self.pattern.growth, lead.saturating_sub(1) / 7).exp();
            let spread = self.spreads.at(lead);
            let closed = self.closed_days.contains(&date);
            for slot in slots_of_day(date, &self.zone, self.grain) {
                let cell = weekday * slots + slot.index;
                let open = !closed && self.open[cell];
                let volume = if open { grown * volumes[slot.index] * slot.part } else { 0.0 };
                points.push(ForecastPoint {
                    span: slot.span,
                    volume,
                    quantiles: around(volume, kind.is_some(), spread.drift, &spread.bands),
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
        self.pattern.times(*volume_factor);
        self.handle_times.iter_mut().for_each(|seconds| *seconds *= handle_time_factor);
        self.zone = zone.clone();
        self
    }
}

#[cfg(test)]
mod tests;
