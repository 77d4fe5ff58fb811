//! From a published plan to a day that can be simulated: what the roster is worth for queues that
//! share agents.

use std::collections::BTreeMap;

use super::{
    Goal, Shrinkage, StaffingError,
    simulation::{Centre, Group, Queue, QueuePeriod, Spread},
};
use crate::time::Span;

/// Seconds of a period: short enough for breaks, long enough for forecasts of five minutes to be
/// summed into it.
pub(super) const PERIOD_SECONDS: i64 = 900;

/// A queue of the day.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedQueue {
    /// Intervals of its forecast: when, calls, seconds per call.
    pub forecast: Vec<(Span, f64, f64)>,
    /// Mean patience in seconds; `None` when callers never hang up.
    pub patience_seconds: Option<f64>,
    /// Its goal on the day; `None` for a queue without one, which has no service level then.
    pub goal: Option<Goal>,
    /// Share of its agents who do not come without notice, as its requirement counted with: the
    /// roster was made for so many more.
    pub unplanned: Shrinkage,
}

impl PlannedQueue {
    /// Calls expected on the day.
    #[must_use]
    pub fn calls(&self) -> f64 {
        self.forecast.iter().map(|(_, calls, _)| calls).sum()
    }

    /// Answered within so many seconds counts as in time; `None` for a queue without a goal.
    #[must_use]
    pub fn threshold_seconds(&self) -> Option<f64> {
        self.goal.map(|goal| goal.threshold_seconds())
    }

    /// Seconds that its calls take on the day.
    fn work_seconds(&self) -> f64 {
        self.forecast.iter().map(|(_, calls, handle_seconds)| calls * handle_seconds).sum()
    }

    pub(super) fn period(&self, period: Span) -> QueuePeriod {
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
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedGroup {
    /// Their queues.
    pub queues: Vec<usize>,
    /// How many are planned on queue in each period.
    pub agents: Vec<u32>,
    /// Share of them who do not come: the mean of their queues, by the work of each on the day.
    pub unplanned: Shrinkage,
}

impl PlannedGroup {
    /// Seconds planned on queue, all its agents and periods together.
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
    pub(super) fn periods(&self) -> Vec<Span> {
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
        let group = |(queues, agents): (&[usize], _)| PlannedGroup {
            queues: queues.to_vec(),
            agents,
            unplanned: self.unplanned(queues),
        };
        groups.into_iter().map(group).collect()
    }

    fn unplanned(&self, queues: &[usize]) -> Shrinkage {
        let queues = queues.iter().filter_map(|queue| self.queues.get(*queue));
        Shrinkage::mean(queues.map(|queue| (queue.unplanned, queue.work_seconds())))
    }

    /// The day as a centre of these groups, of whom as many do not come as their queues counted with:
    /// anew on each day that is played, in whole agents who are away all day (see
    /// [`Group::absent`]). So a plan of as many agents as were to be scheduled is worth what the
    /// requirement promised of those on the phone, and not more. A call goes to the group with the
    /// fewest queues first, so that agents of many skills stay free. `handle_variation` is the
    /// coefficient of variation of handle times (1.55 on a published day of calls; 1 = exponential).
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
            threshold_seconds: queue.threshold_seconds(),
        };
        let queues: Vec<Queue> = self.queues.iter().enumerate().map(queue).collect();
        let group = |group: &PlannedGroup| Group {
            agents: group.agents.clone(),
            agents_after: group.agents.last().copied().unwrap_or(0),
            absent: group.unplanned,
        };
        Centre::new(PERIOD_SECONDS as f64, &queues, groups.iter().map(group).collect(), None)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::staffing::{Demand, StaffingPlan, simulation::Estimate};

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
            goal: Some(Goal::service_level(0.8, 20.0).expect("goal")),
            unplanned: Shrinkage::NONE,
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
    fn a_plan_of_those_to_schedule_is_worth_what_those_on_the_phone_are() {
        // 180 calls of 198 s in half an hour: 24 on the phone give 81.93 %, and with 8 % who do not
        // come 27 are to be scheduled. 24.84 of them come: 24 on 16 of 100 days, which gives
        // 81.93 %, and 25 on the others, which gives 88.61 %. All 27 would give 95.79 %.
        let plan = StaffingPlan {
            goal: Goal::service_level(0.8, 20.0).expect("goal"),
            patience_seconds: None,
            minimum_agents: 0,
            shrinkage: Shrinkage::NONE,
        };
        let demand = Demand { calls: 180.0, handle_seconds: 198.0, interval_seconds: 1800.0 };
        let on_phone = plan.requirement(&demand).expect("agents").on_phone;
        let unplanned = Shrinkage::new(0.08).expect("share");
        assert_eq!((on_phone, unplanned.on_roster(on_phone)), (24, Ok(27)));
        let level = |unplanned: Shrinkage| {
            let forecast = (8..16).map(|hour| (hours(hour, hour + 1), 360.0, 198.0)).collect();
            let queue = PlannedQueue { forecast, unplanned, ..queue(0.0) };
            let agents = vec![agent(&[0], 8, 17); 27];
            let day = PlannedDay { span: hours(0, 24), queues: vec![queue], agents };
            let groups = day.groups();
            assert_eq!((groups[0].agents[32], groups[0].unplanned), (27, unplanned));
            let played = day.centre(&groups, 1.0).expect("a day").simulate(60, 7);
            played.service_level(Some(0), None).expect("calls")
        };
        let formula = |agents: f64| plan.performance(&demand, agents).expect("level").service_level;
        let near = |level: Estimate, expected: f64| {
            assert!(
                (level.value - expected).abs() < level.half_width + 0.02,
                "{level:?} {expected}"
            );
        };
        near(level(unplanned), 0.16 * formula(24.0) + 0.84 * formula(25.0));
        near(level(Shrinkage::NONE), formula(27.0));
    }

    #[test]
    fn agents_of_several_queues_are_absent_as_the_work_of_these_is() {
        let share = |share| Shrinkage::new(share).expect("share");
        let queues = vec![
            PlannedQueue { unplanned: share(0.1), ..queue(300.0) },
            PlannedQueue { unplanned: share(0.02), ..queue(100.0) },
        ];
        let agents = vec![agent(&[0, 1], 8, 17), agent(&[1], 8, 17)];
        let groups = PlannedDay { span: hours(0, 24), queues, agents }.groups();
        let shares: Vec<f64> = groups.iter().map(|it| it.unplanned.share()).collect();
        assert!((shares[0] - 0.08).abs() < 1e-12 && (shares[1] - 0.02).abs() < 1e-12, "{shares:?}");
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
