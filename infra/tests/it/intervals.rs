//! Figures of intervals in bulk, and the sums of days that follow them.
#![expect(clippy::expect_used, reason = "a test that cannot be prepared has failed")]

use jiff::{SignedDuration, Timestamp};
use trunkline_domain::id::{QueueId, SiteId};
use trunkline_infra::{
    forecasting::{IntervalFigure, Upserted, figures, upsert_figures},
    params, read_model,
};
use trunkline_testkit::{Company, database};

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("instant")
}

async fn company() -> Company {
    let database = database().await;
    Company::db_new(&database.connect().await, database, at("2026-03-02T12:00:00Z")).await
}

pub fn figure(
    queue: QueueId,
    site: Option<SiteId>,
    starts_at: Timestamp,
    offered: u32,
) -> IntervalFigure {
    IntervalFigure {
        queue_id: queue,
        site_id: site,
        starts_at,
        offered,
        answered: Some(offered),
        answered_in_threshold: None,
        abandoned: Some(0),
        abandoned_in_threshold: None,
        abandoned_short: None,
        wait_seconds: None,
        talk_seconds: None,
        hold_seconds: None,
        acw_seconds: None,
        handle_seconds: Some(u64::from(offered) * 180),
        threshold_seconds: Some(20),
        waits: None,
        quality: 0,
        source: "test".to_owned(),
        received_at: at("2026-03-02T12:00:00Z"),
    }
}

pub async fn write(company: &Company, rows: &[IntervalFigure]) -> Upserted {
    let tx = company.db_begin().await;
    let done = upsert_figures(&tx, rows).await.expect("upsert");
    tx.commit().await.expect("commit");
    done
}

read_model! {
    struct DaySum {
        local_date: jiff::civil::Date,
        site_id: Option<SiteId>,
        intervals: i32,
        offered: i64,
        answered: Option<i64>,
        threshold_seconds: Option<i32>,
    }
}

async fn days(company: &Company) -> Vec<(String, bool, i32, i64, Option<i64>, Option<i32>)> {
    let rows: Vec<DaySum> = company
        .db_begin()
        .await
        .all(
            "select local_date, site_id, intervals, offered, answered, threshold_seconds
             from app.queue_day where tenant_id = $1 order by local_date, site_id nulls first",
            params![company.tenant],
        )
        .await
        .expect("days");
    rows.into_iter()
        .map(|it| {
            let site = it.site_id.is_some();
            (
                it.local_date.to_string(),
                site,
                it.intervals,
                it.offered,
                it.answered,
                it.threshold_seconds,
            )
        })
        .collect()
}

#[tokio::test]
async fn the_same_rows_again_change_nothing_and_a_correction_replaces() {
    let company = company().await;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    // 23:30 and 00:00 in Shanghai.
    let rows = [
        figure(queue, Some(site), at("2026-03-01T15:30:00Z"), 10),
        figure(queue, Some(site), at("2026-03-01T16:00:00Z"), 20),
        figure(queue, None, at("2026-03-01T16:00:00Z"), 3),
    ];
    let first = write(&company, &rows).await;
    assert_eq!(first, Upserted { inserted: 3, replaced: 0, unchanged: 0 });
    let sums = [
        ("2026-03-01".to_owned(), true, 1, 10, Some(10), Some(20)),
        ("2026-03-02".to_owned(), false, 1, 3, Some(3), Some(20)),
        ("2026-03-02".to_owned(), true, 1, 20, Some(20), Some(20)),
    ];
    assert_eq!(days(&company).await, sums);

    let again = write(&company, &rows).await;
    assert_eq!(again, Upserted { inserted: 0, replaced: 0, unchanged: 3 });

    let mut correction = figure(queue, Some(site), at("2026-03-01T16:00:00Z"), 25);
    correction.answered = None;
    correction.threshold_seconds = Some(40);
    correction.received_at = at("2026-03-02T13:00:00Z");
    let corrected = write(&company, &[correction.clone()]).await;
    assert_eq!(corrected, Upserted { inserted: 0, replaced: 1, unchanged: 0 });
    assert_eq!(days(&company).await[2], ("2026-03-02".to_owned(), true, 1, 25, None, Some(40)));

    let late = write(&company, &rows).await;
    assert_eq!(late.unchanged, 3, "what was said earlier never replaces");
    let tx = company.db_begin().await;
    let (from, to) = (at("2026-03-01T16:00:00Z"), at("2026-03-02T16:00:00Z"));
    let read = figures(&tx, queue, Some(&[]), from, to).await.expect("figures");
    let offered: Vec<_> = read.iter().map(|row| (row.site_id, row.offered)).collect();
    assert_eq!(offered, [(None, 3)], "another site's figures are left out");
    assert_eq!(figures(&tx, queue, None, from, to).await.expect("figures").len(), 2);
}

#[tokio::test]
async fn a_sum_is_unknown_when_an_interval_of_the_day_is_and_thresholds_that_differ_are_mixed() {
    let company = company().await;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let mut rows = [
        figure(queue, Some(site), at("2026-03-02T02:00:00Z"), 10),
        figure(queue, Some(site), at("2026-03-02T02:30:00Z"), 20),
    ];
    rows[1].answered = None;
    rows[1].threshold_seconds = Some(40);
    write(&company, &rows).await;
    assert_eq!(days(&company).await, [("2026-03-02".to_owned(), true, 2, 30, None, None)]);
}

#[tokio::test]
async fn a_year_of_five_minutes_goes_in_by_few_statements_and_adds_up() {
    let company = company().await;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 5, &[site], None).await;
    let start = at("2025-01-01T00:00:00Z");
    let rows: Vec<_> = (0..33_000)
        .map(|n| figure(queue, None, start + SignedDuration::from_mins(5 * n), (n % 50) as u32))
        .collect();
    let done = write(&company, &rows).await;
    assert_eq!(done.inserted, 33_000);
    let sums = days(&company).await;
    assert_eq!(sums.iter().map(|day| day.2).sum::<i32>(), 33_000);
    let offered: u64 = rows.iter().map(|row| u64::from(row.offered)).sum();
    assert_eq!(sums.iter().map(|day| day.3).sum::<i64>(), offered as i64);
}

#[tokio::test]
async fn writers_of_one_day_leave_its_sum_whole() {
    let company = company().await;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let start = at("2026-03-02T02:00:00Z");
    let writers = (0..6).map(|n| {
        let row = figure(queue, Some(site), start + SignedDuration::from_mins(30 * n), 10);
        let company = &company;
        async move { write(company, &[row]).await }
    });
    futures_util::future::join_all(writers).await;
    assert_eq!(days(&company).await[0].3, 60);
}

#[tokio::test]
async fn a_queue_of_another_company_is_not_there() {
    let (ours, theirs) = (company().await, company().await);
    let site = theirs.db_site("GZ").await;
    let queue = theirs.db_queue("presale", 30, &[site], None).await;
    let tx = ours.db_begin().await;
    let row = figure(queue, None, at("2026-03-02T02:00:00Z"), 1);
    let error = upsert_figures(&tx, &[row]).await.expect_err("refused");
    assert_eq!(error.constraint(), Some("interval_figure_queue_fkey"));
}
