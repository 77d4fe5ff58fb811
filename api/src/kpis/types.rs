use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject};
use trunkline_domain::kpis::{
    Dimension, Direction, KpiClass, KpiDefinition, Measure, Status, Target, displayed,
};

use super::ground::{Ground, Place};
use crate::{
    graphql::{Date, Decimal, Operation, UserError},
    intraday::FeedResult,
    network::{Queue, ServiceLevelMethod, Site},
};

/// Whom a KPI speaks to. New values can be added: treat an unknown one as `OPERATIONS_SUPPORT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "KpiClass", name = "KpiClass")]
pub enum KpiClassName {
    /// What customers notice.
    KeyCustomer,
    /// What makes it possible.
    OperationsSupport,
    /// Money.
    Financial,
}

/// What side of the operation a KPI measures. New values can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Dimension", name = "KpiDimension")]
pub enum KpiDimension {
    /// How well customers get through.
    Accessibility,
    /// How well time is used.
    Efficiency,
    /// How right the answers are.
    Quality,
    /// What people say of it.
    Satisfaction,
    /// How people grow and stay.
    Development,
    /// What it costs.
    Cost,
    /// What it earns.
    Revenue,
}

/// Which way a value is better. New values can be added: treat an unknown one as `INFO`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Direction", name = "KpiDirection")]
pub enum KpiDirection {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither too little nor too much.
    Range,
    /// To know, not to judge.
    Info,
}

/// A value against its target. New values can be added: treat an unknown one as `INFO`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Status", name = "KpiStatus")]
pub enum KpiStatus {
    /// On target; the target itself counts.
    Green,
    /// Off target, not beyond the critical limit.
    Amber,
    /// Beyond the critical limit.
    Red,
    /// There is no value.
    NoData,
    /// There is a value and nothing to judge it by, or sites measured it differently.
    Info,
}

/// Target and critical limits in the KPI's unit. An end that is `null` is open.
#[derive(Debug, Clone, SimpleObject)]
pub struct KpiTarget {
    /// Least value on target.
    pub target_min: Option<Decimal>,
    /// Greatest value on target.
    pub target_max: Option<Decimal>,
    /// Least value that is not red.
    pub critical_min: Option<Decimal>,
    /// Greatest value that is not red.
    pub critical_max: Option<Decimal>,
}

impl From<Target> for KpiTarget {
    fn from(target: Target) -> Self {
        let Target { direction: _, target_min, target_max, critical_min, critical_max } = target;
        Self {
            target_min: target_min.map(Decimal),
            target_max: target_max.map(Decimal),
            critical_min: critical_min.map(Decimal),
            critical_max: critical_max.map(Decimal),
        }
    }
}

/// A KPI of the catalogue.
#[derive(Debug)]
pub struct Kpi {
    pub(super) kpi: &'static KpiDefinition,
    pub(super) target: Target,
}

/// A KPI of the catalogue.
#[Object]
impl Kpi {
    /// Stable code.
    async fn code(&self) -> &str {
        &self.kpi.code
    }
    /// Name in the caller's language.
    async fn name(&self, ctx: &Context<'_>) -> async_graphql::Result<&str> {
        Ok(Operation::of(ctx)?.say(&self.kpi.name_en, &self.kpi.name_zh))
    }
    /// Name in English.
    async fn name_en(&self) -> &str {
        &self.kpi.name_en
    }
    /// Name in Chinese.
    async fn name_zh(&self) -> &str {
        &self.kpi.name_zh
    }
    /// Whom it speaks to.
    async fn class(&self) -> KpiClassName {
        self.kpi.class.into()
    }
    /// What side it measures.
    async fn dimension(&self) -> KpiDimension {
        self.kpi.dimension.into()
    }
    /// Unit of the value.
    async fn unit(&self) -> &str {
        &self.kpi.unit
    }
    /// How it is computed from sums of measures.
    async fn formula(&self) -> String {
        self.kpi.formula.to_string()
    }
    /// Which way it is better.
    async fn direction(&self) -> KpiDirection {
        self.kpi.target.direction.into()
    }
    /// Target in force: that of the network, or the one just set.
    async fn target(&self) -> KpiTarget {
        self.target.into()
    }
}

/// Sites side by side.
#[derive(Debug, SimpleObject)]
pub struct SiteComparison {
    /// First day.
    pub from_date: Date,
    /// First day that no longer counts.
    pub to_date: Date,
    /// One for each KPI, in the order asked.
    pub kpis: Vec<KpiComparison>,
}

/// One KPI over sites.
#[derive(Debug, SimpleObject)]
pub struct KpiComparison {
    /// The KPI, with the network's target on the last day.
    pub kpi: Kpi,
    /// Sites, by code.
    pub sites: Vec<KpiValue>,
    /// All sites together, with what reached none of them. `null` for who may not see the network.
    pub network: Option<KpiValue>,
}

