//! `SEATS`: agents present against the seats of a site.

use std::collections::BTreeMap;

use super::super::{
    Change, CheckContext, Quantity, Roster, RuleCode, SeatCount, Severity, SiteLimits, Violation,
    ViolationCause, ViolationParam,
    applied::{Applied, apply},
};
use crate::{
    id::{AgentId, SiteId},
    time::Span,
};

/// Intervals of the roster as it stands that have more people than seats, of those that these rules
/// are `here` for.
pub(in super::super) fn standing(
    context: &CheckContext<'_>,
    here: &dyn Fn(Span) -> bool,
) -> Vec<Violation> {
    let severity = context.rules.limits.seats.severity;
    let sites = context.sites.iter().filter(|_| severity != Severity::Off);
    let of_site = |limits: &SiteLimits| {
        let Some(seats) = &limits.seats else { return Vec::new() };
        let all = seats.taken.iter().copied().map(i64::from).enumerate();
        let all = all.filter(|(index, _)| here(seats.axis.interval(*index))).collect::<Vec<_>>();
        over(&all, limits, seats, severity, ViolationCause::Edit, None)
    };
    sites.flat_map(of_site).collect()
}

/// Intervals that have more people than seats because the change adds somebody, of those that these
/// rules are `here` for.
pub(in super::super) fn made(
    context: &CheckContext<'_>,
    states: &[Applied<'_>],
    cause: ViolationCause,
    here: &dyn Fn(Span) -> bool,
) -> Vec<Violation> {
    let severity = context.rules.limits.seats.severity;
    let sites = context.sites.iter().filter(|_| severity != Severity::Off);
    let of_site = |limits: &SiteLimits| {
        let Some(seats) = &limits.seats else { return Vec::new() };
        let (changes, blamed) = changes_of(seats, limits.site, states);
        let added = changes.into_iter().filter(|(_, change)| *change > 0);
        let added = added.filter(|(index, _)| here(seats.axis.interval(*index)));
        let after = added.filter_map(|(index, change)| {
            Some((index, i64::from(*seats.taken.get(index)?) + change))
        });
        over(&after.collect::<Vec<_>>(), limits, seats, severity, cause, blamed)
    };
    sites.flat_map(of_site).collect()
}

/// People that each touched interval gains, and the first agent who comes.
fn changes_of(
    seats: &SeatCount,
    site: SiteId,
    states: &[Applied<'_>],
) -> (BTreeMap<usize, i64>, Option<AgentId>) {
    let mut changes: BTreeMap<usize, i64> = BTreeMap::new();
    let mut blamed = None;
    for state in states {
        let moved = state.gone().map(|shift| (shift, -1));
        let moved = moved.chain(state.come().map(|shift| (shift, 1)));
        for (shift, sign) in moved.filter(|(shift, _)| shift.site() == site) {
            if sign > 0 {
                blamed = blamed.or(Some(state.plan.agent));
            }
            for index in shift.presence().map(|it| seats.axis.indices(it)).unwrap_or_default() {
                *changes.entry(index).or_default() += sign;
            }
        }
    }
    (changes, blamed)
}

impl SiteLimits {
    /// Carries a change into the seats taken, as [`Roster::apply`] does into the roster: ask with
    /// the roster as it stands before.
    pub fn apply(&mut self, roster: &Roster, change: &Change) {
        let Some(seats) = &mut self.seats else { return };
        let states = apply(roster, change);
        let (changes, _) = changes_of(seats, self.site, &states);
        for (index, change) in changes {
            if let Some(taken) = seats.taken.get_mut(index) {
                *taken = u32::try_from(i64::from(*taken) + change).unwrap_or(0);
            }
        }
    }
}

/// One violation for each run of intervals with too many people for the same seats, with the figure
/// of its worst.
fn over(
    taken: &[(usize, i64)],
    limits: &SiteLimits,
    seats: &SeatCount,
    severity: Severity,
    cause: ViolationCause,
    agent: Option<AgentId>,
) -> Vec<Violation> {
    let most = |index: usize| seats.seats.get(index).copied().flatten().map(i64::from);
    let over = taken.iter().filter_map(|(index, taken)| {
        let most = most(*index).filter(|most| taken > most)?;
        Some((*index, *taken, most))
    });
    let over: Vec<_> = over.collect();
    let runs = over.chunk_by(|one, next| one.0 + 1 == next.0 && one.2 == next.2);
    let violations = runs.filter_map(|run| {
        let worst = run.iter().map(|(_, taken, _)| *taken).max()?;
        let (first, last, most) = (run.first()?.0, run.last()?.0, run.first()?.2);
        let (start, end) = (seats.axis.interval(first), seats.axis.interval(last));
        Some(Violation {
            rule: RuleCode::Seats,
            severity,
            agent,
            span: Span::new(start.start(), end.end())?,
            measured: Quantity::Agents(worst),
            limit: Quantity::Agents(most),
            cause,
            standing: false,
            shortfall: false,
            excess: worst - most,
            params: vec![ViolationParam::Site(limits.site)],
        })
    });
    violations.collect()
}

#[cfg(test)]
mod tests {
    use crate::schedules::{
        Change, Edit, IntervalAxis, RuleCode, SeatCount, SiteLimits,
        sample::{World, agent, said, site},
    };

    #[test]
    fn the_third_person_on_two_seats_is_told() {
        let mut world = World::march().only(RuleCode::Seats);
        let axis =
            IntervalAxis { start: world.at("2026-03-04T00:00"), step_seconds: 3600, len: 24 };
        let mut taken = vec![0; 24];
        taken[9..13].fill(2);
        let seats = Some(SeatCount { axis, seats: vec![Some(2); 24], taken });
        world.sites = vec![SiteLimits { site: site(1), open: None, seats }];
        world.plan(3);
        assert!(world.judge().is_empty());
        let after = world.shift(3, "2026-03-04T13:00", 4.0);
        assert!(world.check(&Change::edit(vec![Edit::Add(after)])).is_empty());
        let during = world.shift(3, "2026-03-04T12:30", 4.0);
        let found = world.check(&Change::edit(vec![Edit::Add(during)]));
        assert_eq!(said(&found), ["SEATS BLOCKING EDIT 3 agents / 2 agents"]);
        assert_eq!(found[0].span, world.span("2026-03-04T12:00", "2026-03-04T13:00"));
        assert_eq!(found[0].agent, Some(agent(3)));

        let mut site = world.sites[0].clone();
        let whole = world.shift(3, "2026-03-04T12:30", 4.0);
        site.apply(&world.roster, &Change::edit(vec![Edit::Add(whole)]));
        let taken = site.seats.expect("there").taken;
        assert_eq!(taken[11..18], [2, 3, 1, 1, 1, 1, 0]);
    }

    #[test]
    fn a_day_with_fewer_seats_is_told_by_its_own_limit() {
        let mut world = World::march().only(RuleCode::Seats);
        let axis =
            IntervalAxis { start: world.at("2026-03-04T00:00"), step_seconds: 12 * 3600, len: 6 };
        let seats = vec![Some(2), Some(2), Some(1), Some(1), None, None];
        let seats = Some(SeatCount { axis, seats, taken: vec![3; 6] });
        world.sites = vec![SiteLimits { site: site(1), open: None, seats }];
        let found = world.judge();
        assert_eq!(
            said(&found),
            ["SEATS BLOCKING EDIT 3 agents / 2 agents", "SEATS BLOCKING EDIT 3 agents / 1 agent"]
        );
        assert_eq!(found[1].span, world.span("2026-03-05T00:00", "2026-03-06T00:00"));
    }
}
