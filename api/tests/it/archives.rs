//! The three personal files: who reads them, what stands in them, and how it is put right.

use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, SiteId, TeamId},
    identity::{Permission, Role},
};
use trunkline_testkit::Within;

use crate::support::{Actor, Server, evaluation};

const CREATE: &str = "mutation($input: AgentCreateInput!) {
  agentCreate(input: $input) { agent { id } userErrors { code path } } }";
const MOVE: &str = "mutation($input: AgentMoveInput!) {
  agentMove(input: $input) { agent { post } userErrors { code path } } }";
const ADD: &str = "mutation($input: FileEntryAddInput!) {
  fileEntryAdd(input: $input) { entry { id } userErrors { code path } } }";
const CORRECT: &str = "mutation($input: FileEntryCorrectInput!) {
  fileEntryCorrect(input: $input) { entry { id } userErrors { code path } } }";
const FILES: &str = "query($id: ID!, $history: Boolean!) { agent(id: $id) {
  developmentFile { id kind parts(history: $history) { part number entries {
    id effectiveOn isInForce recordedByName source correction { reason }
    content { __typename
      ... on CareerEvent { kind from { post site { code } } to { post } decision }
      ... on Reward { rewardKind: kind reason } } } } }
  qualityFile { id kind parts { part entries { content { ... on Evaluation { score form } } } } }
  performanceFile { id kind parts { part entries {
    content { ... on MonthlyCard { score grade } } } } } } }";

struct Company {
    server: Server,
    site: SiteId,
    team: TeamId,
    hr: Actor,
}

async fn company() -> Company {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let team = server.company.db_team(site, "T1").await;
    let hr = server.user("hr@example.com", Role::Hr, Within::Tenant).await;
    Company { server, site, team, hr }
}

impl Company {
    async fn hire(&self, number: &str, hired_on: &str) -> String {
        let input = json!({"number": number, "displayName": number, "siteId": self.site.to_string(),
            "teamId": self.team.to_string(), "hiredOn": hired_on, "contract": {}, "decision": "HR-1"});
        let made = self.hr.ok(CREATE, json!({"input": input})).await["agentCreate"].take();
        made["agent"]["id"].as_str().expect("agent").to_owned()
    }

    async fn add(&self, who: &Actor, agent: &str, on: &str, content: Value) -> Value {
        let input = json!({"agentId": agent, "effectiveOn": on, "content": content});
        who.ok(ADD, json!({"input": input})).await["fileEntryAdd"].take()
    }
}

async fn files(who: &Actor, agent: &str, history: bool) -> Value {
    who.ok(FILES, json!({"id": agent, "history": history})).await["agent"].take()
}

/// Entries of a part of the development file.
fn entries<'a>(files: &'a Value, part: &str) -> Vec<&'a Value> {
    let parts = files["developmentFile"]["parts"].as_array().into_iter().flatten();
    parts
        .filter(|it| it["part"] == part)
        .flat_map(|it| it["entries"].as_array().into_iter().flatten())
        .collect()
}

fn reward(kind: &str, reason: &str) -> Value {
    json!({"reward": {"kind": kind, "reason": reason}})
}

#[tokio::test]
async fn a_new_agent_has_exactly_three_files_with_their_parts_in_order() {
    let company = company().await;
    let agent = company.hire("A", "2025-03-01").await;
    let manager = company.server.site_manager(company.site).await;
    let files = files(&manager, &agent, false).await;
    let kinds = ["developmentFile", "qualityFile", "performanceFile"].map(|file| {
        let parts = files[file]["parts"].as_array().map(Vec::len).unwrap_or_default();
        format!("{} {parts}", files[file]["kind"].as_str().unwrap_or_default())
    });
    assert_eq!(kinds, ["DEVELOPMENT 5", "QUALITY 8", "PERFORMANCE 8"]);
    let parts = files["developmentFile"]["parts"].as_array().into_iter().flatten();
    let order: Vec<_> = parts.map(|part| format!("{} {}", part["number"], part["part"])).collect();
    assert_eq!(
        order,
        [
            "1 \"BASIC_FACTS\"",
            "2 \"FORMER_WORK\"",
            "3 \"HISTORY\"",
            "4 \"MAIN_TRAINING\"",
            "5 \"PAST_RESULTS\"",
        ]
    );
}

