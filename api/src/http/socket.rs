//! One `graphql-transport-ws` connection: a loop that owns the session and all state, and one task
//! for each operation that sends it frames through a bounded channel.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    rt, web,
};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, Closed, ProtocolError, Session};
use futures_util::future::pending;
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until, timeout},
};
use tracing::Instrument as _;

use super::{
    crowd::{Place, Placed},
    engine::{Engine, RequestMeta},
    intake::{bearer, challenge, meta_of},
    leaving::Leaving,
    negotiate::Media,
    refusal::{ErrorCode, Refusal},
    request::GraphqlRequest,
    request_id::tell_request_id,
    response::{Answer, refuse},
    socket_protocol::{self as protocol, ClientMessage, Ending, PROTOCOL},
    socket_task::{Frame, Running, Task},
    standing::Standing,
    transport::Transport,
};

/// Time for the close handshake.
const CLOSE_WAIT: Duration = Duration::from_secs(1);

/// Takes over the connection of an upgrade request.
pub(super) async fn accept<E: Engine>(
    transport: web::Data<Transport<E>>,
    request: HttpRequest,
    body: web::Payload,
) -> HttpResponse {
    let meta = meta_of(&transport, &request);
    let request_id = Arc::clone(&meta.request_id);
    let opened = transport.settings.origins.check(&request).and_then(|()| {
        // A stranger's until it has said who is there.
        let place = transport.crowd.enter(meta.peer, None)?;
        let handshake = actix_ws::handle_with_protocols(&request, body, &[PROTOCOL]);
        Ok((place, handshake.map_err(|error| no_handshake(&error))?))
    });
    let (place, (response, session, incoming)) = match opened {
        Ok(opened) => opened,
        Err(refusal) => {
            transport.gauges.refused(refusal.code);
            let mut response = refuse(refusal, Media::Json, &request_id, challenge(&request));
            let version = HeaderValue::from_static("13");
            response.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, version);
            return response;
        }
    };
    let mut response = response.map_body(|_, body| Placed::wrap(body, Arc::clone(&place)));
    tell_request_id(&request_id, response.headers_mut());
    let agreed = response.headers().contains_key(header::SEC_WEBSOCKET_PROTOCOL);
    let limit = transport.settings.socket.message_bytes;
    let incoming =
        incoming.max_frame_size(limit).aggregate_continuations().max_continuation_size(limit);
    let (frames, queue) = mpsc::channel(transport.settings.socket.queued_frames);
    let socket = Socket {
        meta,
        header_token: bearer(&request).map(str::to_owned),
        leaving: Leaving::of(&transport),
        transport: transport.into_inner(),
        session,
        standing: None,
        place,
        idle_since: Instant::now(),
        streams: HashMap::new(),
        started: 0,
        frames,
    };
    rt::spawn(socket.run(incoming, queue, agreed));
    response
}

/// The request is no opening handshake of RFC 6455, section 4.2.1.
fn no_handshake(error: &actix_web::Error) -> Refusal {
    let message = format!("The socket cannot be opened: {error}.");
    Refusal::request(StatusCode::BAD_REQUEST, ErrorCode::ValidationFailed, message)
}

struct Socket<E: Engine> {
    transport: Arc<Transport<E>>,
    session: Session,
    meta: RequestMeta,
    /// Token of the upgrade request, for clients that can set headers.
    header_token: Option<String>,
    /// Who has signed in, from the acknowledgement on.
    standing: Option<Standing<E>>,
    /// What it takes of the room there is.
    place: Arc<Place>,
    /// Since when no operation has been running, while none is.
    idle_since: Instant,
    /// When it ends because the server stops.
    leaving: Leaving,
    streams: HashMap<String, Running>,
    started: u64,
    frames: mpsc::Sender<Frame>,
}

