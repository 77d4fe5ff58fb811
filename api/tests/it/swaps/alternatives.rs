//! What is offered instead of a swap that the rules refuse.

use serde_json::{Value, json};
use trunkline_domain::id::ShiftId;
use trunkline_infra::params;
use trunkline_testkit::shanghai;

use super::{Guangzhou, accept, answer, codes, done, sent};
use crate::support::Actor;

const INSTEAD: &str = "alternatives { startsAt endsAt shift { id } agent { id } }";

/// A try of a yes.
async fn tried(actor: &Actor, swap: &Value, back: Option<ShiftId>) -> Value {
    let back = back.map(|shift| shift.to_string());
    let input = json!({"shiftSwapId": swap["id"], "accept": true, "returnShiftId": back,
                       "dryRun": true});
    let document = format!(
        "mutation($input: ShiftSwapAnswerInput!) {{
           shiftSwapAnswer(input: $input) {{ {INSTEAD} userErrors {{ code }} }} }}"
    );
    sent(actor, &document, input, None, "shiftSwapAnswer").await
}

/// The early shift of Wednesday.
fn early(shift: &Value, agent: &Value) -> Value {
    json!({"startsAt": shanghai("2026-03-04T07:00"), "endsAt": shanghai("2026-03-04T15:00"),
           "shift": shift, "agent": agent})
}

#[tokio::test]
async fn who_cannot_take_a_shift_hears_of_others_who_could_and_not_who_they_are() {
    let gz = Guangzhou::new().await;
    let he_jun = gz.he_jun_after_a_late_shift().await;
    let (li, he) = (gz.agent(gz.li).await, gz.agent(he_jun).await);
    let (sun, wang) = gz.two_takers().await;
    let swap = done(gz.offer(&li, false).await);
    let refused = tried(&he, &swap, None).await;
    assert_eq!(codes(&refused), ["RULE_VIOLATED"]);
    let anonymous = || early(&Value::Null, &Value::Null);
    assert_eq!(refused["alternatives"], json!([anonymous(), anonymous()]), "{refused:#}");
    for colleague in [&sun, &wang] {
        let passes = tried(colleague, &swap, None).await;
        assert_eq!((codes(&passes), &passes["alternatives"]), (vec![], &json!([])));
    }

    assert_eq!(codes(&accept(&he, &swap, None, None).await), ["RULE_VIOLATED"]);
    let tx = gz.server.company.db_begin().await;
    let sql = "select jsonb_array_length(detail -> 'alternatives') as value from app.audit_event
               where tenant_id = $1 and action = 'shift_swap.refuse'";
    let recorded: Option<i32> = tx.scalar(sql, params![tx.tenant()]).await.expect("the record");
    assert_eq!(recorded, Some(2), "the record says the same");
}

#[tokio::test]
async fn another_shift_of_ones_own_is_named_where_it_would_do_in_return() {
    let gz = Guangzhou::new().await;
    let sun = gz.colleague("4", "Sun Hao").await;
    let company = &gz.server.company;
    // Li works on Thursday then, and is free on Friday.
    let thursday = company.db_shift(gz.week, gz.site, sun, "2026-03-05T14:00", 8).await;
    let friday = company.db_shift(gz.week, gz.site, sun, "2026-03-06T13:00", 8).await;
    let (li, zhou) = gz.both().await;
    let sun_signed_in = gz.agent(sun).await;
    let input = json!({
        "offeredShiftId": gz.early.to_string(), "audience": {"teamIds": []},
        "acceptableWindows": [{"startsAt": shanghai("2026-03-04T00:00"),
                               "endsAt": shanghai("2026-03-07T00:00")}],
    });
    let document = "mutation($input: ShiftSwapProposeInput!) { shiftSwapPropose(input: $input) {
        shiftSwap { id } userErrors { code } } }";
    let swap = done(sent(&li, document, input, None, "shiftSwapPropose").await);
    let refused = tried(&sun_signed_in, &swap, Some(thursday)).await;
    assert_eq!(codes(&refused), ["RULE_VIOLATED"]);
    let expected = json!([
        {"startsAt": shanghai("2026-03-04T14:00"), "endsAt": shanghai("2026-03-04T22:00"),
         "shift": null, "agent": null},
        {"startsAt": shanghai("2026-03-06T13:00"), "endsAt": shanghai("2026-03-06T21:00"),
         "shift": {"id": friday.to_string()}, "agent": {"id": sun.to_string()}},
    ]);
    assert_eq!(refused["alternatives"], expected, "{refused:#}");
    assert_eq!(codes(&tried(&zhou, &swap, Some(gz.late)).await), [""; 0]);
    assert_eq!(codes(&tried(&sun_signed_in, &swap, Some(friday)).await), [""; 0]);
}

#[tokio::test]
async fn who_offers_to_one_who_cannot_take_it_hears_that_others_could() {
    let gz = Guangzhou::new().await;
    let he_jun = gz.he_jun_after_a_late_shift().await;
    let li = gz.agent(gz.li).await;
    let (sun, _) = gz.two_takers().await;
    let document = format!(
        "mutation($input: ShiftSwapProposeInput!) {{ shiftSwapPropose(input: $input) {{
           shiftSwap {{ id state }} {INSTEAD} userErrors {{ code }} }} }}"
    );
    let mut input = json!({"offeredShiftId": gz.early.to_string(), "dryRun": true,
                           "audience": {"agentId": he_jun.to_string()}});
    let tried = sent(&li, &document, input.clone(), None, "shiftSwapPropose").await;
    let shift = json!({"id": gz.early.to_string()});
    let other = || early(&shift, &Value::Null);
    assert_eq!(tried["alternatives"], json!([other(), other()]), "her own shift: {tried:#}");
    input["dryRun"] = json!(false);
    let offered = sent(&li, &document, input, None, "shiftSwapPropose").await;
    assert_eq!(offered["alternatives"], tried["alternatives"], "a try says the same");
    let swap = done(offered);
    assert_eq!(swap["state"], "OPEN");
    let no = json!({"shiftSwapId": swap["id"], "accept": false});
    let stranger = answer(&sun, no, None).await;
    assert_eq!(codes(&stranger), ["NOT_FOUND"], "it is offered to one alone");
}
