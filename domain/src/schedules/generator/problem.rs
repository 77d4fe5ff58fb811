//! A roster problem in its compact form: slots instead of instants, terms instead of rule sets.
//!
//! A slot is an equal piece of real time (often 15 minutes). Days are ranges of slots, so a day of
//! 23 or 25 hours is simply shorter or longer; wall time appears only in [`Day::wall`].

use std::ops::Range;

use super::{
    block::Block,
    cover::{Balance, Cover},
    plan::{Placed, Plan},
    queue_set::{MAX_QUEUES, QueueSet},
    seating::Room,
    start_pattern::WeekBand,
    template::Template,
};
use crate::schedules::whole_shifts;

/// A slot, counted from the start of the first day.
pub type Slot = u32;

/// Most breaks and meals in one shift.
pub const MAX_PAUSES: usize = 6;

/// Everything that the generator looks at.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The days to plan, in order and without gap.
    pub days: Vec<Day>,
    /// For each queue the agents wanted on it in each slot, in hundredths; all queues alike long.
    /// Slots after the end count nothing.
    pub needs: Vec<Vec<u32>>,
    /// Agents already on queue by shifts that are not planned here.
    pub carried: Vec<Carried>,
    /// Where seats are counted; none where there are always enough.
    pub rooms: Vec<Room>,
    /// What contracts and work rules allow; agents point here.
    pub terms: Vec<Terms>,
    /// Whom to plan.
    pub agents: Vec<Agent>,
    /// What the search weighs against each other.
    pub weights: Weights,
}

/// Agents on queue by shifts that are not planned here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Queues that they can serve.
    pub covers: QueueSet,
    /// How many there are in each slot. May be shorter than the need.
    pub agents: Vec<u16>,
}

/// A local day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// First slot of the day.
    pub first: Slot,
    /// First slot after it.
    pub end: Slot,
    /// Slot of each step of the wall clock from midnight on. A step that the clocks skip maps
    /// forward, one that they repeat to its first occurrence.
    pub wall: Vec<Slot>,
    /// Whether a week starts with it. The first day of a problem starts one in any case.
    pub starts_week: bool,
    /// Whether it belongs to a weekend.
    pub weekend: bool,
}

/// What the contract and the work rules of an agent allow. Limits are never exceeded.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Shifts that may be worked.
    pub templates: Vec<Template>,
    /// Least slots between two shifts.
    pub min_rest: u32,
    /// Most working days in a row, at least 1.
    pub max_run: u8,
    /// Most working days in a week.
    pub max_days_week: u8,
    /// Least slots of the longest rest inside each week of seven days.
    pub weekly_rest: Option<u32>,
    /// Most steps of the wall clock by which starts on consecutive days differ.
    pub max_start_change: Option<u32>,
    /// Most night shifts in a week.
    pub max_nights_week: Option<u8>,
    /// Most weekends with work in a row.
    pub max_weekends: Option<u8>,
    /// What is usual where the contract is not part-time: shorter days, more of them and days off
    /// that stand alone are no limit, but cost. `None` where short days are what it is for.
    pub usual: Option<UsualDay>,
}

/// Usual days of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsualDay {
    /// Paid minutes.
    pub paid_minutes: u16,
    /// How many there are in a week.
    pub days: u8,
}

/// An agent to plan.
#[derive(Debug, Clone)]
pub struct Agent {
    /// Index into [`Problem::terms`].
    pub terms: usize,
    /// Index into [`Problem::rooms`]; `None` where there is always a seat.
    pub room: Option<usize>,
    /// Queues that the agent can serve on each day: one for all days where they are always the same,
    /// none where they are all queues. An agent serves one queue at a time.
    pub covers: Vec<QueueSet>,
    /// Paid minutes of each week of the problem.
    pub weeks: Vec<Quota>,
    /// Slots that no shift may touch, each with what bars it; they may overlap.
    pub blocked: Vec<Block>,
    /// Slots for which the site closes within its day, as for lunch: a shift may hold them where a meal
    /// lies over all of them.
    pub closures: Vec<Range<Slot>>,
    /// Where the shifts of each week start, and how long they are (fixed, flexible and rotating
    /// patterns). Weeks that are not there have no such borders.
    pub bands: Vec<Option<WeekBand>>,
    /// Days that the pattern keeps free: no shift starts on them but those that are kept or held.
    pub days_off: Vec<usize>,
    /// Shifts that stay as they are.
    pub kept: Vec<Kept>,
    /// Shifts in whose place only others like them can be worked.
    pub held: Vec<Held>,
    /// Days on which no shift starts but those that are kept or held.
    pub closed: Vec<usize>,
    /// What was worked before the first day.
    pub history: History,
}

