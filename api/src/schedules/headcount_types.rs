//! Schedules that are made by headcounts: asking for one, and how far it is as it was wanted.

use async_graphql::{ComplexObject, Enum, SimpleObject};
use trunkline_domain::schedules::generator::{HeadcountGap, HeadcountReport, WishTally};

use super::generate::PlannedBy;
use crate::graphql::Date;

/// What says how many people are wanted when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ScheduleGenerateBy {
    /// The requirement of the site's queues, interval by interval: shifts start and end where they cover it best.
    Requirement,
    /// `headcounts` of the site's shift templates: as many people on each of these shifts as are wanted on each weekday, with the agents' wishes met as far as that allows. A missing person weighs 100, an unmet wish its weight of 1 to 5, one too many 1; the hours of contracts come before all of them. Who may work none of these shifts is planned by the requirement. `scheduleResolve` refuses a schedule that was made so, as it knows no headcounts.
    Headcounts,
}

impl From<ScheduleGenerateBy> for PlannedBy {
    fn from(by: ScheduleGenerateBy) -> Self {
        match by {
            ScheduleGenerateBy::Requirement => Self::Requirement,
            ScheduleGenerateBy::Headcounts => Self::Headcounts,
        }
    }
}

/// How far a schedule that was made by headcounts is as its site and its agents wanted it.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct ScheduleHeadcounts {
    /// Shifts that were wanted, over all days.
    pub wanted_shifts: u64,
    /// Wanted and not there.
    pub missing_shifts: u64,
    /// There and not wanted: contracts ask for more hours than the headcounts.
    pub surplus_shifts: u64,
    #[graphql(skip)]
    gaps: Vec<HeadcountGap>,
    /// Wishes of the agents for these days.
    pub wishes: ScheduleWishes,
}

/// The shifts and days on which another number of people is there.
#[ComplexObject]
impl ScheduleHeadcounts {
    /// Shifts and days on which another number of people is planned than wanted: first those on which people are missing, the most first, then those with too many, each by day; at most 400.
    async fn gaps(&self) -> Vec<ScheduleHeadcountGap> {
        self.gaps.iter().cloned().map(Into::into).collect()
    }
}

impl From<HeadcountReport> for ScheduleHeadcounts {
    fn from(report: HeadcountReport) -> Self {
        let HeadcountReport { wanted, missing, surplus, gaps, wishes } = report;
        let (wanted_shifts, missing_shifts, surplus_shifts) = (wanted, missing, surplus);
        Self { wanted_shifts, missing_shifts, surplus_shifts, gaps, wishes: wishes.into() }
    }
}

/// A shift on a day on which another number of people is planned than wanted.
#[derive(Debug, SimpleObject)]
pub struct ScheduleHeadcountGap {
    /// The day, in the site's zone.
    pub local_date: Date,
    /// Code of the shift template.
    pub template_code: String,
    /// People wanted.
    pub wanted: u32,
    /// People planned.
    pub planned: u32,
}

impl From<HeadcountGap> for ScheduleHeadcountGap {
    fn from(gap: HeadcountGap) -> Self {
        let HeadcountGap { date, template, wanted, planned } = gap;
        Self { local_date: Date(date), template_code: template, wanted, planned }
    }
}

/// Wishes of agents beside a schedule.
#[derive(Debug, SimpleObject)]
pub struct ScheduleWishes {
    /// Wishes that were uttered for these days.
    pub uttered: u32,
    /// Those of them that are met.
    pub met: u32,
    /// Sum of the weights of all.
    pub weight_uttered: u64,
    /// Sum of the weights of those that are met.
    pub weight_met: u64,
}

impl From<WishTally> for ScheduleWishes {
    fn from(tally: WishTally) -> Self {
        let WishTally { uttered, met, weight_uttered, weight_met } = tally;
        Self { uttered, met, weight_uttered, weight_met }
    }
}
