//! Seats of sites: how many there are from which day on, and who sits on them.

use jiff::civil;
use trunkline_domain::{
    id::SiteId,
    schedules::{SeatCount, SeatsFrom, Shift},
    time::Span,
};

use super::{ShiftView, Source, rosters::OF_SOURCE, views::SHIFT_COLUMNS};
use crate::{
    ctx::Ctx,
    db::{DbError, TenantTx},
    network::SiteView,
    params, read_model,
};

read_model! {
    /// Seats of a site from a day on, as they are read.
    pub struct SiteSeatsView {
        /// Whose.
        pub site_id: SiteId,
        /// The day.
        pub valid_from: civil::Date,
        /// How many; `None` = enough.
        pub seats: Option<i32>,
    }
}

impl SiteSeatsView {
    /// The same as the domain knows it.
    #[must_use]
    pub fn known(&self) -> SeatsFrom {
        // The constraint `site_seats_range` keeps what is below nothing out.
        let seats = self.seats.map(|seats| u32::try_from(seats).unwrap_or(0));
        SeatsFrom { valid_from: self.valid_from, seats }
    }
}

/// What was ever set for these sites, by site and day.
///
/// # Errors
/// What the database says.
pub async fn seats_of_sites(
    tx: &TenantTx,
    sites: &[SiteId],
) -> Result<Vec<SiteSeatsView>, DbError> {
    tx.all(
        "select site_id, valid_from, seats from app.site_seats
         where tenant_id = $1 and site_id = any($2) order by site_id, valid_from",
        params![tx.tenant(), sites],
    )
    .await
}

/// Sets the seats of a site from a day on; what was set for that day is replaced.
///
/// # Errors
/// What the database says.
pub async fn set_site_seats(
    tx: &TenantTx,
    ctx: &Ctx,
    site: SiteId,
    seats: SeatsFrom,
) -> Result<(), DbError> {
    let SeatsFrom { valid_from, seats } = seats;
    let seats = seats.map(|seats| i32::try_from(seats).unwrap_or(i32::MAX));
    tx.run(
        "insert into app.site_seats (tenant_id, site_id, valid_from, seats, set_by, set_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint site_seats_pkey do update
         set (seats, set_by, set_at) = (excluded.seats, excluded.set_by, excluded.set_at)",
        params![tx.tenant(), site, valid_from, seats, ctx.actor(), ctx.now()],
    )
    .await?;
    Ok(())
}

/// The seats of a site over `window` with everybody who works there then, wherever they belong;
/// `None` where there are always enough.
pub(super) async fn load_seats(
    tx: &TenantTx,
    site: &SiteView,
    (window, source): (Span, Source),
) -> Result<Option<SeatCount>, DbError> {
    let zone = site.zone();
    let rows = seats_of_sites(tx, &[site.id]).await?;
    let rows: Vec<SeatsFrom> = rows.iter().map(SiteSeatsView::known).collect();
    let Some(mut count) = SeatCount::empty(&rows, window, &zone) else { return Ok(None) };
    let sql = format!(
        "select {SHIFT_COLUMNS} from app.shift s
         join app.agent a on a.tenant_id = s.tenant_id and a.id = s.agent_id and a.status = 'ACTIVE'
         where s.tenant_id = $1 and s.site_id = $2
           and s.starts_at < $4 and s.ends_at > $3 and s.starts_at > $3 - interval '48 hours'
           and {OF_SOURCE}
         order by s.starts_at, s.id"
    );
    let mut params = params![tx.tenant(), site.id, window.start(), window.end()];
    params.extend(source.params());
    let shifts: Vec<ShiftView> = tx.all(sql, params).await?;
    let shifts = shifts.iter().filter_map(|row| row.shift(&zone).transpose());
    let shifts: Vec<Shift> = shifts.collect::<Result<_, _>>()?;
    count.add(site.id, &shifts);
    Ok(Some(count))
}
