//! "Both are told": who hears what of a swap, and who does not.

use serde_json::{Value, json};
use trunkline::requests::expire_swaps;
use trunkline_domain::requests::SwapPolicy;
use trunkline_testkit::shanghai;

use super::{Guangzhou, accept, answer, cancel, codes, done, review, sent};
use crate::{notifications::told, support::Actor};

/// Offers Li's early shift to one colleague.
async fn offer_to(gz: &Guangzhou, li: &Actor, colleague: &str) -> Value {
    let input = json!({"offeredShiftId": gz.early.to_string(), "audience": {"agentId": colleague}});
    let document = "mutation($input: ShiftSwapProposeInput!) {
        shiftSwapPropose(input: $input) { shiftSwap { id state } userErrors { code } } }";
    done(sent(li, document, input, None, "shiftSwapPropose").await)
}

#[tokio::test]
async fn an_offer_to_all_is_told_to_those_who_could_take_it_and_its_end_to_both() {
    let gz = Guangzhou::new().await;
    let third = gz.colleague("3", "He Jun").await;
    let (li, zhou) = gz.both().await;
    let (he, leader) = (gz.agent(third).await, gz.server.leader(gz.team).await);
    let swap = done(gz.offer(&li, true).await);
    for actor in [&zhou, &he] {
        assert_eq!(told(actor).await, ["SHIFT_SWAP_PROPOSED"]);
    }
    for actor in [&li, &leader] {
        assert_eq!(told(actor).await, [""; 0]);
    }
    gz.server.app.clock.set(shanghai("2026-03-02T20:07"));
    done(accept(&zhou, &swap, Some(gz.late), None).await);
    assert_eq!(told(&li).await, ["SHIFT_SWAP_APPROVED"]);
    assert_eq!(told(&zhou).await, ["SHIFT_SWAP_PROPOSED", "SHIFT_SWAP_APPROVED"]);
    assert_eq!(told(&he).await, ["SHIFT_SWAP_PROPOSED"]);
    assert_eq!(told(&leader).await, [""; 0], "the rules alone have decided");

    let document = "{ notifications { nodes { message createdAt readAt subject { id }
        params { name value } } } }";
    let seen = li.ok(document, json!({})).await["notifications"]["nodes"][0].take();
    let expected = json!({
        "message": "The swap with Zhou Wei is done: you give the shift of Wed 4 Mar 07:00–15:00 and get that of Wed 4 Mar 14:00–22:00. Your schedule has changed.",
        "createdAt": "2026-03-02T12:07:00Z", "readAt": null, "subject": {"id": swap["id"]},
        "params": [{"name": "startsAt", "value": "2026-03-03T23:00:00Z"},
                   {"name": "endsAt", "value": "2026-03-04T07:00:00Z"},
                   {"name": "returnStartsAt", "value": "2026-03-04T06:00:00Z"},
                   {"name": "returnEndsAt", "value": "2026-03-04T14:00:00Z"},
                   {"name": "side", "value": "GIVES"}],
    });
    assert_eq!(seen, expected);
    let chinese = zhou.post(&json!({"query": document})).header("accept-language", "zh-CN");
    let chinese: Value = chinese.send().await.expect("answer").json().await.expect("JSON");
    assert_eq!(
        chinese["data"]["notifications"]["nodes"][0]["message"],
        "您与Li Na的换班已生效：您让出 3月4日（周三） 14:00–22:00，换得 3月4日（周三） 07:00–15:00。您的班表已更新。"
    );
}

