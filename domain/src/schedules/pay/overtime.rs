//! Which work lies above the hours of the contract.

use super::split::Part;
use crate::{
    forecasting::site_calendar::DayKind,
    schedules::{AgentPlan, regular_hours::RegularHours},
    time::Span,
};

/// Cuts parts where the regular hours of their day or week are used up, and marks what comes after as
/// overtime. Hours are counted as `OVERTIME_DAY` and `OVERTIME_MONTH` count them: by the date on which
/// a shift counts and its local week, so that a night shift is one day, and no hour twice.
///
/// Work on public holidays, and work that earns a rest, is paid for by itself: it is neither overtime
/// nor uses up any regular hours.
pub(super) fn with_overtime(mut parts: Vec<Part>, plan: &AgentPlan) -> Vec<Part> {
    parts.sort_by_key(|part| (part.day, part.span));
    let mut left = RegularHours::default();
    let mut found = Vec::with_capacity(parts.len());
    for part in parts {
        if part.kind == DayKind::PublicHoliday || part.earns.is_some() {
            found.push(part);
            continue;
        }
        let regular = left.take(plan, part.day, part.span.seconds());
        let regular = Span::of_seconds(part.span.start(), regular);
        let beyond = Span::new(regular.end(), part.span.end());
        let pieces = [(Some(regular), false), (beyond, true)];
        found.extend(pieces.into_iter().filter_map(|(span, is_overtime)| {
            let span = span.filter(|span| !span.is_empty())?;
            Some(Part { span, is_overtime, ..part })
        }));
    }
    found
}
