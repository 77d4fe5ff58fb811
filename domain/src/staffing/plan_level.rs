//! From a published plan to a day that can be simulated: what the roster is worth for queues that
//! share agents.

use std::collections::BTreeMap;

use super::{
    StaffingError,
    simulation::{Centre, Group, Queue, QueuePeriod, Spread},
};
use crate::time::Span;

/// Seconds of a period: short enough for breaks, long enough for forecasts of five minutes to be
/// summed into it.
const PERIOD_SECONDS: i64 = 900;

/// A queue of the day.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedQueue {
    /// Intervals of its forecast: when, calls, seconds per call.
    pub forecast: Vec<(Span, f64, f64)>,
    /// Mean patience in seconds; `None` when callers never hang up.
    pub patience_seconds: Option<f64>,
    /// Answered within so many seconds counts as in time.
    pub threshold_seconds: f64,
}

impl PlannedQueue {
    /// Calls expected on the day.
    #[must_use]
    pub fn calls(&self) -> f64 {
        self.forecast.iter().map(|(_, calls, _)| calls).sum()
    }

    fn period(&self, period: Span) -> QueuePeriod {
        let (mut calls, mut seconds) = (0.0, 0.0);
        for (span, volume, handle_seconds) in &self.forecast {
            let Some(shared) = span.intersection(period) else { continue };
            let part = volume * shared.seconds() as f64 / span.seconds().max(1) as f64;
            calls += part;
            seconds += part * handle_seconds;
        }
        QueuePeriod {
            calls,
            // A period without calls still needs a handle time that means something.
            handle_seconds: if calls > 0.0 && seconds > 0.0 { seconds / calls } else { 1.0 },
            patience_seconds: self.patience_seconds,
        }
    }
}

/// An agent of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedAgent {
    /// Queues that the agent can serve, as positions in the list of queues, ascending.
    pub queues: Vec<usize>,
    /// When the agent is planned on queue.
    pub on_queue: Vec<Span>,
}

/// Agents of the day with the same queues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedGroup {
    /// Their queues.
    pub queues: Vec<usize>,
    /// How many are on queue in each period.
    pub agents: Vec<u32>,
}

impl PlannedGroup {
    /// Seconds on queue, all its agents and periods together.
    #[must_use]
    pub fn on_queue_seconds(&self) -> u64 {
        self.agents.iter().map(|agents| u64::from(*agents)).sum::<u64>()
            * PERIOD_SECONDS.unsigned_abs()
    }
}

/// A local day of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedDay {
    /// The day.
    pub span: Span,
    /// Its queues.
    pub queues: Vec<PlannedQueue>,
    /// Its agents.
    pub agents: Vec<PlannedAgent>,
}

impl PlannedDay {
    fn periods(&self) -> Vec<Span> {
        let mut periods = Vec::new();
        let mut start = self.span.start();
        while start < self.span.end() && periods.len() < Centre::MAX_PERIODS {
            let period = Span::of_seconds(start, PERIOD_SECONDS);
            periods.push(period);
            start = period.end();
        }
        periods
    }

    /// The agents in groups, by their queues. An agent counts in a period of which at least half is
    /// planned on queue.
    #[must_use]
    pub fn groups(&self) -> Vec<PlannedGroup> {
        let periods = self.periods();
        let mut groups: BTreeMap<&[usize], Vec<u32>> = BTreeMap::new();
        for agent in self.agents.iter().filter(|agent| !agent.queues.is_empty()) {
            let counts = groups.entry(&agent.queues).or_insert_with(|| vec![0; periods.len()]);
            for (count, period) in counts.iter_mut().zip(&periods) {
                let shared = agent.on_queue.iter().filter_map(|span| span.intersection(*period));
                let seconds: i64 = shared.map(Span::seconds).sum();
                *count += u32::from(2 * seconds >= PERIOD_SECONDS);
            }
        }
        let group =
            |(queues, agents): (&[usize], _)| PlannedGroup { queues: queues.to_vec(), agents };
        groups.into_iter().map(group).collect()
    }

