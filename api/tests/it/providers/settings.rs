//! What administrators say of their company's provider.

use serde_json::{Value, json};
use trunkline_domain::identity::Role;
use trunkline_testkit::{PASSWORD, Within};

use super::{
    Guest, SET,
    fake::{CLIENT, Fake, SECRET},
    refused,
};
use crate::support::{Actor, Server};

const READ: &str =
    "{ identityProvider { issuer clientId emailDomains createsUsers trustsEmails redirectUri } }";
pub(super) const REMOVE: &str = "mutation($input: IdentityProviderRemoveInput!) {
  identityProviderRemove(input: $input) { userErrors { code path } } }";

async fn set(admin: &Actor, input: &Value) -> Value {
    admin.ok(SET, json!({"input": input})).await["identityProviderSet"].take()
}

#[tokio::test]
async fn a_provider_is_set_shown_without_its_secret_and_taken_away() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    let admin = guest.admin("admin").await;
    assert_eq!(admin.ok(READ, json!({})).await["identityProvider"], Value::Null);
    let shown = json!({"issuer": fake.issuer(), "clientId": CLIENT, "emailDomains": [guest.domain()],
        "createsUsers": false, "trustsEmails": false, "redirectUri": "https://trunkline.example/provider.html"});
    let answer = set(&admin, &guest.input()).await;
    assert_eq!(answer, json!({"identityProvider": shown, "userErrors": []}));
    assert_eq!(admin.ok(READ, json!({})).await["identityProvider"], shown);
    let audit = server.user(&server.address_of("auditor"), Role::Auditor, Within::Tenant).await;
    let events = audit.ok("{ auditEvents(first: 50) { nodes { action before { value } after { value } details { value } } } }", json!({}));
    let events = events.await.to_string();
    assert!(events.contains("identity_provider.set") && !events.contains(SECRET), "{events}");

    let other = json!({"input": {"issuer": "https://id.example.com", "password": PASSWORD}});
    let wrong = admin.ok(REMOVE, other).await;
    assert_eq!(wrong["identityProviderRemove"]["userErrors"][0]["code"], "NOT_FOUND");
    let this = json!({"input": {"issuer": fake.issuer(), "password": PASSWORD}});
    let gone = admin.ok(REMOVE, this).await;
    assert_eq!(gone["identityProviderRemove"]["userErrors"], json!([]));
    assert_eq!(admin.ok(READ, json!({})).await["identityProvider"], Value::Null);
    assert_eq!(guest.try_begin().await["userErrors"], refused()["userErrors"], "no provider");
}

#[tokio::test]
async fn a_company_without_a_provider_is_answered_like_one_that_is_not_there() {
    let server = Server::start().await;
    let begin = async |slug: &str| {
        let input = json!({"input": {"tenantSlug": slug}});
        server.anonymous().ok(super::BEGIN, input).await["providerSignInBegin"].take()
    };
    let known = begin(&server.company.slug).await;
    assert_eq!(known, begin("nobody").await);
    assert_eq!(known["userErrors"], refused()["userErrors"]);
}

#[tokio::test]
async fn a_secret_is_not_told_to_another_issuer() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    let admin = guest.configure("admin", |_| ()).await;
    let mut input = guest.input();
    input["clientSecret"] = Value::Null;
    input["createsUsers"] = json!(true);
    assert_eq!(set(&admin, &input).await["userErrors"], json!([]), "as before");
    input["issuer"] = json!("https://id.example.com");
    let refused = set(&admin, &input).await;
    assert_eq!(
        refused["userErrors"],
        json!([{"code": "INVALID_VALUE", "path": ["input", "clientSecret"]}])
    );
    input["clientSecret"] = json!("another");
    assert_eq!(set(&admin, &input).await["userErrors"], json!([]));
}

#[tokio::test]
async fn what_does_not_fit_is_refused_at_its_place() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    let admin = guest.admin("admin").await;
    for (field, value) in [
        ("issuer", json!("http://10.0.0.1/")),
        ("issuer", json!("http://id.example.com")),
        ("issuer", json!("https://169.254.169.254")),
        ("clientId", json!(" ")),
        ("clientSecret", json!("two words")),
        ("emailDomains", json!([])),
        ("emailDomains", json!(["*"])),
    ] {
        let mut input = guest.input();
        input[field] = value;
        let refused = set(&admin, &input).await;
        assert_eq!(refused["userErrors"][0]["path"], json!(["input", field]), "{input}");
    }
    // Who keeps users may not say who vouches for them.
    let hr = server.user(&server.address_of("hr"), Role::Hr, Within::Tenant).await;
    assert_eq!(hr.error_code(READ, json!({})).await, "FORBIDDEN");
    assert_eq!(hr.error_code(SET, json!({"input": guest.input()})).await, "FORBIDDEN");
}
