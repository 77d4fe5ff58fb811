//! What the rules may ask about people: one statement a table, however many people there are.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan as _, civil, tz::TimeZone};
use trunkline_domain::{
    id::{AgentId, AvailabilityId, SiteId, SkillId, TeamId},
    schedules::{
        AgentPlan, Availability, AvailabilityPattern, Bounds, ContractKind, ContractTerms,
        SkillHeld, TimeBand,
    },
    time::{Span, monday_of, start_of_day},
};

use super::{
    Source, Who, rest::rest_between, rosters::OF_SOURCE, training::load_training,
    views::SHIFT_COLUMNS,
};
use crate::{
    db::{DbError, TenantTx},
    params, read_model,
    schedules::ShiftView,
};

read_model! {
    struct AgentRow {
        id: AgentId,
        site_id: SiteId,
        team_id: Option<TeamId>,
        hired_on: civil::Date,
        left_on: Option<civil::Date>,
    }
}
read_model! {
    struct ContractRow {
        agent_id: AgentId,
        valid_from: civil::Date,
        valid_until: Option<civil::Date>,
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
    dates: (civil::Date, civil::Date),
    zone: &TimeZone,
) -> Result<BTreeMap<AgentId, AgentPlan>, DbError> {
    let mut plans = employed(tx, who, known, zone).await?;
    let ids: Vec<AgentId> = plans.keys().copied().collect();
    for (agent, terms) in contract_changes(tx, &ids, dates).await? {
        if let Some(plan) = plans.get_mut(&agent) {
            plan.contract_changes = terms;
        }
    }
    skills(tx, &ids, &mut plans).await?;
    for row in availability(tx, &ids, known).await? {
        if let Some(plan) = plans.get_mut(&row.agent_id) {
            plan.availability.extend(statements(row));
        }
    }
    for rest in rest_between(tx, &ids, dates).await? {
        if let Some(plan) = plans.get_mut(&rest.agent_id) {
            plan.time_off.push(Span::of_day(rest.rest_on, zone));
            plan.time_off.sort_unstable();
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
    let mut plans = load_skills(tx, who, known, zone).await?;
    let ids: Vec<AgentId> = plans.keys().copied().collect();
    shifts(tx, &ids, (known, source), zone, &mut plans).await?;
    Ok(plans)
}

/// Skills only: shifts are still to come.
pub(super) async fn load_skills(
    tx: &TenantTx,
    who: Who<'_>,
    known: Span,
    zone: &TimeZone,
) -> Result<BTreeMap<AgentId, AgentPlan>, DbError> {
    let mut plans = employed(tx, who, known, zone).await?;
    let ids: Vec<AgentId> = plans.keys().copied().collect();
    skills(tx, &ids, &mut plans).await?;
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
            "select id, site_id, team_id, hired_on, left_on from app.agent
             where tenant_id = $1 and ((site_id = $2 and status = 'ACTIVE') or id = any($3))
             order by id",
            params![tx.tenant(), site, ids],
        )
        .await?;
    let plan = |row: AgentRow| {
        // Until a contract says so, nobody owes or may work an hour.
        let mut plan = AgentPlan::new(row.id, row.site_id, no_contract());
        plan.team = row.team_id;
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

/// The days on which the terms of agents change, by agent, of contracts that hold on any of the days.
pub(super) async fn contract_changes(
    tx: &TenantTx,
    ids: &[AgentId],
    (from, to): (civil::Date, civil::Date),
) -> Result<BTreeMap<AgentId, Vec<(civil::Date, ContractTerms)>>, DbError> {
    let rows: Vec<ContractRow> = tx
        .all(
            "select agent_id, valid_from, valid_until, kind, weekly_min_seconds, weekly_max_seconds
             from app.contract
             where tenant_id = $1 and agent_id = any($2)
               and valid_from <= $4 and (valid_until is null or valid_until > $3)
             order by agent_id, valid_from",
            params![tx.tenant(), ids, from, to],
        )
        .await?;
    let of_agents = rows.chunk_by(|one, next| one.agent_id == next.agent_id);
    Ok(of_agents.filter_map(|rows| Some((rows.first()?.agent_id, changes(rows)))).collect())
}

const fn no_contract() -> ContractTerms {
    ContractTerms::of_hours(ContractKind::Regular, Bounds::between(0, 0))
}

/// Contracts of one agent, in order, as the days on which the terms change. A contract holds for the
/// whole of the local week in which it begins after none, and of the one in which it ends before
/// none: the days that nobody is employed are time off, and each takes off a usual working day of
/// what the week owes.
fn changes(rows: &[ContractRow]) -> Vec<(civil::Date, ContractTerms)> {
    let mut changes = Vec::new();
    let mut before: Option<&ContractRow> = None;
    for row in rows {
        let begins = monday_of(row.valid_from);
        let ended = before.and_then(|it| it.valid_until).map(next_monday);
        if let Some(ended) = ended.filter(|ended| *ended < begins) {
            changes.push((ended, no_contract()));
        }
        let after_none = before.is_none() || ended.is_some_and(|ended| ended <= begins);
        changes.push((if after_none { begins } else { row.valid_from }, terms(row)));
        before = Some(row);
    }
    let ended = before.and_then(|it| it.valid_until);
    changes.extend(ended.map(|until| (next_monday(until), no_contract())));
    changes
}

/// The first Monday that is not before `date`.
fn next_monday(date: civil::Date) -> civil::Date {
    let monday = monday_of(date);
    if monday == date { date } else { monday.saturating_add(7.days()) }
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
    load_training(tx, plans).await
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
    let sql = format!(
        "select {SHIFT_COLUMNS} from app.shift s
         where s.tenant_id = $1 and s.agent_id = any($2)
           and s.starts_at < $4 and s.ends_at > $3 and s.starts_at > $3 - interval '48 hours'
           and {OF_SOURCE}
         order by s.agent_id, s.starts_at, s.id"
    );
    let mut params = params![tx.tenant(), ids, known.start(), known.end()];
    params.extend(source.params());
    let rows: Vec<ShiftView> = tx.all(sql, params).await?;
    for row in rows {
        let plan = row.agent_id.and_then(|agent| plans.get_mut(&agent));
        if let (Some(plan), Some(shift)) = (plan, row.shift(zone)?) {
            plan.shifts.push(shift);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use trunkline_domain::id::Id;
    use uuid::Uuid;

    use super::*;

    fn contract(from: civil::Date, until: Option<civil::Date>, hours: i32) -> ContractRow {
        ContractRow {
            agent_id: Id::from_uuid(Uuid::nil()),
            valid_from: from,
            valid_until: until,
            kind: "REGULAR".to_owned(),
            weekly_min_seconds: hours * 3600,
            weekly_max_seconds: hours * 3600,
        }
    }

    /// Hours from each day on.
    fn hours(rows: &[ContractRow]) -> Vec<(civil::Date, i64)> {
        let most = |terms: &ContractTerms| terms.weekly_seconds.max.unwrap_or(-1) / 3600;
        changes(rows).iter().map(|it| (it.0, most(&it.1))).collect()
    }

    #[test]
    fn a_contract_that_begins_in_a_week_holds_for_all_of_it() {
        let wednesday = date(2026, 3, 4);
        assert_eq!(hours(&[contract(wednesday, None, 40)]), [(date(2026, 3, 2), 40)]);
    }

    #[test]
    fn a_contract_that_ends_in_a_week_holds_for_all_of_it() {
        let ends = contract(date(2025, 1, 1), Some(date(2026, 3, 5)), 40);
        assert_eq!(hours(&[ends]), [(date(2024, 12, 30), 40), (date(2026, 3, 9), 0)]);
    }

    #[test]
    fn contracts_that_follow_each_other_change_on_the_day() {
        let wednesday = date(2026, 3, 4);
        let rows = [contract(date(2025, 1, 6), Some(wednesday), 40), contract(wednesday, None, 20)];
        assert_eq!(hours(&rows), [(date(2025, 1, 6), 40), (wednesday, 20)]);
    }

    #[test]
    fn between_two_contracts_nobody_owes_or_may_work_an_hour() {
        let rows = [
            contract(date(2025, 1, 6), Some(date(2026, 3, 4)), 40),
            contract(date(2026, 3, 25), None, 20),
        ];
        let expected = [(date(2025, 1, 6), 40), (date(2026, 3, 9), 0), (date(2026, 3, 23), 20)];
        assert_eq!(hours(&rows), expected);
    }
}
