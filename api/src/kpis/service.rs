//! What is done with indicators.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{QueueId, SiteId},
    identity::{Access, Permission, ReachSet, Target as Touched},
    intraday::{MOST_AT_ONCE, Taken},
    kpis::{
        Axis, Comparison, KpiDefinition, MeasureSet, ServiceLevelMethod, ServiceLevelSetting,
        SiteFigures, Target, check_target, compare, compare_service_level, definition,
    },
};
use trunkline_infra::{
    audit,
    ctx::Ctx,
    db::TenantTx,
    kpis::{
        CallSums, DayMeasure, KpiTargetRow, call_sums, measures, put_measures, put_target,
        targets_on,
    },
    network::Directory,
};
use uuid::Uuid;

use crate::{app::App, error::Outcome};

/// One KPI over sites.
pub(super) struct Compared {
    pub(super) kpi: &'static KpiDefinition,
    /// The network's target.
    pub(super) target: Target,
    /// Sums of each row, in the order of the comparison.
    pub(super) figures: Vec<SiteFigures>,
    pub(super) comparison: Comparison,
    /// Whether all sites measured alike.
    pub(super) is_comparable: bool,
}

/// Sites within `reach` side by side over the local days `[from, to)`; what was never routed to a
/// site counts where the network is seen. Service levels are compared at `threshold_seconds`.
pub(super) async fn compare_sites(
    tx: &TenantTx,
    directory: &Directory,
    reach: &ReachSet,
    (from, to): (civil::Date, civil::Date),
    kpis: &[&'static KpiDefinition],
    threshold_seconds: u32,
) -> Outcome<Vec<Compared>> {
    let sites: Vec<SiteId> = directory
        .sites
        .iter()
        .map(|site| site.id)
        .filter(|site| reach.contains(&Touched::site(*site)))
        .collect();
    let setting = ServiceLevelSetting { method: ServiceLevelMethod::Offered, threshold_seconds };
    let figures = site_figures(tx, directory, &sites, reach.network, (from, to), setting).await?;
    let targets = targets_on(tx, to.yesterday().unwrap_or(to)).await?;
    let compared = |kpi: &&'static KpiDefinition| {
        let target = target_of(&targets, kpi, None);
        let mut comparison = if kpi.code == "service_level" {
            compare_service_level(setting, &target, &figures)
        } else {
            compare(kpi, &target, &figures)
        };
        for row in &mut comparison.sites {
            row.status = target_of(&targets, kpi, row.site).status(row.value);
        }
        let is_comparable = comparison.sites.iter().all(|row| row.is_comparable);
        Compared { kpi, target, figures: figures.clone(), comparison, is_comparable }
    };
    Ok(kpis.iter().map(compared).collect())
}

async fn site_figures(
    tx: &TenantTx,
    directory: &Directory,
    sites: &[SiteId],
    network: bool,
    (from, to): (civil::Date, civil::Date),
    setting: ServiceLevelSetting,
) -> Outcome<Vec<SiteFigures>> {
    let calls = call_sums(tx, from, to).await?;
    let mut days: BTreeMap<Option<SiteId>, BTreeMap<civil::Date, MeasureSet>> = BTreeMap::new();
    for row in measures(tx, from, to).await? {
        // A measure of a later version of the program says nothing to this one.
        if let Ok(set) = MeasureSet::from_named([(row.measure.as_str(), row.value)]) {
            let day = days.entry(row.site_id).or_default().entry(row.local_date).or_default();
            *day = day.merge(&set, Axis::Scopes);
        }
    }
    let nowhere = network.then_some(None);
    let rows = sites.iter().copied().map(Some).chain(nowhere);
    Ok(rows
        .map(|site| {
            let counted = calls.iter().find(|row| row.site_id == site);
            let recorded = days.get(&site).map(BTreeMap::values).into_iter().flatten();
            let recorded = MeasureSet::roll_up(recorded, Axis::Time);
            let named = counted.into_iter().flat_map(CallSums::named);
            let counted_set = MeasureSet::from_named(named).unwrap_or_default();
            let own = counted.and_then(|row| own_setting(directory, row));
            SiteFigures {
                site,
                sums: counted_set.merge(&recorded, Axis::Scopes),
                // What reached no site has been counted with the thresholds of all.
                setting: if site.is_none() { Some(setting) } else { own },
                waits: None,
            }
        })
        .collect())
}

/// How a site measured: `None` when its days or queues differ.
fn own_setting(directory: &Directory, row: &CallSums) -> Option<ServiceLevelSetting> {
    let site = row.site_id?;
    let methods: BTreeSet<&str> = directory
        .queues
        .iter()
        .filter(|queue| queue.site_ids.contains(&site))
        .filter_map(|queue| queue.method.as_deref())
        .collect();
    let method = match methods.first() {
        Some(only) if methods.len() == 1 => ServiceLevelMethod::from_code(only)?,
        Some(_) => return None,
        None => ServiceLevelMethod::default(),
    };
    let threshold_seconds = u32::try_from(row.threshold_seconds?).ok()?;
    Some(ServiceLevelSetting { method, threshold_seconds })
}

