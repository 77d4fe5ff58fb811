//! The value of a KPI for a queue, a site or the network: one rule for all of them, so that what is
//! drilled into adds up to what was drilled from.

use rust_decimal::Decimal;

use super::{
    Aggregation, Axis, Formula, KpiDefinition, Measure, MeasureSet, ServiceLevelMethod,
    ServiceLevelSetting, Status, Target, WaitHistogram,
};

/// Contacts that were counted in one way: of a queue at a site, over days with the same setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Contacts {
    /// Their sums. What is unknown is not among them.
    pub sums: MeasureSet,
    /// Method that was in force.
    pub method: ServiceLevelMethod,
    /// Seconds within which they counted as in time; `None` = several, or untold.
    pub threshold_seconds: Option<u32>,
    /// Their waits; `None` unless told of all of them.
    pub waits: Option<WaitHistogram>,
}

impl Contacts {
    fn sum(&self, measure: &str) -> Option<Decimal> {
        self.sums.get(Measure::named(measure)?)
    }

    /// Whether there was any: without, they say nothing and hide nothing.
    fn are_any(&self) -> bool {
        ["calls_offered", "calls_answered", "calls_abandoned"]
            .iter()
            .any(|measure| self.sum(measure).is_some_and(|sum| !sum.is_zero()))
    }

    /// Whether they count alike with any threshold: of none answered none was in time. This is how
    /// it is with what gave up before it reached a site.
    fn are_out_of_time(&self) -> bool {
        let none = |measure| self.sum(measure).is_some_and(|sum| sum.is_zero());
        let of_answered = !matches!(
            self.method,
            ServiceLevelMethod::AbandonIgnored | ServiceLevelMethod::AbandonPositive
        );
        none("calls_answered") && (of_answered || none("calls_abandoned"))
    }

    /// Sums above and below the line as they would be in another way.
    fn brought_to(&self, setting: ServiceLevelSetting) -> Option<Ratio> {
        let seconds = setting.threshold_seconds;
        let as_they_are = self.threshold_seconds == Some(seconds)
            || Self { method: setting.method, ..self.clone() }.are_out_of_time();
        if as_they_are {
            Ratio::of(setting.method, &self.sums)
        } else {
            Ratio::of(setting.method, &self.waits?.at_threshold(&self.sums, seconds)?)
        }
    }

    /// Whether they were counted in this way.
    fn are_as(&self, setting: ServiceLevelSetting) -> bool {
        let in_time = self.threshold_seconds == Some(setting.threshold_seconds);
        self.method == setting.method && (in_time || self.are_out_of_time())
    }
}

/// What is known of a queue or a site in a period.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// Its contacts, one for each way in which they were counted.
    pub contacts: Vec<Contacts>,
    /// Sums of what is told by the day, such as survey answers.
    pub recorded: MeasureSet,
}

impl Figures {
    /// All its sums.
    #[must_use]
    pub fn sums(&self) -> MeasureSet {
        together(&[self])
    }
}

/// Sums of several scopes. A measure of contacts that is unknown of some of them is unknown of all:
/// it must not be divided by contacts that it does not speak of.
fn together(scopes: &[&Figures]) -> MeasureSet {
    let contacts: Vec<&Contacts> =
        scopes.iter().flat_map(|it| &it.contacts).filter(|it| it.are_any()).collect();
    let mut sums = MeasureSet::roll_up(contacts.iter().map(|it| &it.sums), Axis::Scopes);
    for measure in Measure::all() {
        if contacts.iter().any(|it| it.sums.get(measure).is_none()) {
            sums.remove(measure);
        }
    }
    if contacts.is_empty() {
        // Nobody called: that is a zero and not the silence of a feed.
        let silent = scopes.iter().flat_map(|it| &it.contacts).map(|it| &it.sums);
        sums = MeasureSet::roll_up(silent, Axis::Scopes);
    }
    let recorded = MeasureSet::roll_up(scopes.iter().map(|it| &it.recorded), Axis::Scopes);
    sums.merge(&recorded, Axis::Scopes)
}

/// A KPI over one or several scopes.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The exact value; `None` = no data, or part of it unknown.
    pub value: Option<Decimal>,
    /// Sum above the line; `None` when the KPI is no ratio of sums or the sum is unknown.
    pub numerator: Option<Decimal>,
    /// Sum below the line.
    pub denominator: Option<Decimal>,
    /// The sums that it was made of.
    pub sums: MeasureSet,
    /// Measures of the formulas in use, each once.
    pub measures: Vec<Measure>,
    /// What only service levels have.
    pub service_level: Option<ServiceLevelFigure>,
}

/// How a service level was measured, and what it is when all is measured alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ServiceLevelFigure {
    /// Method of all contacts; `None` = several, or no contacts.
    pub method: Option<ServiceLevelMethod>,
    /// Threshold of all contacts in seconds, those left out for which it makes no difference; `None` =
    /// several, untold, or no contacts.
    pub threshold_seconds: Option<u32>,
    /// Whether it was measured in the way that is compared; so is what has no contacts.
    pub is_comparable: bool,
    /// The exact value in the way that is compared: as measured where that is the way, else from
    /// waits; `None` when some contacts cannot be brought to it.
    pub comparable_value: Option<Decimal>,
    /// Percent of the offered contacts that can be brought to it; `None` without any.
    pub comparable_percent: Option<Decimal>,
}

