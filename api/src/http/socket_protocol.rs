//! The messages of `graphql-transport-ws` and the ways a socket ends.
//!
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>

use std::time::Duration;

use actix_ws::{CloseCode, CloseReason};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use super::{
    refusal::{AuthRefusal, ErrorCode},
    request::GraphqlRequest,
    response::Answer,
};

/// Name of the subprotocol.
pub(super) const PROTOCOL: &str = "graphql-transport-ws";

/// Longest id of an operation, in bytes.
const MAX_ID: usize = 128;

/// Limits of one socket.
#[derive(Clone, Copy, Debug)]
pub struct SocketSettings {
    /// Time a client has for `connection_init`.
    pub init_wait: Duration,
    /// Time that a socket on which nobody has signed in may stay without an operation.
    pub strangers_idle: Duration,
    /// Bytes of one message.
    pub message_bytes: usize,
    /// Operations at once.
    pub streams: usize,
    /// Frames that wait for a slow client; its operations pause when it is full.
    pub queued_frames: usize,
    /// Time a frame may wait for a slow client before the socket is given up.
    pub write_timeout: Duration,
    /// Pause between pings; a client silent for two of them is gone.
    pub ping_every: Duration,
}

impl Default for SocketSettings {
    fn default() -> Self {
        Self {
            init_wait: Duration::from_secs(10),
            strangers_idle: Duration::from_secs(10),
            message_bytes: 256 * 1024,
            streams: 50,
            queued_frames: 32,
            write_timeout: Duration::from_secs(20),
            ping_every: Duration::from_secs(25),
        }
    }
}

/// What a client says.
#[derive(Debug)]
pub(super) enum ClientMessage {
    Init { token: Result<Option<String>, NotText> },
    Ping { payload: Option<Box<RawValue>> },
    Pong,
    Subscribe { id: String, request: Box<GraphqlRequest> },
    Complete { id: String },
}

/// `authorization` of the connection parameters is something else than text.
#[derive(Debug)]
pub(super) struct NotText;

#[derive(Deserialize)]
struct Incoming {
    #[serde(rename = "type")]
    kind: String,
    id: Option<String>,
    payload: Option<Box<RawValue>>,
}

impl ClientMessage {
    /// Reads one message.
    pub(super) fn parse(text: &str) -> Result<Self, Ending> {
        // A derived reader would take an array for the fields in order.
        if !text.trim_start().starts_with('{') {
            return Err(Ending::BadMessage("A message is a JSON object."));
        }
        let Incoming { kind, id, payload } = serde_json::from_str(text)
            .map_err(|_| Ending::BadMessage("The message is not of the protocol."))?;
        match kind.as_str() {
            "connection_init" => Ok(Self::Init { token: token_of(payload.as_deref())? }),
            "ping" => Ok(Self::Ping { payload }),
            "pong" => Ok(Self::Pong),
            "subscribe" => {
                let payload = payload.ok_or(Ending::BadMessage("`subscribe` has a payload."))?;
                let request = GraphqlRequest::from_json(payload.get().as_bytes())
                    .map_err(|_| Ending::BadMessage("The payload is not a GraphQL request."))?;
                Ok(Self::Subscribe { id: checked_id(id)?, request: Box::new(request) })
            }
            "complete" => Ok(Self::Complete { id: checked_id(id)? }),
            _ => Err(Ending::BadMessage("The type of the message is unknown.")),
        }
    }
}

fn token_of(payload: Option<&RawValue>) -> Result<Result<Option<String>, NotText>, Ending> {
    let Some(payload) = payload else { return Ok(Ok(None)) };
    let parameters: Value = serde_json::from_str(payload.get())
        .map_err(|_| Ending::BadMessage("The payload cannot be read."))?;
    let value = ["authorization", "Authorization"].iter().find_map(|key| parameters.get(key));
    Ok(match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(token)) => Ok(Some(token.clone())),
        Some(_) => Err(NotText),
    })
}

