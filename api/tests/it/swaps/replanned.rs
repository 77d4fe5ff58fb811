//! Swaps under way while days of the published schedule are planned anew.

use jiff::civil::date;
use serde_json::json;

use super::{Guangzhou, accept, codes, done, wednesday};

/// Publishes a draft of these days of March 2026, with shifts of Li and Zhou on its Thursday if it has one.
async fn replan(gz: &Guangzhou, first: i8, last: i8) {
    let company = &gz.server.company;
    let days = (date(2026, 3, first), date(2026, 3, last));
    let draft = company.db_schedule(gz.site, days.0, days.1, false).await;
    if (first..=last).contains(&5) {
        for agent in [gz.li, gz.zhou] {
            company.db_shift(draft, gz.site, agent, "2026-03-05T13:00", 8).await;
        }
    }
    let document = "mutation($input: SchedulePublishInput!) { schedulePublish(input: $input) {
        violations { rule } userErrors { code } } }";
    let planner = gz.server.planner(gz.site).await;
    let input = json!({"input": {"scheduleId": draft.to_string()}});
    let published = planner.ok(document, input).await["schedulePublish"].take();
    assert_eq!(codes(&published), [""; 0], "{published:#}");
}

#[tokio::test]
async fn a_swap_of_days_that_stay_goes_on_and_leads_to_both_rosters() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = gz.both().await;
    let swap = done(gz.offer(&li, true).await);
    replan(&gz, 5, 8).await;
    let taken = done(accept(&zhou, &swap, Some(gz.late), None).await);
    assert_eq!(taken["state"], "APPROVED");
    let wednesdays = (wednesday(&li).await, wednesday(&zhou).await);
    assert_eq!(wednesdays, (vec![gz.late.to_string()], vec![gz.early.to_string()]));
}

#[tokio::test]
async fn a_shift_that_was_replaced_can_no_more_be_taken() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = gz.both().await;
    let swap = done(gz.offer(&li, false).await);
    replan(&gz, 4, 4).await;
    let refused = accept(&zhou, &swap, None, None).await;
    assert_eq!(codes(&refused), ["NOT_FOUND"], "{refused:#}");
    assert_eq!((wednesday(&li).await.len(), wednesday(&zhou).await.len()), (0, 0));
}
