//! Whether the telephone lines of a queue carry what a requirement plans.

use jiff::Timestamp;
use trunkline_domain::staffing::{LineShortfall, line_shortfalls};
use trunkline_infra::staffing::{RequirementView, planned_calls};

use crate::{
    error::{AppError, Outcome},
    forecasting::{blocking, rights::check_window},
    graphql::Operation,
};

/// Days of which lines are checked at once.
const MOST_DAYS: i64 = 62;

/// The intervals of a requirement in which the lines of its queue are too few; none of a queue whose lines
/// nobody has set. Callers are as patient as the requirement counted with.
pub(super) async fn too_few_lines(
    operation: &Operation,
    requirement: &RequirementView,
    patience_seconds: Option<f64>,
    (from, to): (Timestamp, Timestamp),
) -> Outcome<Vec<LineShortfall>> {
    check_window(from, to, MOST_DAYS)?;
    let directory = operation.directory().await?;
    let queue = directory.queue(requirement.queue_id);
    let lines = queue.map(|queue| queue.telephone_lines()).transpose()?.flatten();
    let Some(lines) = lines else { return Ok(Vec::new()) };
    let plan = planned_calls(&*operation.read().await?, requirement.id, (from, to)).await?;
    let found = blocking(move || line_shortfalls(&lines, patience_seconds, &plan)).await?;
    found.map_err(|error| AppError::Internal(error.to_string()))
}
