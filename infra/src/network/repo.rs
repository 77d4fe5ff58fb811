//! Writing the network: sites, teams, skills, queues and their goals. Many rows are one statement.

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use trunkline_domain::{
    id::QueueId,
    network::{GoalCaps, Queue, QueueStaffing, ServiceGoal, Site, Skill, Team},
};

use crate::{
    db::{DbError, TenantTx},
    params,
};

/// Makes sites.
///
/// # Errors
/// What the database says; a code that is taken as constraint.
pub async fn insert_sites(tx: &TenantTx, sites: &[Site], now: Timestamp) -> Result<(), DbError> {
    let rows: Vec<Json> = sites.iter().map(site_row).collect();
    tx.run(
        "insert into app.site (tenant_id, id, code, name_en, name_zh, time_zone, state, opening,
                               created_at, updated_at)
         select $1, r.id, r.code, r.name_en, r.name_zh, r.time_zone, r.state,
                r.opening, $3, $3
         from jsonb_to_recordset($2) as r(id uuid, code text, name_en text, name_zh text,
                                          time_zone text, state text, opening jsonb)",
        params![tx.tenant(), Json::Array(rows), now],
    )
    .await?;
    Ok(())
}

/// Puts `site` in the place of its version `expected`. Says whether that was still the current one.
///
/// # Errors
/// What the database says.
pub async fn update_site(
    tx: &TenantTx,
    site: &Site,
    expected: i32,
    now: Timestamp,
) -> Result<bool, DbError> {
    let opening = site.opening.as_ref().map(|opening| json!(opening));
    let rows = tx
        .run(
            "update app.site
             set code = $4, name_en = $5, name_zh = $6, time_zone = $7, state = $8, opening = $9,
                 updated_at = $10, version = version + 1
             where tenant_id = $1 and id = $2 and version = $3",
            params![
                tx.tenant(),
                site.id,
                expected,
                site.code.as_str(),
                site.names.en,
                site.names.zh,
                site.time_zone,
                site.state.as_str(),
                opening,
                now
            ],
        )
        .await?;
    Ok(rows == 1)
}

fn site_row(site: &Site) -> Json {
    let Site { id, code, names, time_zone, opening, state } = site;
    json!({"id": id.uuid(), "code": code, "name_en": names.en, "name_zh": names.zh,
           "time_zone": time_zone, "state": state.as_str(), "opening": opening})
}

/// Makes teams.
///
/// # Errors
/// What the database says; a code that is taken at the site as constraint.
pub async fn insert_teams(tx: &TenantTx, teams: &[Team], now: Timestamp) -> Result<(), DbError> {
    let rows = teams.iter().map(|team| {
        let Team { id, site, code, names } = team;
        json!({"id": id.uuid(), "site_id": site.uuid(), "code": code, "name_en": names.en,
               "name_zh": names.zh})
    });
    tx.run(
        "insert into app.team (tenant_id, id, site_id, code, name_en, name_zh, created_at, updated_at)
         select $1, r.id, r.site_id, r.code, r.name_en, r.name_zh, $3, $3
         from jsonb_to_recordset($2) as r(id uuid, site_id uuid, code text, name_en text, name_zh text)",
        params![tx.tenant(), Json::Array(rows.collect()), now],
    )
    .await?;
    Ok(())
}

/// Makes skills.
///
/// # Errors
/// What the database says; a code that is taken as constraint.
pub async fn insert_skills(tx: &TenantTx, skills: &[Skill], now: Timestamp) -> Result<(), DbError> {
    let rows = skills.iter().map(|skill| {
        let Skill { id, code, names } = skill;
        json!({"id": id.uuid(), "code": code, "name_en": names.en, "name_zh": names.zh})
    });
    tx.run(
        "insert into app.skill (tenant_id, id, code, name_en, name_zh, created_at)
         select $1, r.id, r.code, r.name_en, r.name_zh, $3
         from jsonb_to_recordset($2) as r(id uuid, code text, name_en text, name_zh text)",
        params![tx.tenant(), Json::Array(rows.collect()), now],
    )
    .await?;
    Ok(())
}

