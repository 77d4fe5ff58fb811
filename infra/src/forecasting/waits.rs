//! How waits are stored: in one array, answered contacts by bin and then abandoned ones.

use sea_orm::{DbErr, QueryResult};
use trunkline_domain::kpis::WaitHistogram;

use crate::db::Column;

/// The counts as they are stored.
pub(crate) fn bins(waits: &WaitHistogram) -> Vec<u64> {
    waits.answered.iter().chain(&waits.abandoned).copied().collect()
}

/// SQL for the sum of the waits of rows called `alias`, bin by bin.
pub(crate) fn sum_of_waits(alias: &str) -> String {
    let sums: Vec<String> = (1..=2 * WaitHistogram::BINS)
        .map(|bin| format!("coalesce(sum({alias}.waits[{bin}]), 0)::bigint"))
        .collect();
    format!("array[{}]", sums.join(", "))
}

/// SQL for whether the waits are known of all rows called `alias` that have contacts.
pub(crate) fn are_waits_known(alias: &str) -> String {
    format!(
        "count(*) filter (where {alias}.waits is null and ({alias}.offered > 0
             or {alias}.answered > 0 or {alias}.abandoned > 0)) = 0"
    )
}

impl Column for Option<WaitHistogram> {
    fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
        let Some(stored) = row.try_get::<Option<Vec<i64>>>("", name)? else { return Ok(None) };
        let mut waits = WaitHistogram::default();
        let places = waits.answered.iter_mut().chain(&mut waits.abandoned);
        for (place, count) in places.zip(stored) {
            *place = count.unsigned_abs();
        }
        Ok(Some(waits))
    }
}
