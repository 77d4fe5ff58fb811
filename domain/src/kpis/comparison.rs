//! Sites side by side and the network as a whole.

use rust_decimal::Decimal;

use super::{KpiDefinition, MeasureSet, ServiceLevelSetting, Status, Target, WaitHistogram};
use crate::id::SiteId;

/// What is known of one site in the period compared.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteFigures {
    /// The site; `None` = what was never routed to one, which counts for the network only.
    pub site: Option<SiteId>,
    /// Its sums of measures.
    pub sums: MeasureSet,
    /// How its service level was measured; `None` when the site has no or mixed settings.
    pub setting: Option<ServiceLevelSetting>,
    /// Waits of its calls, where the feed gave them.
    pub waits: Option<WaitHistogram>,
}

/// One site in a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SiteRow {
    /// The site; `None` = what was never routed to one.
    pub site: Option<SiteId>,
    /// Its own value, as it was measured.
    pub value: Option<Decimal>,
    /// Status of that value.
    pub status: Status,
    /// Whether it was measured in the way that is compared.
    pub is_comparable: bool,
    /// The value as it would be in the way that is compared: from the wait histogram where the
    /// site measured otherwise, `None` where that is not possible.
    pub comparable_value: Option<Decimal>,
}

/// Sites side by side. The network is computed from sums, never from the values of the sites.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// One row per site, in the order given.
    pub sites: Vec<SiteRow>,
    /// Value of all sites together as each of them measured: where rows are not comparable, "each
    /// within its own threshold".
    pub network: Option<Decimal>,
    /// Status of the network; none is given where rows are not comparable.
    pub network_status: Status,
    /// Value of all sites together in the way that is compared; `None` when a site that has data
    /// cannot be brought to it.
    pub network_comparable: Option<Decimal>,
}

/// Compares sites by a KPI that every site measures alike.
#[must_use]
pub fn compare(kpi: &KpiDefinition, target: &Target, sites: &[SiteFigures]) -> Comparison {
    let rows = sites
        .iter()
        .map(|figures| {
            let value = kpi.value(&figures.sums);
            SiteRow {
                site: figures.site,
                value,
                status: target.status(value),
                is_comparable: true,
                comparable_value: value,
            }
        })
        .collect();
    let sums: Vec<&MeasureSet> = sites.iter().map(|figures| &figures.sums).collect();
    let network = kpi.value_of_group(&sums);
    Comparison {
        sites: rows,
        network,
        network_status: target.status(network),
        network_comparable: network,
    }
}

