//! Scenario 2: two agents of Guangzhou swap a shift by phone, with its variants.

use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::{
    id::UserId,
    requests::{Decider, Outcome, Review, Satisfaction},
    schedules::{
        Change, ContractTerms, Edit, RuleCode, Severity, refuses,
        sample::{HOUR, World, agent, said, site, skill},
    },
};

mod in_return;
mod nearest;
mod own_review;
mod trial;

const LI: u128 = 1;
const ZHOU: u128 = 2;
const HE_JUN: u128 = 3;
const PRESALE: u128 = 1;
const ENGLISH: u128 = 2;

/// The rosters of the scenario; Li's Wednesday comes back with it. It is Monday, 20:00.
fn guangzhou() -> (World, ShiftId, ShiftId) {
    let mut world = World::march();
    for number in [LI, ZHOU, HE_JUN] {
        world.held(number, skill(PRESALE), 4);
    }
    world.works(LI, "2026-03-03T09:00", 8.0);
    let early = world.works(LI, "2026-03-04T07:00", 8.0);
    world.works(LI, "2026-03-05T13:00", 8.0);
    world.works(ZHOU, "2026-03-03T08:00", 8.0);
    let late = world.works(ZHOU, "2026-03-04T14:00", 8.0);
    world.works(ZHOU, "2026-03-05T09:00", 8.0);
    world.works(HE_JUN, "2026-03-03T14:00", 8.0);
    world.now = world.at("2026-03-02T20:00");
    (world, early, late)
}

fn proposal(world: &World, shift: ShiftId, two_way: bool) -> Proposal {
    let wednesday = world.span("2026-03-04T00:00", "2026-03-05T00:00");
    Proposal {
        id: ShiftSwapId::from_uuid(Uuid::from_u128(1)),
        proposer: agent(LI),
        offered_shift: shift,
        expected_shift_version: Some(1),
        audience: Audience::Group(Vec::new()),
        acceptable_windows: if two_way { vec![wednesday] } else { Vec::new() },
        expires_at: None,
    }
}

fn offer(world: &World, shift: ShiftId, two_way: bool) -> ShiftSwap {
    let proposal = proposal(world, shift, two_way);
    let policy = SwapPolicy::within_site();
    ShiftSwap::propose(&world.context(), &policy, &[], proposal).expect("offered")
}

fn yes(number: u128, return_shift: Option<ShiftId>) -> Acceptance {
    Acceptance { agent: agent(number), return_shift, expected_version: None }
}

fn accept(
    world: &World,
    swap: &ShiftSwap,
    acceptance: Acceptance,
) -> Result<SwapDecision, SwapRefusal> {
    swap.accept(&world.context(), &SwapPolicy::within_site(), acceptance)
}

fn review(approve: bool) -> Review {
    Review {
        by: UserId::from_uuid(Uuid::from_u128(5)),
        own: None,
        approve,
        override_warnings: false,
        comment: None,
        expected_version: None,
    }
}

fn rest_of(record: &DecisionRecord, number: u128) -> String {
    let of_agent = |check: &&crate::requests::DecisionCheck| {
        check.rule == RuleCode::MinRest && check.agent == Some(agent(number))
    };
    let check = record.checks.iter().find(of_agent).expect("looked at");
    assert!(check.passed);
    check.measured.as_ref().expect("measured").to_string()
}

#[test]
fn the_system_approves_when_all_rules_pass() {
    let (mut world, early, late) = guangzhou();
    let swap = offer(&world, early, true);
    assert_eq!((swap.state, swap.state.waiting_for()), (SwapState::Open, WaitingFor::Colleague));
    assert_eq!(swap.expires_at, world.at("2026-03-03T19:00"), "12 h before the earlier shift");

    world.now = world.at("2026-03-02T20:07");
    let decision = accept(&world, &swap, yes(ZHOU, Some(late))).expect("approved");
    assert_eq!(decision.swap.state, SwapState::Approved);
    assert_eq!(decision.swap.version, 2);
    assert!(said(&decision.violations).is_empty());
    let record = &decision.record;
    assert_eq!(record.outcome, Outcome::Approved);
    assert_eq!(record.decider, Decider::System);
    assert_eq!(record.decided_at, world.now);
    assert_eq!(record.rules[0].version, 1);
    assert_eq!(rest_of(record, LI), "15 h", "before Thursday");
    assert_eq!(rest_of(record, ZHOU), "15 h", "after Tuesday");

    world.roster.apply(&decision.change.expect("to carry out"));
    let shifts = |number| &world.roster.plans[&agent(number)].shifts;
    let wednesday =
        |number| shifts(number).iter().find(|it| it.local_date() == date(2026, 3, 4)).expect("one");
    assert_eq!(wednesday(LI).id(), late);
    assert_eq!(wednesday(ZHOU).id(), early);
    assert_eq!((wednesday(LI).version(), wednesday(ZHOU).version()), (2, 2));
}

