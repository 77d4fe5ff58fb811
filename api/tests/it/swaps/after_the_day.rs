//! "After the day": what was planned and worked on Wednesday counts for who took the shift.

use serde_json::{Value, json};
use trunkline::boot::worker::round;
use trunkline_domain::{id::AgentId, identity::Permission};
use trunkline_infra::{audit::SealKey, live::LiveStore};
use trunkline_testkit::{database, shanghai};

use super::{Guangzhou, accept, done};
use crate::support::{Actor, Server};

const STATES: &str = "mutation($input: AgentStatesPushInput!) { agentStatesPush(input: $input) {
  results { outcome } userErrors { code } } }";
const DAY: &str = "query($of: AdherenceOfInput!, $date: Date!) { adherence(of: $of, date: $date) {
  total { ...figures } agents { agent { number } figures { ...figures } } } }
fragment figures on AdherenceFigures { scheduledSeconds adherentSeconds adherencePercent
  scheduledWorkSeconds workedSeconds unscheduledSeconds unknownSeconds }";
const ATTENDANCE: &str = "query($id: ID!) { agent(id: $id) { performanceFile { parts { entries {
  content { __typename ... on MonthlyAttendance { shiftsPlanned shiftsAttended shiftsLate
      shiftsAbsent shiftsUnknown workedSeconds absenceSeconds swaps } } } } } } }";

/// States that the early shift asks for, which Zhou has taken.
const EARLY: [(&str, &str); 4] =
    [("07:00", "AVAILABLE"), ("11:00", "AUX"), ("11:30", "AVAILABLE"), ("15:00", "SIGNED_OUT")];
/// Those of the late one, which Li has taken: in the hours of her old shift she is seen to be away.
const LATE: [(&str, &str); 5] = [
    ("07:00", "SIGNED_OUT"),
    ("14:00", "AVAILABLE"),
    ("18:00", "AUX"),
    ("18:30", "AVAILABLE"),
    ("22:00", "SIGNED_OUT"),
];

/// They swap on Monday, and on Wednesday each works the shift of the other. It is Thursday now.
async fn swapped_and_worked(gz: &Guangzhou) {
    let (li, zhou) = gz.both().await;
    let swap = done(gz.offer(&li, true).await);
    gz.server.app.clock.set(shanghai("2026-03-02T20:07"));
    let swap = done(accept(&zhou, &swap, Some(gz.late), None).await);
    assert_eq!(swap["state"], "APPROVED");

    gz.server.app.clock.set(shanghai("2026-03-05T01:00"));
    let switch = gz.server.partner(&[Permission::IntradayWrite], &[]).await;
    push(&switch, "2", &EARLY).await;
    push(&switch, "1", &LATE).await;
}

/// States of an agent, by local times of Wednesday.
async fn push(switch: &Actor, number: &str, states: &[(&str, &str)]) {
    let event = |(time, state): &(&str, &str)| {
        json!({"eventId": format!("{number} {time}"), "agent": {"number": number}, "state": state,
               "sourceAt": shanghai(&format!("2026-03-04T{time}"))})
    };
    let events: Vec<Value> = states.iter().map(event).collect();
    let input = json!({"input": {"source": "acd", "events": events}});
    let taken = switch.ok(STATES, input).await["agentStatesPush"].take();
    let results = taken["results"].as_array().expect("results");
    assert!(results.iter().all(|it| it["outcome"] == "ACCEPTED"), "{taken:#}");
}

/// The one summary of attendance in the performance file of an agent.
async fn attendance(leader: &Actor, agent: AgentId) -> Value {
    let answer = leader.ok(ATTENDANCE, json!({"id": agent.to_string()})).await;
    let parts = answer["agent"]["performanceFile"]["parts"].as_array().expect("parts");
    let summaries: Vec<&Value> = parts
        .iter()
        .flat_map(|part| part["entries"].as_array().into_iter().flatten())
        .map(|entry| &entry["content"])
        .filter(|content| content["__typename"] == "MonthlyAttendance")
        .collect();
    assert_eq!(summaries.len(), 1, "{answer:#}");
    summaries[0].clone()
}

#[tokio::test]
async fn adherence_of_the_day_is_measured_against_the_shift_that_was_taken() {
    let gz = Guangzhou::new().await;
    swapped_and_worked(&gz).await;
    let leader = gz.server.leader(gz.team).await;
    let of = json!({"of": {"teamId": gz.team}, "date": "2026-03-04"});
    let day = leader.ok(DAY, of).await["adherence"].take();

    // By the old plan Zhou would be missing from 15:00 to 22:00 and Li from 07:00 to 14:00.
    let figures = json!({"scheduledSeconds": 28_800, "adherentSeconds": 28_800, "adherencePercent": "100",
        "scheduledWorkSeconds": 27_000, "workedSeconds": 27_000, "unscheduledSeconds": 0,
        "unknownSeconds": 0});
    let both = json!([{"agent": {"number": "1"}, "figures": figures},
                      {"agent": {"number": "2"}, "figures": figures}]);
    assert_eq!(day["agents"], both);
    let total = (&day["total"]["scheduledSeconds"], &day["total"]["adherentSeconds"]);
    assert_eq!(total, (&json!(57_600), &json!(57_600)));
}

#[tokio::test]
async fn the_month_in_the_file_counts_the_shift_that_was_taken_as_attended() {
    let database = database().await.db_scratch("after_the_day").await;
    let gz = Guangzhou::on(Server::start_on(&database, LiveStore::in_memory()).await).await;
    swapped_and_worked(&gz).await;
    gz.server.app.clock.set(shanghai("2026-04-01T08:00"));
    let key = SealKey::ephemeral().expect("key");
    assert_eq!(round(&gz.server.app, &key).await.expect("a round"), 0, "nothing failed");

    // Of Tuesday and Thursday nothing was heard. By the old plan seven hours of Wednesday would be
    // an absence.
    let expected = json!({"__typename": "MonthlyAttendance", "shiftsPlanned": 3, "shiftsAttended": 1,
        "shiftsLate": 0, "shiftsAbsent": 0, "shiftsUnknown": 2, "workedSeconds": 27_000,
        "absenceSeconds": 0, "swaps": 1});
    let leader = gz.server.leader(gz.team).await;
    assert_eq!(attendance(&leader, gz.zhou).await, expected);
    assert_eq!(attendance(&leader, gz.li).await, expected);
}
