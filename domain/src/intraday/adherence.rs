use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AgentState, StateSpan};
use crate::{
    schedules::{Activity, ActivityCategory},
    time::Span,
};

/// How plan and state fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Adherence {
    /// The state is the one that the plan asks for, or the deviation is short enough to forgive.
    In,
    /// It is another one.
    Out,
    /// Signed in while nothing is planned.
    Unscheduled,
    /// Something is planned and no state is known.
    Unknown,
    /// A deviation that was explained and accepted.
    Explained,
}

/// A stretch of one adherence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdherenceSpan {
    /// How plan and state fit.
    pub adherence: Adherence,
    /// From when to when.
    pub span: Span,
}

/// Sums of a time; the KPI is 100 × adherent / scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AdherenceSeconds {
    /// Seconds in adherence, explained ones among them.
    pub adherent: i64,
    /// Seconds planned of which the state is known.
    pub scheduled: i64,
    /// Seconds signed in without a plan.
    pub unscheduled: i64,
    /// Seconds planned of which no state is known.
    pub unknown: i64,
}

/// Deviations up to this long are forgiven, per activity, when the tenant says nothing else.
pub const FORGIVENESS_SECONDS: i64 = 120;

/// Whether a state is what an activity asks for.
#[must_use]
pub const fn fits(category: ActivityCategory, state: AgentState) -> bool {
    match category {
        ActivityCategory::OnQueue => state.is_on_queue(),
        ActivityCategory::Break | ActivityCategory::Meal => !state.is_on_queue(),
        ActivityCategory::Meeting | ActivityCategory::Training | ActivityCategory::OffQueueWork => {
            matches!(state, AgentState::Aux)
        }
        ActivityCategory::TimeOff | ActivityCategory::Unavailable => {
            matches!(state, AgentState::SignedOut)
        }
    }
}

/// Compares plan and states inside `window`. Parts with neither plan nor sign-in are left out.
///
/// `plan` and `states` are in order and free of overlap. A stretch OUT of at most
/// `forgiveness_seconds` within one activity counts as IN.
#[must_use]
pub fn compare(
    window: Span,
    plan: &[Activity],
    states: &[StateSpan],
    explained: &[Span],
    forgiveness_seconds: i64,
) -> Vec<AdherenceSpan> {
    let present = |activity: &&Activity| activity.category.is_presence();
    let mut borders: Vec<Timestamp> = plan
        .iter()
        .map(|activity| activity.span)
        .chain(states.iter().map(|state| state.span))
        .chain(explained.iter().copied())
        .flat_map(|span| [span.start(), span.end()])
        .filter(|border| window.contains(*border))
        .chain([window.start(), window.end()])
        .collect();
    borders.sort_unstable();
    borders.dedup();

    // Stretches with the index of their activity: forgiving looks at one activity at a time.
    let mut parts: Vec<(Option<usize>, AdherenceSpan)> = Vec::new();
    for pair in borders.windows(2) {
        let Some(span) = Span::new(pair[0], pair[1]) else { continue };
        let planned = plan.iter().position(|it| present(&it) && it.span.contains(span.start()));
        let state = states.iter().find(|it| it.span.contains(span.start())).map(|it| it.state);
        let adherence = match (planned.and_then(|index| plan.get(index)), state) {
            (Some(activity), Some(state)) if fits(activity.category, state) => Adherence::In,
            (Some(_), _) if explained.iter().any(|it| it.covers(span)) => Adherence::Explained,
            (Some(_), Some(_)) => Adherence::Out,
            (Some(_), None) => Adherence::Unknown,
            (None, Some(AgentState::SignedOut) | None) => continue,
            (None, Some(_)) => Adherence::Unscheduled,
        };
        push(&mut parts, planned, AdherenceSpan { adherence, span });
    }
    let mut joined = Vec::new();
    for (_, mut part) in parts {
        if part.adherence == Adherence::Out && part.span.seconds() <= forgiveness_seconds {
            part.adherence = Adherence::In;
        }
        push(&mut joined, None, part);
    }
    joined.into_iter().map(|(_, part)| part).collect()
}

