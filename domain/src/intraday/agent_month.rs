//! What a month of one agent comes to, from plan and states.

use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};
use rust_decimal::Decimal;

use super::{AdherenceSeconds, AgentState, StateSpan};
use crate::{
    archives::performance::AttendanceSummary,
    kpis::{Measure, MeasureSet},
    schedules::{Activity, ActivityCategory},
    time::{Span, local_of_instant, next_day},
};

/// Nobody is in one state of a switch for so long: its end was lost.
const LONGEST_STATE_SECONDS: i64 = 16 * 3600;

/// A published shift of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedShift {
    /// Date on which it counts.
    pub date: Date,
    /// From when to when.
    pub span: Span,
    /// What was planned, in order.
    pub activities: Vec<Activity>,
}

/// What a month of one agent comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentMonth {
    /// Sums by the names of the catalogue, over the time of which the state is known; a sum that
    /// nothing is known of is missing.
    pub sums: MeasureSet,
    /// Shifts and hours; `None` = neither planned nor seen.
    pub attendance: Option<AttendanceSummary>,
}

/// The parts of states that can be believed: on local days on which the feed was heard, and none
/// that lasts longer than anybody stays in one. What is left out is unknown, not signed out.
#[must_use]
pub fn believed(states: &[StateSpan], heard: &BTreeSet<Date>, zone: &TimeZone) -> Vec<StateSpan> {
    let lost = |state: &StateSpan| {
        state.state != AgentState::SignedOut && state.span.seconds() > LONGEST_STATE_SECONDS
    };
    let mut believed = Vec::new();
    for state in states.iter().filter(|state| !lost(state)) {
        let mut day = local_of_instant(state.span.start(), zone).date();
        loop {
            let whole = Span::of_day(day, zone);
            if whole.start() >= state.span.end() {
                break;
            }
            if heard.contains(&day)
                && let Some(span) = whole.intersection(state.span)
            {
                push(&mut believed, StateSpan { span, ..state.clone() });
            }
            day = next_day(day);
        }
    }
    believed
}

/// Appends a stretch, joined with the one before when it only goes on over midnight.
fn push(spans: &mut Vec<StateSpan>, next: StateSpan) {
    if let Some(last) = spans.last_mut()
        && (last.state, &last.reason) == (next.state, &next.reason)
        && last.span.end() == next.span.start()
        && let Some(span) = Span::new(last.span.start(), next.span.end())
    {
        last.span = span;
    } else {
        spans.push(next);
    }
}

/// Seconds and contacts of a month by state.
#[derive(Debug, Default)]
struct StateSums {
    talk: i64,
    hold: i64,
    after_call: i64,
    idle: i64,
    aux: i64,
    handled: u32,
    held: u32,
}

impl StateSums {
    /// A contact begins where talking follows something else than talking or holding.
    fn of(month: Span, states: &[StateSpan]) -> Option<Self> {
        let mut sums = Self::default();
        let mut known = false;
        let mut before: Option<&StateSpan> = None;
        let (mut in_contact, mut counted_hold) = (false, false);
        for state in states {
            let joined = before.is_some_and(|it| it.span.end() == state.span.start());
            let goes_on = joined
                && in_contact
                && matches!(state.state, AgentState::Talking | AgentState::Holding);
            if !goes_on {
                in_contact = state.state == AgentState::Talking;
                counted_hold = false;
                sums.handled += u32::from(in_contact && month.contains(state.span.start()));
            } else if state.state == AgentState::Holding && !counted_hold {
                counted_hold = true;
                sums.held += u32::from(month.contains(state.span.start()));
            }
            before = Some(state);
            let Some(inside) = state.span.intersection(month) else { continue };
            known = true;
            let seconds = inside.seconds();
            match state.state {
                AgentState::SignedOut => {}
                AgentState::Available | AgentState::Ringing => sums.idle += seconds,
                AgentState::Talking => sums.talk += seconds,
                AgentState::Holding => sums.hold += seconds,
                AgentState::AfterCallWork => sums.after_call += seconds,
                AgentState::Aux => sums.aux += seconds,
            }
        }
        known.then_some(sums)
    }

    const fn on_queue(&self) -> i64 {
        self.talk + self.hold + self.after_call + self.idle
    }
}

/// What plan and states of one shift come to, of the time whose state is known.
#[derive(Debug, Default)]
struct ShiftSums {
    presence: i64,
    phone: i64,
    work: i64,
    /// In aux where the plan asks for other work than contacts.
    other_work: i64,
    /// Signed out where the plan asks for work.
    missing: i64,
    adherent: i64,
    attended: bool,
    late: bool,
}

impl ShiftSums {
    fn of(month: Span, shift: &PlannedShift, states: &[StateSpan], forgiven: i64) -> Self {
        let first = states.partition_point(|state| state.span.end() <= shift.span.start());
        let last = states.partition_point(|state| state.span.start() < shift.span.end());
        let states = states.get(first..last).unwrap_or_default();
        let mut sums = Self::default();
        for activity in shift.activities.iter().filter(|it| it.category.is_presence()) {
            let Some(planned) = activity.span.intersection(month) else { continue };
            for state in states {
                let Some(both) = planned.intersection(state.span) else { continue };
                sums.add(activity.category, state.state, both.seconds());
            }
        }
        if let Some(window) = shift.span.intersection(month) {
            let seconds = AdherenceSeconds::of(window, &shift.activities, states, forgiven);
            sums.adherent = seconds.adherent;
        }
        let present = shift.activities.iter().find(|it| it.category.is_presence());
        if let Some(start) = present.map(|it| it.span.start()).filter(|_| sums.attended) {
            let latest = Span::of_seconds(start, forgiven + 1);
            let signed_in = |it: &&StateSpan| it.state != AgentState::SignedOut;
            // Where the feed is silent at the start nobody knows, and nobody is late.
            sums.late = states.iter().any(|it| it.span.contains(start))
                && !states.iter().filter(signed_in).any(|it| it.span.overlaps(latest));
        }
        sums
    }

