//! The scenario as it is told, and its variants.

use jiff::{ToSpan as _, civil::date};
use serde_json::json;
use trunkline::requests::expire_swaps;
use trunkline_domain::schedules::{RuleCode, Severity};
use trunkline_infra::params;
use trunkline_testkit::shanghai;

use super::{Guangzhou, SWAP, accept, cancel, codes, done, propose, review, wednesday};

#[tokio::test]
async fn li_na_and_zhou_wei_swap_their_wednesday() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = gz.both().await;
    let before = gz.schedule_version().await.as_i64().expect("version");
    let swap = done(gz.offer(&li, true).await);
    assert_eq!((&swap["state"], &swap["waitingFor"]), (&json!("OPEN"), &json!("COLLEAGUE")));

    gz.server.app.clock.set(shanghai("2026-03-02T20:07"));
    let swap = done(accept(&zhou, &swap, Some(gz.late), None).await);
    assert_eq!((&swap["state"], &swap["version"]), (&json!("APPROVED"), &json!(2)));
    assert_eq!(swap["offeredShift"]["version"], 2);
    assert_eq!(swap["requestedShift"], json!({"id": gz.late.to_string(), "version": 2}));
    let decision = &swap["decision"];
    assert_eq!((&decision["outcome"], &decision["bySystem"]), (&json!("APPROVED"), &json!(true)));
    assert_eq!(decision["decidedAt"], "2026-03-02T12:07:00Z");
    assert_eq!(decision["rulesVersions"], json!([1]));
    let rest = json!({"rule": "MIN_REST", "passed": true, "measured": "15 h", "limit": "11 h"});
    let checks = decision["checks"].as_array().expect("list");
    assert_eq!(checks.iter().filter(|it| **it == rest).count(), 2, "both rest 15 h");
    assert_eq!(swap["history"].as_array().expect("list").len(), 2);
    assert_eq!(swap["history"][1]["bySystem"], true, "as its decision says");

    assert_eq!(wednesday(&li).await, [gz.late.to_string()]);
    assert_eq!(wednesday(&zhou).await, [gz.early.to_string()]);
    let tx = gz.server.company.db_begin().await;
    let changes: Option<i64> = tx
        .scalar(
            "select count(*) as value from app.schedule_change where tenant_id = $1 and cause = 'shift_swap'",
            params![gz.server.company.tenant],
        )
        .await
        .expect("count");
    let version: Option<i32> = tx
        .scalar("select version as value from app.schedule where id = $1", params![gz.week])
        .await
        .expect("version");
    assert_eq!((changes, version.map(i64::from)), (Some(1), Some(before + 1)));
    let sql = "select count(*) as value from app.shift_change
               where tenant_id = $1 and activities_before = activities_after";
    let whole: Option<i64> =
        tx.scalar(sql, params![gz.server.company.tenant]).await.expect("count");
    assert_eq!(whole, Some(2), "each goes to the other with all that is in it");
}

#[tokio::test]
async fn variant_a_he_jun_is_refused_for_nine_hours_of_rest() {
    let gz = Guangzhou::new().await;
    let he_jun = gz.he_jun_after_a_late_shift().await;
    let (li, he) = (gz.agent(gz.li).await, gz.agent(he_jun).await);
    let swap = done(gz.offer(&li, false).await);
    let refused = accept(&he, &swap, None, None).await;
    assert_eq!(codes(&refused), ["RULE_VIOLATED"]);
    let expected = json!([{"rule": "MIN_REST", "severity": "BLOCKING", "measured": "9 h", "limit": "11 h",
        "cause": "REQUEST", "message": "He Jun, rest between two shifts: 9 h on Tue 3 Mar 22:00–07:00, at least 11 h are needed."}]);
    assert_eq!(refused["violations"], expected);
    assert_eq!(refused["shiftSwap"]["state"], "OPEN", "others may still take it");
    assert_eq!(wednesday(&li).await, [gz.early.to_string()]);
}