#[test]
fn variant_a_nine_hours_of_rest_are_refused() {
    let (world, early, _) = guangzhou();
    let refusal = accept(&world, &offer(&world, early, false), yes(HE_JUN, None));
    let refusal = refusal.expect_err("refused");
    assert_eq!(refusal.code().as_str(), "RULE_VIOLATED");
    assert_eq!(said(refusal.violations()), ["MIN_REST BLOCKING REQUEST 9 h / 11 h"]);
    let SwapRefusal::RuleViolated { record, .. } = refusal else { panic!("other refusal") };
    let failed: Vec<_> = record.checks.iter().filter(|check| !check.passed).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].rule, RuleCode::MinRest);
    assert_eq!(record.outcome, Outcome::Refused);
}

/// Three English speakers are required from 07:00 to 15:00; Li is one of three, Zhou is none.
fn english_early() -> (World, ShiftId, ShiftId) {
    let (mut world, early, late) = guangzhou();
    world.held(LI, skill(ENGLISH), 3);
    for number in [11, 12] {
        world.held(number, skill(ENGLISH), 3);
        world.works(number, "2026-03-04T07:00", 8.0);
    }
    let morning = world.span("2026-03-04T08:00", "2026-03-04T10:30");
    world.requires(morning, 3, Some(skill(ENGLISH)), 1);
    (world, early, late)
}

#[test]
fn variant_b_two_of_three_english_speakers_are_refused() {
    let (world, early, late) = english_early();
    let refusal = accept(&world, &offer(&world, early, true), yes(ZHOU, Some(late)));
    let refusal = refusal.expect_err("refused");
    assert_eq!(said(refusal.violations()), ["COVERAGE BLOCKING REQUEST 2 agents / 3 agents"]);
}

#[test]
fn variant_b_goes_to_the_leader_where_the_tenant_chose_so() {
    let (mut world, early, late) = english_early();
    world.rules.limits.set_severity(RuleCode::Coverage, Severity::NeedsApproval);
    let decision = accept(&world, &offer(&world, early, true), yes(ZHOU, Some(late)));
    let matched = decision.expect("matched");
    assert_eq!(matched.swap.state, SwapState::Matched);
    assert_eq!(matched.swap.state.waiting_for(), WaitingFor::Leader);
    assert_eq!(matched.change, None, "nothing moves before the leader has decided");
    assert_eq!(matched.record.outcome, Outcome::NeedsApproval);

    let denied = matched.swap.review(&world.context(), review(false)).expect("denied");
    assert_eq!((denied.swap.state, denied.change), (SwapState::Denied, None));
    let approved = matched.swap.review(&world.context(), review(true)).expect("approved");
    assert_eq!(approved.swap.state, SwapState::Approved);
    assert_eq!(approved.swap.version, 3);
    assert!(approved.change.is_some());
}

#[test]
fn variant_d_of_two_takers_one_wins() {
    let (mut world, early, _) = guangzhou();
    world.plan(4);
    world.plan(5);
    let swap = offer(&world, early, false);
    let first = accept(&world, &swap, yes(4, None)).expect("wins");
    let second = accept(&world, &first.swap, yes(5, None)).expect_err("loses");
    assert_eq!(second.code().as_str(), "ALREADY_TAKEN");
    let again = accept(&world, &first.swap, yes(4, None)).expect_err("said twice");
    assert_eq!(again, SwapRefusal::AlreadyYours);
    let declined = first.swap.decline(&world.context(), &SwapPolicy::within_site(), agent(5), None);
    assert_eq!(declined.expect_err("over").code().as_str(), "INVALID_STATE");
}

#[test]
fn variant_e_a_lapsed_offer_counts_as_decided_and_unsatisfied() {
    let (mut world, early, _) = guangzhou();
    world.plan(4);
    let swap = offer(&world, early, false);
    assert!(swap.expire(world.now).is_err(), "has time left");
    world.now = swap.expires_at;
    let refusal = accept(&world, &swap, yes(4, None)).expect_err("too late");
    assert_eq!(refusal, SwapRefusal::InvalidState { state: SwapState::Expired });
    let lapsed = swap.expire(world.now).expect("lapsed").swap;
    assert_eq!(lapsed.state, SwapState::Expired);
    let counted: Satisfaction = lapsed.state.outcome().into_iter().collect();
    assert_eq!(counted, Satisfaction { decided: 1, satisfied: 0 });
}

