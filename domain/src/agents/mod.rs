//! Agents with their skills, contracts and posts.

mod agent;
mod assignment;
mod availability;
mod change;
mod contract;
mod private;
mod skill;

pub use agent::{Agent, AgentStatus, NewAgent, RawAgent, is_post};
pub use assignment::{
    Assignment, AssignmentReason, NextPost, check_assignments, follow, primary_at,
};
pub use availability::check_availability;
pub use change::AgentChange;
pub use contract::{Contract, check_contracts};
pub use private::{PrivateField, PrivateText, PrivateView, covered};
pub use skill::{Grade, HeldSkill};
