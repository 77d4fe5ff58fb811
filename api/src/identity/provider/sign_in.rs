//! Signing in by an identity provider: the way there and the way back (OpenID Connect Core 1.0, 3.1;
//! RFC 7636). Whoever is refused is told no more than that; why, stands in the log.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use trunkline_domain::{
    fault::FaultCode,
    id::{TenantId, UserId},
    identity::{Begun, Disbelief, Email, VouchedFor},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::{Ctx, Origin, new_id},
    db::{DbError, TenantTx},
    identity::{
        BrowserKey, CodeExchange, KnownPerson, NewUser, ProviderFault, ProviderView, SealBroken,
        SignInRequest, begin_sign_in, find_addressee, find_person, find_provider,
        find_unclosed_tenant, insert_session, insert_users, is_employed, link_person, new_secret,
        use_sign_in, user_of_subject,
    },
};

use super::super::{
    refused::{Why, tell_refused},
    service::{SessionTokens, device, tokens},
    throttle::{Attempt, PASSWORD, PROVIDER},
};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// Why nobody is signed in.
#[derive(Debug)]
enum Refusal {
    /// The text is for the log.
    Refused(String),
    /// The same to somebody whose account is known by then.
    Shut((TenantId, UserId), String),
    /// Nothing is wrong with whoever asks.
    App(AppError),
}

/// Why the system acts for a tenant here.
const PURPOSE: &str = "sign-in by a provider";

type Tried<T> = Result<T, Refusal>;

fn refused(why: impl Into<String>) -> Refusal {
    Refusal::Refused(why.into())
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        match error {
            // Another sign-in of the same person was faster, or the provider knows the user already
            // by another subject.
            DbError::Constraint(name) => refused(name),
            other => Self::App(other.into()),
        }
    }
}

impl From<ProviderFault> for Refusal {
    fn from(fault: ProviderFault) -> Self {
        refused(fault.to_string())
    }
}

impl From<Disbelief> for Refusal {
    fn from(disbelief: Disbelief) -> Self {
        refused(disbelief.to_string())
    }
}

impl From<SealBroken> for Refusal {
    fn from(broken: SealBroken) -> Self {
        Self::App(broken.into())
    }
}

/// Where a browser goes to sign in, and what it keeps meanwhile.
#[derive(Debug)]
pub(super) struct WayThere {
    pub(super) url: String,
    pub(super) browser_key: String,
}

/// What a browser brings back.
#[derive(Debug)]
pub(super) struct WayBack {
    pub(super) browser_key: SecretString,
    pub(super) state: String,
    pub(super) code: SecretString,
    pub(super) issuer: Option<String>,
}

/// Where browsers come back to: the page beside the API, and no other address.
pub(super) fn redirect_uri(public_url: &str) -> String {
    format!("{public_url}/provider.html")
}

/// Begins a sign-in in a company. Companies that are unknown and those without a provider get one
/// answer, and one that is suspended is none of them: whether it is, is told on the way back alone. With
/// `anew` the provider is to ask also whom it knows to have signed in there.
pub(super) async fn begin(
    app: &App,
    origin: &Origin,
    tenant_slug: &str,
    anew: bool,
) -> Outcome<WayThere> {
    let slug = tenant_slug.trim().to_lowercase();
    Attempt::begin(app, "provider", PROVIDER, &place(origin), origin).await?;
    match send(app, &slug, anew).await {
        Ok(way) => Ok(way),
        Err(Refusal::App(error)) => Err(error),
        Err(Refusal::Refused(why) | Refusal::Shut(_, why)) => {
            tracing::info!(why, address = ?origin.address, "no sign-in by a provider begun");
            Err(FaultCode::ProviderRefused.into())
        }
    }
}

/// Those who sign in from one address are counted together until one of them gets in.
fn place(origin: &Origin) -> String {
    origin.address.map_or_else(|| "somewhere".to_owned(), |address| address.to_string())
}

