//! The second factor: set up, asked for, good once, recovered, switched off.

use jiff::Timestamp;
use serde_json::{Value, json};
use trunkline_domain::{id::UserId, identity::Role};
use trunkline_infra::{
    identity::{
        confirm_second_factor, enrol_second_factor, new_totp_secret, second_factor, totp_code,
    },
    params,
};
use trunkline_testkit::{PASSWORD, Within};

use crate::support::{Actor, Server};

const SIGN_IN: &str = "mutation($input: SessionCreateInput!) {
  sessionCreate(input: $input) { session { accessToken } userErrors { code path } } }";
const ENROL: &str = "mutation($input: SecondFactorEnrolInput!) {
  secondFactorEnrol(input: $input) { setup { secret url } userErrors { code path params { name value } } } }";
const CONFIRM: &str = "mutation($input: SecondFactorConfirmInput!) {
  secondFactorConfirm(input: $input) { recoveryCodes userErrors { code path } } }";
const DISABLE: &str = "mutation($input: SecondFactorDisableInput!) {
  secondFactorDisable(input: $input) { userErrors { code path } } }";
const CHANGE: &str = "mutation($input: PasswordChangeInput!) {
  passwordChange(input: $input) { userErrors { code path } } }";
const RESET: &str = "mutation($input: UserSecondFactorResetInput!) {
  userSecondFactorReset(input: $input) { userErrors { code path } } }";

struct Person {
    server: Server,
    email: String,
    user: UserId,
    desk: Actor,
    secret: Vec<u8>,
    recovery_codes: Vec<String>,
}

impl Person {
    /// Somebody whose account asks for a code, thirty seconds after the code that confirmed it.
    async fn start() -> Self {
        let server = Server::start().await;
        let email = server.address_of("li.na");
        let user = server
            .company
            .db_user(&server.app.passwords, &email, Role::HeadOffice, Within::Tenant)
            .await;
        let desk = server.sign_in(&email).await;
        let setup = desk.ok(ENROL, json!({"input": {"password": PASSWORD}})).await;
        let url = setup["secondFactorEnrol"]["setup"]["url"].as_str().expect("url").to_owned();
        assert!(url.starts_with("otpauth://totp/Huayin"), "{url}");
        let tx = server.company.db_begin().await;
        let factor = second_factor(&tx, user).await.expect("read").expect("set up");
        let secret = factor.secret(&server.app.post.seal, user).expect("secret");
        let mut person = Self { server, email, user, desk, secret, recovery_codes: Vec::new() };
        assert_eq!(person.sign_in(None).await, Value::Null, "not confirmed, not asked for");
        let confirmed = person.confirm(&person.code()).await;
        let codes = confirmed["recoveryCodes"].as_array().expect("codes");
        person.recovery_codes =
            codes.iter().map(|code| code.as_str().expect("code").to_owned()).collect();
        person.server.pass(30);
        person
    }

    fn now(&self) -> Timestamp {
        self.server.app.clock.now()
    }

    fn code(&self) -> String {
        totp_code(&self.secret, self.now()).expect("code")
    }

    async fn confirm(&self, code: &str) -> Value {
        self.desk.ok(CONFIRM, json!({"input": {"code": code}})).await["secondFactorConfirm"].take()
    }

    /// The refusal, or nothing when let in.
    async fn sign_in(&self, code: Option<&str>) -> Value {
        let slug = &self.server.company.slug;
        let input =
            json!({"tenantSlug": slug, "email": self.email, "password": PASSWORD, "code": code});
        let answer = self.server.anonymous().ok(SIGN_IN, json!({"input": input})).await;
        answer["sessionCreate"]["userErrors"][0].clone()
    }
}

fn fault(code: &str, path: &str) -> Value {
    json!({"code": code, "path": ["input", path]})
}

#[tokio::test]
async fn signing_in_asks_for_a_code_and_takes_each_once() {
    let person = Person::start().await;
    assert_eq!(person.sign_in(None).await, fault("SECOND_FACTOR_REQUIRED", "code"));
    assert_eq!(person.sign_in(Some(" ")).await, fault("SECOND_FACTOR_REQUIRED", "code"));
    assert_eq!(person.sign_in(Some("000000x")).await, fault("SECOND_FACTOR_REFUSED", "code"));
    let code = person.code();
    assert_eq!(person.sign_in(Some(&code)).await, Value::Null);
    assert_eq!(person.sign_in(Some(&code)).await, fault("SECOND_FACTOR_REFUSED", "code"));
    person.server.pass(30);
    assert_eq!(person.sign_in(Some(&person.code())).await, Value::Null);
    let on = person.desk.ok("{ viewer { hasSecondFactor } }", json!({})).await;
    assert_eq!(on["viewer"]["hasSecondFactor"], true);
    let mail = person.server.mail_to(&person.email).await;
    assert_eq!(mail.subject, "Signing in asks for a code now");
}

