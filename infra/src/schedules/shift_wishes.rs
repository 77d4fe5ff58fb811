//! What agents wish of days.

use jiff::{ToSpan as _, civil};
use serde_json::json;
use trunkline_domain::{
    id::{AgentId, SiteId},
    schedules::ShiftWish,
};

use crate::{
    ctx::Ctx,
    db::{DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    struct WishRow {
        agent_id: AgentId,
        local_date: civil::Date,
        template_code: String,
        is_wanted: bool,
        weight: u8,
    }
}

impl From<WishRow> for ShiftWish {
    fn from(row: WishRow) -> Self {
        let WishRow { agent_id, local_date, template_code, is_wanted, weight } = row;
        let template = Some(template_code).filter(|code| !code.is_empty());
        Self { agent: agent_id, date: local_date, template, is_wanted, weight }
    }
}

/// What the active agents of a site wish of the days from `first` to `last`, by agent and day.
///
/// # Errors
/// What the database says.
pub async fn shift_wishes_of_site(
    tx: &TenantTx,
    site: SiteId,
    first: civil::Date,
    last: civil::Date,
) -> Result<Vec<ShiftWish>, DbError> {
    let rows: Vec<WishRow> = tx
        .all(
            "select w.agent_id, w.local_date, w.template_code, w.is_wanted, w.weight
             from app.agent a
             join app.shift_wish w on w.tenant_id = a.tenant_id and w.agent_id = a.id
             where a.tenant_id = $1 and a.site_id = $2 and a.status = 'ACTIVE'
               and w.local_date between $3 and $4
             order by w.agent_id, w.local_date, w.template_code",
            params![tx.tenant(), site, first, last],
        )
        .await?;
    Ok(rows.into_iter().map(ShiftWish::from).collect())
}

/// What these agents wish of the days from `first` to `last`, by agent and day.
///
/// # Errors
/// What the database says.
pub async fn shift_wishes_of_agents(
    tx: &TenantTx,
    agents: &[AgentId],
    first: civil::Date,
    last: civil::Date,
) -> Result<Vec<ShiftWish>, DbError> {
    let rows: Vec<WishRow> = tx
        .all(
            "select agent_id, local_date, template_code, is_wanted, weight from app.shift_wish
             where tenant_id = $1 and agent_id = any($2) and local_date between $3 and $4
             order by agent_id, local_date, template_code",
            params![tx.tenant(), agents, first, last],
        )
        .await?;
    Ok(rows.into_iter().map(ShiftWish::from).collect())
}

/// Sets what an agent wishes of the week from `monday`, in place of what it wished of it before.
///
/// # Errors
/// What the database says.
pub async fn set_shift_wishes(
    tx: &TenantTx,
    ctx: &Ctx,
    agent: AgentId,
    monday: civil::Date,
    wishes: &[ShiftWish],
) -> Result<(), DbError> {
    let sunday = monday.saturating_add(6.days());
    tx.run(
        "delete from app.shift_wish
         where tenant_id = $1 and agent_id = $2 and local_date between $3 and $4",
        params![tx.tenant(), agent, monday, sunday],
    )
    .await?;
    let rows = wishes.iter().map(|wish| {
        let ShiftWish { agent: _, date, template, is_wanted, weight } = wish;
        json!({"local_date": date, "template_code": template.as_deref().unwrap_or_default(),
               "is_wanted": is_wanted, "weight": weight})
    });
    tx.run(
        "insert into app.shift_wish (tenant_id, agent_id, local_date, template_code, is_wanted, weight,
                                     set_by, set_at)
         select $1, $2, r.local_date, r.template_code, r.is_wanted, r.weight, $3, $4
         from jsonb_to_recordset($5) as r(local_date date, template_code text, is_wanted boolean,
                                          weight smallint)",
        params![tx.tenant(), agent, ctx.actor(), ctx.now(), Json::Array(rows.collect())],
    )
    .await?;
    Ok(())
}
