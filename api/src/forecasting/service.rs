use std::collections::BTreeMap;

use serde_json::json;
use trunkline_domain::{
    fault::Fault,
    forecasting::{
        fault::Faults,
        gaps::{GapReport, gaps},
        history::Series,
        history_file::HistoryFile,
        import::{KnownQueue, KnownQueues, NewQueue, refusal_of},
    },
    id::{QueueId, SiteId},
    identity::{Permission, ReachSet, Target},
    network::{Queue, QueueStaffing, RawQueue, ServiceGoal},
    time::Grain,
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    forecasting::{IntervalFigure, Upserted, upsert_figures},
    network::{Directory, QueueView, insert_queues},
};

use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// A history file in the common form, and how to take it in.
#[derive(Debug, Clone)]
pub struct ImportHistory {
    /// The file.
    pub csv: Vec<u8>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Take the good rows even when others are faulty.
    pub keep_good_rows: bool,
    /// Make queues that the file tells of and nobody made yet: in its zone, with the finest of its
    /// intervals, served by all sites.
    pub create_missing_queues: bool,
}

/// What a file brought, or would bring.
#[derive(Debug, Clone)]
pub struct HistoryReport {
    /// Rows under the header.
    pub rows_read: u64,
    /// Rows without fault, also of a file that was refused.
    pub rows_without_fault: u64,
    /// Rows that were taken in, or would be; zero, like all that is counted below, when the file was
    /// refused.
    pub rows_taken: u64,
    /// What their intervals changed.
    pub upserted: Upserted,
    /// Rows taken whose local time does not exist, summed into the interval they map forward to.
    pub mapped_forward: u64,
    /// Rows taken whose local time exists twice.
    pub repeated: u64,
    /// Rows taken of which more calls left the queue than came into it.
    pub carried_over: u64,
    /// Calls offered in the rows taken.
    pub offered_total: u64,
    /// Queues that were made for the file, or would be; none when it was refused.
    pub new_queues: Vec<Queue>,
    /// What is missing between the first and the last day of each series.
    pub gaps: Vec<SeriesGaps>,
    /// Everything that is wrong with rows.
    pub faults: Faults,
    /// Why nothing was taken in; `None` when the rows without fault were.
    pub refusal: Option<Fault>,
}

/// What is missing in a series of a file.
#[derive(Debug, Clone)]
pub struct SeriesGaps {
    /// Queue.
    pub queue_id: QueueId,
    /// Site; `None` = never routed to one.
    pub site_id: Option<SiteId>,
    /// The gaps.
    pub report: GapReport,
}

/// Takes a history file in: all of it or, unless the good rows are to be kept, nothing. The same
/// file again changes nothing; a later file replaces what it says differently. Rows of intervals that
/// have not begun are faulty.
///
/// # Errors
/// Faults when a queue cannot be made from what the file says; else what the database says.
pub async fn import_history(app: &App, ctx: &Ctx, import: ImportHistory) -> Outcome<HistoryReport> {
    let ImportHistory { csv, dry_run, keep_good_rows, create_missing_queues } = import;
    let directory = {
        let tx = app.db.begin(ctx).await?;
        app.directory(&tx, ctx).await?
    };
    let mut known = known_queues(&directory, ctx);
    let mut new_queues = Vec::new();
    let now = ctx.now();
    if create_missing_queues {
        for missing in known.missing(&csv, now) {
            let queue = new_queue(ctx, &directory, missing)?;
            known.by_code.insert(queue.code.to_string(), known_queue_of(&queue, &directory, ctx));
            new_queues.push((queue, QueueStaffing::default()));
        }
    }
    let (known, file) = blocking(move || {
        let file = known.read(&csv, now);
        (known, file)
    })
    .await?;
    let mut report = report_of(&known, &file, refusal_of(&file, keep_good_rows));
    if report.refusal.is_some() {
        return Ok(report);
    }
    let tx = app.db.begin(ctx).await?;
    let made: Vec<String> = new_queues.iter().map(|(queue, _)| queue.code.to_string()).collect();
    if !new_queues.is_empty() {
        insert_queues(&tx, &new_queues, ctx.now()).await?;
    }
    report.upserted = write(&tx, ctx, &known, &file).await?;
    report.new_queues = new_queues.into_iter().map(|(queue, _)| queue).collect();
    if dry_run {
        return Ok(report);
    }
    // The figures themselves are a ledger of their own: each says by what and when it was written.
    let after = json!({"rows": report.rows_taken, "inserted": report.upserted.inserted,
                       "replaced": report.upserted.replaced, "faults": report.faults.total(),
                       "newQueues": made});
    record(&tx, ctx, Deed::made("history.import", ctx.tenant(), after)).await?;
    tx.commit().await?;
    if !report.new_queues.is_empty() {
        app.forget_directory(ctx).await;
    }
    Ok(report)
}

