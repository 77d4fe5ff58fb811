//! The judge beside the slow one.

use super::{oracle::Told, random_world::RandomWorld, *};

/// What only the judge says and what only the slow one says.
fn differences(random: &RandomWorld, change: &Change) -> (Told, Told, Told) {
    let context = random.context();
    let judged = oracle::as_told(&context, &check(&context, change));
    let slow = oracle::judge(&context, change);
    (&judged - &slow, &slow - &judged, slow)
}

#[test]
fn every_rule_is_broken_by_some_random_roster_or_change() {
    let mut broken = BTreeSet::new();
    for seed in 0..60 {
        let mut random = RandomWorld::new(seed, 40);
        for change in [Change::default(), random.change()] {
            let (only_judged, only_slow, all) = differences(&random, &change);
            assert_eq!((only_judged, only_slow), Default::default(), "seed {seed}: {change:?}");
            broken.extend(all.into_iter().map(|it| it.0));
        }
    }
    assert_eq!(broken, RuleCode::ALL.iter().copied().collect());
}

#[test]
fn whoever_lacks_a_training_covers_nothing_for_both() {
    // Of this change the slow one once said nothing: it had not asked what the taker has passed.
    let mut random = RandomWorld::new(5_657_759_214_452_470_228, 37);
    let change = random.change();
    let (only_judged, only_slow, all) = differences(&random, &change);
    assert_eq!((only_judged, only_slow), Default::default());
    assert!(all.iter().any(|it| it.0 == RuleCode::Coverage), "{all:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_judge_and_the_slow_one_say_the_same_of_any_roster(
        seed in any::<u64>(),
        shifts in 0usize..70,
    ) {
        let random = RandomWorld::new(seed, shifts);
        let (only_judged, only_slow, _) = differences(&random, &Change::default());
        prop_assert_eq!((only_judged, only_slow), Default::default());
    }

    #[test]
    fn the_judge_and_the_slow_one_say_the_same_of_any_change(
        seed in any::<u64>(),
        shifts in 0usize..50,
    ) {
        let mut random = RandomWorld::new(seed, shifts);
        let change = random.change();
        let (only_judged, only_slow, _) = differences(&random, &change);
        prop_assert_eq!((only_judged, only_slow), Default::default(), "{:?}", change);
    }
}
