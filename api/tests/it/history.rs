//! History on its way in and back out.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::{Value, json};
use trunkline::forecasting::{ImportHistory, import_history};
use trunkline_domain::{
    id::{QueueId, SiteId},
    identity::{Permission, Role},
};
use trunkline_infra::{ctx::Ctx, params};
use trunkline_testkit::Within;

use crate::support::{Actor, Server};

const IMPORT: &str = "mutation($input: HistoryImportInput!) { historyImport(input: $input) {
  report { rowsRead rowsWithoutFault rowsTaken inserted replaced unchanged mappedForward repeated offeredTotal
           rowFaultCount rowFaults { row column rule value message }
           gaps { missingOn missingIntervals } }
  userErrors { code path params { name value } } } }";
const INTERVALS: &str = "query($queue: ID!, $from: DateTime!, $to: DateTime!) {
  intervals(queueId: $queue, from: $from, to: $to) { startsAt offered isMerged site { code } } }";
const GAPS: &str = "query($queue: ID!, $from: DateTime!, $to: DateTime!) {
  historyGaps(queueId: $queue, from: $from, to: $to) { missingIntervals } }";
const FORECASTS: &str = "query($queue: ID!) { forecasts(queueId: $queue) { nodes { id } } }";
const HEADER: &str = "interval_start,tz,queue,interval_minutes,offered,answered,site\n";

/// A published file of calls; `None`, and said so, where the data is not at hand.
#[expect(clippy::print_stdout, reason = "a skipped test must be seen in the log")]
pub(crate) fn calls(name: &str) -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/calls");
    let text = fs::read_to_string(folder.join(name)).ok();
    if text.is_none() {
        println!("SKIPPED: {name} is not at hand");
    }
    text
}

/// Parts of a file that each go into one request, cut between days, with the header on each.
fn parts(text: &str) -> Vec<String> {
    const LARGEST: usize = 900_000;
    let (header, rows) = text.split_once('\n').expect("header");
    let mut parts = vec![format!("{header}\n")];
    let mut day = "";
    for line in rows.lines() {
        let last = parts.last_mut().expect("a part");
        if last.len() + line.len() > LARGEST && day != &line[..10] {
            parts.push(format!("{header}\n"));
        }
        day = &line[..10];
        let last = parts.last_mut().expect("a part");
        last.push_str(line);
        last.push('\n');
    }
    parts
}

pub(crate) async fn import(actor: &Actor, csv: &str) -> Value {
    let answer = actor.ok(IMPORT, json!({"input": {"csv": csv}})).await["historyImport"].take();
    assert_eq!(answer["userErrors"], json!([]), "{answer:#}");
    answer["report"].clone()
}

/// A queue in the zone of its file.
pub(crate) async fn queue(
    server: &Server,
    code: &str,
    grain: i32,
    zone: &str,
    site: SiteId,
) -> QueueId {
    let queue = server.company.db_queue(code, grain, &[site], None).await;
    let sql = "update app.queue set time_zone = $3 where tenant_id = $1 and id = $2";
    server.company.db_run(sql, params![server.company.tenant, queue, zone]).await;
    queue
}

/// Sum of the column `offered` of a published file.
fn offered_in(text: &str) -> i64 {
    let counts = text.lines().skip(1).map(|line| line.split(',').nth(4).expect("field"));
    counts.map(|count| count.parse::<i64>().expect("count")).sum()
}

/// All intervals of a queue, asked for two months at a time.
async fn intervals(actor: &Actor, queue: QueueId, windows: &[(&str, &str)]) -> Vec<Value> {
    let mut found = Vec::new();
    for (from, to) in windows {
        let input = json!({"queue": queue.to_string(), "from": from, "to": to});
        let answer = actor.ok(INTERVALS, input).await["intervals"].take();
        found.extend(answer.as_array().expect("list").clone());
    }
    found
}

fn offered(rows: &[Value]) -> i64 {
    rows.iter().map(|row| row["offered"].as_i64().expect("count")).sum()
}

