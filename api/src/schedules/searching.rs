//! A search for a roster: how long it may take, whom it tells where it stands, and what ends it.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use trunkline_domain::{
    fault::{Fault, Rule},
    id::SiteId,
    schedules::{
        ShiftWish,
        generator::{
            Found, MAX_QUEUES, Options, Prepared, Problem, ProblemError, Progress, search,
            search_headcounts,
        },
    },
    time::Span,
};
use trunkline_infra::{
    ctx::Ctx,
    db::TenantTx,
    jobs::{ClaimedJob, JobEnd, JobStep, Renewed, SearchStanding, end_job, renew_job},
    schedules::{Generation, SearchEnd, SearchUsed, queues_beyond},
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// Most rounds of improvement of one search.
const MOST_ROUNDS: u32 = 20_000;
/// Longest search, in seconds.
const MOST_SECONDS: u32 = 3600;
/// How often a search says where it stands.
const PACE: Duration = Duration::from_millis(500);

/// How long to search, and from which draw. What comes first ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// The same seed, roster and rounds give the same schedule.
    pub seed: u32,
    /// Rounds of improvement over which the search cools, at most 20,000.
    pub iterations: u32,
    /// Rounds after which it ends; `None` = all of them.
    #[serde(default)]
    pub max_rounds: Option<u32>,
    /// Seconds after which it ends, 1 to 3600, though not before it has a legal roster; `None` = however
    /// long the rounds take.
    #[serde(default)]
    pub max_seconds: Option<u32>,
}

impl Budget {
    /// All of these rounds, however long they take.
    #[must_use]
    pub const fn of_rounds(seed: u32, iterations: u32) -> Self {
        Self { seed, iterations, max_rounds: None, max_seconds: None }
    }

    /// As callers give it.
    pub(super) fn parse(
        seed: i32,
        iterations: i32,
        max_rounds: Option<i32>,
        max_seconds: Option<i32>,
    ) -> Result<Self, Fault> {
        let number = |number: i32, field: &str| {
            u32::try_from(number).map_err(|_| Fault::invalid(field, Rule::AtLeast(0)))
        };
        let out_of_range = || Fault::invalid("maxSeconds", Rule::Seconds(1, MOST_SECONDS.into()));
        let seconds = |seconds: i32| u32::try_from(seconds).map_err(|_| out_of_range());
        Ok(Self {
            seed: number(seed, "seed")?,
            iterations: number(iterations, "iterations")?,
            max_rounds: max_rounds.map(|rounds| number(rounds, "maxRounds")).transpose()?,
            max_seconds: max_seconds.map(seconds).transpose()?,
        })
    }

    /// What about it is out of range.
    pub(super) fn faults(self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let rounds = [("iterations", Some(self.iterations)), ("maxRounds", self.max_rounds)];
        for (field, rounds) in rounds {
            if rounds.is_some_and(|rounds| rounds > MOST_ROUNDS) {
                faults.push(Fault::invalid(field, Rule::AtMost(MOST_ROUNDS.into())));
            }
        }
        if self.max_seconds.is_some_and(|seconds| !(1..=MOST_SECONDS).contains(&seconds)) {
            faults.push(Fault::invalid("maxSeconds", Rule::Seconds(1, MOST_SECONDS.into())));
        }
        faults
    }

    /// Rounds after which it ends at the latest.
    pub(super) fn rounds(self) -> u32 {
        self.max_rounds.map_or(self.iterations, |most| most.min(self.iterations))
    }
}

/// Refuses to search for a roster of a site over which more queues require something than a search can
/// hold: who asks is told at once, and no job fails for it later.
///
/// # Errors
/// INVALID_VALUE at `path`, with how many there are; what the database says.
pub(super) async fn check_queues(
    tx: &TenantTx,
    (site, window): (SiteId, Span),
    path: &str,
) -> Outcome<()> {
    match queues_beyond(tx, site, window, MAX_QUEUES).await? {
        Some(queues) => Err(Fault::invalid(path, Rule::QueuesAtMost(MAX_QUEUES, queues)).into()),
        None => Ok(()),
    }
}

