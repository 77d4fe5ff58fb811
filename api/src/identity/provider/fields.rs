//! Root fields of identity providers.

use async_graphql::{Context, Object};
use trunkline_domain::identity::Permission;
use trunkline_infra::identity::find_provider;

use super::{
    settings::{remove, set, unlink},
    sign_in::{begin, finish},
    types::{
        IdentityProvider, IdentityProviderRemoveInput, IdentityProviderRemovePayload,
        IdentityProviderSetInput, IdentityProviderSetPayload, ProviderSignInBeginInput,
        ProviderSignInBeginPayload, SessionCreateByProviderInput, SessionCreateByProviderPayload,
        UserIdentityUnlinkInput, UserIdentityUnlinkPayload,
    },
};
use crate::{
    error::{AppError, Outcome},
    graphql::{Operation, parse_id},
};

/// Reading identity providers.
#[derive(Debug, Default)]
pub struct ProvidersQuery;

#[Object]
impl ProvidersQuery {
    /// The tenant's identity provider. `null` when people sign in by password alone.
    async fn identity_provider(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<IdentityProvider>> {
        let operation = Operation::root(ctx)?;
        of_tenant(operation).await.map_err(|error| operation.fail(error))
    }
}

async fn of_tenant(operation: &Operation) -> Outcome<Option<IdentityProvider>> {
    // It is of the tenant as a whole: a right at one site does not open it.
    let right = Permission::IdentityProviderWrite;
    if !operation.require(right)?.network {
        return Err(AppError::Forbidden(right.as_str()));
    }
    let tx = operation.read().await?;
    let url = &operation.app.post.public_url;
    Ok(find_provider(&tx).await?.map(|provider| IdentityProvider::new(&provider, url)))
}

/// Changing identity providers, and signing in by them.
#[derive(Debug, Default)]
pub struct ProvidersMutation;

#[Object]
impl ProvidersMutation {
    /// Makes or changes the tenant's identity provider. Whoever it vouches for signs in as the user with
    /// the address. Errors: FORBIDDEN, INVALID_VALUE, LIMIT_EXCEEDED.
    async fn identity_provider_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The provider.")] input: IdentityProviderSetInput,
    ) -> async_graphql::Result<IdentityProviderSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let (terms, secret) = input.parse();
        let outcome = set(&operation.app, &write, terms, secret).await;
        let (provider, user_errors) = operation.settle(outcome)?;
        let url = &operation.app.post.public_url;
        let identity_provider = provider.map(|provider| IdentityProvider::new(&provider, url));
        Ok(IdentityProviderSetPayload { identity_provider, user_errors })
    }

    /// Takes the tenant's identity provider away. Sessions go on; passwords are set by a link as ever.
    /// Errors: FORBIDDEN, NOT_FOUND.
    async fn identity_provider_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which provider.")] input: IdentityProviderRemoveInput,
    ) -> async_graphql::Result<IdentityProviderRemovePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = remove(&operation.app, &write, &input.issuer).await;
        let (_, user_errors) = operation.settle(outcome)?;
        Ok(IdentityProviderRemovePayload { user_errors })
    }

    /// Forgets by which account the provider knows a user, so that another one there can take its place.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_STATE.
    async fn user_identity_unlink(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: UserIdentityUnlinkInput,
    ) -> async_graphql::Result<UserIdentityUnlinkPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match parse_id(&input.user_id, "userId") {
            Ok(user) => unlink(&operation.app, &write, user).await,
            Err(fault) => Err(fault.into()),
        };
        let (_, user_errors) = operation.settle(outcome)?;
        Ok(UserIdentityUnlinkPayload { user_errors })
    }

    /// Begins a sign-in by the company's identity provider: the browser is sent there and comes back with
    /// what `sessionCreateByProvider` takes. Errors: PROVIDER_REFUSED, RATE_LIMITED.
    async fn provider_sign_in_begin(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which company.")] input: ProviderSignInBeginInput,
    ) -> async_graphql::Result<ProviderSignInBeginPayload> {
        let operation = Operation::root(ctx)?;
        let outcome = begin(&operation.app, &operation.origin, &input.tenant_slug).await;
        let (way, user_errors) = operation.settle(outcome)?;
        Ok(ProviderSignInBeginPayload { sign_in: way.map(Into::into), user_errors })
    }

    /// Signs in whom the company's identity provider vouches for. What it has to say about the second
    /// factor is the provider's affair. Errors: PROVIDER_REFUSED, RATE_LIMITED.
    async fn session_create_by_provider(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the browser brings back.")] input: SessionCreateByProviderInput,
    ) -> async_graphql::Result<SessionCreateByProviderPayload> {
        let operation = Operation::root(ctx)?;
        let outcome = finish(&operation.app, &operation.origin, &input.parse()).await;
        let (tokens, user_errors) = operation.settle(outcome)?;
        Ok(SessionCreateByProviderPayload { session: tokens.map(Into::into), user_errors })
    }
}
