//! Setting work rules: contradictions are found before anybody plans by them.

use std::collections::BTreeSet;

use jiff::civil;
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{AgentId, SiteId, TeamId},
    identity::{Access, Permission, Target},
    schedules::{
        ContractKind, EffectiveRules, RuleAttachment, RuleBook, RuleChange, RuleCode, RuleContent,
        RuleLimits, RuleSet, RuleSubject, RuleUse, SubjectContradiction, pay::PayTermsChange,
        version_name,
    },
};
use trunkline_infra::{
    agents::agents_by_id,
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    network::{lock_tenant_settings, share_tenant_settings},
    schedules::{insert_work_rules, load_whole_rule_book, lock_site, rule_subjects_of, rule_uses},
};

use super::ground::site_of;
use crate::{
    app::App,
    error::{AppError, Outcome},
    forecasting::blocking,
};

/// For whom rules are to be set.
#[derive(Debug, Clone, Copy)]
pub(super) enum RulesFor {
    /// A site; `None` is the network.
    Everybody(Option<SiteId>),
    /// Contracts of a kind, at a site or in the network.
    ContractKind(Option<SiteId>, ContractKind),
    /// A team.
    Team(TeamId),
    /// An agent.
    Agent(AgentId),
}

/// New rules of somebody: those in force on the first day, changed.
#[derive(Debug)]
pub(super) struct SetWorkRules {
    pub(super) whom: RulesFor,
    /// The site as it was named; a team or agent must be of it.
    pub(super) site: Option<SiteId>,
    pub(super) valid_from: civil::Date,
    pub(super) changes: Vec<RuleChange>,
    /// Rules that an overlay changes no longer.
    pub(super) inherited: Vec<RuleCode>,
    /// Rules of the network that nothing below it weakens, all of them; `None` = as before.
    pub(super) binding: Option<BTreeSet<RuleCode>>,
    pub(super) swap_deadline_seconds: Option<i64>,
    pub(super) pay: Option<PayTermsChange>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct RulesSet {
    /// The rules that hold for whom they were set.
    pub(super) rules: Option<EffectiveRules>,
    pub(super) contradictions: Vec<SubjectContradiction>,
    pub(super) faults: Vec<Fault>,
}

/// Whom rules are set for, as far as it was found.
struct Whom {
    attachment: RuleAttachment,
    /// As rules are asked for.
    subject: RuleSubject,
    target: Target,
    /// Field that names it.
    path: &'static str,
}

/// Sets rules from a day on, unless they contradict each other or those that they are laid over, for
/// anybody whom they concern.
pub(super) async fn set_work_rules(app: &App, ctx: &Ctx, ask: SetWorkRules) -> Outcome<RulesSet> {
    let tx = app.db.begin(ctx).await?;
    let whom = whom(app, ctx, &tx, &ask).await?;
    permit(ctx, &whom)?;
    let site = whom.subject.site;
    if ask.site.is_some() && ask.site != site {
        return Err(Fault::not_found(whom.path).into());
    }
    // Two sets that are sound alone may not be so together. What is set for the network concerns every
    // site; sets of different sites do not wait for each other.
    if let Some(site) = site {
        share_tenant_settings(&tx).await?;
        lock_site(&tx, site).await?;
    } else {
        lock_tenant_settings(&tx).await?;
    }
    let mut book = load_whole_rule_book(&tx, site).await?;
    let (before, content) = match content(&book, &whom, &ask) {
        Ok(found) => found,
        Err(faults) => return Ok(RulesSet { faults, ..RulesSet::default() }),
    };
    let (attachment, valid_from) = (whom.attachment, ask.valid_from);
    let mut uses = vec![RuleUse::from(whom.subject)];
    uses.extend(rule_uses(&tx, attachment, valid_from).await?);
    let (id, set_at) = (ctx.new_id(), ctx.now());
    // Its number is known once it is written; until then it comes after all of its day.
    let mut set = RuleSet { id, version: i32::MAX, attachment, valid_from, set_at, content };
    let (without, mut with_it) = (book.clone(), book.clone());
    with_it.add(set.clone());
    // A network has many teams, contracts and days on which something changes.
    let contradictions = blocking(move || {
        let stood = without.contradictions(&uses, valid_from, RuleLimits::clone);
        let mut found = with_it.contradictions(&uses, valid_from, RuleLimits::clone);
        // Who came into a team since its rules were set is not the matter of this one.
        found.retain(|it| stood.iter().all(|old| old.contradiction != it.contradiction));
        found
    })
    .await?;
    if !contradictions.is_empty() {
        let faults = vec![Fault::invalid("rules", Rule::RulesTogether)];
        return Ok(RulesSet { rules: None, contradictions, faults });
    }
    let number = insert_work_rules(&tx, ctx, id, attachment, valid_from, &set.content).await?;
    set.version = number;
    let (after, replaced) = (recorded(&set.content)?, replaced(&book, &whom, valid_from));
    book.add(set);
    let deed = Deed::changed("work_rules.set", id, recorded(&before)?, after)
        .judged_by([version_name(id, number)])
        .with(detail(attachment, valid_from, replaced.as_deref()));
    record(&tx, ctx, deed).await?;
    tx.commit().await?;
    let rules = Some(book.effective(&whom.subject, valid_from));
    Ok(RulesSet { rules, ..RulesSet::default() })
}

/// Finds whom rules are to be set for.
async fn whom(app: &App, ctx: &Ctx, tx: &TenantTx, ask: &SetWorkRules) -> Outcome<Whom> {
    let of_site = |site: Option<SiteId>| site.map_or(RuleSubject::NETWORK, RuleSubject::site);
    match ask.whom {
        RulesFor::Everybody(site) | RulesFor::ContractKind(site, _) => {
            if let Some(site) = site {
                site_of(app, ctx, tx, site).await?;
            }
            let (attachment, kind) = match (ask.whom, site) {
                (RulesFor::ContractKind(_, kind), site) => {
                    (RuleAttachment::ContractKind { site, kind }, Some(kind))
                }
                (_, Some(site)) => (RuleAttachment::Site(site), None),
                (_, None) => (RuleAttachment::Network, None),
            };
            let subject = RuleSubject { kind, ..of_site(site) };
            let target = site.map_or(Target::NETWORK, Target::site);
            Ok(Whom { attachment, subject, target, path: "siteId" })
        }
        RulesFor::Team(team) => {
            let directory = app.directory(tx, ctx).await?;
            let site = directory.team(team).ok_or_else(|| Fault::not_found("teamId"))?.site_id;
            let subject = RuleSubject { team: Some(team), ..RuleSubject::site(site) };
            let target = Target { team: Some(team), ..Target::site(site) };
            let attachment = RuleAttachment::Team(team);
            Ok(Whom { attachment, subject, target, path: "teamId" })
        }
        RulesFor::Agent(agent) => {
            let found = agents_by_id(tx, &[agent]).await?;
            let view = found.first().ok_or_else(|| Fault::not_found("agentId"))?;
            let subjects = rule_subjects_of(tx, &found, ask.valid_from).await?;
            let subject = subjects.first().copied().ok_or(AppError::Unavailable)?;
            let (attachment, target) = (RuleAttachment::Agent(agent), view.target());
            Ok(Whom { attachment, subject, target, path: "agentId" })
        }
    }
}

fn permit(ctx: &Ctx, whom: &Whom) -> Outcome<()> {
    let (write, read) = (Permission::WorkRulesWrite, Permission::WorkRulesRead);
    match ctx.viewer().access(write, read, &whom.target, ctx.now()) {
        Access::Allowed => Ok(()),
        // That there is a network is no secret.
        Access::Hidden if whom.subject.site.is_some() => Err(Fault::not_found(whom.path).into()),
        Access::Forbidden | Access::Hidden => {
            Err(Fault::new(FaultCode::Forbidden).at(whom.path).into())
        }
    }
}

/// What was set before, and what is to be.
fn content(
    book: &RuleBook,
    whom: &Whom,
    ask: &SetWorkRules,
) -> Result<(RuleContent, RuleContent), Vec<Fault>> {
    let mut limits = book.effective(&whom.subject, ask.valid_from).rules.limits;
    let of_network = whom.attachment == RuleAttachment::Network;
    if !of_network {
        if ask.binding.is_some() {
            return Err(vec![Fault::invalid("bindingRules", Rule::SetForTheNetwork)]);
        }
        // What is bound stands with the network alone.
        limits.binding.clear();
    }
    let before = limits.clone();
    if let Some(binding) = &ask.binding {
        limits.binding.clone_from(binding);
    }
    for (at, change) in ask.changes.iter().enumerate() {
        let path = format!("rules.{at}");
        if !whom.attachment.is_whole() && change.rule.is_of_site() {
            return Err(vec![Fault::invalid(&path, Rule::RuleOfSite(change.rule.as_str()))]);
        }
        change.check(&path)?;
        if !change.apply(&mut limits) {
            return Err(vec![Fault::invalid(&path, Rule::RuleBounds(change.rule.as_str()))]);
        }
    }
    if !of_network {
        refuse_weaker(&limits, book, ask)?;
    }
    if whom.attachment.is_whole() {
        let (before, after) = (Box::new(before), Box::new(of_everybody(limits, ask)?));
        return Ok((RuleContent::Whole(before), RuleContent::Whole(after)));
    }
    for (given, path) in
        [(ask.swap_deadline_seconds.is_some(), "swapDeadlineSeconds"), (ask.pay.is_some(), "pay")]
    {
        if given {
            return Err(vec![Fault::invalid(path, Rule::SetForASite)]);
        }
    }
    let before = book.overlay(whom.attachment, ask.valid_from).to_vec();
    let mut changes = before.clone();
    changes.retain(|change| !ask.inherited.contains(&change.rule));
    for change in ask.changes.iter().filter(|change| change.says_something()) {
        match changes.iter_mut().find(|known| known.rule == change.rule) {
            Some(known) => *known = known.then(change),
            None => changes.push(change.clone()),
        }
    }
    changes.sort_by_key(|change| change.rule);
    Ok((RuleContent::Overlay(before), RuleContent::Overlay(changes)))
}

/// Refuses rules that let more than the network lets where it binds, each where it is changed and with what
/// would do.
fn refuse_weaker(
    limits: &RuleLimits,
    book: &RuleBook,
    ask: &SetWorkRules,
) -> Result<(), Vec<Fault>> {
    let Some(ceiling) = book.ceiling(ask.valid_from) else { return Ok(()) };
    let fault = |(rule, mends): (RuleCode, Rule)| {
        let place = ask.changes.iter().rposition(|change| change.rule == rule);
        let path = place.map_or_else(|| "rules".to_owned(), |at| format!("rules.{at}"));
        Fault::invalid(&path, mends)
    };
    let faults: Vec<Fault> = limits.weaker_than(ceiling).into_iter().map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// What only a site or the network has.
fn of_everybody(mut limits: RuleLimits, ask: &SetWorkRules) -> Result<RuleLimits, Vec<Fault>> {
    if !ask.inherited.is_empty() {
        return Err(vec![Fault::invalid("inheritedRules", Rule::NothingToInherit)]);
    }
    if let Some(seconds) = ask.swap_deadline_seconds {
        if !(0..=31 * 86_400).contains(&seconds) {
            return Err(vec![Fault::invalid("swapDeadlineSeconds", Rule::Days(0, 31))]);
        }
        limits.swap_deadline_seconds = seconds;
    }
    if let Some(pay) = ask.pay {
        limits.pay = limits.pay.changed(pay);
        limits.pay.check("pay")?;
    }
    Ok(limits)
}

/// The version in whose place the new one comes; `None` where an overlay is the first.
fn replaced(book: &RuleBook, whom: &Whom, on: civil::Date) -> Option<String> {
    if whom.attachment.is_whole() {
        let rules = book.effective(&whom.subject, on).rules;
        return Some(version_name(rules.id, rules.version));
    }
    book.in_force(whom.attachment, on).map(|set| version_name(set.id, set.version))
}

/// What the audit says of rules: each under the name that it has in a rule set, and of an overlay what
/// it changes.
fn recorded(content: &RuleContent) -> Outcome<Value> {
    let value = match content {
        RuleContent::Whole(limits) => serde_json::to_value(limits),
        RuleContent::Overlay(changes) => {
            serde_json::to_value(changes).map(|changes| json!({ "changes": changes }))
        }
    };
    value.map_err(|error| AppError::Internal(format!("rules: {error}")))
}

fn detail(attachment: RuleAttachment, from: civil::Date, replaced: Option<&str>) -> Value {
    let mut detail = json!({"validFrom": from, "inPlaceOf": replaced});
    let named = match attachment {
        RuleAttachment::Network => json!({}),
        RuleAttachment::Site(site) => json!({ "siteId": site }),
        RuleAttachment::ContractKind { site, kind } => {
            json!({"siteId": site, "contractKind": kind.as_str()})
        }
        RuleAttachment::Team(team) => json!({ "teamId": team }),
        RuleAttachment::Agent(agent) => json!({ "agentId": agent }),
    };
    if let (Value::Object(detail), Value::Object(named)) = (&mut detail, named) {
        detail.extend(named);
    }
    detail
}
