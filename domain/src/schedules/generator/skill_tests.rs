//! Agents and the queues that they can serve.

use std::ops::ControlFlow;

use jiff::civil::date;

use super::{
    legality::faults,
    task_sample::{half_hours, new_ids, plain_shape, task},
    tests::{HOUR, agent, problem, run, shift, terms, utc},
    *,
};
use crate::schedules::{
    Change, ContractTerms, Edit, RequiredAgents, RuleCode, Shift, SiteNeeds, SkillHeld, SkillNeed,
    sample::{World, agent as agent_id, queue_need, skill},
};

fn covers(queues: &[usize]) -> Vec<QueueSet> {
    vec![queues.iter().copied().collect()]
}

/// Wants `agents` on a queue in the hours `[from, to)` of each day.
fn want(problem: &mut Problem, queue: usize, (from, to): (u16, u16), agents: u32) {
    let slots = problem.needs[0].len();
    problem.needs.resize_with(problem.needs.len().max(queue + 1), || vec![0; slots]);
    for day in problem.days.clone() {
        for step in from * HOUR..to * HOUR {
            problem.needs[queue][day.wall[usize::from(step)] as usize] = agents * 100;
        }
    }
}

/// A week of three agents for the first queue and three for the second, which are wanted in the
/// morning and in the evening.
fn two_queues() -> Problem {
    let all = terms(vec![shift(6 * HOUR..15 * HOUR, 8)]);
    let agents = (0..6).map(|index| Agent { covers: covers(&[index % 2]), ..agent(0, 40, 1) });
    let mut problem = problem(&utc(7), vec![all], agents.collect());
    want(&mut problem, 0, (7, 11), 2);
    want(&mut problem, 1, (17, 21), 2);
    problem
}

#[test]
fn agents_work_when_the_queue_needs_them_that_they_can_serve() {
    let problem = two_queues();
    let found = run(&problem, 200);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    let [first, second] = problem.balance_by_queue(&found.plan)[..] else { panic!("two queues") };
    let whole = problem.balance(&found.plan);
    assert_eq!((first.needed, second.needed), (whole.needed / 2, whole.needed / 2));
    // Fifteen shifts of each for fourteen that are wanted: a gap is at most one of them.
    let one_shift = u64::from(4 * HOUR) * 100;
    assert!(first.missing <= one_shift && second.missing <= one_shift, "{first:?} {second:?}");
    assert_eq!(first.missing + second.missing, whole.missing);
    assert_eq!(whole, found.balance);
}

#[test]
fn hours_of_agents_without_the_skill_cover_nothing() {
    let mut problem = two_queues();
    for agent in &mut problem.agents {
        agent.covers = covers(&[0]);
    }
    let found = run(&problem, 50);
    let [first, second] = problem.balance_by_queue(&found.plan)[..] else { panic!("two queues") };
    assert_eq!((first.missing, second.missing), (0, second.needed));
    let unmet = explain(&problem, &found.plan).expect("a sound problem");
    assert_eq!(unmet.len(), 7);
    for it in unmet {
        assert!(matches!(it.what, Missing::Cover { queue: 1, .. }), "{it:?}");
        assert_eq!((it.rule, it.held_back), (RuleCode::Skill, vec![(RuleCode::Skill, 6)]));
    }
}

#[test]
fn who_can_serve_both_goes_where_most_is_missing_and_the_other_queue_is_told() {
    // One agent for both queues, which want one each from 9 to 12.
    let all = terms(vec![shift(8 * HOUR..9 * HOUR, 8)]);
    let both = Agent { covers: covers(&[0, 1]), ..agent(0, 40, 1) };
    let mut problem = problem(&utc(5), vec![all], vec![both]);
    want(&mut problem, 0, (9, 11), 1);
    want(&mut problem, 1, (9, 11), 2);
    let found = run(&problem, 20);
    let [first, second] = problem.balance_by_queue(&found.plan)[..] else { panic!("two queues") };
    assert_eq!(first.missing + second.missing, 5 * 2 * 4 * 200, "one of three is there");
    let unmet = explain(&problem, &found.plan).expect("a sound problem");
    let elsewhere = |it: &Unmet| it.held_back == [(RuleCode::Coverage, 1)];
    assert!(unmet.iter().any(elsewhere), "{unmet:?}");
}

