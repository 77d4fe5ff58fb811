//! What the audit says to those who read it.

use serde_json::json;
use trunkline_domain::identity::Role;
use trunkline_infra::{
    audit::{SealKey, seal},
    ctx::Ctx,
};
use trunkline_testkit::Within;

use crate::support::Server;

const MOVE: &str = "mutation($input: AgentMoveInput!) {
  agentMove(input: $input) { userErrors { code path } } }";
const READ: &str = "query($filter: AuditEventFilter) { auditEvents(filter: $filter) { nodes {
  action actorName address client request reason ruleVersion position
  before { name value } after { name value } details { name value } } } }";

#[tokio::test]
async fn an_auditor_reads_who_did_what_why_before_and_after_and_whether_it_is_sealed() {
    let server = Server::start().await;
    let (from, to) = (server.company.db_site("GZ").await, server.company.db_site("SZ").await);
    let agent = server.company.db_agent("1", "Li Na", from, None, &[]).await;
    let hr = server.user("hr@example.com", Role::Hr, Within::Tenant).await;
    let auditor = server.user("auditor@example.com", Role::Auditor, Within::Tenant).await;
    let input = json!({"agentId": agent.to_string(), "effectiveAt": "2026-03-05T00:00:00Z",
        "siteId": to.to_string(), "reason": "TRANSFER", "decision": "HR-7"});
    let moved = hr.ok(MOVE, json!({"input": input})).await;
    assert_eq!(moved["agentMove"]["userErrors"], json!([]));

    let filter = json!({"filter": {"subject": agent.to_string(), "action": "agent.",
        "from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z"}});
    let read = async || auditor.ok(READ, filter.clone()).await["auditEvents"]["nodes"].take();
    let before = read().await;
    assert_eq!(before.as_array().map(Vec::len), Some(1));
    assert_eq!(before[0]["action"], "agent.move");
    assert_eq!(before[0]["actorName"], "hr@example.com");
    assert_eq!(before[0]["reason"], "HR-7");
    assert_eq!(before[0]["address"], "127.0.0.1");
    assert!(before[0]["request"].as_str().expect("an id").starts_with("journey-"), "{before}");
    assert_eq!(before[0]["position"], json!(null));
    let site = |list: &serde_json::Value| {
        let mut fields = list.as_array().into_iter().flatten();
        fields.find(|field| field["name"] == "siteId").map(|field| field["value"].clone())
    };
    assert_eq!(site(&before[0]["before"]), Some(json!(from.to_string())));
    assert_eq!(site(&before[0]["after"]), Some(json!(to.to_string())));

    let ctx = Ctx::of_system(server.company.tenant, "test", server.app.clock.now());
    let key = SealKey::ephemeral().expect("key");
    assert_eq!(seal(&server.app.db, &ctx, &key).await.expect("sealed"), 3, "and two sign-ins");
    assert_ne!(read().await[0]["position"], json!(null));
}
