//! Who changes how people are let in shows once more who they are, and the others are told.

use serde_json::{Value, json};
use trunkline_domain::{
    id::{CustomRoleId, UserId},
    identity::Role,
};
use trunkline_infra::{
    ctx::new_id,
    identity::{confirm_second_factor, enrol_second_factor, new_totp_secret, totp_code},
    params,
};
use trunkline_testkit::{PASSWORD, Within};

use super::{
    Guest, SET,
    fake::{Fake, Signed},
    is_in, refused,
    settings::REMOVE,
};
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
    for (name, permissions) in [
        ("keeper", r#"{"identity_provider:write": "NETWORK"}"#),
        ("keeper.by.tenant", r#"{"identity_provider:write": "SITE"}"#),
        ("reader", r#"{"user:read": "NETWORK"}"#),
        ("self", r#"{"identity_provider:write": "OWN"}"#),
    ] {
        guest.invited(name, Role::HeadOffice).await;
        db_own_role(&server, name, permissions).await;
    }
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
    for name in ["admin", "deputy", "keeper", "keeper.by.tenant"] {
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
    for name in ["office", "reader", "self"] {
        assert_eq!(
            server.db_mails_to(&server.address_of(name)).await,
            0,
            "{name} may not change it"
        );
    }
}

/// Has somebody hold a role of the company's own, everywhere, instead of the one they have.
async fn db_own_role(server: &Server, name: &str, permissions: &str) {
    let (company, now) = (&server.company, server.app.clock.now());
    let (role, email): (CustomRoleId, String) = (new_id(now), server.address_of(name));
    company
        .db_run(
            "insert into app.custom_role (tenant_id, id, name, permissions, state, created_at, updated_at)
             values ($1, $2, $3, $4::jsonb, 'ACTIVE', $5, $5)",
            params![company.tenant, role, name, permissions, now],
        )
        .await;
    company
        .db_run(
            "update app.role_assignment set role = null, custom_role_id = $3
             where tenant_id = $1 and user_id = (select id from app.app_user
                                                 where tenant_id = $1 and email = $2)",
            params![company.tenant, email, role],
        )
        .await;
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

#[tokio::test]
async fn a_sign_in_that_the_provider_waved_through_changes_nothing_and_one_asked_anew_does() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    guest.configure("admin", |_| ()).await;
    guest.invited("boss", Role::TenantAdmin).await;
    let sql = "update app.app_user set password_hash = null where tenant_id = $1 and email = $2";
    let email = server.address_of("boss");
    server.company.db_run(sql, params![server.company.tenant, email]).await;
    let now = server.app.clock.now().as_second();
    let boss =
        |auth_time: Value| json!({"sub": "the boss", "email": email, "auth_time": auth_time});
    let enter = async |anew: bool, auth_time: Value| {
        let begun = if anew { guest.begin_anew().await } else { guest.begin().await };
        assert_eq!(begun.url.contains("&prompt=login&max_age=0"), anew, "{}", begun.url);
        let visit = guest.approve(&begun, &boss(auth_time), Signed::Rsa);
        guest.finish(&begun.key, &visit).await
    };
    let change = async |inside: &Value| {
        assert!(is_in(inside), "{inside}");
        let token = inside["session"]["accessToken"].as_str().expect("token");
        set(&server.with_credential(token), &without_password(&guest)).await
    };
    // Somebody who has signed in there this morning is let in here, and no more than that.
    let required = fault("REAUTHENTICATION_REQUIRED", "password");
    assert_eq!(change(&enter(false, Value::Null).await).await, required, "nothing is known");
    assert_eq!(change(&enter(false, json!(now - 3600)).await).await, required, "an hour ago");
    // The provider does not do as it was asked, or does not say.
    for auth_time in [Value::Null, json!(now - 3600), json!(now - 61), json!(now + 61)] {
        assert_eq!(enter(true, auth_time.clone()).await, refused(), "{auth_time}");
    }
    let inside = enter(true, json!(now)).await;
    assert_eq!(change(&inside).await, json!([]));
    server.pass(300);
    let input = json!({"input": {"refreshToken": inside["session"]["refreshToken"]}});
    let mut renewed = server.anonymous().ok(REFRESH, input).await["sessionRefresh"].take();
    renewed["userErrors"] = json!([]);
    assert_eq!(change(&renewed).await, json!([]), "five minutes later");
    server.pass(300);
    assert_eq!(change(&renewed).await, required, "and ten");
}
