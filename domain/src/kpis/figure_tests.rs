use super::*;
use crate::kpis::{definition, displayed};

const AT_20: ServiceLevelSetting =
    ServiceLevelSetting { method: ServiceLevelMethod::Offered, threshold_seconds: 20 };

fn contacts(values: &[(&'static str, i64)]) -> Contacts {
    let values = values.iter().map(|(name, value)| (*name, Decimal::from(*value)));
    Contacts {
        sums: MeasureSet::from_named(values).expect("measures"),
        method: ServiceLevelMethod::Offered,
        threshold_seconds: Some(20),
        waits: None,
    }
}

fn site([offered, in_time, abandoned, responses, top2]: [i64; 5]) -> Figures {
    let recorded = [("survey_responses", responses), ("survey_top2", top2)]
        .map(|(name, value)| (name, Decimal::from(value)));
    Figures {
        contacts: vec![contacts(&[
            ("calls_offered", offered),
            ("calls_answered", offered - abandoned),
            ("calls_answered_in_threshold", in_time),
            ("calls_abandoned", abandoned),
        ])],
        recorded: MeasureSet::from_named(recorded).expect("measures"),
    }
}

/// Guangzhou, Chengdu and Shenyang in March 2026.
fn march() -> Vec<Figures> {
    vec![
        site([20_000, 16_400, 560, 2_000, 1_760]),
        site([12_000, 9_000, 600, 900, 720]),
        site([3_000, 2_760, 45, 150, 141]),
    ]
}

/// Waits of Chengdu: 8,100 answered within 20 s, 9,000 within 40.
fn chengdu() -> WaitHistogram {
    let mut waits = WaitHistogram::default();
    waits.answered[..7].copy_from_slice(&[5_000, 1_500, 900, 700, 600, 300, 2_400]);
    waits.abandoned[6] = 600;
    waits
}

fn of(code: &str, sites: &[Figures]) -> Figure {
    figure(definition(code).expect("kpi"), &sites.iter().collect::<Vec<_>>(), AT_20)
}

fn level(sites: &[Figures]) -> Figure {
    of("service_level", sites)
}

fn shown(value: Option<Decimal>) -> String {
    displayed(value.expect("a value")).normalize().to_string()
}

#[test]
fn the_network_is_a_ratio_of_sums_and_not_the_mean_of_its_sites() {
    let cases = [
        ("service_level", ["82", "75", "92"], "80.46", "83", Status::Green),
        ("abandonment_rate", ["2.8", "5", "1.5"], "3.44", "3.1", Status::Amber),
        ("csat_top2", ["88", "80", "94"], "85.93", "87.33", Status::Green),
    ];
    for (code, values, network, mean, status) in cases {
        let sites = march();
        let own: Vec<_> = sites.chunks(1).map(|site| shown(of(code, site).value)).collect();
        assert_eq!(own, values, "{code}");
        let whole = of(code, &sites);
        assert_eq!(shown(whole.value), network, "{code}");
        assert_ne!(shown(whole.value), mean, "{code}");
        assert_eq!(whole.status(&definition(code).expect("kpi").target), status, "{code}");
        assert!(whole.is_comparable());
        assert_eq!(whole.comparable_value(), whole.value, "{code}");
    }
}

#[test]
fn a_site_with_another_threshold_is_marked_and_valued_from_its_waits() {
    let mut sites = march();
    sites[1].contacts[0].threshold_seconds = Some(40);
    sites[1].contacts[0].waits = Some(chengdu());
    let own = level(&sites[1..2]);
    assert_eq!(own.value, Some(75.into()));
    assert!(!own.is_comparable());
    assert_eq!(shown(own.comparable_value()), "67.5");
    let network = level(&sites);
    assert_eq!(shown(network.comparable_value()), "77.89");
    assert_eq!(network.service_level.expect("level").comparable_percent, Some(100.into()));
    assert_eq!(network.service_level.expect("level").threshold_seconds, None);
    assert_eq!(network.status(&definition("service_level").expect("kpi").target), Status::Info);
}

#[test]
fn without_waits_there_is_no_comparable_value_and_it_is_said_how_much_is_covered() {
    let mut sites = march();
    sites[1].contacts[0].threshold_seconds = Some(40);
    let network = level(&sites).service_level.expect("level");
    assert_eq!(network.comparable_value, None);
    assert_eq!(shown(network.comparable_percent), "65.71", "23,000 of 35,000");
}

#[test]
fn waits_give_the_level_by_any_method_at_any_border() {
    let mut site = march().remove(1);
    let part = &mut site.contacts[0];
    let mut waits = chengdu();
    waits.abandoned = [0; WaitHistogram::BINS];
    waits.abandoned[0] = 200;
    waits.abandoned[5] = 400;
    part.waits = Some(waits);
    part.sums.set(Measure::named("calls_abandoned_short").expect("measure"), 200.into());
    let kpi = definition("service_level").expect("kpi");
    let at = |method, threshold_seconds| {
        let setting = ServiceLevelSetting { method, threshold_seconds };
        figure(kpi, &[&site], setting).comparable_value().map(|it| shown(Some(it)))
    };
    use ServiceLevelMethod::*;
    for (method, threshold, expected) in [
        (Offered, 40, "75"),
        (AnsweredOnly, 40, "78.95"),
        (AbandonIgnored, 40, "78.95"),
        (AbandonPositive, 40, "80"),
        (ShortExcluded, 40, "76.27"),
        (Offered, 5, "41.67"),
        (AbandonIgnored, 5, "42.37"),
    ] {
        assert_eq!(at(method, threshold).as_deref(), Some(expected), "{method:?} {threshold}");
    }
    assert_eq!(at(Offered, 25), None, "no border");
}

#[test]
fn parts_with_other_methods_are_each_divided_by_their_own() {
    let mut sites = march();
    sites[1].contacts[0].method = ServiceLevelMethod::AnsweredOnly;
    let network = level(&sites);
    assert_eq!(network.denominator, Some((20_000 + 11_400 + 3_000).into()));
    assert_eq!(network.service_level.expect("level").method, None);
    assert!(!network.is_comparable());
    assert_eq!(shown(network.comparable_value()), "80.46", "the counts give any method");
}

#[test]
fn a_count_unknown_at_one_site_leaves_no_ratio_that_divides_by_its_contacts() {
    let mut sites = march();
    let abandoned = Measure::named("calls_abandoned").expect("measure");
    sites[2].contacts[0].sums.remove(abandoned);
    let rate = of("abandonment_rate", &sites);
    assert_eq!((rate.value, rate.numerator), (None, None));
    assert_eq!(rate.denominator, Some(35_000.into()));
    assert_eq!(shown(level(&sites).value), "80.46");
}

#[test]
fn what_was_lost_before_it_reached_a_site_needs_no_threshold() {
    let mut sites = march();
    let mut lost = contacts(&[
        ("calls_offered", 1_000),
        ("calls_answered", 0),
        ("calls_answered_in_threshold", 0),
        ("calls_abandoned", 1_000),
    ]);
    lost.threshold_seconds = None;
    sites.push(Figures { contacts: vec![lost], recorded: MeasureSet::default() });
    let network = level(&sites);
    assert!(network.is_comparable());
    assert_eq!(shown(network.comparable_value()), "78.22");
    assert_eq!(network.value, network.comparable_value());
    assert_eq!(network.service_level.expect("level").threshold_seconds, Some(20));
}

#[test]
fn a_site_before_its_first_interval_shows_no_data_and_changes_nothing() {
    let mut sites = march();
    sites.push(Figures::default());
    let target = definition("service_level").expect("kpi").target;
    let new = level(&sites[3..]);
    assert_eq!((new.status(&target), new.is_comparable()), (Status::NoData, true));
    assert_eq!(shown(level(&sites).comparable_value()), "80.46");
}

#[test]
fn a_day_without_contacts_is_a_zero_and_changes_no_threshold() {
    let mut sites = march();
    let mut quiet = contacts(&[("calls_offered", 0), ("calls_answered", 0)]);
    quiet.threshold_seconds = None;
    sites[0].contacts.push(quiet.clone());
    assert_eq!(shown(level(&sites).value), "80.46");
    assert!(level(&sites).is_comparable());
    let silent = [Figures { contacts: vec![quiet], recorded: MeasureSet::default() }];
    assert_eq!(silent[0].sums().get(Measure::named("calls_offered").expect("it")), Some(0.into()));
}
