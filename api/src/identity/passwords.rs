//! Passwords: changed by their owners, set by the links of mails.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use trunkline_domain::{
    agents::covered,
    fault::{Fault, FaultCode},
    id::UserId,
    identity::{Email, Letter, PasswordOwner, Permission, Slug, breached_password, check_password},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::{Ctx, Origin},
    db::TenantTx,
    identity::{
        CredentialsView, LinkKind, LinkToken, credentials_by_id, find_active_tenant,
        revoke_sessions, set_password, use_link, user_of_link, void_links,
    },
};

use super::{
    access::permit_network,
    letters::{ask_for_reset, post_letter, post_link},
    step_up::confirm_password_and_code,
    throttle::{Attempt, MAIL, PASSWORD},
};
use crate::{app::App, error::Outcome};

/// Checks a new password of an account and hashes it.
///
/// # Errors
/// WEAK_PASSWORD at `path`; UNAVAILABLE when too many are being hashed.
pub(super) async fn hash_new(
    app: &App,
    path: &str,
    password: SecretString,
    (email, name, tenant): (&Email, &str, &str),
) -> Outcome<String> {
    let tenant = Slug::parse("slug", tenant)?;
    let owner = PasswordOwner { email, name, tenant: &tenant };
    check_password(path, password.expose_secret(), &owner)?;
    if app.passwords.is_breached(&password).await? {
        return Err(breached_password(path).into());
    }
    Ok(app.passwords.hash(password).await?)
}

/// Changes the caller's password and signs the caller out everywhere else.
pub(super) async fn change(
    app: &App,
    ctx: &Ctx,
    origin: &Origin,
    current: (SecretString, Option<String>),
    new: SecretString,
) -> Outcome<()> {
    let account = confirm_password_and_code(app, ctx, origin, current, "currentPassword").await?;
    let hash = hash_for(app, &account, new, "newPassword").await?;
    let tx = app.db.begin(ctx).await?;
    set_password(&tx, account.id, &hash, ctx.now()).await?;
    let keep = ctx.viewer().session;
    let ended = revoke_sessions(&tx, account.id, keep, "password changed", ctx.now()).await?;
    finish(app, tx, ctx, &account, ("password.change", ended)).await
}

async fn hash_for(
    app: &App,
    account: &CredentialsView,
    password: SecretString,
    path: &str,
) -> Outcome<String> {
    let email = Email::parse("email", &account.email)?;
    let owner = (&email, account.display_name.as_str(), account.tenant_slug.as_str());
    hash_new(app, path, password, owner).await
}

/// Voids open links, tells the owner, writes it down.
async fn finish(
    app: &App,
    tx: TenantTx,
    ctx: &Ctx,
    account: &CredentialsView,
    (action, ended_sessions): (&str, u64),
) -> Outcome<()> {
    for kind in [LinkKind::Invitation, LinkKind::PasswordReset] {
        void_links(&tx, account.id, kind, ctx.now()).await?;
    }
    if account.password_hash.is_some() {
        post_letter(app, &tx, ctx, account, Letter::PasswordChanged).await?;
    }
    let before = json!({"password": account.password_hash.as_ref().map(|_| covered())});
    let deed = Deed::changed(action, account.id, before, json!({"password": covered()}));
    record(&tx, ctx, deed.with(json!({"endedSessions": ended_sessions}))).await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(())
}

/// Sends a link to set a new password, if somebody has the address. The answer is always the same.
pub(super) async fn request_reset(
    app: &App,
    origin: &Origin,
    tenant_slug: &str,
    email: &str,
) -> Outcome<()> {
    let slug = tenant_slug.trim().to_lowercase();
    let email = Email::parse("email", email)?;
    Attempt::begin(app, "reset", MAIL, &format!("{slug}\n{email}"), origin).await?;
    let system = app.db.begin_system("password reset").await?;
    let tenant = find_active_tenant(&system, &slug).await?;
    drop(system);
    let Some(tenant) = tenant else { return Ok(()) };
    let ctx = Ctx::of_system(tenant, "password reset", app.clock.now()).from(origin);
    let tx = app.db.begin(&ctx).await?;
    ask_for_reset(app, &tx, &ctx, email.as_str()).await?;
    Ok(tx.commit().await?)
}

/// Sets a password by the link of a mail and ends all sessions of its owner.
pub(super) async fn set_by_link(
    app: &App,
    origin: &Origin,
    kind: LinkKind,
    token: &SecretString,
    password: SecretString,
) -> Outcome<()> {
    let token = token.expose_secret();
    let attempt = Attempt::begin(app, "link", PASSWORD, token, origin).await?;
    let refused = || Fault::new(FaultCode::LinkRefused).at("token");
    let Some(token) = LinkToken::parse(token) else {
        attempt.failed(app).await;
        return Err(refused().into());
    };
    let ctx = Ctx::of_system(token.tenant, "link of a mail", app.clock.now()).from(origin);
    let Some(account) = account_of(app, &ctx, &token, kind).await? else {
        attempt.failed(app).await;
        return Err(refused().into());
    };
    let hash = hash_for(app, &account, password, "password").await?;
    // Whoever has the link has the mailbox of the account.
    let ctx = ctx.acting(account.id);
    let tx = app.db.begin(&ctx).await?;
    let used = use_link(&tx, &token, kind, ctx.now()).await?;
    if !used || !set_password(&tx, account.id, &hash, ctx.now()).await? {
        return Err(refused().into());
    }
    let (reason, action) = match kind {
        LinkKind::Invitation => ("invitation accepted", "invitation.accept"),
        LinkKind::PasswordReset => ("password reset", "password.reset"),
    };
    let ended = revoke_sessions(&tx, account.id, None, reason, ctx.now()).await?;
    finish(app, tx, &ctx, &account, (action, ended)).await?;
    attempt.succeeded(app).await;
    Ok(())
}

async fn account_of(
    app: &App,
    ctx: &Ctx,
    token: &LinkToken,
    kind: LinkKind,
) -> Outcome<Option<CredentialsView>> {
    let tx = app.db.begin(ctx).await?;
    match user_of_link(&tx, token, kind, ctx.now()).await? {
        Some(user) => Ok(credentials_by_id(&tx, user).await?),
        None => Ok(None),
    }
}

/// Invites a user who has no password yet once more; the link before is void.
pub(super) async fn invite_again(app: &App, ctx: &Ctx, user: UserId) -> Outcome<()> {
    permit_network(ctx, Permission::UserWrite)?;
    let tx = app.db.begin(ctx).await?;
    let account = credentials_by_id(&tx, user).await?;
    let account = account.ok_or_else(|| Fault::not_found("userId"))?;
    if account.password_hash.is_some() {
        return Err(Fault::new(FaultCode::InvalidState)
            .at("userId")
            .with("state", "ACTIVE")
            .into());
    }
    invite(app, &tx, ctx, &account).await?;
    Ok(tx.commit().await?)
}

/// Puts an invitation into the transaction.
pub(super) async fn invite(
    app: &App,
    tx: &TenantTx,
    ctx: &Ctx,
    account: &CredentialsView,
) -> Outcome<()> {
    post_link(app, tx, ctx, account, LinkKind::Invitation).await?;
    let after = json!({"invitation": covered(), "email": account.email});
    Ok(record(tx, ctx, Deed::made("user.invite", account.id, after)).await?)
}
