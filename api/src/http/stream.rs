//! Many answers over plain HTTP: server-sent events, and the multipart answers Apollo's clients
//! ask for.
//!
//! - GraphQL over SSE, distinct connections mode:
//!   <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>
//! - Multipart subscriptions:
//!   <https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol>

use std::{convert::Infallible, sync::Arc, time::Duration};

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    rt,
    web::Bytes,
};
use futures_util::{
    Stream, StreamExt,
    stream::{self, BoxStream},
};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval, timeout},
};

use super::{
    engine::Engine,
    execute::{Admitted, answers},
    leaving::Leaving,
    negotiate::Media,
    once::REPLAYED,
    refusal::Refusal,
    response::{Answer, begin},
    standing::Standing,
    transport::Transport,
};

/// Answers with a stream in one of the two framings.
pub(super) fn respond<E: Engine>(
    transport: &Arc<Transport<E>>,
    admitted: Admitted<E>,
    media: Media,
    standing: Standing<E>,
    request_id: &Arc<str>,
) -> HttpResponse {
    let framing = if media == Media::Multipart { Framing::Multipart } else { Framing::EventStream };
    let mut keep_alive = interval(transport.settings.keep_alive);
    keep_alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (replay, mutates) = (admitted.is_replay(), admitted.mutates());
    let delivery = Delivery {
        framing,
        answers: answers(transport.clone(), admitted),
        keep_alive,
        standing,
        leaving: Leaving::of(transport),
        mutates,
        request_id: request_id.clone(),
        write_timeout: transport.settings.write_timeout,
        state: State::Opening,
    };
    // A body is not asked for more while its reader is slow, so what ends the stream is looked at in a
    // task of its own.
    let (chunks, queue) = mpsc::channel(1);
    rt::spawn(delivery.run(chunks));
    let mut builder = begin(StatusCode::OK, media, request_id);
    if replay {
        builder.insert_header((REPLAYED, "true"));
    }
    builder
        // A compressor would hold events back until its window is full; proxies are told as much.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(body_of(queue))
}

fn body_of(queue: mpsc::Receiver<Bytes>) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(queue, |mut queue| async move {
        let chunk = queue.recv().await?;
        Some((Ok(chunk), queue))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Opening,
    Open,
    Completing,
    Closed,
}

struct Delivery<E: Engine> {
    framing: Framing,
    answers: BoxStream<'static, Answer>,
    keep_alive: tokio::time::Interval,
    standing: Standing<E>,
    leaving: Leaving,
    /// Whether it carries a mutation, whose answer is waited for when the server stops.
    mutates: bool,
    request_id: Arc<str>,
    write_timeout: Duration,
    state: State,
}

impl<E: Engine> Delivery<E> {
    /// Delivers until the stream is over, or nobody reads it any more.
    async fn run(mut self, chunks: mpsc::Sender<Bytes>) {
        let mutates = self.mutates;
        loop {
            let chunk = tokio::select! {
                biased;
                // The client has left.
                () = chunks.closed() => return,
                chunk = self.next() => chunk,
            };
            let Some(chunk) = chunk else { return };
            let sent = tokio::select! {
                biased;
                sent = timeout(self.write_timeout, chunks.send(Bytes::from(chunk))) => sent,
                () = self.leaving.is_due(|| mutates) => return,
            };
            if !matches!(sent, Ok(Ok(()))) {
                tracing::debug!(request_id = %self.request_id, "the reader of a stream is given up");
                return;
            }
        }
    }

    async fn next(&mut self) -> Option<String> {
        match self.state {
            State::Opening => {
                self.state = State::Open;
                self.keep_alive.reset();
                Some(self.framing.opening().to_owned())
            }
            State::Open => self.next_of_open().await,
            State::Completing => {
                self.state = State::Closed;
                // What was live is over before the client is told.
                self.answers = stream::empty().boxed();
                Some(self.framing.completion().to_owned())
            }
            State::Closed => None,
        }
    }

    async fn next_of_open(&mut self) -> Option<String> {
        let mutates = self.mutates;
        tokio::select! {
            biased;
            // Without completion: the client takes it for a lost connection and comes again.
            () = self.leaving.is_due(|| mutates) => None,
            refusal = self.standing.lapse() => {
                self.state = State::Completing;
                let refusal = Refusal::from(refusal);
                Some(self.framing.frame(&Answer::refused(refusal, &self.request_id)))
            }
            answer = self.answers.next() => match answer {
                Some(answer) => {
                    self.keep_alive.reset();
                    Some(self.framing.frame(&answer))
                }
                None => {
                    self.state = State::Closed;
                    self.answers = stream::empty().boxed();
                    Some(self.framing.completion().to_owned())
                }
            },
            _ = self.keep_alive.tick() => Some(self.framing.sign_of_life()),
        }
    }
}

/// How answers are told apart in the body.
#[derive(Clone, Copy)]
enum Framing {
    EventStream,
    Multipart,
}

impl Framing {
    const fn opening(self) -> &'static str {
        match self {
            Self::EventStream => ":\n\n",
            Self::Multipart => "\r\n--graphql",
        }
    }

    fn frame(self, answer: &Answer) -> String {
        match self {
            Self::EventStream => format!("event: next\ndata: {}\n\n", answer.to_json()),
            // The boundary that ends a part is sent with it: a reader waits for it.
            Self::Multipart => multipart(&format!("{{\"payload\":{}}}", answer.to_json())),
        }
    }

    fn sign_of_life(self) -> String {
        match self {
            Self::EventStream => ":\n\n".to_owned(),
            Self::Multipart => multipart("{}"),
        }
    }

    const fn completion(self) -> &'static str {
        match self {
            Self::EventStream => "event: complete\ndata:\n\n",
            Self::Multipart => "--\r\n",
        }
    }
}

fn multipart(json: &str) -> String {
    format!("\r\ncontent-type: application/json\r\n\r\n{json}\r\n--graphql")
}
