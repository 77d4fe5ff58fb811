//! Private fields of agents: written by the office that hires, read in full only with a trace, and
//! erased in the end.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use trunkline_domain::{
    agents::{PrivateField, PrivateText, covered},
    fault::{Fault, Rule},
    id::AgentId,
    identity::Permission,
};
use trunkline_infra::{
    agents::{
        AgentView, PrivateChange, covered_private, erase_private, erase_private_of_departed,
        open_private, put_private,
    },
    audit::{Deed, record, record_all},
    ctx::Ctx,
};

use super::service::writable_agent;
use crate::{app::App, error::Outcome};

const ERASED: &str = "agent_private.erase";
/// Characters of a reason.
const MOST_OF_A_REASON: usize = 300;

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

/// That fields were erased, for the audit; never what stood in them.
fn erased(agent: AgentId, fields: impl IntoIterator<Item = PrivateField>) -> Deed<'static> {
    let mut before = json!({});
    for field in fields {
        before[field.api_name()] = json!(covered());
    }
    Deed::removed(ERASED, agent, before)
}

/// Erases the private fields of an agent for good, whoever still works. Where nothing is recorded there
/// is nothing to do, and the audit says that it was asked and that there was nothing.
pub(super) async fn erase(
    app: &App,
    ctx: &Ctx,
    agent: AgentId,
    reason: &str,
) -> Outcome<AgentView> {
    let tx = app.db.begin(ctx).await?;
    let view = writable_agent(&tx, ctx, agent, Permission::AgentPrivateWrite).await?;
    let reason = reason.trim();
    if !(1..=MOST_OF_A_REASON).contains(&reason.chars().count()) {
        return Err(Fault::invalid("reason", Rule::Characters(1, MOST_OF_A_REASON)).into());
    }
    let fields = erase_private(&tx, agent).await?;
    record(&tx, ctx, erased(agent, fields).because(Some(reason))).await?;
    tx.commit().await?;
    Ok(view)
}

/// Erases the private fields of those who left long enough ago; gives of how many.
///
/// # Errors
/// What the database says.
pub(crate) async fn erase_departed(app: &App, ctx: &Ctx) -> Outcome<u64> {
    // Kept for good.
    let Some(months) = app.private_retention_months else { return Ok(0) };
    let mut count = 0;
    loop {
        let tx = app.db.begin(ctx).await?;
        let agents = erase_private_of_departed(&tx, months.get(), ctx.now()).await?;
        if agents.is_empty() {
            return Ok(count);
        }
        count += agents.len() as u64;
        let deeds: Vec<_> =
            agents.into_iter().map(|(agent, fields)| erased(agent, fields)).collect();
        record_all(&tx, ctx, &deeds).await?;
        tx.commit().await?;
    }
}
