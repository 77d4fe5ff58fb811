use async_graphql::{Context, Enum, Object, SimpleObject};
use trunkline_domain::{
    forecasting::{
        fault::{FaultRule, RowFault},
        gaps::GapReport,
    },
    id::{QueueId, SiteId},
    time::Span,
};
use trunkline_infra::forecasting::{IntervalFigure, Quality};

use super::service::HistoryReport;
use crate::{
    graphql::{Date, DateTime, ErrorParam, Operation, UserError},
    network::{Queue, Site},
};

/// A count as the schema shows it; beyond its range the largest.
pub(super) fn int(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// The rule that a row broke. New values can be added: show `message`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "FaultRule")]
pub enum HistoryRowRule {
    /// A required column is not in the header.
    MissingColumn,
    /// The header names a column twice.
    DuplicateColumn,
    /// The row has more or fewer fields than the header.
    WrongFieldCount,
    /// The field is not UTF-8.
    #[graphql(name = "NOT_UTF8")]
    NotUtf8,
    /// A required field is empty.
    Empty,
    /// Not a local time.
    NotALocalTime,
    /// The interval has not begun yet.
    InTheFuture,
    /// Not an IANA zone.
    UnknownZone,
    /// Rows before it gave the same queue another zone.
    ZoneDiffers,
    /// Not one of the lengths of intervals.
    UnsupportedGrain,
    /// The interval does not start on a multiple of its length.
    NotOnGrain,
    /// Not a number, or not a whole one where contacts are counted.
    NotANumber,
    /// Below zero.
    Negative,
    /// Above what any call centre has.
    TooLarge,
    /// A handle time without the number of contacts that it is the mean of.
    HandleTimeWithoutAnswered,
    /// The same interval of the same queue stands in the file twice.
    DuplicateInterval,
    /// No queue that the caller may import has this code; told once, at the first row.
    UnknownQueue,
    /// No site of the queue that the caller may import has this code; told once, at the first row.
    UnknownSite,
    /// No site is named, and the caller may not import at every site of the network; told once, at the first row.
    SiteRequired,
    /// The queue's intervals have another length; told once, at the first row.
    GrainDiffers,
}

/// Something wrong with a row of a file.
#[derive(Debug)]
pub struct HistoryRowFault(RowFault);

/// Something wrong with a row of a file.
#[Object]
impl HistoryRowFault {
    /// Line of the file on which the row starts; the header is line 1.
    async fn row(&self) -> i32 {
        int(self.0.row)
    }
    /// Column. `null` when it concerns the whole row.
    async fn column(&self) -> Option<&str> {
        (!self.0.column.is_empty()).then_some(self.0.column)
    }
    /// The rule that was broken.
    async fn rule(&self) -> HistoryRowRule {
        self.0.rule.into()
    }
    /// What stood there, cut to 80 characters.
    async fn value(&self) -> &str {
        &self.0.value
    }
    /// What is wrong and what would mend it, in the caller's language.
    async fn message(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        Ok(self.0.message(Operation::of(ctx)?.language))
    }
    /// Values to build an own sentence from.
    async fn params(&self) -> Vec<ErrorParam> {
        let param = |(name, value): &(&str, String)| ErrorParam {
            name: (*name).to_owned(),
            value: value.clone(),
        };
        self.0.remedy.iter().map(param).collect()
    }
}

/// Neighbouring intervals that are missing, half-open.
#[derive(Debug, SimpleObject)]
pub struct HistoryHole {
    /// Start of the first.
    pub starts_at: DateTime,
    /// End of the last.
    pub ends_at: DateTime,
}

/// What is missing in the history of a queue, by the habit of its weekdays.
#[derive(Debug)]
pub struct HistoryGaps {
    pub(super) queue: QueueId,
    pub(super) site: Option<SiteId>,
    pub(super) report: GapReport,
}

/// Holes that are listed; all are counted.
const HOLES: usize = 1_000;

/// What is missing in the history of a queue, by the habit of its weekdays.
#[Object]
impl HistoryGaps {
    /// The queue. `null` when the caller may import but not see it.
    async fn queue(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Queue>> {
        let operation = Operation::of(ctx)?;
        Queue::visible(operation, self.queue).await.map_err(|error| operation.fail(error))
    }
    /// The site. `null` for contacts never routed to one, and for all sites together.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let operation = Operation::of(ctx)?;
        let Some(site) = self.site else { return Ok(None) };
        Site::visible(operation, site).await.map_err(|error| operation.fail(error))
    }
    /// Local days of which nothing is there though their weekday usually is, holidays among them.
    async fn missing_on(&self) -> Vec<Date> {
        self.report.missing_days.iter().copied().map(Date).collect()
    }
    /// Number of intervals missing on days that are there.
    async fn missing_intervals(&self) -> i32 {
        int(self.report.missing_intervals)
    }
    /// These intervals, neighbours joined; the first 1000.
    async fn holes(&self) -> Vec<HistoryHole> {
        let hole = |span: &Span| HistoryHole {
            starts_at: DateTime(span.start()),
            ends_at: DateTime(span.end()),
        };
        self.report.holes.iter().take(HOLES).map(hole).collect()
    }
}

/// What a history file brought, or would bring.
#[derive(Debug, SimpleObject)]
pub struct HistoryImportReport {
    /// Rows under the header.
    pub rows_read: i32,
    /// Rows without fault, also of a file that was refused.
    pub rows_without_fault: i32,
    /// Rows that were taken in, or would be. 0, like the counts of intervals and contacts, when the file was refused.
    pub rows_taken: i32,
    /// Intervals that were not there.
    pub inserted: i32,
    /// Intervals whose figures differed and were replaced.
    pub replaced: i32,
    /// Intervals that said the same already.
    pub unchanged: i32,
    /// Rows taken whose local time does not exist, summed into the interval they map forward to.
    pub mapped_forward: i32,
    /// Rows taken whose local time exists twice, taken as the first.
    pub repeated: i32,
    /// Rows taken with more contacts answered and abandoned than offered: some had arrived in the interval before. Worth a look if there are many.
    pub carried_over: i32,
    /// Contacts offered in the rows taken.
    pub offered_total: i32,
    /// What is missing between the first and the last day, for each queue and site of the file.
    pub gaps: Vec<HistoryGaps>,
    /// Number of faults.
    pub row_fault_count: i32,
    /// The first 1000 of them.
    pub row_faults: Vec<HistoryRowFault>,
}

impl HistoryImportReport {
    /// The report, and why nothing was taken in.
    pub(super) fn of(report: HistoryReport) -> (Self, Option<trunkline_domain::fault::Fault>) {
        let HistoryReport {
            rows_read,
            rows_without_fault,
            rows_taken,
            upserted,
            mapped_forward,
            repeated,
            carried_over,
            offered_total,
            // The mutation makes none.
            new_queues: _,
            gaps,
            faults,
            refusal,
        } = report;
        let gaps = gaps.into_iter().map(|it| HistoryGaps {
            queue: it.queue_id,
            site: it.site_id,
            report: it.report,
        });
        let shown = Self {
            rows_read: int(rows_read),
            rows_without_fault: int(rows_without_fault),
            rows_taken: int(rows_taken),
            inserted: int(upserted.inserted),
            replaced: int(upserted.replaced),
            unchanged: int(upserted.unchanged),
            mapped_forward: int(mapped_forward),
            repeated: int(repeated),
            carried_over: int(carried_over),
            offered_total: int(offered_total),
            gaps: gaps.collect(),
            row_fault_count: int(faults.total()),
            row_faults: faults.kept().iter().cloned().map(HistoryRowFault).collect(),
        };
        (shown, refusal)
    }
}

/// Outcome of an import.
#[derive(Debug, SimpleObject)]
pub struct HistoryImportPayload {
    /// What the file held and what was taken in; also there when the file was refused.
    pub report: Option<HistoryImportReport>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Figures of one interval of a queue at one site. Unknown figures are `null`, never 0.
#[derive(Debug)]
pub struct HistoryInterval(pub(super) IntervalFigure);

/// Figures of one interval of a queue at one site. Unknown figures are `null`, never 0.
#[Object]
impl HistoryInterval {
    /// Start of the interval.
    async fn starts_at(&self) -> DateTime {
        DateTime(self.0.starts_at)
    }
    /// Site. `null` for contacts never routed to one.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let operation = Operation::of(ctx)?;
        let Some(site) = self.0.site_id else { return Ok(None) };
        Site::visible(operation, site).await.map_err(|error| operation.fail(error))
    }
    /// Contacts that arrived.
    async fn offered(&self) -> i32 {
        int(self.0.offered.into())
    }
    /// Contacts answered by an agent.
    async fn answered(&self) -> Option<i32> {
        self.0.answered.map(u64::from).map(int)
    }
    /// Contacts answered within the threshold.
    async fn answered_in_threshold(&self) -> Option<i32> {
        self.0.answered_in_threshold.map(u64::from).map(int)
    }
    /// Contacts abandoned while waiting.
    async fn abandoned(&self) -> Option<i32> {
        self.0.abandoned.map(u64::from).map(int)
    }
    /// Contacts abandoned within the threshold.
    async fn abandoned_in_threshold(&self) -> Option<i32> {
        self.0.abandoned_in_threshold.map(u64::from).map(int)
    }
    /// Contacts abandoned within the short-abandon limit.
    async fn abandoned_short(&self) -> Option<i32> {
        self.0.abandoned_short.map(u64::from).map(int)
    }
    /// Seconds waited by the answered ones, summed.
    async fn wait_seconds(&self) -> Option<i32> {
        self.0.wait_seconds.map(int)
    }
    /// Seconds talked with the answered ones, summed.
    async fn talk_seconds(&self) -> Option<i32> {
        self.0.talk_seconds.map(int)
    }
    /// Seconds for which the answered ones were on hold, summed.
    async fn hold_seconds(&self) -> Option<i32> {
        self.0.hold_seconds.map(int)
    }
    /// Seconds of work after the answered ones (ACW), summed.
    async fn after_call_work_seconds(&self) -> Option<i32> {
        self.0.acw_seconds.map(int)
    }
    /// Seconds of handling of the answered ones, summed; divided by `answered` the average handle time (AHT).
    async fn handle_seconds(&self) -> Option<i32> {
        self.0.handle_seconds.map(int)
    }
    /// Seconds of the threshold that was counted with.
    async fn threshold_seconds(&self) -> Option<i32> {
        self.0.threshold_seconds.map(u64::from).map(int)
    }
    /// Whether rows of another local time were summed into it, as happens when clocks change.
    async fn is_merged(&self) -> bool {
        self.0.quality & (Quality::MAPPED_FORWARD | Quality::SUMMED) != 0
    }
    /// Feed or file that said so.
    async fn source(&self) -> &str {
        &self.0.source
    }
    /// When it was said.
    async fn received_at(&self) -> DateTime {
        DateTime(self.0.received_at)
    }
}
