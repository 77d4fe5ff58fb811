//! Hearing what one is told as it is told.

use std::time::Duration;

use serde_json::{Value, json};
use trunkline_domain::identity::Permission;
use trunkline_infra::live::LiveStore;
use trunkline_testkit::redis::RedisServer;

use super::{MOVE, Told};
use crate::support::{Actor, Server, Subscription};

const HEAR: &str = "subscription($after: String) { notificationArrived(after: $after) {
    cursor notification kind message } }";

async fn listen(actor: &Actor, after: Option<&Value>) -> Subscription {
    actor.subscribe(HEAR, json!({"after": after})).await
}

#[tokio::test]
async fn whoever_was_away_hears_all_that_was_missed_and_then_goes_on() {
    let it = Told::new().await;
    it.tell().await;
    let mut socket = listen(&it.li, None).await;
    // The subscription has begun when it has begun on the server; what was told before is not heard.
    tokio::time::sleep(Duration::from_millis(300)).await;
    it.tell().await;
    let heard = socket.next("notificationArrived").await;
    assert_eq!(heard["kind"], "POST_CHANGED");
    assert!(heard["message"].as_str().expect("text").ends_with("step 2."), "{heard}");
    let document = "query($id: ID!) { node(id: $id) { ... on Notification { kind } } }";
    let node = it.li.ok(document, json!({"id": heard["notification"]})).await;
    assert_eq!(node["node"]["kind"], "POST_CHANGED");
    drop(socket);
    it.tell().await;
    it.tell().await;
    let mut socket = listen(&it.li, Some(&heard["cursor"])).await;
    for step in ["step 3.", "step 4."] {
        let heard = socket.next("notificationArrived").await;
        assert!(heard["message"].as_str().expect("text").ends_with(step), "{heard}");
    }
}

/// What comes next is the notification of this step, and comes before one looks without a word from
/// the live store.
async fn hears(socket: &mut Subscription, step: i64) {
    let next = socket.next("notificationArrived");
    let heard = tokio::time::timeout(Duration::from_secs(10), next).await.expect("soon");
    let message = heard["message"].as_str().expect("text");
    assert!(message.ends_with(&format!("step {step}.")), "{step}: {heard}");
}

#[tokio::test]
async fn what_is_told_while_the_live_store_is_gone_is_heard_in_order_and_once_when_it_is_back() {
    const TEST: &str = "what_is_told_while_the_live_store_is_gone";
    let Some(mut redis) = RedisServer::start(TEST) else { return };
    let live = LiveStore::in_redis(redis.url().as_str(), 1).expect("a live store");
    let it = Told::on(Server::start_with(live.clone()).await).await;
    let mut socket = listen(&it.li, None).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    it.tell().await;
    hears(&mut socket, 1).await;
    redis.kill();
    it.tell().await;
    it.tell().await;
    redis.restart();
    hears(&mut socket, 2).await;
    hears(&mut socket, 3).await;
    // The channels are taken up already; the connection that publishes is made anew when it is used.
    while live.ping().await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for step in [4, 5] {
        it.tell().await;
        hears(&mut socket, step).await;
    }
}

#[tokio::test]
async fn what_is_told_under_an_idempotency_key_is_heard_once_when_it_lasts() {
    let it = Told::new().await;
    let mut socket = listen(&it.li, None).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let at = it.server.app.clock.now() + jiff::SignedDuration::from_mins(30);
    let input = json!({"input": {"agentId": it.agent.to_string(), "effectiveAt": at.to_string(),
                                 "post": "keyed", "reason": "ROTATION"}});
    for _ in 0..2 {
        let answer = it.hr.send_with_key(MOVE, input.clone(), Some("move-8e03978e-40d5-1")).await;
        assert!(answer.get("errors").is_none(), "{answer}");
    }
    it.tell().await;
    for words in ["keyed.", "step 1."] {
        let heard = socket.next("notificationArrived").await;
        assert!(heard["message"].as_str().expect("text").ends_with(words), "{heard}");
    }
}

#[tokio::test]
async fn a_cursor_of_something_else_is_refused_and_a_program_hears_nothing() {
    let it = Told::new().await;
    let document = "subscription { notificationArrived(after: \"no cursor\") { cursor } }";
    let answer = it.li.events(document, json!({})).await.next().await.expect("an answer");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_ARGUMENT", "{answer}");
    let partner = it.server.partner(Permission::ALL, &[]).await;
    let document = "subscription { notificationArrived { cursor } }";
    assert_eq!(partner.events(document, json!({})).await.next().await, None);
}
