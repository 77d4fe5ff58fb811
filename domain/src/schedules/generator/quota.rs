//! What each week of the plan may and must hold, and what went before.

use jiff::{ToSpan as _, Unit, civil, tz::TimeZone};

use super::{
    Calendar,
    free_time::seconds_off,
    problem::{History, Quota},
    shape::is_night,
};
use crate::{
    schedules::{AgentPlan, RuleLimits, Severity},
    time::{Span, local_of_instant, monday_of, next_day},
};

/// The weeks of a plan of whole local days, by their dates.
pub(super) struct Weeks<'a> {
    pub(super) first: civil::Date,
    pub(super) days: usize,
    pub(super) zone: &'a TimeZone,
}

impl Weeks<'_> {
    /// Quotas of each week: hours of the contract less time off, under the limits of the rules.
    /// What the agent works in the first week before the plan starts is taken off.
    pub(super) fn quotas(&self, plan: &AgentPlan, limits: &RuleLimits) -> Vec<Quota> {
        let end = self.first.saturating_add(i64::try_from(self.days).unwrap_or(0).days());
        let mut quotas = Vec::new();
        let mut monday = monday_of(self.first);
        while monday < end {
            let next = monday.saturating_add(7.days());
            let (from, to) = (monday.max(self.first), next.min(end));
            quotas.push(self.quota(plan, limits, monday, (from, to)));
            if next == monday {
                break;
            }
            monday = next;
        }
        quotas
    }

    fn quota(
        &self,
        plan: &AgentPlan,
        limits: &RuleLimits,
        monday: civil::Date,
        (from, to): (civil::Date, civil::Date),
    ) -> Quota {
        let on = |severity: Severity| severity != Severity::Off;
        let contract = plan.contract_of_week(monday);
        let week = limits.paid_time_week.limit;
        let period_weeks = limits.period_weeks.clamp(1, 52);
        let mut most = vec![contract.weekly_seconds.max, contract.weekly_hours_seconds];
        if on(limits.paid_time_week.severity) {
            most.push(week.max);
        }
        if on(limits.paid_time_period.severity) {
            most.push(limits.paid_time_period.limit.max.map(|max| max / period_weeks));
        }
        let most = most.into_iter().flatten().min().unwrap_or(i64::MAX).max(0);
        let least = contract.weekly_seconds.min.unwrap_or(0);
        // Time off is not worked in on the other days: what is owed less is planned less.
        let excused = self.excused(plan, monday, least);
        let most = (most - excused).max(0);
        let least = (least - excused).clamp(0, most);
        let days = days_between(from, to);
        // A part of a week owes its share; what was worked before the plan counts against it.
        let done = plan
            .shifts
            .iter()
            .filter(|shift| monday <= shift.local_date() && shift.local_date() < self.first);
        let (done, done_days) =
            done.fold((0, 0), |(paid, days), shift| (paid + shift.paid_seconds(), days + 1));
        let least = if to < monday.saturating_add(7.days()) { least * days / 7 } else { least };
        let least = (least - done).max(0);
        let minutes = |seconds: i64| u16::try_from(seconds.max(0) / 60).unwrap_or(u16::MAX);
        let off = self.days_off(limits, monday, period_weeks);
        let max_days = (7 - off - done_days).clamp(0, 7);
        let max_minutes = minutes(most - done);
        Quota {
            min_minutes: minutes(least).min(max_minutes),
            max_minutes,
            max_days: u8::try_from(max_days).unwrap_or(0),
        }
    }

    /// Seconds that a week owes less: per day the time off, at most a usual working day.
    fn excused(&self, plan: &AgentPlan, monday: civil::Date, weekly: i64) -> i64 {
        let usual_day = weekly / i64::from(plan.contract_of_week(monday).days_per_week.clamp(1, 7));
        let mut date = monday;
        let mut excused = 0;
        for _day in 0..7 {
            let off = seconds_off(plan, Span::of_day(date, self.zone));
            excused += off.min(usual_day);
            date = next_day(date);
        }
        excused.min(weekly)
    }

    /// The week's share of the days off of its period; shares of a period add up to its least.
    fn days_off(&self, limits: &RuleLimits, monday: civil::Date, period_weeks: i64) -> i64 {
        let Some(min) = limits.days_off.limit.min else { return 0 };
        if limits.days_off.severity == Severity::Off {
            return 0;
        }
        let passed = days_between(civil::date(1970, 1, 5), monday);
        let week = (passed / 7).rem_euclid(period_weeks);
        let up_to = |weeks: i64| (min * weeks + period_weeks - 1) / period_weeks;
        up_to(week + 1) - up_to(week)
    }

    /// What was worked before the plan starts.
    pub(super) fn history(
        &self,
        plan: &AgentPlan,
        limits: &RuleLimits,
        calendar: &Calendar,
    ) -> History {
        let present = plan.shifts.iter().filter_map(|shift| Some((shift, shift.presence()?)));
        let before = present.filter(|(shift, _)| shift.local_date() < self.first);
        let before: Vec<_> = before.collect();
        let mut history = History::default();
        let Some((last, presence)) = before.last() else { return history };
        let step = i64::from(calendar.slot_seconds);
        // Rounded up: rest is never taken for longer than it was.
        let end = presence.end().as_second() - calendar.origin.as_second();
        history.last_end = i32::try_from(end.div_euclid(step) + i64::from(end % step != 0)).ok();
        let start = local_of_instant(presence.start(), self.zone).time();
        let minutes = i64::from(start.hour()) * 60 + i64::from(start.minute());
        history.last_start = u16::try_from(minutes * 60 / step).unwrap_or(0);
        let mut day = self.first.saturating_sub(1.day());
        if last.local_date() == day {
            for (shift, _) in before.iter().rev() {
                if shift.local_date() == day {
                    history.run = history.run.saturating_add(1);
                    day = day.saturating_sub(1.day());
                } else if shift.local_date() < day {
                    break;
                }
            }
        }
        let weekend = |date: civil::Date| date.weekday().to_monday_zero_offset() >= 5;
        let mut monday = monday_of(self.first).saturating_sub(7.days());
        while before.iter().any(|(shift, _)| {
            weekend(shift.local_date()) && monday_of(shift.local_date()) == monday
        }) {
            history.weekends_in_row = history.weekends_in_row.saturating_add(1);
            monday = monday.saturating_sub(7.days());
        }
        let lately = self.first.saturating_sub(28.days());
        for (shift, presence) in before.iter().filter(|(shift, _)| shift.local_date() >= lately) {
            let start = local_of_instant(presence.start(), self.zone).time();
            let start = i64::from(start.hour()) * 3600 + i64::from(start.minute()) * 60;
            history.weekend_days += u16::from(weekend(shift.local_date()));
            history.nights += u16::from(is_night(start, presence.seconds(), limits));
        }
        history
    }
}

fn days_between(from: civil::Date, to: civil::Date) -> i64 {
    from.until((Unit::Day, to)).map_or(0, |span| i64::from(span.get_days()))
}
