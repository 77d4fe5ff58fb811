//! Roles: the tenant's own, who may give what, and rights that move with a post.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, UserId},
    identity::Role,
};
use trunkline_infra::params;
use trunkline_testkit::Within;

use crate::support::{Actor, Server};

const ROLE_CREATE: &str = "mutation($input: RoleCreateInput!) { roleCreate(input: $input) {
  role { id name version state permissions { permission reach } } userErrors { code path } } }";
const ROLE_UPDATE: &str = "mutation($input: RoleUpdateInput!) { roleUpdate(input: $input) {
  role { version permissions { permission reach } } userErrors { code path } } }";
const ROLE_ARCHIVE: &str = "mutation($input: RoleArchiveInput!) { roleArchive(input: $input) {
  role { state } userErrors { code path } } }";
const ASSIGN: &str = "mutation($input: RoleAssignInput!) { roleAssign(input: $input) {
  user { roles { id role scope post customRole { name } } } userErrors { code path } } }";
const END: &str = "mutation($input: RoleEndInput!) { roleEnd(input: $input) {
  user { id } userErrors { code path } } }";
const AGENTS: &str = "{ agents { nodes { displayName } } }";

async fn admin(server: &Server) -> Actor {
    server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await
}

async fn user(server: &Server, email: &str, role: Role, within: Within) -> (UserId, Actor) {
    let id = server.company.db_user(&server.app.passwords, email, role, within).await;
    (id, server.sign_in(email).await)
}

async fn create(who: &Actor, name: &str, permissions: &[(&str, &str)]) -> Value {
    let permissions: Vec<Value> = permissions
        .iter()
        .map(|(permission, reach)| json!({"permission": permission, "reach": reach}))
        .collect();
    let input = json!({"input": {"name": name, "permissions": permissions}});
    who.ok(ROLE_CREATE, input).await["roleCreate"].take()
}

async fn assign(who: &Actor, input: Value) -> Value {
    who.ok(ASSIGN, json!({"input": input})).await["roleAssign"].take()
}

async fn names(who: &Actor) -> Vec<String> {
    let nodes = who.ok(AGENTS, json!({})).await["agents"]["nodes"].take();
    let name = |node: &Value| node["displayName"].as_str().expect("name").to_owned();
    nodes.as_array().expect("nodes").iter().map(name).collect()
}

fn fault(code: &str, path: &[&str]) -> Value {
    let path: Vec<&str> = std::iter::once("input").chain(path.iter().copied()).collect();
    json!([{"code": code, "path": path}])
}

#[tokio::test]
async fn a_role_of_the_tenants_own_opens_what_it_says_where_it_is_given() {
    let server = Server::start().await;
    let (gz, cd) = (server.company.db_site("GZ").await, server.company.db_site("CD").await);
    server.company.db_agent("1", "Li Na", gz, None, &[]).await;
    server.company.db_agent("2", "Wang Fang", cd, None, &[]).await;
    let admin = admin(&server).await;
    let own = server.company.db_agent("3", "Chen Li", gz, None, &[]).await;
    let (walker, walker_in) =
        user(&server, "walker@example.com", Role::Agent, Within::Own(own)).await;
    assert_eq!(names(&walker_in).await, ["Chen Li"]);
    let made = create(&admin, "Floor walker", &[("agent:read", "SITE")]).await;
    let role = made["role"]["id"].clone();
    let input = json!({"userId": walker.to_string(), "customRoleId": role,
                       "scope": {"siteId": gz.to_string()}});
    let given = assign(&admin, input).await;
    assert_eq!(given["user"]["roles"][1]["customRole"], json!({"name": "Floor walker"}));
    assert_eq!(names(&walker_in).await, ["Chen Li", "Li Na"]);
    let roles = walker_in.ok("{ viewer { roles } }", json!({})).await["viewer"]["roles"].take();
    assert_eq!(roles, json!(["agent", "Floor walker"]));
    let wider = json!([{"permission": "agent:read", "reach": "SITE"},
                       {"permission": "job:read", "reach": "SITE"}]);
    let change = json!({"customRoleId": role, "expectedVersion": 1, "permissions": wider});
    let changed = admin.ok(ROLE_UPDATE, json!({"input": change})).await["roleUpdate"].take();
    assert_eq!((&changed["role"]["version"], &changed["role"]["permissions"]), (&json!(2), &wider));
    let stale = admin.ok(ROLE_UPDATE, json!({"input": change})).await["roleUpdate"].take();
    assert_eq!(stale["userErrors"], fault("STALE_VERSION", &["expectedVersion"]));
    walker_in.ok("{ jobs { nodes { id } } }", json!({})).await;
    let archive = json!({"input": {"customRoleId": role}});
    let archived = admin.ok(ROLE_ARCHIVE, archive.clone()).await["roleArchive"].take();
    assert_eq!(archived["role"]["state"], "ARCHIVED");
    assert_eq!(names(&walker_in).await, ["Chen Li"]);
    let again = admin.ok(ROLE_ARCHIVE, archive).await["roleArchive"].take();
    assert_eq!(again["userErrors"], fault("INVALID_STATE", &["customRoleId"]));
    let stranger = server.stranger().await;
    let stranger = stranger.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let hidden = stranger.ok(ROLE_UPDATE, json!({"input": {"customRoleId": role}})).await;
    assert_eq!(hidden["roleUpdate"]["userErrors"], fault("NOT_FOUND", &["customRoleId"]));
    assert_eq!(stranger.ok("{ roles { id } }", json!({})).await["roles"], json!([]));
}

