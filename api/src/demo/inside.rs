//! The demo's own caller of the API: it asks in GraphQL like everybody else, without the way over
//! the network.

use std::sync::Arc;

use async_graphql::{Request, Variables};
use serde_json::Value;
use trunkline_domain::{id::TenantId, identity::Viewer};

use crate::{
    app::App,
    error::{AppError, Outcome},
    graphql::{Operation, Schema, build_schema},
};

/// The system's caller in one tenant.
#[derive(Clone)]
pub(super) struct Inside {
    pub(super) app: Arc<App>,
    schema: Schema,
    viewer: Arc<Viewer>,
}

impl Inside {
    pub(super) fn new(app: Arc<App>, tenant: TenantId) -> Self {
        Self { app, schema: build_schema(), viewer: Arc::new(Viewer::system(tenant)) }
    }

    /// The same for somebody else of the tenant.
    pub(super) fn speaking_as(&self, viewer: Viewer) -> Self {
        Self { viewer: Arc::new(viewer), ..self.clone() }
    }

    /// The tenant.
    pub(super) fn tenant(&self) -> TenantId {
        self.viewer.tenant
    }

    /// Executes a document that must succeed and gives its `data`.
    pub(super) async fn ask(&self, document: &str, variables: Value) -> Outcome<Value> {
        self.try_ask(document, variables).await?.map_err(AppError::Internal)
    }

    /// Executes a document and gives its `data`, or why it was refused: the first of its `userErrors`.
    pub(super) async fn try_ask(
        &self,
        document: &str,
        variables: Value,
    ) -> Outcome<Result<Value, String>> {
        let viewer = Some(Arc::clone(&self.viewer));
        let operation = Operation::new(Arc::clone(&self.app), viewer, Arc::from("demo"), None);
        let request = Request::new(document)
            .variables(Variables::from_json(variables))
            .data(Arc::new(operation));
        let answer = self.schema.execute(request).await;
        if let Some(error) = answer.errors.first() {
            return Err(AppError::Internal(error.message.clone()));
        }
        let data =
            answer.data.into_json().map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(match refusal(&data) {
            Some(message) => Err(message),
            None => Ok(data),
        })
    }
}

/// The first of `userErrors` of any payload, as text.
fn refusal(data: &Value) -> Option<String> {
    let payloads = data.as_object()?.values();
    let error = payloads.filter_map(|it| it["userErrors"].as_array()?.first()).next()?;
    Some(format!("{}: {}", error["code"].as_str()?, error["message"].as_str().unwrap_or_default()))
}
