use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{id::AgentId, time::Span};

/// What an agent does, as the switch sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AgentState {
    /// Not signed in.
    SignedOut,
    /// Waits for a contact.
    Available,
    /// A contact is offered.
    Ringing,
    /// Speaks with a customer.
    Talking,
    /// Keeps a customer on hold.
    Holding,
    /// Work after the contact.
    AfterCallWork,
    /// Signed in, takes no contacts; the reason says why.
    Aux,
}

impl AgentState {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::SignedOut,
        Self::Available,
        Self::Ringing,
        Self::Talking,
        Self::Holding,
        Self::AfterCallWork,
        Self::Aux,
    ];

    /// Stable name, as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "SIGNED_OUT",
            Self::Available => "AVAILABLE",
            Self::Ringing => "RINGING",
            Self::Talking => "TALKING",
            Self::Holding => "HOLDING",
            Self::AfterCallWork => "AFTER_CALL_WORK",
            Self::Aux => "AUX",
        }
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether the agent is on the queue: waits for contacts or handles one.
    #[must_use]
    pub const fn is_on_queue(self) -> bool {
        !matches!(self, Self::SignedOut | Self::Aux)
    }
}

/// An agent's state changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateEvent {
    /// The system that saw it.
    pub source: String,
    /// Id of the event in its source. The same one again changes nothing.
    pub event_id: String,
    /// Whose.
    pub agent: AgentId,
    /// State from now on.
    pub state: AgentState,
    /// Reason of an aux state.
    pub reason: Option<String>,
    /// When, by the clock of the source.
    pub source_at: Timestamp,
    /// Order of events of the same instant.
    pub sequence: i64,
}

/// Place of an event among the others of an agent. Source and id make the order total.
type Place = (Timestamp, i64, String, String);

/// A stretch of one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateSpan {
    /// State.
    pub state: AgentState,
    /// Reason of an aux state.
    pub reason: Option<String>,
    /// From when to when.
    pub span: Span,
}

/// Stretches of state of one agent up to `until`, from changes in order. Reasons are left out.
#[must_use]
pub fn stretches(changes: &[(Timestamp, AgentState)], until: Timestamp) -> Vec<StateSpan> {
    let ends = changes.iter().skip(1).map(|(at, _)| *at).chain([until]);
    let stretch = |((start, state), end): (&(Timestamp, AgentState), Timestamp)| {
        let span = Span::new(*start, end.min(until)).filter(|span| !span.is_empty())?;
        Some(StateSpan { state: *state, reason: None, span })
    };
    changes.iter().zip(ends).filter_map(stretch).collect()
}

/// The state that holds now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentState {
    /// State.
    pub state: AgentState,
    /// Reason of an aux state.
    pub reason: Option<String>,
    /// Since when, however often the source has said so again.
    pub since: Timestamp,
}

impl CurrentState {
    /// Seconds in the state; 0 when the clock of the source is ahead.
    #[must_use]
    pub fn seconds(&self, now: Timestamp) -> i64 {
        (now.as_second() - self.since.as_second()).max(0)
    }
}

/// State events of agents. Order and repetition of arrival leave no trace in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StateLog {
    seen: BTreeSet<(String, String)>,
    events: BTreeMap<AgentId, BTreeMap<Place, (AgentState, Option<String>)>>,
    heard_at: Option<Timestamp>,
}

impl StateLog {
    /// Takes an event in; `false` when it is known already.
    pub fn put(&mut self, event: StateEvent) -> bool {
        let StateEvent { source, event_id, agent, state, reason, source_at, sequence } = event;
        if !self.seen.insert((source.clone(), event_id.clone())) {
            return false;
        }
        self.heard_at = self.heard_at.max(Some(source_at));
        let place = (source_at, sequence, source, event_id);
        self.events.entry(agent).or_default().insert(place, (state, reason));
        true
    }

    /// The feed was alive at an instant, though no state changed.
    pub fn heartbeat(&mut self, source_at: Timestamp) {
        self.heard_at = self.heard_at.max(Some(source_at));
    }

    /// Source time of the newest thing heard from the feed.
    #[must_use]
    pub const fn heard_at(&self) -> Option<Timestamp> {
        self.heard_at
    }

    /// Stretches of state of an agent up to `until`; nothing is said about the time before the
    /// first event.
    #[must_use]
    pub fn timeline(&self, agent: AgentId, until: Timestamp) -> Vec<StateSpan> {
        let mut spans: Vec<StateSpan> = Vec::new();
        let Some(events) = self.events.get(&agent) else { return spans };
        let mut ends = events.keys().skip(1).map(|place| place.0.min(until));
        for ((start, ..), (state, reason)) in events {
            let end = ends.next().unwrap_or(until);
            let Some(span) = Span::new(*start, end).filter(|span| !span.is_empty()) else {
                continue;
            };
            match spans.last_mut() {
                Some(last) if last.state == *state && last.reason == *reason => {
                    last.span = Span::new(last.span.start(), end).unwrap_or(last.span);
                }
                _ => spans.push(StateSpan { state: *state, reason: reason.clone(), span }),
            }
        }
        spans
    }

