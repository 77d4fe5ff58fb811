//! Rosters from nothing: the shifts, breaks and meals that cover a requirement best.
//!
//! The generator works on a compact [`Problem`]. Hard limits are kept by construction: each agent's
//! line is built by an exact programme that knows no illegal line, and a search over agents takes
//! a few of them off and builds them anew. An agent covers only queues that he has the skill for,
//! one at a time; those who have several are shared where they save most. What stays undone is
//! explained.

mod block;
mod breaks;
mod calendar;
mod closures;
mod cover;
mod explain;
mod fixed_shifts;
mod free_time;
mod ground;
mod headcount;
mod layout;
mod ledger;
mod menu;
mod part;
mod pattern_check;
mod people;
mod plan;
mod pool;
mod problem;
mod queue_need;
mod queue_set;
mod quota;
mod rebuild;
mod report;
mod rooms;
mod search;
mod seating;
mod shape;
mod skill_needs;
mod start_pattern;
mod task;
mod template;
mod template_check;

#[cfg(test)]
mod explain_tests;
#[cfg(test)]
mod legality;
#[cfg(test)]
mod offer_tests;
#[cfg(test)]
mod part_tests;
#[cfg(test)]
mod peak_tests;
#[cfg(test)]
mod people_tests;
#[cfg(test)]
mod seat_tests;
#[cfg(test)]
mod skill_tests;
#[cfg(test)]
mod task_sample;
#[cfg(test)]
mod task_tests;
#[cfg(test)]
mod tests;

pub use block::{Bar, Block};
pub use calendar::Calendar;
pub use cover::Balance;
pub use explain::{Missing, Unmet, explain};
pub use fixed_shifts::fixed_shifts;
pub use headcount::{
    Headcount, HeadcountGap, HeadcountReport, MAX_HEADCOUNT_KINDS, WishTally, headcount_kinds,
    search_headcounts,
};
pub use part::Part;
pub use plan::{Line, Placed, Plan};
pub use problem::{
    Agent, Carried, Day, Held, History, Kept, MAX_PAUSES, Problem, ProblemError, Quota, Slot,
    Terms, UsualDay, Weights,
};
pub use queue_need::QueueNeed;
pub use queue_set::{MAX_QUEUES, QueueSet};
pub use report::{Lack, QueueWork, Report, Shortfall, Work};
pub use search::{Found, Options, Progress, search};
pub use seating::Room;
pub use shape::{ShapePause, ShiftShape};
pub use start_pattern::{StartPattern, WeekBand};
pub use task::{Prepared, Task};
pub use template::{Pause, Template};
