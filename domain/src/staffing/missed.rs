//! Limits of a goal that are not kept.

use super::{DecidedBy, Goal, Performance};

/// In how many intervals a queue misses each limit of its goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MissedLimits {
    /// Share of contacts answered within the threshold.
    pub service_level: u32,
    /// Limit on the mean wait.
    pub average_speed_of_answer: u32,
    /// Limit on the share of callers who hang up.
    pub abandonment: u32,
    /// Limit on the share of agents' time spent on contacts.
    pub occupancy: u32,
}

impl MissedLimits {
    /// Counts an interval in which a queue performs so.
    pub fn add(&mut self, goal: &Goal, performance: &Performance) {
        for by in goal.broken(performance) {
            match by {
                DecidedBy::ServiceLevel => self.service_level += 1,
                DecidedBy::AverageSpeedOfAnswer => self.average_speed_of_answer += 1,
                DecidedBy::Abandonment => self.abandonment += 1,
                DecidedBy::Occupancy => self.occupancy += 1,
                // Least staff and seniors are counted by coverage; they are no limits of a goal.
                DecidedBy::MinimumStaff | DecidedBy::Seniors => {}
            }
        }
    }

    /// The limits that are missed, in the order of [`DecidedBy`], each with the number of intervals.
    pub fn limits(self) -> impl Iterator<Item = (DecidedBy, u32)> {
        let all = [
            (DecidedBy::ServiceLevel, self.service_level),
            (DecidedBy::AverageSpeedOfAnswer, self.average_speed_of_answer),
            (DecidedBy::Abandonment, self.abandonment),
            (DecidedBy::Occupancy, self.occupancy),
        ];
        all.into_iter().filter(|(_, intervals)| *intervals > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::Traffic;

    #[test]
    fn each_limit_is_counted_by_itself() {
        let goal = Goal::service_level(0.8, 20.0)
            .and_then(|goal| goal.with_max_occupancy(0.7))
            .expect("limits");
        let traffic = Traffic::new(10.0, 180.0, None).expect("traffic");
        let mut missed = MissedLimits::default();
        // 14 agents answer 88.8 % in time and are busy for 71.4 % of it; 13 answer 79.6 %.
        for agents in [20.0, 14.0, 13.0] {
            missed.add(&goal, &traffic.performance(agents, goal.threshold_seconds()));
        }
        let found: Vec<_> = missed.limits().collect();
        assert_eq!(found, [(DecidedBy::ServiceLevel, 1), (DecidedBy::Occupancy, 2)]);
    }

    #[test]
    fn a_queue_that_grows_for_ever_misses_every_limit_that_is_set() {
        let goal = Goal::unlimited(20.0)
            .and_then(|goal| goal.with_max_asa(30.0))
            .and_then(|goal| goal.with_max_abandonment(0.05))
            .expect("limits");
        let traffic = Traffic::new(10.0, 180.0, None).expect("traffic");
        let mut missed = MissedLimits::default();
        missed.add(&goal, &traffic.performance(9.0, goal.threshold_seconds()));
        let found: Vec<_> = missed.limits().map(|(by, _)| by).collect();
        assert_eq!(found, [DecidedBy::AverageSpeedOfAnswer, DecidedBy::Abandonment]);
    }
}
