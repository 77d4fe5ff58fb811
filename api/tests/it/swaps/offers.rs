//! What may be offered and taken back, and who sees what of it.

use serde_json::{Value, json};
use trunkline_domain::{identity::Role, requests::SwapPolicy};
use trunkline_infra::params;
use trunkline_testkit::{Within, shanghai};

use super::{Guangzhou, answer, cancel, codes, done, propose, wednesday};
use crate::support::Actor;

#[tokio::test]
async fn a_colleague_sees_what_is_offered_and_tries_without_taking() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = gz.both().await;
    let swap = done(gz.offer(&li, true).await);
    let document = "{ shiftSwaps { nodes { state note proposerName proposer { id }
        offeredShift { startsAt activities { category } } } } }";
    let seen = zhou.ok(document, json!({})).await["shiftSwaps"]["nodes"][0].take();
    assert_eq!((&seen["note"], &seen["proposerName"]), (&json!("dentist"), &json!("Li Na")));
    assert_eq!(seen["proposer"], Value::Null, "the name, not the person's record");
    assert_eq!(seen["offeredShift"]["startsAt"], shanghai("2026-03-04T07:00").to_string());

    let input = json!({"shiftSwapId": swap["id"], "accept": true, "returnShiftId": gz.late.to_string(), "dryRun": true});
    let tried = answer(&zhou, input, None).await;
    assert_eq!((codes(&tried), &tried["shiftSwap"]), (vec![], &Value::Null));
    assert_eq!(wednesday(&li).await, [gz.early.to_string()]);
    let input = json!({"shiftSwapId": swap["id"], "accept": false});
    assert_eq!(done(answer(&zhou, input, None).await)["state"], "OPEN", "others may still take it");
}

#[tokio::test]
async fn an_agent_finds_the_colleagues_of_the_site_and_nothing_personal_of_them() {
    let gz = Guangzhou::new().await;
    let company = &gz.server.company;
    let gone = gz.colleague("3", "He Jun").await;
    gz.colleague("4", "Sun Hao").await;
    let elsewhere = company.db_site("CD").await;
    let far = company.db_agent("5", "Zhou Min", elsewhere, None, &[]).await;
    let ((li, _), _, far) = (gz.both().await, gz.agent(gone).await, gz.agent(far).await);
    company
        .db_run(
            "update app.contract set valid_until = '2026-03-01' where tenant_id = $1 and agent_id = $2",
            params![company.tenant, gone],
        )
        .await;
    let document = "query($name: String, $first: Int) { viewer {
        colleagues(nameStartsWith: $name, first: $first) {
            agentId number displayName team { code } } } }";
    let colleagues = async |actor: &Actor, filter: Value| {
        actor.ok(document, filter).await["viewer"]["colleagues"].take()
    };
    let everybody = || json!({});
    let zhou = json!({"agentId": gz.zhou.to_string(), "number": "2", "displayName": "Zhou Wei",
                      "team": {"code": "A"}});
    let found = colleagues(&li, everybody()).await;
    assert_eq!(found, json!([zhou]), "no account, no contract, another site");
    assert_eq!(colleagues(&li, json!({"name": "zh"})).await, json!([zhou]));
    assert_eq!(colleagues(&li, json!({"name": "%"})).await, json!([]));
    assert_eq!(colleagues(&far, everybody()).await, json!([]));
    let manager = gz.server.site_manager(gz.site).await;
    assert_eq!(colleagues(&manager, everybody()).await, json!([]), "who is no agent");
    let record = li.ok(FIND, json!({"id": zhou["agentId"]})).await["node"].take();
    assert_eq!(record, Value::Null, "to know of a colleague opens no record");

    let anywhere = SwapPolicy { across_sites: true, ..SwapPolicy::within_site() };
    gz.swaps_are(anywhere).await;
    let named = |found: Value| {
        let found = found.as_array().expect("list").iter().map(|it| it["displayName"].clone());
        found.collect::<Vec<_>>()
    };
    assert_eq!(named(colleagues(&li, everybody()).await), ["Zhou Min", "Zhou Wei"]);
    assert_eq!(named(colleagues(&li, json!({"first": 1})).await), ["Zhou Min"]);
    assert_eq!(li.error_code(document, json!({"first": 201})).await, "INVALID_ARGUMENT");
    gz.swaps_are(SwapPolicy { enabled: false, ..anywhere }).await;
    assert_eq!(colleagues(&li, everybody()).await, json!([]), "swaps are off");
}

const FIND: &str = "query($id: ID!) { node(id: $id) { id } shiftSwap(id: $id) { id
    viewerCanTake { allowed } } }";

