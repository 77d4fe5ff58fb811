use serde_json::{Value, json};
use trunkline_domain::identity::{Permission, Role};
use trunkline_testkit::{PASSWORD, Within};

use crate::support::Server;

const SIGN_IN: &str = "mutation($input: SessionCreateInput!) {
  sessionCreate(input: $input) { session { accessToken refreshToken } userErrors { code } } }";
const REFRESH: &str = "mutation($input: SessionRefreshInput!) {
  sessionRefresh(input: $input) { session { accessToken refreshToken } userErrors { code } } }";

#[tokio::test]
async fn unknown_companies_people_and_passwords_get_one_answer() {
    let server = Server::start().await;
    server.user("li.na@example.com", Role::HeadOffice, Within::Tenant).await;
    let slug = server.company.slug.as_str();
    let refused = json!({"session": null, "userErrors": [{"code": "CREDENTIALS_REFUSED"}]});
    for (slug, email, password) in [
        ("nobody", "li.na@example.com", PASSWORD),
        (slug, "zhou.wei@example.com", PASSWORD),
        (slug, "li.na@example.com", "something else"),
    ] {
        let input = json!({"tenantSlug": slug, "email": email, "password": password});
        let answer = server.anonymous().ok(SIGN_IN, json!({"input": input})).await;
        assert_eq!(answer["sessionCreate"], refused, "{slug} {email}");
    }
}

#[tokio::test]
async fn the_caller_is_told_the_own_name_address_and_company() {
    let server = Server::start().await;
    let document = "{ viewer { displayName email tenant { id slug name } } }";
    let office = server.head_office().await;
    let seen = office.ok(document, json!({})).await["viewer"].take();
    assert_eq!(seen["email"], "office@example.com");
    assert_eq!(seen["displayName"], "office@example.com", "as the account was made");
    let tenant = &seen["tenant"];
    assert_eq!(
        (&tenant["id"], &tenant["slug"]),
        (&json!(server.company.tenant.to_string()), &json!(server.company.slug))
    );
    let stranger = server.stranger().await;
    let theirs = stranger.head_office().await.ok(document, json!({})).await["viewer"].take();
    assert_eq!(theirs["tenant"]["slug"], stranger.company.slug.as_str());
    let partner = server.partner_called("switch", &[Permission::NetworkRead], &[]).await;
    let program = partner.ok(document, json!({})).await["viewer"].take();
    assert_eq!((&program["displayName"], &program["email"]), (&json!("switch"), &Value::Null));
    assert_eq!(&program["tenant"], tenant);
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_ends_the_session_when_used_again() {
    let server = Server::start().await;
    server.user("li.na@example.com", Role::HeadOffice, Within::Tenant).await;
    let input = json!({"tenantSlug": server.company.slug, "email": "li.na@example.com", "password": PASSWORD});
    let signed_in = server.anonymous().ok(SIGN_IN, json!({"input": input})).await;
    let first = signed_in["sessionCreate"]["session"]["refreshToken"].clone();
    let refresh = async |token| {
        server.anonymous().ok(REFRESH, json!({"input": {"refreshToken": token}})).await["sessionRefresh"].take()
    };
    let second = refresh(first.clone()).await["session"]["refreshToken"].clone();
    let third = refresh(second.clone()).await["session"]["refreshToken"].clone();
    assert!(third.is_string());
    let refused = json!({"session": null, "userErrors": [{"code": "SESSION_REFUSED"}]});
    assert_eq!(refresh(json!("no token")).await, refused, "it says nothing of a password");
    assert_eq!(refresh(first).await, refused, "a token of two steps ago");
    assert_eq!(refresh(third).await, refused, "the session has ended");
}

#[tokio::test]
async fn a_stranger_sees_no_agent_and_no_site_of_another_company() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let agent = server.company.db_agent("1", "Li Na", site, None, &[]).await;
    let stranger = server.stranger().await.head_office().await;
    let answer = stranger
        .ok(
            "query($ids: [ID!]!) { sites { id } nodes(ids: $ids) { id } }",
            json!({"ids": [agent.to_string(), site.to_string()]}),
        )
        .await;
    assert_eq!(answer, json!({"sites": [], "nodes": [null, null]}));
}