#[tokio::test]
async fn variant_b_two_of_three_english_speakers_are_refused() {
    let gz = Guangzhou::new().await;
    gz.requires_english().await;
    let (li, zhou) = gz.both().await;
    let swap = done(gz.offer(&li, true).await);
    let refused = accept(&zhou, &swap, Some(gz.late), None).await;
    assert_eq!(codes(&refused), ["RULE_VIOLATED"]);
    let violation = &refused["violations"][0];
    assert_eq!(
        (&violation["rule"], &violation["severity"]),
        (&json!("COVERAGE"), &json!("BLOCKING"))
    );
    assert_eq!(
        (&violation["measured"], &violation["limit"]),
        (&json!("2 agents"), &json!("3 agents"))
    );
}

#[tokio::test]
async fn variant_b_goes_to_the_leader_where_the_tenant_chose_so() {
    let gz = Guangzhou::new().await;
    gz.requires_english().await;
    let rules = |it: &mut trunkline_domain::schedules::RuleLimits| {
        it.set_severity(RuleCode::Coverage, Severity::NeedsApproval);
    };
    gz.server.company.db_work_rules(gz.site, rules).await;
    let (li, zhou) = gz.both().await;
    let matched = gz.agreed(&li, &zhou).await;
    assert_eq!((&matched["state"], &matched["waitingFor"]), (&json!("MATCHED"), &json!("LEADER")));
    assert_eq!(matched["violations"], json!([{"rule": "COVERAGE"}]));
    assert_eq!(
        wednesday(&li).await,
        [gz.early.to_string()],
        "nothing moves before the leader decides"
    );

    let office = gz.server.head_office().await;
    let document = "mutation($input: ShiftSwapReviewInput!) { shiftSwapReview(input: $input) { results { userErrors { code } } } }";
    let input = json!({"input": {"decisions": [{"shiftSwapId": matched["id"], "approve": true}]}});
    assert_eq!(office.error_code(document, input).await, "FORBIDDEN");
    let elsewhere = gz.server.company.db_site("CD").await;
    let stranger = gz.server.site_manager(elsewhere).await;
    assert_eq!(codes(&review(&stranger, &matched, true).await), ["NOT_FOUND"]);

    let leader = gz.server.leader(gz.team).await;
    let approved = done(review(&leader, &matched, true).await);
    assert_eq!((&approved["state"], &approved["version"]), (&json!("APPROVED"), &json!(3)));
    assert_eq!(approved["decision"]["bySystem"], false);
    let steps = approved["history"].as_array().expect("list").iter();
    assert!(steps.map(|step| &step["bySystem"]).all(|by_system| by_system == false));
    assert_eq!(wednesday(&zhou).await, [gz.early.to_string()]);
    assert_eq!(codes(&review(&leader, &matched, false).await), ["INVALID_STATE"]);
}

#[tokio::test]
async fn variant_c_one_key_sent_twice_makes_one_swap_and_one_answer() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = gz.both().await;
    let first = propose(&li, gz.early, true, Some("propose-8e03978e-40d5")).await;
    let again = propose(&li, gz.early, true, Some("propose-8e03978e-40d5")).await;
    assert_eq!(first, again);
    let swap = done(first);
    let first = accept(&zhou, &swap, Some(gz.late), Some("accept-8e03978e-40d5")).await;
    let again = accept(&zhou, &swap, Some(gz.late), Some("accept-8e03978e-40d5")).await;
    assert_eq!(first, again);
    assert_eq!(done(first)["state"], "APPROVED");
    let swaps = li.ok("{ shiftSwaps { nodes { id } } }", json!({})).await;
    assert_eq!(swaps["shiftSwaps"]["nodes"], json!([{"id": swap["id"]}]));
}

#[tokio::test]
async fn the_same_key_sent_twice_at_once_waits_and_gets_the_same_answer() {
    let gz = Guangzhou::new().await;
    let li = gz.agent(gz.li).await;
    let send = || propose(&li, gz.early, false, Some("propose-8e03978e-40d5"));
    let (one, two) = tokio::join!(send(), send());
    assert_eq!(one, two);
    assert_eq!(done(one)["state"], "OPEN");
}

