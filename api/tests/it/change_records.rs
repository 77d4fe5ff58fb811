//! What a change did with what fills a shift stands in its record.

use jiff::civil::date;
use serde_json::{Value, json};
use trunkline_infra::params;
use trunkline_testkit::shanghai;

use crate::support::Server;

const EDIT: &str = "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) {
  userErrors { code path } } }";
const CHANGES: &str = "query($id: ID!) { node(id: $id) { ... on Shift { changes { shifts {
  before { startsAt endsAt activities { category startsAt endsAt paid } }
  after { startsAt endsAt activities { category startsAt endsAt paid } } } } } } }";

fn at(time: &str) -> Value {
    json!(shanghai(&format!("2026-03-04T{time}")).to_string())
}

/// An activity of Wednesday 4 March, from one time to another.
fn activity(category: &str, from: &str, to: &str) -> Value {
    json!({"category": category, "startsAt": at(from), "endsAt": at(to), "paid": true})
}

/// The shift from 9 to 5 with its meal at these times.
fn side(from: &str, to: &str) -> Value {
    json!({"startsAt": at("09:00"), "endsAt": at("17:00"), "activities": [
        activity("ON_QUEUE", "09:00", from), activity("MEAL", from, to),
        activity("ON_QUEUE", to, "17:00")]})
}

#[tokio::test]
async fn a_meal_that_moved_is_seen_where_it_was_and_where_it_is() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let li = company.db_agent("1", "Li Na", site, None, &[]).await;
    let week = company.db_schedule(site, date(2026, 3, 2), date(2026, 3, 8), true).await;
    let shift = company.db_shift(week, site, li, "2026-03-04T09:00", 8).await;
    let (planner, li) = (server.planner(site).await, server.agent(li).await);
    let id = json!({"id": shift.to_string()});
    let later = json!({"activities": [activity("MEAL", "13:30", "14:00")]});
    let input = json!({"input": {"shiftId": id["id"], "change": {"reshape": later}}});
    let done = planner.ok(EDIT, input).await["shiftEdit"].take();
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let moved = json!([{"shifts": [
        {"before": side("13:00", "13:30"), "after": side("13:30", "14:00")}]}]);
    for actor in [&planner, &li] {
        let changes = actor.ok(CHANGES, id.clone()).await["node"]["changes"].take();
        assert_eq!(changes, moved);
    }

    // When it goes, only the side before has something in it.
    server.pass(60);
    let input = json!({"input": {"shiftId": id["id"], "change": {"remove": true}}});
    let done = planner.ok(EDIT, input).await["shiftEdit"].take();
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let tx = company.db_begin().await;
    let sql = "select count(*) as value from app.shift_change
               where tenant_id = $1 and activities_before is not null and activities_after is null";
    let gone: Option<i64> = tx.scalar(sql, params![company.tenant]).await.expect("count");
    assert_eq!(gone, Some(1));
}

#[tokio::test]
async fn a_record_from_before_activities_were_kept_tells_times_alone() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let li = company.db_agent("1", "Li Na", site, None, &[]).await;
    let week = company.db_schedule(site, date(2026, 3, 2), date(2026, 3, 8), true).await;
    let shift = company.db_shift(week, site, li, "2026-03-04T09:00", 8).await;
    let sql = "with recorded as (
                   insert into app.schedule_change (tenant_id, id, schedule_id, version, cause, changed_at,
                                                    detail)
                   values ($1, $2, $3, 2, 'edit', $4, '{}') returning id)
               insert into app.shift_change (tenant_id, change_id, shift_id, agent_before, starts_before,
                                             ends_before, agent_after, starts_after, ends_after)
               select $1, r.id, s.id, s.agent_id, s.starts_at, s.ends_at, s.agent_id, s.starts_at, s.ends_at
               from recorded r, app.shift s where s.tenant_id = $1 and s.id = $5";
    let now = server.app.clock.now();
    let change: trunkline_domain::id::ScheduleChangeId = trunkline_infra::ctx::new_id(now);
    company.db_run(sql, params![company.tenant, change, week, now, shift]).await;
    let planner = server.planner(site).await;
    let id = json!({"id": shift.to_string()});
    let changes = planner.ok(CHANGES, id).await["node"]["changes"].take();
    let times = json!({"startsAt": at("09:00"), "endsAt": at("17:00"), "activities": []});
    assert_eq!(changes, json!([{"shifts": [{"before": times, "after": times}]}]));
}
