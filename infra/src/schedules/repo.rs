use jiff::civil;
use trunkline_domain::{
    id::{AgentId, ScheduleId, ShiftId, SiteId},
    schedules::{Shift, pack},
};
use uuid::Uuid;

use super::ScheduleView;
use crate::{
    ctx::Ctx,
    db::{DbError, Json, TenantTx},
    params, read_model,
};

/// A schedule before it is stored.
#[derive(Debug, Clone)]
pub struct NewSchedule {
    /// Its id.
    pub id: ScheduleId,
    /// Whose plan.
    pub site: SiteId,
    /// First day.
    pub first: civil::Date,
    /// Last day, inclusive.
    pub last: civil::Date,
    /// Seed from which it is generated.
    pub seed: Option<i64>,
    /// What it was made from and what it leaves undone.
    pub result: Json,
    /// The one that it lies over, as a what-if scenario or as a proposal.
    pub base: Option<ScheduleId>,
    /// What its planner calls it.
    pub name: Option<String>,
}

/// Stores a draft.
///
/// # Errors
/// What the database says.
pub async fn insert_schedule(tx: &TenantTx, ctx: &Ctx, new: NewSchedule) -> Result<(), DbError> {
    let NewSchedule { id, site, first, last, seed, result, base, name } = new;
    tx.run(
        "insert into app.schedule (tenant_id, id, site_id, starts_on, ends_on, state, seed, result,
                                   created_by, created_at, updated_at, base_id, name)
         values ($1, $2, $3, $4, $5, 'DRAFT', $6, $7, $8, $9, $9, $10, $11)",
        params![
            tx.tenant(),
            id,
            site,
            first,
            last,
            seed,
            result,
            ctx.actor(),
            ctx.now(),
            base,
            name
        ],
    )
    .await?;
    Ok(())
}

/// The columns of shifts, one array each.
#[derive(Debug, Default)]
struct Columns {
    ids: Vec<ShiftId>,
    sites: Vec<SiteId>,
    agents: Vec<AgentId>,
    starts: Vec<jiff::Timestamp>,
    ends: Vec<jiff::Timestamp>,
    dates: Vec<civil::Date>,
    activities: Vec<Vec<u8>>,
    needs: Vec<String>,
}

fn columns(shifts: &[Shift]) -> Result<Columns, DbError> {
    let mut columns = Columns::default();
    for shift in shifts {
        columns.ids.push(shift.id());
        columns.sites.push(shift.site());
        columns.agents.push(shift.agent());
        columns.starts.push(shift.span().start());
        columns.ends.push(shift.span().end());
        columns.dates.push(shift.local_date());
        columns.activities.push(pack(shift.activities(), shift.span()));
        columns.needs.push(needs_text(shift)?);
    }
    Ok(columns)
}

fn needs_text(shift: &Shift) -> Result<String, DbError> {
    serde_json::to_string(shift.needs())
        .map_err(|error| DbError::Internal(format!("shift {}: {error}", shift.id())))
}

/// Stores the shifts of a schedule, all in one statement, in the state of the schedule.
///
/// # Errors
/// What the database says; `shift_no_overlap` when two published ones of an agent overlap.
pub async fn insert_shifts(
    tx: &TenantTx,
    schedule: ScheduleId,
    shifts: &[Shift],
) -> Result<(), DbError> {
    let Columns { ids, sites, agents, starts, ends, dates, activities, needs } = columns(shifts)?;
    tx.run(
        "insert into app.shift (tenant_id, id, schedule_id, site_id, agent_id, starts_at, ends_at,
                                local_date, activities, needs, state)
         select $1, n.id, $2, n.site, n.agent, n.starts, n.ends, n.date, n.activities, n.needs::jsonb,
                c.state
         from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::timestamptz[],
                     $8::date[], $9::bytea[], $10::text[])
              as n(id, site, agent, starts, ends, date, activities, needs)
         join app.schedule c on c.tenant_id = $1 and c.id = $2",
        params![
            tx.tenant(),
            schedule,
            ids,
            sites,
            agents,
            starts,
            ends,
            dates,
            activities,
            needs
        ],
    )
    .await?;
    Ok(())
}

