//! One day, event by event.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, VecDeque},
};

use rand::Rng;
use rand_distr::{Distribution as _, Exp1};

use super::{
    centre::{Centre, Group},
    estimate::{DayTally, GroupTime},
};

/// A call that waits.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    arrived: f64,
    gives_up: f64,
    handle: f64,
    period: usize,
}

/// The end of a call, ordered by time.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Completion {
    at: f64,
    group: usize,
}

impl Eq for Completion {}

impl Ord for Completion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.total_cmp(&other.at).then(self.group.cmp(&other.group))
    }
}

impl PartialOrd for Completion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What happens next.
enum Event {
    Arrival(usize),
    Boundary,
    Completion,
}

/// Plays one day with the agents who come, `groups` as the centre has them, and all rates multiplied
/// by `factor`, until nothing waits any more.
///
/// Callers who hang up need no event of their own: they change nothing but the queue they stand in,
/// so they are struck out when somebody looks at its head.
pub(super) fn play(
    centre: &Centre,
    groups: &[Group],
    factor: f64,
    random: &mut impl Rng,
) -> DayTally {
    let mut day = Day::new(centre, groups);
    for queue in 0..centre.queues.len() {
        day.schedule_arrival(queue, 0.0, factor, random);
    }
    let mut end = 0.0;
    while let Some((at, event)) = day.next_event() {
        match event {
            Event::Arrival(queue) => {
                day.arrive(queue, at, random);
                day.schedule_arrival(queue, at, factor, random);
            }
            Event::Boundary => day.enter_next_period(at),
            Event::Completion => day.complete(at),
        }
        end = at;
    }
    for group in 0..groups.len() {
        day.count_time(group, end);
    }
    day.strike_out_the_rest();
    day.tally
}

struct Day<'a> {
    centre: &'a Centre,
    /// The groups of the centre with those agents who come on the day.
    groups: &'a [Group],
    /// Current period; the number of periods once the day has ended.
    period: usize,
    arrivals: Vec<f64>,
    completions: BinaryHeap<Reverse<Completion>>,
    waiting: Vec<VecDeque<Waiting>>,
    busy: Vec<u32>,
    /// When each group's times were last added up.
    counted: Vec<f64>,
    tally: DayTally,
}

