use jiff::{Timestamp, civil};
use trunkline_domain::{
    id::{SiteId, WorkRulesId},
    schedules::{RuleLimits, WorkRules},
};
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    db::{DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    struct Row {
        id: WorkRulesId,
        site_id: Option<SiteId>,
        number: i32,
        valid_from: civil::Date,
        rules: Json,
        created_at: Timestamp,
    }
}

/// Work rules with what they hold for.
#[derive(Debug, Clone)]
pub struct WorkRulesView {
    /// The rules. Where a tenant has set none, the default ones under a nil id.
    pub rules: WorkRules,
    /// Site they are set for; `None` = the whole network.
    pub site_id: Option<SiteId>,
    /// First day; `None` for the default ones.
    pub valid_from: Option<civil::Date>,
    /// Set at; `None` for the default ones.
    pub created_at: Option<Timestamp>,
}

/// The rules in force at a site on a day: its own, else those of the network, else the default.
///
/// # Errors
/// What the database says.
pub async fn work_rules_in_force(
    tx: &TenantTx,
    site: SiteId,
    on: civil::Date,
) -> Result<WorkRulesView, DbError> {
    let row: Option<Row> = tx
        .one(
            "select id, site_id, number, valid_from, rules, created_at from app.work_rules
             where tenant_id = $1 and (site_id = $2 or site_id is null) and valid_from <= $3
             order by site_id nulls last, valid_from desc, number desc limit 1",
            params![tx.tenant(), site, on],
        )
        .await?;
    let Some(Row { id, site_id, number, valid_from, rules, created_at }) = row else {
        let rules = WorkRules::default_of(WorkRulesId::from_uuid(Uuid::nil()));
        return Ok(WorkRulesView { rules, site_id: None, valid_from: None, created_at: None });
    };
    let limits = serde_json::from_value(rules)
        .map_err(|error| DbError::Internal(format!("work rules {id}: {error}")))?;
    Ok(WorkRulesView {
        rules: WorkRules { id, version: number, limits },
        site_id,
        valid_from: Some(valid_from),
        created_at: Some(created_at),
    })
}

/// Sets the rules of a site, or of the network, from a day on; gives their number.
///
/// # Errors
/// What the database says.
pub async fn insert_work_rules(
    tx: &TenantTx,
    ctx: &Ctx,
    id: WorkRulesId,
    site: Option<SiteId>,
    valid_from: civil::Date,
    limits: &RuleLimits,
) -> Result<i32, DbError> {
    let rules = serde_json::to_value(limits)
        .map_err(|error| DbError::Internal(format!("work rules {id}: {error}")))?;
    let number = tx
        .scalar(
            "insert into app.work_rules (tenant_id, id, site_id, number, valid_from, rules,
                                         created_by, created_at)
             select $1, $2, $3, coalesce(max(w.number), 0) + 1, $4, $5, $6, $7
             from app.work_rules w where w.tenant_id = $1 and w.site_id is not distinct from $3
             returning number as value",
            params![tx.tenant(), id, site, valid_from, rules, ctx.actor(), ctx.now()],
        )
        .await?;
    Ok(number.unwrap_or(1))
}
