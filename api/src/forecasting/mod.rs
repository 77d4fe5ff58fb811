//! History of intervals, demand events, forecasts.

mod calendar_fields;
mod calendar_service;
mod calendar_types;
mod close_fields;
mod close_service;
mod close_types;
mod effect_service;
mod event_service;
mod event_types;
mod forecast_service;
mod history_types;
mod inputs;
mod mutation;
mod query;
pub(crate) mod rights;
mod service;
mod types;

pub use calendar_types::SpecialDayKind;
pub use event_types::DemandEvent;
pub use service::{HistoryReport, ImportHistory, SeriesGaps, import_history};
pub use types::Forecast;

pub use close_service::close_finished_days;
pub(crate) use service::blocking;

use async_graphql::MergedObject;
use calendar_fields::{CalendarMutation, CalendarQuery};
use close_fields::CloseQuery;
use mutation::ForecastMutation;
use query::ForecastQuery;

/// Reading history, calendars, demand events and forecasts.
#[derive(MergedObject, Default)]
pub struct ForecastingQuery(ForecastQuery, CalendarQuery, CloseQuery);

/// Writing history, calendars, demand events and forecasts.
#[derive(MergedObject, Default)]
pub struct ForecastingMutation(ForecastMutation, CalendarMutation);
