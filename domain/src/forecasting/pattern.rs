//! What a history teaches: the usual week of a queue, what special days make of it, and how the
//! time of year moves it.

use std::collections::BTreeMap;

use super::baselines::mean_week;
use super::days::Days;
use super::grid::Grid;
use super::growth::growth;
use super::history::Series;
use super::level::{MEMORIES, levels, weekday_factors, worth};
use super::method::Method;
use super::model::FitOptions;
use super::profile::profile;
use super::season::{Season, place};
use super::special_days::{Effect, effect};

/// Memories of the level, in weeks to 1/e. Chosen, as all constants of the model, on the last 10 and
/// the last 30 weeks of the published files, all files with the same.
const LEVEL_WEEKS: [f64; MEMORIES] = [0.5, 1.5, 8.0, 52.0];
/// Of these the one whose moves are read as growth.
const STEADY: usize = 2;
/// Memories of the profile that go with them.
const PROFILE_WEEKS: [f64; MEMORIES] = [4.0, 8.0, 16.0, 52.0];

/// The history as a method sees it.
pub(super) struct History {
    pub(super) grid: Grid,
    pub(super) days: Days,
    pub(super) kinds: Vec<Option<String>>,
    /// Where in its year each day lies.
    pub(super) places: Vec<f64>,
    pub(super) method: Method,
}

/// What the usual days teach of levels.
pub(super) struct Taught {
    pub(super) weekdays: [f64; 7],
    pub(super) season: Option<Season>,
    /// What each memory makes of a mean day, times its worth.
    volumes: [f64; MEMORIES],
    /// Log level that the method goes by.
    pub(super) level: f64,
    /// What it gained a week of late (log).
    pub(super) growth: f64,
}

impl History {
    pub(super) fn of(method: Method, series: &Series, options: &FitOptions) -> Option<Self> {
        let grid = Grid::of(series)?;
        let dates: Vec<_> = (0..grid.days).map(|day| grid.date(day)).collect();
        let kinds: Vec<_> =
            dates.iter().map(|date| options.special_days.get(date).cloned()).collect();
        let days = Days::of(&grid, |day| kinds[day].is_some());
        let places = dates.into_iter().map(place).collect();
        Some(Self { grid, days, kinds, places, method })
    }

    /// The days before `origin` that are like any other, in order of time.
    pub(super) fn usual(&self, origin: usize) -> Vec<usize> {
        (0..origin).filter(|day| self.is_usual(*day)).collect()
    }

    /// Where in its year the day lies that is so many weeks after another.
    pub(super) fn place_after(&self, day: usize, weeks: usize) -> f64 {
        place(self.grid.date(day + 7 * weeks))
    }

    /// Whether a day is like any other.
    pub(super) fn is_usual(&self, day: usize) -> bool {
        self.days.log[day].is_finite() && !self.days.odd[day] && self.kinds[day].is_none()
    }

    /// What the usual days, and the special ones before `origin`, teach.
    pub(super) fn pattern(&self, usual: &[usize], origin: usize, taught: Taught) -> Pattern {
        match self.method.weeks() {
            None => self.model(usual, origin, taught),
            Some(weeks) => {
                let week = mean_week(&self.grid, weeks, origin);
                // Half a call, as in the logs of days.
                let log = |day: &[f64]| (day.iter().sum::<f64>() + 0.5).ln();
                let mut days = week.chunks(self.grid.slots).map(log);
                let weekday_logs = std::array::from_fn(|_| days.next().unwrap_or(0.0));
                let special = self.special(&self.days.log, &weekday_logs, origin);
                Pattern { slots: self.grid.slots, week, special, season: None, growth: 0.0 }
            }
        }
    }

    fn model(&self, usual: &[usize], origin: usize, taught: Taught) -> Pattern {
        let (grid, days) = (&self.grid, &self.days);
        let Taught { weekdays, season, volumes, level, growth } = taught;
        let shares = PROFILE_WEEKS.map(|weeks| profile(grid, days, usual, weeks));
        let weekday_logs = weekdays.map(|factor| factor + level);
        let of_year = |day: usize| season.as_ref().map_or(0.0, |it| it.at(self.places[day]));
        let logs: Vec<f64> = (0..origin).map(|day| days.log[day] - of_year(day)).collect();
        let special = self.special(&logs, &weekday_logs, origin);
        let week = (0..7 * grid.slots)
            .map(|cell| {
                let mean_day: f64 = volumes.iter().zip(&shares).map(|(it, of)| it * of[cell]).sum();
                mean_day * weekdays[cell / grid.slots].exp()
            })
            .collect();
        Pattern { slots: grid.slots, week, special, season, growth }
    }

