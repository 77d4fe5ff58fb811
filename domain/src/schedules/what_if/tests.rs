use rust_decimal::Decimal;
use uuid::Uuid;

use super::*;
use crate::{
    forecasting::quantiles::Quantiles,
    network::{SeniorTerms, ServiceGoal, StaffingBand, StaffingWeek, StaffingWeeks},
    schedules::{
        Change, Edit,
        sample::{World, agent, site, skill},
    },
};

const HALF: (&str, &str) = ("2026-03-04T10:00", "2026-03-04T10:30");

fn queue(number: u128) -> QueueId {
    QueueId::from_uuid(Uuid::from_u128(number))
}

fn number(text: &str) -> Option<Decimal> {
    Some(text.parse().expect("number"))
}

/// One half hour of 100 calls of 180 s of a queue of the site alone, 80 % in 20 s, 30 % shrinkage.
fn case(world: &World, place: u128, skill: Option<SkillId>) -> QueueCase {
    let point = ForecastPoint {
        span: world.span(HALF.0, HALF.1),
        volume: 100.0,
        quantiles: Quantiles::default(),
        handle_time_seconds: 180.0,
    };
    QueueCase {
        queue: queue(place),
        skill,
        plan: QueuePlan {
            goals: vec![ServiceGoal::usual(world.at("2026-01-01T00:00"))],
            patience_seconds: None,
            minimum_agents: 2,
            shrinkage: 0.3,
            unplanned_shrinkage: 0.0,
            weeks: StaffingWeeks::default(),
        },
        points: vec![point],
        share: SiteShare { own: 14, all: 14 },
    }
}

/// So many agents on queue over the half hour.
fn on_queue(agents: u128) -> World {
    let mut world = World::march();
    for number in 1..=agents {
        world.works(number, HALF.0, 0.5);
    }
    world
}

fn site_of(world: &World, queues: Vec<QueueCase>) -> SiteCase {
    SiteCase { site: site(1), window: world.span("2026-03-04T00:00", "2026-03-05T00:00"), queues }
}

fn figures(world: &World, queues: Vec<QueueCase>, assumed: &[QueueAssumption]) -> QueueFigures {
    let found = site_of(world, queues).figures(queue(1), world.roster.plans.values(), assumed);
    let [figures] = found[..] else { panic!("one interval") };
    figures
}

fn assume(world: &World) -> QueueAssumption {
    QueueAssumption::of(queue(1), world.span(HALF.0, HALF.1))
}

/// Agents on the phone and on the roster.
fn need(figures: &QueueFigures) -> (u16, u16) {
    let need = figures.need.expect("a goal");
    (need.on_phone, need.on_roster)
}

fn percent(figures: &QueueFigures) -> f64 {
    (figures.level.expect("calls and a goal") * 10_000.0).round() / 100.0
}

#[test]
fn rep_03_180_calls_instead_of_100_at_198_seconds_need_24_instead_of_14() {
    let world = on_queue(14);
    let queues = || vec![case(&world, 1, None)];
    let base = figures(&world, queues(), &[]);
    assert_eq!((base.calls, base.handle_seconds, need(&base)), (100.0, 180.0, (14, 20)));
    assert_eq!((base.staffed, base.balance), (14.0, Some(Balance { gap: 0.0, surplus: 0.0 })));
    assert_eq!(percent(&base), 88.84);
    let absolute = QueueAssumption {
        volume: number("180"),
        handle_time_seconds: number("198"),
        ..assume(&world)
    };
    let by_share = QueueAssumption {
        volume_uplift: number("0.8"),
        handle_time_uplift: number("0.1"),
        ..assume(&world)
    };
    for assumed in [absolute, by_share] {
        let found = figures(&world, queues(), &[assumed]);
        assert!((found.calls - 180.0).abs() < 1e-9 && (found.handle_seconds - 198.0).abs() < 1e-9);
        assert_eq!(need(&found), (24, 35));
        assert_eq!(found.balance, Some(Balance { gap: 10.0, surplus: 0.0 }));
        assert_eq!(percent(&found), 0.0, "14 agents are swamped by 19.8 erlangs");
    }
}

