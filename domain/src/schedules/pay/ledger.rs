//! The ledger of compensatory rest: who worked when others rest is owed a rest, until a day.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan as _, civil};

use super::{PayTerms, RestDays, split::Part};
use crate::{
    fault::{Fault, FaultCode, Rule},
    forecasting::site_calendar::DayKind,
};

/// Why rest is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RestCause {
    /// Work on a rest day of the calendar.
    RestDay,
    /// Work on a day in a row beyond those that the rules allow.
    LongRun,
    /// Work in a week that an override left without its rest: its last day of work.
    WeeklyRest,
}

/// Where a rest stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RestState {
    /// It is still to be given.
    Owed,
    /// It was given on this day.
    Given(civil::Date),
    /// It was not given in time: the work counts as that of a rest day.
    Lapsed,
}

/// A rest that one day of work earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestEntry {
    /// The day that was worked.
    pub earned_on: civil::Date,
    /// Paid seconds of work that day.
    pub seconds: i64,
    /// Why.
    pub cause: RestCause,
    /// Last day on which it can be given.
    pub due_on: civil::Date,
    /// Where it stands.
    pub state: RestState,
    /// Place in [`RestDays::overridden`] of what let the work happen; `None` where nobody had to: on a
    /// rest day of the calendar, and where the rules were others then.
    pub overridden: Option<usize>,
}

/// One entry for each day whose work earned a rest, in order: rest days of the calendar, days of a run
/// that is too long, and the last days of weeks that an override left without rest.
pub(super) fn entries_of(
    parts: &[Part],
    days: &RestDays,
    (long_run, weeks_without_rest): (&BTreeSet<civil::Date>, &BTreeMap<civil::Date, usize>),
    terms: &PayTerms,
    today: civil::Date,
) -> Vec<RestEntry> {
    let mut worked: BTreeMap<civil::Date, i64> = BTreeMap::new();
    for part in parts {
        if let Some(earned_on) = part.earns {
            *worked.entry(earned_on).or_default() += part.span.seconds();
        }
    }
    let entry = |(earned_on, seconds)| {
        let due_on = terms.rest_due(earned_on);
        let state = match days.given.get(&earned_on) {
            Some(rest_on) => RestState::Given(*rest_on),
            None if today > due_on => RestState::Lapsed,
            None => RestState::Owed,
        };
        let of_week = weeks_without_rest.get(&earned_on).copied();
        let of_run = long_run.contains(&earned_on).then(|| days.run_over(earned_on));
        let (cause, overridden) = match (days.kind(earned_on), of_run, of_week) {
            (DayKind::RestDay, ..) => (RestCause::RestDay, None),
            (_, None, Some(place)) => (RestCause::WeeklyRest, Some(place)),
            (_, of_run, of_week) => (RestCause::LongRun, of_run.flatten().or(of_week)),
        };
        RestEntry { earned_on, seconds, cause, due_on, state, overridden }
    };
    worked.into_iter().map(entry).collect()
}

/// Whether the rest that the work of `earned_on` earned can be given on `rest_on`.
///
/// # Errors
/// INVALID_VALUE or INVALID_STATE at `earnedOn` when nothing is owed for that day; INVALID_VALUE at
/// `restOn` when the day is too early or too late, is free anyway, or was given for another.
pub fn give_rest(
    entries: &[RestEntry],
    days: &RestDays,
    (earned_on, rest_on): (civil::Date, civil::Date),
) -> Result<(), Fault> {
    let entry = entries
        .iter()
        .find(|entry| entry.earned_on == earned_on)
        .ok_or_else(|| Fault::invalid("earnedOn", Rule::EarnedRest))?;
    let settled =
        |state: &str| Err(Fault::new(FaultCode::InvalidState).at("earnedOn").with("state", state));
    match entry.state {
        RestState::Owed => {}
        RestState::Given(_) => return settled("GIVEN"),
        RestState::Lapsed => return settled("LAPSED"),
    }
    let refused = |rule| Err(Fault::invalid("restOn", rule));
    let first = earned_on.saturating_add(1.day());
    if !(first..=entry.due_on).contains(&rest_on) {
        return refused(Rule::RestWithin(first, entry.due_on));
    }
    if days.kind(rest_on) != DayKind::Usual {
        return refused(Rule::WorkingDayOfTheCalendar);
    }
    if days.given.values().any(|given| *given == rest_on) {
        return refused(Rule::RestOfAnotherDay);
    }
    Ok(())
}
