//! Agents needed in an interval.

use super::{DecidedBy, Goal, Performance, Shrinkage, StaffingError, Traffic, error::at_least};

/// What a forecast says of one queue in one interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// Calls offered in the interval; may be fractional.
    pub calls: f64,
    /// Mean handle time in seconds.
    pub handle_seconds: f64,
    /// Length of the interval in seconds.
    pub interval_seconds: f64,
}

impl Demand {
    /// The offered traffic, with patience where it is known; `None` without calls.
    ///
    /// # Errors
    /// [`StaffingError::OutOfRange`] for figures that are negative, not finite or too large.
    pub fn traffic(&self, patience_seconds: Option<f64>) -> Result<Option<Traffic>, StaffingError> {
        let calls = at_least("calls", self.calls, 0.0)?;
        let interval = super::error::positive("interval_seconds", self.interval_seconds)?;
        if calls == 0.0 {
            return Ok(None);
        }
        let erlangs = calls * self.handle_seconds / interval;
        Traffic::new(erlangs, self.handle_seconds, patience_seconds).map(Some)
    }
}

/// How a queue is staffed: the same for all its intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StaffingPlan {
    /// Limits to keep.
    pub goal: Goal,
    /// Mean patience of callers in seconds; `None` when it is not known (Erlang C).
    pub patience_seconds: Option<f64>,
    /// Least agents on the phone, also without calls.
    pub minimum_agents: u32,
    /// Share of rostered time in which agents cannot take calls.
    pub shrinkage: Shrinkage,
}

/// Agents needed in one interval, and what they achieve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Requirement {
    /// Agents on the phone.
    pub on_phone: u32,
    /// Agents on the roster, so that after shrinkage `on_phone` remain.
    pub on_roster: u32,
    /// What asks for so many; `None` where nobody is required.
    pub decided_by: Option<DecidedBy>,
    /// Long-run performance with `on_phone` agents.
    pub performance: Performance,
}

impl StaffingPlan {
    /// The requirement of one interval. Without calls it is the minimum.
    ///
    /// # Errors
    /// [`StaffingError`] for figures out of range or a goal that no number of agents reaches.
    pub fn requirement(&self, demand: &Demand) -> Result<Requirement, StaffingError> {
        let traffic = demand.traffic(self.patience_seconds)?;
        let needed = traffic.map_or(Ok(0), |traffic| required_agents(traffic, &self.goal))?;
        let on_phone = needed.max(self.minimum_agents);
        let decided_by = if self.minimum_agents > needed {
            Some(DecidedBy::MinimumStaff)
        } else {
            traffic.and_then(|traffic| decider(traffic, &self.goal, needed))
        };
        Ok(Requirement {
            on_phone,
            on_roster: self.shrinkage.on_roster(on_phone)?,
            decided_by,
            performance: traffic.map_or(Performance::IDLE, |traffic| {
                traffic.performance(f64::from(on_phone), self.goal.threshold_seconds())
            }),
        })
    }

    /// What `agents` on the phone (fractional where some are there for part of the interval) would
    /// achieve with this demand: the question behind a what-if and a plan check.
    ///
    /// # Errors
    /// [`StaffingError`] for figures out of range.
    pub fn performance(&self, demand: &Demand, agents: f64) -> Result<Performance, StaffingError> {
        let traffic = demand.traffic(self.patience_seconds)?;
        Ok(traffic.map_or(Performance::IDLE, |traffic| {
            traffic.performance(agents, self.goal.threshold_seconds())
        }))
    }
}

/// Least number of agents whose performance keeps `goal`.
///
/// Every limit gets easier with each agent more, so the least number is found by bracketing and
/// bisection.
///
/// # Errors
/// [`StaffingError::EmptyGoal`] when no limit is set, [`StaffingError::Unreachable`] when more
/// agents than a `u32` holds would be needed.
pub fn required_agents(traffic: Traffic, goal: &Goal) -> Result<u32, StaffingError> {
    if goal.is_empty() {
        return Err(StaffingError::EmptyGoal);
    }
    let threshold = goal.threshold_seconds();
    let meets = |agents: u32| goal.is_met_by(&traffic.performance(f64::from(agents), threshold));
    least_near(traffic.erlangs(), meets).ok_or(StaffingError::Unreachable)
}

/// Which limit asks for the last of `needed` agents: one that a single agent fewer would break. Each
/// limit gets easier with each agent more, so that one alone asks for all of them.
fn decider(traffic: Traffic, goal: &Goal, needed: u32) -> Option<DecidedBy> {
    let fewer = needed.checked_sub(1)?;
    let broken =
        || goal.broken_by(&traffic.performance(f64::from(fewer), goal.threshold_seconds()));
    goal.only().or_else(broken)
}

/// The least number of agents or lines that `holds`, sought from where it is likely: by
/// square-root staffing (Halfin & Whitt 1981) it lies within a few √a of a.
pub(super) fn least_near(erlangs: f64, holds: impl Fn(u32) -> bool) -> Option<u32> {
    let spread = erlangs.sqrt();
    least_that(whole(erlangs + 0.5 * spread), whole(spread / 4.0).max(1), holds)
}

/// The least number that `holds`, for a property that every larger number then has too: strides
/// of growing length from `guess` until the edge lies between two numbers, then halving.
fn least_that(guess: u32, mut stride: u32, holds: impl Fn(u32) -> bool) -> Option<u32> {
    let (mut low, mut high);
    if holds(guess) {
        high = guess;
        loop {
            if high == 0 {
                return Some(0);
            }
            low = high.saturating_sub(stride);
            if !holds(low) {
                break;
            }
            high = low;
            stride = stride.saturating_mul(2);
        }
    } else {
        low = guess;
        loop {
            if low == u32::MAX {
                return None;
            }
            high = low.saturating_add(stride);
            if holds(high) {
                break;
            }
            low = high;
            stride = stride.saturating_mul(2);
        }
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// A number of agents from a number that is not negative.
pub(super) fn whole(value: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and the cast saturates"
    )]
    let whole = value as u32;
    whole
}

#[cfg(test)]
#[path = "requirement_tests.rs"]
mod tests;
