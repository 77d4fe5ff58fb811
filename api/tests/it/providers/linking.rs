//! Providers that do not say whether an address is verified, as Microsoft Entra ID does not.

use serde_json::{Value, json};
use trunkline_domain::{id::UserId, identity::Role};
use trunkline_testkit::{PASSWORD, Within};

use super::{Guest, fake::Fake, is_in, refused};
use crate::support::{Actor, Server};

const LINK: &str = "mutation($input: UserIdentityLinkInput!) {
  userIdentityLink(input: $input) { userErrors { code path } } }";

/// What Entra ID says of a person: an address, and nothing about it.
fn of_entra() -> Value {
    json!({"email_verified": null})
}

async fn link(admin: &Actor, user: UserId, subject: &str) -> Value {
    let input = json!({"userId": user.to_string(), "subject": subject, "password": PASSWORD});
    admin.ok(LINK, json!({"input": input})).await["userIdentityLink"]["userErrors"].take()
}

#[tokio::test]
async fn an_address_of_which_nothing_is_said_lets_in_only_where_the_company_trusts_it() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    guest.configure("admin", |input| input["createsUsers"] = json!(true)).await;
    guest.invited("li.na", Role::Auditor).await;
    assert_eq!(guest.sign_in(of_entra()).await, refused(), "by default");
    let denied = json!({"email_verified": null, "xms_edov": false});
    assert_eq!(guest.sign_in(denied.clone()).await, refused(), "the domain is another's");
    guest.configure("admin-2", |input| input["trustsEmails"] = json!(true)).await;
    for said in [
        json!({"email_verified": false}),
        denied,
        json!({"email_verified": null, "email": "li.na@elsewhere.example"}),
        json!({"email_verified": null, "email": null}),
    ] {
        assert_eq!(guest.sign_in(said.clone()).await, refused(), "{said}");
    }
    assert!(is_in(&guest.sign_in(of_entra()).await));
}

#[tokio::test]
async fn the_claim_by_which_entra_vouches_for_the_domain_is_believed() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    guest.configure("admin", |_| ()).await;
    guest.invited("li.na", Role::Auditor).await;
    let said = json!({"email_verified": null, "xms_edov": "1"});
    assert!(is_in(&guest.sign_in(said).await));
    assert!(is_in(&guest.sign_in(of_entra()).await), "from then on the subject counts");
}

#[tokio::test]
async fn people_are_known_by_the_id_that_entra_shows_where_the_company_says_so() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    let admin = guest.configure("admin", |input| input["knownByOid"] = json!(true)).await;
    let (email, hasher) = (server.address_of("li.na"), &server.app.passwords);
    let user = server.company.db_user(hasher, &email, Role::Auditor, Within::Tenant).await;
    assert_eq!(link(&admin, user, "0f1c-oid").await, json!([]));
    let known = json!({"sub": "of this program", "oid": "0f1c-oid", "email_verified": null});
    assert!(is_in(&guest.sign_in(known).await));
    let other = json!({"sub": "0f1c-oid", "oid": "another", "email_verified": null});
    assert_eq!(guest.sign_in(other).await, refused(), "the other claim says nothing then");
}

#[tokio::test]
async fn an_administrator_says_by_which_account_the_provider_knows_somebody() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    let (email, hasher) = (server.address_of("li.na"), &server.app.passwords);
    let user = server.company.db_user(hasher, &email, Role::Auditor, Within::Tenant).await;
    let other = server.address_of("zhou.wei");
    let other = server.company.db_user(hasher, &other, Role::Auditor, Within::Tenant).await;
    let admin = guest.admin("admin").await;
    let state = json!([{"code": "INVALID_STATE", "path": null}]);
    assert_eq!(link(&admin, user, "oid-1").await, state, "there is no provider yet");
    let set = admin.ok(super::SET, json!({"input": guest.input()})).await;
    assert_eq!(set["identityProviderSet"]["userErrors"], json!([]));
    let fault = |code: &str, field: &str| json!([{"code": code, "path": ["input", field]}]);
    for subject in ["", "a\u{0}b", &"x".repeat(256)] {
        assert_eq!(link(&admin, user, subject).await, fault("INVALID_VALUE", "subject"));
    }
    assert_eq!(link(&admin, user, "oid-1").await, json!([]));
    assert_eq!(link(&admin, other, "oid-1").await, fault("DUPLICATE", "subject"));
    assert_eq!(link(&admin, user, "oid-2").await, fault("DUPLICATE", "userId"));
    let mail = server.mail_to(&email).await;
    assert_eq!(mail.subject, "Your sign-in by the identity provider was changed");

    let without = json!({"sub": "oid-1", "email": null, "email_verified": null});
    let inside = guest.sign_in(without).await;
    let token = inside["session"]["accessToken"].as_str().expect("a token");
    let viewer = server.with_credential(token).ok("{ viewer { roles } }", json!({})).await;
    assert_eq!(viewer["viewer"]["roles"], json!(["auditor"]));
    let said = json!({"sub": "oid-9", "email": email, "email_verified": null});
    assert_eq!(guest.sign_in(said).await, refused(), "the address leads nowhere");
}
