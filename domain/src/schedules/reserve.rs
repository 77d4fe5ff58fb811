//! The reserve of a site: who is called in, in which order, when agents are missing.

use jiff::Timestamp;

use super::{
    Activity, ActivityCategory, AgentPlan, Change, CheckContext, Coverage, Edit, NewShift,
    Severity, Shift, ShiftError, Violation, check, refuses,
};
use crate::{
    fault::{Fault, Rule},
    id::{AgentId, ShiftId, SiteId},
    time::{Span, local_of_instant},
};

/// Who comes when the time has begun starts whole steps of so many seconds after its begin.
const START_STEP: i64 = 300;

/// How an agent stands in the reserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReserveTerms {
    /// Who is called first has the least, from 1.
    pub call_order: u32,
    /// Seconds from the call to the first contact.
    pub reach_seconds: u32,
}

impl ReserveTerms {
    /// Reads what a planner says.
    ///
    /// # Errors
    /// INVALID_VALUE at `callOrder` unless it is 1 to 1000, and at `reachSeconds` unless they are at
    /// most a day, both below `path`.
    pub fn parse(path: &str, call_order: i32, reach_seconds: i32) -> Result<Self, Vec<Fault>> {
        let order = u32::try_from(call_order).ok().filter(|order| (1..=1000).contains(order));
        let reach = u32::try_from(reach_seconds).ok().filter(|reach| *reach <= 86_400);
        match (order, reach) {
            (Some(call_order), Some(reach_seconds)) => Ok(Self { call_order, reach_seconds }),
            _ => {
                let at = |field: &str, rule| Fault::invalid(&format!("{path}.{field}"), rule);
                let order = order.is_none().then(|| at("callOrder", Rule::Between(1, 1000)));
                let reach = reach.is_none().then(|| at("reachSeconds", Rule::Seconds(0, 86_400)));
                Err(order.into_iter().chain(reach).collect())
            }
        }
    }
}

/// When who is wanted.
#[derive(Debug, Clone, Copy)]
pub struct ReserveAsk<'a> {
    /// Where.
    pub site: SiteId,
    /// When agents are missing: a minute to a day.
    pub span: Span,
    /// The reserve, in any order.
    pub members: &'a [(AgentId, ReserveTerms)],
}

impl ReserveAsk<'_> {
    /// Shortest and longest time for which agents are called in, in seconds.
    pub const SECONDS: (i64, i64) = (60, 86_400);

    /// The time of so many seconds; `None` unless it lasts as long as [`Self::SECONDS`] says.
    #[must_use]
    pub fn time(start: Timestamp, seconds: i64) -> Option<Span> {
        let (least, most) = Self::SECONDS;
        (least..=most).contains(&seconds).then(|| Span::of_seconds(start, seconds))
    }
}

/// Why an agent is not called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotCalled {
    /// Has a shift then.
    WorksThen,
    /// Cannot be there before the time ends.
    TooLate,
    /// Nobody is missing whom the agent could stand in for, once those before are there.
    NotNeeded,
    /// A shift then would break a blocking rule.
    Refused(Vec<Violation>),
}

/// What is to be said of a member of the reserve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReserveCall {
    /// Who.
    pub agent: AgentId,
    /// How the agent stands in the reserve.
    pub terms: ReserveTerms,
    /// When the agent would be there if called now.
    pub arrives_at: Timestamp,
    /// The shift that was judged: from when the agent is wanted and there to the end of the time, longer
    /// where rules or contract ask for a longer shift. `None` for who works then or comes too late.
    pub span: Option<Span>,
    /// Why not; `None` = to be called.
    pub refusal: Option<NotCalled>,
    /// What a shift then would break without being refused.
    pub told: Vec<Violation>,
}

/// Who is to be called in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservePlan {
    /// All members, in the order of their calls.
    pub calls: Vec<ReserveCall>,
    /// Seconds of agents that are missing in the intervals which the time touches, summed over skills.
    pub missing_before_seconds: i64,
    /// The same once all who are to be called are there.
    pub missing_after_seconds: i64,
}

