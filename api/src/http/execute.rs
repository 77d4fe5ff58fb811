//! The way of a call, whatever it came in by: document, admission, execution, answer.

use std::{
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use actix_web::http::StatusCode;
use async_graphql::{Executor, Request, Response, Value, parser::types::OperationType, value};
use futures_util::{FutureExt, StreamExt, stream::BoxStream};
use tokio::time::{self, timeout, timeout_at};

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
};

/// A call that was let in, with what the executor needs of it.
pub(super) struct Admitted<E: Engine> {
    pub(super) call: Call<E::Caller>,
    request: Request,
    claimed: Claimed<E::Pledge>,
}

impl<E: Engine> Admitted<E> {
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

    /// Asks the engine whether a call may pass.
    pub(super) async fn admit(
        &self,
        call: Call<E::Caller>,
        request: Request,
    ) -> Result<Admitted<E>, Refusal> {
        let admission = async {
            let request = self.engine.admit(&call, request).await?;
            let claimed = self.engine.claim(&call, &request).await?;
            Ok::<_, Refusal>((request, claimed))
        };
        let admission = timeout_at(call.deadline, admission).await;
        let (request, claimed) = admission.unwrap_or_else(|_| Err(not_let_in()))?;
        Ok(Admitted { call, request, claimed })
    }

    /// Executes a query or mutation, or gives the answer that it got before.
    pub(super) async fn execute(&self, admitted: Admitted<E>) -> Answer {
        let Admitted { call, request, claimed } = admitted;
        match claimed {
            Claimed::Unasked => self.run(&call, request).await,
            Claimed::New(pledge) => {
                let answer = self.run(&call, request).await;
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
    async fn keep(&self, call: &Call<E::Caller>, pledge: E::Pledge, answer: Answer) -> Answer {
        if answer.response.data == Value::Null {
            return answer;
        }
        let answer = answer.written();
        match self.engine.keep(pledge, &answer.to_json()).await {
            Ok(()) => answer,
            Err(refusal) => Answer::failed(refusal, &call.meta.request_id),
        }
    }

    async fn run(&self, call: &Call<E::Caller>, request: Request) -> Answer {
        let began = Instant::now();
        // A panic in a resolver must cost its caller an error, not the connection.
        let execution = AssertUnwindSafe(self.engine.executor().execute(request)).catch_unwind();
        let outcome = self.within_time(call, execution).await;
        let answer = match outcome {
            Ok(Ok(response)) => self.answer(call, response),
            Ok(Err(_)) => Answer::failed(panicked(), &call.meta.request_id),
            Err(late) => Answer::failed(self.too_late(call, late), &call.meta.request_id),
        };
        self.gauges.answered(call.kind, &answer, began.elapsed());
        answer
    }

    /// Drives an execution until its time is up. Given up, it drops its transaction, and nothing of it
    /// lasts. What has begun to commit is not given up at that point: it is answered as it ends.
    async fn within_time<F: Future + Send>(
        &self,
        call: &Call<E::Caller>,
        execution: F,
    ) -> Result<F::Output, Late> {
        let lasting = Arc::<AtomicBool>::default();
        let mut driven = pin!(self.engine.drive(execution, &lasting));
        let in_time = timeout_at(call.deadline, driven.as_mut()).await;
        match in_time {
            Ok(output) => Ok(output),
            Err(_) if lasting.load(Ordering::Relaxed) => {
                timeout(self.settings.commit_grace, driven).await.map_err(|_| Late::Done)
            }
            Err(_) => Err(Late::Undone),
        }
    }

    fn too_late(&self, call: &Call<E::Caller>, late: Late) -> Refusal {
        let limit = self.settings.request_timeout.as_secs();
        let what = match call.kind {
            OperationType::Mutation => "mutation",
            OperationType::Query | OperationType::Subscription => "query",
        };
        let message = match late {
            Late::Undone if call.kind == OperationType::Mutation => {
                format!("The {what} took longer than {limit} s and was undone.")
            }
            Late::Undone => format!("The {what} took longer than {limit} s."),
            Late::Done => format!(
                "The {what} took longer than {limit} s. It was carried out, at least in part: read what it changed."
            ),
        };
        Refusal::document(ErrorCode::DeadlineExceeded, message)
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
    let Admitted { call, request, claimed: _ } = admitted;
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

/// How an execution stands whose time is up.
#[derive(Clone, Copy)]
enum Late {
    /// Nothing of it lasts.
    Undone,
    /// Something lasts; its answer was not ready soon enough after.
    Done,
}

fn not_let_in() -> Refusal {
    Refusal::request(
        StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::DeadlineExceeded,
        "The request waited too long to be let in.",
    )
    .retry_after(1)
}

fn panicked() -> Refusal {
    tracing::error!("a resolver panicked");
    Refusal::document(ErrorCode::Internal, "Internal error.")
}
