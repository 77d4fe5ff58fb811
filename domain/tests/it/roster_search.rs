//! What the benchmark of published rosters makes of an instance, on a made-up one: the product's
//! search finds rosters that the verifier of the published form takes, at the cost that it counts.

use std::ops::ControlFlow;

#[path = "../../benches/rosters/convert.rs"]
mod convert;
#[path = "../../benches/rosters/instance.rs"]
mod instance;
#[path = "../../benches/rosters/made.rs"]
mod made;

use instance::Instance;
use trunkline_domain::schedules::whole_shifts::{Found, Options, Rounds, search};

fn site() -> Instance {
    made::made(8, 4, 2, 1)
}

fn found(instance: &Instance, rounds: u64) -> Found {
    let problem = instance.problem().expect("names that are there");
    let options = Options { seed: 1, pace: &Rounds(rounds) };
    search(&problem, options, &mut |_| ControlFlow::Continue(())).expect("a legal roster")
}

#[test]
fn a_published_instance_is_solved_at_the_cost_that_its_verifier_counts() {
    let instance = site();
    for rounds in [0, 300] {
        let found = found(&instance, rounds);
        assert_eq!(instance.verify(&found.lines), (found.cost, Vec::new()), "{rounds} rounds");
    }
}

#[test]
fn the_same_seed_and_rounds_give_the_same_roster() {
    let instance = site();
    assert_eq!(found(&instance, 300), found(&instance, 300));
}

#[test]
fn longer_searches_cost_less_than_the_first_roster() {
    let instance = site();
    assert!(found(&instance, 300).cost < found(&instance, 0).cost);
}

/// One person, two days, one kind of shift that is wanted on both; she asks for the second day off.
const PUBLISHED: &str = "SECTION_HORIZON\n2\nSECTION_SHIFTS\nE,480,\nSECTION_STAFF\nA,E=2,960,0,2,1,1,1\n\
                         SECTION_DAYS_OFF\nSECTION_SHIFT_ON_REQUESTS\nA,0,E,2\n\
                         SECTION_SHIFT_OFF_REQUESTS\nA,1,E,3\nSECTION_COVER\n0,E,1,100,1\n1,E,1,100,1\n";

#[test]
fn an_instance_is_read_as_it_is_published() {
    let instance = Instance::parse(PUBLISHED).expect("as documented");
    let found = found(&instance, 20);
    assert_eq!((found.lines, found.cost), (vec![vec![1, 1]], 3), "cover before the wish");
    assert!(Instance::parse("SECTION_SHIFTS\nE,eight,\n").is_none());
}
