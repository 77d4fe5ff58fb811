//! What agents on duty do: a small chain of states, drawn for each of them.

use std::collections::{BTreeMap, BTreeSet};

use rand::RngExt as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use trunkline_domain::id::AgentId;

use super::feed::PAUSE;

/// State of an agent, as the feed tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Available,
    Talking,
    AfterCallWork,
    Break,
    SignedOut,
}

impl State {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Available => "AVAILABLE",
            Self::Talking => "TALKING",
            Self::AfterCallWork => "AFTER_CALL_WORK",
            Self::Break => "AUX",
            Self::SignedOut => "SIGNED_OUT",
        }
    }

    pub(super) const fn reason(self) -> Option<&'static str> {
        if matches!(self, Self::Break) { Some("break") } else { None }
    }

    /// The state after a few seconds. Means: 190 s of talk, 40 s of work after it, 20 s until the
    /// next contact, a quarter of an hour of break.
    fn next(self, random: &mut Xoshiro256PlusPlus) -> Self {
        let leaves = |random: &mut Xoshiro256PlusPlus, seconds: f64| {
            random.random_bool((PAUSE.as_secs_f64() / seconds).min(1.0))
        };
        match self {
            Self::Available if leaves(random, 20.0) => Self::Talking,
            Self::Talking if leaves(random, 190.0) => Self::AfterCallWork,
            Self::AfterCallWork if leaves(random, 40.0) => {
                if random.random_bool(0.05) {
                    Self::Break
                } else {
                    Self::Available
                }
            }
            Self::Break if leaves(random, 900.0) => Self::Available,
            same => same,
        }
    }
}

/// Who is on duty and in which state.
#[derive(Debug, Default)]
pub(super) struct Duty {
    states: BTreeMap<AgentId, State>,
    /// Changes that come from the roster and are still to be told.
    untold: Vec<(AgentId, State)>,
}

impl Duty {
    /// Takes up who is on duty now: newcomers sign in, those who have gone sign out.
    pub(super) fn becomes(&mut self, agents: Vec<AgentId>) {
        let agents: BTreeSet<AgentId> = agents.into_iter().collect();
        let gone = self.states.keys().copied().filter(|it| !agents.contains(it));
        let mut untold: Vec<_> = gone.map(|agent| (agent, State::SignedOut)).collect();
        self.states.retain(|agent, _| agents.contains(agent));
        for agent in agents {
            self.states.entry(agent).or_insert_with(|| {
                untold.push((agent, State::Available));
                State::Available
            });
        }
        self.untold.extend(untold);
    }

    /// What has changed since it was asked last.
    pub(super) fn moves(&mut self, random: &mut Xoshiro256PlusPlus) -> Vec<(AgentId, State)> {
        let mut told = std::mem::take(&mut self.untold);
        if !told.is_empty() {
            return told;
        }
        for (agent, state) in &mut self.states {
            let next = state.next(random);
            if next != *state {
                *state = next;
                told.push((*agent, next));
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use trunkline_infra::ctx::new_id;

    use super::{super::history::seeded, *};

    fn agents(count: usize) -> Vec<AgentId> {
        (0..count).map(|_| new_id(jiff::Timestamp::UNIX_EPOCH)).collect()
    }

    #[test]
    fn who_comes_signs_in_and_who_goes_signs_out() {
        let (mut duty, random) = (Duty::default(), &mut seeded(1, 1, 1, 1));
        let people = agents(2);
        duty.becomes(people.clone());
        assert_eq!(duty.moves(random).len(), 2);
        duty.becomes(vec![people[0]]);
        assert_eq!(duty.moves(random), [(people[1], State::SignedOut)]);
    }

    #[test]
    fn a_busy_floor_talks_more_than_it_waits() {
        let (mut duty, random) = (Duty::default(), &mut seeded(1, 1, 1, 1));
        duty.becomes(agents(200));
        for _ in 0..400 {
            duty.moves(random);
        }
        let count = |state| duty.states.values().filter(|it| **it == state).count();
        assert!(count(State::Talking) > 2 * count(State::Available));
        assert!(count(State::AfterCallWork) > 0);
    }
}
