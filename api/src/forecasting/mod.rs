//! History of intervals, demand events, forecasts.

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

pub use event_types::DemandEvent;
pub use mutation::ForecastingMutation;
pub use query::ForecastingQuery;
pub use service::{HistoryReport, ImportHistory, SeriesGaps, import_history};
pub use types::Forecast;

pub(crate) use service::blocking;
