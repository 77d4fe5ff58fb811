//! The calendar of a site: days that are not usual there, named by planners. Days of one name are
//! taken to be alike, so a holiday is learned from the last ones of its name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::{
    fault::{Fault, Rule},
    id::SiteId,
};

/// What a day is by law or by the company, for those who work on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DayKind {
    /// A day like any other.
    #[default]
    Usual,
    /// A day on which people rest: who works on it is owed a rest.
    RestDay,
    /// A statutory holiday: no rest makes up for work on it.
    PublicHoliday,
}

impl DayKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Usual, Self::RestDay, Self::PublicHoliday];

    /// Stable name, as the database has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "USUAL",
            Self::RestDay => "REST_DAY",
            Self::PublicHoliday => "PUBLIC_HOLIDAY",
        }
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A day unlike its weekday at one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    /// Local date.
    pub date: civil::Date,
    /// What people call it, such as a public holiday.
    pub name: String,
    /// Whether the site stays closed, whatever its opening hours say.
    pub closed: bool,
    /// What it is for those who work on it.
    pub kind: DayKind,
}

/// Most days that are set at once.
const MOST: usize = 400;
/// Characters of a name.
const NAME: std::ops::RangeInclusive<usize> = 1..=80;

/// Reads days of a calendar; names lose the space around them.
///
/// # Errors
/// INVALID_VALUE for every day that does not fit, all at once.
pub fn parse_days(days: Vec<SpecialDay>) -> Result<Vec<SpecialDay>, Vec<Fault>> {
    if days.len() > MOST {
        return Err(vec![Fault::invalid("days", Rule::ItemsAtMost(MOST))]);
    }
    let mut faults = Vec::new();
    let mut by_date = BTreeMap::new();
    for (place, SpecialDay { date, name, closed, kind }) in days.into_iter().enumerate() {
        let name = name.trim().to_owned();
        if !NAME.contains(&name.chars().count()) {
            faults.push(Fault::invalid(
                &format!("days.{place}.name"),
                Rule::Characters(*NAME.start(), *NAME.end()),
            ));
        }
        if by_date.insert(date, SpecialDay { date, name, closed, kind }).is_some() {
            faults.push(Fault::invalid(&format!("days.{place}.date"), Rule::EachOnce));
        }
    }
    if faults.is_empty() { Ok(by_date.into_values().collect()) } else { Err(faults) }
}

/// The calendars of the sites of a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteCalendars {
    sites: BTreeMap<SiteId, Vec<SpecialDay>>,
}

impl SiteCalendars {
    /// The calendars of these sites; a site without special days is one of them too.
    #[must_use]
    pub fn new(sites: &[SiteId], days: impl IntoIterator<Item = (SiteId, SpecialDay)>) -> Self {
        let mut calendars = Self { sites: sites.iter().map(|site| (*site, Vec::new())).collect() };
        for (site, day) in days {
            if let Some(calendar) = calendars.sites.get_mut(&site) {
                calendar.push(day);
            }
        }
        calendars
    }

    /// Dates that are special at one of the sites at least, with their names; where sites call a
    /// date differently, with all of them.
    #[must_use]
    pub fn names(&self) -> BTreeMap<civil::Date, String> {
        let mut names: BTreeMap<civil::Date, BTreeSet<&str>> = BTreeMap::new();
        for day in self.sites.values().flatten() {
            names.entry(day.date).or_default().insert(&day.name);
        }
        let joined = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(" / ");
        names.into_iter().map(|(date, names)| (date, joined(names))).collect()
    }

    /// Dates on which a site stays closed.
    #[must_use]
    pub fn closed_at(&self, site: SiteId) -> BTreeSet<civil::Date> {
        let days = self.sites.get(&site).into_iter().flatten();
        days.filter(|day| day.closed).map(|day| day.date).collect()
    }

    /// Dates on which all sites stay closed.
    #[must_use]
    pub fn closed(&self) -> BTreeSet<civil::Date> {
        let mut sites = self.sites.keys().map(|site| self.closed_at(*site));
        let Some(first) = sites.next() else { return BTreeSet::new() };
        sites.fold(first, |all, site| all.intersection(&site).copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    fn day(date: civil::Date, name: &str, closed: bool) -> SpecialDay {
        SpecialDay { date, name: name.into(), closed, kind: DayKind::Usual }
    }

    #[test]
    fn a_calendar_tells_all_its_faults_at_once() {
        let new_year = date(2026, 1, 1);
        let days = vec![day(new_year, " New Year ", true), day(new_year, " ", false)];
        let faults = parse_days(days).expect_err("two faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["days.1.name", "days.1.date"]);
        let read = parse_days(vec![day(new_year, " New Year ", true)]).expect("a day");
        assert_eq!(read[0].name, "New Year");
    }

    #[test]
    fn a_day_is_special_at_one_site_and_closed_only_at_all() {
        let [gz, cd, other] = [1, 2, 3].map(|n| SiteId::from_uuid(Uuid::from_u128(n)));
        let (feast, fair) = (date(2026, 10, 1), date(2026, 10, 15));
        let calendars = SiteCalendars::new(
            &[gz, cd],
            [
                (gz, day(feast, "National Day", true)),
                (cd, day(feast, "National Day", true)),
                (gz, day(fair, "Fair", true)),
                (other, day(date(2026, 5, 1), "Labour Day", true)),
            ],
        );
        let names: Vec<_> = calendars.names().into_values().collect();
        assert_eq!(names, ["National Day", "Fair"]);
        assert_eq!(calendars.closed(), BTreeSet::from([feast]));
        assert_eq!(calendars.closed_at(gz), BTreeSet::from([feast, fair]));
        assert_eq!(SiteCalendars::default().closed(), BTreeSet::new());
    }
}
