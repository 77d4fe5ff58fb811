use std::sync::Arc;

use async_graphql::{Context, Object};
use trunkline_domain::{
    identity::Permission,
    kpis::{CATALOGUE, KpiDefinition, ServiceLevelSetting, definition},
};
use trunkline_infra::network::SiteView;

use super::{
    ground::Ground,
    service::network_targets,
    types::{Kpi, KpiClassName, KpiComparison, SiteComparison},
};
use crate::{
    error::{AppError, Outcome},
    graphql::{Date, Operation},
    network::ServiceLevelMethod,
};

/// Reading indicators.
#[derive(Debug, Default)]
pub struct KpisQuery;

/// Longest time that can be compared.
const MOST_DAYS: i32 = 366;
/// Most KPIs compared at once.
const MOST_KPIS: usize = 20;

#[Object]
impl KpisQuery {
    /// The KPIs of the catalogue, in its order, with the network's targets of today.
    async fn kpi_catalogue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this class.")] class: Option<KpiClassName>,
    ) -> async_graphql::Result<Vec<Kpi>> {
        let operation = Operation::root(ctx)?;
        catalogue(operation, class).await.map_err(|error| operation.fail(error))
    }

    /// Sites side by side over the local days from `fromDate` up to before `toDate`, at most 366: those whose KPIs the caller may see, and the network for who may see it. Each value is a ratio of sums, never a mean of values.
    async fn site_comparison(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "First day.")] from_date: Date,
        #[graphql(desc = "First day that no longer counts.")] to_date: Date,
        #[graphql(desc = "Codes of the KPIs, at most 20.")] kpi_codes: Vec<String>,
        #[graphql(
            desc = "Seconds at which service levels are compared; a site that measured otherwise is marked, and valued from its waits where they were told.",
            default = 20
        )]
        threshold_seconds: i32,
        #[graphql(
            desc = "Method by which service levels are compared.",
            default_with = "ServiceLevelMethod::Offered"
        )]
        method: ServiceLevelMethod,
    ) -> async_graphql::Result<SiteComparison> {
        let operation = Operation::root(ctx)?;
        comparison(operation, (from_date, to_date), &kpi_codes, (method, threshold_seconds))
            .await
            .map_err(|error| operation.fail(error))
    }
}

async fn catalogue(operation: &Operation, class: Option<KpiClassName>) -> Outcome<Vec<Kpi>> {
    let kpis: Vec<&'static KpiDefinition> = CATALOGUE
        .iter()
        .filter(|kpi| class.is_none_or(|class| KpiClassName::from(kpi.class) == class))
        .collect();
    let tx = operation.read().await?;
    let directory = operation.directory().await?;
    let zone = directory.sites.first().map_or(jiff::tz::TimeZone::UTC, SiteView::zone);
    let today = zone.to_datetime(operation.now).date();
    let targets = network_targets(&tx, &kpis, today).await?;
    Ok(kpis.into_iter().zip(targets).map(|(kpi, target)| Kpi { kpi, target }).collect())
}

async fn comparison(
    operation: &Operation,
    (from_date, to_date): (Date, Date),
    kpi_codes: &[String],
    (method, threshold_seconds): (ServiceLevelMethod, i32),
) -> Outcome<SiteComparison> {
    let (from, to) = (from_date.0, to_date.0);
    let days = from.until(to).map_or(0, |span| span.get_days());
    if !(1..=MOST_DAYS).contains(&days) {
        let text = format!("toDate must be 1 to {MOST_DAYS} days after fromDate");
        return Err(AppError::InvalidArgument(text));
    }
    if kpi_codes.len() > MOST_KPIS {
        return Err(AppError::InvalidArgument(format!("at most {MOST_KPIS} KPIs")));
    }
    let kpis: Vec<&'static KpiDefinition> = kpi_codes
        .iter()
        .map(|code| {
            let unknown = || AppError::InvalidArgument(format!("no KPI has the code {code}"));
            definition(code).ok_or_else(unknown)
        })
        .collect::<Outcome<_>>()?;
    let threshold_seconds = u32::try_from(threshold_seconds)
        .map_err(|_| AppError::InvalidArgument("thresholdSeconds must not be negative".into()))?;
    let reach = operation.require(Permission::KpiRead)?;
    let directory = operation.directory().await?;
    let tx = operation.read().await?;
    let setting = ServiceLevelSetting { method: method.into(), threshold_seconds };
    let ground = Ground::read(&tx, directory, &reach, (from, to), &kpis, setting).await?;
    let ground = Arc::new(ground);
    let kpis = kpis.into_iter().map(|kpi| KpiComparison::of(kpi, &ground)).collect();
    Ok(SiteComparison { from_date, to_date, kpis })
}
