//! History of intervals with its day sums, demand events, forecasts.

mod calendars;
mod closes;
mod days;
mod events;
mod history;
mod intervals;
mod repo;
mod views;
mod waits;

pub use calendars::{SpecialDayView, remove_special_days, set_special_days, special_days};
pub use closes::{
    AccuracyBy, AccuracyRow, CloseView, ComparedView, LastClose, NewClose, OpenDay, PlannedWith,
    accuracy_of_closes, closes, compared, insert_closes, last_closes, open_days, planned_with,
};
pub use days::{last_day, last_day_of};
pub use events::{
    DemandEventView, decide_event, demand_event, demand_events, events_of_queue, insert_event,
    last_event,
};
pub use history::queue_history;
pub use intervals::{IntervalFigure, Quality, Upserted, upsert_figures};
pub use repo::{NewForecast, freeze_forecasts, insert_forecast};
pub use views::{
    ForecastView, PointOfDay, StoredPoint, count_forecasts, figures, forecast_points,
    forecasts_by_id, list_forecasts, points_of_day,
};
pub(crate) use waits::{are_waits_known, bins, sum_of_waits};
