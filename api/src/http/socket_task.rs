//! The task of one operation of a socket.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::parser::types::OperationType;
use futures_util::StreamExt as _;
use tokio::{
    sync::{mpsc, watch},
    task::AbortHandle,
};

use super::{
    engine::{Engine, RequestMeta, Via},
    execute::answers,
    request::GraphqlRequest,
    response::Answer,
    socket_protocol as protocol,
    transport::Transport,
};

/// A running operation; dropping it stops its task. A mutation goes on all the same.
pub(super) struct Running {
    pub(super) number: u64,
    pub(super) task: AbortHandle,
    /// Whether it has turned out to be a mutation.
    pub(super) mutates: Arc<AtomicBool>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What an operation's task has to say.
pub(super) struct Frame {
    pub(super) id: String,
    /// Tells the operation from an earlier one under the same id.
    pub(super) number: u64,
    pub(super) text: String,
    pub(super) last: bool,
}

/// What a task needs.
pub(super) struct Task<E: Engine> {
    pub(super) transport: Arc<Transport<E>>,
    pub(super) id: String,
    pub(super) number: u64,
    pub(super) frames: mpsc::Sender<Frame>,
    pub(super) standing: watch::Receiver<Arc<E::Caller>>,
    pub(super) mutates: Arc<AtomicBool>,
}

impl<E: Engine> Task<E> {
    /// Carries the operation out and says all that comes of it.
    pub(super) async fn run(
        self,
        caller: Arc<E::Caller>,
        meta: RequestMeta,
        request: GraphqlRequest,
    ) {
        let request_id = meta.request_id.clone();
        let admitted = match self.transport.call(caller, meta, Via::Socket, request) {
            Ok((mut call, request)) => {
                self.mutates.store(call.kind() == OperationType::Mutation, Ordering::Relaxed);
                call.standing = Some(self.standing.clone());
                self.transport.admit(call, request).await
            }
            Err(refusal) => Err(refusal),
        };
        let mut answers = match admitted {
            Ok(admitted) => answers(self.transport.clone(), admitted),
            Err(refusal) => {
                self.transport.gauges.refused(refusal.code);
                let answer = Answer::refused(refusal, &request_id);
                self.say(protocol::error(&self.id, &answer), true).await;
                return;
            }
        };
        while let Some(answer) = answers.next().await {
            if answer.refused {
                self.say(protocol::error(&self.id, &answer), true).await;
                return;
            }
            self.say(protocol::next(&self.id, &answer), false).await;
        }
        // The live stream ends before the client is told, so that figures never lag behind.
        drop(answers);
        self.say(protocol::complete(&self.id), true).await;
    }

    async fn say(&self, text: String, last: bool) {
        let frame = Frame { id: self.id.clone(), number: self.number, text, last };
        // A closed channel means that the socket ends and this task with it.
        let _ = self.frames.send(frame).await;
    }
}
