//! Passwords: changed by their owners, set by the links of mails.

use serde_json::{Value, json};
use trunkline_domain::identity::{Permission, Role};
use trunkline_infra::params;
use trunkline_testkit::{PASSWORD, Within};

use crate::support::{Actor, Server};

const CHANGE: &str = "mutation($input: PasswordChangeInput!) {
  passwordChange(input: $input) { userErrors { code path params { name value } } } }";
const REQUEST: &str = "mutation($input: PasswordResetRequestInput!) {
  passwordResetRequest(input: $input) { userErrors { code } } }";
const RESET: &str = "mutation($input: PasswordResetInput!) {
  passwordReset(input: $input) { userErrors { code path } } }";
const INVITE: &str = "mutation($input: UserInviteInput!) {
  userInvite(input: $input) { user { id hasPassword } userErrors { code path } } }";
const ACCEPT: &str = "mutation($input: InvitationAcceptInput!) {
  invitationAccept(input: $input) { userErrors { code path } } }";
const SIGN_IN: &str = "mutation($input: SessionCreateInput!) {
  sessionCreate(input: $input) { session { accessToken } userErrors { code } } }";
const NEW: &str = "quilt Oslo 7 rain";

async fn lets_in(server: &Server, email: &str, password: &str) -> bool {
    let input = json!({"tenantSlug": server.company.slug, "email": email, "password": password});
    let answer = server.anonymous().ok(SIGN_IN, json!({"input": input})).await;
    !answer["sessionCreate"]["session"].is_null()
}

async fn errors(actor: &Actor, document: &str, input: Value) -> Value {
    let mut answer = actor.ok(document, json!({"input": input})).await;
    let payload = answer.as_object_mut().expect("data").values_mut().next().expect("payload");
    payload["userErrors"].take()
}

fn token(body: &str, kind: &str) -> String {
    let link = format!("https://trunkline.example/account.html#{kind}=");
    let (_, rest) = body.split_once(&link).unwrap_or_else(|| panic!("a link in {body}"));
    rest.split_whitespace().next().expect("token").to_owned()
}

