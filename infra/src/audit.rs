//! The record of who did what, written in the transaction of what was done. Append only.

use jiff::Timestamp;
use trunkline_domain::id::AuditEventId;
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    db::{Cursor, DbError, Json, TenantTx},
    params, read_model,
};

/// Writes down that the caller of `ctx` did `action` (such as `shift.move`) with `subject`, the id
/// of the thing as clients see it. `detail` holds what else a reader needs to understand it; never
/// a secret.
///
/// # Errors
/// What the database says.
pub async fn record(
    tx: &TenantTx,
    ctx: &Ctx,
    action: &str,
    subject: &str,
    detail: Json,
) -> Result<(), DbError> {
    let id: AuditEventId = ctx.new_id();
    tx.run(
        "insert into app.audit_event (tenant_id, id, at, actor_id, action, subject, request_id, detail)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![tx.tenant(), id, ctx.now(), ctx.actor(), action, subject, ctx.request_id(), detail],
    )
    .await?;
    Ok(())
}

read_model! {
    /// A record of the audit.
    pub struct AuditEventView {
        /// Its id.
        pub id: AuditEventId,
        /// When.
        pub at: Timestamp,
        /// User or API client; `None` = the system.
        pub actor_id: Option<Uuid>,
        /// What was done, such as `shift.move`.
        pub action: String,
        /// Id of the thing it was done with.
        pub subject: String,
        /// Request in which it was done; for the system's own work its reason.
        pub request_id: Option<String>,
        /// What else there is to know.
        pub detail: Json,
    }
}

impl AuditEventView {
    /// Its place in the list of [`list_audit_events`].
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.at.to_string(), id: self.id.uuid() }
    }
}

/// What a list of the audit is narrowed to; absent fields do not narrow.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Done with this thing.
    pub subject: Option<String>,
    /// Action, or family of actions when it ends in a dot: `agent.`.
    pub action: Option<String>,
    /// Done by this user or client.
    pub actor: Option<Uuid>,
    /// Done at this instant or later.
    pub from: Option<Timestamp>,
    /// Done before this instant.
    pub until: Option<Timestamp>,
}

/// Conditions on `$1` (tenant) to `$6`.
const WHERE: &str = "tenant_id = $1
     and ($2::text is null or subject = $2)
     and ($3::text is null or action = $3 or ($3 like '%.' and starts_with(action, $3)))
     and ($4::uuid is null or actor_id = $4)
     and ($5::timestamptz is null or at >= $5)
     and ($6::timestamptz is null or at < $6)";

fn filter_params(tx: &TenantTx, filter: &AuditFilter) -> Vec<crate::db::Value> {
    let AuditFilter { subject, action, actor, from, until } = filter;
    params![tx.tenant(), *subject, *action, *actor, *from, *until]
}

/// Up to `limit` records after `after`, newest first.
///
/// # Errors
/// What the database says.
pub async fn list_audit_events(
    tx: &TenantTx,
    filter: &AuditFilter,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<AuditEventView>, DbError> {
    let mut params = filter_params(tx, filter);
    params.extend(params![limit]);
    let mut keyset = "";
    if let Some(cursor) = after {
        keyset = "and (at, id) < ($8::timestamptz, $9)";
        params.extend(params![cursor.key, cursor.id]);
    }
    let sql = format!(
        "select id, at, actor_id, action, subject, request_id, detail
         from app.audit_event where {WHERE} {keyset} order by at desc, id desc limit $7"
    );
    tx.all(sql, params).await
}

/// The record with this id.
///
/// # Errors
/// What the database says.
pub async fn audit_event_by_id(
    tx: &TenantTx,
    id: AuditEventId,
) -> Result<Option<AuditEventView>, DbError> {
    tx.one(
        "select id, at, actor_id, action, subject, request_id, detail
         from app.audit_event where tenant_id = $1 and id = $2",
        params![tx.tenant(), id],
    )
    .await
}

/// Number of records, counted up to `bound`.
///
/// # Errors
/// What the database says.
pub async fn count_audit_events(
    tx: &TenantTx,
    filter: &AuditFilter,
    bound: i64,
) -> Result<i64, DbError> {
    let mut params = filter_params(tx, filter);
    params.extend(params![bound]);
    let sql = format!(
        "select count(*) as value from (select from app.audit_event where {WHERE} limit $7) counted"
    );
    Ok(tx.scalar(sql, params).await?.unwrap_or(0))
}
