//! One week ahead on published data: the forecast beside what planners do without one.
//!
//! Ten weekly origins at the end of each file (four where it is too short for ten), each with all
//! that lies before it; WAPE pooled over the intervals that the file has, of the volume (the mean)
//! and of the median. `cargo bench -p trunkline-domain --bench forecast [-- WEEKS]`: more
//! weeks tell a better model from a lucky one. Where Python has statsforecast and Prophet, their figures
//! over the same origins follow; that takes a quarter of an hour.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use std::{fs, path::Path, time::Instant};

use trunkline_domain::{
    forecasting::{
        backtest::backtest,
        history::Series,
        history_file::parse,
        model::{FitOptions, Forecaster},
    },
    time::{Grain, next_day},
};

#[path = "../tests/it/holidays.rs"]
mod holidays;
mod peers;

fn main() {
    let weeks = std::env::args().skip(1).find_map(|it| it.parse().ok()).unwrap_or(10);
    println!(
        "| series | origins | ours | our median | naive | 8-week mean | in 80 % | in 95 % | fit + week, ms |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (file, grain) in [
        ("bank_na_2003_5min.csv", Grain::Minutes30),
        ("bank_il_1999_30min.csv", Grain::Minutes30),
        ("seattle_fire911_2017_2022_60min.csv", Grain::Minutes60),
        ("smfr_2019q2_30min.csv", Grain::Minutes30),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/calls").join(file);
        let Ok(bytes) = fs::read(&path) else {
            println!("| {file}: not there | | | | | | | | |");
            continue;
        };
        let Some(series) = parse(&bytes).series.first().and_then(|series| series.at_grain(grain))
        else {
            continue;
        };
        line(file, &series, &FitOptions::default(), weeks);
        if file.starts_with("bank_il") {
            let special_days = holidays::israel_1999();
            line(
                "… with its holidays",
                &series,
                &FitOptions { special_days, ..Default::default() },
                weeks,
            );
        }
    }
    println!("\n| series | model | WAPE | fit + week, s |\n|---|---|---|---|");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/calls");
    let (data, weeks) = (data.to_string_lossy(), weeks.to_string());
    peers::ask(&["forecast", &data, &weeks], |parts| {
        if let ["wape", file, model, wape, seconds] = parts {
            println!("| {file} | {model} | {wape} | {seconds} |");
        }
    });
}

fn line(name: &str, series: &Series, options: &FitOptions, weeks: u16) {
    // Short files hold fewer origins.
    let found = [weeks, weeks.min(25), 4]
        .into_iter()
        .find_map(|weeks| Some((weeks, backtest(series, options, weeks).ok()?)));
    let Some((origins, found)) = found else { return };
    let wape = |sums: trunkline_domain::forecasting::accuracy::Accuracy| {
        sums.wape().map_or_else(String::new, |wape| format!("{wape:.4}"))
    };
    let (in_80, in_95) = found.coverage().unwrap_or_default();
    println!(
        "| {name} | {origins} | {} | {} | {} | {} | {:.1} | {:.1} | {:.2} |",
        wape(found.forecast),
        wape(found.median),
        wape(found.seasonal_naive),
        wape(found.weekday_mean),
        100.0 * in_80,
        100.0 * in_95,
        median_ms(series, options)
    );
}

/// Median of 51 runs over the last 26 weeks.
fn median_ms(series: &Series, options: &FitOptions) -> f64 {
    let Some((_, last)) = series.dates() else { return f64::NAN };
    let rows = series.rows();
    let from = rows.len().saturating_sub(26 * 7 * usize::from(series.key.grain.per_day()));
    let series = Series::new(series.key.clone(), series.zone.clone(), rows[from..].to_vec());
    let mut runs: Vec<f64> = (0..51)
        .map(|_| {
            let start = Instant::now();
            let points =
                Forecaster::fit(&series, options).map(|fit| fit.forecast(next_day(last), 7));
            std::hint::black_box(&points);
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    runs[25]
}