#[tokio::test]
async fn pages_of_agents_follow_each_other_without_loss() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    for name in ["Chen Li", "Li Na", "Wang Fang"] {
        server.company.db_agent(name, name, site, None, &[]).await;
    }
    let planner = server.planner(site).await;
    let query = "query($after: String) { agents(first: 2, after: $after) {
        nodes { displayName site { code } } pageInfo { hasNextPage endCursor } totalCount { value } } }";
    let first = planner.ok(query, json!({})).await["agents"].take();
    assert_eq!(first["nodes"][1], json!({"displayName": "Li Na", "site": {"code": "GZ"}}));
    assert_eq!(first["totalCount"]["value"], 3);
    let after = &first["pageInfo"]["endCursor"];
    let second = planner.ok(query, json!({"after": after})).await["agents"].take();
    assert_eq!(second["nodes"][0]["displayName"], "Wang Fang");
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn a_partner_reads_only_what_its_scopes_name() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let partner = server.partner(&[Permission::NetworkRead], &[site]).await;
    assert_eq!(partner.ok("{ sites { code } }", json!({})).await["sites"][0]["code"], "GZ");
    assert_eq!(partner.error_code("{ agents { nodes { id } } }", json!({})).await, "FORBIDDEN");
    let nobody = server.anonymous();
    assert_eq!(nobody.error_code("{ sites { code } }", json!({})).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_token_that_was_good_a_moment_ago_is_refused_when_its_time_is_over() {
    let server = Server::start().await;
    let office = server.head_office().await;
    office.ok("{ sites { code } }", json!({})).await;
    server.app.clock.set(server.app.clock.now() + trunkline_infra::identity::ACCESS_LIFETIME);
    assert_eq!(office.error_code("{ sites { code } }", json!({})).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn what_a_value_must_be_is_said_in_the_language_that_is_asked_for() {
    let server = Server::start().await;
    let email = server.address_of("admin");
    server.user(&email, Role::TenantAdmin, Within::Tenant).await;
    let input = json!({"tenantSlug": server.company.slug, "email": email, "password": PASSWORD});
    let signed_in = server.anonymous().ok(SIGN_IN, json!({"input": input})).await;
    let token = signed_in["sessionCreate"]["session"]["accessToken"].as_str().expect("token");
    let document = "mutation($input: UserCreateInput!) {
      userCreate(input: $input) { userErrors { code path message params { name value } } } }";
    let body =
        json!({"query": document, "variables": {"input": {"email": "zhou", "displayName": " "}}});
    let ask = async |languages: &str| {
        let request = reqwest::Client::new().post(format!("{}/graphql", server.address));
        let request = request.bearer_auth(token).header("accept-language", languages).json(&body);
        let mut answer: Value = request.send().await.expect("answer").json().await.expect("JSON");
        answer["data"]["userCreate"]["userErrors"].take()
    };
    let fault = |field: &str, rule: &str| {
        json!({"code": "INVALID_VALUE", "path": ["input", field], "message": rule,
               "params": [{"name": "rule", "value": rule}]})
    };
    let chinese = json!([
        fault("email", "邮箱地址的格式应如 name@example.com"),
        fault("displayName", "1 至 100 个字符"),
    ]);
    assert_eq!(ask("zh-CN,zh;q=0.9,en;q=0.8").await, chinese);
    let english = json!([
        fault("email", "an e-mail address looks like name@example.com"),
        fault("displayName", "1 to 100 characters"),
    ]);
    assert_eq!(ask("en-GB").await, english);
}

#[tokio::test]
async fn messages_come_in_the_language_that_is_asked_for() {
    let server = Server::start().await;
    let input =
        json!({"tenantSlug": server.company.slug, "email": "no@example.com", "password": "?"});
    let document = "mutation($input: SessionCreateInput!) {
      sessionCreate(input: $input) { userErrors { code message } } }";
    let body = json!({"query": document, "variables": {"input": input}});
    let ask = async |languages: &str| {
        let request = reqwest::Client::new().post(format!("{}/graphql", server.address));
        let request = request.header("accept-language", languages).json(&body);
        let mut answer: Value = request.send().await.expect("answer").json().await.expect("JSON");
        let error = answer["data"]["sessionCreate"]["userErrors"][0].take();
        assert_eq!(error["code"], "CREDENTIALS_REFUSED");
        error["message"].as_str().expect("message").to_owned()
    };
    assert!(ask("en-GB,en;q=0.9").await.is_ascii());
    let chinese = ask("zh-CN,zh;q=0.9,en;q=0.8").await;
    assert!(chinese.chars().all(|letter| !letter.is_ascii_alphabetic()), "{chinese}");
}
