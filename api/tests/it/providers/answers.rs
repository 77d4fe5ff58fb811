//! Answers of a provider that let nobody in, and all alike.

use serde_json::{Value, json};
use trunkline_domain::identity::Role;

use super::{
    Guest, SET,
    fake::{Fake, Manners, Signed},
    is_in, refused,
};
use crate::support::Server;

#[tokio::test]
async fn a_token_that_is_wrong_in_one_thing_lets_nobody_in() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    guest.configure("admin", |_| ()).await;
    guest.invited("li.na", Role::HeadOffice).await;
    let now = server.app.clock.now().as_second();
    let foreign = format!("li.na@sub.{}", guest.domain());
    let claims = [
        ("another nonce", json!({"nonce": "of another sign-in"})),
        ("no nonce", json!({"nonce": null})),
        ("another audience", json!({"aud": "somebody-else"})),
        ("several audiences and no party", json!({"aud": ["trunkline", "somebody-else"]})),
        ("another party", json!({"azp": "somebody-else"})),
        ("another issuer", json!({"iss": "https://id.example.com"})),
        ("an issuer with a slash", json!({"iss": format!("{}/", fake.issuer())})),
        ("no issuer", json!({"iss": null})),
        ("expired", json!({"exp": now - 61})),
        ("no end", json!({"exp": null})),
        ("an end in words", json!({"exp": "tomorrow"})),
        ("made tomorrow", json!({"iat": now + 86_400})),
        ("not yet good", json!({"nbf": now + 120})),
        ("good for a year", json!({"exp": now + 365 * 86_400})),
        ("no subject", json!({"sub": ""})),
        ("no address", json!({"email": null})),
        ("an address that is not verified", json!({"email_verified": false})),
        ("an address of which nothing is said", json!({"email_verified": null})),
        ("a word for true", json!({"email_verified": "true"})),
        ("another domain", json!({"email": "li.na@elsewhere.example"})),
        ("a domain below", json!({"email": foreign})),
        ("nobody who was invited", json!({"email": server.address_of("zhou.wei")})),
    ];
    for (what, said) in claims {
        assert_eq!(guest.sign_in(said).await, refused(), "{what}");
    }
    for signed in [
        Signed::Not,
        Signed::ByPublicKey,
        Signed::ByAnother,
        Signed::ByUnknown,
        Signed::ByOwnHead,
        Signed::Broken,
    ] {
        let answer = guest.sign_in_with(&json!({}), signed).await;
        assert_eq!(answer, refused(), "{signed:?}");
    }
    for signed in [Signed::Rsa, Signed::Ed25519, Signed::Ec] {
        let answer = guest.sign_in_with(&json!({}), signed).await;
        assert!(is_in(&answer), "{signed:?}: {answer}");
    }
}

#[tokio::test]
async fn a_way_back_is_good_once_for_the_browser_that_began_it() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    let admin = guest.configure("admin", |_| ()).await;
    guest.invited("li.na", Role::HeadOffice).await;
    let (mine, other) = (guest.begin().await, guest.begin().await);
    let visit = guest.approve(&mine, &json!({}), Signed::Rsa);
    for key in [other.key.as_str(), "", "a.b.c", &format!("{}x", mine.key)] {
        assert_eq!(guest.finish(key, &visit).await, refused(), "another browser: {key}");
    }
    assert!(is_in(&guest.finish(&mine.key, &visit).await), "they took nothing away");
    assert_eq!(guest.finish(&mine.key, &visit).await, refused(), "again");
    let again = guest.approve(&mine, &json!({}), Signed::Rsa);
    assert_eq!(guest.finish(&mine.key, &again).await, refused(), "again with a new code");

    // Whoever began under other terms does not end under these.
    let begun = guest.begin().await;
    let visit = guest.approve(&begun, &json!({}), Signed::Rsa);
    admin.ok(SET, json!({"input": guest.input()})).await;
    assert_eq!(guest.finish(&begun.key, &visit).await, refused(), "changed meanwhile");

    let late = guest.begin().await;
    let visit = guest.approve(&late, &json!({}), Signed::Rsa);
    server.pass(600);
    assert_eq!(guest.finish(&late.key, &visit).await, refused(), "too late");

    let begun = guest.begin().await;
    let mut visit = guest.approve(&begun, &json!({}), Signed::Rsa);
    visit.code = "made-up".to_owned();
    assert_eq!(guest.finish(&begun.key, &visit).await, refused(), "a code of nobody");
}

