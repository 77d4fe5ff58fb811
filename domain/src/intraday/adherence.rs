use std::iter::Sum;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{AgentState, StateSpan};
use crate::{
    kpis::{Measure, MeasureSet, definition},
    schedules::{Activity, ActivityCategory},
    time::Span,
};

/// How plan and state fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Adherence {
    /// The state is the one that the plan asks for, or the deviation is short enough to forgive.
    In,
    /// It is another one.
    Out,
    /// Signed in while nothing is planned.
    Unscheduled,
    /// Something is planned and no state is known.
    Unknown,
}

/// A stretch of one adherence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdherenceSpan {
    /// How plan and state fit.
    pub adherence: Adherence,
    /// From when to when.
    pub span: Span,
}

/// Sums of a time. Sums of persons and of days add up, and percentages are ratios of sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AdherenceSeconds {
    /// Seconds in adherence.
    pub adherent: i64,
    /// Seconds planned of which the state is known.
    pub scheduled: i64,
    /// Seconds signed in without a plan.
    pub unscheduled: i64,
    /// Seconds planned of which no state is known.
    pub unknown: i64,
    /// Seconds planned for work, breaks and meals left out, of which the state is known.
    pub scheduled_work: i64,
    /// Seconds worked, whenever it was: on the queue at any time, and in an aux state while work away
    /// from the queue was planned.
    pub worked: i64,
}

/// Deviations up to this long are forgiven, per activity, when the tenant says nothing else (the
/// grace of two minutes of the catalogue's `schedule_adherence`).
const FORGIVENESS_SECONDS: i64 = 120;

/// Longest deviation that is forgiven: what the tenant says, an hour at most.
#[must_use]
pub fn forgiven_seconds(set: Option<i64>) -> i64 {
    set.unwrap_or(FORGIVENESS_SECONDS).clamp(0, 3600)
}

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
    forgiveness_seconds: i64,
) -> Vec<AdherenceSpan> {
    let present = |activity: &&Activity| activity.category.is_presence();
    let mut borders: Vec<Timestamp> = plan
        .iter()
        .map(|activity| activity.span)
        .chain(states.iter().map(|state| state.span))
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
    /// Sums of what [`compare`] finds, and of work whenever it was done.
    #[must_use]
    pub fn of(
        window: Span,
        plan: &[Activity],
        states: &[StateSpan],
        forgiveness_seconds: i64,
    ) -> Self {
        let mut sums = Self::default();
        for part in compare(window, plan, states, forgiveness_seconds) {
            let seconds = part.span.seconds();
            match part.adherence {
                Adherence::In => {
                    sums.adherent += seconds;
                    sums.scheduled += seconds;
                }
                Adherence::Out => sums.scheduled += seconds,
                Adherence::Unscheduled => sums.unscheduled += seconds,
                Adherence::Unknown => sums.unknown += seconds,
            }
        }
        let within = |a: Span, b: Span| a.intersection(b)?.intersection(window).map(Span::seconds);
        for state in states {
            if state.state.is_on_queue() {
                sums.worked += within(state.span, window).unwrap_or(0);
            }
            for activity in plan.iter().filter(|it| it.category.counts_as_work()) {
                let Some(seconds) = within(state.span, activity.span) else { continue };
                sums.scheduled_work += seconds;
                if activity.category != ActivityCategory::OnQueue && state.state == AgentState::Aux
                {
                    sums.worked += seconds;
                }
            }
        }
        sums
    }

    /// The KPI `schedule_adherence` in percent, at most 100; `None` while nothing was planned.
    #[must_use]
    pub fn adherence(&self) -> Option<Decimal> {
        let parts = [("adherent_seconds", self.adherent), ("scheduled_seconds", self.scheduled)];
        percent("schedule_adherence", parts)
    }

    /// The KPI `schedule_conformance` in percent, which may exceed 100; `None` while no work was
    /// planned.
    #[must_use]
    pub fn conformance(&self) -> Option<Decimal> {
        let parts =
            [("worked_seconds", self.worked), ("scheduled_work_seconds", self.scheduled_work)];
        percent("schedule_conformance", parts)
    }
}

/// A KPI by the formula of the catalogue.
fn percent(code: &str, parts: [(&str, i64); 2]) -> Option<Decimal> {
    let mut sums = MeasureSet::default();
    for (name, seconds) in parts {
        sums.set(Measure::named(name)?, seconds.into());
    }
    definition(code)?.value(&sums)
}

