use jiff::civil::{date, time};
use proptest::prelude::*;

use super::*;
use crate::{
    id::{Id, Kind},
    schedules::{
        Bounds, Change, CheckContext, Severity, StartBand, TimeBand, check,
        sample::{HOUR, World, agent, site},
    },
};

fn id<K: Kind>(number: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(number))
}

fn set(
    number: u128,
    attachment: RuleAttachment,
    valid_from: civil::Date,
    content: RuleContent,
) -> RuleSet {
    let version = i32::try_from(number).expect("small");
    let set_at = Timestamp::UNIX_EPOCH;
    RuleSet { id: id(number), version, attachment, valid_from, set_at, content }
}

fn change(rule: RuleCode, severity: Option<Severity>, bounds: Option<Bounds>) -> RuleChange {
    RuleChange { severity, bounds, ..RuleChange::of(rule) }
}

fn rest(hours: i64) -> RuleChange {
    change(RuleCode::MinRest, None, Some(Bounds { min: Some(hours * HOUR), max: None }))
}

fn starts(from: i8, to: i8) -> RuleChange {
    let band = TimeBand { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) };
    let band = StartBand { start: Some(band), end: None };
    RuleChange { start_band: Some(band), ..change(RuleCode::StartBand, None, None) }
}

fn whole(hours: i64) -> RuleContent {
    let mut limits = RuleLimits::default();
    limits.min_rest.limit = hours * HOUR;
    RuleContent::Whole(Box::new(limits))
}

const JANUARY: civil::Date = date(2026, 1, 1);
const MARCH: civil::Date = date(2026, 3, 4);

/// An intern of a team.
fn intern() -> RuleSubject {
    RuleSubject {
        site: Some(site(1)),
        kind: Some(ContractKind::Intern),
        team: Some(id(1)),
        agent: Some(agent(1)),
    }
}

fn hours(book: &RuleBook, subject: &RuleSubject, on: civil::Date) -> i64 {
    book.effective(subject, on).rules.limits.min_rest.limit / HOUR
}

/// From wide to narrow; the default is 11 hours.
fn all() -> Vec<RuleSet> {
    let overlay = |hours| RuleContent::Overlay(vec![rest(hours)]);
    let kind = |site| RuleAttachment::ContractKind { site, kind: ContractKind::Intern };
    vec![
        set(1, RuleAttachment::Network, JANUARY, whole(12)),
        set(2, RuleAttachment::Site(site(1)), JANUARY, whole(13)),
        set(3, kind(None), JANUARY, overlay(14)),
        set(4, kind(Some(site(1))), JANUARY, overlay(15)),
        set(5, RuleAttachment::Team(id(1)), JANUARY, overlay(16)),
        set(6, RuleAttachment::Agent(agent(1)), JANUARY, overlay(17)),
    ]
}

#[test]
fn the_narrowest_set_that_names_a_rule_wins() {
    let sets = all();
    for kept in 0..=sets.len() {
        let book = RuleBook::new(sets[..kept].iter().cloned());
        let found = book.effective(&intern(), MARCH);
        let expected = 11 + i64::try_from(kept).expect("small");
        assert_eq!(found.rules.limits.min_rest.limit / HOUR, expected, "the first {kept}");
        let attachment = kept.checked_sub(1).map(|last| sets[last].attachment);
        assert_eq!(found.origin(RuleCode::MinRest).attachment, attachment);
        // All that no overlay names stays where the whole set has it.
        let base = kept.min(2).checked_sub(1).map(|last| sets[last].attachment);
        assert_eq!(found.origin(RuleCode::Notice).attachment, base);
    }
    let book = RuleBook::new(sets);
    let regular = RuleSubject { kind: Some(ContractKind::Regular), agent: None, ..intern() };
    assert_eq!(hours(&book, &regular, MARCH), 16, "of the team, not of interns");
    let colleague = RuleSubject { team: Some(id(2)), agent: Some(agent(2)), ..intern() };
    assert_eq!(hours(&book, &colleague, MARCH), 15);
    let elsewhere = RuleSubject { site: Some(site(2)), team: None, agent: None, ..intern() };
    assert_eq!(hours(&book, &elsewhere, MARCH), 14, "the network's, for interns");
    assert_eq!(hours(&book, &RuleSubject::site(site(2)), MARCH), 12);
    assert_eq!(hours(&book, &RuleSubject::NETWORK, MARCH), 12);
}

