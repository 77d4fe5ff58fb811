//! The database schema as SQL files, and what applies them.
//!
//! Each file runs once, in its own transaction, in the order of its number, as the owner role. An
//! applied file is remembered with its SHA-256: a file that was changed afterwards is refused, so
//! a database and its history cannot drift apart silently.
// What cannot fail says so with its reason, or is not written so.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod migrator;

pub use migrator::{MigrateError, applied, bootstrap, migrate, pending};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// File name without extension; its leading number orders it.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        /// All steps, in order.
        pub const MIGRATIONS: &[Migration] = &[$(Migration {
            name: $name,
            sql: include_str!(concat!("../sql/", $name, ".sql")),
        }),*];
    };
}

migrations![
    "0001_base",
    "0002_network",
    "0003_identity",
    "0004_agents",
    "0005_archives",
    "0006_kpis",
    "0007_forecasting",
    "0008_staffing",
    "0009_schedules",
    "0010_requests",
    "0011_intraday",
    "0012_operations",
    "0013_special_days",
    "0014_closes",
    "0015_waits",
    "0016_providers",
    "0017_file_months",
    "0018_agent_private",
    "0019_notifications",
    "0085_retention",
    "0090_audit_origin",
    "0095_identity_trust",
    "0100_agent_private_erasure",
    "0110_compensatory_rest",
    "0111_scenarios",
    "0112_shift_patterns",
    "0120_removed_shifts",
    "0121_site_seats",
    "0123_reserve",
    "0124_scenario_assumptions",
    "0126_settled_and_ended",
    "0127_session_proof",
    "0128_partitions",
    "0129_rule_attachments",
    "0130_staffing_goals",
    "0131_shift_templates",
    "0133_search_jobs",
    "0134_overrides",
    "0137_queue_lines",
    "0138_shift_wishes",
    "0139_shift_change_activities",
];
