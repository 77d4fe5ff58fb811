//! The forecast on published data, one week ahead, ten weekly origins at the end of each file.

use std::fs;

use trunkline_domain::{
    forecasting::{
        backtest::{Backtest, backtest},
        history::Series,
        history_file::parse,
        method::{Method, Reason},
        model::FitOptions,
        run::{Horizon, Material, make},
        site_calendar::SiteCalendars,
    },
    time::{Grain, next_day},
};

use crate::{holidays, shared_data};

fn series(name: &str, grain: Grain) -> Option<Series> {
    let bytes = fs::read(shared_data::path(&format!("calls/{name}"))?).expect("readable");
    Some(parse(&bytes).series.remove(0).at_grain(grain).expect("coarser"))
}

fn run(name: &str, grain: Grain, options: &FitOptions) -> Option<Backtest> {
    Some(backtest(&series(name, grain)?, options, 10).expect("enough history"))
}

/// WAPE of the forecast, and its ratio to that of the mean of the last eight same weekdays.
fn wape(found: &Backtest) -> (f64, f64) {
    let wape = found.forecast.wape().expect("calls");
    (wape, wape / found.weekday_mean.wape().expect("calls"))
}

#[test]
fn bank_na_is_forecast_better_than_its_last_eight_weeks() {
    let options = FitOptions::default();
    let Some(found) = run("bank_na_2003_5min.csv", Grain::Minutes30, &options) else { return };
    let (wape, ratio) = wape(&found);
    assert!(wape < 0.0635 && ratio < 0.95, "{wape} {ratio}");
    let (in_80, in_95) = found.coverage().expect("intervals");
    assert!((0.76..0.84).contains(&in_80) && (0.93..0.97).contains(&in_95), "{in_80} {in_95}");
}

#[test]
fn bank_il_is_forecast_better_than_its_last_eight_weeks() {
    let options = FitOptions::default();
    let Some(found) = run("bank_il_1999_30min.csv", Grain::Minutes30, &options) else { return };
    let (wape, ratio) = wape(&found);
    assert!(wape < 0.2930 && ratio < 0.93, "{wape} {ratio}");
    let (in_80, in_95) = found.coverage().expect("intervals");
    assert!((0.76..0.84).contains(&in_80) && (0.93..0.97).contains(&in_95), "{in_80} {in_95}");
}

#[test]
fn a_calendar_of_holidays_makes_bank_il_better_still() {
    let special_days = holidays::israel_1999();
    let options = FitOptions { special_days, ..FitOptions::default() };
    let Some(found) = run("bank_il_1999_30min.csv", Grain::Minutes30, &options) else { return };
    let (wape, ratio) = wape(&found);
    assert!(wape < 0.2520 && ratio < 0.80, "{wape} {ratio}");
    let (in_80, in_95) = found.coverage().expect("intervals");
    assert!((0.76..0.84).contains(&in_80) && (0.93..0.97).contains(&in_95), "{in_80} {in_95}");
}

#[test]
fn few_calls_an_hour_are_forecast_better_than_their_last_eight_weeks() {
    let options = FitOptions::default();
    let file = "seattle_fire911_2017_2022_60min.csv";
    let Some(found) = run(file, Grain::Minutes60, &options) else { return };
    let (wape, ratio) = wape(&found);
    assert!(wape < 0.3666 && ratio < 0.95, "{wape} {ratio}");
    let median = found.median.wape().expect("calls");
    assert!(
        median < wape && median < 0.3647,
        "the median errs less than the mean: {median} {wape}"
    );
    let (in_80, in_95) = found.coverage().expect("intervals");
    assert!((0.76..0.84).contains(&in_80) && (0.93..0.97).contains(&in_95), "{in_80} {in_95}");
}

#[test]
fn both_banks_stay_with_the_model_and_months_ahead_are_known_less() {
    let grain = Grain::Minutes30;
    for name in ["bank_na_2003_5min.csv", "bank_il_1999_30min.csv"] {
        let Some(history) = series(name, grain) else { return };
        let (_, last) = history.dates().expect("rows");
        let material = Material {
            history,
            analogy: None,
            events: Vec::new(),
            calendars: SiteCalendars::default(),
            hours: None,
            default_handle_time_seconds: 180.0,
        };
        let horizon = Horizon { starts_on: next_day(last), days: 182, grain };
        let made = make(horizon, &material).expect("enough history");
        assert_eq!((made.method, made.reason), (Method::LevelWeekdayProfile, Reason::LeastError));
        let wapes: Vec<_> = made.candidates.iter().map(|it| it.accuracy.wape()).collect();
        assert!(wapes[0] < wapes[1] && wapes[0] < wapes[2], "{name}: {wapes:?}");
        // The same week 12 and 24 weeks later.
        let width = |week: usize| {
            let points = &made.points[week * 7 * 48..(week + 1) * 7 * 48];
            points.iter().map(|it| it.quantiles.p90 - it.quantiles.p10).sum::<f64>()
        };
        assert!(width(0) < width(12) && width(12) < width(24), "{name}");
    }
}
