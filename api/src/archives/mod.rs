//! The three personal files through the API.

mod codes;
mod entry_types;
mod inputs;
mod month_types;
mod months;
mod mutation;
mod query;
mod service;
mod types;

pub(crate) use months::close_months;
pub use mutation::ArchivesMutation;
pub use query::ArchivesQuery;
pub(crate) use types::{AgentFiles, PersonalFile, file_of};
