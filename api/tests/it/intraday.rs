mod thresholds;
mod watching;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, SiteId},
    identity::Permission,
};
use trunkline_infra::{live::LiveStore, params};
use trunkline_testkit::redis::RedisServer;

use crate::support::{Actor, START, Server};

const BOARD: &str = "query($site: ID) { wallboard(siteId: $site) { cursor
  network { ...row } sites { ...row } queues { ...row } periods { startsAt offered answered } } }
fragment row on WallboardRow { site { code } queue { code }
  waiting { contacts longestWaitSeconds at isStale }
  today { offered answered abandoned serviceLevelPercent thresholdSeconds at isStale }
  staff { staffed available at isStale } }";
const GAUGES: &str = "mutation($input: QueueGaugesPushInput!) { queueGaugesPush(input: $input) {
  results { outcome userErrors { code path } } userErrors { code } } }";
const STATES: &str = "mutation($input: AgentStatesPushInput!) { agentStatesPush(input: $input) {
  results { outcome userErrors { code path } } userErrors { code } } }";
const FIGURES: &str =
    "mutation($input: IntervalFiguresPushInput!) { intervalFiguresPush(input: $input) {
  results { outcome userErrors { code path params { name value } } } userErrors { code } } }";

/// Guangzhou and Kunming share the queue presale; Kunming has one of its own.
struct Centre {
    server: Server,
    guangzhou: SiteId,
    kunming: SiteId,
    agent: AgentId,
    feed: Actor,
}

async fn centre_on(live: LiveStore) -> Centre {
    let server = Server::start_with(live).await;
    let company = &server.company;
    let guangzhou = company.db_site("GZ").await;
    let kunming = company.db_site("KM").await;
    company.db_queue("presale", 15, &[guangzhou, kunming], None).await;
    company.db_queue("local", 15, &[kunming], None).await;
    let agent = company.db_agent("1001", "Li Na", guangzhou, None, &[]).await;
    let feed = server.partner(&[Permission::IntradayRead, Permission::IntradayWrite], &[]).await;
    Centre { server, guangzhou, kunming, agent, feed }
}

async fn centre() -> Centre {
    centre_on(LiveStore::in_memory()).await
}

/// `seconds` after the tests' first instant.
fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = START.parse().expect("instant");
    start + SignedDuration::from_secs(seconds)
}

fn gauge(site: &str, waiting: i32, longest: i32, source: i64) -> Value {
    json!({"queue": {"code": "presale"}, "site": {"code": site}, "waiting": waiting,
           "longestWaitSeconds": longest, "sourceAt": at(source)})
}

fn state(id: &str, state: &str, source: i64) -> Value {
    json!({"eventId": id, "agent": {"number": "1001"}, "state": state, "sourceAt": at(source)})
}

fn figures(site: Option<&str>, starts: i64, offered: i32, in_time: i32, source: i64) -> Value {
    json!({"queue": {"code": "presale"}, "site": site.map(|code| json!({"code": code})),
           "startsAt": at(starts), "sourceAt": at(source), "offered": offered, "answered": in_time,
           "answeredInThreshold": in_time, "abandoned": offered - in_time})
}

fn outcomes(payload: &Value) -> Vec<&str> {
    assert_eq!(payload["userErrors"], json!([]));
    let results = payload["results"].as_array().expect("results");
    results.iter().map(|it| it["outcome"].as_str().expect("outcome")).collect()
}

impl Centre {
    async fn gauges(&self, gauges: &[Value]) -> Value {
        let input = json!({"input": {"gauges": gauges}});
        self.feed.ok(GAUGES, input).await["queueGaugesPush"].take()
    }

    async fn states(&self, events: &[Value]) -> Value {
        let input = json!({"input": {"source": "acd", "events": events}});
        self.feed.ok(STATES, input).await["agentStatesPush"].take()
    }

    async fn figures(&self, figures: &[Value]) -> Value {
        let input = json!({"input": {"source": "acd", "figures": figures}});
        self.feed.ok(FIGURES, input).await["intervalFiguresPush"].take()
    }

    async fn board(&self, actor: &Actor, site: Option<SiteId>) -> Value {
        let site = site.map(|site| site.to_string());
        actor.ok(BOARD, json!({"site": site})).await["wallboard"].take()
    }
}

