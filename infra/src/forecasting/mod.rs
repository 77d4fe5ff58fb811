//! History of intervals with its day sums, demand events, forecasts.

mod days;
mod events;
mod history;
mod intervals;
mod repo;
mod views;

pub use days::last_day;
pub use events::{
    DemandEventView, decide_event, demand_event, demand_events, events_of_queue, insert_event,
};
pub use history::queue_history;
pub use intervals::{IntervalFigure, Quality, Upserted, upsert_figures};
pub use repo::{NewForecast, freeze_forecasts, insert_forecast};
pub use views::{
    ForecastView, StoredPoint, count_forecasts, figures, forecast_points, forecasts_by_id,
    list_forecasts,
};
