//! What the transport is plugged into: who may call, and what executes the call.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Instant,
};

use async_graphql::{Executor, Request, Response, parser::types::OperationType};
use tokio::sync::watch;
use trunkline_infra::db::Commits;

use super::{
    crowd::Holder,
    document::{Document, Operation},
    once::Claimed,
    price::{Bill, PriceList},
    quote::{Quote, Sizes},
    receipt::Receipt,
    refusal::{AuthRefusal, Refusal},
};

/// What is known of a request besides its document.
#[derive(Clone, Debug)]
pub struct RequestMeta {
    /// The caller's own `x-request-id` if it is a sensible one, else a new one.
    pub request_id: Arc<str>,
    /// Address of the client, as the server or the proxies before it see it.
    pub peer: Option<IpAddr>,
    /// `Accept-Language` as sent.
    pub accept_language: Option<String>,
    /// `Idempotency-Key` as sent; of a call, the key it is to be carried out once under.
    pub idempotency_key: Option<String>,
    /// `User-Agent` as sent.
    pub user_agent: Option<String>,
}

/// How a call came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// One request, one answer.
    Post,
    /// The same by GET: queries only.
    Get,
    /// `graphql-transport-ws`.
    Socket,
    /// Server-sent events or a multipart answer.
    Stream,
}

/// One call on its way to the executor.
#[derive(Debug)]
pub struct Call<C> {
    /// Who calls.
    pub caller: Arc<C>,
    /// The request around it.
    pub meta: RequestMeta,
    /// How it came in.
    pub via: Via,
    /// The caller as the connection last found them, for what goes on for long; `None` where one
    /// request has one answer.
    pub standing: Option<watch::Receiver<Arc<C>>>,
    pub(super) document: Arc<Document>,
    pub(super) operation_name: Option<String>,
    pub(super) kind: OperationType,
    pub(super) sizes: Sizes,
    pub(super) receipt: OnceLock<Receipt>,
    /// When its time is up.
    pub(super) deadline: tokio::time::Instant,
}

impl<C> Call<C> {
    /// The operation that is to be executed.
    ///
    /// # Errors
    /// Never for a call handed to an [`Engine`]: the choice was made before.
    pub fn operation(&self) -> Result<Operation<'_>, Refusal> {
        self.document.operation(self.operation_name.as_deref())
    }

    /// What it asks for, by the engine's prices.
    #[must_use]
    pub fn quote(&self) -> Quote {
        self.bill().map_or_else(Quote::default, |bill| bill.quote(&self.sizes))
    }

    /// Whether its document stands in the manifest that the server was started with.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.document.is_trusted()
    }

    /// Notes what it was charged, once, for its answer.
    pub fn note(&self, receipt: Receipt) {
        // The first note stands.
        let _ = self.receipt.set(receipt);
    }

    pub(super) fn bill(&self) -> Option<&Bill> {
        self.document.bill(self.operation_name.as_deref())
    }

    /// Query, mutation or subscription.
    #[must_use]
    pub fn kind(&self) -> OperationType {
        self.kind
    }
}

/// Who may call and what executes the call. The program has one; tests of the transport another.
pub trait Engine: Send + Sync + 'static {
    /// A caller, known or anonymous.
    type Caller: Send + Sync + 'static;
    /// The schema.
    type Executor: Executor;
    /// What a call holds whose answer is to be kept. Dropped, nothing of the call lasts.
    type Pledge: Send + 'static;

    /// The schema that executes calls.
    fn executor(&self) -> &Self::Executor;

    /// What the members of the schema cost. Read once, when the server starts.
    fn prices(&self) -> PriceList {
        PriceList::default()
    }

    /// Finds out who calls. `token` is the credential without `Bearer `; without one the caller is
    /// anonymous, and [`Engine::admit`] decides what such a caller may do.
    fn authenticate(
        &self,
        token: Option<&str>,
        meta: &RequestMeta,
    ) -> impl Future<Output = Result<Arc<Self::Caller>, AuthRefusal>> + Send;

    /// The same for a connection that stays open, as it is now: what an earlier call found does not
    /// count.
    fn authenticate_anew(
        &self,
        token: &str,
        meta: &RequestMeta,
    ) -> impl Future<Output = Result<Arc<Self::Caller>, AuthRefusal>> + Send {
        self.authenticate(Some(token), meta)
    }

    /// When the caller's token ends; sockets and streams are closed then.
    fn expires_at(&self, caller: &Self::Caller) -> Option<Instant>;

    /// In whose name the caller's sockets and streams are counted; `None` = somebody who has not signed
    /// in, whose documents are not remembered either.
    fn holder(&self, caller: &Self::Caller) -> Option<Holder>;

    /// Lets a call pass: checks what an anonymous caller may ask, prices it, takes its points, and
    /// adds to `request` whatever resolvers need (the caller, loaders, an idempotency key).
    fn admit(
        &self,
        call: &Call<Self::Caller>,
        request: Request,
    ) -> impl Future<Output = Result<Request, Refusal>> + Send;

    /// Drives the execution of a call, and notes its commits, so that it is known of what is given up
    /// whether something of it lasts.
    fn drive<F: Future + Send>(
        &self,
        execution: F,
        commits: &Arc<Commits>,
    ) -> impl Future<Output = F::Output> + Send {
        let _ = commits;
        execution
    }

    /// Looks under the idempotency key of a call that was admitted whether it was carried out
    /// before. See [`Call::idempotency_key`] for the calls whose key counts.
    fn claim(
        &self,
        call: &Call<Self::Caller>,
        request: &Request,
    ) -> impl Future<Output = Result<Claimed<Self::Pledge>, Refusal>> + Send {
        let _ = (call, request);
        std::future::ready(Ok(Claimed::Unasked))
    }

    /// Makes the effect of a call and the body of its answer last, both or neither.
    fn keep(
        &self,
        pledge: Self::Pledge,
        body: &str,
    ) -> impl Future<Output = Result<(), Refusal>> + Send {
        let _ = (pledge, body);
        std::future::ready(Ok(()))
    }

    /// Completes an answer, e.g. with `extensions.cost` or response headers. Called once for each
    /// answer of a call, after error codes were filled in.
    fn settle(&self, call: &Call<Self::Caller>, response: &mut Response) {
        let _ = (call, response);
    }

    /// A fresh id for a request that brings none.
    fn new_request_id(&self) -> String;
}
