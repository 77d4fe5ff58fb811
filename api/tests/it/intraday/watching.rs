//! Boards as they change, for who watches them.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::{at, centre, gauge};

#[tokio::test]
async fn a_socket_is_told_when_the_board_changes() {
    let centre = centre().await;
    let office = centre.server.head_office().await;
    let document = "subscription($after: String, $first: Int) {
        wallboardChanged(after: $after, first: $first) {
        cursor network { waiting { contacts isStale } } } }";
    let mut boards = office.subscribe(document, json!({})).await;
    let nothing = boards.next("wallboardChanged").await;
    assert_eq!(nothing["network"]["waiting"], Value::Null);
    centre.gauges(&[gauge("GZ", 3, 40, 0)]).await;
    let pushed = boards.next("wallboardChanged").await;
    assert_eq!(pushed["network"]["waiting"], json!({"contacts": 3, "isStale": false}));
    centre.server.app.clock.set(at(31));
    let stale = boards.next("wallboardChanged").await;
    assert_eq!(stale["network"]["waiting"], json!({"contacts": 3, "isStale": true}));

    // One board and no more, so that the known one would take the place of the next.
    let after = json!({"after": stale["cursor"], "first": 1});
    let mut resumed = office.subscribe(document, after).await;
    let known = timeout(Duration::from_secs(2), resumed.next("wallboardChanged")).await;
    assert!(known.is_err(), "it is known already: {known:?}");
    centre.gauges(&[gauge("GZ", 5, 10, 31)]).await;
    let next = resumed.next("wallboardChanged").await;
    assert_eq!(next["network"]["waiting"]["contacts"], 5);
    assert_eq!(resumed.completes().await, "1");
}

#[tokio::test]
async fn a_watch_of_so_many_boards_ends_with_the_last() {
    let centre = centre().await;
    let office = centre.server.head_office().await;
    let document = "subscription($first: Int) { wallboardChanged(first: $first) { cursor } }";
    let mut boards = office.events(document, json!({"first": 2})).await;
    let one = boards.next().await.expect("a board");
    centre.gauges(&[gauge("GZ", 3, 40, 0)]).await;
    let two = boards.next().await.expect("another board");
    assert_ne!(one, two);
    assert_eq!(boards.next().await, None);
    let refused =
        office.events(document, json!({"first": 0})).await.next().await.expect("an answer");
    assert_eq!(refused["errors"][0]["extensions"]["code"], "INVALID_ARGUMENT");
}