/// Who is told where a search stands, and says whether to go on.
pub(super) type Tell<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// Searches until the budget is used up or `tell` ends it, with how it went.
pub(super) fn search_within(
    problem: &Problem,
    budget: Budget,
    tell: Tell<'_>,
) -> Outcome<(Found, SearchUsed)> {
    within(budget, tell, |options, progress| search(problem, options, progress))
}

/// The same by headcounts and wishes.
pub(super) fn headcounts_within(
    prepared: &Prepared,
    wishes: &[ShiftWish],
    budget: Budget,
    tell: Tell<'_>,
) -> Outcome<(Found, SearchUsed)> {
    within(budget, tell, |options, progress| search_headcounts(prepared, wishes, options, progress))
}

fn within(
    budget: Budget,
    tell: Tell<'_>,
    search: impl FnOnce(Options, Tell<'_>) -> Result<Found, ProblemError>,
) -> Outcome<(Found, SearchUsed)> {
    let began = Instant::now();
    let longest = budget.max_seconds.map(|seconds| Duration::from_secs(seconds.into()));
    let options = Options { seed: budget.seed.into(), iterations: budget.iterations.into() };
    let mut end = SearchEnd::Rounds;
    let found = search(options, &mut |progress| {
        let told = tell(progress);
        if progress.iteration >= u64::from(budget.rounds()) {
            return ControlFlow::Break(());
        }
        if told.is_break() {
            end = SearchEnd::Stopped;
        } else if longest.is_some_and(|longest| began.elapsed() >= longest) {
            end = SearchEnd::Time;
        } else {
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(())
    });
    let used = SearchUsed {
        rounds_asked: budget.iterations.into(),
        milliseconds: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        end,
        stopped_by: None,
    };
    Ok((found.map_err(|error| AppError::Internal(format!("generator: {error}")))?, used))
}

/// What a search is to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Go on.
    GoOn,
    /// End; nothing of it is wanted any more.
    Leave,
    /// End with the best roster so far.
    Keep {
        /// User or API client who wants it.
        by: Option<Uuid>,
    },
}

/// Does the work in a thread of its own, and tells `progress` twice a second where it stands: `None`
/// before the first legal roster. Gives what was made, and who stopped it if somebody did; `None` when
/// nothing of it is wanted.
pub(super) async fn searched<T: Send + 'static>(
    work: impl FnOnce(Tell<'_>) -> Outcome<T> + Send + 'static,
    mut progress: impl AsyncFnMut(Option<Progress>) -> Outcome<Order>,
) -> Outcome<Option<(T, Option<Uuid>)>> {
    let (told, stands) = watch::channel(None);
    let stop = CancellationToken::new();
    let told_to_stop = stop.clone();
    // The thread ends with whoever waits for it: a program that is to end does not wait for a plan.
    let _stops = stop.clone().drop_guard();
    let mut work = tokio::task::spawn_blocking(move || {
        work(&mut |progress| {
            told.send_replace(Some(progress));
            if told_to_stop.is_cancelled() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    });
    let (mut is_wanted, mut stopped_by) = (true, None);
    loop {
        tokio::select! {
            made = &mut work => {
                let made = made.map_err(|error| AppError::Internal(error.to_string()))??;
                return Ok(is_wanted.then_some((made, stopped_by)));
            }
            () = tokio::time::sleep(PACE) => {
                let at = *stands.borrow();
                match progress(at).await? {
                    Order::GoOn => {}
                    Order::Leave => {
                        is_wanted = false;
                        stop.cancel();
                    }
                    Order::Keep { by } => {
                        stopped_by = by;
                        stop.cancel();
                    }
                }
            }
        }
    }
}

/// As it is told of the job.
fn step_of(progress: Progress) -> JobStep {
    let Progress { iteration, cost, balance, .. } = progress;
    let (needed, missing) = (balance.needed, balance.missing);
    let standing = Some(SearchStanding { rounds: iteration, cost, needed, missing });
    JobStep { rows_done: i64::try_from(iteration).unwrap_or(i64::MAX), standing }
}

/// Tells where the job's search stands, and asks what it is to do.
pub(super) async fn renew(
    app: &App,
    ctx: &Ctx,
    job: &ClaimedJob,
    stands: Option<Progress>,
) -> Outcome<Order> {
    let step = stands.map(step_of).unwrap_or_default();
    let tx = app.db.begin(ctx).await?;
    let renewed = renew_job(&tx, job, step, app.clock.now()).await?;
    tx.commit().await?;
    let Some(Renewed { rows_done, stop_asked_at, stop_asked_by: by }) = renewed else {
        return Ok(Order::Leave);
    };
    // There is nothing to keep before the first roster. Where a worker died after somebody had stopped
    // its job, the next one does as many rounds as were done then.
    let has_it = step.standing.is_some() && step.rows_done >= rows_done;
    Ok(if stop_asked_at.is_some() && has_it { Order::Keep { by } } else { Order::GoOn })
}

/// Ends the job in the transaction that writes its roster, with where the search has got to; `false`
/// when it was cancelled or lost meanwhile, and nothing of it may last.
pub(super) async fn end(
    app: &App,
    tx: &TenantTx,
    job: &ClaimedJob,
    stands: JobStep,
    end: JobEnd,
) -> Outcome<bool> {
    let now = app.clock.now();
    Ok(renew_job(tx, job, stands, now).await?.is_some() && end_job(tx, job, end, now).await?)
}

/// Where a search has got to that found this.
pub(super) fn last_step(found: &Found) -> JobStep {
    let Found { cost, balance, iterations, .. } = found;
    step_of(Progress {
        iteration: *iterations,
        iterations: *iterations,
        cost: *cost,
        balance: *balance,
    })
}

/// How a job ends whose schedule was made so.
pub(super) fn end_of(generation: &Generation, result: serde_json::Value) -> JobEnd {
    match generation.search {
        Some(SearchUsed { end: SearchEnd::Time | SearchEnd::Stopped, .. }) => JobEnd::Early(result),
        _ => JobEnd::Done(result),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_bounded_on_all_sides() {
        let fields = |budget: Result<Budget, Fault>| -> Vec<String> {
            let faults = budget.map_or_else(|fault| vec![fault], Budget::faults);
            faults.into_iter().map(|fault| fault.path.join(".")).collect()
        };
        let nothing: [&str; 0] = [];
        assert_eq!(fields(Budget::parse(1, 20_000, Some(20_000), Some(3600))), nothing);
        assert_eq!(fields(Budget::parse(0, 0, Some(0), Some(1))), nothing);
        for (budget, field) in [
            (Budget::parse(-1, 1, None, None), "seed"),
            (Budget::parse(1, -1, None, None), "iterations"),
            (Budget::parse(1, 20_001, None, None), "iterations"),
            (Budget::parse(1, 1, Some(-1), None), "maxRounds"),
            (Budget::parse(1, 1, Some(20_001), None), "maxRounds"),
            (Budget::parse(1, 1, None, Some(-1)), "maxSeconds"),
            (Budget::parse(1, 1, None, Some(0)), "maxSeconds"),
            (Budget::parse(1, 1, None, Some(3601)), "maxSeconds"),
        ] {
            assert_eq!(fields(budget), [field]);
        }
    }

    #[test]
    fn what_was_asked_before_there_were_limits_is_still_read() {
        let budget: Budget =
            serde_json::from_str(r#"{"seed": 7, "iterations": 40}"#).expect("read");
        assert_eq!(budget, Budget::of_rounds(7, 40));
        assert_eq!(budget.rounds(), 40);
        assert_eq!(Budget { max_rounds: Some(30), ..budget }.rounds(), 30);
        assert_eq!(Budget { max_rounds: Some(50), ..budget }.rounds(), 40);
    }
}
