use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    FilePart,
    development::{CareerEvent, Reward, TrainingRecord, YearlyResult},
    performance::{MonthFigures, MonthlyAttendance, MonthlyCard},
    quality::Evaluation,
};
use crate::{
    fault::{Fault, FaultCode, Rule},
    id::{FileEntryId, FileId, UserId},
};

/// Where an entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntrySource {
    /// A person wrote it.
    Person,
    /// It came with an import.
    Import,
    /// It follows from something that happened in the system.
    SystemEvent,
}

/// What supports an entry: a reference, and the checksum when it is a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it is, such as `letter` or `certificate`.
    pub kind: String,
    /// Where to find it.
    pub reference: String,
    /// SHA-256 of the document, lower-case hexadecimal.
    pub sha256: Option<String>,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Payload {
    /// A change of post, or another step of working life.
    CareerEvent(CareerEvent),
    /// A praise letter, an award.
    Reward(Reward),
    /// A course with its result.
    Training(TrainingRecord),
    /// The result of a closed year.
    YearlyResult(YearlyResult),
    /// An evaluated contact.
    Evaluation(Evaluation),
    /// The card of a month.
    MonthlyCard(MonthlyCard),
    /// What the system has counted of a month.
    MonthFigures(MonthFigures),
    /// Shifts and hours of a month.
    MonthlyAttendance(MonthlyAttendance),
}

impl Payload {
    /// Stable name of the kind, as stored.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::CareerEvent(_) => "CAREER_EVENT",
            Self::Reward(_) => "REWARD",
            Self::Training(_) => "TRAINING",
            Self::YearlyResult(_) => "YEARLY_RESULT",
            Self::Evaluation(_) => "EVALUATION",
            Self::MonthlyCard(_) => "MONTHLY_CARD",
            Self::MonthFigures(_) => "MONTH_FIGURES",
            Self::MonthlyAttendance(_) => "MONTHLY_ATTENDANCE",
        }
    }

    /// The part of the file where it belongs.
    #[must_use]
    pub const fn part(&self) -> FilePart {
        match self {
            Self::CareerEvent(_) | Self::Reward(_) => FilePart::History,
            Self::Training(_) => FilePart::MainTraining,
            Self::YearlyResult(_) => FilePart::PastResults,
            Self::Evaluation(_) => FilePart::Evaluations,
            Self::MonthlyCard(_) | Self::MonthFigures(_) => FilePart::MonthlyCards,
            Self::MonthlyAttendance(_) => FilePart::Attendance,
        }
    }
}

/// Which entry is put right, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The entry that was wrong. It stays in the audit.
    pub entry: FileEntryId,
    /// Why it was wrong.
    pub reason: String,
}

/// A dated entry of a personal file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: FileEntryId,
    /// The file.
    pub file: FileId,
    /// When it happened, local date.
    pub effective_on: Date,
    /// When it was entered.
    pub recorded_at: Timestamp,
    /// Who entered it; `None` = the system.
    pub recorded_by: Option<UserId>,
    /// Where it comes from.
    pub source: EntrySource,
    /// What supports it.
    pub evidence: Vec<Evidence>,
    /// What it says.
    pub payload: Payload,
    /// What it puts right.
    pub corrects: Option<Correction>,
}

/// The entries in force, oldest first: those that no other entry puts right.
#[must_use]
pub fn current_view(entries: &[Entry]) -> Vec<&Entry> {
    let corrected = corrected(entries);
    let mut current: Vec<_> =
        entries.iter().filter(|entry| !corrected.contains(&entry.id)).collect();
    current.sort_by_key(|entry| (entry.effective_on, entry.recorded_at, entry.id));
    current
}

/// Whether `new` may be appended to put another entry of `entries` right.
///
/// # Errors
/// INVALID_VALUE when it names no entry to correct, gives no reason, or is of another kind;
/// NOT_FOUND when the file has no such entry; INVALID_STATE `CORRECTED` when another entry was
/// faster: the newest one is to be corrected then.
pub fn correct(entries: &[Entry], new: Entry) -> Result<Entry, Fault> {
    let Some(correction) = &new.corrects else {
        return Err(Fault::invalid("corrects", Rule::CorrectedEntry));
    };
    if correction.reason.trim().is_empty() {
        return Err(Fault::invalid("reason", Rule::ReasonOfCorrection));
    }
    let old = entries
        .iter()
        .find(|entry| entry.id == correction.entry && entry.file == new.file)
        .ok_or_else(|| Fault::not_found("corrects"))?;
    if corrected(entries).contains(&old.id) {
        return Err(Fault::new(FaultCode::InvalidState).at("corrects").with("state", "CORRECTED"));
    }
    if old.payload.kind() != new.payload.kind() {
        return Err(Fault::invalid("payload", Rule::SameKindOfEntry));
    }
    Ok(new)
}

