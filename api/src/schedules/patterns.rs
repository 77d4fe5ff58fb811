//! Patterns of shifts: making them and giving them to agents.

use std::collections::BTreeSet;

use jiff::civil;
use serde_json::json;
use trunkline_domain::{
    fault::{Fault, Rule},
    id::{AgentId, ShiftPatternId, SiteId},
    identity::{Permission, Target},
    schedules::{PatternWeek, PatternWeeks},
};
use trunkline_infra::{
    agents::agents_by_id,
    audit::{Deed, record},
    ctx::Ctx,
    schedules::{
        ShiftPatternView, assign_pattern, insert_shift_pattern, shift_pattern_by_id, shift_patterns,
    },
};

use super::{copy_week::read_name, ground::site_of};
use crate::{
    app::App,
    error::{AppError, Outcome},
    identity::permit,
};

/// Patterns of one site.
const MOST: usize = 200;

/// A pattern to make.
#[derive(Debug)]
pub(super) struct CreatePattern {
    pub(super) site: SiteId,
    pub(super) name: String,
    pub(super) weeks: Vec<PatternWeek>,
}

/// Makes a pattern of a site.
pub(super) async fn create_pattern(
    app: &App,
    ctx: &Ctx,
    ask: CreatePattern,
) -> Outcome<ShiftPatternView> {
    let CreatePattern { site, name, weeks } = ask;
    let tx = app.db.begin(ctx).await?;
    let site = site_of(app, ctx, &tx, site).await?;
    let (write, read) = (Permission::WorkRulesWrite, Permission::WorkRulesRead);
    permit(ctx, write, read, &Target::site(site.id), "siteId")?;
    let name = read_name(Some(&name))?.unwrap_or_default();
    let weeks = PatternWeeks::parse(weeks).map_err(AppError::Faults)?;
    if shift_patterns(&tx, site.id).await?.len() >= MOST {
        return Err(Fault::invalid("siteId", Rule::PatternsAtMost(MOST)).into());
    }
    let id: ShiftPatternId = ctx.new_id();
    insert_shift_pattern(&tx, ctx, id, site.id, &name, &weeks).await?;
    let after = json!({ "siteId": site.id, "name": name, "weeks": weeks });
    record(&tx, ctx, Deed::made("shift_pattern.create", id, after)).await?;
    let made = shift_pattern_by_id(&tx, id).await?;
    tx.commit().await?;
    made.ok_or_else(|| AppError::Internal(format!("{id} is gone within its own transaction")))
}

/// A pattern to give.
#[derive(Debug)]
pub(super) struct AssignPattern {
    /// Which; `None` = no pattern from then on.
    pub(super) pattern: Option<ShiftPatternId>,
    pub(super) agents: Vec<AgentId>,
    pub(super) starts_on: civil::Date,
    /// Week of the rotation in which it begins, from 1.
    pub(super) first_week: i32,
}

/// Gives a pattern to agents of its site, all or none.
pub(super) async fn assign(
    app: &App,
    ctx: &Ctx,
    ask: AssignPattern,
) -> Outcome<Option<ShiftPatternView>> {
    let AssignPattern { pattern, agents, starts_on, first_week } = ask;
    let tx = app.db.begin(ctx).await?;
    let view = match pattern {
        Some(id) => {
            let view = shift_pattern_by_id(&tx, id).await?;
            let view = view.ok_or_else(|| Fault::not_found("shiftPatternId"))?;
            let target = Target::site(view.site_id);
            let (write, read) = (Permission::ScheduleWrite, Permission::WorkRulesRead);
            permit(ctx, write, read, &target, "shiftPatternId")?;
            Some(view)
        }
        None => None,
    };
    let mut faults = Vec::new();
    let known = agents_by_id(&tx, &agents).await?;
    for (place, agent) in agents.iter().enumerate() {
        let path = format!("agentIds.{place}");
        let agent = known.iter().find(|known| known.id == *agent);
        let planned = agent.filter(|agent| {
            ctx.viewer().sees(Permission::ScheduleWrite, &agent.target(), ctx.now())
        });
        match planned {
            None => faults.push(Fault::not_found(&path)),
            Some(agent) if view.as_ref().is_some_and(|it| it.site_id != agent.site_id) => {
                faults.push(Fault::invalid(&path, Rule::AgentOfTheSite));
            }
            Some(_) => {}
        }
    }
    if agents.is_empty() {
        faults.push(Fault::invalid("agentIds", Rule::NotEmpty));
    }
    if agents.len() > 100 {
        faults.push(Fault::invalid("agentIds", Rule::ItemsAtMost(100)));
    }
    if agents.iter().collect::<BTreeSet<_>>().len() < agents.len() {
        faults.push(Fault::invalid("agentIds", Rule::EachOnce));
    }
    if starts_on.weekday() != civil::Weekday::Monday {
        faults.push(Fault::invalid("startsOn", Rule::Monday));
    }
    let weeks = match &view {
        Some(view) => i64::try_from(view.weeks()?.list().len()).unwrap_or(1),
        None => 1,
    };
    if !(1..=weeks).contains(&i64::from(first_week)) {
        faults.push(Fault::invalid("firstWeek", Rule::Between(1, weeks)));
    }
    if !faults.is_empty() {
        return Err(AppError::Faults(faults));
    }
    assign_pattern(&tx, ctx, &agents, pattern, starts_on, first_week - 1).await?;
    let subject = pattern.map_or_else(|| "none".to_owned(), |id| id.to_string());
    // A turn from a Monday on, beside those of before.
    let after = json!({ "agentIds": agents, "startsOn": starts_on, "firstWeek": first_week });
    record(&tx, ctx, Deed::made("shift_pattern.assign", subject, after)).await?;
    tx.commit().await?;
    Ok(view)
}
