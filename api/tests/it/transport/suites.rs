use tokio::signal::unix::{SignalKind, signal};
use trunkline::http::Settings;

use super::server::Server;

/// Serves the small schema for conformance suites of other languages, until SIGTERM.
/// `SUITES_PORT` is the port, `SUITES_PROD=1` switches introspection and GET queries off;
/// the token is `good`.
#[actix_web::test]
#[ignore = "serves until it is told to stop"]
async fn serve_for_suites() {
    let port = std::env::var("SUITES_PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(4000);
    let prod = std::env::var("SUITES_PROD").is_ok_and(|value| value == "1");
    let settings = Settings { get_queries: !prod, ..Settings::default() };
    let server = Server::with(settings, !prod, port);
    let mut terminated = signal(SignalKind::terminate()).expect("signals can be had");
    terminated.recv().await;
    server.shutdown.cancel();
    server.handle.stop(true).await;
}
