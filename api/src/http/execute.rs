//! The way of a call, whatever it came in by: document, admission, execution, answer.

use std::{
    any::Any,
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    time::Instant,
};

use actix_web::http::StatusCode;
use async_graphql::{Executor, Request, Response, Value, parser::types::OperationType, value};
use futures_util::{FutureExt, StreamExt, stream::BoxStream};
use tokio::time::{self, timeout, timeout_at};
use trunkline_infra::db::{Commits, Fate};

use super::{
    engine::{Call, Engine, RequestMeta, Via},
    figures::Live,
    once::{Claimed, key_of},
    order::put_in_order,
    quote::Sizes,
    receipt::Receipt,
    refusal::{AuthRefusal, ErrorCode, Refusal},
    request::GraphqlRequest,
    response::Answer,
    transport::Transport,
    turns::Turns,
    unattended::UnderWay,
};

/// What came of an execution; an error is a panic.
type Executed = Result<Response, Box<dyn Any + Send>>;

/// A call that was let in, with what the executor needs of it.
pub(super) struct Admitted<E: Engine> {
    pub(super) call: Call<E::Caller>,
    request: Request,
    claimed: Claimed<E::Pledge>,
    /// A stop of the server waits for it; of mutations only.
    under_way: Option<UnderWay>,
}

impl<E: Engine> Admitted<E> {
    /// Whether it changes something.
    pub(super) fn mutates(&self) -> bool {
        self.call.kind == OperationType::Mutation
    }

    /// Whether the answer is one that was given before.
    pub(super) fn is_replay(&self) -> bool {
        matches!(self.claimed, Claimed::Answered(_))
    }
}

impl<E: Engine> Transport<E> {
    /// Finds out who calls, within the time of a request.
    pub(super) async fn authenticate(
        &self,
        token: Option<&str>,
        meta: &RequestMeta,
    ) -> Result<Arc<E::Caller>, AuthRefusal> {
        let found = self.engine.authenticate(token, meta);
        let found = timeout(self.settings.request_timeout, found).await;
        found.unwrap_or(Err(AuthRefusal::Unavailable))
    }

    /// Finds the document and the operation of a request.
    pub(super) fn call(
        &self,
        caller: Arc<E::Caller>,
        meta: RequestMeta,
        via: Via,
        request: GraphqlRequest,
    ) -> Result<(Call<E::Caller>, Request), Refusal> {
        let GraphqlRequest { query, operation_name, variables, hash, idempotency_key } = request;
        // Only what somebody known sends is remembered: a stranger could push out all that others use.
        let remember = self.engine.holder(&caller).is_some();
        let document = self.documents.resolve(query, hash, remember)?;
        let kind = document.operation(operation_name.as_deref())?.kind();
        if via == Via::Get && kind == OperationType::Mutation {
            let message = "A mutation cannot be sent by GET.";
            let mut refusal = Refusal::request(
                StatusCode::METHOD_NOT_ALLOWED,
                ErrorCode::ValidationFailed,
                message,
            );
            refusal.allow = Some("POST");
            return Err(refusal);
        }
        let mut meta = meta;
        meta.idempotency_key = key_of(via, kind, meta.idempotency_key, idempotency_key)?;
        let bill = document.bill(operation_name.as_deref());
        let sizes = bill.map_or_else(Sizes::default, |bill| bill.sizes(&variables));
        let mut executable = Request::new(document.text()).variables(variables);
        executable.operation_name.clone_from(&operation_name);
        executable.set_parsed_query(document.parsed().clone());
        let receipt = OnceLock::new();
        let call = Call {
            caller,
            meta,
            via,
            standing: None,
            document,
            operation_name,
            kind,
            sizes,
            receipt,
            deadline: time::Instant::now() + self.settings.request_timeout,
        };
        Ok((call, executable))
    }

    /// Asks the engine whether a call may pass. A mutation that comes so late in a stop of the server that
    /// it would not be waited for may not.
    pub(super) async fn admit(
        &self,
        call: Call<E::Caller>,
        request: Request,
    ) -> Result<Admitted<E>, Refusal> {
        let under_way = match call.kind {
            OperationType::Mutation => Some(self.unattended.begin().ok_or_else(ending)?),
            OperationType::Query | OperationType::Subscription => None,
        };
        let admission = async {
            let request = self.engine.admit(&call, request).await?;
            let claimed = self.engine.claim(&call, &request).await?;
            Ok::<_, Refusal>((request, claimed))
        };
        let admission = timeout_at(call.deadline, admission).await;
        let (request, claimed) = admission.unwrap_or_else(|_| Err(not_let_in()))?;
        Ok(Admitted { call, request, claimed, under_way })
    }

