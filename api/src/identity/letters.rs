//! Letters to people: written in the transaction of what they tell of, sent by a job.

use serde_json::json;
use trunkline_domain::{
    agents::covered,
    fault::Language,
    id::JobId,
    identity::{Letter, LetterText},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::{Json, TenantTx},
    identity::{CredentialsView, LinkKind, credentials_by_email, insert_link},
    jobs::{ClaimedJob, JobEnd, end_job, insert_job, sealed_input_place},
    mail::{Mail, MailFault},
};

use crate::{
    app::App,
    error::{AppError, Outcome},
    jobs::language_of,
};

/// Job that sends a mail.
pub const SEND_MAIL: &str = "mail.send";
/// Job that makes the link of a password reset for whoever has the address, if anybody has.
pub const RESET_PASSWORD: &str = "password.reset";

/// Name of the account's company in a language.
pub(super) fn company_of(account: &CredentialsView, language: Language) -> &str {
    language.pick(&account.company_en, &account.company_zh)
}

/// Asks for a job whose input must not be read from the database: it holds links and addresses, or
/// says who is told what.
pub(crate) async fn ask_sealed(
    app: &App,
    tx: &TenantTx,
    ctx: &Ctx,
    kind: &str,
    input: &Json,
) -> Outcome<()> {
    let id: JobId = ctx.new_id();
    let sealed = app.post.seal.seal_text(&sealed_input_place(kind, id), &input.to_string())?;
    Ok(insert_job(tx, ctx, id, kind, json!({"sealed": sealed}), None).await?)
}

/// The sealed input of a job.
pub(crate) fn input_of<T: serde::de::DeserializeOwned>(app: &App, job: &ClaimedJob) -> Outcome<T> {
    let sealed = job.input.get("sealed").and_then(Json::as_str).unwrap_or_default();
    let text = app.post.seal.open_text(&sealed_input_place(&job.kind, job.id), sealed)?;
    serde_json::from_str(&text).map_err(|error| AppError::Internal(error.to_string()))
}

/// Puts a letter to the owner of an account into the transaction.
pub(crate) async fn post_letter(
    app: &App,
    tx: &TenantTx,
    ctx: &Ctx,
    account: &CredentialsView,
    letter: Letter<'_>,
) -> Outcome<()> {
    let LetterText { subject, body } =
        letter.write(&account.display_name, Language::of_tag(&account.language));
    let input = json!({"to": account.email, "subject": subject, "body": body});
    ask_sealed(app, tx, ctx, SEND_MAIL, &input).await
}

/// Puts a new link for the owner of an account, and the letter with it, into the transaction.
pub(super) async fn post_link(
    app: &App,
    tx: &TenantTx,
    ctx: &Ctx,
    account: &CredentialsView,
    kind: LinkKind,
) -> Outcome<()> {
    let token = insert_link(tx, account.id, kind, ctx.now()).await?;
    let hours = kind.lifetime().as_hours();
    let page = &app.post.public_url;
    // Behind the `#`, so that it is in no log of a proxy.
    let letter = match kind {
        LinkKind::Invitation => Letter::Invitation {
            company: company_of(account, Language::of_tag(&account.language)),
            link: &format!("{page}/account.html#invitation={token}"),
            hours,
        },
        LinkKind::PasswordReset => {
            Letter::PasswordReset { link: &format!("{page}/account.html#reset={token}"), hours }
        }
    };
    post_letter(app, tx, ctx, account, letter).await
}

/// Asks for a password reset of whoever has `email`: found out later, so that the answer tells
/// nothing, not even by its time.
pub(super) async fn ask_for_reset(app: &App, tx: &TenantTx, ctx: &Ctx, email: &str) -> Outcome<()> {
    ask_sealed(app, tx, ctx, RESET_PASSWORD, &json!(email)).await
}

/// Does a job of [`RESET_PASSWORD`].
///
/// # Errors
/// What the database says.
pub async fn run_reset(app: &App, ctx: &Ctx, job: &ClaimedJob) -> Outcome<()> {
    let email: String = input_of(app, job)?;
    let tx = app.db.begin(ctx).await?;
    if let Some(account) = credentials_by_email(&tx, &email).await? {
        post_link(app, &tx, ctx, &account, LinkKind::PasswordReset).await?;
        let after = json!({"link": covered(), "email": account.email});
        record(&tx, ctx, Deed::made("password.reset_request", account.id, after)).await?;
    }
    end(app, tx, job, JobEnd::Done(json!({}))).await
}

/// Does a job of [`SEND_MAIL`]. A worker that dies between sending and writing that down sends twice.
///
/// # Errors
/// UNAVAILABLE while the mail server does not take it; what the database says.
pub async fn run_mail(app: &App, ctx: &Ctx, job: &ClaimedJob) -> Outcome<()> {
    let mail: Mail = input_of(app, job)?;
    let sent = app.post.mailer.send(&mail).await;
    if let Err(MailFault::Later(reason)) = &sent
        && !job.is_last_attempt()
    {
        tracing::warn!(job = %job.id, reason, "mail put off");
        return Err(AppError::Unavailable);
    }
    let tx = app.db.begin(ctx).await?;
    let ended = match sent {
        Ok(()) => JobEnd::Done(json!({})),
        Err(fault) => {
            tracing::error!(job = %job.id, %fault, "mail given up");
            let language = language_of(&tx, job).await?;
            JobEnd::Failed(
                language.pick("The mail could not be sent.", "邮件未能发送。").to_owned(),
            )
        }
    };
    end(app, tx, job, ended).await
}

/// Ends a job with the transaction of what came of it.
pub(crate) async fn end(app: &App, tx: TenantTx, job: &ClaimedJob, end: JobEnd) -> Outcome<()> {
    if end_job(&tx, job, end, app.clock.now()).await? {
        tx.commit().await?;
    }
    Ok(())
}
