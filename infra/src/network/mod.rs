//! Sites, teams, queues and skills of a tenant.

mod directory;

pub use directory::{Directory, QueueView, SiteView, SkillView, TeamView, load_directory};