/// The target of a KPI at a site: its own, else the network's, else that of the catalogue.
fn target_of(targets: &[KpiTargetRow], kpi: &KpiDefinition, site: Option<SiteId>) -> Target {
    let of = |wanted: Option<SiteId>| {
        targets
            .iter()
            .find(|row| row.kpi_code == kpi.code && row.queue_id.is_none() && row.site_id == wanted)
    };
    site.and_then(|site| of(Some(site)))
        .or_else(|| of(None))
        .map_or(kpi.target, |row| row.target(kpi.target.direction))
}

/// The targets of the network, by code.
pub(super) async fn network_targets(
    tx: &TenantTx,
    kpis: &[&'static KpiDefinition],
    day: civil::Date,
) -> Outcome<Vec<Target>> {
    let targets = targets_on(tx, day).await?;
    Ok(kpis.iter().map(|kpi| target_of(&targets, kpi, None)).collect())
}

/// Sets a target from a day on.
pub(super) async fn set_target(
    app: &App,
    ctx: &Ctx,
    row: KpiTargetRow,
) -> Outcome<(&'static KpiDefinition, Target)> {
    let kpi = definition(&row.kpi_code).ok_or_else(|| Fault::not_found("kpiCode"))?;
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    if row.queue_id.is_some_and(|queue| directory.queue(queue).is_none()) {
        return Err(Fault::not_found("queueId").into());
    }
    check_place(ctx, &directory, row.site_id, "siteId")?;
    let target = row.target(kpi.target.direction);
    check_target(&target)?;
    put_target(&tx, ctx.new_id::<()>().uuid(), &row, ctx.now()).await?;
    let KpiTargetRow { kpi_code, site_id, queue_id, valid_from, .. } = row;
    let detail = serde_json::json!({
        "siteId": site_id.map(SiteId::uuid), "queueId": queue_id.map(QueueId::uuid),
        "validFrom": valid_from, "target": target,
    });
    audit::record(&tx, ctx, "kpi_target.set", &kpi_code, detail).await?;
    tx.commit().await?;
    Ok((kpi, target))
}

/// Records measures, each on its own; what is there already is replaced.
pub(super) async fn record_measures(
    app: &App,
    ctx: &Ctx,
    items: Vec<Result<DayMeasure, Fault>>,
) -> Outcome<Vec<Taken>> {
    if items.len() > MOST_AT_ONCE {
        let limit = MOST_AT_ONCE.to_string();
        return Err(Fault::new(FaultCode::LimitExceeded)
            .at("measures")
            .with("limit", limit)
            .into());
    }
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    let check = |item: DayMeasure| {
        if CallSums::MEASURES.contains(&item.measure) {
            return Err(Fault::invalid("measure", Rule::MeasureByDay));
        }
        if item.queue.is_some_and(|queue| directory.queue(queue).is_none()) {
            return Err(Fault::not_found("queueId"));
        }
        check_place(ctx, &directory, item.site, "siteId")?;
        Ok(item)
    };
    let items: Vec<Result<DayMeasure, Fault>> =
        items.into_iter().map(|item| item.and_then(check)).collect();
    // Of two of the same day and place the last counts.
    let mut last: BTreeMap<_, usize> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        if let Ok(it) = item {
            last.insert((it.measure, it.local_date, it.site, it.queue), at);
        }
    }
    let places: Vec<usize> = last.into_values().collect();
    let rows: Vec<DayMeasure> =
        places.iter().filter_map(|at| items[*at].as_ref().ok()).cloned().collect();
    let changed = put_measures(&tx, &rows, ctx.now()).await?;
    if !changed.is_empty() {
        let batch: Uuid = ctx.new_id::<()>().uuid();
        let detail = serde_json::json!({"changed": changed.len()});
        audit::record(&tx, ctx, "measure.record", &batch.to_string(), detail).await?;
    }
    tx.commit().await?;
    let changed: BTreeSet<usize> = changed.into_iter().map(|place| places[place]).collect();
    let taken = |(at, item): (usize, Result<DayMeasure, Fault>)| match item {
        Ok(_) if changed.contains(&at) => Taken::Accepted,
        Ok(_) => Taken::Unchanged,
        Err(fault) => {
            let path = format!("measures.{at}.{}", fault.path.join("."));
            Taken::Refused(fault.at(&path))
        }
    };
    Ok(items.into_iter().enumerate().map(taken).collect())
}

/// Whether the caller may set something of a site, or of the network.
fn check_place(
    ctx: &Ctx,
    directory: &Directory,
    site: Option<SiteId>,
    path: &str,
) -> Result<(), Fault> {
    if site.is_some_and(|site| directory.site(site).is_none()) {
        return Err(Fault::not_found(path));
    }
    let target = site.map_or(Touched::NETWORK, Touched::site);
    match ctx.viewer().access(Permission::KpiWrite, Permission::KpiRead, &target, ctx.now()) {
        Access::Allowed => Ok(()),
        Access::Forbidden => Err(Fault::new(FaultCode::Forbidden).at(path)),
        Access::Hidden => Err(Fault::not_found(path)),
    }
}
