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
mod tests {
    use jiff::Timestamp;
    use trunkline_infra::ctx::new_id;

    use super::{
        super::{
            history::interval_at,
            line::{Counts, INTERVAL, instant},
        },
        *,
    };

    const OWN: Stream =
        Stream { number: 0, weekly: 20_000.0, handle_seconds: 240.0, open: (0, 24) };
    const SHARED: Stream =
        Stream { number: 1, weekly: 4_200.0, handle_seconds: 310.0, open: (8, 22) };

    /// A floor of both lines from a local time of Monday 2 March 2026 on; of its agents every second
    /// one can take both. All are on the queue for the hours, a third at a time rests after half of them.
    fn floor(time: &str, agents: i64, hours: i64) -> Floor {
        let start: Timestamp = format!("2026-03-02T{time}:00+08:00").parse().expect("instant");
        let start = start.as_second();
        let lines = vec![("service".to_owned(), OWN), ("presale".to_owned(), SHARED)];
        let zone = TimeZone::get("Asia/Shanghai").expect("zone");
        let mut floor = Floor::new("GZ", lines, (1, zone), start);
        let end = start + hours * 3_600;
        let post = |at: i64| {
            let rests = (start + hours * 1_800 + at % 3 * 900).min(end);
            let back = (rests + 900).min(end);
            Post {
                lines: if at % 2 == 0 { vec![0, 1] } else { vec![0] },
                parts: vec![(start, rests, true), (rests, back, false), (back, end, true)],
            }
        };
        floor.staff((0..agents).map(|at| (new_id(Timestamp::UNIX_EPOCH), post(at))).collect());
        floor
    }

    /// Sums over the intervals that are still known.
    fn sum(floor: &Floor, of: impl Fn(&Counts) -> u64) -> u64 {
        floor.lines.iter().flat_map(|line| line.counts.values()).map(of).sum()
    }

    fn count(floor: &Floor, of: impl Fn(State) -> bool) -> usize {
        floor.seats.values().filter(|seat| of(seat.state)).count()
    }

    const fn is_busy(state: State) -> bool {
        matches!(state, State::Talking | State::Holding | State::AfterCallWork)
    }

    #[test]
    fn every_contact_was_answered_or_abandoned_or_waits() {
        // Far too few, enough, and nobody.
        for agents in [10, 90, 0] {
            let mut floor = floor("10:00", agents, 1);
            let mut waited = 0;
            for _ in 0..60 {
                floor.play(floor.second + 60);
                let waiting: usize = floor.lines.iter().map(Line::waiting).sum();
                waited += waiting;
                assert_eq!(
                    sum(&floor, |it| it.offered),
                    sum(&floor, |it| it.answered() + it.abandoned()) + waiting as u64,
                );
            }
            assert!(sum(&floor, |it| it.offered) > 300);
            assert_eq!(waited > 100, agents < 90, "{waited} waited for {agents}");
            assert_eq!(sum(&floor, Counts::answered) == 0, agents == 0);
        }
    }

    #[test]
    fn who_is_busy_has_a_contact_and_is_on_duty() {
        let mut floor = floor("10:00", 30, 2);
        let mut resting = 0;
        for _ in 0..150 {
            floor.play(floor.second + 60);
            let staffed = count(&floor, |state| state != State::SignedOut);
            let contacts = floor.seats.values().filter(|seat| seat.contact.is_some()).count();
            assert!(count(&floor, is_busy) <= staffed && staffed <= 30);
            // One that has just ended is told as such in the next second.
            assert!(contacts <= count(&floor, is_busy));
            // While anybody waits for the first line, which all serve, nobody is idle.
            let idle = count(&floor, |state| state == State::Available);
            assert!(floor.lines[0].waiting() == 0 || idle == 0, "{idle} idle");
            resting += count(&floor, |state| state == State::Break);
            let rests = |seat: &&Seat| seat.state == State::Break;
            assert!(floor.seats.values().filter(rests).all(|seat| seat.contact.is_none()));
        }
        assert!(resting > 0);
        // Half an hour after the end of the shift everybody has gone.
        assert_eq!(count(&floor, |state| state != State::SignedOut), 0);
    }

