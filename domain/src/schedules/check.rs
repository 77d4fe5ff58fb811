//! The only judge of a roster.

use std::cmp::Reverse;

use super::{
    AgentPlan, Change, CheckContext, Quantity, RuleCode, Severity, Violation, ViolationCause,
    applied::{Applied, apply},
    horizon::Horizon,
    rules::{self, AgentView, Finding},
};
use crate::{id::AgentId, time::Span};

/// Judges the roster that a change leads to.
///
/// Looks at the whole final roster of every agent that the change touches, with the history before
/// the window, and at the intervals of requirement and seats whose staff changes. An empty change
/// judges the roster as it stands: all agents, all intervals. New violations come first, heaviest
/// first; [`Violation::standing`] marks those that the change neither makes nor worsens,
/// and those that a recorded override lets stand.
///
/// Steps about shifts that are not there change nothing. An agent whom the roster does not hold
/// cannot be judged and is refused as `CROSS_SITE`.
#[must_use]
pub fn check(context: &CheckContext<'_>, change: &Change) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (window, context) in context.pieces(change) {
        violations.extend(check_piece(&context, window, change));
    }
    except(context.excepted, &mut violations);
    violations.sort_by(|a, b| {
        let weight =
            |it: &Violation| (it.standing, Reverse(it.severity), it.span, it.rule, it.agent);
        weight(a).cmp(&weight(b))
    });
    violations
}

/// Marks what recorded overrides let stand. Each explains at most one violation, and sooner one that
/// stands anyway: two where one was let pass is worse. Of several that would do, that of the very time or
/// else the smallest one is taken, so that a greater one is left for what needs it.
fn except(recorded: &[Violation], violations: &mut [Violation]) {
    let mut left: Vec<&Violation> = recorded.iter().collect();
    for standing in [true, false] {
        for violation in violations.iter_mut().filter(|it| it.standing == standing) {
            let covering = left.iter().enumerate().filter(|(_, it)| it.covers(violation));
            let nearest = covering.min_by_key(|(_, it)| (it.span != violation.span, it.excess));
            if let Some(place) = nearest.map(|(place, _)| place) {
                left.swap_remove(place);
                violation.standing = true;
            }
        }
    }
}

/// Judges what begins in a piece of the window by the rules that hold there.
fn check_piece(context: &CheckContext<'_>, window: Span, change: &Change) -> Vec<Violation> {
    let roster = context.roster;
    let horizon = Horizon::new(roster, window);
    let mut violations = Vec::new();
    let cause = change.origin.cause();
    let here = |span: Span| window == roster.window || begins_in(span, roster.window, window);
    if change.is_empty() {
        for plan in roster.plans.values() {
            let state = Applied::unchanged(plan);
            let view = AgentView::before(context, &horizon, &state);
            violations.extend(judge(&view, cause));
        }
        violations.extend(rules::coverage::standing(context, &here));
        violations.extend(rules::seats::standing(context, &here));
    } else {
        let states = apply(roster, change);
        for agent in change.agents() {
            match states.iter().find(|state| state.plan.agent == agent) {
                Some(state) => violations.extend(judge_agent(context, &horizon, state, change)),
                None if window.start() == roster.window.start() => {
                    violations.push(outside(agent, roster.window, change));
                }
                None => {}
            }
        }
        violations.extend(rules::coverage::made(context, &states, cause, &here));
        violations.extend(rules::seats::made(context, &states, cause, &here));
    }
    violations
}

/// Whether the part of `span` that lies in the whole window begins in this piece of it.
pub(super) fn begins_in(span: Span, whole: Span, piece: Span) -> bool {
    let begin = span.start().max(whole.start());
    span.overlaps(whole) && piece.start() <= begin && begin < piece.end()
}

/// Violations of one agent after the change, those of before marked as standing.
fn judge_agent(
    context: &CheckContext<'_>,
    horizon: &Horizon<'_>,
    state: &Applied<'_>,
    change: &Change,
) -> Vec<Violation> {
    let cause = change.origin.cause();
    let mut after = judge(&AgentView::after(context, horizon, state), cause);
    if after.is_empty() {
        return Vec::new();
    }
    let mut before = judge(&AgentView::before(context, horizon, state), cause);
    for violation in &mut after {
        // Each one that stood explains at most one that stands: two where there was one is worse.
        if let Some(same) = before.iter().position(|earlier| earlier.covers(violation)) {
            before.swap_remove(same);
            violation.standing = true;
        }
    }
    after
}

/// Runs every rule that is on.
fn judge(view: &AgentView<'_>, origin: ViolationCause) -> Vec<Violation> {
    let mut violations = Vec::new();
    for &(rule, find) in rules::OF_AN_AGENT {
        let severity = view.limits.severity(rule);
        if severity == Severity::Off {
            continue;
        }
        for finding in find(view) {
            let (whole, piece) = (view.context.roster.window, view.horizon.window);
            if begins_in(finding.concerns, whole, piece) {
                violations.push(violation(view, rule, severity, finding, origin));
            }
        }
    }
    violations
}

fn violation(
    view: &AgentView<'_>,
    rule: RuleCode,
    severity: Severity,
    finding: Finding,
    origin: ViolationCause,
) -> Violation {
    let Finding { span, concerns, measured, limit, excess, shortfall, cause, params } = finding;
    let from_history = Span::new(concerns.start(), view.context.roster.window.start())
        .is_some_and(|before| view.works_in(before));
    Violation {
        rule,
        severity: if shortfall { severity.of_shortfall() } else { severity },
        agent: Some(view.plan.agent),
        span,
        measured,
        limit,
        cause: cause.unwrap_or(if from_history { ViolationCause::History } else { origin }),
        standing: false,
        shortfall,
        excess,
        params,
    }
}

/// Nobody can say whether an agent who is not in the roster may work in it.
fn outside(agent: AgentId, window: Span, change: &Change) -> Violation {
    Violation {
        rule: RuleCode::CrossSite,
        severity: Severity::Blocking,
        agent: Some(agent),
        span: window,
        measured: Quantity::Agents(0),
        limit: Quantity::Agents(1),
        cause: change.origin.cause(),
        standing: false,
        shortfall: false,
        excess: 1,
        params: Vec::new(),
    }
}

impl<'a> AgentView<'a> {
    fn before(
        context: &'a CheckContext<'a>,
        horizon: &'a Horizon<'a>,
        state: &'a Applied<'a>,
    ) -> Self {
        let plan: &AgentPlan = state.plan;
        let shifts = plan.shifts.iter();
        Self::new(context, horizon, plan, shifts, &plan.time_off, &plan.availability, &[])
    }

    fn after(
        context: &'a CheckContext<'a>,
        horizon: &'a Horizon<'a>,
        state: &'a Applied<'a>,
    ) -> Self {
        let shifts = state.shifts.iter().map(|shift| &**shift);
        Self::new(
            context,
            horizon,
            state.plan,
            shifts,
            &state.time_off,
            state.availability,
            &state.touched,
        )
    }
}

#[cfg(test)]
mod tests;