async fn send(app: &App, slug: &str, anew: bool) -> Tried<WayThere> {
    let now = app.clock.now();
    let system = app.db.begin_system(PURPOSE).await?;
    let tenant = find_unclosed_tenant(&system, slug).await?;
    drop(system);
    let ctx = Ctx::of_system(tenant.ok_or_else(|| refused("no such company"))?, PURPOSE, now);
    let provider = find_provider(&app.db.begin(&ctx).await?).await?;
    let provider = provider.ok_or_else(|| refused("the company has no provider"))?;
    // No connection is held while the provider is asked.
    let known = app.providers.discover(&provider.issuer).await?;
    let tx = app.db.begin(&ctx).await?;
    let begun = begin_sign_in(&tx, provider.version, anew, now).await?;
    tx.commit().await?;
    let url = known.sign_in_url(&SignInRequest {
        client_id: &provider.client_id,
        redirect_uri: &redirect_uri(&app.post.public_url),
        state: &begun.state,
        nonce: &begun.nonce,
        challenge: &begun.challenge,
        anew,
    });
    Ok(WayThere { url, browser_key: begun.browser_key })
}

/// Opens a session for whom the provider vouches.
pub(super) async fn finish(app: &App, origin: &Origin, way: &WayBack) -> Outcome<SessionTokens> {
    let key = way.browser_key.expose_secret();
    let attempt = Attempt::begin(app, "provider-answer", PASSWORD, key, origin).await?;
    match enter(app, origin, way).await {
        Ok(tokens) => {
            attempt.succeeded(app).await;
            Attempt::forgive(app, "provider", &place(origin)).await;
            Ok(tokens)
        }
        Err(Refusal::App(error)) => Err(error),
        Err(Refusal::Refused(why)) => {
            tracing::info!(why, address = ?origin.address, "sign-in by a provider refused");
            attempt.failed(app).await;
            Err(FaultCode::ProviderRefused.into())
        }
        Err(Refusal::Shut(whose, why)) => {
            tracing::info!(why, user = %whose.1, address = ?origin.address, "sign-in by a provider refused");
            tell_refused(app, origin, whose, Why::Account);
            attempt.failed(app).await;
            Err(FaultCode::ProviderRefused.into())
        }
    }
}

async fn enter(app: &App, origin: &Origin, way: &WayBack) -> Tried<SessionTokens> {
    let key = BrowserKey::parse(way.browser_key.expose_secret());
    let key = key.ok_or_else(|| refused("no key of a browser"))?;
    let now = app.clock.now();
    let ctx = Ctx::of_system(key.tenant, PURPOSE, now).from(origin);
    let tx = app.db.begin(&ctx).await?;
    let begun = use_sign_in(&tx, &key, &way.state, now).await?;
    let begun = begun.ok_or_else(|| refused("not begun here, used before, or too late"))?;
    let provider = find_provider(&tx).await?.filter(|it| it.version == begun.version);
    let provider = provider.ok_or_else(|| refused("the provider has changed meanwhile"))?;
    let client_secret = provider.secret(&tx, &app.post.seal)?;
    // Used up, whatever comes of it; and no connection is held while the provider is asked.
    tx.commit().await?;
    let known = app.providers.discover(&provider.issuer).await?;
    if !known.is_named(way.issuer.as_deref()) {
        return Err(refused("the answer names another provider, or none"));
    }
    let exchange = CodeExchange {
        client_id: &provider.client_id,
        client_secret: &client_secret,
        redirect_uri: &redirect_uri(&app.post.public_url),
        code: &way.code,
        verifier: &begun.verifier,
    };
    let claims = app.providers.exchange(&known, exchange).await?;
    let answers = Begun { nonce: &begun.nonce, anew_since: begun.anew_since };
    let person = claims.believe(&provider.terms(), answers, now)?;
    admit(app, origin, &ctx, &provider, &person, now).await
}

