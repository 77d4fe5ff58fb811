//! From shift shapes and work rules to the templates that an agent may work.

use std::ops::Range;

use jiff::civil;
use serde::{Deserialize, Serialize};

use super::{
    Calendar,
    breaks::any_layout,
    headcount::Headcount,
    layout::Layout,
    problem::{Terms, UsualDay},
    template::Template,
};
use crate::schedules::{
    ActivityCategory, Bounds, ContractKind, ContractTerms, RuleLimits, Severity, ShiftTemplates,
    TimeBand,
};

/// A shift that the site offers to whoever may work it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftShape {
    /// Seconds from start to end.
    pub length_seconds: i64,
    /// Local times between which it starts.
    pub starts: TimeBand,
    /// Minutes from one possible start to the next, counted from midnight.
    pub start_step_minutes: u16,
    /// Breaks, meals and other parts that are not on queue, in order. Breaks and meals that the
    /// rules ask for and that are not among them are added.
    pub pauses: Vec<ShapePause>,
    /// Kinds of contract that may work it; none = all.
    pub kinds: Vec<ContractKind>,
    /// Local dates `[from, until)` on which it starts; `None` = no such border.
    pub dates: (Option<civil::Date>, Option<civil::Date>),
    /// How many people are wanted on it; `None` where shifts are not planned by number.
    pub headcount: Option<Headcount>,
}

impl ShiftShape {
    /// What a site offers that has set nothing else: [`ShiftTemplates::usual`]. Opening hours, rules
    /// and contracts leave of them what fits.
    #[must_use]
    pub fn usual() -> Vec<Self> {
        ShiftTemplates::usual().shapes((None, None))
    }

    /// Whether it is planned by number and somebody is wanted on it on one of the days from `first` to
    /// `last`.
    #[must_use]
    pub fn is_wanted_between(&self, first: civil::Date, last: civil::Date) -> bool {
        let dates = std::iter::successors(Some(first), |date| date.tomorrow().ok());
        let mut dates = dates.take_while(|date| *date <= last);
        dates.any(|date| self.wanted_on(date).is_some_and(|people| people > 0))
    }

    /// How many people are wanted on a date; `None` where it is not offered or not planned by number.
    pub(super) fn wanted_on(&self, date: civil::Date) -> Option<u16> {
        let (from, until) = self.dates;
        let offered =
            from.is_none_or(|from| from <= date) && until.is_none_or(|until| date < until);
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).ok()?;
        let people = self.headcount.as_ref()?.weekdays.get(weekday).copied();
        people.filter(|_| offered)
    }

    /// Days of a calendar on which it starts.
    fn days(&self, calendar: &Calendar) -> Range<usize> {
        let day =
            |date: civil::Date| usize::try_from((date - calendar.first).get_days()).unwrap_or(0);
        let (from, until) = self.dates;
        from.map_or(Template::ALWAYS.start, day)..until.map_or(Template::ALWAYS.end, day)
    }
}

/// A part of a shift that is not on queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShapePause {
    /// What it is.
    pub category: ActivityCategory,
    /// Earliest start, in seconds after the start of the shift.
    pub earliest_seconds: i64,
    /// Latest start, in seconds after the start of the shift.
    pub latest_seconds: i64,
    /// Its length in seconds.
    pub length_seconds: i64,
    /// Whether it is paid.
    pub paid: bool,
}

impl ShapePause {
    /// What a shift of so many seconds usually has: a paid break from 3 h on, from 7 h on another one
    /// with an unpaid meal between them.
    #[must_use]
    pub fn usual(length_seconds: i64) -> Vec<Self> {
        const MINUTE: i64 = 60;
        const HOUR: i64 = 3600;
        let rest = |earliest_seconds, latest_seconds| Self {
            category: ActivityCategory::Break,
            earliest_seconds,
            latest_seconds,
            length_seconds: 15 * MINUTE,
            paid: true,
        };
        let meal = Self {
            category: ActivityCategory::Meal,
            earliest_seconds: 3 * HOUR,
            latest_seconds: 5 * HOUR,
            length_seconds: 30 * MINUTE,
            paid: false,
        };
        let first = rest(90 * MINUTE, 150 * MINUTE);
        let last = rest(length_seconds - 150 * MINUTE, length_seconds - 90 * MINUTE);
        match length_seconds / HOUR {
            7.. => vec![first, meal, last],
            5..7 => vec![rest(length_seconds / 3, 2 * length_seconds / 3)],
            3..5 => vec![first],
            _ => Vec::new(),
        }
    }
}

