//! What becomes of sockets and streams when the rights that they began with end. Everything is
//! changed behind the server's back, as another server would.

use std::time::Duration;

use serde_json::{Value, json};
use trunkline::{http::Settings, server::ServerOptions};
use trunkline_domain::{
    id::{AgentId, SiteId},
    identity::{Permission, Role},
};
use trunkline_infra::params;
use trunkline_testkit::{PASSWORD, Within};

use crate::support::{Actor, START, Server, Subscription};

const WATCH: &str = "subscription($site: ID) { wallboardChanged(siteId: $site) { cursor
  network { waiting { contacts } } sites { site { code } } } }";
const PUSH: &str = "mutation($input: QueueGaugesPushInput!) { queueGaugesPush(input: $input) {
  results { outcome } userErrors { code } } }";

/// A company on a server that looks again at every open connection after `recheck`.
struct Centre {
    server: Server,
    guangzhou: SiteId,
    feed: Actor,
}

async fn centre(recheck: Duration) -> Centre {
    let transport = Settings { recheck, ..Settings::default() };
    let options = ServerOptions { transport, ..ServerOptions::default() };
    let server = Server::start().await.beside(options);
    let guangzhou = server.company.db_site("GZ").await;
    server.company.db_queue("presale", 15, &[guangzhou], None).await;
    let feed = server.partner(&[Permission::IntradayRead, Permission::IntradayWrite], &[]).await;
    Centre { server, guangzhou, feed }
}

const SOON: Duration = Duration::from_millis(100);

impl Centre {
    /// Something new on the boards.
    async fn wait(&self, contacts: i32) {
        let gauge = json!({"queue": {"code": "presale"}, "site": {"code": "GZ"}, "waiting": contacts,
            "longestWaitSeconds": contacts, "sourceAt": START});
        let answer = self.feed.ok(PUSH, json!({"input": {"gauges": [gauge]}})).await;
        assert_eq!(answer["queueGaugesPush"]["results"][0]["outcome"], "ACCEPTED");
    }

    async fn watch(&self, who: &Actor) -> Subscription {
        let mut boards = who.subscribe(WATCH, json!({})).await;
        assert_eq!(boards.next("wallboardChanged").await["sites"][0]["site"]["code"], "GZ");
        boards
    }

    /// What is done to the database of the company.
    async fn run(&self, sql: &str) {
        self.server.company.db_run(sql, params![self.server.company.tenant]).await;
    }

    /// One who is not concerned still hears of what is new.
    async fn still_hears(&self, boards: &mut Subscription, contacts: i32) {
        self.wait(contacts).await;
        // What was waiting before may have turned stale meanwhile, which is news too.
        while boards.next("wallboardChanged").await["network"]["waiting"]["contacts"] != contacts {}
    }
}

#[tokio::test]
async fn a_key_that_is_revoked_ends_its_sockets_and_streams_and_no_others() {
    let centre = centre(SOON).await;
    let office = centre.server.head_office().await;
    let (mut socket, mut unaffected) =
        (centre.watch(&centre.feed).await, centre.watch(&office).await);
    let other = centre.server.partner_called("other", &[Permission::IntradayRead], &[]).await;
    let mut stream = other.events(WATCH, json!({})).await;
    let board = stream.next().await.expect("a board");
    assert_eq!(board["data"]["wallboardChanged"]["sites"][0]["site"]["code"], "GZ");
    centre.still_hears(&mut unaffected, 1).await;
    centre.run("update app.api_key set revoked_at = now() where tenant_id = $1").await;
    assert_eq!(socket.close_code().await, 4403);
    let mut last = Value::Null;
    while let Some(answer) = stream.next().await {
        last = answer;
    }
    assert_eq!(last["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{last}");
    centre.run("update app.api_key set revoked_at = null where tenant_id = $1").await;
    centre.server.pass(31);
    centre.still_hears(&mut unaffected, 2).await;
}

#[tokio::test]
async fn a_client_that_is_disabled_loses_its_socket() {
    let centre = centre(SOON).await;
    let mut socket = centre.watch(&centre.feed).await;
    centre.run("update app.api_client set state = 'DISABLED' where tenant_id = $1").await;
    assert_eq!(socket.close_code().await, 4403);
}

#[tokio::test]
async fn a_user_who_is_disabled_and_a_session_that_is_revoked_end_their_sockets() {
    let centre = centre(SOON).await;
    let within = Within::Site(centre.guangzhou);
    for (email, change) in [
        ("one@example.com", "update app.session set revoked_at = now() where tenant_id = $1"),
        ("two@example.com", "update app.app_user set state = 'DISABLED' where tenant_id = $1"),
    ] {
        let manager = centre.server.user(email, Role::SiteManager, within).await;
        let mut socket = centre.watch(&manager).await;
        centre.run(change).await;
        assert_eq!(socket.close_code().await, 4403, "{change}");
    }
}

/// Somebody who has signed in and has a socket open: a minute after `end`, none of it is any good.
async fn all_ends(server: &Server, agent: AgentId, end: impl AsyncFnOnce()) {
    let person = server.agent(agent).await;
    let email = format!("{agent}@example.com");
    let input = json!({"tenantSlug": server.company.slug, "email": email, "password": PASSWORD});
    let sign_in = "mutation($input: SessionCreateInput!) {
      sessionCreate(input: $input) { session { refreshToken } userErrors { code } } }";
    let mut inside = server.anonymous().ok(sign_in, json!({"input": input})).await;
    let token = inside["sessionCreate"]["session"]["refreshToken"].take();
    assert!(token.is_string(), "{inside}");
    let mut socket = person.socket(&[]).await;
    let roles = "{ viewer { roles } }";
    person.ok(roles, json!({})).await;
    end().await;
    assert_eq!(socket.close_code().await, 4403);
    assert_eq!(person.error_code(roles, json!({})).await, "UNAUTHENTICATED");
    let refresh = "mutation($input: SessionRefreshInput!) {
      sessionRefresh(input: $input) { session { accessToken } userErrors { code } } }";
    let input = json!({"input": {"refreshToken": token}});
    let refused = server.anonymous().ok(refresh, input).await["sessionRefresh"].take();
    let nothing = json!({"session": null, "userErrors": [{"code": "SESSION_REFUSED"}]});
    assert_eq!(refused, nothing);
}