#[tokio::test]
async fn nobody_gives_what_they_do_not_hold_and_nobody_gives_to_themselves() {
    let server = Server::start().await;
    server.company.db_site("GZ").await;
    let (admin_id, admin) =
        user(&server, "admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let (desk_id, desk) = user(&server, "desk@example.com", Role::Finance, Within::Tenant).await;
    let (zhou, _) = user(&server, "zhou@example.com", Role::Trainer, Within::Tenant).await;
    let permissions = [("user:read", "NETWORK"), ("user:write", "NETWORK")];
    let made = create(&admin, "Access desk", &permissions).await;
    let everywhere = json!({"network": true});
    let input = json!({"userId": desk_id.to_string(), "customRoleId": made["role"]["id"],
                       "scope": everywhere});
    assert_eq!(assign(&admin, input).await["userErrors"], json!([]));
    let give = async |who: &Actor, to: UserId, role: &str| {
        let input = json!({"userId": to.to_string(), "role": role, "scope": everywhere});
        assign(who, input).await["userErrors"].take()
    };
    assert_eq!(give(&desk, zhou, "FINANCE").await, json!([]), "what it holds itself");
    for role in ["AUDITOR", "TENANT_ADMIN", "HR"] {
        assert_eq!(give(&desk, zhou, role).await, fault("FORBIDDEN", &["role"]), "{role}");
    }
    let audit = create(&desk, "Peeper", &[("audit:read", "NETWORK")]).await;
    assert_eq!(audit["userErrors"], fault("FORBIDDEN", &["permissions"]));
    let client = "mutation($input: ApiClientCreateInput!) {
      apiClientCreate(input: $input) { key userErrors { code path } } }";
    let input = json!({"name": "feed", "scopes": ["intraday:write"]});
    let client = desk.ok(client, json!({"input": input})).await["apiClientCreate"].take();
    assert_eq!(client, json!({"key": null, "userErrors": fault("FORBIDDEN", &["scopes"])}));
    // Nor by another key of a client that somebody else made.
    let client = "mutation($input: ApiClientCreateInput!) {
      apiClientCreate(input: $input) { apiClient { id } userErrors { code path } } }";
    let input = json!({"name": "feed", "scopes": ["intraday:write"]});
    let client = admin.ok(client, json!({"input": input})).await["apiClientCreate"].take();
    let key = "mutation($input: ApiClientKeyCreateInput!) {
      apiClientKeyCreate(input: $input) { key userErrors { code path } } }";
    let input = json!({"input": {"apiClientId": client["apiClient"]["id"]}});
    let refused = desk.ok(key, input.clone()).await["apiClientKeyCreate"].take();
    assert_eq!(refused, json!({"key": null, "userErrors": fault("FORBIDDEN", &["apiClientId"])}));
    assert!(admin.ok(key, input).await["apiClientKeyCreate"]["key"].is_string());
    assert_eq!(give(&admin, zhou, "HR").await, json!([]));
    assert_eq!(give(&admin, admin_id, "HR").await, fault("FORBIDDEN", &["userId"]));
    assert_eq!(give(&desk, desk_id, "FINANCE").await, fault("FORBIDDEN", &["userId"]));
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let server = Server::start().await;
    server.company.db_site("GZ").await;
    let (first, admin) =
        user(&server, "admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let (second, _) = user(&server, "next@example.com", Role::Finance, Within::Tenant).await;
    let role_of = async |id: UserId, role: &str| {
        let tx = server.company.db_begin().await;
        let sql = "select id as value from app.role_assignment
                   where tenant_id = $1 and user_id = $2 and role = $3";
        let id: Option<trunkline_domain::id::RoleAssignmentId> =
            tx.scalar(sql, params![tx.tenant(), id, role]).await.expect("answer");
        id.expect("a role").to_string()
    };
    let end = async |id: String, at: Option<&str>| {
        let input = json!({"roleAssignmentId": id, "endsAt": at});
        admin.ok(END, json!({"input": input})).await["roleEnd"]["userErrors"].take()
    };
    let own = role_of(first, "tenant_admin").await;
    let last = fault("LAST_ADMINISTRATOR", &["roleAssignmentId"]);
    assert_eq!(end(own.clone(), None).await, last);
    assert_eq!(end(own.clone(), Some("2027-01-01T00:00:00Z")).await, last, "nor later");
    let disable = "mutation($input: UserDisableInput!) {
      userDisable(input: $input) { userErrors { code path } } }";
    let input = json!({"input": {"userId": first.to_string()}});
    let refused = admin.ok(disable, input.clone()).await["userDisable"]["userErrors"].take();
    assert_eq!(refused, fault("LAST_ADMINISTRATOR", &["userId"]));
    let give = async |until: Option<&str>| {
        let input = json!({"userId": second.to_string(), "role": "TENANT_ADMIN",
                           "scope": {"network": true}, "endsAt": until});
        assert_eq!(assign(&admin, input).await["userErrors"], json!([]));
    };
    give(Some("2026-12-31T00:00:00Z")).await;
    assert_eq!(end(own.clone(), None).await, last, "a deputy for a time is not enough");
    give(None).await;
    assert_eq!(end(own, None).await, json!([]));
}

