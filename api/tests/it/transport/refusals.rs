use std::time::Duration;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, client::IntoClientRequest as _},
};

use trunkline::http::Settings;

use super::server::{Server, answer, code, settings};

#[actix_web::test]
async fn every_bad_token_gets_the_same_401() {
    let server = Server::start();
    let mut bodies = Vec::new();
    for authorization in ["Bearer x.y.z", "Bearer ", "Basic abc", ""] {
        let request = server.client.post(server.url()).header("authorization", authorization);
        let request = request.header("x-request-id", "same");
        let response = request.json(&json!({ "query": "{ __typename }" })).send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()["www-authenticate"], r#"Bearer error="invalid_token""#);
        bodies.push(response.text().await.unwrap());
    }
    assert!(bodies.iter().all(|body| body == &bodies[0] && body.contains("UNAUTHENTICATED")));
}

#[actix_web::test]
async fn who_has_sent_no_token_is_not_told_of_a_bad_one() {
    let server = Server::start();
    let request = server.client.post(server.url()).json(&json!({ "query": "{ slow }" }));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
}

#[actix_web::test]
async fn a_suspended_tenant_is_told_so() {
    let server = Server::start();
    let request = server.client.post(server.url()).bearer_auth("suspended");
    let (status, body) = answer(request.json(&json!({ "query": "{ __typename }" }))).await;
    assert_eq!((status, code(&body)), (403, "TENANT_SUSPENDED"));
}

#[actix_web::test]
async fn a_page_of_another_origin_opens_no_socket() {
    let server = Server::start();
    let own = format!("http://{}", server.address);
    for path in ["/graphql", "/graphql/ws"] {
        for (origin, opens) in [
            (own.as_str(), true),
            ("https://evil.example", false),
            ("null", false),
            (&format!("{own}.evil.example"), false),
        ] {
            let url = format!("ws://{}{path}", server.address);
            let mut request = url.into_client_request().unwrap();
            let protocol = "graphql-transport-ws".parse().unwrap();
            request.headers_mut().insert("sec-websocket-protocol", protocol);
            request.headers_mut().insert("origin", origin.parse().unwrap());
            match connect_async(request).await {
                Ok(_) => assert!(opens, "{path} {origin}"),
                Err(Error::Http(refused)) => {
                    assert_eq!((refused.status().as_u16(), opens), (403, false), "{path} {origin}");
                    let body = refused.body().clone().unwrap_or_default();
                    let body = serde_json::from_slice(&body).expect("JSON");
                    assert_eq!(code(&body), "FORBIDDEN");
                }
                Err(error) => panic!("{path} {origin}: {error}"),
            }
        }
    }
}

#[actix_web::test]
async fn somebody_without_a_token_may_only_sign_in() {
    let server = Server::start();
    let ask = |query: &str| server.client.post(server.url()).json(&json!({ "query": query }));
    let (status, _) = answer(ask("mutation { sessionCreate }")).await;
    assert_eq!(status, 200);
    let (status, body) = answer(ask("{ ...F } fragment F on Query { slow }")).await;
    assert_eq!((status, code(&body)), (401, "UNAUTHENTICATED"));
}

