//! One week ahead on published data: the forecast beside what planners do without one.
//!
//! First, while the process holds nothing yet, what a thousand queues take of its memory (Linux only).
//!
//! Ten weekly origins at the end of each file (four where it is too short for ten), each with all
//! that lies before it; WAPE pooled over the intervals that the file has, of the volume (the mean)
//! and of the median. `cargo bench -p trunkline-domain --bench forecast [-- WEEKS]`: more
//! weeks tell a better model from a lucky one.
//!
//! Then months ahead: each of the last 52 weeks (12 where the file is of months) from what was known
//! 4, 8, 13 and 26 weeks before its end, beside the same weekday of the last year and what a planner
//! would write on, flat. Then what the choice of a method takes. Where Python has statsforecast and
//! Prophet, their figures over the same origins follow; that takes a quarter of an hour.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use std::{fs, path::Path, time::Instant};

use trunkline_domain::{
    forecasting::{
        backtest::{backtest, backtest_by},
        history::Series,
        history_file::parse,
        method::Method,
        model::{FitOptions, Forecaster},
        run::{Horizon, Material, make},
        site_calendar::SiteCalendars,
    },
    time::{Grain, next_day},
};

#[path = "../tests/it/holidays.rs"]
mod holidays;
mod peers;

fn main() {
    let weeks = std::env::args().skip(1).find_map(|it| it.parse().ok()).unwrap_or(10);
    memory();
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
        let Some(series) = read(file, grain) else {
            println!("| {file}: not there | | | | | | | | |");
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
    months_ahead();
    choices();
    peers_ahead(weeks);
}

/// What a thousand queues take of memory, the 26 weeks of each fitted and forecast for a week and all of it
/// held at once. The reading of the file counts too, so it is rather more than what is held. A run reads
/// the history, and lets it go with the rest; what the histories would take besides is told apart.
fn memory() {
    const QUEUES: usize = 1_000;
    let Some(before) = resident_mb() else {
        println!("Memory of a thousand queues: this system does not tell.\n");
        return;
    };
    let Some(series) = read("bank_na_2003_5min.csv", Grain::Minutes30) else { return };
    let series = last_26_weeks(&series);
    let Some((_, last)) = series.dates() else { return };
    let options = FitOptions::default();
    let mut kept = Vec::with_capacity(QUEUES);
    for _ in 0..QUEUES {
        let Ok(fit) = Forecaster::fit(&series, &options) else { return };
        let week = fit.forecast(next_day(last), 7);
        kept.push((fit, week));
    }
    let with_weeks = resident_mb().unwrap_or(f64::NAN) - before;
    let rows = series.rows().len();
    let histories = vec![series; QUEUES];
    let with_histories = resident_mb().unwrap_or(f64::NAN) - before;
    std::hint::black_box((&kept, &histories));
    println!(
        "A thousand queues, fits and weeks: {with_weeks:.0} MB (goal 50); with their histories of {rows} half-hours: {with_histories:.0} MB.\n"
    );
}

/// Resident memory of this process in MB; `None` where there is no `/proc`.
fn resident_mb() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let figure = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    // What it calls kB are 1,024 bytes.
    let kib: f64 = figure.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

/// The packages people use, over the same origins.
fn peers_ahead(weeks: u16) {
    println!("\n| series | model | WAPE | fit + week, s |\n|---|---|---|---|");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/calls");
    let (data, weeks) = (data.to_string_lossy(), weeks.to_string());
    peers::ask(&["forecast", &data, &weeks], |parts| {
        if let ["wape", file, model, wape, seconds] = parts {
            println!("| {file} | {model} | {wape} | {seconds} |");
        }
    });
}

fn read(file: &str, grain: Grain) -> Option<Series> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/calls").join(file);
    let bytes = fs::read(path).ok()?;
    parse(&bytes).series.first()?.at_grain(grain)
}

fn months_ahead() {
    println!(
        "\n| series | weeks ahead | of weeks | ours | 8-week mean | naive | where a year lies behind: ours | same weekday last year | in 80 % | in 95 % |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for (file, grain) in [
        ("bank_na_2003_5min.csv", Grain::Minutes30),
        ("seattle_fire911_2017_2022_60min.csv", Grain::Minutes60),
        ("daily_callcentre_2013_2016.csv", Grain::Day),
    ] {
        let Some(series) = read(file, grain) else { continue };
        for lead in [1, 4, 8, 13, 26] {
            let found = [52, 12].into_iter().find_map(|weeks| {
                let model = Method::LevelWeekdayProfile;
                let options = FitOptions::default();
                Some((weeks, backtest_by(model, &series, &options, weeks, lead).ok()?))
            });
            let Some((weeks, found)) = found else { continue };
            let (in_80, in_95) = found.coverage().unwrap_or_default();
            println!(
                "| {file} | {lead} | {weeks} | {} | {} | {} | {} | {} | {:.1} | {:.1} |",
                wape(found.forecast),
                wape(found.weekday_mean),
                wape(found.seasonal_naive),
                wape(found.beside_last_year),
                wape(found.last_year),
                100.0 * in_80,
                100.0 * in_95,
            );
        }
    }
}

/// What a run takes with the choice of its method, over all of the history that a run looks at.
fn choices() {
    println!("\n| series | method | why | run of 26 weeks with choice, ms |\n|---|---|---|---|");
    for (file, grain) in [
        ("bank_na_2003_5min.csv", Grain::Minutes30),
        ("bank_il_1999_30min.csv", Grain::Minutes30),
        ("seattle_fire911_2017_2022_60min.csv", Grain::Minutes60),
        ("smfr_2019q2_30min.csv", Grain::Minutes30),
        ("daily_callcentre_2013_2016.csv", Grain::Day),
    ] {
        let Some(series) = read(file, grain) else { continue };
        let Some((_, last)) = series.dates() else { continue };
        let material = Material {
            history: series,
            analogy: None,
            events: Vec::new(),
            calendars: SiteCalendars::default(),
            hours: None,
            default_handle_time_seconds: 180.0,
        };
        let horizon = Horizon { starts_on: next_day(last), days: 182, grain };
        let Ok(made) = make(horizon, &material) else { continue };
        // The least of nine: others use the processor too.
        let runs = (0..9).map(|_| {
            let start = Instant::now();
            std::hint::black_box(&make(horizon, &material));
            start.elapsed().as_secs_f64() * 1e3
        });
        let spent = runs.fold(f64::INFINITY, f64::min);
        println!("| {file} | {} | {} | {spent:.1} |", made.method.as_str(), made.reason.as_str());
    }
}

fn wape(sums: trunkline_domain::forecasting::accuracy::Accuracy) -> String {
    sums.wape().map_or_else(String::new, |wape| format!("{wape:.4}"))
}

fn line(name: &str, series: &Series, options: &FitOptions, weeks: u16) {
    // Short files hold fewer origins.
    let found = [weeks, weeks.min(25), 4]
        .into_iter()
        .find_map(|weeks| Some((weeks, backtest(series, options, weeks).ok()?)));
    let Some((origins, found)) = found else { return };
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

/// As many rows at the end as 26 weeks round the clock have.
fn last_26_weeks(series: &Series) -> Series {
    let rows = series.rows();
    let from = rows.len().saturating_sub(26 * 7 * usize::from(series.key.grain.per_day()));
    Series::new(series.key.clone(), series.zone.clone(), rows[from..].to_vec())
}

/// Median of 51 runs over the last 26 weeks.
fn median_ms(series: &Series, options: &FitOptions) -> f64 {
    let Some((_, last)) = series.dates() else { return f64::NAN };
    let series = last_26_weeks(series);
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
