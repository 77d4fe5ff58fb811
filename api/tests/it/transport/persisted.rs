use serde_json::{Value, json};

use super::server::{Server, answer, code, settings};

/// SHA-256 of `{ __typename }`.
const HASH: &str = "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b";

fn by_hash(query: Option<&str>) -> Value {
    let persisted = json!({ "persistedQuery": { "version": 1, "sha256Hash": HASH } });
    match query {
        None => json!({ "extensions": persisted }),
        Some(query) => json!({ "query": query, "extensions": persisted }),
    }
}

#[actix_web::test]
async fn a_document_sent_once_is_known_by_its_hash() {
    let server = Server::start();
    let (status, body) = answer(server.post().json(&by_hash(None))).await;
    assert_eq!((status, code(&body)), (200, "DOCUMENT_UNKNOWN"));
    assert_eq!(body["errors"][0]["message"], "PersistedQueryNotFound");
    for query in [Some("{ __typename }"), None] {
        let (_, body) = answer(server.post().json(&by_hash(query))).await;
        assert_eq!(body["data"]["__typename"], "Query");
    }
    let id = json!({ "documentId": format!("sha256:{HASH}") });
    assert_eq!(answer(server.post().json(&id)).await.1["data"]["__typename"], "Query");
}

#[actix_web::test]
async fn a_known_document_comes_by_get_even_where_texts_do_not() {
    let server =
        Server::with(trunkline::http::Settings { get_queries: false, ..settings() }, true, 0);
    answer(server.post().json(&by_hash(Some("{ __typename }")))).await;
    let extensions = by_hash(None)["extensions"].to_string();
    let (status, body) = answer(server.get(&[("extensions", &extensions)])).await;
    assert_eq!((status, &body["data"]["__typename"]), (200, &json!("Query")));
}

#[actix_web::test]
async fn a_text_under_a_foreign_hash_is_refused() {
    let server = Server::start();
    let (_, body) = answer(server.post().json(&by_hash(Some("{ slow }")))).await;
    assert_eq!(code(&body), "VALIDATION_FAILED");
}

#[actix_web::test]
async fn what_a_stranger_sends_is_not_remembered() {
    let server = Server::start();
    let ask = |body: &Value| answer(server.client.post(server.url()).json(body));
    assert_eq!(ask(&by_hash(Some("{ __typename }"))).await.1["data"]["__typename"], "Query");
    assert_eq!(code(&ask(&by_hash(None)).await.1), "DOCUMENT_UNKNOWN");
    answer(server.post().json(&by_hash(Some("{ __typename }")))).await;
    assert_eq!(ask(&by_hash(None)).await.1["data"]["__typename"], "Query");
}
