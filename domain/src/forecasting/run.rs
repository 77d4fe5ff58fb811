//! A run: from the history of a queue and what planners know to a version of its forecast.

use jiff::civil;

use super::backtest::{backtest, backtest_by};
use super::calendar::{modifications, named_days};
use super::error::ForecastError;
use super::history::Series;
use super::method::{Candidate, Method, Reason, choose};
use super::model::{Analogy, FitOptions, ForecastPoint, Forecaster};
use super::proposal::{EventKind, KnownEvent};
use super::site_calendar::SiteCalendars;
use super::site_hours::SiteHours;
use crate::{
    fault::{Fault, Rule},
    plannable::check_plannable,
    time::Grain,
};

/// What is to be forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// First local day.
    pub starts_on: civil::Date,
    /// Number of local days, 1 to 366.
    pub days: u16,
    /// Length of the intervals.
    pub grain: Grain,
}

impl Horizon {
    /// Reads what is asked of a queue whose own intervals have the length `native`; so long are
    /// those of the forecast when no length is asked for.
    ///
    /// # Errors
    /// INVALID_VALUE for every field that does not fit, all at once.
    pub fn parse(
        starts_on: civil::Date,
        days: i32,
        interval_seconds: Option<i32>,
        native: Grain,
    ) -> Result<Self, Vec<Fault>> {
        let mut faults: Vec<Fault> =
            check_plannable(starts_on, "startsOn").err().into_iter().collect();
        let whole = u16::try_from(days).ok().filter(|days| (1..=366).contains(days));
        if whole.is_none() {
            faults.push(Fault::invalid("days", Rule::Days(1, 366)));
        }
        let grain = match interval_seconds {
            None => Some(native),
            Some(seconds) => u32::try_from(seconds)
                .ok()
                .filter(|seconds| seconds % 60 == 0)
                .and_then(|seconds| Grain::from_minutes(seconds / 60))
                .filter(|grain| *grain >= native),
        };
        if grain.is_none() {
            let least = u32::from(native.minutes()) * 60;
            let rule = Rule::IntervalSecondsFrom(least);
            faults.push(Fault::invalid("intervalSeconds", rule));
        }
        match (whole, grain) {
            (Some(days), Some(grain)) if faults.is_empty() => Ok(Self { starts_on, days, grain }),
            _ => Err(faults),
        }
    }
}

/// What a forecast is made from.
#[derive(Debug, Clone)]
pub struct Material {
    /// History before the horizon and before now, at the queue's own grain; of the other queue
    /// where there is an analogy.
    pub history: Series,
    /// How the queue is like the one whose history it is; `None` = its own.
    pub analogy: Option<Analogy>,
    /// Accepted events of the queue, of the past and of the horizon.
    pub events: Vec<KnownEvent>,
    /// Calendars of its sites.
    pub calendars: SiteCalendars,
    /// Opening hours of its sites, when all of them have some.
    pub hours: Option<SiteHours>,
    /// Seconds per call where the history has no handle time.
    pub default_handle_time_seconds: f64,
}

/// A forecast with what speaks for it.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its intervals, in order.
    pub points: Vec<ForecastPoint>,
    /// The method that made them.
    pub method: Method,
    /// Why it was taken.
    pub reason: Reason,
    /// Methods compared, the one that was used first. Empty when the history is too short for it.
    pub candidates: Vec<Candidate>,
    /// Weeks that were each forecast from what lay before them.
    pub origin_weeks: u16,
    /// Shares of their intervals inside the 80 % and the 95 % band of the method.
    pub coverage: Option<(f64, f64)>,
}

/// Weeks of rolling origins, as many as the history allows.
const ORIGIN_WEEKS: [u16; 4] = [8, 4, 2, 1];

