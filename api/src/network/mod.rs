//! Sites, teams, queues and skills.

mod query;
mod types;

pub use query::NetworkQuery;
pub use types::{Queue, Site, Skill, Team};