/// What an edit does with one shift of a schedule.
#[derive(Debug)]
pub enum ShiftRow<'a> {
    /// A shift that was not there.
    New(&'a Shift),
    /// The shift of this id as it shall be; it was there in this version.
    Changed(&'a Shift, i32),
    /// The shift of this id was there in this version and goes.
    Gone(ShiftId, i32),
}

/// Writes one shift of a schedule; `false` when it was not there in the version told.
///
/// # Errors
/// What the database says; `shift_no_overlap` when two published ones of an agent overlap.
pub async fn write_shift(
    tx: &TenantTx,
    schedule: ScheduleId,
    row: ShiftRow<'_>,
) -> Result<bool, DbError> {
    let touched = match row {
        ShiftRow::New(shift) => {
            insert_shifts(tx, schedule, std::slice::from_ref(shift)).await?;
            1
        }
        ShiftRow::Changed(shift, version) => {
            tx.run(
                "update app.shift set agent_id = $4, starts_at = $5, ends_at = $6, local_date = $7,
                                      activities = $8, needs = $9::jsonb, version = version + 1
                 where tenant_id = $1 and id = $2 and version = $3",
                params![
                    tx.tenant(),
                    shift.id(),
                    version,
                    shift.agent(),
                    shift.span().start(),
                    shift.span().end(),
                    shift.local_date(),
                    pack(shift.activities(), shift.span()),
                    needs_text(shift)?
                ],
            )
            .await?
        }
        ShiftRow::Gone(shift, version) => {
            // A shift that a swap speaks of stays for the record of the swap. It is no part of the
            // plan any more, also not once that is superseded.
            tx.run(
                "update app.shift set state = 'REMOVED', version = version + 1
                 where tenant_id = $1 and id = $2 and version = $3",
                params![tx.tenant(), shift, version],
            )
            .await?
        }
    };
    Ok(touched == 1)
}

/// Sets published schedules of the site that lie within the days of `by` to SUPERSEDED, with their
/// shifts; gives their ids. Those that it takes over in part must have been cut before.
///
/// # Errors
/// What the database says.
pub async fn supersede_schedules(
    tx: &TenantTx,
    ctx: &Ctx,
    by: &ScheduleView,
) -> Result<Vec<ScheduleId>, DbError> {
    read_model! {
        struct Row { id: ScheduleId, }
    }
    let rows: Vec<Row> = tx
        .all(
            "with old as (
                 update app.schedule set state = 'SUPERSEDED', version = version + 1, updated_at = $6
                 where tenant_id = $1 and site_id = $2 and state = 'PUBLISHED' and id <> $3
                   and starts_on >= $4 and ends_on <= $5
                 returning id),
             gone as (
                 update app.shift s set state = 'SUPERSEDED', version = version + 1
                 from old where s.tenant_id = $1 and s.schedule_id = old.id and s.state = 'PUBLISHED')
             select id from old",
            params![tx.tenant(), by.site_id, by.id, by.starts_on, by.ends_on, ctx.now()],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Publishes a draft that is in this version, with its shifts; `false` when it is not. Its version
/// grows with the record of the change.
///
/// # Errors
/// What the database says; `schedule_one_published` when another published one overlaps its days.
pub async fn publish_schedule(
    tx: &TenantTx,
    ctx: &Ctx,
    schedule: ScheduleId,
    version: i32,
) -> Result<bool, DbError> {
    let published = tx
        .run(
            "update app.schedule
             set state = 'PUBLISHED', updated_at = $4, published_at = $4
             where tenant_id = $1 and id = $2 and version = $3 and state = 'DRAFT'",
            params![tx.tenant(), schedule, version, ctx.now()],
        )
        .await?;
    if published == 0 {
        return Ok(false);
    }
    tx.run(
        "update app.shift set state = 'PUBLISHED' where tenant_id = $1 and schedule_id = $2 and state = 'DRAFT'",
        params![tx.tenant(), schedule],
    )
    .await?;
    Ok(true)
}

/// A published shift that goes from one agent to another.
#[derive(Debug, Clone, Copy)]
pub struct Reassignment {
    /// Which shift.
    pub shift: ShiftId,
    /// Who works it.
    pub from: AgentId,
    /// Who shall.
    pub to: AgentId,
}

/// Gives published shifts to other agents, all in one statement: so two shifts can be exchanged
/// that would overlap one after the other. Versions of shifts and schedules grow by one, and each
/// schedule gets a record of the change and of its shifts.
///
/// # Errors
/// [`DbError::Collision`] when a shift is no longer where it was; else what the database says.
pub async fn reassign_shifts(
    tx: &TenantTx,
    ctx: &Ctx,
    moves: &[Reassignment],
    cause: &str,
    detail: Json,
) -> Result<(), DbError> {
    let shifts: Vec<ShiftId> = moves.iter().map(|it| it.shift).collect();
    let from: Vec<AgentId> = moves.iter().map(|it| it.from).collect();
    let to: Vec<AgentId> = moves.iter().map(|it| it.to).collect();
    let ids: Vec<Uuid> = moves.iter().map(|_| ctx.new_id::<()>().uuid()).collect();
    let moved: Option<i64> = tx
        .scalar(
            "with moved as (
                 update app.shift s set agent_id = m.receiver, version = s.version + 1
                 from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as m(shift, giver, receiver)
                 where s.tenant_id = $1 and s.id = m.shift and s.agent_id = m.giver
                   and s.state = 'PUBLISHED'
                 returning s.id, s.schedule_id, s.starts_at, s.ends_at, s.activities, m.giver,
                           m.receiver),
             grown as (
                 update app.schedule c set version = c.version + 1, updated_at = $6
                 where c.tenant_id = $1 and c.id in (select schedule_id from moved)
                 returning c.id, c.version),
             recorded as (
                 insert into app.schedule_change (tenant_id, id, schedule_id, version, cause,
                                                  changed_by, changed_at, detail)
                 select $1, ($5::uuid[])[row_number() over (order by g.id)], g.id, g.version, $7, $8,
                        $6, $9
                 from grown g
                 returning id, schedule_id),
             told as (
                 insert into app.shift_change (tenant_id, change_id, shift_id, agent_before,
                                               starts_before, ends_before, agent_after,
                                               starts_after, ends_after, activities_before,
                                               activities_after)
                 select $1, r.id, m.id, m.giver, m.starts_at, m.ends_at, m.receiver, m.starts_at,
                        m.ends_at, m.activities, m.activities
                 from moved m join recorded r on r.schedule_id = m.schedule_id)
             select count(*) as value from moved",
            params![
                tx.tenant(),
                shifts,
                from,
                to,
                ids,
                ctx.now(),
                cause,
                ctx.actor(),
                detail
            ],
        )
        .await?;
    let all = i64::try_from(moves.len()).unwrap_or(i64::MAX);
    if moved == Some(all) { Ok(()) } else { Err(DbError::Collision) }
}
