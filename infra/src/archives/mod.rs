//! The three personal files: entries are appended, never changed.

mod months;
mod repo;
mod views;

pub use months::{
    CountedMonthView, SwapCounts, counted_months, employed_agents, heard_days, lock_months,
    mark_month, planned_shifts, state_spans, swap_counts,
};
pub use repo::{append_entries, insert_files};
pub use views::{EntryView, FileView, entries_of_files, file_of_entry, files_of_agents};
