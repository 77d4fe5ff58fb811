use serde_json::json;

use super::{
    chain::{Content, Hash},
    deed::Deed,
};
use crate::{
    ctx::Ctx,
    db::{DbError, Json, TenantTx},
    params,
};

/// What a row says of a deed of the caller of `ctx`.
fn content<'a>(
    tx: &TenantTx,
    ctx: &'a Ctx,
    address: Option<&'a str>,
    deed: &'a Deed<'_>,
) -> Content<'a> {
    let Deed { action, subject, before, after, reason, rule_version, detail } = deed;
    Content {
        tenant: tx.tenant(),
        id: ctx.new_id(),
        at: ctx.now(),
        actor: ctx.actor(),
        address,
        client: ctx.origin().client(),
        action,
        subject,
        request_id: Some(ctx.request_id()),
        reason: *reason,
        before: before.as_ref(),
        after: after.as_ref(),
        rule_version: rule_version.as_deref(),
        detail,
    }
}

fn address_of(ctx: &Ctx) -> Option<String> {
    ctx.origin().address.map(|address| address.to_string())
}

/// Writes down what the caller of `ctx` did, in the transaction of what was done. There is no other
/// way into the audit but [`record_all`], for many at once.
///
/// # Errors
/// What the database says.
pub async fn record(tx: &TenantTx, ctx: &Ctx, deed: Deed<'_>) -> Result<(), DbError> {
    let address = address_of(ctx);
    let content = content(tx, ctx, address.as_deref(), &deed);
    let digest = content.digest().to_vec();
    // One trip: the row, and the note for the sealer that it has no place in the chain yet.
    tx.run(
        "with done as (
             insert into app.audit_event (tenant_id, id, at, actor_id, address, client, action, subject,
                                          request_id, reason, before, after, rule_version, detail, digest)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15))
         insert into app.audit_unsealed (tenant_id, event_id) values ($1, $2)",
        params![
            content.tenant,
            content.id,
            content.at,
            content.actor,
            content.address,
            content.client,
            content.action,
            content.subject,
            content.request_id,
            content.reason,
            deed.before,
            deed.after,
            content.rule_version,
            deed.detail,
            digest
        ],
    )
    .await?;
    Ok(())
}

/// Writes down several things that the caller of `ctx` did, in one trip.
///
/// # Errors
/// What the database says.
pub async fn record_all(tx: &TenantTx, ctx: &Ctx, deeds: &[Deed<'_>]) -> Result<(), DbError> {
    let address = address_of(ctx);
    let rows = deeds.iter().map(|deed| {
        let content = content(tx, ctx, address.as_deref(), deed);
        json!({"id": content.id.uuid(), "action": content.action, "subject": content.subject,
               "reason": content.reason, "before": content.before, "after": content.after,
               "rule_version": content.rule_version, "detail": content.detail,
               "digest": hexadecimal(&content.digest())})
    });
    let rows = Json::Array(rows.collect());
    tx.run(
        "with given as (
             select * from jsonb_to_recordset($7) as r(id uuid, action text, subject text, reason text,
                 before jsonb, after jsonb, rule_version text, detail jsonb, digest text)),
         done as (
             insert into app.audit_event (tenant_id, id, at, actor_id, address, client, action, subject,
                                          request_id, reason, before, after, rule_version, detail, digest)
             select $1, id, $2, $3, $4, $5, action, subject, $6, reason, before, after, rule_version,
                    detail, decode(digest, 'hex')
             from given)
         insert into app.audit_unsealed (tenant_id, event_id) select $1, id from given",
        params![
            tx.tenant(),
            ctx.now(),
            ctx.actor(),
            address,
            ctx.origin().client(),
            ctx.request_id(),
            rows
        ],
    )
    .await?;
    Ok(())
}

fn hexadecimal(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
