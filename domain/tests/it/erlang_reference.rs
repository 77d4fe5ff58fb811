//! The Erlang formulas against values computed with 60 digits.

use trunkline_domain::staffing::{Mean, Traffic, blocking};

use crate::shared_data;

/// Largest relative error allowed.
const TOLERANCE: f64 = 1e-10;

fn relative_error(expected: f64, actual: f64) -> f64 {
    if expected == actual { 0.0 } else { (actual - expected).abs() / expected.abs() }
}

fn finite(mean: Mean) -> f64 {
    mean.finite().expect("every reference case is stable")
}

#[test]
fn every_reference_value_is_met_to_ten_digits() {
    let Some(path) = shared_data::path("erlang_reference.csv") else { return };
    let mut reader = csv::Reader::from_path(path).expect("readable file");
    let header = reader.headers().expect("header").clone();
    let column = |name: &str| header.iter().position(|column| column == name).expect(name);
    let mut compared = 0;
    let mut worst = (0.0, String::new());
    for row in reader.records() {
        let row = row.expect("row");
        let number = |name: &str| row[column(name)].parse::<f64>().ok();
        let given = |name: &str| number(name).expect(name);
        let (agents, erlangs) = (given("servers"), given("offered_erlangs"));
        let figures: Vec<(&str, f64)> = if &row[column("model")] == "B" {
            vec![("p_block", blocking(agents, erlangs))]
        } else {
            let traffic = Traffic::new(erlangs, given("aht_s"), number("patience_s"));
            let figures = traffic.expect("traffic").performance(agents, given("threshold_s"));
            vec![
                ("p_wait", figures.p_wait),
                ("asa_s", finite(figures.asa_seconds)),
                ("service_level", figures.service_level),
                ("p_abandon", figures.p_abandon),
                ("occupancy", figures.occupancy),
                ("mean_queue", finite(figures.mean_queue)),
            ]
        };
        for (name, actual) in figures {
            let expected = given(name);
            let error = relative_error(expected, actual);
            compared += 1;
            if error > worst.0 {
                let case = format!("{} n={agents} a={erlangs} {name}", &row[column("model")]);
                worst = (error, format!("{case}: expected {expected}, got {actual}"));
            }
        }
    }
    eprintln!("{compared} values, worst relative error {:e} at {}", worst.0, worst.1);
    assert_eq!(compared, 12 + 26 * 6);
    assert!(worst.0 <= TOLERANCE, "{worst:?}");
}