fn corrected(entries: &[Entry]) -> BTreeSet<FileEntryId> {
    entries.iter().filter_map(|entry| entry.corrects.as_ref()).map(|it| it.entry).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::archives::development::RewardKind;

    fn reward(id: u128, kind: RewardKind, effective_on: Date) -> Entry {
        Entry {
            id: FileEntryId::from_uuid(Uuid::from_u128(id)),
            file: FileId::from_uuid(Uuid::from_u128(1)),
            effective_on,
            recorded_at: Timestamp::UNIX_EPOCH,
            recorded_by: None,
            source: EntrySource::Person,
            evidence: Vec::new(),
            payload: Payload::Reward(Reward { kind, reason: "patience".into(), value: None }),
            corrects: None,
        }
    }

    fn correcting(old: &Entry, id: u128, effective_on: Date, reason: &str) -> Entry {
        let corrects = Some(Correction { entry: old.id, reason: reason.into() });
        Entry { corrects, ..reward(id, RewardKind::ExcellenceAward, effective_on) }
    }

    fn file() -> Vec<Entry> {
        vec![
            reward(1, RewardKind::ExcellenceAward, date(2026, 6, 3)),
            reward(2, RewardKind::PraiseLetter, date(2026, 5, 5)),
        ]
    }

    #[test]
    fn a_wrong_award_date_is_put_right_and_the_old_entry_stays() {
        let mut entries = file();
        let award = correcting(&entries[0], 3, date(2026, 6, 30), "day and month read wrongly");
        entries.push(correct(&entries, award).expect("a correction"));
        let dates: Vec<_> = current_view(&entries).iter().map(|it| it.effective_on).collect();
        assert_eq!(dates, [date(2026, 5, 5), date(2026, 6, 30)]);
        assert_eq!(entries.len(), 3);
    }

    #[test]
    fn an_entry_is_put_right_once_and_then_its_correction_is() {
        let mut entries = file();
        entries.push(correcting(&entries[0], 3, date(2026, 6, 30), "typing mistake"));
        let again = correcting(&entries[0], 4, date(2026, 6, 29), "another one");
        let fault = correct(&entries, again).expect_err("corrected already");
        assert_eq!(fault.code, FaultCode::InvalidState);
        let chain = correcting(&entries[2], 4, date(2026, 6, 29), "another one");
        entries.push(correct(&entries, chain).expect("a correction of the correction"));
        assert_eq!(current_view(&entries)[1].effective_on, date(2026, 6, 29));
    }

    #[test]
    fn a_correction_needs_a_reason_and_an_entry_of_the_same_kind() {
        let entries = file();
        let silent = correcting(&entries[0], 3, date(2026, 6, 30), " ");
        assert_eq!(correct(&entries, silent).expect_err("no reason").path, ["reason"]);

        let year = YearlyResult { year: 2025, score: "90".parse().expect("score"), grade: None };
        let other = Entry {
            payload: Payload::YearlyResult(year),
            ..correcting(&entries[0], 3, date(2026, 6, 30), "wrong")
        };
        assert_eq!(correct(&entries, other).expect_err("other kind").path, ["payload"]);

        let unknown = reward(9, RewardKind::PraiseLetter, date(2026, 1, 1));
        let lost = correcting(&unknown, 3, date(2026, 6, 30), "wrong");
        assert_eq!(correct(&entries, lost).expect_err("unknown").code, FaultCode::NotFound);
    }

    #[test]
    fn the_stored_name_of_a_kind_is_the_one_in_its_json() {
        let entry = reward(1, RewardKind::PraiseLetter, date(2026, 5, 5));
        let json = serde_json::to_value(&entry.payload).expect("json");
        assert_eq!(json["kind"], entry.payload.kind());
        assert_eq!(serde_json::from_value::<Payload>(json).expect("payload"), entry.payload);
    }
}
