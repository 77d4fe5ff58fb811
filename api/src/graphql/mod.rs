//! The public API: roots, operation, errors, ids, scalars, paging.

mod attempt;
mod cost;
pub mod direct;
mod errors;
mod ids;
mod loader;
mod node;
mod operation;
mod paging;
mod rate_limit;
pub mod roots;
mod scalars;
mod schema;
mod stability;
mod watcher;

pub use cost::prices;
pub use errors::{ErrorParam, UserError, UserErrorCode, codes};
pub use ids::{parse_id, parse_ids, show_id};
pub use loader::Loader;
pub use node::Node;
pub(crate) use node::find_node;
pub use operation::Operation;
pub use paging::{COUNT_BOUND, Count, OrderDirection, Page, PageInfo, wants_count};
pub use rate_limit::{RateLimit, RateLimitQuery, prices_only, skip_the_rest};
pub use scalars::{Date, DateTime, Decimal, LanguageTag, LocalTime, TimeZone};
pub use schema::{Schema, build_schema, sdl};
pub use watcher::Watcher;
