//! What a comparison is made of, read once: all its values, and all that they are drilled down to,
//! come from here without another look into the database.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil;
use rust_decimal::Decimal;
use trunkline_domain::{
    id::{QueueId, SiteId},
    identity::{ReachSet, Target as Touched},
    kpis::{
        Axis, Figure, Figures, KpiDefinition, Level, MeasureSet, ServiceLevelSetting, Target,
        figure,
    },
    requests::Satisfaction,
    time::{Span, start_of_day},
};
use trunkline_infra::{
    db::TenantTx,
    kpis::{KpiTargetRow, call_sums, measures, targets_on},
    network::{Directory, SiteView},
    requests::{count_swaps_of_sites, satisfaction_by_site},
};

use super::service::target_of;
use crate::error::Outcome;

/// A part of the network that a value speaks of. An empty field is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub(super) site: Option<SiteId>,
    pub(super) queue: Option<QueueId>,
}

/// Sums of a period by site and queue, with the targets that hold at its end.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) directory: Arc<Directory>,
    /// The way in which service levels are compared.
    pub(super) setting: ServiceLevelSetting,
    /// Whether the caller sees the network as a whole.
    pub(super) network: bool,
    /// Sites that the caller sees, by code.
    pub(super) sites: Vec<SiteId>,
    targets: Vec<KpiTargetRow>,
    /// Of each site; `None` = what was never routed to one, there only where the network is seen.
    by_site: BTreeMap<Option<SiteId>, Figures>,
    by_queue: BTreeMap<(Option<SiteId>, QueueId), Figures>,
}

