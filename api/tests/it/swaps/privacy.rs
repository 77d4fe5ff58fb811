//! What a colleague learns of another's leave and availability from a swap: that a rule is broken; and head
//! office of who swapped: nothing.

use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, SkillId},
    requests::SwapPolicy,
};
use trunkline_infra::params;

use super::{Guangzhou, accept, cancel, codes, done, review, sent};
use crate::{notifications::told, support::Actor};

const REASON: &str = "Dialysis";
const SEEN: &str =
    "rule severity startsAt endsAt bound measuredValue limitValue unit measured limit
    cause message params { name value }";

/// Zhou is not available on Wednesday mornings.
async fn unavailable() -> Guangzhou {
    let gz = Guangzhou::new().await;
    let company = &gz.server.company;
    company
        .db_run(
            "insert into app.availability (tenant_id, id, agent_id, available, label, weekdays,
                                           local_from, local_until, valid_until)
             values ($1, $2, $2, false, $3, '{3}', '06:30', '11:00', '2026-06-30')",
            params![company.tenant, gz.zhou, REASON],
        )
        .await;
    gz
}

/// What a try to offer the early shift to an agent says of the rules.
async fn tried(gz: &Guangzhou, actor: &Actor, agent: AgentId) -> Value {
    let input = json!({"offeredShiftId": gz.early.to_string(), "dryRun": true,
                       "audience": {"agentId": agent.to_string()}});
    let document = format!(
        "mutation($input: ShiftSwapProposeInput!) {{ shiftSwapPropose(input: $input) {{
           violations {{ {SEEN} }} userErrors {{ code }} }} }}"
    );
    sent(actor, &document, input, None, "shiftSwapPropose").await["violations"].take()
}

fn availability(violations: &Value) -> &Value {
    let list = violations.as_array().expect("list");
    list.iter().find(|it| it["rule"] == "AVAILABILITY").expect("not available")
}

#[tokio::test]
async fn a_colleague_learns_that_a_rule_is_broken_and_not_why() {
    let gz = unavailable().await;
    let (li, zhou) = gz.both().await;
    let seen = tried(&gz, &li, gz.zhou).await;
    let hidden = availability(&seen);
    for field in [
        "startsAt",
        "endsAt",
        "bound",
        "measuredValue",
        "limitValue",
        "unit",
        "measured",
        "limit",
        "cause",
    ] {
        assert_eq!(hidden[field], json!(null), "{field}");
    }
    assert_eq!(hidden["params"], json!([]));
    assert!(!seen.to_string().contains(REASON), "{seen:#}");

    let swap = done(gz.offer(&li, false).await);
    assert_eq!(codes(&accept(&zhou, &swap, None, None).await), ["RULE_VIOLATED"]);
    let ways = format!(
        "{{ shiftSwaps {{ nodes {{ violations {{ {SEEN} }}
           viewerCanTake {{ violations {{ {SEEN} }} }} }} }} }}"
    );
    let own = zhou.ok(&ways, json!({})).await;
    let own = &own["shiftSwaps"]["nodes"][0]["viewerCanTake"]["violations"];
    assert!(availability(own).to_string().contains(REASON), "the own reason: {own:#}");
    let of_li = li.ok(&ways, json!({})).await;
    assert!(!of_li.to_string().contains(REASON), "{of_li:#}");
}

#[tokio::test]
async fn who_leads_the_line_sees_all_that_stands_against_a_swap() {
    let gz = unavailable().await;
    let leader = gz.server.leader(gz.team).await;
    let seen = tried(&gz, &leader, gz.zhou).await;
    assert!(availability(&seen).to_string().contains(REASON), "{seen:#}");
    assert_eq!(availability(&seen)["cause"], "AVAILABILITY");
}

#[tokio::test]
async fn what_fits_in_the_list_of_offers_fits_by_the_rule_of_skills() {
    let gz = Guangzhou::new().await;
    let (company, english) = (&gz.server.company, gz.early_asks_for_english().await);
    let with = async |number: &str, held: &[(SkillId, i16)]| {
        company.db_agent(number, number, gz.site, Some(gz.team), held).await
    };
    let fits = with("31", &[(english, 3)]).await;
    let low = with("32", &[(english, 2)]).await;
    let over = with("33", &[(english, 3)]).await;
    let without = with("34", &[]).await;
    company
        .db_run(
            "update app.agent_skill set valid_until = '2026-03-03' where tenant_id = $1 and agent_id = $2",
            params![company.tenant, over],
        )
        .await;
    let li = gz.agent(gz.li).await;
    let cases = [(fits, true), (low, false), (over, false), (without, false)];
    for (agent, able) in cases {
        let tried = tried(&gz, &li, agent).await;
        let found = tried.as_array().expect("list");
        assert_eq!(!found.iter().any(|it| it["rule"] == "SKILL"), able, "rule: {tried:#}");
    }
    let mut actors = Vec::new();
    for (agent, able) in cases {
        actors.push((gz.agent(agent).await, able));
    }
    let swap = done(gz.offer(&li, false).await);
    for (actor, able) in &actors {
        let seen = actor.ok("{ shiftSwaps { nodes { id } } }", json!({})).await;
        let listed = seen["shiftSwaps"]["nodes"].as_array().expect("list").len();
        assert_eq!((listed == 1, told(actor).await.len() == 1), (*able, *able));
        // What may be read is not the reader's to take back; the rest is not there.
        let code = if *able { "FORBIDDEN" } else { "NOT_FOUND" };
        assert_eq!(codes(&cancel(actor, &swap).await), [code]);
    }
}

