//! Root fields of identity providers.

use async_graphql::{Context, Object};
use trunkline_domain::identity::Permission;
use trunkline_infra::{ctx::Ctx, identity::find_provider};

use super::{
    super::step_up::Proof,
    settings::{Asker, link, remove, set, unlink},
    sign_in::{begin, finish},
    types::{
        IdentityProvider, IdentityProviderRemoveInput, IdentityProviderRemovePayload,
        IdentityProviderSetInput, IdentityProviderSetPayload, ProviderSignInBeginInput,
        ProviderSignInBeginPayload, SessionCreateByProviderInput, SessionCreateByProviderPayload,
        UserIdentityLinkInput, UserIdentityLinkPayload, UserIdentityUnlinkInput,
        UserIdentityUnlinkPayload,
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

/// Who asks for a change of how people are let in.
fn asker<'a>(operation: &'a Operation, ctx: &'a Ctx, proof: Proof) -> Asker<'a> {
    Asker { app: &operation.app, ctx, origin: &operation.origin, proof }
}

/// Changing identity providers, and signing in by them.
#[derive(Debug, Default)]
pub struct ProvidersMutation;

#[Object]
impl ProvidersMutation {
    /// Makes or changes the tenant's identity provider. Whoever it vouches for signs in as the user with
    /// the address. All who may change it are told by mail.
    /// Errors: FORBIDDEN, INVALID_VALUE, LIMIT_EXCEEDED, REAUTHENTICATION_REQUIRED, CREDENTIALS_REFUSED, SECOND_FACTOR_REQUIRED, SECOND_FACTOR_REFUSED, RATE_LIMITED.
    async fn identity_provider_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The provider.")] input: IdentityProviderSetInput,
    ) -> async_graphql::Result<IdentityProviderSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let (terms, secret, proof) = input.parse();
        let outcome = set(asker(operation, &write, proof), terms, secret).await;
        let (provider, user_errors) = operation.settle(outcome)?;
        let url = &operation.app.post.public_url;
        let identity_provider = provider.map(|provider| IdentityProvider::new(&provider, url));
        Ok(IdentityProviderSetPayload { identity_provider, user_errors })
    }

    /// Takes the tenant's identity provider away. Sessions go on; passwords are set by a link as ever.
    /// All who may set one are told by mail.
    /// Errors: FORBIDDEN, NOT_FOUND, REAUTHENTICATION_REQUIRED, CREDENTIALS_REFUSED, SECOND_FACTOR_REQUIRED, SECOND_FACTOR_REFUSED, RATE_LIMITED.
    async fn identity_provider_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which provider.")] input: IdentityProviderRemoveInput,
    ) -> async_graphql::Result<IdentityProviderRemovePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let IdentityProviderRemoveInput { issuer, password, code } = input;
        let outcome = remove(asker(operation, &write, Proof::said(password, code)), &issuer).await;
        let (_, user_errors) = operation.settle(outcome)?;
        Ok(IdentityProviderRemovePayload { user_errors })
    }

    /// Says by which account the provider knows a user, who signs in by it from now on whatever its
    /// address, and is told by mail. Nobody says it of somebody with more rights.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_VALUE, INVALID_STATE, DUPLICATE, REAUTHENTICATION_REQUIRED, CREDENTIALS_REFUSED, SECOND_FACTOR_REQUIRED, SECOND_FACTOR_REFUSED, RATE_LIMITED.
    async fn user_identity_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and by which account.")] input: UserIdentityLinkInput,
    ) -> async_graphql::Result<UserIdentityLinkPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let UserIdentityLinkInput { user_id, subject, password, code } = input;
        let asker = asker(operation, &write, Proof::said(password, code));
        let outcome = match parse_id(&user_id, "userId") {
            Ok(user) => link(asker, user, &subject).await,
            Err(fault) => Err(fault.into()),
        };
        let (_, user_errors) = operation.settle(outcome)?;
        Ok(UserIdentityLinkPayload { user_errors })
    }

    /// Forgets by which account the provider knows a user, so that another one there can take its place.
    /// The user is told by mail. Nobody does it to somebody with more rights.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_STATE, REAUTHENTICATION_REQUIRED, CREDENTIALS_REFUSED, SECOND_FACTOR_REQUIRED, SECOND_FACTOR_REFUSED, RATE_LIMITED.
    async fn user_identity_unlink(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: UserIdentityUnlinkInput,
    ) -> async_graphql::Result<UserIdentityUnlinkPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let UserIdentityUnlinkInput { user_id, password, code } = input;
        let asker = asker(operation, &write, Proof::said(password, code));
        let outcome = match parse_id(&user_id, "userId") {
            Ok(user) => unlink(asker, user).await,
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
        let ProviderSignInBeginInput { tenant_slug, reauthenticate } = input;
        let outcome = begin(&operation.app, &operation.origin, &tenant_slug, reauthenticate).await;
        let (way, user_errors) = operation.settle(outcome)?;
        Ok(ProviderSignInBeginPayload { sign_in: way.map(Into::into), user_errors })
    }

    /// Signs in whom the company's identity provider vouches for. What it has to say about the second
    /// factor is the provider's affair. Errors: PROVIDER_REFUSED, RATE_LIMITED. TENANT_SUSPENDED is of the
    /// request as a whole.
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
