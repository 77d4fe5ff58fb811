use std::sync::Arc;

use async_graphql::{Context, Object};

use super::{
    service::own_sessions,
    types::{ActiveSession, Viewer},
};
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

    /// The caller's own sessions that go on, newest first, at most 100.
    async fn sessions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ActiveSession>> {
        let operation = Operation::root(ctx)?;
        let sessions = async {
            let tx = operation.read().await?;
            own_sessions(&tx, &operation.ctx()?).await
        };
        let sessions = sessions.await.map_err(|error| operation.fail(error))?;
        let current = operation.viewer().map_err(|error| operation.fail(error))?.session;
        Ok(sessions.into_iter().map(|session| ActiveSession::new(session, current)).collect())
    }
}
