//! Setting work rules: contradictions are found before anybody plans by them.

use jiff::civil;
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::SiteId,
    identity::{Access, Permission, Target},
    schedules::{Contradiction, RuleChange, RuleLimits, WorkRules, pay::PayTermsChange},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    schedules::{WorkRulesView, insert_work_rules, work_rules_in_force},
};

use super::ground::site_of;
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// New rules of a site: those in force on the first day, changed.
#[derive(Debug)]
pub(super) struct SetWorkRules {
    pub(super) site: SiteId,
    pub(super) valid_from: civil::Date,
    pub(super) changes: Vec<RuleChange>,
    pub(super) swap_deadline_seconds: Option<i64>,
    pub(super) pay: Option<PayTermsChange>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct RulesSet {
    pub(super) rules: Option<WorkRulesView>,
    pub(super) contradictions: Vec<Contradiction>,
    pub(super) faults: Vec<Fault>,
}

/// What the audit says of rules: each under the name that it has in a rule set.
fn recorded(limits: &RuleLimits) -> Outcome<Value> {
    serde_json::to_value(limits).map_err(|error| AppError::Internal(format!("rules: {error}")))
}

/// Sets the rules of a site from a day on, unless they contradict each other.
pub(super) async fn set_work_rules(app: &App, ctx: &Ctx, ask: SetWorkRules) -> Outcome<RulesSet> {
    let refused = |fault: Fault| RulesSet { faults: vec![fault], ..RulesSet::default() };
    let tx = app.db.begin(ctx).await?;
    site_of(app, ctx, &tx, ask.site).await?;
    let (write, read) = (Permission::WorkRulesWrite, Permission::WorkRulesRead);
    match ctx.viewer().access(write, read, &Target::site(ask.site), ctx.now()) {
        Access::Allowed => {}
        Access::Forbidden => {
            return Ok(refused(Fault::new(FaultCode::Forbidden).at("siteId")));
        }
        Access::Hidden => return Ok(refused(Fault::not_found("siteId"))),
    }
    let known = work_rules_in_force(&tx, ask.site, ask.valid_from).await?.rules;
    let mut limits = known.limits.clone();
    for (at, change) in ask.changes.iter().enumerate() {
        if !change.apply(&mut limits) {
            let rule = Rule::RuleBounds(change.rule.as_str());
            return Ok(refused(Fault::invalid(&format!("rules.{at}"), rule)));
        }
    }
    if let Some(seconds) = ask.swap_deadline_seconds {
        if !(0..=31 * 86_400).contains(&seconds) {
            return Ok(refused(Fault::invalid("swapDeadlineSeconds", Rule::Days(0, 31))));
        }
        limits.swap_deadline_seconds = seconds;
    }
    if let Some(pay) = ask.pay {
        limits.pay = limits.pay.changed(pay);
        if let Err(faults) = limits.pay.check("pay") {
            return Ok(RulesSet { faults, ..RulesSet::default() });
        }
    }
    let rules = WorkRules { id: ctx.new_id(), version: 0, limits };
    let contradictions = rules.validate();
    if !contradictions.is_empty() {
        let fault = Fault::invalid("rules", Rule::RulesTogether);
        return Ok(RulesSet { contradictions, ..refused(fault) });
    }
    let (site, from) = (Some(ask.site), ask.valid_from);
    let number = insert_work_rules(&tx, ctx, rules.id, site, from, &rules.limits).await?;
    let rules = WorkRules { version: number, ..rules };
    let (before, after) = (recorded(&known.limits)?, recorded(&rules.limits)?);
    let deed = Deed::changed("work_rules.set", rules.id, before, after)
        .judged_by([rules.version_name()])
        .with(json!({"siteId": ask.site, "validFrom": from, "inPlaceOf": known.version_name()}));
    record(&tx, ctx, deed).await?;
    tx.commit().await?;
    let view =
        WorkRulesView { rules, site_id: site, valid_from: Some(from), created_at: Some(ctx.now()) };
    Ok(RulesSet { rules: Some(view), ..RulesSet::default() })
}
