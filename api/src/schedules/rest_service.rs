//! Pay classes of an agent's month, and giving the rest that work on rest days earned.

use jiff::civil;
use serde_json::json;
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::AgentId,
    identity::Permission,
    schedules::{
        Change, Edit, Violation, check, holds_up,
        pay::{PayAsk, PayMonth, PayTerms, RestEntry, RestState, give_rest, pay_month},
    },
    time::{Span, local_of_instant},
};
use trunkline_infra::{
    agents::agents_by_id,
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    network::SiteView,
    schedules::{
        OverrideView, PayGround, delete_rest, insert_rest, load_pay_ground, lock_schedules,
    },
};

use super::ground::{ground_of_agents, site_of};
use crate::{app::App, error::Outcome, identity::permit};

/// An agent's month by pay class.
#[derive(Debug)]
pub(super) struct AgentMonth {
    pub(super) agent: AgentId,
    pub(super) first: civil::Date,
    pub(super) last: civil::Date,
    pub(super) month: PayMonth,
    pub(super) terms: PayTerms,
    pub(super) rules_version: i32,
    /// What let days in a row and weeks be worked without their rest.
    pub(super) overrides: Vec<OverrideView>,
}

/// The month of `date` of an agent at a site, as it looks on `today`.
pub(super) async fn month_of(
    tx: &TenantTx,
    site: &SiteView,
    agent: AgentId,
    date: civil::Date,
    today: civil::Date,
) -> Outcome<AgentMonth> {
    let (first, last) = (date.first_of_month(), date.last_of_month());
    let ground = load_pay_ground(tx, site, agent, (first, last)).await?;
    let month = split(&ground, site, (first, last), today);
    let PayGround { limits, rules_version, overrides, .. } = ground;
    Ok(AgentMonth { agent, first, last, month, terms: limits.pay, rules_version, overrides })
}

fn split(
    ground: &PayGround,
    site: &SiteView,
    (first, last): (civil::Date, civil::Date),
    today: civil::Date,
) -> PayMonth {
    let PayGround { plan, days, limits, .. } = ground;
    pay_month(&PayAsk { plan, days, limits, zone: &site.zone(), first, last, today })
}

/// Rest that is given for the work of a day, or taken back.
#[derive(Debug, Clone, Copy)]
pub(super) struct SetRest {
    pub(super) agent: AgentId,
    pub(super) earned_on: civil::Date,
    /// `None` takes it back.
    pub(super) rest_on: Option<civil::Date>,
    pub(super) dry_run: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct RestSet {
    pub(super) entry: Option<RestEntry>,
    /// What [`RestEntry::overridden`] counts.
    pub(super) overrides: Vec<OverrideView>,
    pub(super) violations: Vec<Violation>,
    pub(super) faults: Vec<Fault>,
}

fn refused(
    (entry, overrides): (Option<RestEntry>, &[OverrideView]),
    fault: impl Into<Fault>,
) -> RestSet {
    let overrides = overrides.to_vec();
    RestSet { entry, overrides, violations: Vec::new(), faults: vec![fault.into()] }
}

/// Gives a rest, as far as the roster lets the agent rest on that day, or takes one back that is
/// still to come.
pub(super) async fn set_rest(app: &App, ctx: &Ctx, ask: SetRest) -> Outcome<RestSet> {
    let SetRest { agent, earned_on, rest_on, dry_run } = ask;
    let tx = app.db.begin(ctx).await?;
    let view = agents_by_id(&tx, &[agent]).await?.pop();
    let view = view.ok_or_else(|| Fault::not_found("agentId"))?;
    let (write, read) = (Permission::ScheduleWrite, Permission::ScheduleRead);
    permit(ctx, write, read, &view.target(), "agentId")?;
    lock_schedules(&tx, &[], &[agent]).await?;
    let site = site_of(app, ctx, &tx, view.site_id).await?;
    let today = local_of_instant(ctx.now(), &site.zone()).date();
    let span = (earned_on.first_of_month(), earned_on.last_of_month());
    let mut ground = load_pay_ground(&tx, &site, agent, span).await?;
    let overrides = std::mem::take(&mut ground.overrides);
    let entries = split(&ground, &site, span, today).rest;
    let entry_of = |ground: &PayGround| {
        let entries = split(ground, &site, span, today).rest;
        entries.into_iter().find(|entry| entry.earned_on == earned_on)
    };
    let before = entry_of(&ground);
    let given = ground.days.given.get(&earned_on).copied();
    let (mut violations, mut rules) = (Vec::new(), Vec::new());
    if let Some(rest_on) = rest_on {
        if let Err(fault) = give_rest(&entries, &ground.days, (earned_on, rest_on)) {
            return Ok(refused((before, &overrides), fault));
        }
        let day = Span::of_day(rest_on, &site.zone());
        let roster = ground_of_agents(app, ctx, &tx, site.id, &[agent], &[day]).await?;
        rules.extend(roster.rule_versions());
        let off = Edit::GrantTimeOff { agent, span: day };
        violations = check(&roster.context(ctx.now()), &Change::edit(vec![off]));
        if holds_up(&violations) {
            return Ok(RestSet {
                violations,
                ..refused((before, &overrides), FaultCode::RuleViolated)
            });
        }
        ground.days.given.insert(earned_on, rest_on);
    } else {
        match before.map(|entry| entry.state) {
            Some(RestState::Given(rest_on)) if rest_on > today => {}
            Some(RestState::Given(_)) => {
                let taken =
                    Fault::new(FaultCode::InvalidState).at("earnedOn").with("state", "TAKEN");
                return Ok(refused((before, &overrides), taken));
            }
            _ => {
                return Ok(refused(
                    (before, &overrides),
                    Fault::invalid("earnedOn", Rule::GivenRest),
                ));
            }
        }
        ground.days.given.remove(&earned_on);
    }
    let entry = entry_of(&ground);
    if dry_run {
        return Ok(RestSet { entry, overrides, violations, faults: Vec::new() });
    }
    match rest_on {
        Some(rest_on) => insert_rest(&tx, ctx, agent, earned_on, rest_on).await?,
        None => delete_rest(&tx, agent, earned_on).await?,
    }
    let (before, after) = (json!({ "restOn": given }), json!({ "restOn": rest_on }));
    let deed = Deed::changed("compensatory_rest.set", agent, before, after).judged_by(rules);
    record(&tx, ctx, deed.with(json!({ "earnedOn": earned_on }))).await?;
    tx.commit().await?;
    Ok(RestSet { entry, overrides, violations, faults: Vec::new() })
}