/// A shift that stays as it is. Its template tells its length and has its pauses where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Day on which it counts.
    pub day: usize,
    /// Index into the templates of the agent's terms.
    pub template: u16,
    /// Wall-clock step of its start.
    pub step: u16,
    /// Slot of its start.
    pub start: Slot,
}

/// A shift in whose place only others like it can be worked: one of them, or it itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// As it stands.
    pub shift: Kept,
    /// Whether the others start at the same step of the wall clock.
    pub starts: bool,
    /// Whether the others have the same paid minutes.
    pub paid_time: bool,
}

/// Paid minutes and working days of one week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// As few as this are wanted; fewer only when nothing else is legal, and then reported.
    pub min_minutes: u16,
    /// Never more than this.
    pub max_minutes: u16,
    /// Never more working days than this.
    pub max_days: u8,
}

/// What was worked before the first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct History {
    /// End of the last shift in slots from the first day, usually negative. `None`: long ago.
    pub last_end: Option<i32>,
    /// Wall-clock step of its start on its day.
    pub last_start: u16,
    /// Days worked in a row up to the first day.
    pub run: u8,
    /// Weekends with work in a row up to the first day.
    pub weekends_in_row: u8,
    /// Weekend days worked lately: who worked more of them gets fewer now.
    pub weekend_days: u16,
    /// Night shifts worked lately.
    pub nights: u16,
}

/// What the search weighs against each other. One agent missing in one slot is 100 hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// Cost of each missing hundredth.
    pub under: i32,
    /// Cost of each missing hundredth, times the share of the need that is missing.
    pub under_share: i32,
    /// Cost of each hundredth too many.
    pub over: i32,
    /// Cost of the square of the weekend days and of the nights of an agent.
    pub unfair: i32,
    /// Cost of each minute that a week stays below its quota.
    pub missing_minute: i32,
    /// Cost of the first hour by which a shift starts away from the others of its week; hours farther
    /// away cost more. All that a shift can cost who works it (this and what follows) is less than what
    /// it saves where it fills a gap, so that people come after cover and before surplus.
    pub apart_hour: i32,
    /// Cost of each paid hour by which a shift is shorter than a usual day.
    pub short_hour: i32,
    /// Cost of each working day of a week above the usual ones.
    pub extra_day: i32,
    /// Cost of each day off between two working days.
    pub lone_day_off: i32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            under: 6,
            under_share: 12,
            over: 2,
            unfair: 60,
            missing_minute: 3000,
            apart_hour: 100,
            short_hour: 450,
            extra_day: 900,
            lone_day_off: 300,
        }
    }
}

/// Why something is not a problem that can be solved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemError {
    /// There is no day, or days do not follow each other.
    #[error("day {day} does not follow the one before")]
    Days {
        /// Index of the day.
        day: usize,
    },
    /// There are no queues, too many, or some that are not alike long.
    #[error("{queues} queues: there must be 1 to {MAX_QUEUES}, with a need for the same slots")]
    Queues {
        /// How many there are.
        queues: usize,
    },
    /// The agent points to terms, a room, templates or days that are not there.
    #[error("agent {agent} has terms, a room, templates or days that are not there")]
    Terms {
        /// Index of the agent.
        agent: usize,
    },
    /// The agent has not one quota for each week, or a quota contradicts itself.
    #[error("agent {agent} needs one quota with least ≤ most for each of {weeks} weeks")]
    Weeks {
        /// Index of the agent.
        agent: usize,
        /// Weeks of the problem.
        weeks: usize,
    },
    /// A template is empty, starts outside the day, or its pauses cannot be placed.
    #[error("template {template} of terms {terms} cannot be worked by its own rules")]
    Template {
        /// Index of the terms.
        terms: usize,
        /// Index of the template.
        template: usize,
    },
    /// Terms need more states than fit: too many different paid lengths.
    #[error("terms {terms} allow too many different week sums")]
    TooManySums {
        /// Index of the terms.
        terms: usize,
    },
    /// Headcounts that cannot be planned.
    #[error("headcounts: {0}")]
    Headcounts(#[from] whole_shifts::ProblemError),
}