#[tokio::test]
async fn boards_are_summed_by_queue_site_and_network() {
    let centre = centre().await;
    let office = centre.server.head_office().await;
    centre.gauges(&[gauge("GZ", 3, 40, -5), gauge("KM", 2, 70, -10)]).await;
    centre
        .figures(&[
            figures(Some("GZ"), -900, 300, 234, -5),
            figures(Some("KM"), -900, 1200, 1020, -5),
            figures(None, -900, 100, 0, -5),
        ])
        .await;
    centre.states(&[state("1", "AVAILABLE", -20)]).await;
    let board = centre.board(&office, None).await;
    let network = &board["network"];
    assert_eq!(network["waiting"]["contacts"], 5);
    assert_eq!(network["waiting"]["longestWaitSeconds"], 70);
    assert_eq!(network["waiting"]["at"], at(-10).to_string());
    assert_eq!(network["today"]["offered"], 1600);
    assert_eq!(network["today"]["serviceLevelPercent"], "78.38");
    assert_eq!(network["today"]["thresholdSeconds"], 20);
    assert_eq!(network["staff"]["staffed"], 1);
    assert_eq!(board["sites"][0]["site"]["code"], "GZ");
    assert_eq!(board["sites"][0]["today"]["serviceLevelPercent"], "78");
    assert_eq!(board["sites"][1]["today"]["serviceLevelPercent"], "85");
    assert_eq!(board["sites"][1]["staff"]["staffed"], 0);
    assert_eq!(board["queues"][1]["queue"]["code"], "presale");
    assert_eq!(board["queues"][1]["today"]["offered"], 1600);
    assert_eq!(board["queues"][0]["today"], Value::Null, "nothing was heard of the queue local");
    assert_eq!(board["periods"][0]["offered"], 1600);
}

#[tokio::test]
async fn repeats_and_another_order_give_the_same_board() {
    let told = [gauge("GZ", 9, 90, -30), gauge("GZ", 3, 40, -5)];
    let events = [state("1", "AVAILABLE", -20), state("2", "TALKING", -10), state("3", "AUX", -2)];
    let counted =
        [figures(Some("GZ"), -900, 310, 234, -60), figures(Some("GZ"), -900, 300, 230, -5)];
    let (first, second) = (centre().await, centre().await);
    first.gauges(&told).await;
    first.states(&events).await;
    for figures in &counted {
        first.figures(std::slice::from_ref(figures)).await;
    }
    for _ in 0..2 {
        for turned in events.iter().rev() {
            second.states(std::slice::from_ref(turned)).await;
        }
        for turned in told.iter().rev() {
            second.gauges(std::slice::from_ref(turned)).await;
        }
        for turned in counted.iter().rev() {
            second.figures(std::slice::from_ref(turned)).await;
        }
    }
    let mut boards = Vec::new();
    for centre in [&first, &second] {
        let office = centre.server.head_office().await;
        let mut board = centre.board(&office, None).await;
        board["cursor"].take();
        boards.push(board);
    }
    assert_eq!(boards[0], boards[1]);
    assert_eq!(boards[0]["network"]["waiting"]["contacts"], 3);
    assert_eq!(boards[0]["network"]["today"]["offered"], 300);
    assert_eq!(boards[0]["network"]["staff"]["staffed"], 0);
}

