//! Agents as they are read and written.

mod posts;
mod private;
mod repo;
mod views;

pub use posts::{
    AvailabilityView, agent_of_availability, assignments_of_agent, availability_of_agents,
};
pub(crate) use private::place as private_place;
pub use private::{
    CoveredPrivate, PrivateChange, covered_private, erase_private, erase_private_of_departed,
    open_private, put_private,
};
pub use repo::{
    ExternalId, Hire, apply_assignments, close_assignment, delete_availability, delete_skills_held,
    insert_agents, insert_assignments, insert_availability, insert_skills_held, update_agent,
};
pub use views::{
    AgentFilter, AgentOrder, AgentSkillView, AgentView, agent_numbers, agents_by_id, count_agents,
    list_agents, skills_of_agents,
};
