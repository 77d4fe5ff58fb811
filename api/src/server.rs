//! The HTTP server around the engine.

use std::{net::TcpListener, sync::Arc};

use actix_web::{
    App as HttpApp, HttpServer,
    dev::{Server, ServerHandle},
    web,
};
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    engine::Trunkline,
    http::{Gauges, Health, Settings, Transport, configure},
    identity::configure_well_known,
};

/// How the server behaves.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Limits of the transport.
    pub transport: Settings,
    /// Closed to introspection by partners.
    pub production: bool,
    /// Threads that answer requests.
    pub workers: usize,
    /// Seconds that running requests get after a stop.
    pub shutdown_seconds: u64,
}

impl Default for ServerOptions {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        Self { transport: Settings::default(), production: false, workers, shutdown_seconds: 10 }
    }
}

/// A server that runs as long as its future is driven.
pub struct Running {
    /// Drive this.
    pub server: Server,
    handle: ServerHandle,
    streams: CancellationToken,
}

impl Running {
    /// Something that can stop the server while its future is driven elsewhere.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        Stopper { handle: self.handle.clone(), streams: self.streams.clone() }
    }
}

/// Stops a server softly: streams are told to reconnect, running requests are finished.
#[derive(Clone)]
pub struct Stopper {
    handle: ServerHandle,
    streams: CancellationToken,
}

impl Stopper {
    /// Stops and waits for running requests.
    pub async fn stop(&self) {
        self.streams.cancel();
        self.handle.stop(true).await;
    }
}

/// Starts to listen. `pages` mounts what is served beside the API.
///
/// # Errors
/// When the listener cannot be used.
pub fn start(
    app: &Arc<App>,
    listener: TcpListener,
    options: ServerOptions,
    pages: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
) -> std::io::Result<Running> {
    let streams = CancellationToken::new();
    let engine = Trunkline::new(Arc::clone(app), options.production);
    let transport = web::Data::new(Transport::new(
        engine,
        options.transport,
        Gauges::default(),
        streams.clone(),
    ));
    let database = Arc::clone(app);
    let readiness = move || -> futures_util::future::BoxFuture<'static, Result<(), String>> {
        let app = Arc::clone(&database);
        Box::pin(async move {
            if app.db.is_up().await {
                Ok(())
            } else {
                Err("the database does not answer".to_owned())
            }
        })
    };
    let health = web::Data::new(Health::new(env!("CARGO_PKG_VERSION"), Box::new(readiness)));
    let shared = web::Data::from(Arc::clone(app));
    let server = HttpServer::new(move || {
        HttpApp::new()
            .configure(|services| configure(services, transport.clone(), health.clone()))
            .configure(|services| configure_well_known(services, shared.clone()))
            .configure(pages.clone())
    })
    .workers(options.workers)
    .shutdown_timeout(options.shutdown_seconds)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    Ok(Running { server, handle, streams })
}
