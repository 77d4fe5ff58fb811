//! The KPIs themselves: data compiled in, read once.

use std::{collections::BTreeMap, sync::LazyLock};

use rust_decimal::Decimal;

use super::{Axis, Direction, Formula, MeasureSet, Target};

/// Whom a KPI speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KpiClass {
    /// What customers notice.
    KeyCustomer,
    /// What makes it possible.
    OperationsSupport,
    /// Money.
    Financial,
}

/// What side of the operation a KPI measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the catalogue say it")]
pub enum Dimension {
    Accessibility,
    Efficiency,
    Quality,
    Satisfaction,
    Development,
    Cost,
    Revenue,
}

/// At what level a KPI has values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the glossary say it")]
pub enum Level {
    Agent,
    Team,
    Queue,
    Site,
    Tenant,
}

/// How the value of a group follows from its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregation {
    /// Measures are added, then divided once.
    RatioOfSums,
    /// A volume or an amount: it is the sum.
    Sum,
    /// The worst part: a limit per person that a mean or a sum would hide.
    Maximum,
    /// The value at the end of the period.
    PeriodEnd,
}

/// What stands where a value cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhenUndefined {
    /// No value while the denominator is 0.
    NullWithoutDenominator,
    /// 0 is a real value; no value only while the feed is missing.
    ZeroWithoutEvents,
    /// No value until the books of the month are closed.
    NullUntilMonthClosed,
}

/// One KPI of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KpiDefinition {
    /// Stable code, snake case.
    pub code: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Whom it speaks to.
    pub class: KpiClass,
    /// What side it measures.
    pub dimension: Dimension,
    /// Formula over sums of measures.
    pub formula: Formula,
    /// Other formulas in use, by name in UPPER_SNAKE; a value states which one it used.
    pub variants: Vec<(String, Formula)>,
    /// Unit of the value.
    pub unit: String,
    /// Default target and limits.
    pub target: Target,
    /// Levels at which it has values.
    pub levels: Vec<Level>,
    /// How groups are valued.
    pub aggregation: Aggregation,
    /// What stands where there is no value.
    pub when_undefined: WhenUndefined,
}

impl KpiDefinition {
    /// The value for measures already summed over the scope and period asked for; `None` when a
    /// measure is missing or the denominator is 0. Not rounded.
    #[must_use]
    pub fn value(&self, sums: &MeasureSet) -> Option<Decimal> {
        self.formula.evaluate(sums)
    }

    /// The formula of a variant, if there is one of this name.
    #[must_use]
    pub fn variant(&self, name: &str) -> Option<&Formula> {
        self.variants.iter().find(|(variant, _)| variant == name).map(|(_, formula)| formula)
    }

    /// The value of a group of scopes in one period: sums first and then the formula, or the worst
    /// part where the KPI is a limit per person.
    #[must_use]
    pub fn value_of_group(&self, parts: &[&MeasureSet]) -> Option<Decimal> {
        match self.aggregation {
            Aggregation::Maximum => parts.iter().filter_map(|part| self.value(part)).max(),
            Aggregation::RatioOfSums | Aggregation::Sum | Aggregation::PeriodEnd => {
                self.value(&MeasureSet::roll_up(parts.iter().copied(), Axis::Scopes))
            }
        }
    }
}

/// All KPIs, in the order of the catalogue.
pub static CATALOGUE: LazyLock<Vec<KpiDefinition>> = LazyLock::new(|| {
    rows(include_str!("catalogue.csv"), |cell| KpiDefinition {
        code: cell("code").into(),
        name_en: cell("name_en").into(),
        name_zh: cell("name_zh").into(),
        class: class(cell("class")),
        dimension: dimension(cell("dimension")),
        formula: formula(cell("formula")),
        variants: cell("variants")
            .split_terminator(';')
            .filter_map(|variant| variant.split_once('='))
            .map(|(name, text)| (name.into(), formula(text)))
            .collect(),
        unit: cell("unit").into(),
        target: Target {
            direction: direction(cell("direction")),
            target_min: cell("target_min").parse().ok(),
            target_max: cell("target_max").parse().ok(),
            critical_min: cell("critical_min").parse().ok(),
            critical_max: cell("critical_max").parse().ok(),
        },
        levels: cell("levels").split('/').map(level).collect(),
        aggregation: aggregation(cell("aggregation")),
        when_undefined: when_undefined(cell("when_undefined")),
    })
});

/// The KPI of a code, if there is one.
#[must_use]
pub fn definition(code: &str) -> Option<&'static KpiDefinition> {
    static BY_CODE: LazyLock<BTreeMap<&'static str, &'static KpiDefinition>> =
        LazyLock::new(|| CATALOGUE.iter().map(|kpi| (kpi.code.as_str(), kpi)).collect());
    BY_CODE.get(code).copied()
}

/// Cells of a row by the name of their column; a missing one is empty.
type Cells<'r> = dyn Fn(&str) -> &'r str + 'r;

/// Reads a table compiled in. `read` is given a look-up of cells by column name.
///
/// Such a table is part of the program: a cell that cannot be read is a defect that the tests of
/// this room find, not an input that a caller could mend.
pub(super) fn rows<T>(table: &str, read: impl for<'r> Fn(&Cells<'r>) -> T) -> Vec<T> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let columns: BTreeMap<&str, usize> =
        header.iter().enumerate().map(|(index, name)| (name, index)).collect();
    reader
        .into_records()
        .flatten()
        .map(|row| {
            let cells = |name: &str| columns.get(name).and_then(|index| row.get(*index));
            read(&|name: &str| cells(name).unwrap_or(""))
        })
        .collect()
}