fn checked_id(id: Option<String>) -> Result<String, Ending> {
    id.filter(|id| !id.is_empty() && id.len() <= MAX_ID)
        .ok_or(Ending::BadMessage("The message needs an `id` of 1 to 128 bytes."))
}

#[derive(Serialize)]
struct Outgoing<'a, P> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<P>,
}

fn write<P: Serialize>(id: Option<&str>, kind: &str, payload: Option<P>) -> String {
    serde_json::to_string(&Outgoing { id, kind, payload }).unwrap_or_else(|error| {
        tracing::error!(%error, "a socket message could not be written as JSON");
        String::new()
    })
}

pub(super) fn ack() -> String {
    write(None, "connection_ack", None::<()>)
}

pub(super) fn pong(payload: Option<&RawValue>) -> String {
    write(None, "pong", payload)
}

pub(super) fn next(id: &str, answer: &Answer) -> String {
    write(Some(id), "next", Some(answer.payload()))
}

pub(super) fn error(id: &str, answer: &Answer) -> String {
    write(Some(id), "error", Some(&answer.response.errors))
}

pub(super) fn complete(id: &str) -> String {
    write(Some(id), "complete", None::<()>)
}

/// Why a socket ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The client left, or the connection is dead: there is nobody to tell.
    Gone,
    /// The server stops; clients connect again, elsewhere.
    Restart,
    /// A message is larger than allowed.
    TooLarge,
    BadMessage(&'static str),
    /// An operation before the acknowledgement.
    Unauthorized,
    /// Bad credentials, or good ones that have run out or were taken away.
    Forbidden,
    /// Good credentials of a tenant that is suspended.
    Suspended,
    /// Whether the credentials are still good could not be found out.
    Unconfirmed,
    BadSubprotocol,
    InitTimeout,
    SubscriberExists(String),
    TooManyInits,
    /// Nobody has signed in, and nothing is under way.
    Idle,
    /// The caller has as many sockets and streams as they may.
    Crowded,
}

impl Ending {
    /// The end of a socket whose credentials were refused.
    pub(super) const fn of(refusal: AuthRefusal) -> Self {
        match refusal {
            AuthRefusal::Unauthenticated => Self::Forbidden,
            AuthRefusal::TenantSuspended => Self::Suspended,
            AuthRefusal::Unavailable => Self::Unconfirmed,
        }
    }

    /// The close frame to send, if any.
    pub(super) fn close_reason(&self) -> Option<CloseReason> {
        let (code, reason) = match self {
            Self::Gone => return None,
            Self::Restart => (CloseCode::Restart, "Service restart: connect again".to_owned()),
            Self::TooLarge => (CloseCode::Size, "Message too large".to_owned()),
            Self::BadMessage(why) => (CloseCode::Other(4400), (*why).to_owned()),
            Self::Unauthorized => (CloseCode::Other(4401), "Unauthorized".to_owned()),
            Self::Forbidden => (CloseCode::Other(4403), "Forbidden".to_owned()),
            Self::Suspended => {
                (CloseCode::Other(4403), ErrorCode::TenantSuspended.as_str().to_owned())
            }
            Self::Unconfirmed => (CloseCode::Again, "Try again later".to_owned()),
            Self::BadSubprotocol => {
                (CloseCode::Other(4406), "Subprotocol not acceptable".to_owned())
            }
            Self::InitTimeout => {
                (CloseCode::Other(4408), "Connection initialisation timeout".to_owned())
            }
            Self::SubscriberExists(id) => {
                (CloseCode::Other(4409), format!("Subscriber for {id} already exists"))
            }
            Self::TooManyInits => {
                (CloseCode::Other(4429), "Too many initialisation requests".to_owned())
            }
            // Codes after which clients of the protocol do not come again by themselves.
            Self::Idle => (CloseCode::Other(4401), "Unauthorized: nobody has signed in".to_owned()),
            Self::Crowded => (CloseCode::Other(4429), "Too many sockets and streams".to_owned()),
        };
        Some(CloseReason { code, description: Some(reason) })
    }
}
