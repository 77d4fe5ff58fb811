//! Tenant, site, team, queue and the settings that hold for them.

mod lines;
mod names;
mod opening;
mod queue;
mod settings;
mod site;
mod skill;
mod staffing;
mod staffing_week;
mod team;
mod tenant;

pub use lines::QueueLines;
pub use names::{Code, Names, parse_zone};
pub use opening::OpeningHours;
pub use queue::{GoalCaps, Queue, RawQueue, ServiceGoal, counting_goal, goal_at, latest_cap};
pub use settings::TenantSettings;
pub use site::{RawSite, Site, SiteState};
pub use skill::Skill;
pub use staffing::{QueueStaffing, QueueStaffingChange};
pub use staffing_week::{BandTerms, SeniorTerms, StaffingBand, StaffingWeek, StaffingWeeks};
pub use team::{SpanOfControl, Team, span_of_control};
pub use tenant::{Tenant, TenantState};