#[tokio::test]
async fn bank_il_goes_in_whole_and_comes_back_equal() {
    let Some(text) = calls("bank_il_1999_30min.csv") else { return };
    let server = Server::start().await;
    let site = server.company.db_site("TLV").await;
    let queue = queue(&server, "bank_il", 30, "Asia/Jerusalem", site).await;
    let planner = server.planner(site).await;
    let total = offered_in(&text);
    let rows = text.lines().count() as i64 - 1;

    let report = import(&planner, &text).await;
    assert_eq!((&report["rowsRead"], &report["rowsTaken"]), (&json!(rows), &json!(rows)));
    assert_eq!(report["offeredTotal"], total);
    // Two rows stand in the half hours that the clocks skipped on 2 April 1999.
    assert_eq!((&report["mappedForward"], &report["repeated"]), (&json!(2), &json!(2)));
    assert_eq!(report["inserted"], rows - 2);

    let again = import(&planner, &text).await;
    assert_eq!((&again["inserted"], &again["replaced"]), (&json!(0), &json!(0)));
    assert_eq!(again["unchanged"], rows - 2);

    let windows = [
        ("1998-12-31T00:00:00Z", "1999-02-28T00:00:00Z"),
        ("1999-02-28T00:00:00Z", "1999-04-28T00:00:00Z"),
        ("1999-04-28T00:00:00Z", "1999-06-28T00:00:00Z"),
        ("1999-06-28T00:00:00Z", "1999-08-28T00:00:00Z"),
        ("1999-08-28T00:00:00Z", "1999-10-28T00:00:00Z"),
        ("1999-10-28T00:00:00Z", "1999-12-28T00:00:00Z"),
        ("1999-12-28T00:00:00Z", "2000-01-28T00:00:00Z"),
    ];
    let found = intervals(&planner, queue, &windows).await;
    assert_eq!(offered(&found), total);
    let merged: Vec<_> = found
        .iter()
        .filter(|row| row["isMerged"] == true)
        .map(|row| row["startsAt"].clone())
        .collect();
    assert_eq!(merged, ["1999-04-02T00:00:00Z", "1999-04-02T00:30:00Z"]);
}

#[tokio::test]
async fn bank_na_goes_in_by_parts_and_its_holidays_are_missing() {
    let Some(text) = calls("bank_na_2003_5min.csv") else { return };
    let server = Server::start().await;
    let site = server.company.db_site("NYC").await;
    let queue = queue(&server, "bank_na", 5, "America/New_York", site).await;
    let planner = server.planner(site).await;
    let parts = parts(&text);
    assert!(parts.len() > 1, "more than one request holds");
    let (mut taken, mut total) = (0, 0);
    for part in &parts {
        let report = import(&planner, part).await;
        taken += report["inserted"].as_i64().expect("count");
        total += report["offeredTotal"].as_i64().expect("count");
    }
    assert_eq!(taken, text.lines().count() as i64 - 1);
    assert_eq!(total, offered_in(&text), "the reports tell the sum of the file's own column");
    let sums: Option<i64> = server
        .company
        .db_begin()
        .await
        .scalar(
            "select sum(offered)::bigint as value from app.queue_day where tenant_id = $1 and queue_id = $2",
            params![server.company.tenant, queue],
        )
        .await
        .expect("sums");
    assert_eq!(sums, Some(total), "the sums of days are those of the file");

    let gaps = "query($queue: ID!) { historyGaps(queueId: $queue, from: \"2003-06-30T04:00:00Z\",
                  to: \"2003-07-08T04:00:00Z\") { missingOn missingIntervals queue { code } } }";
    let answer = planner.ok(gaps, json!({"queue": queue.to_string()})).await;
    let expected =
        json!({"missingOn": ["2003-07-04"], "missingIntervals": 0, "queue": {"code": "bank_na"}});
    assert_eq!(answer["historyGaps"], expected);
}

