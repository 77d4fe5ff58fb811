//! What closing a month writes into the performance file, once or a hundred times.

use jiff::civil::Date;

use super::{
    AttendanceSummary, CardState, MonthFigures, MonthlyAttendance, MonthlyCard, Scorecard,
};
use crate::{
    archives::{Entry, EntrySource, Payload},
    id::FileEntryId,
    kpis::MeasureSet,
};

/// An entry to be written, and the one in force that it puts right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthEntry {
    /// What it says.
    pub payload: Payload,
    /// The version that it takes the place of; `None` = the first one.
    pub corrects: Option<FileEntryId>,
}

/// What has been counted of an agent's month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedMonth {
    /// First local day.
    pub from: Date,
    /// Last local day.
    pub to: Date,
    /// Sums by the names of the catalogue.
    pub sums: MeasureSet,
    /// Shifts and hours; `None` without any.
    pub attendance: Option<AttendanceSummary>,
    /// A compliance-critical error limits the grade to C.
    pub capped: bool,
}

impl CountedMonth {
    /// What has to be written beside the entries in force of the performance file: nothing when they
    /// say the same, a correction where data came late. A card that a person has written, confirmed or
    /// appealed against is left to persons.
    #[must_use]
    pub fn entries(self, card: &Scorecard, current: &[&Entry]) -> Vec<MonthEntry> {
        let Self { from, to, sums, attendance, capped } = self;
        if sums.is_empty() && attendance.is_none() {
            return Vec::new();
        }
        let figures = MonthFigures::of(from, to, &sums);
        let card = MonthlyCard::draft(card, &figures.kpis, capped);
        let attendance = attendance
            .map(|summary| Payload::MonthlyAttendance(MonthlyAttendance { from, to, summary }));
        let counted = [Payload::MonthFigures(figures), Payload::MonthlyCard(card)];
        counted.into_iter().chain(attendance).filter_map(|it| entry(it, from, current)).collect()
    }
}

fn entry(payload: Payload, month: Date, current: &[&Entry]) -> Option<MonthEntry> {
    let same =
        |it: &&&Entry| it.payload.kind() == payload.kind() && month_of(&it.payload) == Some(month);
    let Some(before) = current.iter().find(same) else {
        return Some(MonthEntry { payload, corrects: None });
    };
    let by_persons = match &before.payload {
        Payload::MonthlyCard(card) => {
            card.state != CardState::Draft || before.source != EntrySource::SystemEvent
        }
        _ => false,
    };
    (before.payload != payload && !by_persons)
        .then_some(MonthEntry { payload, corrects: Some(before.id) })
}

/// The first day of the month that an entry is about.
fn month_of(payload: &Payload) -> Option<Date> {
    match payload {
        Payload::MonthFigures(figures) => Some(figures.from),
        Payload::MonthlyAttendance(attendance) => Some(attendance.from),
        Payload::MonthlyCard(card) => {
            card.items.first().map(|item| item.figure.from.first_of_month())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};
    use uuid::Uuid;

    use super::*;
    use crate::{id::FileId, kpis::Measure};

    fn counted(adherent: i64) -> CountedMonth {
        let mut sums = MeasureSet::default();
        for (name, value) in [("adherent_seconds", adherent), ("scheduled_seconds", 10_000)] {
            sums.set(Measure::named(name).expect("measure"), value.into());
        }
        CountedMonth {
            from: date(2026, 2, 1),
            to: date(2026, 2, 28),
            sums,
            attendance: Some(AttendanceSummary::default()),
            capped: false,
        }
    }

    fn written(entries: Vec<MonthEntry>) -> Vec<Entry> {
        let numbered = entries.into_iter().zip(1..);
        numbered
            .map(|(entry, number)| Entry {
                id: FileEntryId::from_uuid(Uuid::from_u128(number)),
                file: FileId::from_uuid(Uuid::nil()),
                effective_on: date(2026, 2, 28),
                recorded_at: Timestamp::UNIX_EPOCH,
                recorded_by: None,
                source: EntrySource::SystemEvent,
                evidence: Vec::new(),
                payload: entry.payload,
                corrects: None,
            })
            .collect()
    }

    fn kinds(entries: &[MonthEntry]) -> Vec<(&'static str, bool)> {
        entries.iter().map(|it| (it.payload.kind(), it.corrects.is_some())).collect()
    }

    #[test]
    fn a_month_is_written_once_and_again_only_where_it_has_changed() {
        let card = Scorecard::standard();
        let first = counted(9_000).entries(&card, &[]);
        let all =
            [("MONTH_FIGURES", false), ("MONTHLY_CARD", false), ("MONTHLY_ATTENDANCE", false)];
        assert_eq!(kinds(&first), all);
        let file = written(first);
        let current: Vec<&Entry> = file.iter().collect();
        assert_eq!(counted(9_000).entries(&card, &current), []);
        let late = counted(9_500).entries(&card, &current);
        assert_eq!(kinds(&late), [("MONTH_FIGURES", true), ("MONTHLY_CARD", true)]);
    }

    #[test]
    fn a_card_in_the_hands_of_persons_is_left_to_them() {
        let card = Scorecard::standard();
        let mut file = written(counted(9_000).entries(&card, &[]));
        if let Payload::MonthlyCard(card) = &mut file[1].payload {
            card.state = CardState::Confirmed;
        }
        let current: Vec<&Entry> = file.iter().collect();
        let late = counted(9_500).entries(&card, &current);
        assert_eq!(kinds(&late), [("MONTH_FIGURES", true)]);
    }

    #[test]
    fn nothing_is_written_of_whom_nothing_is_known() {
        let nothing = CountedMonth { sums: MeasureSet::default(), attendance: None, ..counted(0) };
        assert_eq!(nothing.entries(&Scorecard::standard(), &[]), []);
    }
}