#[tokio::test]
async fn three_posts_are_three_events_with_from_to_and_decision() {
    let company = company().await;
    let agent = company.hire("A", "2025-03-01").await;
    for (at, post, reason, decision) in [
        ("2025-08-31T16:00:00Z", "senior_agent", "PROMOTION", "HR-2"),
        ("2026-02-28T16:00:00Z", "quality_analyst", "INTERNAL_COMPETITION", "HR-3"),
    ] {
        let input = json!({"agentId": agent, "effectiveAt": at, "post": post, "reason": reason,
                           "decision": decision});
        let moved = company.hr.ok(MOVE, json!({"input": input})).await["agentMove"].take();
        assert_eq!(moved, json!({"agent": {"post": post}, "userErrors": []}));
    }
    let files = files(&company.hr, &agent, false).await;
    let told: Vec<_> = entries(&files, "HISTORY")
        .into_iter()
        .map(|entry| {
            let event = &entry["content"];
            let post = |place: &Value| place["post"].as_str().unwrap_or("-").to_owned();
            format!(
                "{} {} {} > {} {}",
                entry["effectiveOn"].as_str().unwrap_or_default(),
                event["kind"].as_str().unwrap_or_default(),
                post(&event["from"]),
                post(&event["to"]),
                event["decision"].as_str().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "2025-03-01 HIRE - > agent HR-1",
            "2025-09-01 PROMOTION agent > senior_agent HR-2",
            "2026-03-01 INTERNAL_COMPETITION senior_agent > quality_analyst HR-3",
        ]
    );
}

#[tokio::test]
async fn a_wrong_award_date_is_put_right_by_a_new_entry_and_the_old_one_remains() {
    let company = company().await;
    let agent = company.hire("B", "2025-03-01").await;
    let letter =
        company.add(&company.hr, &agent, "2026-05-05", reward("PRAISE_LETTER", "patience")).await;
    assert_eq!(letter["userErrors"], json!([]));
    let award = company
        .add(&company.hr, &agent, "2026-06-03", reward("EXCELLENCE_AWARD", "best quarter"))
        .await;
    let wrong = award["entry"]["id"].clone();
    let correct = async |entry: &Value, reason: &str, content: Value| {
        let input = json!({"entryId": entry, "reason": reason, "effectiveOn": "2026-06-30", "content": content});
        company.hr.ok(CORRECT, json!({"input": input})).await["fileEntryCorrect"].take()
    };
    let right = reward("EXCELLENCE_AWARD", "best quarter");
    let silent = correct(&wrong, " ", right.clone()).await;
    assert_eq!(
        silent["userErrors"],
        json!([{"code": "INVALID_VALUE", "path": ["input", "reason"]}])
    );
    let year = json!({"yearlyResult": {"year": 2025, "score": "90"}});
    let other = correct(&wrong, "day and month swapped", year).await;
    assert_eq!(
        other["userErrors"],
        json!([{"code": "INVALID_VALUE", "path": ["input", "content"]}])
    );
    assert_eq!(
        correct(&wrong, "day and month swapped", right.clone()).await["userErrors"],
        json!([])
    );
    let twice = correct(&wrong, "again", right).await;
    assert_eq!(
        twice["userErrors"],
        json!([{"code": "INVALID_STATE", "path": ["input", "entryId"]}])
    );

    let rewards = |files: &Value| -> Vec<String> {
        let entries = entries(files, "HISTORY").into_iter();
        entries
            .filter(|entry| entry["content"]["__typename"] == "Reward")
            .map(|entry| {
                let (on, kind) = (&entry["effectiveOn"], &entry["content"]["rewardKind"]);
                format!("{on} {kind} {}", entry["isInForce"]).replace('"', "")
            })
            .collect()
    };
    let now = files(&company.hr, &agent, false).await;
    assert_eq!(
        rewards(&now),
        ["2026-05-05 PRAISE_LETTER true", "2026-06-30 EXCELLENCE_AWARD true"]
    );
    let all = files(&company.hr, &agent, true).await;
    assert_eq!(
        rewards(&all),
        [
            "2026-05-05 PRAISE_LETTER true",
            "2026-06-03 EXCELLENCE_AWARD false",
            "2026-06-30 EXCELLENCE_AWARD true",
        ]
    );
    let auditor = company.server.user("auditor@example.com", Role::Auditor, Within::Tenant).await;
    let audit = "query($subject: String!) { auditEvents(filter: {subject: $subject}) {
        nodes { action actorName } totalCount { value } } }";
    let seen = auditor.ok(audit, json!({"subject": agent})).await["auditEvents"].take();
    let actions = ["file_entry.correct", "file_entry.add", "file_entry.add", "agent.create"];
    let mut found: Vec<_> =
        seen["nodes"].as_array().into_iter().flatten().map(|it| it["action"].clone()).collect();
    found.sort_by_key(ToString::to_string);
    let mut actions = actions.map(Value::from).to_vec();
    actions.sort_by_key(ToString::to_string);
    assert_eq!(found, actions);
    assert_eq!(seen["totalCount"]["value"], 4);
}

