//! Two schedules side by side, and one of them as a file.

use std::{collections::HashMap, sync::Arc};

use jiff::{ToSpan as _, civil};
use trunkline_domain::{
    id::ShiftId,
    identity::ReachSet,
    schedules::{AgentDiff, Effect, Shift, diff, roster_file::write_roster},
    time::start_of_day,
};
use trunkline_infra::{
    agents::agent_numbers,
    db::TenantTx,
    network::{Directory, SiteView, SkillView},
    schedules::{Compared, ScheduleView, ShiftView, load_compared, shifts_of_schedule},
};

use super::figures::effect_assumed;
use crate::error::{AppError, Outcome};

/// What differs between two schedules of a site on the days that both have.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) first: civil::Date,
    pub(super) last: civil::Date,
    pub(super) agents: Vec<AgentDiff>,
    pub(super) effect: Option<Effect>,
    pub(super) paid_before_seconds: i64,
    pub(super) paid_after_seconds: i64,
    /// All shifts of both.
    pub(super) shifts: HashMap<ShiftId, Arc<ShiftView>>,
}

/// Compares two schedules of a site: by what the second assumes of queues, or the first where the
/// second assumes nothing.
pub(super) async fn compare(
    tx: &TenantTx,
    (directory, site): (&Directory, &SiteView),
    [from, to]: [&ScheduleView; 2],
) -> Outcome<Difference> {
    let first = from.starts_on.max(to.starts_on);
    let last = from.ends_on.min(to.ends_on);
    if first > last {
        let rule = "the schedules must have a day in common";
        return Err(AppError::InvalidArgument(rule.to_owned()));
    }
    let Compared { before, after, views, coverage } =
        load_compared(tx, site, [from, to], (first, last)).await?;
    let mut assumed = to.assumptions()?.queues;
    if assumed.is_empty() {
        assumed = from.assumptions()?.queues;
    }
    let effect = match coverage {
        Some(staffed) => Some(effect_assumed(tx, directory, site.id, staffed, assumed).await?),
        None => None,
    };
    let paid = |shifts: &[Shift]| shifts.iter().map(Shift::paid_seconds).sum();
    Ok(Difference {
        first,
        last,
        agents: diff(&before, &after),
        effect,
        paid_before_seconds: paid(&before),
        paid_after_seconds: paid(&after),
        shifts: views.into_iter().map(|view| (view.id, Arc::new(view))).collect(),
    })
}

/// The shifts of a schedule as CSV: those of the agents within `reach`.
pub(super) async fn exported(
    tx: &TenantTx,
    schedule: &ScheduleView,
    (site, skills): (&SiteView, &[SkillView]),
    reach: &ReachSet,
) -> Outcome<String> {
    let zone = site.zone();
    let border = |date| start_of_day(date, &zone);
    let (from, to) =
        (border(schedule.starts_on), border(schedule.ends_on.saturating_add(3.days())));
    let rows = shifts_of_schedule(tx, schedule, from, to).await?;
    let shifts = rows.iter().filter_map(|row| row.shift(&zone).transpose());
    let shifts: Vec<Shift> = shifts.collect::<Result<_, _>>()?;
    let agents: Vec<_> = shifts.iter().map(Shift::agent).collect();
    let numbers = agent_numbers(tx, reach, Some(&agents)).await?;
    let codes = skills.iter().map(|skill| (skill.id, skill.code.clone())).collect();
    Ok(write_roster(&shifts, &numbers.into_iter().collect(), &codes, &zone))
}
