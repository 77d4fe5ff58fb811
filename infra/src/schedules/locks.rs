//! Decisions about schedules wait for each other: schedules are locked first, then people, each in the
//! order of their ids.

use trunkline_domain::id::{AgentId, ScheduleId, ShiftId, SiteId};

use super::ScheduleView;
use crate::{
    db::{DbError, TenantTx, Value},
    params, read_model,
};

/// Makes decisions about these shifts wait for each other: locks their schedules and these agents
/// until the transaction ends. Two decisions that are sound alone may not be so together.
///
/// # Errors
/// What the database says; [`DbError::Timeout`] when others take too long, [`DbError::Collision`] when
/// these schedules are cut again and again.
pub async fn lock_schedules(
    tx: &TenantTx,
    shifts: &[ShiftId],
    agents: &[AgentId],
) -> Result<(), DbError> {
    lock_rows(
        tx,
        "select c.id from app.schedule c
         where c.tenant_id = $1 and c.id in (select s.schedule_id from app.shift s
                                             where s.tenant_id = $1 and s.id = any($2))
         order by c.id for no key update",
        || params![tx.tenant(), shifts],
    )
    .await?;
    lock_agents(tx, agents).await
}

/// How often it is looked for schedules that are not locked yet.
const LOOKS: usize = 5;

read_model! {
    struct Locked {
        id: ScheduleId,
    }
}

/// Locks schedules that a statement finds, and looks again until it finds no others: one that was waited
/// for may have been cut meanwhile, and its days and shifts be in another. [`DbError::Collision`] when
/// there are always more.
async fn lock_rows(
    tx: &TenantTx,
    sql: &str,
    params: impl Fn() -> Vec<Value>,
) -> Result<(), DbError> {
    let mut locked: Vec<ScheduleId> = Vec::new();
    for _ in 0..LOOKS {
        let rows: Vec<Locked> = tx.all(sql, params()).await?;
        let known = locked.len();
        for Locked { id } in rows {
            if !locked.contains(&id) {
                locked.push(id);
            }
        }
        if locked.len() == known {
            return Ok(());
        }
    }
    Err(DbError::Collision)
}

/// The same for a decision about a schedule as a whole and these agents.
///
/// # Errors
/// What the database says; [`DbError::Timeout`] when others take too long.
pub async fn lock_schedule(
    tx: &TenantTx,
    schedule: ScheduleId,
    agents: &[AgentId],
) -> Result<(), DbError> {
    tx.run(
        "select id from app.schedule where tenant_id = $1 and id = $2 for no key update",
        params![tx.tenant(), schedule],
    )
    .await?;
    lock_agents(tx, agents).await
}

/// Makes decisions about these agents wait for each other until the transaction ends.
///
/// # Errors
/// What the database says; [`DbError::Timeout`] when others take too long.
pub async fn lock_agents(tx: &TenantTx, agents: &[AgentId]) -> Result<(), DbError> {
    tx.run(
        "select id from app.agent where tenant_id = $1 and id = any($2) order by id
         for no key update",
        params![tx.tenant(), agents],
    )
    .await?;
    Ok(())
}

/// Makes decisions about a site as a whole wait for each other until the transaction ends.
///
/// # Errors
/// What the database says; [`DbError::Timeout`] when others take too long.
pub async fn lock_site(tx: &TenantTx, site: SiteId) -> Result<(), DbError> {
    tx.run(
        "select id from app.site where tenant_id = $1 and id = $2 for no key update",
        params![tx.tenant(), site],
    )
    .await?;
    Ok(())
}

/// Makes publishing of a draft wait for decisions about the same people, and them for it: locks the
/// schedule, the one that it lies over, those that it supersedes or cuts, everybody at its site and
/// whoever works in one of these, in the order of [`lock_schedules`], until the transaction ends.
///
/// # Errors
/// What the database says; [`DbError::Timeout`] when others take too long.
pub async fn lock_publication(tx: &TenantTx, draft: &ScheduleView) -> Result<(), DbError> {
    let met = "select c.id from app.schedule c
               where c.tenant_id = $1
                 and (c.id in ($2, $6) or (c.site_id = $3 and c.state = 'PUBLISHED'
                                           and c.starts_on <= $5 and c.ends_on >= $4))";
    let days = || {
        let ScheduleView { id, site_id, starts_on, ends_on, base_id, .. } = *draft;
        params![tx.tenant(), id, site_id, starts_on, ends_on, base_id.unwrap_or(id)]
    };
    lock_rows(tx, &format!("{met} order by c.id for no key update"), days).await?;
    tx.run(
        format!(
            "select a.id from app.agent a
             where a.tenant_id = $1
               and (a.site_id = $3 or a.id in (select s.agent_id from app.shift s
                                               where s.tenant_id = $1 and s.schedule_id in ({met})))
             order by a.id for no key update"
        ),
        days(),
    )
    .await?;
    Ok(())
}
