//! What people are told: reading it, hearing it, having it mailed, and forgetting it.

mod hearing;
mod mail;
mod planning;

use serde_json::{Value, json};
use trunkline::boot::worker::round;
use trunkline_domain::{
    id::AgentId,
    identity::{Permission, Role},
};
use trunkline_infra::{audit::SealKey, live::LiveStore};
use trunkline_testkit::{Within, database};

use crate::support::{Actor, Server};

/// Kinds of all that somebody was told, oldest first.
pub(crate) async fn told(actor: &Actor) -> Vec<String> {
    let answer = actor.ok("{ notifications(first: 200) { nodes { kind } } }", json!({})).await;
    let nodes = answer["notifications"]["nodes"].as_array().expect("list").iter().rev();
    nodes.map(|node| node["kind"].as_str().expect("kind").to_owned()).collect()
}

/// A company with an agent who is told things by being moved from post to post.
struct Told {
    server: Server,
    agent: AgentId,
    li: Actor,
    hr: Actor,
    steps: std::cell::Cell<i64>,
}

const MOVE: &str = "mutation($input: AgentMoveInput!) { agentMove(input: $input) {
    userErrors { code path } } }";

impl Told {
    async fn on(server: Server) -> Self {
        let site = server.company.db_site("GZ").await;
        let agent = server.company.db_agent("1", "Li Na", site, None, &[]).await;
        let li = server.agent(agent).await;
        let hr = server.user("hr@example.com", Role::Hr, Within::Tenant).await;
        Self { server, agent, li, hr, steps: std::cell::Cell::new(0) }
    }

    async fn new() -> Self {
        Self::on(Server::start().await).await
    }

    /// Gives the agent another post, and so tells her.
    async fn tell(&self) {
        self.steps.set(self.steps.get() + 1);
        let at = self.server.app.clock.now() + jiff::SignedDuration::from_hours(self.steps.get());
        let post = format!("step_{}", self.steps.get());
        let input = json!({"agentId": self.agent.to_string(), "effectiveAt": at.to_string(),
                           "post": post, "reason": "ROTATION"});
        let answer = self.hr.ok(MOVE, json!({"input": input})).await;
        assert_eq!(answer["agentMove"]["userErrors"], json!([]));
    }
}

async fn unread(actor: &Actor) -> Value {
    let answer = actor.ok("{ notificationUnreadCount { value } }", json!({})).await;
    answer["notificationUnreadCount"]["value"].clone()
}

const READ: &str =
    "mutation($input: NotificationMarkReadInput!) { notificationMarkRead(input: $input) {
    notifications { id readAt } userErrors { code path } } }";

#[tokio::test]
async fn a_kind_that_this_version_does_not_know_is_neither_listed_nor_counted() {
    let it = Told::new().await;
    it.tell().await;
    it.tell().await;
    let company = &it.server.company;
    company
        .db_run(
            "update app.notification set kind = 'OF_ANOTHER_VERSION' where tenant_id = $1 and number = 1",
            trunkline_infra::params![company.tenant],
        )
        .await;
    assert_eq!(unread(&it.li).await, 1);
    assert_eq!(told(&it.li).await, ["POST_CHANGED"]);
}

#[tokio::test]
async fn notifications_come_in_pages_newest_first_and_are_read_one_by_one_or_all() {
    let it = Told::new().await;
    for _ in 0..3 {
        it.tell().await;
    }
    assert_eq!(unread(&it.li).await, 3);
    let document = "query($after: String, $unread: Boolean! = false) {
        notifications(first: 2, after: $after, unreadOnly: $unread) { nodes { id message }
          pageInfo { hasNextPage endCursor } totalCount { value } } }";
    let first = it.li.ok(document, json!({})).await["notifications"].take();
    assert!(first["nodes"][0]["message"].as_str().expect("text").ends_with("step 3."), "{first}");
    assert_eq!(
        (&first["pageInfo"]["hasNextPage"], &first["totalCount"]["value"]),
        (&json!(true), &json!(3))
    );
    let after = json!({"after": first["pageInfo"]["endCursor"]});
    let second = it.li.ok(document, after).await["notifications"].take();
    assert!(second["nodes"][0]["message"].as_str().expect("text").ends_with("step 1."), "{second}");
    assert_eq!(second["nodes"].as_array().map(Vec::len), Some(1));

    let ids =
        json!({"notificationIds": [first["nodes"][0]["id"], "ntf_00000000000000000000000000"]});
    let read = it.li.ok(READ, json!({"input": ids})).await["notificationMarkRead"].take();
    let now = it.server.app.clock.now().to_string();
    assert_eq!(read["notifications"], json!([{"id": first["nodes"][0]["id"], "readAt": now}]));
    let missing = json!([{"code": "NOT_FOUND", "path": ["input", "notificationIds", "1"]}]);
    assert_eq!(read["userErrors"], missing, "and the other one is read");
    let left = it.li.ok(document, json!({"unread": true})).await["notifications"].take();
    assert_eq!(left["totalCount"]["value"], 2);
    it.li.ok(READ, json!({"input": {"to": now}})).await;
    assert_eq!(unread(&it.li).await, 0);
}

