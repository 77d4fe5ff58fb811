use async_graphql::{ID, InputObject, SimpleObject};
use trunkline_domain::{
    fault::{Fault, Rule},
    network::{SeniorTerms, StaffingBand, StaffingWeek},
};

use super::weeks::WeekAsk;
use crate::graphql::{Date, Decimal, LocalTime, UserError, parse_id};

/// What differs by weekday and time of day in how a queue is staffed, from a local day on.
#[derive(Debug, InputObject)]
pub struct QueueWeekSetInput {
    /// The queue.
    pub queue_id: ID,
    /// First day on which it holds, in the zone of the queue, not before today; absent = today. It holds until what is set for a later day. At most 100 sets of a queue may wait for their first day.
    pub effective_on: Option<Date>,
    /// The bands, at most 100; none = staffed alike at all times from then on. Of one figure no two bands say something at the same time.
    #[graphql(default)]
    pub bands: Vec<StaffingBandInput>,
}

/// What holds on some weekdays from one time of day to another. A figure left out is as the queue has it at all other times.
#[derive(Debug, InputObject)]
pub struct StaffingBandInput {
    /// ISO weekdays on which it begins: 1 is Monday, 7 is Sunday.
    pub weekdays: Vec<i32>,
    /// When it begins, by the clock of the queue's zone: on its intervals.
    pub starts: LocalTime,
    /// When it ends; not after `starts` = on the next day, equal = after 24 hours.
    pub ends: LocalTime,
    /// Least number of agents on the phone while the queue is open.
    pub minimum_staff: Option<i32>,
    /// Share of rostered time not worked on the queue, 0 to below 1.
    pub shrinkage: Option<Decimal>,
    /// The part of it that no roster shows, given only beside `shrinkage`; absent = as the queue has it, at most `shrinkage`.
    pub unplanned_shrinkage: Option<Decimal>,
    /// How many of the agents must be seniors.
    pub seniors: Option<QueueSeniorsInput>,
}

/// How many of a queue's agents must have a grade of its skill.
#[derive(Debug, InputObject)]
pub struct QueueSeniorsInput {
    /// Grade from which on an agent is a senior, 2 to 5.
    #[graphql(default = 4)]
    pub grade: i32,
    /// Least percent of the agents, 0 to 100; absent = none.
    pub share_percent: Option<Decimal>,
    /// Least number wherever anybody is required, whatever the share.
    #[graphql(default = 0)]
    pub minimum: i32,
}

impl QueueWeekSetInput {
    pub(super) fn parse(self) -> Result<WeekAsk, Fault> {
        let Self { queue_id, effective_on, bands } = self;
        let bands = bands.into_iter().enumerate();
        Ok(WeekAsk {
            queue: parse_id(&queue_id, "queueId")?,
            from: effective_on.map(|date| date.0),
            bands: bands.map(|(at, band)| band.parse(at)).collect::<Result<_, Fault>>()?,
        })
    }
}

/// A number of agents of a band.
fn agents(agents: i32, path: &str) -> Result<u16, Fault> {
    u16::try_from(agents).map_err(|_| Fault::invalid(path, Rule::Between(0, 65_535)))
}

impl StaffingBandInput {
    fn parse(self, at: usize) -> Result<StaffingBand, Fault> {
        let Self { weekdays, starts, ends, minimum_staff, shrinkage, unplanned_shrinkage, seniors } =
            self;
        let path = |field: &str| format!("bands.{at}.{field}");
        let weekday = |day: i32| {
            u8::try_from(day).map_err(|_| Fault::invalid(&path("weekdays"), Rule::Weekdays))
        };
        let minimum = minimum_staff.map(|it| agents(it, &path("minimumStaff")));
        Ok(StaffingBand {
            weekdays: weekdays.into_iter().map(weekday).collect::<Result<_, Fault>>()?,
            starts: starts.0,
            ends: ends.0,
            minimum_staff: minimum.transpose()?,
            shrinkage: shrinkage.map(|it| it.0),
            unplanned_shrinkage: unplanned_shrinkage.map(|it| it.0),
            seniors: seniors.map(|it| it.parse(&path("seniors"))).transpose()?,
        })
    }
}

