use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use trunkline_domain::{
    agents::{PrivateField, PrivateText, PrivateView},
    fault::Fault,
    id::AgentId,
};
use trunkline_infra::agents::{AgentView, CoveredPrivate, PrivateChange, covered_private};

use super::{private::reveal_private, types::Agent};
use crate::{
    error::{AppError, Outcome},
    graphql::{Loader, Operation, UserError, parse_id},
};

/// Private fields that one operation has read.
#[derive(Debug, Default)]
pub(crate) struct PrivateLoaders {
    open: Loader<(AgentId, PrivateField), PrivateText>,
    covered: Loader<AgentId, Arc<CoveredPrivate>>,
}

/// What of a person hardly anybody may read.
#[derive(Debug, Clone)]
pub struct AgentPrivateData {
    agent: Arc<AgentView>,
    open: bool,
}

impl AgentPrivateData {
    /// The private fields of an agent as the caller sees them; `None` = not at all.
    pub(super) fn of(
        operation: &Operation,
        agent: &Arc<AgentView>,
        reveal: bool,
    ) -> Outcome<Option<Self>> {
        let view = operation.viewer()?.private_view(&agent.target(), operation.now);
        let seen = |open| Some(Self { agent: Arc::clone(agent), open });
        Ok(match view {
            PrivateView::Full => seen(reveal),
            PrivateView::Covered => seen(false),
            PrivateView::Nothing => None,
        })
    }

    async fn field(&self, operation: &Operation, field: PrivateField) -> Outcome<Option<String>> {
        if self.open {
            let text = operation
                .private
                .open
                .load((self.agent.id, field), async |wanted| {
                    // A connection at a time: the read transaction goes back first.
                    let ctx = operation.write_ctx().await?;
                    let opened = reveal_private(&operation.app, &ctx, &wanted).await?;
                    Ok::<_, AppError>(opened.into_iter().collect::<HashMap<_, _>>())
                })
                .await?;
            return Ok(text.map(|it| it.uncovered().to_owned()));
        }
        let known = operation
            .private
            .covered
            .load(self.agent.id, async |ids| {
                let tx = operation.read().await?;
                let rows = covered_private(&tx, &ids).await?.into_iter();
                Ok::<_, AppError>(rows.map(|row| (row.agent_id, Arc::new(row))).collect())
            })
            .await?;
        Ok(known.and_then(|known| known.shown(field)).map(str::to_owned))
    }

    async fn shown(
        &self,
        ctx: &Context<'_>,
        field: PrivateField,
    ) -> async_graphql::Result<Option<String>> {
        let operation = Operation::of(ctx)?;
        self.field(operation, field).await.map_err(|error| operation.fail(error))
    }
}

/// What of a person hardly anybody may read: covered, or in full with a trace in the audit.
#[Object]
impl AgentPrivateData {
    /// Whether the fields are covered: `****` stands for what is recorded.
    async fn is_covered(&self) -> bool {
        !self.open
    }
    /// Home address. `null` when none is recorded.
    async fn home_address(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        self.shown(ctx, PrivateField::HomeAddress).await
    }
    /// Number of the identity card or passport. `null` when none is recorded.
    async fn national_id(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        self.shown(ctx, PrivateField::NationalId).await
    }
    /// Whom to call. `null` when nobody is recorded.
    async fn emergency_contact(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        self.shown(ctx, PrivateField::EmergencyContact).await
    }
}

/// Private fields of an agent. What is absent stays, `null` takes a field away.
#[derive(InputObject)]
pub struct AgentPrivateSetInput {
    /// The agent.
    pub agent_id: ID,
    /// Home address, 1 to 300 characters.
    pub home_address: MaybeUndefined<String>,
    /// Number of the identity card or passport, 6 to 32 letters, digits and hyphens.
    pub national_id: MaybeUndefined<String>,
    /// Whom to call, 1 to 300 characters.
    pub emergency_contact: MaybeUndefined<String>,
}

impl AgentPrivateSetInput {
    pub(super) fn parse(self) -> Outcome<(AgentId, PrivateChange)> {
        let Self { agent_id, home_address, national_id, emergency_contact } = self;
        let agent = parse_id(&agent_id, "agentId")?;
        let (mut change, mut faults) = (PrivateChange::new(), Vec::<Fault>::new());
        for (field, said) in [
            (PrivateField::HomeAddress, home_address),
            (PrivateField::NationalId, national_id),
            (PrivateField::EmergencyContact, emergency_contact),
        ] {
            match said {
                MaybeUndefined::Undefined => {}
                MaybeUndefined::Null => {
                    change.insert(field, None);
                }
                MaybeUndefined::Value(text) => match field.parse(&text, field.api_name()) {
                    Ok(text) => {
                        change.insert(field, Some(text));
                    }
                    Err(fault) => faults.push(fault),
                },
            }
        }
        if faults.is_empty() { Ok((agent, change)) } else { Err(AppError::Faults(faults)) }
    }
}

/// Erasing the private fields of an agent.
#[derive(InputObject)]
pub struct AgentPrivateEraseInput {
    /// The agent.
    pub agent_id: ID,
    /// Why, 1 to 300 characters; it stands in the audit, so nothing of what is erased belongs into it.
    pub reason: String,
}

impl AgentPrivateEraseInput {
    pub(super) fn parse(self) -> Outcome<(AgentId, String)> {
        Ok((parse_id(&self.agent_id, "agentId")?, self.reason))
    }
}

/// Outcome of erasing private fields.
#[derive(Debug, SimpleObject)]
pub struct AgentPrivateErasePayload {
    /// The agent. `null` when refused.
    pub agent: Option<Agent>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of writing private fields.
#[derive(Debug, SimpleObject)]
pub struct AgentPrivateSetPayload {
    /// The agent. `null` when refused.
    pub agent: Option<Agent>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}
