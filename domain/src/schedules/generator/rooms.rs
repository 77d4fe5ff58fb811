//! From the seats of sites and what stands on them to the rooms of a problem.

use super::{calendar::Calendar, problem::Slot, seating::Room};
use crate::{
    id::SiteId,
    schedules::{SeatCount, Severity, Shift, SiteLimits, WorkRules},
};

/// Sites that have not always enough seats, with those who sit there whatever is planned.
pub(super) struct Rooms {
    sites: Vec<(SiteId, SeatCount)>,
}

impl Rooms {
    /// With everybody of the rosters as they stand; none where the rules leave seats aside.
    pub(super) fn of(sites: &[SiteLimits], rules: &WorkRules) -> Self {
        let asked = rules.limits.seats.severity != Severity::Off;
        let limited = sites.iter().filter(|_| asked);
        let limited = limited.filter_map(|site| Some((site.site, site.seats.clone()?)));
        Self { sites: limited.collect() }
    }

    /// The room in which the agents of a site sit.
    pub(super) fn of_site(&self, site: SiteId) -> Option<usize> {
        self.sites.iter().position(|(known, _)| *known == site)
    }

    /// Takes away a shift that is planned anew.
    pub(super) fn leave(&mut self, shift: &Shift) {
        let Some(room) = self.of_site(shift.site()) else { return };
        let (_, count) = &mut self.sites[room];
        let present = shift.presence().map(|it| count.axis.indices(it)).unwrap_or_default();
        for taken in &mut count.taken[present] {
            *taken = taken.saturating_sub(1);
        }
    }

    /// What is left in so many slots: as little as in any interval that a slot touches.
    pub(super) fn rooms(&self, calendar: &Calendar, slots: Slot) -> Vec<Room> {
        let room = |(_, count): &(SiteId, SeatCount)| {
            let left = |index: usize| {
                count.seats[index].map(|seats| seats.saturating_sub(count.taken[index]))
            };
            let seats = (0..slots).map(|slot| {
                let touched = count.axis.indices(calendar.span(slot, slot + 1));
                let least = touched.filter_map(left).min()?;
                u16::try_from(least).ok()
            });
            Room { seats: seats.collect() }
        };
        self.sites.iter().map(room).collect()
    }
}