#[tokio::test]
async fn the_last_role_that_gives_rights_stays_as_it_is() {
    let server = Server::start().await;
    server.company.db_site("GZ").await;
    let admin = admin(&server).await;
    let rights = [("user:read", "NETWORK"), ("user:write", "NETWORK")];
    let made = create(&admin, "Accounts", &rights).await;
    let role = made["role"]["id"].clone();
    let (desk, desk_in) = user(&server, "desk@example.com", Role::Finance, Within::Tenant).await;
    let input =
        json!({"userId": desk.to_string(), "customRoleId": role, "scope": {"network": true}});
    assert_eq!(assign(&admin, input).await["userErrors"], json!([]));
    let sql = "update app.role_assignment set valid_until = $2 where tenant_id = $1 and role = 'tenant_admin'";
    let until = server.app.clock.now() + SignedDuration::from_secs(1);
    server.company.db_run(sql, params![server.company.tenant, until]).await;
    server.pass(60);
    let last = fault("LAST_ADMINISTRATOR", &["customRoleId"]);
    let less = json!({"customRoleId": role, "permissions": [{"permission": "user:read", "reach": "NETWORK"}]});
    let archive = json!({"input": {"customRoleId": role}});
    let update = async |input: &Value| {
        desk_in.ok(ROLE_UPDATE, json!({"input": input})).await["roleUpdate"].take()
    };
    let put_away = async || {
        desk_in.ok(ROLE_ARCHIVE, archive.clone()).await["roleArchive"]["userErrors"].take()
    };
    assert_eq!(update(&less).await["userErrors"], last);
    assert_eq!(put_away().await, last);
    let mut named = less.clone();
    named["permissions"] = made["role"]["permissions"].clone();
    assert_eq!(update(&named).await["userErrors"], json!([]), "what keeps the right may change");
    // With an administrator beside it the role may go.
    let sql = "update app.role_assignment set valid_until = null where tenant_id = $1 and role = 'tenant_admin'";
    server.company.db_run(sql, params![server.company.tenant]).await;
    assert_eq!(put_away().await, json!([]));
}