/// The value of a KPI, with what it was made of.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct KpiValue {
    /// The site. `null` = all sites.
    pub site: Option<Site>,
    /// The queue. `null` = all queues.
    pub queue: Option<Queue>,
    /// The value, rounded to two decimals: each contact by the method and threshold of its day. `null` = no data, or part of it unknown.
    pub value: Option<Decimal>,
    /// Sum above the line. `null` when the KPI is no ratio or a sum is unknown.
    pub numerator: Option<Decimal>,
    /// Sum below the line. `null` when the KPI is no ratio or a sum is unknown.
    pub denominator: Option<Decimal>,
    /// The sums that go into it.
    pub parts: Vec<MeasureSum>,
    /// Status of the exact value against the nearest target: of the queue, the site, the network.
    pub status: KpiStatus,
    /// Method by which the service level was measured. `null` = by several, no contacts, or no service level.
    pub service_level_method: Option<ServiceLevelMethod>,
    /// Seconds within which contacts counted as in time. `null` = several, untold, no contacts, or no service level.
    pub threshold_seconds: Option<i32>,
    /// Whether it was measured in the way that is compared; of the network, whether all sites were.
    pub is_comparable: bool,
    /// The value in the way that is compared: as measured where that is the way, else from the waits that feeds told. `null` where some contacts cannot be brought to it.
    pub comparable_value: Option<Decimal>,
    /// Percent of the offered contacts that can be brought to the way that is compared. `null` = no contacts, or no service level.
    pub comparable_coverage_percent: Option<Decimal>,
    #[graphql(skip)]
    drill: Drill,
}

/// From where a value can be looked into.
#[derive(Debug, Clone)]
struct Drill {
    kpi: &'static KpiDefinition,
    ground: Arc<Ground>,
    place: Place,
}

#[ComplexObject]
impl KpiValue {
    /// The same KPI site by site: of the network, or of a queue over all sites. Empty of a site.
    async fn sites(&self) -> Vec<Self> {
        let Drill { kpi, ground, place } = &self.drill;
        ground.sites_of(*place).into_iter().map(|place| Self::of(kpi, ground, place)).collect()
    }

    /// The same KPI queue by queue: of the network, or of a site. Empty of a queue, and of KPIs that queues have no values of.
    async fn queues(&self) -> Vec<Self> {
        let Drill { kpi, ground, place } = &self.drill;
        ground
            .queues_of(kpi, *place)
            .into_iter()
            .map(|place| Self::of(kpi, ground, place))
            .collect()
    }
}

/// Sum of a measure.
#[derive(Debug, SimpleObject)]
pub struct MeasureSum {
    /// Name of the measure.
    pub measure: &'static str,
    /// What is counted: calls, seconds, people.
    pub unit: &'static str,
    /// The sum. `null` = unknown.
    pub value: Option<Decimal>,
}

fn shown(value: Option<rust_decimal::Decimal>) -> Option<Decimal> {
    value.map(displayed).map(Decimal)
}

impl KpiValue {
    fn of(kpi: &'static KpiDefinition, ground: &Arc<Ground>, place: Place) -> Self {
        let figure = ground.figure(kpi, place);
        let level = figure.service_level.as_ref();
        let seconds = level.and_then(|it| it.threshold_seconds);
        let site = place.site.and_then(|id| ground.directory.site(id));
        let queue = place.queue.and_then(|id| ground.directory.queue(id));
        let part = |measure: &Measure| MeasureSum {
            measure: measure.name(),
            unit: measure.unit(),
            value: figure.sums.get(*measure).map(Decimal),
        };
        Self {
            site: site.cloned().map(Site),
            queue: queue.cloned().map(Queue),
            value: shown(figure.value),
            numerator: figure.numerator.map(Decimal),
            denominator: figure.denominator.map(Decimal),
            parts: figure.measures.iter().map(part).collect(),
            status: figure.status(&ground.target(kpi, place)).into(),
            service_level_method: level.and_then(|it| it.method).map(Into::into),
            threshold_seconds: seconds.and_then(|it| i32::try_from(it).ok()),
            is_comparable: figure.is_comparable(),
            comparable_value: shown(figure.comparable_value()),
            comparable_coverage_percent: shown(level.and_then(|it| it.comparable_percent)),
            drill: Drill { kpi, ground: Arc::clone(ground), place },
        }
    }
}

impl KpiComparison {
    pub(super) fn of(kpi: &'static KpiDefinition, ground: &Arc<Ground>) -> Self {
        let network = Place::default();
        let value = |place| KpiValue::of(kpi, ground, place);
        Self {
            kpi: Kpi { kpi, target: ground.target(kpi, network) },
            sites: ground.sites_of(network).into_iter().map(value).collect(),
            network: ground.network.then(|| value(network)),
        }
    }
}

/// Outcome of setting a target.
#[derive(Debug, SimpleObject)]
pub struct KpiTargetSetPayload {
    /// The KPI with the target that was set. `null` when refused.
    pub kpi: Option<Kpi>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of recording measures.
#[derive(Debug, SimpleObject)]
pub struct MeasuresRecordPayload {
    /// One for each measure, in order. Empty when the whole request was refused.
    pub results: Vec<FeedResult>,
    /// Why the whole request was refused. Empty means taken, item by item.
    pub user_errors: Vec<UserError>,
}
