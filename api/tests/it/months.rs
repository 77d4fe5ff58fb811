//! The three files grow by what happens: hire, move, reward, evaluation, and the close of a month.

use serde_json::{Value, json};
use trunkline::boot::worker::round;
use trunkline_domain::{
    id::{AgentId, SiteId, TeamId},
    identity::{Permission, Role},
};
use trunkline_infra::{audit::SealKey, live::LiveStore};
use trunkline_testkit::{Within, database, shanghai};

use crate::support::{Actor, Server, evaluation};

const HIRE: &str = "mutation($input: AgentCreateInput!) {
  agentCreate(input: $input) { agent { id } userErrors { code path } } }";
const MOVE: &str = "mutation($input: AgentMoveInput!) {
  agentMove(input: $input) { userErrors { code path } } }";
const ADD: &str = "mutation($input: FileEntryAddInput!) {
  fileEntryAdd(input: $input) { userErrors { code path message } } }";
const STATES: &str = "mutation($input: AgentStatesPushInput!) { agentStatesPush(input: $input) {
  results { outcome userErrors { code path } } userErrors { code } } }";
const FILES: &str = "query($id: ID!, $history: Boolean!) { agent(id: $id) {
  developmentFile { parts { part entries { source content { __typename
      ... on CareerEvent { careerKind: kind } ... on Reward { reason } } } } }
  qualityFile { parts(history: $history) { part entries { content { ... on Evaluation {
      score criticalErrors { item kind } answers { item answer } } } } } }
  performanceFile { parts(history: $history) { part entries {
      isInForce source recordedByName effectiveOn correction { reason } content { __typename
      ... on MonthFigures { startsOn endsOn sums { measure value } kpis { kpi observations value } }
      ... on MonthlyAttendance { shiftsPlanned shiftsAttended shiftsLate shiftsAbsent shiftsUnknown
          plannedSeconds workedSeconds absenceSeconds longestRunDays swaps }
      ... on MonthlyCard { cardVersion score grade cardState: state items { kpi value points } } } } } } } }";

/// A site with an agent who was hired by HR, and a colleague whose states show that the feed lives.
struct Centre {
    server: Server,
    site: SiteId,
    team: TeamId,
    agent: String,
    feed: Actor,
}

async fn centre(label: &str) -> Centre {
    let database = database().await.db_scratch(label).await;
    let server = Server::start_on(&database, LiveStore::in_memory()).await;
    let site = server.company.db_site("GZ").await;
    let team = server.company.db_team(site, "T1").await;
    server.company.db_agent("2002", "Zhou Wei", site, None, &[]).await;
    let hr = server.user("hr@example.com", Role::Hr, Within::Tenant).await;
    let input = json!({"number": "1001", "displayName": "Li Na", "siteId": site.to_string(),
        "teamId": team.to_string(), "hiredOn": "2025-03-01", "contract": {}, "decision": "HR-1"});
    let made = hr.ok(HIRE, json!({"input": input})).await["agentCreate"].take();
    let agent = made["agent"]["id"].as_str().expect("agent").to_owned();
    let feed = server.partner(&[Permission::IntradayWrite], &[]).await;
    Centre { server, site, team, agent, feed }
}

impl Centre {
    fn agent_id(&self) -> AgentId {
        self.agent.parse().expect("id")
    }

    /// Whoever this is, signed in anew: time passes here.
    async fn hr(&self) -> Actor {
        self.server.sign_in("hr@example.com").await
    }

    /// Three shifts in February, 09:00 to 18:00 with a meal from 13:30.
    async fn planned(&self) {
        let company = &self.server.company;
        let (first, last) = (jiff::civil::date(2026, 2, 2), jiff::civil::date(2026, 2, 8));
        let schedule = company.db_schedule(self.site, first, last, true).await;
        for day in ["2026-02-02", "2026-02-03", "2026-02-04"] {
            let start = format!("{day}T09:00");
            company.db_shift(schedule, self.site, self.agent_id(), &start, 9).await;
        }
    }

    async fn states(&self, number: &str, day: &str, states: &[(&str, &str)]) {
        let events: Vec<Value> = states
            .iter()
            .map(|(time, state)| {
                let at = shanghai(&format!("{day}T{time}"));
                json!({"eventId": format!("{number} {at}"), "agent": {"number": number},
                       "state": state, "sourceAt": at})
            })
            .collect();
        let input = json!({"input": {"source": "acd", "events": events}});
        let taken = self.feed.ok(STATES, input).await["agentStatesPush"].take();
        let results = taken["results"].as_array().expect("results");
        assert!(results.iter().all(|it| it["outcome"] == "ACCEPTED"), "{taken:#}");
    }

