//! What a queue is staffed for.

use rust_decimal::Decimal;

use super::{Performance, StaffingError, error::at_least};
use crate::{
    network::{ServiceGoal, goal_at},
    time::Span,
};

/// What it is that asks for as many agents as are required, and not one fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecidedBy {
    /// Share of contacts answered within the threshold.
    ServiceLevel,
    /// Limit on the mean wait (ASA).
    AverageSpeedOfAnswer,
    /// Limit on the share of callers who hang up.
    Abandonment,
    /// Limit on the share of agents' time spent on contacts.
    Occupancy,
    /// Least staff while open: the goal alone would be kept by fewer.
    MinimumStaff,
    /// Least number of seniors: goal and least staff alone would be kept by fewer.
    Seniors,
}

impl DecidedBy {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::ServiceLevel,
        Self::AverageSpeedOfAnswer,
        Self::Abandonment,
        Self::Occupancy,
        Self::MinimumStaff,
        Self::Seniors,
    ];

    /// Stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ServiceLevel => "SERVICE_LEVEL",
            Self::AverageSpeedOfAnswer => "AVERAGE_SPEED_OF_ANSWER",
            Self::Abandonment => "ABANDONMENT",
            Self::Occupancy => "OCCUPANCY",
            Self::MinimumStaff => "MINIMUM_STAFF",
            Self::Seniors => "SENIORS",
        }
    }

    /// The one with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == code)
    }
}

/// Limits that the long-run performance of a queue has to keep; at least one is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    threshold_seconds: f64,
    service_level: Option<f64>,
    max_asa_seconds: Option<f64>,
    max_abandonment: Option<f64>,
    max_occupancy: Option<f64>,
}

impl Goal {
    /// The limits that a queue sets itself.
    ///
    /// # Errors
    /// [`StaffingError`] for a limit that no number of agents keeps, such as a service level of 100 %.
    pub fn of(goal: &ServiceGoal) -> Result<Self, StaffingError> {
        let share =
            |percent: Decimal| f64::try_from(percent / Decimal::ONE_HUNDRED).unwrap_or(f64::NAN);
        let mut limits = Self::unlimited(f64::from(goal.threshold_seconds))?;
        if let Some(percent) = goal.service_level {
            limits.service_level = Some(inner_share("service_level", share(percent))?);
        }
        if let Some(seconds) = goal.caps.max_asa_seconds {
            limits = limits.with_max_asa(f64::from(seconds))?;
        }
        if let Some(percent) = goal.caps.max_abandonment {
            limits = limits.with_max_abandonment(share(percent))?;
        }
        if let Some(percent) = goal.caps.max_occupancy {
            limits = limits.with_max_occupancy(share(percent))?;
        }
        Ok(limits)
    }

    /// The limits for contacts of some days: those of the goal in force when the days begin, of the first
    /// that begins within them where there is none before. Of a goal with a limit that no number of agents
    /// keeps only the threshold remains.
    ///
    /// `None` where the queue has no goal on these days. Then nothing is in time or late, and no service
    /// level is foretold; coverage, waits and abandonment depend on no goal and are.
    #[must_use]
    pub fn over(goals: &[ServiceGoal], days: Span) -> Option<Self> {
        let begins_within = || {
            let within = goals.iter().filter(|goal| days.contains(goal.from));
            within.min_by_key(|goal| goal.from)
        };
        Self::or_threshold(goal_at(goals, days.start()).or_else(begins_within)?)
    }

    /// The limits that a queue sets itself; of a goal with a limit that no number of agents keeps only the
    /// threshold remains.
    #[must_use]
    pub fn or_threshold(goal: &ServiceGoal) -> Option<Self> {
        let threshold_alone = |_| Self::unlimited(f64::from(goal.threshold_seconds));
        Self::of(goal).or_else(threshold_alone).ok()
    }

    /// The usual goal: a share of offered calls, 0 to 1, answered within so many seconds.
    ///
    /// # Errors
    /// [`StaffingError`] unless `share` lies strictly between 0 and 1 (no number of agents answers
    /// every call in time) and the threshold is 0 or more.
    pub fn service_level(share: f64, threshold_seconds: f64) -> Result<Self, StaffingError> {
        Ok(Self {
            service_level: Some(inner_share("service_level", share)?),
            ..Self::unlimited(threshold_seconds)?
        })
    }

    /// A goal without limits, to which at least one must be added. Service levels are reported at
    /// `threshold_seconds`.
    ///
    /// # Errors
    /// [`StaffingError::OutOfRange`] for a negative or undefined threshold.
    pub fn unlimited(threshold_seconds: f64) -> Result<Self, StaffingError> {
        Ok(Self {
            threshold_seconds: at_least("threshold_seconds", threshold_seconds, 0.0)?,
            service_level: None,
            max_asa_seconds: None,
            max_abandonment: None,
            max_occupancy: None,
        })
    }

    /// The same with a limit on the mean wait of all offered calls.
    ///
    /// # Errors
    /// [`StaffingError::OutOfRange`] unless it is more than 0.
    pub fn with_max_asa(self, seconds: f64) -> Result<Self, StaffingError> {
        let seconds = super::error::positive("max_asa_seconds", seconds)?;
        Ok(Self { max_asa_seconds: Some(seconds), ..self })
    }

    /// The same with a limit on the share of offered calls whose caller hangs up. Without known
    /// patience nobody does, and the limit is kept by every stable queue.
    ///
    /// # Errors
    /// [`StaffingError::NotAShare`] unless it lies strictly between 0 and 1.
    pub fn with_max_abandonment(self, share: f64) -> Result<Self, StaffingError> {
        Ok(Self { max_abandonment: Some(inner_share("max_abandonment", share)?), ..self })
    }

