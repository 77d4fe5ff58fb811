use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Rule};

/// Telephone lines of a queue, and what takes them beside its agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueLines {
    /// How many there are, 1 to 100000.
    pub count: u32,
    /// Mean seconds that a caller spends in the voice menu (IVR) before waiting, 0 to 3600.
    pub ivr_seconds: Decimal,
    /// Percent of the handle time with the caller on the line, 0 to 100: work after the contact takes none.
    pub line_time_percent: Decimal,
    /// Percent of callers who may meet a busy tone, above 0 and below 100.
    pub max_blocking_percent: Decimal,
}

impl QueueLines {
    /// Most lines of a queue.
    const MOST: u32 = 100_000;

    /// Whether the numbers can be meant.
    ///
    /// # Errors
    /// INVALID_VALUE for every field that cannot.
    pub fn check(&self) -> Result<(), Vec<Fault>> {
        let Self { count, ivr_seconds, line_time_percent, max_blocking_percent } = *self;
        let mut faults = Vec::new();
        let mut refuse = |field: &str, rule| faults.push(Fault::invalid(field, rule));
        if !(1..=Self::MOST).contains(&count) {
            refuse("lines.count", Rule::Between(1, Self::MOST.into()));
        }
        if ivr_seconds < Decimal::ZERO || ivr_seconds > Decimal::from(3600) {
            refuse("lines.ivrSeconds", Rule::Seconds(0, 3600));
        }
        if line_time_percent < Decimal::ZERO || line_time_percent > Decimal::ONE_HUNDRED {
            refuse("lines.lineTimePercent", Rule::Between(0, 100));
        }
        if max_blocking_percent <= Decimal::ZERO || max_blocking_percent >= Decimal::ONE_HUNDRED {
            refuse("lines.maxBlockingPercent", Rule::PercentInside);
        }
        let exact = [
            ("lines.ivrSeconds", ivr_seconds),
            ("lines.lineTimePercent", line_time_percent),
            ("lines.maxBlockingPercent", max_blocking_percent),
        ];
        for (field, value) in exact {
            if value.normalize().scale() > 3 {
                refuse(field, Rule::DecimalsAtMost(3));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_cannot_be_meant_are_refused_each_at_its_place() {
        let number = |text: &str| text.parse::<Decimal>().expect("number");
        let good = QueueLines {
            count: 30,
            ivr_seconds: number("12.5"),
            line_time_percent: number("80"),
            max_blocking_percent: number("1"),
        };
        assert_eq!(good.check(), Ok(()));
        for (wrong, place) in [
            (QueueLines { count: 0, ..good }, "count"),
            (QueueLines { ivr_seconds: number("-1"), ..good }, "ivrSeconds"),
            (QueueLines { ivr_seconds: number("1.2345"), ..good }, "ivrSeconds"),
            (QueueLines { line_time_percent: number("100.1"), ..good }, "lineTimePercent"),
            (QueueLines { max_blocking_percent: number("0"), ..good }, "maxBlockingPercent"),
            (QueueLines { max_blocking_percent: number("100"), ..good }, "maxBlockingPercent"),
        ] {
            let faults = wrong.check().expect_err("refused");
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert_eq!(faults[0].path, ["lines", place]);
        }
    }
}