#[tokio::test]
async fn the_code_that_confirmed_is_used_up_and_confirming_twice_is_refused() {
    let person = Person::start().await;
    let before = person.now() - jiff::SignedDuration::from_secs(30);
    let confirming = totp_code(&person.secret, before).expect("code");
    assert_eq!(person.sign_in(Some(&confirming)).await, fault("SECOND_FACTOR_REFUSED", "code"));
    let again = person.confirm(&person.code()).await;
    assert_eq!(again["userErrors"][0]["code"], "INVALID_STATE");
    let enrol = person.desk.ok(ENROL, json!({"input": {"password": PASSWORD}})).await;
    assert_eq!(enrol["secondFactorEnrol"]["userErrors"][0]["code"], "INVALID_STATE");
}

#[tokio::test]
async fn each_of_ten_recovery_codes_lets_in_once() {
    let person = Person::start().await;
    assert_eq!(person.recovery_codes.len(), 10);
    for code in &person.recovery_codes[..2] {
        assert_eq!(person.sign_in(Some(&code.to_uppercase())).await, Value::Null);
        assert_eq!(person.sign_in(Some(code)).await, fault("SECOND_FACTOR_REFUSED", "code"));
    }
    let tx = person.server.company.db_begin().await;
    let stored: Option<String> = tx
        .scalar(
            "select string_agg(encode(code_hash, 'escape'), ' ') as value from app.recovery_code
             where tenant_id = $1",
            params![tx.tenant()],
        )
        .await
        .expect("read");
    let stored = stored.expect("hashes");
    assert!(person.recovery_codes.iter().all(|code| !stored.contains(code.as_str())));
}

#[tokio::test]
async fn codes_cannot_be_guessed_at_speed() {
    let person = Person::start().await;
    for _ in 0..5 {
        assert_eq!(person.sign_in(Some("123456x")).await["code"], "SECOND_FACTOR_REFUSED");
    }
    assert_eq!(person.sign_in(Some(&person.code())).await["code"], "RATE_LIMITED");
}

#[tokio::test]
async fn switching_it_off_asks_for_the_password_and_a_code() {
    let person = Person::start().await;
    let off = async |password: &str, code: Option<&str>| {
        let input = json!({"input": {"password": password, "code": code}});
        person.desk.ok(DISABLE, input).await["secondFactorDisable"]["userErrors"].take()
    };
    let code = person.code();
    let guess = off("a guess", Some(&code)).await;
    assert_eq!(guess, json!([fault("CREDENTIALS_REFUSED", "password")]));
    assert_eq!(off(PASSWORD, None).await, json!([fault("SECOND_FACTOR_REQUIRED", "code")]));
    let wrong = off(PASSWORD, Some("000000x")).await;
    assert_eq!(wrong, json!([fault("SECOND_FACTOR_REFUSED", "code")]));
    assert_eq!(person.sign_in(None).await["code"], "SECOND_FACTOR_REQUIRED");
    assert_eq!(off(PASSWORD, Some(&code)).await, json!([]));
    assert_eq!(person.sign_in(None).await, Value::Null);
    assert_eq!(off(PASSWORD, None).await[0]["code"], "INVALID_STATE");
}

#[tokio::test]
async fn whoever_has_lost_the_app_switches_it_off_by_a_recovery_code() {
    let person = Person::start().await;
    let input = json!({"input": {"password": PASSWORD, "code": person.recovery_codes[3]}});
    let off = person.desk.ok(DISABLE, input).await;
    assert_eq!(off["secondFactorDisable"]["userErrors"], json!([]));
    assert_eq!(person.sign_in(None).await, Value::Null);
}

#[tokio::test]
async fn changing_the_password_asks_for_the_code_too() {
    let person = Person::start().await;
    let change = async |code: Option<&str>| {
        let input = json!({"currentPassword": PASSWORD, "code": code,
                           "newPassword": "quilt Oslo 7 rain"});
        person.desk.ok(CHANGE, json!({"input": input})).await["passwordChange"]["userErrors"].take()
    };
    assert_eq!(change(None).await, json!([fault("SECOND_FACTOR_REQUIRED", "code")]));
    assert_eq!(change(Some("000000x")).await, json!([fault("SECOND_FACTOR_REFUSED", "code")]));
    let code = person.code();
    assert_eq!(person.sign_in(Some(&code)).await, Value::Null, "the old one still lets in");
    assert_eq!(change(Some(&code)).await, json!([fault("SECOND_FACTOR_REFUSED", "code")]), "used");
    person.server.pass(30);
    assert_eq!(change(Some(&person.code())).await, json!([]));
    person.server.pass(30);
    assert_eq!(person.sign_in(Some(&person.code())).await["code"], "CREDENTIALS_REFUSED");
}

