//! An agent's month by pay class, with the rest that was earned in it or is due in it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{civil, tz::TimeZone};

use super::{
    PayClass, PaySplit, RestEntry, RestState,
    ledger::entries_of,
    overtime::with_overtime,
    split::{Part, parts_of},
};
use crate::{
    forecasting::site_calendar::DayKind,
    schedules::{AgentPlan, RuleCode, RuleLimits, Severity, Shift, rules::longest_rest_beside},
    time::{Span, next_day},
};

/// Days that are not usual, and the days on which rest was given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestDays {
    /// Rest days and public holidays of the site; all others are usual.
    pub calendar: BTreeMap<civil::Date, DayKind>,
    /// Rest that was given, by the day whose work earned it.
    pub given: BTreeMap<civil::Date, civil::Date>,
    /// Days in a row and weeks that overrides let be worked.
    pub overridden: Vec<OverriddenRest>,
}

/// A rest that an override let be left out: of `CONSECUTIVE_DAYS` or `WEEKLY_REST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverriddenRest {
    /// Which of the two.
    pub rule: RuleCode,
    /// First day of the run or week.
    pub first: civil::Date,
    /// Last day of it.
    pub last: civil::Date,
}

impl RestDays {
    /// What a day is.
    #[must_use]
    pub fn kind(&self, date: civil::Date) -> DayKind {
        self.calendar.get(&date).copied().unwrap_or_default()
    }

    /// Place of the override that let the run be worked in which a day lies.
    pub(super) fn run_over(&self, day: civil::Date) -> Option<usize> {
        let of_run = |it: &OverriddenRest| {
            it.rule == RuleCode::ConsecutiveDays && (it.first..=it.last).contains(&day)
        };
        self.overridden.iter().position(of_run)
    }
}

/// What the pay of a month is computed from.
#[derive(Debug, Clone, Copy)]
pub struct PayAsk<'a> {
    /// The contract of one agent, and the shifts of the month and before it so far back that rest can
    /// still be due and runs of working days are whole: three months do.
    pub plan: &'a AgentPlan,
    /// The calendar and the rest given.
    pub days: &'a RestDays,
    /// Work rules that hold: the night, the longest run of working days, factors and terms of rest.
    pub limits: &'a RuleLimits,
    /// Zone of the site.
    pub zone: &'a TimeZone,
    /// First date of the month.
    pub first: civil::Date,
    /// Last date of it.
    pub last: civil::Date,
    /// The local date on which the question is asked.
    pub today: civil::Date,
}

/// A date with work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayDay {
    /// The date by the clock: work after midnight is on the next one.
    pub date: civil::Date,
    /// What the date is.
    pub kind: DayKind,
    /// Its seconds by class.
    pub split: PaySplit,
}

/// An agent's month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayMonth {
    /// Dates with work, in order.
    pub days: Vec<PayDay>,
    /// Rest earned before the end of the month and not due before its start, in order.
    pub rest: Vec<RestEntry>,
}

impl PayMonth {
    /// All its days together.
    #[must_use]
    pub fn total(&self) -> PaySplit {
        let mut total = PaySplit::default();
        for day in &self.days {
            total.merge(&day.split);
        }
        total
    }
}