    /// The newest state of an agent, by source time and sequence.
    #[must_use]
    pub fn current(&self, agent: AgentId) -> Option<CurrentState> {
        let mut newest_first = self.events.get(&agent)?.iter().rev();
        let ((at, ..), (state, reason)) = newest_first.next()?;
        let since = newest_first
            .take_while(|(_, told)| *told == &(*state, reason.clone()))
            .last()
            .map_or(*at, |((at, ..), _)| *at);
        Some(CurrentState { state: *state, reason: reason.clone(), since })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("instant")
    }

    fn agent() -> AgentId {
        AgentId::from_uuid(Uuid::from_u128(7))
    }

    fn event(id: u32, second: i64, sequence: i64, state: AgentState) -> StateEvent {
        StateEvent {
            source: "acd".into(),
            event_id: id.to_string(),
            agent: agent(),
            state,
            reason: None,
            source_at: at(second),
            sequence,
        }
    }

    #[test]
    fn a_state_lasts_until_the_next_and_the_last_one_until_the_end() {
        let changes = [
            (at(10), AgentState::Available),
            (at(20), AgentState::Aux),
            (at(20), AgentState::Talking),
            (at(40), AgentState::SignedOut),
        ];
        let told: Vec<_> = stretches(&changes, at(30))
            .iter()
            .map(|it| (it.state, it.span.start().as_second(), it.span.end().as_second()))
            .collect();
        assert_eq!(told, [(AgentState::Available, 10, 20), (AgentState::Talking, 20, 30)]);
        assert!(stretches(&[], at(30)).is_empty());
    }

    #[test]
    fn an_event_out_of_order_does_not_become_the_newest() {
        let mut log = StateLog::default();
        assert!(log.put(event(2, 20, 0, AgentState::Talking)));
        assert!(log.put(event(1, 10, 0, AgentState::Available)));
        let current = log.current(agent()).expect("a state");
        assert_eq!((current.state, current.seconds(at(50))), (AgentState::Talking, 30));
        assert!(!log.put(event(2, 20, 0, AgentState::Talking)));
    }

    #[test]
    fn events_of_the_same_instant_follow_their_sequence() {
        let mut log = StateLog::default();
        log.put(event(1, 10, 2, AgentState::Aux));
        log.put(event(2, 10, 1, AgentState::AfterCallWork));
        assert_eq!(log.current(agent()).expect("a state").state, AgentState::Aux);
        assert_eq!(log.timeline(agent(), at(20)).len(), 1);
    }

    #[test]
    fn saying_the_same_state_again_does_not_start_its_clock_anew() {
        let mut log = StateLog::default();
        log.put(event(1, 10, 0, AgentState::Available));
        log.put(event(2, 40, 0, AgentState::Available));
        assert_eq!(log.current(agent()).expect("a state").since, at(10));
        let spans: Vec<_> =
            log.timeline(agent(), at(70)).iter().map(|span| span.span.seconds()).collect();
        assert_eq!(spans, [60]);
    }

    fn events() -> impl Strategy<Value = Vec<StateEvent>> {
        let one = (0i64..60, 0i64..3, 0usize..AgentState::ALL.len());
        proptest::collection::vec(one, 1..20).prop_map(|list| {
            (0u32..)
                .zip(list)
                .map(|(id, (second, sequence, state))| {
                    event(id, second, sequence, AgentState::ALL[state])
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_gives_the_same_log(
            (events, shuffled) in events()
                .prop_flat_map(|list| (Just(list.clone()), Just([list.clone(), list].concat()).prop_shuffle()))
        ) {
            let log = |events: Vec<StateEvent>| {
                let mut log = StateLog::default();
                for event in events {
                    log.put(event);
                }
                log
            };
            prop_assert_eq!(log(events), log(shuffled));
        }

        #[test]
        fn a_timeline_has_no_gap_and_no_overlap(events in events()) {
            let mut log = StateLog::default();
            for event in events {
                log.put(event);
            }
            let spans = log.timeline(agent(), at(100));
            for pair in spans.windows(2) {
                prop_assert_eq!(pair[0].span.end(), pair[1].span.start());
                prop_assert!(pair[0].state != pair[1].state);
            }
            prop_assert_eq!(spans.last().map(|span| span.span.end()), Some(at(100)));
        }
    }
}
