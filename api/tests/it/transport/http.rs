use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use trunkline::http::Settings;

use super::{
    server::{Server, answer, code, settings},
    socket::until,
};

/// A mutation of which something can no longer be undone, and which ends when the test lets it.
const LASTING: &str = "mutation { held(commit: LASTING) }";
/// Longer than any answer takes here.
const LONG: Duration = Duration::from_secs(20);

#[actix_web::test]
async fn keys_come_in_query_order_whatever_completes_first() {
    let server = Server::start();
    let request = server.post().json(&json!({ "query": "{ slow z: __typename a: __typename }" }));
    let text = request.send().await.unwrap().text().await.unwrap();
    assert_eq!(text, r#"{"data":{"slow":1,"z":"Query","a":"Query"}}"#);
}

#[actix_web::test]
async fn a_client_without_accept_gets_json_that_is_not_kept() {
    let server = Server::start();
    let request = server.post().json(&json!({ "query": "{ __typename }" }));
    let response = request.send().await.unwrap();
    let header = |name| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(response.status(), 200);
    assert_eq!(header("content-type"), "application/json; charset=utf-8");
    assert_eq!(header("cache-control"), "no-store");
}

#[actix_web::test]
async fn a_sensible_request_id_is_kept_and_another_is_replaced() {
    let server = Server::start();
    for (sent, kept) in [("abc-1", true), ("a b", false)] {
        let request = server.post().header("x-request-id", sent);
        let response = request.json(&json!({ "query": "{ nope }" })).send().await.unwrap();
        let header = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_eq!(header == sent, kept);
        let body: serde_json::Value = response.json().await.unwrap();
        assert_eq!(body["errors"][0]["extensions"]["requestId"], header.as_str());
    }
}

#[actix_web::test]
async fn an_invalid_document_is_400_for_new_clients_and_200_for_old_ones() {
    let server = Server::start();
    let (status, body) = server.query("{ agentz }").await;
    assert_eq!((status, code(&body)), (400, "VALIDATION_FAILED"));
    assert!(body.get("data").is_none());
    assert!(!body.to_string().contains("mean"), "{body}");
    let old = server.post().header("accept", "application/json");
    let (status, body) = answer(old.json(&json!({ "query": "{ agentz }" }))).await;
    assert_eq!((status, code(&body)), (200, "VALIDATION_FAILED"));
}

#[actix_web::test]
async fn a_failing_resolver_tells_its_code_but_not_its_text() {
    let server = Server::start();
    let (status, body) = server.query("{ leaky __typename }").await;
    assert_eq!((status, code(&body)), (200, "INTERNAL"));
    assert_eq!(body["data"]["__typename"], "Query");
    assert!(!body.to_string().contains("secret"));
}

#[actix_web::test]
async fn a_panicking_resolver_costs_an_error_and_no_connection() {
    let server = Server::start();
    let (status, body) = server.query("{ panicking }").await;
    assert_eq!((status, code(&body)), (200, "INTERNAL"));
    assert_eq!(body["data"], json!(null));
}

#[actix_web::test]
async fn of_a_mutation_that_panics_it_is_told_what_became_of_it() {
    for (mutation, outcome) in [
        ("mutation { panicking }", "NOT_DONE"),
        ("mutation { panicking(commit: REFUSED) }", "NOT_DONE"),
        ("mutation { panicking(commit: BEGUN) }", "UNKNOWN"),
        ("mutation { panicking(commit: LASTING) }", "DONE"),
        ("mutation { step panicking }", "DONE"),
    ] {
        let server = Server::start();
        let (status, body) = server.query(mutation).await;
        assert_eq!((status, code(&body)), (200, "INTERNAL"), "{mutation}");
        assert_eq!(body["data"], json!(null), "{mutation}");
        assert_eq!(body["errors"][0]["extensions"]["outcome"], outcome, "{mutation}");
    }
}

#[actix_web::test]
async fn a_query_that_takes_too_long_is_cut_short() {
    let brief = Settings { request_timeout: Duration::ZERO, ..settings() };
    let server = Server::with(brief, true, 0);
    let (status, body) = server.query("{ held }").await;
    assert_eq!((status, code(&body)), (200, "DEADLINE_EXCEEDED"));
}

#[actix_web::test]
async fn a_mutation_that_takes_too_long_is_given_up() {
    let brief = Settings { request_timeout: Duration::from_secs(1), ..settings() };
    let server = Server::with(brief, true, 0);
    let (status, body) = server.query("mutation { held }").await;
    assert_eq!((status, code(&body)), (200, "DEADLINE_EXCEEDED"));
    assert_eq!(body["data"], json!(null));
    assert!(server.held.undone.is_cancelled());
}

#[actix_web::test]
async fn a_mutation_of_which_something_lasts_is_answered_as_it_ends() {
    let time = Duration::from_secs(1);
    let brief = Settings { request_timeout: time, commit_grace: LONG, ..settings() };
    let server = Server::with(brief, true, 0);
    let held = server.held.clone();
    let release = async {
        held.begun.cancelled().await;
        tokio::time::sleep(time + Duration::from_millis(200)).await;
        held.end.cancel();
    };
    let both = async { tokio::join!(server.query(LASTING), release) };
    let ((status, body), ()) = tokio::time::timeout(LONG, both).await.expect("an answer");
    assert_eq!((status, &body["data"]), (200, &json!({ "held": true })));
}

#[actix_web::test]
async fn what_became_of_a_mutation_that_does_not_end_is_told_and_what_follows_its_commit_goes_on() {
    let brief = Settings {
        request_timeout: Duration::from_secs(1),
        commit_grace: Duration::from_millis(100),
        ..settings()
    };
    for (mutation, outcome, advice) in [
        ("mutation { held }", "NOT_DONE", "send it again"),
        ("mutation { held(commit: REFUSED) }", "NOT_DONE", "send it again"),
        ("mutation { held(commit: BEGUN) }", "UNKNOWN", "is not known"),
        (LASTING, "DONE", "was carried out"),
    ] {
        let server = Server::with(brief.clone(), true, 0);
        let asked = tokio::time::timeout(LONG, server.query(mutation));
        let (status, body) = asked.await.expect("an answer");
        assert_eq!((status, code(&body)), (200, "DEADLINE_EXCEEDED"), "{mutation}");
        assert_eq!(body["data"], json!(null), "{mutation}");
        assert_eq!(body["errors"][0]["extensions"]["outcome"], outcome, "{mutation}");
        let message = body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(advice), "{message}");
        let is_undone = outcome == "NOT_DONE";
        assert_eq!(server.held.undone.is_cancelled(), is_undone, "{mutation}");
        server.held.end.cancel();
        if !is_undone {
            let done = server.held.done.cancelled();
            tokio::time::timeout(LONG, done).await.expect("it goes on without its answer");
        }
    }
}