#[test]
fn variant_f_a_withdrawn_offer_is_not_counted() {
    let (world, early, _) = guangzhou();
    let swap = offer(&world, early, false);
    let by_another =
        swap.cancel(Decider::Agent(agent(ZHOU)), None, world.now).expect_err("not Zhou's");
    assert_eq!(by_another.code().as_str(), "NOT_FOUND");
    let cancelled =
        swap.cancel(Decider::Agent(agent(LI)), Some(1), world.now).expect("cancelled").swap;
    assert_eq!(cancelled.state, SwapState::Cancelled);
    let leader = Decider::User(UserId::from_uuid(Uuid::from_u128(7)));
    let by_leader = swap.cancel(leader, None, world.now).expect("for the line");
    assert_eq!(by_leader.record.decider, leader, "not recorded as the proposer's");
    let counted: Satisfaction = cancelled.state.outcome().into_iter().collect();
    assert_eq!(counted, Satisfaction::default());
}

#[test]
fn variant_g_for_agents_of_another_site_or_tenant_there_is_no_such_swap() {
    let (mut world, early, _) = guangzhou();
    world.plan(4).site = site(2);
    let swap = offer(&world, early, false);
    for number in [4, 99] {
        let refusal = accept(&world, &swap, yes(number, None)).expect_err("not for them");
        assert_eq!(refusal, SwapRefusal::NotFound { what: "swap" });
    }
    let across = SwapPolicy { across_sites: true, ..SwapPolicy::within_site() };
    let decision = swap.accept(&world.context(), &across, yes(4, None)).expect("allowed");
    assert_eq!(decision.swap.state, SwapState::Matched, "CROSS_SITE needs approval");
}

#[test]
fn what_came_in_between_stands_against_an_approval() {
    let (mut world, early, late) = english_early();
    world.rules.limits.set_severity(RuleCode::Coverage, Severity::NeedsApproval);
    let swap = accept(&world, &offer(&world, early, true), yes(ZHOU, Some(late)));
    let swap = swap.expect("matched").swap;
    let night = world.shift(ZHOU, "2026-03-03T18:00", 4.0);
    world.put(night);
    let refusal = swap.review(&world.context(), review(true)).expect_err("9 h of rest");
    assert_eq!(refusal.code().as_str(), "RULE_VIOLATED");

    world.plan(LI).shifts.clear();
    let refusal = swap.review(&world.context(), review(true)).expect_err("shift is gone");
    assert_eq!(refusal.code().as_str(), "NOT_FOUND");
}

#[test]
fn warnings_need_the_word_of_the_leader() {
    let (mut world, early, late) = english_early();
    world.rules.limits.set_severity(RuleCode::Coverage, Severity::Warning);
    let policy = SwapPolicy { always_reviewed: true, ..SwapPolicy::within_site() };
    let swap = offer(&world, early, true);
    let matched = swap.accept(&world.context(), &policy, yes(ZHOU, Some(late))).expect("matched");
    let refusal = matched.swap.review(&world.context(), review(true)).expect_err("a warning");
    assert_eq!(refusal.code().as_str(), "RULE_VIOLATED");
    let firm = Review { override_warnings: true, ..review(true) };
    let approved = matched.swap.review(&world.context(), firm).expect("approved");
    assert_eq!(approved.swap.state, SwapState::Approved);
}

#[test]
fn an_offer_lasts_at_least_one_shift_and_ends_at_the_deadline() {
    let (mut world, early, _) = guangzhou();
    let policy = SwapPolicy::within_site();
    let wish = |world: &World, at: &str| {
        let expires_at = Some(world.at(at));
        let proposal = Proposal { expires_at, ..proposal(world, early, false) };
        ShiftSwap::propose(&world.context(), &policy, &[], proposal).expect("offered").expires_at
    };
    assert_eq!(wish(&world, "2026-03-02T20:30"), world.at("2026-03-03T04:00"), "one shift");
    assert_eq!(wish(&world, "2026-03-04T06:00"), world.at("2026-03-03T19:00"), "deadline");
    world.now = world.at("2026-03-03T11:01");
    let late = ShiftSwap::propose(&world.context(), &policy, &[], proposal(&world, early, false));
    let late = late.expect_err("no time for a colleague at work to read it");
    assert_eq!(late.code().as_str(), "NOTICE_TOO_SHORT");
}

#[test]
fn the_deadline_is_that_of_the_earlier_shift() {
    let (mut world, _, late) = guangzhou();
    let dawn = world.works(4, "2026-03-04T01:00", 6.0);
    world.plan(ZHOU).shifts.retain(|shift| shift.id() == late);
    world.now = world.at("2026-03-03T12:00");
    let wednesday = world.span("2026-03-04T00:00", "2026-03-05T00:00");
    let mut swap = offer(&guangzhou().0, guangzhou().1, true);
    swap.proposer = agent(ZHOU);
    swap.offered_shift = late;
    swap.offered_span = world.span("2026-03-04T14:00", "2026-03-04T22:00");
    swap.acceptable_windows = vec![wednesday];
    let accepted = accept(&world, &swap, yes(4, Some(dawn)));
    assert!(accepted.is_ok(), "13 h ahead of the shift at 01:00");
    world.now = world.at("2026-03-03T13:01");
    let refusal = accept(&world, &swap, yes(4, Some(dawn))).expect_err("less than 12 h");
    assert_eq!(refusal.code().as_str(), "NOTICE_TOO_SHORT");
}