/// Appends a part, joined with the one before when nothing tells them apart.
fn push(
    parts: &mut Vec<(Option<usize>, AdherenceSpan)>,
    activity: Option<usize>,
    part: AdherenceSpan,
) {
    if let Some((before, last)) = parts.last_mut()
        && *before == activity
        && last.adherence == part.adherence
        && last.span.end() == part.span.start()
        && let Some(span) = Span::new(last.span.start(), part.span.end())
    {
        last.span = span;
    } else {
        parts.push((activity, part));
    }
}

impl AdherenceSeconds {
    /// Sums stretches.
    #[must_use]
    pub fn of(parts: &[AdherenceSpan]) -> Self {
        let mut sums = Self::default();
        for part in parts {
            let seconds = part.span.seconds();
            match part.adherence {
                Adherence::In | Adherence::Explained => {
                    sums.adherent += seconds;
                    sums.scheduled += seconds;
                }
                Adherence::Out => sums.scheduled += seconds,
                Adherence::Unscheduled => sums.unscheduled += seconds,
                Adherence::Unknown => sums.unknown += seconds,
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(from: i64, to: i64) -> Span {
        Span::of_seconds(Timestamp::from_second(from * 60).expect("instant"), (to - from) * 60)
    }

    fn state(state: AgentState, from: i64, to: i64) -> StateSpan {
        StateSpan { state, reason: None, span: minutes(from, to) }
    }

    /// On the queue from 60 to 180 with a break from 100 to 110.
    fn plan() -> Vec<Activity> {
        [
            (ActivityCategory::OnQueue, 60, 100),
            (ActivityCategory::Break, 100, 110),
            (ActivityCategory::OnQueue, 110, 180),
        ]
        .map(|(category, from, to)| Activity { category, span: minutes(from, to), paid: true })
        .into()
    }

    fn told(states: &[StateSpan], explained: &[Span]) -> Vec<String> {
        compare(minutes(0, 240), &plan(), states, explained, FORGIVENESS_SECONDS)
            .iter()
            .map(|part| {
                let minute = |at: Timestamp| at.as_second() / 60;
                let (from, to) = (minute(part.span.start()), minute(part.span.end()));
                format!("{:?} {from}-{to}", part.adherence)
            })
            .collect()
    }

    #[test]
    fn a_late_start_is_out_and_work_after_the_end_is_unscheduled() {
        let states = [
            state(AgentState::SignedOut, 0, 75),
            state(AgentState::Available, 75, 100),
            state(AgentState::Aux, 100, 110),
            state(AgentState::Talking, 110, 200),
            state(AgentState::SignedOut, 200, 240),
        ];
        assert_eq!(told(&states, &[]), ["Out 60-75", "In 75-180", "Unscheduled 180-200"]);
        assert_eq!(told(&states, &[minutes(50, 75)])[0], "Explained 60-75");
    }

    #[test]
    fn a_deviation_of_two_minutes_is_forgiven_and_one_of_three_is_not() {
        let states = [
            state(AgentState::Available, 60, 102),
            state(AgentState::Aux, 102, 113),
            state(AgentState::Available, 113, 180),
        ];
        assert_eq!(told(&states, &[]), ["In 60-110", "Out 110-113", "In 113-180"]);
    }

    #[test]
    fn a_silent_feed_makes_planned_time_unknown_not_out() {
        let states = [state(AgentState::Available, 60, 90)];
        assert_eq!(told(&states, &[]), ["In 60-90", "Unknown 90-180"]);
        let sums = AdherenceSeconds::of(&compare(minutes(0, 240), &plan(), &states, &[], 0));
        assert_eq!((sums.adherent, sums.scheduled, sums.unknown), (1800, 1800, 5400));
    }
}
