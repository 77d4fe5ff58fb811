//! Targets of KPIs and sums of measures.

mod measures;
mod targets;

pub use measures::{CallSums, DayMeasure, SiteMeasure, call_sums, measures, put_measures};
pub use targets::{KpiTargetRow, put_target, targets_on};