#[test]
fn a_skill_that_lapses_covers_only_the_days_before() {
    let all = terms(vec![shift(8 * HOUR..9 * HOUR, 8)]);
    let mut problem = problem(&utc(5), vec![all], vec![agent(0, 40, 1)]);
    want(&mut problem, 0, (9, 11), 1);
    let days = (0..5).map(|day| if day < 2 { QueueSet::ALL } else { QueueSet::NONE });
    problem.agents[0].covers = days.collect();
    let found = run(&problem, 20);
    assert_eq!((found.balance.needed, found.balance.missing), (5 * 800, 3 * 800));
}

#[test]
fn queues_without_a_need_for_each_slot_are_refused() {
    let mut problem = two_queues();
    problem.needs[1].pop();
    let options = Options { seed: 1, iterations: 1 };
    let refused = search(&problem, options, &mut |_| ControlFlow::Continue(()));
    assert_eq!(refused.unwrap_err(), ProblemError::Queues { queues: 2 });
}

#[test]
fn breaks_keep_out_of_the_peak_of_the_queue_that_is_served() {
    // Everybody works 8 to 16. The queues peak one after the other, within the window of the break.
    let all = terms(vec![shift(8 * HOUR..8 * HOUR + 1, 8)]);
    let agents = (0..6).map(|index| Agent { covers: covers(&[index % 2]), ..agent(0, 40, 1) });
    let mut problem = problem(&utc(5), vec![all], agents.collect());
    for (queue, peak) in [(0, (11, 12)), (1, (12, 13))] {
        want(&mut problem, queue, (8, 16), 2);
        want(&mut problem, queue, peak, 3);
    }
    let found = run(&problem, 50);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    assert_eq!(found.balance.missing, 0);
    for (index, line) in found.plan.lines.iter().enumerate() {
        for placed in line.iter().flatten() {
            let at = placed.start % 96 + u32::from(placed.pauses[0]);
            let peak = if index % 2 == 0 { 44..48 } else { 48..52 };
            assert!(!peak.contains(&at), "agent {index} rests in slot {at} of the day");
        }
    }
}

#[test]
fn skills_of_a_roster_decide_who_counts_for_which_queue() {
    let mut world = World::march();
    for number in 1..=4 {
        world.plan(number).contract = ContractTerms::part_time(20 * 3600);
    }
    world.held(1, skill(7), 3);
    world.held(2, skill(7), 1);
    let lapses = Some(date(2026, 3, 4));
    let held = SkillHeld { skill: skill(7), grade: 5, valid_until: lapses };
    world.plan(3).skills.push(held);
    // Comes out of a shift that reaches into the first planned hour.
    world.works(1, "2026-03-01T20:00", 5.0);

    let axis = half_hours(&world, 7);
    let anybody = queue_need(1, vec![1; axis.len]);
    let skilled =
        QueueNeed { skill: Some(skill(7)), min_grade: 2, ..queue_need(2, vec![2; axis.len]) };
    let needs = [anybody, skilled];
    let shapes = [plain_shape(4, (7, 18))];
    let prepared = task(&world, (date(2026, 3, 2), 7), &shapes, axis, &needs).prepare();
    let of = |queues: &[usize]| queues.iter().copied().collect::<QueueSet>();
    let agents = &prepared.problem.agents;
    assert_eq!(agents[0].covers, [of(&[0, 1])]);
    assert_eq!(agents[1].covers, [of(&[0])], "grade 1 will not do");
    assert_eq!(agents[2].covers[..4], [of(&[0, 1]), of(&[0, 1]), of(&[0, 1]), of(&[0])]);
    assert_eq!(agents[3].covers, [of(&[0])]);
    let carried = &prepared.problem.carried;
    let work: u16 = carried.iter().flat_map(|it| &it.agents).sum();
    assert_eq!((carried.len(), carried[0].covers, work), (1, of(&[0, 1]), 4));

    let options = Options { seed: 1, iterations: 30 };
    let found = search(&prepared.problem, options, &mut |_| ControlFlow::Continue(()));
    let report = prepared.report(&found.expect("a sound problem")).expect("a sound problem");
    let week = 7 * 24 * 3600;
    let required = report.queues.iter().map(|it| (it.queue, it.required_seconds));
    let ids = [needs[0].queue, needs[1].queue];
    assert_eq!(required.collect::<Vec<_>>(), [(ids[0], week), (ids[1], 2 * week)]);
    let uncovered = |of: fn(&QueueWork) -> u64| report.queues.iter().map(of).sum::<u64>();
    assert_eq!(uncovered(|it| it.uncovered_seconds), report.roster.uncovered_seconds);
    let fixed = report.fixed_shifts.uncovered_seconds;
    assert_eq!(uncovered(|it| it.fixed_uncovered_seconds), fixed);
    let QueueWork { required_seconds, uncovered_seconds, .. } = report.queues[1];
    let covered = 100.0 * (required_seconds - uncovered_seconds) as f64 / required_seconds as f64;
    assert_eq!(report.queues[1].covered_percent(), Some(covered));
    assert!(covered > 0.0, "{report:#?}");
}

