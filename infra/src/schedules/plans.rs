//! What the rules may ask about people: one statement a table, however many people there are.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil, tz::TimeZone};
use trunkline_domain::{
    id::{AgentId, AvailabilityId, SiteId, SkillId},
    schedules::{
        AgentPlan, Availability, AvailabilityPattern, Bounds, ContractKind, ContractTerms,
        SkillHeld, TimeBand,
    },
    time::{Span, start_of_day},
};

use super::{Source, Who, views::SHIFT_COLUMNS};
use crate::{
    db::{DbError, TenantTx},
    params, read_model,
    schedules::ShiftView,
};

read_model! {
    struct AgentRow {
        id: AgentId,
        site_id: SiteId,
        hired_on: civil::Date,
        left_on: Option<civil::Date>,
    }
}
read_model! {
    struct ContractRow {
        agent_id: AgentId,
        kind: String,
        weekly_min_seconds: i32,
        weekly_max_seconds: i32,
    }
}
read_model! {
    struct SkillRow {
        agent_id: AgentId,
        skill_id: SkillId,
        grade: u8,
        valid_until: Option<civil::Date>,
    }
}
read_model! {
    struct AvailabilityRow {
        id: AvailabilityId,
        agent_id: AgentId,
        available: bool,
        label: String,
        weekdays: Option<Vec<i16>>,
        local_from: Option<civil::Time>,
        local_until: Option<civil::Time>,
        valid_from: Option<civil::Date>,
        valid_until: Option<civil::Date>,
        starts_at: Option<Timestamp>,
        ends_at: Option<Timestamp>,
    }
}

/// Plans of agents with their shifts over `known`, by agent.
pub(super) async fn load_plans(
    tx: &TenantTx,
    who: Who<'_>,
    (known, source): (Span, Source),
    on: civil::Date,
    zone: &TimeZone,
) -> Result<BTreeMap<AgentId, AgentPlan>, DbError> {
    let mut plans = employed(tx, who, known, zone).await?;
    let ids: Vec<AgentId> = plans.keys().copied().collect();
    for row in contracts(tx, &ids, on).await? {
        if let Some(plan) = plans.get_mut(&row.agent_id) {
            plan.contract = terms(&row);
        }
    }
    skills(tx, &ids, &mut plans).await?;
    for row in availability(tx, &ids, known).await? {
        if let Some(plan) = plans.get_mut(&row.agent_id) {
            plan.availability.extend(statements(row));
        }
    }
    shifts(tx, &ids, (known, source), zone, &mut plans).await?;
    Ok(plans)
}

/// Skills and shifts only: what it takes to count who is on queue.
pub(super) async fn load_staff(
    tx: &TenantTx,
    who: Who<'_>,
    (known, source): (Span, Source),
    zone: &TimeZone,
) -> Result<BTreeMap<AgentId, AgentPlan>, DbError> {
    let mut plans = employed(tx, who, known, zone).await?;
    let ids: Vec<AgentId> = plans.keys().copied().collect();
    skills(tx, &ids, &mut plans).await?;
    shifts(tx, &ids, (known, source), zone, &mut plans).await?;
    Ok(plans)
}

async fn employed(
    tx: &TenantTx,
    who: Who<'_>,
    known: Span,
    zone: &TimeZone,
) -> Result<BTreeMap<AgentId, AgentPlan>, DbError> {
    let (site, ids): (Option<SiteId>, &[AgentId]) = match who {
        Who::Site(site) => (Some(site), &[]),
        Who::Agents(ids) => (None, ids),
    };
    let rows: Vec<AgentRow> = tx
        .all(
            "select id, site_id, hired_on, left_on from app.agent
             where tenant_id = $1 and ((site_id = $2 and status = 'ACTIVE') or id = any($3))
             order by id",
            params![tx.tenant(), site, ids],
        )
        .await?;
    let plan = |row: AgentRow| {
        // Until a contract says so, nobody owes or may work an hour.
        let none = ContractTerms::of_hours(ContractKind::Regular, Bounds::between(0, 0));
        let mut plan = AgentPlan::new(row.id, row.site_id, none);
        plan.time_off = not_employed(&row, known, zone);
        (row.id, plan)
    };
    Ok(rows.into_iter().map(plan).collect())
}

/// Before the first and after the last day in the company.
fn not_employed(row: &AgentRow, known: Span, zone: &TimeZone) -> Vec<Span> {
    let before = Span::new(known.start(), start_of_day(row.hired_on, zone));
    let left = row.left_on.map(|date| Span::of_day(date, zone).end());
    let after = left.and_then(|left| Span::new(left.max(known.start()), known.end()));
    let spans = before.into_iter().chain(after);
    spans.filter(|span| !span.is_empty()).collect()
}

