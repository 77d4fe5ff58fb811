//! Copying a week: its shifts on the days of another week, as a draft.

use jiff::{ToSpan as _, civil};
use serde_json::json;
use trunkline_domain::{
    fault::{Fault, Rule},
    id::{AgentId, ScheduleId, ShiftId, SiteId},
    identity::{Permission, ReachSet, Target},
    plannable::check_plannable,
    schedules::{Effect, Overrides, Shift, Violation},
    time::{Span, monday_of, start_of_day},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    network::SiteView,
    schedules::{
        NewSchedule, RosterAsk, ScheduleView, ShiftStates, ShiftView, Source, Who, insert_schedule,
        insert_shifts, load_ground, schedule_by_id, shifts_of_schedule, shifts_of_sites,
    },
};

use super::{coming::Coming, ground::site_of, overrides::may_override};
use crate::{
    app::App,
    error::{AppError, Outcome},
    identity::permit,
};

/// A week to copy.
#[derive(Debug, Clone)]
pub(super) struct CopyWeek {
    pub(super) site: SiteId,
    /// Whose shifts; `None` = what is published.
    pub(super) source: Option<ScheduleId>,
    /// A day of the week that is copied.
    pub(super) from: civil::Date,
    /// A day of the week that it is copied to.
    pub(super) to: civil::Date,
    pub(super) name: Option<String>,
    /// Rules that the copies may break.
    pub(super) overrides: Overrides,
    pub(super) dry_run: bool,
}

/// A shift that has no place in the new week.
#[derive(Debug)]
pub(super) struct RefusedCopy {
    pub(super) source: ShiftView,
    /// When its copy would be.
    pub(super) span: Span,
    pub(super) violations: Vec<Violation>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Copied {
    pub(super) schedule: Option<ScheduleView>,
    pub(super) shifts: usize,
    pub(super) refused: Vec<RefusedCopy>,
    /// What the copies break together, heaviest first.
    pub(super) violations: Vec<Violation>,
    /// On the days of the draft, beside the same days without it.
    pub(super) effect: Option<Effect>,
}

/// Copies what the rules and what overrides them let be copied, each shift at the same times of the clock.
pub(super) async fn copy_week(app: &App, ctx: &Ctx, ask: CopyWeek) -> Outcome<Copied> {
    let tx = app.db.begin(ctx).await?;
    let site = site_of(app, ctx, &tx, ask.site).await?;
    let target = Target::site(site.id);
    permit(ctx, Permission::ScheduleWrite, Permission::ScheduleRead, &target, "siteId")?;
    may_override(ctx, site.id, &ask.overrides)?;
    let name = read_name(ask.name.as_deref())?;
    check_plannable(ask.from, "fromDate")?;
    check_plannable(ask.to, "toDate")?;
    let rows = rows_of_week(&tx, &site, ask.source, monday_of(ask.from)).await?;
    let zone = site.zone();
    let first = monday_of(ask.to);
    let last = first.saturating_add(6.days());
    let days = i64::from((first - monday_of(ask.from)).get_days());
    let mut sources = Vec::new();
    let mut copies: Vec<Shift> = Vec::new();
    for row in rows {
        let Some(shift) = row.shift(&zone)? else { continue };
        // Of a shift of which the clocks leave nothing there is nothing to copy.
        if let Ok(copy) = shift.days_later(days, ctx.new_id(), &zone) {
            copies.push(copy);
            sources.push(row);
        }
    }
    if copies.is_empty() {
        return Err(Fault::invalid("fromDate", Rule::WeekWithShifts).into());
    }
    let agents: Vec<AgentId> = copies.iter().map(Shift::agent).collect();
    let window = Span::of_days(first, last, &zone);
    let source = Source::Draft { schedule: None, site: site.id, first, last };
    let who = Who::Agents(&agents);
    let ask_ground = RosterAsk { site: &site, who, window, covered: window, source };
    let ground = load_ground(&tx, ask_ground).await?;
    let coming = Coming::judged((&tx, ctx), (&site, ground), &copies, ask.overrides).await?;
    let refused = coming.refused.iter().filter_map(|it| {
        let (source, copy) = (sources.get(it.place)?.clone(), copies.get(it.place)?);
        Some(RefusedCopy { source, span: copy.span(), violations: it.violations.clone() })
    });
    let mut copied = Copied {
        schedule: None,
        shifts: coming.shifts.len(),
        refused: refused.collect(),
        violations: coming.violations.clone(),
        effect: coming.effect.clone(),
    };
    if ask.dry_run || coming.shifts.is_empty() {
        return Ok(copied);
    }
    let id: ScheduleId = ctx.new_id();
    let result = json!({});
    let new = NewSchedule { id, site: site.id, first, last, seed: None, result, base: None, name };
    insert_schedule(&tx, ctx, new).await?;
    insert_shifts(&tx, id, &coming.shifts).await?;
    let left_out: Vec<ShiftId> = copied.refused.iter().map(|it| it.source.id).collect();
    let after = json!({ "startsOn": first, "endsOn": last, "shifts": coming.shifts.len() });
    let detail = json!({ "copiedFrom": monday_of(ask.from), "scheduleId": ask.source,
        "leftOut": left_out });
    let judgement = coming.judgement();
    let draft = schedule_by_id(&tx, id).await?.ok_or(AppError::Unavailable)?;
    judgement.insert_making(&tx, ctx, (&draft, &zone), "copy", detail.clone()).await?;
    let reasons = judgement.reasons();
    let deed = Deed::made("schedule.copy_week", id, after);
    let deed = deed.judged_by(judgement.rules.iter().cloned()).because(reasons.as_deref());
    record(&tx, ctx, deed.with(judgement.told(detail))).await?;
    copied.schedule = schedule_by_id(&tx, id).await?;
    tx.commit().await?;
    Ok(copied)
}

/// A name of a draft, without the space around it.
pub(super) fn read_name(name: Option<&str>) -> Result<Option<String>, Fault> {
    let Some(name) = name.map(str::trim) else { return Ok(None) };
    if (1..=80).contains(&name.chars().count()) {
        return Ok(Some(name.to_owned()));
    }
    Err(Fault::invalid("name", Rule::Characters(1, 80)))
}

/// Shifts that count in the week of a Monday, by start.
async fn rows_of_week(
    tx: &TenantTx,
    site: &SiteView,
    source: Option<ScheduleId>,
    monday: civil::Date,
) -> Outcome<Vec<ShiftView>> {
    let (zone, end) = (site.zone(), monday.saturating_add(7.days()));
    let (from, to) = (start_of_day(monday, &zone), start_of_day(end, &zone));
    let mut rows = match source {
        Some(id) => {
            let schedule = schedule_by_id(tx, id).await?;
            let schedule = schedule
                .filter(|schedule| schedule.site_id == site.id)
                .ok_or_else(|| Fault::not_found("fromScheduleId"))?;
            shifts_of_schedule(tx, &schedule, from, to).await?
        }
        None => {
            let all = ReachSet { network: true, ..ReachSet::default() };
            shifts_of_sites(tx, &all, &[site.id], (from, to), ShiftStates::Published).await?
        }
    };
    rows.retain(|row| monday <= row.local_date && row.local_date < end);
    Ok(rows)
}
