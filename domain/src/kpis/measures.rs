//! Base measures and their sums.

use std::{collections::BTreeMap, sync::LazyLock};

use rust_decimal::Decimal;

/// A base measure of the catalogue, such as `calls_offered`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Measure(u16);

/// Along what sets of measures are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axis {
    /// Consecutive periods of one scope, earliest first.
    Time,
    /// Scopes of one period: agents, teams, queues or sites.
    Scopes,
}

/// How a measure is put together along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Sum,
    Maximum,
    /// The value of the latest part.
    Last,
    /// Mean over the parts, weighted by `period_days` where every part has it.
    Mean,
    /// Mean weighted by the forecast volume.
    WeightedByForecast,
    /// Counts of distinct things cannot be put together: they have to be counted again.
    Recount,
    /// A setting: stays when all parts agree.
    Same,
}

struct MeasureRow {
    name: String,
    unit: String,
    over_time: Rule,
    over_scopes: Rule,
}

static MEASURES: LazyLock<Vec<MeasureRow>> = LazyLock::new(|| {
    super::catalogue::rows(include_str!("measures.csv"), |cell| MeasureRow {
        name: cell("name").into(),
        unit: cell("unit").into(),
        over_time: rule(cell("over_time")),
        over_scopes: rule(cell("over_sites")),
    })
});

fn rule(code: &str) -> Rule {
    match code {
        "SUM" => Rule::Sum,
        "MAXIMUM" => Rule::Maximum,
        "LAST" => Rule::Last,
        "MEAN" => Rule::Mean,
        "WEIGHTED" => Rule::WeightedByForecast,
        "RECOUNT" => Rule::Recount,
        "SAME" => Rule::Same,
        _ => unreachable!("the measures compiled in are tested: {code}"),
    }
}

impl Measure {
    /// The measure of this name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        static BY_NAME: LazyLock<BTreeMap<&'static str, Measure>> =
            LazyLock::new(|| Measure::all().map(|measure| (measure.name(), measure)).collect());
        BY_NAME.get(name).copied()
    }

    /// All measures.
    pub fn all() -> impl Iterator<Item = Self> {
        (0_u16..).take(MEASURES.len()).map(Self)
    }

    /// Name in code, snake case.
    #[must_use]
    pub fn name(self) -> &'static str {
        &MEASURES[usize::from(self.0)].name
    }

    /// What is counted: calls, seconds, people, CNY.
    #[must_use]
    pub fn unit(self) -> &'static str {
        &MEASURES[usize::from(self.0)].unit
    }

    fn rule(self, axis: Axis) -> Rule {
        let row = &MEASURES[usize::from(self.0)];
        match axis {
            Axis::Time => row.over_time,
            Axis::Scopes => row.over_scopes,
        }
    }
}

/// Sums of measures of one scope and period. A measure that is not there is missing, not 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeasureSet(BTreeMap<Measure, Decimal>);

impl MeasureSet {
    /// A set from names; the first unknown name is the error.
    ///
    /// # Errors
    /// The name that is no measure.
    pub fn from_named<'a>(
        values: impl IntoIterator<Item = (&'a str, Decimal)>,
    ) -> Result<Self, &'a str> {
        values
            .into_iter()
            .map(|(name, value)| Measure::named(name).map(|measure| (measure, value)).ok_or(name))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The sum of a measure, `None` when it is missing.
    #[must_use]
    pub fn get(&self, measure: Measure) -> Option<Decimal> {
        self.0.get(&measure).copied()
    }

    /// Sets the sum of a measure.
    pub fn set(&mut self, measure: Measure, value: Decimal) {
        self.0.insert(measure, value);
    }

    /// Makes a measure unknown.
    pub fn remove(&mut self, measure: Measure) {
        self.0.remove(&measure);
    }

    /// Whether nothing was measured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts sets together, each measure by its own rule: most are added, head counts are averaged
    /// over time, runs of days take the maximum, distinct counts are dropped because they must be
    /// counted again. A part in which a measure is missing adds nothing to it.
    #[must_use]
    pub fn roll_up<'a>(parts: impl IntoIterator<Item = &'a Self>, axis: Axis) -> Self {
        let parts: Vec<&Self> = parts.into_iter().collect();
        if let [only] = parts[..] {
            return only.clone();
        }
        let together = Measure::all().filter_map(|measure| {
            let with: Vec<&Self> =
                parts.iter().copied().filter(|part| part.0.contains_key(&measure)).collect();
            let values: Vec<Decimal> = with.iter().filter_map(|part| part.get(measure)).collect();
            combine(measure.rule(axis), &with, &values).map(|value| (measure, value))
        });
        Self(together.collect())
    }

    /// This set and another of the same period, put together along `axis`.
    #[must_use]
    pub fn merge(&self, other: &Self, axis: Axis) -> Self {
        Self::roll_up([self, other], axis)
    }
}

impl FromIterator<(Measure, Decimal)> for MeasureSet {
    /// Values of the same measure are added.
    fn from_iter<I: IntoIterator<Item = (Measure, Decimal)>>(values: I) -> Self {
        let mut set = Self::default();
        for (measure, value) in values {
            let sum = set.0.entry(measure).or_default();
            *sum = sum.saturating_add(value);
        }
        set
    }
}

/// `values` of one measure in the parts that have it; `None` when there is none or no way.
fn combine(rule: Rule, parts: &[&MeasureSet], values: &[Decimal]) -> Option<Decimal> {
    let first = *values.first()?;
    match rule {
        Rule::Sum => values.iter().try_fold(Decimal::ZERO, |sum, value| sum.checked_add(*value)),
        Rule::Maximum => values.iter().copied().max(),
        Rule::Last => values.last().copied(),
        Rule::Mean => weighted(parts, values, "period_days")
            .or_else(|| weighted_by(values, &vec![Decimal::ONE; values.len()])),
        Rule::WeightedByForecast => weighted(parts, values, "forecast_calls"),
        Rule::Recount => None,
        Rule::Same => values.iter().all(|value| *value == first).then_some(first),
    }
}