#[tokio::test]
async fn the_own_offer_is_found_by_id_and_is_not_to_be_answered() {
    let gz = Guangzhou::new().await;
    let li = gz.agent(gz.li).await;
    let swap = done(gz.offer(&li, false).await);
    let expected = json!({"node": {"id": swap["id"]},
                          "shiftSwap": {"id": swap["id"], "viewerCanTake": null}});
    assert_eq!(li.ok(FIND, json!({"id": swap["id"]})).await, expected);
    let own = answer(&li, json!({"shiftSwapId": swap["id"], "accept": true}), None).await;
    assert_eq!(codes(&own), ["INVALID_VALUE"], "{own:#}");
    done(cancel(&li, &swap).await);
    assert_eq!(li.ok(FIND, json!({"id": swap["id"]})).await, expected, "also when it is over");
}

#[tokio::test]
async fn who_leads_another_team_finds_the_own_offers_too() {
    let gz = Guangzhou::new().await;
    let leader = gz.server.leader(gz.team).await;
    let swap = done(propose(&leader, gz.early, false, None).await);
    done(cancel(&leader, &swap).await);
    let (server, company) = (&gz.server, &gz.server.company);
    let other = company.db_team(gz.site, "B").await;
    let email = "leads-and-works@example.com";
    company.db_user(&server.app.passwords, email, Role::TeamLeader, Within::Team(other)).await;
    let stranger = server.sign_in(email).await;
    let nothing = json!({"node": null, "shiftSwap": null});
    assert_eq!(stranger.ok(FIND, json!({"id": swap["id"]})).await, nothing, "not of the line");
    gz.account_is_of(email, gz.li).await;
    // Who calls is remembered for some seconds.
    server.app.callers.forget(&gz.system()).await;
    let own = server.sign_in(email).await;
    let seen = own.ok(FIND, json!({"id": swap["id"]})).await;
    assert_eq!(seen["shiftSwap"]["id"], swap["id"]);
    assert_eq!(seen["node"]["id"], swap["id"]);
}

#[tokio::test]
async fn each_offer_says_whether_it_can_be_taken_and_what_stands_against_it() {
    let gz = Guangzhou::new().await;
    let he_jun = gz.he_jun_after_a_late_shift().await;
    let ((li, zhou), he) = (gz.both().await, gz.agent(he_jun).await);
    done(gz.offer(&li, true).await);
    let document = "{ shiftSwaps { nodes { viewerCanTake { allowed needsApproval returnShift { id }
        reasons { code } violations { rule } } } } }";
    let seen = async |actor: &Actor| {
        actor.ok(document, json!({})).await["shiftSwaps"]["nodes"][0]["viewerCanTake"].take()
    };
    let can = json!({"allowed": true, "needsApproval": false, "reasons": [], "violations": [],
                     "returnShift": {"id": gz.late.to_string()}});
    assert_eq!(seen(&zhou).await, can);
    let cannot = seen(&he).await;
    assert_eq!(cannot["reasons"], json!([{"code": "INVALID_VALUE"}]), "nothing to give in return");
    let swap =
        li.ok("{ shiftSwaps { nodes { id } } }", json!({})).await["shiftSwaps"]["nodes"][0].take();
    assert_eq!(done(cancel(&li, &swap).await)["state"], "CANCELLED");
    done(gz.offer(&li, false).await);
    let document = "{ shiftSwaps(filter: {state: {eq: OPEN}}) { nodes { viewerCanTake { allowed
        reasons { code } violations { rule bound measuredValue limitValue unit message } } } } }";
    let forbids =
        he.ok(document, json!({})).await["shiftSwaps"]["nodes"][0]["viewerCanTake"].take();
    let expected = json!({"allowed": false, "reasons": [{"code": "RULE_VIOLATED"}], "violations": [{
        "rule": "MIN_REST", "bound": "AT_LEAST", "measuredValue": 32_400, "limitValue": 39_600,
        "unit": "SECONDS",
        "message": "He Jun, rest between two shifts: 9 h on Tue 3 Mar 22:00–07:00, at least 11 h are needed."}]});
    assert_eq!(forbids, expected);
}

