use async_graphql::{ID, InputObject};
use trunkline_domain::{
    fault::{Fault, Rule},
    kpis::Measure,
};
use trunkline_infra::kpis::{DayMeasure, KpiTargetRow};

use crate::graphql::{Date, Decimal, parse_id};

/// A target of a KPI, from a day on. An absent end is open.
#[derive(Debug, InputObject)]
pub struct KpiTargetSetInput {
    /// Code of the KPI.
    pub kpi_code: String,
    /// Only for this site. Absent = the whole network.
    pub site_id: Option<ID>,
    /// Only for this queue. Absent = all queues.
    pub queue_id: Option<ID>,
    /// Least value on target, in the KPI's unit.
    pub target_min: Option<Decimal>,
    /// Greatest value on target.
    pub target_max: Option<Decimal>,
    /// Least value that is not red.
    pub critical_min: Option<Decimal>,
    /// Greatest value that is not red.
    pub critical_max: Option<Decimal>,
    /// First local day on which it holds; one that was set for the same day is replaced.
    pub valid_from_date: Date,
}

impl KpiTargetSetInput {
    pub(super) fn parse(self) -> Result<KpiTargetRow, Fault> {
        let Self {
            kpi_code,
            site_id,
            queue_id,
            target_min,
            target_max,
            critical_min,
            critical_max,
            valid_from_date,
        } = self;
        Ok(KpiTargetRow {
            kpi_code,
            site_id: site_id.map(|id| parse_id(&id, "siteId")).transpose()?,
            queue_id: queue_id.map(|id| parse_id(&id, "queueId")).transpose()?,
            target_min: target_min.map(|it| it.0),
            target_max: target_max.map(|it| it.0),
            critical_min: critical_min.map(|it| it.0),
            critical_max: critical_max.map(|it| it.0),
            valid_from: valid_from_date.0,
        })
    }
}

/// One measure of a local day, as a whole and not as a difference.
#[derive(Debug, InputObject)]
pub struct MeasureInput {
    /// Name in the catalogue, e.g. `survey_responses`. Measures of contacts come from intervals and are refused here.
    pub measure: String,
    /// Local day.
    pub on_date: Date,
    /// Site. Absent = the network as a whole.
    pub site_id: Option<ID>,
    /// Queue. Absent = all queues.
    pub queue_id: Option<ID>,
    /// The sum of the day.
    pub value: Decimal,
}

/// Measures to record.
#[derive(Debug, InputObject)]
pub struct MeasuresRecordInput {
    /// At most 500.
    pub measures: Vec<MeasureInput>,
}

impl MeasureInput {
    pub(super) fn parse(self) -> Result<DayMeasure, Fault> {
        let Self { measure, on_date, site_id, queue_id, value } = self;
        let measure = Measure::named(&measure).ok_or_else(|| Fault::not_found("measure"))?;
        if value.0.is_sign_negative() && !value.0.is_zero() {
            return Err(Fault::invalid("value", Rule::AtLeast(0)));
        }
        Ok(DayMeasure {
            measure: measure.name(),
            local_date: on_date.0,
            site: site_id.map(|id| parse_id(&id, "siteId")).transpose()?,
            queue: queue_id.map(|id| parse_id(&id, "queueId")).transpose()?,
            value: value.0,
        })
    }
}
