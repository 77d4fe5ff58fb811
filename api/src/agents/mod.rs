//! Agents: who handles contacts.

mod availability;
mod inputs;
mod moves;
mod mutation;
mod private;
mod private_types;
mod query;
mod service;
mod types;
mod writes;

pub use availability::Availability;
pub use inputs::{DateTimeComparator, IdComparator};
pub use mutation::AgentsMutation;
pub(crate) use private::erase_departed;
pub(crate) use private_types::PrivateLoaders;
pub use query::AgentsQuery;
pub use types::{Agent, AgentStatus};
pub use writes::{AssignmentReason, ContractKind, ExternalIdInput};
