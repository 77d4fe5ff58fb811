//! People who sign in by their company's provider.

use serde_json::json;
use trunkline_domain::identity::Role;
use trunkline_infra::params;
use trunkline_testkit::{PASSWORD, Within};

use super::{
    FINISH, Guest,
    fake::{Fake, SECRET, Signed},
    is_in, refused,
};
use crate::support::Server;

#[tokio::test]
async fn an_invited_person_signs_in_and_is_known_from_then_on() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    let admin = guest.configure("admin", |_| ()).await;
    guest.invited("li.na", Role::Auditor).await;
    let begun = guest.begin().await;
    let visit = guest.approve(&begun, &json!({"email": server.address_of("Li.Na")}), Signed::Rsa);
    let tenant = server.company.tenant;
    let stored = "select coalesce((select string_agg(p::text, ' ') from app.identity_provider p where p.tenant_id = $1), '')
                      || coalesce((select string_agg(s::text, ' ') from app.provider_sign_in s where s.tenant_id = $1), '')
                  as value";
    let tx = server.company.db_begin().await;
    let stored: String = tx.scalar(stored, params![tenant]).await.expect("rows").expect("text");
    drop(tx);
    let (_, browser) = begun.key.rsplit_once('.').expect("a secret at its end");
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    for secret in [SECRET, browser, visit.state.as_str()] {
        assert!(
            !stored.contains(secret) && !stored.contains(&hex(secret)),
            "in the clear: {stored}"
        );
    }
    let inside = guest.finish(&begun.key, &visit).await;
    assert!(is_in(&inside), "{inside}");
    let token = inside["session"]["accessToken"].as_str().expect("token");
    let person = server.with_credential(token);
    let viewer = person.ok("{ viewer { roles } sessions { isCurrent } }", json!({})).await;
    assert_eq!(viewer["viewer"]["roles"], json!(["auditor"]));
    assert_eq!(viewer["sessions"], json!([{"isCurrent": true}]));
    let refresh = "mutation($input: SessionRefreshInput!) {
      sessionRefresh(input: $input) { session { accessToken } userErrors { code } } }";
    let input = json!({"refreshToken": inside["session"]["refreshToken"]});
    let renewed = server.anonymous().ok(refresh, json!({"input": input})).await;
    assert!(is_in(&renewed["sessionRefresh"]), "the same session as any other");

    // The subject counts, not the address: neither a new address nor an old one in other hands.
    let moved = json!({"email": server.address_of("li.na.new")});
    assert!(is_in(&guest.sign_in(moved).await), "with another address");
    let heir = json!({"sub": "another-person", "email": server.address_of("li.na")});
    assert_eq!(guest.sign_in(heir).await, refused(), "another person with the old address");

    let events = "{ auditEvents(first: 50) { nodes { action } } }";
    let events = person.ok(events, json!({})).await;
    let actions = events["auditEvents"]["nodes"].as_array().expect("events").iter();
    let count = |wanted: &str| actions.clone().filter(|it| it["action"] == wanted).count();
    assert_eq!(count("session.create"), 3, "two by the provider, and the administrator's");
    assert_eq!(count("user_identity.link"), 1);
    assert_eq!(count("identity_provider.set"), 1);

    // An administrator lets the heir take the place.
    let user = admin.ok("{ users(first: 50) { nodes { id email } } }", json!({})).await;
    let nodes = user["users"]["nodes"].as_array().expect("users");
    let email = json!(server.address_of("li.na"));
    let id = &nodes.iter().find(|user| user["email"] == email).expect("the user")["id"];
    let unlink = "mutation($input: UserIdentityUnlinkInput!) {
      userIdentityUnlink(input: $input) { userErrors { code } } }";
    let whose = json!({"input": {"userId": id, "password": PASSWORD}});
    let unlinked = admin.ok(unlink, whose).await;
    assert_eq!(unlinked["userIdentityUnlink"]["userErrors"], json!([]));
    let heir = json!({"sub": "another-person", "email": server.address_of("li.na")});
    assert!(is_in(&guest.sign_in(heir).await));
    assert_eq!(guest.sign_in(json!({})).await, refused(), "and the one before is out");
}

#[tokio::test]
async fn whoever_is_switched_off_or_has_left_does_not_come_in_this_way_either() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    guest.configure("admin", |input| input["createsUsers"] = json!(true)).await;
    for name in ["li.na", "zhou.wei"] {
        guest.invited(name, Role::HeadOffice).await;
    }
    assert!(is_in(&guest.sign_in(json!({})).await));
    server
        .company
        .db_run(
            "update app.app_user set state = 'DISABLED' where tenant_id = $1 and email not like 'admin@%'",
            params![server.company.tenant],
        )
        .await;
    assert_eq!(guest.sign_in(json!({})).await, refused(), "known by the subject");
    let fresh = json!({"sub": "zhou", "email": server.address_of("zhou.wei")});
    assert_eq!(guest.sign_in(fresh).await, refused(), "known by the address");
}

