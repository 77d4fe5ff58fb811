use serde_json::json;

use super::chain::Content;
use crate::{
    ctx::Ctx,
    db::{DbError, Json, TenantTx},
    params,
};

/// Something that was done.
#[derive(Debug, Clone, Default)]
pub struct Deed<'a> {
    /// What, such as `shift.move`.
    pub action: &'a str,
    /// Id of the thing it was done with, as clients see it.
    pub subject: &'a str,
    /// Why, in the words of who did it.
    pub reason: Option<&'a str>,
    /// How the thing was before; `None` = it was not there, or nothing needs saying.
    pub before: Option<Json>,
    /// How it is after.
    pub after: Option<Json>,
    /// Version of the rules by which it was judged.
    pub rule_version: Option<&'a str>,
    /// What else a reader needs to understand it; never a secret. An object.
    pub detail: Json,
}

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
    record_deed(tx, ctx, Deed { action, subject, detail, ..Deed::default() }).await
}

/// Writes down what the caller of `ctx` did, with reason, before and after.
///
/// # Errors
/// What the database says.
pub async fn record_deed(tx: &TenantTx, ctx: &Ctx, deed: Deed<'_>) -> Result<(), DbError> {
    let Deed { action, subject, reason, before, after, rule_version, detail } = deed;
    let content = Content {
        tenant: tx.tenant(),
        id: ctx.new_id(),
        at: ctx.now(),
        actor: ctx.actor(),
        action,
        subject,
        request_id: Some(ctx.request_id()),
        reason,
        before: before.as_ref(),
        after: after.as_ref(),
        rule_version,
        detail: &detail,
    };
    let digest = content.digest().to_vec();
    // One trip: the row, and the note for the sealer that it has no place in the chain yet.
    tx.run(
        "with done as (
             insert into app.audit_event (tenant_id, id, at, actor_id, action, subject, request_id,
                                          reason, before, after, rule_version, detail, digest)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13))
         insert into app.audit_unsealed (tenant_id, event_id) values ($1, $2)",
        params![
            content.tenant,
            content.id,
            content.at,
            content.actor,
            action,
            subject,
            content.request_id,
            reason,
            before,
            after,
            rule_version,
            detail,
            digest
        ],
    )
    .await?;
    Ok(())
}

/// Writes down that the caller of `ctx` did `action` with each of the things, in one trip: id as clients
/// see it, and what else a reader needs to understand it.
///
/// # Errors
/// What the database says.
pub async fn record_all(
    tx: &TenantTx,
    ctx: &Ctx,
    action: &str,
    things: &[(String, Json)],
) -> Result<(), DbError> {
    let rows = things.iter().map(|(subject, detail)| {
        let content = Content {
            tenant: tx.tenant(),
            id: ctx.new_id(),
            at: ctx.now(),
            actor: ctx.actor(),
            action,
            subject,
            request_id: Some(ctx.request_id()),
            reason: None,
            before: None,
            after: None,
            rule_version: None,
            detail,
        };
        let digest: String = content.digest().iter().map(|byte| format!("{byte:02x}")).collect();
        json!({"id": content.id.uuid(), "subject": subject, "detail": detail, "digest": digest})
    });
    let rows = Json::Array(rows.collect());
    tx.run(
        "with given as (
             select * from jsonb_to_recordset($6) as r(id uuid, subject text, detail jsonb, digest text)),
         done as (
             insert into app.audit_event (tenant_id, id, at, actor_id, action, subject, request_id,
                                          detail, digest)
             select $1, id, $2, $3, $4, subject, $5, detail, decode(digest, 'hex') from given)
         insert into app.audit_unsealed (tenant_id, event_id) select $1, id from given",
        params![tx.tenant(), ctx.now(), ctx.actor(), action, ctx.request_id(), rows],
    )
    .await?;
    Ok(())
}