    /// Executes a query or mutation, or gives the answer that it got before. A query ends with the wait
    /// for it; a mutation that has begun is carried to its end.
    pub(super) async fn execute(self: &Arc<Self>, admitted: Admitted<E>) -> Answer {
        let mutates = admitted.mutates();
        let answering = Arc::clone(self).carry_out(admitted);
        if mutates { self.unattended.carry(answering).await } else { answering.await }
    }

    async fn carry_out(self: Arc<Self>, admitted: Admitted<E>) -> Answer {
        let Admitted { call, request, claimed, under_way: _under_way } = admitted;
        match claimed {
            Claimed::Unasked => self.run(&call, request, false).await,
            Claimed::New(pledge) => {
                let answer = self.run(&call, request, true).await;
                self.keep(&call, pledge, answer).await
            }
            Claimed::Answered(body) => {
                let mut answer = Answer::replayed(body);
                answer.headers.extend(call.receipt.get().into_iter().flat_map(Receipt::headers));
                self.engine.settle(&call, &mut answer.response);
                answer
            }
        }
    }

    /// Keeps an answer. One without data tells of nothing that was done: it is not kept, nothing of
    /// the call lasts, and the key is free for the next try.
    async fn keep(
        self: &Arc<Self>,
        call: &Call<E::Caller>,
        pledge: E::Pledge,
        answer: Answer,
    ) -> Answer {
        if answer.response.data == Value::Null {
            return answer;
        }
        let answer = answer.written();
        let (commits, body) = (Arc::<Commits>::default(), answer.to_json().into_owned());
        let (transport, noted) = (Arc::clone(self), Arc::clone(&commits));
        let mut keeping = self.unattended.carry(async move {
            let keeping = transport.engine.keep(pledge, &body);
            transport.engine.drive(keeping, &noted).await
        });
        let kept = timeout_at(call.deadline + self.settings.commit_grace, &mut keeping).await;
        let refusal = match (kept, commits.fate()) {
            // Late is only what follows the commit, and that goes on.
            (Ok(Ok(())), _) | (Err(_), Fate::Lasting) => return answer,
            (Ok(Err(refusal)), fate) => refusal.of_mutation(fate.into(), true),
            (Err(_), fate) => {
                if fate == Fate::Undone {
                    keeping.give_up();
                }
                self.too_late(call, fate)
            }
        };
        Answer::failed(refusal, &call.meta.request_id)
    }

    /// `pledged` = what is committed lasts only with the answer.
    async fn run(
        self: &Arc<Self>,
        call: &Call<E::Caller>,
        request: Request,
        pledged: bool,
    ) -> Answer {
        let began = Instant::now();
        let commits = Arc::<Commits>::default();
        let fate = || if pledged { Fate::Undone } else { commits.fate() };
        let outcome = self.within_time(call, request, &commits, &fate).await;
        let answer = match outcome {
            Ok(Ok(response)) => {
                let mut answer = self.answer(call, response);
                // It has ended: a commit of which nothing is known has lost its connection.
                if fate() == Fate::Unknown {
                    answer.doubt(call.meta.idempotency_key.is_some());
                }
                answer
            }
            Ok(Err(_)) => {
                let mut failure = panicked();
                if call.kind == OperationType::Mutation {
                    let has_key = call.meta.idempotency_key.is_some();
                    failure = failure.of_mutation(fate().into(), has_key);
                }
                Answer::failed(failure, &call.meta.request_id)
            }
            Err(late) => Answer::failed(self.too_late(call, late), &call.meta.request_id),
        };
        self.gauges.answered(call.kind, &answer, began.elapsed());
        answer
    }

