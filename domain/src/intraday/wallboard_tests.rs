use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::*;
use crate::{
    id::Id,
    intraday::{AgentState, IntervalKey, Threshold},
    kpis::ServiceLevelMethod,
};

fn id<K>(n: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(n))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("instant")
}

fn day() -> Span {
    Span::of_seconds(at(0), 86_400)
}

fn report(
    site: Option<u128>,
    start: i64,
    source: i64,
    offered: u64,
    in_time: u64,
) -> IntervalReport {
    IntervalReport {
        key: IntervalKey { queue: id(1), starts_at: at(start), site: site.map(id) },
        source_at: at(source),
        figures: IntervalFigures {
            offered,
            answered: Some(in_time),
            answered_in_threshold: Some(in_time),
            threshold: Threshold::Seconds(20),
            ..IntervalFigures::ZERO
        },
    }
}

fn gauge(site: u128, source: i64, contacts: u64, longest_seconds: u64) -> Gauge {
    let waiting = Waiting { contacts, longest_seconds };
    Gauge { queue: id(1), site: Some(id(site)), waiting, source_at: at(source) }
}

fn state(event: u32, agent: u128, second: i64, state: AgentState) -> StateEvent {
    StateEvent {
        source: "acd".into(),
        event_id: event.to_string(),
        agent: id(agent),
        state,
        reason: None,
        source_at: at(second),
        sequence: 0,
    }
}

/// Agents 1 and 2 at site 1, agent 3 at site 2; agent 1 serves two queues.
fn board() -> Wallboard {
    let seat = |site, queues: &[u128]| Seat {
        site: id(site),
        queues: queues.iter().map(|queue| id(*queue)).collect(),
    };
    Wallboard::new(BTreeMap::from([
        (id(1), seat(1, &[1, 2])),
        (id(2), seat(1, &[1])),
        (id(3), seat(2, &[2])),
    ]))
}

#[test]
fn a_shared_queue_has_one_service_level_from_sums() {
    let mut board = board();
    board.put_interval(&report(Some(1), 0, 900, 300, 234));
    board.put_interval(&report(Some(2), 0, 900, 1200, 1020));
    let level = |scope| {
        let today = board.row(scope, day()).today.expect("figures");
        today.value.service_level(ServiceLevelMethod::Offered)
    };
    assert_eq!(level(BoardScope::default()), Some(Decimal::new(836, 1)));
    let site = BoardScope { site: Some(id(1)), queue: None };
    assert_eq!(level(site), Some(Decimal::from(78)));
}

#[test]
fn calls_that_reached_no_site_count_in_the_network_only() {
    let mut board = board();
    board.put_interval(&report(Some(1), 0, 900, 10, 9));
    board.put_interval(&report(None, 0, 900, 5, 0));
    let offered = |site: Option<u128>| {
        let scope = BoardScope { site: site.map(id), queue: None };
        board.row(scope, day()).today.map(|today| today.value.offered)
    };
    assert_eq!(offered(None), Some(15));
    assert_eq!(offered(Some(1)), Some(10));
    assert_eq!(offered(Some(2)), None);
}

#[test]
fn a_site_has_no_figures_of_the_day_before_its_first_interval() {
    let mut board = board();
    board.put_gauge(&gauge(1, 100, 0, 0));
    board.put_gauge(&gauge(2, 100, 3, 40));
    let today = |board: &Wallboard, site| {
        let scope = BoardScope { site: Some(id(site)), queue: Some(id(1)) };
        board.row(scope, day()).today
    };
    assert_eq!(today(&board, 1), None, "nobody waits, which does not say that nobody came");
    assert_eq!(today(&board, 2), None, "three wait, and nothing is counted yet");
    assert_eq!(today(&board, 3), None, "nothing is heard of it");
    board.put_interval(&report(Some(1), 0, 900, 0, 0));
    let quiet = today(&board, 1).expect("an interval is told");
    assert_eq!((quiet.value.offered, quiet.as_of), (0, at(900)));
    assert_eq!(quiet.value.service_level(ServiceLevelMethod::Offered), None);
    assert_eq!(today(&board, 2), None, "the figures of one site say nothing of another");
}

#[test]
fn waiting_adds_up_and_the_longest_wait_is_the_longest() {
    let mut board = board();
    board.put_gauge(&gauge(1, 100, 3, 40));
    board.put_gauge(&gauge(2, 110, 2, 70));
    board.put_gauge(&gauge(2, 90, 9, 900));
    let waiting = board.row(BoardScope::default(), day()).waiting.expect("gauges");
    assert_eq!(waiting.value, Waiting { contacts: 5, longest_seconds: 70 });
    assert_eq!(waiting.age_seconds(at(130)), 30);
}

#[test]
fn a_figure_is_stale_after_thirty_seconds() {
    let reading = Reading { value: 1, as_of: at(100) };
    assert!(!reading.is_stale(at(130)));
    assert!(reading.is_stale(at(131)));
    assert!(!reading.is_stale(at(90)));
}

#[test]
fn an_agent_of_two_queues_counts_once_in_the_network() {
    let mut board = board();
    board.put_state(state(1, 1, 10, AgentState::Available));
    board.put_state(state(2, 2, 20, AgentState::Talking));
    board.put_state(state(3, 3, 30, AgentState::Aux));
    let staff = |queue: Option<u128>| {
        let scope = BoardScope { queue: queue.map(id), site: None };
        let staff = board.row(scope, day()).staff.expect("states").value;
        (staff.staffed, staff.available)
    };
    assert_eq!(staff(None), (2, 1));
    assert_eq!(staff(Some(1)), (2, 1));
    assert_eq!(staff(Some(2)), (1, 1));
}

#[derive(Debug, Clone)]
enum Message {
    Gauge(Gauge),
    Interval(IntervalReport),
    State(StateEvent),
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let one = (0u8..3, 1u128..3, 0i64..50, 0u64..20, 0usize..AgentState::ALL.len());
    proptest::collection::vec(one, 1..24).prop_map(|list| {
        (0u32..)
            .zip(list)
            .map(|(event, (kind, place, second, count, index))| match kind {
                0 => Message::Gauge(gauge(place, second, count, count * 3)),
                1 => Message::Interval(report(
                    Some(place),
                    second % 3 * 900,
                    second,
                    count,
                    count / 2,
                )),
                _ => Message::State(state(event, place, second, AgentState::ALL[index])),
            })
            .collect()
    })
}

fn fed(messages: Vec<Message>) -> Wallboard {
    let mut board = board();
    for message in messages {
        match message {
            Message::Gauge(gauge) => board.put_gauge(&gauge),
            Message::Interval(report) => board.put_interval(&report),
            Message::State(event) => board.put_state(event),
        };
    }
    board
}

proptest! {
    #[test]
    fn any_order_and_repetition_gives_the_same_board(
        (messages, shuffled) in messages().prop_flat_map(|list| {
            (Just(list.clone()), Just([list.clone(), list].concat()).prop_shuffle())
        })
    ) {
        prop_assert_eq!(fed(messages), fed(shuffled));
    }
}
