//! Notifications by mail, for those who want them.

use serde_json::json;
use trunkline_infra::{live::LiveStore, params};
use trunkline_testkit::database;

use super::{READ, Told};
use crate::support::Server;

const SET: &str = "mutation($input: NotificationPreferencesSetInput!) {
    notificationPreferencesSet(input: $input) { preferences { mailKinds } userErrors { code } } }";

#[tokio::test]
async fn a_mail_is_sent_for_the_kinds_that_were_chosen_and_for_no_others() {
    let it = Told::new().await;
    let company = &it.server.company;
    let address = it.server.address_of("li");
    company
        .db_run(
            "update app.app_user set email = $3 where tenant_id = $1 and agent_id = $2",
            params![company.tenant, it.agent, address.clone()],
        )
        .await;
    let none = it.li.ok("{ notificationPreferences { mailKinds } }", json!({})).await;
    assert_eq!(none["notificationPreferences"]["mailKinds"], json!([]));
    it.tell().await;
    assert_eq!(it.server.db_mails_to(&address).await, 0, "nothing was chosen yet");

    let twice = json!({"input": {"mailKinds": ["POST_CHANGED", "POST_CHANGED", "SHIFT_CHANGED"]}});
    let set = it.li.ok(SET, twice).await["notificationPreferencesSet"].take();
    assert_eq!(set["preferences"]["mailKinds"], json!(["POST_CHANGED", "SHIFT_CHANGED"]));
    it.tell().await;
    let mail = it.server.mail_to(&address).await;
    assert!(mail.subject.ends_with("your post is step 2."), "{mail:?}");
    assert!(mail.body.contains("https://trunkline.example"), "{mail:?}");

    let other = json!({"input": {"mailKinds": ["ROLE_GIVEN"]}});
    it.li.ok(SET, other).await;
    it.tell().await;
    assert_eq!(it.server.db_mails_to(&address).await, 0, "another kind");
}

#[tokio::test]
async fn what_was_read_before_the_mail_was_written_is_not_mailed() {
    // Nobody else's worker does the jobs of this database.
    let database = database().await.db_scratch("unmailed").await;
    let it = Told::on(Server::start_on(&database, LiveStore::in_memory()).await).await;
    it.li.ok(SET, json!({"input": {"mailKinds": ["POST_CHANGED"]}})).await;
    it.tell().await;
    it.li.ok(READ, json!({"input": {"to": "2030-01-01T00:00:00Z"}})).await;
    let address = format!("{}@example.com", it.agent);
    assert_eq!(it.server.db_mails_to(&address).await, 0);
    it.tell().await;
    assert_eq!(it.server.db_mails_to(&address).await, 1, "the next one is");
}

#[tokio::test]
async fn whose_contract_is_over_is_told_and_mailed_nothing_more() {
    // Nobody else's worker does the jobs of this database.
    let database = database().await.db_scratch("left").await;
    let it = Told::on(Server::start_on(&database, LiveStore::in_memory()).await).await;
    it.li.ok(SET, json!({"input": {"mailKinds": ["POST_CHANGED"]}})).await;
    it.tell().await;
    let company = &it.server.company;
    company
        .db_run(
            "update app.contract set valid_until = '2026-03-01' where tenant_id = $1 and agent_id = $2",
            params![company.tenant, it.agent],
        )
        .await;
    let address = format!("{}@example.com", it.agent);
    assert_eq!(it.server.db_mails_to(&address).await, 0, "told before, and gone meanwhile");
    it.tell().await;
    assert_eq!(it.server.db_mails_to(&address).await, 0);
    let tx = company.db_begin().await;
    let told: Option<i64> = tx
        .scalar(
            "select count(*) as value from app.notification where tenant_id = $1",
            params![company.tenant],
        )
        .await
        .expect("count");
    assert_eq!(told, Some(1), "the one of before");
}
