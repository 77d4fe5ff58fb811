//! What every answer tells a browser.

use serde_json::json;
use tokio_tungstenite::{connect_async, tungstenite::client::IntoClientRequest as _};
use trunkline::server::ServerOptions;

use crate::support::Server;

/// Answers of every kind: of the API, refused, of a program, of a key set, and of nothing.
async fn answers(server: &Server) -> Vec<(&'static str, reqwest::Response)> {
    let client = reqwest::Client::new();
    let at = |path: &str| format!("{}{path}", server.address);
    let query = |text: &str| client.post(at("/graphql")).json(&json!({"query": text}));
    let requests = [
        ("an answer", query("{ __typename }")),
        ("a refused one", query("{ viewer { roles } }").bearer_auth("nobody")),
        ("a wrong method", client.delete(at("/graphql"))),
        ("keys", client.get(at("/.well-known/jwks.json"))),
        ("a token refused", client.post(at("/oauth/token")).form(&[("grant_type", "x")])),
        ("nothing", client.get(at("/no-such-page"))),
        ("no handshake", client.get(at("/graphql/ws"))),
    ];
    let mut answers = Vec::new();
    for (what, request) in requests {
        answers.push((what, request.send().await.expect("answer")));
    }
    answers
}

fn header<'a>(answer: &'a reqwest::Response, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn every_answer_keeps_browsers_on_https_for_a_year() {
    let server = Server::start().await;
    let secure = server.beside(ServerOptions { secure: true, ..ServerOptions::default() });
    for (what, answer) in answers(&secure).await {
        let policy = header(&answer, "strict-transport-security");
        assert_eq!(policy, "max-age=31536000; includeSubDomains", "{what}");
    }
    for (what, answer) in answers(&server).await {
        assert_eq!(header(&answer, "strict-transport-security"), "", "{what}, by http");
    }
}

#[tokio::test]
async fn every_answer_is_taken_for_what_it_is_and_framed_nowhere() {
    let server = Server::start().await;
    for (what, answer) in answers(&server).await {
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff", "{what}");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer", "{what}");
        let policy = header(&answer, "content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{what}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    }
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for (what, answer) in answers(&server).await {
        let id = header(&answer, "x-request-id").to_owned();
        assert!(!id.is_empty(), "{what}");
        ids.push(id);
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "each request has one of its own");

    let client = reqwest::Client::new();
    let nothing = client.get(format!("{}/no-such-page", server.address));
    let answer = nothing.header("x-request-id", "call-17").send().await.expect("answer");
    assert_eq!(header(&answer, "x-request-id"), "call-17");

    let url = format!("{}/graphql", server.address.replacen("http", "ws", 1));
    let mut request = url.into_client_request().expect("request");
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("header"));
    headers.insert("x-request-id", "call-18".parse().expect("header"));
    let (_socket, upgraded) = connect_async(request).await.expect("socket");
    assert_eq!(upgraded.headers()["x-request-id"], "call-18");
}