#[tokio::test]
async fn an_administrator_lets_somebody_in_who_has_lost_the_app() {
    let person = Person::start().await;
    let server = &person.server;
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let users =
        admin.ok("{ users { nodes { id email } } }", json!({})).await["users"]["nodes"].take();
    let users = users.as_array().expect("users");
    let user = users.iter().find(|user| user["email"] == person.email.as_str()).expect("user");
    let input = json!({"input": {"userId": user["id"], "password": PASSWORD}});
    let stranger = server.stranger().await;
    let stranger = stranger.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let hidden = stranger.ok(RESET, input.clone()).await["userSecondFactorReset"].take();
    assert_eq!(hidden["userErrors"], json!([fault("NOT_FOUND", "userId")]));
    assert_eq!(person.desk.error_code(RESET, input.clone()).await, "FORBIDDEN");
    let done = admin.ok(RESET, input).await["userSecondFactorReset"].take();
    assert_eq!(done["userErrors"], json!([]));
    assert_eq!(person.sign_in(None).await, Value::Null);
}

#[tokio::test]
async fn resetting_somebody_elses_asks_for_everything_that_signing_in_asks_for() {
    let person = Person::start().await;
    let server = &person.server;
    let email = server.address_of("admin");
    let hasher = &server.app.passwords;
    let admin = server.company.db_user(hasher, &email, Role::TenantAdmin, Within::Tenant).await;
    let desk = server.sign_in(&email).await;
    let reset = async |password: Option<&str>, code: Option<&str>| {
        let input = json!({"userId": person.user.to_string(), "password": password, "code": code});
        let mut answer = desk.ok(RESET, json!({"input": input})).await;
        answer["userSecondFactorReset"]["userErrors"].take()
    };
    let refused = |code: &str, path: &str| json!([fault(code, path)]);
    assert_eq!(reset(None, None).await, refused("REAUTHENTICATION_REQUIRED", "password"));
    assert_eq!(reset(Some("a guess"), None).await, refused("CREDENTIALS_REFUSED", "password"));
    // An administrator with a second factor says a code of it too.
    let (secret, now) = (new_totp_secret(), server.app.clock.now());
    let (tx, seal) = (server.company.db_begin().await, &server.app.post.seal);
    assert!(enrol_second_factor(&tx, admin, &secret, seal, now).await.expect("set up"));
    assert!(confirm_second_factor(&tx, admin, 0, now).await.expect("confirmed"));
    tx.commit().await.expect("commit");
    assert_eq!(reset(Some(PASSWORD), None).await, refused("SECOND_FACTOR_REQUIRED", "code"));
    let wrong = reset(Some(PASSWORD), Some("000000x")).await;
    assert_eq!(wrong, refused("SECOND_FACTOR_REFUSED", "code"));
    assert_eq!(person.sign_in(None).await["code"], "SECOND_FACTOR_REQUIRED", "nothing was done");
    let code = totp_code(&secret, now).expect("code");
    assert_eq!(reset(Some(PASSWORD), Some(&code)).await, json!([]));
    assert_eq!(person.sign_in(None).await, Value::Null);
}

#[tokio::test]
async fn nobody_resets_the_own_one_or_that_of_somebody_with_more_rights() {
    let person = Person::start().await;
    let server = &person.server;
    let account = async |email: &str, role: Role| {
        let email = server.address_of(email);
        let hasher = &server.app.passwords;
        let id = server.company.db_user(hasher, &email, role, Within::Tenant).await;
        (id, server.sign_in(&email).await)
    };
    let (admin_id, admin) = account("admin", Role::TenantAdmin).await;
    let (finance_id, finance) = account("finance", Role::Finance).await;
    let (peer_id, peer) = account("peer", Role::HeadOffice).await;
    let create = "mutation($input: RoleCreateInput!) {
      roleCreate(input: $input) { role { id } userErrors { code } } }";
    let permissions = json!([{"permission": "user:write", "reach": "NETWORK"}]);
    let input = json!({"name": "Access desk", "permissions": permissions});
    let made = admin.ok(create, json!({"input": input})).await["roleCreate"].take();
    let assign = "mutation($input: RoleAssignInput!) {
      roleAssign(input: $input) { userErrors { code path } } }";
    for user in [finance_id, peer_id] {
        let input = json!({"userId": user.to_string(), "customRoleId": made["role"]["id"],
                           "scope": {"network": true}});
        let given = admin.ok(assign, json!({"input": input})).await;
        assert_eq!(given["roleAssign"]["userErrors"], json!([]));
    }
    let reset = async |who: &Actor, user: UserId| {
        let input = json!({"input": {"userId": user.to_string(), "password": PASSWORD}});
        who.ok(RESET, input).await["userSecondFactorReset"]["userErrors"].take()
    };
    let forbidden = json!([fault("FORBIDDEN", "userId")]);
    assert_eq!(reset(&admin, admin_id).await, forbidden, "the own one");
    assert_eq!(reset(&peer, peer_id).await, forbidden, "the own one");
    assert_eq!(reset(&finance, person.user).await, forbidden, "more rights");
    assert_eq!(reset(&finance, admin_id).await, forbidden, "more rights");
    assert_eq!(person.sign_in(None).await["code"], "SECOND_FACTOR_REQUIRED");
    assert_eq!(reset(&peer, person.user).await, json!([]), "the same rights");
    assert_eq!(person.sign_in(None).await, Value::Null);
}
