//! Agents with their skills, contracts and assignments.

mod views;

pub use views::{
    AgentFilter, AgentOrder, AgentSkillView, AgentView, agents_by_id, count_agents, list_agents,
    skills_of_agents,
};