#[tokio::test]
async fn of_two_takers_at_once_the_winner_hears_of_success_and_the_loser_of_refusal() {
    let gz = Guangzhou::new().await;
    let (li, (sun, wang)) = (gz.agent(gz.li).await, gz.two_takers().await);
    let swap = done(gz.offer(&li, false).await);
    let (one, two) =
        tokio::join!(accept(&sun, &swap, None, None), accept(&wang, &swap, None, None));
    let (winner, loser) = if codes(&one).is_empty() { (&sun, &wang) } else { (&wang, &sun) };
    assert_eq!(codes(&one).len() + codes(&two).len(), 1, "{one:#} {two:#}");
    assert_eq!(told(winner).await, ["SHIFT_SWAP_PROPOSED", "SHIFT_SWAP_APPROVED"]);
    assert_eq!(told(loser).await, ["SHIFT_SWAP_PROPOSED", "SHIFT_SWAP_REFUSED"]);
    assert_eq!(told(&li).await, ["SHIFT_SWAP_APPROVED"]);
    let document = "{ notifications { nodes { message params { name value } } } }";
    let seen = loser.ok(document, json!({})).await["notifications"]["nodes"][0].take();
    let reason = json!({"name": "reason", "value": "ALREADY_TAKEN"});
    assert!(seen["params"].as_array().expect("list").contains(&reason), "{seen}");
    let words = "You could not take the shift of Wed 4 Mar 07:00–15:00: a colleague was faster.";
    assert_eq!(seen["message"], words, "and not which one");
}

#[tokio::test]
async fn a_refusal_by_rules_is_told_with_the_first_violation_and_once_while_unread() {
    let gz = Guangzhou::new().await;
    let he_jun = gz.he_jun_after_a_late_shift().await;
    let (li, he) = (gz.agent(gz.li).await, gz.agent(he_jun).await);
    let swap = done(gz.offer(&li, false).await);
    let dry = json!({"shiftSwapId": swap["id"], "accept": true, "dryRun": true});
    assert_eq!(codes(&answer(&he, dry, None).await), ["RULE_VIOLATED"]);
    assert_eq!(told(&he).await, ["SHIFT_SWAP_PROPOSED"], "only tried");
    for _ in 0..2 {
        assert_eq!(codes(&accept(&he, &swap, None, None).await), ["RULE_VIOLATED"]);
    }
    assert_eq!(told(&he).await, ["SHIFT_SWAP_PROPOSED", "SHIFT_SWAP_REFUSED"]);
    assert_eq!(told(&li).await, [""; 0], "what stands against He Jun is his business");
    let document = "{ notifications { nodes { message } } }";
    let seen = he.ok(document, json!({})).await["notifications"]["nodes"][0]["message"].take();
    assert_eq!(
        seen,
        "You could not take the shift of Wed 4 Mar 07:00–15:00: Rest between two shifts: 9 h, at least 11 h are needed."
    );
}

#[tokio::test]
async fn an_offer_to_one_colleague_is_told_to_that_one_with_its_end() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = gz.both().await;
    let third = gz.colleague("3", "He Jun").await;
    gz.agent(third).await;
    let colleague = gz.zhou.to_string();
    let swap = offer_to(&gz, &li, &colleague).await;
    assert_eq!(told(&zhou).await, ["SHIFT_SWAP_PROPOSED"]);
    done(cancel(&li, &swap).await);
    assert_eq!(told(&zhou).await, ["SHIFT_SWAP_PROPOSED", "SHIFT_SWAP_WITHDRAWN"]);
    assert_eq!(told(&li).await, [""; 0]);
    let swap = offer_to(&gz, &li, &colleague).await;
    let no = json!({"shiftSwapId": swap["id"], "accept": false});
    assert_eq!(done(answer(&zhou, no, None).await)["state"], "DENIED");
    assert_eq!(told(&li).await, ["SHIFT_SWAP_DENIED"]);
    offer_to(&gz, &li, &colleague).await;
    gz.server.app.clock.set(shanghai("2026-03-03T19:00"));
    assert_eq!(expire_swaps(&gz.server.app, &gz.system()).await.expect("lapse"), 1);
    let again = async |agent| gz.server.sign_in(&format!("{agent}@example.com")).await;
    let (li, zhou) = (again(gz.li).await, again(gz.zhou).await);
    assert_eq!(told(&li).await, ["SHIFT_SWAP_DENIED", "SHIFT_SWAP_EXPIRED"]);
    assert_eq!(told(&zhou).await.last().map(String::as_str), Some("SHIFT_SWAP_EXPIRED"));
    assert_eq!(told(&again(third).await).await, [""; 0]);
}