#[test]
fn staff_is_added_and_taken_away_beside_the_roster() {
    let world = on_queue(14);
    let with = |agents: i32| {
        let staff = QueueAssumption { added_agents: Some(agents), ..assume(&world) };
        figures(&world, vec![case(&world, 1, None)], &[staff])
    };
    let (more, fewer) = (with(2), with(-1));
    assert_eq!((more.staffed, fewer.staffed), (16.0, 13.0));
    assert_eq!((percent(&more), percent(&fewer)), (97.06, 79.56));
    assert_eq!(more.balance, Some(Balance { gap: 0.0, surplus: 2.0 }));
    assert_eq!(need(&more), (14, 20), "what is needed does not follow who is there");
}

#[test]
fn goal_and_patience_are_assumed_and_hold_for_the_while_they_are_assumed_for() {
    let world = on_queue(14);
    let strict = QueueAssumption {
        service_level_percent: number("95"),
        threshold_seconds: Some(10),
        ..assume(&world)
    };
    let queues = || vec![case(&world, 1, None)];
    assert_eq!(need(&figures(&world, queues(), std::slice::from_ref(&strict))).0, 16);
    let later = QueueAssumption { starts_at: world.at(HALF.1), ..strict };
    let later = QueueAssumption { ends_at: world.at("2026-03-04T11:00"), ..later };
    assert_eq!(need(&figures(&world, queues(), &[later])).0, 14);
    let impatient = QueueAssumption { patience_seconds: number("60"), ..assume(&world) };
    let found = figures(&world, queues(), &[impatient]);
    assert!(need(&found).0 < 14 && percent(&found) > 88.84, "who hangs up need not be served");
    let mut nameless = case(&world, 1, None);
    nameless.plan.goals.clear();
    let found = figures(&world, vec![nameless.clone()], &[]);
    assert_eq!((found.need, found.balance, found.level), (None, None, None));
    assert_eq!(need(&figures(&world, vec![nameless], &[strict])).0, 16);
}

#[test]
fn a_site_owes_its_share_and_those_who_do_not_come_answer_nobody() {
    let world = on_queue(14);
    let mut shared = case(&world, 1, None);
    shared.share = SiteShare { own: 10, all: 20 };
    let found = figures(&world, vec![shared], &[]);
    assert_eq!((found.calls, need(&found)), (50.0, (7, 10)));
    let mut absent = case(&world, 1, None);
    absent.plan.unplanned_shrinkage = 1.0 / 14.0;
    let found = figures(&world, vec![absent], &[]);
    assert_eq!(found.need.map(|it| it.to_schedule), Some(16), "14 / (13 / 14) is 15.08");
    assert_eq!((found.staffed, percent(&found)), (14.0, 79.56), "13 of 14 come");
}

#[test]
fn what_is_assumed_of_one_queue_moves_the_agents_whom_it_shares() {
    let mut world = on_queue(28);
    for number in 1..=28 {
        world.held(number, skill(1), 3);
        world.held(number, skill(2), 3);
    }
    let two = || vec![case(&world, 1, Some(skill(1))), case(&world, 2, Some(skill(2)))];
    let base = figures(&world, two(), &[]);
    assert_eq!((base.staffed, percent(&base)), (14.0, 88.84), "half of 28 each");
    let busy = QueueAssumption { volume: number("180"), ..assume(&world) };
    let other = QueueAssumption { queue: queue(2), ..busy };
    let (busy, helped) = (figures(&world, two(), &[busy]), figures(&world, two(), &[other]));
    // 22 and 14 are needed of 28.
    assert!((busy.staffed - 28.0 * 22.0 / 36.0).abs() < 1e-9, "{busy:?}");
    assert!((busy.staffed + helped.staffed - 28.0).abs() < 1e-9, "{helped:?}");
}

#[test]
fn queues_of_one_skill_are_served_as_one_and_divide_its_agents() {
    let world = on_queue(27);
    let mut second = case(&world, 2, None);
    second.points[0].volume = 180.0;
    let found = figures(&world, vec![case(&world, 1, None), second], &[]);
    // 14 and 22 are needed, and 27 are there for 28 erlangs of both.
    assert!((found.staffed - 27.0 * 14.0 / 36.0).abs() < 1e-9, "{found:?}");
    assert_eq!(percent(&found), 0.0);
}