    /// Level, weekdays and time of year from the usual days. Methods with a week of their own know of no
    /// time of year.
    pub(super) fn taught(&self, usual: &[usize]) -> Taught {
        let weekdays = weekday_factors(&self.grid, &self.days, usual);
        let less_weekday = |day: &usize| self.days.log[*day] - weekdays[self.grid.weekday(*day)];
        let mut logs: Vec<f64> = usual.iter().map(less_weekday).collect();
        if let Some(weeks) = self.method.weeks() {
            let last = usual.last().copied().unwrap_or(0);
            let lately = &logs[usual.partition_point(|day| day + 7 * weeks <= last)..];
            let level = lately.iter().sum::<f64>() / lately.len() as f64;
            return Taught { weekdays, season: None, volumes: [0.0; MEMORIES], level, growth: 0.0 };
        }
        let season = Season::of(usual, &logs, &self.places);
        if let Some(season) = &season {
            for (log, day) in logs.iter_mut().zip(usual) {
                *log -= season.at(self.places[*day]);
            }
        }
        let memories = LEVEL_WEEKS.map(|weeks| levels(usual, &logs, weeks));
        let volumes = volumes(usual, &logs, &memories);
        let level = volumes.iter().sum::<f64>().ln();
        let growth = growth(usual, &memories[STEADY]);
        Taught { weekdays, season, volumes, level, growth }
    }

    /// Effects of the kinds of special days before `origin`.
    fn special(
        &self,
        logs: &[f64],
        weekday_logs: &[f64; 7],
        origin: usize,
    ) -> BTreeMap<String, Effect> {
        let mut seen: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (day, kind) in self.kinds[..origin].iter().enumerate() {
            if let Some(kind) = kind {
                seen.entry(kind).or_default().push(day);
            }
        }
        seen.into_iter()
            .filter_map(|(kind, seen)| {
                Some((kind.to_owned(), effect(&self.grid, logs, &seen, weekday_logs)?))
            })
            .collect()
    }
}

/// What each memory makes of a mean day after the days `usual`, times its worth.
fn volumes(usual: &[usize], logs: &[f64], memories: &[Vec<f64>; MEMORIES]) -> [f64; MEMORIES] {
    let worth = worth(usual, logs, memories);
    std::array::from_fn(|memory| {
        let level = usual.len().checked_sub(1).and_then(|last| memories[memory].get(last));
        level.map_or(0.0, |level| worth[memory] * level.exp())
    })
}

/// What a week of the queue looks like.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    slots: usize,
    /// Volume per weekday and slot of a usual week of the mean time of year, Monday first.
    week: Vec<f64>,
    special: BTreeMap<String, Effect>,
    season: Option<Season>,
    /// What the level gains in the second week ahead, less and less after that (`growth`); log.
    pub(super) growth: f64,
}

impl Pattern {
    /// Volume per slot of a day at a place in the year. A kind never seen is taken for a usual day.
    pub(super) fn day(&self, weekday: usize, place: f64, kind: Option<&str>) -> Vec<f64> {
        let usual = Effect { like: None, factor: 0.0 };
        let effect = kind.and_then(|kind| self.special.get(kind)).copied().unwrap_or(usual);
        let from = effect.like.unwrap_or(weekday) * self.slots;
        let of_year = self.season.as_ref().map_or(0.0, |season| season.at(place));
        let factor = (effect.factor + of_year).exp();
        self.week[from..from + self.slots].iter().map(|volume| factor * volume).collect()
    }

    /// Every volume drawn towards the mean one: the share `slope` of what sets it apart (in logs) stays.
    pub(super) fn drawn_to_mean(&mut self, slope: f64) {
        let all: f64 = self.week.iter().sum();
        let open = self.week.iter().filter(|volume| **volume > 0.0).count();
        if slope >= 1.0 || open == 0 {
            return;
        }
        let mean = all / open as f64;
        let volumes = || self.week.iter().filter(|volume| **volume > 0.0);
        let drawn: f64 = volumes().map(|volume| (volume / mean).powf(slope)).sum();
        for volume in self.week.iter_mut().filter(|volume| **volume > 0.0) {
            *volume = (*volume / mean).powf(slope) * all / drawn;
        }
    }

    /// Whether it knows what a kind of special day does.
    pub(super) fn knows(&self, kind: &str) -> bool {
        self.special.contains_key(kind)
    }

    /// Whether it knows of a time of year.
    pub(super) const fn has_season(&self) -> bool {
        self.season.is_some()
    }

    /// How far its time of year may be wrong about the move from one place in the year to another, as a
    /// variance (log).
    pub(super) fn doubt(&self, from: f64, to: f64) -> f64 {
        self.season.as_ref().map_or(0.0, |season| season.doubt(from, to))
    }

    /// The same of a queue with so many times the calls.
    pub(super) fn times(&mut self, factor: f64) {
        self.week.iter_mut().for_each(|volume| *volume *= factor);
    }
}
