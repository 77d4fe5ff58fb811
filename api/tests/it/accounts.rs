//! Users, roles and API clients.

use serde_json::{Value, json};
use trunkline_domain::identity::Role;
use trunkline_testkit::{PASSWORD, Within};

use crate::support::{Actor, Server};

const USER_CREATE: &str = "mutation($input: UserCreateInput!) {
  userCreate(input: $input) { user { id email state roles { role } agent { number } } userErrors { code path } } }";
const ROLE_ASSIGN: &str = "mutation($input: RoleAssignInput!) {
  roleAssign(input: $input) { user { roles { id role scope site { code } endsAt } } userErrors { code path } } }";
const CLIENT_CREATE: &str = "mutation($input: ApiClientCreateInput!) {
  apiClientCreate(input: $input) { apiClient { id name scopes sites { code } } key userErrors { code path } } }";

async fn admin(server: &Server) -> Actor {
    server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await
}

fn planner() -> Value {
    json!({"email": " Zhou.Wei@Example.com", "displayName": "Zhou Wei", "password": PASSWORD})
}

#[tokio::test]
async fn a_user_works_with_a_role_until_it_ends() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let admin = admin(&server).await;
    let made = admin.ok(USER_CREATE, json!({"input": planner()})).await["userCreate"].take();
    assert_eq!(made["userErrors"], json!([]));
    assert_eq!(made["user"]["email"], "zhou.wei@example.com");
    let user = made["user"]["id"].clone();
    let zhou = server.sign_in("zhou.wei@example.com").await;
    assert_eq!(zhou.error_code("{ agents { nodes { id } } }", json!({})).await, "FORBIDDEN");
    let input = json!({"userId": user, "role": "PLANNER", "scope": {"siteId": site.to_string()}});
    let given =
        admin.ok(ROLE_ASSIGN, json!({"input": input})).await["roleAssign"]["user"]["roles"].take();
    assert_eq!(given[0]["site"]["code"], "GZ");
    zhou.ok("{ agents { nodes { id } } }", json!({})).await;
    let end = "mutation($input: RoleEndInput!) {
      roleEnd(input: $input) { user { roles { endsAt } } userErrors { code } } }";
    let input = json!({"roleAssignmentId": given[0]["id"]});
    let ended = admin.ok(end, json!({"input": input})).await["roleEnd"].take();
    assert_eq!(ended["user"]["roles"], json!([{"endsAt": "2026-03-02T12:00:00Z"}]));
    assert_eq!(zhou.error_code("{ agents { nodes { id } } }", json!({})).await, "FORBIDDEN");
}

#[tokio::test]
async fn a_disabled_user_is_refused_at_once() {
    let server = Server::start().await;
    server.company.db_site("GZ").await;
    let admin = admin(&server).await;
    let office = server.head_office().await;
    office.ok("{ sites { code } }", json!({})).await;
    let users = admin.ok("{ users(first: 1) { nodes { id email } pageInfo { hasNextPage endCursor } totalCount { value } } }", json!({})).await["users"].take();
    assert_eq!(users["totalCount"]["value"], 2);
    let next = "query($after: String) { users(after: $after) { nodes { id email state } } }";
    let second =
        admin.ok(next, json!({"after": users["pageInfo"]["endCursor"]})).await["users"]["nodes"][0]
            .take();
    assert_eq!(second["email"], "office@example.com");
    let disable = "mutation($input: UserDisableInput!) {
      userDisable(input: $input) { user { state } userErrors { code path } } }";
    let input = json!({"userId": second["id"]});
    let off = admin.ok(disable, json!({"input": input})).await["userDisable"].take();
    assert_eq!(off, json!({"user": {"state": "DISABLED"}, "userErrors": []}));
    assert_eq!(office.error_code("{ sites { code } }", json!({})).await, "UNAUTHENTICATED");
    let again = admin.ok(disable, json!({"input": input})).await["userDisable"].take();
    assert_eq!(
        again["userErrors"],
        json!([{"code": "INVALID_STATE", "path": ["input", "userId"]}])
    );
}

