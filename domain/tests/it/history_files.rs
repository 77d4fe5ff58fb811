//! Whole published files through the reader of the common form.

use std::fs;

use jiff::civil::date;
use trunkline_domain::forecasting::{
    gaps::gaps,
    history_file::{HistoryFile, parse},
};

use crate::shared_data;

/// What the file holds and the sum of its column `offered`, added up without the reader.
fn read(name: &str) -> Option<(HistoryFile, u64)> {
    let bytes = fs::read(shared_data::path(&format!("calls/{name}"))?).expect("readable");
    let text = std::str::from_utf8(&bytes).expect("text");
    let offered = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(4))
        .map(|field| field.parse::<u64>().expect("count"))
        .sum();
    Some((parse(&bytes), offered))
}

#[test]
fn bank_na_comes_in_whole_and_misses_six_holidays() {
    let Some((file, offered)) = read("bank_na_2003_5min.csv") else { return };
    assert_eq!(file.faults.total(), 0);
    assert_eq!((file.rows_read, file.rows_taken), (21_970, 21_970));
    assert_eq!(file.series.len(), 1);
    assert_eq!(file.series[0].offered(), offered);
    let report = gaps(&file.series[0]);
    assert_eq!(report.missing_days.len(), 6, "{report:?}");
    assert!(report.missing_days.contains(&date(2003, 7, 4)));
    assert_eq!(report.missing_intervals, 0);
}

#[test]
fn the_hour_that_bank_il_skips_is_mapped_forward_and_counted() {
    let Some((file, offered)) = read("bank_il_1999_30min.csv") else { return };
    assert_eq!((file.faults.total(), file.mapped_forward, file.repeated), (0, 2, 2));
    let series = &file.series[0];
    assert_eq!(series.offered(), offered, "nothing is lost in the skipped hour");
    assert_eq!(file.rows_taken, series.rows().len() as u64 + 2);
    let flagged: Vec<_> = series
        .rows()
        .iter()
        .filter(|row| row.mapped_forward)
        .map(|row| row.start.to_string())
        .collect();
    assert_eq!(flagged, ["1999-04-02T00:00:00Z", "1999-04-02T00:30:00Z"]);
    assert_eq!(gaps(series).missing_days, []);
}

#[test]
fn the_missing_hours_of_seattle_are_listed_but_not_those_its_clocks_skip() {
    let Some((file, offered)) = read("seattle_fire911_2017_2022_60min.csv") else { return };
    assert_eq!(file.faults.total(), 0);
    assert_eq!(file.series[0].offered(), offered);
    let report = gaps(&file.series[0]);
    assert_eq!(report.missing_days, []);
    assert_eq!(report.missing_intervals, 65 - 6, "six spring hours are in no clock");
    assert_eq!(report.holes.iter().map(|hole| hole.seconds()).sum::<i64>(), 59 * 3600);
}
