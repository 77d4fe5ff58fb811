//! Agents: who handles contacts.

mod inputs;
mod query;
mod types;

pub use query::AgentsQuery;
pub use types::{Agent, AgentStatus};