impl QueueSeniorsInput {
    fn parse(self, path: &str) -> Result<SeniorTerms, Fault> {
        let Self { grade, share_percent, minimum } = self;
        let unknown = |_| Fault::invalid(&format!("{path}.grade"), Rule::Between(2, 5));
        let percent = share_percent.map(|it| it.0).unwrap_or_default();
        Ok(SeniorTerms {
            grade: u8::try_from(grade).map_err(unknown)?,
            share: percent / rust_decimal::Decimal::ONE_HUNDRED,
            minimum: agents(minimum, &format!("{path}.minimum"))?,
        })
    }
}

/// What differs by weekday and time of day in how a queue is staffed, from a local day on.
#[derive(Debug, SimpleObject)]
pub struct QueueWeek {
    /// First day on which it holds, in the zone of the queue.
    pub effective_on: Date,
    /// The bands; none = staffed alike at all times.
    pub bands: Vec<StaffingBandOfWeek>,
}

/// What holds on some weekdays from one time of day to another. `null` is as the queue has it at all other times.
#[derive(Debug, SimpleObject)]
#[graphql(name = "StaffingBand")]
pub struct StaffingBandOfWeek {
    /// ISO weekdays on which it begins: 1 is Monday, 7 is Sunday.
    pub weekdays: Vec<i32>,
    /// When it begins, by the clock of the queue's zone.
    pub starts: LocalTime,
    /// When it ends; not after `starts` = on the next day, equal = after 24 hours.
    pub ends: LocalTime,
    /// Least number of agents on the phone while the queue is open.
    pub minimum_staff: Option<i32>,
    /// Share of rostered time not worked on the queue.
    pub shrinkage: Option<Decimal>,
    /// The part of it that no roster shows.
    pub unplanned_shrinkage: Option<Decimal>,
    /// How many of the agents must be seniors.
    pub seniors: Option<QueueSeniors>,
}

/// How many of a queue's agents must have a grade of its skill.
#[derive(Debug, SimpleObject)]
pub struct QueueSeniors {
    /// Grade from which on an agent is a senior.
    pub grade: i32,
    /// Least percent of the agents.
    pub share_percent: Decimal,
    /// Least number wherever anybody is required.
    pub minimum: i32,
}

impl From<StaffingWeek> for QueueWeek {
    fn from(week: StaffingWeek) -> Self {
        let StaffingWeek { from, bands } = week;
        Self { effective_on: Date(from), bands: bands.into_iter().map(Into::into).collect() }
    }
}

impl From<StaffingBand> for StaffingBandOfWeek {
    fn from(band: StaffingBand) -> Self {
        let StaffingBand {
            weekdays,
            starts,
            ends,
            minimum_staff,
            shrinkage,
            unplanned_shrinkage,
            seniors,
        } = band;
        Self {
            weekdays: weekdays.into_iter().map(i32::from).collect(),
            starts: LocalTime(starts),
            ends: LocalTime(ends),
            minimum_staff: minimum_staff.map(i32::from),
            shrinkage: shrinkage.map(Into::into),
            unplanned_shrinkage: unplanned_shrinkage.map(Into::into),
            seniors: seniors.map(Into::into),
        }
    }
}

impl From<SeniorTerms> for QueueSeniors {
    fn from(terms: SeniorTerms) -> Self {
        let SeniorTerms { grade, share, minimum } = terms;
        Self {
            grade: i32::from(grade),
            share_percent: (share * rust_decimal::Decimal::ONE_HUNDRED).into(),
            minimum: i32::from(minimum),
        }
    }
}

/// Outcome of setting what differs by weekday and time of day.
#[derive(Debug, SimpleObject)]
pub struct QueueWeekSetPayload {
    /// What was set. `null` when refused.
    pub week: Option<QueueWeek>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}
