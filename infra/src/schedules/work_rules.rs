use jiff::{Timestamp, ToSpan as _, civil};
use serde::Deserialize as _;
use trunkline_domain::{
    id::{SiteId, WorkRulesId},
    schedules::{RuleLimits, WorkRules},
    time::monday_of,
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
    row.as_ref().map_or_else(|| Ok(WorkRulesView::default_ones()), Row::view)
}

impl Row {
    fn view(&self) -> Result<WorkRulesView, DbError> {
        let id = self.id;
        let limits = RuleLimits::deserialize(&self.rules)
            .map_err(|error| DbError::Internal(format!("work rules {id}: {error}")))?;
        Ok(WorkRulesView {
            rules: WorkRules { id, version: self.number, limits },
            site_id: self.site_id,
            valid_from: Some(self.valid_from),
            created_at: Some(self.created_at),
        })
    }
}

impl WorkRulesView {
    fn default_ones() -> Self {
        let rules = WorkRules::default_of(WorkRulesId::from_uuid(Uuid::nil()));
        Self { rules, site_id: None, valid_from: None, created_at: None }
    }
}

/// All rules that were ever set for a site or its network.
#[derive(Debug)]
pub struct RuleSets {
    /// In the order in which one is preferred among those in force.
    rows: Vec<Row>,
}

/// Loads the rules of a site, of all days.
///
/// # Errors
/// What the database says.
pub async fn load_rule_sets(tx: &TenantTx, site: SiteId) -> Result<RuleSets, DbError> {
    let rows = tx
        .all(
            "select id, site_id, number, valid_from, rules, created_at from app.work_rules
             where tenant_id = $1 and (site_id = $2 or site_id is null)
             order by site_id nulls last, valid_from desc, number desc",
            params![tx.tenant(), site],
        )
        .await?;
    Ok(RuleSets { rows })
}

impl RuleSets {
    /// The rules in force on a day: the site's own, else those of the network, else the default.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn on(&self, date: civil::Date) -> Result<WorkRules, DbError> {
        let row = self.rows.iter().find(|row| row.valid_from <= date);
        Ok(row.map_or_else(|| Ok(WorkRulesView::default_ones()), Row::view)?.rules)
    }

    /// The rules of each local week, by the day on which the week begins: those of the week of
    /// `first`, and those of later weeks up to `last` from which on others are in force. A week is
    /// judged by the rules of its Monday, so that no week is judged by two.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn by_week(
        &self,
        first: civil::Date,
        last: civil::Date,
    ) -> Result<(WorkRules, Vec<(civil::Date, WorkRules)>), DbError> {
        let mut monday = monday_of(first);
        let rules = self.on(monday)?;
        let mut changes: Vec<(civil::Date, WorkRules)> = Vec::new();
        while monday <= last.saturating_sub(7.days()) {
            monday = monday.saturating_add(7.days());
            let before = changes.last().map_or(&rules, |(_, rules)| rules);
            let here = self.on(monday)?;
            if here.id != before.id {
                changes.push((monday, here));
            }
        }
        Ok((rules, changes))
    }
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
