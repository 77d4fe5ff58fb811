//! From shift shapes and work rules to the templates that an agent may work.

use super::{
    Calendar,
    breaks::any_layout,
    problem::{Pause, Template, Terms, UsualDay},
};
use crate::schedules::{
    ActivityCategory, Bounds, BreakWindow, ContractKind, ContractTerms, RuleLimits, Severity,
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
}

impl ShiftShape {
    /// What a site offers that has set nothing else: eight paid hours with an unpaid meal and two
    /// paid breaks, and short shifts of six and four hours with one break. Opening hours, rules and
    /// contracts leave of them what fits.
    #[must_use]
    pub fn usual() -> Vec<Self> {
        const MINUTE: i64 = 60;
        let time = |hour| jiff::civil::time(hour, 0, 0, 0);
        let rest = |earliest: i64, latest: i64| ShapePause {
            category: ActivityCategory::Break,
            earliest_seconds: earliest * MINUTE,
            latest_seconds: latest * MINUTE,
            length_seconds: 15 * MINUTE,
            paid: true,
        };
        let meal = ShapePause {
            category: ActivityCategory::Meal,
            earliest_seconds: 180 * MINUTE,
            latest_seconds: 300 * MINUTE,
            length_seconds: 30 * MINUTE,
            paid: false,
        };
        let shape = |minutes: i64, pauses| Self {
            length_seconds: minutes * MINUTE,
            starts: TimeBand { from: time(0), to: time(23) },
            start_step_minutes: 30,
            pauses,
        };
        vec![
            shape(510, vec![rest(90, 150), meal, rest(360, 420)]),
            shape(360, vec![rest(120, 240)]),
            shape(240, vec![rest(90, 150)]),
        ]
    }
}

