//! Which goal a row of the wallboard is measured by.

use rust_decimal::Decimal;

use super::BoardScope;
use crate::{
    id::{QueueId, SiteId},
    kpis::ServiceLevelMethod,
};

/// What the service level of a queue is to be, and how it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowGoal {
    /// Percent of contacts to be answered within the threshold.
    pub service_level: Decimal,
    /// The threshold in seconds.
    pub threshold_seconds: u32,
    /// What contacts in time are divided by.
    pub method: ServiceLevelMethod,
}

/// The goal of a row whose service level is taken by `method`: of its queues' goals the one that all
/// of them have. `None` when one has none or another, or is counted otherwise than the row: a sum of
/// unlike goals has none.
#[must_use]
pub fn common_goal(
    method: ServiceLevelMethod,
    goals: impl IntoIterator<Item = Option<RowGoal>>,
) -> Option<RowGoal> {
    let mut goals = goals.into_iter().map(|goal| goal.filter(|goal| goal.method == method));
    let first = goals.next()?;
    first.filter(|_| goals.all(|goal| goal == first))
}

impl BoardScope {
    /// Whether a queue that these sites serve is in the row.
    #[must_use]
    pub fn takes_in(self, queue: QueueId, sites: &[SiteId]) -> bool {
        self.queue.is_none_or(|wanted| wanted == queue)
            && self.site.is_none_or(|wanted| sites.contains(&wanted))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::Id,
        kpis::ServiceLevelMethod::{AnsweredOnly, Offered},
    };

    fn id<K>(number: u128) -> Id<K> {
        Id::from_uuid(Uuid::from_u128(number))
    }

    fn goal(percent: i64, threshold_seconds: u32, method: ServiceLevelMethod) -> Option<RowGoal> {
        Some(RowGoal { service_level: Decimal::from(percent), threshold_seconds, method })
    }

    #[test]
    fn a_row_has_the_goal_that_all_of_its_queues_have() {
        let usual = goal(80, 20, Offered);
        assert_eq!(common_goal(Offered, [usual, usual]), usual);
        assert_eq!(common_goal(Offered, [usual, goal(90, 20, Offered)]), None);
        assert_eq!(common_goal(Offered, [usual, goal(80, 30, Offered)]), None);
        assert_eq!(common_goal(Offered, [usual, None]), None);
        assert_eq!(common_goal(Offered, [None, usual]), None);
        assert_eq!(common_goal(Offered, []), None);
        // A queue is measured by its own method, a sum by the usual one.
        let other = goal(80, 20, AnsweredOnly);
        assert_eq!(common_goal(AnsweredOnly, [other]), other);
        assert_eq!(common_goal(Offered, [other, other]), None);
    }

    #[test]
    fn a_row_takes_in_the_queues_that_its_site_serves() {
        let at = |queue: Option<u128>, site: Option<u128>| {
            BoardScope { queue: queue.map(id), site: site.map(id) }.takes_in(id(1), &[id(7), id(8)])
        };
        assert!(at(None, None) && at(Some(1), None) && at(None, Some(8)) && at(Some(1), Some(7)));
        assert!(!at(Some(2), None) && !at(None, Some(9)) && !at(Some(2), Some(7)));
    }
}
