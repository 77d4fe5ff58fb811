//! Which days make a weekend.

use super::problem::Day;

/// By day: first day of its weekend and day after the last; empty on days of no weekend.
pub(super) fn weekends(days: &[Day]) -> Vec<(usize, usize)> {
    let mut of_day = Vec::with_capacity(days.len());
    for alike in days.chunk_by(|a, b| a.weekend == b.weekend) {
        let (start, end) = (of_day.len(), of_day.len() + alike.len());
        let weekend = alike[0].weekend.map_or((0, 0), |_number| (start, end));
        of_day.resize(end, weekend);
    }
    of_day
}
