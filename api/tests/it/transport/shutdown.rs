use std::{net::TcpStream, time::Duration};

use actix_web::rt;
use serde_json::json;
use tokio::time::timeout;
use trunkline::http::Settings;

use super::{
    server::{Server, answer, settings},
    socket::{ENDLESS, until},
    socket_client::Client,
};

/// A mutation that ends when the test lets it.
const HELD: &str = "mutation { held }";
/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(20);

/// A client whose mutation on a socket is held.
async fn held(server: &Server) -> Client {
    let mut client = Client::signed_in(server, "good").await;
    client.subscribe("1", HELD).await;
    server.held.begun.cancelled().await;
    client
}

/// A client that gets events.
async fn watching(server: &Server) -> Client {
    let mut client = Client::signed_in(server, "good").await;
    client.subscribe("1", ENDLESS).await;
    client.next().await;
    client
}

/// Begins a mutation the way that is named and leaves before it is answered.
async fn begin_and_leave(server: &Server, way: &str) {
    match way {
        "a socket" => drop(held(server).await),
        "an operation" => {
            let mut client = held(server).await;
            client.send(&json!({ "id": "1", "type": "complete" })).await;
            client.send(&json!({ "type": "ping" })).await;
            assert_eq!(client.next().await["type"], "pong");
        }
        accepted => {
            let request = server.post().header("accept", accepted);
            let request = request.json(&json!({ "query": HELD }));
            let reading = rt::spawn(async move { request.send().await.unwrap().text().await });
            server.held.begun.cancelled().await;
            reading.abort();
        }
    }
}

#[actix_web::test]
async fn a_stop_is_unready_deaf_to_new_calls_sends_sockets_away_and_finishes_what_runs() {
    let server = Server::start();
    assert_eq!(server.ops.readiness().await, Ok(()));
    let request = server.post().header("connection", "close").json(&json!({ "query": "{ held }" }));
    let running = rt::spawn(answer(request));
    server.held.begun.cancelled().await;
    let mut client = watching(&server).await;

    let stopper = server.stopper();
    let stopping = rt::spawn(async move { stopper.stop().await });
    assert_eq!(client.close_code().await, 1012);
    drop(client);
    assert_eq!(server.ops.readiness().await, Err("ending"));
    until(|| TcpStream::connect(&server.address).is_err()).await;
    assert!(!stopping.is_finished(), "a request is still running");

    server.held.end.cancel();
    let (status, body) = running.await.expect("an answer");
    assert_eq!((status, &body["data"]["held"]), (200, &json!(true)));
    stopping.await.expect("the server stops");
    assert_eq!(server.gauges.live_streams(), 0);
}

#[actix_web::test]
async fn a_mutation_is_carried_to_its_end_whoever_leaves_and_a_stop_waits_for_it() {
    for way in ["a socket", "an operation", "text/event-stream", "application/json"] {
        // A stream finds out that nobody reads it by what it sends.
        let brief = Settings { keep_alive: Duration::from_millis(20), ..settings() };
        let server = Server::with(brief, true, 0);
        begin_and_leave(&server, way).await;
        // A request may also hold its connection until it is answered.
        if way != "application/json" {
            until(|| !server.unattended.is_empty()).await;
        }
        let stopper = server.stopper();
        let stopping = rt::spawn(async move { stopper.stop().await });
        until(|| server.shutdown.is_cancelled()).await;
        assert!(!server.held.undone.is_cancelled(), "{way}");
        server.held.end.cancel();
        timeout(LONG, server.held.done.cancelled()).await.expect("it is carried to its end");
        timeout(LONG, stopping).await.expect("in time").expect("the server stops");
        assert!(server.unattended.is_empty(), "{way}");
    }
}

#[actix_web::test]
async fn a_mutation_is_carried_to_its_end_when_its_caller_leaves_after_a_stop_began() {
    for way in ["a socket", "text/event-stream"] {
        let brief = Settings { keep_alive: Duration::from_millis(20), ..settings() };
        let server = Server::with(brief, true, 0);
        let (mut socket, mut stream) = (None, None);
        if way == "a socket" {
            socket = Some(held(&server).await);
        } else {
            let request = server.post().header("accept", way).json(&json!({ "query": HELD }));
            let reading = async move { request.send().await.unwrap().text().await };
            stream = Some(rt::spawn(reading));
            server.held.begun.cancelled().await;
        }
        let stopper = server.stopper();
        let stopping = rt::spawn(async move { stopper.stop().await });
        until(|| server.shutdown.is_cancelled()).await;
        assert!(server.unattended.is_empty(), "{way}: somebody waits for it");
        drop(socket.take());
        if let Some(stream) = stream.take() {
            stream.abort();
        }
        until(|| !server.unattended.is_empty()).await;
        assert!(!stopping.is_finished() && !server.held.undone.is_cancelled(), "{way}");
        server.held.end.cancel();
        timeout(LONG, server.held.done.cancelled()).await.expect("it is carried to its end");
        timeout(LONG, stopping).await.expect("in time").expect("the server stops");
        assert!(server.unattended.is_empty(), "{way}");
    }
}

#[actix_web::test]
async fn a_mutation_on_a_socket_or_stream_is_answered_before_a_stop_ends_it() {
    let server = Server::start();
    let mut other = watching(&server).await;
    let mut client = held(&server).await;
    let stopper = server.stopper();
    let stopping = rt::spawn(async move { stopper.stop().await });
    assert_eq!(other.close_code().await, 1012);
    // Nothing new is begun on it; the client asks again elsewhere.
    client.subscribe("2", "{ __typename }").await;
    client.send(&json!({ "type": "ping" })).await;
    assert_eq!(client.next().await["type"], "pong");
    assert!(!stopping.is_finished(), "a mutation is still running");
    server.held.end.cancel();
    let payload = json!({ "data": { "held": true } });
    assert_eq!(client.next().await, json!({ "id": "1", "type": "next", "payload": payload }));
    assert_eq!(client.next().await, json!({ "id": "1", "type": "complete" }));
    assert_eq!(client.close_code().await, 1012);
    drop((client, other));
    timeout(LONG, stopping).await.expect("in time").expect("the server stops");

    let server = Server::start();
    let request = server.post().header("accept", "text/event-stream");
    let request = request.header("connection", "close").json(&json!({ "query": HELD }));
    let reading = rt::spawn(async move { request.send().await.unwrap().text().await.unwrap() });
    server.held.begun.cancelled().await;
    let stopper = server.stopper();
    let stopping = rt::spawn(async move { stopper.stop().await });
    until(|| server.shutdown.is_cancelled()).await;
    server.held.end.cancel();
    let body = timeout(LONG, reading).await.expect("in time").expect("a body");
    assert!(
        body.contains("\"held\":true") && body.ends_with("event: complete\ndata:\n\n"),
        "{body}"
    );
    timeout(LONG, stopping).await.expect("in time").expect("the server stops");
}

#[actix_web::test]
async fn a_mutation_that_outlasts_the_time_of_a_stop_holds_no_socket() {
    let brief = Settings { drain: Duration::from_millis(100), ..settings() };
    let server = Server::with(brief, true, 0);
    let mut client = held(&server).await;
    server.shutdown.cancel();
    assert_eq!(client.close_code().await, 1012);
    until(|| !server.unattended.is_empty()).await;
    server.held.end.cancel();
    timeout(LONG, server.held.done.cancelled()).await.expect("it goes on without its socket");
}
