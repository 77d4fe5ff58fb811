//! Breached passwords: nobody may choose one.

use std::fs;

use serde_json::{Value, json};
use trunkline_domain::identity::Role;
use trunkline_testkit::{PASSWORD, Within};

use crate::support::{Actor, Server};

/// Hard to guess, and breached all the same: its SHA-1 stands in [`SET`].
const BREACHED: &str = "vK8 quilt-Oslo";
const SET: &str = "53BA35B8278EF36EBF7302F299061CDA7A07DBFC:2
5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824
93A23BFAF436E1852D2E2C4C2A4B9D12071A362C:1
";

const CHANGE: &str = "mutation($input: PasswordChangeInput!) {
  passwordChange(input: $input) { userErrors { code path params { name value } } } }";
const USER_CREATE: &str = "mutation($input: UserCreateInput!) {
  userCreate(input: $input) { userErrors { code path params { name value } } } }";

async fn refused(who: &Actor, document: &str, field: &str, input: Value) -> Value {
    who.ok(document, json!({"input": input})).await[field]["userErrors"].take()
}

#[tokio::test]
async fn a_breached_password_is_refused_where_one_is_changed_and_where_one_is_given() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("breached.txt");
    fs::write(&file, SET).expect("set");
    let server = Server::start_knowing_breached(&file).await;
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let fault = |field: &str| {
        let params = json!([{"name": "reason", "value": "BREACHED"}, {"name": "min", "value": "10"},
                            {"name": "max", "value": "256"}]);
        json!([{"code": "WEAK_PASSWORD", "path": ["input", field], "params": params}])
    };
    let change = |new: &str| json!({"currentPassword": PASSWORD, "newPassword": new});
    let own = refused(&admin, CHANGE, "passwordChange", change(BREACHED)).await;
    assert_eq!(own, fault("newPassword"));
    let user = |password: &str| json!({"email": "zhou.wei@example.com", "displayName": "Zhou Wei", "password": password});
    let given = refused(&admin, USER_CREATE, "userCreate", user(BREACHED)).await;
    assert_eq!(given, fault("password"));
    // Another one is taken, and without a set this one would be.
    let other = format!("{BREACHED}!");
    assert_eq!(refused(&admin, USER_CREATE, "userCreate", user(&other)).await, json!([]));
    assert_eq!(refused(&admin, CHANGE, "passwordChange", change(&other)).await, json!([]));
    let unknowing = Server::start().await;
    let admin = unknowing.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    assert_eq!(refused(&admin, CHANGE, "passwordChange", change(BREACHED)).await, json!([]));
}
