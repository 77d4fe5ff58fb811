//! What a queue must survive, on made-up histories with a known truth.

use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::forecasting::history::{HistoryRow, SeriesKey};
use crate::time::local_of_instant;

const MONDAY: civil::Date = civil::date(2026, 1, 5);

fn zone() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("zone")
}

/// Half-hours of `days` days from Monday 5 January 2026 with calls drawn around what `mean` says of
/// a day and an hour; where it says nothing no row is.
fn history(days: i64, mean: impl Fn(i64, usize) -> Option<f64>) -> Series {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let mut rows = Vec::new();
    for day in 0..days {
        let date = MONDAY.saturating_add(day.days());
        for slot in slots_of_day(date, &zone(), Grain::Minutes30) {
            let Some(mean) = mean(day, slot.index / 2) else { continue };
            rows.push(HistoryRow {
                start: slot.span.start(),
                offered: draw(mean, &mut random),
                answered: None,
                abandoned: None,
                handle_seconds: None,
                mapped_forward: false,
                repeated: false,
                source_rows: 1,
            });
        }
    }
    let key = SeriesKey { queue: "presale".into(), site: None, grain: Grain::Minutes30 };
    Series::new(key, zone(), rows)
}

/// A Poisson count: arrivals of a unit-rate process before `mean`.
fn draw(mean: f64, random: &mut Xoshiro256PlusPlus) -> u32 {
    let (mut count, mut time) = (0, 0.0);
    loop {
        time -= (1.0 - random.random::<f64>()).ln();
        if time > mean {
            return count;
        }
        count += 1;
    }
}

/// Weekdays from eight to eight, more on Mondays and before noon.
fn office(day: i64, hour: usize) -> Option<f64> {
    let open = day % 7 < 5 && (8..20).contains(&hour);
    let monday = if day % 7 == 0 { 1.4 } else { 1.0 };
    open.then_some(monday * if hour < 12 { 60.0 } else { 40.0 })
}

fn week(series: &Series, from_day: i64, options: &FitOptions) -> Vec<ForecastPoint> {
    let from = MONDAY.saturating_add(from_day.days());
    Forecaster::fit(series, options).expect("enough history").forecast(from, 7)
}

fn day_total(points: &[ForecastPoint], day: i64) -> f64 {
    let date = MONDAY.saturating_add(day.days());
    let of_day =
        |point: &&ForecastPoint| local_of_instant(point.span.start(), &zone()).date() == date;
    points.iter().filter(of_day).map(|point| point.volume).sum()
}

fn near(value: f64, truth: f64, share: f64) {
    assert!((value / truth - 1.0).abs() < share, "{value} is not {truth} ± {share}");
}

const OFFICE_DAY: f64 = 8.0 * 60.0 + 16.0 * 40.0;

#[test]
fn five_weeks_are_enough_for_weekday_and_time_of_day() {
    let points = week(&history(35, office), 35, &FitOptions::default());
    near(day_total(&points, 35), 1.4 * OFFICE_DAY, 0.05);
    near(day_total(&points, 37), OFFICE_DAY, 0.05);
    near(points[48 + 20].volume, 60.0, 0.12);
    near(points[48 + 30].volume, 40.0, 0.12);
}

#[test]
fn closed_nights_and_weekends_are_zero() {
    let points = week(&history(35, office), 35, &FitOptions::default());
    assert_eq!(points.len(), 7 * 48);
    for (place, point) in points.iter().enumerate() {
        let open = place / 48 < 5 && (16..40).contains(&(place % 48));
        assert_eq!(point.volume > 0.0, open, "{place}");
        assert_eq!(point.quantiles.p975 > 0.0, open, "{place}");
    }
}

#[test]
fn given_opening_hours_are_respected() {
    let mut hours: [Vec<(u16, u16)>; 7] = Default::default();
    hours[5] = vec![(600, 720)];
    let options = FitOptions { opening: Some(WeeklyOpening { hours }), ..FitOptions::default() };
    let points = week(&history(35, office), 35, &options);
    let open: Vec<usize> = (0..points.len()).filter(|place| points[*place].volume > 0.0).collect();
    assert_eq!(open, [260, 261, 262, 263], "Saturday from ten to twelve, like other mornings");
}

#[test]
fn a_closed_day_is_zero() {
    let closed_days = BTreeSet::from([MONDAY.saturating_add(35.days())]);
    let points =
        week(&history(35, office), 35, &FitOptions { closed_days, ..FitOptions::default() });
    assert_eq!(day_total(&points, 35), 0.0);
    assert!(day_total(&points, 36) > 0.0);
}

#[test]
fn a_level_shift_is_followed_within_two_weeks() {
    let shifted =
        |day, hour| office(day, hour).map(|mean| if day < 70 { mean } else { 1.5 * mean });
    let points = week(&history(84, shifted), 84, &FitOptions::default());
    near(day_total(&points, 86), 1.5 * OFFICE_DAY, 0.12);
}

#[test]
fn one_high_week_moves_a_steady_queue_by_less_than_half_of_it() {
    let high = |day, hour| office(day, hour).map(|mean| if day < 294 { mean } else { 1.18 * mean });
    let points = week(&history(301, high), 301, &FitOptions::default());
    let moved = day_total(&points, 303) / OFFICE_DAY - 1.0;
    assert!((0.02..0.45 * 0.18).contains(&moved), "{moved}");
}

#[test]
fn a_queue_without_a_clock_is_forecast_flat() {
    let points = week(&history(280, |_, _| Some(12.0)), 280, &FitOptions::default());
    assert!(points.iter().all(|point| (11.4..12.6).contains(&point.volume)));
}

