use jiff::{Timestamp, civil::date};

use super::*;
use crate::intraday::forgiven_seconds;
use crate::kpis::{definition, displayed};

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").expect("zone")
}

fn at(day: i8, hour: i8, minute: i8) -> Timestamp {
    zone().to_timestamp(date(2026, 2, day).at(hour, minute, 0, 0)).expect("instant")
}

fn span(day: i8, from: (i8, i8), to: (i8, i8)) -> Span {
    Span::new(at(day, from.0, from.1), at(day, to.0, to.1)).expect("in order")
}

/// On the queue 09:00 to 13:00 and 13:30 to 17:00, a meal between, a meeting until 18:00.
fn shift(day: i8) -> PlannedShift {
    let parts = [
        (ActivityCategory::OnQueue, (9, 0), (13, 0)),
        (ActivityCategory::Meal, (13, 0), (13, 30)),
        (ActivityCategory::OnQueue, (13, 30), (17, 0)),
        (ActivityCategory::Meeting, (17, 0), (18, 0)),
    ];
    PlannedShift {
        date: date(2026, 2, day),
        span: span(day, (9, 0), (18, 0)),
        activities: parts
            .map(|(category, from, to)| Activity {
                category,
                span: span(day, from, to),
                paid: true,
            })
            .into(),
    }
}

fn state(state: AgentState, day: i8, from: (i8, i8), to: (i8, i8)) -> StateSpan {
    StateSpan { state, reason: None, span: span(day, from, to) }
}

/// A day that follows the plan: two contacts, one of them with a hold.
fn good_day(day: i8) -> Vec<StateSpan> {
    use AgentState::{AfterCallWork, Aux, Available, Holding, SignedOut, Talking};
    vec![
        state(SignedOut, day, (0, 0), (9, 0)),
        state(Available, day, (9, 0), (10, 0)),
        state(Talking, day, (10, 0), (10, 5)),
        state(Holding, day, (10, 5), (10, 6)),
        state(Talking, day, (10, 6), (10, 10)),
        state(AfterCallWork, day, (10, 10), (10, 12)),
        state(Talking, day, (10, 12), (10, 18)),
        state(Available, day, (10, 18), (13, 0)),
        state(Aux, day, (13, 0), (13, 30)),
        state(Available, day, (13, 30), (17, 0)),
        state(Aux, day, (17, 0), (18, 0)),
        state(SignedOut, day, (18, 0), (23, 0)),
    ]
}

fn february(shifts: &[PlannedShift], states: &[StateSpan]) -> AgentMonth {
    february_forgiving(forgiven_seconds(None), shifts, states)
}

fn february_forgiving(forgiven: i64, shifts: &[PlannedShift], states: &[StateSpan]) -> AgentMonth {
    let dates = (date(2026, 2, 1), date(2026, 2, 28));
    let month = Span::new(at(1, 0, 0), Span::of_day(dates.1, &zone()).end()).expect("in order");
    agent_month(month, dates, shifts, states, forgiven, 0)
}

fn sum(month: &AgentMonth, name: &str) -> Option<i64> {
    let value = month.sums.get(Measure::named(name).expect("a measure"))?;
    Some(value.try_into().expect("whole"))
}

fn kpi(month: &AgentMonth, code: &str) -> Option<String> {
    let value = definition(code).expect("a KPI").value(&month.sums)?;
    Some(displayed(value).normalize().to_string())
}

#[test]
fn a_day_as_planned_adheres_and_its_contacts_are_counted_once() {
    let month = february(&[shift(2)], &good_day(2));
    assert_eq!(sum(&month, "calls_handled"), Some(2));
    assert_eq!(sum(&month, "calls_held"), Some(1));
    assert_eq!(sum(&month, "talk_seconds"), Some(15 * 60));
    assert_eq!(sum(&month, "hold_seconds"), Some(60));
    assert_eq!(sum(&month, "acw_seconds"), Some(120));
    assert_eq!(kpi(&month, "avg_handle_time").as_deref(), Some("540"));
    assert_eq!(kpi(&month, "schedule_adherence").as_deref(), Some("100"));
    // On the queue 7.5 h and an hour in the meeting, of 8.5 h planned.
    assert_eq!(sum(&month, "worked_seconds"), Some(8 * 3600 + 1800));
    assert_eq!(kpi(&month, "schedule_conformance").as_deref(), Some("100"));
    let attendance = month.attendance.expect("a shift");
    assert_eq!(attendance.planned_seconds, 9 * 3600);
    assert_eq!((attendance.shifts_planned, attendance.shifts_attended), (1, 1));
}

