//! Work rules: reading those in force, setting new ones.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use trunkline_domain::{
    fault::Language,
    id::SiteId,
    identity::{Permission, Target},
    schedules::{Bounds, Contradiction, LimitUnit, RuleChange, RuleCode},
};
use trunkline_infra::schedules::{WorkRulesView, work_rules_in_force};

use super::{
    RuleSeverity, ScheduleRule,
    pay_types::{PayTerms, PayTermsInput},
    set_rules::SetWorkRules,
};
use crate::{
    error::Outcome,
    graphql::{Date, DateTime, Operation, UserError, parse_id, show_id},
    network::Site,
};

/// Unit in which the limit of a rule counts. New values can be added: show such a limit as a bare number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "LimitUnit")]
pub enum RuleUnit {
    /// Seconds of time.
    Seconds,
    /// Days.
    Days,
    /// Weekends.
    Weekends,
    /// Shifts.
    Shifts,
    /// Agents.
    Agents,
}

/// One rule of a set.
#[derive(Debug, SimpleObject)]
pub struct WorkRule {
    /// Which rule.
    pub rule: ScheduleRule,
    /// How heavy it weighs when it is broken.
    pub severity: RuleSeverity,
    /// Least that is allowed. `null` without such a border.
    pub min: Option<i64>,
    /// Most that is allowed. `null` without such a border.
    pub max: Option<i64>,
    /// Unit of both. `null` when the limit stands elsewhere, such as in the contract.
    pub unit: Option<RuleUnit>,
}

/// Work rules in force at a site.
#[derive(Debug, Clone)]
pub struct WorkRules(pub Arc<WorkRulesView>);

/// Work rules in force at a site.
#[Object]
impl WorkRules {
    /// Global id, prefix `wrk_`. Where nothing is set, that of the default rules.
    pub async fn id(&self) -> ID {
        show_id(self.0.rules.id)
    }
    /// Site they are set for. `null` when they hold for the whole network.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let operation = Operation::of(ctx)?;
        let Some(site) = self.0.site_id else { return Ok(None) };
        Site::visible(operation, site).await.map_err(|error| operation.fail(error))
    }
    /// First day on which they hold. `null` for the default rules.
    async fn valid_from_date(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }
    /// The rules, in the order of their codes.
    async fn rules(&self) -> Vec<WorkRule> {
        let limits = &self.0.rules.limits;
        let rule = |rule: &RuleCode| {
            let (bounds, unit) = limits.bounds(*rule).unzip();
            let Bounds { min, max } = bounds.unwrap_or_default();
            let severity = limits.severity(*rule).into();
            WorkRule { rule: (*rule).into(), severity, min, max, unit: unit.map(Into::into) }
        };
        RuleCode::ALL.iter().map(rule).collect()
    }
    /// Weeks of a period.
    async fn period_weeks(&self) -> i64 {
        self.0.rules.limits.period_weeks
    }
    /// Time before the earlier shift at which a swap must be settled.
    async fn swap_deadline_seconds(&self) -> i64 {
        self.0.rules.limits.swap_deadline_seconds
    }
    /// What the pay classes are worth, and when rest is due.
    async fn pay_terms(&self) -> PayTerms {
        self.0.rules.limits.pay.into()
    }
    /// Set at. `null` for the default rules.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.created_at.map(DateTime)
    }
    /// Number of the set among those of its site or network; every decision records it.
    async fn version(&self) -> i32 {
        self.0.rules.version
    }
}

/// Rules that cannot be kept together.
#[derive(Debug)]
pub struct RuleContradiction(pub(super) Contradiction);

/// Rules that cannot be kept together.
#[Object]
impl RuleContradiction {
    /// The rules involved; one alone when its own borders cross.
    async fn rules(&self) -> Vec<ScheduleRule> {
        self.0.rules.iter().map(|rule| (*rule).into()).collect()
    }
    /// The rule whose limit would mend it.
    async fn mending_rule(&self) -> ScheduleRule {
        self.0.mends.into()
    }
    /// The nearest limit of that rule that would mend it, e.g. `72 h`.
    async fn mending_value(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        Ok(self.0.value.text(Operation::of(ctx)?.language))
    }
    /// Sentence in the caller's language.
    async fn message(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let language = Operation::of(ctx)?.language;
        let (mends, value) = (self.0.mends.title(language), self.0.value.text(language));
        Ok(match language {
            Language::English => format!("{mends}: {value} would do."),
            Language::Chinese => format!("{mends}：改为 {value} 即可。"),
        })
    }
}

/// A change of one rule; what is left out stays.
#[derive(Debug, InputObject)]
pub struct WorkRuleInput {
    /// Which rule.
    pub rule: ScheduleRule,
    /// New weight.
    pub severity: Option<RuleSeverity>,
    /// New least; with `max` it replaces both borders.
    pub min: Option<i64>,
    /// New most; with `min` it replaces both borders.
    pub max: Option<i64>,
}

impl WorkRuleInput {
    pub(super) fn parse(self) -> RuleChange {
        let Self { rule, severity, min, max } = self;
        let bounds = (min.is_some() || max.is_some()).then_some(Bounds { min, max });
        RuleChange { rule: rule.into(), severity: severity.map(Into::into), bounds }
    }
}

/// New work rules: those in force, changed.
#[derive(Debug, InputObject)]
pub struct WorkRulesSetInput {
    /// For which site.
    pub site_id: ID,
    /// First day on which they hold.
    pub valid_from_date: Date,
    /// What changes.
    pub rules: Vec<WorkRuleInput>,
    /// New time before the earlier shift at which a swap must be settled.
    pub swap_deadline_seconds: Option<i64>,
    /// New terms of pay classes and compensatory rest.
    pub pay: Option<PayTermsInput>,
}

impl WorkRulesSetInput {
    pub(super) fn parse(self) -> Result<SetWorkRules, trunkline_domain::fault::Fault> {
        let Self { site_id, valid_from_date, rules, swap_deadline_seconds, pay } = self;
        Ok(SetWorkRules {
            site: parse_id(&site_id, "siteId")?,
            valid_from: valid_from_date.0,
            changes: rules.into_iter().map(WorkRuleInput::parse).collect(),
            swap_deadline_seconds,
            pay: pay.map(PayTermsInput::parse),
        })
    }
}

/// Outcome of setting work rules.
#[derive(Debug, SimpleObject)]
pub struct WorkRulesSetPayload {
    /// The rules as they are set. `null` when refused.
    pub work_rules: Option<WorkRules>,
    /// Rules that cannot be kept together, each with the value that would mend it.
    pub contradictions: Vec<RuleContradiction>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// The rules in force today at a site that the caller may see.
pub(super) async fn in_force(operation: &Operation, site: &ID) -> Outcome<Option<WorkRules>> {
    let Ok(id) = site.parse::<SiteId>() else { return Ok(None) };
    let directory = operation.directory().await?;
    let reach = operation.reach(Permission::WorkRulesRead);
    let site = directory.site(id).filter(|_| reach.contains(&Target::site(id)));
    let Some(site) = site else { return Ok(None) };
    let today = site.zone().to_datetime(operation.now).date();
    let view = work_rules_in_force(&*operation.read().await?, id, today).await?;
    Ok(Some(WorkRules(Arc::new(view))))
}
