//! Another post, site, team or superior, from an instant on.

use jiff::Timestamp;
use serde_json::json;
use trunkline_domain::{
    agents::{Assignment, AssignmentReason, NextPost, follow},
    archives::{Entry, EntrySource, FileKind, Payload, development::CareerEvent},
    id::{AgentId, SiteId, TeamId, UserId},
    identity::Permission,
    notifications::{News, PostNews},
    time::local_of_instant,
};
use trunkline_infra::{
    agents::{
        AgentView, apply_assignments, assignments_of_agent, close_assignment, insert_assignments,
    },
    archives::{append_entries, files_of_agents},
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    network::SiteView,
};

use super::service::{changed, permit_place, stale, writable_agent};
use crate::{
    app::App,
    error::{AppError, Outcome},
    notifications::tell_agents,
};

/// A move as a client says it; `None` keeps.
#[derive(Debug)]
pub(super) struct SaidMove {
    pub(super) expected_version: Option<i32>,
    pub(super) effective_at: Timestamp,
    pub(super) post: Option<String>,
    pub(super) site: Option<SiteId>,
    pub(super) team: Option<Option<TeamId>>,
    pub(super) superior: Option<Option<UserId>>,
    pub(super) reason: AssignmentReason,
    pub(super) decision: Option<String>,
}

/// Ends the running post, begins the next and writes the step into the development file, all at once.
/// Rights and place follow at the instant.
pub(super) async fn move_agent(
    app: &App,
    ctx: &Ctx,
    id: AgentId,
    said: SaidMove,
) -> Outcome<AgentView> {
    let SaidMove { expected_version, effective_at, post, site, team, superior, reason, decision } =
        said;
    let tx = app.db.begin(ctx).await?;
    let current = writable_agent(&tx, ctx, id, Permission::AgentWrite).await?;
    if expected_version.is_some_and(|expected| expected != current.version) {
        return Err(stale(current.version).into());
    }
    current.agent()?.check_movable()?;
    let lost = || AppError::Internal(format!("{id} holds no post"));
    let last = assignments_of_agent(&tx, id).await?.pop().ok_or_else(lost)?;
    let next = NextPost {
        post: post.unwrap_or_else(|| last.post.clone()),
        site: site.unwrap_or(last.site),
        // A team is one of its site, so a change of site without a team leaves none.
        team: team.unwrap_or(last.team.filter(|_| site.is_none_or(|site| site == last.site))),
        superior: superior.unwrap_or(last.superior),
        from: effective_at,
        reason,
        decision,
    };
    let directory = app.directory(&tx, ctx).await?;
    permit_place(ctx, Permission::AgentWrite, &directory, next.site, next.team)?;
    let zone = directory.site(next.site).map(SiteView::zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let (closed, opened) = follow(&last, ctx.new_id(), next).map_err(AppError::Faults)?;
    if !close_assignment(&tx, &closed).await? {
        return Err(stale(current.version).into());
    }
    insert_assignments(&tx, &[(id, opened.clone())]).await?;
    let effective_on = local_of_instant(effective_at, &zone).date();
    write_step(&tx, ctx, id, &closed, &opened, effective_on).await?;
    apply_assignments(&tx, ctx.now()).await?;
    let place = |post: &Assignment| {
        let Assignment { post, site, team, superior, .. } = post;
        json!({"post": post, "siteId": site, "teamId": team, "superiorId": superior})
    };
    let deed = Deed::changed("agent.move", id, place(&last), place(&opened))
        .because(opened.decision.as_deref())
        .with(json!({"effectiveAt": effective_at, "reason": reason}));
    record(&tx, ctx, deed).await?;
    let news = PostNews { site: opened.site, post: opened.post.clone(), at: effective_at };
    tell_agents(app, ctx, &tx, &id.to_string(), [(id, News::PostChanged(news))]).await?;
    let agent = changed(&tx, id).await?;
    tx.commit().await?;
    // The own site of the person may have changed, and who is below whom.
    app.callers.forget(ctx).await;
    Ok(agent)
}

async fn write_step(
    tx: &TenantTx,
    ctx: &Ctx,
    agent: AgentId,
    closed: &Assignment,
    opened: &Assignment,
    effective_on: jiff::civil::Date,
) -> Outcome<()> {
    let files = files_of_agents(tx, &[agent]).await?;
    let development = files.iter().find(|file| file.kind == FileKind::Development.as_str());
    let lost = || AppError::Internal(format!("{agent} has no development file"));
    let entry = Entry {
        id: ctx.new_id(),
        file: development.ok_or_else(lost)?.id,
        effective_on,
        recorded_at: ctx.now(),
        recorded_by: None,
        source: EntrySource::SystemEvent,
        evidence: Vec::new(),
        payload: Payload::CareerEvent(CareerEvent::of_assignment(Some(closed), opened)),
        corrects: None,
    };
    Ok(append_entries(tx, &[entry], ctx.actor()).await?)
}
