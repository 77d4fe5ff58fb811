use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use trunkline_domain::{
    id::SiteId,
    identity::{Permission, Target},
};
use trunkline_infra::schedules::{ShiftPatternView, shift_patterns};

use super::{
    pattern_assign::assign,
    pattern_types::{
        ShiftPattern, ShiftPatternAssignInput, ShiftPatternAssignPayload, ShiftPatternCreateInput,
        ShiftPatternCreatePayload,
    },
    patterns::create_pattern,
};
use crate::{
    error::Outcome,
    graphql::{Operation, UserError},
};

/// Reading patterns of shifts.
#[derive(Debug, Default)]
pub struct PatternsQuery;

#[Object]
impl PatternsQuery {
    /// The patterns of a site, by name. Empty when the caller may not see its work rules.
    async fn shift_patterns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
    ) -> async_graphql::Result<Vec<ShiftPattern>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<Vec<ShiftPatternView>> {
            let reach = operation.require(Permission::WorkRulesRead)?;
            let site = site_id.parse::<SiteId>().ok();
            let Some(site) = site.filter(|site| reach.contains(&Target::site(*site))) else {
                return Ok(Vec::new());
            };
            let tx = operation.read().await?;
            Ok(shift_patterns(&tx, site).await?)
        };
        let found = read().await.map_err(|error| operation.fail(error))?;
        Ok(found.into_iter().map(|view| ShiftPattern(Arc::new(view))).collect())
    }
}

/// Making patterns of shifts and giving them to agents.
#[derive(Debug, Default)]
pub struct PatternsMutation;

#[Object]
impl PatternsMutation {
    /// Makes a pattern of a site: on which days there are shifts and when they start, week after week.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, DUPLICATE, FORBIDDEN.
    async fn shift_pattern_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The pattern.")] input: ShiftPatternCreateInput,
    ) -> async_graphql::Result<ShiftPatternCreatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => create_pattern(&operation.app, &write, ask).await.map(Some),
            Err(fault) => Err(fault.into()),
        };
        let (shift_pattern, user_errors) = settled(operation, outcome)?;
        Ok(ShiftPatternCreatePayload { shift_pattern, user_errors })
    }

    /// Gives agents a pattern, or none, from a Monday on, until they get another. Schedules that are generated from then on keep to it. It is refused, with what would do, for agents whose contract on that Monday owes more hours a week than it has room for.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, FORBIDDEN.
    async fn shift_pattern_assign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pattern, to whom and when.")] input: ShiftPatternAssignInput,
    ) -> async_graphql::Result<ShiftPatternAssignPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => assign(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (shift_pattern, user_errors) = settled(operation, outcome)?;
        Ok(ShiftPatternAssignPayload { shift_pattern, user_errors })
    }
}

fn settled(
    operation: &Operation,
    outcome: Outcome<Option<ShiftPatternView>>,
) -> async_graphql::Result<(Option<ShiftPattern>, Vec<UserError>)> {
    let (done, user_errors) = operation.settle(outcome)?;
    let shift_pattern = done.flatten().map(|view| ShiftPattern(Arc::new(view)));
    Ok((shift_pattern, user_errors))
}