#[tokio::test]
async fn a_leader_who_moves_leads_the_other_team_from_the_instant_on() {
    let server = Server::start().await;
    let (gz, cd) = (server.company.db_site("GZ").await, server.company.db_site("CD").await);
    let (one, two) =
        (server.company.db_team(gz, "GZ-1").await, server.company.db_team(cd, "CD-1").await);
    server.company.db_agent("1", "Li Na", gz, Some(one), &[]).await;
    server.company.db_agent("2", "Wang Fang", cd, Some(two), &[]).await;
    let own: AgentId = server.company.db_agent("3", "Chen Li", gz, Some(one), &[]).await;
    let tenant = server.company.tenant;
    let lead =
        "update app.assignment set post = 'team_leader' where tenant_id = $1 and agent_id = $2";
    server.company.db_run(lead, params![tenant, own]).await;
    let (leader, leader_in) =
        user(&server, "leader@example.com", Role::Agent, Within::Own(own)).await;
    let admin = admin(&server).await;
    let input = json!({"userId": leader.to_string(), "role": "TEAM_LEADER",
                       "scope": {"post": "team_leader"}});
    let given = assign(&admin, input).await;
    assert_eq!(given["userErrors"], json!([]));
    assert_eq!(given["user"]["roles"][1]["post"], "team_leader");
    assert_eq!(names(&leader_in).await, ["Chen Li", "Li Na"]);
    let hr = server.user("hr@example.com", Role::Hr, Within::Tenant).await;
    let moment: Timestamp = server.app.clock.now() + SignedDuration::from_mins(5);
    let input = json!({"agentId": own.to_string(), "effectiveAt": moment.to_string(),
                       "siteId": cd.to_string(), "teamId": two.to_string(), "reason": "TRANSFER"});
    let moved = hr
        .ok(
            "mutation($input: AgentMoveInput!) { agentMove(input: $input) { userErrors { code path } } }",
            json!({"input": input}),
        )
        .await;
    assert_eq!(moved["agentMove"]["userErrors"], json!([]));
    server.app.clock.set(moment - SignedDuration::from_micros(1));
    assert_eq!(names(&leader_in).await, ["Chen Li", "Li Na"]);
    server.app.clock.set(moment);
    assert_eq!(names(&leader_in).await, ["Chen Li", "Wang Fang"]);
    let back: Timestamp = moment + SignedDuration::from_mins(1);
    let input = json!({"agentId": own.to_string(), "effectiveAt": back.to_string(),
                       "post": "agent", "reason": "DEMOTION"});
    hr.ok(
        "mutation($input: AgentMoveInput!) { agentMove(input: $input) { userErrors { code path } } }",
        json!({"input": input}),
    )
    .await;
    server.app.clock.set(back - SignedDuration::from_micros(1));
    assert_eq!(names(&leader_in).await, ["Chen Li", "Wang Fang"]);
    server.app.clock.set(back);
    assert_eq!(names(&leader_in).await, ["Chen Li"], "who leads no more sees the own person");
}

#[tokio::test]
async fn a_site_manager_runs_the_people_and_does_not_hire() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let agent = server.company.db_agent("1", "Li Na", site, None, &[]).await;
    let manager = server.site_manager(site).await;
    let update = "mutation($input: AgentUpdateInput!) {
      agentUpdate(input: $input) { userErrors { code } } }";
    let input = json!({"agentId": agent.to_string(), "displayName": "Li Na the second"});
    let changed = manager.ok(update, json!({"input": input})).await;
    assert_eq!(changed["agentUpdate"]["userErrors"], json!([]));
    let hire = "mutation($input: AgentCreateInput!) {
      agentCreate(input: $input) { userErrors { code } } }";
    let input = json!({"number": "2", "displayName": "Wang Fang", "siteId": site.to_string(),
                       "post": "agent", "hiredOn": "2026-03-09",
                       "contract": {"kind": "REGULAR"}});
    assert_eq!(manager.error_code(hire, json!({"input": input})).await, "FORBIDDEN");
}
