use jiff::Timestamp;
use trunkline_infra::ctx::new_id;

use super::{
    super::{
        history::interval_at,
        line::{Counts, INTERVAL, instant},
    },
    *,
};

const OWN: Stream = Stream { number: 0, weekly: 20_000.0, handle_seconds: 240.0, open: (0, 24) };
const SHARED: Stream = Stream { number: 1, weekly: 4_200.0, handle_seconds: 310.0, open: (8, 22) };

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