#[tokio::test]
async fn two_companies_with_one_provider_do_not_mix() {
    let (server, fake) = (Server::start().await, Fake::start());
    let neighbour = server.stranger().await;
    let here = Guest { server: &server, fake: &fake };
    let there = Guest { server: &neighbour, fake: &fake };
    here.configure("admin", |_| ()).await;
    // Both list both domains: only the company in which the sign-in began decides.
    let both = json!([here.domain(), there.domain()]);
    there.configure("admin", |input| input["emailDomains"] = both).await;
    here.invited("li.na", Role::HeadOffice).await;
    let email = json!({"email": server.address_of("li.na")});
    assert!(is_in(&here.sign_in(email.clone()).await));
    assert_eq!(there.sign_in(email.clone()).await, refused(), "known next door only");

    // The answer to a sign-in here is none there, whichever key comes with it.
    let (mine, theirs) = (here.begin().await, there.begin().await);
    let visit = here.approve(&mine, &email, Signed::Rsa);
    assert_eq!(there.finish(&theirs.key, &visit).await, refused());
    let (_, rest) = mine.key.split_once('.').expect("a tenant first");
    let (tenant, _) = theirs.key.split_once('.').expect("a tenant first");
    assert_eq!(there.finish(&format!("{tenant}.{rest}"), &visit).await, refused());
    assert!(is_in(&here.finish(&mine.key, &visit).await));

    // One person at the provider, two users: each company knows its own.
    let company = &neighbour.company;
    company
        .db_user(
            &server.app.passwords,
            &server.address_of("li.na"),
            Role::Auditor,
            trunkline_testkit::Within::Tenant,
        )
        .await;
    let inside = there.sign_in(email).await;
    let token = inside["session"]["accessToken"].as_str().expect("token");
    let viewer = server.with_credential(token).ok("{ viewer { roles } }", json!({})).await;
    assert_eq!(viewer["viewer"]["roles"], json!(["auditor"]));
}

#[tokio::test]
async fn a_provider_that_misbehaves_is_left() {
    let (server, fake) = (Server::start().await, Fake::start());
    let trap = Fake::start();
    let guest = Guest { server: &server, fake: &fake };
    guest.configure("admin", |_| ()).await;
    guest.invited("li.na", Role::HeadOffice).await;
    let elsewhere = format!("{}/.well-known/openid-configuration", trap.issuer());
    let nothing =
        |begun: &Value| begun["signIn"].is_null() && begun["userErrors"] == refused()["userErrors"];
    for manners in
        [Manners::Redirects(elsewhere), Manners::Endless, Manners::Silent, Manners::Misnamed]
    {
        fake.behaves(manners.clone());
        let begun = guest.try_begin().await;
        assert!(nothing(&begun), "{manners:?}: {begun}");
    }
    assert_eq!(trap.asked("discovery"), 0, "no redirect is followed");
    fake.behaves(Manners::Good);
    let begun = guest.begin().await;
    let visit = guest.approve(&begun, &json!({}), Signed::Rsa);
    fake.behaves(Manners::Redirects(format!("{}/token", trap.issuer())));
    assert_eq!(guest.finish(&begun.key, &visit).await, refused());
    assert_eq!(trap.asked("token"), 0, "nor with a code in hand");
    fake.behaves(Manners::Good);
    assert!(is_in(&guest.sign_in(json!({})).await), "and taken back");
}

#[tokio::test]
async fn a_new_key_is_asked_for_once() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    guest.configure("admin", |_| ()).await;
    guest.invited("li.na", Role::HeadOffice).await;
    for _ in 0..2 {
        assert!(is_in(&guest.sign_in(json!({})).await));
    }
    assert_eq!((fake.asked("keys"), fake.asked("discovery")), (1, 1), "remembered");
    fake.rotate();
    assert!(is_in(&guest.sign_in(json!({})).await));
    assert_eq!(fake.asked("keys"), 2);
    assert_eq!(guest.sign_in_with(&json!({}), Signed::ByUnknown).await, refused());
    assert_eq!(fake.asked("keys"), 3);
}