#[tokio::test]
async fn faults_of_users_and_roles_are_told_at_their_places() {
    let server = Server::start().await;
    let admin = admin(&server).await;
    let create = async |input: Value| {
        admin.ok(USER_CREATE, json!({"input": input})).await["userCreate"]["userErrors"].take()
    };
    let faults = create(json!({"email": "nobody", "displayName": " "})).await;
    let both = json!([{"code": "INVALID_VALUE", "path": ["input", "email"]},
                      {"code": "INVALID_VALUE", "path": ["input", "displayName"]}]);
    assert_eq!(faults, both);
    let weak = json!({"email": "a@example.com", "displayName": "A", "password": "short"});
    assert_eq!(
        create(weak).await,
        json!([{"code": "WEAK_PASSWORD", "path": ["input", "password"]}])
    );
    let taken = json!({"email": "ADMIN@example.com", "displayName": "A"});
    assert_eq!(create(taken).await, json!([{"code": "DUPLICATE", "path": ["input", "email"]}]));
    let user =
        admin.ok(USER_CREATE, json!({"input": planner()})).await["userCreate"]["user"]["id"].take();
    let assign = async |role: &str, scope: Value| {
        let input = json!({"userId": user, "role": role, "scope": scope});
        admin.ok(ROLE_ASSIGN, json!({"input": input})).await["roleAssign"]["userErrors"].take()
    };
    let program = assign("PARTNER_CLIENT", json!({"network": true})).await;
    assert_eq!(program, json!([{"code": "INVALID_VALUE", "path": ["input", "role"]}]));
    let own = assign("AGENT", json!({"own": true})).await;
    assert_eq!(own, json!([{"code": "INVALID_VALUE", "path": ["input", "scope", "own"]}]));
    let elsewhere = server.stranger().await.company.db_site("XX").await;
    let foreign = assign("PLANNER", json!({"siteId": elsewhere.to_string()})).await;
    assert_eq!(foreign, json!([{"code": "NOT_FOUND", "path": ["input", "scope", "siteId"]}]));
}

#[tokio::test]
async fn a_key_is_shown_once_and_works_until_it_is_switched_off() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    server.company.db_site("CD").await;
    let admin = admin(&server).await;
    let input =
        json!({"name": "switch", "scopes": ["network:read"], "siteIds": [site.to_string()]});
    let made = admin.ok(CLIENT_CREATE, json!({"input": input})).await["apiClientCreate"].take();
    let key = made["key"].as_str().expect("key").to_owned();
    let program = server.with_credential(&key);
    assert_eq!(program.ok("{ sites { code } }", json!({})).await["sites"], json!([{"code": "GZ"}]));
    let listed =
        admin.ok("{ apiClients { id name state sites { code } } }", json!({})).await["apiClients"]
            .take();
    assert_eq!(listed[0]["name"], "switch");
    assert!(!listed.to_string().contains(&key), "the key is not shown again");
    let disable = "mutation($input: ApiClientDisableInput!) {
      apiClientDisable(input: $input) { apiClient { state } userErrors { code } } }";
    let input = json!({"apiClientId": listed[0]["id"]});
    let off = admin.ok(disable, json!({"input": input})).await["apiClientDisable"].take();
    assert_eq!(off["apiClient"]["state"], "DISABLED");
    assert_eq!(program.error_code("{ sites { code } }", json!({})).await, "UNAUTHENTICATED");
    let wrong = json!({"name": "spy", "scopes": ["network:read", "quality_file:read"]});
    let refused = admin.ok(CLIENT_CREATE, json!({"input": wrong})).await["apiClientCreate"].take();
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "scopes", "1"]}]);
    assert_eq!(refused, json!({"apiClient": null, "key": null, "userErrors": fault}));
}

#[tokio::test]
async fn accounts_and_audit_are_closed_to_who_does_not_keep_them() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let manager = server.site_manager(site).await;
    for query in
        ["{ users { nodes { id } } }", "{ apiClients { id } }", "{ auditEvents { nodes { id } } }"]
    {
        assert_eq!(manager.error_code(query, json!({})).await, "FORBIDDEN", "{query}");
    }
    let stranger = admin(&server.stranger().await).await;
    let admin = admin(&server).await;
    let user =
        admin.ok(USER_CREATE, json!({"input": planner()})).await["userCreate"]["user"]["id"].take();
    let input = json!({"userId": user, "role": "PLANNER", "scope": {"network": true}});
    let hidden = stranger.ok(ROLE_ASSIGN, json!({"input": input})).await["roleAssign"].take();
    assert_eq!(
        hidden,
        json!({"user": null, "userErrors": [{"code": "NOT_FOUND", "path": ["input", "userId"]}]})
    );
}

#[tokio::test]
async fn users_and_records_are_found_by_id_by_who_keeps_them_alone() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let (manager, stranger) =
        (server.site_manager(site).await, admin(&server.stranger().await).await);
    let admin = admin(&server).await;
    let user =
        admin.ok(USER_CREATE, json!({"input": planner()})).await["userCreate"]["user"]["id"].take();
    let records = admin.ok("{ auditEvents(first: 1) { nodes { id } } }", json!({})).await;
    let record = records["auditEvents"]["nodes"][0]["id"].clone();
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let ids = json!({"ids": [user, record]});
    let found =
        json!([{"__typename": "User", "id": user}, {"__typename": "AuditEvent", "id": record}]);
    assert_eq!(admin.ok(nodes, ids.clone()).await["nodes"], found);
    for closed in [manager, stranger] {
        assert_eq!(closed.ok(nodes, ids.clone()).await["nodes"], json!([null, null]));
    }
}
