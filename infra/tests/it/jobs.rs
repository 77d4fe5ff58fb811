//! Whose jobs a worker gets.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use trunkline_domain::id::{JobId, TenantId};
use trunkline_infra::{
    ctx::Ctx,
    jobs::{claim_job, insert_job},
};
use trunkline_testkit::{Company, database};

const KIND: &str = "test.claim";

/// A job of a company that was asked for at that instant.
async fn asked(company: &Company, at: Timestamp) -> JobId {
    let ctx = Ctx::of_system(company.tenant, "test", at);
    let id = ctx.new_id();
    let tx = company.db_begin().await;
    insert_job(&tx, &ctx, id, KIND, json!({}), None).await.expect("a job");
    tx.commit().await.expect("commit");
    id
}

#[tokio::test]
async fn a_worker_of_one_company_passes_over_an_older_job_of_another() {
    let now: Timestamp = "2026-03-02T12:00:00Z".parse().expect("instant");
    // Alone: a worker of all companies would get the jobs of other tests.
    let database = database().await.db_scratch("claims").await;
    let db = database.connect().await;
    let first = Company::db_new(&db, &database, now).await;
    let second = Company::db_new(&db, &database, now).await;
    let older = asked(&first, now - SignedDuration::from_hours(1)).await;
    let newer = asked(&second, now).await;
    let kinds = [KIND.to_owned()];
    let claim = async |of: Option<TenantId>| {
        let claimed = claim_job(&db, &kinds, of, now).await.expect("claimed");
        claimed.map(|job| (job.tenant_id, job.id))
    };
    assert_eq!(claim(Some(second.tenant)).await, Some((second.tenant, newer)));
    assert_eq!(claim(Some(second.tenant)).await, None);
    assert_eq!(claim(None).await, Some((first.tenant, older)));
}