impl Problem {
    /// Number of weeks, the first and last of which may be partial.
    #[must_use]
    pub fn weeks(&self) -> usize {
        self.days.iter().skip(1).filter(|day| day.starts_week).count() + 1
    }

    /// The week in which a day lies.
    pub(super) fn week_of(&self, day: usize) -> usize {
        self.days.iter().take(day + 1).skip(1).filter(|day| day.starts_week).count()
    }

    /// Paid minutes of an agent's line in each week.
    #[must_use]
    pub fn week_minutes(&self, agent: usize, line: &[Option<Placed>]) -> Vec<u32> {
        let templates = &self.terms[self.agents[agent].terms].templates;
        let mut minutes = vec![0; self.weeks()];
        let mut week = 0;
        for (day, placed) in line.iter().enumerate() {
            week += usize::from(day > 0 && self.days[day].starts_week);
            if let Some(placed) = placed {
                minutes[week] += u32::from(templates[usize::from(placed.template)].paid_minutes);
            }
        }
        minutes
    }

    /// The balance of a roster over all queues.
    #[must_use]
    pub fn balance(&self, plan: &Plan) -> Balance {
        Cover::of(self, plan).balance()
    }

    /// The balance of each queue when agents are shared among queues at the least cost. Agents on
    /// queue who can serve none are in no balance.
    #[must_use]
    pub fn balance_by_queue(&self, plan: &Plan) -> Vec<Balance> {
        Cover::of(self, plan).by_queue()
    }

    /// The same with a need on its first `days` days alone.
    pub(super) fn until(&self, days: usize) -> Self {
        let end = self.days.iter().take(days).map(|day| day.end as usize).max().unwrap_or(0);
        let mut until = self.clone();
        until.needs.iter_mut().for_each(|need| need.truncate(end));
        until
    }

    /// Slots for which there is a need.
    pub(super) fn slots(&self) -> usize {
        self.needs.first().map_or(0, Vec::len)
    }

    /// Checks that indices and counts fit each other.
    ///
    /// # Errors
    /// [`ProblemError`] names the first part that does not.
    pub fn validate(&self) -> Result<(), ProblemError> {
        if self.days.is_empty() {
            return Err(ProblemError::Days { day: 0 });
        }
        for (day, pair) in self.days.windows(2).enumerate() {
            if pair[0].end != pair[1].first {
                return Err(ProblemError::Days { day: day + 1 });
            }
        }
        let queues = self.needs.len();
        let alike = self.needs.iter().all(|need| need.len() == self.slots());
        if !(1..=MAX_QUEUES).contains(&queues) || !alike {
            return Err(ProblemError::Queues { queues });
        }
        let steps = self.days.iter().map(|day| day.wall.len()).min().unwrap_or(0);
        for (terms, of) in self.terms.iter().enumerate() {
            for (template, shift) in of.templates.iter().enumerate() {
                let inside = shift.starts.iter().all(|&start| usize::from(start) < steps);
                if !inside || shift.length == 0 || super::breaks::any_layout(shift).is_none() {
                    return Err(ProblemError::Template { terms, template });
                }
            }
        }
        let weeks = self.weeks();
        for (index, agent) in self.agents.iter().enumerate() {
            let templates = self.terms.get(agent.terms).map_or(0, |terms| terms.templates.len());
            let kept =
                |kept: &Kept| kept.day < self.days.len() && usize::from(kept.template) < templates;
            let mut stand = agent.kept.iter().chain(agent.held.iter().map(|held| &held.shift));
            let seated = agent.room.is_none_or(|room| room < self.rooms.len());
            if agent.terms >= self.terms.len() || !seated || !stand.all(kept) {
                return Err(ProblemError::Terms { agent: index });
            }
            let sound = agent.weeks.iter().all(|week| week.min_minutes <= week.max_minutes);
            if agent.weeks.len() != weeks || !sound {
                return Err(ProblemError::Weeks { agent: index, weeks });
            }
        }
        Ok(())
    }
}
