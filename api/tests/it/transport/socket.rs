use std::time::Duration;

use serde_json::json;
use trunkline::http::{Settings, SocketSettings};

use super::{
    server::{Server, settings},
    socket_client::Client,
};

pub(super) const ENDLESS: &str = "subscription { tick(count: 1000000, everyMs: 5) }";

pub(super) async fn until(mut done: impl FnMut() -> bool) {
    let waiting = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it happens in the end");
}

#[actix_web::test]
async fn a_subscription_delivers_and_completes() {
    let server = Server::start();
    for token in ["good", "Bearer good"] {
        let mut client = Client::signed_in(&server, token).await;
        client.subscribe("1", "subscription { tick(count: 2, everyMs: 1) }").await;
        for i in 0..2 {
            let payload = json!({ "data": { "tick": i } });
            assert_eq!(
                client.next().await,
                json!({ "id": "1", "type": "next", "payload": payload })
            );
        }
        assert_eq!(client.next().await, json!({ "id": "1", "type": "complete" }));
    }
}

#[actix_web::test]
async fn the_graphql_path_upgrades_too_and_carries_queries() {
    let server = Server::start();
    let mut client = Client::open(&server, "/graphql").await;
    client.init("good").await;
    assert_eq!(client.next().await["type"], "connection_ack");
    client.subscribe("q", "{ slow a: __typename }").await;
    let payload = client.next().await["payload"].to_string();
    assert_eq!(payload, r#"{"data":{"slow":1,"a":"Query"}}"#);
}

#[actix_web::test]
async fn what_breaks_the_protocol_closes_with_its_code() {
    let server = Server::start();
    for (message, code) in [
        ("nonsense", 4400),
        ("[]", 4400),
        (r#"{"type":"nope"}"#, 4400),
        (r#"{"type":"subscribe","payload":{"query":"{a}"}}"#, 4400),
        (r#"{"id":"1","type":"subscribe","payload":{}}"#, 4400),
        (r#"{"type":"connection_init"}"#, 4429),
    ] {
        let mut client = Client::signed_in(&server, "good").await;
        client.text(message.to_owned()).await;
        assert_eq!(client.close_code().await, code, "{message}");
    }
}

#[actix_web::test]
async fn an_operation_before_the_acknowledgement_closes_with_4401() {
    let server = Server::start();
    let mut client = Client::open(&server, "/graphql/ws").await;
    client.subscribe("1", "{ __typename }").await;
    assert_eq!(client.close_code().await, 4401);
}

#[actix_web::test]
async fn a_bad_token_closes_with_4403() {
    let server = Server::start();
    let mut client = Client::open(&server, "/graphql/ws").await;
    client.init("bad").await;
    assert_eq!(client.close_code().await, 4403);
}

/// A server that looks again at every open connection after `pause`.
fn rechecking(pause: Duration) -> Server {
    Server::with(Settings { recheck: pause, ..settings() }, true, 0)
}

#[actix_web::test]
async fn what_was_taken_away_closes_with_4403_and_what_was_not_goes_on() {
    let server = rechecking(Duration::from_millis(100));
    let mut good = Client::signed_in(&server, "good").await;
    good.subscribe("1", ENDLESS).await;
    let mut client = Client::signed_in(&server, "taken away").await;
    client.subscribe("1", ENDLESS).await;
    assert_eq!(client.next().await["type"], "next");
    assert_eq!(client.close_code().await, 4403);
    for _ in 0..100 {
        assert_eq!(good.next().await["type"], "next");
    }
    until(|| server.gauges.live_streams() == 1).await;
}

#[actix_web::test]
async fn a_caller_of_whom_nothing_can_be_found_out_twice_is_asked_to_come_again() {
    let server = rechecking(Duration::from_millis(100));
    for token in ["unsure", "silent"] {
        let began = std::time::Instant::now();
        let mut client = Client::signed_in(&server, token).await;
        client.subscribe("1", ENDLESS).await;
        assert_eq!(client.close_code().await, 1013, "{token}");
        assert!(
            began.elapsed() >= Duration::from_millis(200),
            "after the second look, not the first"
        );
    }
}

#[actix_web::test]
async fn a_token_that_runs_out_closes_with_4403() {
    let server = Server::start();
    let mut client = Client::signed_in(&server, "brief").await;
    client.subscribe("1", ENDLESS).await;
    assert_eq!(client.next().await["type"], "next");
    assert_eq!(client.close_code().await, 4403);
}

#[actix_web::test]
async fn a_client_that_does_not_introduce_itself_is_closed_with_4408() {
    let server = Server::start();
    let mut client = Client::open(&server, "/graphql/ws").await;
    assert_eq!(client.close_code().await, 4408);
}

#[actix_web::test]
async fn an_id_in_use_closes_with_4409_and_may_be_used_after_its_end() {
    let server = Server::start();
    let mut client = Client::signed_in(&server, "good").await;
    for _ in 0..20 {
        client.subscribe("1", "{ __typename }").await;
        assert_eq!(client.next().await["type"], "next");
        assert_eq!(client.next().await["type"], "complete");
    }
    client.subscribe("1", ENDLESS).await;
    client.subscribe("1", ENDLESS).await;
    assert_eq!(client.close_code().await, 4409);
}

#[actix_web::test]
async fn a_message_that_is_too_large_closes_with_1009() {
    let server = Server::start();
    let mut client = Client::signed_in(&server, "good").await;
    client.subscribe("1", &format!("{{ __typename #{} \n}}", "x".repeat(5_000))).await;
    assert_eq!(client.close_code().await, 1009);
}

#[actix_web::test]
async fn an_invalid_document_is_an_error_message_and_the_socket_stays() {
    let server = Server::start();
    let mut client = Client::signed_in(&server, "good").await;
    for (document, code) in [("{ nope }", "VALIDATION_FAILED"), ("{ {", "PARSE_FAILED")] {
        client.subscribe("1", document).await;
        let message = client.next().await;
        assert_eq!(message["type"], "error");
        assert_eq!(message["payload"][0]["extensions"]["code"], code);
    }
    client.send(&json!({ "type": "ping", "payload": { "a": 1 } })).await;
    assert_eq!(client.next().await, json!({ "type": "pong", "payload": { "a": 1 } }));
}

#[actix_web::test]
async fn one_operation_too_many_is_an_error_message() {
    let server = Server::start();
    let mut client = Client::signed_in(&server, "good").await;
    for i in 0..6 {
        client.subscribe(&i.to_string(), ENDLESS).await;
    }
    let refused = loop {
        let message = client.next().await;
        if message["type"] == "error" {
            break message;
        }
    };
    assert_eq!(refused["id"], "5");
    assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED");
}

#[actix_web::test]
async fn a_stopped_operation_ends_its_stream() {
    let server = Server::start();
    let mut client = Client::signed_in(&server, "good").await;
    client.subscribe("1", ENDLESS).await;
    client.next().await;
    assert_eq!(server.gauges.live_streams(), 1);
    client.send(&json!({ "id": "1", "type": "complete" })).await;
    until(|| server.gauges.live_streams() == 0).await;
}

#[actix_web::test]
async fn a_vanished_client_leaves_no_stream_behind() {
    let server = Server::start();
    let mut client = Client::signed_in(&server, "good").await;
    for id in ["1", "2", "3"] {
        client.subscribe(id, ENDLESS).await;
    }
    until(|| server.gauges.live_streams() == 3).await;
    drop(client);
    until(|| server.gauges.live_streams() == 0 && server.gauges.live_sockets() == 0).await;
}

/// A server that gives a client up soon.
fn impatient() -> Server {
    let usual = settings();
    let socket = SocketSettings { write_timeout: Duration::from_millis(200), ..usual.socket };
    Server::with(Settings { socket, ..usual }, true, 0)
}

#[actix_web::test]
async fn a_client_that_does_not_read_is_given_up() {
    let server = impatient();
    let mut client = Client::signed_in(&server, "good").await;
    client.subscribe("1", "subscription { flood }").await;
    assert_eq!(client.next().await["type"], "next");
    until(|| server.gauges.live_sockets() == 0 && server.gauges.live_streams() == 0).await;
}

#[actix_web::test]
async fn a_client_that_pings_and_does_not_read_is_given_up() {
    let server = impatient();
    let mut client = Client::signed_in(&server, "good").await;
    assert_eq!(server.gauges.live_sockets(), 1);
    tokio::select! {
        () = until(|| server.gauges.live_sockets() == 0) => {}
        () = client.ping_without_end() => {}
    }
    assert_eq!(server.gauges.live_sockets(), 0);
}
