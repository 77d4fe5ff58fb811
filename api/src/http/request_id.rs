//! The id of a request, which stands in its answer and in every line that is logged of it.

use std::sync::Arc;

use actix_web::{
    HttpMessage as _, HttpRequest,
    http::header::{HeaderMap, HeaderName, HeaderValue},
};

use super::{engine::Engine, transport::Transport};

/// Header that carries the request id, both ways.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest request id taken over from a client.
const MAX_LENGTH: usize = 64;

/// The id that a request was given.
#[derive(Clone)]
struct RequestId(Arc<str>);

/// The id of a request: the caller's own if it is a sensible one, else a new one; the same whenever it
/// is asked for.
pub(crate) fn request_id_of<E: Engine>(
    transport: &Transport<E>,
    request: &HttpRequest,
) -> Arc<str> {
    let known = request.extensions().get::<RequestId>().cloned();
    if let Some(RequestId(id)) = known {
        return id;
    }
    let sensible = |id: &&str| {
        (1..=MAX_LENGTH).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let sent = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let own = sent.filter(sensible).map(str::to_owned);
    let id: Arc<str> = own.unwrap_or_else(|| transport.engine.new_request_id()).into();
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    id
}

/// Tells the id with an answer that does not yet.
pub(crate) fn tell_request_id(id: &str, headers: &mut HeaderMap) {
    if !headers.contains_key(REQUEST_ID)
        && let Ok(id) = HeaderValue::from_str(id)
    {
        headers.insert(REQUEST_ID, id);
    }
}
