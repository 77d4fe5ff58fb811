//! The fields of one row of the common CSV form, each checked by itself.

use csv::ByteRecord;
use jiff::{Timestamp, civil, tz::TimeZone};

use super::fault::{FaultRule, Faults, RowFault};
use crate::{
    spelling::edit_distance,
    time::{Grain, local_of_instant},
};

/// Longest mean handle time that is taken for one: a day.
const MAX_HANDLE_TIME: f64 = 86_400.0;

/// The columns of the common form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    IntervalStart,
    Tz,
    Queue,
    IntervalMinutes,
    Offered,
    Site,
    Answered,
    Abandoned,
    AhtSeconds,
}

impl Column {
    const ALL: [Self; 9] = [
        Self::IntervalStart,
        Self::Tz,
        Self::Queue,
        Self::IntervalMinutes,
        Self::Offered,
        Self::Site,
        Self::Answered,
        Self::Abandoned,
        Self::AhtSeconds,
    ];
    /// The first five must be there.
    const REQUIRED: usize = 5;

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::IntervalStart => "interval_start",
            Self::Tz => "tz",
            Self::Queue => "queue",
            Self::IntervalMinutes => "interval_minutes",
            Self::Offered => "offered",
            Self::Site => "site",
            Self::Answered => "answered",
            Self::Abandoned => "abandoned",
            Self::AhtSeconds => "aht_seconds",
        }
    }

    /// Whether a column is called so.
    fn is(name: &str) -> bool {
        Self::ALL.iter().any(|column| column.name() == name)
    }

    /// The name in the header that nearly is that of this column, and of no other.
    fn misspelt(self, names: &[String]) -> Option<&str> {
        let slips = (self.name().len() / 3).min(3);
        let near = |name: &str| edit_distance(&name.to_lowercase(), self.name());
        let others = names.iter().map(String::as_str).filter(|name| !Self::is(name));
        others.filter(|name| near(name) <= slips).min_by_key(|name| near(name))
    }
}

/// Where each column stands in the rows of this file.
pub(super) struct Header {
    at: [Option<usize>; 9],
    width: usize,
}

impl Header {
    /// Reads the first line; `None` when a required column is missing. A line that names no column at
    /// all is no header, which is one fault and not one for each column.
    pub(super) fn read(record: &ByteRecord, faults: &mut Faults) -> Option<Self> {
        let names: Vec<String> = record
            .iter()
            .map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned())
            .collect();
        let mut fault = |column: &'static str, rule, remedy| {
            faults.push(RowFault { row: 1, column, rule, value: names.join(","), remedy });
        };
        let required = &Column::ALL[..Column::REQUIRED];
        if !names.iter().any(|name| Column::is(name))
            && required.iter().all(|column| column.misspelt(&names).is_none())
        {
            let wanted = required.iter().map(|column| column.name()).collect::<Vec<_>>();
            let remedy = vec![("expected", wanted.join(", "))];
            fault("", FaultRule::MissingColumn, remedy);
            return None;
        }
        let mut at = [None; 9];
        let mut sound = true;
        for (column, place) in Column::ALL.into_iter().zip(&mut at) {
            let mut places = (0..names.len()).filter(|place| names[*place] == column.name());
            *place = places.next();
            let mut remedy = vec![("expected", column.name().to_owned())];
            let rule = match (*place, places.next()) {
                (None, _) if (column as usize) < Column::REQUIRED => {
                    remedy.extend(column.misspelt(&names).map(|it| ("meant", it.to_owned())));
                    FaultRule::MissingColumn
                }
                (_, Some(_)) => FaultRule::DuplicateColumn,
                _ => continue,
            };
            sound = false;
            fault(column.name(), rule, remedy);
        }
        sound.then_some(Self { at, width: record.len() })
    }
}

/// One row while it is read. Each reader of a field reports what is wrong with it and gives `None`.
pub(super) struct Fields<'a> {
    line: u64,
    header: &'a Header,
    record: &'a ByteRecord,
    faults: &'a mut Faults,
    before: u64,
}

impl<'a> Fields<'a> {
    pub(super) fn new(
        line: u64,
        header: &'a Header,
        record: &'a ByteRecord,
        faults: &'a mut Faults,
    ) -> Self {
        let before = faults.total();
        Self { line, header, record, faults, before }
    }

    /// Whether anything was wrong with this row.
    pub(super) const fn faulty(&self) -> bool {
        self.faults.total() > self.before
    }

    /// Whether the row is as wide as the header; a fault otherwise.
    pub(super) fn check_width(&mut self) -> bool {
        let right = self.record.len() == self.header.width;
        if !right {
            self.faults.push(RowFault {
                row: self.line,
                column: "",
                rule: FaultRule::WrongFieldCount,
                value: self.record.len().to_string(),
                remedy: vec![("expected", self.header.width.to_string())],
            });
        }
        right
    }