#[test]
fn a_closed_interval_needs_nobody_and_has_no_level() {
    let world = on_queue(1);
    let closed = QueueAssumption { volume: number("0"), ..assume(&world) };
    let found = figures(&world, vec![case(&world, 1, None)], &[closed]);
    assert_eq!((need(&found), found.level), ((0, 0), None));
    assert_eq!(found.balance, Some(Balance { gap: 0.0, surplus: 1.0 }));
    let unknown = site_of(&world, Vec::new());
    assert!(unknown.figures(queue(1), world.roster.plans.values(), &[]).is_empty());
}

#[test]
fn what_is_moved_is_worth_what_the_assumptions_make_it_worth() {
    let mut world = on_queue(14);
    world.requires(world.span(HALF.0, HALF.1), 14, None, 0);
    let case = site_of(&world, vec![case(&world, 1, None)]);
    let required = world.coverage.clone().expect("there");
    let before = StaffGroups::of(&required, world.roster.plans.values());
    let shift = world.roster.plans[&agent(1)].shifts[0].id();
    let change = Change::edit(vec![Edit::Remove { agent: agent(1), shift }]);
    let mut after = before.clone();
    after.apply(&required, &world.roster, &change);
    let found = |assumed: &[QueueAssumption]| {
        let found = case.effect(&required, [&before, &after], assumed);
        let uncovered = [found.before, found.after].map(|it| it.uncovered_seconds / 1800);
        let [queue] = found.queues[..] else { panic!("one queue") };
        let level = queue.level_after.map(|level| (level * 10_000.0).round() / 100.0);
        (found.required_seconds / 1800, uncovered, level)
    };
    assert_eq!(found(&[]), (14, [0, 1], Some(79.56)), "as it stands");
    let busy = QueueAssumption {
        volume_uplift: number("0.8"),
        handle_time_uplift: number("0.1"),
        ..assume(&world)
    };
    assert_eq!(found(std::slice::from_ref(&busy)), (24, [10, 11], Some(0.0)));
    let help = QueueAssumption { added_agents: Some(11), ..assume(&world) };
    let (required, uncovered, level) = found(&[busy, help]);
    assert_eq!((required, uncovered), (24, [0, 0]), "there before and after");
    assert!(level.is_some_and(|level| level >= 80.0), "24 are enough for 80 %: {level:?}");
    let slow = QueueAssumption { threshold_seconds: Some(300), ..assume(&world) };
    assert!(found(&[slow]).2 > Some(79.56), "in 300 s more are in time than in 20");
}

#[test]
fn seniors_that_a_queue_asks_for_are_counted_beside_its_agents() {
    let loans = skill(7);
    let mut world = on_queue(14);
    for number in 1..=14 {
        world.held(number, loans, if number > 12 { 4 } else { 2 });
    }
    let every_day = StaffingBand {
        weekdays: (1..=7).collect(),
        starts: jiff::civil::Time::midnight(),
        ends: jiff::civil::Time::midnight(),
        minimum_staff: None,
        shrinkage: None,
        unplanned_shrinkage: None,
        seniors: Some(SeniorTerms { grade: 4, share: number("0.25").expect("share"), minimum: 1 }),
    };
    let mut asking = case(&world, 1, Some(loans));
    let from = jiff::civil::date(2026, 1, 1);
    let weeks = vec![StaffingWeek { from, bands: vec![every_day] }];
    asking.plan.weeks = StaffingWeeks { zone: world.roster.zone.clone(), weeks };
    let found = figures(&world, vec![asking], &[]);
    let need = found.need.expect("a goal");
    assert_eq!((need.to_schedule, need.decided_by), (14, Some(DecidedBy::ServiceLevel)));
    let balance = Balance { gap: 2.0, surplus: 0.0 };
    let expected = SeniorFigures { grade: 4, to_schedule: 4, staffed: 2.0, balance };
    assert_eq!(found.seniors, Some(expected));
    assert_eq!(found.balance, Some(Balance { gap: 0.0, surplus: 0.0 }), "agents there are enough");
}