    #[test]
    fn at_night_the_occupancy_is_the_load_and_most_are_idle() {
        let mut floor = floor("01:00", 9, 5);
        let (mut offered, mut busy, mut staffed) = (0, 0, 0);
        for _ in 0..10 {
            let interval = floor.second;
            for _ in 0..INTERVAL {
                floor.play(floor.second + 1);
                busy += count(&floor, is_busy);
                staffed += count(&floor, |it| is_busy(it) || it == State::Available);
            }
            offered += floor.lines[0].counts(interval).expect("an open line").offered;
        }
        assert!((60..250).contains(&offered), "{offered}");
        let (load, occupancy) =
            (offered as f64 * OWN.handle_seconds / staffed as f64, busy as f64 / staffed as f64);
        assert!((occupancy / load - 1.0).abs() < 0.25, "{occupancy} of {load}");
        assert!(occupancy < 0.5, "{occupancy}");
    }

    #[test]
    fn the_running_interval_grows_with_each_contact_and_ends_at_what_the_history_has() {
        assert!(super::super::feed::PAUSE.as_secs() < 60);
        let mut floor = floor("10:00", 40, 1);
        let interval = floor.second;
        floor.play(interval + 1);
        let mut arrivals: Vec<i64> = floor.lines[0].coming.iter().map(|call| call.at).collect();
        arrivals.extend(vec![interval; floor.lines[0].counts[&interval].offered as usize]);
        for minute in 1..=30 {
            floor.play(interval + minute * 60);
            let come = arrivals.iter().filter(|at| **at < interval + minute * 60).count();
            assert_eq!(floor.lines[0].counts[&interval].offered, come as u64, "{minute}");
        }
        let (date, number) = interval_at(instant(interval), &floor.zone);
        let history = OWN.figures(1, date, number).offered;
        assert_eq!(floor.lines[0].counts[&interval].offered, u64::from(history));
    }

    #[test]
    fn only_who_has_the_skill_takes_the_shared_line() {
        let mut floor = floor("10:00", 20, 1);
        for post in floor.seats.values_mut().map(|seat| &mut seat.post) {
            post.lines = vec![0];
        }
        floor.play(floor.second + 1_700);
        let [own, shared] = [0, 1].map(|at| *floor.lines[at].counts.values().next().expect("open"));
        assert!(own.answered() > 0 && shared.offered > 0);
        assert_eq!(shared.answered(), 0);
        let oldest = floor.lines[1].waiting.iter().map(|call| call.at).min();
        let waited = oldest.map_or(0, |at| floor.second - at);
        assert_eq!(floor.longest_wait(&floor.lines[1]), waited);
    }

    #[test]
    fn a_quiet_floor_says_that_it_is_there() {
        let mut floor = floor("02:00", 4, 1);
        floor.play(floor.second + 1);
        floor.told();
        let (mut silence, mut longest, mut repeats) = (0, 0, 0);
        for _ in 0..600 {
            let before: BTreeMap<AgentId, State> =
                floor.seats.iter().map(|(agent, seat)| (*agent, seat.state)).collect();
            floor.play(floor.second + 3);
            let said: Vec<_> = floor.untold().collect();
            repeats += said.iter().filter(|(agent, state, _)| before[agent] == *state).count();
            silence = if said.is_empty() { silence + 3 } else { 0 };
            longest = longest.max(silence);
            floor.told();
        }
        assert!(longest <= SILENCE && repeats > 20, "{longest} s, {repeats}");
    }

    #[test]
    fn who_comes_signs_in_and_who_goes_signs_out() {
        let mut floor = floor("02:00", 2, 1);
        floor.play(floor.second + 5);
        assert!(floor.untold().all(|(_, state, _)| state != State::SignedOut));
        assert_eq!(floor.untold().count(), 2);
        floor.told();
        floor.staff(BTreeMap::new());
        floor.play(floor.second + 1_600);
        let gone: Vec<_> = floor.untold().map(|(_, state, _)| state).collect();
        assert_eq!(gone, [State::SignedOut; 2]);
        floor.staff(BTreeMap::new());
        assert!(floor.seats.is_empty());
    }
}
