//! What a user does with what it was told.

use std::collections::HashSet;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use trunkline_domain::{
    fault::{Fault, FaultCode},
    id::{NotificationId, UserId},
    identity::{Subject, Viewer},
    notifications::{Clock, News, NewsKind},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    network::{Directory, SiteView},
    notifications::{
        NotificationView, mail_kinds, mark_read, mark_read_before, notifications_by_id,
        set_mail_kinds,
    },
};

use crate::{app::App, error::Outcome, identity::person};

/// Most notifications that are named at once.
pub(super) const MOST: usize = 100;

/// The person who reads; `None` for programs, which are told nothing.
pub(super) const fn reader(viewer: &Viewer) -> Option<UserId> {
    match viewer.subject {
        Subject::User(user) => Some(user),
        Subject::Client(_) | Subject::System => None,
    }
}

/// What a notification tells; `None` for one that this program cannot read, such as one that a later
/// version wrote. It is left out, so that it keeps no other from its reader.
pub(super) fn readable(told: &NotificationView) -> Option<News> {
    match told.news() {
        Ok(news) => Some(news),
        Err(error) => {
            tracing::warn!(%error, "a notification is left out");
            None
        }
    }
}

/// The zone of the clock by which news are read.
pub(super) fn zone_of(directory: &Directory, news: &News) -> TimeZone {
    match news.clock() {
        Clock::Site(site) => directory.site(site).map_or(TimeZone::UTC, SiteView::zone),
        Clock::Zone(name) => TimeZone::get(name).unwrap_or(TimeZone::UTC),
    }
}

/// What to mark as read.
#[derive(Debug)]
pub(super) enum ToRead {
    /// These.
    These(Vec<NotificationId>),
    /// All that were made until then.
    Until(Timestamp),
}

/// What came of marking.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Those that were named, as they stand now.
    pub(super) named: Vec<NotificationView>,
    /// One for each that was named and is not the caller's.
    pub(super) faults: Vec<Fault>,
}

/// Marks own notifications as read. What is not the caller's is not there, and keeps no other from
/// being marked.
pub(super) async fn read(app: &App, ctx: &Ctx, what: ToRead) -> Outcome<Read> {
    let user = person(ctx)?;
    let tx = app.db.begin(ctx).await?;
    let mut done = Read::default();
    match what {
        ToRead::Until(until) => mark_read_before(&tx, user, until, ctx.now()).await?,
        ToRead::These(ids) if ids.len() > MOST => {
            let fault = Fault::new(FaultCode::LimitExceeded).at("notificationIds");
            return Err(fault.with("limit", MOST.to_string()).into());
        }
        ToRead::These(ids) => {
            mark_read(&tx, user, &ids, ctx.now()).await?;
            done.named = notifications_by_id(&tx, user, &ids).await?;
            let known: HashSet<NotificationId> = done.named.iter().map(|it| it.id).collect();
            let missing = ids.iter().enumerate().filter(|(_, id)| !known.contains(id));
            let fault = |(at, _)| Fault::not_found(&format!("notificationIds.{at}"));
            done.faults = missing.map(fault).collect();
            done.named.sort_unstable_by_key(|it| ids.iter().position(|id| *id == it.id));
        }
    }
    tx.commit().await?;
    Ok(done)
}

/// Sets which kinds the caller wants by mail too; gives them, each once.
pub(super) async fn prefer(
    app: &App,
    ctx: &Ctx,
    mut kinds: Vec<NewsKind>,
) -> Outcome<Vec<NewsKind>> {
    let user = person(ctx)?;
    kinds.sort_unstable_by_key(|kind| kind.as_str());
    kinds.dedup();
    let tx = app.db.begin(ctx).await?;
    let told = |kinds: &[NewsKind]| json!({"mailKinds": kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>()});
    let before = told(&mail_kinds(&tx, user).await?);
    set_mail_kinds(&tx, user, &kinds).await?;
    let deed = Deed::changed("notification_preferences.set", user, before, told(&kinds));
    record(&tx, ctx, deed).await?;
    tx.commit().await?;
    Ok(kinds)
}
