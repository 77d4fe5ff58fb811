//! A schema with one of everything the transport has to carry, and an engine around it.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_graphql::{
    Context, Enum, Error, ErrorExtensions, ID, Object, Request, Schema, SimpleObject, Subscription,
    connection::PageInfo,
};
use futures_util::{Stream, StreamExt, stream};
use tokio_util::sync::CancellationToken;
use trunkline::http::{
    AuthRefusal, Call, Engine, ErrorCode, Gauges, Holder, Refusal, RequestMeta, Turns,
};
use trunkline_infra::db::Commits;

/// Number of agents there are.
const AGENTS: usize = 7;

#[derive(SimpleObject)]
struct Agent {
    id: ID,
    display_name: String,
}

#[derive(SimpleObject)]
struct AgentEdge {
    cursor: String,
    node: Agent,
}

#[derive(SimpleObject)]
struct AgentConnection {
    edges: Vec<AgentEdge>,
    page_info: PageInfo,
}

fn agent(index: usize) -> Agent {
    Agent { id: ID(format!("agt_{index}")), display_name: format!("Agent {index}") }
}

fn invalid(message: &str) -> Error {
    Error::new(message).extend_with(|_, e| e.set("code", ErrorCode::InvalidArgument.as_str()))
}

/// Where the query `held` stands.
#[derive(Clone, Default)]
pub(super) struct Held {
    /// It has come in.
    pub(super) begun: CancellationToken,
    /// It may be answered.
    pub(super) end: CancellationToken,
    /// It was given up on the way, if it is a mutation.
    pub(super) undone: CancellationToken,
    /// It has come to its end, if it is a mutation.
    pub(super) done: CancellationToken,
    /// What its driver wants to hear of.
    commits: Arc<Mutex<Option<Arc<Commits>>>>,
}

/// How far a mutation comes with its commit before it is held, or panics.
#[derive(Enum, Copy, Clone, PartialEq, Eq)]
enum Commit {
    /// It has begun.
    Begun,
    /// It was begun and has failed.
    Refused,
    /// It lasts.
    Lasting,
}

impl Held {
    /// Its commit comes so far.
    fn commits(&self, commit: Commit) {
        let commits = self.commits.lock().expect("no panic");
        let commits = commits.as_ref().expect("somebody drives it");
        commits.begins();
        match commit {
            Commit::Begun => {}
            Commit::Refused => commits.fails(),
            Commit::Lasting => commits.lasts(),
        }
    }

    /// How many commits the last operation has begun.
    pub(super) fn commits_begun(&self) -> u32 {
        let commits = self.commits.lock().expect("no panic");
        commits.as_ref().expect("somebody drives it").begun()
    }
}

/// Lets a field of a mutation begin if it may.
fn begin(ctx: &Context<'_>) -> Result<(), Error> {
    let code = ErrorCode::DeadlineExceeded.as_str();
    let late = || Error::new("The time is up.").extend_with(|_, e| e.set("code", code));
    Turns::has(ctx).then_some(()).ok_or_else(late)
}

pub(super) struct Query;

#[Object]
impl Query {
    async fn agents(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<AgentConnection, Error> {
        let first = usize::try_from(first.unwrap_or(50))
            .ok()
            .filter(|first| *first <= 200)
            .ok_or_else(|| invalid("`first` is 0 to 200."))?;
        let start = match after {
            None => 0,
            Some(cursor) => {
                cursor.parse::<usize>().map_err(|_| invalid("The cursor is not one of ours."))? + 1
            }
        };
        let end = AGENTS.min(start + first);
        let edges: Vec<_> =
            (start..end).map(|i| AgentEdge { cursor: i.to_string(), node: agent(i) }).collect();
        let cursor = |edge: Option<&AgentEdge>| edge.map(|edge| edge.cursor.clone());
        let page_info = PageInfo {
            has_previous_page: start > 0,
            has_next_page: end < AGENTS,
            start_cursor: cursor(edges.first()),
            end_cursor: cursor(edges.last()),
        };
        Ok(AgentConnection { edges, page_info })
    }

    async fn node(&self, id: ID) -> Option<Agent> {
        let index = id.strip_prefix("agt_")?.parse().ok()?;
        (index < AGENTS).then(|| agent(index))
    }

    async fn live_streams(&self, ctx: &Context<'_>) -> Result<usize, Error> {
        Ok(ctx.data::<Gauges>()?.live_streams())
    }

    /// Completes after its neighbours.
    async fn slow(&self) -> i32 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        1
    }

    /// Completes when the test lets it.
    async fn held(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        let held = ctx.data::<Held>()?;
        held.begun.cancel();
        held.end.cancelled().await;
        Ok(true)
    }

    async fn leaky(&self) -> Result<Option<i32>, Error> {
        Err(Error::new("relation \"secret\" does not exist"))
    }

    async fn panicking(&self) -> i32 {
        AGENTS.checked_sub(AGENTS + 1).map_or_else(|| panic!("a defect"), |_| 0)
    }
}