    async fn close(&self) {
        let key = SealKey::ephemeral().expect("key");
        assert_eq!(round(&self.server.app, &key).await.expect("a round"), 0, "nothing failed");
    }

    async fn files(&self, who: &Actor, history: bool) -> Value {
        who.ok(FILES, json!({"id": self.agent, "history": history})).await["agent"].take()
    }

    async fn leader(&self) -> Actor {
        let email = format!("leader-{}@example.com", self.team);
        self.server.sign_in(&email).await
    }
}

/// Contents of a kind in a file, with the entry around each.
fn entries(file: &Value, kind: &str) -> Vec<Value> {
    let parts = file["parts"].as_array().into_iter().flatten();
    parts
        .flat_map(|part| part["entries"].as_array().cloned().unwrap_or_default())
        .filter(|entry| entry["content"]["__typename"] == kind)
        .collect()
}

fn figure(figures: &Value, list: &str, name: &str, code: &str) -> Value {
    let mut found = figures[list].as_array().into_iter().flatten();
    found.find(|it| it[name] == code).map_or(Value::Null, |it| it["value"].clone())
}

fn sum(figures: &Value, measure: &str) -> Value {
    figure(figures, "sums", "measure", measure)
}

/// To two decimals, as people see it.
fn kpi(figures: &Value, code: &str) -> Option<String> {
    let value = figure(figures, "kpis", "kpi", code);
    Some(format!("{:.2}", value.as_str()?.parse::<f64>().expect("a number")))
}

const GOOD_DAY: [(&str, &str); 9] = [
    ("08:55", "AVAILABLE"),
    ("10:00", "TALKING"),
    ("10:05", "HOLDING"),
    ("10:06", "TALKING"),
    ("10:10", "AFTER_CALL_WORK"),
    ("10:12", "AVAILABLE"),
    ("13:30", "AUX"),
    ("14:00", "AVAILABLE"),
    ("18:00", "SIGNED_OUT"),
];
const LATE_DAY: [(&str, &str); 7] = [
    ("09:30", "AVAILABLE"),
    ("11:00", "TALKING"),
    ("11:08", "AFTER_CALL_WORK"),
    ("11:10", "AVAILABLE"),
    ("13:30", "AUX"),
    ("14:00", "AVAILABLE"),
    ("18:00", "SIGNED_OUT"),
];

