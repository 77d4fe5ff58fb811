//! Scenario 9 as far as forecast, pay class, compensatory rest and rules go: National Day 2026.

use jiff::{ToSpan as _, civil::date};
use serde_json::{Value, json};
use trunkline_domain::id::{AgentId, QueueId, ShiftId, SiteId};
use trunkline_infra::params;
use trunkline_testkit::shanghai;

use crate::{
    history::import,
    support::{Actor, Server},
};

const DAYS: &str = "mutation($input: SpecialDaysSetInput!) { specialDaysSet(input: $input) {
  specialDays { localDate kind } userErrors { code path } } }";
const PROPOSE: &str =
    "mutation($input: DemandEventProposeInput!) { demandEventPropose(input: $input) {
  demandEvent { id } userErrors { code path } } }";
const DECIDE: &str =
    "mutation($input: DemandEventDecideInput!) { demandEventDecide(input: $input) {
  demandEvent { state } userErrors { code } } }";
const RUN: &str = "mutation($input: ForecastRunInput!) { forecastRun(input: $input) { forecast {
  points(from: \"2026-09-30T16:00:00Z\", to: \"2026-10-07T16:00:00Z\") { startsAt volume } }
  userErrors { code } } }";
const MONTH: &str = "query($agent: ID!) { agentPayMonth(agentId: $agent, month: \"2026-10-05\") {
  agent { number } startsOn endsOn seconds weightedSeconds
  classes { payClass seconds factor } days { localDate kind }
  compensatoryRests { earnedOn seconds cause dueOn state restOn } } }";
const REST: &str =
    "mutation($input: CompensatoryRestSetInput!) { compensatoryRestSet(input: $input) {
  compensatoryRest { state restOn } violations { rule cause } userErrors { code path } } }";
const EDIT: &str = "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) {
  violations { rule cause measured limit } userErrors { code } } }";

/// Monday before the holiday, noon in Shanghai.
const MONDAY: &str = "2026-09-28T12:00";

struct Holiday {
    server: Server,
    site: SiteId,
    queue: QueueId,
    wu: AgentId,
    planner: Actor,
}

impl Holiday {
    async fn new() -> Self {
        let server = Server::start().await;
        server.app.clock.set(shanghai(MONDAY));
        let site = server.company.db_site("GZ").await;
        let queue = server.company.db_queue("presale", 30, &[site], None).await;
        let open = json!([["08:30:00", "17:30:00"]]);
        let hours = json!({"week": vec![open; 7], "closed_on": []});
        let sql = "update app.site set opening = $3 where tenant_id = $1 and id = $2";
        server.company.db_run(sql, params![server.company.tenant, site, hours]).await;
        let wu = server.company.db_agent("9", "Wu Gang", site, None, &[]).await;
        let planner = server.planner(site).await;
        let it = Self { server, site, queue, wu, planner };
        let kind = |day| if day <= 3 { "PUBLIC_HOLIDAY" } else { "REST_DAY" };
        let day = |day: i32| {
            let on = format!("2026-10-{day:02}");
            json!({"localDate": on, "name": "National Day", "kind": kind(day)})
        };
        let days: Vec<Value> = (1..=7).map(day).collect();
        let input = json!({"siteId": site.to_string(), "days": days});
        let set = it.planner.ok(DAYS, json!({"input": input})).await["specialDaysSet"].take();
        assert_eq!(set["userErrors"], json!([]));
        assert_eq!(set["specialDays"][2]["kind"], "PUBLIC_HOLIDAY");
        it
    }

    /// The clock goes on to a local time; tokens of before are over.
    async fn later(&mut self, local: &str) {
        self.server.app.clock.set(shanghai(local));
        self.planner = self.server.sign_in(&format!("planner-{}@example.com", self.site)).await;
    }

    /// Four days before the holiday, the first two of it, the 5th and the 9th.
    async fn published(&self) -> ShiftId {
        let company = &self.server.company;
        let (first, last) = (date(2026, 9, 21), date(2026, 10, 18));
        let plan = company.db_schedule(self.site, first, last, true).await;
        for day in ["09-27", "09-28", "09-29", "09-30", "10-01", "10-02", "10-09"] {
            let start = format!("2026-{day}T09:00");
            company.db_shift(plan, self.site, self.wu, &start, 8).await;
        }
        company.db_shift(plan, self.site, self.wu, "2026-10-05T09:00", 8).await
    }

    async fn month(&self, actor: &Actor) -> Value {
        let ask = json!({"agent": self.wu.to_string()});
        actor.ok(MONTH, ask).await["agentPayMonth"].take()
    }

