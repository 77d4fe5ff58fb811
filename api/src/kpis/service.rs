//! What is done with indicators.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{QueueId, SiteId},
    identity::{Access, Permission, Target as Touched},
    intraday::{MOST_AT_ONCE, Taken},
    kpis::{KpiDefinition, Target, check_target, definition},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    kpis::{CallSums, DayMeasure, KpiTargetRow, put_measures, put_target, targets_on},
    network::Directory,
};

use super::ground::Place;
use crate::{app::App, error::Outcome};

/// The target of a KPI at a place: the nearest that was set, queue before site before network, else
/// that of the catalogue.
pub(super) fn target_of(targets: &[KpiTargetRow], kpi: &KpiDefinition, place: Place) -> Target {
    let of = |site: Option<SiteId>, queue: Option<QueueId>| {
        targets
            .iter()
            .find(|row| row.kpi_code == kpi.code && row.site_id == site && row.queue_id == queue)
    };
    let Place { site, queue } = place;
    let nearest = [(site, queue), (None, queue), (site, None), (None, None)];
    let set = nearest.into_iter().find_map(|(site, queue)| of(site, queue));
    set.map_or(kpi.target, |row| row.target(kpi.target.direction))
}

/// The targets of the network, by code.
pub(super) async fn network_targets(
    tx: &TenantTx,
    kpis: &[&'static KpiDefinition],
    day: civil::Date,
) -> Outcome<Vec<Target>> {
    let targets = targets_on(tx, day).await?;
    Ok(kpis.iter().map(|kpi| target_of(&targets, kpi, Place::default())).collect())
}

/// What the audit says of a target.
fn recorded(target: &Target) -> Value {
    let Target { direction: _, target_min, target_max, critical_min, critical_max } = target;
    json!({"targetMin": target_min, "targetMax": target_max, "criticalMin": critical_min,
           "criticalMax": critical_max})
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
    let known = targets_on(&tx, row.valid_from).await?;
    let place = Place { site: row.site_id, queue: row.queue_id };
    let before = recorded(&target_of(&known, kpi, place));
    put_target(&tx, ctx.new_id::<()>().uuid(), &row, ctx.now()).await?;
    let KpiTargetRow { kpi_code, site_id, queue_id, valid_from, .. } = row;
    let deed = Deed::changed("kpi_target.set", kpi_code, before, recorded(&target));
    let place = json!({"siteId": site_id, "queueId": queue_id, "validFrom": valid_from});
    record(&tx, ctx, deed.with(place)).await?;
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
        let said = |place: &usize, value: Option<Decimal>| {
            let DayMeasure { measure, local_date, site, queue, value: _ } = &rows[*place];
            json!({"measure": measure, "date": local_date, "siteId": site, "queueId": queue,
                   "value": value})
        };
        let before: Vec<Value> = changed.iter().map(|(place, old)| said(place, *old)).collect();
        let after: Vec<Value> =
            changed.keys().map(|place| said(place, Some(rows[*place].value))).collect();
        let (before, after) = (json!({"measures": before}), json!({"measures": after}));
        record(&tx, ctx, Deed::changed("measure.record", ctx.tenant(), before, after)).await?;
    }
    tx.commit().await?;
    let changed: BTreeSet<usize> = changed.into_keys().map(|place| places[place]).collect();
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
