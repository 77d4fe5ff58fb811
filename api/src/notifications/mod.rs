//! What people are told: written with what happened, read and heard by the one it tells.

mod inputs;
mod mail;
mod mutation;
mod query;
mod service;
mod subscription;
mod tell;
mod types;

pub use mail::{SEND_NEWS, run_news};
pub use mutation::NotificationsMutation;
pub use query::NotificationsQuery;
pub use subscription::NotificationsSubscription;
pub(crate) use tell::{Whom, tell, tell_agents};
pub use types::{Notification, NotificationKind};
