//! The three personal files through the API.

mod codes;
mod entry_types;
mod inputs;
mod mutation;
mod service;
mod types;

pub use mutation::ArchivesMutation;
pub(crate) use types::{AgentFiles, PersonalFile, file_of};
