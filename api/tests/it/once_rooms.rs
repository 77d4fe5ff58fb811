//! Every room's mutations are kept under an `Idempotency-Key` without code of their own.

use serde_json::{Value, json};
use trunkline_domain::identity::{Permission, Role};
use trunkline_infra::params;
use trunkline_testkit::Within;

use crate::{
    forecast::mornings,
    once::{KEY, send},
    support::{Actor, Server},
};

/// Sends a mutation twice under one key and gives the payload, which must be free of errors.
async fn twice(server: &Server, who: &Actor, field: &str, shows: &str, input: Value) -> Value {
    let upper = field[..1].to_uppercase() + &field[1..];
    let document = format!(
        "mutation($input: {upper}Input!) {{ {field}(input: $input) {{ {shows} userErrors {{ code path }} }} }}"
    );
    let key = format!("{KEY}-{field}");
    let first = send(server, who, &document, input.clone(), &key).await;
    assert_eq!((first.status, first.replayed), (200, false), "{field}: {}", first.body);
    let payload = first.json()["data"][field].take();
    assert_eq!(payload["userErrors"], json!([]), "{field}: {}", first.body);
    let traces = traces(server).await;
    let again = send(server, who, &document, input, &key).await;
    assert_eq!((again.status, again.replayed), (200, true), "{field}: {}", again.body);
    assert_eq!(again.body, first.body, "{field}");
    assert_eq!(traces, self::traces(server).await, "{field} happened again");
    payload
}

/// Records of what was done.
async fn traces(server: &Server) -> Option<i64> {
    let tx = server.company.db_begin().await;
    let sql = "select count(*) as value from app.audit_event where tenant_id = $1";
    tx.scalar(sql, params![server.company.tenant]).await.expect("statement")
}

#[tokio::test]
async fn a_mutation_of_each_room_is_done_once() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let team = company.db_team(site, "A").await;
    let queue = company.db_queue("presale", 30, &[site], None).await.to_string();
    let week = ("2026-03-02".parse().expect("date"), "2026-03-08".parse().expect("date"));
    let schedule = company.db_schedule(site, week.0, week.1, true).await;
    let li = company.db_agent("1", "Li Na", site, Some(team), &[]).await;
    let shift = company.db_shift(schedule, site, li, "2026-03-04T07:00", 8).await;
    let of = async |role| {
        server.user(&format!("{role}@example.com").to_lowercase(), role, Within::Tenant).await
    };
    let (admin, hr, steward) =
        (of(Role::TenantAdmin).await, of(Role::Hr).await, of(Role::MetricsSteward).await);
    let (planner, agent) = (server.planner(site).await, server.agent(li).await);
    let feed = server.partner(&[Permission::IntradayRead, Permission::IntradayWrite], &[]).await;
    let site = site.to_string();

    let input = json!({"code": "english", "nameEn": "English"});
    twice(&server, &admin, "skillCreate", "skill { id }", input).await;
    let input = json!({"name": "exports", "scopes": ["history:read"], "siteIds": [site]});
    twice(&server, &admin, "apiClientCreate", "key apiClient { sites { code } }", input).await;
    let input = json!({"number": "2", "displayName": "Zhou Wei", "siteId": site,
        "hiredOn": "2026-03-02", "contract": {}, "decision": "HR-1"});
    let made = twice(&server, &hr, "agentCreate", "agent { id site { code } }", input).await;
    let input = json!({"agentId": made["agent"]["id"], "effectiveOn": "2026-03-02",
        "content": {"reward": {"kind": "PRAISE_LETTER", "reason": "patience"}}});
    twice(&server, &hr, "fileEntryAdd", "entry { id recordedByName }", input).await;
    let input = json!({"gauges": [{"queue": {"code": "presale"}, "site": {"code": "GZ"},
        "waiting": 3, "longestWaitSeconds": 20, "sourceAt": "2026-03-02T11:59:00Z"}]});
    let taken = twice(&server, &feed, "queueGaugesPush", "results { outcome }", input).await;
    assert_eq!(taken["results"], json!([{"outcome": "ACCEPTED"}]));
    let input = json!({"kpiCode": "service_level", "targetMin": "85", "criticalMin": "81",
        "validFromDate": "2026-03-01"});
    twice(&server, &steward, "kpiTargetSet", "kpi { code }", input).await;

    // These three have two transactions each: one to read, one to write.
    let input = json!({"csv": mornings()});
    twice(&server, &planner, "historyImport", "report { inserted }", input).await;
    let input = json!({"queueId": queue, "startsOn": "2026-03-03", "days": 7});
    let run =
        twice(&server, &planner, "forecastRun", "forecast { id queue { code } }", input).await;
    let input = json!({"forecastId": run["forecast"]["id"]});
    twice(&server, &planner, "requirementCompute", "requirement { id forecast { id } }", input)
        .await;

    let input = json!({"siteId": site, "validFromDate": "2026-03-01", "swapDeadlineSeconds": 3600,
        "rules": []});
    twice(&server, &planner, "workRulesSet", "workRules { version }", input).await;
    let input = json!({"siteId": site, "startsOn": "2026-03-09"});
    let asked = twice(&server, &planner, "scheduleGenerate", "job { id state }", input).await;
    let input = json!({"jobId": asked["job"]["id"]});
    twice(&server, &planner, "jobCancel", "job { state }", input).await;
    let input = json!({"offeredShiftId": shift.to_string(), "audience": {"teamIds": []}});
    let shows = "shiftSwap { id state offeredShift { id } }";
    twice(&server, &agent, "shiftSwapPropose", shows, input).await;
}