/// Opens the session of the user whom the provider vouches for.
async fn admit(
    app: &App,
    origin: &Origin,
    ctx: &Ctx,
    provider: &ProviderView,
    person: &VouchedFor,
    now: Timestamp,
) -> Tried<SessionTokens> {
    let tenant: TenantId = ctx.tenant();
    let tx = app.db.begin(ctx).await?;
    let (KnownPerson { id: user, epoch }, is_new) = user_of(&tx, ctx, provider, person).await?;
    if !is_employed(&tx, user, now).await? {
        return Err(Refusal::Shut((tenant, user), "has left".to_owned()));
    }
    if provider.suspended {
        // Nothing of it lasts, neither a new user nor by whom the provider knows one.
        drop(tx);
        if !is_new {
            tell_refused(app, origin, (tenant, user), Why::Suspended);
        }
        return Err(AppError::TenantSuspended.into());
    }
    let (session, secret) = (new_id(now), new_secret());
    insert_session(&tx, session, user, &secret, &device(origin), person.proved_at, now).await?;
    let proved_at = person.proved_at;
    let after = json!({"sessionId": session, "provider": provider.issuer, "provedAt": proved_at});
    let ctx = ctx.clone().acting(user);
    record(&tx, &ctx, Deed::made("session.create", user, after)).await?;
    tx.commit().await?;
    tracing::info!(%tenant, %user, %session, address = ?origin.address, "signed in by a provider");
    Ok(tokens(app, tenant, user, session, epoch, &secret, now)?)
}

/// The user whom the provider knows by the subject; else the invited one with an address that is
/// believed, who is known by the subject from then on; else a new one, where that is wanted. Says
/// whether it is a new one.
async fn user_of(
    tx: &TenantTx,
    ctx: &Ctx,
    provider: &ProviderView,
    person: &VouchedFor,
) -> Tried<(KnownPerson, bool)> {
    let (issuer, subject) = (provider.issuer.as_str(), person.subject.as_str());
    if let Some(known) = find_person(tx, issuer, subject).await? {
        return Ok((known, false));
    }
    if let Some(user) = user_of_subject(tx, issuer, subject).await? {
        return Err(Refusal::Shut((ctx.tenant(), user), "was switched off".to_owned()));
    }
    let Some(email) = &person.email else {
        return Err(refused("nobody is known by the subject, and there is no verified address"));
    };
    let (user, is_new) = match find_addressee(tx, email.as_str()).await? {
        Some(found) if !found.active => {
            let whose = (ctx.tenant(), found.id);
            return Err(Refusal::Shut(whose, "was switched off".to_owned()));
        }
        Some(found) => (KnownPerson { id: found.id, epoch: found.epoch }, false),
        None if provider.creates_users => (create(tx, ctx, person, email).await?, true),
        None => return Err(refused("nobody has invited the address")),
    };
    link_person(tx, issuer, subject, user.id, ctx.now()).await?;
    let after = json!({"provider": issuer, "subject": subject, "email": email});
    record(tx, ctx, Deed::made("user_identity.link", user.id, after)).await?;
    Ok((user, is_new))
}

async fn create(
    tx: &TenantTx,
    ctx: &Ctx,
    person: &VouchedFor,
    email: &Email,
) -> Tried<KnownPerson> {
    const FIRST_EPOCH: i32 = 1;
    let id = ctx.new_id();
    let user = NewUser {
        id,
        email: email.clone(),
        display_name: person.name.clone().unwrap_or_else(|| email.local_part().to_owned()),
        password_hash: None,
        language: None,
        agent: None,
    };
    insert_users(tx, std::slice::from_ref(&user), ctx.now()).await?;
    let deed = Deed::made("user.create", id, user.as_recorded());
    record(tx, ctx, deed.with(json!({"by": "identity provider"}))).await?;
    Ok(KnownPerson { id, epoch: FIRST_EPOCH })
}
