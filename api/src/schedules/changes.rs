//! Who changed a schedule or shift, and why: what the caller may see of it.

use std::sync::Arc;

use futures_util::future::try_join_all;
use trunkline_domain::{
    id::{AgentId, ScheduleChangeId, SiteId},
    identity::{Permission, Subject, Target},
    schedules::Violation,
};
use trunkline_infra::{
    db::DbError,
    schedules::{ScheduleChangeView, ShiftChangeView, ShiftView},
};

use super::{override_types::RuleOverride, query::plans};
use crate::{error::Outcome, graphql::Operation};

/// Whether the caller reads the schedules of the site, or that of the agent whom something is about.
pub(super) async fn concerns_seen(
    operation: &Operation,
    site: SiteId,
    agent: Option<AgentId>,
) -> Outcome<bool> {
    let reach = operation.reach(Permission::ScheduleRead);
    if reach.contains(&Target::site(site)) {
        return Ok(true);
    }
    let Some(agent) = agent else { return Ok(false) };
    let agent = operation.agent(agent).await?;
    Ok(agent.is_some_and(|agent| reach.contains(&agent.target())))
}

/// Reads in one batch the agents about whom [`concerns_seen`] is asked one after the other then.
async fn read_agents(operation: &Operation, site: SiteId, agents: Vec<AgentId>) -> Outcome<()> {
    // Who reads the whole site needs to know of none of them.
    if !operation.reach(Permission::ScheduleRead).contains(&Target::site(site)) {
        try_join_all(agents.into_iter().map(|agent| operation.agent(agent))).await?;
    }
    Ok(())
}

/// Changes of a shift, latest first. What was done before it was published is for those who plan.
pub(super) async fn changes_of_shift(
    operation: &Operation,
    shift: &ShiftView,
) -> Outcome<Vec<Arc<ScheduleChangeView>>> {
    let ids = operation.changes_of_shift(shift.id).await?;
    // All at once, so that they are read in one batch.
    let found = try_join_all(ids.into_iter().map(|id| operation.schedule_change(id))).await?;
    let mut changes: Vec<Arc<ScheduleChangeView>> = found.into_iter().flatten().collect();
    if !plans(operation, shift.site_id) {
        changes.retain(|change| change.was_published);
    }
    Ok(changes)
}

/// A change, where the caller reads the schedules of the site or a shift that it changed.
pub(super) async fn visible_change(
    operation: &Operation,
    id: ScheduleChangeId,
) -> Outcome<Option<Arc<ScheduleChangeView>>> {
    let Some(change) = operation.schedule_change(id).await? else { return Ok(None) };
    if !change.was_published && !plans(operation, change.site_id) {
        return Ok(None);
    }
    let seen = concerns_seen(operation, change.site_id, None).await?
        || !shifts_seen(operation, &change).await?.is_empty();
    Ok(seen.then_some(change))
}

/// What a change did with single shifts, as far as the caller may see whose they were or are.
pub(super) async fn shifts_seen(
    operation: &Operation,
    change: &ScheduleChangeView,
) -> Outcome<Vec<ShiftChangeView>> {
    let shifts = operation.shifts_of_change(change.id).await?;
    let sides = shifts.iter().flat_map(|shift| [shift.agent_before, shift.agent_after]);
    read_agents(operation, change.site_id, sides.flatten().collect()).await?;
    let mut seen = Vec::new();
    for shift in shifts {
        let mut may_see = false;
        for agent in [shift.agent_before, shift.agent_after].into_iter().flatten() {
            may_see |= concerns_seen(operation, change.site_id, Some(agent)).await?;
        }
        if may_see {
            seen.push(shift);
        }
    }
    Ok(seen)
}

/// What a change let pass, as far as the caller may see whom it is about.
pub(super) async fn overrides_seen(
    operation: &Operation,
    change: &ScheduleChangeView,
) -> Outcome<Vec<RuleOverride>> {
    let views = operation.overrides_of_change(change.id).await?;
    let all = views.into_iter().map(RuleOverride::of).collect::<Outcome<Vec<_>>>()?;
    let whom = all.iter().filter_map(|it| it.found().agent).collect();
    read_agents(operation, change.site_id, whom).await?;
    let mut seen = Vec::new();
    for overridden in all {
        if concerns_seen(operation, change.site_id, overridden.found().agent).await? {
            seen.push(overridden);
        }
    }
    Ok(seen)
}

/// What a change broke when it was made, as far as the caller may see whom it is about; of changes of
/// which no violations were kept none.
pub(super) async fn violations_seen(
    operation: &Operation,
    change: &ScheduleChangeView,
) -> Outcome<Vec<Violation>> {
    let kept = change.detail.get("violations").filter(|kept| kept.is_array());
    let Some(kept) = kept else { return Ok(Vec::new()) };
    let kept: Vec<Violation> = serde_json::from_value(kept.clone())
        .map_err(|error| DbError::Internal(format!("change {}: {error}", change.id)))?;
    let whom = kept.iter().filter_map(|violation| violation.agent).collect();
    read_agents(operation, change.site_id, whom).await?;
    let mut seen = Vec::new();
    for violation in kept {
        if concerns_seen(operation, change.site_id, violation.agent).await? {
            seen.push(violation);
        }
    }
    Ok(seen)
}

/// Who made a change. People of the company are named to people of the company, to no program; agents to
/// their colleagues and to those who may see them.
pub(super) async fn author<'a>(
    operation: &Operation,
    change: &'a ScheduleChangeView,
) -> Outcome<Option<&'a str>> {
    let viewer = operation.viewer()?;
    let known = match change.author_agent {
        _ if !matches!(viewer.subject, Subject::User(_)) => false,
        Some(agent) if viewer.agent.is_none() => {
            operation.visible_agent(agent, Permission::AgentRead).await?.is_some()
        }
        _ => true,
    };
    Ok(change.author.as_deref().filter(|_| known))
}