    /// The same with a limit on the share of agents' time spent on calls.
    ///
    /// # Errors
    /// [`StaffingError::NotAShare`] unless it lies strictly between 0 and 1.
    pub fn with_max_occupancy(self, share: f64) -> Result<Self, StaffingError> {
        Ok(Self { max_occupancy: Some(inner_share("max_occupancy", share)?), ..self })
    }

    /// Threshold at which service levels are taken, in seconds.
    #[must_use]
    pub const fn threshold_seconds(&self) -> f64 {
        self.threshold_seconds
    }

    /// Whether no limit is set.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.service_level.is_none()
            && self.max_asa_seconds.is_none()
            && self.max_abandonment.is_none()
            && self.max_occupancy.is_none()
    }

    /// Whether a performance keeps every limit. The service level may equal its goal.
    #[must_use]
    pub fn is_met_by(&self, performance: &Performance) -> bool {
        // A queue that grows for ever keeps no limit, whichever are set.
        performance.mean_queue.finite().is_some() && self.broken_by(performance).is_none()
    }

    /// The first limit, in the order of [`DecidedBy`], that a performance does not keep; a queue that
    /// grows for ever keeps none.
    #[must_use]
    pub fn broken_by(&self, performance: &Performance) -> Option<DecidedBy> {
        self.broken(performance).next()
    }

    /// All limits, in the order of [`DecidedBy`], that a performance does not keep; a queue that grows for
    /// ever keeps none.
    pub fn broken(&self, performance: &Performance) -> impl Iterator<Item = DecidedBy> {
        let performance = *performance;
        let is_stable = performance.mean_queue.finite().is_some();
        let keeps = |limit: f64, value: Option<f64>| value.is_some_and(|value| value <= limit);
        let broken = move |&(by, limit): &(DecidedBy, f64)| {
            !is_stable
                || !match by {
                    DecidedBy::ServiceLevel => performance.service_level >= limit,
                    DecidedBy::AverageSpeedOfAnswer => {
                        keeps(limit, performance.asa_seconds.finite())
                    }
                    DecidedBy::Abandonment => keeps(limit, Some(performance.p_abandon)),
                    _ => keeps(limit, Some(performance.occupancy)),
                }
        };
        self.limits().into_iter().flatten().filter(broken).map(|(by, _)| by)
    }

    /// The limit that is the only one; `None` where several are set, or none.
    pub(super) fn only(&self) -> Option<DecidedBy> {
        let mut set = self.limits().into_iter().flatten();
        let first = set.next();
        first.filter(|_| set.next().is_none()).map(|(by, _)| by)
    }

    /// The limits that are set, in the order of [`DecidedBy`].
    fn limits(&self) -> [Option<(DecidedBy, f64)>; 4] {
        [
            self.service_level.map(|limit| (DecidedBy::ServiceLevel, limit)),
            self.max_asa_seconds.map(|limit| (DecidedBy::AverageSpeedOfAnswer, limit)),
            self.max_abandonment.map(|limit| (DecidedBy::Abandonment, limit)),
            self.max_occupancy.map(|limit| (DecidedBy::Occupancy, limit)),
        ]
    }
}

fn inner_share(what: &'static str, value: f64) -> Result<f64, StaffingError> {
    if value > 0.0 && value < 1.0 {
        Ok(value)
    } else {
        Err(StaffingError::NotAShare { what, value })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn days_without_a_goal_have_none() {
        let at = |text: &str| text.parse::<Timestamp>().expect("instant");
        let day = |text: &str| Span::of_seconds(at(text), 86_400);
        let first = ServiceGoal::usual(at("2026-03-02T04:00:00Z"));
        let second =
            ServiceGoal { from: at("2026-03-05T00:00:00Z"), threshold_seconds: 40, ..first };
        let goals = [second, first];
        let usual = |threshold| Goal::service_level(0.8, threshold).ok();
        assert_eq!(Goal::over(&goals, day("2026-03-01T00:00:00Z")), None);
        assert_eq!(Goal::over(&goals, day("2026-03-02T00:00:00Z")), usual(20.0), "from noon on");
        assert_eq!(Goal::over(&goals, day("2026-03-04T12:00:00Z")), usual(20.0));
        assert_eq!(Goal::over(&goals, day("2026-03-05T00:00:00Z")), usual(40.0));
        assert_eq!(Goal::over(&[], day("2026-03-05T00:00:00Z")), None);
        let all = ServiceGoal { service_level: Some(Decimal::ONE_HUNDRED), ..first };
        let unlimited = Goal::unlimited(20.0).ok();
        assert_eq!(Goal::over(&[all], day("2026-03-03T00:00:00Z")), unlimited, "nobody keeps it");
    }

    #[test]
    fn every_decider_is_found_by_its_code() {
        for by in DecidedBy::ALL {
            assert_eq!(DecidedBy::from_code(by.as_str()), Some(by));
        }
        assert_eq!(DecidedBy::from_code("service_level"), None);
    }

    #[test]
    fn a_goal_of_all_calls_in_time_is_refused() {
        for share in [0.0, 1.0, 1.2, -0.1, f64::NAN] {
            assert!(Goal::service_level(share, 20.0).is_err(), "{share}");
        }
        assert!(Goal::service_level(0.8, -1.0).is_err());
    }
}
