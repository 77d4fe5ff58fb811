//! Patterns of shifts: making them.

use serde_json::json;
use trunkline_domain::{
    fault::{Fault, Rule},
    id::{ShiftPatternId, SiteId},
    identity::{Permission, Target},
    schedules::{PatternWeek, PatternWeeks},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    schedules::{ShiftPatternView, insert_shift_pattern, shift_pattern_by_id, shift_patterns},
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