impl Sum for AdherenceSeconds {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |a, b| Self {
            adherent: a.adherent + b.adherent,
            scheduled: a.scheduled + b.scheduled,
            unscheduled: a.unscheduled + b.unscheduled,
            unknown: a.unknown + b.unknown,
            scheduled_work: a.scheduled_work + b.scheduled_work,
            worked: a.worked + b.worked,
        })
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

    fn told(states: &[StateSpan]) -> Vec<String> {
        compare(minutes(0, 240), &plan(), states, FORGIVENESS_SECONDS)
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
        assert_eq!(told(&states), ["Out 60-75", "In 75-180", "Unscheduled 180-200"]);
    }

    #[test]
    fn a_deviation_of_two_minutes_is_forgiven_and_one_of_three_is_not() {
        let states = [
            state(AgentState::Available, 60, 102),
            state(AgentState::Aux, 102, 113),
            state(AgentState::Available, 113, 180),
        ];
        assert_eq!(told(&states), ["In 60-110", "Out 110-113", "In 113-180"]);
    }

    #[test]
    fn a_silent_feed_makes_planned_time_unknown_not_out() {
        let states = [state(AgentState::Available, 60, 90)];
        assert_eq!(told(&states), ["In 60-90", "Unknown 90-180"]);
        let sums = AdherenceSeconds::of(minutes(0, 240), &plan(), &states, 0);
        assert_eq!((sums.adherent, sums.scheduled, sums.unknown), (1800, 1800, 5400));
        assert_eq!((sums.worked, sums.scheduled_work), (1800, 1800));
    }

    #[test]
    fn a_late_start_made_up_for_at_the_end_is_full_conformance_and_not_full_adherence() {
        let states = [
            state(AgentState::SignedOut, 0, 75),
            state(AgentState::Available, 75, 100),
            state(AgentState::Aux, 100, 110),
            state(AgentState::Talking, 110, 195),
            state(AgentState::SignedOut, 195, 240),
        ];
        let sums = AdherenceSeconds::of(minutes(0, 240), &plan(), &states, FORGIVENESS_SECONDS);
        assert_eq!(sums.conformance(), Some(Decimal::ONE_HUNDRED));
        assert_eq!(sums.adherence(), Some(Decimal::new(875, 1)));
    }

    #[test]
    fn training_is_worked_in_an_aux_state_and_a_break_is_not() {
        let plan = [
            (ActivityCategory::Training, 60, 90),
            (ActivityCategory::Meal, 90, 120),
            (ActivityCategory::OnQueue, 120, 180),
        ]
        .map(|(category, from, to)| Activity {
            category,
            span: minutes(from, to),
            paid: true,
        });
        let states = [state(AgentState::Aux, 60, 120), state(AgentState::Available, 120, 180)];
        let sums = AdherenceSeconds::of(minutes(0, 240), &plan, &states, 0);
        assert_eq!((sums.worked, sums.scheduled_work), (90 * 60, 90 * 60));
        assert_eq!((sums.adherent, sums.scheduled), (120 * 60, 120 * 60));
    }

    #[test]
    fn the_percentages_are_those_of_the_catalogue() {
        // Worked examples WE072, WE074, WE075 and WE164.
        let of =
            |adherent, scheduled| AdherenceSeconds { adherent, scheduled, ..Default::default() };
        assert_eq!(of(25_920, 28_800).adherence(), Some(Decimal::from(90)));
        assert_eq!(of(0, 0).adherence(), None);
        assert_eq!(of(0, 0).conformance(), None);
        let both: AdherenceSeconds = [of(27_360, 28_800), of(10_800, 14_400)].into_iter().sum();
        let shown = both.adherence().map(|percent| percent.round_dp(4));
        assert_eq!(shown, Some(Decimal::new(883_333, 4)));
    }

    #[test]
    fn only_what_lies_in_the_window_counts() {
        let states = [state(AgentState::Available, 0, 240)];
        let sums = AdherenceSeconds::of(minutes(70, 90), &plan(), &states, 0);
        assert_eq!((sums.adherent, sums.scheduled, sums.unscheduled), (1200, 1200, 0));
        assert_eq!((sums.worked, sums.scheduled_work), (1200, 1200));
    }
}
