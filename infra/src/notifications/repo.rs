use jiff::{SignedDuration, Timestamp};
use trunkline_domain::{
    id::{NotificationId, UserId},
    notifications::{News, NewsKind},
};

use crate::{
    ctx::Ctx,
    db::{DbError, Json, TenantTx},
    params, read_model,
};

/// Something to tell a user.
#[derive(Debug, Clone)]
pub struct NewNotification {
    /// Whom.
    pub user: UserId,
    /// Global id of the thing it is about.
    pub subject: String,
    /// What.
    pub news: News,
}

read_model! {
    /// A notification that was written.
    pub struct Written {
        /// Its id.
        pub id: NotificationId,
        /// Whom it tells.
        pub user_id: UserId,
        /// Whether that user wants its kind by e-mail too.
        pub by_mail: bool,
    }
}

/// Kind and values as they are stored.
fn stored(news: &News) -> Result<(String, String), DbError> {
    let broken = |error: serde_json::Error| DbError::Internal(format!("notification: {error}"));
    let mut json = serde_json::to_value(news).map_err(broken)?;
    let params = json.get_mut("params").map(Json::take).unwrap_or_default();
    Ok((news.kind().as_str().to_owned(), params.to_string()))
}

/// Writes what users are told. Whoever tells the same users something waits until this transaction
/// ends, so that numbers are seen in their order; boxes are locked by the id of the user, so two who
/// tell several people never wait for each other in a ring.
///
/// # Errors
/// What the database says.
pub async fn insert_notifications(
    tx: &TenantTx,
    ctx: &Ctx,
    new: &[NewNotification],
) -> Result<Vec<Written>, DbError> {
    let ids: Vec<NotificationId> = new.iter().map(|_| ctx.new_id()).collect();
    let users: Vec<UserId> = new.iter().map(|it| it.user).collect();
    let subjects: Vec<String> = new.iter().map(|it| it.subject.clone()).collect();
    let stored = new.iter().map(|it| stored(&it.news)).collect::<Result<Vec<_>, _>>()?;
    let (kinds, values): (Vec<String>, Vec<String>) = stored.into_iter().unzip();
    let replacing = NewsKind::ALL.iter().filter(|kind| kind.replaces_unread());
    let replacing: Vec<String> = replacing.map(|kind| kind.as_str().to_owned()).collect();
    tx.all(
        "with new as (
             select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[])
                  with ordinality as n(id, user_id, subject, kind, params, place)),
         box as (
             insert into app.notification_box as b (tenant_id, user_id, last_number)
             select $1, n.user_id, count(*) from new n group by n.user_id order by n.user_id
             on conflict (tenant_id, user_id)
             do update set last_number = b.last_number + excluded.last_number
             returning user_id, last_number, mail_kinds),
         gone as (
             delete from app.notification o using new n
             where o.tenant_id = $1 and o.user_id = n.user_id and o.kind = n.kind
               and o.subject = n.subject and o.kind = any($8) and o.read_at is null),
         written as (
             insert into app.notification (tenant_id, id, user_id, number, kind, subject, params,
                                           created_at)
             select $1, n.id, n.user_id,
                    b.last_number + 1 - row_number() over (partition by n.user_id order by n.place desc),
                    n.kind, n.subject, n.params::jsonb, $7
             from new n join box b on b.user_id = n.user_id
             returning id, user_id, kind)
         select w.id, w.user_id, w.kind = any(b.mail_kinds) as by_mail
         from written w join box b on b.user_id = w.user_id",
        params![tx.tenant(), ids, users, subjects, kinds, values, ctx.now(), replacing],
    )
    .await
}

/// Marks those of these notifications as read that are the user's; those that were read stay as they
/// are.
///
/// # Errors
/// What the database says.
pub async fn mark_read(
    tx: &TenantTx,
    user: UserId,
    ids: &[NotificationId],
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "update app.notification set read_at = $4
         where tenant_id = $1 and user_id = $2 and id = any($3) and read_at is null",
        params![tx.tenant(), user, ids, now],
    )
    .await?;
    Ok(())
}

/// Marks all notifications of the user as read that were made at `until` or before.
///
/// # Errors
/// What the database says.
pub async fn mark_read_before(
    tx: &TenantTx,
    user: UserId,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "update app.notification set read_at = $4
         where tenant_id = $1 and user_id = $2 and created_at <= $3 and read_at is null",
        params![tx.tenant(), user, until, now],
    )
    .await?;
    Ok(())
}

/// Marks those of this kind about `subject` as read, whosesoever they are: there is nothing left to do
/// about it.
///
/// # Errors
/// What the database says.
pub async fn settle_notifications(
    tx: &TenantTx,
    kind: NewsKind,
    subject: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "update app.notification set read_at = $4
         where tenant_id = $1 and kind = $2 and subject = $3 and read_at is null",
        params![tx.tenant(), kind.as_str(), subject, now],
    )
    .await?;
    Ok(())
}

/// How long a notification is kept, read or not.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Forgets notifications older than 90 days, the oldest first and at most `most`; gives how many.
///
/// # Errors
/// What the database says.
pub async fn forget_notifications(
    tx: &TenantTx,
    now: Timestamp,
    most: i64,
) -> Result<u64, DbError> {
    tx.run(
        "delete from app.notification
         where tenant_id = $1 and id in (select id from app.notification
                                         where tenant_id = $1 and created_at < $2
                                         order by created_at limit $3)",
        params![tx.tenant(), now - KEPT, most],
    )
    .await
}
