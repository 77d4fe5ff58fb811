//! Sums of simulated days and what they say, with intervals.

use std::ops::{AddAssign, Range};

/// Calls of one queue, summed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Level {
    /// Calls that arrived.
    pub offered: u64,
    /// Calls that an agent took.
    pub answered: u64,
    /// Of those, calls taken within the queue's threshold; none where it has none.
    pub answered_in_time: u64,
    /// Callers who hung up, or whom nobody was left to serve.
    pub abandoned: u64,
    /// Of those, callers who had waited for the threshold or longer; none where there is none.
    pub abandoned_late: u64,
    /// Seconds that answered callers waited.
    pub wait_seconds: f64,
}

impl AddAssign for Level {
    fn add_assign(&mut self, other: Self) {
        self.offered += other.offered;
        self.answered += other.answered;
        self.answered_in_time += other.answered_in_time;
        self.abandoned += other.abandoned;
        self.abandoned_late += other.abandoned_late;
        self.wait_seconds += other.wait_seconds;
    }
}

/// Time of a group of agents, summed, in agent-seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct GroupTime {
    pub(super) busy_seconds: f64,
    pub(super) paid_seconds: f64,
}

/// One simulated day: figures by queue and period, and by group and period.
#[derive(Debug, Clone)]
pub(super) struct DayTally {
    levels: Vec<Level>,
    times: Vec<GroupTime>,
    periods: usize,
}

impl DayTally {
    pub(super) fn new(queues: usize, groups: usize, periods: usize) -> Self {
        Self {
            levels: vec![Level::default(); queues * periods],
            // One more than periods: what is left over at the end of the day is served in the last.
            times: vec![GroupTime::default(); groups * (periods + 1)],
            periods,
        }
    }

    pub(super) fn level(&mut self, queue: usize, period: usize) -> &mut Level {
        &mut self.levels[queue * self.periods + period]
    }

    pub(super) fn time(&mut self, group: usize, period: usize) -> &mut GroupTime {
        &mut self.times[group * (self.periods + 1) + period]
    }
}

/// A figure with its 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The figure itself.
    pub value: f64,
    /// Half the width of the interval; the truth lies within `value ± half_width` in 95 of 100 cases.
    pub half_width: f64,
}

impl Estimate {
    /// Two-sided 95 % quantile of the normal law, good enough from 30 days on.
    const QUANTILE: f64 = 1.959_963_984_540_054;

    /// Mean of one value a day.
    fn mean(values: impl Iterator<Item = f64> + Clone) -> Option<Self> {
        Self::ratio(values.map(|value| (value, 1.0)))
    }

    /// Ratio of sums over days, its interval by linearisation (Cochran, "Sampling
    /// Techniques", chapter 6). `None` on an empty denominator.
    #[expect(clippy::cast_precision_loss, reason = "a number of days is small")]
    fn ratio(pairs: impl Iterator<Item = (f64, f64)> + Clone) -> Option<Self> {
        let (mut above, mut below, mut days) = (0.0, 0.0, 0_usize);
        for (x, y) in pairs.clone() {
            above += x;
            below += y;
            days += 1;
        }
        if below <= 0.0 || days < 2 {
            return None;
        }
        let value = above / below;
        let days = days as f64;
        let squares: f64 = pairs.map(|(x, y)| (x - value * y).powi(2)).sum();
        let deviation = (squares / (days - 1.0) / days).sqrt() / (below / days);
        Some(Self { value, half_width: Self::QUANTILE * deviation })
    }
}

/// What many plays of one day say.
#[derive(Debug, Clone)]
pub struct SimulatedDay {
    days: Vec<DayTally>,
    /// For each queue whether it has a threshold.
    with_threshold: Vec<bool>,
    groups: usize,
    periods: usize,
}

impl SimulatedDay {
    pub(super) const fn new(with_threshold: Vec<bool>, groups: usize, periods: usize) -> Self {
        Self { days: Vec::new(), with_threshold, groups, periods }
    }

    pub(super) fn add(&mut self, day: DayTally) {
        self.days.push(day);
    }