#[tokio::test]
async fn a_shift_says_whether_it_may_be_offered() {
    let gz = Guangzhou::new().await;
    let li = gz.agent(gz.li).await;
    let document = "{ mySchedule(from: \"2026-03-02T16:00:00Z\", to: \"2026-03-04T16:00:00Z\") {
        viewerCanOffer { allowed reasons { code } } offerEndsAt activeSwap { state } } }";
    let ask = async || li.ok(document, json!({})).await["mySchedule"].take();
    // Deadline and length of the shift before its start.
    let until = shanghai("2026-03-03T11:00");
    let allowed = json!({"viewerCanOffer": {"allowed": true, "reasons": []}, "offerEndsAt": until,
                         "activeSwap": null});
    assert_eq!(ask().await[1], allowed);
    let too_soon = &ask().await[0];
    let denied = json!({"allowed": false, "reasons": [{"code": "NOTICE_TOO_SHORT"}]});
    assert_eq!((&too_soon["viewerCanOffer"], &too_soon["offerEndsAt"]), (&denied, &json!(null)));
    done(gz.offer(&li, false).await);
    let open = ask().await;
    assert_eq!(open[1]["activeSwap"]["state"], "OPEN");
    assert_eq!(open[1]["offerEndsAt"], json!(null), "offered already");
    assert_eq!(open[1]["viewerCanOffer"]["reasons"], json!([{"code": "SHIFT_SWAP_ALREADY_OPEN"}]));
    assert_eq!(codes(&gz.offer(&li, false).await), ["SHIFT_SWAP_ALREADY_OPEN"]);
}

#[tokio::test]
async fn swaps_are_off_where_the_tenant_chose_so() {
    let gz = Guangzhou::new().await;
    gz.swaps_are(SwapPolicy { enabled: false, ..SwapPolicy::within_site() }).await;
    let li = gz.agent(gz.li).await;
    assert_eq!(codes(&gz.offer(&li, false).await), ["SHIFT_SWAP_DISABLED"]);
}

#[tokio::test]
async fn a_leader_files_for_the_own_line_only() {
    let gz = Guangzhou::new().await;
    let other = gz.server.company.db_team(gz.site, "B").await;
    let leader = gz.server.leader(gz.team).await;
    assert_eq!(done(propose(&leader, gz.early, false, None).await)["state"], "OPEN");
    let stranger = gz.server.leader(other).await;
    assert_eq!(codes(&propose(&stranger, gz.late, false, None).await), ["NOT_FOUND"]);
    let email = "second@example.com";
    let agent = gz.server.user(email, Role::HeadOffice, Within::Tenant).await;
    let document = "mutation($input: ShiftSwapCancelInput!) { shiftSwapCancel(input: $input) { userErrors { code } } }";
    let input = json!({"input": {"shiftSwapId": "swp_00000000000000000000000000"}});
    assert_eq!(agent.error_code(document, input).await, "FORBIDDEN");
}

const OFFER: &str = "query($id: ID!) { shiftSwap(id: $id) { note
    history { state } decision { outcome checks { rule } } } }";

#[tokio::test]
async fn the_deadline_of_the_work_rules_is_the_one_that_a_shift_tells() {
    let gz = Guangzhou::new().await;
    let day = |it: &mut trunkline_domain::schedules::RuleLimits| {
        it.swap_deadline_seconds = 36 * 3600;
    };
    gz.server.company.db_work_rules(gz.site, day).await;
    let li = gz.agent(gz.li).await;
    let document = "query($id: ID!) { node(id: $id) { ... on Shift {
        viewerCanOffer { allowed reasons { code params { name value } } } } } }";
    let told = li.ok(document, json!({"id": gz.early.to_string()})).await;
    let reasons = &told["node"]["viewerCanOffer"]["reasons"];
    let limit = json!([{"name": "limit", "value": "36 h"}]);
    assert_eq!(*reasons, json!([{"code": "NOTICE_TOO_SHORT", "params": limit}]), "35 h ahead");
    assert_eq!(codes(&gz.offer(&li, false).await), ["NOTICE_TOO_SHORT"]);
}

#[tokio::test]
async fn a_leader_is_told_that_shifts_of_the_line_may_be_offered() {
    let gz = Guangzhou::new().await;
    let other = gz.server.company.db_team(gz.site, "B").await;
    let document = "query($id: ID!) { node(id: $id) { ... on Shift {
        viewerCanOffer { allowed } } } }";
    let told = async |actor: Actor| {
        let shift = json!({"id": gz.early.to_string()});
        actor.ok(document, shift).await["node"]["viewerCanOffer"]["allowed"].take()
    };
    assert_eq!(told(gz.server.leader(gz.team).await).await, true);
    assert_eq!(told(gz.server.site_manager(gz.site).await).await, false);
    assert_ne!(told(gz.server.leader(other).await).await, true);
}

#[tokio::test]
async fn a_leader_takes_an_offer_back_in_the_own_name() {
    let gz = Guangzhou::new().await;
    let li = gz.agent(gz.li).await;
    let swap = done(gz.offer(&li, false).await);
    let leader = gz.server.leader(gz.team).await;
    assert_eq!(done(cancel(&leader, &swap).await)["state"], "CANCELLED");
    let tx = gz.server.company.db_begin().await;
    let decider: Option<Value> = tx
        .scalar(
            "select decision -> 'decider' as value from app.shift_swap where tenant_id = $1",
            params![gz.server.company.tenant],
        )
        .await
        .expect("decision");
    let decider = decider.expect("a record");
    assert!(decider.get("user").is_some(), "{decider}");
}

