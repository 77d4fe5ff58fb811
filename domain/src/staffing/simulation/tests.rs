use super::*;
use crate::staffing::{StaffingError, Traffic};

const DAYS: u32 = 300;

fn queue(calls: &[f64], handle: f64, patience: Option<f64>, routes: &[usize]) -> Queue {
    Queue {
        periods: calls
            .iter()
            .map(|&calls| QueuePeriod { calls, handle_seconds: handle, patience_seconds: patience })
            .collect(),
        handle_spread: Spread::Exponential,
        routes: routes.to_vec(),
        threshold_seconds: 20.0,
    }
}

fn group(agents: &[u32]) -> Group {
    Group { agents: agents.to_vec(), agents_after: agents.last().copied().unwrap_or(0) }
}

fn one_queue(calls: f64, agents: u32) -> Centre {
    Centre::new(
        8.0 * 3600.0,
        &[queue(&[calls], 180.0, Some(120.0), &[0])],
        vec![group(&[agents])],
        None,
    )
    .unwrap()
}

#[test]
fn one_group_agrees_with_erlang_a() {
    let simulated = one_queue(1600.0, 10).simulate(DAYS, 1);
    let formula = Traffic::new(10.0, 180.0, Some(120.0)).unwrap().performance(10.0, 20.0);
    let abandonment = simulated.abandonment(None, None).unwrap();
    // The day starts empty, which the formula's long run does not: 1 % more than the interval.
    assert!(
        (abandonment.value - formula.p_abandon).abs() < abandonment.half_width + 0.01,
        "{abandonment:?} {formula:?}"
    );
}

#[test]
fn the_same_seed_gives_the_same_figures() {
    let centre = one_queue(900.0, 6);
    let [one, two, other] =
        [7, 7, 8].map(|seed| centre.simulate(5, seed).service_level(None, None).unwrap().value);
    assert_eq!(one.to_bits(), two.to_bits());
    assert_ne!(one.to_bits(), other.to_bits());
}

#[test]
fn every_call_is_answered_or_abandoned() {
    let centre = Centre::new(
        1800.0,
        &[queue(&[50.0, 90.0], 180.0, Some(60.0), &[0, 1]), queue(&[40.0, 0.0], 240.0, None, &[1])],
        vec![group(&[5, 8]), group(&[6, 2])],
        Some(20.0),
    )
    .unwrap();
    let simulated = centre.simulate(DAYS, 3);
    let lost = simulated
        .mean(None, None, |level| {
            level.offered as f64 - level.answered as f64 - level.abandoned as f64
        })
        .unwrap();
    assert_eq!(lost, Estimate { value: 0.0, half_width: 0.0 });
}

#[test]
fn a_queue_that_no_group_serves_answers_nobody() {
    let centre =
        Centre::new(1800.0, &[queue(&[50.0], 180.0, Some(60.0), &[])], vec![group(&[5])], None)
            .unwrap();
    let simulated = centre.simulate(DAYS, 3);
    assert!((simulated.abandonment(None, None).unwrap().value - 1.0).abs() < f64::EPSILON);
    assert_eq!(simulated.mean_wait_seconds(None, None), None);
}

#[test]
fn a_closed_queue_has_no_level() {
    let centre =
        Centre::new(1800.0, &[queue(&[0.0], 180.0, None, &[0])], vec![group(&[5])], None).unwrap();
    assert_eq!(centre.simulate(DAYS, 3).service_level(None, None), None);
}

#[test]
fn calls_left_at_the_end_of_the_day_are_served_by_those_who_stay() {
    let crowded = |after| {
        let group = Group { agents: vec![3], agents_after: after };
        Centre::new(1800.0, &[queue(&[100.0], 180.0, None, &[0])], vec![group], None)
            .unwrap()
            .simulate(50, 5)
            .abandonment(None, None)
            .unwrap()
            .value
    };
    assert!(crowded(3) == 0.0 && crowded(0) > 0.3);
}

#[test]
fn the_intervals_narrow_with_the_root_of_the_days() {
    let centre = one_queue(900.0, 5);
    let width = |days| centre.simulate(days, 11).service_level(None, None).unwrap().half_width;
    let ratio = width(100) / width(1600);
    assert!((3.0..5.3).contains(&ratio), "{ratio}");
}

#[test]
fn lists_that_do_not_fit_are_refused() {
    let refuse = |queues: &[Queue], groups| Centre::new(1800.0, queues, groups, None).unwrap_err();
    let one = queue(&[50.0], 180.0, None, &[0]);
    assert!(matches!(
        refuse(std::slice::from_ref(&one), vec![group(&[5, 5])]),
        StaffingError::OutOfRange { what: "periods of a group", .. }
    ));
    assert!(matches!(refuse(&[one], vec![]), StaffingError::OutOfRange { what: "route", .. }));
    assert!(matches!(
        refuse(&[queue(&[50.0], 0.0, None, &[0])], vec![group(&[5])]),
        StaffingError::OutOfRange { what: "handle_seconds", .. }
    ));
}
