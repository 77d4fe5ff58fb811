//! Work rules: reading those in force, setting new ones.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use trunkline_domain::{
    fault::{Fault, Language, Rule},
    id::{SiteId, TeamId},
    identity::{Permission, Target},
    schedules::{
        Bounds, EffectiveRules, LimitUnit, NightHours as Night, RuleChange, RuleCode, RuleSubject,
        SubjectContradiction,
    },
};
use trunkline_infra::{
    agents::AgentView,
    schedules::{load_rule_book, load_whole_rule_book},
};

use super::{
    RuleSeverity, ScheduleRule,
    pay_types::{PayTerms, PayTermsInput},
    rule_types::{BreakWindow, NightHours, StartBand, WorkRulesSource, site_of},
    set_rules::{RulesFor, SetWorkRules},
};
use crate::{
    agents::{Agent, ContractKind},
    error::Outcome,
    graphql::{Date, DateTime, Operation, UserError, parse_id, show_id},
    network::{Site, Team},
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
    /// The bands of `START_BAND`. `null` for other rules.
    pub start_band: Option<StartBand>,
    /// The breaks and meals of `BREAK_WINDOW`. Empty for other rules.
    pub break_windows: Vec<BreakWindow>,
    /// What `NIGHT_SHIFTS` counts. `null` for other rules.
    pub night: Option<NightHours>,
    /// Whether the network binds it: nothing that is set for less than the network lets more, or weighs it less.
    pub binding: bool,
    /// The narrowest set that changes it; that of the site, the network or the default where none does. The network where it binds the rule and the others would let more.
    pub source: WorkRulesSource,
}

/// Work rules in force for a site, a team, a kind of contract or an agent.
#[derive(Debug, Clone)]
pub struct WorkRules(pub Arc<EffectiveRules>);

/// Work rules in force for a site, a team, a kind of contract or an agent: those of the site, else of the network, else the default ones, with what is set for less than a site laid over them.
#[Object]
impl WorkRules {
    /// Global id of the narrowest set that has a say, prefix `wrk_`. Where nothing is set, that of the default rules.
    pub async fn id(&self) -> ID {
        show_id(self.0.narrowest().id)
    }
    /// Site whose rules are the ground. `null` when those of the whole network are.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let operation = Operation::of(ctx)?;
        let ground = self.0.origins.first().and_then(|origin| origin.attachment);
        site_of(operation, ground).await.map_err(|error| operation.fail(error))
    }
    /// The sets that have a say, from wide to narrow: a whole one, then those that change something of it.
    async fn sources(&self) -> Vec<WorkRulesSource> {
        self.0.origins.iter().copied().map(WorkRulesSource).collect()
    }
    /// First day on which the narrowest set holds. `null` for the default rules.
    async fn valid_from_date(&self) -> Option<Date> {
        self.0.narrowest().valid_from.map(Date)
    }
    /// The rules, in the order of their codes.
    async fn rules(&self) -> Vec<WorkRule> {
        let limits = &self.0.rules.limits;
        let rule = |rule: &RuleCode| {
            let (bounds, unit) = limits.bounds(*rule).unzip();
            let Bounds { min, max } = bounds.unwrap_or_default();
            let is = |code: RuleCode| *rule == code;
            let windows =
                || limits.break_window.limit.iter().copied().map(BreakWindow::from).collect();
            WorkRule {
                rule: (*rule).into(),
                severity: limits.severity(*rule).into(),
                min,
                max,
                unit: unit.map(Into::into),
                start_band: is(RuleCode::StartBand).then(|| limits.start_band.limit.into()),
                break_windows: is(RuleCode::BreakWindow).then(windows).unwrap_or_default(),
                night: is(RuleCode::NightShifts)
                    .then(|| Night::from(limits.night_shifts.limit).into()),
                binding: limits.binding.contains(rule),
                source: WorkRulesSource(*self.0.origin(*rule)),
            }
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
    /// When the narrowest set was set. `null` for the default rules.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.narrowest().set_at.map(DateTime)
    }
    /// Number of the narrowest set among those of whom it is for; every decision records it.
    async fn version(&self) -> i32 {
        self.0.narrowest().version
    }
}

/// Rules that cannot be kept together.
#[derive(Debug)]
pub struct RuleContradiction(pub(super) SubjectContradiction);