    /// Reports a fault of a field.
    pub(super) fn refuse<T>(
        &mut self,
        column: Column,
        rule: FaultRule,
        value: &str,
        remedy: (&'static str, &str),
    ) -> Option<T> {
        self.faults.push(RowFault {
            row: self.line,
            column: column.name(),
            rule,
            value: value.to_owned(),
            remedy: vec![(remedy.0, remedy.1.to_owned())],
        });
        None
    }

    /// A field that may be empty or not there.
    pub(super) fn optional(&mut self, column: Column) -> Option<&'a str> {
        let field = self.record.get(self.header.at[column as usize]?)?.trim_ascii();
        match str::from_utf8(field) {
            Ok(text) => (!text.is_empty()).then_some(text),
            Err(_) => {
                let value = String::from_utf8_lossy(field);
                self.refuse(column, FaultRule::NotUtf8, &value, ("expected", "UTF-8"))
            }
        }
    }

    /// A field that must say something.
    pub(super) fn text(&mut self, column: Column) -> Option<&'a str> {
        let before = self.faults.total();
        let text = self.optional(column);
        if text.is_none() && self.faults.total() == before {
            return self.refuse(column, FaultRule::Empty, "", ("expected", column.name()));
        }
        text
    }

    pub(super) fn local_time(&mut self) -> Option<civil::DateTime> {
        let column = Column::IntervalStart;
        let text = self.text(column)?;
        let format = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
            .into_iter()
            .find_map(|format| civil::DateTime::strptime(format, text).ok());
        format.or_else(|| {
            let expected = ("expected", "YYYY-MM-DDTHH:MM");
            self.refuse(column, FaultRule::NotALocalTime, text, expected)
        })
    }

    pub(super) fn grain(&mut self) -> Option<Grain> {
        let column = Column::IntervalMinutes;
        let text = self.text(column)?;
        text.parse().ok().and_then(Grain::from_minutes).or_else(|| {
            let expected = ("expected", "5, 15, 30, 60, 1440");
            self.refuse(column, FaultRule::UnsupportedGrain, text, expected)
        })
    }

    pub(super) fn check_on_grain(&mut self, local: civil::DateTime, grain: Grain) {
        let minutes = i32::from(local.hour()) * 60 + i32::from(local.minute());
        if minutes % i32::from(grain.minutes()) != 0 || local.second() != 0 {
            let value = local.strftime("%Y-%m-%dT%H:%M:%S").to_string();
            let grain = grain.minutes().to_string();
            let remedy = ("multiple_of_minutes", grain.as_str());
            self.refuse::<()>(Column::IntervalStart, FaultRule::NotOnGrain, &value, remedy);
        }
    }

    /// History tells of intervals that have begun.
    pub(super) fn check_begun(&mut self, start: Timestamp, zone: &TimeZone, now: Timestamp) {
        if start > now {
            let text = |instant| local_of_instant(instant, zone).strftime("%Y-%m-%dT%H:%M");
            let (value, clock) = (text(start).to_string(), text(now).to_string());
            let expected = ("expected", clock.as_str());
            self.refuse::<()>(Column::IntervalStart, FaultRule::InTheFuture, &value, expected);
        }
    }

    pub(super) fn count(&mut self, column: Column) -> Option<u32> {
        let text = self.text(column)?;
        self.whole(column, text)
    }

    pub(super) fn optional_count(&mut self, column: Column) -> Option<u32> {
        let text = self.optional(column)?;
        self.whole(column, text)
    }

    fn whole(&mut self, column: Column, text: &str) -> Option<u32> {
        let rule = match text.parse::<i128>() {
            Ok(number) if number < 0 => FaultRule::Negative,
            Ok(number) => match u32::try_from(number) {
                Ok(count) => return Some(count),
                Err(_) => FaultRule::TooLarge,
            },
            Err(_) => FaultRule::NotANumber,
        };
        self.refuse(column, rule, text, ("expected", "0, 1, 2 … 4294967295"))
    }

    pub(super) fn handle_time(&mut self) -> Option<f64> {
        let column = Column::AhtSeconds;
        let text = self.optional(column)?;
        let rule = match text.parse::<f64>() {
            Ok(number) if number < 0.0 => FaultRule::Negative,
            Ok(number) if number <= MAX_HANDLE_TIME => return Some(number),
            Ok(number) if number.is_finite() => FaultRule::TooLarge,
            _ => FaultRule::NotANumber,
        };
        self.refuse(column, rule, text, ("expected", "0 … 86400, such as 180.5"))
    }

    /// Mean handle time times calls answered, rounded to whole seconds.
    pub(super) fn handle_seconds(
        &mut self,
        mean: Option<f64>,
        answered: Option<u32>,
    ) -> Option<u64> {
        let mean = mean?;
        let Some(answered) = answered else {
            let rule = FaultRule::HandleTimeWithoutAnswered;
            let remedy = ("expected", Column::Answered.name());
            return self.refuse(Column::AhtSeconds, rule, &mean.to_string(), remedy);
        };
        Some((mean * f64::from(answered)).round() as u64)
    }
}
