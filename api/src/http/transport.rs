//! The state that all requests share, and how it is set.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{
    crowd::{Crowd, CrowdLimits},
    document::DocumentLimits,
    engine::Engine,
    figures::Gauges,
    manifest::Manifest,
    origin::Origins,
    persisted::DocumentStore,
    scan::ScanLimits,
    socket_protocol::SocketSettings,
    standing::RECHECK,
    unattended::Unattended,
};

/// Limits and switches of the transport.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Proxies before the server that append to `X-Forwarded-For`; 0 = none, so the header is not
    /// believed.
    pub proxy_hops: usize,
    /// Whether a GET may carry the text of a query; by hash it always may.
    pub get_queries: bool,
    /// Bytes of a request body.
    pub body_bytes: usize,
    /// The same of somebody who has not signed in, and sends no more than what it takes to.
    pub strangers_body_bytes: usize,
    /// Time a client has to send the body.
    pub body_timeout: Duration,
    /// Time a request may take besides its body: finding out who calls, admission, execution. What has not
    /// begun to commit by then is given up, and nothing of it lasts; what has, has `commit_grace`.
    pub request_timeout: Duration,
    /// Time more for the answer of a mutation that has begun to commit when the time is up: it would be
    /// said to have failed, and has not. After it the caller is told whether it was carried out, or that
    /// this is not known, and what follows the commit goes on.
    pub commit_grace: Duration,
    /// Time that a mutation on a socket or stream has from the stop of the server on, before the
    /// connection is closed.
    pub drain: Duration,
    /// Time an event may wait for a slow reader before the stream is given up.
    pub write_timeout: Duration,
    /// Pause after which a silent stream sends a sign of life.
    pub keep_alive: Duration,
    /// Pause between two looks at the credential of a socket or stream. What was taken away from its
    /// caller is gone after it, or after two when the first look could not be made.
    pub recheck: Duration,
    /// Memory of the store of parsed documents, in bytes.
    pub document_store_bytes: u64,
    /// Largest text handed to the parser.
    pub scan: ScanLimits,
    /// What one operation may ask for.
    pub document: DocumentLimits,
    /// Documents that are known from the start.
    pub manifest: Manifest,
    /// Limits of a socket.
    pub socket: SocketSettings,
    /// Whose pages may open one.
    pub origins: Origins,
    /// How many of them and of streams may be open.
    pub crowd: CrowdLimits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            proxy_hops: 0,
            get_queries: false,
            body_bytes: 1 << 20,
            strangers_body_bytes: 64 << 10,
            // One after the other they end before the ingress gives up, at 25 s; the statements of
            // a query end before it, at 8 s.
            body_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(10),
            commit_grace: Duration::from_secs(4),
            drain: Duration::from_secs(8),
            write_timeout: Duration::from_secs(20),
            keep_alive: Duration::from_secs(12),
            recheck: RECHECK,
            document_store_bytes: 16 << 20,
            scan: ScanLimits::default(),
            document: DocumentLimits::default(),
            manifest: Manifest::default(),
            socket: SocketSettings::default(),
            origins: Origins::default(),
            crowd: CrowdLimits::default(),
        }
    }
}

impl Settings {
    /// Bytes of a body of somebody who has signed in, or has not.
    pub(super) const fn body_limit(&self, is_known: bool) -> usize {
        if is_known || self.body_bytes < self.strangers_body_bytes {
            self.body_bytes
        } else {
            self.strangers_body_bytes
        }
    }
}

/// The engine with what the transport needs around it. One for the whole server.
pub struct Transport<E> {
    pub(super) engine: E,
    pub(super) settings: Settings,
    pub(super) documents: DocumentStore,
    pub(super) gauges: Gauges,
    pub(super) crowd: Crowd,
    pub(super) unattended: Unattended,
    pub(super) shutdown: CancellationToken,
}

impl<E: Engine> Transport<E> {
    /// Puts the parts together. `shutdown` ends sockets (close code 1012) and streams; cancel it
    /// before the server is stopped, which waits for its connections. `gauges` is handed in so
    /// that the engine can show it.
    #[must_use]
    pub fn new(engine: E, settings: Settings, gauges: Gauges, shutdown: CancellationToken) -> Self {
        let documents =
            DocumentStore::new(settings.document_store_bytes, settings.scan, settings.document)
                .with(engine.prices(), &settings.manifest);
        let (crowd, unattended) = (Crowd::new(settings.crowd), Unattended::default());
        Self { engine, settings, documents, gauges, crowd, unattended, shutdown }
    }

    /// Mutations under way, and those that go on although their callers have left: to be waited for before
    /// the server is stopped.
    #[must_use]
    pub const fn unattended(&self) -> &Unattended {
        &self.unattended
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &E {
        &self.engine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_before_the_ingress_gives_up() {
        let Settings { body_timeout, request_timeout, commit_grace, .. } = Settings::default();
        assert!(body_timeout + request_timeout + commit_grace < Duration::from_secs(25));
        assert!(request_timeout > Duration::from_secs(8), "a statement ends before its query");
    }
}