    /// Executes a request until its time is up. Given up, it drops its transaction, and nothing of it
    /// lasts. A mutation that has begun to commit is not given up at that point: no other root field of it
    /// begins, and it is answered as it ends. If that takes too long as well, what follows the commit of the
    /// field under way goes on without an answer; one that has not begun to commit is given up.
    async fn within_time(
        self: &Arc<Self>,
        call: &Call<E::Caller>,
        request: Request,
        commits: &Arc<Commits>,
        fate: &(impl Fn() -> Fate + Sync),
    ) -> Result<Executed, Fate> {
        let (transport, noted) = (Arc::clone(self), Arc::clone(commits));
        let turns = Turns::new(commits);
        let request = match call.kind {
            OperationType::Mutation => request.data(Arc::clone(&turns)),
            OperationType::Query | OperationType::Subscription => request,
        };
        let execution = async move {
            let execution = transport.engine.executor().execute(request);
            // A panic in a resolver must cost its caller an error, not the connection.
            let execution = AssertUnwindSafe(execution).catch_unwind();
            transport.engine.drive(execution, &noted).await
        };
        if call.kind != OperationType::Mutation {
            return timeout_at(call.deadline, execution).await.map_err(|_| Fate::Undone);
        }
        let mut execution = self.unattended.carry(execution);
        if let Ok(executed) = timeout_at(call.deadline, &mut execution).await {
            return Ok(executed);
        }
        turns.end();
        if fate() != Fate::Undone
            && let Ok(executed) = timeout(self.settings.commit_grace, &mut execution).await
        {
            return Ok(executed);
        }
        let fate = fate();
        if fate == Fate::Undone || turns.can_be_undone() {
            execution.give_up();
        }
        Err(fate)
    }

    fn too_late(&self, call: &Call<E::Caller>, fate: Fate) -> Refusal {
        let limit = self.settings.request_timeout.as_secs();
        let late = |what: &str, rest: &str| {
            let message = format!("The {what} took longer than {limit} s.{rest}");
            Refusal::document(ErrorCode::DeadlineExceeded, message)
        };
        if call.kind != OperationType::Mutation {
            return late("query", "");
        }
        let rest = match fate {
            Fate::Undone => "",
            Fate::Unknown | Fate::Lasting => {
                " No further field of it is begun; what the one under way does may still end."
            }
        };
        late("mutation", rest).of_mutation(fate.into(), call.meta.idempotency_key.is_some())
    }

    fn answer(&self, call: &Call<E::Caller>, mut response: Response) -> Answer {
        if let Ok(operation) = call.operation() {
            put_in_order(&mut response.data, &operation);
        }
        let mut answer = Answer::executed(response, &call.meta.request_id);
        tell_cost(call, &mut answer);
        self.engine.settle(call, &mut answer.response);
        answer
    }
}

/// Adds what the call cost and which deprecated members it used. The events of a subscription cost
/// nothing and say nothing.
fn tell_cost<C>(call: &Call<C>, answer: &mut Answer) {
    let Some(bill) = call.bill().filter(|_| call.kind != OperationType::Subscription) else {
        return;
    };
    if let Some(receipt) = call.receipt.get() {
        let data = &answer.response.data;
        let actual = (!answer.refused).then(|| bill.came_to(data, &call.sizes));
        answer.response.extensions.insert("cost".to_owned(), receipt.extension(actual));
        answer.headers.extend(receipt.headers());
    }
    if !bill.deprecations.is_empty() {
        let uses = bill.deprecations.iter().map(
            |(member, notice)| value!({ "member": (member.as_str()), "notice": (notice.as_str()) }),
        );
        answer.response.extensions.insert("deprecations".to_owned(), Value::List(uses.collect()));
    }
}

/// The answers of an operation of any kind; a query or mutation has one. A subscription counts as a
/// live stream until the returned stream is dropped.
pub(super) fn answers<E: Engine>(
    transport: Arc<Transport<E>>,
    admitted: Admitted<E>,
) -> BoxStream<'static, Answer> {
    if admitted.call.kind != OperationType::Subscription {
        return async move { transport.execute(admitted).await }.into_stream().boxed();
    }
    let Admitted { call, request, .. } = admitted;
    let live: Live = transport.gauges.stream();
    let request_id = call.meta.request_id.clone();
    let responses = transport.engine.executor().execute_stream(request, None);
    AssertUnwindSafe(responses)
        .catch_unwind()
        .map(move |outcome| {
            let _ = &live;
            match outcome {
                Ok(response) => transport.answer(&call, response),
                Err(_) => Answer::failed(panicked(), &request_id),
            }
        })
        .boxed()
}

fn not_let_in() -> Refusal {
    Refusal::request(
        StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::DeadlineExceeded,
        "The request waited too long to be let in.",
    )
    .retry_after(1)
}

fn ending() -> Refusal {
    Refusal::request(
        StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Unavailable,
        "The server is about to end and begins nothing any more: send it again.",
    )
    .retry_after(1)
}

fn panicked() -> Refusal {
    tracing::error!("a resolver panicked");
    Refusal::document(ErrorCode::Internal, "Internal error.")
}