#[tokio::test]
async fn variant_d_of_two_takers_at_once_exactly_one_wins() {
    let gz = Guangzhou::new().await;
    let company = &gz.server.company;
    let days = company.db_schedule(gz.site, date(2026, 3, 9), date(2026, 5, 17), true).await;
    let (li, (sun, wang)) = (gz.agent(gz.li).await, gz.two_takers().await);
    for round in 0..20_i32 {
        let day = date(2026, 3, 10).saturating_add((3 * round).days());
        let start = format!("{day}T10:00");
        let shift = company.db_shift(days, gz.site, gz.li, &start, 4).await;
        let swap = done(propose(&li, shift, false, None).await);
        let (one, two) =
            tokio::join!(accept(&sun, &swap, None, None), accept(&wang, &swap, None, None));
        let mut outcomes = [codes(&one), codes(&two)];
        outcomes.sort_unstable();
        assert_eq!(outcomes, [vec![], vec!["ALREADY_TAKEN"]], "round {round}: {one:#} {two:#}");
        let tx = company.db_begin().await;
        let version: Option<i32> = tx
            .scalar("select version as value from app.shift where id = $1", params![shift])
            .await
            .expect("version");
        assert_eq!(version, Some(2), "the shift moved once");
    }
}

#[tokio::test]
async fn variant_e_an_offer_that_nobody_takes_lapses() {
    let gz = Guangzhou::new().await;
    let li = gz.agent(gz.li).await;
    let swap = done(gz.offer(&li, false).await);
    assert_eq!(
        swap["expiresAt"],
        shanghai("2026-03-03T19:00").to_string(),
        "12 h before the shift"
    );
    gz.server.app.clock.set(shanghai("2026-03-03T19:00"));
    let zhou = gz.agent(gz.zhou).await;
    let late = accept(&zhou, &swap, None, None).await;
    assert_eq!(codes(&late), ["INVALID_STATE"]);
    assert_eq!(expire_swaps(&gz.server.app, &gz.system()).await.expect("lapse"), 1);
    let li = gz.server.sign_in(&format!("{}@example.com", gz.li)).await;
    let document = format!("query($id: ID!) {{ shiftSwap(id: $id) {{ {SWAP} }} }}");
    let lapsed = li.ok(&document, json!({"id": swap["id"]})).await["shiftSwap"].take();
    assert_eq!((&lapsed["state"], &lapsed["version"]), (&json!("EXPIRED"), &json!(2)));
    assert_eq!(lapsed["history"][1]["bySystem"], true);
    assert_eq!(lapsed["decision"]["outcome"], "EXPIRED");
}

#[tokio::test]
async fn variant_f_an_offer_is_taken_back_by_who_made_it_and_by_nobody_else() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = gz.both().await;
    let swap = done(gz.offer(&li, false).await);
    assert_eq!(codes(&cancel(&zhou, &swap).await), ["FORBIDDEN"]);
    let cancelled = done(cancel(&li, &swap).await);
    assert_eq!(cancelled["state"], "CANCELLED");
    assert_eq!(cancelled["decision"]["outcome"], "WITHDRAWN", "not counted");
    assert_eq!(codes(&accept(&zhou, &swap, None, None).await), ["INVALID_STATE"]);
    assert_eq!(done(gz.offer(&li, false).await)["state"], "OPEN", "and may be offered again");
}

#[tokio::test]
async fn variant_g_for_another_site_or_company_there_is_no_such_swap() {
    let gz = Guangzhou::new().await;
    let li = gz.agent(gz.li).await;
    let swap = done(gz.offer(&li, false).await);
    let chengdu = gz.server.company.db_site("CD").await;
    let other = gz.server.company.db_agent("9", "Yu", chengdu, None, &[]).await;
    let beifang = gz.server.stranger().await;
    let site = beifang.company.db_site("GZ").await;
    let stranger = beifang.company.db_agent("1", "Ma", site, None, &[]).await;
    let document = "query($id: ID!) { shiftSwap(id: $id) { id } node(id: $id) { id } }";
    for actor in [gz.agent(other).await, beifang.agent(stranger).await] {
        assert_eq!(codes(&accept(&actor, &swap, None, None).await), ["NOT_FOUND"]);
        assert_eq!(codes(&cancel(&actor, &swap).await), ["NOT_FOUND"]);
        let seen = actor.ok(document, json!({"id": swap["id"]})).await;
        assert_eq!(seen, json!({"shiftSwap": null, "node": null}));
        assert_eq!(codes(&propose(&actor, gz.early, false, None).await), ["NOT_FOUND"]);
    }
}