fn formula(text: &str) -> Formula {
    Formula::parse(text).unwrap_or_else(|error| unreachable!("{text}: {error}"))
}

fn class(code: &str) -> KpiClass {
    match code {
        "KEY_CUSTOMER" => KpiClass::KeyCustomer,
        "OPERATIONS_SUPPORT" => KpiClass::OperationsSupport,
        "FINANCIAL" => KpiClass::Financial,
        _ => unreachable!("class {code}"),
    }
}

fn dimension(code: &str) -> Dimension {
    match code {
        "ACCESSIBILITY" => Dimension::Accessibility,
        "EFFICIENCY" => Dimension::Efficiency,
        "QUALITY" => Dimension::Quality,
        "SATISFACTION" => Dimension::Satisfaction,
        "DEVELOPMENT" => Dimension::Development,
        "COST" => Dimension::Cost,
        "REVENUE" => Dimension::Revenue,
        _ => unreachable!("dimension {code}"),
    }
}

fn direction(code: &str) -> Direction {
    match code {
        "HIGHER" => Direction::Higher,
        "LOWER" => Direction::Lower,
        "RANGE" => Direction::Range,
        "INFO" => Direction::Info,
        _ => unreachable!("direction {code}"),
    }
}

fn level(code: &str) -> Level {
    match code {
        "AGENT" => Level::Agent,
        "TEAM" => Level::Team,
        "QUEUE" => Level::Queue,
        "SITE" => Level::Site,
        "TENANT" => Level::Tenant,
        _ => unreachable!("level {code}"),
    }
}

fn aggregation(code: &str) -> Aggregation {
    match code {
        "RATIO_OF_SUMS" => Aggregation::RatioOfSums,
        "SUM" => Aggregation::Sum,
        "MAXIMUM" => Aggregation::Maximum,
        "PERIOD_END" => Aggregation::PeriodEnd,
        _ => unreachable!("aggregation {code}"),
    }
}

fn when_undefined(code: &str) -> WhenUndefined {
    match code {
        "NULL_WITHOUT_DENOMINATOR" => WhenUndefined::NullWithoutDenominator,
        "ZERO_WITHOUT_EVENTS" => WhenUndefined::ZeroWithoutEvents,
        "NULL_UNTIL_MONTH_CLOSED" => WhenUndefined::NullUntilMonthClosed,
        _ => unreachable!("when undefined {code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_82_kpis_of_three_classes_each_found_by_its_code() {
        assert_eq!(CATALOGUE.len(), 82);
        for kpi in CATALOGUE.iter() {
            assert_eq!(definition(&kpi.code), Some(kpi));
            assert!(!kpi.name_en.is_empty() && !kpi.name_zh.is_empty() && !kpi.unit.is_empty());
        }
        let count = |class| CATALOGUE.iter().filter(|kpi| kpi.class == class).count();
        assert!(count(KpiClass::KeyCustomer) > 20);
        assert!(count(KpiClass::OperationsSupport) > 30);
        assert_eq!(count(KpiClass::Financial), 7);
    }

    #[test]
    fn default_limits_are_no_stricter_than_default_targets() {
        for kpi in CATALOGUE.iter() {
            let Target { target_min, target_max, critical_min, critical_max, .. } = kpi.target;
            if let (Some(target), Some(critical)) = (target_min, critical_min) {
                assert!(critical <= target, "{}", kpi.code);
            }
            if let (Some(target), Some(critical)) = (target_max, critical_max) {
                assert!(critical >= target, "{}", kpi.code);
            }
        }
    }

    #[test]
    fn every_formula_is_written_as_it_can_be_read() {
        for kpi in CATALOGUE.iter() {
            let text = kpi.formula.to_string();
            assert_eq!(Formula::parse(&text).as_ref(), Ok(&kpi.formula), "{text}");
        }
        let level = definition("service_level").expect("kpi").formula.to_string();
        assert_eq!(level, "100 * calls_answered_in_threshold / calls_offered");
    }

    #[test]
    fn every_variant_was_read() {
        let variants = |code| definition(code).map(|kpi| kpi.variants.len());
        assert_eq!(variants("service_level"), Some(5));
        assert_eq!(variants("avg_hold_time"), Some(1));
        assert_eq!(variants("avg_ring_count"), Some(1));
        assert_eq!(variants("occupancy"), Some(0));
    }

    #[test]
    fn the_overtime_of_a_group_is_that_of_its_most_burdened_person() {
        let kpi = definition("overtime_hours_month").expect("kpi");
        let hours = |hours: i64| {
            MeasureSet::from_named([("overtime_seconds", (hours * 3600).into())]).expect("measure")
        };
        assert_eq!(kpi.value_of_group(&[&hours(50), &hours(2)]), Some(50.into()));
    }

    #[test]
    fn no_evaluation_is_no_value_but_no_call_is_a_volume_of_zero() {
        let nothing = MeasureSet::from_named([
            ("calls_blocked", Decimal::ZERO),
            ("calls_received", Decimal::ZERO),
        ])
        .expect("measures");
        assert_eq!(definition("total_calls").and_then(|kpi| kpi.value(&nothing)), Some(0.into()));
        assert_eq!(definition("busy_tone_rate").and_then(|kpi| kpi.value(&nothing)), None);
        let no_feed = MeasureSet::default();
        assert_eq!(definition("total_calls").and_then(|kpi| kpi.value(&no_feed)), None);
    }
}
