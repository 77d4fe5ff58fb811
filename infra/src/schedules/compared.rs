//! Two schedules of one site, side by side.

use std::collections::BTreeSet;

use jiff::civil;
use trunkline_domain::{
    id::AgentId,
    schedules::{Coverage, Shift, StaffGroups},
    time::Span,
};

use super::{
    ScheduleView, ShiftView, Who, plans::load_skills, requirement::load_requirement,
    shifts_of_schedule,
};
use crate::{
    db::{DbError, TenantTx},
    network::SiteView,
};

/// Two schedules over the days that both have.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Shifts of the first that count on these days.
    pub before: Vec<Shift>,
    /// Shifts of the second.
    pub after: Vec<Shift>,
    /// All of them as they are read.
    pub views: Vec<ShiftView>,
    /// Requirement, and the staff of each by its lines; `None` where nothing is required.
    pub coverage: Option<(Coverage, [StaffGroups; 2])>,
}

/// Loads two schedules of a site for the days from `first` to `last`. Only their own shifts count.
///
/// # Errors
/// What the database says.
pub async fn load_compared(
    tx: &TenantTx,
    site: &SiteView,
    [before, after]: [&ScheduleView; 2],
    (first, last): (civil::Date, civil::Date),
) -> Result<Compared, DbError> {
    let zone = site.zone();
    let window = Span::of_days(first, last, &zone);
    let mut views = Vec::new();
    let mut sides = Vec::new();
    for schedule in [before, after] {
        let mut rows = shifts_of_schedule(tx, schedule, window.start(), window.end()).await?;
        rows.retain(|row| (first..=last).contains(&row.local_date));
        let shifts = rows.iter().filter_map(|row| row.shift(&zone).transpose());
        sides.push(shifts.collect::<Result<Vec<Shift>, DbError>>()?);
        views.append(&mut rows);
    }
    let (after, before) = (sides.pop().unwrap_or_default(), sides.pop().unwrap_or_default());
    let agents: BTreeSet<AgentId> = before.iter().chain(&after).map(Shift::agent).collect();
    let agents: Vec<AgentId> = agents.into_iter().collect();
    let required = load_requirement(tx, site.id, window).await?;
    let mut coverage = None;
    if let Some(required) = required {
        let plans = load_skills(tx, Who::Agents(&agents), window, &zone).await?;
        let staffed = |shifts: &[Shift]| {
            let mut plans = plans.clone();
            for shift in shifts {
                if let Some(plan) = plans.get_mut(&shift.agent()) {
                    plan.shifts.push(shift.clone());
                }
            }
            StaffGroups::of(&required.coverage, plans.values())
        };
        let staff = [staffed(&before), staffed(&after)];
        coverage = Some((required.coverage, staff));
    }
    Ok(Compared { before, after, views, coverage })
}
