//! A roster as CSV: out for people and other programs, and in again.
//!
//! One row for each shift. Columns, in any order: `agent` (number in the company), `starts` (local wall
//! time of the site, `YYYY-MM-DDTHH:MM`, where clocks show it twice with an offset, `+01:00`),
//! `activities` (in order, each with its minutes: `ON_QUEUE 240; MEAL 30 unpaid; ON_QUEUE 210`); `ends`
//! is written, and must agree where it is read; `needs` (skills that the shift asks for, by code, each
//! with its lowest grade: `english 3; vip 1`) may be left out. Other columns are passed over.

mod fault;
mod needs;

use std::{collections::BTreeMap, fmt::Write as _};

use csv::ByteRecord;
use jiff::{Timestamp, civil, tz::TimeZone};

use super::{Activity, ActivityCategory, NewShift, Shift};
use crate::{
    file_lines::FileLines,
    id::{AgentId, ShiftId, SiteId, SkillId},
    time::{Span, instant_of_local, local_of_instant},
};

use needs::{read_needs, show_needs};

pub use fault::{RosterFault, RosterRule};

const AGENT: &str = "agent";
const STARTS: &str = "starts";
const ENDS: &str = "ends";
const ACTIVITIES: &str = "activities";
const NEEDS: &str = "needs";

/// What a file is read for.
#[derive(Debug, Clone)]
pub struct RosterAsk<'a> {
    /// Where its shifts are worked.
    pub site: SiteId,
    /// Zone of the site.
    pub zone: &'a TimeZone,
    /// Agents that may stand in it, by number.
    pub agents: &'a BTreeMap<String, AgentId>,
    /// Skills that its shifts may ask for, by code.
    pub skills: &'a BTreeMap<String, SkillId>,
    /// First date on which its shifts may count.
    pub first: civil::Date,
    /// Last date.
    pub last: civil::Date,
}

/// What a file held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RosterFile {
    /// Sound shifts, each with the line on which it stands.
    pub shifts: Vec<(u64, Shift)>,
    /// What is wrong with the others, in order of lines.
    pub faults: Vec<RosterFault>,
    /// Rows under the header.
    pub rows_read: u64,
}

/// Most rows that are read; the next one is a fault.
pub const MOST_ROWS: u64 = 20_000;

/// Reads a file. It never fails: what cannot be read is a fault, and a faulty row is left out.
#[must_use]
pub fn read_roster(
    file: &[u8],
    ask: &RosterAsk<'_>,
    mut next_id: impl FnMut() -> ShiftId,
) -> RosterFile {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let mut found = RosterFile::default();
    let mut record = ByteRecord::new();
    let mut lines = FileLines::of(file);
    // Reading from memory does not fail, and a flexible reader takes rows of any length.
    if !matches!(reader.read_byte_record(&mut record), Ok(true)) {
        record.clear();
    }
    let Some(header) = Header::read(&record, &mut found.faults) else { return found };
    while matches!(reader.read_byte_record(&mut record), Ok(true)) {
        found.rows_read += 1;
        let line = lines.begin(&record);
        if found.rows_read > MOST_ROWS {
            let most = MOST_ROWS.to_string();
            found.faults.push(RosterFault::new(line, "", RosterRule::TooManyRows, "", &most));
            break;
        }
        match header.shift(line, &record, ask, &mut next_id) {
            Ok(shift) => found.shifts.push((line, shift)),
            Err(mut faults) => found.faults.append(&mut faults),
        }
    }
    found
}

/// Where each column stands.
struct Header {
    agent: usize,
    starts: usize,
    activities: usize,
    ends: Option<usize>,
    needs: Option<usize>,
    width: usize,
}

