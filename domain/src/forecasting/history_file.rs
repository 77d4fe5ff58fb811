//! The common CSV form of history.
//!
//! Columns, in any order: `interval_start` (local wall time, `YYYY-MM-DDTHH:MM`), `tz` (IANA zone),
//! `queue`, `interval_minutes`, `offered`; then, optional or empty, `site`, `answered`,
//! `abandoned`, `aht_seconds`. Unknown columns are passed over. Fields are separated by commas,
//! semicolons or tabs, as the header has them. A faulty row is left out and reported with everything
//! that is wrong with it; the others are taken.

use std::collections::{BTreeMap, HashMap};

use jiff::{Timestamp, civil, tz::TimeZone};

use super::fault::{FaultRule, Faults, RowFault};
use super::fields::{Column, Fields, Header};
use super::history::{HistoryRow, Series, SeriesKey};
use crate::time::{Grain, LocalMapping, instant_of_local, start_of_day};

/// What a file held.
#[derive(Debug, Clone, Default)]
pub struct HistoryFile {
    /// The rows taken, per queue, site and grain, in that order.
    pub series: Vec<Series>,
    /// Everything that was wrong.
    pub faults: Faults,
    /// Rows under the header.
    pub rows_read: u64,
    /// Rows that were taken.
    pub rows_taken: u64,
    /// Rows taken whose local time does not exist, summed into the interval they map forward to.
    pub mapped_forward: u64,
    /// Rows taken whose local time exists twice, taken as the first.
    pub repeated: u64,
}

/// Why the rows of a series cannot be taken, however sound they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule that they break.
    pub rule: FaultRule,
    /// What would be right.
    pub expected: String,
}

impl Refusal {
    /// Where the fault lies, and what stands there.
    fn column_and_value(&self, key: &SeriesKey) -> (Column, String) {
        match self.rule {
            FaultRule::UnknownSite | FaultRule::SiteRequired => {
                (Column::Site, key.site.clone().unwrap_or_default())
            }
            FaultRule::GrainDiffers => (Column::IntervalMinutes, key.grain.minutes().to_string()),
            _ => (Column::Queue, key.queue.clone()),
        }
    }
}

/// Reads a file in the common form, whenever its intervals are. It never fails: what cannot be read
/// is a fault.
#[must_use]
pub fn parse(file: &[u8]) -> HistoryFile {
    parse_for(file, Timestamp::MAX, |_| None)
}

/// Reads a file in the common form at the instant `now`, by which intervals must have begun, for
/// somebody who may refuse whole series: no row of them is taken, and the first one has the fault.
#[must_use]
pub fn parse_for(
    file: &[u8],
    now: Timestamp,
    refuse: impl Fn(&SeriesKey) -> Option<Refusal>,
) -> HistoryFile {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(file))
        .from_reader(file);
    let mut found = Found::default();
    let mut record = csv::ByteRecord::new();
    // Reading from memory does not fail, and a flexible reader takes rows of any length.
    if !matches!(reader.read_byte_record(&mut record), Ok(true)) {
        record.clear();
    }
    let Some(header) = Header::read(&record, &mut found.faults) else {
        return found.finish();
    };
    while matches!(reader.read_byte_record(&mut record), Ok(true)) {
        let line = record.position().map_or(0, csv::Position::line);
        found.rows_read += 1;
        let mut fields = Fields::new(line, &header, &record, &mut found.faults);
        if !fields.check_width() {
            continue;
        }
        if let Some(row) = read_row(&mut fields, &mut found.zones, now) {
            found.take(line, row, &refuse);
        }
    }
    found.finish()
}

/// What separates fields: whichever the header has most. The names of columns have none of them;
/// spreadsheets write semicolons where the comma is the decimal sign, and tabs when asked for text.
fn separator(file: &[u8]) -> u8 {
    let header = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| header.iter().filter(|byte| **byte == separator).count();
    // Of equally many the last one is taken, so the comma stands there.
    [b'\t', b';', b','].into_iter().max_by_key(|it| count(*it)).unwrap_or(b',')
}

/// A row whose fields are all sound by themselves.
struct Row {
    key: SeriesKey,
    zone_name: String,
    local: civil::DateTime,
    figures: HistoryRow,
}