    async fn rest(&self, rest_on: Option<&str>) -> Value {
        let input =
            json!({"agentId": self.wu.to_string(), "earnedOn": "2026-10-05", "restOn": rest_on});
        self.planner.ok(REST, json!({"input": input})).await["compensatoryRestSet"].take()
    }

    async fn moved(&self, shift: ShiftId, to: &str) -> Value {
        let change = json!({"startsAt": shanghai(to).to_string()});
        let input = json!({"shiftId": shift.to_string(), "change": change, "dryRun": true});
        self.planner.ok(EDIT, json!({"input": input})).await["shiftEdit"].take()
    }
}

fn class(name: &str, hours: i64, factor: &str) -> Value {
    json!({"payClass": name, "seconds": hours * 3600, "factor": factor})
}

#[tokio::test]
async fn statutory_days_are_worth_three_and_the_5th_a_rest_or_two() {
    let mut it = Holiday::new().await;
    let fifth = it.published().await;
    let month = it.month(&it.planner).await;
    assert_eq!(
        month["classes"],
        json!([class("ORDINARY", 16, "1"), class("PUBLIC_HOLIDAY", 16, "3")])
    );
    assert_eq!(month["weightedSeconds"], json!(((16 + 48) * 3600).to_string()));
    let owed = json!([{"earnedOn": "2026-10-05", "seconds": 8 * 3600, "cause": "REST_DAY",
        "dueOn": "2026-10-31", "state": "OWED", "restOn": null}]);
    assert_eq!(month["compensatoryRests"], owed);

    let seventh = it.moved(fifth, "2026-10-03T09:00").await;
    assert_eq!(seventh["userErrors"][0]["code"], "RULE_VIOLATED", "{seventh:#}");
    let run = json!({"rule": "CONSECUTIVE_DAYS", "cause": "HISTORY", "measured": "7 days", "limit": "6 days"});
    let found = seventh["violations"].as_array().expect("list");
    assert!(found.iter().any(|it| it["rule"] == run["rule"] && it["measured"] == run["measured"]));

    let free = it.rest(Some("2026-10-07")).await;
    assert_eq!(free["userErrors"], json!([{"code": "INVALID_VALUE", "path": ["input", "restOn"]}]));
    let planned = it.rest(Some("2026-10-09")).await;
    assert_eq!(planned["userErrors"][0]["code"], "RULE_VIOLATED");
    let off = json!([{"rule": "AVAILABILITY", "cause": "TIME_OFF"}]);
    assert_eq!(planned["violations"], off, "{planned:#}");
    let given = it.rest(Some("2026-10-12")).await;
    assert_eq!(given["userErrors"], json!([]), "{given:#}");
    assert_eq!(given["compensatoryRest"], json!({"state": "GIVEN", "restOn": "2026-10-12"}));
    let kept = it.moved(fifth, "2026-10-12T09:00").await;
    assert_eq!(kept["userErrors"][0]["code"], "RULE_VIOLATED", "a day of rest: {kept:#}");

    let back = it.rest(None).await;
    assert_eq!(back["compensatoryRest"]["state"], "OWED");
    it.later("2026-11-01T08:00").await;
    let month = it.month(&it.planner).await;
    let classes = json!([
        class("ORDINARY", 8, "1"),
        class("REST_DAY", 8, "2"),
        class("PUBLIC_HOLIDAY", 16, "3")
    ]);
    assert_eq!(month["classes"], classes);
    assert_eq!(month["compensatoryRests"][0]["state"], "LAPSED");
    let late = it.rest(Some("2026-11-02")).await;
    assert_eq!(late["userErrors"][0]["code"], "INVALID_STATE");
}

#[tokio::test]
async fn hours_above_the_contract_are_overtime_at_150_percent() {
    let it = Holiday::new().await;
    let company = &it.server.company;
    let plan = company.db_schedule(it.site, date(2026, 10, 12), date(2026, 10, 18), true).await;
    for day in 12..=17 {
        let start = format!("2026-10-{day}T09:00");
        company.db_shift(plan, it.site, it.wu, &start, 9).await;
    }
    let month = it.month(&it.planner).await;
    // Six days of 9 h: one hour of each is above 8 h, and 8 of the 48 that are left above 40 h.
    let classes = json!([class("ORDINARY", 40, "1"), class("OVERTIME", 14, "1.5")]);
    assert_eq!(month["classes"], classes, "{month:#}");
    assert_eq!(month["weightedSeconds"], json!(((40 + 21) * 3600).to_string()));
}