#[test]
fn of_each_attachment_the_latest_version_that_has_begun_is_in_force() {
    let team = RuleAttachment::Team(id(1));
    let mut sets = all();
    sets.push(set(7, team, date(2026, 3, 9), RuleContent::Overlay(vec![rest(9)])));
    sets.push(set(8, team, date(2026, 3, 9), RuleContent::Overlay(vec![rest(10)])));
    sets.push(set(9, team, date(2026, 3, 16), RuleContent::Overlay(Vec::new())));
    let book = RuleBook::new(sets);
    let member = RuleSubject { agent: None, ..intern() };
    let of = |day| hours(&book, &member, date(2026, 3, day));
    assert_eq!([8, 9, 16].map(of), [16, 10, 15], "the last says nothing of it any more");
}

#[test]
fn a_team_starts_early_and_has_all_else_as_the_site() {
    let team =
        set(2, RuleAttachment::Team(id(1)), JANUARY, RuleContent::Overlay(vec![starts(7, 10)]));
    let mut book = RuleBook::new([team]);
    let of_team = |book: &RuleBook| book.effective(&intern(), MARCH).rules.limits;
    let band = of_team(&book).start_band;
    assert_eq!(band.limit.start.map(|it| it.from), Some(time(7, 0, 0, 0)));
    assert_eq!(of_team(&book).min_rest.limit, 11 * HOUR);
    book.add(set(3, RuleAttachment::Site(site(1)), JANUARY, whole(12)));
    assert_eq!(of_team(&book).min_rest.limit, 12 * HOUR, "what the site changes, it has too");
    assert_eq!(of_team(&book).start_band, band);
}

#[test]
fn kinds_of_contracts_are_stored_as_the_files_name_them() {
    for kind in ContractKind::ALL {
        assert_eq!(serde_json::to_value(kind).expect("json"), kind.as_str());
        assert_eq!(ContractKind::parse(kind.as_str()), Some(kind));
    }
}

#[test]
fn records_name_every_set_that_has_a_say() {
    let book = RuleBook::new(all());
    let rules = book.effective(&intern(), MARCH).rules;
    let versions: Vec<i32> = rules.parts().map(|(_, version)| version).collect();
    assert_eq!(versions, [2, 3, 4, 5, 6]);
    assert_eq!(rules.id, id(6));
}

#[test]
fn a_week_is_judged_by_what_its_monday_has() {
    let mut world = World::march().only(RuleCode::StartBand);
    world.plan(1).team = Some(id(1));
    for (number, start) in
        [(1, "2026-03-04T12:00"), (1, "2026-03-11T12:00"), (2, "2026-03-11T12:00")]
    {
        world.works(number, start, 8.0);
    }
    let base = RuleContent::Whole(Box::new(world.rules.limits.clone()));
    let book = RuleBook::new([
        set(1, RuleAttachment::Site(site(1)), JANUARY, base),
        // From the Tuesday: the week of the Monday before has it not yet.
        set(
            2,
            RuleAttachment::Team(id(1)),
            date(2026, 3, 3),
            RuleContent::Overlay(vec![starts(7, 10)]),
        ),
    ]);
    let days = (date(2026, 3, 2), date(2026, 3, 29));
    book.give(site(1), days, world.roster.plans.values_mut());
    let found = world.judge();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].agent, Some(agent(1)));
    assert_eq!(found[0].span.start(), world.at("2026-03-11T12:00"));
    assert!(world.roster.plans[&agent(2)].rules.is_empty(), "nobody else has own rules");
}

#[test]
fn what_cannot_be_kept_together_is_told_with_whom_and_the_mending_value() {
    let week = change(RuleCode::WorkDaysWeek, None, Some(Bounds::between(6, 6)));
    let book = RuleBook::new([
        set(1, RuleAttachment::Team(id(1)), JANUARY, RuleContent::Overlay(vec![week])),
        set(
            2,
            RuleAttachment::ContractKind { site: None, kind: ContractKind::Intern },
            // Later than what is asked from.
            date(2026, 4, 1),
            RuleContent::Overlay(vec![change(
                RuleCode::ConsecutiveDays,
                None,
                Some(Bounds::at_most(4)),
            )]),
        ),
    ]);
    let regular = RuleSubject { kind: Some(ContractKind::Regular), ..intern() };
    let told = |subjects: &[RuleSubject]| {
        let uses: Vec<RuleUse> = subjects.iter().copied().map(RuleUse::from).collect();
        book.contradictions(&uses, MARCH, RuleLimits::clone)
    };
    assert_eq!(told(&[RuleSubject::site(site(1)), regular]), [], "each alone can be kept");
    let found = told(&[RuleSubject::site(site(1)), regular, intern()]);
    assert_eq!(found[0].subject, intern());
    assert_eq!(found[0].contradiction.mends, RuleCode::WorkDaysWeek);
    assert_eq!(found[0].contradiction.value.to_string(), "5 days");
}