#[tokio::test]
async fn each_role_reads_the_files_that_the_matrix_gives_it() {
    let company = company().await;
    let Company { server, site, team, hr } = &company;
    let agent = company.hire("A", "2025-03-01").await;
    let peer = company.hire("B", "2025-03-01").await;
    let own = |id: &str| id.parse::<AgentId>().expect("id");
    let other_team = server.company.db_team(*site, "T2").await;
    let other_site = server.company.db_site("CD").await;
    let analyst = server.user("qa@example.com", Role::QualityAnalyst, Within::Tenant).await;
    // Development, quality, performance; `None` = not even the agent is seen.
    let cases = [
        ("the agent", server.agent(own(&agent)).await, Some([true, true, true])),
        ("a peer", server.agent(own(&peer)).await, None),
        ("the leader", server.leader(*team).await, Some([true, true, true])),
        ("another leader", server.leader(other_team).await, None),
        ("the site manager", server.site_manager(*site).await, Some([true, true, true])),
        ("another site manager", server.site_manager(other_site).await, None),
        ("HR", hr.clone(), Some([true, false, true])),
        ("quality", analyst, Some([false, true, false])),
        ("a planner", server.planner(*site).await, Some([false, false, false])),
        (
            "a partner",
            server.partner(&[Permission::AgentRead], &[]).await,
            Some([false, false, false]),
        ),
        (
            "a stranger",
            server.stranger().await.user("hr@example.com", Role::Hr, Within::Tenant).await,
            None,
        ),
    ];
    for (who, actor, expected) in cases {
        let files = files(&actor, &agent, false).await;
        let seen = files.is_object().then(|| {
            ["developmentFile", "qualityFile", "performanceFile"]
                .map(|file| files[file].is_object())
        });
        assert_eq!(seen, expected, "{who}");
    }
    let office = server.head_office().await;
    assert_eq!(office.error_code(FILES, json!({"id": agent, "history": false})).await, "FORBIDDEN");
}

#[tokio::test]
async fn each_file_is_written_by_its_keeper_alone() {
    let company = company().await;
    let Company { server, site, team, hr } = &company;
    let agent = company.hire("A", "2025-03-01").await;
    let leader = server.leader(*team).await;
    let manager = server.site_manager(*site).await;
    let analyst = server.user("qa@example.com", Role::QualityAnalyst, Within::Tenant).await;
    let stranger = server.stranger().await.user("hr@example.com", Role::Hr, Within::Tenant).await;
    let ordinary = [("2.2", "PARTLY"), ("5.2", "NO")];
    let evaluation = evaluation("call-1", "2026-02-10", &ordinary);
    let card = json!({"monthlyCard": {"items": [
        {"kpi": "monitoring_score", "startsOn": "2026-02-01", "endsOn": "2026-02-28", "observations": 5,
         "value": "88.4", "weight": "70", "points": "106.8"},
        {"kpi": "csat_top2", "startsOn": "2026-02-01", "endsOn": "2026-02-28", "observations": 0, "weight": "30"}]}});
    let forbidden = |kind: &str| json!([{"code": "FORBIDDEN", "path": ["input", "content", kind]}]);
    let hidden = json!([{"code": "NOT_FOUND", "path": ["input", "agentId"]}]);
    let none = json!([]);
    for (who, actor, content, outcome) in [
        ("leader, reward", &leader, reward("GIFT", "kind"), &forbidden("reward")),
        ("leader, evaluation", &leader, evaluation.clone(), &forbidden("evaluation")),
        ("leader, card", &leader, card.clone(), &none),
        ("manager, evaluation", &manager, evaluation.clone(), &forbidden("evaluation")),
        ("quality, evaluation", &analyst, evaluation.clone(), &none),
        ("HR, card", hr, card, &forbidden("monthlyCard")),
        ("stranger, reward", &stranger, reward("GIFT", "kind"), &hidden),
    ] {
        let answer = company.add(actor, &agent, "2026-02-28", content).await;
        assert_eq!(answer["userErrors"], *outcome, "{who}");
    }
    let files = files(&manager, &agent, false).await;
    assert_eq!(
        files["qualityFile"]["parts"][0]["entries"],
        json!([{"content": {"score": "90", "form": "inbound_service"}}])
    );
    assert_eq!(
        files["performanceFile"]["parts"][1]["entries"],
        json!([{"content": {"score": "106.8", "grade": "A"}}])
    );
    let promotion = json!({"careerEvent": {"kind": "PROMOTION"}});
    let by_hand = company.add(hr, &agent, "2026-02-28", promotion).await;
    let path = json!(["input", "content", "careerEvent", "kind"]);
    assert_eq!(by_hand["userErrors"], json!([{"code": "INVALID_VALUE", "path": path}]));
}

#[tokio::test]
async fn reading_rights_move_with_the_reporting_line() {
    let company = company().await;
    let Company { server, site, team, hr } = &company;
    let next_team = server.company.db_team(*site, "T2").await;
    let agent = company.hire("A", "2025-03-01").await;
    let (former, next) = (server.leader(*team).await, server.leader(next_team).await);
    let reads = async |who: &Actor| files(who, &agent, false).await["performanceFile"].is_object();
    assert!(reads(&former).await);
    assert!(!reads(&next).await);
    let input = json!({"agentId": agent, "effectiveAt": "2026-03-02T12:00:00Z", "reason": "TRANSFER",
                       "teamId": next_team.to_string()});
    let moved = hr.ok(MOVE, json!({"input": input})).await["agentMove"].take();
    assert_eq!(moved["userErrors"], json!([]));
    assert!(!reads(&former).await);
    assert!(reads(&next).await);
}
