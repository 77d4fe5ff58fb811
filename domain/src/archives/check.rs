use rust_decimal::Decimal;

use super::{
    Entry, Payload,
    development::{CareerEvent, CareerKind, Reward, TrainingRecord, YearlyResult},
    performance::{CardScore, MonthlyCard},
    quality::Evaluation,
};
use crate::{
    fault::{Fault, Rule},
    network::Code,
};

const WORDS: usize = 2000;

/// Whether an entry may be written by hand.
///
/// # Errors
/// INVALID_VALUE for every value out of range, at its place below `content`; so for a change of post,
/// which only a move writes, and for what is counted when a month is closed.
pub fn check_entry(entry: &Entry) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    let mut fault = |path: &str, rule: Rule| faults.push(Fault::invalid(path, rule));
    if entry.evidence.len() > 20 {
        fault("evidence", Rule::ItemsAtMost(20));
    }
    match &entry.payload {
        Payload::CareerEvent(CareerEvent { kind, .. }) => {
            if entry.corrects.is_none() && kind.follows_assignment() {
                fault("content.careerEvent.kind", Rule::CareerStepByHand);
            }
        }
        Payload::Reward(Reward { reason, value, .. }) => {
            if !says_something(reason) {
                fault("content.reward.reason", Rule::Characters(1, WORDS));
            }
            if value.is_some_and(|value| value < Decimal::ZERO) {
                fault("content.reward.value", Rule::AtLeast(0));
            }
        }
        Payload::Training(TrainingRecord {
            course,
            provider,
            starts_on,
            hours,
            score,
            certificate,
            valid_until,
            ..
        }) => {
            if Code::parse("course", course).is_err() {
                fault("content.training.course", Rule::Code);
            }
            for (path, text) in [("provider", provider), ("certificate", certificate)] {
                if text.as_ref().is_some_and(|text| text.chars().count() > 200) {
                    fault(&format!("content.training.{path}"), Rule::CharactersAtMost(200));
                }
            }
            if starts_on.is_some_and(|starts_on| starts_on > entry.effective_on) {
                fault("content.training.startsOn", Rule::NotAfterTheEntry);
            }
            if hours.is_some_and(|hours| !in_range(hours, 10_000)) {
                fault("content.training.hours", Rule::Between(0, 10_000));
            }
            if score.is_some_and(|score| !in_range(score, 100)) {
                fault("content.training.score", Rule::Between(0, 100));
            }
            if valid_until.is_some_and(|until| until < entry.effective_on) {
                fault("content.training.expiresOn", Rule::FirstDayOrLater);
            }
        }
        Payload::YearlyResult(YearlyResult { year, score, .. }) => {
            if !(1990..=2200).contains(year) {
                fault("content.yearlyResult.year", Rule::Between(1990, 2200));
            }
            if !in_range(*score, 120) {
                fault("content.yearlyResult.score", Rule::Between(0, 120));
            }
        }
        Payload::Evaluation(Evaluation { contact, form, score, comment, .. }) => {
            if !says_something(contact) {
                fault("content.evaluation.contact", Rule::Characters(1, WORDS));
            }
            if !says_something(form) {
                fault("content.evaluation.form", Rule::Characters(1, WORDS));
            }
            if score.is_some_and(|score| !in_range(score, 100)) {
                fault("content.evaluation.score", Rule::Between(0, 100));
            }
            if comment.as_ref().is_some_and(|it| it.chars().count() > WORDS) {
                fault("content.evaluation.comment", Rule::CharactersAtMost(WORDS));
            }
        }
        Payload::MonthlyCard(MonthlyCard { items, score, .. }) => {
            for (at, item) in items.iter().enumerate() {
                let path = |field: &str| format!("content.monthlyCard.items.{at}.{field}");
                if item.points.is_some_and(|points| !in_range(points, 120)) {
                    fault(&path("points"), Rule::Between(0, 120));
                }
                if item.weight <= Decimal::ZERO {
                    fault(&path("weight"), Rule::MoreThan(0));
                }
                if item.figure.to < item.figure.from {
                    fault(&path("endsOn"), Rule::FirstDayOrLater);
                }
            }
            if items.is_empty() {
                fault("content.monthlyCard.items", Rule::NotEmpty);
            }
            if matches!(score, CardScore::Scored { score, .. } if !in_range(*score, 120)) {
                fault("content.monthlyCard.items", Rule::Between(0, 120));
            }
        }
        Payload::MonthFigures(_) | Payload::MonthlyAttendance(_) => {
            fault("content", Rule::CountedByHand);
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn says_something(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= WORDS
}

fn in_range(value: Decimal, most: i64) -> bool {
    value >= Decimal::ZERO && value <= Decimal::from(most)
}

impl CareerKind {
    /// Whether such a step is written together with a change of post.
    #[must_use]
    pub const fn follows_assignment(self) -> bool {
        match self {
            Self::Hire
            | Self::Promotion
            | Self::Transfer
            | Self::Rotation
            | Self::Return
            | Self::InternalCompetition
            | Self::Demotion => true,
            Self::Confirmation | Self::LeaveOfAbsence | Self::Separation => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};
    use uuid::Uuid;

    use super::*;
    use crate::{
        archives::{EntrySource, development::RewardKind},
        id::{FileEntryId, FileId},
    };

    fn entry(payload: Payload) -> Entry {
        Entry {
            id: FileEntryId::from_uuid(Uuid::nil()),
            file: FileId::from_uuid(Uuid::nil()),
            effective_on: date(2026, 3, 1),
            recorded_at: Timestamp::UNIX_EPOCH,
            recorded_by: None,
            source: EntrySource::Person,
            evidence: Vec::new(),
            payload,
            corrects: None,
        }
    }

    #[test]
    fn a_promotion_is_written_by_a_move_alone() {
        let step = |kind| {
            entry(Payload::CareerEvent(CareerEvent { kind, from: None, to: None, decision: None }))
        };
        assert!(check_entry(&step(CareerKind::Promotion)).is_err());
        assert_eq!(check_entry(&step(CareerKind::Confirmation)), Ok(()));
    }

    #[test]
    fn faults_of_a_training_stand_at_their_places() {
        let record = TrainingRecord {
            course: "INDUCTION".into(),
            kind: crate::archives::development::TrainingKind::Induction,
            provider: None,
            starts_on: Some(date(2026, 2, 23)),
            hours: Some(Decimal::from(40)),
            passed: true,
            score: Some(Decimal::from(88)),
            certificate: None,
            valid_until: Some(date(2027, 3, 1)),
        };
        assert_eq!(check_entry(&entry(Payload::Training(record.clone()))), Ok(()));
        let wrong = TrainingRecord {
            course: "two words".into(),
            starts_on: Some(date(2026, 3, 2)),
            score: Some(Decimal::from(101)),
            valid_until: Some(date(2026, 2, 28)),
            ..record
        };
        let faults = check_entry(&entry(Payload::Training(wrong))).expect_err("four faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        let fields = ["course", "startsOn", "score", "expiresOn"];
        assert_eq!(paths, fields.map(|field| format!("content.training.{field}")));
    }

    #[test]
    fn faults_of_a_reward_stand_at_their_places() {
        let reward =
            Reward { kind: RewardKind::Bonus, reason: " ".into(), value: Some(Decimal::from(-1)) };
        let faults = check_entry(&entry(Payload::Reward(reward))).expect_err("two faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["content.reward.reason", "content.reward.value"]);
    }
}
