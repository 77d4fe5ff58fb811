use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{IntervalBook, IntervalFigures, IntervalReport, StateEvent, StateLog};
use crate::{
    id::{AgentId, QueueId, SiteId},
    time::Span,
};

/// Seconds after which a figure is stale.
pub const STALE_AFTER_SECONDS: i64 = 30;

/// A value with the source time that it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading<T> {
    /// Value.
    pub value: T,
    /// The oldest source time among its parts.
    pub as_of: Timestamp,
}

impl<T> Reading<T> {
    /// Age in seconds; 0 when the clock of the source is ahead.
    #[must_use]
    pub fn age_seconds(&self, now: Timestamp) -> i64 {
        (now.as_second() - self.as_of.as_second()).max(0)
    }

    /// Whether it is too old to act on.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp) -> bool {
        now.duration_since(self.as_of).as_millis() > i128::from(STALE_AFTER_SECONDS) * 1000
    }
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Waiting {
    /// Contacts that wait.
    pub contacts: u64,
    /// Seconds that the first of them has waited.
    pub longest_seconds: u64,
}

/// Who is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Staff {
    /// Agents on the queue: waiting for contacts or handling one.
    pub staffed: u64,
    /// Those who wait for a contact.
    pub available: u64,
}

/// What a feed says about the waiting contacts of a queue. No site = not routed to one yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gauge {
    /// Queue.
    pub queue: QueueId,
    /// Site.
    pub site: Option<SiteId>,
    /// What waits.
    pub waiting: Waiting,
    /// When the source said so.
    pub source_at: Timestamp,
}

/// Where an agent works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Site.
    pub site: SiteId,
    /// Queues that the agent serves.
    pub queues: Vec<QueueId>,
}

/// A part of the network that a row speaks of. An empty field is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize)]
pub struct BoardScope {
    /// Only this queue.
    pub queue: Option<QueueId>,
    /// Only this site; contacts never routed to a site are in no site's row.
    pub site: Option<SiteId>,
}

/// One row of the wallboard. A field is `None` when nothing was heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BoardRow {
    /// Contacts that wait.
    pub waiting: Option<Reading<Waiting>>,
    /// Sums of the day so far; service level and other ratios are taken from them.
    pub today: Option<Reading<IntervalFigures>>,
    /// Agents; one who serves several queues counts once in each row.
    pub staff: Option<Reading<Staff>>,
}

/// The day as the feeds tell it. Order and repetition of arrival leave no trace in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wallboard {
    gauges: BTreeMap<(QueueId, Option<SiteId>), (Timestamp, Waiting)>,
    intervals: IntervalBook,
    states: StateLog,
    seats: BTreeMap<AgentId, Seat>,
}

impl Wallboard {
    /// A board of agents with their seats.
    #[must_use]
    pub fn new(seats: BTreeMap<AgentId, Seat>) -> Self {
        Self { seats, ..Self::default() }
    }

    /// Takes a gauge in; `false` when a newer or the same one is there already.
    pub fn put_gauge(&mut self, gauge: &Gauge) -> bool {
        let new = (gauge.source_at, gauge.waiting);
        let slot = self.gauges.entry((gauge.queue, gauge.site)).or_insert((Timestamp::MIN, new.1));
        let newer = *slot < new;
        if newer {
            *slot = new;
        }
        newer
    }

    /// Takes figures of an interval in; `false` when they change nothing.
    pub fn put_interval(&mut self, report: &IntervalReport) -> bool {
        self.intervals.put(report)
    }

    /// Takes a state event in; `false` when it is known already.
    pub fn put_state(&mut self, event: StateEvent) -> bool {
        self.states.put(event)
    }

    /// States of the agents.
    #[must_use]
    pub const fn states(&self) -> &StateLog {
        &self.states
    }

    /// The row of a scope for the intervals that start in `day`.
    #[must_use]
    pub fn row(&self, scope: BoardScope, day: Span) -> BoardRow {
        BoardRow {
            waiting: self.waiting(scope),
            today: self.today(scope, day),
            staff: self.staff(scope),
        }
    }

    fn waiting(&self, scope: BoardScope) -> Option<Reading<Waiting>> {
        self.gauges
            .iter()
            .filter(|((queue, site), _)| scope.holds(*queue, *site))
            .map(|(_, (as_of, waiting))| Reading { value: *waiting, as_of: *as_of })
            .reduce(|a, b| Reading {
                value: Waiting {
                    contacts: a.value.contacts.saturating_add(b.value.contacts),
                    longest_seconds: a.value.longest_seconds.max(b.value.longest_seconds),
                },
                as_of: a.as_of.min(b.as_of),
            })
    }

    /// A queue is as old as its newest report at a site; a sum as old as the oldest of those. Without
    /// any report of the day it is unknown: that nobody waits does not say that nobody came.
    fn today(&self, scope: BoardScope, day: Span) -> Option<Reading<IntervalFigures>> {
        let mut newest: BTreeMap<(QueueId, Option<SiteId>), Timestamp> = BTreeMap::new();
        let mut sum = IntervalFigures::ZERO;
        for report in self.intervals.iter() {
            let key = report.key;
            if !scope.holds(key.queue, key.site) || !day.contains(key.starts_at) {
                continue;
            }
            sum = sum.plus(report.figures);
            let slot = newest.entry((key.queue, key.site)).or_insert(report.source_at);
            *slot = report.source_at.max(*slot);
        }
        // Contacts that reached no site come now and then only; they make no row stale while
        // the sites of their queue are heard.
        let heard = |sites: bool| {
            let of_kind = newest.iter().filter(|((_, site), _)| site.is_some() == sites);
            of_kind.map(|(_, as_of)| *as_of).min()
        };
        let as_of = heard(true).or_else(|| heard(false))?;
        Some(Reading { value: sum, as_of })
    }

    /// States are told when they change, so their age is the age of the feed, not of the state.
    fn staff(&self, scope: BoardScope) -> Option<Reading<Staff>> {
        let as_of = self.states.heard_at()?;
        let mut staff = Staff::default();
        for (agent, seat) in &self.seats {
            let inside = scope.site.is_none_or(|site| seat.site == site)
                && scope.queue.is_none_or(|queue| seat.queues.contains(&queue));
            let Some(current) = self.states.current(*agent).filter(|_| inside) else { continue };
            staff.staffed += u64::from(current.state.is_on_queue());
            staff.available += u64::from(current.state == super::AgentState::Available);
        }
        Some(Reading { value: staff, as_of })
    }
}

impl BoardScope {
    fn holds(self, queue: QueueId, site: Option<SiteId>) -> bool {
        self.queue.is_none_or(|wanted| wanted == queue)
            && self.site.is_none_or(|wanted| Some(wanted) == site)
    }
}

#[cfg(test)]
#[path = "wallboard_tests.rs"]
mod tests;
