use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    fault::{Fault, FaultCode, Rule},
    id::ContractId,
    schedules::ContractKind,
};

/// A work contract: kind, weekly hours and the days on which it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// Kind.
    pub kind: ContractKind,
    /// Fewest paid seconds of a week.
    pub weekly_min_seconds: i64,
    /// Most paid seconds of a week.
    pub weekly_max_seconds: i64,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds; `None` = no end.
    pub until: Option<Date>,
}

const WEEK_SECONDS: i64 = 7 * 24 * 3600;

impl Contract {
    /// Whether it holds on `date`.
    #[must_use]
    pub fn holds_on(&self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date < until)
    }

    /// Whether hours and days fit together.
    ///
    /// # Errors
    /// INVALID_VALUE for every field that does not.
    pub fn check(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        if !(0..=WEEK_SECONDS).contains(&self.weekly_min_seconds) {
            faults.push(Fault::invalid("weeklyMinSeconds", Rule::Seconds(0, WEEK_SECONDS)));
        }
        if !(self.weekly_min_seconds..=WEEK_SECONDS).contains(&self.weekly_max_seconds) {
            faults.push(Fault::invalid("weeklyMaxSeconds", Rule::WeekHoursInOrder));
        }
        if self.until.is_some_and(|until| until <= self.from) {
            faults.push(Fault::invalid("until", Rule::AfterTheFirstDay));
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

/// Whether no two contracts of one agent hold on the same day. Gaps are no fault.
///
/// # Errors
/// OVERLAP with the later contract's id as `contract`.
pub fn check_contracts(contracts: &[Contract]) -> Result<(), Fault> {
    let mut by_start: Vec<_> = contracts.iter().collect();
    by_start.sort_by_key(|contract| contract.from);
    let clash = by_start
        .windows(2)
        .find(|pair| pair[0].until.is_none_or(|until| pair[1].from < until))
        .map(|pair| pair[1].id);
    clash.map_or(Ok(()), |id| {
        Err(Fault::new(FaultCode::Overlap).at("from").with("contract", id.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    fn contract(id: u128, from: Date, until: Option<Date>) -> Contract {
        Contract {
            id: ContractId::from_uuid(Uuid::from_u128(id)),
            kind: ContractKind::PartTime,
            weekly_min_seconds: 16 * 3600,
            weekly_max_seconds: 20 * 3600,
            from,
            until,
        }
    }

    #[test]
    fn contracts_that_follow_each_other_do_not_overlap() {
        let (change, end) = (date(2026, 3, 1), date(2027, 1, 1));
        let second = contract(2, change, Some(end));
        let first = contract(1, date(2025, 3, 1), Some(change));
        assert_eq!(check_contracts(&[second.clone(), first]), Ok(()));
        let endless = contract(1, date(2025, 3, 1), None);
        let fault = check_contracts(&[second, endless]).expect_err("overlap");
        assert_eq!(fault.code, FaultCode::Overlap);
    }

    #[test]
    fn hours_and_days_must_fit_together() {
        let day = date(2026, 3, 1);
        let wrong = Contract { weekly_max_seconds: 0, ..contract(1, day, Some(day)) };
        let faults = wrong.check().expect_err("two faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["weeklyMaxSeconds", "until"]);
        assert_eq!(contract(1, day, None).check(), Ok(()));
    }
}