/// A part of a shift that is not on queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// The terms of everyone with these rules and this contract. Rules that are not off are all kept,
/// also those that only warn. Shapes that they forbid are left out.
pub(super) fn terms_of(
    limits: &RuleLimits,
    contract: &ContractTerms,
    shapes: &[ShiftShape],
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
    let templates: Vec<Template> =
        shapes.iter().flat_map(|shape| templates(shape, limits, contract, calendar)).collect();
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

/// A template for the starts by day and one for those by night, as far as rules allow them.
fn templates(
    shape: &ShiftShape,
    limits: &RuleLimits,
    contract: &ContractTerms,
    calendar: &Calendar,
) -> Vec<Template> {
    let slot = i64::from(calendar.slot_seconds);
    let length = shape.length_seconds;
    let on = |severity: Severity| severity != Severity::Off;
    let by_rule = if on(limits.shift_length.severity) {
        [limits.shift_length.limit, contract.shift_seconds]
    } else {
        [Bounds::default(); 2]
    };
    if length <= 0 || length % slot != 0 || !by_rule.iter().all(|bounds| inside(length, *bounds)) {
        return Vec::new();
    }
    let pauses = pauses(shape, limits, slot);
    let unpaid: i64 = pauses.iter().filter(|it| !it.paid).map(|it| i64::from(it.length)).sum();
    let paid = length - unpaid * slot;
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
    let max_stretch = match limits.continuous_work.severity {
        Severity::Off => u16::MAX,
        _ => u16::try_from(limits.continuous_work.limit / slot).unwrap_or(u16::MAX),
    };
    let starts = starts(shape, limits, slot);
    let night = |start: &u16| is_night(i64::from(*start) * slot, length, limits);
    let (by_night, by_day): (Vec<u16>, Vec<u16>) = starts.into_iter().partition(night);
    let template = |starts: Vec<u16>, night: bool| Template {
        starts,
        length: u16::try_from(length / slot).unwrap_or(u16::MAX),
        paid_minutes: u16::try_from(paid / 60).unwrap_or(u16::MAX),
        pauses: pauses.clone(),
        max_stretch,
        night,
    };
    [template(by_day, false), template(by_night, true)]
        .into_iter()
        .filter(|template| !template.starts.is_empty() && any_layout(template).is_some())
        .collect()
}

const DAY: i64 = 86_400;

fn inside(seconds: i64, bounds: Bounds) -> bool {
    bounds.min.is_none_or(|min| min <= seconds) && bounds.max.is_none_or(|max| seconds <= max)
}

/// Steps of the wall clock at which the shape starts and whose start and end the rules allow.
fn starts(shape: &ShiftShape, limits: &RuleLimits, slot: i64) -> Vec<u16> {
    let time = |seconds: i64| {
        let minutes = seconds.rem_euclid(DAY) / 60;
        jiff::civil::time((minutes / 60) as i8, (minutes % 60) as i8, 0, 0)
    };
    let band = match limits.start_band.severity {
        Severity::Off => crate::schedules::StartBand::default(),
        _ => limits.start_band.limit,
    };
    let fits = |&start: &i64| {
        let end = time(start + shape.length_seconds);
        shape.starts.contains(time(start))
            && band.start.is_none_or(|band| band.contains(time(start)))
            && band.end.is_none_or(|band| band.contains(end))
    };
    let step = (i64::from(shape.start_step_minutes) * 60).max(slot) as usize;
    let starts = (0..DAY).step_by(step).filter(|start| start % slot == 0).filter(fits);
    starts.filter_map(|start| u16::try_from(start / slot).ok()).collect()
}

/// Pauses of the shape, narrowed to the windows of the rules, with those added that are missing.
fn pauses(shape: &ShiftShape, limits: &RuleLimits, slot: i64) -> Vec<Pause> {
    let mut pauses = shape.pauses.clone();
    let windows: &[BreakWindow] = match limits.break_window.severity {
        Severity::Off => &[],
        _ => &limits.break_window.limit,
    };
    for window in windows.iter().filter(|it| it.from_shift_seconds <= shape.length_seconds) {
        let meets = |pause: &&mut ShapePause| {
            pause.category == window.category
                && pause.length_seconds >= window.min_seconds
                && pause.earliest_seconds <= window.latest_seconds
                && window.earliest_seconds <= pause.latest_seconds
        };
        match pauses.iter_mut().find(meets) {
            Some(pause) => {
                pause.earliest_seconds = pause.earliest_seconds.max(window.earliest_seconds);
                pause.latest_seconds = pause.latest_seconds.min(window.latest_seconds);
            }
            None => pauses.push(ShapePause {
                category: window.category,
                earliest_seconds: window.earliest_seconds,
                latest_seconds: window.latest_seconds,
                length_seconds: window.min_seconds,
                paid: window.category == ActivityCategory::Break,
            }),
        }
    }
    pauses.sort_by_key(|pause| pause.earliest_seconds);
    let slots = |seconds: i64| u16::try_from(seconds.max(0) / slot).unwrap_or(u16::MAX);
    let up = |seconds: i64| slots(seconds + slot - 1);
    let pauses = pauses.into_iter().map(|pause| Pause {
        earliest: up(pause.earliest_seconds),
        latest: slots(pause.latest_seconds),
        length: up(pause.length_seconds),
        category: pause.category,
        paid: pause.paid,
    });
    pauses.collect()
}

/// Whether a shift lies in the night for long enough, by wall clock.
pub(super) fn is_night(start: i64, length: i64, limits: &RuleLimits) -> bool {
    if limits.night_shifts.severity == Severity::Off {
        return false;
    }
    let limit = &limits.night_shifts.limit;
    let clock = |time: jiff::civil::Time| {
        i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
    };
    let (from, to) = (clock(limit.night.from), clock(limit.night.to));
    let to = if from < to { to } else { to + DAY };
    let in_night = [-DAY, 0, DAY].into_iter().map(|day| {
        let (from, to) = (from + day, to + day);
        (to.min(start + length) - from.max(start)).max(0)
    });
    in_night.sum::<i64>() >= limit.from_seconds
}
