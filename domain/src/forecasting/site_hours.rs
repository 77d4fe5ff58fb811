//! Opening hours of the sites of a queue: it is open while one of them is.

use jiff::{ToSpan as _, civil, tz::TimeZone};

use super::model::ForecastPoint;
use super::opening::WeeklyOpening;
use super::quantiles::Quantiles;
use crate::{
    network::OpeningHours,
    time::{Span, local_of_instant},
};

/// The opening hours of all sites of a queue, each in its zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteHours {
    sites: Vec<(OpeningHours, TimeZone)>,
}

impl SiteHours {
    /// The hours of a queue; `None` when a site of it is not bound to any, so that history alone
    /// says when the queue is open.
    #[must_use]
    pub fn of(sites: Vec<(Option<OpeningHours>, TimeZone)>) -> Option<Self> {
        let sites: Option<Vec<_>> =
            sites.into_iter().map(|(hours, zone)| Some((hours?, zone))).collect();
        sites.filter(|sites| !sites.is_empty()).map(|sites| Self { sites })
    }

    /// The hours of a usual week on the wall clock of `zone`, as the zones of the sites lie to it
    /// in the week from `from`.
    #[must_use]
    pub fn weekly(&self, zone: &TimeZone, from: civil::Date) -> WeeklyOpening {
        let mut opening = WeeklyOpening::default();
        // The openings of the days before and after reach into the week.
        for days in -1..=7_i64 {
            for (hours, site_zone) in &self.sites {
                let usual = OpeningHours { week: hours.week.clone(), ..OpeningHours::default() };
                for span in usual.on(from.saturating_add(days.days()), site_zone) {
                    add(&mut opening, span, zone);
                }
            }
        }
        opening
    }

    /// Takes the calls of every interval in which no site is open.
    pub fn close(&self, points: &mut [ForecastPoint]) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
        let (start, end) = (first.span.start(), last.span.end());
        let mut open: Vec<Span> = Vec::new();
        for (hours, zone) in &self.sites {
            let mut date = local_of_instant(start, zone).date().saturating_sub(1.day());
            while date <= local_of_instant(end, zone).date() {
                open.extend(hours.on(date, zone));
                date = crate::time::next_day(date);
            }
        }
        open.sort_unstable();
        let mut next = 0;
        for point in points {
            // Openings are sorted by start; one that ends before this point may still stand before
            // one that does not, hence the look at all that began.
            while open.get(next).is_some_and(|span| span.end() <= point.span.start()) {
                next += 1;
            }
            let began = open[next..].iter().take_while(|span| span.start() < point.span.end());
            if !began.into_iter().any(|span| span.overlaps(point.span)) {
                point.volume = 0.0;
                point.quantiles = Quantiles::default();
            }
        }
    }
}

/// Adds a span to the wall-clock minutes of the days on which it lies.
fn add(opening: &mut WeeklyOpening, span: Span, zone: &TimeZone) {
    let (from, until) = (local_of_instant(span.start(), zone), local_of_instant(span.end(), zone));
    let minute = |at: civil::DateTime| {
        u16::from(at.hour().unsigned_abs()) * 60 + u16::from(at.minute().unsigned_abs())
    };
    let mut date = from.date();
    while date <= until.date() {
        let start = if date == from.date() { minute(from) } else { 0 };
        let end = if date == until.date() { minute(until) } else { 1440 };
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        if start < end && !opening.hours[weekday].contains(&(start, end)) {
            opening.hours[weekday].push((start, end));
        }
        date = crate::time::next_day(date);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn hours(from: i8, until: i8) -> OpeningHours {
        let day = vec![(time(from, 0, 0, 0), time(until, 0, 0, 0))];
        OpeningHours { week: std::array::from_fn(|_| day.clone()), ..OpeningHours::default() }
    }

    fn points(from: civil::Date, zone: &TimeZone) -> Vec<ForecastPoint> {
        let day = Span::of_day(from, zone);
        (0..24)
            .map(|hour| ForecastPoint {
                span: Span::of_seconds(day.start() + jiff::SignedDuration::from_hours(hour), 3600),
                volume: 10.0,
                quantiles: Quantiles { p50: 10.0, ..Quantiles::default() },
                handle_time_seconds: 180.0,
            })
            .collect()
    }

    #[test]
    fn a_queue_is_open_while_one_of_its_sites_is() {
        let zone = TimeZone::get("Asia/Shanghai").expect("zone");
        let sites = vec![(Some(hours(8, 12)), zone.clone()), (Some(hours(20, 2)), zone.clone())];
        let sites = SiteHours::of(sites).expect("hours");
        let monday = date(2026, 3, 2);
        let weekly = sites.weekly(&zone, monday);
        assert!(weekly.is_open(0, 480, 510) && weekly.is_open(0, 60, 90));
        assert!(!weekly.is_open(0, 720, 750) && !weekly.is_open(0, 120, 150));
        let mut points = points(monday, &zone);
        sites.close(&mut points);
        let open: Vec<_> = (0..24).filter(|hour| points[*hour].volume > 0.0).collect();
        assert_eq!(open, [0, 1, 8, 9, 10, 11, 20, 21, 22, 23]);
    }

    #[test]
    fn the_forecast_of_a_day_site_is_zero_outside_half_past_eight_to_half_past_five() {
        let zone = TimeZone::get("Asia/Shanghai").expect("zone");
        let day = vec![(time(8, 30, 0, 0), time(17, 30, 0, 0))];
        let office =
            OpeningHours { week: std::array::from_fn(|_| day.clone()), ..OpeningHours::default() };
        let sites = SiteHours::of(vec![(Some(office), zone.clone())]).expect("hours");
        let midnight = Span::of_day(date(2026, 3, 2), &zone).start();
        let half_hours = (0..48).map(|half| ForecastPoint {
            span: Span::of_seconds(midnight + jiff::SignedDuration::from_mins(half * 30), 1800),
            volume: 10.0,
            quantiles: Quantiles { p50: 10.0, ..Quantiles::default() },
            handle_time_seconds: 180.0,
        });
        let mut points: Vec<ForecastPoint> = half_hours.collect();
        sites.close(&mut points);
        for (half, point) in points.iter().enumerate() {
            let open = (17..35).contains(&half);
            let expected = if open { 10.0 } else { 0.0 };
            assert_eq!(
                (point.volume, point.quantiles.p50),
                (expected, expected),
                "half hour {half}"
            );
        }
    }

    #[test]
    fn a_closed_day_has_no_calls_and_a_site_without_hours_binds_nothing() {
        let zone = TimeZone::UTC;
        let mut closed = hours(8, 12);
        closed.closed_on.insert(date(2026, 1, 1));
        let sites = SiteHours::of(vec![(Some(closed.clone()), zone.clone())]).expect("hours");
        let mut points = points(date(2026, 1, 1), &zone);
        sites.close(&mut points);
        assert!(points.iter().all(|point| point.volume == 0.0));
        assert_eq!(SiteHours::of(vec![(Some(closed), zone.clone()), (None, zone)]), None);
    }
}
