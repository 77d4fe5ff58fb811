//! A server on a free port for one test.

use std::time::Duration;

use actix_web::{App, HttpServer, dev::ServerHandle, rt, web};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use trunkline::{
    http::{Gauges, Settings, SocketSettings, Transport, Unattended, configure},
    ops::Ops,
    server::Stopper,
};

use super::small_schema::{Held, SmallEngine};

/// Settings for tests: short waits, small limits.
pub(super) fn settings() -> Settings {
    let socket = SocketSettings {
        init_wait: Duration::from_millis(300),
        message_bytes: 4096,
        streams: 5,
        ..SocketSettings::default()
    };
    Settings { get_queries: true, body_bytes: 64 * 1024, socket, ..Settings::default() }
}

/// A running server; it stops when the test's runtime does.
pub(super) struct Server {
    pub(super) address: String,
    pub(super) gauges: Gauges,
    pub(super) ops: Ops,
    pub(super) held: Held,
    pub(super) unattended: Unattended,
    pub(super) shutdown: CancellationToken,
    pub(super) handle: ServerHandle,
    pub(super) client: reqwest::Client,
}

impl Server {
    pub(super) fn start() -> Self {
        Self::with(settings(), true, 0)
    }

    pub(super) fn with(settings: Settings, introspection: bool, port: u16) -> Self {
        let (ops, held, shutdown) = (Ops::default(), Held::default(), CancellationToken::new());
        let gauges = ops.gauges().clone();
        let engine = SmallEngine::new(gauges.clone(), held.clone(), introspection);
        let transport = Transport::new(engine, settings, gauges.clone(), shutdown.clone());
        let transport = web::Data::new(transport);
        let unattended = transport.unattended().clone();
        let server = HttpServer::new(move || {
            let transport = transport.clone();
            App::new().configure(|services| configure(services, transport))
        })
        .workers(1)
        .disable_signals()
        .shutdown_timeout(10)
        .bind(("127.0.0.1", port))
        .expect("the port is free");
        let address = server.addrs()[0].to_string();
        let server = server.run();
        let handle = server.handle();
        rt::spawn(server);
        ops.works(None);
        let client = reqwest::Client::new();
        Self { address, gauges, ops, held, unattended, shutdown, handle, client }
    }

    /// What ends it softly.
    pub(super) fn stopper(&self) -> Stopper {
        let (ops, handle, streams) = (self.ops.clone(), self.handle.clone(), self.shutdown.clone());
        Stopper::new(ops, handle, streams, self.unattended.clone())
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    /// A POST with a good token that is not yet sent.
    pub(super) fn post(&self) -> reqwest::RequestBuilder {
        self.client.post(self.url()).bearer_auth("good")
    }

    /// A GET with a good token that is not yet sent.
    pub(super) fn get(&self, parameters: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let url = reqwest::Url::parse_with_params(&self.url(), parameters).expect("a URL");
        self.client.get(url).bearer_auth("good")
    }

    /// Status and body of a query.
    pub(super) async fn query(&self, query: &str) -> (u16, Value) {
        let request = self.post().header("accept", "application/graphql-response+json");
        answer(request.json(&json!({ "query": query }))).await
    }
}

/// Sends a request and reads a JSON answer.
pub(super) async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.expect("the server answers");
    let status = response.status().as_u16();
    (status, response.json().await.expect("the answer is JSON"))
}

/// `extensions.code` of the first error.
pub(super) fn code(body: &Value) -> &str {
    body["errors"][0]["extensions"]["code"].as_str().unwrap_or("no code")
}
