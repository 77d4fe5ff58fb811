//! How many sockets and streams may be open, and what those may do who have not signed in.

use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, client::IntoClientRequest as _},
};
use trunkline::http::{CrowdLimits, Settings, SocketSettings};

use super::{
    server::{Server, code, settings},
    socket::{ENDLESS, until},
    socket_client::Client,
};

fn with(socket: SocketSettings, crowd: CrowdLimits) -> Server {
    Server::with(Settings { socket, crowd, ..settings() }, true, 0)
}

/// A socket on which nobody signs in.
async fn stranger(server: &Server) -> Client {
    let mut client = Client::open(server, "/graphql/ws").await;
    client.send(&json!({ "type": "connection_init" })).await;
    assert_eq!(client.next().await["type"], "connection_ack");
    client
}

/// Status and body of a handshake that is refused; `None` = it is not.
async fn refused(server: &Server) -> Option<(u16, Value)> {
    let mut request =
        format!("ws://{}/graphql/ws", server.address).into_client_request().expect("a request");
    let protocol = "graphql-transport-ws".parse().expect("a value");
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    match connect_async(request).await {
        Ok(_) => None,
        Err(Error::Http(refused)) => {
            assert!(refused.headers().contains_key("x-request-id"));
            let body = refused.body().clone().unwrap_or_default();
            Some((refused.status().as_u16(), serde_json::from_slice(&body).expect("JSON")))
        }
        Err(error) => panic!("{error}"),
    }
}

fn stream(server: &Server) -> RequestBuilder {
    let request = server.post().header("accept", "text/event-stream");
    request.json(&json!({ "query": ENDLESS }))
}

/// Asks again until the server lets it in: who has left is gone a moment later.
async fn until_let_in(mut ask: impl AsyncFnMut() -> bool) {
    let asking = async {
        while !ask().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asking).await.expect("there is room in the end");
}

#[actix_web::test]
async fn a_socket_on_which_nobody_signed_in_is_closed_when_nothing_runs_on_it() {
    let idle = Duration::from_secs(1);
    let socket = SocketSettings { strangers_idle: idle, ..settings().socket };
    let server = with(socket, CrowdLimits::default());
    let mut known = Client::signed_in(&server, "good").await;
    let mut client = stranger(&server).await;
    client.subscribe("1", "{ held }").await;
    let begun = server.held.begun.cancelled();
    tokio::time::timeout(Duration::from_secs(20), begun).await.expect("it runs");
    tokio::time::sleep(idle * 2).await;
    server.held.end.cancel();
    assert_eq!(client.next().await["type"], "next", "it is not closed while something runs on it");
    assert_eq!(client.next().await["type"], "complete");
    let began = std::time::Instant::now();
    assert_eq!(client.close_code().await, 4401);
    assert!(began.elapsed() < Duration::from_secs(10));
    known.send(&json!({ "type": "ping" })).await;
    assert_eq!(known.next().await["type"], "pong");
    until(|| server.gauges.live_sockets() == 1).await;
}

#[actix_web::test]
async fn a_socket_on_which_nobody_signed_in_runs_what_anybody_may() {
    let server = Server::start();
    let mut client = stranger(&server).await;
    for document in ["{ slow }", ENDLESS] {
        client.subscribe("1", document).await;
        let message = client.next().await;
        assert_eq!(message["type"], "error");
        assert_eq!(message["payload"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }
    client.subscribe("1", "mutation { sessionCreate }").await;
    assert_eq!(client.next().await["payload"]["data"]["sessionCreate"], true);
}

#[actix_web::test]
async fn strangers_of_one_address_open_only_so_many_and_others_find_room_beside_them() {
    let socket = SocketSettings { init_wait: Duration::from_secs(20), ..settings().socket };
    let server = with(socket, CrowdLimits { stranger: 2, ..CrowdLimits::default() });
    let _silent = Client::open(&server, "/graphql").await;
    let mut other = Client::open(&server, "/graphql/ws").await;
    let (status, body) = refused(&server).await.expect("too many are there");
    assert_eq!((status, code(&body)), (429, "RATE_LIMITED"));
    assert_eq!(stream(&server).send().await.expect("an answer").status(), 200);
    other.init("good").await;
    assert_eq!(other.next().await["type"], "connection_ack");
    // Who has signed in is a stranger no more.
    let third = Client::open(&server, "/graphql/ws").await;
    assert!(refused(&server).await.is_some());
    drop(third);
    until_let_in(async || refused(&server).await.is_none()).await;
}

#[actix_web::test]
async fn somebody_has_only_so_many_sockets_and_streams_together() {
    let crowd = CrowdLimits { person: 2, ..CrowdLimits::default() };
    let server = with(settings().socket, crowd);
    let client = Client::signed_in(&server, "good").await;
    let events = stream(&server).send().await.expect("an answer");
    assert_eq!(events.status(), 200);
    let answer = stream(&server).send().await.expect("an answer");
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "5");
    let mut one_too_many = Client::open(&server, "/graphql/ws").await;
    one_too_many.init("good").await;
    assert_eq!(one_too_many.close_code().await, 4429);
    // A question that has one answer is no stream.
    assert_eq!(server.query("{ __typename }").await.0, 200);
    drop(client);
    until_let_in(async || stream(&server).send().await.expect("an answer").status() == 200).await;
}
