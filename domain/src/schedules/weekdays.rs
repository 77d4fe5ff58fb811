//! Some of the seven weekdays.

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::fault::Rule;

/// Some of the seven weekdays, or none. Kept as their ISO numbers in order: Monday is 1, Sunday 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub struct Weekdays(u8);

impl Weekdays {
    /// Reads ISO numbers; one that is named twice counts once.
    ///
    /// # Errors
    /// What an ISO number must be, when one of them is none.
    pub fn of(numbers: impl IntoIterator<Item = i64>) -> Result<Self, Rule> {
        let mut days = Self::default();
        for number in numbers {
            match number {
                1..=7 => days.0 |= 1 << (number - 1),
                _ => return Err(Rule::Weekday),
            }
        }
        Ok(days)
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn contains(self, weekday: civil::Weekday) -> bool {
        self.0 & (1 << weekday.to_monday_zero_offset()) != 0
    }

    /// How many they are.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// Their ISO numbers, in order.
    pub fn numbers(self) -> impl Iterator<Item = u8> {
        (1..=7).filter(move |number| self.0 & (1 << (number - 1)) != 0)
    }
}

impl TryFrom<Vec<u8>> for Weekdays {
    type Error = &'static str;

    fn try_from(numbers: Vec<u8>) -> Result<Self, Self::Error> {
        Self::of(numbers.into_iter().map(i64::from)).map_err(|_| "an ISO weekday is 1 to 7")
    }
}

impl From<Weekdays> for Vec<u8> {
    fn from(days: Weekdays) -> Self {
        days.numbers().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_are_read_kept_and_asked_by_their_iso_numbers() {
        let days = Weekdays::of([5, 1, 5]).expect("weekdays");
        assert_eq!((days.count(), days.numbers().collect::<Vec<_>>()), (2, vec![1, 5]));
        assert!(days.contains(civil::Weekday::Monday) && days.contains(civil::Weekday::Friday));
        assert!(!days.contains(civil::Weekday::Sunday));
        let kept = serde_json::to_string(&days).expect("JSON");
        assert_eq!(kept, "[1,5]");
        assert_eq!(serde_json::from_str::<Weekdays>(&kept).expect("weekdays"), days);
        assert!(Weekdays::of([0]).is_err() && Weekdays::of([8]).is_err());
        assert!(serde_json::from_str::<Weekdays>("[9]").is_err());
    }
}
