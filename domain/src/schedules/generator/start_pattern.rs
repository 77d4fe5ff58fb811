//! When the shifts of an agent start, week after week, on which days, and how long they are.

use jiff::civil;

use crate::{id::AgentId, schedules::PatternWeek};

/// When the shifts of an agent start, and on which days, week after week: one band whose ends are equal is a fixed
/// pattern, one wider band a flexible one, several are the ordered weeks of a rotating one. In a week
/// without a band they start whenever shapes and rules allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartPattern {
    /// Whose.
    pub agent: AgentId,
    /// Weekdays, local times of starts, and lengths, in each week of the rotation.
    pub weeks: Vec<Option<PatternWeek>>,
    /// Week of the rotation in which the first planned day lies.
    pub first_week: usize,
}

/// Where the shifts of a week start, and how long they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WeekBand {
    /// First and last step of the wall clock at which they start; over midnight when the last is
    /// before the first.
    pub starts: (u16, u16),
    /// Fewest and most slots from start to end.
    pub lengths: (u16, u16),
}

impl WeekBand {
    /// Whether a shift of so many slots may start at a step.
    pub(super) fn holds(self, step: u16, length: u16) -> bool {
        let (from, to) = self.starts;
        let in_time = match from <= to {
            true => from <= step && step <= to,
            false => from <= step || step <= to,
        };
        in_time && (self.lengths.0..=self.lengths.1).contains(&length)
    }
}

impl StartPattern {
    /// The band of each of `count` weeks.
    pub(super) fn bands(&self, count: usize, slot_minutes: u16) -> Vec<Option<WeekBand>> {
        let weeks = self.weeks.iter().cycle().skip(self.first_week % self.weeks.len().max(1));
        weeks.take(count).map(|week| Some(band(week.as_ref()?, slot_minutes.max(1)))).collect()
    }

    /// Places of those of the planned dates on which nobody works who follows it. Weeks begin with
    /// Mondays, the first with the first date.
    pub(super) fn days_off(&self, dates: impl Iterator<Item = civil::Date>) -> Vec<usize> {
        let mut week = self.first_week;
        let off = dates.enumerate().filter(|(day, date)| {
            let weekday = date.weekday();
            week += usize::from(*day > 0 && weekday == civil::Weekday::Monday);
            let of = self.weeks.get(week % self.weeks.len().max(1)).copied().flatten();
            let works = of.and_then(|of| of.weekdays);
            works.is_some_and(|days| !days.contains(weekday))
        });
        off.map(|(day, _)| day).collect()
    }
}

pub(super) fn band(week: &PatternWeek, slot_minutes: u16) -> WeekBand {
    let minute = |time: civil::Time| time.hour() as u16 * 60 + time.minute() as u16;
    let slot = i64::from(slot_minutes) * 60;
    let slots = |seconds: i64| u16::try_from(seconds / slot).unwrap_or(u16::MAX);
    WeekBand {
        starts: (
            minute(week.starts.from).div_ceil(slot_minutes),
            minute(week.starts.to) / slot_minutes,
        ),
        lengths: (
            week.shortest_seconds.map_or(0, |shortest| slots(shortest + slot - 1)),
            week.longest_seconds.map_or(u16::MAX, slots),
        ),
    }
}
