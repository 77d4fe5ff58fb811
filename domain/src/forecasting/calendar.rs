//! What accepted events mean for the model: which days are unlike their weekday, and which uplifts
//! lie over the forecast.

use std::collections::BTreeMap;

use jiff::{civil, tz::TimeZone};

use super::event::Modifications;
use super::proposal::{EventKind, KnownEvent};
use super::site_calendar::SiteCalendars;
use crate::time::{local_of_instant, next_day, start_of_day};

/// Days that are not usual, with their kind. A holiday is alike from year to year, so its effect is
/// learned; the days of other events before `from` belong to themselves and teach nothing about
/// usual days. Days of other events from `from` on are usual days with an uplift.
#[must_use]
pub fn special_days(
    events: &[KnownEvent],
    zone: &TimeZone,
    from: civil::Date,
) -> BTreeMap<civil::Date, String> {
    let mut days = BTreeMap::new();
    for event in events {
        let mut date = local_of_instant(event.span.start(), zone).date();
        while start_of_day(date, zone) < event.span.end() {
            match event.kind {
                EventKind::Holiday => {
                    days.insert(date, event.name.clone());
                }
                EventKind::Promotion | EventKind::Incident if date < from => {
                    days.entry(date).or_insert_with(|| format!("{} {date}", event.name));
                }
                EventKind::Promotion | EventKind::Incident | EventKind::Correction => {}
            }
            date = next_day(date);
        }
    }
    days
}

/// Days that are not usual by the calendars of the sites and by events; of both the event counts.
#[must_use]
pub fn named_days(
    calendars: &SiteCalendars,
    events: &[KnownEvent],
    zone: &TimeZone,
    from: civil::Date,
) -> BTreeMap<civil::Date, String> {
    let mut days = calendars.names();
    days.extend(special_days(events, zone, from));
    days
}

/// The uplifts in the order of their starts, corrections beneath all others. A holiday whose effect was learned has the uplift that
/// its planner gave it besides, usually none.
#[must_use]
pub fn modifications(events: &[KnownEvent]) -> Modifications {
    let mut events: Vec<&KnownEvent> = events.iter().collect();
    let key = |event: &KnownEvent| (event.kind != EventKind::Correction, event.span);
    events.sort_by(|a, b| (key(a), &a.name).cmp(&(key(b), &b.name)));
    let mut stack = Modifications::default();
    for event in events {
        stack.push(event.demand());
    }
    stack
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;

    use super::*;
    use crate::time::Span;

    fn event(name: &str, kind: EventKind, from: civil::Date, days: i64) -> KnownEvent {
        let start = start_of_day(from, &TimeZone::UTC);
        KnownEvent {
            name: name.into(),
            kind,
            span: Span::of_seconds(start, days * 86_400),
            queues: Vec::new(),
            volume_uplift: Decimal::ZERO,
            handle_time_uplift: Decimal::ZERO,
            volume: None,
            handle_time_seconds: None,
        }
    }

    #[test]
    fn holidays_are_alike_and_past_promotions_belong_to_themselves() {
        let events = [
            event("Spring Festival", EventKind::Holiday, date(2025, 1, 29), 2),
            event("Spring Festival", EventKind::Holiday, date(2026, 2, 17), 1),
            event("Sale", EventKind::Promotion, date(2026, 1, 5), 1),
            event("Sale", EventKind::Promotion, date(2026, 3, 9), 1),
            event("Known better", EventKind::Correction, date(2026, 1, 12), 1),
        ];
        let days = special_days(&events, &TimeZone::UTC, date(2026, 3, 2));
        let found: Vec<_> =
            days.iter().map(|(day, kind)| (day.to_string(), kind.as_str())).collect();
        assert_eq!(
            found,
            [
                ("2025-01-29".to_owned(), "Spring Festival"),
                ("2025-01-30".to_owned(), "Spring Festival"),
                ("2026-01-05".to_owned(), "Sale 2026-01-05"),
                ("2026-02-17".to_owned(), "Spring Festival"),
            ]
        );
    }
}