impl Figure {
    /// Status against a target. Where contacts were measured in several ways there is nothing to
    /// judge: each part met or missed its own goal.
    #[must_use]
    pub fn status(&self, target: &Target) -> Status {
        let is_mixed = self.service_level.is_some_and(|it| {
            it.method.is_none() || (it.threshold_seconds.is_none() && !it.is_comparable)
        });
        if is_mixed && self.value.is_some() { Status::Info } else { target.status(self.value) }
    }

    /// The value in the way that is compared.
    #[must_use]
    pub const fn comparable_value(&self) -> Option<Decimal> {
        match &self.service_level {
            Some(level) => level.comparable_value,
            None => self.value,
        }
    }

    /// Whether it was measured in the way that is compared.
    #[must_use]
    pub const fn is_comparable(&self) -> bool {
        match &self.service_level {
            Some(level) => level.is_comparable,
            None => true,
        }
    }
}

/// The value of a KPI over scopes, computed from sums and never from values. Service levels are
/// compared in the way of `setting`.
#[must_use]
pub fn figure(kpi: &KpiDefinition, scopes: &[&Figures], setting: ServiceLevelSetting) -> Figure {
    if kpi.code == "service_level" {
        return service_level(scopes, setting);
    }
    let sums = together(scopes);
    let (value, ratio) = if kpi.aggregation == Aggregation::Maximum && scopes.len() > 1 {
        let own: Vec<MeasureSet> = scopes.iter().map(|it| it.sums()).collect();
        (kpi.value_of_group(&own.iter().collect::<Vec<_>>()), None)
    } else {
        (kpi.value(&sums), kpi.formula.ratio())
    };
    Figure {
        value,
        numerator: ratio.and_then(|(above, _)| above.evaluate(&sums)),
        denominator: ratio.and_then(|(_, below)| below.evaluate(&sums)),
        measures: kpi.formula.measures(),
        sums,
        service_level: None,
    }
}

/// Sums above and below the line.
#[derive(Debug, Clone, Copy, Default)]
struct Ratio(Decimal, Decimal);

impl Ratio {
    fn of(method: ServiceLevelMethod, sums: &MeasureSet) -> Option<Self> {
        let (above, below) = method.formula()?.ratio()?;
        Some(Self(above.evaluate(sums)?, below.evaluate(sums)?))
    }

    fn plus(self, other: Self) -> Option<Self> {
        Some(Self(self.0.checked_add(other.0)?, self.1.checked_add(other.1)?))
    }

    fn percent(self) -> Option<Decimal> {
        self.0.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(self.1)
    }
}

/// All the same, if they are.
fn same<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

fn service_level(scopes: &[&Figures], setting: ServiceLevelSetting) -> Figure {
    let contacts: Vec<&Contacts> =
        scopes.iter().flat_map(|it| &it.contacts).filter(|it| it.are_any()).collect();
    let (mut measured, mut brought) = (Some(Ratio::default()), Some(Ratio::default()));
    let (mut offered, mut covered) = (Decimal::ZERO, Decimal::ZERO);
    let add = |sum: Option<Ratio>, more: Option<Ratio>| sum?.plus(more?);
    for part in &contacts {
        let at = part.brought_to(setting);
        let arrived = part.sum("calls_offered").unwrap_or_default();
        offered = offered.saturating_add(arrived);
        if at.is_some() {
            covered = covered.saturating_add(arrived);
        }
        measured = add(measured, Ratio::of(part.method, &part.sums));
        brought = add(brought, at);
    }
    let ratio = measured.filter(|_| !contacts.is_empty());
    let timed = contacts.iter().filter(|it| !it.are_out_of_time());
    let thresholds = timed.map(|it| it.threshold_seconds);
    Figure {
        value: ratio.and_then(Ratio::percent),
        numerator: ratio.map(|it| it.0),
        denominator: ratio.map(|it| it.1),
        sums: together(scopes),
        measures: measures_of(&contacts, setting.method),
        service_level: Some(ServiceLevelFigure {
            method: same(contacts.iter().map(|it| it.method)),
            threshold_seconds: same(thresholds).flatten(),
            is_comparable: contacts.iter().all(|it| it.are_as(setting)),
            comparable_value: brought.and_then(Ratio::percent),
            comparable_percent: covered
                .checked_mul(Decimal::ONE_HUNDRED)
                .and_then(|it| it.checked_div(offered)),
        }),
    }
}

/// Measures of all methods in use; of `usual` where nobody called.
fn measures_of(contacts: &[&Contacts], usual: ServiceLevelMethod) -> Vec<Measure> {
    let mut measures = Vec::new();
    let nobody = contacts.is_empty().then_some(usual);
    for method in contacts.iter().map(|it| it.method).chain(nobody) {
        for measure in method.formula().map(Formula::measures).unwrap_or_default() {
            if !measures.contains(&measure) {
                measures.push(measure);
            }
        }
    }
    measures
}

#[cfg(test)]
#[path = "figure_tests.rs"]
mod tests;
