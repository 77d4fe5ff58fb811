//! Where a published plan has too few seniors.

use jiff::{Timestamp, civil, tz::TimeZone};
use trunkline_domain::{
    agents::Grade,
    id::QueueId,
    identity::Permission,
    staffing::{SeniorRule, SeniorShortfall, join_shortfalls, senior_shortfalls},
    time::{Span, local_of_instant, next_day},
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
    /// So many shortfalls are enough.
    pub(super) most: usize,
}

/// Longest window in days.
const MOST_DAYS: i64 = 31;

/// Where those who are published to work for a queue, at all its sites, are too few seniors; the first
/// `most` of them. Shifts are read a day at a time: a month of a large network is never held at once.
pub(super) async fn too_few_seniors(
    operation: &Operation,
    ask: AskSeniors,
) -> Outcome<Vec<SeniorShortfall>> {
    let AskSeniors { queue, from, to, rule, senior_grade, most } = ask;
    check_window(from, to, MOST_DAYS)?;
    let Ok(senior_grade) = Grade::parse("seniorGrade", senior_grade.into()) else {
        return Err(AppError::InvalidArgument("seniorGrade must be 1 to 5".to_owned()));
    };
    let reach = operation.require(Permission::ForecastRead)?;
    operation.require(Permission::ScheduleRead)?;
    let directory = operation.directory().await?;
    let queue = readable_queue(&directory, &reach, queue, "queueId")?;
    let window = Span::new(from, to).unwrap_or(Span::of_seconds(from, 0));
    let zone = queue.zone();
    let queue = takers(queue);
    let tx = operation.read().await?;
    let mut found = Vec::new();
    for (date, part) in days_of(window, &zone) {
        let rosters = Rosters::published(&tx, std::slice::from_ref(&queue), part).await?;
        let queue = queue.clone();
        let of_day = blocking(move || {
            let agents = rosters.agents()?;
            let graded =
                agents.iter().filter_map(|it| it.graded(&queue, senior_grade, (date, part)));
            Outcome::Ok(senior_shortfalls(rule, &graded.collect::<Vec<_>>()))
        });
        join_shortfalls(&mut found, of_day.await??);
        // One more shows that the last one does not go on.
        if found.len() > most {
            break;
        }
    }
    found.truncate(most);
    Ok(found)
}

/// The local days of a window, each with the part of it that lies in the window.
fn days_of(window: Span, zone: &TimeZone) -> impl Iterator<Item = (civil::Date, Span)> {
    let first = local_of_instant(window.start(), zone).date();
    let dates = std::iter::successors(Some(first), |date| Some(next_day(*date)));
    let days = dates.map(move |date| (date, Span::of_day(date, zone)));
    let days = days.take_while(move |(_, day)| day.start() < window.end());
    days.filter_map(move |(date, day)| Some((date, day.intersection(window)?)))
}