/// Rules that cannot be kept together.
#[Object]
impl RuleContradiction {
    /// The rules involved; one alone when its own borders cross.
    async fn rules(&self) -> Vec<ScheduleRule> {
        self.0.contradiction.rules.iter().map(|rule| (*rule).into()).collect()
    }
    /// Kind of contract of those for whom they come together. `null` when of any.
    async fn contract_kind(&self) -> Option<ContractKind> {
        self.0.subject.kind.map(Into::into)
    }
    /// Team of those for whom they come together. `null` when of any.
    async fn team(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Team>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        Ok(self.0.subject.team.and_then(|team| directory.team(team)).cloned().map(Team))
    }
    /// The agent for whom they come together, who has own rules. `null` when it is nobody in particular, and when the caller may not see the agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let Some(agent) = self.0.subject.agent else { return Ok(None) };
        let agent = operation.visible_agent(agent, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
    /// The rule whose limit would mend it.
    async fn mending_rule(&self) -> ScheduleRule {
        self.0.contradiction.mends.into()
    }
    /// The nearest limit of that rule that would mend it, e.g. `72 h`; of `START_BAND` a start that would have to be allowed, of `BREAK_WINDOW` the latest start of a break or meal, from the start of the shift.
    async fn mending_value(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        Ok(self.0.contradiction.value.text(Operation::of(ctx)?.language))
    }
    /// Sentence in the caller's language.
    async fn message(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let language = Operation::of(ctx)?.language;
        let found = &self.0.contradiction;
        let (mends, value) = (found.mends.title(language), found.value.text(language));
        Ok(match (found.mends, language) {
            (RuleCode::StartBand, Language::English) => {
                format!("{mends}: a start at {value} would do.")
            }
            (RuleCode::StartBand, Language::Chinese) => {
                format!("{mends}：允许 {value} 上班即可。")
            }
            (RuleCode::BreakWindow, Language::English) => {
                format!("{mends}: a latest start {value} after that of the shift would do.")
            }
            (RuleCode::BreakWindow, Language::Chinese) => {
                format!("{mends}：最晚开始时间改为上班后 {value} 即可。")
            }
            (_, Language::English) => format!("{mends}: {value} would do."),
            (_, Language::Chinese) => format!("{mends}：改为 {value} 即可。"),
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
    /// New bands, both of them, for `START_BAND` alone: what is left out of it is any time.
    pub start_band: Option<StartBand>,
    /// New breaks and meals, all of them, for `BREAK_WINDOW` alone; at most 5, empty = none.
    pub break_windows: Option<Vec<BreakWindow>>,
    /// What counts as a night shift, for `NIGHT_SHIFTS` alone.
    pub night: Option<NightHours>,
}

impl WorkRuleInput {
    pub(super) fn parse(self) -> RuleChange {
        let Self { rule, severity, min, max, start_band, break_windows, night } = self;
        let windows = |it: Vec<BreakWindow>| it.into_iter().map(Into::into).collect();
        let bounds = (min.is_some() || max.is_some()).then_some(Bounds { min, max });
        RuleChange {
            rule: rule.into(),
            severity: severity.map(Into::into),
            bounds,
            start_band: start_band.map(Into::into),
            break_windows: break_windows.map(windows),
            night: night.map(Into::into),
        }
    }
}

/// New work rules: those in force, changed. For a site or the network they are a whole set. For less than
/// a site they hold what they change and no more: everything else stays as the site has it, also when that
/// changes. Of a kind of contract, a team and an agent the later one goes before, rule by rule.
#[derive(Debug, InputObject)]
pub struct WorkRulesSetInput {
    /// For which site; a team or agent that is named must be of it. Left out: for the network, where none is named.
    pub site_id: Option<ID>,
    /// For contracts of this kind alone, at the site or in the network.
    pub contract_kind: Option<ContractKind>,
    /// For this team alone.
    pub team_id: Option<ID>,
    /// For this agent alone.
    pub agent_id: Option<ID>,
    /// First day on which they hold.
    pub valid_from_date: Date,
    /// What changes. `SEATS` and `COVERAGE` are asked of a site as a whole.
    pub rules: Vec<WorkRuleInput>,
    /// Rules that are no longer changed for the kind of contract, team or agent, before `rules` are.
    #[graphql(default)]
    pub inherited_rules: Vec<ScheduleRule>,
    /// All rules that the network binds from then on, for the network alone: what is set for a site, a kind of contract, a team or an agent may be stricter and never weaker, and where it is weaker already the limits of the network hold. Left out: those that it binds now.
    pub binding_rules: Option<Vec<ScheduleRule>>,
    /// New time before the earlier shift at which a swap must be settled; of a site or the network.
    pub swap_deadline_seconds: Option<i64>,
    /// New terms of pay classes and compensatory rest; of a site or the network.
    pub pay: Option<PayTermsInput>,
}

impl WorkRulesSetInput {
    pub(super) fn parse(self) -> Result<SetWorkRules, Fault> {
        let Self {
            site_id,
            contract_kind,
            team_id,
            agent_id,
            valid_from_date,
            rules,
            inherited_rules,
            binding_rules,
            swap_deadline_seconds,
            pay,
        } = self;
        let site: Option<SiteId> = site_id.map(|id| parse_id(&id, "siteId")).transpose()?;
        let alone = |path: &str| Fault::invalid(path, Rule::OneAttachment);
        let whom = match (contract_kind, team_id, agent_id) {
            (None, None, None) => RulesFor::Everybody(site),
            (Some(kind), None, None) => RulesFor::ContractKind(site, kind.into()),
            (None, Some(team), None) => RulesFor::Team(parse_id(&team, "teamId")?),
            (None, None, Some(agent)) => RulesFor::Agent(parse_id(&agent, "agentId")?),
            (_, None, Some(_)) | (_, Some(_), None) => return Err(alone("contractKind")),
            (_, Some(_), Some(_)) => return Err(alone("teamId")),
        };
        Ok(SetWorkRules {
            whom,
            site,
            valid_from: valid_from_date.0,
            changes: rules.into_iter().map(WorkRuleInput::parse).collect(),
            inherited: inherited_rules.into_iter().map(Into::into).collect(),
            binding: binding_rules.map(|rules| rules.into_iter().map(Into::into).collect()),
            swap_deadline_seconds,
            pay: pay.map(PayTermsInput::parse),
        })
    }
}

/// Outcome of setting work rules.
#[derive(Debug, SimpleObject)]
pub struct WorkRulesSetPayload {
    /// The rules as they hold now for whom they are set, on their first day. `null` when refused.
    pub work_rules: Option<WorkRules>,
    /// Rules that cannot be kept together, each with the value that would mend it.
    pub contradictions: Vec<RuleContradiction>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Whose rules are asked for, beside the site.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) contract_kind: Option<ContractKind>,
    pub(super) team: Option<ID>,
    pub(super) agent: Option<ID>,
    pub(super) date: Option<Date>,
}

/// The rules in force at a site that the caller may see.
pub(super) async fn in_force(
    operation: &Operation,
    site: &ID,
    asked: Asked,
) -> Outcome<Option<WorkRules>> {
    let Asked { contract_kind, team, agent, date } = asked;
    let Ok(id) = site.parse::<SiteId>() else { return Ok(None) };
    if let Some(agent) = agent {
        let Ok(agent) = agent.parse() else { return Ok(None) };
        let agent = operation.visible_agent(agent, Permission::AgentRead).await?;
        let Some(agent) = agent.filter(|agent| agent.site_id == id) else { return Ok(None) };
        return of_agent(operation, &agent, date).await;
    }
    let directory = operation.directory().await?;
    let reach = operation.reach(Permission::WorkRulesRead);
    let site = directory.site(id).filter(|_| reach.contains(&Target::site(id)));
    let Some(site) = site else { return Ok(None) };
    let team: Option<TeamId> = match team.map(|team| team.parse::<TeamId>()) {
        None => None,
        Some(team) => {
            let of_site = team.ok().and_then(|team| directory.team(team));
            let Some(team) = of_site.filter(|team| team.site_id == id) else { return Ok(None) };
            Some(team.id)
        }
    };
    let today = site.zone().to_datetime(operation.now).date();
    let tx = operation.read().await?;
    let book = match team {
        Some(_) => load_whole_rule_book(&tx, Some(id)).await?,
        None => load_rule_book(&tx, id, &[]).await?,
    };
    let kind = contract_kind.map(Into::into);
    let subject = RuleSubject { kind, team, ..RuleSubject::site(id) };
    let found = book.effective(&subject, date.map_or(today, |date| date.0));
    Ok(Some(WorkRules(Arc::new(found))))
}

/// The rules in force for an agent, for whoever may read rules where the agent works.
pub(crate) async fn of_agent(
    operation: &Operation,
    agent: &AgentView,
    date: Option<Date>,
) -> Outcome<Option<WorkRules>> {
    if !operation.reach(Permission::WorkRulesRead).contains(&agent.target()) {
        return Ok(None);
    }
    let directory = operation.directory().await?;
    let Some(site) = directory.site(agent.site_id) else { return Ok(None) };
    let today = site.zone().to_datetime(operation.now).date();
    let found = operation.rules_of(agent.id, date.map_or(today, |date| date.0)).await?;
    Ok(found.map(WorkRules))
}
