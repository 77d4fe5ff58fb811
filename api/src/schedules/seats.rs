//! How many people can sit at a site.

use serde_json::json;
use trunkline_domain::{
    id::SiteId,
    identity::{Permission, Target},
    schedules::SeatsFrom,
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    network::SiteView,
    schedules::{SiteSeatsView, lock_site, seats_of_sites, set_site_seats},
};

use super::ground::site_of;
use crate::{app::App, error::Outcome, identity::permit};

/// Seats to set.
#[derive(Debug, Clone, Copy)]
pub(super) struct SetSeats {
    pub(super) site: SiteId,
    pub(super) seats: SeatsFrom,
}

/// Sets the seats of a site from a day on; gives the site.
pub(super) async fn set_seats(app: &App, ctx: &Ctx, ask: SetSeats) -> Outcome<SiteView> {
    let SetSeats { site, seats } = ask;
    let tx = app.db.begin(ctx).await?;
    let site = site_of(app, ctx, &tx, site).await?;
    let target = Target::site(site.id);
    permit(ctx, Permission::NetworkWrite, Permission::NetworkRead, &target, "siteId")?;
    lock_site(&tx, site.id).await?;
    let known = seats_of_sites(&tx, &[site.id]).await?;
    let in_force = known.iter().rev().find(|row| row.valid_from <= seats.valid_from);
    set_site_seats(&tx, ctx, site.id, seats).await?;
    let before = json!({ "seats": in_force.map(SiteSeatsView::known).and_then(|it| it.seats) });
    let after = json!({ "seats": seats.seats });
    let deed = Deed::changed("site.seats_set", site.id, before, after);
    record(&tx, ctx, deed.with(json!({ "validFrom": seats.valid_from }))).await?;
    tx.commit().await?;
    Ok(site)
}
