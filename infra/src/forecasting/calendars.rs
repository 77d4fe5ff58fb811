use jiff::civil;
use serde_json::json;
use trunkline_domain::{
    forecasting::site_calendar::{DayKind, SpecialDay},
    id::SiteId,
};

use crate::{
    db::{DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    /// A special day of a site as it is read.
    pub struct SpecialDayView {
        /// Its site.
        pub site_id: SiteId,
        /// Local date.
        pub local_date: civil::Date,
        /// What people call it.
        pub name: String,
        /// Whether the site stays closed.
        pub closed: bool,
        /// USUAL, REST_DAY or PUBLIC_HOLIDAY.
        pub kind: String,
    }
}

impl SpecialDayView {
    /// The day as the domain knows it, with its site.
    #[must_use]
    pub fn known(self) -> (SiteId, SpecialDay) {
        let kind = self.day_kind();
        let Self { site_id, local_date, name, closed, kind: _ } = self;
        (site_id, SpecialDay { date: local_date, name, closed, kind })
    }

    /// What it is for those who work on it.
    #[must_use]
    pub fn day_kind(&self) -> DayKind {
        DayKind::parse(&self.kind).unwrap_or_default()
    }
}

/// Writes days of a site's calendar; a date that has a name gets the new one.
///
/// # Errors
/// What the database says.
pub async fn set_special_days(
    tx: &TenantTx,
    site: SiteId,
    days: &[SpecialDay],
) -> Result<(), DbError> {
    let rows = days.iter().map(|day| {
        let SpecialDay { date, name, closed, kind } = day;
        json!({"local_date": date, "name": name, "closed": closed, "kind": kind.as_str()})
    });
    tx.run(
        "insert into app.special_day (tenant_id, site_id, local_date, name, closed, kind)
         select $1, $2, r.local_date, r.name, r.closed, r.kind
         from jsonb_to_recordset($3)
              as r (local_date date, name text, closed boolean, kind text)
         on conflict on constraint special_day_pkey do update
         set (name, closed, kind) = (excluded.name, excluded.closed, excluded.kind)",
        params![tx.tenant(), site, Json::Array(rows.collect())],
    )
    .await?;
    Ok(())
}

/// Takes days out of a site's calendar; gives those that were in it, in order of date.
///
/// # Errors
/// What the database says.
pub async fn remove_special_days(
    tx: &TenantTx,
    site: SiteId,
    dates: &[civil::Date],
) -> Result<Vec<SpecialDay>, DbError> {
    let mut gone: Vec<SpecialDayView> = tx
        .all(
            "delete from app.special_day
             where tenant_id = $1 and site_id = $2 and local_date = any($3)
             returning site_id, local_date, name, closed, kind",
            params![tx.tenant(), site, dates],
        )
        .await?;
    gone.sort_unstable_by_key(|day| day.local_date);
    Ok(gone.into_iter().map(|day| day.known().1).collect())
}

/// Special days of these sites from `from` to before `to`, in order of date.
///
/// # Errors
/// What the database says.
pub async fn special_days(
    tx: &TenantTx,
    sites: &[SiteId],
    from: civil::Date,
    to: civil::Date,
) -> Result<Vec<SpecialDayView>, DbError> {
    tx.all(
        "select site_id, local_date, name, closed, kind from app.special_day
         where tenant_id = $1 and site_id = any($2) and local_date >= $3 and local_date < $4
         order by local_date, site_id",
        params![tx.tenant(), sites, from, to],
    )
    .await
}
