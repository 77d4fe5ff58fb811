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
use crate::file_lines::FileLines;
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
    /// Rows taken of which more calls left the queue than came into it; see
    /// [`HistoryRow::is_carried_over`].
    pub carried_over: u64,
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

/// The rows of a series of which none can be taken. Its fault is told once, at the first of them.
#[derive(Debug, Default)]
struct RefusedRows {
    /// Place of the fault among those kept.
    fault: usize,
    count: u64,
    /// Lines of the first few.
    first: Vec<u64>,
}

impl RefusedRows {
    /// Lines that are told.
    const TOLD: usize = 5;

    fn note(&mut self, line: u64) {
        self.count += 1;
        if self.first.len() < Self::TOLD {
            self.first.push(line);
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
/// somebody who may refuse whole series: no row of them is taken, and the first one has the fault, which
/// says how many others there are and where.
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
    let mut lines = FileLines::of(file);
    // Reading from memory does not fail, and a flexible reader takes rows of any length.
    if !matches!(reader.read_byte_record(&mut record), Ok(true)) {
        record.clear();
    }
    let Some(header) = Header::read(&record, &mut found.faults) else {
        return found.finish();
    };
    while matches!(reader.read_byte_record(&mut record), Ok(true)) {
        let line = lines.begin(&record);
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
    refused: Option<RefusedRows>,
    rows: Vec<HistoryRow>,
    /// Lines on which a local time stood. The clocks show some times twice; then two rows are right.
    seen: HashMap<civil::DateTime, (u64, u8)>,
}

impl Found {
    fn take(&mut self, line: u64, row: Row, refuse: &impl Fn(&SeriesKey) -> Option<Refusal>) {
        let Row { key, zone_name, local, figures } = row;
        let faults = &mut self.faults;
        let series = self.series.entry(key).or_insert_with_key(|key| {
            let refused = refuse(key).map(|refusal| {
                let (column, value) = refusal.column_and_value(key);
                let fault = faults.kept().len();
                faults.push(RowFault {
                    row: line,
                    column: column.name(),
                    rule: refusal.rule,
                    value,
                    remedy: vec![("expected", refusal.expected)],
                });
                RefusedRows { fault, ..RefusedRows::default() }
            });
            Collected {
                zone_name: zone_name.clone(),
                first_row: line,
                refused,
                rows: Vec::new(),
                seen: HashMap::new(),
            }
        });
        if let Some(refused) = &mut series.refused {
            refused.note(line);
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

    fn finish(mut self) -> HistoryFile {
        for refused in self.series.values().filter_map(|it| it.refused.as_ref()) {
            if refused.count > 1 {
                self.faults.tell_rows(refused.fault, refused.count, &refused.first);
            }
        }
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
                file.carried_over += u64::from(row.is_carried_over());
            }
            if !collected.rows.is_empty() {
                file.series.push(Series::new(key, zone.clone(), collected.rows));
            }
        }
        file
    }
}

#[cfg(test)]
mod tests;
