//! From history to volumes and handle times per interval.

pub mod fault;
mod fields;
pub mod gaps;
pub mod history;
pub mod history_file;
