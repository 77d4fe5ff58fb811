//! What the switches report while the day runs: gauges, agent states, and the board made of them.

mod adherence;
mod agents;
mod facts;
mod figures;
mod gauges;
mod states;

pub use adherence::{AgentDay, DayOf, agent_days};
pub use agents::{AgentKeys, KnownAgent, find_agents};
pub use facts::{AgentNow, BoardFacts, Period, load_facts};
pub use figures::put_figures;
pub use gauges::upsert_gauges;
pub use states::{AgentStateView, agent_states, forget_states, insert_states};
