use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use trunkline_domain::{
    fault::FaultCode,
    id::{SessionId, TenantId, UserId},
};
use trunkline_infra::{
    ctx::{Ctx, new_id},
    identity::{
        Bearer, Rotation, find_account, insert_session, new_secret, revoke_session, rotate_session,
    },
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
}

/// Tokens of a session.
#[derive(Debug)]
pub(super) struct SessionTokens {
    pub(super) access_token: String,
    pub(super) access_expires_at: Timestamp,
    pub(super) refresh_token: String,
}

/// Opens a session. Unknown companies, unknown people and wrong passwords get one answer, after the
/// same work.
pub(super) async fn create_session(app: &App, sign_in: SignIn) -> Outcome<SessionTokens> {
    let SignIn { tenant_slug, email, password } = sign_in;
    let (slug, email) = (tenant_slug.trim().to_lowercase(), email.trim().to_lowercase());
    let account = find_account(&app.db, &slug, &email).await?;
    let (tenant, user, hash) = match account {
        Some(it) if it.active => (Some(it.tenant_id), it.user_id.zip(it.epoch), it.password_hash),
        _ => (None, None, None),
    };
    let matches = app
        .passwords
        .verify(password, hash)
        .await
        .map_err(|error| AppError::Internal(error.to_string()))?;
    match (tenant, user) {
        (Some(tenant), Some((user, epoch))) if matches => open(app, tenant, user, epoch).await,
        _ => Err(FaultCode::CredentialsRefused.into()),
    }
}

async fn open(app: &App, tenant: TenantId, user: UserId, epoch: i32) -> Outcome<SessionTokens> {
    let now = app.clock.now();
    let ctx = Ctx::of_system(tenant, "sign-in", now);
    let (session, secret) = (new_id(now), new_secret());
    let tx = app.db.begin(&ctx).await?;
    insert_session(&tx, session, user, &secret, now).await?;
    tx.commit().await?;
    tokens(app, tenant, user, session, epoch, &secret, now)
}

fn tokens(
    app: &App,
    tenant: TenantId,
    user: UserId,
    session: SessionId,
    epoch: i32,
    secret: &str,
    now: Timestamp,
) -> Outcome<SessionTokens> {
    let (access_token, access_expires_at) = app
        .tokens
        .issue(tenant, Bearer::User { user, session, epoch }, now)
        .map_err(|error| AppError::Internal(error.to_string()))?;
    let refresh_token = format!("{tenant}.{session}.{secret}");
    Ok(SessionTokens { access_token, access_expires_at, refresh_token })
}

/// Changes a refresh token for new tokens. A token used twice ends its session.
pub(super) async fn refresh_session(
    app: &App,
    refresh_token: &SecretString,
) -> Outcome<SessionTokens> {
    let refused = || AppError::from(FaultCode::CredentialsRefused);
    let mut parts = refresh_token.expose_secret().splitn(3, '.');
    let mut part = || parts.next().ok_or_else(refused);
    let tenant: TenantId = part()?.parse().map_err(|_| refused())?;
    let session: SessionId = part()?.parse().map_err(|_| refused())?;
    let secret = part()?;
    let now = app.clock.now();
    let tx = app.db.begin(&Ctx::of_system(tenant, "session refresh", now)).await?;
    let successor = new_secret();
    let rotation = rotate_session(&tx, session, secret, &successor, now).await?;
    tx.commit().await?;
    match rotation {
        Rotation::Rotated { user, epoch } => {
            tokens(app, tenant, user, session, epoch, &successor, now)
        }
        Rotation::Reused => {
            tracing::warn!(%tenant, %session, "refresh token used twice: session revoked");
            Err(refused())
        }
        Rotation::Unknown => Err(refused()),
    }
}

/// Signs the caller out on this device.
pub(super) async fn end_session(app: &App, ctx: &Ctx) -> Outcome<()> {
    if let Some(session) = ctx.viewer().session {
        let tx = app.db.begin(ctx).await?;
        revoke_session(&tx, session, "signed out", ctx.now()).await?;
        tx.commit().await?;
        app.callers.forget(ctx).await;
    }
    Ok(())
}
