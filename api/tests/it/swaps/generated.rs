//! What a generated shift asks for holds for whoever takes it over.

use jiff::civil::time;
use serde_json::json;
use trunkline_domain::id::ShiftId;

use super::{accept, codes, done, propose};
use crate::{
    planning::{GENERATE, ended, publish},
    support::Server,
};

const SHIFTS: &str = "query($id: ID!) { schedule(id: $id) {
  shifts(from: \"2026-03-08T16:00:00Z\", to: \"2026-03-15T16:00:00Z\") { id agent { number }
    needs { skill { code } grade } } } }";

#[tokio::test]
async fn a_generated_shift_goes_to_a_colleague_with_its_skill_and_to_no_other() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let team = company.db_team(site, "A").await;
    let presale = company.db_skill("presale").await;
    let queue = company.db_queue("presale", 30, &[site], Some(presale)).await;
    let li = company.db_agent("1", "Li Na", site, Some(team), &[(presale, 4)]).await;
    let by_day = |at| i32::from((time(9, 0, 0, 0)..time(17, 0, 0, 0)).contains(&at));
    company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-03-16T00:00"), by_day).await;
    let planner = server.planner(site).await;
    let input =
        json!({"siteId": site.to_string(), "startsOn": "2026-03-09", "seed": 7, "iterations": 20});
    let asked = planner.ok(GENERATE, json!({"input": input})).await["scheduleGenerate"].take();
    let week = ended(&server, &planner, &asked["job"]["id"]).await["schedule"]["id"].take();
    let published = publish(&planner, &week, 1).await;
    assert_eq!(published["userErrors"], json!([]), "{published:#}");
    let of_week =
        async || planner.ok(SHIFTS, json!({"id": week})).await["schedule"]["shifts"].take();
    let shifts = of_week().await;
    let shifts = shifts.as_array().expect("list");
    assert!(!shifts.is_empty());
    // Nobody else can serve the queue: it goes short without her, whenever she works.
    let needs = json!([{"skill": {"code": "presale"}, "grade": 1}]);
    assert!(shifts.iter().all(|shift| shift["needs"] == needs), "{shifts:#?}");

    let zhou = company.db_agent("2", "Zhou Wei", site, Some(team), &[]).await;
    let sun = company.db_agent("3", "Sun Hao", site, Some(team), &[(presale, 1)]).await;
    let (li, zhou, sun) =
        (server.agent(li).await, server.agent(zhou).await, server.agent(sun).await);
    let shift: ShiftId = shifts[0]["id"].as_str().expect("id").parse().expect("a shift's id");
    let swap = done(propose(&li, shift, false, None).await);
    let refused = accept(&zhou, &swap, None, None).await;
    assert_eq!(codes(&refused), ["RULE_VIOLATED"], "{refused:#}");
    let found = refused["violations"].as_array().expect("list");
    assert!(found.iter().any(|it| it["rule"] == "SKILL"), "{refused:#}");
    let taken = done(accept(&sun, &swap, None, None).await);
    assert_eq!(taken["state"], "APPROVED", "{taken:#}");
    let after = of_week().await;
    let mut after = after.as_array().expect("list").iter();
    let hers = after.find(|it| it["id"] == shifts[0]["id"]).expect("the shift");
    assert_eq!(hers["agent"]["number"], "3");
    assert_eq!(hers["needs"], needs, "it asks the same of the next");
}
