//! The team of the printed logins, by its code: ids of the same millisecond are in no order.

use trunkline_domain::{id::SiteId, identity::ReachSet};
use trunkline_infra::{
    agents::{AgentFilter, AgentOrder, AgentView, list_agents},
    db::TenantTx,
    network::Directory,
};

use crate::error::Outcome;

/// The agents of a team and its site, by name.
pub(super) async fn members(
    tx: &TenantTx,
    directory: &Directory,
    site: &str,
    team: &str,
) -> Outcome<Option<(SiteId, Vec<AgentView>)>> {
    let Some(site) = directory.sites.iter().find(|it| it.code == site) else { return Ok(None) };
    let mut teams = directory.teams.iter().filter(|it| it.site_id == site.id);
    let Some(team) = teams.find(|it| it.code == team) else { return Ok(None) };
    let everyone = ReachSet { network: true, ..ReachSet::default() };
    let filter = AgentFilter { teams: Some(vec![team.id]), ..AgentFilter::default() };
    let order = AgentOrder::Name { descending: false };
    Ok(Some((site.id, list_agents(tx, &everyone, &filter, order, None, 50).await?)))
}
