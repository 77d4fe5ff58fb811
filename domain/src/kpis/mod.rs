//! Indicators as ratios of sums, their targets and their status.
//!
//! A KPI is never averaged: measures are added up first ([`MeasureSet::roll_up`]), then its formula
//! is evaluated once ([`KpiDefinition::value`]). Values are exact decimals and are compared as they
//! are; [`displayed`] rounds for people only.

mod catalogue;
mod figure;
mod formula;
mod measures;
mod service_level;
mod target;
mod waits;

pub use catalogue::{
    Aggregation, CATALOGUE, Dimension, KpiClass, KpiDefinition, Level, WhenUndefined, definition,
};
pub use figure::{Contacts, Figure, Figures, ServiceLevelFigure, figure};
pub use formula::{Formula, FormulaError, Operator};
pub use measures::{Axis, Measure, MeasureSet};
pub use service_level::{ServiceLevelMethod, ServiceLevelSetting};
pub use target::{Direction, Status, Target, are_consistent, check_target, displayed};
pub use waits::{WaitBin, WaitHistogram};
