//! What-if for one interval: what is asked, and what is answered.

use super::{
    Balance, Demand, GradeSplit, LineCheck, Model, Performance, Requirement, SeniorRule,
    StaffingError, StaffingPlan, Traffic, balance, check_lines, requirement::whole,
};

/// Telephone lines to check, and what else takes them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinesAsk {
    /// Lines at hand.
    pub lines: u32,
    /// Mean number of callers in the voice menu (IVR) at once.
    pub ivr_erlangs: f64,
    /// Share of the handle time with the caller on the line, 0 to 1.
    pub line_share: f64,
    /// Share of callers who may meet a busy tone, strictly between 0 and 1.
    pub max_blocking: f64,
}

/// How many of the agents must be seniors, and how many are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeniorsAsk {
    /// Least share of the agents who must be seniors, 0 to 1.
    pub share: f64,
    /// Least seniors wherever anybody is required, whatever the share.
    pub minimum: u32,
    /// Seniors among the agents; `None` = only the split is asked for.
    pub seniors: Option<u32>,
}

/// A what-if question about one interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntervalCheck {
    /// What arrives.
    pub demand: Demand,
    /// How the queue is staffed.
    pub plan: StaffingPlan,
    /// Agents on the phone to ask about, fractional where some are there for part of the interval;
    /// `None` = only what is required.
    pub agents: Option<f64>,
    /// Lines to check.
    pub lines: Option<LinesAsk>,
    /// Seniors to check.
    pub seniors: Option<SeniorsAsk>,
}

/// A requirement by grade of skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GradeCheck {
    /// The required agents by grade.
    pub split: GradeSplit,
    /// Seniors who are missing among the agents asked about, or among the required ones where none
    /// were; `None` when it was not said how many there are.
    pub missing: Option<u32>,
}

/// What one interval needs, and what the agents asked about would achieve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntervalAnswer {
    /// Formula.
    pub model: Model,
    /// What is required.
    pub needed: Requirement,
    /// What the agents asked about achieve.
    pub with_agents: Option<Performance>,
    /// The agents asked about against the requirement.
    pub balance: Option<Balance>,
    /// The lines as used by the agents asked about, or by the required ones where none were; `None`
    /// also when the queue grows for ever: then no lines are enough.
    pub lines: Option<LineCheck>,
    /// The requirement by grade.
    pub grades: Option<GradeCheck>,
}

impl IntervalCheck {
    /// Answers the question.
    ///
    /// # Errors
    /// [`StaffingError`] for figures out of range or a goal that no number of agents reaches.
    pub fn answer(&self) -> Result<IntervalAnswer, StaffingError> {
        let Self { demand, plan, agents, lines, seniors } = *self;
        let needed = plan.requirement(&demand)?;
        let with_agents = agents.map(|agents| plan.performance(&demand, agents)).transpose()?;
        let served = with_agents.unwrap_or(needed.performance);
        let lines = lines.map(|ask| self.check_lines(ask, &served)).transpose()?;
        // Agents who are there for part of an interval make a person of whom it is asked who it is.
        let there = agents.map_or(needed.on_phone, |agents| whole(agents.max(0.0).ceil()));
        let grades = seniors.map(|ask| ask.check(needed.on_phone, there)).transpose()?;
        Ok(IntervalAnswer {
            model: Model::for_patience(plan.patience_seconds),
            needed,
            with_agents,
            balance: agents.map(|agents| balance(needed.on_phone, agents)),
            lines: lines.flatten(),
            grades,
        })
    }

    /// The lines as so many agents use them; `None` where the queue grows for ever.
    fn check_lines(
        &self,
        ask: LinesAsk,
        served: &Performance,
    ) -> Result<Option<LineCheck>, StaffingError> {
        let LinesAsk { lines, ivr_erlangs, line_share, max_blocking } = ask;
        // Without calls only the voice menu takes lines; so does a queue of no traffic.
        let traffic = match self.demand.traffic(self.plan.patience_seconds)? {
            Some(traffic) => traffic,
            None => Traffic::new(0.0, self.demand.handle_seconds, None)?,
        };
        if served.mean_queue.finite().is_none() {
            return Ok(None);
        }
        check_lines(lines, traffic, served, line_share, ivr_erlangs, max_blocking).map(Some)
    }
}

impl SeniorsAsk {
    /// The split of `required` agents, and who is missing among those `there`.
    fn check(self, required: u32, there: u32) -> Result<GradeCheck, StaffingError> {
        let Self { share, minimum, seniors } = self;
        let rule = SeniorRule::new(share, minimum)?;
        let missing = seniors.map(|seniors| rule.seniors_missing(there, seniors));
        Ok(GradeCheck { split: rule.split(required), missing })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::{Goal, Shrinkage};

    /// 80 % in 20 s for so many calls of three minutes in half an hour.
    fn check(calls: f64) -> IntervalCheck {
        IntervalCheck {
            demand: Demand { calls, handle_seconds: 180.0, interval_seconds: 1800.0 },
            plan: StaffingPlan {
                goal: Goal::service_level(0.8, 20.0).expect("goal"),
                patience_seconds: None,
                minimum_agents: 0,
                shrinkage: Shrinkage::NONE,
            },
            agents: None,
            lines: None,
            seniors: None,
        }
    }

    const LINES: LinesAsk =
        LinesAsk { lines: 20, ivr_erlangs: 2.0, line_share: 1.0, max_blocking: 0.01 };

    #[test]
    fn agents_asked_about_are_set_against_the_required_ones() {
        let answer = check(100.0).answer().expect("answer");
        assert_eq!((answer.needed.on_phone, answer.with_agents, answer.balance), (14, None, None));
        let asked = IntervalCheck { agents: Some(12.5), ..check(100.0) };
        let answer = asked.answer().expect("answer");
        assert_eq!(answer.balance, Some(Balance { gap: 1.5, surplus: 0.0 }));
        let level = answer.with_agents.map(|it| it.service_level);
        assert!(level.is_some_and(|level| level < answer.needed.performance.service_level));
    }

    #[test]
    fn part_of_an_agent_is_a_person_when_seniors_are_counted() {
        let seniors = Some(SeniorsAsk { share: 0.25, minimum: 1, seniors: Some(3) });
        let grades = |agents| {
            let asked = IntervalCheck { agents: Some(agents), seniors, ..check(100.0) };
            asked.answer().expect("answer").grades.expect("grades")
        };
        // Of twelve three are enough, of thirteen they are one too few.
        assert_eq!((grades(12.0).missing, grades(12.5).missing), (Some(0), Some(1)));
        assert_eq!(grades(12.0).split, GradeSplit { general: 10, senior: 4 }, "of those required");
        let required = IntervalCheck { seniors, ..check(100.0) }.answer().expect("answer");
        assert_eq!(required.grades.and_then(|it| it.missing), Some(1), "of fourteen");
    }

    #[test]
    fn without_calls_only_the_voice_menu_takes_lines() {
        let asked = IntervalCheck { lines: Some(LINES), ..check(0.0) };
        let lines = asked.answer().expect("answer").lines.expect("lines");
        assert!((lines.expected_concurrent - 2.0).abs() < 1e-12, "{lines:?}");
    }

    #[test]
    fn a_queue_that_grows_for_ever_has_no_answer_about_lines() {
        let asked = IntervalCheck { lines: Some(LINES), ..check(100.0) };
        assert!(asked.answer().expect("answer").lines.is_some());
        let short = IntervalCheck { agents: Some(9.0), ..asked };
        assert_eq!(short.answer().expect("answer").lines, None);
    }
}
