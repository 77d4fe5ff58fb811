//! The identity provider of a tenant: use cases of its administrator.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::UserId,
    identity::{Permission, ProviderTerms, check_client_secret},
};
use trunkline_infra::{
    audit::{Deed, record, record_all},
    ctx::Ctx,
    identity::{
        PersonLink, ProviderView, find_provider, put_provider, remove_provider,
        seal_provider_secret, unlink_person, users_by_id,
    },
};

use super::super::access::permit_network;
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// What the audit remembers of a provider: everything but the secret.
fn remembered(terms: &ProviderTerms) -> Value {
    let ProviderTerms { issuer, client_id, email_domains, creates_users } = terms;
    json!({"issuer": issuer, "clientId": client_id, "emailDomains": email_domains,
           "createsUsers": creates_users})
}

/// Makes or changes the provider of the tenant. A secret stays with the provider that it was given
/// for: another issuer needs another one, or whoever changes the issuer would be told the secret.
pub(super) async fn set(
    app: &App,
    ctx: &Ctx,
    said: ProviderTerms,
    secret: Option<SecretString>,
) -> Outcome<ProviderView> {
    permit_network(ctx, Permission::IdentityProviderWrite)?;
    let terms = said.parse(app.providers.reach().is_loopback());
    let checked = secret.as_ref().map(|it| check_client_secret(it.expose_secret())).transpose();
    let terms = match (terms, checked) {
        (Ok(terms), Ok(_)) => terms,
        (terms, checked) => {
            let faults = terms.err().into_iter().flatten().chain(checked.err());
            return Err(AppError::Faults(faults.collect()));
        }
    };
    let tx = app.db.begin(ctx).await?;
    let before = find_provider(&tx).await?.map(|known| known.terms());
    if secret.is_none() && before.as_ref().is_none_or(|known| known.issuer != terms.issuer) {
        return Err(Fault::invalid("clientSecret", Rule::SecretOfTheIssuer).into());
    }
    let sealed =
        secret.as_ref().map(|it| seal_provider_secret(&tx, &app.post.seal, it.expose_secret()));
    put_provider(&tx, &terms, sealed.transpose()?, ctx.now()).await?;
    let (action, tenant) = ("identity_provider.set", ctx.tenant());
    let deed = match &before {
        Some(before) => Deed::changed(action, tenant, remembered(before), remembered(&terms)),
        None => Deed::made(action, tenant, remembered(&terms)),
    };
    record(&tx, ctx, deed.with(json!({"secretChanged": secret.is_some()}))).await?;
    let made = find_provider(&tx).await?;
    tx.commit().await?;
    made.ok_or_else(|| AppError::Internal("the provider that was just written".to_owned()))
}

/// Takes the provider of the tenant away; nobody signs in by it any more.
pub(super) async fn remove(app: &App, ctx: &Ctx, issuer: &str) -> Outcome<()> {
    permit_network(ctx, Permission::IdentityProviderWrite)?;
    let tx = app.db.begin(ctx).await?;
    let known = find_provider(&tx).await?.filter(|known| known.issuer == issuer);
    let known = known.ok_or_else(|| Fault::not_found("issuer"))?;
    remove_provider(&tx).await?;
    let before = remembered(&known.terms());
    let deed = Deed::removed("identity_provider.remove", ctx.tenant(), before);
    record(&tx, ctx, deed).await?;
    Ok(tx.commit().await?)
}

/// Forgets by whom the provider knows a user, so that another account there can take its place.
pub(super) async fn unlink(app: &App, ctx: &Ctx, user: UserId) -> Outcome<()> {
    permit_network(ctx, Permission::IdentityProviderWrite)?;
    let tx = app.db.begin(ctx).await?;
    if users_by_id(&tx, &[user]).await?.is_empty() {
        return Err(Fault::not_found("userId").into());
    }
    let known = unlink_person(&tx, user).await?;
    if known.is_empty() {
        return Err(Fault::new(FaultCode::InvalidState).at("userId").with("state", "NONE").into());
    }
    let deeds: Vec<Deed<'_>> = known
        .into_iter()
        .map(|PersonLink { issuer, subject }| {
            let before = json!({"provider": issuer, "subject": subject});
            Deed::removed("user_identity.unlink", user, before)
        })
        .collect();
    record_all(&tx, ctx, &deeds).await?;
    Ok(tx.commit().await?)
}
