use std::{collections::VecDeque, sync::Arc, time::Duration};

use async_graphql::{Context, Subscription};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::time::sleep;
use trunkline_domain::{fault::Language, id::UserId};
use trunkline_infra::{
    db::Cursor,
    live::{BusEvent, Subscription as Bus},
    notifications::{newest_number, notifications_after},
};

use super::{service::reader, tell::channel, types::NotificationArrival};
use crate::{
    app::App,
    error::{AppError, Outcome},
    graphql::{Operation, Watcher},
};

/// Hearing what one is told.
#[derive(Debug, Default)]
pub struct NotificationsSubscription;

#[Subscription]
impl NotificationsSubscription {
    /// Each notification of the caller as it is told, oldest first and none left out: those after `after`, and without it those from now on. Never ends by itself, but after `first` of them; at once for programs, which are told nothing.
    async fn notification_arrived(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`cursor` of the last notification received.")] after: Option<String>,
        #[graphql(
            desc = "Notifications after which it ends, from 1; without it, it does not end by itself."
        )]
        first: Option<i32>,
    ) -> async_graphql::Result<impl Stream<Item = NotificationArrival> + use<>> {
        let operation = Operation::root(ctx)?;
        if first.is_some_and(|first| first < 1) {
            let wrong = AppError::InvalidArgument("first must be at least 1".to_owned());
            return Err(operation.fail(wrong));
        }
        let watcher = Watcher::of(ctx)?;
        let watch = Watch::begin(operation, watcher, after.as_deref()).await;
        let watch = watch.map_err(|error| operation.fail(error))?;
        let most = first.map_or(usize::MAX, |first| first.unsigned_abs() as usize);
        Ok(stream::unfold(watch, Watch::next).take(most))
    }
}

/// Without a word from the bus one looks after this time: it may have been lost with the live store,
/// or another process told something and there is none.
const POLL: Duration = Duration::from_secs(15);
/// Pause after a look that failed.
const PAUSE: Duration = Duration::from_secs(1);
/// Notifications read at once.
const BATCH: i64 = 50;

/// What a look came to.
enum Found {
    /// The caller may no longer ask.
    Closed,
    /// Nothing was told.
    Nothing,
    /// Something was told, if only what cannot be read: more may stand behind it.
    News,
}

/// One who watches. Holds no transaction: each look takes a short one.
struct Watch {
    app: Arc<App>,
    watcher: Watcher,
    /// `None` = a program.
    user: Option<UserId>,
    bus: Bus,
    language: Language,
    /// Number of the last one that was read.
    seen: i64,
    waiting: VecDeque<NotificationArrival>,
}

impl Watch {
    /// Listens first and looks then, so that nothing falls between the two.
    async fn begin(operation: &Operation, watcher: Watcher, after: Option<&str>) -> Outcome<Self> {
        let caller = operation.ctx()?;
        let app = Arc::clone(&operation.app);
        let bus = app.live.subscribe(&channel(caller.tenant())).await;
        let user = reader(operation.viewer()?);
        let seen = match (after, user) {
            (Some(after), _) => number_of(after)?,
            (None, Some(user)) => newest_number(&app.db.begin(&caller).await?, user).await?,
            (None, None) => 0,
        };
        let (language, waiting) = (operation.language, VecDeque::new());
        Ok(Self { app, watcher, user, bus, language, seen, waiting })
    }

    async fn next(mut self) -> Option<(NotificationArrival, Self)> {
        let user = self.user?;
        loop {
            if let Some(arrival) = self.waiting.pop_front() {
                return Some((arrival, self));
            }
            match self.look(user).await {
                Ok(Found::Closed) => return None,
                Ok(Found::Nothing) => self.until_news(user).await,
                Ok(Found::News) => {}
                Err(error) => {
                    // The next look may succeed, and finds what this one would have.
                    tracing::warn!(%error, "notifications could not be read");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    /// Reads what is new.
    async fn look(&mut self, user: UserId) -> Outcome<Found> {
        let Some(caller) = self.watcher.look() else { return Ok(Found::Closed) };
        let tx = self.app.db.begin(&caller).await?;
        let told = notifications_after(&tx, user, self.seen, BATCH).await?;
        if told.is_empty() {
            return Ok(Found::Nothing);
        }
        let directory = self.app.directory(&tx, &caller).await?;
        for it in &told {
            self.waiting.extend(NotificationArrival::of(it, &directory, self.language));
            self.seen = it.number;
        }
        Ok(Found::News)
    }

    /// Waits until the user was told something, or may have been.
    async fn until_news(&mut self, user: UserId) {
        let heard = async {
            loop {
                match self.bus.next().await {
                    Some(BusEvent::Message(told)) if !names(&told, user) => {}
                    Some(_) => return,
                    None => sleep(POLL).await,
                }
            }
        };
        tokio::select! {
            () = heard => {}
            () = sleep(POLL) => {}
        }
    }
}

/// Whether a message of the bus names the user; one that cannot be read may.
fn names(told: &[u8], user: UserId) -> bool {
    serde_json::from_slice::<Vec<UserId>>(told).map_or(true, |told| told.contains(&user))
}

fn number_of(cursor: &str) -> Outcome<i64> {
    let read = Cursor::decode(cursor).ok().and_then(|cursor| cursor.key.parse().ok());
    read.ok_or_else(|| {
        AppError::InvalidArgument("after: not a cursor that this field gave".to_owned())
    })
}