#[test]
fn a_shift_is_offered_once_at_a_time() {
    let (mut world, early, _) = guangzhou();
    let swap = offer(&world, early, false);
    let policy = SwapPolicy::within_site();
    let again = |world: &World, running: &[ShiftSwap]| {
        ShiftSwap::propose(&world.context(), &policy, running, proposal(world, early, false))
    };
    let refusal = again(&world, std::slice::from_ref(&swap)).expect_err("runs");
    assert_eq!(refusal.code().as_str(), "SHIFT_SWAP_ALREADY_OPEN");
    let cancelled =
        swap.cancel(Decider::Agent(agent(LI)), None, world.now).expect("cancelled").swap;
    assert!(again(&world, &[cancelled]).is_ok());
    world.plan(LI).shifts.clear();
    assert_eq!(again(&world, &[]).expect_err("gone").code().as_str(), "NOT_FOUND");
    let off = SwapPolicy { enabled: false, ..policy };
    let off = ShiftSwap::propose(&world.context(), &off, &[], proposal(&world, early, false));
    assert_eq!(off.expect_err("off").code().as_str(), "SHIFT_SWAP_DISABLED");
}

#[test]
fn a_step_on_an_old_view_is_refused() {
    let (world, early, late) = guangzhou();
    let swap = offer(&world, early, true);
    let old = Acceptance { expected_version: Some(7), ..yes(ZHOU, Some(late)) };
    let refusal = accept(&world, &swap, old).expect_err("old");
    assert_eq!(refusal, SwapRefusal::StaleVersion { current: 1 });
}

#[test]
fn a_no_ends_an_offer_to_one_and_not_an_offer_to_all() {
    let (world, early, _) = guangzhou();
    let (context, policy) = (world.context(), SwapPolicy::within_site());
    let to_all = offer(&world, early, false);
    let to_zhou = ShiftSwap { audience: Audience::Agent(agent(ZHOU)), ..to_all.clone() };
    let decline = |swap: &ShiftSwap| swap.decline(&context, &policy, agent(ZHOU), None);
    assert_eq!(decline(&to_zhou).expect("said").swap.state, SwapState::Denied);
    assert_eq!(decline(&to_all).expect("said").swap, to_all);
    let other = accept(&world, &to_zhou, yes(HE_JUN, None)).expect_err("not for He Jun");
    assert_eq!(other.code().as_str(), "NOT_FOUND");
}

#[test]
fn a_shift_that_the_planner_moved_is_not_what_was_offered() {
    let (mut world, early, _) = guangzhou();
    world.plan(4);
    let swap = offer(&world, early, false);
    // Away and back again: the same shift of the same agent in a later version.
    for (from, to) in [(LI, 4), (4, LI)] {
        let edit = Edit::Move { shift: early, from: agent(from), to: agent(to) };
        world.roster.apply(&Change::edit(vec![edit]));
    }
    let refusal = accept(&world, &swap, yes(4, None)).expect_err("changed");
    assert_eq!(refusal, SwapRefusal::NotFound { what: "shift" });
}

#[test]
fn the_same_step_gives_the_same_record() {
    let (world, early, late) = guangzhou();
    let swap = offer(&world, early, true);
    let step = || accept(&world, &swap, yes(ZHOU, Some(late))).expect("approved").record;
    assert_eq!(step(), step());
    let json = serde_json::to_string(&step()).expect("json");
    assert_eq!(serde_json::from_str::<DecisionRecord>(&json).expect("record"), step());
}

#[test]
fn scenario_8_a_swap_that_makes_24_h_of_20_h_is_refused() {
    let mut world = World::new("Asia/Shanghai", date(2026, 6, 8), date(2026, 6, 15));
    const HE_LU: u128 = 8;
    world.plan(HE_LU).contract = ContractTerms::part_time(20 * HOUR);
    for start in [
        "2026-06-08T18:00",
        "2026-06-10T18:00",
        "2026-06-12T09:00",
        "2026-06-13T09:00",
        "2026-06-14T18:00",
    ] {
        world.works(HE_LU, start, 4.0);
    }
    assert!(!refuses(&world.judge()));
    let shift = world.works(LI, "2026-06-11T18:00", 4.0);
    let swap = offer(&world, shift, false);
    let refusal = accept(&world, &swap, yes(HE_LU, None)).expect_err("too many hours");
    assert_eq!(said(refusal.violations()), ["CONTRACT_HOURS BLOCKING REQUEST 24 h / 20 h"]);
}
