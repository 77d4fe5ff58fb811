//! The three personal files: entries are appended, never changed.

mod repo;
mod views;

pub use repo::{append_entries, insert_files};
pub use views::{EntryView, FileView, entries_of_files, file_of_entry, files_of_agents};
