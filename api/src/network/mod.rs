//! Sites, teams, queues and skills.

mod inputs;
mod mutation;
mod query;
mod service;
mod settings;
mod settings_types;
mod staffing;
mod types;

pub use inputs::{ServiceLevelMethod, SiteState};
pub use mutation::NetworkMutation;
pub use query::NetworkQuery;
pub use types::{Queue, Site, Skill, Team};
