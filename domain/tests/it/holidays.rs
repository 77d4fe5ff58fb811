//! The public calendar that a planner of the Israeli bank had for 1999.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

/// Days of the Jewish calendar and of the state, with their kind.
pub(crate) fn israel_1999() -> BTreeMap<Date, String> {
    let kinds: [(&str, &[(i8, i8)]); 5] = [
        // Passover, Pentecost, New Year, Atonement, Tabernacles, Rejoicing of the Law.
        ("feast", &[(4, 1), (4, 7), (5, 21), (9, 11), (9, 12), (9, 20), (9, 25), (10, 2)]),
        ("eve", &[(3, 31), (4, 6), (5, 20), (9, 10), (9, 19), (9, 24), (10, 1)]),
        // Working days within Passover and Tabernacles.
        ("half_feast", &[(4, 2), (4, 4), (4, 5), (9, 26), (9, 27), (9, 28), (9, 29), (9, 30)]),
        ("state", &[(4, 20), (4, 21)]),
        ("fast", &[(7, 22)]),
    ];
    kinds
        .iter()
        .flat_map(|(kind, days)| {
            days.iter().map(|(month, day)| (date(1999, *month, *day), (*kind).to_owned()))
        })
        .collect()
}