#[tokio::test]
async fn a_month_is_for_the_person_and_those_who_plan_it() {
    let it = Holiday::new().await;
    it.published().await;
    let own = it.server.agent(it.wu).await;
    assert_eq!(it.month(&own).await["agent"]["number"], "9");
    let other = it.server.company.db_agent("10", "He Lu", it.site, None, &[]).await;
    let colleague = it.server.agent(other).await;
    let stranger = it.server.stranger().await.head_office().await;
    for actor in [&colleague, &stranger, &it.server.head_office().await] {
        assert_eq!(it.month(actor).await, Value::Null);
    }
    let input =
        json!({"agentId": it.wu.to_string(), "earnedOn": "2026-10-05", "restOn": "2026-10-12"});
    assert_eq!(own.error_code(REST, json!({"input": input})).await, "FORBIDDEN");
}

#[tokio::test]
async fn factors_are_set_with_the_work_rules() {
    let it = Holiday::new().await;
    it.published().await;
    let set = "mutation($input: WorkRulesSetInput!) { workRulesSet(input: $input) {
        workRules { payTerms { nightFactor overtimeFactor publicHolidayFactor } }
        userErrors { code path } } }";
    let rules = async |factor: &str| {
        let input = json!({"siteId": it.site.to_string(), "validFromDate": "2026-09-01", "rules": [],
            "pay": {"overtimeFactor": "1.75", "publicHolidayFactor": factor}});
        it.planner.ok(set, json!({"input": input})).await["workRulesSet"].take()
    };
    let path = json!(["input", "pay", "publicHolidayFactor"]);
    assert_eq!(rules("0.5").await["userErrors"], json!([{"code": "INVALID_VALUE", "path": path}]));
    let terms = rules("3.5").await["workRules"]["payTerms"].take();
    let set = json!({"nightFactor": "1", "overtimeFactor": "1.75", "publicHolidayFactor": "3.5"});
    assert_eq!(terms, set);
    let month = it.month(&it.planner).await;
    assert_eq!(month["classes"][1], class("PUBLIC_HOLIDAY", 16, "3.5"));
}

#[tokio::test]
async fn holiday_events_change_their_days_and_closed_hours_stay_empty() {
    let it = Holiday::new().await;
    let queue = it.queue;
    let mut csv =
        "interval_start,tz,queue,interval_minutes,offered,answered,aht_seconds\n".to_owned();
    for day in 0..70_i64 {
        let on = date(2026, 7, 20).saturating_add(day.days());
        for slot in ["07:00", "10:00", "10:30", "20:00"] {
            csv += &format!("{on}T{slot},Asia/Shanghai,presale,30,100,100,180\n");
        }
    }
    import(&it.planner, &csv).await;
    let run = async || -> Vec<(String, f64)> {
        let input = json!({"queueId": queue.to_string(), "startsOn": "2026-10-01", "days": 7});
        let answer = it.planner.ok(RUN, json!({"input": input})).await["forecastRun"].take();
        let points = answer["forecast"]["points"].as_array().expect("points").clone();
        let point = |it: &Value| {
            let at: jiff::Timestamp =
                it["startsAt"].as_str().expect("instant").parse().expect("instant");
            let local = jiff::tz::TimeZone::get("Asia/Shanghai").expect("zone").to_datetime(at);
            (local.to_string(), it["volume"].as_f64().expect("calls"))
        };
        points.iter().map(point).collect()
    };
    let base = run().await;
    for (name, from, to, uplift) in
        [("holiday", "10-01", "10-03", "-0.3"), ("return", "10-07", "10-08", "0.2")]
    {
        let at = |day: &str| shanghai(&format!("2026-{day}T00:00")).to_string();
        let input = json!({"name": name, "kind": "HOLIDAY", "queueIds": [queue.to_string()],
            "startsAt": at(from), "endsAt": at(to), "volumeUplift": uplift});
        let made =
            it.planner.ok(PROPOSE, json!({"input": input})).await["demandEventPropose"].take();
        let word = json!({"input": {"demandEventId": made["demandEvent"]["id"], "accept": true}});
        let decided = it.planner.ok(DECIDE, word).await["demandEventDecide"].take();
        assert_eq!(decided["demandEvent"]["state"], "ACCEPTED", "{decided:#}");
    }
    let raised = run().await;
    assert_eq!(base.len(), raised.len());
    for ((at, before), (_, after)) in base.iter().zip(&raised) {
        let factor = match &at[8..10] {
            "01" | "02" => 0.7,
            "07" => 1.2,
            _ => 1.0,
        };
        assert!((after - before * factor).abs() < 1e-6, "{at}: {before} {after}");
        let is_open = ("08:30".."17:30").contains(&&at[11..16]);
        assert!(is_open || *after == 0.0, "{at}: {after} while closed");
        assert!(!["10:00", "10:30"].contains(&&at[11..16]) || *after > 30.0, "{at}: {after}");
    }
}
