use async_graphql::{Context, ID, Object};

use super::{
    shift_templates::{set_templates, sets_seen},
    template_types::{ShiftTemplateSet, ShiftTemplatesSetInput, ShiftTemplatesSetPayload},
};
use crate::graphql::Operation;

/// Reading what shifts sites offer.
#[derive(Debug, Default)]
pub struct TemplatesQuery;

#[Object]
impl TemplatesQuery {
    /// What shifts a site offers, by the day from which on that holds, beginning with the usual ones and with at most the latest 50 others. Empty when the caller may not see its work rules.
    async fn shift_templates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
    ) -> async_graphql::Result<Vec<ShiftTemplateSet>> {
        let operation = Operation::root(ctx)?;
        let found = sets_seen(operation, site_id.parse().ok()).await;
        let found = found.map_err(|error| operation.fail(error))?;
        Ok(found.into_iter().map(ShiftTemplateSet::from).collect())
    }
}

/// Saying what shifts sites offer.
#[derive(Debug, Default)]
pub struct TemplatesMutation;

#[Object]
impl TemplatesMutation {
    /// Sets what shifts a site offers from a day on: of these and no others generation makes its schedules. A shift that the site's work rules let nobody work is refused with the value that would do.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, FORBIDDEN.
    async fn shift_templates_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shifts, and from when on.")] input: ShiftTemplatesSetInput,
    ) -> async_graphql::Result<ShiftTemplatesSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => set_templates(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (set, user_errors) = operation.settle(outcome)?;
        let shift_template_set = set.map(ShiftTemplateSet::from);
        Ok(ShiftTemplatesSetPayload { shift_template_set, user_errors })
    }
}
