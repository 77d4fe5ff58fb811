//! Recurring work on swaps.

use serde_json::Value;
use trunkline::boot::worker::round;
use trunkline_domain::id::ShiftSwapId;
use trunkline_infra::{audit::SealKey, live::LiveStore, params};
use trunkline_testkit::{database, shanghai};

use super::{Guangzhou, done, propose};
use crate::support::Server;

#[tokio::test]
async fn a_swap_that_cannot_lapse_keeps_no_other_and_no_other_tenant_waiting() {
    let database = database().await.db_scratch("recurring").await;
    let server = Server::start_on(&database, LiveStore::in_memory()).await;
    // The damaged one is of the tenant that was made first and comes first there.
    let gz = Guangzhou::on(server).await;
    let other = Guangzhou::on(gz.server.stranger_on(&database).await).await;
    let (li, zhou) = gz.both().await;
    let damaged = done(propose(&li, gz.early, false, None).await);
    let sound = done(propose(&zhou, gz.late, false, None).await);
    let elsewhere = done(propose(&other.agent(other.li).await, other.early, false, None).await);
    let company = &gz.server.company;
    company
        .db_run(
            "update app.shift_swap set acceptable_windows = '{}' where tenant_id = $1 and proposer_id = $2",
            params![company.tenant, gz.li],
        )
        .await;
    let app = &gz.server.app;
    let key = SealKey::ephemeral().expect("key");
    app.clock.set(shanghai("2026-03-04T05:00"));
    assert_eq!(round(app, &key).await.expect("a round"), 1, "one task of one tenant failed");
    let told = gz.server.ops.figures().await;
    assert!(told.contains("trunkline_recurring_failures_total 1"), "{told}");
    let states = async |gz: &Guangzhou, swap: &Value| {
        let company = &gz.server.company;
        let id: ShiftSwapId = swap["id"].as_str().expect("id").parse().expect("a swap");
        let state: Option<String> = company
            .db_begin()
            .await
            .scalar(
                "select state as value from app.shift_swap where tenant_id = $1 and id = $2",
                params![company.tenant, id],
            )
            .await
            .expect("state");
        state.expect("a swap")
    };
    assert_eq!(states(&gz, &damaged).await, "OPEN");
    assert_eq!(states(&gz, &sound).await, "EXPIRED");
    assert_eq!(states(&other, &elsewhere).await, "EXPIRED");
}
