//! The floor of a site, played second by second: contacts come as the history would have them, wait,
//! give up or are answered by who is on duty. All that the feed tells follows from this one play, so
//! it fits together: what was offered, what waits, and who is busy.

use std::collections::{BTreeMap, VecDeque};

use jiff::tz::TimeZone;
use trunkline_domain::id::AgentId;

use super::{
    history::Stream,
    line::{Call, Line, interval_of},
};

/// After so many seconds without a change a state is told again: a board takes a longer silence for a
/// feed that has died.
const SILENCE: i64 = 15;

/// State of an agent, as the feed tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Available,
    Talking,
    Holding,
    AfterCallWork,
    Break,
    SignedOut,
}

impl State {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Available => "AVAILABLE",
            Self::Talking => "TALKING",
            Self::Holding => "HOLDING",
            Self::AfterCallWork => "AFTER_CALL_WORK",
            Self::Break => "AUX",
            Self::SignedOut => "SIGNED_OUT",
        }
    }

    pub(super) const fn reason(self) -> Option<&'static str> {
        if matches!(self, Self::Break) { Some("break") } else { None }
    }
}

/// What an agent is to do, by the published roster.
#[derive(Debug, Clone, Default)]
pub(super) struct Post {
    /// Lines of the floor whose contacts the agent can take, by their place.
    pub(super) lines: Vec<usize>,
    /// First second, the one after the last, and whether it is on the queue.
    pub(super) parts: Vec<(i64, i64, bool)>,
}

impl Post {
    /// Whether the agent is to be on the queue; `None` = not on duty.
    fn at(&self, second: i64) -> Option<bool> {
        let now = self.parts.iter().find(|(from, to, _)| (*from..*to).contains(&second));
        now.map(|(_, _, on_queue)| *on_queue)
    }
}

/// A contact that an agent handles.
#[derive(Debug)]
struct Contact {
    line: usize,
    interval: i64,
    /// What is still to be done, in order, with the seconds that it takes; never empty.
    phases: VecDeque<(State, i64)>,
}

impl Contact {
    fn new(line: usize, call: Call) -> Self {
        let before = call.talk - call.talk / 2;
        let phases = [
            (State::Talking, before),
            (State::Holding, call.hold),
            (State::Talking, call.talk - before),
            (State::AfterCallWork, call.work),
        ];
        let phases = phases.into_iter().filter(|(_, seconds)| *seconds > 0).collect();
        Self { line, interval: interval_of(call.at), phases }
    }
}

/// An agent of the floor.
#[derive(Debug)]
struct Seat {
    post: Post,
    contact: Option<Contact>,
    state: State,
    free_since: i64,
}

impl Seat {
    /// Whether the next contact of the line can be given to the agent.
    fn is_free_for(&self, line: usize, second: i64) -> bool {
        self.contact.is_none()
            && self.post.at(second) == Some(true)
            && self.post.lines.contains(&line)
    }

    /// A contact is brought to its end, whatever the roster says.
    fn state_at(&self, second: i64) -> State {
        let phase = self.contact.as_ref().and_then(|contact| contact.phases.front());
        match (phase, self.post.at(second)) {
            (Some((state, _)), _) => *state,
            (None, Some(true)) => State::Available,
            (None, Some(false)) => State::Break,
            (None, None) => State::SignedOut,
        }
    }
}

/// The floor of a site.
#[derive(Debug)]
pub(super) struct Floor {
    /// Code of the site.
    pub(super) site: &'static str,
    pub(super) lines: Vec<Line>,
    seats: BTreeMap<AgentId, Seat>,
    /// All before this second was played.
    second: i64,
    /// Newest states that were not told yet, and since when they hold.
    untold: BTreeMap<AgentId, (State, i64)>,
    /// When any was told last.
    heard: i64,
    seed: u64,
    zone: TimeZone,
}

impl Floor {
    /// An empty floor at the beginning of an interval.
    pub(super) fn new(
        site: &'static str,
        lines: Vec<(String, Stream)>,
        (seed, zone): (u64, TimeZone),
        interval: i64,
    ) -> Self {
        let line = |(queue, stream)| Line::new(queue, stream);
        Self {
            site,
            lines: lines.into_iter().map(line).collect(),
            seats: BTreeMap::new(),
            second: interval,
            untold: BTreeMap::new(),
            heard: interval,
            seed,
            zone,
        }
    }