#[tokio::test]
async fn a_month_of_states_and_shifts_becomes_figures_a_card_and_a_summary_of_attendance() {
    let centre = centre("months").await;
    let server = &centre.server;
    let hr = centre.hr().await;
    server.leader(centre.team).await;
    let analyst = server.user("qa@example.com", Role::QualityAnalyst, Within::Tenant).await;
    centre.planned().await;
    centre.states("1001", "2026-02-02", &GOOD_DAY).await;
    centre.states("1001", "2026-02-03", &LATE_DAY).await;
    // The agent stays away on the third day, on which others are seen.
    centre.states("2002", "2026-02-04", &[("09:00", "AVAILABLE"), ("18:00", "SIGNED_OUT")]).await;

    let move_ = json!({"agentId": centre.agent, "effectiveAt": "2026-01-31T16:00:00Z",
        "post": "senior_agent", "reason": "PROMOTION", "decision": "HR-2"});
    let add = |on: &str, content: Value| json!({"input": {"agentId": centre.agent, "effectiveOn": on, "content": content}});
    let moved = hr.ok(MOVE, json!({"input": move_})).await["agentMove"].take();
    assert_eq!(moved["userErrors"], json!([]));
    let letter = json!({"reward": {"kind": "PRAISE_LETTER", "reason": "patience"}});
    let given = hr.ok(ADD, add("2026-02-10", letter)).await["fileEntryAdd"].take();
    assert_eq!(given["userErrors"], json!([]));
    let marked = [("2.2", "PARTLY"), ("5.2", "NO")];
    for (call, other) in [("c-1", &[][..]), ("c-2", &[]), ("c-3", &[]), ("c-4", &marked)] {
        let content = evaluation(call, "2026-02-10", other);
        let done = analyst.ok(ADD, add("2026-02-11", content)).await["fileEntryAdd"].take();
        assert_eq!(done["userErrors"], json!([]));
    }

    centre.close().await;
    let leader = centre.leader().await;
    let files = centre.files(&leader, false).await;
    let history: Vec<_> = ["CareerEvent", "Reward"]
        .iter()
        .flat_map(|kind| entries(&files["developmentFile"], kind))
        .map(|entry| {
            let content = &entry["content"];
            let what = content["careerKind"].as_str().or(content["reason"].as_str());
            what.expect("a step or a reason").to_owned()
        })
        .collect();
    assert_eq!(history, ["HIRE", "PROMOTION", "patience"]);

    let figures = entries(&files["performanceFile"], "MonthFigures");
    assert_eq!(figures.len(), 1, "January has nothing to tell");
    assert_eq!(
        (&figures[0]["source"], &figures[0]["recordedByName"]),
        (&json!("SYSTEM_EVENT"), &Value::Null)
    );
    assert_eq!(figures[0]["effectiveOn"], "2026-02-28");
    let figures = &figures[0]["content"];
    assert_eq!(
        (&figures["startsOn"], &figures["endsOn"]),
        (&json!("2026-02-01"), &json!("2026-02-28"))
    );
    for (measure, value) in [
        ("calls_handled", "2"),
        ("calls_held", "1"),
        ("talk_seconds", "1020"),
        ("hold_seconds", "60"),
        ("acw_seconds", "240"),
        ("worked_seconds", "59700"),
        ("scheduled_seconds", "97200"),
        ("scheduled_work_seconds", "91800"),
        ("adherent_seconds", "63000"),
        ("absence_unplanned_seconds", "34200"),
        ("evaluations_count", "4"),
        ("evaluation_score_sum", "390"),
    ] {
        assert_eq!(sum(figures, measure), value, "{measure}");
    }
    for (code, value) in [
        ("avg_handle_time", Some("660.00")),
        ("schedule_adherence", Some("64.81")),
        ("schedule_conformance", Some("65.03")),
        ("attendance_rate", Some("66.67")),
        ("punctuality_rate", Some("50.00")),
        ("monitoring_score", Some("97.50")),
        // Nobody was asked, so nobody knows: no zero.
        ("csat_top2", None),
        ("knowledge_score", None),
        ("shift_request_satisfaction_rate", None),
    ] {
        assert_eq!(kpi(figures, code).as_deref(), value, "{code}");
    }
    let attendance = entries(&files["performanceFile"], "MonthlyAttendance");
    let expected = json!({"__typename": "MonthlyAttendance", "shiftsPlanned": 3, "shiftsAttended": 2,
        "shiftsLate": 1, "shiftsAbsent": 1, "shiftsUnknown": 0, "plannedSeconds": 97_200,
        "workedSeconds": 59_700, "absenceSeconds": 34_200, "longestRunDays": 2, "swaps": 0});
    assert_eq!(attendance[0]["content"], expected);
    let card = entries(&files["performanceFile"], "MonthlyCard").remove(0);
    let card = &card["content"];
    // Quality 20 and 10 of 100 at 120 points, handle time 10 at 92, adherence and attendance below
    // their floors; 40 of 100 have no data.
    assert_eq!(kpi_score(card), "75.33");
    assert_eq!((&card["grade"], &card["cardState"]), (&json!("C"), &json!("DRAFT")));
    let agent = server.agent(centre.agent_id()).await;
    assert_eq!(centre.files(&agent, false).await["performanceFile"], files["performanceFile"]);
}

fn kpi_score(card: &Value) -> String {
    format!("{:.2}", card["score"].as_str().expect("a score").parse::<f64>().expect("a number"))
}

