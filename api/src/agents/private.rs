//! Private fields of agents: written by the office that hires, read in full only with a trace.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use trunkline_domain::{
    agents::{PrivateField, PrivateText},
    id::AgentId,
    identity::Permission,
};
use trunkline_infra::{
    agents::{AgentView, PrivateChange, open_private, put_private},
    audit::{self, record_all},
    ctx::Ctx,
};

use super::service::writable_agent;
use crate::{app::App, error::Outcome};

/// Writes private fields of an agent.
pub(super) async fn set_private(
    app: &App,
    ctx: &Ctx,
    agent: AgentId,
    change: PrivateChange,
) -> Outcome<AgentView> {
    let tx = app.db.begin(ctx).await?;
    let view = writable_agent(&tx, ctx, agent, Permission::AgentPrivateWrite).await?;
    if !change.is_empty() {
        put_private(&tx, &app.post.seal, agent, &change, ctx.now()).await?;
        // What was written stays out of the audit, which others read.
        let detail = json!({"fields": change.keys().map(|it| it.as_str()).collect::<Vec<_>>()});
        audit::record(&tx, ctx, "agent_private.set", &agent.to_string(), detail).await?;
    }
    tx.commit().await?;
    Ok(view)
}

/// Opens fields of agents that the caller may read in full, and writes down, in the same transaction,
/// whose and which: one row an agent.
pub(super) async fn reveal_private(
    app: &App,
    ctx: &Ctx,
    wanted: &[(AgentId, PrivateField)],
) -> Outcome<BTreeMap<(AgentId, PrivateField), PrivateText>> {
    let tx = app.db.begin(ctx).await?;
    let opened = open_private(&tx, &app.post.seal, wanted).await?;
    let mut read: BTreeMap<AgentId, BTreeSet<PrivateField>> = BTreeMap::new();
    for (agent, field) in wanted {
        read.entry(*agent).or_default().insert(*field);
    }
    let rows: Vec<_> = read
        .into_iter()
        .map(|(agent, fields)| {
            let fields: Vec<_> = fields.into_iter().map(PrivateField::as_str).collect();
            (agent.to_string(), json!({"fields": fields}))
        })
        .collect();
    record_all(&tx, ctx, "agent_private.read", &rows).await?;
    tx.commit().await?;
    Ok(opened)
}
