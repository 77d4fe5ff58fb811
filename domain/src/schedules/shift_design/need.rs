use jiff::{SignedDuration, Timestamp, ToSpan as _, civil, tz::TimeZone};

use crate::time::{local_of_instant, monday_of};

/// The need of the week from a Monday in slots of the wall clock: the most agents that any interval
/// asks for in the slot. Intervals are given by first instant with their agents and all last
/// `interval_minutes`; a slot of which none is there needs nobody. An hour that the clocks skip
/// needs nobody, one that they repeat the more of both.
#[must_use]
pub fn weekly_need(
    intervals: &[(Timestamp, u32)],
    interval_minutes: u16,
    day_of_week: civil::Date,
    zone: &TimeZone,
    slot_minutes: u16,
) -> Vec<u16> {
    let monday = monday_of(day_of_week);
    let end = monday.saturating_add(7.days());
    let slot_minutes = slot_minutes.clamp(1, 1440);
    let per_day = usize::from(1440 / slot_minutes);
    let mut need = vec![0_u16; 7 * per_day];
    for (start, agents) in intervals {
        for minute in (0..interval_minutes.max(1)).step_by(usize::from(slot_minutes)) {
            let local =
                local_of_instant(*start + SignedDuration::from_mins(i64::from(minute)), zone);
            if !(monday..end).contains(&local.date()) {
                continue;
            }
            let day = usize::from(local.weekday().to_monday_zero_offset().unsigned_abs());
            let of_day = usize::from(local.hour().unsigned_abs()) * 60
                + usize::from(local.minute().unsigned_abs());
            let slot = of_day / usize::from(slot_minutes);
            if let Some(cell) = need.get_mut(day * per_day + slot) {
                *cell = (*cell).max(u16::try_from(*agents).unwrap_or(u16::MAX));
            }
        }
    }
    need
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_week_of_a_requirement_lies_on_the_wall_clock() {
        let zone = TimeZone::get("Asia/Shanghai").expect("zone");
        let at = |text: &str| text.parse::<Timestamp>().expect("instant");
        let intervals = [
            (at("2026-11-08T15:30:00Z"), 9),
            (at("2026-11-10T02:00:00Z"), 24),
            (at("2026-11-10T02:30:00Z"), 26),
        ];
        let need = weekly_need(&intervals, 30, date(2026, 11, 12), &zone, 15);
        assert_eq!(need.len(), 7 * 96);
        assert_eq!(need[96 + 39..96 + 45], [0, 24, 24, 26, 26, 0]);
        assert_eq!(need.iter().filter(|agents| **agents > 0).count(), 4, "Sunday is before it");
        let hours = weekly_need(&intervals, 30, date(2026, 11, 9), &zone, 60);
        assert_eq!(hours[24 + 10], 26, "the most of both half hours");
    }
}
