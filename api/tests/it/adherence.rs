use jiff::SignedDuration;
use serde_json::{Value, json};
use trunkline::boot::worker::round;
use trunkline_domain::{
    id::{AgentId, SiteId, TeamId},
    identity::{Permission, Role},
};
use trunkline_infra::{audit::SealKey, live::LiveStore, params};
use trunkline_testkit::{Within, database};

use crate::support::{Actor, Server};

const DAY: &str = "query($of: AdherenceOfInput!, $date: Date!) { adherence(of: $of, date: $date) {
  startsAt endsAt total { ...figures } agents { agent { number } figures { ...figures } } } }
fragment figures on AdherenceFigures { scheduledSeconds adherentSeconds adherencePercent
  scheduledWorkSeconds workedSeconds conformancePercent unscheduledSeconds unknownSeconds }";
const STATES: &str = "mutation($input: AgentStatesPushInput!) { agentStatesPush(input: $input) {
  results { outcome } userErrors { code } } }";

const SET: &str = "mutation($input: TenantSettingsSetInput!) { tenantSettingsSet(input: $input) {
  settings { adherenceForgivenessSeconds agentStateRetentionDays } userErrors { code path } } }";
const HELD: &str = "{ tenantSettings { adherenceForgivenessSeconds agentStateRetentionDays } }";

/// Guangzhou with a team of two and an agent of no team; Chengdu with one. The clock stands at 20:00
/// of 2 March.
struct Centre {
    server: Server,
    guangzhou: SiteId,
    team: TeamId,
    late: AgentId,
    elsewhere: AgentId,
    feed: Actor,
}

async fn centre() -> Centre {
    let centre = morning().await;
    centre.tell("1", &[("12:30", "TALKING"), ("16:15", "SIGNED_OUT")]).await;
    centre.tell("2", &[("12:31", "AVAILABLE"), ("16:00", "SIGNED_OUT")]).await;
    centre
}

/// The same, of which nothing has been heard after noon.
async fn morning() -> Centre {
    morning_of(Server::start().await).await
}

async fn morning_of(server: Server) -> Centre {
    let company = &server.company;
    let guangzhou = company.db_site("GZ").await;
    let chengdu = company.db_site("CD").await;
    let team = company.db_team(guangzhou, "GZ-1").await;
    let late = company.db_agent("1", "A Late", guangzhou, Some(team), &[]).await;
    let prompt = company.db_agent("2", "B Prompt", guangzhou, Some(team), &[]).await;
    company.db_agent("3", "C Idle", guangzhou, None, &[]).await;
    let elsewhere = company.db_agent("4", "D Elsewhere", chengdu, None, &[]).await;
    let day = |text: &str| text.parse().expect("date");
    for site in [guangzhou, chengdu] {
        let schedule = company.db_schedule(site, day("2026-03-02"), day("2026-03-08"), true).await;
        let (first, second) =
            if site == guangzhou { (late, Some(prompt)) } else { (elsewhere, None) };
        for agent in [Some(first), second].into_iter().flatten() {
            // On the queue to 12:00, half an hour's meal, on the queue to 16:00.
            company.db_shift(schedule, site, agent, "2026-03-02T08:00", 8).await;
        }
    }
    let feed = server.partner(&[Permission::IntradayWrite], &[]).await;
    let centre = Centre { server, guangzhou, team, late, elsewhere, feed };
    let morning = [("07:00", "SIGNED_OUT"), ("08:15", "AVAILABLE"), ("12:00", "AUX")];
    centre.tell("1", &morning).await;
    centre.tell("2", &[("08:01", "AVAILABLE"), ("12:00", "AUX")]).await;
    centre
}

impl Centre {
    /// States of an agent, by local times of 2 March.
    async fn tell(&self, number: &str, states: &[(&str, &str)]) {
        let event = |(time, state): &(&str, &str)| {
            json!({"eventId": format!("{number} {time}"), "agent": {"number": number}, "state": state,
                   "sourceAt": format!("2026-03-02T{time}:00+08:00")})
        };
        let events: Vec<Value> = states.iter().map(event).collect();
        let input = json!({"input": {"source": "acd", "events": events}});
        let answer = self.feed.ok(STATES, input).await;
        assert_eq!(answer["agentStatesPush"]["results"][0]["outcome"], "ACCEPTED", "{answer}");
    }

