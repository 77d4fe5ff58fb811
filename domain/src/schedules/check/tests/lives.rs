//! Rosters that live through many changes, each of which the judge lets happen.

use super::{random_world::RandomWorld, *};

/// Carries out what `accepts` lets happen and gives the number of changes, or the rules for which the
/// judge refuses the roster as a whole. `None` where it is refused before anything happens.
fn live(
    mut random: RandomWorld,
    steps: usize,
    accepts: impl Fn(&RandomWorld, &Change) -> bool,
) -> Option<Result<usize, Vec<RuleCode>>> {
    let refused = |random: &RandomWorld| {
        let found = check(&random.context(), &Change::default());
        let found = found.into_iter().filter(|it| it.severity == Severity::Blocking);
        found.map(|it| it.rule).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    if !refused(&random).is_empty() {
        return None;
    }
    let mut accepted = 0;
    for _step in 0..steps {
        let change = random.change();
        if change.is_empty() || !accepts(&random, &change) {
            continue;
        }
        random.apply(&change);
        accepted += 1;
        let rules = refused(&random);
        if !rules.is_empty() {
            return Some(Err(rules));
        }
    }
    Some(Ok(accepted))
}

fn judge(random: &RandomWorld, change: &Change) -> bool {
    !refuses(&check(&random.context(), change))
}

fn any_rule() -> impl Strategy<Value = Option<RuleCode>> {
    prop::option::of(prop::sample::select(RuleCode::ALL))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn accepted_changes_never_lead_to_a_roster_that_is_refused(
        seed in any::<u64>(),
        steps in 1usize..60,
        alone in any_rule(),
    ) {
        let random = RandomWorld::new(seed, 0);
        // One rule alone lets more happen than all together.
        let random = alone.into_iter().fold(random, |random, rule| random.only(rule));
        let lived = live(random, steps, judge);
        prop_assert!(!matches!(lived, Some(Err(_))), "{:?}", lived);
    }
}

#[test]
fn changes_are_accepted_in_every_life() {
    let worlds = (0..40).map(|seed| RandomWorld::new(seed, 0));
    let accepted = worlds.filter_map(|world| live(world, 60, judge)?.ok());
    assert!(accepted.sum::<usize>() > 100);
    let worlds = (0..10).map(|seed| RandomWorld::new(seed, 0).only(RuleCode::ConsecutiveDays));
    let accepted: Vec<_> = worlds.filter_map(|world| live(world, 60, judge)?.ok()).collect();
    assert!(accepted.iter().all(|accepted| *accepted > 10), "{accepted:?}");
}

/// The same with a judge that cannot see one rule: each is missed.
#[test]
fn a_judge_without_a_rule_lets_a_roster_through_that_breaks_it() {
    // A roster is refused for them only when it changes.
    let of_changes = [RuleCode::Notice, RuleCode::Coverage];
    for &rule in RuleCode::ALL.iter().filter(|rule| !of_changes.contains(rule)) {
        let sees = |random: &RandomWorld, change: &Change| judge(&random.without(rule), change);
        let worlds = (0..60).map(|seed| RandomWorld::new(seed, 0).only(rule));
        let lives = worlds.filter_map(|world| live(world, 150, sees));
        let missed = lives.filter_map(Result::err).any(|rules| rules == [rule]);
        assert!(missed, "{rule} is not missed");
    }
}