#[tokio::test]
async fn a_stranger_becomes_a_user_without_rights_where_the_company_wants_it() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    guest.configure("admin", |input| input["createsUsers"] = json!(true)).await;
    let name = "\u{674e}\u{5a1c}";
    let inside = guest.sign_in(json!({"name": name})).await;
    let token = inside["session"]["accessToken"].as_str().expect("token");
    let stranger = server.with_credential(token);
    let viewer = stranger.ok("{ viewer { roles scopes } }", json!({})).await;
    assert_eq!(viewer["viewer"], json!({"roles": [], "scopes": []}));
    let tx = server.company.db_begin().await;
    let known =
        "select display_name as value from app.app_user where tenant_id = $1 and email = $2";
    let known: Option<String> = tx
        .scalar(known, params![server.company.tenant, server.address_of("li.na")])
        .await
        .expect("row");
    assert_eq!(known.as_deref(), Some(name));
    drop(tx);
    assert!(is_in(&guest.sign_in(json!({})).await), "and is the same one next time");
}

#[tokio::test]
async fn a_suspended_company_is_told_on_the_way_back_alone_and_nothing_is_written() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    guest.configure("admin", |input| input["createsUsers"] = json!(true)).await;
    let begun = guest.begin().await;
    let tx = server.app.db.begin_system("a test").await.expect("transaction");
    let suspend = "update app.tenant set state = 'SUSPENDED' where id = $1";
    tx.run(suspend, params![server.company.tenant]).await.expect("suspended");
    tx.commit().await.expect("commit");
    // Strangers see no difference: whoever the provider does not let in is told nothing.
    let visit = guest.approve(&begun, &json!({"email_verified": false}), Signed::Rsa);
    assert_eq!(guest.finish(&begun.key, &visit).await, refused(), "begun before");
    let begun = guest.begin().await;
    let visit = guest.approve(&begun, &json!({}), Signed::Rsa);
    let input = json!({"browserKey": begun.key, "state": visit.state, "code": visit.code});
    let told = server.anonymous().error_code(FINISH, json!({"input": input})).await;
    assert_eq!(told, "TENANT_SUSPENDED");
    let tx = server.company.db_begin().await;
    let users = "select count(*) as value from app.app_user where tenant_id = $1";
    let users = tx.scalar::<i64>(users, params![tx.tenant()]).await.expect("answer");
    assert_eq!(users, Some(1), "the administrator alone");
}

#[tokio::test]
async fn who_is_known_and_kept_out_on_the_way_back_stands_in_the_audit() {
    let (server, fake) = (Server::start().await, Fake::start());
    let guest = Guest { server: &server, fake: &fake };
    guest.configure("admin", |_| {}).await;
    let email = server.address_of("li.na");
    let (company, hasher) = (&server.company, &server.app.passwords);
    let li = company.db_user(hasher, &email, Role::HeadOffice, Within::Tenant).await;
    assert!(is_in(&guest.sign_in(json!({})).await), "and is known by the subject from now on");

    let begun = guest.begin().await;
    let state = async |state: &str| {
        let tx = server.app.db.begin_system("a test").await.expect("transaction");
        let sql = format!("update app.tenant set state = '{state}' where id = $1");
        tx.run(sql, params![company.tenant]).await.expect("moved");
        tx.commit().await.expect("commit");
    };
    state("SUSPENDED").await;
    let visit = guest.approve(&begun, &json!({}), Signed::Rsa);
    let input = json!({"browserKey": begun.key, "state": visit.state, "code": visit.code});
    let told = server.anonymous().error_code(FINISH, json!({"input": input})).await;
    assert_eq!(told, "TENANT_SUSPENDED");
    state("ACTIVE").await;
    server.pass(61);
    let off = "update app.app_user set state = 'DISABLED' where tenant_id = $1 and id = $2";
    company.db_run(off, params![company.tenant, li]).await;
    assert_eq!(guest.sign_in(json!({})).await, refused());

    server.app.refusals.settled().await;
    let auditor = server.user("auditor@example.com", Role::Auditor, Within::Tenant).await;
    let read = "{ auditEvents(first: 10, filter: {action: \"session.refuse\"}) {
      nodes { subject details { name value } } } }";
    let mut rows = auditor.ok(read, json!({})).await["auditEvents"]["nodes"].take();
    let rows = rows.as_array_mut().expect("rows");
    rows.reverse();
    assert_eq!(rows.len(), 2, "{rows:#?}");
    for (row, reason) in rows.iter().zip(["SUSPENDED", "ACCOUNT"]) {
        assert_eq!(row["subject"], json!(li.to_string()));
        let why = json!({"name": "reason", "value": reason});
        assert!(row["details"].as_array().expect("details").contains(&why), "{row}");
    }
}
