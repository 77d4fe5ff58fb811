//! The record of a decision: enough to explain it to the person it concerns and to replay it.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::SwapRefusalCode;
use crate::{
    id::{AgentId, ShiftId, UserId, WorkRulesId},
    schedules::{
        AgentPlan, Change, CheckContext, Impact, Quantity, RuleCode, Severity, Violation, impact,
        version_name,
    },
    time::{Span, local_of_instant, monday_of},
};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RequestKind {
    /// A shift handed over or exchanged.
    ShiftSwap,
    /// A wish in a bid round.
    ShiftBid,
    /// Leave.
    Leave,
    /// A preference or availability.
    Preference,
    /// Overtime or voluntary time off taken up.
    Offer,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// Granted; the rosters change.
    Approved,
    /// A leader has to decide.
    NeedsApproval,
    /// Turned down by the colleague or the leader.
    Denied,
    /// Not possible by the rules.
    Refused,
    /// Taken back by whoever asked.
    Withdrawn,
    /// Nobody decided in time.
    Expired,
}

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decider {
    /// The rules alone.
    System,
    /// An agent about an own request or answer.
    Agent(AgentId),
    /// A leader, manager or planner.
    User(UserId),
}

/// A rule set that was in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RulesUsed {
    /// Which set.
    pub id: WorkRulesId,
    /// Its version.
    pub version: i32,
}

/// One rule that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionCheck {
    /// Which rule.
    pub rule: RuleCode,
    /// Whose roster; `None` for `SEATS` and `COVERAGE` when they are kept.
    pub agent: Option<AgentId>,
    /// Its weight.
    pub severity: Severity,
    /// Whether it is kept (or stood unkept before and is not worsened).
    pub passed: bool,
    /// What was measured; `None` where a kept rule has no single figure.
    pub measured: Option<Quantity>,
    /// What is allowed; `None` like above.
    pub limit: Option<Quantity>,
    /// The time meant, where the rule is not kept.
    pub span: Option<Span>,
}

/// A part of the key by which competing requests are ranked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankPart {
    /// What it measures, such as `seniority`.
    pub name: String,
    /// Its value.
    pub value: Decimal,
}

/// Something near to what was asked that would pass the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    /// With whom it would pass, who need not be who asked; `None` where that is not on record.
    #[serde(default)]
    pub agent: Option<AgentId>,
    /// The shift that could be had: of a swap the one in return or, where none is asked, the one
    /// that is given away.
    pub shift: ShiftId,
    /// When it is.
    pub span: Span,
}

/// The record of one decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// What was asked for.
    pub kind: RequestKind,
    /// What was decided.
    pub outcome: Outcome,
    /// Who decided.
    pub decider: Decider,
    /// When.
    pub decided_at: Timestamp,
    /// Why it was refused, as a stable code; `None` when it was not.
    pub reason: Option<SwapRefusalCode>,
    /// Text given by whoever decided.
    pub comment: Option<String>,
    /// Rule sets in force, each once.
    pub rules: Vec<RulesUsed>,
    /// Rules looked at, in order of agent and rule.
    pub checks: Vec<DecisionCheck>,
    /// What the change does to paid time and rest of those it touches.
    pub impacts: Vec<Impact>,
    /// Key by which the request was ranked among others, most important part first.
    pub rank: Vec<RankPart>,
    /// Seed of the draw, when a draw decided.
    pub seed: Option<u64>,
    /// Other requests for the same thing; whose they are is not told.
    pub competing: u32,
    /// Up to three nearest things that would pass.
    pub alternatives: Vec<Alternative>,
}

impl DecisionRecord {
    /// A record without checks, such as of an answer that needed none.
    #[must_use]
    pub const fn plain(
        kind: RequestKind,
        outcome: Outcome,
        decider: Decider,
        decided_at: Timestamp,
    ) -> Self {
        Self {
            kind,
            outcome,
            decider,
            decided_at,
            reason: None,
            comment: None,
            rules: Vec::new(),
            checks: Vec::new(),
            impacts: Vec::new(),
            rank: Vec::new(),
            seed: None,
            competing: 0,
            alternatives: Vec::new(),
        }
    }