fn read_row(
    fields: &mut Fields<'_>,
    zones: &mut HashMap<String, TimeZone>,
    now: Timestamp,
) -> Option<Row> {
    let local = fields.local_time();
    let zone_name = fields.text(Column::Tz);
    let zone = zone_name.and_then(|name| {
        if let Some(zone) = zones.get(name) {
            return Some(zone.clone());
        }
        match TimeZone::get(name) {
            Ok(zone) => Some(zones.entry(name.to_owned()).or_insert(zone).clone()),
            Err(_) => fields.refuse(Column::Tz, FaultRule::UnknownZone, name, ("expected", "IANA")),
        }
    });
    let queue = fields.text(Column::Queue);
    let site = fields.optional(Column::Site);
    let grain = fields.grain();
    if let (Some(local), Some(grain)) = (local, grain) {
        fields.check_on_grain(local, grain);
    }
    let begins = match (local, &zone) {
        (Some(local), Some(zone)) => {
            let begins = instant_of_local(local, zone);
            fields.check_begun(begins.0, zone, now);
            Some(begins)
        }
        _ => None,
    };
    let offered = fields.count(Column::Offered);
    let answered = fields.optional_count(Column::Answered);
    let abandoned = fields.optional_count(Column::Abandoned);
    let handle_time = fields.handle_time();
    if let Some(offered) = offered {
        fields.check_sum(offered, answered, abandoned);
    }
    let handle_seconds = fields.handle_seconds(handle_time, answered);
    if fields.faulty() {
        return None;
    }

    let (local, grain, zone) = (local?, grain?, zone?);
    let (mut start, mapping) = begins?;
    if grain == Grain::Day {
        start = start_of_day(local.date(), &zone);
    }
    Some(Row {
        key: SeriesKey { queue: queue?.to_owned(), site: site.map(str::to_owned), grain },
        zone_name: zone_name?.to_owned(),
        local,
        figures: HistoryRow {
            start,
            offered: offered?,
            answered,
            abandoned,
            handle_seconds,
            mapped_forward: mapping == LocalMapping::Skipped && grain != Grain::Day,
            repeated: mapping == LocalMapping::Repeated && grain != Grain::Day,
            source_rows: 1,
        },
    })
}

#[derive(Default)]
struct Found {
    series: BTreeMap<SeriesKey, Collected>,
    zones: HashMap<String, TimeZone>,
    faults: Faults,
    rows_read: u64,
}

struct Collected {
    zone_name: String,
    first_row: u64,
    refused: bool,
    rows: Vec<HistoryRow>,
    /// Lines on which a local time stood. The clocks show some times twice; then two rows are right.
    seen: HashMap<civil::DateTime, (u64, u8)>,
}

impl Found {
    fn take(&mut self, line: u64, row: Row, refuse: &impl Fn(&SeriesKey) -> Option<Refusal>) {
        let Row { key, zone_name, local, figures } = row;
        let faults = &mut self.faults;
        let series = self.series.entry(key).or_insert_with_key(|key| {
            let refusal = refuse(key);
            let refused = refusal.is_some();
            if let Some(refusal) = refusal {
                let (column, value) = refusal.column_and_value(key);
                faults.push(RowFault {
                    row: line,
                    column: column.name(),
                    rule: refusal.rule,
                    value,
                    remedy: vec![("expected", refusal.expected)],
                });
            }
            Collected {
                zone_name: zone_name.clone(),
                first_row: line,
                refused,
                rows: Vec::new(),
                seen: HashMap::new(),
            }
        });
        if series.refused {
            return;
        }
        if series.zone_name != zone_name {
            self.faults.push(RowFault {
                row: line,
                column: Column::Tz.name(),
                rule: FaultRule::ZoneDiffers,
                value: zone_name,
                remedy: vec![
                    ("expected", series.zone_name.clone()),
                    ("first_row", series.first_row.to_string()),
                ],
            });
            return;
        }
        let (first, times) = series.seen.entry(local).or_insert((line, 0));
        if *times > u8::from(figures.repeated) {
            self.faults.push(RowFault {
                row: line,
                column: Column::IntervalStart.name(),
                rule: FaultRule::DuplicateInterval,
                value: local.strftime("%Y-%m-%dT%H:%M").to_string(),
                remedy: vec![("first_row", first.to_string())],
            });
            return;
        }
        *times += 1;
        series.rows.push(figures);
    }

