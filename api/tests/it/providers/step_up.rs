//! Who changes how people are let in shows once more who they are, and the others are told.

use serde_json::{Value, json};
use trunkline_domain::{id::UserId, identity::Role};
use trunkline_infra::{
    identity::{confirm_second_factor, enrol_second_factor, new_totp_secret, totp_code},
    params,
};
use trunkline_testkit::{PASSWORD, Within};

use super::{Guest, SET, fake::Fake, settings::REMOVE};
use crate::support::{Actor, Server};

const SIGN_IN: &str = "mutation($input: SessionCreateInput!) {
  sessionCreate(input: $input) { session { accessToken refreshToken } } }";
const REFRESH: &str = "mutation($input: SessionRefreshInput!) {
  sessionRefresh(input: $input) { session { accessToken } } }";

async fn set(admin: &Actor, input: &Value) -> Value {
    admin.ok(SET, json!({"input": input})).await["identityProviderSet"]["userErrors"].take()
}

fn fault(code: &str, field: &str) -> Value {
    json!([{"code": code, "path": ["input", field]}])
}

fn without_password(guest: &Guest<'_>) -> Value {
    let mut input = guest.input();
    input["password"] = Value::Null;
    input
}

#[tokio::test]
async fn a_change_of_the_provider_needs_the_password_and_is_told_to_all_administrators() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    let (admin, _) = (guest.admin("admin").await, guest.admin("deputy").await);
    guest.invited("office", Role::HeadOffice).await;
    assert_eq!(
        set(&admin, &without_password(&guest)).await,
        fault("REAUTHENTICATION_REQUIRED", "password")
    );
    let mut guessed = guest.input();
    guessed["password"] = json!("a guess");
    assert_eq!(set(&admin, &guessed).await, fault("CREDENTIALS_REFUSED", "password"));
    let read = admin.ok("{ identityProvider { issuer } }", json!({})).await;
    assert_eq!(read["identityProvider"], Value::Null, "nothing was set");

    assert_eq!(set(&admin, &guest.input()).await, json!([]));
    for name in ["admin", "deputy"] {
        let mail = server.mail_to(&server.address_of(name)).await;
        assert_eq!(mail.subject, "Your company's identity provider was changed", "{name}");
        assert!(mail.body.contains(&fake.issuer()), "{}", mail.body);
    }
    let remove = async |password: Option<&str>| {
        let input = json!({"issuer": fake.issuer(), "password": password});
        let mut answer = admin.ok(REMOVE, json!({"input": input})).await;
        answer["identityProviderRemove"]["userErrors"].take()
    };
    assert_eq!(remove(None).await, fault("REAUTHENTICATION_REQUIRED", "password"));
    assert_eq!(remove(Some(PASSWORD)).await, json!([]));
    let mail = server.mail_to(&server.address_of("deputy")).await;
    assert_eq!(mail.subject, "Your company's identity provider was taken away");
    assert_eq!(server.db_mails_to(&server.address_of("office")).await, 0, "no administrator");
}

#[tokio::test]
async fn where_signing_in_asks_for_a_code_a_change_of_the_provider_does_too() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    let email = server.address_of("admin");
    let (company, hasher) = (&server.company, &server.app.passwords);
    let user: UserId = company.db_user(hasher, &email, Role::TenantAdmin, Within::Tenant).await;
    let admin = server.sign_in(&email).await;
    let (secret, now) = (new_totp_secret(), server.app.clock.now());
    let tx = company.db_begin().await;
    let seal = &server.app.post.seal;
    assert!(enrol_second_factor(&tx, user, &secret, seal, now).await.expect("set up"));
    assert!(confirm_second_factor(&tx, user, 0, now).await.expect("confirmed"));
    tx.commit().await.expect("commit");
    let mut input = guest.input();
    assert_eq!(set(&admin, &input).await, fault("SECOND_FACTOR_REQUIRED", "code"));
    input["code"] = json!("000000x");
    assert_eq!(set(&admin, &input).await, fault("SECOND_FACTOR_REFUSED", "code"));
    input["code"] = json!(totp_code(&secret, now).expect("code"));
    assert_eq!(set(&admin, &input).await, json!([]));
    assert_eq!(set(&admin, &input).await, fault("SECOND_FACTOR_REFUSED", "code"), "used up");
    input["code"] = json!("000000x");
    let mut refusals = Vec::new();
    for _ in 0..6 {
        refusals.push(set(&admin, &input).await[0]["code"].take());
    }
    assert_eq!(refusals.last(), Some(&json!("RATE_LIMITED")), "the right password buys no guesses");
}

#[tokio::test]
async fn who_has_no_password_has_signed_in_a_moment_ago() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    let email = server.address_of("admin");
    let (company, hasher) = (&server.company, &server.app.passwords);
    company.db_user(hasher, &email, Role::TenantAdmin, Within::Tenant).await;
    let input = json!({"tenantSlug": company.slug, "email": email, "password": PASSWORD});
    let mut session = server.anonymous().ok(SIGN_IN, json!({"input": input})).await;
    let session = session["sessionCreate"]["session"].take();
    let sql = "update app.app_user set password_hash = null where tenant_id = $1";
    company.db_run(sql, params![company.tenant]).await;
    let token = session["accessToken"].as_str().expect("token");
    let fresh = server.with_credential(token);
    assert_eq!(set(&fresh, &without_password(&guest)).await, json!([]));
    server.pass(300);
    let input = json!({"input": {"refreshToken": session["refreshToken"]}});
    let renewed = server.anonymous().ok(REFRESH, input).await;
    let token = renewed["sessionRefresh"]["session"]["accessToken"].as_str().expect("token");
    server.pass(300);
    let stale = server.with_credential(token);
    assert_eq!(
        set(&stale, &without_password(&guest)).await,
        fault("REAUTHENTICATION_REQUIRED", "password"),
        "new tokens are no new sign-in"
    );
}
