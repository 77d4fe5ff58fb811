//! Sites, teams, queues and skills.

mod inputs;
mod lines;
mod lines_fields;
mod mutation;
mod query;
mod service;
mod settings;
mod settings_types;
mod staffing;
mod training;
mod training_fields;
mod types;
mod week_types;
mod weeks;

pub use inputs::{ServiceLevelMethod, SiteState};
pub use lines_fields::LinesMutation;
pub use mutation::NetworkMutation;
pub use query::NetworkQuery;
pub use training_fields::TrainingMutation;
pub use types::{Queue, Site, Skill, Team};