impl<E: Engine> Socket<E> {
    async fn run(
        mut self,
        mut incoming: AggregatedMessageStream,
        queue: mpsc::Receiver<Frame>,
        agreed: bool,
    ) {
        let _live = self.transport.gauges.socket();
        let ending = if agreed {
            self.serve(&mut incoming, queue).await.err().unwrap_or(Ending::Gone)
        } else {
            Ending::BadSubprotocol
        };
        tracing::debug!(request_id = %self.meta.request_id, ?ending, "socket ends");
        self.streams.clear();
        let Some(reason) = ending.close_reason() else { return };
        let closing = async {
            if self.session.close(Some(reason)).await.is_ok() {
                // Reading on until the client's own close frame spares it a connection reset.
                while let Some(Ok(message)) = incoming.recv().await {
                    if matches!(message, AggregatedMessage::Close(_)) {
                        break;
                    }
                }
            }
        };
        // A client that neither reads nor closes is dropped.
        let _ = timeout(CLOSE_WAIT, closing).await;
    }

    async fn serve(
        &mut self,
        incoming: &mut AggregatedMessageStream,
        mut queue: mpsc::Receiver<Frame>,
    ) -> Result<(), Ending> {
        let settings = self.transport.settings.socket;
        let init_by = Instant::now() + settings.init_wait;
        let mut pings = interval(settings.ping_every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut silent_pings = 0;
        loop {
            let idle_by =
                self.is_idle_strangers().then(|| self.idle_since + settings.strangers_idle);
            let streams = &self.streams;
            tokio::select! {
                () = self.leaving.is_due(|| mutates(streams)) => return Err(Ending::Restart),
                () = sleep_until(init_by), if self.standing.is_none() => {
                    return Err(Ending::InitTimeout);
                }
                () = sleep_until(idle_by.unwrap_or(init_by)), if idle_by.is_some() => {
                    return Err(Ending::Idle);
                }
                ending = lapse(self.standing.as_mut()) => return Err(ending),
                message = incoming.recv() => {
                    silent_pings = 0;
                    self.receive(message).await?;
                }
                Some(frame) = queue.recv() => self.deliver(frame).await?,
                _ = pings.tick() => {
                    silent_pings += 1;
                    if silent_pings > 2 {
                        return Err(Ending::Gone);
                    }
                    self.write(async |session| session.ping(b"").await).await?;
                }
            }
        }
    }

    /// Whether nobody has signed in on it and nothing is under way.
    fn is_idle_strangers(&self) -> bool {
        self.streams.is_empty() && self.standing.as_ref().is_some_and(Standing::is_strangers)
    }

    /// Ends an operation.
    fn end(&mut self, id: &str) {
        if self.streams.remove(id).is_some() && self.streams.is_empty() {
            self.idle_since = Instant::now();
        }
    }

    async fn receive(
        &mut self,
        message: Option<Result<AggregatedMessage, ProtocolError>>,
    ) -> Result<(), Ending> {
        match message {
            Some(Ok(AggregatedMessage::Text(text))) => {
                self.obey(ClientMessage::parse(&text)?).await
            }
            Some(Ok(AggregatedMessage::Binary(_))) => Err(Ending::BadMessage("Messages are text.")),
            Some(Ok(AggregatedMessage::Ping(payload))) => {
                self.write(async |session| session.pong(&payload).await).await
            }
            Some(Ok(AggregatedMessage::Pong(_))) => Ok(()),
            Some(Ok(AggregatedMessage::Close(_))) | None => Err(Ending::Gone),
            // The size of joined fragments is reported as an I/O error, as is a broken connection.
            Some(Err(ProtocolError::Overflow | ProtocolError::Io(_))) => Err(Ending::TooLarge),
            Some(Err(_)) => Err(Ending::BadMessage("The frame is not of the WebSocket protocol.")),
        }
    }

    async fn obey(&mut self, message: ClientMessage) -> Result<(), Ending> {
        match message {
            ClientMessage::Init { token } => {
                if self.standing.is_some() {
                    return Err(Ending::TooManyInits);
                }
                let token = token.map_err(|_| Ending::Forbidden)?;
                let token = token.as_deref().map(without_scheme).or(self.header_token.as_deref());
                let transport = &self.transport;
                let caller = transport.authenticate(token, &self.meta).await.map_err(Ending::of)?;
                if let Some(holder) = transport.engine.holder(&caller) {
                    self.place.sign_in(holder).map_err(|_| Ending::Crowded)?;
                }
                self.idle_since = Instant::now();
                let token = token.map(str::to_owned);
                let standing =
                    Standing::new(self.transport.clone(), self.meta.clone(), token, caller);
                self.standing = Some(standing);
                self.send(protocol::ack()).await
            }
            ClientMessage::Ping { payload } => self.send(protocol::pong(payload.as_deref())).await,
            ClientMessage::Pong => Ok(()),
            // Nothing new is begun any more: the client connects again and asks elsewhere.
            ClientMessage::Subscribe { .. } if self.leaving.is_near() => Ok(()),
            ClientMessage::Subscribe { id, request } => self.start(id, *request).await,
            ClientMessage::Complete { id } => {
                self.end(&id);
                Ok(())
            }
        }
    }

    async fn start(&mut self, id: String, request: GraphqlRequest) -> Result<(), Ending> {
        let standing = self.standing.as_ref().ok_or(Ending::Unauthorized)?;
        let (caller, watch) = (standing.caller(), standing.watch());
        if self.streams.contains_key(&id) {
            return Err(Ending::SubscriberExists(id));
        }
        let request_id = self.transport.engine.new_request_id();
        let limit = self.transport.settings.socket.streams;
        if self.streams.len() >= limit {
            let message = format!("A socket carries at most {limit} operations at once.");
            let refusal = Refusal::document(ErrorCode::RateLimited, message);
            self.transport.gauges.refused(refusal.code);
            return self.send(protocol::error(&id, &Answer::refused(refusal, &request_id))).await;
        }
        self.started += 1;
        let meta = RequestMeta { request_id: request_id.into(), ..self.meta.clone() };
        let is_mutation = Arc::<AtomicBool>::default();
        let task = Task {
            transport: self.transport.clone(),
            id: id.clone(),
            number: self.started,
            frames: self.frames.clone(),
            standing: watch,
            mutates: Arc::clone(&is_mutation),
        };
        let span = tracing::error_span!("request", id = %meta.request_id);
        let task = tokio::spawn(task.run(caller, meta, request).instrument(span)).abort_handle();
        self.streams.insert(id, Running { number: self.started, task, mutates: is_mutation });
        Ok(())
    }

    /// Passes a frame on unless its operation has been stopped meanwhile.
    async fn deliver(&mut self, frame: Frame) -> Result<(), Ending> {
        let Frame { id, number, text, last } = frame;
        if self.streams.get(&id).is_none_or(|stream| stream.number != number) {
            return Ok(());
        }
        if last {
            // Before it is sent: the client may use the id again as soon as it has read this.
            self.end(&id);
        }
        self.send(text).await
    }

    async fn send(&mut self, text: String) -> Result<(), Ending> {
        self.write(async |session| session.text(text).await).await
    }

    /// Writes a frame of any kind: whoever does not take one in time is given up, so that a client
    /// that reads nothing cannot hold the loop. What is last said of a mutation goes out before the
    /// socket ends with the server: who has not heard that it is complete would send it again.
    async fn write(
        &mut self,
        frame: impl AsyncFnOnce(&mut Session) -> Result<(), Closed>,
    ) -> Result<(), Ending> {
        let wait = self.transport.settings.socket.write_timeout;
        let streams = &self.streams;
        tokio::select! {
            biased;
            sent = timeout(wait, frame(&mut self.session)) => match sent {
                Ok(Ok(())) => Ok(()),
                _ => Err(Ending::Gone),
            },
            () = self.leaving.is_due(|| mutates(streams)) => Err(Ending::Restart),
        }
    }
}

/// Whether a mutation is under way.
fn mutates(streams: &HashMap<String, Running>) -> bool {
    streams.values().any(|running| running.mutates.load(Ordering::Relaxed))
}

/// Waits until the caller may not go on.
async fn lapse<E: Engine>(standing: Option<&mut Standing<E>>) -> Ending {
    let Some(standing) = standing else { return pending().await };
    Ending::of(standing.lapse().await)
}

fn without_scheme(value: &str) -> &str {
    match value.split_at_checked(7) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer ") => token.trim(),
        _ => value.trim(),
    }
}
