//! What a queue asks of its staff on some weekdays and at some times of day.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil, tz::TimeZone};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    fault::{Fault, Rule},
    time::{Grain, local_of_instant},
};

const DAY: u16 = 24 * 60;
const WEEK: u16 = 7 * DAY;

/// How many of a queue's agents must have a grade of its skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeniorTerms {
    /// Grade from which on an agent is a senior, 2 to 5.
    pub grade: u8,
    /// Least share of the agents, 0 to 1.
    pub share: Decimal,
    /// Least number wherever anybody is required, whatever the share.
    pub minimum: u16,
}

/// What holds on some weekdays from one time of day to another, by the clock of the queue's zone. What
/// it leaves out is as the queue has it at other times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffingBand {
    /// ISO weekdays on which it begins: 1 is Monday, 7 is Sunday.
    pub weekdays: BTreeSet<u8>,
    /// When it begins.
    pub starts: civil::Time,
    /// When it ends; not after `starts` = on the next day, equal = after 24 hours.
    pub ends: civil::Time,
    /// Least agents on the phone while the queue is open.
    pub minimum_staff: Option<u16>,
    /// Share of rostered time not worked on the queue, 0 to below 1.
    pub shrinkage: Option<Decimal>,
    /// The part of it that no roster shows; only beside `shrinkage`.
    pub unplanned_shrinkage: Option<Decimal>,
    /// How many must be seniors.
    pub seniors: Option<SeniorTerms>,
}

/// The bands of a queue from a local day on, until those of a later day begin. Without bands it is
/// staffed alike at all times again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffingWeek {
    /// First local day on which they hold.
    pub from: civil::Date,
    /// The bands. Of one figure no two bands say something at the same time.
    pub bands: Vec<StaffingBand>,
}

/// What the bands of a week say of an instant; `None` where they say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BandTerms {
    /// Least agents on the phone.
    pub minimum_staff: Option<u16>,
    /// Share of rostered time not worked on the queue.
    pub shrinkage: Option<Decimal>,
    /// The part of it that no roster shows.
    pub unplanned_shrinkage: Option<Decimal>,
    /// How many must be seniors.
    pub seniors: Option<SeniorTerms>,
}

impl StaffingBand {
    /// Minutes of the week, Monday's midnight is 0, that it covers: `[from, to)`, apart from each other.
    fn minutes(&self) -> impl Iterator<Item = (u16, u16)> {
        let minute = |time: civil::Time| {
            u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).unwrap_or(0)
        };
        let (starts, ends) = (minute(self.starts), minute(self.ends));
        let length = if ends > starts { ends - starts } else { ends + DAY - starts };
        self.weekdays.iter().flat_map(move |&weekday| {
            let from = u16::from(weekday.clamp(1, 7) - 1) * DAY + starts;
            let to = from + length;
            // What Sunday runs over lies at the beginning of the week.
            [(from, to.min(WEEK)), (0, to.saturating_sub(WEEK))]
        })
    }

    fn covers(&self, minute: u16) -> bool {
        self.minutes().any(|(from, to)| (from..to).contains(&minute))
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.minutes()
            .any(|(from, to)| other.minutes().any(|(begins, ends)| begins.max(from) < ends.min(to)))
    }

    /// Whether both say something of one figure.
    fn says_as(&self, other: &Self) -> bool {
        self.minimum_staff.and(other.minimum_staff).is_some()
            || self.shrinkage.and(other.shrinkage).is_some()
            || self.seniors.and(other.seniors).is_some()
    }

    fn faults(&self, at: usize, grain: Grain, has_skill: bool) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut refuse =
            |field: &str, rule| faults.push(Fault::invalid(&format!("bands.{at}.{field}"), rule));
        if self.weekdays.is_empty() || self.weekdays.iter().any(|day| !(1..=7).contains(day)) {
            refuse("weekdays", Rule::Weekdays);
        }
        for (field, time) in [("starts", self.starts), ("ends", self.ends)] {
            let minute = i64::from(time.hour()) * 60 + i64::from(time.minute());
            let is_whole = time.second() == 0 && time.subsec_nanosecond() == 0;
            if !is_whole || minute % i64::from(grain.minutes()) != 0 {
                refuse(field, Rule::ClockOnGrain(grain.minutes()));
            }
        }
        let says = self.minimum_staff.is_some()
            || self.shrinkage.is_some()
            || self.unplanned_shrinkage.is_some()
            || self.seniors.is_some();
        if !says {
            refuse("minimumStaff", Rule::AFigureOfTheBand);
        }
        let is_share = |it: Decimal| it >= Decimal::ZERO && it < Decimal::ONE;
        if self.shrinkage.is_some_and(|it| !is_share(it)) {
            refuse("shrinkage", Rule::Share);
        }
        match (self.shrinkage, self.unplanned_shrinkage) {
            (None, Some(_)) => refuse("unplannedShrinkage", Rule::BesideShrinkage),
            (Some(all), Some(part)) if part < Decimal::ZERO || part > all => {
                refuse("unplannedShrinkage", Rule::PartOfShrinkage);
            }
            _ => {}
        }
        for (field, share) in
            [("shrinkage", self.shrinkage), ("unplannedShrinkage", self.unplanned_shrinkage)]
        {
            if share.is_some_and(|share| share.normalize().scale() > 4) {
                refuse(field, Rule::DecimalsAtMost(4));
            }
        }
        if let Some(SeniorTerms { grade, share, minimum }) = self.seniors {
            if !has_skill {
                refuse("seniors", Rule::QueueWithSkill);
            }
            if !(2..=5).contains(&grade) {
                refuse("seniors.grade", Rule::Between(2, 5));
            }
            if share < Decimal::ZERO || share > Decimal::ONE {
                refuse("seniors.sharePercent", Rule::Between(0, 100));
            } else if share.is_zero() && minimum == 0 {
                refuse("seniors.minimum", Rule::AtLeast(1));
            }
        }
        faults
    }
}

