use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Demand, Goal, Performance, Requirement, Shrinkage, StaffingError, StaffingPlan};
use crate::{
    fault::{Fault, Rule},
    forecasting::model::ForecastPoint,
    network::{ServiceGoal, goal_at},
};

/// By which formula agents are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Callers give up when their patience ends.
    ErlangA,
    /// Callers wait for ever.
    ErlangC,
}

impl Model {
    /// The formula for a queue.
    #[must_use]
    pub const fn for_patience(patience_seconds: Option<f64>) -> Self {
        if patience_seconds.is_some() { Self::ErlangA } else { Self::ErlangC }
    }

    /// Stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ErlangA => "ERLANG_A",
            Self::ErlangC => "ERLANG_C",
        }
    }
}

/// How a queue is staffed over time.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuePlan {
    /// Service-level goals, in any order.
    pub goals: Vec<ServiceGoal>,
    /// Mean patience of callers in seconds; `None` when it is not known.
    pub patience_seconds: Option<f64>,
    /// Least agents on the phone while the queue is open.
    pub minimum_agents: u32,
    /// Share of rostered time not worked on the queue, 0 to below 1.
    pub shrinkage: f64,
    /// The part of it that no roster shows (sickness, lateness), 0 to below 1.
    pub unplanned_shrinkage: f64,
}

/// Agents needed in one interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Needed {
    /// First instant of the interval.
    pub starts_at: Timestamp,
    /// Agents on the phone.
    pub on_phone: u32,
    /// Agents on the roster.
    pub on_roster: u32,
    /// Agents to schedule for the queue: `on_phone`, and as many as will be missing without notice.
    pub to_schedule: u32,
    /// What so many on the phone achieve.
    pub performance: Performance,
}

impl QueuePlan {
    /// Agents needed in each interval of a forecast, by the goal that is in force when it starts.
    /// An interval without any calls is a closed one and needs nobody, whatever the minimum.
    ///
    /// # Errors
    /// A fault at `forecastId` that says what is wrong with the settings of the queue.
    pub fn requirement(&self, points: &[ForecastPoint]) -> Result<Vec<Needed>, Fault> {
        points.iter().map(|point| self.needed(point)).collect()
    }

    fn needed(&self, point: &ForecastPoint) -> Result<Needed, Fault> {
        let starts_at = point.span.start();
        if point.volume <= 0.0 {
            let performance = Performance::IDLE;
            return Ok(Needed {
                starts_at,
                on_phone: 0,
                on_roster: 0,
                to_schedule: 0,
                performance,
            });
        }
        let goal = goal_at(&self.goals, starts_at)
            .ok_or_else(|| Fault::invalid("forecastId", Rule::GoalOnAllDays))?;
        let demand = Demand {
            calls: point.volume,
            handle_seconds: point.handle_time_seconds,
            interval_seconds: point.span.seconds() as f64,
        };
        let fault = |error: StaffingError| Fault::invalid("forecastId", error.rule());
        let Requirement { on_phone, on_roster, performance } =
            self.plan(goal).and_then(|plan| plan.requirement(&demand)).map_err(fault)?;
        let to_schedule = Shrinkage::new(self.unplanned_shrinkage)
            .and_then(|unplanned| unplanned.on_roster(on_phone))
            .map_err(fault)?;
        Ok(Needed { starts_at, on_phone, on_roster, to_schedule, performance })
    }

    fn plan(&self, goal: &ServiceGoal) -> Result<StaffingPlan, StaffingError> {
        let share = f64::try_from(goal.service_level / Decimal::ONE_HUNDRED).unwrap_or(f64::NAN);
        Ok(StaffingPlan {
            goal: Goal::service_level(share, f64::from(goal.threshold_seconds))?,
            patience_seconds: self.patience_seconds,
            minimum_agents: self.minimum_agents,
            shrinkage: Shrinkage::new(self.shrinkage)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{forecasting::quantiles::Quantiles, time::Span};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("instant")
    }

    fn plan() -> QueuePlan {
        QueuePlan {
            goals: vec![ServiceGoal::usual(at("2026-01-01T00:00:00Z"))],
            patience_seconds: None,
            minimum_agents: 2,
            shrinkage: 0.3,
            unplanned_shrinkage: 0.08,
        }
    }

    fn points(volumes: &[f64]) -> Vec<ForecastPoint> {
        volumes
            .iter()
            .zip(0..)
            .map(|(volume, slot)| ForecastPoint {
                span: Span::of_seconds(
                    at("2026-11-10T02:00:00Z") + jiff::SignedDuration::from_mins(30 * slot),
                    1800,
                ),
                volume: *volume,
                quantiles: Quantiles::default(),
                handle_time_seconds: 198.0,
            })
            .collect()
    }

    #[test]
    fn the_promotion_day_needs_so_many_on_the_phone_and_on_the_roster() {
        let needed = plan().requirement(&points(&[180.0, 198.0, 189.0, 171.0])).expect("agents");
        let agents: Vec<_> = needed.iter().map(|it| (it.on_phone, it.on_roster)).collect();
        assert_eq!(agents, [(24, 35), (26, 38), (25, 36), (23, 33)]);
    }

    #[test]
    fn so_many_more_are_scheduled_as_will_be_missing_without_notice() {
        let needed = plan().requirement(&points(&[180.0, 198.0, 189.0, 171.0])).expect("agents");
        let agents: Vec<_> = needed.iter().map(|it| it.to_schedule).collect();
        // 24, 26, 25 and 23 on the phone by 0.92; 23 / 0.92 is exactly 25.
        assert_eq!(agents, [27, 29, 28, 25]);
    }

    #[test]
    fn the_minimum_holds_while_open_and_nobody_is_needed_while_closed() {
        let needed = plan().requirement(&points(&[0.01, 0.0])).expect("agents");
        assert_eq!((needed[0].on_phone, needed[1].on_phone), (2, 0));
    }

    #[test]
    fn a_queue_without_goal_is_told_so() {
        let plan = QueuePlan { goals: Vec::new(), ..plan() };
        assert_eq!(plan.requirement(&points(&[10.0])).expect_err("no goal").path, ["forecastId"]);
    }
}
