use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{
    DecidedBy, Demand, Goal, Performance, Requirement, SeniorRule, Shrinkage, StaffingError,
    StaffingPlan,
};
use crate::{
    fault::{Fault, Rule},
    forecasting::model::ForecastPoint,
    network::{SeniorTerms, ServiceGoal, StaffingWeeks, goal_at},
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
    /// What differs by weekday and time of day.
    pub weeks: StaffingWeeks,
}

/// How a queue is staffed at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntervalTerms {
    /// Least agents on the phone while the queue is open.
    pub minimum_agents: u32,
    /// Share of rostered time not worked on the queue.
    pub shrinkage: f64,
    /// The part of it that no roster shows.
    pub unplanned_shrinkage: f64,
    /// How many must be seniors.
    pub seniors: Option<SeniorTerms>,
}

/// Seniors among the agents of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeededSeniors {
    /// Grade of the queue's skill from which on an agent is one.
    pub grade: u8,
    /// Those among the agents on the phone.
    pub on_phone: u32,
    /// Those among the agents to schedule.
    pub to_schedule: u32,
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
    /// How many of them must be seniors; `None` where the queue does not ask for any.
    pub seniors: Option<NeededSeniors>,
    /// What asks for so many; `None` where nobody is needed.
    pub decided_by: Option<DecidedBy>,
    /// Share of rostered time not worked on the queue that was counted with.
    pub shrinkage: f64,
    /// The part of it that no roster shows.
    pub unplanned_shrinkage: f64,
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

    /// How the queue is staffed at an instant: as its bands say, and as it is at all times where they say
    /// nothing. Where a band says only how much is shrunk in all, no more than that is unplanned.
    #[must_use]
    pub fn terms_at(&self, instant: Timestamp) -> IntervalTerms {
        let said = self.weeks.at(instant);
        // A share that means nothing is refused when it is used.
        let figure = |share: Decimal| f64::try_from(share).unwrap_or(f64::NAN);
        let shrinkage = said.shrinkage.map_or(self.shrinkage, figure);
        let part = || self.unplanned_shrinkage.min(shrinkage);
        IntervalTerms {
            minimum_agents: said.minimum_staff.map_or(self.minimum_agents, u32::from),
            shrinkage,
            unplanned_shrinkage: said.unplanned_shrinkage.map_or_else(part, figure),
            seniors: said.seniors,
        }
    }

    fn needed(&self, point: &ForecastPoint) -> Result<Needed, Fault> {
        let starts_at = point.span.start();
        let terms = self.terms_at(starts_at);
        let IntervalTerms { shrinkage, unplanned_shrinkage, .. } = terms;
        if point.volume <= 0.0 {
            return Ok(Needed {
                starts_at,
                on_phone: 0,
                on_roster: 0,
                to_schedule: 0,
                seniors: None,
                decided_by: None,
                shrinkage,
                unplanned_shrinkage,
                performance: Performance::IDLE,
            });
        }
        let refused = |rule| Fault::invalid("forecastId", rule);
        let goal = goal_at(&self.goals, starts_at).ok_or_else(|| refused(Rule::GoalOnAllDays))?;
        if goal.caps.max_abandonment.is_some() && self.patience_seconds.is_none() {
            return Err(refused(Rule::PatienceToAbandon));
        }
        let demand = Demand {
            calls: point.volume,
            handle_seconds: point.handle_time_seconds,
            interval_seconds: point.span.seconds() as f64,
        };
        let fault = |error: StaffingError| refused(error.rule());
        let least_seniors = terms.seniors.map_or(0, |it| u32::from(it.minimum));
        let Requirement { on_phone, on_roster, decided_by, performance } = self
            .plan(goal, terms.minimum_agents.max(least_seniors), shrinkage)
            .and_then(|plan| plan.requirement(&demand))
            .map_err(fault)?;
        let unplanned = Shrinkage::new(unplanned_shrinkage).map_err(fault)?;
        let seniors = terms.seniors.map(|it| needed_seniors(it, on_phone, unplanned));
        let by_seniors = least_seniors > terms.minimum_agents;
        Ok(Needed {
            starts_at,
            on_phone,
            on_roster,
            to_schedule: unplanned.on_roster(on_phone).map_err(fault)?,
            seniors: seniors.transpose().map_err(fault)?,
            decided_by: match decided_by {
                Some(DecidedBy::MinimumStaff) if by_seniors => Some(DecidedBy::Seniors),
                by => by,
            },
            shrinkage,
            unplanned_shrinkage,
            performance,
        })
    }

    fn plan(
        &self,
        goal: &ServiceGoal,
        minimum_agents: u32,
        shrinkage: f64,
    ) -> Result<StaffingPlan, StaffingError> {
        Ok(StaffingPlan {
            goal: Goal::of(goal)?,
            patience_seconds: self.patience_seconds,
            minimum_agents,
            shrinkage: Shrinkage::new(shrinkage)?,
        })
    }
}

/// The seniors among so many agents on the phone, and as many more as will be missing without notice.
fn needed_seniors(
    terms: SeniorTerms,
    on_phone: u32,
    unplanned: Shrinkage,
) -> Result<NeededSeniors, StaffingError> {
    let SeniorTerms { grade, share, minimum } = terms;
    let share = f64::try_from(share).unwrap_or(f64::NAN);
    let seniors = SeniorRule::new(share, u32::from(minimum))?.split(on_phone).senior;
    Ok(NeededSeniors { grade, on_phone: seniors, to_schedule: unplanned.on_roster(seniors)? })
}

#[cfg(test)]
mod tests;
