//! What a rule finds, before weight and cause are put to it.

use super::super::{Bounds, Quantity, ViolationCause, ViolationParam};
use crate::time::Span;

/// A place where a rule is not kept.
#[derive(Debug)]
pub(in super::super) struct Finding {
    /// The time meant.
    pub(in super::super) span: Span,
    /// The time that must touch the window for the finding to matter; work in it that lies before
    /// the window makes the cause `HISTORY`.
    pub(in super::super) concerns: Span,
    pub(in super::super) measured: Quantity,
    pub(in super::super) limit: Quantity,
    /// How far off, in the unit of the rule.
    pub(in super::super) excess: i64,
    /// Too little of something that only more planning mends.
    pub(in super::super) shortfall: bool,
    /// A cause that the rule knows by itself.
    pub(in super::super) cause: Option<ViolationCause>,
    pub(in super::super) params: Vec<ViolationParam>,
}

impl Finding {
    pub(super) const fn new(span: Span, measured: Quantity, limit: Quantity, excess: i64) -> Self {
        Self {
            span,
            concerns: span,
            measured,
            limit,
            excess,
            shortfall: false,
            cause: None,
            params: Vec::new(),
        }
    }

    pub(super) fn concerning(self, concerns: Span) -> Self {
        Self { concerns, ..self }
    }

    pub(super) fn caused_by(self, cause: ViolationCause) -> Self {
        Self { cause: Some(cause), ..self }
    }

    pub(super) fn with(mut self, param: ViolationParam) -> Self {
        self.params.push(param);
        self
    }
}

/// Compares a value with both bounds; `unit` gives it its unit. Below the least is a shortfall.
pub(super) fn outside(
    value: i64,
    bounds: Bounds,
    span: Span,
    unit: impl Fn(i64) -> Quantity,
) -> Option<Finding> {
    if let Some(max) = bounds.max
        && value > max
    {
        return Some(Finding::new(span, unit(value), unit(max), value - max));
    }
    let min = bounds.min.filter(|&min| value < min)?;
    let finding = Finding::new(span, unit(value), unit(min), min - value);
    Some(Finding { shortfall: true, ..finding })
}
