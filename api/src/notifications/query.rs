use async_graphql::{Context, Object};
use trunkline_domain::id::UserId;
use trunkline_infra::{
    db::TenantTx,
    notifications::{NotificationView, count_notifications, list_notifications, mail_kinds},
};

use super::{
    service::reader,
    types::{Notification, NotificationConnection, NotificationEdge, NotificationPreferences},
};
use crate::{
    error::Outcome,
    graphql::{COUNT_BOUND, Count, Operation, Page, wants_count},
};

/// Reading what one was told.
#[derive(Debug, Default)]
pub struct NotificationsQuery;

#[Object]
impl NotificationsQuery {
    /// What the caller was told in the last 90 days, newest first. Programs are told nothing.
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 200.", default = 50)] first: Option<i32>,
        #[graphql(desc = "Cursor of the last item of the previous page.")] after: Option<String>,
        #[graphql(desc = "Only those that are unread.", default)] unread_only: bool,
    ) -> async_graphql::Result<NotificationConnection> {
        let operation = Operation::root(ctx)?;
        page(operation, first, after.as_deref(), unread_only, wants_count(ctx))
            .await
            .map_err(|error| operation.fail(error))
    }

    /// How many notifications the caller has not read.
    async fn notification_unread_count(&self, ctx: &Context<'_>) -> async_graphql::Result<Count> {
        let operation = Operation::root(ctx)?;
        unread(operation).await.map_err(|error| operation.fail(error))
    }

    /// How the caller wants to be told.
    async fn notification_preferences(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<NotificationPreferences> {
        let operation = Operation::root(ctx)?;
        preferences(operation).await.map_err(|error| operation.fail(error))
    }
}

/// Unread notifications of the caller.
async fn unread(operation: &Operation) -> Outcome<Count> {
    let Some(user) = reader(operation.viewer()?) else { return Ok(Count::bounded(0)) };
    let tx = operation.read().await?;
    Ok(Count::bounded(count_notifications(&tx, user, true, COUNT_BOUND + 1).await?))
}

async fn preferences(operation: &Operation) -> Outcome<NotificationPreferences> {
    let kinds = match reader(operation.viewer()?) {
        Some(user) => mail_kinds(&*operation.read().await?, user).await?,
        None => Vec::new(),
    };
    Ok(NotificationPreferences::of(kinds))
}

async fn page(
    operation: &Operation,
    first: Option<i32>,
    after: Option<&str>,
    unread_only: bool,
    counted: bool,
) -> Outcome<NotificationConnection> {
    let page = Page::parse(first, after)?;
    let (mut nodes, mut total) = (Vec::new(), 0);
    if let Some(user) = reader(operation.viewer()?) {
        let tx = operation.read().await?;
        nodes = readable_ones(&tx, user, unread_only, &page).await?;
        if counted {
            total = count_notifications(&tx, user, unread_only, COUNT_BOUND + 1).await?;
        }
    }
    let page_info = page.cut(&mut nodes, Notification::cursor);
    let edge = |it: &Notification| {
        let cursor = it.cursor().encode();
        NotificationEdge { cursor, node: it.clone() }
    };
    let edges = nodes.iter().map(edge).collect();
    Ok(NotificationConnection { nodes, edges, page_info, total_count: Count::bounded(total) })
}

/// What `page` is cut from. Looks on behind what cannot be read until the page is full: the place of one
/// that is left out belongs to the next, or a client would see a short page and take it for the last.
async fn readable_ones(
    tx: &TenantTx,
    user: UserId,
    unread_only: bool,
    page: &Page,
) -> Outcome<Vec<Notification>> {
    let (mut found, mut after) = (Vec::new(), page.after.clone());
    loop {
        let rows = list_notifications(tx, user, unread_only, after.as_ref(), page.limit()).await?;
        let has_more = rows.len() > page.first;
        after = rows.last().map(NotificationView::cursor);
        found.extend(rows.into_iter().filter_map(Notification::of));
        if found.len() > page.first || !has_more {
            return Ok(found);
        }
    }
}
