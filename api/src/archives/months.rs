//! The close of a month: what the system has counted goes into the performance files, and what came
//! late goes in as a correction.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, ToSpan as _, civil::Date};
use serde_json::json;
use trunkline_domain::{
    archives::{
        Correction, Entry, EntrySource, FileKind, Payload, current_view,
        performance::{CountedMonth, MonthEntry, Scorecard},
        quality::{Evaluation, QualityMonth},
    },
    id::{AgentId, FileId},
    intraday::{
        AgentMonth, PlannedShift, StateSpan, agent_month, believed, forgiven_seconds, request_sums,
    },
    kpis::Axis,
    time::{Span, local_of_instant, next_day, start_of_day},
};
use trunkline_infra::{
    archives::{
        SwapCounts, append_entries, counted_months, employed_agents, entries_of_files,
        files_of_agents, heard_days, lock_months, mark_month, planned_shifts, state_spans,
        swap_counts,
    },
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    network::{SiteView, tenant_settings},
};

use crate::{app::App, error::Outcome};

/// Ended months that are counted; data that comes later than that is entered by hand.
const MONTHS: i32 = 2;
/// A month that was counted is looked at again after so long.
const AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// Agents in one transaction.
const AT_ONCE: usize = 10;
/// Days before a month that count for the longest run of working days.
const LOOK_BACK: i32 = 31;
/// Why a version takes the place of another.
const LATE: &str = "data that came late / 迟到的数据";

/// A month of a site.
#[derive(Debug, Clone, Copy)]
struct Month<'a> {
    site: &'a SiteView,
    first: Date,
    last: Date,
}

impl Month<'_> {
    fn span(&self) -> Span {
        let zone = self.site.zone();
        let start = start_of_day(self.first, &zone);
        let end = start_of_day(next_day(self.last), &zone);
        Span::new(start, end).unwrap_or(Span::of_seconds(start, 0))
    }

    /// The month with the weeks before it.
    fn with_run_up(&self) -> Span {
        let before = start_of_day(self.first.saturating_sub(LOOK_BACK.days()), &self.site.zone());
        Span::new(before, self.span().end()).unwrap_or_else(|| self.span())
    }

    /// States of the shift that runs over the start of the month are asked for too.
    fn of_states(&self) -> Span {
        let before = start_of_day(self.first.saturating_sub(1.day()), &self.site.zone());
        Span::new(before, self.span().end()).unwrap_or_else(|| self.span())
    }
}

/// Counts the months that have ended at their sites; gives how many entries were written.
pub(crate) async fn close_months(app: &App, ctx: &Ctx) -> Outcome<u64> {
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    let oldest = local_of_instant(ctx.now(), &jiff::tz::TimeZone::UTC).date();
    let oldest = oldest.first_of_month().saturating_sub((MONTHS + 1).months());
    let counted = counted_months(&tx, oldest).await?;
    drop(tx);
    let (mut written, mut failed) = (0, None);
    for site in &directory.sites {
        let this_month = local_of_instant(ctx.now(), &site.zone()).date().first_of_month();
        for back in (1..=MONTHS).rev() {
            let first = this_month.saturating_sub(back.months());
            let fresh = counted.iter().any(|it| {
                (it.site_id, it.month) == (site.id, first) && it.counted_at + AGAIN > ctx.now()
            });
            if !fresh {
                let month = Month { site, first, last: first.last_of_month() };
                // What is wrong at one site keeps no other waiting.
                match close_month(app, ctx, month).await {
                    Ok(entries) => written += entries,
                    Err(error) => failed = Some(error),
                }
            }
        }
    }
    failed.map_or(Ok(written), Err)
}

async fn close_month(app: &App, ctx: &Ctx, month: Month<'_>) -> Outcome<u64> {
    let tx = app.db.begin(ctx).await?;
    let agents = employed_agents(&tx, month.site.id, (month.first, month.last)).await?;
    let days = (month.first.saturating_sub(1.day()), month.last);
    let heard = heard_days(&tx, month.site.id, &month.site.time_zone, days).await?;
    drop(tx);
    let mut written = 0;
    for some in agents.chunks(AT_ONCE) {
        let tx = app.db.begin(ctx).await?;
        lock_months(&tx).await?;
        written += close_some(&tx, ctx, month, &heard, some).await?;
        tx.commit().await?;
    }
    let tx = app.db.begin(ctx).await?;
    mark_month(&tx, month.site.id, month.first, ctx.now()).await?;
    tx.commit().await?;
    Ok(written)
}

