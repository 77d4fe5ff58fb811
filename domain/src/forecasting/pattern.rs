//! What a history teaches: the usual week of a queue, what special days make of it, and how the
//! time of year moves it.

use std::collections::BTreeMap;

use super::baselines::mean_week;
use super::days::Days;
use super::grid::Grid;
use super::history::Series;
use super::lead::{Residual, Spreads};
use super::level::{MEMORIES, levels, weekday_factors, worth};
use super::method::Method;
use super::model::{FitOptions, NEED_DAYS};
use super::profile::profile;
use super::season::{Season, place};
use super::special_days::{Effect, effect};

/// Memories of the level, in weeks to 1/e. Chosen, as all constants of the model, on the last 10 and
/// the last 30 weeks of the published files, all files with the same.
const LEVEL_WEEKS: [f64; MEMORIES] = [0.5, 1.5, 8.0, 52.0];
/// Memories of the profile that go with them.
const PROFILE_WEEKS: [f64; MEMORIES] = [4.0, 8.0, 16.0, 52.0];
/// Weeks of residuals behind the quantiles.
const CONFORMAL_WEEKS: usize = 12;

/// The history as a method sees it.
pub(super) struct History {
    pub(super) grid: Grid,
    days: Days,
    kinds: Vec<Option<String>>,
    /// Where in its year each day lies.
    places: Vec<f64>,
    method: Method,
}

/// What the usual days teach of levels.
struct Taught {
    weekdays: [f64; 7],
    season: Option<Season>,
    /// Logs of the usual days less their weekday and their time of year.
    logs: Vec<f64>,
    memories: [Vec<f64>; MEMORIES],
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
        (0..origin)
            .filter(|day| {
                self.days.log[*day].is_finite()
                    && !self.days.odd[*day]
                    && self.kinds[*day].is_none()
            })
            .collect()
    }

    /// What the usual days, and the special ones before `origin`, teach.
    pub(super) fn pattern(&self, usual: &[usize], origin: usize) -> Pattern {
        match self.method.weeks() {
            None => self.model(usual, origin),
            Some(weeks) => {
                let week = mean_week(&self.grid, weeks, origin);
                // Half a call, as in the logs of days.
                let log = |day: &[f64]| (day.iter().sum::<f64>() + 0.5).ln();
                let mut days = week.chunks(self.grid.slots).map(log);
                let weekday_logs = std::array::from_fn(|_| days.next().unwrap_or(0.0));
                let special = self.special(&self.days.log, &weekday_logs, origin);
                Pattern { slots: self.grid.slots, week, special, season: None }
            }
        }
    }

    fn model(&self, usual: &[usize], origin: usize) -> Pattern {
        let (grid, days) = (&self.grid, &self.days);
        let Taught { weekdays, season, logs, memories } = self.taught(usual);
        let shares = PROFILE_WEEKS.map(|weeks| profile(grid, days, usual, weeks));
        let volumes = volumes(usual, &logs, &memories);
        let level = volumes.iter().sum::<f64>().ln();
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
        Pattern { slots: grid.slots, week, special, season }
    }

    fn taught(&self, usual: &[usize]) -> Taught {
        let weekdays = weekday_factors(&self.grid, &self.days, usual);
        let less_weekday = |day: &usize| self.days.log[*day] - weekdays[self.grid.weekday(*day)];
        let mut logs: Vec<f64> = usual.iter().map(less_weekday).collect();
        let season = Season::of(usual, &logs, &self.places);
        if let Some(season) = &season {
            for (log, day) in logs.iter_mut().zip(usual) {
                *log -= season.at(self.places[*day]);
            }
        }
        let memories = LEVEL_WEEKS.map(|weeks| levels(usual, &logs, weeks));
        Taught { weekdays, season, logs, memories }
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

    /// How wide the truth lies around the forecast, by the lead.
    pub(super) fn spreads(&self, usual: &[usize]) -> Spreads {
        Spreads::of(&self.residuals(), &self.track(usual))
    }

    /// Intervals of the last weeks, each forecast from what lay before its week.
    ///
    /// Which days are odd was judged with all days at hand; no other figure looks ahead.
    fn residuals(&self) -> Vec<Residual> {
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
        residuals
    }

    /// Log level that the method would have gone by at the end, a week before, two weeks before and
    /// so on. Weekdays and time of year are those of the whole history.
    fn track(&self, usual: &[usize]) -> Vec<f64> {
        let Taught { logs, memories, .. } = self.taught(usual);
        let mut track = Vec::new();
        for week in 0.. {
            let Some(origin) = self.grid.days.checked_sub(7 * week) else { break };
            let known = usual.partition_point(|day| *day < origin);
            if known < 2 * NEED_DAYS {
                break;
            }
            track.push(match self.method.weeks() {
                None => volumes(&usual[..known], &logs, &memories).iter().sum::<f64>().ln(),
                Some(weeks) => {
                    let from = usual.partition_point(|day| day + 7 * weeks < origin);
                    let lately = &logs[from.min(known - 1)..known];
                    lately.iter().sum::<f64>() / lately.len() as f64
                }
            });
        }
        track
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

    /// The same of a queue with so many times the calls.
    pub(super) fn times(&mut self, factor: f64) {
        self.week.iter_mut().for_each(|volume| *volume *= factor);
    }
}
