use std::{fmt, sync::atomic::Ordering};

use jiff::SignedDuration;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, info::Info},
    registry::Registry,
};
use trunkline_infra::jobs::jobs_by_state;

use crate::{app::App, http::Gauges};

/// Jobs that ended are shown for this long.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct State {
    state: String,
}

/// The figures of the process under their names. What the transport counts is counted there; what
/// the database knows is read when somebody asks.
pub(super) struct Figures {
    registry: Registry,
    connections: Family<State, Gauge>,
    jobs: Family<State, Gauge>,
    recurring_failures: Counter,
}

impl Figures {
    pub(super) fn new(gauges: &Gauges) -> Self {
        let mut registry = Registry::with_prefix("trunkline");
        gauges.register(&mut registry);
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program", version);
        let connections = Family::<State, Gauge>::default();
        let text = "Connections of the application pool: used, idle, and the most there may be";
        registry.register("database_connections", text, connections.clone());
        let jobs = Family::<State, Gauge>::default();
        let text = "Jobs of all tenants by state; those that have ended, of the last 24 hours";
        registry.register("jobs", text, jobs.clone());
        let recurring_failures = Counter::default();
        let text = "Tasks of recurring work that failed; each is tried again in the next round";
        registry.register("recurring_failures", text, recurring_failures.clone());
        Self { registry, connections, jobs, recurring_failures }
    }

    /// OpenMetrics text. What cannot be read now is left out.
    pub(super) async fn text(&self, app: Option<&App>) -> String {
        if let Some(app) = app {
            self.read(app).await;
        }
        let mut text = String::new();
        if let Err(fmt::Error) = encode(&mut text, &self.registry) {
            tracing::error!("the figures could not be written");
        }
        text
    }

    async fn read(&self, app: &App) {
        let failures = app.recurring_failures.load(Ordering::Relaxed);
        self.recurring_failures.inner().store(failures, Ordering::Relaxed);
        let pool = app.db.connections();
        for (state, count) in [("used", pool.used), ("idle", pool.idle), ("most", pool.most)] {
            self.connections.get_or_create(&of(state)).set(i64::from(count));
        }
        let since = app.clock.now() - RECENT;
        let jobs = jobs_by_state(&app.db, since).await;
        // A state that no job is in any more is not shown with its last number.
        self.jobs.clear();
        match jobs {
            Ok(jobs) => {
                for counted in jobs {
                    self.jobs.get_or_create(&of(&counted.state)).set(counted.jobs);
                }
            }
            Err(error) => tracing::warn!(%error, "jobs could not be counted"),
        }
    }
}

fn of(state: &str) -> State {
    State { state: state.to_owned() }
}
