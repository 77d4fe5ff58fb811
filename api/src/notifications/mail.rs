//! Notifications by mail: a job of the transaction that told somebody writes the letters.

use serde_json::json;
use trunkline_domain::{
    fault::Language, id::NotificationId, identity::Letter, notifications::Setting,
};
use trunkline_infra::{
    ctx::Ctx,
    identity::credentials_by_id,
    jobs::{ClaimedJob, JobEnd},
    notifications::notifications_to_mail,
};

use super::service::{readable, zone_of};
use crate::{
    app::App,
    error::Outcome,
    identity::letters::{end, input_of, post_letter},
};

/// Job that writes the letters to those who want notifications by mail too.
pub const SEND_NEWS: &str = "notification.send";

/// Does a job of [`SEND_NEWS`]: letters and end of the job last together, so nobody gets two. Who has
/// read it meanwhile, or is no longer employed, gets none. A mail leaves the house, so it names no colleague.
///
/// # Errors
/// What the database says.
pub async fn run_news(app: &App, ctx: &Ctx, job: &ClaimedJob) -> Outcome<()> {
    let ids: Vec<NotificationId> = input_of(app, job)?;
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    for told in notifications_to_mail(&tx, &ids, ctx.now()).await? {
        let Some(news) = readable(&told) else { continue };
        let Some(account) = credentials_by_id(&tx, told.user_id).await? else { continue };
        let language = Language::of_tag(&account.language);
        let zone = zone_of(&directory, &news);
        let message = news.message(&Setting { language, zone: &zone, colleague: None });
        let letter = Letter::News { message: &message, link: &app.post.public_url };
        post_letter(app, &tx, ctx, &account, letter).await?;
    }
    end(app, tx, job, JobEnd::Done(json!({}))).await
}
