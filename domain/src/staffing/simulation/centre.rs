//! The day that is simulated: queues, groups of agents, periods.

use rand::{Rng, SeedableRng as _};
use rand_distr::{Distribution as _, Gamma, StandardUniform};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{
    super::{
        Shrinkage, StaffingError,
        error::{at_least, positive},
    },
    day,
    draw::{Draw, Spread, busyness},
    estimate::SimulatedDay,
};

/// Calls of one queue in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueuePeriod {
    /// Calls expected to arrive in the period; 0 when the queue is closed.
    pub calls: f64,
    /// Mean handle time in seconds.
    pub handle_seconds: f64,
    /// Mean patience in seconds; `None` when callers never hang up.
    pub patience_seconds: Option<f64>,
}

/// A queue: its calls and where they go.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// One for each period of the day.
    pub periods: Vec<QueuePeriod>,
    /// How handle times lie around their mean.
    pub handle_spread: Spread,
    /// Groups that a new call tries, best first, as positions in the list of groups. A group that
    /// is not named never serves the queue.
    pub routes: Vec<usize>,
    /// Answered within so many seconds counts as in time; `None` where nothing does: the queue is
    /// then in no service level.
    pub threshold_seconds: Option<f64>,
}

/// A group of agents with the same skills.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Agents at work in each period. Who is on a call when the number falls ends the call first.
    pub agents: Vec<u32>,
    /// Agents who serve what still waits when the day has ended.
    pub agents_after: u32,
    /// Share of them who do not come, without notice. Each day that is played has its own absence
    /// for each group: of `n` agents `⌊n × (1 − absent) + u⌋` are there, with one `u` between 0 and 1
    /// for all periods of the day. On average that is the share to the last digit, it is whole agents
    /// at any time, and who is missed in the morning is missed in the evening.
    pub absent: Shrinkage,
}

impl Group {
    /// Those of the group who come on one day.
    pub(super) fn on_one_day(&self, random: &mut impl Rng) -> Self {
        if self.absent == Shrinkage::NONE {
            return self.clone();
        }
        let luck: f64 = StandardUniform.sample(random);
        let there = |agents: u32| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "less than a u32 and one, rounded down, and not negative"
            )]
            let whole = (self.absent.remaining(f64::from(agents)) + luck).floor() as u32;
            whole.min(agents)
        };
        Self {
            agents: self.agents.iter().map(|agents| there(*agents)).collect(),
            agents_after: there(self.agents_after),
            absent: self.absent,
        }
    }
}

/// One day of a centre, ready to be simulated.
#[derive(Debug, Clone)]
pub struct Centre {
    pub(super) period_seconds: f64,
    pub(super) periods: usize,
    pub(super) queues: Vec<ReadyQueue>,
    pub(super) groups: Vec<Group>,
    /// Queues of each group.
    pub(super) served: Vec<Vec<usize>>,
    busyness: Option<Gamma<f64>>,
}

/// A queue with its distributions made.
#[derive(Debug, Clone)]
pub(super) struct ReadyQueue {
    pub(super) periods: Vec<ReadyPeriod>,
    pub(super) routes: Vec<usize>,
    pub(super) threshold: Option<f64>,
}

/// A period with its distributions made.
#[derive(Debug, Clone)]
pub(super) struct ReadyPeriod {
    /// Calls a second.
    pub(super) rate: f64,
    pub(super) handle: Draw,
    pub(super) patience: Option<Draw>,
}

impl Centre {
    /// Most periods of a day (quarter hours of a day of 25 hours fit).
    pub const MAX_PERIODS: usize = 288;

    /// A day of equal periods of `period_seconds`. `busyness_shape` is the shape of the gamma factor
    /// with mean 1 that multiplies all rates of a day (its variance is one over the shape); `None`
    /// when days do not differ.
    ///
    /// # Errors
    /// [`StaffingError::OutOfRange`] for a figure that means nothing, for lists that have not one
    /// entry for each period, and for a route to a group that is not there.
    pub fn new(
        period_seconds: f64,
        queues: &[Queue],
        groups: Vec<Group>,
        busyness_shape: Option<f64>,
    ) -> Result<Self, StaffingError> {
        let period_seconds = positive("period_seconds", period_seconds)?;
        let periods = queues.first().map_or(0, |queue| queue.periods.len());
        let in_day = |what, count: usize| {
            if count == periods && count > 0 && count <= Self::MAX_PERIODS {
                Ok(())
            } else {
                Err(out_of_range(what, count))
            }
        };
        for group in &groups {
            in_day("periods of a group", group.agents.len())?;
        }
        let mut served = vec![Vec::new(); groups.len()];
        let mut ready = Vec::with_capacity(queues.len());
        for (position, queue) in queues.iter().enumerate() {
            in_day("periods of a queue", queue.periods.len())?;
            for &group in &queue.routes {
                let queues: &mut Vec<usize> =
                    served.get_mut(group).ok_or_else(|| out_of_range("route", group))?;
                if queues.contains(&position) {
                    return Err(out_of_range("route given twice", group));
                }
                queues.push(position);
            }
            ready.push(ReadyQueue {
                periods: queue
                    .periods
                    .iter()
                    .map(|period| ready_period(period, queue.handle_spread, period_seconds))
                    .collect::<Result<_, _>>()?,
                routes: queue.routes.clone(),
                threshold: queue
                    .threshold_seconds
                    .map(|seconds| at_least("threshold_seconds", seconds, 0.0))
                    .transpose()?,
            });
        }
        let busyness = busyness_shape.map(busyness).transpose()?;
        Ok(Self { period_seconds, periods, queues: ready, groups, served, busyness })
    }

    /// Plays the day `days` times (at least 2, so that there is an interval) from `seed` on.
    #[must_use]
    pub fn simulate(&self, days: u32, seed: u64) -> SimulatedDay {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let with_threshold = self.queues.iter().map(|queue| queue.threshold.is_some()).collect();
        let mut result = SimulatedDay::new(with_threshold, self.groups.len(), self.periods);
        for _ in 0..days.max(2) {
            let factor = self.busyness.map_or(1.0, |law| law.sample(&mut random));
            let groups: Vec<Group> =
                self.groups.iter().map(|group| group.on_one_day(&mut random)).collect();
            result.add(day::play(self, &groups, factor, &mut random));
        }
        result
    }
}

fn ready_period(
    period: &QueuePeriod,
    spread: Spread,
    period_seconds: f64,
) -> Result<ReadyPeriod, StaffingError> {
    Ok(ReadyPeriod {
        rate: at_least("calls", period.calls, 0.0)? / period_seconds,
        handle: Draw::new("handle_seconds", period.handle_seconds, spread)?,
        patience: period
            .patience_seconds
            .map(|mean| Draw::new("patience_seconds", mean, Spread::Exponential))
            .transpose()?,
    })
}

#[expect(clippy::cast_precision_loss, reason = "only shown in a message")]
fn out_of_range(what: &'static str, count: usize) -> StaffingError {
    StaffingError::OutOfRange { what, value: count as f64 }
}
