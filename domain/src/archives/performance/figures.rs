use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde::{Deserialize, Serialize};

use super::KpiSnapshot;
use crate::kpis::{CATALOGUE, KpiDefinition, Level, Measure, MeasureSet};

/// Version of the definitions in the catalogue.
const KPI_VERSION: u32 = 1;

/// What the system itself has counted of a month: sums, and the ratios of these sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthFigures {
    /// First local day of the month.
    pub from: Date,
    /// Last local day.
    pub to: Date,
    /// Sums by the names of the catalogue; what is unknown is not among them.
    pub sums: BTreeMap<String, Decimal>,
    /// Every KPI that agents have, in the order of the catalogue; without a value where a sum is
    /// unknown.
    pub kpis: Vec<KpiSnapshot>,
}

impl MonthFigures {
    /// The figures of sums.
    #[must_use]
    pub fn of(from: Date, to: Date, sums: &MeasureSet) -> Self {
        let named =
            |measure: Measure| Some((measure.name().to_owned(), sums.get(measure)?.normalize()));
        let of_agents = CATALOGUE.iter().filter(|kpi| kpi.levels.contains(&Level::Agent));
        let snapshot = |kpi: &KpiDefinition| KpiSnapshot {
            kpi: kpi.code.clone(),
            kpi_version: KPI_VERSION,
            from,
            to,
            n: observations(kpi, sums),
            value: kpi.value(sums).map(|it| it.normalize()),
        };
        Self {
            from,
            to,
            sums: Measure::all().filter_map(named).collect(),
            kpis: of_agents.map(snapshot).collect(),
        }
    }
}

/// What the value is counted over: calls, evaluations, shifts or seconds below the line of a ratio,
/// else the value itself; 0 without one.
fn observations(kpi: &KpiDefinition, sums: &MeasureSet) -> u64 {
    let below = match kpi.formula.ratio() {
        Some((_, below)) => below.evaluate(sums),
        None => kpi.value(sums),
    };
    below.and_then(|it| it.to_u64()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn ratios_are_those_of_the_sums_and_what_is_unknown_has_no_value() {
        let sums = [("adherent_seconds", 9_000), ("scheduled_seconds", 10_000)];
        let sums = MeasureSet::from_named(sums.map(|(name, value)| (name, value.into())));
        let (from, to) = (date(2026, 2, 1), date(2026, 2, 28));
        let figures = MonthFigures::of(from, to, &sums.expect("measures"));
        let found = |code: &str| figures.kpis.iter().find(|it| it.kpi == code).expect("a KPI");
        let adherence = found("schedule_adherence");
        assert_eq!((adherence.value, adherence.n), (Some(90.into()), 10_000));
        let handle_time = found("avg_handle_time");
        assert_eq!((handle_time.value, handle_time.n), (None, 0));
        assert_eq!(figures.sums.len(), 2);
        // A queue's level of service is none of an agent's figures.
        assert!(figures.kpis.iter().all(|it| it.kpi != "service_level"));
    }
}
