//! What whoever runs the program asks it, on a port of its own: does it live, has it started, is it
//! ready, which version is it, and its figures.
//!
//! | path | 200 when |
//! |---|---|
//! | `/livez` | the process runs; nothing else is asked, or a slow database would have it restarted |
//! | `/startupz` | it has started |
//! | `/readyz` | it has started, is not about to end, and the database answers |
//! | `/version` | always, with the version as JSON |
//! | `/metrics` | always, as OpenMetrics text |

mod figures;
mod routes;

use std::{
    fmt,
    net::TcpListener,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
};

use actix_web::{App as HttpApp, HttpServer, dev::Server, web};

use self::figures::Figures;
use crate::{app::App, http::Gauges};

/// Where a process stands between its start and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It looks for its database and what else it needs.
    Starting,
    /// It works.
    Working,
    /// It was asked to end: what runs is finished, nothing new is wanted.
    Ending,
}

/// What the ops port answers from. Clones share everything.
#[derive(Clone)]
pub struct Ops(Arc<State>);

struct State {
    phase: AtomicU8,
    app: OnceLock<Arc<App>>,
    gauges: Gauges,
    figures: Figures,
}

impl Default for Ops {
    fn default() -> Self {
        let gauges = Gauges::default();
        let figures = Figures::new(&gauges);
        let (phase, app) = (AtomicU8::new(Phase::Starting as u8), OnceLock::new());
        Self(Arc::new(State { phase, app, gauges, figures }))
    }
}

impl fmt::Debug for Ops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ops").field("phase", &self.phase()).finish_non_exhaustive()
    }
}

impl Ops {
    /// Says that the process has started; `app` is what its figures are read from.
    pub fn works(&self, app: Option<&Arc<App>>) {
        if let Some(app) = app {
            // A second server of one process (tests) is on the same parts.
            let _ = self.0.app.set(Arc::clone(app));
        }
        self.enter(Phase::Working);
    }

    /// Says that the process ends: it is not ready from now on.
    pub fn ends(&self) {
        self.enter(Phase::Ending);
    }

    fn enter(&self, phase: Phase) {
        self.0.phase.store(phase as u8, Ordering::Release);
    }

    /// Where the process stands.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.0.phase.load(Ordering::Acquire) {
            0 => Phase::Starting,
            1 => Phase::Working,
            _ => Phase::Ending,
        }
    }

    /// The figures that the transport counts in.
    #[must_use]
    pub fn gauges(&self) -> &Gauges {
        &self.0.gauges
    }

    /// Whether requests can be served now.
    ///
    /// # Errors
    /// In a few words, why not.
    pub async fn readiness(&self) -> Result<(), &'static str> {
        match (self.phase(), self.0.app.get()) {
            (Phase::Starting, _) => Err("starting"),
            (Phase::Ending, _) => Err("ending"),
            (Phase::Working, Some(app)) if !app.db.is_up().await => {
                Err("the database does not answer")
            }
            (Phase::Working, _) => Ok(()),
        }
    }

    /// All figures as OpenMetrics text.
    pub async fn figures(&self) -> String {
        self.0.figures.text(self.0.app.get().map(AsRef::as_ref)).await
    }

    /// A server of the ops routes, which runs as long as it is driven.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub fn listen(&self, listener: TcpListener) -> std::io::Result<Server> {
        let ops = web::Data::new(self.clone());
        let server = HttpServer::new(move || {
            HttpApp::new().app_data(ops.clone()).configure(routes::configure)
        });
        Ok(server.workers(1).shutdown_timeout(0).disable_signals().listen(listener)?.run())
    }
}