#[test]
fn a_shift_asks_for_the_skill_without_which_a_queue_would_go_short() {
    let mut world = World::march();
    for number in 1..=2 {
        world.plan(number).contract = ContractTerms::part_time(20 * 3600);
    }
    world.held(1, skill(7), 3);
    let axis = half_hours(&world, 7);
    let morning = |index: usize| u16::from((18..26).contains(&(index % 48)));
    let wanted = (0..axis.len).map(morning).collect();
    let needs = [
        queue_need(1, vec![0; axis.len]),
        QueueNeed { skill: Some(skill(7)), min_grade: 2, ..queue_need(2, wanted) },
    ];
    let shapes = [plain_shape(4, (7, 18))];
    let prepared = task(&world, (date(2026, 3, 2), 7), &shapes, axis, &needs).prepare();
    let options = Options { seed: 1, iterations: 30 };
    let found = search(&prepared.problem, options, &mut |_| ControlFlow::Continue(()));
    let plan = found.expect("a sound problem").plan;
    let shifts = prepared.shifts(&plan, &mut new_ids()).expect("sound shifts");
    let (one, other): (Vec<&Shift>, Vec<&Shift>) =
        shifts.iter().partition(|it| it.agent() == agent_id(1));
    assert_eq!((one.len(), other.len()), (5, 5));
    let asked = [SkillNeed { skill: skill(7), grade: 2 }];
    assert!(one.iter().all(|shift| shift.needs() == asked), "{one:?}");
    assert!(other.iter().all(|shift| shift.needs().is_empty()), "{other:?}");
    for shift in &shifts {
        world.put(shift.clone());
    }
    let moved = Edit::Move { shift: one[0].id(), from: agent_id(1), to: agent_id(2) };
    let found = world.check(&Change::edit(vec![moved]));
    assert!(found.iter().any(|it| it.rule == RuleCode::Skill && !it.standing), "{found:?}");
}

#[test]
fn a_roster_has_the_seniors_that_a_queue_asks_for_when_it_asks_for_them() {
    let mut world = World::march();
    for number in 1..=6 {
        world.plan(number).contract = ContractTerms::part_time(20 * 3600);
        world.held(number, skill(7), if number > 4 { 4 } else { 2 });
    }
    // Two in the morning and two in the evening, one of them a senior in the evening.
    let axis = half_hours(&world, 7);
    let (site, queue) = (world.plan(1).site, queue_need(1, Vec::new()).queue);
    let day = |day: u8| {
        let span = |from: u8, to: u8| {
            world.span(
                &format!("2026-03-0{day}T{from:02}:00"),
                &format!("2026-03-0{day}T{to:02}:00"),
            )
        };
        [(span(8, 12), None), (span(16, 20), Some((4, 1)))]
    };
    let required = (2..=6).flat_map(day).map(|(span, seniors)| RequiredAgents {
        queue,
        skill: Some(skill(7)),
        span,
        agents: 2,
        seniors,
    });
    let needs = SiteNeeds::of(site, axis, required).queues;
    assert_eq!(needs.iter().map(|it| it.min_grade).collect::<Vec<_>>(), [1, 4]);
    let shapes = [plain_shape(4, (7, 18))];
    let prepared = task(&world, (date(2026, 3, 2), 7), &shapes, axis, &needs).prepare();
    let options = Options { seed: 1, iterations: 60 };
    let found = search(&prepared.problem, options, &mut |_| ControlFlow::Continue(()));
    let found = found.expect("a sound problem");
    let report = prepared.report(&found).expect("a sound problem");
    let [work] = report.queues[..] else { panic!("one queue: {:?}", report.queues) };
    assert_eq!((work.queue, work.required_seconds), (queue, 5 * 2 * 8 * 3600));
    assert_eq!(work.uncovered_seconds, 0, "{report:#?}");
    let shifts = prepared.shifts(&found.plan, &mut new_ids()).expect("sound shifts");
    for (evening, _) in (2..=6).flat_map(day).skip(1).step_by(2) {
        let senior = |shift: &&Shift| {
            shift.span().covers(evening) && [agent_id(5), agent_id(6)].contains(&shift.agent())
        };
        assert!(shifts.iter().any(|shift| senior(&shift)), "{evening:?}");
    }
}
