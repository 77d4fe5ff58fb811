//! Where a published plan has too few seniors.

use jiff::Timestamp;
use trunkline_domain::{
    agents::Grade,
    id::QueueId,
    identity::Permission,
    staffing::{SeniorRule, SeniorShortfall, senior_shortfalls},
    time::{Span, local_of_instant},
};

use super::rosters::{Rosters, takers};
use crate::{
    error::{AppError, Outcome},
    forecasting::{
        blocking,
        rights::{check_window, readable_queue},
    },
    graphql::Operation,
};

/// Which plan, and what is asked of it.
#[derive(Debug)]
pub(super) struct AskSeniors {
    pub(super) queue: QueueId,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) rule: SeniorRule,
    /// Grade from which on an agent is a senior, 1 to 5.
    pub(super) senior_grade: u32,
}

/// Longest window in days.
const MOST_DAYS: i64 = 31;

/// Where those who are published to work for a queue, at all its sites, are too few seniors.
pub(super) async fn too_few_seniors(
    operation: &Operation,
    ask: AskSeniors,
) -> Outcome<Vec<SeniorShortfall>> {
    let AskSeniors { queue, from, to, rule, senior_grade } = ask;
    check_window(from, to, MOST_DAYS)?;
    let Ok(senior_grade) = Grade::parse("seniorGrade", senior_grade.into()) else {
        return Err(AppError::InvalidArgument("seniorGrade must be 1 to 5".to_owned()));
    };
    let reach = operation.require(Permission::ForecastRead)?;
    operation.require(Permission::ScheduleRead)?;
    let directory = operation.directory().await?;
    let queue = readable_queue(&directory, &reach, queue, "queueId")?;
    let window = Span::new(from, to).unwrap_or(Span::of_seconds(from, 0));
    let date = local_of_instant(window.start(), &queue.zone()).date();
    let queue = takers(queue);
    let tx = operation.read().await?;
    let rosters = Rosters::published(&tx, std::slice::from_ref(&queue), window).await?;
    let found = blocking(move || {
        let agents = rosters.agents()?;
        let graded = agents.iter().filter_map(|it| it.graded(&queue, senior_grade, (date, window)));
        Outcome::Ok(senior_shortfalls(rule, &graded.collect::<Vec<_>>()))
    });
    found.await?
}
