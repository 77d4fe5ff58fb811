use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{SessionId, TenantId, UserId},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::{Ctx, Origin, new_id},
    db::TenantTx,
    identity::{
        Bearer, Device, Rotation, SessionView, find_account, insert_session, is_employed,
        list_sessions, living_session, new_secret, rehash_password, revoke_session,
        revoke_sessions, rotate_session,
    },
};

use super::{
    refused::{Why, tell_refused, tell_throttled},
    second_factor::pass_second_factor,
    step_up::confirm_one_factor,
    throttle::{Attempt, PASSWORD},
};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// What a person needs to sign in.
#[derive(Debug)]
pub(super) struct SignIn {
    pub(super) tenant_slug: String,
    pub(super) email: String,
    pub(super) password: SecretString,
    pub(super) code: Option<String>,
}

/// Tokens of a session.
#[derive(Debug)]
pub(super) struct SessionTokens {
    pub(super) access_token: String,
    pub(super) access_expires_at: Timestamp,
    pub(super) refresh_token: String,
}

/// Opens a session. Unknown companies, unknown people, people who were switched off or have left, and
/// wrong passwords get one answer, after the same work. That the company is suspended is told to those
/// alone who would have been let in.
pub(super) async fn create_session(
    app: &App,
    origin: &Origin,
    sign_in: SignIn,
) -> Outcome<SessionTokens> {
    let SignIn { tenant_slug, email, password, code } = sign_in;
    let (slug, email) = (tenant_slug.trim().to_lowercase(), email.trim().to_lowercase());
    let name = format!("{slug}\n{email}");
    let attempt = match Attempt::begin(app, "sign-in", PASSWORD, &name, origin).await {
        Ok(attempt) => attempt,
        Err(throttled) => {
            tell_throttled(app, origin, &throttled, slug, email);
            return Err(throttled.into());
        }
    };
    let account = find_account(&app.db, &slug, &email).await?;
    let whose = account.as_ref().and_then(|it| Some((it.tenant_id, it.user_id?)));
    let suspended = account.as_ref().is_some_and(|account| account.suspended);
    let (known, hash) = match account {
        Some(it) if it.active => (
            it.user_id.zip(it.epoch).map(|(user, epoch)| (it.tenant_id, user, epoch)),
            it.password_hash,
        ),
        _ => (None, None),
    };
    let check = app.passwords.verify(password.clone(), hash.clone()).await?;
    let entry = match known {
        Some((tenant, user, epoch)) if check.matches => {
            let rehash = if check.outdated { hash.map(|old| (old, password)) } else { None };
            let entrant = Entrant { tenant, user, epoch, rehash, suspended };
            enter(app, entrant, code.as_deref(), origin).await
        }
        _ => Err(FaultCode::CredentialsRefused.into()),
    };
    if attempt.end(app, &entry).await {
        tracing::info!(address = ?origin.address, "sign-in refused");
        if let (Some(whose), Err(AppError::Faults(faults))) = (whose, &entry) {
            tell_refused(app, origin, whose, Why::of_sign_in(check.matches, faults));
        }
    }
    if let (Some(whose), Err(AppError::TenantSuspended)) = (whose, &entry) {
        tell_refused(app, origin, whose, Why::Suspended);
    }
    entry
}

/// Somebody whose password was right.
struct Entrant {
    tenant: TenantId,
    user: UserId,
    epoch: i32,
    /// The stored hash and the password, when the hash is to be made anew.
    rehash: Option<(String, SecretString)>,
    /// Whether the tenant lets nobody in for now.
    suspended: bool,
}

async fn enter(
    app: &App,
    entrant: Entrant,
    code: Option<&str>,
    origin: &Origin,
) -> Outcome<SessionTokens> {
    let Entrant { tenant, user, epoch, rehash, suspended } = entrant;
    let now = app.clock.now();
    let rehash = match rehash {
        Some((old, password)) => Some((old, app.passwords.hash(password).await?)),
        None => None,
    };
    let (session, secret) = (new_id(now), new_secret());
    let ctx = Ctx::of_system(tenant, "sign-in", now).from(origin).acting(user);
    let tx = app.db.begin(&ctx).await?;
    if !is_employed(&tx, user, now).await? {
        return Err(FaultCode::CredentialsRefused.into());
    }
    let with_code = pass_second_factor(app, &tx, user, code, now).await?;
    if suspended {
        // The code is used up all the same: whoever has seen it does not come in by it later.
        tx.commit().await?;
        return Err(AppError::TenantSuspended);
    }
    if let Some((old, new)) = rehash {
        rehash_password(&tx, user, &old, &new).await?;
    }
    insert_session(&tx, session, user, &secret, &device(origin), Some(now), now).await?;
    let after = json!({"sessionId": session, "password": true, "secondFactor": with_code});
    record(&tx, &ctx, Deed::made("session.create", user, after)).await?;
    tx.commit().await?;
    tracing::info!(%tenant, %user, %session, address = ?origin.address, "signed in");
    tokens(app, tenant, user, session, epoch, &secret, now)
}

pub(super) fn device(origin: &Origin) -> Device {
    Device {
        address: origin.address.map(|address| address.to_string()),
        user_agent: origin.client().map(str::to_owned),
    }
}

pub(super) fn tokens(
    app: &App,
    tenant: TenantId,
    user: UserId,
    session: SessionId,
    epoch: i32,
    secret: &str,
    now: Timestamp,
) -> Outcome<SessionTokens> {
    let (access_token, access_expires_at) =
        app.tokens.issue(tenant, Bearer::User { user, session, epoch }, now)?;
    let refresh_token = format!("{tenant}.{session}.{secret}");
    Ok(SessionTokens { access_token, access_expires_at, refresh_token })
}

