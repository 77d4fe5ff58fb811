//! What the transport is plugged into: callers, their admission, and the schema.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_graphql::Request;
use trunkline_domain::{fault::Language, identity::Subject};
use trunkline_infra::ctx::new_id;

use crate::{
    app::App,
    error::AppError,
    graphql::{Operation, Schema, build_schema, roots},
    http::{AuthRefusal, Call, Engine, ErrorCode, Refusal, RequestMeta},
    identity::Caller,
};

/// The program's engine.
pub struct Trunkline {
    app: Arc<App>,
    schema: Schema,
    /// Partners may not read the schema from a production server.
    production: bool,
}

impl Trunkline {
    /// Puts server state and schema together.
    #[must_use]
    pub fn new(app: Arc<App>, production: bool) -> Self {
        Self { app, schema: build_schema(), production }
    }
}

impl Engine for Trunkline {
    type Caller = Caller;
    type Executor = Schema;

    fn executor(&self) -> &Schema {
        &self.schema
    }

    async fn authenticate(
        &self,
        token: Option<&str>,
        _meta: &RequestMeta,
    ) -> Result<Arc<Caller>, AuthRefusal> {
        let Some(token) = token else {
            return Ok(Arc::new(Caller { viewer: None, expires_at: None }));
        };
        match self.app.authenticate(token).await {
            Ok(caller) => Ok(Arc::new(caller)),
            Err(AppError::Unauthenticated) => Err(AuthRefusal::Unauthenticated),
            Err(_) => Err(AuthRefusal::Unavailable),
        }
    }

    fn expires_at(&self, caller: &Caller) -> Option<Instant> {
        let left = caller.expires_at?.as_millisecond() - self.app.clock.now().as_millisecond();
        Some(Instant::now() + Duration::from_millis(u64::try_from(left).unwrap_or(0)))
    }

    async fn admit(&self, call: &Call<Caller>, request: Request) -> Result<Request, Refusal> {
        let operation = call.operation()?;
        match &call.caller.viewer {
            None => {
                let open = operation
                    .root_fields()
                    .into_iter()
                    .all(|field| field == "__typename" || roots::is_open(field));
                if !open {
                    return Err(AuthRefusal::Unauthenticated.into());
                }
            }
            Some(viewer) => {
                let partner = matches!(viewer.subject, Subject::Client(_));
                if self.production && partner && operation.introspects() {
                    return Err(Refusal::document(
                        ErrorCode::Forbidden,
                        "The schema is published as schema.graphql.",
                    ));
                }
            }
        }
        let language = call.meta.accept_language.as_deref().map(Language::of_tag);
        let operation = Operation::new(
            Arc::clone(&self.app),
            call.caller.viewer.clone(),
            Arc::clone(&call.meta.request_id),
            language,
            call.meta.idempotency_key.clone(),
        );
        Ok(request.data(Arc::new(operation)))
    }

    fn new_request_id(&self) -> String {
        new_id::<()>(self.app.clock.now()).uuid().simple().to_string()
    }
}