#[actix_web::test]
async fn once_the_time_is_up_no_field_of_a_mutation_begins_any_more() {
    let brief = Settings {
        request_timeout: Duration::from_secs(1),
        commit_grace: Duration::from_millis(100),
        ..settings()
    };
    // What the field under way has done is undone, unless it has begun to commit.
    for (held, goes_on) in [("held", false), ("held(commit: LASTING)", true)] {
        let server = Server::with(brief.clone(), true, 0);
        let mutation = format!("mutation {{ step {held} last: step }}");
        let asked = tokio::time::timeout(LONG, server.query(&mutation));
        let (status, body) = asked.await.expect("an answer");
        assert_eq!((status, code(&body)), (200, "DEADLINE_EXCEEDED"), "{held}");
        assert_eq!(body["errors"][0]["extensions"]["outcome"], "DONE", "{held}");
        let message = body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("No further field of it is begun"), "{message}");
        assert_eq!(server.held.undone.is_cancelled(), !goes_on, "{held}");
        server.held.end.cancel();
        until(|| server.unattended.is_empty()).await;
        assert_eq!(server.held.done.is_cancelled(), goes_on, "{held}");
        assert_eq!(server.held.commits_begun(), 1 + u32::from(goes_on), "{held}");
    }
}

#[actix_web::test]
async fn a_code_given_by_a_resolver_stays() {
    let server = Server::start();
    let (status, body) = server.query("{ agents(first: -1) { edges { cursor } } }").await;
    assert_eq!((status, code(&body)), (200, "INVALID_ARGUMENT"));
}

#[actix_web::test]
async fn a_query_may_come_by_get_and_a_mutation_may_not() {
    let server = Server::start();
    let get = |query| server.get(&[("query", query)]);
    let (status, body) = answer(get("{ __typename }")).await;
    assert_eq!((status, &body["data"]["__typename"]), (200, &json!("Query")));
    let response = get("mutation { sessionCreate }").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["allow"]),
        (405, &"POST".parse().unwrap())
    );
    let both = "query Q { __typename } mutation M { sessionCreate }";
    let named = server.get(&[("query", both), ("operationName", "M")]);
    let (status, _) = answer(named).await;
    assert_eq!(status, 405);
}

#[actix_web::test]
async fn a_long_answer_is_compressed_for_clients_that_can_read_it() {
    let server = Server::start();
    let query = "{ __schema { types { name fields { name description } } } }";
    let request = server.post().header("accept-encoding", "gzip").json(&json!({ "query": query }));
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
}

#[actix_web::test]
async fn a_log_line_of_a_request_has_its_id() {
    let log = Log::default();
    let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    // Of the whole process, since the server answers in a thread of its own.
    tracing::subscriber::set_global_default(lines).expect("the only log of these tests");
    let server = Server::start();
    let request = server.post().header("x-request-id", "call-17");
    answer(request.json(&json!({ "query": "{ panicking }" }))).await;
    let text = log.text();
    let said = |line: &str| line.contains("a resolver panicked") && line.contains("call-17");
    assert!(text.lines().any(said), "{text}");
}

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