/// The terms of everyone with these rules and this contract. Rules that are not off are all kept,
/// also those that only warn. Shapes that they forbid are left out; where the site closes within its
/// days, at these steps of the wall clock, those that span such a time with a meal are added.
pub(super) fn terms_of(
    limits: &RuleLimits,
    contract: &ContractTerms,
    (shapes, closures): (&[ShiftShape], &[(u16, u16)]),
    calendar: &Calendar,
) -> Terms {
    let slot = i64::from(calendar.slot_seconds);
    let steps = |seconds: i64| u32::try_from((seconds + slot - 1) / slot).unwrap_or(0);
    let small = |count: i64| u8::try_from(count).unwrap_or(if count < 0 { 0 } else { u8::MAX });
    let on = |severity: Severity| severity != Severity::Off;
    let least_rest = if on(limits.min_rest.severity) { limits.min_rest.limit } else { 0 };
    let max_run = match limits.consecutive_days.severity {
        Severity::Off => 28,
        _ => small(limits.consecutive_days.limit).clamp(1, 28),
    };
    let days_week = match (limits.work_days_week.severity, limits.work_days_week.limit.max) {
        (Severity::Off, _) | (_, None) => 7,
        (_, Some(max)) => small(max).min(7),
    };
    let weekly_rest = limits.weekly_rest.limit;
    let start_change = u32::try_from(limits.start_variance.limit / slot).unwrap_or(0);
    let nights = small(limits.night_shifts.limit.max_per_week);
    let weekends = small(limits.consecutive_weekends.limit);
    let offer = Offer { limits, contract, closures, calendar };
    let of_shape = |(place, shape): (usize, &ShiftShape)| {
        let mut templates = offer.templates(shape);
        templates.iter_mut().for_each(|it| it.shape = u16::try_from(place).ok());
        templates
    };
    let templates: Vec<Template> = shapes.iter().enumerate().flat_map(of_shape).collect();
    Terms {
        usual: usual_day(contract, &templates),
        templates,
        min_rest: steps(least_rest),
        max_run,
        max_days_week: days_week,
        weekly_rest: on(limits.weekly_rest.severity).then(|| steps(weekly_rest)),
        max_start_change: on(limits.start_variance.severity).then_some(start_change),
        max_nights_week: on(limits.night_shifts.severity).then_some(nights),
        max_weekends: on(limits.consecutive_weekends.severity).then_some(weekends),
    }
}

/// What a day is unless short ones are what the contract is for: as long as the shapes and the hours
/// of the contract allow.
fn usual_day(contract: &ContractTerms, templates: &[Template]) -> Option<UsualDay> {
    let longest = templates.iter().map(|template| template.paid_minutes).max()?;
    let days = contract.days_per_week.clamp(1, 7);
    let share = contract.weekly_seconds.max.or(contract.weekly_seconds.min);
    let daily = contract.daily_hours_seconds.or(share.map(|weekly| weekly / i64::from(days)));
    let daily = daily.map_or(u16::MAX, |it| u16::try_from(it / 60).unwrap_or(u16::MAX));
    let usual = UsualDay { paid_minutes: longest.min(daily), days };
    (contract.kind != ContractKind::PartTime).then_some(usual)
}

/// What shapes are offered to: rules, a contract, and when the site closes within its days.
#[derive(Clone, Copy)]
struct Offer<'a> {
    limits: &'a RuleLimits,
    contract: &'a ContractTerms,
    closures: &'a [(u16, u16)],
    calendar: &'a Calendar,
}

