//! Whole published files through the reader of the common form.

use std::{collections::HashSet, fs};

use jiff::{
    ToSpan as _,
    civil::{Date, date},
};
use trunkline_domain::forecasting::{
    gaps::gaps,
    history_file::{HistoryFile, parse},
};

use crate::shared_data;

/// What the reader makes of a file, beside the file itself.
struct Read {
    file: HistoryFile,
    text: String,
}

impl Read {
    fn of(name: &str) -> Option<Self> {
        let text = fs::read_to_string(shared_data::path(&format!("calls/{name}"))?).expect("text");
        Some(Self { file: parse(text.as_bytes()), text })
    }

    /// A column, taken from the file without the reader.
    fn column(&self, index: usize) -> impl Iterator<Item = &str> {
        self.text.lines().skip(1).filter_map(move |line| line.split(',').nth(index))
    }

    fn rows(&self) -> u64 {
        self.column(0).count() as u64
    }

    fn offered(&self) -> u64 {
        self.column(4).map(|field| field.parse::<u64>().expect("count")).sum()
    }
}

#[test]
fn bank_na_comes_in_whole_and_its_holidays_are_the_missing_days() {
    let Some(read) = Read::of("bank_na_2003_5min.csv") else { return };
    let file = &read.file;
    assert_eq!(file.faults.total(), 0);
    assert_eq!((file.rows_read, file.rows_taken), (read.rows(), read.rows()));
    assert_eq!(file.series.len(), 1);
    assert_eq!(file.series[0].offered(), read.offered());

    // The bank opens Monday to Friday: every other weekday that the file has not is a holiday.
    let there: HashSet<Date> =
        read.column(0).map(|start| start[..10].parse().expect("date")).collect();
    let last = *there.iter().max().expect("days");
    let holidays: Vec<Date> = date(2003, 3, 3)
        .series(1.day())
        .take_while(|day| *day <= last)
        .filter(|day| day.weekday().to_monday_zero_offset() < 5 && !there.contains(day))
        .collect();
    let report = gaps(&file.series[0]);
    assert_eq!(report.missing_days, holidays);
    assert!(holidays.contains(&date(2003, 7, 4)));
    assert_eq!(report.missing_intervals, 0);
}

#[test]
fn the_hour_that_bank_il_skips_is_mapped_forward_and_counted() {
    let Some(read) = Read::of("bank_il_1999_30min.csv") else { return };
    let file = &read.file;
    assert_eq!((file.faults.total(), file.mapped_forward, file.repeated), (0, 2, 2));
    let series = &file.series[0];
    assert_eq!(series.offered(), read.offered(), "nothing is lost in the skipped hour");
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
    let Some(read) = Read::of("seattle_fire911_2017_2022_60min.csv") else { return };
    let file = &read.file;
    assert_eq!(file.faults.total(), 0);
    assert_eq!(file.series[0].offered(), read.offered());
    let report = gaps(&file.series[0]);
    assert_eq!(report.missing_days, []);
    assert_eq!(report.missing_intervals, 65 - 6, "six spring hours are in no clock");
    assert_eq!(report.holes.iter().map(|hole| hole.seconds()).sum::<i64>(), 59 * 3600);
}
