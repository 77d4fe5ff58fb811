use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use trunkline_domain::{fault::Fault, network::QueueLines as Lines};

use super::{
    Queue,
    lines::{SetLines, set_lines},
};
use crate::graphql::{Decimal, Operation, UserError, parse_id};

/// Telephone lines of a queue, and what takes them.
#[derive(Debug, InputObject)]
pub struct QueueLinesInput {
    /// How many there are, 1 to 100000.
    pub count: u32,
    /// Mean seconds that a caller spends in the voice menu (IVR) before waiting, 0 to 3600, at most 3 decimal places. Left out = 0.
    pub ivr_seconds: Option<Decimal>,
    /// Percent of the handle time with the caller on the line, 0 to 100, at most 3 decimal places: work after the contact takes none. Left out = 100.
    pub line_time_percent: Option<Decimal>,
    /// Percent of callers who may meet a busy tone, above 0 and below 100, at most 3 decimal places. Left out = 1.
    pub max_blocking_percent: Option<Decimal>,
}

/// The lines that a queue has.
#[derive(Debug, InputObject)]
pub struct QueueLinesSetInput {
    /// The queue.
    pub queue_id: ID,
    /// Version the caller has seen.
    pub expected_version: Option<i32>,
    /// Its lines; `null` = no longer known, so that nothing is checked. Left out, nothing is to change, which is refused.
    pub lines: MaybeUndefined<QueueLinesInput>,
}

impl QueueLinesSetInput {
    fn parse(self) -> Result<SetLines, Fault> {
        let Self { queue_id, expected_version, lines } = self;
        let lines = match lines {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(input) => Some(Some(input.into())),
        };
        Ok(SetLines { queue: parse_id(&queue_id, "queueId")?, expected_version, lines })
    }
}

impl From<QueueLinesInput> for Lines {
    fn from(input: QueueLinesInput) -> Self {
        let QueueLinesInput { count, ivr_seconds, line_time_percent, max_blocking_percent } = input;
        let or = |given: Option<Decimal>, usual: i64| given.map_or(usual.into(), |it| it.0);
        Self {
            count,
            ivr_seconds: or(ivr_seconds, 0),
            line_time_percent: or(line_time_percent, 100),
            max_blocking_percent: or(max_blocking_percent, 1),
        }
    }
}

/// Telephone lines of a queue, and what takes them.
#[derive(Debug, SimpleObject)]
pub struct QueueLines {
    /// How many there are.
    pub count: u32,
    /// Mean seconds that a caller spends in the voice menu (IVR) before waiting.
    pub ivr_seconds: Decimal,
    /// Percent of the handle time with the caller on the line.
    pub line_time_percent: Decimal,
    /// Percent of callers who may meet a busy tone.
    pub max_blocking_percent: Decimal,
}

impl From<Lines> for QueueLines {
    fn from(lines: Lines) -> Self {
        let Lines { count, ivr_seconds, line_time_percent, max_blocking_percent } = lines;
        Self {
            count,
            ivr_seconds: Decimal(ivr_seconds),
            line_time_percent: Decimal(line_time_percent),
            max_blocking_percent: Decimal(max_blocking_percent),
        }
    }
}

/// Outcome of setting lines.
#[derive(Debug, SimpleObject)]
pub struct QueueLinesSetPayload {
    /// The queue as it stands now. `null` when refused.
    pub queue: Option<Queue>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Saying which lines queues have.
#[derive(Debug, Default)]
pub struct LinesMutation;

#[Object]
impl LinesMutation {
    /// Sets the telephone lines of a queue: `lineShortfalls` of its requirements warns where they are too few for the calls that are expected at once. Those of a shared queue are set by who may write to all its sites.
    ///
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE, STALE_VERSION.
    async fn queue_lines_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lines.")] input: QueueLinesSetInput,
    ) -> async_graphql::Result<QueueLinesSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => set_lines(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (queue, user_errors) = operation.settle(outcome)?;
        Ok(QueueLinesSetPayload { queue: queue.map(Queue), user_errors })
    }
}