#[test]
fn rules_by_which_a_contract_cannot_be_fulfilled_contradict_it() {
    let book = RuleBook::new([set(
        1,
        RuleAttachment::Team(id(1)),
        JANUARY,
        RuleContent::Overlay(vec![change(
            RuleCode::PaidTimeWeek,
            None,
            Some(Bounds::at_most(30 * HOUR)),
        )]),
    )]);
    let contract = Some(ContractTerms::full_time());
    let other =
        RuleUse { subject: RuleSubject { team: None, ..intern() }, contract: contract.clone() };
    let member = RuleUse { subject: intern(), contract };
    assert_eq!(book.contradictions(std::slice::from_ref(&other), MARCH, RuleLimits::clone), []);
    let found = book.contradictions(&[other, member], MARCH, RuleLimits::clone);
    assert_eq!(found[0].subject, intern());
    assert_eq!(found[0].contradiction.mends, RuleCode::PaidTimeWeek);
    assert_eq!(found[0].contradiction.value.to_string(), "40 h");
}

fn attachments() -> impl Strategy<Value = RuleAttachment> {
    prop_oneof![
        Just(RuleAttachment::ContractKind { site: None, kind: ContractKind::Intern }),
        Just(RuleAttachment::ContractKind { site: Some(site(1)), kind: ContractKind::Intern }),
        Just(RuleAttachment::Team(id(1))),
        Just(RuleAttachment::Agent(agent(1))),
    ]
}

fn changes() -> impl Strategy<Value = RuleChange> {
    let severity = prop::option::of(prop::sample::select(Severity::ALL.to_vec()));
    let rule = prop::sample::select(RuleCode::ALL.to_vec());
    (rule, severity).prop_map(|(rule, severity)| change(rule, severity, None))
}

proptest! {
    #[test]
    fn an_overlay_that_sets_nothing_changes_nothing(
        attachment in attachments(),
        others in 0usize..=6,
        starts in "2026-03-0[2-9]T(0[5-9]|1[0-9]):00",
    ) {
        let sets = all();
        let mut book = RuleBook::new(sets[..others].iter().filter(|it| it.attachment != attachment).cloned());
        let before = book.clone();
        book.add(set(9, attachment, JANUARY, RuleContent::Overlay(Vec::new())));
        prop_assert_eq!(book.effective(&intern(), MARCH), before.effective(&intern(), MARCH));
        // And no roster is judged otherwise.
        let judged = |book: &RuleBook| {
            let mut world = World::march();
            world.plan(1).team = Some(id(1));
            world.plan(1).contract.kind = ContractKind::Intern;
            world.works(1, "2026-03-05T14:00", 8.0);
            world.works(1, &starts, 8.0);
            let days = (date(2026, 3, 2), date(2026, 3, 29));
            book.give(site(1), days, world.roster.plans.values_mut());
            let rules = book.effective(&RuleSubject::site(site(1)), days.0).rules;
            let context = CheckContext::new(&world.roster, &rules, world.now);
            check(&context, &Change::default())
        };
        prop_assert_eq!(judged(&book), judged(&before));
    }

    #[test]
    fn a_rule_that_no_overlay_names_is_that_of_the_whole_set(
        overlays in prop::collection::vec((attachments(), prop::collection::vec(changes(), 0..4)), 0..5),
    ) {
        let named: BTreeSet<RuleCode> =
            overlays.iter().flat_map(|it| &it.1).map(|it| it.rule).collect();
        let numbered = (10..).zip(overlays);
        let sets = numbered.map(|(number, (attachment, changes))| {
            set(number, attachment, JANUARY, RuleContent::Overlay(changes))
        });
        let found = RuleBook::new(sets).effective(&intern(), MARCH);
        let base = RuleLimits::default();
        for &rule in RuleCode::ALL.iter().filter(|rule| !named.contains(*rule)) {
            prop_assert_eq!(found.rules.limits.severity(rule), base.severity(rule));
            prop_assert_eq!(found.rules.limits.bounds(rule), base.bounds(rule));
            prop_assert_eq!(found.origin(rule).attachment, None);
        }
    }
}
