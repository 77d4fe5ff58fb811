//! The search that the benchmark of published rosters measures, on a made-up instance.

#[path = "../../benches/rosters/clock.rs"]
mod clock;
#[path = "../../benches/rosters/dual.rs"]
mod dual;
#[path = "../../benches/rosters/instance.rs"]
mod instance;
#[path = "../../benches/rosters/limits.rs"]
mod limits;
#[path = "../../benches/rosters/line.rs"]
mod line;
#[path = "../../benches/rosters/made.rs"]
mod made;
#[path = "../../benches/rosters/moves.rs"]
mod moves;
#[path = "../../benches/rosters/solve.rs"]
mod solve;
#[path = "../../benches/rosters/state.rs"]
mod state;

use clock::Budget;
use instance::Instance;
use solve::{Found, Solver};

fn site() -> Instance {
    made::made(8, 4, 2, 1)
}

fn search(instance: &Instance, budget: Budget) -> Found {
    Solver::new(instance, 1).and_then(|mut solver| solver.solve(budget)).expect("a legal roster")
}

#[test]
fn the_same_seed_and_rounds_give_the_same_legal_roster() {
    let instance = site();
    let found = search(&instance, Budget::Rounds(300));
    assert_eq!(instance.verify(&found.lines), (i64::from(found.cost), Vec::new()));
    let again = search(&instance, Budget::Rounds(300));
    assert_eq!((found.cost, found.rounds, found.lines), (again.cost, again.rounds, again.lines));
}

#[test]
fn the_first_roster_is_legal_and_costs_more_than_a_longer_search() {
    let instance = site();
    let first = search(&instance, Budget::Rounds(0));
    assert_eq!(instance.verify(&first.lines), (i64::from(first.cost), Vec::new()));
    let longer = search(&instance, Budget::Seconds(0.3));
    assert!(first.first < 2.0 && longer.cost < first.cost, "{} {}", first.cost, longer.cost);
}

#[test]
fn people_settled_by_prices_have_legal_lines_and_cost_less_than_the_first_ones() {
    let instance = site();
    let mut solver = Solver::new(&instance, 1).expect("sound");
    solver.build().expect("legal lines");
    let first = solver.state.cost;
    solver.settle().expect("legal lines");
    let (cost, broken) = instance.verify(&solver.state.lines);
    assert_eq!((cost, broken), (i64::from(solver.state.cost), Vec::new()));
    assert!(solver.state.cost < first, "{cost} {first}");
    solver.state.undo();
    assert_eq!(instance.verify(&solver.state.lines).0, i64::from(first));
}

#[test]
fn no_small_move_breaks_a_rule_or_loses_count_of_the_cost() {
    let instance = site();
    let mut solver = Solver::new(&instance, 1).expect("sound");
    solver.build().expect("legal lines");
    let before = solver.state.lines.clone();
    for round in 0..200 {
        // Hot, so that nearly every legal move stays.
        (0..50).for_each(|_| solver.state.step(1e4));
        let (cost, broken) = instance.verify(&solver.state.lines);
        assert_eq!((cost, broken), (i64::from(solver.state.cost), Vec::new()), "round {round}");
    }
    let moved = before.iter().flatten().zip(solver.state.lines.iter().flatten());
    assert!(moved.filter(|(before, after)| before != after).count() > 20);
}

#[test]
fn a_published_text_is_read_and_its_cheapest_roster_found() {
    let text = "SECTION_HORIZON\n7\nSECTION_SHIFTS\nD,480,\nSECTION_STAFF\n\
                A,D=7,1440,960,3,2,2,1\nSECTION_DAYS_OFF\nA,0\n\
                SECTION_SHIFT_ON_REQUESTS\nA,2,D,3\nSECTION_COVER\n1,D,1,100,1\n3,D,1,100,1\n";
    let instance = Instance::parse(text).expect("as documented");
    let found = search(&instance, Budget::Rounds(20));
    assert_eq!(found.lines, [[0, 1, 1, 1, 0, 0, 0]]);
    assert_eq!(instance.verify(&found.lines), (0, Vec::new()));
}
