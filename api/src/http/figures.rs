//! What the transport counts, for whoever runs the program.

use std::time::Duration;

use async_graphql::{Value, parser::types::OperationType};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{refusal::ErrorCode, response::Answer};

/// Upper bounds of the classes of time, in seconds: from a look into memory to the time at which a
/// query is cut short.
const SECONDS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0];

/// Live figures of the transport; clones count together.
#[derive(Clone, Debug)]
pub struct Gauges {
    streams: Gauge,
    sockets: Gauge,
    operations: Family<Executed, Counter>,
    seconds: Family<Kind, Histogram, fn() -> Histogram>,
    refusals: Family<Refused, Counter>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Executed {
    kind: &'static str,
    outcome: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refused {
    code: &'static str,
}

impl Default for Gauges {
    fn default() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        Self {
            streams: Gauge::default(),
            sockets: Gauge::default(),
            operations: Family::default(),
            seconds: Family::new_with_constructor(histogram),
            refusals: Family::default(),
        }
    }
}

impl Gauges {
    /// Subscriptions that are being delivered, on whatever transport.
    #[must_use]
    pub fn live_streams(&self) -> usize {
        usize::try_from(self.streams.get()).unwrap_or_default()
    }

    /// Open sockets.
    #[must_use]
    pub fn live_sockets(&self) -> usize {
        usize::try_from(self.sockets.get()).unwrap_or_default()
    }

    /// Shows the figures under their names.
    pub fn register(&self, registry: &mut Registry) {
        let Self { streams, sockets, operations, seconds, refusals } = self;
        registry.register("streams", "Subscriptions that are being delivered", streams.clone());
        registry.register("sockets", "Open sockets", sockets.clone());
        let text = "Operations executed, by their outcome: ok or the code of the first error";
        registry.register("operations", text, operations.clone());
        let text = "Time from the admission of a query or mutation to its answer";
        registry.register("operation_seconds", text, seconds.clone());
        let text = "Calls turned away before execution, by code";
        registry.register("refusals", text, refusals.clone());
    }

    pub(super) fn stream(&self) -> Live {
        self.count(OperationType::Subscription, "ok".to_owned());
        Live::new(&self.streams)
    }

    pub(super) fn socket(&self) -> Live {
        Live::new(&self.sockets)
    }

    /// A query or mutation was answered after this time.
    pub(super) fn answered(&self, kind: OperationType, answer: &Answer, took: Duration) {
        let code = |error: &async_graphql::ServerError| match error.extensions.as_ref()?.get("code")
        {
            Some(Value::String(code)) => Some(code.clone()),
            _ => None,
        };
        let outcome = match answer.response.errors.first() {
            None => "ok".to_owned(),
            Some(error) => code(error).unwrap_or_else(|| "INTERNAL".to_owned()),
        };
        self.count(kind, outcome);
        self.seconds.get_or_create(&Kind { kind: name(kind) }).observe(took.as_secs_f64());
    }

    /// A call was turned away.
    pub(super) fn refused(&self, code: ErrorCode) {
        self.refusals.get_or_create(&Refused { code: code.as_str() }).inc();
    }

    fn count(&self, kind: OperationType, outcome: String) {
        self.operations.get_or_create(&Executed { kind: name(kind), outcome }).inc();
    }
}

const fn name(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

/// Counts one for as long as it lives.
pub(super) struct Live(Gauge);

impl Live {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.0.dec();
    }
}
