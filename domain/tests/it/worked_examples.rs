//! KPIs, statuses and requirements against the worked examples of the specification.

use std::{collections::BTreeMap, path::PathBuf, str::FromStr};

use rust_decimal::Decimal;
use trunkline_domain::{
    kpis::{Axis, MeasureSet, ServiceLevelMethod, Status, Target, definition},
    staffing::{Demand, Goal, Shrinkage, StaffingPlan},
};

type Inputs = BTreeMap<String, String>;

fn path() -> Option<PathBuf> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec/worked_examples.csv");
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is not there", path.display());
    None
}

fn number<T: FromStr>(inputs: &Inputs, name: &str) -> Option<T> {
    inputs.get(name)?.parse().ok()
}

fn given<T: FromStr>(inputs: &Inputs, name: &str) -> T {
    number(inputs, name).unwrap_or_else(|| panic!("{name} in {inputs:?}"))
}

fn measures<'a>(inputs: impl IntoIterator<Item = (&'a str, &'a String)>) -> MeasureSet {
    let values = inputs.into_iter().map(|(name, value)| (name, value.parse().expect("number")));
    MeasureSet::from_named(values).expect("known measures")
}

fn value(code: &str, inputs: &Inputs) -> Option<Decimal> {
    let sums =
        measures(inputs.iter().filter(|(name, _)| *name != "method").map(|(n, v)| (n.as_str(), v)));
    match inputs.get("method") {
        Some(method) => ServiceLevelMethod::from_code(method).expect("method").value(&sums),
        None => definition(code).expect("kpi").value(&sums),
    }
}

fn rollup(code: &str, inputs: &Inputs) -> Option<Decimal> {
    let axis = if inputs["axis"] == "time" { Axis::Time } else { Axis::Scopes };
    let mut parts: BTreeMap<&str, Vec<(&str, &String)>> = BTreeMap::new();
    for (name, value) in inputs {
        if let Some((part, measure)) = name.split_once('.') {
            parts.entry(part).or_default().push((measure, value));
        }
    }
    let parts: Vec<MeasureSet> = parts.into_values().map(measures).collect();
    definition(code).expect("kpi").value(&MeasureSet::roll_up(&parts, axis))
}

fn status(code: &str, inputs: &Inputs) -> Status {
    let direction = definition(code).expect("kpi").target.direction;
    assert_eq!(format!("{direction:?}").to_lowercase(), inputs["direction"], "{code}");
    let target = Target {
        direction,
        target_min: number(inputs, "target_min"),
        target_max: number(inputs, "target_max"),
        critical_min: number(inputs, "critical_min"),
        critical_max: number(inputs, "critical_max"),
    };
    target.status(number(inputs, "value"))
}

fn staffing(what: &str, inputs: &Inputs) -> f64 {
    if what == "scheduled_headcount" {
        let shrinkage = Shrinkage::new(given(inputs, "shrinkage")).expect("share");
        return f64::from(shrinkage.on_roster(given(inputs, "agents")).expect("roster"));
    }
    let demand = Demand {
        calls: given(inputs, "calls"),
        handle_seconds: given(inputs, "aht_seconds"),
        interval_seconds: given(inputs, "interval_seconds"),
    };
    let share = number(inputs, "target_percent").unwrap_or(80.0) / 100.0;
    let threshold = number(inputs, "threshold_seconds").unwrap_or(20.0);
    let plan = StaffingPlan {
        goal: Goal::service_level(share, threshold).expect("goal"),
        patience_seconds: None,
        minimum_agents: number(inputs, "minimum_agents").unwrap_or(0),
        shrinkage: Shrinkage::NONE,
    };
    if what == "erlang_c_required_agents" {
        return f64::from(plan.requirement(&demand).expect("requirement").on_phone);
    }
    let figures = plan.performance(&demand, given(inputs, "agents")).expect("figures");
    match what {
        "erlang_c_wait_probability" => figures.p_wait,
        "erlang_c_service_level_percent" => 100.0 * figures.service_level,
        "erlang_c_asa_seconds" => figures.asa_seconds.finite().expect("a stable queue"),
        _ => panic!("{what}"),
    }
}