#[test]
fn growth_goes_on_months_ahead_and_comes_to_an_end() {
    // Half a per cent a week, as it was before.
    let at = |day: i64| (0.005 * day as f64 / 7.0).exp();
    let grows = |day: i64, hour| office(day, hour).map(|mean| mean * at(day));
    let grown = |mean: &dyn Fn(i64, usize) -> Option<f64>| {
        let fit = Forecaster::fit(&history(364, mean), &FitOptions::default()).expect("history");
        let points = fit.forecast(MONDAY.saturating_add(364.days()), 364);
        day_total(&points, 364 + 182 + 2) / day_total(&points, 366)
    };
    let steady = grown(&office);
    assert!((steady - 1.0).abs() < 0.01, "{steady}");
    let growing = grown(&grows);
    assert!((1.02..1.08).contains(&growing), "{growing}");
}

#[test]
fn an_odd_day_does_not_move_the_forecast() {
    let storm = |day, hour| office(day, hour).map(|mean| if day == 66 { 3.0 * mean } else { mean });
    let points = week(&history(70, storm), 70, &FitOptions::default());
    near(day_total(&points, 73), OFFICE_DAY, 0.05);
}

#[test]
fn a_missing_month_is_bridged() {
    let lost = |day, hour| office(day, hour).filter(|_| !(56..86).contains(&day));
    let points = week(&history(91, lost), 91, &FitOptions::default());
    near(day_total(&points, 93), OFFICE_DAY, 0.05);
    let before = week(&history(56, lost), 91, &FitOptions::default());
    near(day_total(&before, 93), OFFICE_DAY, 0.05);
}

#[test]
fn two_calls_an_hour_are_smoothed_not_copied() {
    let points = week(&history(56, |_, _| Some(1.0)), 56, &FitOptions::default());
    near(points.iter().map(|point| point.volume).sum(), 7.0 * 48.0, 0.08);
    assert!(points.iter().all(|point| (0.5..1.6).contains(&point.volume)));
}

#[test]
fn a_moved_holiday_takes_its_effect_along() {
    // Twice a feast on a Wednesday that has a tenth of the calls; then on a Thursday.
    let feasts = [16, 44];
    let mean = |day, hour| {
        office(day, hour).map(|mean| if feasts.contains(&day) { mean / 10.0 } else { mean })
    };
    let special_days = [16, 44, 73]
        .map(|day: i64| (MONDAY.saturating_add(day.days()), "feast".to_owned()))
        .into_iter()
        .collect();
    let points =
        week(&history(70, mean), 70, &FitOptions { special_days, ..FitOptions::default() });
    near(day_total(&points, 73), OFFICE_DAY / 10.0, 0.2);
    near(day_total(&points, 72), OFFICE_DAY, 0.05);
}

#[test]
fn clock_changes_take_or_give_an_hour() {
    // 29 March 2026 has 23 hours, 25 October 25.
    let series = history(70, |_, _| Some(20.0));
    let fit = Forecaster::fit(&series, &FitOptions::default()).expect("history");
    assert_eq!(fit.forecast(civil::date(2026, 3, 29), 1).len(), 46);
    let autumn = fit.forecast(civil::date(2026, 10, 25), 1);
    assert_eq!(autumn.len(), 50);
    assert_eq!(autumn[4].volume, autumn[6].volume, "two o'clock comes twice");
    assert!(autumn.windows(2).all(|pair| pair[0].span.end() == pair[1].span.start()));
}

#[test]
fn less_than_a_week_is_refused_with_what_is_needed() {
    let refused = |days| Forecaster::fit(&history(days, office), &FitOptions::default()).err();
    assert_eq!(refused(0), Some(ForecastError::TooLittleHistory { have: 0, need: 7 }));
    assert_eq!(refused(1), Some(ForecastError::TooLittleHistory { have: 1, need: 7 }));
    assert_eq!(refused(14), None);
}

#[test]
fn a_queue_that_nobody_calls_has_next_to_none() {
    let points = week(&history(35, |_, _| Some(0.0)), 35, &FitOptions::default());
    assert!(points.iter().all(|point| point.volume.is_finite() && point.volume < 0.05));
}

#[test]
fn quantiles_are_in_order_and_around_the_volume() {
    for point in week(&history(120, office), 120, &FitOptions::default()) {
        let Quantiles { p025, p10, p50, p90, p975 } = point.quantiles;
        assert!(0.0 <= p025 && p025 <= p10 && p10 <= p50 && p50 <= p90 && p90 <= p975);
        assert!(point.volume == 0.0 || (p10 < point.volume && point.volume < p90));
    }
}

#[test]
fn the_same_history_gives_the_same_forecast() {
    let series = history(90, office);
    let options = FitOptions::default();
    assert_eq!(week(&series, 90, &options), week(&series, 90, &options));
}

#[test]
fn handle_time_is_a_ratio_of_sums_with_a_default() {
    let mut rows = history(35, office).rows().to_vec();
    let options = FitOptions { default_handle_time_seconds: 240.0, ..FitOptions::default() };
    let unknown = week(&history(35, office), 35, &options);
    assert!(unknown.iter().all(|point| (point.handle_time_seconds - 240.0).abs() < 1e-9));
    for row in &mut rows {
        let long = local_of_instant(row.start, &zone()).hour() < 12;
        row.answered = Some(row.offered);
        row.handle_seconds = Some(u64::from(row.offered) * if long { 300 } else { 200 });
    }
    let known = Series::new(history(7, office).key, zone(), rows);
    let points = week(&known, 35, &options);
    near(points[48 + 20].handle_time_seconds, 300.0, 0.1);
    near(points[48 + 30].handle_time_seconds, 200.0, 0.1);
}