/// Makes queues with their sites and goals.
///
/// # Errors
/// What the database says; a code that is taken as constraint.
pub async fn insert_queues(
    tx: &TenantTx,
    queues: &[(Queue, QueueStaffing)],
    now: Timestamp,
) -> Result<(), DbError> {
    let rows = queues.iter().map(|(queue, staffing)| {
        json!({"id": queue.id.uuid(), "code": queue.code, "name_en": queue.names.en,
               "name_zh": queue.names.zh, "time_zone": queue.time_zone,
               "grain_minutes": queue.grain.minutes(), "skill_id": queue.skill.map(|it| it.uuid()),
               "minimum_staff": staffing.minimum_staff, "shrinkage": staffing.shrinkage,
               "unplanned_shrinkage": staffing.unplanned_shrinkage,
               "patience_seconds": staffing.patience_seconds})
    });
    tx.run(
        "insert into app.queue (tenant_id, id, code, name_en, name_zh, time_zone, grain_minutes, skill_id,
                                minimum_staff, shrinkage, unplanned_shrinkage, patience_seconds,
                                created_at, updated_at)
         select $1, r.id, r.code, r.name_en, r.name_zh, r.time_zone, r.grain_minutes, r.skill_id,
                r.minimum_staff, r.shrinkage, r.unplanned_shrinkage, r.patience_seconds, $3, $3
         from jsonb_to_recordset($2) as r(id uuid, code text, name_en text, name_zh text, time_zone text,
              grain_minutes int, skill_id uuid, minimum_staff int, shrinkage numeric,
              unplanned_shrinkage numeric, patience_seconds numeric)",
        params![tx.tenant(), Json::Array(rows.collect()), now],
    )
    .await?;
    let sites = queues.iter().flat_map(|(queue, _)| {
        queue.sites.iter().map(|site| json!({"queue_id": queue.id.uuid(), "site_id": site.uuid()}))
    });
    tx.run(
        "insert into app.queue_site (tenant_id, queue_id, site_id)
         select $1, r.queue_id, r.site_id
         from jsonb_to_recordset($2) as r(queue_id uuid, site_id uuid)",
        params![tx.tenant(), Json::Array(sites.collect())],
    )
    .await?;
    let goals: Vec<_> = queues
        .iter()
        .flat_map(|(queue, _)| queue.goals.iter().map(|goal| (queue.id, *goal)))
        .collect();
    set_queue_goals(tx, &goals).await
}

/// Sets goals from their instants on. One that begins at the same instant is replaced.
///
/// # Errors
/// What the database says.
pub async fn set_queue_goals(
    tx: &TenantTx,
    goals: &[(QueueId, ServiceGoal)],
) -> Result<(), DbError> {
    let rows = goals.iter().map(|(queue, goal)| {
        let ServiceGoal {
            from,
            service_level,
            caps: GoalCaps { max_asa_seconds, max_abandonment, max_occupancy },
            threshold_seconds,
            method,
            short_abandon_seconds,
        } = goal;
        json!({"queue_id": queue.uuid(), "valid_from": from, "service_level": service_level,
               "max_asa_seconds": max_asa_seconds, "max_abandonment": max_abandonment,
               "max_occupancy": max_occupancy,
               "threshold_seconds": threshold_seconds, "method": method.code(),
               "short_abandon_seconds": short_abandon_seconds})
    });
    tx.run(
        "insert into app.queue_goal (tenant_id, queue_id, valid_from, service_level, max_asa_seconds,
                                     max_abandonment, max_occupancy, threshold_seconds, method,
                                     short_abandon_seconds)
         select $1, r.queue_id, r.valid_from, r.service_level, r.max_asa_seconds, r.max_abandonment,
                r.max_occupancy, r.threshold_seconds, r.method, r.short_abandon_seconds
         from jsonb_to_recordset($2) as r(queue_id uuid, valid_from timestamptz, service_level numeric,
              max_asa_seconds int, max_abandonment numeric, max_occupancy numeric,
              threshold_seconds int, method text, short_abandon_seconds int)
         on conflict (tenant_id, queue_id, valid_from) do update
         set service_level = excluded.service_level, max_asa_seconds = excluded.max_asa_seconds,
             max_abandonment = excluded.max_abandonment, max_occupancy = excluded.max_occupancy,
             threshold_seconds = excluded.threshold_seconds,
             method = excluded.method, short_abandon_seconds = excluded.short_abandon_seconds",
        params![tx.tenant(), Json::Array(rows.collect())],
    )
    .await?;
    Ok(())
}

/// Makes decisions about a queue, and who writes figures of it, wait for each other until the transaction
/// ends.
///
/// # Errors
/// What the database says; [`DbError::Timeout`] when others take too long.
pub async fn lock_queue(tx: &TenantTx, queue: QueueId) -> Result<(), DbError> {
    tx.run(
        "select from app.queue where tenant_id = $1 and id = $2 for no key update",
        params![tx.tenant(), queue],
    )
    .await?;
    Ok(())
}

/// Changes how a queue is staffed; `false` when it is at another version than `expected`.
///
/// # Errors
/// What the database says.
pub async fn update_queue_staffing(
    tx: &TenantTx,
    queue: QueueId,
    staffing: &QueueStaffing,
    expected: i32,
    now: Timestamp,
) -> Result<bool, DbError> {
    let QueueStaffing { minimum_staff, shrinkage, unplanned_shrinkage, patience_seconds } =
        staffing;
    let rows = tx
        .run(
            "update app.queue set minimum_staff = $4, shrinkage = $5, unplanned_shrinkage = $6,
                    patience_seconds = $7, version = version + 1, updated_at = $8
             where tenant_id = $1 and id = $2 and version = $3",
            params![
                tx.tenant(),
                queue,
                expected,
                i32::from(*minimum_staff),
                *shrinkage,
                *unplanned_shrinkage,
                *patience_seconds,
                now
            ],
        )
        .await?;
    Ok(rows == 1)
}