impl StaffingWeek {
    /// Most bands.
    pub const MOST_BANDS: usize = 100;

    /// Whether the bands can be meant for a queue of these intervals, which asks for a skill or does
    /// not.
    ///
    /// # Errors
    /// INVALID_VALUE for every field that does not fit, all at once.
    pub fn check(&self, grain: Grain, has_skill: bool) -> Result<(), Vec<Fault>> {
        let bands = &self.bands;
        if bands.len() > Self::MOST_BANDS {
            return Err(vec![Fault::invalid("bands", Rule::ItemsAtMost(Self::MOST_BANDS))]);
        }
        let of_band =
            |(at, band): (usize, &StaffingBand)| band.faults(at, grain, has_skill).into_iter();
        let mut faults: Vec<Fault> = bands.iter().enumerate().flat_map(of_band).collect();
        for (at, band) in bands.iter().enumerate() {
            let earlier = bands[..at].iter().position(|it| it.says_as(band) && it.overlaps(band));
            if let Some(earlier) = earlier {
                faults
                    .push(Fault::invalid(&format!("bands.{at}.starts"), Rule::BandApart(earlier)));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// What the bands say of a local time.
    fn terms_at(&self, local: civil::DateTime) -> BandTerms {
        let hours =
            i32::from(local.weekday().to_monday_zero_offset()) * 24 + i32::from(local.hour());
        let minute = u16::try_from(hours * 60 + i32::from(local.minute())).unwrap_or(0);
        let mut terms = BandTerms::default();
        for band in self.bands.iter().filter(|band| band.covers(minute)) {
            terms.minimum_staff = terms.minimum_staff.or(band.minimum_staff);
            if terms.shrinkage.is_none() {
                terms.shrinkage = band.shrinkage;
                terms.unplanned_shrinkage = band.unplanned_shrinkage;
            }
            terms.seniors = terms.seniors.or(band.seniors);
        }
        terms
    }
}

/// All that the weeks of a queue say, in its zone.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffingWeeks {
    /// Zone of the queue's local days.
    pub zone: TimeZone,
    /// The weeks, in any order.
    pub weeks: Vec<StaffingWeek>,
}

impl Default for StaffingWeeks {
    /// Of a queue that is staffed alike at all times.
    fn default() -> Self {
        Self { zone: TimeZone::UTC, weeks: Vec::new() }
    }
}

impl StaffingWeeks {
    /// What holds at an instant: by the week that began last, on the clock of the queue. The hour that a
    /// day of 25 hours has twice is staffed alike twice.
    #[must_use]
    pub fn at(&self, instant: Timestamp) -> BandTerms {
        if self.weeks.is_empty() {
            return BandTerms::default();
        }
        let local = local_of_instant(instant, &self.zone);
        let begun = self.weeks.iter().filter(|week| week.from <= local.date());
        begun.max_by_key(|week| week.from).map_or(BandTerms::default(), |week| week.terms_at(local))
    }
}

#[cfg(test)]
#[path = "staffing_week_tests.rs"]
mod tests;
