//! What agents wish of a week.

use jiff::{ToSpan as _, civil};
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, Rule},
    id::AgentId,
    identity::Permission,
    schedules::ShiftWish,
};
use trunkline_infra::{
    agents::{AgentView, agents_by_id},
    audit::{Deed, record},
    ctx::Ctx,
    schedules::{
        ShiftTemplateSetView, lock_agents, set_shift_wishes, shift_template_sets,
        shift_wishes_of_agents,
    },
};

use crate::{
    app::App,
    error::{AppError, Outcome},
    graphql::Operation,
    identity::permit,
};

/// Longest time of which wishes are read at once.
const MOST_DAYS: i32 = 62;

/// A wish as a client says it.
#[derive(Debug)]
pub(super) struct SaidWish {
    pub(super) date: civil::Date,
    /// `None` = any shift.
    pub(super) template: Option<String>,
    pub(super) is_wanted: bool,
    pub(super) weight: u8,
}

/// What an agent is to wish of a week, and of no other.
#[derive(Debug)]
pub(super) struct SetWishes {
    /// `None` = the caller.
    pub(super) agent: Option<AgentId>,
    pub(super) monday: civil::Date,
    pub(super) wishes: Vec<SaidWish>,
}

/// Sets what an agent wishes of a week, in place of what it wished of it before.
pub(super) async fn set_wishes(app: &App, ctx: &Ctx, ask: SetWishes) -> Outcome<Vec<ShiftWish>> {
    let SetWishes { agent, monday, wishes } = ask;
    let nobody = || Fault::invalid("agentId", Rule::AgentOrOwn);
    let agent = agent.or(ctx.viewer().agent).ok_or_else(nobody)?;
    let tx = app.db.begin(ctx).await?;
    let known = agents_by_id(&tx, &[agent]).await?.pop();
    let known = known.ok_or_else(|| Fault::not_found("agentId"))?;
    let (write, read) = (Permission::AvailabilityWrite, Permission::AgentRead);
    permit(ctx, write, read, &known.target(), "agentId")?;
    lock_agents(&tx, &[agent]).await?;
    let sets = shift_template_sets(&tx, known.site_id).await?;
    let sets = sets.iter().map(ShiftTemplateSetView::known).collect::<Result<Vec<_>, _>>()?;
    let wish = |said| {
        let SaidWish { date, template, is_wanted, weight } = said;
        ShiftWish { agent, date, template, is_wanted, weight }
    };
    let wishes: Vec<ShiftWish> = wishes.into_iter().map(wish).collect();
    ShiftWish::check_week(monday, &wishes, &sets).map_err(AppError::Faults)?;
    let sunday = monday.saturating_add(6.days());
    let before = shift_wishes_of_agents(&tx, &[agent], monday, sunday).await?;
    set_shift_wishes(&tx, ctx, agent, monday, &wishes).await?;
    let after = shift_wishes_of_agents(&tx, &[agent], monday, sunday).await?;
    let deed = Deed::changed("shift_wishes.set", agent, recorded(&before), recorded(&after));
    record(&tx, ctx, deed.with(json!({"weekStartsOn": monday}))).await?;
    tx.commit().await?;
    Ok(after)
}

/// What the audit says of wishes.
fn recorded(wishes: &[ShiftWish]) -> Value {
    let said = |wish: &ShiftWish| {
        let ShiftWish { agent: _, date, template, is_wanted, weight } = wish;
        json!({"localDate": date, "templateCode": template, "isWanted": is_wanted,
               "weight": weight})
    };
    json!({"wishes": wishes.iter().map(said).collect::<Vec<_>>()})
}

/// What an agent wishes of the days from `from` to before `to`; nothing for who may not see when the
/// agent can work.
pub(super) async fn wishes_seen(
    operation: &Operation,
    agent: &AgentView,
    (from, to): (civil::Date, civil::Date),
) -> Outcome<Vec<ShiftWish>> {
    if from >= to || (to - from).get_days() > MOST_DAYS {
        return Err(AppError::InvalidArgument(format!(
            "`to` must be after `from`, and at most {MOST_DAYS} days later"
        )));
    }
    if !operation.reach(Permission::AvailabilityRead).contains(&agent.target()) {
        return Ok(Vec::new());
    }
    operation.wishes_of(agent.id, (from, to.saturating_sub(1.day()))).await
}
