use jiff::Timestamp;
use trunkline_domain::id::AuditEventId;
use uuid::Uuid;

use crate::{
    db::{Cursor, DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    /// A record of the audit.
    pub struct AuditEventView {
        /// Its id.
        pub id: AuditEventId,
        /// When.
        pub at: Timestamp,
        /// User or API client; `None` = the system.
        pub actor_id: Option<Uuid>,
        /// Address from which it was done.
        pub address: Option<String>,
        /// The program with which it was done, as it calls itself.
        pub client: Option<String>,
        /// What was done, such as `shift.move`.
        pub action: String,
        /// Id of the thing it was done with.
        pub subject: String,
        /// Request in which it was done; for the system's own work its reason.
        pub request_id: Option<String>,
        /// Why, in the words of who did it.
        pub reason: Option<String>,
        /// How it was before; `None` = it was not there, or the action says nothing of it.
        pub before: Option<Json>,
        /// How it is after.
        pub after: Option<Json>,
        /// Version of the rules by which it was judged.
        pub rule_version: Option<String>,
        /// What else there is to know.
        pub detail: Json,
        /// Place in the tenant's chain, from 1; `None` = not sealed yet.
        pub position: Option<i64>,
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

/// Records with their places in the chain.
const SELECT: &str = "select e.id, e.at, e.actor_id, e.address, e.client, e.action, e.subject, e.request_id, e.reason,
            e.before, e.after, e.rule_version, e.detail, l.position
     from app.audit_event e
     left join app.audit_link l on l.tenant_id = e.tenant_id and l.event_id = e.id";

/// Conditions on `$1` (tenant) to `$6`.
const WHERE: &str = "e.tenant_id = $1
     and ($2::text is null or e.subject = $2)
     and ($3::text is null or e.action = $3 or ($3 like '%.' and starts_with(e.action, $3)))
     and ($4::uuid is null or e.actor_id = $4)
     and ($5::timestamptz is null or e.at >= $5)
     and ($6::timestamptz is null or e.at < $6)";

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
        keyset = "and (e.at, e.id) < ($8::timestamptz, $9)";
        params.extend(params![cursor.key, cursor.id]);
    }
    let sql = format!("{SELECT} where {WHERE} {keyset} order by e.at desc, e.id desc limit $7");
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
    let sql = format!("{SELECT} where e.tenant_id = $1 and e.id = $2");
    tx.one(sql, params![tx.tenant(), id]).await
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
        "select count(*) as value from (select from app.audit_event e where {WHERE} limit $7) counted"
    );
    Ok(tx.scalar(sql, params).await?.unwrap_or(0))
}