async fn start() -> (Server, String) {
    let server = Server::start().await;
    let email = server.address_of("li.na");
    server.company.db_user(&server.app.passwords, &email, Role::HeadOffice, Within::Tenant).await;
    (server, email)
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions() {
    let (server, email) = start().await;
    let (desk, phone) = (server.sign_in(&email).await, server.sign_in(&email).await);
    phone.ok("{ viewer { roles } }", json!({})).await;
    let change = |current: &str, new: &str| json!({"currentPassword": current, "newPassword": new});
    let wrong = errors(&desk, CHANGE, change("a guess", NEW)).await;
    assert_eq!(wrong[0]["code"], "CREDENTIALS_REFUSED");
    assert_eq!(wrong[0]["path"], json!(["input", "currentPassword"]));
    let weak = errors(&desk, CHANGE, change(PASSWORD, "lina2026!!")).await;
    let reason = json!([{"name": "reason", "value": "GUESSABLE"}, {"name": "min", "value": "10"},
                        {"name": "max", "value": "256"}]);
    assert_eq!(
        weak,
        json!([{"code": "WEAK_PASSWORD", "path": ["input", "newPassword"], "params": reason}])
    );
    assert_eq!(errors(&desk, CHANGE, change(PASSWORD, NEW)).await, json!([]));
    desk.ok("{ viewer { roles } }", json!({})).await;
    assert_eq!(phone.error_code("{ viewer { roles } }", json!({})).await, "UNAUTHENTICATED");
    assert!(lets_in(&server, &email, NEW).await && !lets_in(&server, &email, PASSWORD).await);
    assert_eq!(server.mail_to(&email).await.subject, "Your password was changed");
}

#[tokio::test]
async fn a_program_has_no_password_to_change() {
    let (server, _) = start().await;
    let partner = server.partner(&[Permission::NetworkRead], &[]).await;
    let input = json!({"currentPassword": PASSWORD, "newPassword": NEW});
    assert_eq!(errors(&partner, CHANGE, input).await[0]["code"], "FORBIDDEN");
}

#[tokio::test]
async fn asking_for_a_link_is_answered_alike_for_everybody() {
    let (server, email) = start().await;
    let slug = server.company.slug.as_str();
    let nobody = server.anonymous();
    for (slug, email) in
        [(slug, email.as_str()), (slug, "nobody@example.com"), ("no-company", "nobody@example.com")]
    {
        let asked = errors(&nobody, REQUEST, json!({"tenantSlug": slug, "email": email})).await;
        assert_eq!(asked, json!([]), "{email}");
    }
    server.mail_to(&email).await;
    assert_eq!(server.db_mails_to("nobody@example.com").await, 0);
}

#[tokio::test]
async fn a_link_sets_a_new_password_once_and_ends_all_sessions() {
    let (server, email) = start().await;
    let desk = server.sign_in(&email).await;
    let nobody = server.anonymous();
    let input = json!({"tenantSlug": server.company.slug, "email": email.to_uppercase()});
    assert_eq!(errors(&nobody, REQUEST, input).await, json!([]));
    let token = token(&server.mail_to(&email).await.body, "reset");
    let weak = json!({"token": token, "password": "password1234"});
    assert_eq!(errors(&nobody, RESET, weak).await[0]["code"], "WEAK_PASSWORD");
    let reset = json!({"token": token, "password": NEW});
    let invitation = errors(&nobody, ACCEPT, reset.clone()).await;
    assert_eq!(invitation[0]["code"], "LINK_REFUSED", "a link of another kind");
    assert_eq!(errors(&nobody, RESET, reset.clone()).await, json!([]));
    assert_eq!(desk.error_code("{ viewer { roles } }", json!({})).await, "UNAUTHENTICATED");
    assert!(lets_in(&server, &email, NEW).await && !lets_in(&server, &email, PASSWORD).await);
    let refused = json!([{"code": "LINK_REFUSED", "path": ["input", "token"]}]);
    assert_eq!(errors(&nobody, RESET, reset).await, refused);
}

#[tokio::test]
async fn a_link_is_void_after_its_time_after_a_newer_one_and_when_changed() {
    let (server, email) = start().await;
    let nobody = server.anonymous();
    let ask = async || {
        let input = json!({"tenantSlug": server.company.slug, "email": email});
        assert_eq!(errors(&nobody, REQUEST, input).await, json!([]));
        token(&server.mail_to(&email).await.body, "reset")
    };
    let first = ask().await;
    let second = ask().await;
    let code = async |token: String| {
        let input = json!({"token": token, "password": NEW});
        errors(&nobody, RESET, input).await[0]["code"].clone()
    };
    assert_eq!(code(first).await, "LINK_REFUSED", "a newer one was sent");
    assert_eq!(code(format!("{second}x")).await, "LINK_REFUSED");
    assert_eq!(code("rubbish".to_owned()).await, "LINK_REFUSED");
    server.pass(3600);
    assert_eq!(code(second).await, "LINK_REFUSED", "an hour has passed");
}

#[tokio::test]
async fn links_cannot_be_had_by_the_dozen() {
    let (server, email) = start().await;
    let input = json!({"tenantSlug": server.company.slug, "email": email});
    for _ in 0..3 {
        assert_eq!(errors(&server.anonymous(), REQUEST, input.clone()).await, json!([]));
    }
    assert_eq!(errors(&server.anonymous(), REQUEST, input).await[0]["code"], "RATE_LIMITED");
}

#[tokio::test]
async fn an_invited_person_sets_a_password_and_signs_in() {
    let server = Server::start().await;
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let email = server.address_of("zhou.wei");
    let input = json!({"email": email, "displayName": "周伟", "language": "zh"});
    let made = admin.ok(INVITE, json!({"input": input})).await["userInvite"].take();
    assert_eq!(made["userErrors"], json!([]));
    assert_eq!(made["user"]["hasPassword"], false);
    let mail = server.mail_to(&email).await;
    assert_eq!(mail.subject, "您在华音的账号");
    let first = token(&mail.body, "invitation");
    let resend = "mutation($input: InvitationResendInput!) {
      invitationResend(input: $input) { userErrors { code path } } }";
    let again = json!({"userId": made["user"]["id"]});
    assert_eq!(errors(&admin, resend, again.clone()).await, json!([]));
    let second = token(&server.mail_to(&email).await.body, "invitation");
    let nobody = server.anonymous();
    let accept = |token: &str| json!({"token": token, "password": NEW});
    assert_eq!(errors(&nobody, ACCEPT, accept(&first)).await[0]["code"], "LINK_REFUSED");
    assert_eq!(errors(&nobody, ACCEPT, accept(&second)).await, json!([]));
    assert!(lets_in(&server, &email, NEW).await);
    let done = errors(&admin, resend, again).await;
    assert_eq!(done, json!([{"code": "INVALID_STATE", "path": ["input", "userId"]}]));
    let taken = errors(&admin, INVITE, input).await;
    assert_eq!(taken, json!([{"code": "DUPLICATE", "path": ["input", "email"]}]));
}

#[tokio::test]
async fn what_waits_to_be_sent_cannot_be_read_from_the_database() {
    let (server, email) = start().await;
    let input = json!({"tenantSlug": server.company.slug, "email": email});
    assert_eq!(errors(&server.anonymous(), REQUEST, input).await, json!([]));
    let token = token(&server.mail_to(&email).await.body, "reset");
    let tx = server.company.db_begin().await;
    let kept: Option<String> = tx
        .scalar(
            "select (select string_agg(j::text, ' ') from app.job j where j.tenant_id = $1)
                 || (select string_agg(l::text, ' ') from app.user_link l where l.tenant_id = $1) as value",
            params![tx.tenant()],
        )
        .await
        .expect("read");
    let kept = kept.expect("rows");
    let secret = token.rsplit('.').next().expect("secret");
    assert!(!kept.contains(secret) && !kept.contains(&email), "{kept}");
}