#[tokio::test]
async fn one_that_cannot_be_read_keeps_no_other_from_its_reader() {
    let it = Told::new().await;
    let mut socket =
        it.li.subscribe("subscription { notificationArrived { message } }", json!({})).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    it.tell().await;
    let first = socket.next("notificationArrived").await;
    assert!(first["message"].as_str().expect("text").ends_with("step 1."), "{first}");
    let company = &it.server.company;
    company
        .db_run(
            "with box as (update app.notification_box set last_number = last_number + 1
                          where tenant_id = $1 returning user_id, last_number)
             insert into app.notification (tenant_id, id, user_id, number, kind, subject, params, created_at)
             select $1, gen_random_uuid(), user_id, last_number, 'POST_CHANGED', 'agt_x', '{\"site\": 7}'::jsonb, $2
             from box",
            trunkline_infra::params![company.tenant, it.server.app.clock.now()],
        )
        .await;
    it.tell().await;
    let second = socket.next("notificationArrived").await;
    assert!(second["message"].as_str().expect("text").ends_with("step 2."), "{second}");
    assert_eq!(told(&it.li).await, ["POST_CHANGED", "POST_CHANGED"]);
    let page = it
        .li
        .ok(
            "{ notifications(first: 2) { nodes { message } edges { cursor }
        pageInfo { hasNextPage endCursor } } }",
            json!({}),
        )
        .await["notifications"]
        .take();
    assert_eq!(page["nodes"].as_array().map(Vec::len), Some(2), "the page is full: {page}");
    assert_eq!(page["pageInfo"]["hasNextPage"], false, "{page}");
    let document = "query($after: String) { notifications(first: 1, after: $after) {
        nodes { message } pageInfo { hasNextPage endCursor } } }";
    let page = it.li.ok(document, json!({})).await["notifications"].take();
    assert_eq!(page["pageInfo"]["hasNextPage"], true, "one follows behind the damaged one");
    let after = json!({"after": page["pageInfo"]["endCursor"]});
    let page = it.li.ok(document, after).await["notifications"].take();
    assert!(page["nodes"][0]["message"].as_str().expect("text").ends_with("step 1."), "{page}");
    assert_eq!(page["pageInfo"]["hasNextPage"], false, "{page}");
}

#[tokio::test]
async fn nobody_sees_or_touches_what_somebody_else_was_told() {
    let it = Told::new().await;
    it.tell().await;
    let seen = it.li.ok("{ notifications { nodes { id subject { id } } } }", json!({})).await;
    let node = &seen["notifications"]["nodes"][0];
    assert_eq!(node["subject"]["id"], it.agent.to_string());
    let office = it.server.head_office().await;
    let stranger = it.server.stranger().await.head_office().await;
    let partner = it.server.partner(Permission::ALL, &[]).await;
    for actor in [&it.hr, &office, &stranger, &partner] {
        assert_eq!(told(actor).await, [""; 0]);
        let found =
            actor.ok("query($id: ID!) { node(id: $id) { id } }", json!({"id": node["id"]})).await;
        assert_eq!(found["node"], Value::Null);
    }
    let ids = json!({"input": {"notificationIds": [node["id"]]}});
    let read = office.ok(READ, ids.clone()).await["notificationMarkRead"].take();
    assert_eq!(read["userErrors"][0]["code"], "NOT_FOUND");
    office.ok(READ, json!({"input": {"to": "2030-01-01T00:00:00Z"}})).await;
    let read = partner.ok(READ, ids).await["notificationMarkRead"].take();
    assert_eq!(read["userErrors"][0]["code"], "FORBIDDEN");
    assert_eq!(unread(&it.li).await, 1);
}

#[tokio::test]
async fn what_was_told_ninety_days_ago_is_forgotten_by_the_worker() {
    let database = database().await.db_scratch("forgetting").await;
    let it = Told::on(Server::start_on(&database, LiveStore::in_memory()).await).await;
    it.tell().await;
    let clock = &it.server.app.clock;
    let day = jiff::SignedDuration::from_hours(24);
    clock.set(clock.now() + day * 90);
    let key = SealKey::ephemeral().expect("key");
    assert_eq!(round(&it.server.app, &key).await.expect("a round"), 0);
    let again = async || it.server.sign_in(&format!("{}@example.com", it.agent)).await;
    assert_eq!(told(&again().await).await, ["POST_CHANGED"]);
    clock.set(clock.now() + jiff::SignedDuration::from_secs(1));
    assert_eq!(round(&it.server.app, &key).await.expect("a round"), 0);
    assert_eq!(told(&again().await).await, [""; 0]);
}
