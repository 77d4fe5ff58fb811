//! What a roster achieves and what it leaves undone, in the words of those who plan.

use serde::{Deserialize, Serialize};

use super::{
    cover::Balance,
    explain::{Missing, Unmet, explain},
    fixed_shifts::fixed_shifts,
    headcount::HeadcountReport,
    plan::Plan,
    problem::{Day, Problem, ProblemError},
    search::Found,
    task::Prepared,
};
use crate::{
    id::{AgentId, QueueId},
    schedules::{RuleCode, ViolationCause},
    time::Span,
};

/// What a generated roster achieves beside fixed shifts of the same agents, and what it leaves
/// undone. Kept with the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Rounds of improvement that were done.
    pub rounds: u64,
    /// What the roster achieves.
    pub roster: Work,
    /// What [`fixed_shifts`] would achieve, by the same rules, contracts and requirement.
    pub fixed_shifts: Work,
    /// The same by queue, in the order of the requirement. Its sums are those of the whole.
    pub queues: Vec<QueueWork>,
    /// First the weeks in which nothing is required, neighbours joined; then hours that contracts ask
    /// for and nobody can work, by agent and week; then missing cover, the largest gap first.
    pub shortfalls: Vec<Shortfall>,
    /// Headcounts and wishes beside the roster; `None` where it was made by the requirement.
    #[serde(default)]
    pub headcounts: Option<HeadcountReport>,
}

/// Work of a roster against the requirement, in seconds of agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Work {
    /// On queue, as required.
    pub required_seconds: u64,
    /// Required and not there.
    pub uncovered_seconds: u64,
    /// There and not required.
    pub surplus_seconds: u64,
    /// Paid, on queue or not.
    pub paid_seconds: u64,
}

impl Work {
    /// Covered part of what is required, in percent; `None` when nothing is.
    #[must_use]
    pub fn covered_percent(&self) -> Option<f64> {
        covered(self.required_seconds, self.uncovered_seconds)
    }
}

fn covered(required: u64, uncovered: u64) -> Option<f64> {
    let there = required.saturating_sub(uncovered) as f64;
    (required > 0).then(|| 100.0 * there / required as f64)
}

/// Work of one queue, in seconds of agents. Agents with several skills count for one queue at a
/// time, where they save most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueWork {
    /// Which queue.
    pub queue: QueueId,
    /// On queue, as required.
    pub required_seconds: u64,
    /// Required and not there.
    pub uncovered_seconds: u64,
    /// Required and not there with fixed shifts.
    pub fixed_uncovered_seconds: u64,
}

impl QueueWork {
    /// Covered part of what is required, in percent; `None` when nothing is.
    #[must_use]
    pub fn covered_percent(&self) -> Option<f64> {
        covered(self.required_seconds, self.uncovered_seconds)
    }

    /// The same with fixed shifts.
    #[must_use]
    pub fn fixed_covered_percent(&self) -> Option<f64> {
        covered(self.required_seconds, self.fixed_uncovered_seconds)
    }

    /// Adds another need of the queue.
    fn add(&mut self, other: &Self) {
        self.required_seconds += other.required_seconds;
        self.uncovered_seconds += other.uncovered_seconds;
        self.fixed_uncovered_seconds += other.fixed_uncovered_seconds;
    }
}

/// Something that the roster does not do, and the rule that stands in the way of most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortfall {
    /// What is missing.
    pub lack: Lack,
    /// When: the weeks without a requirement, the week that is short of hours, or the span that is
    /// short of agents.
    pub span: Span,
    /// Paid seconds, or seconds of agents on queue, that are missing; 0 where nobody knows what is.
    pub missing_seconds: u64,
    /// The rule that stands in the way; [`RuleCode::Coverage`] where there is nothing to cover.
    pub rule: RuleCode,
    /// What made it so, where that is known.
    pub cause: Option<ViolationCause>,
}

/// What a shortfall is short of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Lack {
    /// A requirement: on these days no queue wants anybody, so the contracts alone say who works how
    /// much, and nothing when.
    Requirement,
    /// Hours of a contract.
    Hours {
        /// Whose.
        agent: AgentId,
    },
    /// Agents on queue.
    Cover {
        /// On which.
        queue: QueueId,
        /// Grade of its skill from which on agents would do, where not every grade does.
        #[serde(default)]
        grade: Option<u8>,
        /// Most agents missing at once, rounded up.
        agents: u32,
        /// How many agents each rule keeps from helping in the worst moment, most first.
        held_back: Vec<(RuleCode, u32)>,
    },
}

impl Prepared {
    /// Measures a roster that the search found, measures fixed shifts beside it, and explains what
    /// is left undone.
    ///
    /// # Errors
    /// [`ProblemError`] when the parts of the problem do not fit each other.
    pub fn report(&self, found: &Found) -> Result<Report, ProblemError> {
        self.report_of_days(found, self.problem.days.len())
    }

