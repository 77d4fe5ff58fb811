//! Pay classes and compensatory rest: what they are computed from, and the rest that was given.

use jiff::{ToSpan as _, civil};
use trunkline_domain::{
    forecasting::site_calendar::DayKind,
    id::AgentId,
    schedules::{AgentPlan, RuleLimits, pay::RestDays},
    time::{Span, start_of_day},
};

use super::{
    OverrideView, Source, Who, load_rule_book, overrides::load_rest_overrides, plans::load_plans,
};
use crate::{
    ctx::Ctx,
    db::{DbError, TenantTx},
    forecasting::special_days,
    network::SiteView,
    params, read_model,
};

read_model! {
    /// A rest that was given.
    pub(super) struct RestRow {
        pub(super) agent_id: AgentId,
        earned_on: civil::Date,
        pub(super) rest_on: civil::Date,
    }
}

/// What an agent's month by pay class is computed from.
#[derive(Debug, Clone)]
pub struct PayGround {
    /// The agent's contract, and published shifts of the month and of so much before it as rest and
    /// runs of days ask for.
    pub plan: AgentPlan,
    /// The calendar of the agent's site, and the rest given.
    pub days: RestDays,
    /// Limits of the work rules in force on the first day of the month.
    pub limits: RuleLimits,
    /// Number of those rules.
    pub rules_version: i32,
    /// What let days in a row and weeks be worked without their rest, in the order of
    /// [`RestDays::overridden`].
    pub overrides: Vec<OverrideView>,
}

/// Days before a month in which rest can be earned that is due in it, and the longest run of working
/// days before those.
const BEFORE: i64 = 62 + 35;

/// Loads what the month of an agent from `first` to `last` is computed from.
///
/// # Errors
/// What the database says.
pub async fn load_pay_ground(
    tx: &TenantTx,
    site: &SiteView,
    agent: AgentId,
    (first, last): (civil::Date, civil::Date),
) -> Result<PayGround, DbError> {
    let zone = site.zone();
    let from = first.saturating_sub(BEFORE.days());
    let end = last.saturating_add(1.day());
    // A shift of the last evening before may reach into the first day.
    let window = (start_of_day(from, &zone), start_of_day(end, &zone));
    let known = Span::new(window.0, window.1).unwrap_or(Span::of_seconds(window.0, 0));
    let shifts = (known, Source::Published);
    let plans = load_plans(tx, Who::Agents(&[agent]), shifts, (from, end), &zone).await?;
    let plan = plans.into_values().next();
    let plan = plan.ok_or_else(|| DbError::Internal(format!("{agent} is no agent")))?;
    let book = load_rule_book(tx, site.id, &[agent]).await?;
    let rules = book.effective(&plan.rule_subject(site.id, first), first).rules;
    // Rest that the last days of the month earn is due in the next one.
    let calendar_end = end.saturating_add(62.days());
    let calendar = special_days(tx, &[site.id], from, calendar_end).await?;
    let given: Vec<RestRow> = tx
        .all(
            "select agent_id, earned_on, rest_on from app.rest_given
             where tenant_id = $1 and agent_id = $2 and rest_on >= $3",
            params![tx.tenant(), agent, from],
        )
        .await?;
    let overrides = load_rest_overrides(tx, agent, known).await?.into_iter();
    let with_days = |it: OverrideView| it.rest(&zone).map(|rest| (it, rest));
    let (overrides, overridden): (Vec<_>, Vec<_>) = overrides.filter_map(with_days).unzip();
    let unusual = calendar.iter().filter(|day| day.day_kind() != DayKind::Usual);
    Ok(PayGround {
        plan,
        days: RestDays {
            calendar: unusual.map(|day| (day.local_date, day.day_kind())).collect(),
            given: given.into_iter().map(|row| (row.earned_on, row.rest_on)).collect(),
            overridden,
        },
        limits: rules.limits,
        rules_version: rules.version,
        overrides,
    })
}

/// Rest of these agents given on days from `from` to `to`.
pub(super) async fn rest_between(
    tx: &TenantTx,
    agents: &[AgentId],
    (from, to): (civil::Date, civil::Date),
) -> Result<Vec<RestRow>, DbError> {
    tx.all(
        "select agent_id, earned_on, rest_on from app.rest_given
         where tenant_id = $1 and agent_id = any($2) and rest_on between $3 and $4
         order by agent_id, rest_on",
        params![tx.tenant(), agents, from, to],
    )
    .await
}

/// Writes down that the rest earned on one day is given on another.
///
/// # Errors
/// What the database says; `rest_given_pkey` and `rest_given_day_unique` when somebody was faster.
pub async fn insert_rest(
    tx: &TenantTx,
    ctx: &Ctx,
    agent: AgentId,
    earned_on: civil::Date,
    rest_on: civil::Date,
) -> Result<(), DbError> {
    tx.run(
        "insert into app.rest_given (tenant_id, agent_id, earned_on, rest_on, given_by, given_at)
         values ($1, $2, $3, $4, $5, $6)",
        params![tx.tenant(), agent, earned_on, rest_on, ctx.actor(), ctx.now()],
    )
    .await?;
    Ok(())
}

/// Takes back a rest that was given.
///
/// # Errors
/// What the database says.
pub async fn delete_rest(
    tx: &TenantTx,
    agent: AgentId,
    earned_on: civil::Date,
) -> Result<(), DbError> {
    tx.run(
        "delete from app.rest_given where tenant_id = $1 and agent_id = $2 and earned_on = $3",
        params![tx.tenant(), agent, earned_on],
    )
    .await?;
    Ok(())
}
