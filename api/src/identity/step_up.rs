//! Has people show once more who they are, before what would let somebody else in for good: an open
//! session may be in other hands.

use jiff::SignedDuration;
use secrecy::SecretString;
use trunkline_domain::{
    fault::{Fault, FaultCode},
    id::UserId,
};
use trunkline_infra::{
    ctx::{Ctx, Origin},
    identity::{CredentialsView, credentials_by_id, living_session},
};

use super::{
    refused::{Why, tell_refused_caller},
    second_factor::pass_second_factor,
    service::person,
    throttle::{Attempt, PASSWORD},
};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// For so long a sign-in shows who somebody is whose account has no password to ask for: from when the
/// provider says that it asked, which may be long before the session was opened.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// How somebody shows who they are.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) password: Option<SecretString>,
    pub(super) code: Option<String>,
}

impl Proof {
    /// What a client says.
    pub(super) fn said(password: Option<String>, code: Option<String>) -> Self {
        Self { password: password.map(Into::into), code }
    }
}

/// Has the caller show who they are with everything that signing in asks for: the password and, where
/// the account has a second factor, a code. Who has no password has shown it to the provider in the last
/// ten minutes.
///
/// # Errors
/// FORBIDDEN for programs; REAUTHENTICATION_REQUIRED and CREDENTIALS_REFUSED at `path`;
/// SECOND_FACTOR_REQUIRED and SECOND_FACTOR_REFUSED at `code`; RATE_LIMITED.
pub(super) async fn confirm_person(
    app: &App,
    ctx: &Ctx,
    origin: &Origin,
    proof: Proof,
    path: &str,
) -> Outcome<()> {
    let Proof { password, code } = proof;
    match password {
        Some(password) => {
            confirm(app, ctx, origin, (password, Asked::All(code)), path).await.map(|_| ())
        }
        None => confirm_by_provider(app, ctx, path).await,
    }
}

/// The same with one factor: before what protects the account and lets nobody in. Who has lost the other
/// one may need it most.
///
/// # Errors
/// FORBIDDEN for programs; REAUTHENTICATION_REQUIRED and CREDENTIALS_REFUSED at `path`; RATE_LIMITED.
pub(super) async fn confirm_one_factor(
    app: &App,
    ctx: &Ctx,
    origin: &Origin,
    password: Option<SecretString>,
    path: &str,
) -> Outcome<()> {
    match password {
        Some(password) => confirm_password(app, ctx, origin, password, path).await.map(|_| ()),
        None => confirm_by_provider(app, ctx, path).await,
    }
}

/// Lets who has no password pass by a sign-in at the provider.
async fn confirm_by_provider(app: &App, ctx: &Ctx, path: &str) -> Outcome<()> {
    let user = person(ctx)?;
    let tx = app.db.begin(ctx).await?;
    let account = credentials_by_id(&tx, user).await?;
    let session = match ctx.viewer().session {
        Some(session) => living_session(&tx, user, session, ctx.now()).await?,
        None => None,
    };
    let proved_at = session.and_then(|session| session.proved_at);
    let has_password = account.is_none_or(|account| account.password_hash.is_some());
    if !has_password && proved_at.is_some_and(|at| ctx.now() < at + FRESH) {
        return Ok(());
    }
    Err(Fault::new(FaultCode::ReauthenticationRequired).at(path).into())
}

/// Has the caller say the own password once more, before what only the owner may do.
///
/// # Errors
/// FORBIDDEN for programs; CREDENTIALS_REFUSED at `path`; RATE_LIMITED.
pub(super) async fn confirm_password(
    app: &App,
    ctx: &Ctx,
    origin: &Origin,
    password: SecretString,
    path: &str,
) -> Outcome<CredentialsView> {
    confirm(app, ctx, origin, (password, Asked::Password), path).await
}

/// The same with a code, where signing in asks for one.
///
/// # Errors
/// The same; SECOND_FACTOR_REQUIRED and SECOND_FACTOR_REFUSED at `code`.
pub(super) async fn confirm_password_and_code(
    app: &App,
    ctx: &Ctx,
    origin: &Origin,
    (password, code): (SecretString, Option<String>),
    path: &str,
) -> Outcome<CredentialsView> {
    confirm(app, ctx, origin, (password, Asked::All(code)), path).await
}

/// What is asked for.
enum Asked {
    Password,
    /// A code besides, if signing in asks for one.
    All(Option<String>),
}

async fn confirm(
    app: &App,
    ctx: &Ctx,
    origin: &Origin,
    (password, asked): (SecretString, Asked),
    path: &str,
) -> Outcome<CredentialsView> {
    let user = person(ctx)?;
    let attempt = Attempt::begin(app, "confirm", PASSWORD, &user.to_string(), origin).await;
    let attempt = attempt.inspect_err(|_| tell_refused_caller(app, ctx, user, Why::Throttled))?;
    // Given back before the hash: it would hold a connection for nothing.
    let account = credentials_by_id(&app.db.begin(ctx).await?, user).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let check = app.passwords.verify(password, hash).await?;
    let matches = check.matches;
    let confirmed = match account {
        Some(account) if matches => pass(app, ctx, user, asked).await.map(|()| account),
        _ => Err(Fault::new(FaultCode::CredentialsRefused).at(path).into()),
    };
    if attempt.end(app, &confirmed).await
        && let Err(AppError::Faults(faults)) = &confirmed
    {
        tell_refused_caller(app, ctx, user, Why::of_sign_in(matches, faults));
    }
    confirmed
}

async fn pass(app: &App, ctx: &Ctx, user: UserId, asked: Asked) -> Outcome<()> {
    let Asked::All(code) = asked else { return Ok(()) };
    let tx = app.db.begin(ctx).await?;
    pass_second_factor(app, &tx, user, code.as_deref(), ctx.now()).await?;
    Ok(tx.commit().await?)
}
