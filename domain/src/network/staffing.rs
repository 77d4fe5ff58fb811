use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Rule};

/// What a queue says about its staffing beside the goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QueueStaffing {
    /// Least number of agents on the phone while it is open.
    pub minimum_staff: u16,
    /// Share of rostered time not worked on the queue, 0 to below 1.
    pub shrinkage: Decimal,
    /// The part of it that no roster shows, because nobody knows it beforehand: sickness, lateness.
    /// Rosters are made with so many agents more. 0 to at most `shrinkage`.
    pub unplanned_shrinkage: Decimal,
    /// Mean patience of callers in seconds; `None` = unknown.
    pub patience_seconds: Option<Decimal>,
}

impl QueueStaffing {
    /// Whether the numbers can be meant.
    ///
    /// # Errors
    /// INVALID_VALUE for every field that cannot.
    pub fn check(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        if self.shrinkage < Decimal::ZERO || self.shrinkage >= Decimal::ONE {
            faults.push(Fault::invalid("shrinkage", Rule::Share));
        }
        if self.unplanned_shrinkage < Decimal::ZERO || self.unplanned_shrinkage > self.shrinkage {
            faults.push(Fault::invalid("unplannedShrinkage", Rule::PartOfShrinkage));
        }
        let patience = |it: Decimal| it <= Decimal::ZERO || it > Decimal::from(86_400);
        if self.patience_seconds.is_some_and(patience) {
            faults.push(Fault::invalid("patienceSeconds", Rule::MoreThanUpTo(0, 86_400)));
        }
        // More decimals than are kept would be rounded, a share of 0.99996 to all time.
        let decimals = [
            ("shrinkage", Some(self.shrinkage), 4),
            ("unplannedShrinkage", Some(self.unplanned_shrinkage), 4),
            ("patienceSeconds", self.patience_seconds, 3),
        ];
        for (field, value, most) in decimals {
            if value.is_some_and(|value| value.normalize().scale() > most) {
                faults.push(Fault::invalid(field, Rule::DecimalsAtMost(most)));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

/// What is to change of a queue's staffing; `None` keeps a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueStaffingChange {
    /// Least number of agents.
    pub minimum_staff: Option<u16>,
    /// Share of rostered time not worked on the queue.
    pub shrinkage: Option<Decimal>,
    /// The part of it that no roster shows.
    pub unplanned_shrinkage: Option<Decimal>,
    /// Mean patience in seconds; `Some(None)` = from now on unknown.
    pub patience_seconds: Option<Option<Decimal>>,
}

impl QueueStaffingChange {
    /// `before` with the change.
    ///
    /// # Errors
    /// INVALID_VALUE for a change of nothing, and for every field that cannot be meant afterwards.
    pub fn apply(&self, before: &QueueStaffing) -> Result<QueueStaffing, Vec<Fault>> {
        if *self == Self::default() {
            return Err(vec![Fault::invalid("minimumStaff", Rule::AChange)]);
        }
        let after = QueueStaffing {
            minimum_staff: self.minimum_staff.unwrap_or(before.minimum_staff),
            shrinkage: self.shrinkage.unwrap_or(before.shrinkage),
            unplanned_shrinkage: self.unplanned_shrinkage.unwrap_or(before.unplanned_shrinkage),
            patience_seconds: self.patience_seconds.unwrap_or(before.patience_seconds),
        };
        after.check().map(|()| after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_leaves_the_rest_and_one_of_nothing_is_refused() {
        let (thirty, ninety) = (Decimal::new(3, 1), Decimal::from(90));
        let before = QueueStaffing {
            minimum_staff: 2,
            shrinkage: thirty,
            patience_seconds: Some(ninety),
            ..QueueStaffing::default()
        };
        let unknown =
            QueueStaffingChange { patience_seconds: Some(None), ..QueueStaffingChange::default() };
        let after = unknown.apply(&before);
        assert_eq!(after, Ok(QueueStaffing { patience_seconds: None, ..before }));
        let nothing = QueueStaffingChange::default().apply(&before).expect_err("nothing");
        assert_eq!(nothing, [Fault::invalid("minimumStaff", Rule::AChange)]);
        // What holds already is checked together with what changes.
        let shares = QueueStaffingChange {
            unplanned_shrinkage: Some(Decimal::new(4, 1)),
            ..QueueStaffingChange::default()
        };
        let faults = shares.apply(&before).expect_err("more than all of it");
        assert_eq!(faults[0].path, ["unplannedShrinkage"]);
    }

    #[test]
    fn a_share_of_all_time_leaves_nobody_and_is_refused() {
        let staffing = |shrinkage: &str| QueueStaffing {
            shrinkage: shrinkage.parse().expect("number"),
            ..QueueStaffing::default()
        };
        assert_eq!(staffing("0.3").check(), Ok(()));
        for wrong in ["1", "-0.1", "30"] {
            assert_eq!(staffing(wrong).check().expect_err(wrong)[0].path, ["shrinkage"]);
        }
    }

    #[test]
    fn decimals_that_would_be_rounded_are_refused() {
        let number = |text: &str| text.parse::<Decimal>().expect("number");
        let staffing = |shrinkage, unplanned, patience| QueueStaffing {
            shrinkage: number(shrinkage),
            unplanned_shrinkage: number(unplanned),
            patience_seconds: Some(number(patience)),
            ..QueueStaffing::default()
        };
        assert_eq!(staffing("0.99990", "0.0001", "0.0010").check(), Ok(()));
        for (wrong, field) in [
            (staffing("0.99996", "0", "60"), "shrinkage"),
            (staffing("0.3", "0.00001", "60"), "unplannedShrinkage"),
            (staffing("0.3", "0", "0.0004"), "patienceSeconds"),
        ] {
            let faults = wrong.check().expect_err(field);
            assert_eq!((faults.len(), faults[0].path == [field]), (1, true), "{field}");
        }
    }

    #[test]
    fn what_no_roster_shows_is_a_part_of_all_shrinkage() {
        let staffing = |unplanned: &str| QueueStaffing {
            shrinkage: Decimal::new(3, 1),
            unplanned_shrinkage: unplanned.parse().expect("number"),
            ..QueueStaffing::default()
        };
        for right in ["0", "0.08", "0.3"] {
            assert_eq!(staffing(right).check(), Ok(()));
        }
        for wrong in ["-0.01", "0.31"] {
            assert_eq!(staffing(wrong).check().expect_err(wrong)[0].path, ["unplannedShrinkage"]);
        }
    }
}