impl Offer<'_> {
    /// The templates of a shape: as it is, and with a meal over each time for which the site closes.
    fn templates(&self, shape: &ShiftShape) -> Vec<Template> {
        let days = shape.days(self.calendar);
        let is_for = shape.kinds.is_empty() || shape.kinds.contains(&self.contract.kind);
        if !is_for || days.start >= days.end.min(self.calendar.days.len()) {
            return Vec::new();
        }
        let slot = i64::from(self.calendar.slot_seconds);
        let layout = Layout::of((shape.length_seconds, &shape.pauses), self.limits, slot);
        let starts_of = |layout: &Layout| starts(shape, layout.length_seconds, self.limits, slot);
        let mut found = self.of_layout(&layout, &days, starts_of(&layout));
        for &(from, to) in self.closures {
            let closed = (i64::from(from) * slot, i64::from(to) * slot);
            for (at, over) in layout.over(closed.1 - closed.0, slot) {
                for start in starts_of(&over) {
                    // One for each start: the meal lies elsewhere in each.
                    let pinned = over.pinned(at, i64::from(start) * slot, closed);
                    found.extend(
                        pinned.iter().flat_map(|it| self.of_layout(it, &days, vec![start])),
                    );
                }
            }
        }
        found
    }

    /// A template for the starts by day and one for those by night, as far as rules allow them.
    fn of_layout(&self, layout: &Layout, days: &Range<usize>, starts: Vec<u16>) -> Vec<Template> {
        let Self { limits, contract, calendar, .. } = *self;
        let slot = i64::from(calendar.slot_seconds);
        let length = layout.length_seconds;
        let on = |severity: Severity| severity != Severity::Off;
        let by_rule = if on(limits.shift_length.severity) {
            [limits.shift_length.limit, contract.shift_seconds]
        } else {
            [Bounds::default(); 2]
        };
        let fits = by_rule.iter().all(|bounds| inside(length, *bounds));
        if length <= 0 || length % slot != 0 || !fits {
            return Vec::new();
        }
        let paid = layout.paid_seconds(slot);
        let of_day = if on(limits.paid_time_day.severity) {
            limits.paid_time_day.limit
        } else {
            Bounds::default()
        };
        // Overtime is offered to people, not planned for them.
        let usual = Bounds { min: None, max: contract.daily_hours_seconds };
        if !inside(paid, of_day) || !inside(paid, usual) {
            return Vec::new();
        }
        let pauses = layout.in_slots(slot);
        let max_stretch = max_stretch(limits, slot);
        let night = |start: &u16| is_night(i64::from(*start) * slot, length, limits);
        let (by_night, by_day): (Vec<u16>, Vec<u16>) = starts.into_iter().partition(night);
        let template = |starts: Vec<u16>, night: bool| Template {
            days: days.clone(),
            starts,
            length: u16::try_from(length / slot).unwrap_or(u16::MAX),
            paid_minutes: u16::try_from(paid / 60).unwrap_or(u16::MAX),
            pauses: pauses.clone(),
            max_stretch,
            night,
            shape: None,
        };
        [template(by_day, false), template(by_night, true)]
            .into_iter()
            .filter(|template| !template.starts.is_empty() && any_layout(template).is_some())
            .collect()
    }
}

/// Most slots of work in a row.
pub(super) fn max_stretch(limits: &RuleLimits, slot: i64) -> u16 {
    match limits.continuous_work.severity {
        Severity::Off => u16::MAX,
        _ => u16::try_from(limits.continuous_work.limit / slot).unwrap_or(u16::MAX),
    }
}

const DAY: i64 = 86_400;

fn inside(seconds: i64, bounds: Bounds) -> bool {
    bounds.min.is_none_or(|min| min <= seconds) && bounds.max.is_none_or(|max| seconds <= max)
}

/// Steps of the wall clock at which a shape of such a length starts and whose start and end the rules
/// allow.
pub(super) fn starts(
    shape: &ShiftShape,
    length_seconds: i64,
    limits: &RuleLimits,
    slot: i64,
) -> Vec<u16> {
    let time = |seconds: i64| {
        let minutes = seconds.rem_euclid(DAY) / 60;
        civil::time((minutes / 60) as i8, (minutes % 60) as i8, 0, 0)
    };
    let band = match limits.start_band.severity {
        Severity::Off => crate::schedules::StartBand::default(),
        _ => limits.start_band.limit,
    };
    let fits = |&start: &i64| {
        let end = time(start + length_seconds);
        shape.starts.contains(time(start))
            && band.start.is_none_or(|band| band.contains(time(start)))
            && band.end.is_none_or(|band| band.contains(end))
    };
    let step = (i64::from(shape.start_step_minutes) * 60).max(slot) as usize;
    let starts = (0..DAY).step_by(step).filter(|start| start % slot == 0).filter(fits);
    starts.filter_map(|start| u16::try_from(start / slot).ok()).collect()
}

/// Whether a shift lies in the night for long enough, by wall clock.
pub(super) fn is_night(start: i64, length: i64, limits: &RuleLimits) -> bool {
    if limits.night_shifts.severity == Severity::Off {
        return false;
    }
    limits.night_shifts.limit.counts(start, length)
}