/// Asks the members of the reserve in their order; each is judged on the roster with those before in
/// it, as a shift on queue over what is left of the time once the agent is there, and no shorter than
/// rules and contract allow. Where nothing is required, everybody who may come is to be called: nobody
/// knows who is missing. `next_id` names the shifts that are judged.
///
/// # Errors
/// [`ShiftError`] when the time is no length of a shift.
pub fn reserve_calls(
    context: &CheckContext<'_>,
    ask: &ReserveAsk<'_>,
    mut next_id: impl FnMut() -> ShiftId,
) -> Result<ReservePlan, ShiftError> {
    let mut roster = context.roster.clone();
    let mut coverage = context.coverage.cloned();
    let mut sites = context.sites.to_vec();
    let missing = |coverage: &Option<Coverage>| {
        coverage.as_ref().map_or(0, |coverage| missing_seconds(coverage, ask.span))
    };
    let missing_before_seconds = missing(&coverage);
    let mut members = ask.members.to_vec();
    members.sort_by_key(|(agent, terms)| (terms.call_order, *agent));
    let mut calls = Vec::with_capacity(members.len());
    for (agent, terms) in members {
        let arrives_at = Span::of_seconds(context.now, terms.reach_seconds.into()).end();
        let told = Vec::new();
        let mut call = ReserveCall { agent, terms, arrives_at, span: None, refusal: None, told };
        let plan = roster.plans.get(&agent);
        if plan.is_some_and(|plan| plan.shifts.iter().any(|it| it.span().overlaps(ask.span))) {
            call.refusal = Some(NotCalled::WorksThen);
            calls.push(call);
            continue;
        }
        let Some(wanted) = wanted_of(ask.span, arrives_at) else {
            call.refusal = Some(NotCalled::TooLate);
            calls.push(call);
            continue;
        };
        let least = least_seconds(context, plan, wanted.start());
        let span = Span::of_seconds(wanted.start(), wanted.seconds().max(least));
        call.span = Some(span);
        let shift = shift_of(agent, (ask.site, span), next_id(), &roster.zone)?;
        let needed = match (context.coverage, &coverage, plan) {
            (Some(before), Some(coverage), Some(plan)) => {
                helps((before, coverage), plan, &shift, wanted)
            }
            _ => true,
        };
        if needed {
            let change = Change::edit(vec![Edit::Add(shift)]);
            let now = CheckContext {
                roster: &roster,
                coverage: coverage.as_ref(),
                sites: &sites,
                ..*context
            };
            let violations = check(&now, &change);
            if refuses(&violations) {
                call.refusal = Some(NotCalled::Refused(violations));
            } else {
                call.told = violations;
                if let Some(coverage) = &mut coverage {
                    coverage.apply(&roster, &change);
                }
                for site in &mut sites {
                    site.apply(&roster, &change);
                }
                roster.apply(&change);
            }
        } else {
            call.refusal = Some(NotCalled::NotNeeded);
        }
        calls.push(call);
    }
    Ok(ReservePlan { calls, missing_before_seconds, missing_after_seconds: missing(&coverage) })
}

/// What is left of the time for who arrives then; `None` when that is less than a minute.
fn wanted_of(span: Span, arrives_at: Timestamp) -> Option<Span> {
    let late = Span::new(span.start(), arrives_at).map_or(0, Span::seconds);
    let late = (late + START_STEP - 1) / START_STEP * START_STEP;
    let left = Span::new(Span::of_seconds(span.start(), late).end(), span.end())?;
    (left.seconds() >= 60).then_some(left)
}

/// The least length of a shift of the agent that begins then, by the rules and the contract.
fn least_seconds(context: &CheckContext<'_>, plan: Option<&AgentPlan>, start: Timestamp) -> i64 {
    let date = local_of_instant(start, &context.roster.zone).date();
    let own = plan.and_then(|plan| plan.rules_on(date));
    let rules = own.unwrap_or_else(|| context.rules_on(date));
    let rule = &rules.limits.shift_length;
    if rule.severity == Severity::Off {
        return 0;
    }
    let contract = plan.and_then(|plan| plan.contract_on(date).shift_seconds.min);
    rule.limit.min.max(contract).unwrap_or(0)
}

/// A paid shift on queue from begin to end.
fn shift_of(
    agent: AgentId,
    (site, span): (SiteId, Span),
    id: ShiftId,
    zone: &jiff::tz::TimeZone,
) -> Result<Shift, ShiftError> {
    let activities = vec![Activity { category: ActivityCategory::OnQueue, span, paid: true }];
    let new = NewShift { id, agent, site, span, activities, needs: Vec::new(), version: 1 };
    Shift::new(new, zone)
}

/// Seconds of agents that an interval of a line is short of.
fn short_of(coverage: &Coverage, line: usize, index: usize) -> i64 {
    let line = &coverage.lines[line];
    let step = i64::from(coverage.axis.step_seconds);
    let required = line.required.get(index).map_or(0, |agents| i64::from(*agents) * step);
    let staff = line.on_queue_seconds.get(index).map_or(0, |seconds| i64::from(*seconds));
    (required - staff).max(0)
}

/// Seconds of agents that are missing. Where a skill is short of agents and of seniors among them, who
/// comes as a senior is both: the greater of the two is missing.
fn missing_seconds(coverage: &Coverage, span: Span) -> i64 {
    let lines = &coverage.lines;
    let missing = |whole: usize, at: usize| {
        let counts = |place: &usize| {
            let of_skill = |place: usize| (lines[place].site, lines[place].skill);
            *place == whole || coverage.is_part(*place) && of_skill(*place) == of_skill(whole)
        };
        let short = (0..lines.len()).filter(counts).map(|place| short_of(coverage, place, at));
        short.max().unwrap_or(0)
    };
    let wholes = (0..lines.len()).filter(|place| !coverage.is_part(*place));
    let intervals = wholes.flat_map(|whole| coverage.axis.indices(span).map(move |at| (whole, at)));
    intervals.map(|(whole, at)| missing(whole, at)).sum()
}

/// Whether the shift of an agent counts where somebody is missing in the time that the agent is wanted.
/// Of an interval that this time only cuts, what was missing `before` outside of it does not count: no
/// shift of that time can give it.
fn helps(
    (before, coverage): (&Coverage, &Coverage),
    plan: &AgentPlan,
    shift: &Shift,
    wanted: Span,
) -> bool {
    let step = i64::from(coverage.axis.step_seconds.max(1));
    let lost = |line: usize, at: usize| {
        let within = coverage.axis.interval(at).intersection(wanted).map_or(0, Span::seconds);
        short_of(before, line, at) * (step - within) / step
    };
    let short = |line: usize| {
        let mut touched = coverage.axis.indices(wanted);
        coverage.lines[line].counts(plan, shift)
            && touched.any(|at| short_of(coverage, line, at) > lost(line, at))
    };
    (0..coverage.lines.len()).any(short)
}

#[cfg(test)]
mod tests;
