//! The identity provider of a tenant: use cases of its administrator.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::UserId,
    identity::{
        Letter, MAX_PROVIDER_TEXT, Permission, ProviderTerms, check_client_secret, is_subject,
    },
};
use trunkline_infra::{
    audit::{Deed, record, record_all},
    ctx::{Ctx, Origin},
    db::TenantTx,
    identity::{
        PersonLink, ProviderView, credentials_by_id, find_provider, holders_everywhere,
        link_person, put_provider, remove_provider, seal_provider_secret, unlink_person,
        users_by_id,
    },
};

use super::super::{
    access::permit_network,
    letters::post_letter,
    rank::permit_taking,
    step_up::{Proof, confirm_person},
};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// People who are told of a change by mail: far more than may change it in any company.
const TOLD: i64 = 100;

/// Somebody who asks for a change of how people are let in, and how they show who they are.
#[derive(Debug)]
pub(super) struct Asker<'a> {
    pub(super) app: &'a App,
    pub(super) ctx: &'a Ctx,
    pub(super) origin: &'a Origin,
    pub(super) proof: Proof,
}

impl Asker<'_> {
    /// Has them show it. To be asked last of all, so that nobody shows a password for nothing.
    async fn confirm(self) -> Outcome<()> {
        let Self { app, ctx, origin, proof } = self;
        confirm_person(app, ctx, origin, proof, "password").await
    }
}

/// Tells all who may change the provider, by whatever role: whoever controls it signs in as anybody, so a
/// change that none of them wanted must not stay unseen.
async fn tell_keepers(app: &App, tx: &TenantTx, ctx: &Ctx, letter: Letter<'_>) -> Outcome<()> {
    let right = Permission::IdentityProviderWrite;
    for account in holders_everywhere(tx, right, ctx.now(), TOLD).await? {
        post_letter(app, tx, ctx, &account, letter).await?;
    }
    Ok(())
}

/// What the audit remembers of a provider: everything but the secret.
fn remembered(terms: &ProviderTerms) -> Value {
    let ProviderTerms {
        issuer,
        client_id,
        email_domains,
        creates_users,
        trusts_emails,
        known_by_oid,
    } = terms;
    json!({"issuer": issuer, "clientId": client_id, "emailDomains": email_domains,
           "createsUsers": creates_users, "trustsEmails": trusts_emails,
           "knownByOid": known_by_oid})
}

/// Makes or changes the provider of the tenant. A secret stays with the provider that it was given
/// for: another issuer needs another one, or whoever changes the issuer would be told the secret.
pub(super) async fn set(
    asker: Asker<'_>,
    said: ProviderTerms,
    secret: Option<SecretString>,
) -> Outcome<ProviderView> {
    let Asker { app, ctx, .. } = asker;
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
    asker.confirm().await?;
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
    let letter = Letter::ProviderSet { issuer: &terms.issuer };
    tell_keepers(app, &tx, ctx, letter).await?;
    let made = find_provider(&tx).await?;
    tx.commit().await?;
    made.ok_or_else(|| AppError::Internal("the provider that was just written".to_owned()))
}

/// Takes the provider of the tenant away; nobody signs in by it any more.
pub(super) async fn remove(asker: Asker<'_>, issuer: &str) -> Outcome<()> {
    let Asker { app, ctx, .. } = asker;
    permit_network(ctx, Permission::IdentityProviderWrite)?;
    asker.confirm().await?;
    let tx = app.db.begin(ctx).await?;
    let known = find_provider(&tx).await?.filter(|known| known.issuer == issuer);
    let known = known.ok_or_else(|| Fault::not_found("issuer"))?;
    remove_provider(&tx).await?;
    let before = remembered(&known.terms());
    let deed = Deed::removed("identity_provider.remove", ctx.tenant(), before);
    record(&tx, ctx, deed).await?;
    tell_keepers(app, &tx, ctx, Letter::ProviderRemoved { issuer }).await?;
    Ok(tx.commit().await?)
}

/// Says by which subject the provider knows a user: for a provider that says nothing of addresses, and
/// for people whose address there is another one.
pub(super) async fn link(asker: Asker<'_>, user: UserId, subject: &str) -> Outcome<()> {
    let Asker { app, ctx, .. } = asker;
    permit_network(ctx, Permission::IdentityProviderWrite)?;
    if !is_subject(subject) {
        return Err(Fault::invalid("subject", Rule::SubjectOfTheProvider(MAX_PROVIDER_TEXT)).into());
    }
    let tx = app.db.begin(ctx).await?;
    if credentials_by_id(&tx, user).await?.is_none() {
        return Err(Fault::not_found("userId").into());
    }
    permit_taking(app, &tx, ctx, user, "userId").await?;
    drop(tx);
    asker.confirm().await?;
    let tx = app.db.begin(ctx).await?;
    let provider = find_provider(&tx).await?;
    let provider =
        provider.ok_or_else(|| Fault::new(FaultCode::InvalidState).with("state", "NO_PROVIDER"))?;
    link_person(&tx, &provider.issuer, subject, user, ctx.now()).await?;
    let after = json!({"provider": provider.issuer, "subject": subject});
    record(&tx, ctx, Deed::made("user_identity.link", user, after)).await?;
    tell_owner(app, &tx, ctx, user).await?;
    Ok(tx.commit().await?)
}

/// Tells the owner of an account, unless it is switched off.
async fn tell_owner(app: &App, tx: &TenantTx, ctx: &Ctx, user: UserId) -> Outcome<()> {
    match credentials_by_id(tx, user).await? {
        Some(account) => post_letter(app, tx, ctx, &account, Letter::IdentityChanged).await,
        None => Ok(()),
    }
}

/// Forgets by whom the provider knows a user, so that another account there can take its place.
pub(super) async fn unlink(asker: Asker<'_>, user: UserId) -> Outcome<()> {
    let Asker { app, ctx, .. } = asker;
    permit_network(ctx, Permission::IdentityProviderWrite)?;
    let tx = app.db.begin(ctx).await?;
    if users_by_id(&tx, &[user]).await?.is_empty() {
        return Err(Fault::not_found("userId").into());
    }
    permit_taking(app, &tx, ctx, user, "userId").await?;
    drop(tx);
    asker.confirm().await?;
    let tx = app.db.begin(ctx).await?;
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
    tell_owner(app, &tx, ctx, user).await?;
    Ok(tx.commit().await?)
}