#[tokio::test]
async fn head_office_counts_swaps_and_reads_none() {
    let gz = Guangzhou::new().await;
    let li = gz.agent(gz.li).await;
    let swap = done(gz.offer(&li, false).await);
    let office = gz.server.head_office().await;
    assert_eq!(office.error_code(OFFER, json!({"id": swap["id"]})).await, "FORBIDDEN");
    let list = "{ shiftSwaps { nodes { id } totalCount { value } } }";
    assert_eq!(office.error_code(list, json!({})).await, "FORBIDDEN");
    let count = "{ shiftSwapCounts(from: \"2026-03-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\") {
        site { code } state swaps } }";
    let counted =
        json!({"shiftSwapCounts": [{"site": {"code": "GZ"}, "state": "OPEN", "swaps": 1}]});
    assert_eq!(office.ok(count, json!({})).await, counted);
    assert_eq!(gz.server.leader(gz.team).await.ok(count, json!({})).await, counted);
    assert_eq!(li.error_code(count, json!({})).await, "FORBIDDEN");
    let elsewhere = gz.server.company.db_site("CD").await;
    let none = json!({"shiftSwapCounts": []});
    assert_eq!(gz.server.site_manager(elsewhere).await.ok(count, json!({})).await, none);
    assert_eq!(gz.server.stranger().await.head_office().await.ok(count, json!({})).await, none);
}

#[tokio::test]
async fn head_office_sees_how_many_requests_were_met_as_a_ratio_of_sums() {
    let gz = Guangzhou::new().await;
    let company = &gz.server.company;
    let elsewhere = company.db_site("CD").await;
    let li = gz.agent(gz.li).await;
    done(gz.offer(&li, false).await);
    // Beside the running one: 3 of 4 met here, none of 1 in Chengdu, one taken back.
    for (site, states) in [
        (gz.site, vec!["APPROVED", "APPROVED", "APPROVED", "EXPIRED", "CANCELLED"]),
        (elsewhere, vec!["DENIED"]),
    ] {
        let states: Vec<String> = states.into_iter().map(str::to_owned).collect();
        company
            .db_run(
                "insert into app.shift_swap
                 select (jsonb_populate_record(w, jsonb_build_object(
                     'id', gen_random_uuid(), 'site_id', $2::uuid, 'state', s))).*
                 from app.shift_swap w, unnest($3::text[]) s where w.tenant_id = $1 and w.state = 'OPEN'",
                params![company.tenant, site, states],
            )
            .await;
    }
    let query =
        "{ requestSatisfaction(from: \"2026-03-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\") {
        network { decided satisfied satisfiedPercent }
        sites { site { code } decided satisfied satisfiedPercent } } }";
    let office = gz.server.head_office().await;
    let seen = office.ok(query, json!({})).await["requestSatisfaction"].take();
    assert_eq!(
        seen["network"],
        json!({"decided": 5, "satisfied": 3, "satisfiedPercent": "60"}),
        "not the mean of 75 and 0"
    );
    let sites = seen["sites"].as_array().expect("sites");
    assert_eq!(sites.len(), 2);
    assert!(sites.contains(&json!({"site": {"code": "GZ"}, "decided": 4, "satisfied": 3,
                                   "satisfiedPercent": "75"})));
    let kpi = "{ siteComparison(fromDate: \"2026-03-01\", toDate: \"2026-04-01\",
        kpiCodes: [\"shift_request_satisfaction_rate\"]) { kpis { network { value status } } } }";
    let kpi = office.ok(kpi, json!({})).await["siteComparison"]["kpis"][0]["network"].take();
    assert_eq!(kpi, json!({"value": "60", "status": "RED"}));

    let manager = gz.server.site_manager(gz.site).await;
    let own = manager.ok(query, json!({})).await["requestSatisfaction"].take();
    assert_eq!((&own["network"], own["sites"].as_array().map(Vec::len)), (&Value::Null, Some(1)));
    let stranger = gz.server.stranger().await.head_office().await;
    let none = stranger.ok(query, json!({})).await["requestSatisfaction"].take();
    assert_eq!(none["network"]["satisfiedPercent"], Value::Null, "nothing decided");
    assert_eq!(none["sites"], json!([]));
    assert_eq!(li.error_code(query, json!({})).await, "FORBIDDEN");
}
