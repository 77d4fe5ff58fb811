//! The forecast on published data, one week ahead, ten weekly origins at the end of each file.

use std::fs;

use trunkline_domain::{
    forecasting::{
        backtest::{Backtest, backtest},
        history_file::parse,
        model::FitOptions,
    },
    time::Grain,
};

use crate::{holidays, shared_data};

fn run(name: &str, grain: Grain, options: &FitOptions) -> Option<Backtest> {
    let bytes = fs::read(shared_data::path(&format!("calls/{name}"))?).expect("readable");
    let series = parse(&bytes).series.remove(0).at_grain(grain).expect("coarser");
    Some(backtest(&series, options, 10).expect("enough history"))
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
    assert!((0.75..0.85).contains(&in_80) && (0.925..0.975).contains(&in_95), "{in_80} {in_95}");
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
