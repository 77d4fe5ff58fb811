//! How many requests are met: `shift_request_satisfaction_rate`.

use std::ops::AddAssign;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RequestOutcome {
    /// Granted in full.
    Granted,
    /// Met through an alternative that the agent accepted.
    AlternativeAccepted,
    /// Refused by a rule, a colleague or a leader, or the alternative was not wanted.
    Refused,
    /// Nobody decided in time: counts against.
    Expired,
    /// Taken back before anyone decided: does not count.
    Withdrawn,
}

/// Requests decided and satisfied; figures of parts add up to those of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Satisfaction {
    /// Requests that were decided, expired ones among them.
    pub decided: u64,
    /// Those of them that were granted in full or through an accepted alternative.
    pub satisfied: u64,
}

impl Satisfaction {
    /// So many requests with one outcome; `None` = still running, which counts as nothing yet.
    #[must_use]
    pub const fn of(outcome: Option<RequestOutcome>, requests: u64) -> Self {
        match outcome {
            Some(RequestOutcome::Granted | RequestOutcome::AlternativeAccepted) => {
                Self { decided: requests, satisfied: requests }
            }
            Some(RequestOutcome::Refused | RequestOutcome::Expired) => {
                Self { decided: requests, satisfied: 0 }
            }
            Some(RequestOutcome::Withdrawn) | None => Self { decided: 0, satisfied: 0 },
        }
    }

    /// 100 × satisfied / decided, in percent with two digits; `None` when nothing was decided.
    #[must_use]
    pub fn rate(self) -> Option<Decimal> {
        let hundredfold = Decimal::from(self.satisfied) * Decimal::ONE_HUNDRED;
        let rate = hundredfold.checked_div(Decimal::from(self.decided))?;
        Some(rate.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }
}

impl AddAssign for Satisfaction {
    fn add_assign(&mut self, other: Self) {
        self.decided += other.decided;
        self.satisfied += other.satisfied;
    }
}

impl FromIterator<RequestOutcome> for Satisfaction {
    fn from_iter<I: IntoIterator<Item = RequestOutcome>>(outcomes: I) -> Self {
        let mut satisfaction = Self::default();
        outcomes.into_iter().for_each(|outcome| satisfaction += Self::of(Some(outcome), 1));
        satisfaction
    }
}

#[cfg(test)]
mod tests {
    use super::{RequestOutcome::*, *};

    #[test]
    fn twenty_of_twenty_two_are_90_91_percent() {
        let mut outcomes = vec![Granted; 18];
        outcomes.extend([AlternativeAccepted, AlternativeAccepted, Refused, Expired]);
        outcomes.extend([Withdrawn; 5]);
        let satisfaction: Satisfaction = outcomes.into_iter().collect();
        assert_eq!(satisfaction, Satisfaction { decided: 22, satisfied: 20 });
        assert_eq!(satisfaction.rate(), Some(Decimal::new(9091, 2)));
    }

    #[test]
    fn seventeen_of_eighteen_are_94_44_percent() {
        assert_eq!(Satisfaction { decided: 18, satisfied: 17 }.rate(), Some(Decimal::new(9444, 2)));
    }

    #[test]
    fn without_a_decision_there_is_no_rate() {
        let satisfaction: Satisfaction = [Withdrawn].into_iter().collect();
        assert_eq!(satisfaction.rate(), None);
    }

    #[test]
    fn sites_add_up_before_they_are_divided() {
        let mut network = Satisfaction { decided: 10, satisfied: 10 };
        network += Satisfaction { decided: 2, satisfied: 0 };
        assert_eq!(network.rate(), Some(Decimal::new(8333, 2)), "not the mean of 100 and 0");
    }
}