impl Header {
    fn read(record: &ByteRecord, faults: &mut Vec<RosterFault>) -> Option<Self> {
        let at = |column: &str| record.iter().position(|it| it.trim_ascii() == column.as_bytes());
        let mut needed = |column: &'static str| {
            let place = at(column);
            if place.is_none() {
                let names: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
                let (rule, value) = (RosterRule::MissingColumn, names.join(","));
                faults.push(RosterFault::new(1, column, rule, &value, column));
            }
            place
        };
        let (agent, starts, activities) = (needed(AGENT), needed(STARTS), needed(ACTIVITIES));
        Some(Self {
            agent: agent?,
            starts: starts?,
            activities: activities?,
            ends: at(ENDS),
            needs: at(NEEDS),
            width: record.len(),
        })
    }

    fn shift(
        &self,
        line: u64,
        record: &ByteRecord,
        ask: &RosterAsk<'_>,
        next_id: &mut impl FnMut() -> ShiftId,
    ) -> Result<Shift, Vec<RosterFault>> {
        if record.len() != self.width {
            let (found, wanted) = (record.len().to_string(), self.width.to_string());
            let rule = RosterRule::WrongFieldCount;
            return Err(vec![RosterFault::new(line, "", rule, &found, &wanted)]);
        }
        let mut faults = Vec::new();
        let mut field = |column: &'static str, place: usize| {
            let bytes = record.get(place).unwrap_or_default().trim_ascii();
            let text = std::str::from_utf8(bytes).ok();
            let rule = match text {
                None => RosterRule::NotUtf8,
                Some("") => RosterRule::Empty,
                Some(text) => return Some(text),
            };
            faults.push(RosterFault::new(line, column, rule, &String::from_utf8_lossy(bytes), ""));
            None
        };
        let (agent, starts) = (field(AGENT, self.agent), field(STARTS, self.starts));
        let activities = field(ACTIVITIES, self.activities);
        let given =
            |place: &usize| record.get(*place).is_some_and(|it| !it.trim_ascii().is_empty());
        let ends = self.ends.filter(given).and_then(|place| field(ENDS, place));
        let needs = self.needs.filter(given).and_then(|place| field(NEEDS, place));
        let mut refuse = |column, rule, value: &str, expected: &str| {
            faults.push(RosterFault::new(line, column, rule, value, expected));
        };
        let agent = agent.and_then(|number| {
            let found = ask.agents.get(number).copied();
            if found.is_none() {
                refuse(AGENT, RosterRule::UnknownAgent, number, "");
            }
            found
        });
        let start = starts.and_then(|text| {
            let found = read_time(text, ask.zone);
            match found {
                None => refuse(STARTS, RosterRule::NotATime, text, EXAMPLE),
                Some(at) => {
                    let date = local_of_instant(at, ask.zone).date();
                    if !(ask.first..=ask.last).contains(&date) {
                        let days = format!("{} – {}", ask.first, ask.last);
                        refuse(STARTS, RosterRule::OutsideTheDays, text, &days);
                    }
                }
            }
            found
        });
        let parts = activities.and_then(|text| {
            let found = read_parts(text);
            if found.is_none() {
                refuse(ACTIVITIES, RosterRule::NotActivities, text, "ON_QUEUE 240; MEAL 30 unpaid");
            }
            found
        });
        let needs = needs.map_or(Ok(Vec::new()), |text| read_needs(text, ask.skills));
        let needs = needs.unwrap_or_else(|(rule, value, expected)| {
            refuse(NEEDS, rule, value, &expected);
            Vec::new()
        });
        let (Some(agent), Some(start), Some(parts)) = (agent, start, parts) else {
            return Err(faults);
        };
        let mut end = start;
        let mut activities = Vec::with_capacity(parts.len());
        for (category, minutes, paid) in parts {
            let span = Span::of_seconds(end, minutes * 60);
            end = span.end();
            activities.push(Activity { category, span, paid });
        }
        if let Some(text) = ends.filter(|text| read_time(text, ask.zone) != Some(end)) {
            refuse(ENDS, RosterRule::EndsDiffer, text, &show_time(end, ask.zone));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let new = NewShift {
            id: next_id(),
            agent,
            site: ask.site,
            span: Span::new(start, end).unwrap_or(Span::of_seconds(start, 0)),
            activities,
            needs,
            version: 1,
        };
        Shift::new(new, ask.zone).map_err(|error| {
            let rule = RosterRule::NotAShift;
            vec![RosterFault::new(line, ACTIVITIES, rule, &error.to_string(), "")]
        })
    }
}

const EXAMPLE: &str = "2026-03-04T09:00";

/// A local time, or one with an offset where clocks show it twice.
fn read_time(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return (instant.as_second() % 60 == 0).then_some(instant);
    }
    let local: civil::DateTime = text.parse().ok()?;
    (local.second() == 0 && text.len() >= EXAMPLE.len()).then(|| instant_of_local(local, zone).0)
}

/// The local time of an instant, with its offset only where that is needed to find it again.
fn show_time(at: Timestamp, zone: &TimeZone) -> String {
    let local = local_of_instant(at, zone);
    let text = local.strftime("%Y-%m-%dT%H:%M").to_string();
    if instant_of_local(local, zone).0 == at {
        return text;
    }
    let minutes = zone.to_offset(at).seconds() / 60;
    let (sign, minutes) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
    format!("{text}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// `ON_QUEUE 240; MEAL 30 unpaid`.
fn read_parts(text: &str) -> Option<Vec<(ActivityCategory, i64, bool)>> {
    let part = |part: &str| {
        let mut words = part.split_whitespace();
        let category = ActivityCategory::parse(words.next()?)?;
        let minutes: u16 = words.next()?.parse().ok().filter(|minutes| *minutes > 0)?;
        let paid = match words.next() {
            None => true,
            Some("unpaid") => false,
            Some(_) => return None,
        };
        words.next().is_none().then_some((category, i64::from(minutes), paid))
    };
    text.split(';').map(part).collect()
}

/// Writes shifts as a file that [`read_roster`] takes, by start; those of agents without a number are
/// left out. A skill without a code is written by its id.
#[must_use]
pub fn write_roster(
    shifts: &[Shift],
    numbers: &BTreeMap<AgentId, String>,
    skills: &BTreeMap<SkillId, String>,
    zone: &TimeZone,
) -> String {
    let mut shifts: Vec<&Shift> = shifts.iter().collect();
    shifts.sort_by_key(|shift| (shift.span(), shift.agent()));
    let mut text = format!("{AGENT},{STARTS},{ENDS},{ACTIVITIES},{NEEDS}\n");
    for shift in shifts {
        let Some(number) = numbers.get(&shift.agent()) else { continue };
        let (starts, ends) = (shift.span().start(), shift.span().end());
        let parts: Vec<String> = shift.activities().iter().map(show_part).collect();
        // Writing into a string cannot fail.
        let _ = writeln!(
            text,
            "{},{},{},{},{}",
            quoted(number),
            show_time(starts, zone),
            show_time(ends, zone),
            parts.join("; "),
            quoted(&show_needs(shift.needs(), skills))
        );
    }
    text
}

fn show_part(activity: &Activity) -> String {
    let unpaid = if activity.paid { "" } else { " unpaid" };
    format!("{} {}{unpaid}", activity.category.as_str(), activity.span.seconds() / 60)
}

/// A field as RFC 4180 writes it.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field.to_owned()
}

#[cfg(test)]
mod tests;