impl<'a> Day<'a> {
    fn new(centre: &'a Centre, groups: &'a [Group]) -> Self {
        Self {
            centre,
            groups,
            period: 0,
            arrivals: vec![f64::INFINITY; centre.queues.len()],
            completions: BinaryHeap::new(),
            waiting: vec![VecDeque::new(); centre.queues.len()],
            busy: vec![0; groups.len()],
            counted: vec![0.0; groups.len()],
            tally: DayTally::new(centre.queues.len(), groups.len(), centre.periods),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a period number is small")]
    fn boundary(&self, period: usize) -> f64 {
        period as f64 * self.centre.period_seconds
    }

    fn agents(&self, group: usize) -> u32 {
        let group = &self.groups[group];
        group.agents.get(self.period).copied().unwrap_or(group.agents_after)
    }

    /// The next arrival after `from`: an exponential of unit mean used up at each period's rate.
    fn schedule_arrival(&mut self, queue: usize, from: f64, factor: f64, random: &mut impl Rng) {
        let mut left: f64 = Exp1.sample(random);
        let mut at = from;
        self.arrivals[queue] = f64::INFINITY;
        for period in self.period..self.centre.periods {
            let rate = self.centre.queues[queue].periods[period].rate * factor;
            let end = self.boundary(period + 1);
            if left < rate * (end - at) {
                self.arrivals[queue] = at + left / rate;
                return;
            }
            left -= rate * (end - at);
            at = end;
        }
    }

    fn next_event(&self) -> Option<(f64, Event)> {
        let boundary = if self.period < self.centre.periods {
            self.boundary(self.period + 1)
        } else {
            f64::INFINITY
        };
        let mut next = (boundary, Event::Boundary);
        for (queue, &at) in self.arrivals.iter().enumerate() {
            if at < next.0 {
                next = (at, Event::Arrival(queue));
            }
        }
        if let Some(Reverse(completion)) = self.completions.peek()
            && completion.at < next.0
        {
            next = (completion.at, Event::Completion);
        }
        next.0.is_finite().then_some(next)
    }

    fn arrive(&mut self, queue: usize, at: f64, random: &mut impl Rng) {
        let centre = self.centre;
        let law = &centre.queues[queue].periods[self.period];
        let handle = law.handle.seconds(random);
        let patience =
            law.patience.as_ref().map_or(f64::INFINITY, |patience| patience.seconds(random));
        self.tally.level(queue, self.period).offered += 1;
        let call = Waiting { arrived: at, gives_up: at + patience, handle, period: self.period };
        for &group in &centre.queues[queue].routes {
            if self.busy[group] < self.agents(group) {
                self.serve(queue, group, call, at);
                return;
            }
        }
        self.waiting[queue].push_back(call);
    }

    fn serve(&mut self, queue: usize, group: usize, call: Waiting, at: f64) {
        self.count_time(group, at);
        self.busy[group] += 1;
        self.completions.push(Reverse(Completion { at: at + call.handle, group }));
        let wait = at - call.arrived;
        let threshold = self.centre.queues[queue].threshold;
        let level = self.tally.level(queue, call.period);
        level.answered += 1;
        level.answered_in_time += u64::from(threshold.is_some_and(|threshold| wait <= threshold));
        level.wait_seconds += wait;
    }

    fn complete(&mut self, at: f64) {
        let Some(Reverse(Completion { group, .. })) = self.completions.pop() else { return };
        self.count_time(group, at);
        self.busy[group] -= 1;
        self.fill(group, at);
    }

    fn enter_next_period(&mut self, at: f64) {
        for group in 0..self.busy.len() {
            self.count_time(group, at);
        }
        self.period += 1;
        for group in 0..self.busy.len() {
            self.fill(group, at);
        }
    }

    /// Gives free agents of the group the calls that have waited longest in their queues.
    fn fill(&mut self, group: usize, at: f64) {
        while self.busy[group] < self.agents(group) {
            let mut oldest: Option<(usize, f64)> = None;
            for &queue in &self.centre.served[group] {
                self.strike_out(queue, at);
                if let Some(head) = self.waiting[queue].front()
                    && oldest.is_none_or(|(_, arrived)| head.arrived < arrived)
                {
                    oldest = Some((queue, head.arrived));
                }
            }
            let Some((queue, _)) = oldest else { return };
            let Some(call) = self.waiting[queue].pop_front() else { return };
            self.serve(queue, group, call, at);
        }
    }

    /// Takes those off the head of a queue who hung up before `at`.
    fn strike_out(&mut self, queue: usize, at: f64) {
        while let Some(head) = self.waiting[queue].front().copied()
            && head.gives_up <= at
        {
            self.waiting[queue].pop_front();
            self.hang_up(queue, head);
        }
    }

    fn hang_up(&mut self, queue: usize, call: Waiting) {
        let patience = call.gives_up - call.arrived;
        let threshold = self.centre.queues[queue].threshold;
        let level = self.tally.level(queue, call.period);
        level.abandoned += 1;
        level.abandoned_late += u64::from(threshold.is_some_and(|threshold| patience >= threshold));
    }

    /// Whoever still stands in a queue when nobody serves it any more hangs up in the end.
    fn strike_out_the_rest(&mut self) {
        for queue in 0..self.waiting.len() {
            while let Some(call) = self.waiting[queue].pop_front() {
                self.hang_up(queue, call);
            }
        }
    }

    /// Adds up busy and paid time of a group until `at`, in the period that the day is in.
    fn count_time(&mut self, group: usize, at: f64) {
        let span = at - self.counted[group];
        self.counted[group] = at;
        let busy = f64::from(self.busy[group]);
        // Who ends a call after the number of agents fell is still paid.
        let paid = f64::from(self.agents(group)).max(busy);
        let period = self.period;
        let GroupTime { busy_seconds, paid_seconds } = self.tally.time(group, period);
        *busy_seconds += span * busy;
        *paid_seconds += span * paid;
    }
}