pub(super) struct Mutation;

#[Object]
impl Mutation {
    async fn session_create(&self) -> bool {
        true
    }

    /// Ends at once, with what it did committed.
    async fn step(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        begin(ctx)?;
        ctx.data::<Held>()?.commits(Commit::Lasting);
        Ok(true)
    }

    /// Panics, with its commit so far before.
    async fn panicking(&self, ctx: &Context<'_>, commit: Option<Commit>) -> Result<bool, Error> {
        begin(ctx)?;
        if let Some(commit) = commit {
            ctx.data::<Held>()?.commits(commit);
        }
        AGENTS.checked_sub(AGENTS + 1).map_or_else(|| panic!("a defect"), |_| Ok(true))
    }

    /// Ends when the test lets it, with its commit so far before.
    async fn held(&self, ctx: &Context<'_>, commit: Option<Commit>) -> Result<bool, Error> {
        begin(ctx)?;
        let held = ctx.data::<Held>()?;
        if let Some(commit) = commit {
            held.commits(commit);
        }
        held.begun.cancel();
        let undone = held.undone.clone().drop_guard();
        held.end.cancelled().await;
        undone.disarm();
        held.done.cancel();
        Ok(true)
    }
}

pub(super) struct Subscriptions;

#[Subscription]
impl Subscriptions {
    /// Counts from 0, then ends.
    async fn tick(&self, count: i32, every_ms: u64) -> impl Stream<Item = i32> + use<> {
        stream::iter(0..count).then(move |i| async move {
            tokio::time::sleep(Duration::from_millis(every_ms)).await;
            i
        })
    }

    /// Sends much, for ever, as fast as it is taken.
    async fn flood(&self) -> impl Stream<Item = String> + use<> {
        stream::repeat_with(|| "x".repeat(64 << 10))
    }
}

pub(super) type SmallSchema = Schema<Query, Mutation, Subscriptions>;

/// Who calls: somebody with a good token or nobody.
#[derive(Debug)]
pub(super) struct Caller {
    known: bool,
    expires_at: Option<Instant>,
}

pub(super) struct SmallEngine {
    schema: SmallSchema,
    introspection: bool,
    held: Held,
    requests: AtomicU64,
}

impl SmallEngine {
    pub(super) fn new(gauges: Gauges, held: Held, introspection: bool) -> Self {
        let schema = Schema::build(Query, Mutation, Subscriptions);
        let schema = schema.data(gauges).data(held.clone()).finish();
        Self { schema, introspection, held, requests: AtomicU64::new(0) }
    }
}

impl Engine for SmallEngine {
    type Caller = Caller;
    type Executor = SmallSchema;
    type Pledge = ();

    fn executor(&self) -> &SmallSchema {
        &self.schema
    }

    async fn authenticate(
        &self,
        token: Option<&str>,
        _: &RequestMeta,
    ) -> Result<Arc<Caller>, AuthRefusal> {
        let (known, expires_at) = match token {
            None => (false, None),
            Some("good" | "taken away" | "unsure" | "silent") => (true, None),
            Some("brief") => (true, Some(Instant::now() + Duration::from_millis(300))),
            Some("suspended") => return Err(AuthRefusal::TenantSuspended),
            Some(_) => return Err(AuthRefusal::Unauthenticated),
        };
        Ok(Arc::new(Caller { known, expires_at }))
    }

    async fn authenticate_anew(
        &self,
        token: &str,
        meta: &RequestMeta,
    ) -> Result<Arc<Caller>, AuthRefusal> {
        match token {
            "taken away" => Err(AuthRefusal::Unauthenticated),
            "unsure" => Err(AuthRefusal::Unavailable),
            "silent" => std::future::pending().await,
            token => self.authenticate(Some(token), meta).await,
        }
    }

    fn expires_at(&self, caller: &Caller) -> Option<Instant> {
        caller.expires_at
    }

    fn holder(&self, caller: &Caller) -> Option<Holder> {
        caller.known.then(|| Holder::Person("somebody".to_owned()))
    }

    fn drive<F: Future + Send>(
        &self,
        execution: F,
        commits: &Arc<Commits>,
    ) -> impl Future<Output = F::Output> + Send {
        *self.held.commits.lock().expect("no panic") = Some(Arc::clone(commits));
        execution
    }

    async fn admit(&self, call: &Call<Caller>, request: Request) -> Result<Request, Refusal> {
        let operation = call.operation()?;
        let open = ["sessionCreate", "__typename", "held"];
        if !call.caller.known && !operation.root_fields().iter().all(|name| open.contains(name)) {
            return Err(AuthRefusal::Unauthenticated.into());
        }
        if operation.introspects() && !self.introspection {
            let message = "Introspection is off.";
            return Err(Refusal::document(ErrorCode::Forbidden, message));
        }
        Ok(request.data(call.caller.clone()))
    }

    fn new_request_id(&self) -> String {
        format!("req-{}", self.requests.fetch_add(1, Ordering::Relaxed))
    }
}
