//! Agents: who handles contacts.

mod availability;
mod inputs;
mod moves;
mod mutation;
mod query;
mod service;
mod types;
mod writes;

pub use availability::Availability;
pub use inputs::{DateTimeComparator, IdComparator};
pub use mutation::AgentsMutation;
pub use query::AgentsQuery;
pub use types::{Agent, AgentStatus};
pub use writes::{AssignmentReason, ContractKind, ExternalIdInput};
