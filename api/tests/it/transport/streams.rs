use std::time::Duration;

use serde_json::json;
use trunkline::http::Settings;

use super::{
    server::{Server, settings},
    socket::until,
};

const TWO: &str = "subscription { tick(count: 2, everyMs: 1) }";

async fn body_of(server: &Server, accept: &str, query: &str) -> (String, String) {
    let request = server.post().header("accept", accept).json(&json!({ "query": query }));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    (content_type, response.text().await.unwrap())
}

#[actix_web::test]
async fn a_subscription_comes_as_server_sent_events() {
    let server = Server::start();
    let (content_type, body) = body_of(&server, "text/event-stream", TWO).await;
    assert!(content_type.starts_with("text/event-stream"));
    assert_eq!(
        body,
        ":\n\nevent: next\ndata: {\"data\":{\"tick\":0}}\n\n\
         event: next\ndata: {\"data\":{\"tick\":1}}\n\nevent: complete\ndata:\n\n"
    );
}

#[actix_web::test]
async fn a_query_can_be_one_event() {
    let server = Server::start();
    let (_, body) = body_of(&server, "text/event-stream", "{ __typename }").await;
    assert_eq!(body.matches("event: next").count(), 1);
    assert!(body.ends_with("event: complete\ndata:\n\n"));
}

#[actix_web::test]
async fn an_invalid_document_is_an_event_with_errors() {
    let server = Server::start();
    let (_, body) = body_of(&server, "text/event-stream", "{ nope }").await;
    assert!(body.contains("VALIDATION_FAILED") && body.contains("event: complete"), "{body}");
}

#[actix_web::test]
async fn a_subscription_comes_as_multipart() {
    let server = Server::start();
    let accept = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json";
    let (content_type, body) = body_of(&server, accept, TWO).await;
    assert!(content_type.starts_with("multipart/mixed; boundary=graphql"));
    assert_eq!(
        body,
        "\r\n--graphql\r\ncontent-type: application/json\r\n\r\n\
         {\"payload\":{\"data\":{\"tick\":0}}}\r\n--graphql\r\n\
         content-type: application/json\r\n\r\n\
         {\"payload\":{\"data\":{\"tick\":1}}}\r\n--graphql--\r\n"
    );
}

#[actix_web::test]
async fn a_stream_ends_when_its_token_does() {
    let server = Server::start();
    let request = server.client.post(server.url()).bearer_auth("brief");
    let request = request.header("accept", "text/event-stream");
    let query = "subscription { tick(count: 1000000, everyMs: 5) }";
    let body = request.json(&json!({ "query": query })).send().await.unwrap().text().await.unwrap();
    assert!(body.contains("UNAUTHENTICATED") && body.ends_with("event: complete\ndata:\n\n"));
    assert_eq!(server.gauges.live_streams(), 0);
}

#[actix_web::test]
async fn a_stream_ends_when_its_credential_is_taken_away() {
    let server =
        Server::with(Settings { recheck: Duration::from_millis(100), ..settings() }, true, 0);
    for (token, code) in [("taken away", "UNAUTHENTICATED"), ("unsure", "UNAVAILABLE")] {
        let request = server.client.post(server.url()).bearer_auth(token);
        let request = request.header("accept", "text/event-stream");
        let query = json!({ "query": "subscription { tick(count: 1000000, everyMs: 5) }" });
        let body = request.json(&query).send().await.unwrap().text().await.unwrap();
        assert!(body.contains(code) && body.ends_with("event: complete\ndata:\n\n"), "{token}");
    }
}

#[actix_web::test]
async fn a_stream_that_nobody_reads_is_given_up() {
    let brief = Settings { write_timeout: Duration::from_millis(200), ..settings() };
    let server = Server::with(brief, true, 0);
    let multipart = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json";
    for accept in ["text/event-stream", multipart] {
        let request = server.post().header("accept", accept);
        let request = request.json(&json!({ "query": "subscription { flood }" }));
        let unread = request.send().await.unwrap();
        assert_eq!(unread.status(), 200);
        until(|| server.gauges.live_streams() == 0).await;
        drop(unread);
    }
}

#[actix_web::test]
async fn a_reader_who_leaves_ends_the_stream() {
    let server = Server::start();
    let request = server.post().header("accept", "text/event-stream");
    let query = json!({ "query": "subscription { tick(count: 1000000, everyMs: 5) }" });
    let mut events = request.json(&query).send().await.unwrap();
    assert!(events.chunk().await.unwrap().is_some());
    assert_eq!(server.gauges.live_streams(), 1);
    drop(events);
    until(|| server.gauges.live_streams() == 0).await;
}