#[tokio::test]
async fn where_a_leader_decides_the_proposer_hears_first_of_the_yes_and_then_both_of_the_decision()
{
    let gz = Guangzhou::new().await;
    gz.swaps_are(SwapPolicy { always_reviewed: true, ..SwapPolicy::within_site() }).await;
    let (li, zhou) = gz.both().await;
    let other = gz.server.company.db_team(gz.site, "B").await;
    let elsewhere = gz.server.company.db_site("CD").await;
    let deciders = [
        gz.server.leader(gz.team).await,
        gz.server.site_manager(gz.site).await,
        gz.server.planner(gz.site).await,
    ];
    let others = [
        gz.server.leader(other).await,
        gz.server.site_manager(elsewhere).await,
        gz.server.head_office().await,
    ];
    let swap = gz.agreed(&li, &zhou).await;
    assert_eq!(told(&li).await, ["SHIFT_SWAP_ACCEPTED"]);
    assert_eq!(told(&zhou).await, ["SHIFT_SWAP_PROPOSED"], "she knows what she has done");
    for decider in &deciders {
        assert_eq!(told(decider).await, ["SHIFT_SWAP_AWAITS_DECISION"]);
    }
    for other in &others {
        assert_eq!(told(other).await, [""; 0], "it is not theirs to decide");
    }
    let document = "{ notifications { nodes { message subject { id } } } }";
    let seen = deciders[0].ok(document, json!({})).await["notifications"]["nodes"][0].take();
    assert_eq!(seen["subject"]["id"], swap["id"]);
    let words = "A swap waits for your decision: Li Na gives the shift of Wed 4 Mar 07:00–15:00 and gets that of Wed 4 Mar 14:00–22:00.";
    assert_eq!(seen["message"], words);
    let unread = "{ notifications(unreadOnly: true) { nodes { kind } } }";
    done(review(&deciders[0], &swap, true).await);
    for decider in &deciders {
        let left = decider.ok(unread, json!({})).await;
        assert_eq!(left["notifications"]["nodes"], json!([]), "there is nothing left to decide");
    }
    assert_eq!(told(&li).await, ["SHIFT_SWAP_ACCEPTED", "SHIFT_SWAP_APPROVED"]);
    assert_eq!(told(&zhou).await, ["SHIFT_SWAP_PROPOSED", "SHIFT_SWAP_APPROVED"]);
}

#[tokio::test]
async fn an_offer_to_all_is_not_told_to_whom_it_cannot_fit() {
    let gz = Guangzhou::new().await;
    let (company, english) = (&gz.server.company, gz.early_asks_for_english().await);
    let held = [(english, 3)];
    let speaks = company.db_agent("21", "Sun Hao", gz.site, None, &held).await;
    let works = company.db_agent("22", "Wang Fang", gz.site, None, &held).await;
    company.db_shift(gz.week, gz.site, works, "2026-03-04T08:00", 8).await;
    let elsewhere = company.db_site("CD").await;
    let far = company.db_agent("23", "Wu Min", elsewhere, None, &held).await;
    let (li, zhou) = gz.both().await;
    let (sun, wang, wu) = (gz.agent(speaks).await, gz.agent(works).await, gz.agent(far).await);
    done(gz.offer(&li, false).await);
    assert_eq!(told(&sun).await, ["SHIFT_SWAP_PROPOSED"]);
    for (actor, why) in [(&zhou, "lacks the skill"), (&wang, "works then"), (&wu, "is elsewhere")] {
        assert_eq!(told(actor).await, [""; 0], "{why}");
    }
    let list = "{ shiftSwaps { nodes { viewerCanTake { allowed } } } }";
    let seen = async |actor: &Actor| actor.ok(list, json!({})).await["shiftSwaps"]["nodes"].take();
    assert_eq!(seen(&sun).await, json!([{"viewerCanTake": {"allowed": true}}]));
    assert_eq!(seen(&zhou).await, json!([]), "it can never be hers");
    assert_eq!(seen(&wang).await, json!([{"viewerCanTake": {"allowed": false}}]));
    assert_eq!(seen(&li).await, json!([{"viewerCanTake": null}]), "the own one");
}
