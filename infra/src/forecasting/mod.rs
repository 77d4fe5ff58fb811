//! History of intervals with its day sums, demand events, forecasts.

mod days;
mod intervals;
mod views;

pub use intervals::{IntervalFigure, Quality, Upserted, upsert_figures};
pub use views::{figures, queue_history};