#[tokio::test]
async fn one_wrong_row_refuses_everything_unless_the_good_rows_are_wanted() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let queue = server.company.db_queue("presale", 30, &[site], None).await;
    let planner = server.planner(site).await;
    let csv = format!(
        "{HEADER}2026-03-02T10:00,Asia/Shanghai,presale,30,7,,\n\
         2026-03-02T10:30,Asia/Shanghai,presale,30,7,nine,\n\
         2026-03-02T11:00,Asia/Shanghai,aftersale,30,7,,\n\
         2026-03-02T11:30,Asia/Shanghai,presale,30,8,5,GZ\n"
    );
    let input = json!({"input": {"csv": csv}});
    let refused = planner.ok(IMPORT, input).await["historyImport"].take();
    assert_eq!(refused["userErrors"][0]["code"], "IMPORT_REFUSED");
    assert_eq!(refused["userErrors"][0]["params"], json!([{"name": "faults", "value": "2"}]));
    let fault = &refused["report"]["rowFaults"][1];
    assert_eq!((&fault["row"], &fault["column"]), (&json!(4), &json!("queue")));
    assert_eq!((&fault["rule"], &fault["value"]), (&json!("UNKNOWN_QUEUE"), &json!("aftersale")));
    let message = "No queue that you may import has the code aftersale: use one of presale.";
    assert_eq!(fault["message"], message);
    let day = [("2026-03-01T16:00:00Z", "2026-03-02T16:00:00Z")];
    assert_eq!(intervals(&planner, queue, &day).await, [] as [Value; 0]);

    let input = json!({"input": {"csv": csv, "keepGoodRows": true, "dryRun": true}});
    let tried = planner.ok(IMPORT, input).await["historyImport"].take();
    assert_eq!((&tried["report"]["inserted"], &tried["userErrors"]), (&json!(2), &json!([])));
    assert_eq!(intervals(&planner, queue, &day).await.len(), 0, "a dry run writes nothing");

    let input = json!({"input": {"csv": csv, "keepGoodRows": true}});
    let kept = planner.ok(IMPORT, input).await["historyImport"].take();
    assert_eq!(
        (&kept["report"]["inserted"], &kept["report"]["rowFaultCount"]),
        (&json!(2), &json!(2))
    );
    let found = intervals(&planner, queue, &day).await;
    assert_eq!(offered(&found), 15);
    assert_eq!(found[1]["site"]["code"], "GZ");
}

#[tokio::test]
async fn an_interval_that_has_not_begun_is_no_history_and_the_running_one_is() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    server.company.db_queue("presale", 30, &[site], None).await;
    let planner = server.planner(site).await;
    // It is eight o'clock in the evening in Shanghai.
    let row = |time: &str| format!("2026-03-02T{time},Asia/Shanghai,presale,30,7,,GZ\n");
    let csv = format!("{HEADER}{}{}", row("20:00"), row("20:30"));
    let refused = planner.ok(IMPORT, json!({"input": {"csv": csv}})).await["historyImport"].take();
    assert_eq!(refused["userErrors"][0]["code"], "IMPORT_REFUSED");
    let report = &refused["report"];
    let told = ["rowsWithoutFault", "rowsTaken", "offeredTotal"].map(|name| &report[name]);
    assert_eq!(told, [&json!(1), &json!(0), &json!(0)], "nothing was taken in");
    let input = json!({"input": {"csv": csv, "keepGoodRows": true}});
    let report = planner.ok(IMPORT, input).await["historyImport"]["report"].take();
    assert_eq!((&report["rowsTaken"], &report["inserted"]), (&json!(1), &json!(1)));
    let message = "2026-03-02T20:30 is still to come, it is 2026-03-02T20:00 there now: leave the row \
                   out, or correct its time or zone.";
    let fault = json!([{"row": 3, "column": "interval_start", "rule": "IN_THE_FUTURE",
                        "value": "2026-03-02T20:30", "message": message}]);
    assert_eq!(report["rowFaults"], fault);
}

#[tokio::test]
async fn the_history_of_another_site_and_of_another_company_is_not_there() {
    let server = Server::start().await;
    let (gz, cd) = (server.company.db_site("GZ").await, server.company.db_site("CD").await);
    let queue = server.company.db_queue("presale", 30, &[gz], None).await;
    server.company.db_queue("aftersale", 30, &[cd], None).await;
    let csv = format!("{HEADER}2026-03-02T10:00,Asia/Shanghai,presale,30,7,,GZ\n");
    import(&server.planner(gz).await, &csv).await;

    let elsewhere = server.planner(cd).await;
    let stranger = server.stranger().await.head_office().await;
    let window = json!({"queue": queue.to_string(), "from": "2026-03-01T00:00:00Z",
                        "to": "2026-03-03T00:00:00Z"});
    let absent = json!({"queue": QueueId::from_uuid(uuid::Uuid::from_u128(7)).to_string(),
                        "from": "2026-03-01T00:00:00Z", "to": "2026-03-03T00:00:00Z"});
    let of_queue = json!({"queue": queue.to_string()});
    let told = |answer: Value| {
        let error = &answer["errors"][0];
        (error["extensions"]["code"].clone(), error["message"].clone())
    };
    let unknown = told(elsewhere.send(INTERVALS, absent).await);
    assert_eq!(unknown, (json!("NOT_FOUND"), json!("Nothing the caller can see has this id.")));
    for actor in [&elsewhere, &stranger] {
        assert_eq!(told(actor.send(INTERVALS, window.clone()).await), unknown);
        assert_eq!(actor.error_code(GAPS, window.clone()).await, "NOT_FOUND");
        assert_eq!(actor.error_code(FORECASTS, of_queue.clone()).await, "NOT_FOUND");
    }
    let no_id = json!({"queue": "presale", "from": "2026-03-01T00:00:00Z",
                       "to": "2026-03-03T00:00:00Z"});
    assert_eq!(told(elsewhere.send(INTERVALS, no_id).await), unknown);
    let answer = elsewhere.ok(IMPORT, json!({"input": {"csv": csv}})).await["historyImport"].take();
    assert_eq!(answer["report"]["rowFaults"][0]["rule"], "UNKNOWN_QUEUE");
    let office = server.head_office().await;
    assert_eq!(office.error_code(IMPORT, json!({"input": {"csv": csv}})).await, "FORBIDDEN");
    let long = json!({"queue": queue.to_string(), "from": "2026-01-01T00:00:00Z",
                      "to": "2026-03-10T00:00:00Z"});
    assert_eq!(office.error_code(INTERVALS, long).await, "INVALID_ARGUMENT");
}

