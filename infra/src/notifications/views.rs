use jiff::Timestamp;
use serde::Deserialize as _;
use serde_json::json;
use trunkline_domain::{
    id::{AgentId, NotificationId, ScheduleId, UserId},
    notifications::{News, NewsKind},
};

use crate::{
    db::{Cursor, DbError, Json, TenantTx},
    identity::{ACCOUNTS, EMPLOYED},
    params, read_model,
};

read_model! {
    /// A notification as it is read.
    pub struct NotificationView {
        /// Its id.
        pub id: NotificationId,
        /// Whom it tells.
        pub user_id: UserId,
        /// Its place among those of the user.
        pub number: i64,
        /// Code of its kind.
        pub kind: String,
        /// Global id of the thing it is about.
        pub subject: String,
        /// Values by kind.
        pub params: Json,
        /// When it was told.
        pub created_at: Timestamp,
        /// When the user read it.
        pub read_at: Option<Timestamp>,
    }
}

impl NotificationView {
    /// What it tells.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn news(&self) -> Result<News, DbError> {
        News::deserialize(json!({"kind": self.kind, "params": self.params}))
            .map_err(|error| DbError::Internal(format!("notification {}: {error}", self.id)))
    }

    /// Its place in the user's list.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.number.to_string(), id: self.id.uuid() }
    }
}

const COLUMNS: &str = "id, user_id, number, kind, subject, params, created_at, read_at";

/// Up to `limit` notifications of a user, newest first, after `after`.
///
/// # Errors
/// What the database says.
pub async fn list_notifications(
    tx: &TenantTx,
    user: UserId,
    unread_only: bool,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<NotificationView>, DbError> {
    let mut params = params![tx.tenant(), user, limit];
    let mut keyset = "";
    if let Some(cursor) = after {
        keyset = "and number < $4::bigint";
        params.extend(params![cursor.key]);
    }
    let unread = if unread_only { "and read_at is null" } else { "" };
    let sql = format!(
        "select {COLUMNS} from app.notification
         where tenant_id = $1 and user_id = $2 {unread} {keyset}
         order by number desc limit $3"
    );
    tx.all(sql, params).await
}

/// Number of notifications of a user, counted up to `bound`. Those of a kind that this version does
/// not know cannot be read and do not count.
///
/// # Errors
/// What the database says.
pub async fn count_notifications(
    tx: &TenantTx,
    user: UserId,
    unread_only: bool,
    bound: i64,
) -> Result<i64, DbError> {
    let unread = if unread_only { "and read_at is null" } else { "" };
    let kinds: Vec<String> = NewsKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
    let sql = format!(
        "select count(*) as value from (select from app.notification
         where tenant_id = $1 and user_id = $2 and kind = any($4) {unread} limit $3) counted"
    );
    Ok(tx.scalar(sql, params![tx.tenant(), user, bound, kinds]).await?.unwrap_or(0))
}

/// Those of these notifications that are the user's, in no order.
///
/// # Errors
/// What the database says.
pub async fn notifications_by_id(
    tx: &TenantTx,
    user: UserId,
    ids: &[NotificationId],
) -> Result<Vec<NotificationView>, DbError> {
    let sql = format!(
        "select {COLUMNS} from app.notification
         where tenant_id = $1 and user_id = $2 and id = any($3)"
    );
    tx.all(sql, params![tx.tenant(), user, ids]).await
}

/// Those of these notifications that their users want by e-mail and have not read yet. Who is no
/// longer employed at `now` gets none.
///
/// # Errors
/// What the database says.
pub async fn notifications_to_mail(
    tx: &TenantTx,
    ids: &[NotificationId],
    now: Timestamp,
) -> Result<Vec<NotificationView>, DbError> {
    let sql = format!(
        "select {COLUMNS} from app.notification n
         where tenant_id = $1 and id = any($2) and read_at is null
           and exists (select from app.notification_box b
                       where b.tenant_id = n.tenant_id and b.user_id = n.user_id
                         and n.kind = any(b.mail_kinds))
           and exists (select {ACCOUNTS}
                       where u.tenant_id = n.tenant_id and u.id = n.user_id and {EMPLOYED})
         order by id"
    );
    tx.all(sql, params![tx.tenant(), ids, now]).await
}

/// Number of the user's newest notification, whether it is still there or not; 0 = none yet.
///
/// # Errors
/// What the database says.
pub async fn newest_number(tx: &TenantTx, user: UserId) -> Result<i64, DbError> {
    let newest = tx
        .scalar(
            "select last_number as value from app.notification_box
             where tenant_id = $1 and user_id = $2",
            params![tx.tenant(), user],
        )
        .await?;
    Ok(newest.unwrap_or(0))
}

/// Up to `limit` notifications of a user with a number above `number`, oldest first.
///
/// # Errors
/// What the database says.
pub async fn notifications_after(
    tx: &TenantTx,
    user: UserId,
    number: i64,
    limit: i64,
) -> Result<Vec<NotificationView>, DbError> {
    let sql = format!(
        "select {COLUMNS} from app.notification
         where tenant_id = $1 and user_id = $2 and number > $3 order by number limit $4"
    );
    tx.all(sql, params![tx.tenant(), user, number, limit]).await
}

read_model! {
    /// Somebody who can be told something.
    pub struct Hearer {
        /// The user.
        pub user_id: UserId,
        /// The user's own agent record.
        pub agent_id: Option<AgentId>,
    }
}

/// Those of these agents and users who have an account that works and whose employment goes on at
/// `now`: nobody else is told anything.
///
/// # Errors
/// What the database says.
pub async fn hearers(
    tx: &TenantTx,
    agents: &[AgentId],
    users: &[UserId],
    now: Timestamp,
) -> Result<Vec<Hearer>, DbError> {
    let sql = format!(
        "select u.id as user_id, u.agent_id {ACCOUNTS}
         where u.tenant_id = $1 and (u.agent_id = any($2) or u.id = any($4))
           and u.state = 'ACTIVE' and {EMPLOYED}"
    );
    tx.all(sql, params![tx.tenant(), agents, now, users]).await
}

/// Agents whose shifts in a published schedule are not those that they had in the ones that it
/// supersedes: whoever works at another time, somewhere else or with other activities.
///
/// # Errors
/// What the database says.
pub async fn workers_changed(
    tx: &TenantTx,
    published: ScheduleId,
    superseded: &[ScheduleId],
) -> Result<Vec<AgentId>, DbError> {
    read_model! {
        struct Row { agent_id: AgentId, }
    }
    let rows: Vec<Row> = tx
        .all(
            "with told as (
                 select agent_id, schedule_id = $2 as anew, site_id, starts_at, ends_at, activities
                 from app.shift
                 where tenant_id = $1 and agent_id is not null
                   and ((schedule_id = $2 and state = 'PUBLISHED')
                        or (schedule_id = any($3) and state = 'SUPERSEDED')))
             select distinct agent_id
             from (select agent_id from told
                   group by agent_id, site_id, starts_at, ends_at, activities
                   having bool_and(anew) or not bool_or(anew)) differs
             order by agent_id",
            params![tx.tenant(), published, superseded],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.agent_id).collect())
}