/// Makes a forecast by the method that foresaw the last weeks best ([`choose`]). Same material, same
/// forecast.
///
/// # Errors
/// [`ForecastError::TooLittleHistory`] below seven usual days.
pub fn make(horizon: Horizon, material: &Material) -> Result<Made, ForecastError> {
    let Horizon { starts_on, days, grain } = horizon;
    let Material { history, analogy, events, calendars, hours, default_handle_time_seconds } =
        material;
    let series = history.at_grain(grain).unwrap_or_else(|| history.clone());
    let zone = analogy.as_ref().map_or(&series.zone, |analogy| &analogy.zone);
    let options = FitOptions {
        opening: hours.as_ref().map(|hours| hours.weekly(zone, starts_on)),
        special_days: named_days(calendars, events, zone, starts_on),
        closed_days: calendars.closed(),
        default_handle_time_seconds: *default_handle_time_seconds,
    };
    let origins = ORIGIN_WEEKS
        .into_iter()
        .find_map(|weeks| Some((weeks, backtest(&series, &options, weeks).ok()?)));
    let (origin_weeks, found) = origins.unzip();
    let origin_weeks = origin_weeks.unwrap_or(0);
    let (candidates, reason) = match &found {
        Some(found) => choose(found, origin_weeks),
        None => (Vec::new(), Reason::FewOrigins),
    };
    let model = Method::LevelWeekdayProfile;
    let method = candidates.first().map_or(model, |it| it.method);
    let found = if method == model {
        found
    } else {
        Some(backtest_by(method, &series, &options, origin_weeks, 1)?)
    };
    let fitted = Forecaster::fit_by(method, &series, &options)?;
    let fitted = match analogy {
        Some(analogy) => fitted.like(analogy),
        None => fitted,
    };
    let mut base = fitted.forecast(starts_on, days);
    if let Some(hours) = hours {
        hours.close(&mut base);
    }
    Ok(Made {
        points: modifications(events).apply(&series.key.queue, &base),
        method,
        reason,
        candidates,
        origin_weeks,
        coverage: found.and_then(|found| found.coverage()),
    })
}

