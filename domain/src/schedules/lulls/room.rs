//! Where an activity has room, and what it costs there.

use std::cmp::Reverse;

use jiff::{Timestamp, tz::TimeZone};

use super::{
    super::{Activity, ActivityCategory, NewShift, Shift},
    LullPlace, Search,
};
use crate::{id::AgentId, time::Span};

/// Seconds between the starts that are tried, on the clock; beside them each start of a stretch.
const GRID_SECONDS: i64 = 300;

/// What is worse is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    pub(super) short_seconds: i64,
    /// Agent seconds above the requirement in the tightest interval; most where nothing is required.
    pub(super) spare: Reverse<i64>,
    pub(super) start: Timestamp,
}

/// A place that an agent has: in which shift of the plan, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) shift: usize,
    pub(super) span: Span,
    pub(super) cost: Cost,
}

impl Search<'_> {
    /// Where an agent is on queue within the windows for long enough, by the place of the shift.
    pub(super) fn stretches(&self, agent: AgentId) -> Vec<(usize, Span)> {
        let shifts = self.roster.plans.get(&agent).map_or(&[][..], |plan| plan.shifts.as_slice());
        let own = shifts.iter().enumerate().filter(|(_, it)| self.ask.shifts.contains(&it.id()));
        let mut found = Vec::new();
        for (at, shift) in own {
            let on_queue =
                shift.activities().iter().filter(|it| it.category == ActivityCategory::OnQueue);
            for activity in on_queue {
                let parts = self.ask.windows.iter().filter_map(|it| it.intersection(activity.span));
                let long = parts.filter(|part| part.seconds() >= self.ask.seconds);
                found.extend(long.map(|part| (at, part)));
            }
        }
        found
    }

    /// Times within a stretch at which the activity can be. A stretch that begins within a second, as
    /// one from now on does, is looked at from the next one on.
    pub(super) fn spans(&self, shift: &Shift, stretch: Span) -> Vec<Span> {
        let begun = i64::from(stretch.start().subsec_nanosecond() > 0);
        let (first, last) = (stretch.start().as_second() + begun, stretch.end().as_second());
        let aligned = first + (-first).rem_euclid(GRID_SECONDS);
        let grid = (aligned..=last - self.ask.seconds).step_by(GRID_SECONDS as usize);
        let starts = (aligned != first).then_some(first).into_iter().chain(grid);
        // Activities begin whole minutes after their shift.
        let begin = shift.span().start();
        let fits =
            |start: &i64| (start - begin.as_second()) % 60 == 0 && start + self.ask.seconds <= last;
        let at = |start: i64| Span::of_seconds(begin, start - begin.as_second()).end();
        let starts = starts.filter(fits);
        starts.map(|start| Span::of_seconds(at(start), self.ask.seconds)).collect()
    }

    /// What it costs that these are away from the queue at the same time.
    pub(super) fn cost(&self, away: &[(AgentId, &Shift)], span: Span) -> Cost {
        let mut cost = Cost { short_seconds: 0, spare: Reverse(i64::MAX), start: span.start() };
        let Some(coverage) = &self.coverage else { return cost };
        let step = i64::from(coverage.axis.step_seconds);
        for line in &coverage.lines {
            let counts = |(agent, shift): &&(AgentId, &Shift)| {
                self.roster.plans.get(agent).is_some_and(|plan| line.counts(plan, shift))
            };
            let people = i64::try_from(away.iter().filter(counts).count()).unwrap_or(i64::MAX);
            if people == 0 {
                continue;
            }
            for index in coverage.axis.indices(span) {
                let (Some(required), Some(staff)) =
                    (line.required.get(index), line.on_queue_seconds.get(index))
                else {
                    continue;
                };
                let part = coverage.axis.interval(index).intersection(span);
                let spare = i64::from(*staff) - i64::from(*required) * step;
                let left = spare - people * part.map_or(0, Span::seconds);
                cost.short_seconds += left.min(0).abs() - spare.min(0).abs();
                // As if they were away all the interval: a time that straddles two is no better.
                cost.spare = cost.spare.max(Reverse(spare - people * step));
            }
        }
        cost
    }

    /// The place of an agent at a spot; `None` when its shift cannot hold it.
    pub(super) fn at(&self, agent: AgentId, spot: Spot) -> Option<LullPlace> {
        let before = self.roster.plans.get(&agent)?.shifts.get(spot.shift)?.clone();
        let after = with_activity(&before, self.ask.category, spot.span, &self.roster.zone)?;
        let (short_seconds, spare_agents) = self.said(spot.cost);
        Some(LullPlace { before, after, span: spot.span, short_seconds, spare_agents })
    }

    /// What a cost says to a planner: agent seconds that are missing, and agents to spare.
    pub(super) fn said(&self, cost: Cost) -> (i64, Option<f64>) {
        let step = self.coverage.as_ref().map_or(1, |it| it.axis.step_seconds.max(1));
        let spare = (cost.spare.0 != i64::MAX).then(|| cost.spare.0 as f64 / f64::from(step));
        (cost.short_seconds, spare)
    }
}

/// The shift with an activity in one of its stretches on queue, paid like that; its version is one
/// more. `None` when no stretch holds all of it.
pub(super) fn with_activity(
    shift: &Shift,
    category: ActivityCategory,
    span: Span,
    zone: &TimeZone,
) -> Option<Shift> {
    let holds = |it: &Activity| it.category == ActivityCategory::OnQueue && it.span.covers(span);
    let at = shift.activities().iter().position(holds)?;
    let stretch = shift.activities()[at];
    let before = Span::new(stretch.span.start(), span.start())?;
    let after = Span::new(span.end(), stretch.span.end())?;
    let parts = [
        Activity { span: before, ..stretch },
        Activity { category, span, ..stretch },
        Activity { span: after, ..stretch },
    ];
    let mut activities = shift.activities().to_vec();
    activities.splice(at..=at, parts.into_iter().filter(|part| !part.span.is_empty()));
    let new = NewShift {
        id: shift.id(),
        agent: shift.agent(),
        site: shift.site(),
        span: shift.span(),
        activities,
        needs: shift.needs().to_vec(),
        version: shift.version().saturating_add(1),
    };
    Shift::new(new, zone).ok()
}