#[test]
fn who_stays_away_is_absent_and_who_comes_late_is_late() {
    let mut states = vec![state(AgentState::SignedOut, 2, (0, 0), (23, 0))];
    let mut late = good_day(3);
    late[0] = state(AgentState::SignedOut, 3, (0, 0), (9, 30));
    late[1] = state(AgentState::Available, 3, (9, 30), (10, 0));
    states.extend(late);
    let month = february(&[shift(2), shift(3)], &states);
    let told = month.attendance.expect("shifts");
    assert_eq!((told.shifts_attended, told.shifts_late, told.shifts_absent), (1, 1, 1));
    assert_eq!(told.absence_seconds, Some(9 * 3600 + 1800));
    assert_eq!(kpi(&month, "attendance_rate").as_deref(), Some("50"));
    assert_eq!(kpi(&month, "punctuality_rate").as_deref(), Some("0"));
    // 8.5 of 18 hours.
    assert_eq!(kpi(&month, "schedule_adherence").as_deref(), Some("47.22"));
}

#[test]
fn three_minutes_are_late_unless_the_tenant_forgives_them() {
    let mut states = good_day(2);
    states[0] = state(AgentState::SignedOut, 2, (0, 0), (9, 3));
    states[1] = state(AgentState::Available, 2, (9, 3), (10, 0));
    let late = |set| {
        let month = february_forgiving(forgiven_seconds(set), &[shift(2)], &states);
        let missed = sum(&month, "scheduled_seconds").zip(sum(&month, "adherent_seconds"));
        (month.attendance.map(|it| it.shifts_late), missed.map(|(all, kept)| all - kept))
    };
    assert_eq!(late(None), (Some(1), Some(180)));
    assert_eq!(late(Some(300)), (Some(0), Some(0)));
}

#[test]
fn a_silent_feed_makes_nobody_absent() {
    let heard = BTreeSet::from([date(2026, 2, 2)]);
    let mut states = good_day(2);
    states.last_mut().expect("a state").span =
        Span::new(at(2, 18, 0), at(4, 12, 0)).expect("in order");
    let believed = believed(&states, &heard, &zone());
    let month = february(&[shift(2), shift(3)], &believed);
    let told = month.attendance.expect("shifts");
    assert_eq!((told.shifts_planned, told.shifts_absent, told.shifts_unknown), (2, 0, 1));
    assert_eq!(kpi(&month, "attendance_rate").as_deref(), Some("100"));
    assert_eq!(kpi(&month, "schedule_adherence").as_deref(), Some("100"));
}

#[test]
fn a_sign_out_that_was_lost_is_not_taken_for_work() {
    let heard = (1..=28).map(|day| date(2026, 2, day)).collect();
    let stuck = StateSpan {
        state: AgentState::Talking,
        reason: None,
        span: Span::new(at(2, 9, 0), at(5, 9, 0)).expect("in order"),
    };
    assert_eq!(believed(&[stuck], &heard, &zone()), []);
}

#[test]
fn without_states_nothing_is_said_of_them_and_without_anything_nothing_at_all() {
    let planned = february(&[shift(2), shift(3)], &[]);
    assert_eq!(sum(&planned, "talk_seconds"), None);
    assert_eq!(kpi(&planned, "attendance_rate"), None);
    let told = planned.attendance.expect("shifts");
    assert_eq!((told.shifts_planned, told.shifts_unknown, told.worked_seconds), (2, 2, None));
    assert_eq!(february(&[], &[]), AgentMonth::default());
}

#[test]
fn the_longest_run_looks_back_over_the_border_of_the_month() {
    let day = |month, day| date(2026, month, day);
    let days =
        BTreeSet::from([day(1, 29), day(1, 30), day(1, 31), day(2, 1), day(2, 2), day(2, 4)]);
    assert_eq!(longest_run(&days, day(2, 1), day(2, 28)), 5);
    assert_eq!(longest_run(&days, day(2, 3), day(2, 28)), 1);
}

#[test]
fn requests_that_nobody_made_are_no_zero() {
    assert!(request_sums(0, 0).is_empty());
    let sums = request_sums(4, 3);
    let rate = definition("shift_request_satisfaction_rate").and_then(|kpi| kpi.value(&sums));
    assert_eq!(rate, Some(75.into()));
}
