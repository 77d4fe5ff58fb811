use std::sync::Arc;

use async_graphql::{Context, Object};

use super::types::Viewer;
use crate::graphql::Operation;

/// Reading about the caller.
#[derive(Debug, Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// The caller: user or app, its tenant, its rights.
    async fn viewer(&self, ctx: &Context<'_>) -> async_graphql::Result<Viewer> {
        let operation = Operation::root(ctx)?;
        let viewer = operation.viewer().map_err(|error| operation.fail(error))?;
        Ok(Viewer(Arc::clone(viewer)))
    }
}
