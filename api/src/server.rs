//! The HTTP server around the engine.

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use actix_web::{
    App as HttpApp, HttpServer,
    dev::{Server, ServerHandle, Service as _},
    http::header,
    middleware::DefaultHeaders,
    web,
};
use tokio_util::sync::CancellationToken;
use trunkline_infra::db::take_seat;

use crate::{
    app::App,
    budget::Budgets,
    engine::Trunkline,
    http::{Settings, Transport, Unattended, configure, request_id_of, tell_request_id},
    identity::{configure_token_endpoint, configure_well_known},
    ops::Ops,
};

/// How the server behaves.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Limits of the transport.
    pub transport: Settings,
    /// Closed to introspection by partners.
    pub production: bool,
    /// People reach the server by https alone: browsers are told not to try otherwise.
    pub secure: bool,
    /// People may send documents of the manifest only; API clients any.
    pub only_trusted: bool,
    /// What callers may spend.
    pub budgets: Budgets,
    /// Threads that answer requests.
    pub workers: usize,
    /// Seconds that running requests get after a stop.
    pub shutdown_seconds: u64,
    /// What is told of the server on the ops port.
    pub ops: Ops,
}

impl Default for ServerOptions {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            transport: Settings::default(),
            production: false,
            secure: false,
            only_trusted: false,
            budgets: Budgets::default(),
            workers,
            shutdown_seconds: 10,
            ops: Ops::default(),
        }
    }
}

/// A server that runs as long as its future is driven.
pub struct Running {
    /// Drive this.
    pub server: Server,
    stopper: Stopper,
}

impl Running {
    /// Something that can stop the server while its future is driven elsewhere.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }
}

/// Stops a server softly: it says that it is not ready, takes no new connections, tells sockets and
/// streams to connect again once their mutations are answered, and finishes running requests.
#[derive(Clone)]
pub struct Stopper {
    ops: Ops,
    handle: ServerHandle,
    streams: CancellationToken,
    unattended: Unattended,
}

impl Stopper {
    /// Puts the parts together; `streams` is the token that ends sockets and streams, `unattended` the
    /// mutations, also of callers who have left.
    #[must_use]
    pub const fn new(
        ops: Ops,
        handle: ServerHandle,
        streams: CancellationToken,
        unattended: Unattended,
    ) -> Self {
        Self { ops, handle, streams, unattended }
    }

    /// Stops and waits for running requests. Who calls it bounds the wait.
    pub async fn stop(&self) {
        self.ops.ends();
        self.handle.pause().await;
        self.streams.cancel();
        // A thread that has no connection left ends at once, and with it what goes on there. So the
        // threads are told to end once no mutation is under way whose caller could yet leave.
        self.unattended.ended().await;
        self.handle.stop(true).await;
    }
}

/// What every answer says to a browser, whatever it is an answer to: not to guess its type, to frame it
/// nowhere, to tell nobody where it came from and, where the server is reached by https, never to come
/// by http again for a year, to no host below it either (RFC 6797).
fn for_browsers(secure: bool) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .add((header::REFERRER_POLICY, "no-referrer"));
    if secure {
        headers.add((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"))
    } else {
        headers
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
    let engine = Trunkline::new(Arc::clone(app), &options);
    let gauges = options.ops.gauges().clone();
    let transport =
        web::Data::new(Transport::new(engine, options.transport, gauges, streams.clone()));
    let unattended = transport.unattended().clone();
    let shared = web::Data::from(Arc::clone(app));
    let seats = Arc::new(AtomicUsize::new(0));
    let secure = options.secure;
    let server = HttpServer::new(move || {
        // Called once by each thread that answers.
        take_seat(seats.fetch_add(1, Ordering::Relaxed));
        let named = transport.clone();
        HttpApp::new()
            .wrap(for_browsers(secure))
            // Whatever it is an answer to, also to what nobody asked for.
            .wrap_fn(move |request, service| {
                let id = request_id_of(&named, request.request());
                let answering = service.call(request);
                async move {
                    let mut answer = answering.await?;
                    tell_request_id(&id, answer.headers_mut());
                    Ok(answer)
                }
            })
            .configure(|services| configure(services, transport.clone()))
            .app_data(shared.clone())
            .configure(configure_well_known)
            .configure(configure_token_endpoint)
            .configure(pages.clone())
    })
    .workers(options.workers)
    .shutdown_timeout(options.shutdown_seconds)
    .disable_signals()
    .listen(listener)?
    .run();
    options.ops.works(Some(app));
    let stopper = Stopper::new(options.ops, server.handle(), streams, unattended);
    Ok(Running { server, stopper })
}
