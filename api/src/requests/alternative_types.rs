use async_graphql::{Context, Object};
use trunkline_domain::{identity::Permission, requests::Alternative};

use crate::{
    agents::Agent,
    graphql::{DateTime, Operation, show_id},
    schedules::Shift,
};

/// Something near to a refused swap that would pass the rules: another colleague, another shift in return, or both. Whose it is, is told to those alone who may see that agent.
#[derive(Debug)]
pub struct ShiftSwapAlternative(pub(super) Alternative);

/// Something near to a refused swap that would pass the rules: another colleague, another shift in return, or both. Whose it is, is told to those alone who may see that agent.
#[Object]
impl ShiftSwapAlternative {
    /// Start of the shift that would be given in return or, where none is asked, of the offered one.
    async fn starts_at(&self) -> DateTime {
        DateTime(self.0.span.start())
    }
    /// Its end.
    async fn ends_at(&self) -> DateTime {
        DateTime(self.0.span.end())
    }
    /// That shift. `null` when the caller may not see it.
    async fn shift(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Shift>> {
        let operation = Operation::of(ctx)?;
        let shift = Shift::find(operation, &show_id(self.0.shift)).await;
        shift.map_err(|error| operation.fail(error))
    }
    /// Who could take the offered shift. `null` when the caller may not see that agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.0.agent else { return Ok(None) };
        let agent = operation.visible_agent(id, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
}
