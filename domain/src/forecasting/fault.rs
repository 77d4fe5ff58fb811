//! What can be wrong with a row of a history file, and what would mend it.

use serde::{Deserialize, Serialize};

/// The rule that a row broke. Codes are stable: API, log and tests share them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FaultRule {
    /// A required column is not in the header.
    MissingColumn,
    /// The header names a column twice.
    DuplicateColumn,
    /// The row has more or fewer fields than the header.
    WrongFieldCount,
    /// The field is not UTF-8.
    NotUtf8,
    /// A required field is empty.
    Empty,
    /// Not `YYYY-MM-DDTHH:MM`.
    NotALocalTime,
    /// Not an IANA zone.
    UnknownZone,
    /// Rows before it gave the same queue another zone.
    ZoneDiffers,
    /// Not one of the grains.
    UnsupportedGrain,
    /// The interval does not start on a multiple of its length.
    NotOnGrain,
    /// Not a number, or not a whole one where calls are counted.
    NotANumber,
    /// Below zero.
    Negative,
    /// Above what any call centre has.
    TooLarge,
    /// More calls answered and abandoned than offered.
    AnsweredPlusAbandonedAboveOffered,
    /// A handle time without the number of calls that it is the mean of.
    HandleTimeWithoutAnswered,
    /// The same interval of the same queue stands in the file twice.
    DuplicateInterval,
}

impl FaultRule {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::MissingColumn => "MISSING_COLUMN",
            Self::DuplicateColumn => "DUPLICATE_COLUMN",
            Self::WrongFieldCount => "WRONG_FIELD_COUNT",
            Self::NotUtf8 => "NOT_UTF8",
            Self::Empty => "EMPTY",
            Self::NotALocalTime => "NOT_A_LOCAL_TIME",
            Self::UnknownZone => "UNKNOWN_ZONE",
            Self::ZoneDiffers => "ZONE_DIFFERS",
            Self::UnsupportedGrain => "UNSUPPORTED_GRAIN",
            Self::NotOnGrain => "NOT_ON_GRAIN",
            Self::NotANumber => "NOT_A_NUMBER",
            Self::Negative => "NEGATIVE",
            Self::TooLarge => "TOO_LARGE",
            Self::AnsweredPlusAbandonedAboveOffered => "ANSWERED_PLUS_ABANDONED_ABOVE_OFFERED",
            Self::HandleTimeWithoutAnswered => "HANDLE_TIME_WITHOUT_ANSWERED",
            Self::DuplicateInterval => "DUPLICATE_INTERVAL",
        }
    }
}

/// One fault: where, which rule, what stood there and the parameters of the remedy's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowFault {
    /// Line of the file on which the row starts, counted from 1; the header is line 1.
    pub row: u64,
    /// Column of the common form.
    pub column: &'static str,
    /// The rule that was broken.
    pub rule: FaultRule,
    /// What stood there, cut to 80 characters.
    pub value: String,
    /// Parameters of the remedy's text, by name: `expected`, `first_row`, `offered` and the like.
    pub remedy: Vec<(&'static str, String)>,
}

/// Faults in order of rows: the first thousand in full, all of them counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    kept: Vec<RowFault>,
    total: u64,
}

impl Faults {
    /// How many faults are kept in full. A file with one wrong column has one in every row.
    pub const KEPT: usize = 1_000;

    /// Counts a fault, and keeps it while there is room.
    pub fn push(&mut self, mut fault: RowFault) {
        self.total += 1;
        if self.kept.len() < Self::KEPT {
            if let Some((end, _)) = fault.value.char_indices().nth(80) {
                fault.value.truncate(end);
            }
            self.kept.push(fault);
        }
    }

    /// The faults kept, at most [`Self::KEPT`].
    #[must_use]
    pub fn kept(&self) -> &[RowFault] {
        &self.kept
    }

    /// How many there were in all.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_serialised_name() {
        let rule = FaultRule::AnsweredPlusAbandonedAboveOffered;
        assert_eq!(serde_json::to_value(rule).expect("json"), rule.code());
        assert_eq!(serde_json::to_value(FaultRule::NotUtf8).expect("json"), "NOT_UTF8");
    }

    #[test]
    fn faults_beyond_the_bound_are_counted_not_kept() {
        let mut faults = Faults::default();
        for row in 0..1_500 {
            faults.push(RowFault {
                row,
                column: "offered",
                rule: FaultRule::Negative,
                value: "✗".repeat(100),
                remedy: Vec::new(),
            });
        }
        assert_eq!((faults.kept().len(), faults.total()), (1_000, 1_500));
        assert_eq!(faults.kept()[0].value.chars().count(), 80);
    }
}