#[tokio::test]
async fn a_month_is_written_once_and_late_data_makes_a_version_that_takes_its_place() {
    let centre = centre("late_months").await;
    let server = &centre.server;
    server.leader(centre.team).await;
    server.user("auditor@example.com", Role::Auditor, Within::Tenant).await;
    centre.planned().await;
    centre.states("1001", "2026-02-02", &GOOD_DAY).await;
    centre.states("1001", "2026-02-03", &GOOD_DAY).await;
    let all = async || {
        let files = centre.files(&centre.leader().await, true).await;
        ["MonthFigures", "MonthlyAttendance", "MonthlyCard"]
            .map(|kind| entries(&files["performanceFile"], kind))
    };
    centre.close().await;
    let first = all().await;
    assert_eq!(first.each_ref().map(Vec::len), [1, 1, 1]);
    let summary = &first[1][0]["content"];
    // On the 4th nobody at all was heard: that is no absence.
    let told = (&summary["shiftsAttended"], &summary["shiftsAbsent"], &summary["shiftsUnknown"]);
    assert_eq!(told, (&json!(2), &json!(0), &json!(1)));
    for hours in [0, 25] {
        server.pass(hours * 3600);
        centre.close().await;
        assert_eq!(all().await, first, "after {hours} h nothing has changed");
    }

    centre.states("1001", "2026-02-04", &GOOD_DAY).await;
    server.pass(25 * 3600);
    centre.close().await;
    let [figures, attendance, card] = all().await;
    assert_eq!([figures.len(), attendance.len(), card.len()], [2, 2, 2]);
    let in_force: Vec<_> = figures.iter().map(|it| it["isInForce"].clone()).collect();
    assert_eq!(in_force, [json!(false), json!(true)]);
    assert_eq!(sum(&figures[0]["content"], "calls_handled"), "2");
    assert_eq!(sum(&figures[1]["content"], "calls_handled"), "3");
    assert!(figures[1]["correction"]["reason"].as_str().expect("why").contains("late"));
    assert_eq!(attendance[1]["content"]["shiftsAttended"], 3);

    let auditor = server.sign_in("auditor@example.com").await;
    let audit = "query($subject: String!) { auditEvents(filter: {subject: $subject, action: \"file_month.close\"}) {
        nodes { action actorName reason } } }";
    let seen =
        auditor.ok(audit, json!({"subject": centre.agent})).await["auditEvents"]["nodes"].take();
    let reasons: Vec<bool> =
        seen.as_array().expect("rows").iter().map(|row| row["reason"].is_string()).collect();
    assert_eq!(reasons.iter().filter(|it| **it).count(), 1, "{seen:#}");
    assert_eq!(reasons.len(), 2, "{seen:#}");
}

#[tokio::test]
async fn an_evaluation_is_scored_by_its_form_and_by_nothing_else() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let agent = server.company.db_agent("1", "Li Na", site, None, &[]).await.to_string();
    let analyst = server.user("qa@example.com", Role::QualityAnalyst, Within::Tenant).await;
    let forms = "{ evaluationForms { code version policy items { code weight kind text } } }";
    let forms = analyst.ok(forms, json!({})).await["evaluationForms"].take();
    assert_eq!((&forms[0]["code"], &forms[0]["version"]), (&json!("inbound_service"), &json!(3)));
    assert_eq!(forms[0]["items"].as_array().map(Vec::len), Some(10));
    let add = async |content: Value| {
        let input = json!({"agentId": agent, "effectiveOn": "2026-02-11", "content": content});
        analyst.ok(ADD, json!({"input": input})).await["fileEntryAdd"]["userErrors"].take()
    };
    let critical = [("2.2", "PARTLY"), ("4.2", "NOT_APPLICABLE"), ("5.2", "NO"), ("3.1", "NO")];
    assert_eq!(add(evaluation("c-1", "2026-02-10", &critical[..3])).await, json!([]));
    assert_eq!(add(evaluation("c-2", "2026-02-10", &critical)).await, json!([]));
    let mut unknown = evaluation("c-3", "2026-02-10", &[]);
    unknown["evaluation"]["formVersion"] = json!(2);
    let refused = add(unknown).await;
    assert_eq!(refused[0]["path"], json!(["input", "content", "evaluation", "form"]));
    let mut short = evaluation("c-3", "2026-02-10", &[]);
    short["evaluation"]["answers"].as_array_mut().expect("answers").pop();
    let refused = add(short).await;
    assert_eq!(refused[0]["code"], "INVALID_VALUE");
    assert_eq!(refused[0]["path"], json!(["input", "content", "evaluation", "answers"]));
    let files = analyst.ok(FILES, json!({"id": agent, "history": false})).await["agent"].take();
    let evaluated = &files["qualityFile"]["parts"][0]["entries"];
    let score = |at: usize| {
        let score = evaluated[at]["content"]["score"].as_str().expect("a score");
        format!("{:.2}", score.parse::<f64>().expect("a number"))
    };
    let mut scores = [score(0), score(1)];
    scores.sort();
    assert_eq!(scores, ["0.00", "89.47"]);
    let entries = evaluated.as_array().into_iter().flatten();
    let errors: Vec<&Value> = entries
        .flat_map(|it| it["content"]["criticalErrors"].as_array().into_iter().flatten())
        .collect();
    assert_eq!(errors, [&json!({"item": "3.1", "kind": "CUSTOMER"})]);
}