    /// The same of the first `days` days alone, where those after them were only looked at because
    /// what stands there bounds them.
    ///
    /// # Errors
    /// [`ProblemError`] when the parts of the problem do not fit each other.
    pub fn report_of_days(&self, found: &Found, days: usize) -> Result<Report, ProblemError> {
        let problem = self.problem.until(days);
        let fixed = fixed_shifts(&problem)?.until(days);
        let mut unmet = explain(&problem, &found.plan)?;
        let last = problem.week_of(days.saturating_sub(1));
        unmet.retain(|unmet| !matches!(unmet.what, Missing::Hours { week, .. } if week > last));
        let plan = found.plan.until(days);
        let mut shortfalls = self.without_requirement(&problem, days);
        shortfalls.extend(unmet.into_iter().map(|unmet| self.shortfall(unmet)));
        Ok(Report {
            rounds: found.iterations,
            roster: self.work(&problem.balance(&plan), &plan),
            fixed_shifts: self.work(&problem.balance(&fixed), &fixed),
            queues: self.by_queue(&problem, &plan, &fixed),
            shortfalls,
            headcounts: None,
        })
    }

    /// Weeks of the first `days` days in which nothing is required, neighbours joined.
    fn without_requirement(&self, problem: &Problem, days: usize) -> Vec<Shortfall> {
        let wanted = |day: &Day| {
            let slots = day.first as usize..day.end as usize;
            let mut needs = problem.needs.iter().filter_map(|need| need.get(slots.clone()));
            needs.any(|need| need.iter().any(|agents| *agents > 0))
        };
        let of_days = &problem.days[..days.min(problem.days.len())];
        let mut weeks = vec![false; problem.week_of(of_days.len().saturating_sub(1)) + 1];
        let mut week = 0;
        for (day, of) in of_days.iter().enumerate() {
            week += usize::from(day > 0 && of.starts_week);
            weeks[week] |= wanted(of);
        }
        let mut spans: Vec<(usize, Span)> = Vec::new();
        for week in weeks.iter().enumerate().filter(|(_, wanted)| !**wanted).map(|(week, _)| week) {
            let span = self.week(week);
            match spans.last_mut() {
                Some((last, joined)) if *last + 1 == week => {
                    *last = week;
                    *joined = Span::new(joined.start(), span.end()).unwrap_or(span);
                }
                _ => spans.push((week, span)),
            }
        }
        let told = spans.into_iter().map(|(_, span)| Shortfall {
            lack: Lack::Requirement,
            span,
            missing_seconds: 0,
            rule: RuleCode::Coverage,
            cause: None,
        });
        told.collect()
    }

    fn by_queue(&self, problem: &Problem, plan: &Plan, fixed: &Plan) -> Vec<QueueWork> {
        let balances = problem.balance_by_queue(plan).into_iter();
        let balances = balances.zip(problem.balance_by_queue(fixed));
        let mut works: Vec<QueueWork> = Vec::new();
        for (&queue, (ours, theirs)) in self.queues.iter().zip(balances) {
            let part = QueueWork {
                queue,
                required_seconds: self.seconds(ours.needed),
                uncovered_seconds: self.seconds(ours.missing),
                fixed_uncovered_seconds: self.seconds(theirs.missing),
            };
            // What a queue needs of several grades are needs of their own.
            match works.iter_mut().find(|work| work.queue == queue) {
                Some(work) => work.add(&part),
                None => works.push(part),
            }
        }
        works
    }

    fn work(&self, balance: &Balance, plan: &Plan) -> Work {
        Work {
            required_seconds: self.seconds(balance.needed),
            uncovered_seconds: self.seconds(balance.missing),
            surplus_seconds: self.seconds(balance.surplus),
            paid_seconds: plan.paid_minutes(&self.problem) * 60,
        }
    }

    /// Seconds of agents in hundredths of an agent × slots.
    fn seconds(&self, work: u64) -> u64 {
        work * u64::from(self.calendar.slot_seconds) / 100
    }

    fn shortfall(&self, unmet: Unmet) -> Shortfall {
        let Unmet { what, rule, cause, held_back } = unmet;
        let (lack, span, missing_seconds) = match what {
            Missing::Hours { agent, week, minutes } => {
                let lack = Lack::Hours { agent: self.agents[agent].0 };
                (lack, self.week(week), u64::from(minutes) * 60)
            }
            Missing::Cover { queue, from, to, work, peak } => {
                let grade = self.skills[queue].map(|need| need.grade).filter(|grade| *grade > 1);
                let (queue, agents) = (self.queues[queue], peak.div_ceil(100));
                let lack = Lack::Cover { queue, grade, agents, held_back };
                (lack, self.calendar.span(from, to), self.seconds(work))
            }
        };
        Shortfall { lack, span, missing_seconds, rule, cause }
    }

    /// The planned days of a week of the problem.
    fn week(&self, week: usize) -> Span {
        let days = &self.calendar.days;
        let mut number = 0;
        let of_day = days.iter().enumerate().map(|(day, of)| {
            number += usize::from(day > 0 && of.starts_week);
            (number, of)
        });
        let mut in_week = of_day.filter(|(number, _)| *number == week).map(|(_, day)| day);
        let first = in_week.next();
        let last = in_week.last().or(first);
        let border = |slot: Option<u32>| slot.unwrap_or_default();
        self.calendar.span(border(first.map(|it| it.first)), border(last.map(|it| it.end)))
    }
}

#[cfg(test)]
mod tests;