    async fn day(&self, who: &Actor, of: Value) -> Value {
        who.ok(DAY, json!({"of": of, "date": "2026-03-02"})).await["adherence"].take()
    }
}

fn numbers(day: &Value) -> Vec<&str> {
    let agents = day["agents"].as_array().expect("agents");
    agents.iter().map(|it| it["agent"]["number"].as_str().expect("number")).collect()
}

#[tokio::test]
async fn a_day_is_compared_with_its_plan_and_sums_are_ratios_of_sums() {
    let centre = centre().await;
    let manager = centre.server.site_manager(centre.guangzhou).await;
    let mut day = centre.day(&manager, json!({"siteId": centre.guangzhou})).await;
    assert_eq!(
        (&day["startsAt"], &day["endsAt"]),
        (&json!("2026-03-01T16:00:00Z"), &json!("2026-03-02T12:00:00Z"))
    );
    // Who had neither plan nor sign-in is not among them.
    assert_eq!(numbers(&day), ["1", "2"]);
    let late = json!({"scheduledSeconds": 28_800, "adherentSeconds": 27_900, "adherencePercent": "96.88",
        "scheduledWorkSeconds": 27_000, "workedSeconds": 27_000, "conformancePercent": "100",
        "unscheduledSeconds": 900, "unknownSeconds": 0});
    assert_eq!(day["agents"][0]["figures"].take(), late);
    // A minute late twice is forgiven, and not worked. Before the first word nothing is known.
    let prompt = &day["agents"][1]["figures"];
    assert_eq!(
        (&prompt["adherencePercent"], &prompt["unknownSeconds"]),
        (&json!("100"), &json!(60))
    );
    assert_eq!(prompt["workedSeconds"], 26_880);
    let total = &day["total"];
    assert_eq!(total["scheduledSeconds"], 28_800 + 28_740);
    assert_eq!(total["adherentSeconds"], 27_900 + 28_740);
    assert_eq!(total["adherencePercent"], "98.44");
    let team =
        centre.day(&centre.server.leader(centre.team).await, json!({"teamId": centre.team})).await;
    assert_eq!(team["total"], *total);
    // A rest day has no percentage.
    let rest = json!({"of": {"siteId": centre.guangzhou}, "date": "2026-03-01"});
    let rest = manager.ok(DAY, rest).await["adherence"].take();
    assert_eq!((&rest["total"]["adherencePercent"], &rest["agents"]), (&Value::Null, &json!([])));
}

#[tokio::test]
async fn what_the_tenant_forgives_is_decided_by_its_administrator_and_counts_at_once() {
    let centre = centre().await;
    let server = &centre.server;
    let manager = server.site_manager(centre.guangzhou).await;
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let set = async |who: &Actor, input: Value| {
        who.ok(SET, json!({"input": input})).await["tenantSettingsSet"].take()
    };
    let adherent = async || {
        let day = centre.day(&manager, json!({"siteId": centre.guangzhou})).await;
        day["agents"][1]["figures"]["adherentSeconds"].as_i64()
    };
    let held = async || manager.ok(HELD, json!({})).await["tenantSettings"].take();
    let usual = json!({"adherenceForgivenessSeconds": 120, "agentStateRetentionDays": 400});
    assert_eq!((held().await, adherent().await), (usual.clone(), Some(28_740)));
    // A minute late after the meal.
    let strict = json!({"adherenceForgivenessSeconds": 0, "agentStateRetentionDays": 400});
    let done = set(&admin, json!({"adherenceForgivenessSeconds": 0})).await;
    assert_eq!(done, json!({"settings": strict, "userErrors": []}));
    assert_eq!(adherent().await, Some(28_740 - 60));
    // Another decision leaves this one alone, and one that is refused changes nothing.
    set(&admin, json!({"agentStateRetentionDays": 100})).await;
    let stands = json!({"adherenceForgivenessSeconds": 0, "agentStateRetentionDays": 100});
    let refused = [
        (&admin, json!({"adherenceForgivenessSeconds": 3_601}), "INVALID_VALUE"),
        (&admin, json!({"agentStateRetentionDays": 99}), "INVALID_VALUE"),
        (&admin, json!({}), "INVALID_VALUE"),
        (&manager, json!({"adherenceForgivenessSeconds": 60}), "FORBIDDEN"),
    ];
    for (who, input, code) in refused {
        let answer = set(who, input).await;
        assert_eq!(answer["userErrors"][0]["code"], code, "{answer}");
    }
    assert_eq!((held().await, adherent().await), (stands, Some(28_740 - 60)));
    // Another company decides for itself.
    let stranger = server.stranger().await.head_office().await;
    assert_eq!(stranger.ok(HELD, json!({})).await["tenantSettings"], usual);
}

