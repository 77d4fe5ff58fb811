//! What the Erlang formulas say of a published plan, to stand beside its simulation.

use super::{
    Demand, PlannedDay, PlannedGroup, PlannedQueue, StaffingError, Traffic, divide_agents,
    plan_level::PERIOD_SECONDS, required_agents, simulation::QueuePeriod,
};
use crate::time::Span;

/// What the formula foretells of a queue in a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FormulaPeriod {
    /// The period.
    pub span: Span,
    /// Contacts offered.
    pub contacts: f64,
    /// Agents who come and count for the queue; fractional.
    pub agents: f64,
    /// Contacts answered within the threshold; `None` for a queue without a goal.
    pub answered_in_time: Option<f64>,
}

/// What the formula foretells of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanFormula {
    /// The periods of each queue, in the order of the queues.
    pub queues: Vec<Vec<FormulaPeriod>>,
}

impl PlanFormula {
    /// Share of contacts answered within the threshold of those offered, over all queues or one, all
    /// periods or one: a ratio of sums, over those queues that have a goal. `None` without contacts.
    #[must_use]
    pub fn service_level(&self, queue: Option<usize>, period: Option<usize>) -> Option<f64> {
        let is_asked = |asked: Option<usize>, place: usize| asked.is_none_or(|it| it == place);
        let (mut in_time, mut contacts) = (0.0, 0.0);
        for (of_queue, periods) in self.queues.iter().enumerate() {
            for (at, figures) in periods.iter().enumerate() {
                if is_asked(queue, of_queue)
                    && is_asked(period, at)
                    && let Some(answered) = figures.answered_in_time
                {
                    in_time += answered;
                    contacts += figures.contacts;
                }
            }
        }
        (contacts > 0.0).then_some(in_time / contacts)
    }
}

impl PlannedDay {
    /// What Erlang A, or Erlang C where patience is not known, foretells of each queue with the agents
    /// of these groups, each period taken by itself and in its long run.
    ///
    /// Of each group those count who come, on average ([`PlannedGroup::unplanned`]). A formula knows one
    /// queue with agents of its own, so those of several queues are divided among them as
    /// [`divide_agents`] says, by what each queue needs on the phone to keep its goal in the period; the
    /// erlangs of a queue without a goal are its need. What sharing is worth beyond that only
    /// [`Self::centre`] knows.
    ///
    /// # Errors
    /// [`StaffingError`] for a figure that means nothing.
    pub fn formula(&self, groups: &[PlannedGroup]) -> Result<PlanFormula, StaffingError> {
        let mut able: Vec<&PlannedGroup> = groups.iter().collect();
        // Stable: groups of as many queues stay in their order.
        able.sort_by_key(|group| group.queues.len());
        let mut queues: Vec<Vec<FormulaPeriod>> = vec![Vec::new(); self.queues.len()];
        for (at, span) in self.periods().into_iter().enumerate() {
            let offered = self.queues.iter().map(|queue| Offered::of(queue, span));
            let offered: Vec<Offered> = offered.collect::<Result<_, _>>()?;
            let needed: Vec<f64> = offered.iter().map(Offered::needed).collect();
            let there = |group: &&PlannedGroup| {
                let planned = group.agents.get(at).copied().unwrap_or(0);
                group.unplanned.remaining(f64::from(planned))
            };
            let there: Vec<(&[usize], f64)> =
                able.iter().map(|group| (group.queues.as_slice(), there(group))).collect();
            let agents = divide_agents(&there, &needed);
            for (periods, (offered, agents)) in queues.iter_mut().zip(offered.iter().zip(agents)) {
                periods.push(offered.served_by(agents, span));
            }
        }
        Ok(PlanFormula { queues })
    }
}

/// What a queue is offered in a period.
struct Offered<'a> {
    queue: &'a PlannedQueue,
    contacts: f64,
    /// `None` without contacts.
    traffic: Option<Traffic>,
}

impl<'a> Offered<'a> {
    fn of(queue: &'a PlannedQueue, period: Span) -> Result<Self, StaffingError> {
        let QueuePeriod { calls, handle_seconds, patience_seconds } = queue.period(period);
        let demand = Demand { calls, handle_seconds, interval_seconds: PERIOD_SECONDS as f64 };
        Ok(Self { queue, contacts: calls, traffic: demand.traffic(patience_seconds)? })
    }

    /// Agents on the phone that it needs.
    fn needed(&self) -> f64 {
        let Some(traffic) = self.traffic else { return 0.0 };
        let by_goal = self.queue.goal.and_then(|goal| required_agents(traffic, &goal).ok());
        by_goal.map_or(traffic.erlangs(), f64::from)
    }

