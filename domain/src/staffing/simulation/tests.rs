use rand::SeedableRng as _;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::staffing::{Shrinkage, StaffingError, Traffic};

const DAYS: u32 = 300;

fn queue(calls: &[f64], handle: f64, patience: Option<f64>, routes: &[usize]) -> Queue {
    Queue {
        periods: calls
            .iter()
            .map(|&calls| QueuePeriod { calls, handle_seconds: handle, patience_seconds: patience })
            .collect(),
        handle_spread: Spread::Exponential,
        routes: routes.to_vec(),
        threshold_seconds: Some(20.0),
    }
}

fn group(agents: &[u32]) -> Group {
    let agents_after = agents.last().copied().unwrap_or(0);
    Group { agents: agents.to_vec(), agents_after, absent: Shrinkage::NONE }
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
fn those_who_do_not_come_are_as_many_as_the_share_says() {
    // 27 agents with 8 % absent are 24 on some days and 25 on the others, 24.84 on average.
    let absent = Shrinkage::new(0.08).unwrap();
    let group = Group { agents: vec![27, 3], agents_after: 1, absent };
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let days: Vec<Group> = (0..10_000).map(|_| group.on_one_day(&mut random)).collect();
    assert!(days.iter().all(|day| (24..=25).contains(&day.agents[0])));
    let mean =
        |of: fn(&Group) -> u32| days.iter().map(|day| f64::from(of(day))).sum::<f64>() / 10_000.0;
    assert!((mean(|day| day.agents[0]) - 24.84).abs() < 0.02);
    assert!((mean(|day| day.agents[1]) - 2.76).abs() < 0.02);
    assert!((mean(|day| day.agents_after) - 0.92).abs() < 0.02);
    let none = Group { absent: Shrinkage::NONE, ..group };
    assert_eq!(none.on_one_day(&mut random), none);
}

#[test]
fn a_queue_without_a_threshold_is_in_no_service_level() {
    let play = |second: Option<f64>| {
        let mut queues = [queue(&[90.0], 180.0, None, &[0]), queue(&[90.0], 180.0, None, &[1])];
        queues[1].threshold_seconds = second;
        let groups = vec![group(&[14]), group(&[9])];
        Centre::new(1800.0, &queues, groups, None).unwrap().simulate(50, 5)
    };
    let (without, with) = (play(None), play(Some(20.0)));
    assert_eq!(without.service_level(Some(1), None), None);
    let of_first = with.service_level(Some(0), None);
    assert_eq!(without.service_level(None, None), of_first, "all that have one");
    assert!(with.service_level(None, None).unwrap().value < of_first.unwrap().value);
    assert_eq!(without.mean_wait_seconds(Some(1), None), with.mean_wait_seconds(Some(1), None));
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
        let group = Group { agents: vec![3], agents_after: after, absent: Shrinkage::NONE };
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