/// Compares the service levels of sites at one threshold and by one method. A site that measured
/// otherwise is marked and, where its waits are known, valued as if it had not.
#[must_use]
pub fn compare_service_level(
    setting: ServiceLevelSetting,
    target: &Target,
    sites: &[SiteFigures],
) -> Comparison {
    let mut rows = Vec::with_capacity(sites.len());
    let mut brought: Option<Vec<MeasureSet>> = Some(Vec::new());
    for figures in sites {
        let SiteFigures { site, sums, setting: own, waits } = figures;
        let is_comparable = *own == Some(setting);
        let same_threshold =
            own.is_some_and(|own| own.threshold_seconds == setting.threshold_seconds);
        let at_setting = if same_threshold {
            Some(sums.clone())
        } else {
            waits.and_then(|waits| waits.at_threshold(sums, setting.threshold_seconds))
        };
        let value = own.and_then(|own| own.method.value(sums));
        rows.push(SiteRow {
            site: *site,
            value,
            status: target.status(value),
            is_comparable: is_comparable || sums.is_empty(),
            comparable_value: at_setting.as_ref().and_then(|sums| setting.method.value(sums)),
        });
        // A site without data yet takes nothing from the network.
        if !sums.is_empty() {
            match (&mut brought, at_setting) {
                (Some(sets), Some(sums)) => sets.push(sums),
                _ => brought = None,
            }
        }
    }
    let network_comparable = brought
        .and_then(|sets| setting.method.value(&MeasureSet::roll_up(&sets, super::Axis::Scopes)));
    let all_alike = rows.iter().all(|row| row.is_comparable);
    let as_measured = MeasureSet::roll_up(sites.iter().map(|site| &site.sums), super::Axis::Scopes);
    let network = setting.method.value(&as_measured);
    let network_status = match network {
        Some(_) if !all_alike => Status::Info,
        value => target.status(value),
    };
    Comparison { sites: rows, network, network_status, network_comparable }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kpis::{ServiceLevelMethod, definition, displayed};

    const AT_20: ServiceLevelSetting =
        ServiceLevelSetting { method: ServiceLevelMethod::Offered, threshold_seconds: 20 };

    fn site(id: u128, values: [(&'static str, i64); 5]) -> SiteFigures {
        let values = values.map(|(name, value)| (name, Decimal::from(value)));
        SiteFigures {
            site: Some(SiteId::from_uuid(Uuid::from_u128(id))),
            sums: MeasureSet::from_named(values).expect("measures"),
            setting: Some(AT_20),
            waits: None,
        }
    }

    /// Guangzhou, Chengdu and Shenyang in March 2026.
    fn march() -> Vec<SiteFigures> {
        [
            (1, [20_000, 16_400, 560, 2_000, 1_760]),
            (2, [12_000, 9_000, 600, 900, 720]),
            (3, [3_000, 2_760, 45, 150, 141]),
        ]
        .map(|(id, [offered, in_time, abandoned, responses, top2])| {
            site(
                id,
                [
                    ("calls_offered", offered),
                    ("calls_answered_in_threshold", in_time),
                    ("calls_abandoned", abandoned),
                    ("survey_responses", responses),
                    ("survey_top2", top2),
                ],
            )
        })
        .to_vec()
    }

    fn shown(value: Option<Decimal>) -> String {
        displayed(value.expect("a value")).to_string()
    }

    fn number(text: &str) -> Decimal {
        text.parse().expect("number")
    }

    fn target(code: &str) -> Target {
        definition(code).expect("kpi").target
    }

    #[test]
    fn the_network_is_a_ratio_of_sums_and_not_the_mean_of_its_sites() {
        let cases = [
            ("service_level", ["82", "75", "92"], "80.46", "83", Status::Green),
            ("abandonment_rate", ["2.8", "5", "1.5"], "3.44", "3.10", Status::Amber),
            ("csat_top2", ["88", "80", "94"], "85.93", "87.33", Status::Green),
        ];
        for (code, values, network, mean, status) in cases {
            let kpi = definition(code).expect("kpi");
            let comparison = compare(kpi, &kpi.target, &march());
            let sites: Vec<_> = comparison.sites.iter().filter_map(|row| row.value).collect();
            assert_eq!(sites, values.map(number), "{code}");
            assert_eq!(displayed(comparison.network.expect("value")), number(network), "{code}");
            assert_ne!(displayed(comparison.network.expect("value")), number(mean), "{code}");
            assert_eq!(comparison.network_status, status, "{code}");
        }
    }

    #[test]
    fn sites_with_one_threshold_are_comparable() {
        let comparison = compare_service_level(AT_20, &target("service_level"), &march());
        assert!(comparison.sites.iter().all(|row| row.is_comparable));
        assert_eq!(comparison.network, comparison.network_comparable);
        assert_eq!(shown(comparison.network), "80.46");
        assert_eq!(comparison.network_status, Status::Green);
    }

    #[test]
    fn a_site_with_another_threshold_is_marked_and_valued_from_its_waits() {
        let mut sites = march();
        sites[1].setting = Some(ServiceLevelSetting { threshold_seconds: 40, ..AT_20 });
        let mut waits = WaitHistogram::default();
        waits.answered[..6].copy_from_slice(&[5_000, 1_500, 900, 700, 600, 300]);
        sites[1].waits = Some(waits);
        let comparison = compare_service_level(AT_20, &target("service_level"), &sites);
        let comparable: Vec<_> = comparison.sites.iter().map(|row| row.is_comparable).collect();
        assert_eq!(comparable, [true, false, true]);
        assert_eq!(comparison.sites[1].value, Some(75.into()));
        assert_eq!(comparison.sites[1].comparable_value, Some(number("67.5")));
        assert_eq!(shown(comparison.network_comparable), "77.89");
        assert_eq!(comparison.network_status, Status::Info);
    }

    #[test]
    fn without_waits_another_threshold_leaves_no_comparable_network_value() {
        let mut sites = march();
        sites[1].setting = Some(ServiceLevelSetting { threshold_seconds: 40, ..AT_20 });
        let comparison = compare_service_level(AT_20, &target("service_level"), &sites);
        assert_eq!(comparison.sites[1].comparable_value, None);
        assert_eq!(comparison.network_comparable, None);
    }

    #[test]
    fn a_site_before_its_first_interval_shows_no_data_and_changes_nothing() {
        let mut sites = march();
        let mut new = sites[0].clone();
        new.sums = MeasureSet::default();
        sites.push(new);
        let comparison = compare_service_level(AT_20, &target("service_level"), &sites);
        assert_eq!(comparison.sites[3].status, Status::NoData);
        assert_eq!(shown(comparison.network_comparable), "80.46");
    }
}
