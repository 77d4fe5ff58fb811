//! Private fields of agents: written by the office that hires, read in full only with a trace.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use trunkline_domain::{
    agents::{PrivateField, PrivateText, covered},
    id::AgentId,
    identity::Permission,
};
use trunkline_infra::{
    agents::{AgentView, PrivateChange, covered_private, open_private, put_private},
    audit::{Deed, record, record_all},
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
        let known = covered_private(&tx, &[agent]).await?.pop();
        put_private(&tx, &app.post.seal, agent, &change, ctx.now()).await?;
        // What was written stays out of the audit, which others read: a cover stands for it.
        let (mut before, mut after) = (json!({}), json!({}));
        for (field, text) in &change {
            before[field.api_name()] = json!(known.as_ref().and_then(|known| known.shown(*field)));
            after[field.api_name()] = json!(text.as_ref().map(|_| covered()));
        }
        record(&tx, ctx, Deed::changed("agent_private.set", agent, before, after)).await?;
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
    let deed = |(agent, fields): (AgentId, BTreeSet<PrivateField>)| {
        let fields: Vec<_> = fields.into_iter().map(PrivateField::as_str).collect();
        Deed::read("agent_private.read", agent, json!({"fields": fields}))
    };
    record_all(&tx, ctx, &read.into_iter().map(deed).collect::<Vec<_>>()).await?;
    tx.commit().await?;
    Ok(opened)
}
