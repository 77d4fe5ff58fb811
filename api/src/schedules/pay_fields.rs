use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use trunkline_domain::{identity::Permission, time::local_of_instant};

use super::{
    RuleViolation,
    pay_types::{
        AgentPayMonth, CompensatoryRest, CompensatoryRestSetInput, CompensatoryRestSetPayload,
    },
    rest_service::{RestSet, month_of, set_rest},
};
use crate::{
    error::Outcome,
    graphql::{Date, Operation},
};

/// Reading pay classes and compensatory rest.
#[derive(Debug, Default)]
pub struct PayQuery;

#[Object]
impl PayQuery {
    /// An agent's published work of a month by pay class, with the rest that it earned. `null` when the caller may not see the agent and its schedule.
    async fn agent_pay_month(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] agent_id: ID,
        #[graphql(desc = "A day of the month, in the zone of the agent's site.")] month: Date,
    ) -> async_graphql::Result<Option<AgentPayMonth>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let Ok(id) = agent_id.parse() else { return Ok(None) };
            let agent = operation.visible_agent(id, Permission::AgentRead).await?;
            let reach = operation.reach(Permission::ScheduleRead);
            let Some(agent) = agent.filter(|agent| reach.contains(&agent.target())) else {
                return Ok(None);
            };
            let directory = operation.directory().await?;
            let Some(site) = directory.site(agent.site_id) else { return Ok(None) };
            let today = local_of_instant(operation.now, &site.zone()).date();
            let tx = operation.read().await?;
            Ok(Some(month_of(&tx, site, id, month.0, today).await?))
        };
        let month = read().await.map_err(|error| operation.fail(error))?;
        Ok(month.map(|month| AgentPayMonth(Arc::new(month))))
    }
}

/// Giving compensatory rest.
#[derive(Debug, Default)]
pub struct PayMutation;

#[Object]
impl PayMutation {
    /// Gives an agent the rest that work on a rest day, or on one day in a row too many, has earned: a day within its term on which nothing is planned. Or takes it back.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, INVALID_STATE, RULE_VIOLATED, FORBIDDEN.
    async fn compensatory_rest_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which rest and when.")] input: CompensatoryRestSetInput,
    ) -> async_graphql::Result<CompensatoryRestSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => set_rest(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (done, mut user_errors) = operation.settle(outcome)?;
        let RestSet { entry, overrides, violations, faults } = done.unwrap_or_default();
        let rest = entry.map(|entry| CompensatoryRest::of(entry, &overrides)).transpose();
        let rest = rest.map_err(|error| operation.fail(error))?;
        user_errors.extend(faults.into_iter().map(|fault| operation.user_error(fault)));
        Ok(CompensatoryRestSetPayload {
            compensatory_rest: rest,
            violations: violations.into_iter().map(RuleViolation).collect(),
            user_errors,
        })
    }
}
