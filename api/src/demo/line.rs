//! Streams of contacts at a site: who comes, waits, gives up or is answered, and the counts of it.

use std::collections::{BTreeMap, VecDeque};

use jiff::{Timestamp, tz::TimeZone};
use rand::RngExt as _;
use trunkline_domain::kpis::WaitHistogram;

use super::history::{GRAIN, Stream, interval_at, normal, seeded};

/// Mean patience of callers in seconds, as their queues have it.
pub(super) const PATIENCE: u32 = 120;
/// Scatter of handle times, as the standard deviation of their logarithm.
const SPREAD: f64 = 0.5;
/// Shortest and longest handling in seconds.
const HANDLING: (f64, f64) = (20.0, 1_500.0);

/// First second of the interval of a second.
pub(super) const fn interval_of(second: i64) -> i64 {
    second - second.rem_euclid(INTERVAL)
}

/// Seconds of an interval.
pub(super) const INTERVAL: i64 = 60 * GRAIN as i64;

/// A second as an instant.
pub(super) fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Counts of the contacts that came in an interval.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) offered: u64,
    pub(super) waits: WaitHistogram,
    /// Waits of the answered ones.
    pub(super) wait_seconds: i64,
    pub(super) talk_seconds: i64,
    pub(super) hold_seconds: i64,
    pub(super) work_seconds: i64,
}

impl Counts {
    pub(super) fn answered(&self) -> u64 {
        self.waits.answered.iter().sum()
    }

    pub(super) fn abandoned(&self) -> u64 {
        self.waits.abandoned.iter().sum()
    }
}

/// The bin of a wait.
fn bin(wait: i64) -> usize {
    let borders = WaitHistogram::BORDERS;
    borders.iter().position(|border| wait <= i64::from(*border)).unwrap_or(borders.len())
}

/// A contact, with all that chance decides about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) at: i64,
    /// Seconds after which it gives up.
    patience: i64,
    pub(super) talk: i64,
    pub(super) hold: i64,
    pub(super) work: i64,
}

/// A stream of contacts with those that have come.
#[derive(Debug)]
pub(super) struct Line {
    /// Code of its queue.
    pub(super) queue: String,
    stream: Stream,
    /// Of the running interval, in order.
    pub(super) coming: VecDeque<Call>,
    /// In order.
    pub(super) waiting: VecDeque<Call>,
    /// By the first second of the interval.
    pub(super) counts: BTreeMap<i64, Counts>,
}

impl Line {
    pub(super) fn new(queue: String, stream: Stream) -> Self {
        let (coming, waiting) = (VecDeque::new(), VecDeque::new());
        Self { queue, stream, coming, waiting, counts: BTreeMap::new() }
    }

    /// What was counted of an interval; `None` when the line was closed or it was long ago.
    pub(super) fn counts(&self, interval: i64) -> Option<Counts> {
        self.counts.get(&interval).copied()
    }

    /// Contacts that wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Draws the contacts of an interval: as many as the history has.
    pub(super) fn open(&mut self, interval: i64, seed: u64, zone: &TimeZone) {
        let (date, number) = interval_at(instant(interval), zone);
        self.counts.retain(|start, _| *start >= interval - INTERVAL);
        if self.stream.expected(date, number) == 0.0 {
            return;
        }
        self.counts.insert(interval, Counts::default());
        let time = interval.unsigned_abs();
        let random = &mut seeded(seed, self.stream.number, time, 6);
        let offered = self.stream.figures(seed, date, number).offered;
        let mut calls: Vec<Call> = (0..offered)
            .map(|_| {
                let scatter = (SPREAD * normal(random) - SPREAD * SPREAD / 2.0).exp();
                let (least, most) = HANDLING;
                let handling = (self.stream.handle_seconds * scatter).clamp(least, most);
                // One in four is put on hold once.
                let held = if random.random_bool(0.25) { 0.24 } else { 0.0 };
                let part = |share: f64| (handling * share).round() as i64;
                let patience = -f64::from(PATIENCE) * (1.0 - random.random::<f64>()).ln();
                Call {
                    at: interval + random.random_range(0..INTERVAL),
                    patience: (patience.ceil() as i64).max(1),
                    talk: part(0.82 - held).max(1),
                    hold: part(held),
                    work: part(0.18).max(1),
                }
            })
            .collect();
        calls.sort_unstable_by_key(|call| call.at);
        self.coming.extend(calls);
    }

    /// Takes up who has come by this second.
    pub(super) fn come(&mut self, second: i64) {
        while let Some(call) = self.coming.pop_front_if(|call| call.at <= second) {
            if let Some(counts) = self.counts.get_mut(&interval_of(call.at)) {
                counts.offered += 1;
            }
            self.waiting.push_back(call);
        }
    }

    /// Lets those go who have waited long enough.
    pub(super) fn give_up(&mut self, second: i64) {
        let Self { waiting, counts, .. } = self;
        waiting.retain(|call| {
            let stays = second - call.at < call.patience;
            if !stays && let Some(counts) = counts.get_mut(&interval_of(call.at)) {
                counts.waits.abandoned[bin(call.patience)] += 1;
            }
            stays
        });
    }

    /// The first that waits is answered.
    pub(super) fn answer(&mut self, second: i64) -> Option<Call> {
        let call = self.waiting.pop_front()?;
        let wait = second - call.at;
        if let Some(counts) = self.counts.get_mut(&interval_of(call.at)) {
            counts.waits.answered[bin(wait)] += 1;
            counts.wait_seconds += wait;
        }
        Some(call)
    }
}