    /// Takes up what the roster says from now on. Who is no longer in it ends the contact and goes.
    pub(super) fn staff(&mut self, mut posts: BTreeMap<AgentId, Post>) {
        for (agent, seat) in &mut self.seats {
            seat.post = posts.remove(agent).unwrap_or_default();
        }
        self.seats.retain(|_, seat| {
            !seat.post.parts.is_empty() || seat.state != State::SignedOut || seat.contact.is_some()
        });
        let (state, free_since) = (State::SignedOut, self.second);
        let seat = |(agent, post)| (agent, Seat { post, contact: None, state, free_since });
        self.seats.extend(posts.into_iter().map(seat));
    }

    /// Plays on to before `until`.
    pub(super) fn play(&mut self, until: i64) {
        while self.second < until {
            let second = self.second;
            if interval_of(second) == second {
                for line in &mut self.lines {
                    line.open(second, self.seed, &self.zone);
                }
            }
            self.lines.iter_mut().for_each(|line| line.come(second));
            self.hand_out(second);
            self.lines.iter_mut().for_each(|line| line.give_up(second));
            self.settle(second);
            self.work(second);
            self.second += 1;
        }
        if self.untold.is_empty() && self.second - self.heard >= SILENCE {
            // Of somebody who can take what all the others can.
            let here = self.seats.iter().filter(|(_, seat)| seat.state != State::SignedOut);
            let sign = here.max_by_key(|(agent, seat)| (seat.post.lines.len(), **agent));
            let sign = sign.map(|(agent, seat)| (*agent, (seat.state, self.second - 1)));
            self.untold.extend(sign);
        }
    }

    /// Whoever has waited longest is answered first, by who has been free longest; those who can
    /// take less are asked before those who can take more.
    fn hand_out(&mut self, second: i64) {
        let mut unserved = vec![false; self.lines.len()];
        loop {
            let lines = self.lines.iter().enumerate().filter(|(at, _)| !unserved[*at]);
            let first = lines.filter_map(|(at, line)| Some((line.waiting.front()?.at, at))).min();
            let Some((_, line)) = first else { return };
            let free = self.seats.iter_mut().filter(|(_, seat)| seat.is_free_for(line, second));
            let next =
                free.min_by_key(|(agent, seat)| (seat.post.lines.len(), seat.free_since, **agent));
            let Some((_, seat)) = next else {
                unserved[line] = true;
                continue;
            };
            let call = self.lines[line].answer(second);
            seat.contact = call.map(|call| Contact::new(line, call));
        }
    }

    fn settle(&mut self, second: i64) {
        for (agent, seat) in &mut self.seats {
            let state = seat.state_at(second);
            if state != seat.state {
                seat.state = state;
                self.untold.insert(*agent, (state, second));
            }
        }
    }

    fn work(&mut self, second: i64) {
        for seat in self.seats.values_mut() {
            let Some(contact) = &mut seat.contact else { continue };
            let Some((state, left)) = contact.phases.front_mut() else { continue };
            if let Some(counts) = self.lines[contact.line].counts.get_mut(&contact.interval) {
                match state {
                    State::Talking => counts.talk_seconds += 1,
                    State::Holding => counts.hold_seconds += 1,
                    State::AfterCallWork => counts.work_seconds += 1,
                    State::Available | State::Break | State::SignedOut => {}
                }
            }
            *left -= 1;
            if *left == 0 {
                contact.phases.pop_front();
            }
            if contact.phases.is_empty() {
                seat.contact = None;
                seat.free_since = second + 1;
            }
        }
    }

    /// For how long the first of a line has waited, in seconds; 0 when nobody waits.
    pub(super) fn longest_wait(&self, line: &Line) -> i64 {
        line.waiting.front().map_or(0, |call| self.second - call.at)
    }

    /// States that are still to be told, and the second since which they hold.
    pub(super) fn untold(&self) -> impl Iterator<Item = (AgentId, State, i64)> {
        self.untold.iter().map(|(agent, (state, since))| (*agent, *state, *since))
    }

    /// They were told.
    pub(super) fn told(&mut self) {
        if !self.untold.is_empty() {
            self.heard = self.second;
        }
        self.untold.clear();
    }

    /// Whether somebody has a place here.
    pub(super) fn knows(&self, agent: AgentId) -> bool {
        self.seats.contains_key(&agent)
    }
}

#[cfg(test)]
mod tests;