    /// Mean of a figure of a day, over all queues or one, all periods or one.
    ///
    /// `figure` picks it, for example `|level| level.abandoned as f64`.
    #[must_use]
    pub fn mean(
        &self,
        queue: Option<usize>,
        period: Option<usize>,
        figure: impl Fn(&Level) -> f64,
    ) -> Option<Estimate> {
        Estimate::mean(self.levels(self.chosen(queue), period).map(|level| figure(&level)))
    }

    /// Service level: answered in time over all that were answered or hung up late, as a ratio of
    /// sums, over those queues that have a threshold. `None` when no call counts.
    #[must_use]
    pub fn service_level(&self, queue: Option<usize>, period: Option<usize>) -> Option<Estimate> {
        let has_threshold = |queue: &usize| self.with_threshold.get(*queue) == Some(&true);
        let mut queues = self.chosen(queue);
        queues.retain(has_threshold);
        Estimate::ratio(self.levels(queues, period).map(|level| {
            (count(level.answered_in_time), count(level.answered + level.abandoned_late))
        }))
    }

    /// Share of offered calls that hung up. `None` when none was offered.
    #[must_use]
    pub fn abandonment(&self, queue: Option<usize>, period: Option<usize>) -> Option<Estimate> {
        self.ratio(queue, period, |level| count(level.abandoned), |level| count(level.offered))
    }

    /// Mean wait of answered calls in seconds. `None` when none was answered.
    #[must_use]
    pub fn mean_wait_seconds(
        &self,
        queue: Option<usize>,
        period: Option<usize>,
    ) -> Option<Estimate> {
        self.ratio(queue, period, |level| level.wait_seconds, |level| count(level.answered))
    }

    /// A ratio of sums of any two figures.
    #[must_use]
    pub fn ratio(
        &self,
        queue: Option<usize>,
        period: Option<usize>,
        above: impl Fn(&Level) -> f64,
        below: impl Fn(&Level) -> f64,
    ) -> Option<Estimate> {
        let levels = self.levels(self.chosen(queue), period);
        Estimate::ratio(levels.map(|level| (above(&level), below(&level))))
    }

    /// Busy over paid time of a group, in the hours of the day or in one period. `None` when nobody
    /// is at work.
    #[must_use]
    pub fn occupancy(&self, group: usize, period: Option<usize>) -> Option<Estimate> {
        let all = span(group, self.groups, self.periods + 1, period)?;
        let last = if period.is_none() { all.end - 1 } else { all.end };
        self.busy_share(all.start..last)
    }

    /// The same from the start of the day until nobody is on a call any more.
    #[must_use]
    pub fn occupancy_to_the_last_call(&self, group: usize) -> Option<Estimate> {
        self.busy_share(span(group, self.groups, self.periods + 1, None)?)
    }

    fn busy_share(&self, span: Range<usize>) -> Option<Estimate> {
        Estimate::ratio(self.days.iter().map(move |day| {
            day.times[span.clone()].iter().fold((0.0, 0.0), |(busy, paid), time| {
                (busy + time.busy_seconds, paid + time.paid_seconds)
            })
        }))
    }

    /// One queue, or all of them.
    fn chosen(&self, queue: Option<usize>) -> Vec<usize> {
        queue.map_or_else(|| (0..self.with_threshold.len()).collect(), |queue| vec![queue])
    }

    /// The sum of these queues on each day.
    fn levels(
        &self,
        queues: Vec<usize>,
        period: Option<usize>,
    ) -> impl Iterator<Item = Level> + Clone {
        let rows = self.with_threshold.len();
        let spans: Vec<_> = queues
            .into_iter()
            .filter_map(|queue| span(queue, rows, self.periods, period))
            .collect();
        self.days.iter().map(move |day| {
            let mut sum = Level::default();
            for level in spans.iter().flat_map(|span| &day.levels[span.clone()]) {
                sum += *level;
            }
            sum
        })
    }
}

/// Where the figures of one row lie; `None` outside the table.
fn span(row: usize, rows: usize, periods: usize, period: Option<usize>) -> Option<Range<usize>> {
    if row >= rows || period.is_some_and(|period| period >= periods) {
        return None;
    }
    let start = row * periods;
    Some(period.map_or(start..start + periods, |period| start + period..start + period + 1))
}

#[expect(clippy::cast_precision_loss, reason = "calls of a simulation are far below 2^52")]
const fn count(calls: u64) -> f64 {
    calls as f64
}