#[test]
fn every_worked_example_of_kpis_and_staffing_holds() {
    let Some(path) = path() else { return };
    let mut reader = csv::Reader::from_path(path).expect("readable file");
    let mut held: BTreeMap<String, usize> = BTreeMap::new();
    let mut elsewhere: BTreeMap<String, usize> = BTreeMap::new();
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let row = row.expect("row");
        let (case, code, kind) = (&row["case_id"], row["kpi_code"].as_str(), row["kind"].as_str());
        let inputs: Inputs = row["inputs"]
            .split(';')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let actual = match kind {
            "value" => value(code, &inputs),
            "rollup" => rollup(code, &inputs),
            "staffing" => Decimal::try_from(staffing(code, &inputs)).ok(),
            "status" => {
                let name = format!("{:?}", status(code, &inputs)).to_uppercase();
                assert_eq!(name, row["expected"].replace('_', ""), "{case} {code}");
                *held.entry(kind.into()).or_default() += 1;
                continue;
            }
            // Work rules are judged by `schedules`, cards and evaluations by `archives`, bids by
            // `requests`: the rooms that own these rules hold their examples.
            "rule" | "score" => {
                *elsewhere.entry(kind.into()).or_default() += 1;
                continue;
            }
            _ => panic!("{case}: unknown kind {kind}"),
        };
        let expected =
            (row["expected"] != "null").then(|| row["expected"].parse().expect("number"));
        let tolerance: Decimal = row["tolerance"].parse().unwrap_or_default();
        match (actual, expected) {
            (Some(actual), Some(expected)) => {
                let off: Decimal = actual - expected;
                assert!(off.abs() <= tolerance, "{case} {code}: {actual} instead of {expected}");
            }
            (actual, expected) => assert_eq!(actual, expected, "{case} {code}"),
        }
        if let (Some(actual), Ok(trap)) = (actual, row["trap_value"].parse::<Decimal>()) {
            assert!(
                (actual - trap).abs() > tolerance,
                "{case} {code}: fell for {}",
                row["trap_note"]
            );
        }
        *held.entry(kind.into()).or_default() += 1;
    }
    let counts = |counts: BTreeMap<String, usize>| counts.into_iter().collect::<Vec<_>>();
    let (held, elsewhere) = (counts(held), counts(elsewhere));
    eprintln!("held {held:?}, of other rooms {elsewhere:?}");
    assert_eq!(held.iter().chain(&elsewhere).map(|(_, count)| count).sum::<usize>(), 119);
}

#[test]
fn the_catalogue_says_what_the_specification_says() {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec/kpi_catalogue.csv");
    if !path.exists() {
        eprintln!("SKIPPED: {} is not there", path.display());
        return;
    }
    let mut seen = 0;
    let mut reader = csv::Reader::from_path(path).expect("readable file");
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let row = row.expect("row");
        let kpi = definition(&row["code"]).expect("a KPI");
        assert_eq!(kpi.formula.to_string(), row["formula"], "{}", kpi.code);
        assert_eq!(kpi.unit, row["unit"], "{}", kpi.code);
        let direction = format!("{:?}", kpi.target.direction).to_lowercase();
        assert_eq!(direction, row["direction"], "{}", kpi.code);
        for (name, end) in [
            ("target_min", kpi.target.target_min),
            ("target_max", kpi.target.target_max),
            ("critical_min", kpi.target.critical_min),
            ("critical_max", kpi.target.critical_max),
        ] {
            assert_eq!(end, row[name].parse().ok(), "{} {name}", kpi.code);
        }
        seen += 1;
    }
    assert_eq!(seen, 82);
}
