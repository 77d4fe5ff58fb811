use std::{sync::Arc, time::Duration};

use async_graphql::{Context, ID, Subscription};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::time::{Instant, sleep, sleep_until};
use trunkline_domain::{fault::Language, id::SiteId};
use trunkline_infra::live::Subscription as Bus;

use super::{board::board, boards::channel, types::Wallboard};
use crate::{
    app::App,
    error::AppError,
    graphql::{Operation, Watcher},
};

/// Boards as they change.
#[derive(Debug, Default)]
pub struct IntradaySubscription;

#[Subscription]
impl IntradaySubscription {
    /// The board now, unless it is the one of `after`, and then whenever it says something else: at most once a second, also when figures turn stale. Ends when the caller may no longer see it, or after `first` boards.
    async fn wallboard_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this site.")] site_id: Option<ID>,
        #[graphql(desc = "`cursor` of the last board received.")] after: Option<String>,
        #[graphql(
            desc = "Boards after which it ends, from 1; without it, it does not end by itself."
        )]
        first: Option<i32>,
    ) -> async_graphql::Result<impl Stream<Item = Wallboard> + use<>> {
        let operation = Operation::root(ctx)?;
        let site = match site_id.map(|id| id.parse()) {
            Some(Err(_)) => {
                let unknown = AppError::InvalidArgument("siteId names no site".to_owned());
                return Err(operation.fail(unknown));
            }
            Some(Ok(site)) => Some(site),
            None => None,
        };
        if first.is_some_and(|first| first < 1) {
            let wrong = AppError::InvalidArgument("first must be at least 1".to_owned());
            return Err(operation.fail(wrong));
        }
        let watcher = Watcher::of(ctx)?;
        let tenant = operation.viewer().map_err(|error| operation.fail(error))?.tenant;
        let watch = Watch {
            bus: operation.app.live.subscribe(&channel(tenant)).await,
            app: Arc::clone(&operation.app),
            watcher,
            site,
            language: operation.language,
            seen: after,
            not_before: Instant::now(),
        };
        let most = first.map_or(usize::MAX, |first| first.unsigned_abs() as usize);
        Ok(stream::unfold(watch, Watch::next).take(most))
    }
}

/// At most one board in this time.
const PACE: Duration = Duration::from_secs(1);

/// One who watches. Holds no transaction: each look takes a short one, if it needs one at all.
struct Watch {
    app: Arc<App>,
    watcher: Watcher,
    bus: Bus,
    site: Option<SiteId>,
    language: Language,
    seen: Option<String>,
    not_before: Instant,
}

impl Watch {
    async fn next(mut self) -> Option<(Wallboard, Self)> {
        loop {
            sleep_until(self.not_before).await;
            self.not_before = Instant::now() + PACE;
            let caller = self.watcher.look()?;
            match board(&self.app, &caller, self.site).await {
                Ok(None) => return None,
                Ok(Some(board)) => {
                    let board = Wallboard::of(&board, self.language);
                    if self.seen.as_ref() != Some(&board.cursor) {
                        self.seen = Some(board.cursor.clone());
                        return Some((board, self));
                    }
                }
                // The next look may succeed; until then the last board stays, and its ages grow.
                Err(error) => tracing::warn!(%error, "a board could not be made"),
            }
            self.until_news().await;
        }
    }

    /// Waits until a feed has said something, or may have, or figures may have turned stale.
    async fn until_news(&mut self) {
        tokio::select! {
            event = self.bus.next() => {
                if event.is_none() {
                    sleep(PACE).await;
                }
            }
            () = sleep(PACE) => {}
        }
    }
}