    /// The day as a centre of these groups. A call goes to the group with the fewest queues first,
    /// so that agents of many skills stay free. `handle_variation` is the coefficient of
    /// variation of handle times (1.55 on a published day of calls; 1 = exponential).
    ///
    /// # Errors
    /// [`StaffingError`] for a figure that means nothing.
    pub fn centre(
        &self,
        groups: &[PlannedGroup],
        handle_variation: f64,
    ) -> Result<Centre, StaffingError> {
        let periods = self.periods();
        let routes = |queue: usize| {
            let mut able: Vec<usize> =
                (0..groups.len()).filter(|group| groups[*group].queues.contains(&queue)).collect();
            able.sort_by_key(|group| groups[*group].queues.len());
            able
        };
        let queue = |(place, queue): (usize, &PlannedQueue)| Queue {
            periods: periods.iter().map(|period| queue.period(*period)).collect(),
            handle_spread: if handle_variation == 1.0 {
                Spread::Exponential
            } else {
                Spread::LogNormal(handle_variation)
            },
            routes: routes(place),
            threshold_seconds: queue.threshold_seconds,
        };
        let queues: Vec<Queue> = self.queues.iter().enumerate().map(queue).collect();
        let group = |group: &PlannedGroup| Group {
            agents: group.agents.clone(),
            agents_after: group.agents.last().copied().unwrap_or(0),
        };
        Centre::new(PERIOD_SECONDS as f64, &queues, groups.iter().map(group).collect(), None)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::staffing::{Demand, Goal, Shrinkage, StaffingPlan};

    fn at(hour: i64) -> Timestamp {
        let midnight: Timestamp = "2026-11-09T16:00:00Z".parse().expect("instant");
        midnight + jiff::SignedDuration::from_hours(hour)
    }

    fn hours(from: i64, to: i64) -> Span {
        Span::new(at(from), at(to)).expect("a span")
    }

    fn queue(calls_an_hour: f64) -> PlannedQueue {
        PlannedQueue {
            forecast: (8..16).map(|hour| (hours(hour, hour + 1), calls_an_hour, 180.0)).collect(),
            patience_seconds: None,
            threshold_seconds: 20.0,
        }
    }

    fn agent(queues: &[usize], from: i64, to: i64) -> PlannedAgent {
        PlannedAgent { queues: queues.to_vec(), on_queue: vec![hours(from, to)] }
    }

    #[test]
    fn one_group_reaches_the_level_of_erlang_c() {
        let agents = vec![agent(&[0], 8, 17); 14];
        let day = PlannedDay { span: hours(0, 24), queues: vec![queue(200.0)], agents };
        let groups = day.groups();
        assert_eq!((groups.len(), groups[0].agents[32], groups[0].agents[0]), (1, 14, 0));
        let level = day.centre(&groups, 1.0).expect("a day").simulate(60, 7);
        let level = level.service_level(Some(0), None).expect("calls");
        let plan = StaffingPlan {
            goal: Goal::service_level(0.8, 20.0).expect("goal"),
            patience_seconds: None,
            minimum_agents: 0,
            shrinkage: Shrinkage::new(0.0).expect("share"),
        };
        let demand = Demand { calls: 100.0, handle_seconds: 180.0, interval_seconds: 1800.0 };
        let formula = plan.performance(&demand, 14.0).expect("level").service_level;
        assert!((level.value - formula).abs() < level.half_width + 0.02, "{level:?} {formula}");
    }

    #[test]
    fn agents_of_two_skills_are_a_group_and_help_both_queues() {
        let mut agents = vec![agent(&[0], 8, 17); 12];
        agents.extend(vec![agent(&[1], 8, 17); 12]);
        let level = |agents: Vec<PlannedAgent>| {
            let queues = vec![queue(200.0), queue(200.0)];
            let day = PlannedDay { span: hours(0, 24), queues, agents };
            let groups = day.groups();
            let played = day.centre(&groups, 1.55).expect("a day").simulate(40, 7);
            (groups.len(), played.service_level(None, None).expect("calls").value)
        };
        let (apart, without) = level(agents.clone());
        agents.extend(vec![agent(&[0, 1], 8, 17); 3]);
        let (together, with) = level(agents);
        assert_eq!((apart, together), (2, 3));
        assert!(with > without + 0.1, "{with} {without}");
    }

    #[test]
    fn a_short_break_takes_an_agent_out_of_half_periods_only() {
        let on_queue = vec![
            Span::of_seconds(at(8), 3600 + 600),
            Span::of_seconds(at(9) + jiff::SignedDuration::from_mins(20), 3600),
        ];
        let agents = vec![PlannedAgent { queues: vec![0], on_queue }];
        let day = PlannedDay { span: hours(0, 24), queues: vec![queue(1.0)], agents };
        // 09:00 has ten minutes, 09:15 has ten, 10:15 has five.
        assert_eq!(day.groups()[0].agents[36..42], [1, 1, 1, 1, 1, 0]);
    }
}
