use async_graphql::{InputObject, SimpleObject};
use trunkline_domain::staffing::{
    GradeCheck, GradeSplit, LineCheck, LineShortfall, LinesAsk, SeniorRule,
    SeniorShortfall as Shortfall, SeniorsAsk, StaffingError,
};

use crate::graphql::DateTime;

/// Telephone lines to check, and what else takes them.
#[derive(Debug, InputObject)]
pub struct StaffingLinesInput {
    /// Lines at hand.
    pub lines: u32,
    /// Mean number of callers in the voice menu (IVR) at once.
    #[graphql(default)]
    pub ivr_erlangs: f64,
    /// Percent of the handle time with the caller on the line, 0 to 100: work after the contact takes none.
    #[graphql(default = 100.0)]
    pub line_time_percent: f64,
    /// Percent of callers who may meet a busy tone, above 0 and below 100.
    #[graphql(default = 1.0)]
    pub max_blocking_percent: f64,
}

impl From<StaffingLinesInput> for LinesAsk {
    fn from(input: StaffingLinesInput) -> Self {
        let StaffingLinesInput { lines, ivr_erlangs, line_time_percent, max_blocking_percent } =
            input;
        Self {
            lines,
            ivr_erlangs,
            line_share: line_time_percent / 100.0,
            max_blocking: max_blocking_percent / 100.0,
        }
    }
}

/// Lines against the calls expected at once.
#[derive(Debug, SimpleObject)]
pub struct StaffingLines {
    /// Calls expected at once: talking, waiting and in the voice menu.
    pub expected_concurrent_calls: f64,
    /// Percent of callers who meet a busy tone (Erlang B).
    pub blocking_percent: f64,
    /// Least lines that keep the limit.
    pub required_lines: u32,
    /// Whether the lines at hand keep it.
    pub is_enough: bool,
}

impl From<LineCheck> for StaffingLines {
    fn from(check: LineCheck) -> Self {
        let LineCheck { expected_concurrent, p_block, lines_needed, is_enough } = check;
        Self {
            expected_concurrent_calls: expected_concurrent,
            blocking_percent: 100.0 * p_block,
            required_lines: lines_needed,
            is_enough,
        }
    }
}

/// An interval of a plan in which telephone lines are too few.
#[derive(Debug, SimpleObject)]
pub struct StaffingLineShortfall {
    /// Start of the interval.
    pub starts_at: DateTime,
    /// Lines against the calls expected at once. `null` where the queue grows for ever: then no lines are enough.
    pub lines: Option<StaffingLines>,
}

impl From<LineShortfall> for StaffingLineShortfall {
    fn from(shortfall: LineShortfall) -> Self {
        let LineShortfall { starts_at, check } = shortfall;
        Self { starts_at: DateTime(starts_at), lines: check.map(Into::into) }
    }
}

/// How many of the agents must be seniors, and how many are.
#[derive(Debug, InputObject)]
pub struct StaffingSeniorsInput {
    /// Least percent of the agents who must be seniors, 0 to 100.
    pub share_percent: f64,
    /// Least seniors wherever anybody is required, whatever the percent.
    #[graphql(default = 1)]
    pub minimum: u32,
    /// Seniors among the agents. Left out = only the split is asked for.
    pub seniors: Option<u32>,
}

impl From<StaffingSeniorsInput> for SeniorsAsk {
    fn from(input: StaffingSeniorsInput) -> Self {
        let StaffingSeniorsInput { share_percent, minimum, seniors } = input;
        Self { share: share_percent / 100.0, minimum, seniors }
    }
}

/// A requirement by grade of skill.
#[derive(Debug, SimpleObject)]
pub struct StaffingGrades {
    /// Required agents of any grade.
    pub general_agents: u32,
    /// Required agents of senior grade, beside them.
    pub senior_agents: u32,
    /// Seniors who are missing among the agents asked about, or among the required ones where none were. `null` when it was not said how many there are.
    pub missing_seniors: Option<u32>,
}

impl From<GradeCheck> for StaffingGrades {
    fn from(check: GradeCheck) -> Self {
        let GradeCheck { split: GradeSplit { general, senior }, missing } = check;
        Self { general_agents: general, senior_agents: senior, missing_seniors: missing }
    }
}

/// How many of those on queue must be seniors.
#[derive(Debug, InputObject)]
pub struct SeniorMixInput {
    /// Least percent of them, 0 to 100.
    pub share_percent: f64,
    /// Least seniors wherever anybody is on queue, whatever the percent.
    #[graphql(default = 1)]
    pub minimum: u32,
    /// Grade of the queue's skill from which on an agent is a senior, 1 to 5; of a queue without a skill the best grade of any counts.
    #[graphql(default = 4)]
    pub senior_grade: u32,
}

impl SeniorMixInput {
    pub(super) fn rule(&self) -> Result<SeniorRule, StaffingError> {
        SeniorRule::new(self.share_percent / 100.0, self.minimum)
    }
}

/// A stretch of a plan with too few seniors.
#[derive(Debug, SimpleObject)]
pub struct SeniorShortfall {
    /// Start of it.
    pub starts_at: DateTime,
    /// End of it, exclusive.
    pub ends_at: DateTime,
    /// Agents planned on queue.
    pub agents: u32,
    /// Seniors among them.
    pub seniors: u32,
    /// Seniors who are missing.
    pub missing_seniors: u32,
}

impl From<Shortfall> for SeniorShortfall {
    fn from(shortfall: Shortfall) -> Self {
        let Shortfall { span, agents, seniors, missing } = shortfall;
        Self {
            starts_at: DateTime(span.start()),
            ends_at: DateTime(span.end()),
            agents,
            seniors,
            missing_seniors: missing,
        }
    }
}
