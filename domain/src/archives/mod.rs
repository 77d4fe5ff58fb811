//! The three personal files: development, quality, performance.
//!
//! A file is a list of typed, dated entries that are only ever appended. Every view of it is a query.

mod check;
pub mod development;
mod entry;
mod file;
pub mod performance;
pub mod quality;

pub use check::check_entry;
pub use entry::{Correction, Entry, EntrySource, Evidence, Payload, correct, current_view};
pub use file::{FileKind, FilePart, PersonalFile, open_files};