async fn contracts(
    tx: &TenantTx,
    ids: &[AgentId],
    on: civil::Date,
) -> Result<Vec<ContractRow>, DbError> {
    tx.all(
        "select agent_id, kind, weekly_min_seconds, weekly_max_seconds from app.contract
         where tenant_id = $1 and agent_id = any($2)
           and valid_from <= $3 and (valid_until is null or valid_until > $3)",
        params![tx.tenant(), ids, on],
    )
    .await
}

fn terms(row: &ContractRow) -> ContractTerms {
    let kind = serde_json::from_value(row.kind.to_uppercase().into());
    let weekly = Bounds::between(row.weekly_min_seconds.into(), row.weekly_max_seconds.into());
    ContractTerms::of_hours(kind.unwrap_or(ContractKind::Regular), weekly)
}

async fn skills(
    tx: &TenantTx,
    ids: &[AgentId],
    plans: &mut BTreeMap<AgentId, AgentPlan>,
) -> Result<(), DbError> {
    let rows: Vec<SkillRow> = tx
        .all(
            "select agent_id, skill_id, grade, valid_until from app.agent_skill
             where tenant_id = $1 and agent_id = any($2) order by agent_id, skill_id",
            params![tx.tenant(), ids],
        )
        .await?;
    for SkillRow { agent_id, skill_id, grade, valid_until } in rows {
        if let Some(plan) = plans.get_mut(&agent_id) {
            plan.skills.push(SkillHeld { skill: skill_id, grade, valid_until });
        }
    }
    Ok(())
}

async fn availability(
    tx: &TenantTx,
    ids: &[AgentId],
    known: Span,
) -> Result<Vec<AvailabilityRow>, DbError> {
    tx.all(
        "select id, agent_id, available, label, weekdays, local_from, local_until, valid_from,
                valid_until, starts_at, ends_at
         from app.availability
         where tenant_id = $1 and agent_id = any($2)
           and (starts_at is null or (starts_at < $4 and ends_at > $3))
         order by agent_id, id",
        params![tx.tenant(), ids, known.start(), known.end()],
    )
    .await
}

/// A recurring row is one statement for each of its weekdays.
fn statements(row: AvailabilityRow) -> Vec<Availability> {
    let AvailabilityRow { id, available, label, .. } = row;
    let statement = |pattern| Availability { id, available, pattern, label: label.clone() };
    if let (Some(start), Some(end)) = (row.starts_at, row.ends_at) {
        let span = Span::new(start, end).map(AvailabilityPattern::Dated);
        return span.into_iter().map(statement).collect();
    }
    let Some((from, to)) = row.local_from.zip(row.local_until) else { return Vec::new() };
    let weekly = |iso: i16| AvailabilityPattern::Weekly {
        weekday: u8::try_from(iso - 1).unwrap_or(0),
        band: TimeBand { from, to },
        from: row.valid_from,
        until: row.valid_until,
    };
    row.weekdays.iter().flatten().map(|iso| statement(weekly(*iso))).collect()
}

async fn shifts(
    tx: &TenantTx,
    ids: &[AgentId],
    (known, source): (Span, Source),
    zone: &TimeZone,
    plans: &mut BTreeMap<AgentId, AgentPlan>,
) -> Result<(), DbError> {
    let (draft, replaced) = match source {
        Source::Published => (None, None),
        Source::Draft { schedule, site, first, last } => (schedule, Some((site, first, last))),
    };
    let (site, first, last) = replaced
        .map_or((None, None, None), |(site, first, last)| (Some(site), Some(first), Some(last)));
    let sql = format!(
        "select {SHIFT_COLUMNS} from app.shift s
         where s.tenant_id = $1 and s.agent_id = any($2)
           and s.starts_at < $4 and s.ends_at > $3 and s.starts_at > $3 - interval '48 hours'
           and (s.schedule_id = $5
                or (s.state = 'PUBLISHED' and ($6::uuid is null or s.site_id <> $6
                                               or s.local_date < $7 or s.local_date > $8)))
         order by s.agent_id, s.starts_at, s.id"
    );
    let params = params![tx.tenant(), ids, known.start(), known.end(), draft, site, first, last];
    let rows: Vec<ShiftView> = tx.all(sql, params).await?;
    for row in rows {
        let plan = row.agent_id.and_then(|agent| plans.get_mut(&agent));
        if let (Some(plan), Some(shift)) = (plan, row.shift(zone)?) {
            plan.shifts.push(shift);
        }
    }
    Ok(())
}
