//! Rosters as CSV: a file becomes a draft.

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil};
use serde_json::json;
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{AgentId, ScheduleId, SiteId, SkillId},
    identity::{Permission, Target},
    plannable::check_plannable,
    schedules::{
        Effect, Overrides, RefusedChange, Shift, Violation,
        roster_file::{RosterAsk as FileAsk, RosterFault, RosterFile, read_roster},
    },
    time::Span,
};
use trunkline_infra::{
    agents::agent_numbers,
    audit::{Deed, record},
    ctx::Ctx,
    schedules::{
        NewSchedule, RosterAsk, ScheduleView, Source, Who, insert_schedule, insert_shifts,
        load_ground, schedule_by_id,
    },
};

use super::{coming::Coming, copy_week::read_name, ground::site_of, overrides::may_override};
use crate::{
    app::App,
    error::{AppError, Outcome},
    identity::permit,
};

/// Most days of an imported draft.
const MOST_DAYS: i64 = 56;

/// A file to take in.
#[derive(Debug)]
pub(super) struct ImportRoster {
    pub(super) site: SiteId,
    pub(super) first: civil::Date,
    pub(super) last: civil::Date,
    pub(super) csv: String,
    pub(super) name: Option<String>,
    /// Take what is good of it, and leave the rest.
    pub(super) keep_good_rows: bool,
    /// Rules that its rows may break.
    pub(super) overrides: Overrides,
    pub(super) dry_run: bool,
}

/// A sound row that the rules refuse.
#[derive(Debug)]
pub(super) struct RefusedRow {
    pub(super) line: u64,
    pub(super) shift: Shift,
    pub(super) violations: Vec<Violation>,
}

/// What a file held and what came of it.
#[derive(Debug, Default)]
pub(super) struct Imported {
    pub(super) schedule: Option<ScheduleView>,
    pub(super) rows_read: u64,
    /// Rows that were taken, or would be.
    pub(super) rows_taken: usize,
    pub(super) row_faults: Vec<RosterFault>,
    pub(super) refused: Vec<RefusedRow>,
    /// What the rows that were taken, or would be, break together, heaviest first.
    pub(super) violations: Vec<Violation>,
    /// Of the rows that were taken, or would be, beside the same days without the draft.
    pub(super) effect: Option<Effect>,
    pub(super) faults: Vec<Fault>,
}

/// Makes a draft of a file: of all of it or, unless the good rows are to be kept, not at all. Rows
/// pass the rules one after the other; what one of them breaks alone and no override lets pass refuses it,
/// not the others.
pub(super) async fn import_roster(app: &App, ctx: &Ctx, ask: ImportRoster) -> Outcome<Imported> {
    let ImportRoster { site, first, last, csv, name, keep_good_rows, overrides, dry_run } = ask;
    let tx = app.db.begin(ctx).await?;
    let site = site_of(app, ctx, &tx, site).await?;
    let target = Target::site(site.id);
    permit(ctx, Permission::ScheduleWrite, Permission::ScheduleRead, &target, "siteId")?;
    may_override(ctx, site.id, &overrides)?;
    let name = read_name(name.as_deref())?;
    check_plannable(first, "startsOn")?;
    if last < first || last >= first.saturating_add(MOST_DAYS.days()) {
        return Err(Fault::invalid("endsOn", Rule::Days(1, MOST_DAYS)).into());
    }
    let zone = site.zone();
    let reach = ctx.viewer().reach(Permission::ScheduleWrite, ctx.now());
    let agents: BTreeMap<String, AgentId> =
        agent_numbers(&tx, &reach, None).await?.into_iter().map(|(id, it)| (it, id)).collect();
    let directory = app.directory(&tx, ctx).await?;
    let skills: BTreeMap<String, SkillId> =
        directory.skills.iter().map(|skill| (skill.code.clone(), skill.id)).collect();
    let (agents, skills) = (&agents, &skills);
    let asked = FileAsk { site: site.id, zone: &zone, agents, skills, first, last };
    let file = read_roster(csv.as_bytes(), &asked, || ctx.new_id());
    let RosterFile { shifts, faults: row_faults, rows_read } = file;
    let who: Vec<AgentId> = shifts.iter().map(|(_, shift)| shift.agent()).collect();
    let window = Span::of_days(first, last, &zone);
    let source = Source::Draft { schedule: None, site: site.id, first, last };
    let who = Who::Agents(&who);
    let ground =
        load_ground(&tx, RosterAsk { site: &site, who, window, covered: window, source }).await?;
    let rows: Vec<Shift> = shifts.iter().map(|(_, shift)| shift.clone()).collect();
    let coming = Coming::judged((&tx, ctx), (&site, ground), &rows, overrides).await?;
    let refused = |it: &RefusedChange| {
        let (line, shift) = shifts.get(it.place)?.clone();
        Some(RefusedRow { line, shift, violations: it.violations.clone() })
    };
    let taken = &coming.shifts[..];
    let mut imported = Imported {
        schedule: None,
        rows_read,
        rows_taken: taken.len(),
        row_faults,
        refused: coming.refused.iter().filter_map(refused).collect(),
        violations: coming.violations.clone(),
        effect: coming.effect.clone(),
        faults: Vec::new(),
    };
    let wrong = imported.row_faults.len() + imported.refused.len();
    if (wrong > 0 && !keep_good_rows) || taken.is_empty() {
        let fault = Fault::new(FaultCode::ImportRefused).at("csv");
        imported.faults.push(fault.with("faults", wrong.to_string()));
        return Ok(imported);
    }
    if dry_run {
        return Ok(imported);
    }
    let id: ScheduleId = ctx.new_id();
    let result = json!({});
    let new = NewSchedule { id, site: site.id, first, last, seed: None, result, base: None, name };
    insert_schedule(&tx, ctx, new).await?;
    insert_shifts(&tx, id, taken).await?;
    let after = json!({ "startsOn": first, "endsOn": last, "shifts": taken.len() });
    let detail = json!({ "leftOut": wrong });
    let judgement = coming.judgement();
    let draft = schedule_by_id(&tx, id).await?.ok_or(AppError::Unavailable)?;
    judgement.insert_making(&tx, ctx, (&draft, &zone), "import", detail.clone()).await?;
    let reasons = judgement.reasons();
    let deed = Deed::made("schedule.import", id, after);
    let deed = deed.judged_by(judgement.rules.iter().cloned()).because(reasons.as_deref());
    record(&tx, ctx, deed.with(judgement.told(detail))).await?;
    imported.schedule = schedule_by_id(&tx, id).await?;
    tx.commit().await?;
    Ok(imported)
}