#[tokio::test]
async fn adherence_is_seen_as_far_as_the_right_to_the_day_reaches() {
    let centre = centre().await;
    let (site, team) = (json!({"siteId": centre.guangzhou}), json!({"teamId": centre.team}));
    let agent = |id: AgentId| json!({"agentId": id});
    let server = &centre.server;
    let own = server.agent(centre.late).await;
    assert_eq!(numbers(&centre.day(&own, agent(centre.late)).await), ["1"]);
    for hidden in [&site, &team, &agent(centre.elsewhere)] {
        assert_eq!(centre.day(&own, hidden.clone()).await, Value::Null, "{hidden}");
    }
    let leader = server.leader(centre.team).await;
    assert_eq!(numbers(&centre.day(&leader, team.clone()).await), ["1", "2"]);
    assert_eq!(centre.day(&leader, site.clone()).await, Value::Null);
    let manager = server.site_manager(centre.guangzhou).await;
    assert_eq!(centre.day(&manager, agent(centre.elsewhere)).await, Value::Null);
    // Head office has the sums and no names.
    let office = centre.day(&server.head_office().await, site.clone()).await;
    assert_eq!(
        (office["total"]["scheduledSeconds"].as_i64(), numbers(&office)),
        (Some(57_540), vec![])
    );
    // Another company has no such site.
    let stranger = server.stranger().await.head_office().await;
    assert_eq!(centre.day(&stranger, site).await, Value::Null);
}

#[tokio::test]
async fn what_a_silent_feed_would_say_is_not_known() {
    let centre = morning().await;
    // The last word of anybody there.
    centre.tell("3", &[("12:10", "AVAILABLE")]).await;
    let manager = centre.server.site_manager(centre.guangzhou).await;
    let day = centre.day(&manager, json!({"siteId": centre.guangzhou})).await;
    let late = &day["agents"][0]["figures"];
    assert_eq!(late["unknownSeconds"], 13_800);
    assert_eq!(
        (&late["scheduledSeconds"], &late["adherentSeconds"]),
        (&json!(15_000), &json!(14_100))
    );
}

#[tokio::test]
async fn states_that_the_tenant_keeps_no_longer_are_forgotten_by_the_worker() {
    let database = database().await.db_scratch("states_forgotten").await;
    let centre = morning_of(Server::start_on(&database, LiveStore::in_memory()).await).await;
    let server = &centre.server;
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let input = json!({"input": {"agentStateRetentionDays": 200}});
    assert_eq!(admin.ok(SET, input).await["tenantSettingsSet"]["userErrors"], json!([]));
    let kept = async || {
        let tx = server.company.db_begin().await;
        let sql = "select count(*) as value from app.agent_state_event where tenant_id = $1";
        let kept: Option<i64> = tx.scalar(sql, params![tx.tenant()]).await.expect("rows");
        kept.expect("a count")
    };
    let (clock, day) = (&server.app.clock, SignedDuration::from_hours(24));
    let key = SealKey::ephemeral().expect("key");
    clock.set(clock.now() + day * 199);
    assert_eq!(round(&server.app, &key).await.expect("a round"), 0, "nothing failed");
    assert_eq!(kept().await, 5);
    // The day of 200 days ago is kept whole.
    clock.set(clock.now() + day * 2);
    assert_eq!(round(&server.app, &key).await.expect("a round"), 0, "nothing failed");
    // The present state of both.
    assert_eq!(kept().await, 2);
}
