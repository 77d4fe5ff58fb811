use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use trunkline_domain::{id::AgentId, identity::Permission};
use trunkline_infra::agents::AgentView;

use super::{
    availability::Availability,
    moves::move_agent,
    private::{erase, set_private},
    private_types::{
        AgentPrivateEraseInput, AgentPrivateErasePayload, AgentPrivateSetInput,
        AgentPrivateSetPayload,
    },
    service::{add_availability, change_agent, create_agent, remove_availability},
    types::Agent,
    writes::{
        AgentCreateInput, AgentMoveInput, AgentUpdateInput, AvailabilityAddInput,
        AvailabilityRemoveInput,
    },
};
use crate::graphql::{Operation, UserError, parse_id};

/// Outcome of hiring.
#[derive(Debug, SimpleObject)]
pub struct AgentCreatePayload {
    /// The agent. `null` when refused.
    pub agent: Option<Agent>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of a change.
#[derive(Debug, SimpleObject)]
pub struct AgentUpdatePayload {
    /// The agent as it stands now; on STALE_VERSION the current one. `null` when refused otherwise.
    pub agent: Option<Agent>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of a move.
#[derive(Debug, SimpleObject)]
pub struct AgentMovePayload {
    /// The agent as it stands now: before a later `effectiveAt` still at the old place. On
    /// STALE_VERSION the current one. `null` when refused otherwise.
    pub agent: Option<Agent>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of adding to an agent's availability.
#[derive(Debug, SimpleObject)]
pub struct AvailabilityAddPayload {
    /// The new statements, one for each weekday. Empty when refused.
    pub availability: Vec<Availability>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of taking a statement back.
#[derive(Debug, SimpleObject)]
pub struct AvailabilityRemovePayload {
    /// The agent whose statement it was. `null` when refused.
    pub agent: Option<Agent>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Changing agents.
#[derive(Debug, Default)]
pub struct AgentsMutation;

/// What a payload shows: what was changed, or after STALE_VERSION how it stands now.
async fn shown(
    operation: &Operation,
    changed: Option<AgentView>,
    id: Option<AgentId>,
    user_errors: &[UserError],
) -> async_graphql::Result<Option<Agent>> {
    match (changed, id) {
        (Some(agent), _) => Ok(Some(Agent(Arc::new(agent)))),
        (None, Some(id)) if UserError::any_stale(user_errors) => {
            let agent = operation.visible_agent(id, Permission::AgentRead).await;
            Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
        }
        (None, _) => Ok(None),
    }
}

#[Object]
impl AgentsMutation {
    /// Writes home address, national id and emergency contact of an agent; a field left out stays, a field
    /// set to `null` is taken away. No error repeats a value.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn agent_private_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write.")] input: AgentPrivateSetInput,
    ) -> async_graphql::Result<AgentPrivateSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok((agent, change)) => set_private(&operation.app, &write, agent, change).await,
            Err(error) => Err(error),
        };
        let (agent, user_errors) = operation.settle(outcome)?;
        Ok(AgentPrivateSetPayload { agent: agent.map(|it| Agent(Arc::new(it))), user_errors })
    }

    /// Erases home address, national id and emergency contact of an agent, for good: nobody can bring them
    /// back. Of who has left this happens by itself some time after the last day.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn agent_private_erase(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and why.")] input: AgentPrivateEraseInput,
    ) -> async_graphql::Result<AgentPrivateErasePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok((agent, reason)) => erase(&operation.app, &write, agent, &reason).await,
            Err(error) => Err(error),
        };
        let (agent, user_errors) = operation.settle(outcome)?;
        Ok(AgentPrivateErasePayload { agent: agent.map(|it| Agent(Arc::new(it))), user_errors })
    }

    /// Hires: the agent with contract, first post, three personal files and the hire in the development
    /// file.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE, DUPLICATE.
    async fn agent_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agent.")] input: AgentCreateInput,
    ) -> async_graphql::Result<AgentCreatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse(write.new_id()) {
            Ok(said) => create_agent(&operation.app, &write, said).await,
            Err(fault) => Err(fault.into()),
        };
        let (agent, user_errors) = operation.settle(outcome)?;
        Ok(AgentCreatePayload { agent: agent.map(|it| Agent(Arc::new(it))), user_errors })
    }

    /// Changes an agent; a field left out stays, a field set to `null` is cleared. Who ends an employment,
    /// or begins it again, must be of the office that hires.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE, STALE_VERSION, DUPLICATE.
    async fn agent_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: AgentUpdateInput,
    ) -> async_graphql::Result<AgentUpdatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let id = parse_id(&input.agent_id, "agentId").ok();
        let outcome = match input.parse() {
            Ok((id, said)) => change_agent(&operation.app, &write, id, said).await,
            Err(fault) => Err(fault.into()),
        };
        let (changed, user_errors) = operation.settle(outcome)?;
        let agent = shown(operation, changed, id, &user_errors).await?;
        Ok(AgentUpdatePayload { agent, user_errors })
    }

    /// Gives an agent another post, site, team or superior from an instant on. Ends the running post,
    /// begins the next and writes the step into the development file; rights follow at the instant.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE, INVALID_STATE, STALE_VERSION, OVERLAP.
    async fn agent_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to, and from when.")] input: AgentMoveInput,
    ) -> async_graphql::Result<AgentMovePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let id = parse_id(&input.agent_id, "agentId").ok();
        let outcome = match input.parse() {
            Ok((id, said)) => move_agent(&operation.app, &write, id, said).await,
            Err(fault) => Err(fault.into()),
        };
        let (changed, user_errors) = operation.settle(outcome)?;
        let agent = shown(operation, changed, id, &user_errors).await?;
        Ok(AgentMovePayload { agent, user_errors })
    }

    /// Adds when an agent can or cannot work; plans made from now on respect it.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn availability_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "When, and why.")] input: AvailabilityAddInput,
    ) -> async_graphql::Result<AvailabilityAddPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok((agent, available, label, patterns)) => {
                add_availability(&operation.app, &write, agent, available, &label, patterns).await
            }
            Err(fault) => Err(fault.into()),
        };
        let (added, user_errors) = operation.settle(outcome)?;
        let availability = added.into_iter().flatten().map(Availability).collect();
        Ok(AvailabilityAddPayload { availability, user_errors })
    }

    /// Takes a statement about availability back.
    /// Errors: NOT_FOUND, FORBIDDEN.
    async fn availability_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: AvailabilityRemoveInput,
    ) -> async_graphql::Result<AvailabilityRemovePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match parse_id(&input.availability_id, "availabilityId") {
            Ok(id) => remove_availability(&operation.app, &write, id).await,
            Err(fault) => Err(fault.into()),
        };
        let (agent, user_errors) = operation.settle(outcome)?;
        Ok(AvailabilityRemovePayload { agent: agent.map(|it| Agent(Arc::new(it))), user_errors })
    }
}