fn weighted(parts: &[&MeasureSet], values: &[Decimal], weight: &str) -> Option<Decimal> {
    let weight = Measure::named(weight)?;
    let weights: Option<Vec<Decimal>> = parts.iter().map(|part| part.get(weight)).collect();
    weighted_by(values, &weights?)
}

fn weighted_by(values: &[Decimal], weights: &[Decimal]) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    let mut total = Decimal::ZERO;
    for (value, weight) in values.iter().zip(weights) {
        sum = sum.checked_add(value.checked_mul(*weight)?)?;
        total = total.checked_add(*weight)?;
    }
    sum.checked_div(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpis::{definition, displayed};

    fn set(values: &[(&'static str, i64)]) -> MeasureSet {
        MeasureSet::from_named(values.iter().map(|(name, value)| (*name, (*value).into())))
            .expect("measures")
    }

    fn get(set: &MeasureSet, name: &str) -> Option<Decimal> {
        set.get(Measure::named(name).expect("measure"))
    }

    #[test]
    fn every_measure_compiled_in_has_known_rules_and_its_own_name() {
        let names: std::collections::BTreeSet<_> = Measure::all().map(Measure::name).collect();
        assert_eq!(names.len(), 132);
        assert!(Measure::all().all(|measure| !measure.unit().is_empty()));
    }

    #[test]
    fn heads_are_averaged_over_time_by_days_and_added_over_sites() {
        let february = set(&[("headcount_avg", 200), ("period_days", 28), ("separations", 4)]);
        let march = set(&[("headcount_avg", 259), ("period_days", 31), ("separations", 2)]);
        let both = february.merge(&march, Axis::Time);
        assert_eq!(get(&both, "headcount_avg"), Some(Decimal::new(231, 0)));
        assert_eq!(get(&both, "period_days"), Some(59.into()));
        assert_eq!(get(&both, "separations"), Some(6.into()));
        let sites = february.merge(&february, Axis::Scopes);
        assert_eq!(get(&sites, "headcount_avg"), Some(400.into()));
        assert_eq!(get(&sites, "period_days"), Some(28.into()));
    }

    #[test]
    fn handle_time_forecasts_are_weighted_by_their_calls() {
        let quiet = set(&[("forecast_aht_seconds", 100), ("forecast_calls", 10)]);
        let busy = set(&[("forecast_aht_seconds", 200), ("forecast_calls", 30)]);
        let both = quiet.merge(&busy, Axis::Scopes);
        assert_eq!(get(&both, "forecast_aht_seconds"), Some(175.into()));
    }

    #[test]
    fn distinct_customers_must_be_counted_again() {
        let month = set(&[("customers_served", 10), ("longest_wait_seconds", 90)]);
        let both =
            month.merge(&set(&[("customers_served", 5), ("longest_wait_seconds", 70)]), Axis::Time);
        assert_eq!(get(&both, "customers_served"), None);
        assert_eq!(get(&both, "longest_wait_seconds"), Some(90.into()));
    }

    #[test]
    fn a_site_without_data_changes_no_network_value() {
        let old = set(&[("calls_offered", 35_000), ("calls_answered", 33_000)]);
        assert_eq!(old.merge(&MeasureSet::default(), Axis::Scopes), old);
    }

    #[test]
    fn the_promotion_day_is_valued_from_its_sums() {
        let half_hours = [
            (180, 210, 96, 25, 30),
            (198, 215, 155, 10, 17),
            (189, 190, 163, 3, 1),
            (171, 170, 150, 1, 1),
        ]
        .map(|(forecast, offered, in_time, abandoned, error)| {
            set(&[
                ("forecast_calls", forecast),
                ("actual_calls", offered),
                ("calls_offered", offered),
                ("calls_answered_in_threshold", in_time),
                ("calls_abandoned", abandoned),
                ("forecast_abs_error_calls", error),
            ])
        });
        let two_hours = MeasureSet::roll_up(&half_hours, Axis::Time);
        let shown = |code: &str, sums: &MeasureSet| {
            let value = definition(code).and_then(|kpi| kpi.value(sums)).expect("value");
            displayed(value).to_string()
        };
        let levels = half_hours.each_ref().map(|sums| shown("service_level", sums));
        assert_eq!(levels, ["45.71", "72.09", "85.79", "88.24"]);
        // Not 72.96, the mean of the four.
        assert_eq!(shown("service_level", &two_hours), "71.85");
        assert_eq!(shown("abandonment_rate", &two_hours), "4.97");
        assert_eq!(shown("forecast_accuracy", &two_hours), "93.76");
        assert_eq!(shown("forecast_bias", &two_hours), "-5.99");
    }

    #[test]
    fn turnover_of_may_is_annualised_by_the_days_of_may() {
        let may = set(&[("separations", 4), ("headcount_avg", 200), ("period_days", 31)]);
        let shown = |code: &str| definition(code).and_then(|kpi| kpi.value(&may)).map(displayed);
        assert_eq!(shown("agent_turnover_rate"), Some(2.into()));
        assert_eq!(shown("agent_turnover_rate_annualised"), Some(Decimal::new(2355, 2)));
    }

    #[test]
    fn a_misspelt_measure_is_named() {
        let wrong = MeasureSet::from_named([("calls_offerred", Decimal::ONE)]);
        assert_eq!(wrong, Err("calls_offerred"));
    }
}
