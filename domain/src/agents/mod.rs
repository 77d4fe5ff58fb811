//! Agents with their skills, contracts and posts.

mod agent;
mod assignment;
mod contract;
mod skill;

pub use agent::{Agent, AgentStatus, NewAgent, RawAgent};
pub use assignment::{Assignment, AssignmentReason, check_assignments, primary_at};
pub use contract::{Contract, check_contracts};
pub use skill::{Grade, HeldSkill};