    /// The versions of rules that were in force, as records name them.
    pub fn rule_versions(&self) -> impl Iterator<Item = String> {
        self.rules.iter().map(|RulesUsed { id, version }| version_name(*id, *version))
    }

    /// The same record with what was looked at: every rule that is on, for every agent of `change`,
    /// with the answer that [`check`](crate::schedules::check) gave.
    #[must_use]
    pub fn with_checks(
        self,
        context: &CheckContext<'_>,
        change: &Change,
        violations: &[Violation],
    ) -> Self {
        let impacts = impact(context, change);
        let mut rules = Vec::new();
        let mut checks = Vec::new();
        for agent in change.agents() {
            let plan = context.roster.plans.get(&agent);
            let set = plan.map_or(context.rules, |plan| context.rules_of(plan));
            for set in context.rule_sets_of(plan) {
                for (id, version) in set.parts() {
                    let used = RulesUsed { id, version };
                    if !rules.contains(&used) {
                        rules.push(used);
                    }
                }
            }
            let own = |rule: &RuleCode| !matches!(rule, RuleCode::Seats | RuleCode::Coverage);
            for &rule in RuleCode::ALL.iter().filter(|rule| own(rule)) {
                let severity = set.limits.severity(rule);
                let of_agent = violations.iter().filter(|it| it.rule == rule);
                let of_agent = of_agent.filter(|it| it.agent == Some(agent));
                let kept = kept(rule, agent, severity, context, &impacts);
                extend(&mut checks, kept, of_agent);
            }
        }
        for rule in [RuleCode::Seats, RuleCode::Coverage] {
            let severity = context.rules.limits.severity(rule);
            let kept = DecisionCheck {
                rule,
                agent: None,
                severity,
                passed: true,
                measured: None,
                limit: None,
                span: None,
            };
            extend(&mut checks, kept, violations.iter().filter(|it| it.rule == rule));
        }
        Self { rules, checks, impacts, ..self }
    }
}

/// What is broken, or that nothing is; nothing at all of a rule that is off.
fn extend<'a>(
    checks: &mut Vec<DecisionCheck>,
    kept: DecisionCheck,
    broken: impl Iterator<Item = &'a Violation>,
) {
    let before = checks.len();
    checks.extend(broken.map(|violation| DecisionCheck {
        rule: violation.rule,
        agent: violation.agent,
        severity: violation.severity,
        passed: violation.standing,
        measured: Some(violation.measured.clone()),
        limit: Some(violation.limit.clone()),
        span: Some(violation.span),
    }));
    if checks.len() == before && kept.severity != Severity::Off {
        checks.push(kept);
    }
}

/// Most hours of the contract in the first week of the window.
fn most_of_week(context: &CheckContext<'_>, plan: &AgentPlan) -> Option<i64> {
    let first = local_of_instant(context.roster.window.start(), &context.roster.zone).date();
    plan.contract_of_week(monday_of(first)).weekly_seconds.max
}

/// A kept rule, with its figure where it has a single one.
fn kept(
    rule: RuleCode,
    agent: AgentId,
    severity: Severity,
    context: &CheckContext<'_>,
    impacts: &[Impact],
) -> DecisionCheck {
    let of_agent = || impacts.iter().filter(|impact| impact.agent == agent && impact.comes);
    let plan = context.roster.plans.get(&agent);
    let limits = plan.map_or(&context.rules.limits, |plan| &context.rules_of(plan).limits);
    let paid = || of_agent().map(|impact| impact.paid_after_seconds).max();
    let (measured, limit) = match rule {
        RuleCode::MinRest => {
            let shortest = of_agent().filter_map(Impact::shortest_rest_seconds).min();
            (shortest, Some(limits.min_rest.limit))
        }
        RuleCode::PaidTimeWeek => (paid(), limits.paid_time_week.limit.max),
        RuleCode::ContractHours => (paid(), plan.and_then(|plan| most_of_week(context, plan))),
        _ => (None, None),
    };
    let both = measured.zip(limit);
    DecisionCheck {
        rule,
        agent: Some(agent),
        severity,
        passed: true,
        measured: both.map(|(measured, _)| Quantity::Seconds(measured)),
        limit: both.map(|(_, limit)| Quantity::Seconds(limit)),
        span: None,
    }
}
