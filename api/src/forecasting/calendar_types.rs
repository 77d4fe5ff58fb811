use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use trunkline_domain::{
    fault::Fault,
    forecasting::{
        site_calendar::{DayKind, SpecialDay as KnownDay},
        unusual::UnusualDay as KnownUnusual,
    },
};
use trunkline_infra::forecasting::SpecialDayView;

use super::{
    calendar_service::SetDays, effect_service::Learned, event_types::DemandEvent,
    history_types::int,
};
use crate::{
    graphql::{Date, Operation, UserError, parse_id},
    network::Site,
};

/// What a day is for those who work on it. New values can be added: treat an unknown one as `USUAL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DayKind")]
pub enum SpecialDayKind {
    /// A day like any other.
    Usual,
    /// A day on which people rest: who works on it is owed a rest.
    RestDay,
    /// A statutory holiday: no rest makes up for work on it.
    PublicHoliday,
}

/// A day unlike its weekday at a site, such as a public holiday. Days of one name are taken to be alike.
#[derive(Debug)]
pub struct SpecialDay(pub(super) SpecialDayView);

/// A day unlike its weekday at a site, such as a public holiday. Days of one name are taken to be alike.
#[Object]
impl SpecialDay {
    /// The site. `null` when the caller may see the calendar but not the site.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let operation = Operation::of(ctx)?;
        Site::visible(operation, self.0.site_id).await.map_err(|error| operation.fail(error))
    }
    /// Local date.
    async fn local_date(&self) -> Date {
        Date(self.0.local_date)
    }
    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// Whether the site stays closed, whatever its opening hours say.
    async fn is_closed(&self) -> bool {
        self.0.closed
    }
    /// What it is for those who work on it.
    async fn kind(&self) -> SpecialDayKind {
        self.0.day_kind().into()
    }
}

/// A day for the calendar of a site.
#[derive(InputObject)]
pub struct SpecialDayInput {
    /// Local date.
    pub local_date: Date,
    /// What people call it, at most 80 characters.
    pub name: String,
    /// Whether the site stays closed, whatever its opening hours say.
    #[graphql(default)]
    pub is_closed: bool,
    /// What it is for those who work on it.
    #[graphql(default_with = "SpecialDayKind::Usual")]
    pub kind: SpecialDayKind,
}

/// Change of a site's calendar.
#[derive(InputObject)]
pub struct SpecialDaysSetInput {
    /// The site.
    pub site_id: ID,
    /// Days to be in it, at most 400, each date once; a date that has a name gets the new one.
    pub days: Vec<SpecialDayInput>,
    /// Dates to be taken out of it, at most 400.
    #[graphql(default)]
    pub remove_on: Vec<Date>,
}

impl SpecialDaysSetInput {
    pub(super) fn parse(self) -> Result<SetDays, Fault> {
        let Self { site_id, days, remove_on } = self;
        let day = |day| {
            let SpecialDayInput { local_date, name, is_closed, kind } = day;
            KnownDay { date: local_date.0, name, closed: is_closed, kind: kind.into() }
        };
        Ok(SetDays {
            site: parse_id(&site_id, "siteId")?,
            days: days.into_iter().map(day).collect(),
            remove: remove_on.into_iter().map(|date| date.0).collect(),
        })
    }
}

/// Outcome of a change of a calendar.
#[derive(Debug, SimpleObject)]
pub struct SpecialDaysSetPayload {
    /// The days that were set, in order of date. Empty when refused.
    pub special_days: Vec<SpecialDay>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// A day of a queue that was unlike its weekday: one with a name, or one that nobody named yet.
#[derive(Debug, SimpleObject)]
pub struct UnusualDay {
    /// Local date of the queue's zone.
    pub local_date: Date,
    /// Its name by a calendar or a demand event. `null` = nobody named it.
    pub name: Option<String>,
    /// Contacts offered; what missing intervals would have added is made up from the share of the others.
    pub offered: f64,
    /// Contacts that its weekday and the weeks around it made expect.
    pub expected: f64,
    /// 100 (offered − expected) / expected. `null` when nothing was expected.
    pub change_percent: Option<f64>,
}

impl From<KnownUnusual> for UnusualDay {
    fn from(day: KnownUnusual) -> Self {
        let change_percent = day.change_percent();
        let KnownUnusual { date, name, offered, expected } = day;
        Self { local_date: Date(date), name, offered, expected, change_percent }
    }
}

/// What a demand event brought to a queue, against a forecast from what lay before it. Ratios are of sums over its intervals.
#[derive(Debug, SimpleObject)]
pub struct DemandEventEffect {
    /// The event.
    pub demand_event: DemandEvent,
    /// Intervals that lie in it as a whole and have an actual.
    pub intervals: i32,
    /// Contacts that usual days would have brought.
    pub expected: f64,
    /// Contacts that came.
    pub actual: f64,
    /// Share of contacts added: 0.8 is +80 %. `null` when none were expected.
    pub volume_uplift: Option<f64>,
    /// Share of handle time added. `null` when no handle time is known.
    pub handle_time_uplift: Option<f64>,
}

impl From<Learned> for DemandEventEffect {
    fn from(learned: Learned) -> Self {
        let Learned { event, effect } = learned;
        Self {
            demand_event: DemandEvent(event),
            intervals: int(effect.intervals),
            expected: effect.expected,
            actual: effect.actual,
            volume_uplift: effect.volume_uplift(),
            handle_time_uplift: effect.handle_time_uplift(),
        }
    }
}
