//! Who may shut out whom.

use jiff::SignedDuration;
use serde_json::{Value, json};
use trunkline_domain::{
    id::{RoleAssignmentId, UserId},
    identity::Role,
};
use trunkline_infra::params;
use trunkline_testkit::{PASSWORD, Within};

use crate::support::{Actor, Server};

const DISABLE: &str = "mutation($input: UserDisableInput!) {
  userDisable(input: $input) { user { state } userErrors { code path } } }";
const END: &str = "mutation($input: RoleEndInput!) {
  roleEnd(input: $input) { user { id } userErrors { code path } } }";
const UNLINK: &str = "mutation($input: UserIdentityUnlinkInput!) {
  userIdentityUnlink(input: $input) { userErrors { code path } } }";
const LINK: &str = "mutation($input: UserIdentityLinkInput!) {
  userIdentityLink(input: $input) { userErrors { code path } } }";
const CREATE: &str = "mutation($input: RoleCreateInput!) {
  roleCreate(input: $input) { role { id } userErrors { code } } }";
const ASSIGN: &str = "mutation($input: RoleAssignInput!) {
  roleAssign(input: $input) { userErrors { code path } } }";

/// A company with an administrator and somebody at the access desk, who keeps accounts and little else.
struct Office {
    server: Server,
    admin: (UserId, Actor),
    desk: (UserId, Actor),
}

impl Office {
    async fn start() -> Self {
        let server = Server::start().await;
        let admin = account(&server, "admin", Role::TenantAdmin).await;
        let desk = account(&server, "desk", Role::Finance).await;
        let permissions = json!([{"permission": "user:write", "reach": "NETWORK"},
                                 {"permission": "identity_provider:write", "reach": "NETWORK"}]);
        let input = json!({"name": "Access desk", "permissions": permissions});
        let made = admin.1.ok(CREATE, json!({"input": input})).await["roleCreate"].take();
        let input = json!({"userId": desk.0.to_string(), "customRoleId": made["role"]["id"],
                           "scope": {"network": true}});
        let given = admin.1.ok(ASSIGN, json!({"input": input})).await;
        assert_eq!(given["roleAssign"]["userErrors"], json!([]));
        Self { server, admin, desk }
    }

    async fn role_of(&self, user: UserId) -> RoleAssignmentId {
        let tx = self.server.company.db_begin().await;
        let sql = "select id as value from app.role_assignment
                   where tenant_id = $1 and user_id = $2 and role is not null";
        tx.scalar(sql, params![tx.tenant(), user]).await.expect("answer").expect("a role")
    }
}

async fn account(server: &Server, name: &str, role: Role) -> (UserId, Actor) {
    let email = server.address_of(name);
    let hasher = &server.app.passwords;
    let id = server.company.db_user(hasher, &email, role, Within::Tenant).await;
    (id, server.sign_in(&email).await)
}

async fn errors(who: &Actor, document: &str, input: Value) -> Value {
    let mut answer = who.ok(document, json!({"input": input})).await;
    let payload = answer.as_object_mut().expect("data").values_mut().next().expect("payload");
    payload["userErrors"].take()
}

fn forbidden(path: &str) -> Value {
    json!([{"code": "FORBIDDEN", "path": ["input", path]}])
}

#[tokio::test]
async fn nobody_switches_somebody_off_who_has_more_rights() {
    let office = Office::start().await;
    let (peer, _) = account(&office.server, "peer", Role::Finance).await;
    let (auditor, _) = account(&office.server, "auditor", Role::Auditor).await;
    let disable = async |who: &Actor, user: UserId| {
        errors(who, DISABLE, json!({"userId": user.to_string()})).await
    };
    let (admin, desk) = (&office.admin, &office.desk);
    assert_eq!(disable(&desk.1, admin.0).await, forbidden("userId"));
    assert_eq!(disable(&desk.1, auditor).await, forbidden("userId"), "other rights are more, too");
    assert_eq!(disable(&desk.1, peer).await, json!([]), "the same rights or fewer");
    assert_eq!(disable(&admin.1, desk.0).await, json!([]));
    admin.1.ok("{ viewer { roles } }", json!({})).await;
}

#[tokio::test]
async fn rights_to_come_count_and_rights_that_are_over_do_not() {
    let office = Office::start().await;
    let (heir, _) = account(&office.server, "heir", Role::Finance).await;
    let (retired, _) = account(&office.server, "retired", Role::Auditor).await;
    let from = office.server.app.clock.now() + SignedDuration::from_hours(24);
    let input = json!({"userId": heir.to_string(), "role": "TENANT_ADMIN",
                       "scope": {"network": true}, "startsAt": from.to_string()});
    assert_eq!(errors(&office.admin.1, ASSIGN, input).await, json!([]));
    let over = json!({"roleAssignmentId": office.role_of(retired).await.to_string()});
    assert_eq!(errors(&office.admin.1, END, over).await, json!([]));
    office.server.pass(1);
    let disable = async |user: UserId| {
        errors(&office.desk.1, DISABLE, json!({"userId": user.to_string()})).await
    };
    assert_eq!(disable(heir).await, forbidden("userId"));
    assert_eq!(disable(retired).await, json!([]));
}

#[tokio::test]
async fn nobody_ends_a_role_of_somebody_who_has_more_rights() {
    let office = Office::start().await;
    let (peer, _) = account(&office.server, "peer", Role::Finance).await;
    let (admin, desk) = (&office.admin, &office.desk);
    let end = async |who: &Actor, user: UserId| {
        let role = office.role_of(user).await.to_string();
        errors(who, END, json!({"roleAssignmentId": role})).await
    };
    assert_eq!(end(&desk.1, admin.0).await, forbidden("roleAssignmentId"));
    assert_eq!(end(&desk.1, peer).await, json!([]), "the same rights or fewer");
    let last = json!([{"code": "LAST_ADMINISTRATOR", "path": ["input", "roleAssignmentId"]}]);
    assert_eq!(end(&admin.1, admin.0).await, last, "the own one, which is the last");
    assert_eq!(end(&desk.1, desk.0).await, json!([]), "the own one, which is given up");
}

#[tokio::test]
async fn nobody_says_who_somebody_with_more_rights_is_at_the_provider() {
    let office = Office::start().await;
    let (admin, desk) = (&office.admin, &office.desk);
    let known = "insert into app.user_identity (tenant_id, issuer, subject, user_id, created_at)
                 values ($1, 'https://id.example.com', $2, $3, $4)";
    let company = &office.server.company;
    for user in [admin.0, desk.0] {
        let now = office.server.app.clock.now();
        company.db_run(known, params![company.tenant, user.to_string(), user, now]).await;
    }
    let target = |user: UserId| json!({"userId": user.to_string(), "password": PASSWORD});
    assert_eq!(errors(&desk.1, UNLINK, target(admin.0)).await, forbidden("userId"));
    let mut link = target(admin.0);
    link["subject"] = json!("my-own-account");
    assert_eq!(errors(&desk.1, LINK, link).await, forbidden("userId"));
    assert_eq!(errors(&admin.1, UNLINK, target(desk.0)).await, json!([]));
}
