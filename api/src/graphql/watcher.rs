use std::sync::Arc;

use async_graphql::Context;
use tokio::sync::watch;
use trunkline_infra::ctx::Ctx;

use super::{
    Operation,
    roots::{Needs, permission_of},
};
use crate::{app::App, identity::Caller};

/// Who watches by a subscription. Their rights are those of the moment of each look, not those with
/// which they came: roles begin and end, and the connection asks again who they are.
#[derive(Debug)]
pub struct Watcher {
    app: Arc<App>,
    came: Ctx,
    needs: Option<Needs>,
    standing: Option<watch::Receiver<Arc<Caller>>>,
}

impl Watcher {
    /// Who subscribes to the root field that is resolved.
    ///
    /// # Errors
    /// UNAUTHENTICATED without a caller, FORBIDDEN without the field's permission.
    pub fn of(ctx: &Context<'_>) -> async_graphql::Result<Self> {
        let operation = Operation::root(ctx)?;
        Ok(Self {
            app: Arc::clone(&operation.app),
            came: operation.ctx().map_err(|error| operation.fail(error))?,
            needs: permission_of(ctx.field().name()),
            standing: operation.standing.clone(),
        })
    }

    /// The context for the next look; `None` when the caller may no longer ask for the field.
    #[must_use]
    pub fn look(&self) -> Option<Ctx> {
        let ctx = self.came.at(self.app.clock.now());
        let ctx = match &self.standing {
            Some(standing) => ctx.by(Arc::clone(standing.borrow().viewer.as_ref()?)),
            None => ctx,
        };
        let may = match self.needs? {
            Needs::Permission(permission) => ctx.viewer().may_somewhere(permission, ctx.now()),
            Needs::Caller | Needs::Nobody => true,
        };
        may.then_some(ctx)
    }
}