/// Runs what keeps a processor busy for long away from the threads that serve others.
///
/// # Errors
/// Only when it panicked.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Outcome<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| AppError::Internal(error.to_string()))
}

/// The queues whose history the caller may write.
fn known_queues(directory: &Directory, ctx: &Ctx) -> KnownQueues {
    let reach = ctx.viewer().reach(Permission::HistoryWrite, ctx.now());
    let writable = directory.queues.iter().filter(|queue| reach.contains_any(&queue.site_ids));
    let by_code = writable
        .filter_map(|queue| Some((queue.code.clone(), known_queue(directory, &reach, queue)?)));
    KnownQueues { by_code: by_code.collect() }
}

fn known_queue(directory: &Directory, reach: &ReachSet, queue: &QueueView) -> Option<KnownQueue> {
    let grain = Grain::from_minutes(u32::try_from(queue.grain_minutes).ok()?)?;
    let sites = queue.site_ids.iter().filter(|site| reach.contains(&Target::site(**site)));
    let siteless = reach.contains_all(directory.sites.iter().map(|site| site.id));
    Some(KnownQueue { id: queue.id, grain, sites: by_code(directory, sites), siteless })
}

fn known_queue_of(queue: &Queue, directory: &Directory, ctx: &Ctx) -> KnownQueue {
    let reach = ctx.viewer().reach(Permission::HistoryWrite, ctx.now());
    let siteless = reach.contains_all(directory.sites.iter().map(|site| site.id));
    let sites = by_code(directory, queue.sites.iter());
    KnownQueue { id: queue.id, grain: queue.grain, sites, siteless }
}

fn by_code<'a>(
    directory: &Directory,
    sites: impl Iterator<Item = &'a SiteId>,
) -> BTreeMap<String, SiteId> {
    sites.filter_map(|id| Some((directory.site(*id)?.code.clone(), *id))).collect()
}

fn new_queue(ctx: &Ctx, directory: &Directory, missing: NewQueue) -> Outcome<Queue> {
    let NewQueue { code, time_zone, grain } = missing;
    let place = format!("queue {code}");
    let raw = RawQueue {
        name_en: code.clone(),
        name_zh: code.clone(),
        code,
        time_zone,
        grain_minutes: u32::from(grain.minutes()),
        sites: directory.sites.iter().map(|site| site.id).collect(),
        skill: None,
        goal: ServiceGoal::usual(jiff::Timestamp::UNIX_EPOCH),
    };
    // Nobody gave its fields one by one: all that can be mended is the queue in the file.
    let there = |fault: Fault| fault.at(&place);
    Queue::parse(ctx.new_id(), raw)
        .map_err(|faults| AppError::Faults(faults.into_iter().map(there).collect()))
}

fn report_of(known: &KnownQueues, file: &HistoryFile, refusal: Option<Fault>) -> HistoryReport {
    let gaps_of = |series: &Series| {
        let (queue_id, site_id) = known.place(&series.key)?;
        Some(SeriesGaps { queue_id, site_id, report: gaps(series) })
    };
    let taken = |count: u64| if refusal.is_none() { count } else { 0 };
    HistoryReport {
        rows_read: file.rows_read,
        rows_without_fault: file.rows_taken,
        rows_taken: taken(file.rows_taken),
        upserted: Upserted::default(),
        mapped_forward: taken(file.mapped_forward),
        repeated: taken(file.repeated),
        carried_over: taken(file.carried_over),
        offered_total: taken(file.series.iter().map(Series::offered).sum()),
        new_queues: Vec::new(),
        gaps: file.series.iter().filter_map(gaps_of).collect(),
        faults: file.faults.clone(),
        refusal,
    }
}

async fn write(
    tx: &TenantTx,
    ctx: &Ctx,
    known: &KnownQueues,
    file: &HistoryFile,
) -> Outcome<Upserted> {
    let mut rows = Vec::new();
    for series in &file.series {
        let Some((queue, site)) = known.place(&series.key) else { continue };
        let figure = |row| IntervalFigure::of_history(row, queue, site, "import", ctx.now());
        rows.extend(series.rows().iter().map(figure));
    }
    Ok(upsert_figures(tx, &rows).await?)
}
