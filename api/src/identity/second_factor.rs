//! The second factor: set up, confirmed, asked for at sign-in, switched off.

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use trunkline_domain::{
    agents::covered,
    fault::{Fault, FaultCode},
    id::UserId,
    identity::{Letter, Permission},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::{Ctx, Origin},
    db::TenantTx,
    identity::{
        TotpSetup, confirm_second_factor, credentials_by_id, enrol_second_factor,
        new_recovery_codes, new_totp_secret, remove_second_factor, replace_recovery_codes,
        second_factor, totp_setup, totp_step, use_recovery_code, use_totp_step,
    },
};

use super::{
    access::permit_network,
    letters::{company_of, post_letter},
    rank::permit_account,
    refused::{Why, tell_refused_caller},
    service::person,
    step_up::{Proof, confirm_password, confirm_password_and_code, confirm_person},
};
use crate::{app::App, error::Outcome};

/// Lets a user pass whose account asks for no code, or who has given a good one: of the app or a
/// recovery code, either used up by it. Says whether a code was asked for.
///
/// # Errors
/// SECOND_FACTOR_REQUIRED, SECOND_FACTOR_REFUSED at `code`.
pub(super) async fn pass_second_factor(
    app: &App,
    tx: &TenantTx,
    user: UserId,
    code: Option<&str>,
    now: Timestamp,
) -> Outcome<bool> {
    let factor = second_factor(tx, user).await?.filter(|it| it.confirmed_at.is_some());
    let Some(factor) = factor else { return Ok(false) };
    let code = code.map(str::trim).filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| Fault::new(FaultCode::SecondFactorRequired).at("code"))?;
    let secret = factor.secret(&app.post.seal, user)?;
    let good = match totp_step(&secret, code, now)? {
        Some(step) => use_totp_step(tx, user, step).await?,
        None => use_recovery_code(tx, user, code, now).await?,
    };
    if good { Ok(true) } else { Err(Fault::new(FaultCode::SecondFactorRefused).at("code").into()) }
}

/// Sets a second factor up; it is asked for once it is confirmed.
pub(super) async fn enrol(
    app: &App,
    ctx: &Ctx,
    origin: &Origin,
    password: SecretString,
) -> Outcome<TotpSetup> {
    let account = confirm_password(app, ctx, origin, password, "password").await?;
    let secret = new_totp_secret();
    let language = ctx.viewer().language;
    let setup = totp_setup(&secret, company_of(&account, language), &account.email)?;
    let tx = app.db.begin(ctx).await?;
    if !enrol_second_factor(&tx, account.id, &secret, &app.post.seal, ctx.now()).await? {
        return Err(Fault::new(FaultCode::InvalidState).with("state", "ENABLED").into());
    }
    let after = json!({"state": "ENROLLED", "secret": covered()});
    record(&tx, ctx, Deed::made("second_factor.enrol", account.id, after)).await?;
    tx.commit().await?;
    Ok(setup)
}

/// Confirms a second factor by a code of the app. Gives the recovery codes, here and nowhere else.
pub(super) async fn confirm(app: &App, ctx: &Ctx, code: &str) -> Outcome<Vec<String>> {
    let user = person(ctx)?;
    let tx = app.db.begin(ctx).await?;
    let state = |state| Fault::new(FaultCode::InvalidState).with("state", state);
    let factor = second_factor(&tx, user).await?.ok_or_else(|| state("NOT_ENROLLED"))?;
    let secret = factor.secret(&app.post.seal, user)?;
    let step = totp_step(&secret, code.trim(), ctx.now())?;
    let Some(step) = step else {
        tell_refused_caller(app, ctx, user, Why::SecondFactor);
        return Err(Fault::new(FaultCode::SecondFactorRefused).at("code").into());
    };
    if !confirm_second_factor(&tx, user, step, ctx.now()).await? {
        return Err(state("ENABLED").into());
    }
    let codes = new_recovery_codes();
    replace_recovery_codes(&tx, user, &codes, ctx.now()).await?;
    tell(app, &tx, ctx, user, Letter::SecondFactorOn).await?;
    let before = json!({"state": "ENROLLED", "recoveryCodes": 0});
    let after = json!({"state": "ENABLED", "recoveryCodes": codes.len()});
    record(&tx, ctx, Deed::changed("second_factor.enable", user, before, after)).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Switches the caller's second factor off.
pub(super) async fn disable(
    app: &App,
    ctx: &Ctx,
    origin: &Origin,
    proof: (SecretString, Option<String>),
) -> Outcome<()> {
    let account = confirm_password_and_code(app, ctx, origin, proof, "password").await?;
    remove(app, ctx, account.id).await
}

/// Switches the second factor of somebody else off who has lost it, recovery codes and all. The own
/// one goes by password and code, of which a recovery code is one. Who does it shows who they are: an open
/// session in other hands must not strip others of what protects them.
pub(super) async fn reset(
    app: &App,
    ctx: &Ctx,
    origin: &Origin,
    user: UserId,
    proof: Proof,
) -> Outcome<()> {
    permit_network(ctx, Permission::UserWrite)?;
    let tx = app.db.begin(ctx).await?;
    if credentials_by_id(&tx, user).await?.is_none() {
        return Err(Fault::not_found("userId").into());
    }
    permit_account(app, &tx, ctx, user).await?;
    drop(tx);
    confirm_person(app, ctx, origin, proof, "password").await?;
    remove(app, ctx, user).await
}

async fn remove(app: &App, ctx: &Ctx, user: UserId) -> Outcome<()> {
    let tx = app.db.begin(ctx).await?;
    let Some(before) = remove_second_factor(&tx, user).await? else {
        return Err(Fault::new(FaultCode::InvalidState).with("state", "NOT_ENROLLED").into());
    };
    tell(app, &tx, ctx, user, Letter::SecondFactorOff).await?;
    let state = if before.confirmed_at.is_some() { "ENABLED" } else { "ENROLLED" };
    let before = json!({"state": state, "secret": covered()});
    record(&tx, ctx, Deed::removed("second_factor.disable", user, before)).await?;
    Ok(tx.commit().await?)
}

async fn tell(
    app: &App,
    tx: &TenantTx,
    ctx: &Ctx,
    user: UserId,
    letter: Letter<'_>,
) -> Outcome<()> {
    match credentials_by_id(tx, user).await? {
        Some(account) => post_letter(app, tx, ctx, &account, letter).await,
        None => Ok(()),
    }
}

/// Whether signing in asks the caller for a code.
pub(super) async fn is_on(tx: &TenantTx, ctx: &Ctx) -> Outcome<bool> {
    let Ok(user) = person(ctx) else { return Ok(false) };
    Ok(second_factor(tx, user).await?.is_some_and(|it| it.confirmed_at.is_some()))
}
