//! A slow judge of its own, written from the words of the rules: it walks over every minute and every
//! day of what is known. It shares the types of a roster with the judge, and nothing that reckons.

mod calendar;
mod change;
mod days;
mod hours;
mod people;
mod rest;
mod shifts;
mod staff;

use std::{collections::BTreeSet, sync::Arc};

use jiff::{ToSpan as _, civil};

use self::{
    calendar::{Calendar, Found},
    people::Person,
};
use super::*;
use crate::{id::AgentId, schedules::WorkRules};

/// Which rule, whose, from which local day to which.
pub(super) type Told = BTreeSet<(RuleCode, Option<AgentId>, civil::Date, civil::Date)>;

/// What the judge says, in the same words. What concerns everybody is told by the day.
pub(super) fn as_told(context: &CheckContext<'_>, violations: &[Violation]) -> Told {
    let zone = &context.roster.zone;
    let date = |instant| zone.to_datetime(instant).date();
    let mut told = Told::new();
    for it in violations {
        let first = date(it.span.start());
        let last = date(Span::of_seconds(it.span.start(), it.span.seconds() - 1).end());
        match it.rule {
            RuleCode::Seats | RuleCode::Coverage => {
                let days = first.series(1.day()).take_while(|day| *day <= last);
                told.extend(days.map(|day| (it.rule, None, day, day)));
            }
            // Of what changes only its beginning matters.
            RuleCode::Notice => told.extend([(it.rule, it.agent, first, first)]),
            _ => told.extend([(it.rule, it.agent, first, last)]),
        }
    }
    told
}

/// What the slow judge says of a change; of the whole roster where there is none.
pub(super) fn judge(context: &CheckContext<'_>, change: &Change) -> Told {
    let calendar = Calendar::new(context.roster);
    let after = change::carried_out(context.roster, change);
    let touched = change::touched(change);
    let mut told = Told::new();
    for plan in after.plans.values() {
        if !change.is_empty() && !touched.contains(&plan.agent) {
            continue;
        }
        for piece in pieces(context, &calendar, &plan.rules) {
            let limits = &piece.rules.limits;
            let person = Person::new(&calendar, plan, limits);
            let before = context.roster.plans.get(&plan.agent);
            for &rule in RuleCode::ALL {
                if limits.severity(rule) == Severity::Off {
                    continue;
                }
                let mut found = of_person(rule, &person, context);
                if rule == RuleCode::Notice && !change.is_empty() {
                    let moved = change::moved(before.expect("there"), plan);
                    found = change::too_soon(&person, moved, context.now, &piece.minutes);
                }
                for it in found {
                    if it.begins.is_some_and(|begins| piece.minutes.contains(&begins)) {
                        told.insert((rule, Some(plan.agent), it.first, it.last));
                    }
                }
            }
        }
    }
    for piece in pieces(context, &calendar, &[]) {
        let limits = &piece.rules.limits;
        let (before, after) = (context.roster, &after);
        let change = (!change.is_empty()).then_some((before, after));
        let of_all = [
            (RuleCode::Seats, staff::over_seats(&calendar, context, after, change)),
            (RuleCode::Coverage, staff::gaps(&calendar, context, limits, after, change)),
        ];
        for (rule, minutes) in of_all {
            for minute in minutes.into_iter().filter(|it| piece.minutes.contains(it)) {
                if limits.severity(rule) != Severity::Off {
                    let day = calendar.date(minute);
                    told.insert((rule, None, day, day));
                }
            }
        }
    }
    let window = calendar.found(calendar.window.clone(), calendar.window.clone());
    for agent in touched.into_iter().filter(|agent| !context.roster.plans.contains_key(agent)) {
        told.insert((RuleCode::CrossSite, Some(agent), window.first, window.last));
    }
    told
}

/// A part of the window and the rules that hold for what begins in it.
struct Piece<'a> {
    minutes: std::ops::Range<usize>,
    rules: &'a WorkRules,
}

fn pieces<'a>(
    context: &'a CheckContext<'a>,
    calendar: &Calendar,
    own: &'a [(civil::Date, Arc<WorkRules>)],
) -> Vec<Piece<'a>> {
    let rules_on = |date: civil::Date| {
        let begun = own.iter().rev().find(|(from, _)| *from <= date).or_else(|| own.first());
        begun.map_or_else(
            || {
                let mut changes = context.rule_changes.iter().rev();
                changes.find(|(from, _)| *from <= date).map_or(context.rules, |(_, rules)| rules)
            },
            |(_, rules)| &**rules,
        )
    };
    let first = calendar.date(calendar.window.start);
    let mut pieces = vec![Piece { minutes: calendar.window.clone(), rules: rules_on(first) }];
    let own = own.iter().map(|(monday, _)| *monday);
    let mut mondays: Vec<_> = context.rule_changes.iter().map(|it| it.0).chain(own).collect();
    mondays.sort_unstable();
    mondays.dedup();
    for monday in mondays {
        let from = calendar.day(monday).start;
        if calendar.window.contains(&from) {
            let last = pieces.last_mut().expect("one");
            let end = std::mem::replace(&mut last.minutes.end, from);
            pieces.push(Piece { minutes: from..end, rules: rules_on(monday) });
        }
    }
    pieces
}

fn of_person(rule: RuleCode, person: &Person<'_>, context: &CheckContext<'_>) -> Vec<Found> {
    match rule {
        RuleCode::MinRest => rest::min_rest(person),
        RuleCode::WeeklyRest => rest::weekly_rest(person),
        RuleCode::ContinuousWork => rest::continuous_work(person),
        RuleCode::ConsecutiveDays => days::consecutive_days(person),
        RuleCode::ConsecutiveWeekends => days::consecutive_weekends(person),
        RuleCode::DaysOff => days::days_off(person),
        RuleCode::WorkDaysWeek => days::work_days_week(person),
        RuleCode::StartVariance => days::start_variance(person),
        RuleCode::NightShifts => days::night_shifts(person),
        RuleCode::PaidTimeDay => hours::paid_time_day(person),
        RuleCode::PaidTimeWeek => hours::paid_time_week(person),
        RuleCode::PaidTimePeriod => hours::paid_time_period(person),
        RuleCode::OvertimeDay => hours::overtime_day(person),
        RuleCode::OvertimeMonth => hours::overtime_month(person),
        RuleCode::ContractHours => hours::contract_hours(person),
        RuleCode::ShiftLength => shifts::shift_length(person),
        RuleCode::BreakWindow => shifts::break_window(person),
        RuleCode::StartBand => shifts::start_band(person),
        RuleCode::Availability => shifts::availability(person),
        RuleCode::Skill => shifts::skill(person),
        RuleCode::TrainingGate => shifts::training_gate(person),
        RuleCode::OpeningHours => shifts::opening_hours(person, context),
        RuleCode::Overlap => shifts::overlap(person),
        RuleCode::CrossSite => shifts::cross_site(person),
        // What is not one person's alone, and what only a change can break.
        RuleCode::Seats | RuleCode::Coverage | RuleCode::Notice => Vec::new(),
    }
}