#[tokio::test]
async fn nobody_decides_about_a_swap_of_their_own() {
    let gz = Guangzhou::new().await;
    gz.swaps_are(SwapPolicy { always_reviewed: true, ..SwapPolicy::within_site() }).await;
    gz.server.leader(gz.team).await;
    let email = format!("leader-{}@example.com", gz.team);
    gz.account_is_of(&email, gz.li).await;
    let li = gz.server.sign_in(&email).await;
    let (zhou, manager) = (gz.agent(gz.zhou).await, gz.server.site_manager(gz.site).await);
    let swap = gz.agreed(&li, &zhou).await;
    assert_eq!(swap["state"], "MATCHED");
    assert_eq!(told(&manager).await, ["SHIFT_SWAP_AWAITS_DECISION"]);
    assert_eq!(told(&li).await, ["SHIFT_SWAP_ACCEPTED"], "not hers to decide");
    assert_eq!(codes(&review(&li, &swap, true).await), ["FORBIDDEN"]);
    assert_eq!(done(review(&manager, &swap, true).await)["state"], "APPROVED");
}

#[tokio::test]
async fn head_office_reads_a_swapped_week_without_the_names_of_agents() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = gz.both().await;
    assert_eq!(gz.agreed(&li, &zhou).await["state"], "APPROVED");
    let week = "query($site: ID!) { siteWeek(siteId: $site, weekOf: \"2026-03-04\") {
        id agent { displayName } changes { id cause authorName } } }";
    let moved = "query($id: ID!) { node(id: $id) { ... on ScheduleChange { shifts {
        before { startsAt agent { displayName } } after { startsAt agent { displayName } } } } } }";
    let site = json!({"site": gz.site.to_string()});
    let seen = async |actor: &Actor| {
        let mut shifts = actor.ok(week, site.clone()).await["siteWeek"].take();
        let count = shifts.as_array().expect("list").len();
        let mut listed = shifts.as_array_mut().expect("list").iter_mut();
        let early = listed.find(|shift| shift["id"] == gz.early.to_string());
        (count, early.expect("the early shift").take(), shifts)
    };
    let author = format!("{}@example.com", gz.zhou);
    let manager = gz.server.site_manager(gz.site).await;
    for (actor, count) in [(&manager, 6), (&zhou, 3)] {
        let (shifts, early, _) = seen(actor).await;
        assert_eq!((shifts, &early["agent"]["displayName"]), (count, &json!("Zhou Wei")));
        let change = &early["changes"][0];
        assert_eq!(
            (&change["cause"], &change["authorName"]),
            (&json!("SHIFT_SWAP"), &json!(author))
        );
    }

    let office = gz.server.head_office().await;
    let (shifts, early, rest) = seen(&office).await;
    assert_eq!((shifts, &early["agent"]), (6, &Value::Null));
    let change = &early["changes"][0];
    assert_eq!((&change["cause"], &change["authorName"]), (&json!("SHIFT_SWAP"), &Value::Null));
    let done = office.ok(moved, json!({"id": change["id"]})).await["node"].take();
    let moments = done["shifts"].as_array().expect("list");
    assert_eq!(moments.len(), 2);
    for moment in moments {
        let sides = ["before", "after"].map(|side| &moment[side]);
        assert!(sides.iter().all(|it| it["startsAt"].is_string() && it["agent"].is_null()));
    }
    let whole = format!("{early} {rest} {done}");
    for name in ["Li Na", "Zhou Wei", &author] {
        assert!(!whole.contains(name), "{name}: {whole}");
    }
    let li = json!({"id": gz.li.to_string()});
    let node = office.ok("query($id: ID!) { node(id: $id) { id } }", li.clone()).await;
    assert_eq!(node["node"], Value::Null);
    let agent = "query($id: ID!) { agent(id: $id) { number } }";
    assert_eq!(office.error_code(agent, li).await, "FORBIDDEN");
    let list = "{ agents(first: 1) { nodes { number } } }";
    assert_eq!(office.error_code(list, json!({})).await, "FORBIDDEN");
}
