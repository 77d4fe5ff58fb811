//! What is missing in a history, as lines for a person.

use jiff::tz::TimeZone;
use trunkline_domain::{
    forecasting::gaps::GapReport,
    network::Queue,
    time::{Span, local_of_instant},
};
use trunkline_infra::network::Directory;

use crate::forecasting::SeriesGaps;

/// Missing days and intervals of a series that are shown; the others are counted.
const SHOWN: usize = 10;

/// A line for each series in which something is missing; `new_queues` may not be there yet.
pub(super) fn gap_lines(
    series: &[SeriesGaps],
    directory: &Directory,
    new_queues: &[Queue],
) -> Vec<String> {
    let line = |gaps: &SeriesGaps| {
        let known = directory.queue(gaps.queue_id).map(|it| (it.code.clone(), it.zone()));
        let (mut name, zone) = known.or_else(|| {
            let queue = new_queues.iter().find(|it| it.id == gaps.queue_id)?;
            Some((queue.code.to_string(), TimeZone::get(&queue.time_zone).ok()?))
        })?;
        if let Some(site) = gaps.site_id.and_then(|id| directory.site(id)) {
            name = format!("{name} at {}", site.code);
        }
        line_of(&name, &gaps.report, &zone)
    };
    series.iter().filter_map(line).collect()
}

/// `None` when nothing is missing.
fn line_of(name: &str, report: &GapReport, zone: &TimeZone) -> Option<String> {
    let days = report.missing_days.iter().map(ToString::to_string);
    let holes = report.holes.iter().map(|hole| hole_text(*hole, zone));
    let total = report.missing_days.len() + report.holes.len();
    if total == 0 {
        return None;
    }
    let shown: Vec<String> = days.chain(holes).take(SHOWN).collect();
    let more = match total - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("gaps in {name}: {}{more}", shown.join(", ")))
}

/// From where to where, in local time; the day of the end only when it is another.
fn hole_text(hole: Span, zone: &TimeZone) -> String {
    let (start, end) = (local_of_instant(hole.start(), zone), local_of_instant(hole.end(), zone));
    let pattern = if start.date() == end.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    format!("{} to {}", start.strftime("%Y-%m-%d %H:%M"), end.strftime(pattern))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_series_without_gaps_has_no_line() {
        assert_eq!(line_of("presale", &GapReport::default(), &TimeZone::UTC), None);
    }

    #[test]
    fn days_and_intervals_are_named_in_local_time_and_many_are_cut() {
        let start = "2026-02-04T01:00:00Z".parse().expect("instant");
        let zone = TimeZone::get("Asia/Shanghai").expect("zone");
        let mut report = GapReport {
            missing_days: vec![date(2026, 2, 3)],
            holes: vec![Span::of_seconds(start, 3600), Span::of_seconds(start, 16 * 3600)],
            missing_intervals: 34,
        };
        assert_eq!(
            line_of("presale at GZ", &report, &zone).as_deref(),
            Some(
                "gaps in presale at GZ: 2026-02-03, 2026-02-04 09:00 to 10:00, \
                 2026-02-04 09:00 to 2026-02-05 01:00"
            )
        );
        report.missing_days = (1..=12).map(|day| date(2026, 1, day)).collect();
        let line = line_of("presale", &report, &zone).expect("a line");
        assert!(line.ends_with("2026-01-10 and 4 more"), "{line}");
    }
}