#[tokio::test]
async fn the_end_of_a_contract_or_an_employment_refuses_all_tokens_within_a_minute() {
    let Centre { server, guangzhou, .. } = &centre(SOON).await;
    let company = &server.company;
    let one = company.db_agent("1", "Li Na", *guangzhou, None, &[]).await;
    let two = company.db_agent("2", "Wang Fang", *guangzhou, None, &[]).await;
    // The contract ends with the 2nd of March at the site, four hours after the test begins.
    let sql =
        "update app.contract set valid_until = '2026-03-03' where tenant_id = $1 and agent_id = $2";
    company.db_run(sql, params![company.tenant, one]).await;
    server.pass(4 * 3600 - 300);
    all_ends(server, one, async || server.pass(300 + 59)).await;

    let hr = server.user("hr@example.com", Role::Hr, Within::Tenant).await;
    let update = "mutation($input: AgentUpdateInput!) {
      agentUpdate(input: $input) { agent { status } userErrors { code } } }";
    let input = json!({"agentId": two.to_string(), "status": "TERMINATED", "leftOn": "2026-03-02"});
    all_ends(server, two, async || {
        let left = hr.ok(update, json!({"input": input})).await["agentUpdate"].take();
        assert_eq!(left, json!({"agent": {"status": "TERMINATED"}, "userErrors": []}));
        server.pass(59);
    })
    .await;
}

#[tokio::test]
async fn a_role_that_ends_ends_what_it_let_watch_and_one_that_changes_narrows_it() {
    let centre = centre(SOON).await;
    let office = centre.server.head_office().await;
    let mut socket = centre.watch(&office).await;
    centre.still_hears(&mut socket, 1).await;
    let manages =
        "update app.role_assignment set role = 'site_manager', scope = 'SITE', site_id = s.id
        from app.site s where s.tenant_id = $1 and role_assignment.tenant_id = $1";
    centre.run(manages).await;
    let board = socket.next("wallboardChanged").await;
    assert_eq!(
        (&board["network"], &board["sites"][0]["site"]["code"]),
        (&Value::Null, &json!("GZ"))
    );
    let instant =
        format!("update app.role_assignment set valid_until = '{START}' where tenant_id = $1");
    centre.run(&instant).await;
    assert_eq!(socket.completes().await, "1");
    // The person still has a socket, and no right to watch.
    let refused = socket.again(WATCH, json!({})).await;
    assert!(refused.to_string().contains("\"FORBIDDEN\""), "{refused}");
}

#[tokio::test]
async fn a_key_ends_its_socket_at_its_own_last_instant() {
    // Far longer than the test waits: nobody looks again meanwhile.
    let centre = centre(Duration::from_secs(600)).await;
    let ends = format!(
        "update app.api_key set expires_at = '{START}'::timestamptz + interval '1 second'
         where tenant_id = $1"
    );
    centre.run(&ends).await;
    let mut socket = centre.watch(&centre.feed).await;
    assert_eq!(socket.close_code().await, 4403);
}

#[tokio::test]
async fn a_job_is_not_told_of_to_who_may_no_longer_read_jobs() {
    let centre = centre(SOON).await;
    let user = ("reads@example.com", Role::TenantAdmin);
    let admin = centre.server.user(user.0, user.1, Within::Tenant).await;
    let job = "insert into app.job (tenant_id, id, kind, state, input, created_at, claimed_until)
        values ($1, '0194f0c0-0000-7000-8000-000000000001', 'history.import', 'RUNNING', '{}', now(), '2100-01-01')";
    centre.run(job).await;
    let watch = "subscription($job: ID!) { jobProgress(jobId: $job) { cursor state } }";
    let id =
        trunkline_domain::id::JobId::from_uuid(uuid::uuid!("0194f0c0-0000-7000-8000-000000000001"));
    let mut socket = admin.subscribe(watch, json!({"job": id.to_string()})).await;
    assert_eq!(socket.next("jobProgress").await["state"], "RUNNING");
    let ends =
        format!("update app.role_assignment set valid_until = '{START}' where tenant_id = $1");
    centre.run(&ends).await;
    assert_eq!(socket.completes().await, "1");
}
