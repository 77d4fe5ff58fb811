//! Sites, teams, queues and skills of a tenant.

mod directory;
mod lines;
mod repo;
mod settings;
mod training;
mod weeks;

pub use directory::{Directory, QueueView, SiteView, SkillView, TeamView, load_directory};
pub use lines::update_queue_lines;
pub use repo::{
    insert_queues, insert_sites, insert_skills, insert_teams, lock_queue, set_queue_goals,
    update_queue_staffing, update_site,
};
pub use settings::{
    lock_tenant_settings, set_tenant_settings, share_tenant_settings, tenant_settings,
};
pub use training::update_queue_training;
pub use weeks::{queue_weeks, set_queue_week};
