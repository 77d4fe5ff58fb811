//! Days of figures are local days of the site, 23 to 25 hours long.
#![expect(clippy::expect_used, reason = "a test that cannot be prepared has failed")]

use jiff::{SignedDuration, Timestamp, civil::Date};
use trunkline_domain::id::{QueueId, SiteId};
use trunkline_infra::{
    forecasting::{IntervalFigure, upsert_figures},
    intraday::load_facts,
    kpis::call_sums,
    params,
};
use trunkline_testkit::{Company, database};

fn at(text: &str) -> Timestamp {
    text.parse().expect("instant")
}

fn day(text: &str) -> Date {
    text.parse().expect("date")
}

/// A site in Berlin that takes contacts of a queue in Shanghai.
async fn berlin(now: &str) -> (Company, SiteId, QueueId) {
    let database = database().await;
    let company = Company::db_new(&database.connect().await, database, at(now)).await;
    let site = company.db_site("BER").await;
    company
        .db_run(
            "update app.site set time_zone = 'Europe/Berlin' where tenant_id = $1 and id = $2",
            params![company.tenant, site],
        )
        .await;
    let queue = company.db_queue("presale", 60, &[site], None).await;
    (company, site, queue)
}

/// A contact in each hour of `hours` from `start`.
async fn hourly(company: &Company, queue: QueueId, site: Option<SiteId>, start: &str, hours: i64) {
    let rows: Vec<IntervalFigure> = (0..hours)
        .map(|hour| IntervalFigure {
            queue_id: queue,
            site_id: site,
            starts_at: at(start) + SignedDuration::from_hours(hour),
            offered: 1,
            answered: Some(1),
            answered_in_threshold: Some(1),
            abandoned: Some(0),
            abandoned_in_threshold: Some(0),
            abandoned_short: None,
            wait_seconds: None,
            talk_seconds: None,
            hold_seconds: None,
            acw_seconds: None,
            handle_seconds: None,
            threshold_seconds: Some(20),
            waits: None,
            quality: 0,
            source: "test".to_owned(),
            received_at: at("2026-11-01T00:00:00Z"),
        })
        .collect();
    let tx = company.db_begin().await;
    upsert_figures(&tx, &rows).await.expect("figures");
    tx.commit().await.expect("commit");
}

async fn offered(company: &Company, site: Option<SiteId>, date: &str) -> i64 {
    let date = day(date);
    let tx = company.db_begin().await;
    let sums = call_sums(&tx, date, date.tomorrow().expect("day")).await.expect("sums");
    sums.iter().filter(|row| row.site_id == site).map(|row| row.offered).sum()
}

#[tokio::test]
async fn the_days_on_which_clocks_change_have_23_and_25_hours() {
    let (company, site, queue) = berlin("2026-03-30T12:00:00Z").await;
    hourly(&company, queue, Some(site), "2026-03-27T23:00:00Z", 96).await;
    hourly(&company, queue, Some(site), "2026-10-23T22:00:00Z", 96).await;
    for (date, hours) in [
        ("2026-03-28", 24),
        ("2026-03-29", 23),
        ("2026-03-30", 24),
        ("2026-10-24", 24),
        ("2026-10-25", 25),
        ("2026-10-26", 24),
    ] {
        assert_eq!(offered(&company, Some(site), date).await, hours, "{date}");
    }
}

#[tokio::test]
async fn what_reached_no_site_counts_in_the_day_of_its_queue() {
    let (company, site, queue) = berlin("2026-03-30T12:00:00Z").await;
    // 23:00 of the 1st in Berlin is 06:00 of the 2nd in Shanghai.
    hourly(&company, queue, Some(site), "2026-03-01T22:00:00Z", 1).await;
    hourly(&company, queue, None, "2026-03-01T22:00:00Z", 1).await;
    assert_eq!(offered(&company, Some(site), "2026-03-01").await, 1);
    assert_eq!(offered(&company, None, "2026-03-01").await, 0);
    assert_eq!(offered(&company, None, "2026-03-02").await, 1);
}

#[tokio::test]
async fn a_board_speaks_of_the_local_day_of_each_site_also_when_clocks_change() {
    for (now, first, hours) in [
        // 23:30 of a day that began at 00:00+01:00 and ends at 24:00+02:00.
        ("2026-03-29T21:30:00Z", "2026-03-28T23:00:00Z", 23),
        // 23:30 of a day that began at 00:00+02:00 and ends at 24:00+01:00.
        ("2026-10-25T22:30:00Z", "2026-10-24T22:00:00Z", 25),
    ] {
        let (company, site, queue) = berlin(now).await;
        // An hour before the day, all of its hours, and one that begins the next.
        let before = at(first) - SignedDuration::from_hours(1);
        hourly(&company, queue, Some(site), &before.to_string(), hours + 2).await;
        let tx = company.db_begin().await;
        let facts = load_facts(&tx, at(now)).await.expect("facts");
        let today: Vec<_> = facts
            .today
            .iter()
            .map(|it| (it.key.site, it.key.starts_at, it.figures.offered))
            .collect();
        assert_eq!(today, [(Some(site), at(first), hours.unsigned_abs())], "{now}");
        let periods: u64 = facts.periods.iter().map(|it| it.offered).sum();
        assert_eq!(periods, hours.unsigned_abs());
    }
}