#[actix_web::test]
async fn a_body_that_is_not_json_by_its_type_is_415() {
    let server = Server::start();
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = server.post().header("content-type", content_type);
        let (status, body) = answer(request.body(r#"{"query":"{ __typename }"}"#)).await;
        assert_eq!((status, code(&body)), (415, "VALIDATION_FAILED"));
    }
}

#[actix_web::test]
async fn a_packed_body_is_415() {
    let server = Server::start();
    let request = server.post().header("content-encoding", "gzip");
    let (status, body) = answer(request.json(&json!({ "query": "{ __typename }" }))).await;
    assert_eq!((status, code(&body)), (415, "VALIDATION_FAILED"));
}

#[actix_web::test]
async fn who_has_not_signed_in_sends_no_large_body() {
    let server = Server::with(Settings { body_bytes: 1 << 20, ..settings() }, true, 0);
    let body = |bytes: usize| {
        let variables = json!({ "a": "x".repeat(bytes) });
        json!({ "query": "mutation { sessionCreate }", "variables": variables })
    };
    let stranger = |bytes| answer(server.client.post(server.url()).json(&body(bytes)));
    assert_eq!(stranger(60_000).await.0, 200);
    let (status, refused) = stranger(70_000).await;
    assert_eq!((status, code(&refused)), (413, "VALIDATION_FAILED"));
    assert_eq!(answer(server.post().json(&body(70_000))).await.0, 200);
}

#[actix_web::test]
async fn json_of_too_many_parts_is_413() {
    let server = Server::with(Settings { body_bytes: 1 << 20, ..settings() }, true, 0);
    let request = json!({ "query": "{ __typename }", "variables": { "a": vec![1; 200_000] } });
    let (status, body) = answer(server.post().json(&request)).await;
    assert_eq!((status, code(&body)), (413, "VALIDATION_FAILED"));
}

#[actix_web::test]
async fn a_long_name_does_not_come_back() {
    let server = Server::with(Settings { body_bytes: 1 << 20, ..settings() }, true, 0);
    let (status, body) = server.query(&format!("{{ {} }}", "x".repeat(120_000))).await;
    assert_eq!((status, code(&body)), (400, "VALIDATION_FAILED"));
    assert!(body.to_string().len() < 1000, "{} bytes", body.to_string().len());
}

#[actix_web::test]
async fn a_body_that_is_too_large_is_413() {
    let server = Server::start();
    let request = json!({ "query": "{ __typename }", "variables": { "a": "x".repeat(100_000) } });
    let (status, body) = answer(server.post().json(&request)).await;
    assert_eq!((status, code(&body)), (413, "VALIDATION_FAILED"));
}

#[actix_web::test]
async fn bottomless_json_is_400() {
    let server = Server::start();
    let (open, close) = ("[".repeat(5_000), "]".repeat(5_000));
    let body = format!(r#"{{"query":"{{ __typename }}","variables":{{"a":{open}{close}}}}}"#);
    let request = server.post().header("content-type", "application/json").body(body);
    let (status, body) = answer(request).await;
    assert_eq!((status, code(&body)), (400, "PARSE_FAILED"));
}

#[actix_web::test]
async fn a_batch_is_400() {
    let server = Server::start();
    let (status, body) = answer(server.post().json(&json!([{ "query": "{ __typename }" }]))).await;
    assert_eq!((status, code(&body)), (400, "VALIDATION_FAILED"));
}

#[actix_web::test]
async fn what_the_server_does_not_speak_is_406() {
    let server = Server::start();
    let ask = |accept, query: &str| {
        let request = server.post().header("accept", accept);
        answer(request.json(&json!({ "query": query })))
    };
    assert_eq!(ask("text/html", "{ __typename }").await.0, 406);
    let subscription = "subscription { tick(count: 1, everyMs: 1) }";
    assert_eq!(ask("application/json", subscription).await.0, 406);
}

#[actix_web::test]
async fn another_method_is_405() {
    let server = Server::start();
    let request = server.client.put(server.url()).bearer_auth("good");
    let response = request.json(&json!({ "query": "{ __typename }" })).send().await.unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "GET, POST");
}

#[actix_web::test]
async fn hostile_documents_are_refused_and_the_server_lives_on() {
    let server = Server::start();
    let lists = format!("{{ a(b: {}{}) }}", "[".repeat(3_000), "]".repeat(3_000));
    let doubling: String = (0..20)
        .map(|i| format!(" fragment F{i} on Query {{ ...F{} ...F{} }}", i + 1, i + 1))
        .collect();
    let doubling = format!("{{ ...F0 }}{doubling} fragment F20 on Query {{ __typename }}");
    let aliases: String = (0..31).map(|i| format!("a{i}: __typename ")).collect();
    for (document, expected) in [
        (lists, "QUERY_TOO_DEEP"),
        (doubling, "QUERY_TOO_COSTLY"),
        (format!("{{ {aliases} }}"), "QUERY_TOO_COSTLY"),
        (format!("{{ {} }}", "a ".repeat(11_000)), "QUERY_TOO_COSTLY"),
        ("{".to_owned(), "PARSE_FAILED"),
    ] {
        let (status, body) = server.query(&document).await;
        assert_eq!((status, code(&body)), (400, expected));
    }
    assert_eq!(server.query("{ __typename }").await.0, 200);
}

#[actix_web::test]
async fn nothing_of_a_hostile_document_is_executed() {
    let server = Server::start();
    let aliases: String = (0..31).map(|i| format!("a{i}: held ")).collect();
    let doubling: String = (0..20)
        .map(|i| format!(" fragment F{i} on Query {{ ...F{} ...F{} }}", i + 1, i + 1))
        .collect();
    for document in [
        format!("{{ {aliases} }}"),
        format!("{{ {} }}", "held ".repeat(51)),
        format!("{{ ...F0 }}{doubling} fragment F20 on Query {{ held }}"),
        format!("{{ held {} }}", "@include(if: true) ".repeat(11)),
        "{ held ...A } fragment A on Query { ...A }".to_owned(),
    ] {
        assert_eq!(server.query(&document).await.0, 400, "{document}");
        assert!(!server.held.begun.is_cancelled(), "{document}");
    }
    let figures = server.ops.figures().await;
    assert!(!figures.contains("trunkline_operations_total{"), "{figures}");
}

#[actix_web::test]
async fn a_body_that_comes_too_slowly_is_408() {
    let hurried = Settings { body_timeout: Duration::from_millis(100), ..settings() };
    let server = Server::with(hurried, true, 0);
    let mut connection = TcpStream::connect(&server.address).await.unwrap();
    let head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer good\r\n\
                content-type: application/json\r\ncontent-length: 100\r\n\r\n{\"query\":";
    connection.write_all(head.as_bytes()).await.unwrap();
    let reading = async {
        let mut answer = String::new();
        while !answer.contains("DEADLINE_EXCEEDED") {
            let mut bytes = [0; 4096];
            let read = connection.read(&mut bytes).await.unwrap();
            assert!(read > 0, "closed after {answer}");
            answer += std::str::from_utf8(&bytes[..read]).unwrap();
        }
        answer
    };
    let answer = tokio::time::timeout(Duration::from_secs(20), reading).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[actix_web::test]
async fn what_is_no_handshake_is_told_so() {
    let server = Server::start();
    let url = format!("http://{}/graphql/ws", server.address);
    let response = server.client.get(url).send().await.unwrap();
    assert_eq!(response.status(), 400);
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(code(&body), "VALIDATION_FAILED");
    assert_eq!(body["errors"][0]["extensions"]["requestId"], id.as_str());
}

#[actix_web::test]
async fn where_get_queries_are_off_the_text_goes_by_post() {
    let server = Server::with(Settings { get_queries: false, ..settings() }, true, 0);
    let (status, body) = answer(server.get(&[("query", "{ __typename }")])).await;
    assert_eq!((status, code(&body)), (405, "VALIDATION_FAILED"));
}
