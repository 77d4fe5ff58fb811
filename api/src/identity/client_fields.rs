//! Root fields of API clients.

use async_graphql::{Context, Object};

use super::{
    account_fields::everywhere,
    client_types::{
        ApiClient, ApiClientCreateInput, ApiClientCreatePayload, ApiClientDisableInput,
        ApiClientDisablePayload, ApiClientKeyCreateInput, ApiClientKeyCreatePayload,
        ApiClientKeyRevokeInput, ApiClientKeyRevokePayload,
    },
    clients::{clients, create_client, create_key, disable_client, revoke_key},
};
use crate::{
    error::Outcome,
    graphql::{Operation, parse_id},
};

/// Reading API clients.
#[derive(Debug, Default)]
pub struct ClientsQuery;

async fn all(operation: &Operation) -> Outcome<Vec<ApiClient>> {
    everywhere(operation)?;
    let tx = operation.read().await?;
    Ok(clients(&tx).await?.into_iter().map(ApiClient).collect())
}

#[Object]
impl ClientsQuery {
    /// API clients of the tenant, by name.
    async fn api_clients(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ApiClient>> {
        let operation = Operation::root(ctx)?;
        all(operation).await.map_err(|error| operation.fail(error))
    }
}

/// Changing API clients.
#[derive(Debug, Default)]
pub struct ClientsMutation;

#[Object]
impl ClientsMutation {
    /// Makes an API client for a partner's program. Its key is in this answer and nowhere else again.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_VALUE, DUPLICATE.
    async fn api_client_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The API client.")] input: ApiClientCreateInput,
    ) -> async_graphql::Result<ApiClientCreatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(said) => create_client(&operation.app, &write, said).await,
            Err(fault) => Err(fault.into()),
        };
        let (made, user_errors) = operation.settle(outcome)?;
        let (api_client, key) = made.map(|(client, key)| (ApiClient(client), key)).unzip();
        Ok(ApiClientCreatePayload { api_client, key, user_errors })
    }

    /// Gives an API client one more key, so that its program can change over before the old key is
    /// revoked. The key is in this answer and nowhere else again.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_VALUE, INVALID_STATE, LIMIT_EXCEEDED.
    async fn api_client_key_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For which client.")] input: ApiClientKeyCreateInput,
    ) -> async_graphql::Result<ApiClientKeyCreatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok((client, until)) => create_key(&operation.app, &write, client, until).await,
            Err(fault) => Err(fault.into()),
        };
        let (made, user_errors) = operation.settle(outcome)?;
        let (api_client, key) = made.map(|(client, key)| (ApiClient(client), key)).unzip();
        Ok(ApiClientKeyCreatePayload { api_client, key, user_errors })
    }

    /// Revokes a key of an API client: it, and tokens made for it, are refused within half a minute.
    /// Errors: FORBIDDEN, NOT_FOUND.
    async fn api_client_key_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which key.")] input: ApiClientKeyRevokeInput,
    ) -> async_graphql::Result<ApiClientKeyRevokePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match parse_id(&input.api_key_id, "apiKeyId") {
            Ok(id) => revoke_key(&operation.app, &write, id).await,
            Err(fault) => Err(fault.into()),
        };
        let (client, user_errors) = operation.settle(outcome)?;
        Ok(ApiClientKeyRevokePayload { api_client: client.map(ApiClient), user_errors })
    }

    /// Switches an API client off: its keys are refused.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_STATE.
    async fn api_client_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which API client.")] input: ApiClientDisableInput,
    ) -> async_graphql::Result<ApiClientDisablePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match parse_id(&input.api_client_id, "apiClientId") {
            Ok(id) => disable_client(&operation.app, &write, id).await,
            Err(fault) => Err(fault.into()),
        };
        let (client, user_errors) = operation.settle(outcome)?;
        Ok(ApiClientDisablePayload { api_client: client.map(ApiClient), user_errors })
    }
}
