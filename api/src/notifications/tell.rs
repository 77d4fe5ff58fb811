//! Telling people: the one way for all rooms.

use std::collections::{HashMap, HashSet};

use trunkline_domain::{
    id::{AgentId, NotificationId, TenantId, UserId},
    notifications::News,
};
use trunkline_infra::{
    ctx::Ctx,
    db::TenantTx,
    live::Key,
    notifications::{NewNotification, hearers, insert_notifications},
};

use super::mail::SEND_NEWS;
use crate::{
    app::App,
    error::{AppError, Outcome},
    identity::letters::ask_sealed,
};

/// Whom to tell.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whom {
    /// A user.
    User(UserId),
    /// The user of an agent; an agent without one hears nothing.
    Agent(AgentId),
}

/// Tells agents of something that happened to `subject`; the same as [`tell`].
pub(crate) async fn tell_agents(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    subject: &str,
    news: impl IntoIterator<Item = (AgentId, News)>,
) -> Outcome<()> {
    let news = news.into_iter().map(|(agent, news)| (Whom::Agent(agent), news));
    tell(app, ctx, tx, subject, news).await
}

/// Where it is told that somebody was told something: a list of users.
pub(super) fn channel(tenant: TenantId) -> Key {
    Key::of(tenant, "bus", "notifications")
}

/// Puts what people are told about `subject` (those whose account works and whose employment goes on) into the transaction of what happened, with the job that
/// sends mails to those who want one. Watchers hear of it when the transaction lasts.
pub(crate) async fn tell(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    subject: &str,
    news: impl IntoIterator<Item = (Whom, News)>,
) -> Outcome<()> {
    let news: Vec<(Whom, News)> = news.into_iter().collect();
    if news.is_empty() {
        return Ok(());
    }
    let (mut agents, mut users): (Vec<AgentId>, Vec<UserId>) = (Vec::new(), Vec::new());
    for (to, _) in &news {
        match to {
            Whom::Agent(agent) => agents.push(*agent),
            Whom::User(user) => users.push(*user),
        }
    }
    let hearers = hearers(tx, &agents, &users, ctx.now()).await?;
    let of_agents: HashMap<AgentId, UserId> =
        hearers.iter().filter_map(|it| Some((it.agent_id?, it.user_id))).collect();
    let all: HashSet<UserId> = hearers.iter().map(|it| it.user_id).collect();
    let user_of = |to| match to {
        Whom::User(user) => all.get(&user).copied(),
        Whom::Agent(agent) => of_agents.get(&agent).copied(),
    };
    let new: Vec<NewNotification> = news
        .into_iter()
        .filter_map(|(to, news)| {
            let subject = subject.to_owned();
            user_of(to).map(|user| NewNotification { user, subject, news })
        })
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    let written = insert_notifications(tx, ctx, &new).await?;
    let by_mail: Vec<NotificationId> =
        written.iter().filter(|it| it.by_mail).map(|it| it.id).collect();
    if !by_mail.is_empty() {
        ask_sealed(app, tx, ctx, SEND_NEWS, &serde_json::json!(by_mail)).await?;
    }
    let told: Vec<UserId> = written.iter().map(|it| it.user_id).collect();
    let told = serde_json::to_vec(&told).map_err(|error| AppError::Internal(error.to_string()))?;
    let (live, channel) = (app.live.clone(), channel(ctx.tenant()));
    tx.on_commit(async move {
        if live.publish(&channel, told.into()).await.is_err() {
            tracing::debug!("a notification was not announced: no live store answers");
        }
    });
    Ok(())
}
