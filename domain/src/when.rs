//! Days and times of a site's clock as people write them.

use jiff::{Timestamp, civil, tz::TimeZone};

use crate::{
    fault::Language,
    time::{Span, local_of_instant},
};

const WEEKDAYS: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];

/// `Wed 4 Mar`, `3月4日（周三）`.
pub(crate) fn day(date: civil::Date, language: Language) -> String {
    match language {
        Language::English => date.strftime("%a %-d %b").to_string(),
        Language::Chinese => {
            let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
            format!("{}月{}日（{}）", date.month(), date.day(), WEEKDAYS[weekday % 7])
        }
    }
}

/// The day and the times of a shift; one that ends at midnight or later names its end's time alone.
pub(crate) fn span(span: Span, zone: &TimeZone, language: Language) -> String {
    let (start, end) = (local_of_instant(span.start(), zone), local_of_instant(span.end(), zone));
    format!("{} {}–{}", day(start.date(), language), start.strftime("%H:%M"), end.strftime("%H:%M"))
}

/// The month and the day, without the day of the week: `2 Mar`, `3月2日`.
pub(crate) fn date(date: civil::Date, language: Language) -> String {
    match language {
        Language::English => date.strftime("%-d %b").to_string(),
        Language::Chinese => format!("{}月{}日", date.month(), date.day()),
    }
}

/// The day and the time of an instant.
pub(crate) fn instant(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let local = local_of_instant(at, zone);
    format!("{} {}", day(local.date(), language), local.strftime("%H:%M"))
}