/// Splits an agent's paid work of a month into pay classes. Work on a day that earned a rest counts
/// as that of a rest day once the rest has lapsed, and as any other until then. Time on the clock
/// decides: a shift over midnight lies on two dates. Paid time off is no work and in no class.
///
/// Overtime is what comes last of the work of a day above the daily hours of the contract, and of what
/// is left of a week above its weekly hours, by the dates on which shifts count. Work on public
/// holidays and work that earns a rest is left out of that count: it has its own factor, or its rest.
#[must_use]
pub fn pay_month(ask: &PayAsk<'_>) -> PayMonth {
    let PayAsk { plan, days, limits, zone, first, last, today } = *ask;
    let too_long = days_too_many(&plan.shifts, limits);
    let no_rest = weeks_without_rest(&plan.shifts, days, &too_long, (limits, zone));
    let earns = |day: civil::Date| too_long.contains(&day) || no_rest.contains_key(&day);
    let night = limits.night_shifts.limit.night;
    let shifts = plan.shifts.iter();
    let parts = shifts.flat_map(|it| parts_of(it, days, earns(it.local_date()), zone));
    let parts: Vec<Part> = with_overtime(parts.collect(), plan);
    let mut rest = entries_of(&parts, days, (&too_long, &no_rest), &limits.pay, today);
    let lapsed: BTreeSet<civil::Date> = rest
        .iter()
        .filter(|entry| entry.state == RestState::Lapsed)
        .map(|entry| entry.earned_on)
        .collect();
    let mut by_date: BTreeMap<civil::Date, PayDay> = BTreeMap::new();
    for part in parts.iter().filter(|part| (first..=last).contains(&part.date)) {
        let empty = PayDay { date: part.date, kind: part.kind, split: PaySplit::default() };
        let split = &mut by_date.entry(part.date).or_insert(empty).split;
        let seconds = part.span.seconds();
        if part.kind == DayKind::PublicHoliday {
            split.add(PayClass::PublicHoliday, seconds);
        } else if part.earns.is_some_and(|earned_on| lapsed.contains(&earned_on)) {
            split.add(PayClass::RestDay, seconds);
        } else if part.is_overtime {
            split.add(PayClass::Overtime, seconds);
        } else {
            let at_night = part.night_seconds(night, zone);
            split.add(PayClass::Night, at_night);
            split.add(PayClass::Ordinary, seconds - at_night);
        }
    }
    rest.retain(|entry| entry.earned_on <= last && entry.due_on >= first);
    PayMonth { days: by_date.into_values().collect(), rest }
}

/// Dates of runs of working days beyond the longest run that the rules allow.
fn days_too_many(shifts: &[Shift], limits: &RuleLimits) -> BTreeSet<civil::Date> {
    if limits.consecutive_days.severity == Severity::Off {
        return BTreeSet::new();
    }
    let most = usize::try_from(limits.consecutive_days.limit).unwrap_or(0);
    let present = shifts.iter().filter(|shift| shift.presence().is_some());
    let dates: BTreeSet<civil::Date> = present.map(Shift::local_date).collect();
    let dates: Vec<civil::Date> = dates.into_iter().collect();
    let runs = dates.chunk_by(|&day, &next| next_day(day) == next);
    runs.flat_map(|run| run.iter().skip(most).copied()).collect()
}

/// The last day of work of each week that an override left without its rest, with the place of that;
/// none where a day of the week earns a rest anyway, as one of a run that is too long or on a rest day of
/// the calendar, and none where the week had its rest after all, since shifts were taken out of it later.
fn weeks_without_rest(
    shifts: &[Shift],
    days: &RestDays,
    too_long: &BTreeSet<civil::Date>,
    (limits, zone): (&RuleLimits, &TimeZone),
) -> BTreeMap<civil::Date, usize> {
    let present = shifts.iter().filter(|shift| shift.presence().is_some());
    let dates: BTreeSet<civil::Date> = present.map(Shift::local_date).collect();
    let rests = |week: &OverriddenRest| {
        let work = shifts.iter().filter_map(Shift::presence).collect();
        let week = Span::of_days(week.first, week.last, zone);
        longest_rest_beside(work, week) >= limits.weekly_rest.limit
    };
    let mut found = BTreeMap::new();
    for (place, week) in days.overridden.iter().enumerate() {
        if week.rule != RuleCode::WeeklyRest || rests(week) {
            continue;
        }
        let worked = || dates.iter().filter(|day| (week.first..=week.last).contains(*day));
        let earns =
            |day: &civil::Date| too_long.contains(day) || days.kind(*day) == DayKind::RestDay;
        if let Some(last) = worked().next_back()
            && !worked().any(earns)
        {
            found.insert(*last, place);
        }
    }
    found
}

#[cfg(test)]
mod tests;