/// Events of the horizon that change its numbers, for the record.
#[must_use]
pub fn applied<'a>(events: &'a [KnownEvent], points: &[ForecastPoint]) -> Vec<&'a KnownEvent> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let changes = |event: &&KnownEvent| {
        event.kind == EventKind::Holiday
            || !event.volume_uplift.is_zero()
            || !event.handle_time_uplift.is_zero()
            || event.volume.is_some()
            || event.handle_time_seconds.is_some()
    };
    let inside = |event: &&KnownEvent| {
        event.span.start() < last.span.end() && first.span.start() < event.span.end()
    };
    events.iter().filter(inside).filter(changes).collect()
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan as _, civil::date};
    use rust_decimal::Decimal;

    use super::*;
    use crate::{
        forecasting::{baselines::weekday_mean, history_file::parse},
        time::Span,
    };

    /// Ten weeks of Shanghai mornings from 09:00 to 12:00, every day.
    fn material() -> Material {
        let mut file = "interval_start,tz,queue,interval_minutes,offered\n".to_owned();
        for day in 0..70_i64 {
            let date = date(2026, 1, 5).saturating_add(day.days());
            for slot in 18..24 {
                let (hour, minute) = (slot / 2, slot % 2 * 30);
                let offered = 60 + 10 * (slot - 18) + day % 7;
                file += &format!("{date}T{hour:02}:{minute:02},Asia/Shanghai,a,30,{offered}\n");
            }
        }
        Material {
            history: parse(file.as_bytes()).series.remove(0),
            analogy: None,
            events: Vec::new(),
            calendars: SiteCalendars::default(),
            hours: None,
            default_handle_time_seconds: 180.0,
        }
    }

    fn horizon() -> Horizon {
        Horizon { starts_on: date(2026, 3, 16), days: 7, grain: Grain::Minutes30 }
    }

    #[test]
    fn a_forecast_begins_on_a_day_that_can_be_planned() {
        let parse = |day, days| Horizon::parse(day, days, None, Grain::Minutes30);
        assert!(parse(date(2026, 3, 16), 7).is_ok());
        let faults = parse(date(9999, 12, 27), 0).expect_err("two faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["startsOn", "days"]);
    }

    #[test]
    fn an_event_raises_its_own_intervals_only() {
        let without = make(horizon(), &material()).expect("forecast");
        // 10:00 to 11:00 in Shanghai.
        let span = Span::of_seconds("2026-03-17T02:00:00Z".parse().expect("instant"), 3600);
        let event = KnownEvent {
            name: "Sale".into(),
            kind: EventKind::Promotion,
            span,
            queues: Vec::new(),
            volume_uplift: Decimal::new(8, 1),
            handle_time_uplift: Decimal::ZERO,
            volume: None,
            handle_time_seconds: None,
        };
        let with = Material { events: vec![event], ..material() };
        let made = make(horizon(), &with).expect("forecast");
        let mut raised = 0;
        for (before, after) in without.points.iter().zip(&made.points) {
            let factor = if span.covers(after.span) { 1.8 } else { 1.0 };
            raised += usize::from(span.covers(after.span));
            assert!((after.volume - factor * before.volume).abs() < 1e-9);
        }
        assert_eq!(raised, 2);
        assert_eq!(applied(&with.events, &made.points).len(), 1);
    }

    #[test]
    fn a_queue_without_history_is_like_another_one_times_its_factors() {
        let own = make(horizon(), &material()).expect("forecast");
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").expect("zone");
        let analogy = Analogy { volume_factor: 0.25, handle_time_factor: 2.0, zone };
        let like = make(horizon(), &Material { analogy: Some(analogy), ..material() });
        let like = like.expect("forecast").points;
        let at_nine = |points: &[ForecastPoint]| points[18].clone();
        let (own, like) = (at_nine(&own.points), at_nine(&like));
        assert!((like.volume - 0.25 * own.volume).abs() < 1e-9 && like.volume > 10.0);
        assert_eq!(like.handle_time_seconds, 2.0 * own.handle_time_seconds);
        // Nine o'clock on its own wall clock, seven hours later.
        assert_eq!((like.span.start() - own.span.start()).as_secs(), 7 * 3600);
        let width =
            |point: &ForecastPoint| (point.quantiles.p90 - point.quantiles.p10) / point.volume;
        assert!(width(&like) > 1.2 * width(&own), "a smaller queue is less steady");
    }

    #[test]
    fn the_method_stands_first_among_those_it_was_compared_with() {
        let made = make(horizon(), &material()).expect("forecast");
        let methods: Vec<_> = made.candidates.iter().map(|it| it.method).collect();
        assert_eq!(methods, Method::ALL);
        assert_eq!((made.method, made.origin_weeks), (Method::LevelWeekdayProfile, 8));
        assert!(made.candidates[0].accuracy.wape().expect("calls") < 0.1);
    }

    /// Forty weeks of offices whose Mondays had most calls until seventeen weeks ago and whose Sundays have since.
    fn turned_round() -> Material {
        let mut file = "interval_start,tz,queue,interval_minutes,offered\n".to_owned();
        for day in 0..280_i64 {
            let date = date(2025, 6, 9).saturating_add(day.days());
            let weekday = if day < 161 { day % 7 } else { 6 - day % 7 };
            for hour in 9..17 {
                // Even noise of a tenth.
                let noise = (day * 37 + hour * 11) % 21 - 10;
                let offered = (200 - 22 * weekday) * (100 + noise) / 100;
                file += &format!("{date}T{hour:02}:00,Asia/Shanghai,a,60,{offered}\n");
            }
        }
        Material { history: parse(file.as_bytes()).series.remove(0), ..material() }
    }

    #[test]
    fn a_queue_whose_weekdays_changed_places_is_forecast_by_the_mean_of_its_last_weeks() {
        let from = Horizon { grain: Grain::Minutes60, ..horizon() };
        let material = turned_round();
        let made = make(from, &material).expect("forecast");
        assert_eq!((made.method, made.reason), (Method::WeekdayMean, Reason::LeastError));
        let wapes: Vec<_> = made.candidates.iter().map(|it| it.accuracy.wape()).collect();
        assert!(wapes[0] < wapes[1] && wapes[0] < wapes[2], "{wapes:?}");
        assert_eq!(made.candidates[0].method, Method::WeekdayMean);
        let mean = weekday_mean(&material.history, from.starts_on, from.days, 8);
        for (point, (span, volume)) in made.points.iter().zip(&mean) {
            assert_eq!((point.span, point.volume), (*span, *volume));
            let quantiles = point.quantiles;
            assert!(*volume == 0.0 || quantiles.p025 < quantiles.p10 && quantiles.p10 < *volume);
        }
        // Bands of its own, which reach back to the turn and are wide for that.
        let (in_80, in_95) = made.coverage.expect("intervals");
        assert!(in_80 > 0.76 && in_95 > 0.93, "{in_80} {in_95}");
    }

    #[test]
    fn a_horizon_tells_all_its_faults_and_takes_no_finer_grain() {
        let parse = |days, seconds| {
            Horizon::parse(date(2026, 3, 2), days, seconds, Grain::Minutes30)
                .map_err(|faults| faults.len())
        };
        assert_eq!(parse(366, None).map(|it| it.grain), Ok(Grain::Minutes30));
        assert_eq!(parse(1, Some(3600)).map(|it| it.grain), Ok(Grain::Minutes60));
        assert_eq!(parse(367, Some(900)), Err(2));
        assert_eq!(parse(0, Some(-60)), Err(2));
    }
}
