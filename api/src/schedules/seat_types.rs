use async_graphql::{ID, InputObject, SimpleObject};
use trunkline_domain::{fault::Fault, schedules::SeatsFrom};
use trunkline_infra::schedules::SiteSeatsView;

use super::seats::SetSeats;
use crate::{
    graphql::{Date, UserError, parse_id},
    network::Site,
};

/// Seats of a site from a day on, until the next day for which others are set.
#[derive(Debug, SimpleObject)]
pub struct SiteSeats {
    /// The day, in the site's zone.
    pub valid_from_date: Date,
    /// How many people can sit there at once. `null` = enough.
    pub seats: Option<i32>,
}

impl From<SiteSeatsView> for SiteSeats {
    fn from(view: SiteSeatsView) -> Self {
        Self { valid_from_date: Date(view.valid_from), seats: view.seats }
    }
}

/// Seats to set.
#[derive(Debug, InputObject)]
pub struct SiteSeatsSetInput {
    /// Of which site.
    pub site_id: ID,
    /// From which day on, in the site's zone; what was set for that day is replaced.
    pub valid_from_date: Date,
    /// How many people can sit there at once, 0 to 10000. `null` = enough.
    pub seats: Option<i32>,
}

impl SiteSeatsSetInput {
    pub(super) fn parse(self) -> Result<SetSeats, Fault> {
        let Self { site_id, valid_from_date, seats } = self;
        let site = parse_id(&site_id, "siteId")?;
        Ok(SetSeats { site, seats: SeatsFrom::parse(valid_from_date.0, seats)? })
    }
}

/// Outcome of setting seats.
#[derive(Debug, SimpleObject)]
pub struct SiteSeatsSetPayload {
    /// The site. `null` when refused.
    pub site: Option<Site>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}
