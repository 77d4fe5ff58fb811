//! What is told of plans, roles and posts.

use jiff::civil::date;
use serde_json::json;
use trunkline_domain::identity::Role;
use trunkline_testkit::{Within, shanghai};

use super::told;
use crate::support::Server;

#[tokio::test]
async fn a_published_schedule_is_told_to_those_who_work_in_it_and_an_edit_to_those_it_moves() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let works = async |number, name| company.db_agent(number, name, site, None, &[]).await;
    let (li, zhou, he) =
        (works("1", "Li Na").await, works("2", "Zhou Wei").await, works("3", "He Jun").await);
    let draft = company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), false).await;
    let shift = company.db_shift(draft, site, li, "2026-03-10T09:00", 8).await;
    company.db_shift(draft, site, zhou, "2026-03-11T09:00", 8).await;
    let planner = server.planner(site).await;
    let (li, zhou_signed_in, he) =
        (server.agent(li).await, server.agent(zhou).await, server.agent(he).await);
    let publish = "mutation($input: SchedulePublishInput!) { schedulePublish(input: $input) {
        userErrors { code } } }";
    let input = |dry_run| json!({"input": {"scheduleId": draft.to_string(), "dryRun": dry_run}});
    planner.ok(publish, input(true)).await;
    assert_eq!(told(&li).await, [""; 0], "only checked");
    let published = planner.ok(publish, input(false)).await;
    assert_eq!(published["schedulePublish"]["userErrors"], json!([]));
    assert_eq!(told(&li).await, ["SCHEDULE_PUBLISHED"]);
    assert_eq!(told(&he).await, [""; 0], "has no shift in it");

    let edit =
        "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) { userErrors { code } } }";
    for change in [
        json!({"startsAt": shanghai("2026-03-10T11:00").to_string()}),
        json!({"agentId": zhou.to_string()}),
    ] {
        let input = json!({"input": {"shiftId": shift.to_string(), "change": change}});
        assert_eq!(planner.ok(edit, input).await["shiftEdit"]["userErrors"], json!([]));
    }
    assert_eq!(told(&li).await, ["SCHEDULE_PUBLISHED", "SHIFT_CHANGED", "SHIFT_CHANGED"]);
    assert_eq!(told(&zhou_signed_in).await, ["SCHEDULE_PUBLISHED", "SHIFT_CHANGED"]);
    let document = "{ notifications { nodes { message } } }";
    let seen = li.ok(document, json!({})).await;
    let expected = json!({"notifications": {"nodes": [
        {"message": "The shift of Tue 10 Mar 11:00–19:00 is no longer yours."},
        {"message": "Your shift of Tue 10 Mar 09:00–17:00 is now Tue 10 Mar 11:00–19:00."},
        {"message": "Your schedule from Mon 9 Mar to Sun 15 Mar was published."},
    ]}});
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_role_is_told_to_whoever_gets_and_loses_it() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let email = "new@example.com";
    let user = server
        .company
        .db_user(&server.app.passwords, email, Role::Planner, Within::Site(site))
        .await;
    let new = server.sign_in(email).await;
    let assign = "mutation($input: RoleAssignInput!) { roleAssign(input: $input) {
        user { roles { id role } } userErrors { code path } } }";
    let input = json!({"input": {"userId": user.to_string(), "role": "SITE_MANAGER",
                                 "scope": {"siteId": site.to_string()}}});
    let given = admin.ok(assign, input).await["roleAssign"].take();
    assert_eq!(given["userErrors"], json!([]));
    let roles = given["user"]["roles"].as_array().expect("roles").iter();
    let mut id = roles.filter(|role| role["role"] == "SITE_MANAGER").map(|role| role["id"].clone());
    let end = "mutation($input: RoleEndInput!) { roleEnd(input: $input) { userErrors { code } } }";
    let input = json!({"input": {"roleAssignmentId": id.next_back().expect("the role")}});
    assert_eq!(admin.ok(end, input).await["roleEnd"]["userErrors"], json!([]));
    assert_eq!(told(&new).await, ["ROLE_GIVEN", "ROLE_ENDED"]);
    let seen = new.ok("{ notifications { nodes { message } } }", json!({})).await;
    let message = &seen["notifications"]["nodes"][1]["message"];
    assert_eq!(*message, "You have the role site manager from Mon 2 Mar 20:00 on.");
    assert_eq!(told(&admin).await, [""; 0]);
}
