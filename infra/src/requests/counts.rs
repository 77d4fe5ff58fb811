//! How many swaps there were, for those who may count and not read them.

use jiff::Timestamp;
use serde_json::json;
use trunkline_domain::{
    id::SiteId,
    identity::ReachSet,
    requests::{Satisfaction, SwapState},
    time::Span,
};

use crate::{
    db::{DbError, Json, Param as _, TenantTx, reach_params},
    params, read_model,
};

read_model! {
    /// How many swaps of a site are in a state.
    pub struct SwapCount {
        /// Site of the offered shifts.
        pub site_id: SiteId,
        /// OPEN, MATCHED, APPROVED, DENIED, CANCELLED or EXPIRED.
        pub state: String,
        /// How many.
        pub swaps: i64,
    }
}

/// Swaps within `reach` that were made in `[from, to)`, counted by site and state.
///
/// # Errors
/// What the database says.
pub async fn count_swaps_by_state(
    tx: &TenantTx,
    reach: &ReachSet,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<SwapCount>, DbError> {
    let mut params = params![tx.tenant()];
    params.extend(reach_params(reach));
    params.extend([from.value(), to.value()]);
    tx.all(
        "select w.site_id, w.state, count(*) as swaps
         from app.shift_swap w
         join app.agent p on p.tenant_id = w.tenant_id and p.id = w.proposer_id
         where w.tenant_id = $1
           and ($2 or w.site_id = any($3) or p.team_id = any($4) or w.proposer_id = $5)
           and w.created_at >= $6 and w.created_at < $7
         group by w.site_id, w.state order by w.site_id, w.state",
        params,
    )
    .await
}

/// Swaps that were made at sites, each within its own span, counted by site and state.
///
/// # Errors
/// What the database says.
pub async fn count_swaps_of_sites(
    tx: &TenantTx,
    spans: &[(SiteId, Span)],
) -> Result<Vec<SwapCount>, DbError> {
    let spans = spans.iter().map(|(site, span)| {
        json!({"site_id": site.uuid(), "starts_at": span.start(), "ends_at": span.end()})
    });
    tx.all(
        "select w.site_id, w.state, count(*) as swaps
         from jsonb_to_recordset($2) as g (site_id uuid, starts_at timestamptz, ends_at timestamptz)
         join app.shift_swap w
           on w.tenant_id = $1 and w.site_id = g.site_id
          and w.created_at >= g.starts_at and w.created_at < g.ends_at
         group by w.site_id, w.state order by w.site_id, w.state",
        params![tx.tenant(), Json::Array(spans.collect())],
    )
    .await
}

/// How many of the swaps counted were decided and satisfied, by site in the order of `counts`.
#[must_use]
pub fn satisfaction_by_site(counts: &[SwapCount]) -> Vec<(SiteId, Satisfaction)> {
    let mut sites: Vec<(SiteId, Satisfaction)> = Vec::new();
    for count in counts {
        // A state of a later version of the program says nothing to this one.
        let outcome = SwapState::parse(&count.state).and_then(SwapState::outcome);
        let more = Satisfaction::of(outcome, count.swaps.unsigned_abs());
        match sites.iter_mut().find(|(site, _)| *site == count.site_id) {
            Some((_, sum)) => *sum += more,
            None => sites.push((count.site_id, more)),
        }
    }
    sites
}