#[tokio::test]
async fn each_item_of_a_push_is_answered_in_order() {
    let centre = centre().await;
    let first = [state("1", "AVAILABLE", -20), state("1", "AUX", -20)];
    assert_eq!(outcomes(&centre.states(&first).await), ["ACCEPTED", "UNCHANGED"]);
    let unknown =
        json!({"eventId": "2", "agent": {"number": "7"}, "state": "AUX", "sourceAt": at(0)});
    let answer = centre.states(&[unknown, state("3", "AUX", 0), state("4", "AUX", 9_999)]).await;
    assert_eq!(outcomes(&answer), ["REFUSED", "ACCEPTED", "REFUSED"]);
    assert_eq!(
        answer["results"][0]["userErrors"][0],
        json!({"code": "NOT_FOUND", "path": ["input", "events", "0", "agent"]})
    );
    assert_eq!(answer["results"][2]["userErrors"][0]["code"], "INVALID_VALUE");
    let twice = [figures(Some("GZ"), -900, 10, 9, -5), figures(Some("GZ"), -900, 10, 9, -5)];
    assert_eq!(outcomes(&centre.figures(&twice).await), ["UNCHANGED", "ACCEPTED"]);
    assert_eq!(outcomes(&centre.figures(&twice[..1]).await), ["UNCHANGED"]);
    let many = vec![gauge("GZ", 1, 1, 0); 501];
    assert_eq!(centre.gauges(&many).await["userErrors"][0]["code"], "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn a_late_event_corrects_since_when_an_agent_is_in_a_state() {
    let centre = centre().await;
    let manager = centre.server.site_manager(centre.guangzhou).await;
    centre.states(&[state("1", "AUX", -300), state("3", "AUX", -60)]).await;
    let query = "{ agentStates { agent { displayName } state sinceAt inStateSeconds } }";
    let since = async || manager.ok(query, json!({})).await["agentStates"][0].take();
    assert_eq!(since().await["inStateSeconds"], 300);
    centre.states(&[state("2", "TALKING", -120)]).await;
    let now = since().await;
    assert_eq!(now["inStateSeconds"], 60);
    assert_eq!(now["state"], "AUX");
    assert_eq!(now["agent"]["displayName"], "Li Na");
}

#[tokio::test]
async fn agents_are_found_by_the_ids_of_other_systems() {
    let centre = centre().await;
    let ids = json!([{"source": "acd:1", "value": "77"}, {"source": "payroll", "value": "A9"}]);
    centre
        .server
        .company
        .db_run(
            "update app.agent set external_ids = $3 where tenant_id = $1 and id = $2",
            params![centre.server.company.tenant, centre.agent, ids],
        )
        .await;
    let event = |id: &str, value: &str| {
        json!({"eventId": id, "agent": {"externalId": {"source": "acd:1", "value": value}},
               "state": "TALKING", "sourceAt": at(-1)})
    };
    let by_id = json!({"eventId": "c", "agent": {"id": centre.agent.to_string()}, "state": "AUX",
                       "sourceAt": at(0)});
    let answer = centre.states(&[event("a", "77"), event("b", "A9"), by_id]).await;
    assert_eq!(outcomes(&answer), ["ACCEPTED", "REFUSED", "ACCEPTED"]);
}

#[tokio::test]
async fn a_feed_of_one_site_is_refused_for_another() {
    let centre = centre().await;
    let scopes = [Permission::IntradayRead, Permission::IntradayWrite];
    let (id, secret) = centre.server.company.db_client("kunming", &scopes, &[centre.kunming]).await;
    let feed = centre.server.partner_with(&trunkline::identity::api_key(id, &secret));
    let mut no_site = gauge("KM", 1, 1, 0);
    no_site["site"] = Value::Null;
    let input = json!({"input": {"gauges": [gauge("KM", 1, 1, 0), gauge("GZ", 1, 1, 0), no_site]}});
    let answer = feed.ok(GAUGES, input).await["queueGaugesPush"].take();
    assert_eq!(outcomes(&answer), ["ACCEPTED", "REFUSED", "REFUSED"]);
    assert_eq!(
        answer["results"][1]["userErrors"][0],
        json!({"code": "NOT_FOUND", "path": ["input", "gauges", "1", "site"]})
    );
    let input = json!({"input": {"source": "acd", "events": [state("1", "AUX", 0)]}});
    let answer = feed.ok(STATES, input).await["agentStatesPush"].take();
    assert_eq!(answer["results"][0]["userErrors"][0]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn who_may_not_see_a_site_sees_no_board_of_it() {
    let centre = centre().await;
    centre.gauges(&[gauge("GZ", 3, 40, 0), gauge("KM", 2, 70, 0)]).await;
    let manager = centre.server.site_manager(centre.kunming).await;
    let own = centre.board(&manager, None).await;
    assert_eq!(own["network"], Value::Null);
    assert_eq!(own["sites"].as_array().map(Vec::len), Some(1));
    assert_eq!(own["sites"][0]["waiting"]["contacts"], 2);
    assert_eq!(centre.board(&manager, Some(centre.guangzhou)).await, Value::Null);
    let stranger = centre.server.stranger().await.head_office().await;
    assert_eq!(centre.board(&stranger, Some(centre.guangzhou)).await, Value::Null);
    let theirs = centre.board(&stranger, None).await;
    assert_eq!(theirs["sites"], json!([]));
    assert_eq!(theirs["network"]["waiting"], Value::Null);
    let query = "{ agentStates { state } }";
    centre.states(&[state("1", "AUX", 0)]).await;
    let office = centre.server.head_office().await;
    assert_eq!(
        office.ok(query, json!({})).await["agentStates"],
        json!([]),
        "names stay at the site"
    );
}

#[tokio::test]
async fn agents_see_their_sites_board_without_the_longest_wait_where_the_tenant_hides_it() {
    let centre = centre().await;
    let company = &centre.server.company;
    company
        .db_run(
            "update app.tenant set settings = settings || $2 where id = $1",
            params![company.tenant, json!({"wallboard": {"hidesLongestWaitFromAgents": true}})],
        )
        .await;
    centre.gauges(&[gauge("GZ", 3, 40, 0)]).await;
    let agent = centre.server.agent(centre.agent).await;
    let manager = centre.server.site_manager(centre.guangzhou).await;
    let seen = centre.board(&agent, None).await["sites"][0]["waiting"].take();
    assert_eq!((&seen["contacts"], &seen["longestWaitSeconds"]), (&json!(3), &Value::Null));
    let seen = centre.board(&manager, None).await["sites"][0]["waiting"].take();
    assert_eq!(seen["longestWaitSeconds"], 40);
}

#[tokio::test]
async fn a_figure_is_stale_after_31_seconds_of_silence() {
    let centre = centre().await;
    let manager = centre.server.site_manager(centre.guangzhou).await;
    centre.gauges(&[gauge("GZ", 3, 40, 0)]).await;
    let stale =
        async || centre.board(&manager, None).await["sites"][0]["waiting"]["isStale"].take();
    centre.server.app.clock.set(at(30));
    assert_eq!(stale().await, false);
    centre.server.app.clock.set(at(31));
    assert_eq!(stale().await, true);
}

#[tokio::test]
async fn the_board_outlives_the_live_store() {
    let Some(mut redis) = RedisServer::start("the_board_outlives_the_live_store") else { return };
    let live = LiveStore::in_redis(redis.url().as_str(), 1).expect("a live store");
    let centre = centre_on(live).await;
    let office = centre.server.head_office().await;
    centre.gauges(&[gauge("GZ", 3, 40, 0)]).await;
    centre.figures(&[figures(Some("GZ"), -900, 300, 234, 0)]).await;
    let before = centre.board(&office, None).await;
    assert_eq!(before["network"]["today"]["offered"], 300);
    redis.kill();
    centre.gauges(&[gauge("GZ", 4, 50, 5)]).await;
    let without = centre.board(&office, None).await;
    assert_eq!(without["network"]["waiting"]["contacts"], 4);
    assert_eq!(without["network"]["today"], before["network"]["today"]);
    redis.restart();
    centre.server.app.boards.forget(centre.server.company.tenant).await;
    assert_eq!(centre.board(&office, None).await, without, "an empty store is filled again");
}

#[tokio::test]
async fn figures_off_the_grain_or_of_the_future_or_of_no_site_are_refused_and_say_what_would_do() {
    let centre = centre().await;
    let of = async |who: &Actor, figures: Vec<Value>| {
        let input = json!({"input": {"source": "acd", "figures": figures}});
        who.ok(FIGURES, input).await["intervalFiguresPush"]["results"].take()
    };
    let told = of(
        &centre.feed,
        vec![
            figures(Some("GZ"), -600, 10, 9, -5),
            figures(Some("GZ"), 900, 10, 9, -5),
            figures(None, 0, 10, 9, -5),
        ],
    )
    .await;
    for (at, expected) in [(0, at(-900)), (1, at(0))] {
        let error = &told[at]["userErrors"][0];
        let path = json!(["input", "figures", at.to_string(), "startsAt"]);
        assert_eq!((&error["code"], &error["path"]), (&json!("INVALID_VALUE"), &path), "{told}");
        let param = json!({"name": "expected", "value": expected.to_string()});
        assert!(error["params"].as_array().is_some_and(|it| it.contains(&param)), "{told}");
    }
    assert_eq!(told[2]["outcome"], "ACCEPTED");
    let rights = [Permission::IntradayWrite];
    let local = centre.server.partner_called("local", &rights, &[centre.guangzhou]).await;
    let told =
        of(&local, vec![figures(None, 0, 11, 9, -5), figures(Some("GZ"), 0, 11, 9, -5)]).await;
    assert_eq!(told[0]["userErrors"][0]["code"], "SITE_REQUIRED", "{told}");
    assert_eq!(told[1]["outcome"], "ACCEPTED");
    let all =
        centre.server.partner_called("all", &rights, &[centre.guangzhou, centre.kunming]).await;
    assert_eq!(of(&all, vec![figures(None, 0, 12, 9, -4)]).await[0]["outcome"], "ACCEPTED");
}