#[tokio::test]
async fn a_site_sees_the_figures_of_its_own_and_those_of_no_site() {
    let server = Server::start().await;
    let (gz, cd) = (server.company.db_site("GZ").await, server.company.db_site("CD").await);
    let queue = server.company.db_queue("presale", 30, &[gz, cd], None).await;
    let steward = server.user("steward@example.com", Role::MetricsSteward, Within::Tenant).await;
    let csv = format!(
        "{HEADER}2026-03-02T10:00,Asia/Shanghai,presale,30,7,,GZ\n\
         2026-03-02T10:00,Asia/Shanghai,presale,30,5,,CD\n\
         2026-03-02T10:00,Asia/Shanghai,presale,30,1,,\n"
    );
    import(&steward, &csv).await;
    let day = [("2026-03-01T16:00:00Z", "2026-03-02T16:00:00Z")];
    let codes = |rows: &[Value]| -> BTreeSet<String> {
        rows.iter().map(|row| row["site"]["code"].as_str().unwrap_or("-").to_owned()).collect()
    };
    let planner = server.planner(gz).await;
    assert_eq!(
        codes(&intervals(&planner, queue, &day).await),
        BTreeSet::from(["-".into(), "GZ".into()])
    );
    assert_eq!(offered(&intervals(&steward, queue, &day).await), 13);
    let foreign = format!("{HEADER}2026-03-02T10:30,Asia/Shanghai,presale,30,5,,CD\n");
    let answer = planner.ok(IMPORT, json!({"input": {"csv": foreign}})).await;
    assert_eq!(answer["historyImport"]["report"]["rowFaults"][0]["rule"], "UNKNOWN_SITE");
    let nowhere = format!("{HEADER}2026-03-02T10:30,Asia/Shanghai,presale,30,5,,\n");
    let mut answer = planner.ok(IMPORT, json!({"input": {"csv": nowhere}})).await;
    let fault = answer["historyImport"]["report"]["rowFaults"][0].take();
    assert_eq!((&fault["rule"], &fault["column"]), (&json!("SITE_REQUIRED"), &json!("site")));
    assert!(fault["message"].as_str().is_some_and(|text| text.ends_with("fill in one of GZ.")));
    assert_eq!(offered(&intervals(&steward, queue, &day).await), 13);
}

#[tokio::test]
async fn the_system_makes_the_queues_that_a_file_tells_of() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let ctx = Ctx::of_system(server.company.tenant, "import", server.app.clock.now());
    let csv = format!("{HEADER}2026-03-02T10:00,Asia/Tokyo,tokyo,15,7,,GZ\n").into_bytes();
    let import =
        ImportHistory { csv, dry_run: true, keep_good_rows: false, create_missing_queues: true };
    let tried = import_history(&server.app, &ctx, import.clone()).await.expect("report");
    assert_eq!((tried.upserted.inserted, tried.refusal), (1, None));
    let report =
        import_history(&server.app, &ctx, ImportHistory { dry_run: false, ..import }).await;
    assert_eq!(report.expect("report").upserted.inserted, 1, "the dry run had made nothing");
    let planner = server.planner(site).await;
    let queues = planner.ok("{ queues { code timeZone intervalSeconds } }", json!({})).await;
    let tokyo = json!({"code": "tokyo", "timeZone": "Asia/Tokyo", "intervalSeconds": 900});
    assert_eq!(queues["queues"], json!([tokyo]));
    let partner = server.partner(&[Permission::NetworkRead], &[]).await;
    assert_eq!(partner.error_code(IMPORT, json!({"input": {"csv": ""}})).await, "FORBIDDEN");
}
