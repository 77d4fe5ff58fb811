//! "Both are told": who hears what of a swap, and who does not.

use serde_json::{Value, json};
use trunkline::requests::expire_swaps;
use trunkline_infra::ctx::Ctx;
use trunkline_testkit::shanghai;

use super::{Guangzhou, accept, answer, cancel, codes, done, propose, review, sent};
use crate::{notifications::told, support::Actor};

/// Offers Li's early shift to one colleague.
async fn offer_to(gz: &Guangzhou, li: &Actor, colleague: &str) -> Value {
    let input = json!({"offeredShiftId": gz.early.to_string(), "audience": {"agentId": colleague}});
    let document = "mutation($input: ShiftSwapProposeInput!) {
        shiftSwapPropose(input: $input) { shiftSwap { id state } userErrors { code } } }";
    done(sent(li, document, input, None, "shiftSwapPropose").await)
}

#[tokio::test]
async fn li_na_and_zhou_wei_are_both_told_and_nobody_else() {
    let gz = Guangzhou::new().await;
    let third = gz.colleague("3", "He Jun").await;
    let (li, zhou) = (gz.agent(gz.li).await, gz.agent(gz.zhou).await);
    let (he, leader) = (gz.agent(third).await, gz.server.leader(gz.team).await);
    let swap = done(gz.offer(&li, true).await);
    for actor in [&li, &zhou, &he, &leader] {
        assert_eq!(told(actor).await, [""; 0], "an offer to all stands on the board");
    }
    gz.server.app.clock.set(shanghai("2026-03-02T20:07"));
    done(accept(&zhou, &swap, Some(gz.late), None).await);
    assert_eq!(told(&li).await, ["SHIFT_SWAP_APPROVED"]);
    assert_eq!(told(&zhou).await, ["SHIFT_SWAP_APPROVED"]);
    for actor in [&he, &leader] {
        assert_eq!(told(actor).await, [""; 0]);
    }

    let document = "{ notifications { nodes { message createdAt readAt subject { id }
        params { name value } } } }";
    let seen = li.ok(document, json!({})).await["notifications"]["nodes"][0].take();
    let expected = json!({
        "message": "The swap of the shift of Wed 4 Mar 07:00–15:00 with Zhou Wei is done: your schedule has changed.",
        "createdAt": "2026-03-02T12:07:00Z", "readAt": null, "subject": {"id": swap["id"]},
        "params": [{"name": "startsAt", "value": "2026-03-03T23:00:00Z"},
                   {"name": "endsAt", "value": "2026-03-04T07:00:00Z"}],
    });
    assert_eq!(seen, expected);
    let chinese = zhou.post(&json!({"query": document})).header("accept-language", "zh-CN");
    let chinese: Value = chinese.send().await.expect("answer").json().await.expect("JSON");
    assert_eq!(
        chinese["data"]["notifications"]["nodes"][0]["message"],
        "您与Li Na的换班（3月4日（周三） 07:00–15:00）已生效，您的班表已更新。"
    );
}

#[tokio::test]
async fn of_two_takers_at_once_the_winner_hears_of_success_and_the_loser_of_refusal() {
    let gz = Guangzhou::new().await;
    let (sun, wang) = (gz.colleague("4", "Sun Hao").await, gz.colleague("5", "Wang Fang").await);
    let (li, sun, wang) = (gz.agent(gz.li).await, gz.agent(sun).await, gz.agent(wang).await);
    let swap = done(gz.offer(&li, false).await);
    let (one, two) =
        tokio::join!(accept(&sun, &swap, None, None), accept(&wang, &swap, None, None));
    let (winner, loser) = if codes(&one).is_empty() { (&sun, &wang) } else { (&wang, &sun) };
    assert_eq!(codes(&one).len() + codes(&two).len(), 1, "{one:#} {two:#}");
    assert_eq!(told(winner).await, ["SHIFT_SWAP_APPROVED"]);
    assert_eq!(told(loser).await, ["SHIFT_SWAP_REFUSED"]);
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
    let he_jun = gz.colleague("3", "He Jun").await;
    gz.server.company.db_shift(gz.week, gz.site, he_jun, "2026-03-03T14:00", 8).await;
    let (li, he) = (gz.agent(gz.li).await, gz.agent(he_jun).await);
    let swap = done(gz.offer(&li, false).await);
    let dry = json!({"shiftSwapId": swap["id"], "accept": true, "dryRun": true});
    assert_eq!(codes(&answer(&he, dry, None).await), ["RULE_VIOLATED"]);
    assert_eq!(told(&he).await, [""; 0], "only tried");
    for _ in 0..2 {
        assert_eq!(codes(&accept(&he, &swap, None, None).await), ["RULE_VIOLATED"]);
    }
    assert_eq!(told(&he).await, ["SHIFT_SWAP_REFUSED"]);
    assert_eq!(told(&li).await, [""; 0], "what stands against He Jun is his business");
    let document = "{ notifications { nodes { message } } }";
    let seen = he.ok(document, json!({})).await["notifications"]["nodes"][0]["message"].take();
    assert_eq!(
        seen,
        "You could not take the shift of Wed 4 Mar 07:00–15:00: Rest between two shifts: 9 h, the limit is 11 h."
    );
}

#[tokio::test]
async fn an_offer_to_one_colleague_is_told_to_that_one_with_its_end() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = (gz.agent(gz.li).await, gz.agent(gz.zhou).await);
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
    let ctx = Ctx::of_system(gz.server.company.tenant, "test", gz.server.app.clock.now());
    assert_eq!(expire_swaps(&gz.server.app, &ctx).await.expect("lapse"), 1);
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
    let policy =
        json!({"shift_swap": {"enabled": true, "always_reviewed": true, "across_sites": false}});
    let company = &gz.server.company;
    company
        .db_run(
            "update app.tenant set settings = $2 where id = $1",
            trunkline_infra::params![company.tenant, policy],
        )
        .await;
    let (li, zhou) = (gz.agent(gz.li).await, gz.agent(gz.zhou).await);
    let swap = done(propose(&li, gz.early, true, None).await);
    let swap = done(accept(&zhou, &swap, Some(gz.late), None).await);
    assert_eq!(
        (told(&li).await, told(&zhou).await),
        (vec!["SHIFT_SWAP_ACCEPTED".to_owned()], vec![])
    );
    let leader = gz.server.leader(gz.team).await;
    done(review(&leader, &swap, true).await);
    assert_eq!(told(&li).await, ["SHIFT_SWAP_ACCEPTED", "SHIFT_SWAP_APPROVED"]);
    assert_eq!(told(&zhou).await, ["SHIFT_SWAP_APPROVED"]);
}
