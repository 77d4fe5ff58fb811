//! What callers may spend: a leaky bucket of points for each user and API client, and one for each
//! address of those who have not signed in.

use std::net::IpAddr;

use actix_web::http::StatusCode;
use trunkline_domain::identity::{Subject, Viewer};
use trunkline_infra::live::{Key, Level, Limit, LiveStore, Verdict};

use crate::http::{ErrorCode, Quote, Receipt, Refusal, network_of};

/// Most points of one operation.
const OPERATION: u64 = 10_000;

/// The size of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Points at once; at least those of one operation.
    pub points: u32,
    /// Points that come back each second.
    pub per_second: u32,
}

/// The buckets of all callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budgets {
    /// Of each person.
    pub user: Budget,
    /// Of each API client that has none of its own.
    pub client: Budget,
    /// Of all at one address who have not signed in. A whole site may share one, sign in within minutes
    /// of a shift's start and renew its tokens all day; a sign-in costs a little over 10 points.
    pub stranger: Budget,
}

/// Who pays for a call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Payer<'a> {
    /// Somebody who has signed in, or an API client.
    Caller(&'a Viewer),
    /// Somebody at this address.
    Stranger(Option<IpAddr>),
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            user: Budget { points: 20_000, per_second: 200 },
            client: Budget { points: 20_000, per_second: 500 },
            stranger: Budget { points: 20_000, per_second: 200 },
        }
    }
}

impl Budgets {
    /// Budgets that nobody can spend, for load tests.
    #[must_use]
    pub const fn vast() -> Self {
        let vast = Budget { points: 1_000_000_000, per_second: 1_000_000 };
        Self { user: vast, client: vast, stranger: vast }
    }

    /// The budget of who pays; a client may have one of its own.
    fn of(&self, payer: Payer<'_>) -> Budget {
        let Payer::Caller(viewer) = payer else { return self.stranger };
        match viewer.subject {
            Subject::Client(_) => viewer.rate.map_or(self.client, |rate| Budget {
                points: rate.burst.max(1),
                per_second: rate.restore.max(1),
            }),
            Subject::User(_) | Subject::System => self.user,
        }
    }

    /// Charges a call, or with `dry_run` only looks.
    ///
    /// # Errors
    /// QUERY_TOO_COSTLY when no budget would do; RATE_LIMITED, status 429, with the seconds to wait.
    pub(crate) async fn charge(
        &self,
        live: &LiveStore,
        payer: Payer<'_>,
        quote: Quote,
        dry_run: bool,
    ) -> Result<Receipt, Refusal> {
        let Budget { points, per_second } = self.of(payer);
        let most = OPERATION.min(points.into());
        let units = match u32::try_from(quote.points) {
            _ if dry_run => 0,
            Ok(units) if quote.points <= most => units,
            _ => return Err(too_costly(&quote, most)),
        };
        let units = match payer {
            Payer::Caller(_) => units,
            // What a stranger sends is read, which is not for nothing.
            Payer::Stranger(_) => units.max(1),
        };
        let key = key_of(payer);
        let Level { verdict, left } =
            live.draw(&key, units, Limit::per_second(points, per_second)).await;
        let receipt = Receipt {
            quote,
            limit: points,
            remaining: left.min(points),
            restore_per_second: per_second,
        };
        match verdict {
            Verdict::Go => Ok(receipt),
            Verdict::Wait(time) => {
                let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
                let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
                let message = format!(
                    "The operation costs {units} points and {left} are left; it fits in {seconds} s."
                );
                let refusal = Refusal::request(
                    StatusCode::TOO_MANY_REQUESTS,
                    ErrorCode::RateLimited,
                    message,
                );
                Err(refusal.retry_after(seconds).with_receipt(receipt))
            }
        }
    }
}

fn key_of(payer: Payer<'_>) -> Key {
    let viewer = match payer {
        Payer::Caller(viewer) => viewer,
        Payer::Stranger(Some(address)) => return Key::of_all("points", network_of(address)),
        Payer::Stranger(None) => return Key::of_all("points", "unknown"),
    };
    match viewer.subject {
        Subject::User(id) => Key::of(viewer.tenant, "points", id),
        Subject::Client(id) => Key::of(viewer.tenant, "points", id),
        Subject::System => Key::of(viewer.tenant, "points", "system"),
    }
}

fn too_costly(quote: &Quote, most: u64) -> Refusal {
    let Quote { points, most_expensive_path, .. } = quote;
    let message = format!(
        "The operation costs {points} points; {most} are allowed. Most of it: \
         `{most_expensive_path}`. Ask for smaller pages, or for less below them."
    );
    Refusal::document(ErrorCode::QueryTooCostly, message)
}