    fn served_by(&self, agents: f64, span: Span) -> FormulaPeriod {
        let level = |threshold: f64| {
            let traffic = self.traffic;
            traffic.map_or(0.0, |traffic| traffic.performance(agents, threshold).service_level)
        };
        let threshold = self.queue.threshold_seconds();
        FormulaPeriod {
            span,
            contacts: self.contacts,
            agents,
            answered_in_time: threshold.map(|threshold| self.contacts * level(threshold)),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::staffing::{Goal, PlannedAgent, Shrinkage};

    fn hours(from: i64, to: i64) -> Span {
        let midnight: Timestamp = "2026-11-09T16:00:00Z".parse().expect("instant");
        Span::of_seconds(midnight + SignedDuration::from_hours(from), 3600 * (to - from))
    }

    /// Contacts of 180 s in each hour from eight on, of callers who have 180 s of patience. Then everybody
    /// leaves after 180 s, served or not, and as many are there as a Poisson law of the erlangs says: with
    /// a threshold of 0 those are in time who find fewer than the agents there.
    fn queue(contacts: &[f64]) -> PlannedQueue {
        let hour = |(contacts, hour): (&f64, i64)| (hours(hour, hour + 1), *contacts, 180.0);
        PlannedQueue {
            forecast: contacts.iter().zip(8..).map(hour).collect(),
            patience_seconds: Some(180.0),
            goal: Some(Goal::service_level(0.8, 0.0).expect("goal")),
            unplanned: Shrinkage::NONE,
        }
    }

    fn agents(queues: &[usize], count: usize) -> Vec<PlannedAgent> {
        vec![PlannedAgent { queues: queues.to_vec(), on_queue: vec![hours(8, 10)] }; count]
    }

    fn formula(queues: Vec<PlannedQueue>, agents: Vec<PlannedAgent>) -> PlanFormula {
        let day = PlannedDay { span: hours(0, 24), queues, agents };
        day.formula(&day.groups()).expect("a day")
    }

    fn near(level: Option<f64>, expected: f64) {
        assert!(level.is_some_and(|it| (it - expected).abs() < 1e-9), "{level:?} {expected}");
    }

    #[test]
    fn one_agent_answers_those_who_find_nobody_there_and_a_day_is_a_ratio_of_sums() {
        // One erlang, then two: nobody is there in e⁻¹ and e⁻² of the time.
        let found = formula(vec![queue(&[20.0, 40.0])], agents(&[0], 1));
        let (one, two) = ((-1.0_f64).exp(), (-2.0_f64).exp());
        near(found.service_level(Some(0), Some(32)), one);
        near(found.service_level(Some(0), Some(36)), two);
        // 21.29 % of 60 contacts; the mean of the two would be 25.16 %.
        near(found.service_level(Some(0), None), (20.0 * one + 40.0 * two) / 60.0);
        near(found.service_level(None, None), (20.0 * one + 40.0 * two) / 60.0);
        assert_eq!(found.service_level(None, Some(0)), None, "nobody calls at midnight");
        let of_nine = found.queues[0][36];
        assert_eq!((of_nine.span.start(), of_nine.contacts), (hours(9, 10).start(), 10.0));
    }

    #[test]
    fn contacts_for_whom_nobody_is_planned_count_as_not_in_time() {
        let found = formula(vec![queue(&[20.0, 20.0, 20.0])], agents(&[0], 1));
        near(found.service_level(None, None), (-1.0_f64).exp() * 2.0 / 3.0);
    }

    #[test]
    fn half_of_those_who_are_planned_come() {
        let half = Shrinkage::new(0.5).expect("share");
        let queue = PlannedQueue { unplanned: half, ..queue(&[20.0, 20.0]) };
        let found = formula(vec![queue], agents(&[0], 2));
        assert_eq!(found.queues[0][32].agents, 1.0);
        near(found.service_level(None, None), (-1.0_f64).exp());
    }

    #[test]
    fn agents_of_two_queues_are_divided_by_what_each_misses_of_its_goal() {
        // For 80 % of one erlang three are needed: e⁻¹ (1 + 1 + 1/2) is 91.97 %, of two 73.58 %. So of the
        // five of both queues two help the one and three the other.
        let mut planned = agents(&[0, 1], 5);
        planned.extend(agents(&[0], 1));
        let found = formula(vec![queue(&[20.0]), queue(&[20.0])], planned.clone());
        for queue in 0..2 {
            assert!((found.queues[queue][32].agents - 3.0).abs() < 1e-9, "{:?}", found.queues);
            near(found.service_level(Some(queue), None), 2.5 * (-1.0_f64).exp());
        }
        // A queue without a goal needs its erlang and is in no level: of the five two and one are missing,
        // and the two left over go three to one.
        let without = PlannedQueue { goal: None, ..queue(&[20.0]) };
        let found = formula(vec![queue(&[20.0]), without], planned);
        let agents = [0, 1].map(|queue: usize| found.queues[queue][32].agents);
        assert!((agents[0] - 4.5).abs() < 1e-9 && (agents[1] - 1.5).abs() < 1e-9, "{agents:?}");
        assert_eq!(found.service_level(Some(1), None), None);
        assert_eq!(found.service_level(None, None), found.service_level(Some(0), None));
    }
}