    fn finish(self) -> HistoryFile {
        let mut file = HistoryFile {
            rows_read: self.rows_read,
            faults: self.faults,
            ..HistoryFile::default()
        };
        for (key, collected) in self.series {
            // A zone is in the table before a row of it is taken.
            let Some(zone) = self.zones.get(&collected.zone_name) else { continue };
            for row in &collected.rows {
                file.rows_taken += 1;
                file.mapped_forward += u64::from(row.mapped_forward);
                file.repeated += u64::from(row.repeated);
            }
            if !collected.rows.is_empty() {
                file.series.push(Series::new(key, zone.clone(), collected.rows));
            }
        }
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "interval_start,tz,queue,interval_minutes,offered,answered,abandoned,aht_seconds\n";

    fn file(rows: &str) -> HistoryFile {
        parse(format!("{HEADER}{rows}").as_bytes())
    }

    fn faults(rows: &str) -> Vec<(u64, &'static str, &'static str)> {
        let found = file(rows).faults;
        found.kept().iter().map(|fault| (fault.row, fault.column, fault.rule.code())).collect()
    }

    #[test]
    fn a_handle_time_becomes_seconds_of_the_answered_calls() {
        let found = file("2026-03-04T10:00,Asia/Shanghai,presale,30,100,96,4,180.26\n");
        let row = &found.series[0].rows()[0];
        assert_eq!(row.handle_seconds, Some(17_305), "96 × 180.26 = 17304.96");
        assert_eq!(row.start.to_string(), "2026-03-04T02:00:00Z");
        assert_eq!((row.answered, row.abandoned), (Some(96), Some(4)));
    }

    #[test]
    fn every_fault_of_a_row_is_named() {
        let found = faults("2026-03-04 10am,Asia/Shanghia,,20,-1,x,1e9,-3\n");
        assert_eq!(
            found,
            [
                (2, "interval_start", "NOT_A_LOCAL_TIME"),
                (2, "tz", "UNKNOWN_ZONE"),
                (2, "queue", "EMPTY"),
                (2, "interval_minutes", "UNSUPPORTED_GRAIN"),
                (2, "offered", "NEGATIVE"),
                (2, "answered", "NOT_A_NUMBER"),
                (2, "abandoned", "NOT_A_NUMBER"),
                (2, "aht_seconds", "NEGATIVE"),
            ]
        );
    }

    #[test]
    fn a_faulty_row_leaves_the_others_alone() {
        let found = file(
            "2026-03-04T10:00,Asia/Shanghai,presale,30,7,,,\n\
             2026-03-04T10:40,Asia/Shanghai,presale,30,8,,,\n\
             2026-03-04T11:00,Asia/Shanghai,presale,30,9,,,\n",
        );
        assert_eq!((found.rows_read, found.rows_taken), (3, 2));
        assert_eq!(found.series[0].offered(), 16);
        let fault = &found.faults.kept()[0];
        assert_eq!((fault.row, fault.rule), (3, FaultRule::NotOnGrain));
    }

    #[test]
    fn an_interval_given_twice_is_a_fault_that_names_the_first() {
        let found = file(
            "2026-03-04T10:00,Asia/Shanghai,presale,30,7,,,\n\
             2026-03-04T10:00,Asia/Shanghai,presale,30,7,,,\n",
        );
        let fault = &found.faults.kept()[0];
        assert_eq!((fault.row, fault.rule), (3, FaultRule::DuplicateInterval));
        assert_eq!(fault.remedy, [("first_row", "2".to_owned())]);
        assert_eq!(found.series[0].offered(), 7);
    }

    #[test]
    fn a_repeated_hour_may_stand_twice_but_not_three_times() {
        let row = "2026-10-25T02:30,Europe/Berlin,presale,30,5,,,\n";
        let found = file(&row.repeat(3));
        assert_eq!((found.rows_taken, found.repeated, found.faults.total()), (2, 2, 1));
        let row = &found.series[0].rows()[0];
        assert_eq!((row.offered, row.source_rows), (10, 2));
        assert_eq!(row.start.to_string(), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn skipped_time_is_summed_into_the_interval_it_maps_to() {
        let found = file(
            "2026-03-29T02:30,Europe/Berlin,presale,30,5,,,\n\
             2026-03-29T03:30,Europe/Berlin,presale,30,6,,,\n",
        );
        assert_eq!((found.mapped_forward, found.faults.total()), (1, 0));
        let row = &found.series[0].rows()[0];
        assert_eq!((row.offered, row.mapped_forward), (11, true));
    }

    #[test]
    fn a_missing_column_is_reported_before_any_row() {
        let found = parse(b"interval_start,tz,queue,offered\n2026-03-04T10:00,Asia/Shanghai,a,1\n");
        assert_eq!(found.faults.total(), 1);
        let fault = &found.faults.kept()[0];
        assert_eq!((fault.row, fault.column), (1, "interval_minutes"));
        assert_eq!(fault.rule, FaultRule::MissingColumn);
        assert!(found.series.is_empty());
        assert_eq!(parse(b"").faults.total(), 5, "each required column");
    }

    #[test]
    fn more_answered_and_abandoned_than_offered_is_refused() {
        let found = faults("2026-03-04T10:00,Asia/Shanghai,presale,30,10,8,3,\n");
        assert_eq!(found, [(2, "offered", "ANSWERED_PLUS_ABANDONED_ABOVE_OFFERED")]);
    }

    #[test]
    fn a_queue_keeps_one_zone() {
        let found = faults(
            "2026-03-04T10:00,Asia/Shanghai,presale,30,7,,,\n\
             2026-03-04T10:30,Asia/Tokyo,presale,30,7,,,\n",
        );
        assert_eq!(found, [(3, "tz", "ZONE_DIFFERS")]);
    }

    #[test]
    fn days_start_when_their_zone_says() {
        // Cairo skips midnight on 24 April 2026: the day starts at one o'clock.
        let found = file("2026-04-24T00:00,Africa/Cairo,presale,1440,900,,,\n");
        assert_eq!(found.series[0].rows()[0].start.to_string(), "2026-04-23T22:00:00Z");
        assert_eq!(found.mapped_forward, 0);
    }

    #[test]
    fn what_is_still_to_come_is_no_history() {
        let now = "2026-03-04T02:15:00Z".parse().expect("instant");
        let rows = "2026-03-04T10:00,Asia/Shanghai,presale,30,7,,,\n\
                    2026-03-04T10:30,Asia/Shanghai,presale,30,7,9,,\n\
                    2026-03-04T10:00,Asia/Tokyo,tokyo,30,7,,,\n";
        let found = parse_for(format!("{HEADER}{rows}").as_bytes(), now, |_| None);
        let faults: Vec<_> =
            found.faults.kept().iter().map(|it| (it.row, it.column, it.rule.code())).collect();
        let sum = (3, "offered", "ANSWERED_PLUS_ABANDONED_ABOVE_OFFERED");
        let future = (3, "interval_start", "IN_THE_FUTURE");
        assert_eq!(faults, [future, sum], "the interval that runs is told");
        let fault = &found.faults.kept()[0];
        assert_eq!(fault.remedy, [("expected", "2026-03-04T10:15".to_owned())], "by its own clock");
        assert_eq!(found.rows_taken, 2);
    }

    #[test]
    fn fields_may_be_separated_by_semicolons_or_tabs() {
        let rows = "2026-03-04T10:00,Asia/Shanghai,presale,30,100,96,4,180.26\n";
        let text = format!("{HEADER}{rows}");
        let usual = parse(text.as_bytes());
        for separator in [";", "\t"] {
            let found = parse(text.replace(',', separator).as_bytes());
            assert_eq!(found.faults.total(), 0, "{:?}", found.faults);
            assert_eq!(found.series[0].rows(), usual.series[0].rows());
        }
        let decimal = text.replace(',', ";").replace("180.26", "180,26");
        let found = parse(decimal.as_bytes());
        let fault = &found.faults.kept()[0];
        assert_eq!((fault.column, fault.rule), ("aht_seconds", FaultRule::NotANumber));
    }

    #[test]
    fn short_rows_and_bytes_that_are_not_text_are_faults() {
        assert_eq!(faults("2026-03-04T10:00,Asia/Shanghai\n"), [(2, "", "WRONG_FIELD_COUNT")]);
        let mut bytes = HEADER.as_bytes().to_vec();
        bytes.extend_from_slice(b"2026-03-04T10:00,Asia/Shanghai,\xff\xfe,30,7,,,\n");
        let found = parse(&bytes);
        let fault = &found.faults.kept()[0];
        assert_eq!((fault.column, fault.rule), ("queue", FaultRule::NotUtf8));
    }

    #[test]
    fn a_site_keeps_its_own_series() {
        let found = parse(
            b"\xef\xbb\xbfsite,interval_start,tz,queue,interval_minutes,offered\n\
              GZ,2026-03-04T10:00,Asia/Shanghai,presale,30,7\n\
              ,2026-03-04T10:00,Asia/Shanghai,presale,30,1\n",
        );
        let sites: Vec<_> = found.series.iter().map(|series| series.key.site.as_deref()).collect();
        assert_eq!(sites, [None, Some("GZ")]);
    }
}