    fn add(&mut self, planned: ActivityCategory, state: AgentState, seconds: i64) {
        let work = planned.counts_as_work();
        self.presence += seconds;
        if planned == ActivityCategory::OnQueue {
            self.phone += seconds;
        }
        if work {
            self.work += seconds;
        }
        match state {
            AgentState::SignedOut if work => self.missing += seconds,
            AgentState::Aux if work && planned != ActivityCategory::OnQueue => {
                self.other_work += seconds;
            }
            _ => {}
        }
        self.attended |= state != AgentState::SignedOut;
    }
}

/// Sums a month of one agent.
///
/// `shifts` are the published ones that touch the month, by start, and those of the weeks before it,
/// which count for the longest run alone. `states` are in order, free of overlap and
/// [`believed`]; those just before the month are among them. Deviations up to `forgiven_seconds` count
/// as kept, also at the start of a shift. `swaps` is how many swaps changed the agent's roster in the
/// month.
#[must_use]
pub fn agent_month(
    month: Span,
    (first, last): (Date, Date),
    shifts: &[PlannedShift],
    states: &[StateSpan],
    forgiven_seconds: i64,
    swaps: u32,
) -> AgentMonth {
    let mut sums = MeasureSet::default();
    let mut set = |name: &str, value: i64| {
        if let Some(measure) = Measure::named(name) {
            sums.set(measure, value.into());
        }
    };
    let by_state = StateSums::of(month, states);
    let (mut known, mut count) = (ShiftSums::default(), AttendanceSummary::default());
    let (mut seen, mut absence) = (0, 0);
    let mut days = BTreeSet::new();
    for shift in shifts {
        let planned = shift.activities.iter().any(|it| it.category.is_presence());
        if !planned {
            continue;
        }
        let counts = (first..=last).contains(&shift.date);
        let found = ShiftSums::of(month, shift, states, forgiven_seconds);
        let absent = found.presence > 0 && !found.attended;
        if !absent {
            days.insert(shift.date);
        }
        absence += if absent { found.presence } else { found.missing };
        known.presence += found.presence;
        known.phone += found.phone;
        known.work += found.work;
        known.other_work += found.other_work;
        // Nobody adheres to a meal by staying at home.
        known.adherent += if absent { 0 } else { found.adherent };
        count.planned_seconds += planned_seconds(month, shift);
        if counts {
            count.shifts_planned += 1;
            seen += u32::from(found.presence > 0);
            count.shifts_attended += u32::from(found.attended);
            count.shifts_late += u32::from(found.late);
            count.shifts_absent += u32::from(absent);
        }
    }
    count.shifts_unknown = count.shifts_planned - seen;
    count.longest_run_days = longest_run(&days, first, last);
    count.swaps = swaps;
    if let Some(by_state) = &by_state {
        let worked = by_state.on_queue() + known.other_work;
        set("calls_handled", by_state.handled.into());
        set("calls_held", by_state.held.into());
        set("talk_seconds", by_state.talk);
        set("hold_seconds", by_state.hold);
        set("acw_seconds", by_state.after_call);
        set("idle_seconds", by_state.idle);
        set("aux_seconds", by_state.aux);
        set("staffed_seconds", by_state.on_queue() + by_state.aux);
        set("ready_seconds", by_state.on_queue());
        set("worked_seconds", worked);
        count.worked_seconds = Some(worked);
    }
    if known.presence > 0 {
        set("scheduled_seconds", known.presence);
        set("scheduled_phone_seconds", known.phone);
        set("scheduled_work_seconds", known.work);
        set("adherent_seconds", known.adherent);
        set("absence_unplanned_seconds", absence);
        count.absence_seconds = Some(absence);
    }
    if seen > 0 {
        set("shifts_scheduled", seen.into());
        set("shifts_attended", count.shifts_attended.into());
        set("shifts_on_time", (count.shifts_attended - count.shifts_late).into());
    }
    if count.longest_run_days > 0 {
        set("max_consecutive_work_days", count.longest_run_days.into());
    }
    let something = count.shifts_planned > 0 || by_state.is_some() || swaps > 0;
    AgentMonth { sums, attendance: something.then_some(count) }
}

fn planned_seconds(month: Span, shift: &PlannedShift) -> i64 {
    let present = shift.activities.iter().filter(|it| it.category.is_presence());
    present.filter_map(|it| it.span.intersection(month)).map(Span::seconds).sum()
}

/// Longest run of consecutive days that ends in the month or crosses its end.
fn longest_run(days: &BTreeSet<Date>, first: Date, last: Date) -> u32 {
    let (mut longest, mut run) = (0, 0);
    let mut expected = None;
    for day in days.range(..=last) {
        run = if expected == Some(*day) { run + 1 } else { 1 };
        if *day >= first {
            longest = longest.max(run);
        }
        expected = Some(next_day(*day));
    }
    longest
}

/// Requests of an agent that were decided in a month, as measures; without any nothing is known.
#[must_use]
pub fn request_sums(decided: u32, satisfied: u32) -> MeasureSet {
    let named = [("requests_decided", decided), ("requests_satisfied", satisfied)];
    let measures = named.iter().filter_map(|(name, count)| {
        Some((Measure::named(name)?, Decimal::from(*count))).filter(|_| decided > 0)
    });
    measures.collect()
}

#[cfg(test)]
#[path = "agent_month_tests.rs"]
mod tests;