async fn close_some(
    tx: &TenantTx,
    ctx: &Ctx,
    month: Month<'_>,
    heard: &BTreeSet<Date>,
    agents: &[AgentId],
) -> Outcome<u64> {
    let zone = month.site.zone();
    let shifts = planned_shifts(tx, agents, month.with_run_up()).await?;
    let states = state_spans(tx, agents, month.of_states()).await?;
    let swaps = swap_counts(tx, agents, month.span()).await?;
    let files = files_of(tx, agents).await?;
    let forgiven = forgiven_seconds(tenant_settings(tx).await?.adherence_forgiveness_seconds);
    let mut written = 0;
    for agent in agents {
        let Some(files) = files.get(agent) else { continue };
        let seen = states.get(agent).map(|spans| believed(spans, heard, &zone));
        let ground = Ground {
            shifts: shifts.get(agent).map(Vec::as_slice).unwrap_or_default(),
            states: seen.as_deref().unwrap_or_default(),
            forgiven,
            swaps: swaps.iter().find(|it| it.agent_id == *agent),
            evaluations: files.evaluations(month),
        };
        let entries = ground.count(month).entries(&Scorecard::standard(), &files.performance());
        written += write(tx, ctx, month, (*agent, files.performance_id), entries).await?;
    }
    Ok(written)
}

/// What there is of an agent's month.
struct Ground<'a> {
    shifts: &'a [PlannedShift],
    states: &'a [StateSpan],
    forgiven: i64,
    swaps: Option<&'a SwapCounts>,
    evaluations: QualityMonth,
}

impl Ground<'_> {
    fn count(&self, month: Month<'_>) -> CountedMonth {
        let number = |count: fn(&SwapCounts) -> i64| {
            u32::try_from(self.swaps.map_or(0, count)).unwrap_or(u32::MAX)
        };
        let days = (month.first, month.last);
        let changed = number(|it| it.changed);
        let AgentMonth { sums, attendance } =
            agent_month(month.span(), days, self.shifts, self.states, self.forgiven, changed);
        let requests = request_sums(number(|it| it.decided), number(|it| it.approved));
        let sums = sums.merge(&requests, Axis::Time).merge(&self.evaluations.sums(), Axis::Time);
        CountedMonth {
            from: month.first,
            to: month.last,
            sums,
            attendance,
            capped: self.evaluations.compliance_error,
        }
    }
}

/// The files of an agent that a month is read from and written into.
struct Files {
    performance_id: FileId,
    entries: Vec<Entry>,
}

impl Files {
    fn performance(&self) -> Vec<&Entry> {
        let mut current = current_view(&self.entries);
        current.retain(|entry| entry.file == self.performance_id);
        current
    }

    fn evaluations(&self, month: Month<'_>) -> QualityMonth {
        let evaluated = |entry: &&Entry| match &entry.payload {
            Payload::Evaluation(it) => (month.first..=month.last).contains(&it.contact_on),
            _ => false,
        };
        let current = current_view(&self.entries);
        let evaluations: Vec<&Evaluation> = current
            .into_iter()
            .filter(evaluated)
            .filter_map(|entry| match &entry.payload {
                Payload::Evaluation(evaluation) => Some(evaluation),
                _ => None,
            })
            .collect();
        QualityMonth::of(evaluations)
    }
}

async fn files_of(tx: &TenantTx, agents: &[AgentId]) -> Outcome<BTreeMap<AgentId, Files>> {
    let mut owners = BTreeMap::new();
    let mut files = BTreeMap::new();
    for view in files_of_agents(tx, agents).await? {
        let file = view.file()?;
        match file.kind {
            FileKind::Development => continue,
            FileKind::Quality => {}
            FileKind::Performance => {
                let opened = Files { performance_id: file.id, entries: Vec::new() };
                files.insert(file.agent, opened);
            }
        }
        owners.insert(file.id, file.agent);
    }
    let ids: Vec<FileId> = owners.keys().copied().collect();
    for view in entries_of_files(tx, &ids).await? {
        let owner = owners.get(&view.entry.file).and_then(|agent| files.get_mut(agent));
        if let Some(files) = owner {
            files.entries.push(view.entry);
        }
    }
    Ok(files)
}

async fn write(
    tx: &TenantTx,
    ctx: &Ctx,
    month: Month<'_>,
    (agent, file): (AgentId, FileId),
    entries: Vec<MonthEntry>,
) -> Outcome<u64> {
    if entries.is_empty() {
        return Ok(0);
    }
    let said: Vec<_> = entries
        .iter()
        .map(|entry| json!({"kind": entry.payload.kind(), "corrects": entry.corrects}))
        .collect();
    let after = json!({"month": month.first, "entries": said});
    let corrected = entries.iter().any(|entry| entry.corrects.is_some());
    let entries: Vec<Entry> = entries
        .into_iter()
        .map(|MonthEntry { payload, corrects }| Entry {
            id: ctx.new_id(),
            file,
            effective_on: month.last,
            recorded_at: ctx.now(),
            recorded_by: None,
            source: EntrySource::SystemEvent,
            evidence: Vec::new(),
            payload,
            corrects: corrects.map(|entry| Correction { entry, reason: LATE.to_owned() }),
        })
        .collect();
    append_entries(tx, &entries, ctx.actor()).await?;
    let deed = Deed::made("file_month.close", agent, after);
    record(tx, ctx, deed.because(corrected.then_some(LATE))).await?;
    Ok(u64::try_from(entries.len()).unwrap_or(u64::MAX))
}