impl Ground {
    /// Reads the local days `[from, to)` of what lies within `reach`.
    pub(super) async fn read(
        tx: &TenantTx,
        directory: Arc<Directory>,
        reach: &ReachSet,
        (from, to): (civil::Date, civil::Date),
        kpis: &[&'static KpiDefinition],
        setting: ServiceLevelSetting,
    ) -> Outcome<Self> {
        let sites: Vec<SiteId> = directory
            .sites
            .iter()
            .map(|site| site.id)
            .filter(|site| reach.contains(&Touched::site(*site)))
            .collect();
        let targets = targets_on(tx, to.yesterday().unwrap_or(to)).await?;
        let mut ground = Self {
            by_site: sites.iter().map(|site| (Some(*site), Figures::default())).collect(),
            by_queue: BTreeMap::new(),
            network: reach.network,
            directory,
            setting,
            sites,
            targets,
        };
        if reach.network {
            ground.by_site.insert(None, Figures::default());
        }
        ground.add_contacts(tx, (from, to)).await?;
        ground.add_recorded(tx, (from, to)).await?;
        if kpis.iter().any(|kpi| needs_requests(kpi)) {
            ground.add_requests(tx, (from, to)).await?;
        }
        Ok(ground)
    }

    async fn add_contacts(
        &mut self,
        tx: &TenantTx,
        (from, to): (civil::Date, civil::Date),
    ) -> Outcome<()> {
        for row in call_sums(tx, from, to).await? {
            let Some(site) = self.by_site.get_mut(&row.site_id) else { continue };
            let contacts = row.contacts();
            site.contacts.push(contacts.clone());
            let queue = self.by_queue.entry((row.site_id, row.queue_id)).or_default();
            queue.contacts.push(contacts);
        }
        Ok(())
    }

    async fn add_recorded(
        &mut self,
        tx: &TenantTx,
        (from, to): (civil::Date, civil::Date),
    ) -> Outcome<()> {
        type Days = BTreeMap<civil::Date, MeasureSet>;
        let mut of_sites: BTreeMap<Option<SiteId>, Days> = BTreeMap::new();
        let mut of_queues: BTreeMap<(Option<SiteId>, QueueId), Days> = BTreeMap::new();
        let put = |days: &mut Days, date: civil::Date, set: &MeasureSet| {
            let day = days.entry(date).or_default();
            *day = day.merge(set, Axis::Scopes);
        };
        for row in measures(tx, from, to).await? {
            // A measure of a later version of the program says nothing to this one.
            let Ok(set) = MeasureSet::from_named([(row.measure.as_str(), row.value)]) else {
                continue;
            };
            if !self.by_site.contains_key(&row.site_id) {
                continue;
            }
            put(of_sites.entry(row.site_id).or_default(), row.local_date, &set);
            if let Some(queue) = row.queue_id {
                put(of_queues.entry((row.site_id, queue)).or_default(), row.local_date, &set);
            }
        }
        for (site, days) in &of_sites {
            let recorded = MeasureSet::roll_up(days.values(), Axis::Time);
            self.by_site.entry(*site).or_default().recorded = recorded;
        }
        for (place, days) in &of_queues {
            let recorded = MeasureSet::roll_up(days.values(), Axis::Time);
            self.by_queue.entry(*place).or_default().recorded = recorded;
        }
        Ok(())
    }

    /// Requests of the local days of each site, beside those that other systems record.
    async fn add_requests(
        &mut self,
        tx: &TenantTx,
        (from, to): (civil::Date, civil::Date),
    ) -> Outcome<()> {
        let span = |site: &SiteView| {
            let zone = site.zone();
            Span::new(start_of_day(from, &zone), start_of_day(to, &zone))
        };
        let spans: Vec<(SiteId, Span)> = self
            .sites
            .iter()
            .filter_map(|site| Some((*site, span(self.directory.site(*site)?)?)))
            .collect();
        let counts = count_swaps_of_sites(tx, &spans).await?;
        for (site, Satisfaction { decided, satisfied }) in satisfaction_by_site(&counts) {
            let sums = [
                ("requests_decided", Decimal::from(decided)),
                ("requests_satisfied", Decimal::from(satisfied)),
            ];
            let sums = MeasureSet::from_named(sums).unwrap_or_default();
            let figures = self.by_site.entry(Some(site)).or_default();
            figures.recorded = figures.recorded.merge(&sums, Axis::Scopes);
        }
        Ok(())
    }

    /// The value of a KPI at a place.
    pub(super) fn figure(&self, kpi: &KpiDefinition, place: Place) -> Figure {
        let scopes: Vec<&Figures> = match (place.site, place.queue) {
            (Some(site), None) => self.by_site.get(&Some(site)).into_iter().collect(),
            (None, None) => self.by_site.values().collect(),
            (Some(site), Some(queue)) => {
                self.by_queue.get(&(Some(site), queue)).into_iter().collect()
            }
            (None, Some(queue)) => {
                let of_queue = self.by_queue.iter().filter(|((_, it), _)| *it == queue);
                of_queue.map(|(_, figures)| figures).collect()
            }
        };
        figure(kpi, &scopes, self.setting)
    }

    /// The target of a KPI at a place.
    pub(super) fn target(&self, kpi: &KpiDefinition, place: Place) -> Target {
        target_of(&self.targets, kpi, place)
    }

    /// The sites of a value: of the network, or of a queue over the network; none of anything else.
    pub(super) fn sites_of(&self, place: Place) -> Vec<Place> {
        if place.site.is_some() {
            return Vec::new();
        }
        let takes = |site: &&SiteId| match place.queue {
            Some(queue) => self.serves(**site, queue),
            None => true,
        };
        let sites = self.sites.iter().filter(takes);
        sites.map(|site| Place { site: Some(*site), ..place }).collect()
    }

    /// The queues of a value: of the network or of a site; none of a queue, and none where the KPI
    /// has no values of queues.
    pub(super) fn queues_of(&self, kpi: &KpiDefinition, place: Place) -> Vec<Place> {
        if place.queue.is_some() || !kpi.levels.contains(&Level::Queue) {
            return Vec::new();
        }
        let queues = self.directory.queues.iter().map(|queue| queue.id);
        let there = queues.filter(|queue| place.site.is_none_or(|site| self.serves(site, *queue)));
        there.map(|queue| Place { queue: Some(queue), ..place }).collect()
    }

    /// Whether a site takes contacts of a queue, or did.
    fn serves(&self, site: SiteId, queue: QueueId) -> bool {
        self.directory.queue(queue).is_some_and(|queue| queue.site_ids.contains(&site))
            || self.by_queue.contains_key(&(Some(site), queue))
    }
}

fn needs_requests(kpi: &KpiDefinition) -> bool {
    let measures: BTreeSet<&str> =
        kpi.formula.measures().into_iter().map(|measure| measure.name()).collect();
    measures.contains("requests_decided") || measures.contains("requests_satisfied")
}