/// Changes a refresh token for new tokens. A token used twice ends its session, unless it is the last
/// one and comes at once again: then the answer is the same.
pub(super) async fn refresh_session(
    app: &App,
    origin: &Origin,
    refresh_token: &SecretString,
) -> Outcome<SessionTokens> {
    // One answer to all, as to who signs in: it tells nobody which sessions there are.
    let refused = || AppError::from(FaultCode::SessionRefused);
    let mut parts = refresh_token.expose_secret().splitn(3, '.');
    let mut part = || parts.next().ok_or_else(refused);
    let tenant: TenantId = part()?.parse().map_err(|_| refused())?;
    let session: SessionId = part()?.parse().map_err(|_| refused())?;
    let secret = part()?;
    let now = app.clock.now();
    let ctx = Ctx::of_system(tenant, "session refresh", now).from(origin);
    let tx = app.db.begin(&ctx).await?;
    let rotation = rotate_session(&tx, session, secret, now).await?;
    // Every screen refreshes every few minutes, so only what is wrong with it is told.
    if let Rotation::Reused { user } = rotation {
        let deed = ended("session.reuse", user, session);
        record(&tx, &ctx, deed.because(Some("refresh token used twice"))).await?;
    }
    tx.commit().await?;
    match rotation {
        Rotation::Rotated { user, epoch, successor } => {
            tokens(app, tenant, user, session, epoch, &successor, now)
        }
        Rotation::Reused { user } => {
            tracing::warn!(%tenant, %user, %session, "refresh token used twice: session revoked");
            app.callers.forget(&ctx).await;
            Err(refused())
        }
        Rotation::Shut { user } => {
            tell_refused(app, origin, (tenant, user), Why::Account);
            Err(refused())
        }
        Rotation::Suspended { user } => {
            tell_refused(app, origin, (tenant, user), Why::Suspended);
            Err(AppError::TenantSuspended)
        }
        Rotation::Unknown => Err(refused()),
    }
}

/// What the audit says of a session that was ended.
fn ended(action: &str, user: UserId, session: SessionId) -> Deed<'_> {
    let state = |state: &str| json!({"state": state});
    let deed = Deed::changed(action, user, state("OPEN"), state("ENDED"));
    deed.with(json!({"sessionId": session}))
}

/// The person who calls.
///
/// # Errors
/// FORBIDDEN for programs, which have no sessions and no password.
pub(crate) fn person(ctx: &Ctx) -> Outcome<UserId> {
    match ctx.viewer().subject {
        trunkline_domain::identity::Subject::User(user) => Ok(user),
        _ => Err(FaultCode::Forbidden.into()),
    }
}

/// Living sessions of the caller, newest first.
pub(super) async fn own_sessions(tx: &TenantTx, ctx: &Ctx) -> Outcome<Vec<SessionView>> {
    const MOST: i64 = 100;
    let Ok(user) = person(ctx) else { return Ok(Vec::new()) };
    Ok(list_sessions(tx, user, ctx.now(), MOST).await?)
}

/// Ends a session of the caller: `session`, or the one that calls. Who ends another one shows with the
/// password who they are: the one that calls may be in other hands.
pub(super) async fn end_session(
    app: &App,
    ctx: &Ctx,
    origin: &Origin,
    (session, reason): (Option<SessionId>, Option<String>),
    password: Option<SecretString>,
) -> Outcome<()> {
    let reason = reason.unwrap_or_else(|| "signed out".to_owned());
    if reason.chars().count() > 200 {
        return Err(Fault::invalid("reason", Rule::CharactersAtMost(200)).into());
    }
    let Some(which) = session.or(ctx.viewer().session) else { return Ok(()) };
    let user = person(ctx)?;
    if ctx.viewer().session != Some(which) {
        // Asked before, so that nobody shows a password for nothing.
        let living = living_session(&app.db.begin(ctx).await?, user, which, ctx.now()).await?;
        if living.is_none() {
            return Err(Fault::not_found("sessionId").into());
        }
        confirm_one_factor(app, ctx, origin, password, "password").await?;
    }
    let tx = app.db.begin(ctx).await?;
    let lived = revoke_session(&tx, user, which, &reason, ctx.now()).await?;
    if lived {
        let deed = ended("session.revoke", user, which);
        record(&tx, ctx, deed.because(Some(&reason))).await?;
    }
    tx.commit().await?;
    if !lived && session.is_some() {
        return Err(Fault::not_found("sessionId").into());
    }
    app.callers.forget(ctx).await;
    Ok(())
}

/// Signs the caller out everywhere, or everywhere else, who shows with the password who they are. Says
/// how many sessions ended.
pub(super) async fn end_sessions(
    app: &App,
    ctx: &Ctx,
    origin: &Origin,
    keep_current: bool,
    password: Option<SecretString>,
) -> Outcome<u64> {
    let user = person(ctx)?;
    confirm_one_factor(app, ctx, origin, password, "password").await?;
    let keep = ctx.viewer().session.filter(|_| keep_current);
    let tx = app.db.begin(ctx).await?;
    let ended = revoke_sessions(&tx, user, keep, "signed out everywhere", ctx.now()).await?;
    let kept = u64::from(keep.is_some());
    let open = |sessions: u64| json!({"openSessions": sessions});
    let deed = Deed::changed("session.revoke_all", user, open(ended + kept), open(kept));
    record(&tx, ctx, deed).await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(ended)
}
