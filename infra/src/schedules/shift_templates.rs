//! What shifts sites offer, from which day on.

use jiff::{Timestamp, civil};
use serde::Deserialize as _;
use trunkline_domain::{
    id::SiteId,
    schedules::{ShiftTemplates, TemplatesFrom},
};

use crate::{
    ctx::Ctx,
    db::{DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    /// The shifts of a site from a day on, as they are read.
    pub struct ShiftTemplateSetView {
        /// Whose.
        pub site_id: SiteId,
        /// The day.
        pub valid_from: civil::Date,
        templates: Json,
        /// Set at.
        pub set_at: Timestamp,
    }
}

impl ShiftTemplateSetView {
    /// The same as the domain knows it.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn known(&self) -> Result<TemplatesFrom, DbError> {
        let templates = ShiftTemplates::deserialize(&self.templates).map_err(|error| {
            let (site, from) = (self.site_id, self.valid_from);
            DbError::Internal(format!("shifts of {site} from {from}: {error}"))
        })?;
        Ok(TemplatesFrom { valid_from: self.valid_from, templates })
    }
}

/// What was ever set for a site, by day.
///
/// # Errors
/// What the database says.
pub async fn shift_template_sets(
    tx: &TenantTx,
    site: SiteId,
) -> Result<Vec<ShiftTemplateSetView>, DbError> {
    tx.all(
        "select site_id, valid_from, templates, set_at from app.shift_template_set
         where tenant_id = $1 and site_id = $2 order by valid_from",
        params![tx.tenant(), site],
    )
    .await
}

/// Sets the shifts of a site from a day on; what was set for that day is replaced.
///
/// # Errors
/// What the database says.
pub async fn set_shift_templates(
    tx: &TenantTx,
    ctx: &Ctx,
    site: SiteId,
    set: &TemplatesFrom,
) -> Result<(), DbError> {
    let templates = serde_json::to_value(&set.templates)
        .map_err(|error| DbError::Internal(format!("shifts of {site}: {error}")))?;
    tx.run(
        "insert into app.shift_template_set (tenant_id, site_id, valid_from, templates, set_by, set_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint shift_template_set_pkey do update
         set (templates, set_by, set_at) = (excluded.templates, excluded.set_by, excluded.set_at)",
        params![tx.tenant(), site, set.valid_from, templates, ctx.actor(), ctx.now()],
    )
    .await?;
    Ok(())
}
