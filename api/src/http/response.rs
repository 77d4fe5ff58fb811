//! Answers: every error with a code and the request id, no more than needed, on the right status.

use std::{borrow::Cow, cmp::Ordering, collections::BTreeMap};

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use async_graphql::{Response, ServerError, Value};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    negotiate::Media,
    once::REPLAYED,
    outcome::Outcome,
    refusal::{ErrorCode, Refusal},
    request_id::REQUEST_ID,
};

/// Errors that are told of one answer; more would help nobody.
const MAX_ERRORS: usize = 20;

/// Characters of a name that a message tells, and of the whole message: it may hold what somebody sent.
const MAX_NAME: usize = 100;
const MAX_MESSAGE: usize = 1000;

/// An answer fit to be sent.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) response: Response,
    /// Whether it was refused before execution: then it has no `data` entry.
    pub(super) refused: bool,
    /// The text, where it is fixed already.
    body: Option<String>,
    /// Whether it was given before.
    replayed: bool,
    /// Headers besides those of the executor.
    pub(super) headers: Vec<(HeaderName, Option<HeaderValue>)>,
}

#[derive(Serialize)]
struct Entries<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<&'a BTreeMap<String, Value>>,
}

/// Name of the mark that a replayed answer has in its `extensions` over a socket.
const REPLAYED_EXTENSION: &str = "idempotentReplayed";

/// The entries of an answer that was given before, each to the letter.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    errors: Option<&'a RawValue>,
    #[serde(default)]
    extensions: BTreeMap<String, Box<RawValue>>,
}

/// What a message of a socket carries of an answer.
#[derive(Serialize)]
#[serde(untagged)]
enum Payload<'a> {
    Fresh(Entries<'a>),
    Kept(Kept<'a>),
}

impl Answer {
    /// What the executor gave, with its errors mended.
    pub(super) fn executed(mut response: Response, request_id: &str) -> Self {
        // Only errors of parsing and validation have no path.
        let refused = response.data == Value::Null
            && !response.errors.is_empty()
            && response.errors.iter().all(|error| error.path.is_empty());
        merge_repeated(&mut response.errors);
        for error in &mut response.errors {
            mend(error, refused, request_id);
        }
        Self { response, refused, body: None, replayed: false, headers: Vec::new() }
    }

    /// A refusal as an answer.
    pub(super) fn refused(mut refusal: Refusal, request_id: &str) -> Self {
        let receipt = refusal.receipt.take();
        let mut error = refusal.into_error();
        shorten(&mut error.message);
        error.extensions.get_or_insert_default().set("requestId", request_id);
        let mut response = Response::from_errors(vec![error]);
        let mut headers = Vec::new();
        if let Some(receipt) = receipt {
            response.extensions.insert("cost".to_owned(), receipt.extension(None));
            headers.extend(receipt.headers());
        }
        Self { response, refused: true, body: None, replayed: false, headers }
    }

    /// A failure after execution began: `data` is null, as if the root had failed.
    pub(super) fn failed(failure: Refusal, request_id: &str) -> Self {
        Self { refused: false, ..Self::refused(failure, request_id) }
    }

    /// Says of those errors that a broken connection to the database leaves behind that it is not known
    /// what became of the mutation; `has_key` = it can be sent again under its key.
    pub(super) fn doubt(&mut self, has_key: bool) {
        let codes = [ErrorCode::Unavailable, ErrorCode::DeadlineExceeded, ErrorCode::Internal];
        for error in &mut self.response.errors {
            let extensions = error.extensions.get_or_insert_default();
            let Some(Value::String(code)) = extensions.get("code") else { continue };
            if codes.iter().any(|it| it.as_str() == code) {
                extensions.set("outcome", Outcome::Unknown.as_str());
                let advice = Outcome::Unknown.advice(has_key);
                error.message = format!("{} {advice}", error.message);
            }
        }
    }

    /// An answer that was given before, to the letter.
    pub(super) fn replayed(body: String) -> Self {
        let response = Response::default();
        let headers = Vec::new();
        Self { response, refused: false, body: Some(body), replayed: true, headers }
    }

    /// The answer with its text fixed as it is now.
    pub(super) fn written(self) -> Self {
        Self { body: Some(self.to_json().into_owned()), ..self }
    }

    /// The response map as a message of a socket carries it. There are no headers, so an answer that
    /// was given before has its mark in `extensions`.
    pub(super) fn payload(&self) -> impl Serialize + '_ {
        let kept = self.body.as_deref().filter(|_| self.replayed).and_then(again);
        kept.map_or_else(|| Payload::Fresh(self.entries()), Payload::Kept)
    }

    /// The response map of the specification, section 7.1.
    fn entries(&self) -> Entries<'_> {
        let Response { data, errors, extensions, .. } = &self.response;
        Entries {
            data: (!self.refused).then_some(data),
            errors,
            extensions: (!extensions.is_empty()).then_some(extensions),
        }
    }

    /// The same as JSON text.
    pub(super) fn to_json(&self) -> Cow<'_, str> {
        if let Some(body) = &self.body {
            return Cow::Borrowed(body);
        }
        let written = serde_json::to_string(&self.entries()).unwrap_or_else(|error| {
            tracing::error!(%error, "an answer could not be written as JSON");
            r#"{"errors":[{"message":"Internal error.","extensions":{"code":"INTERNAL"}}]}"#.into()
        });
        Cow::Owned(written)
    }

    /// The HTTP answer of an operation that has one.
    pub(super) fn into_http(self, media: Media, request_id: &str) -> HttpResponse {
        let status = match (self.refused, media) {
            (true, Media::GraphqlResponse) => StatusCode::BAD_REQUEST,
            _ => StatusCode::OK,
        };
        let mut builder = begin(status, media, request_id);
        if self.replayed {
            builder.insert_header((REPLAYED, "true"));
        }
        for (name, value) in &self.response.http_headers {
            // The executor and the server use different generations of the `http` crate.
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_str().as_bytes()),
                HeaderValue::from_bytes(value.as_bytes()),
            ) {
                builder.append_header((name, value));
            }
        }
        add(&mut builder, &self.headers);
        builder.body(self.to_json().into_owned())
    }
}

fn add(builder: &mut HttpResponseBuilder, headers: &[(HeaderName, Option<HeaderValue>)]) {
    for (name, value) in headers {
        if let Some(value) = value {
            builder.insert_header((name.clone(), value.clone()));
        }
    }
}

/// An answer that was given before, with its mark.
fn again(body: &str) -> Option<Kept<'_>> {
    let marked = serde_json::from_str(body).and_then(|mut kept: Kept<'_>| {
        let mark = RawValue::from_string("true".to_owned())?;
        kept.extensions.insert(REPLAYED_EXTENSION.to_owned(), mark);
        Ok(kept)
    });
    marked.inspect_err(|error| tracing::error!(%error, "a kept answer is no JSON")).ok()
}

/// Headers that every answer has.
pub(super) fn begin(status: StatusCode, media: Media, request_id: &str) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder
        .content_type(media.content_type())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::VARY, "accept"))
        .insert_header((REQUEST_ID, request_id));
    builder
}

/// The HTTP answer of a request that was turned away; `challenge` is what a 401 asks for.
pub(super) fn refuse(
    refusal: Refusal,
    media: Media,
    request_id: &str,
    challenge: &'static str,
) -> HttpResponse {
    let status = match (refusal.of_document, media) {
        (true, Media::Json) => StatusCode::OK,
        _ => refusal.status,
    };
    let mut builder = begin(status, media, request_id);
    if let Some(methods) = refusal.allow {
        builder.insert_header((header::ALLOW, methods));
    }
    if let Some(seconds) = refusal.retry_after_seconds {
        builder.insert_header((header::RETRY_AFTER, seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        builder.insert_header((header::WWW_AUTHENTICATE, challenge));
    }
    let answer = Answer::refused(refusal, request_id);
    add(&mut builder, &answer.headers);
    builder.body(answer.to_json().into_owned())
}

/// One error for each message and path, with all its places; as many as are told.
fn merge_repeated(errors: &mut Vec<ServerError>) {
    let mut kept: Vec<ServerError> = Vec::new();
    for error in errors.drain(..) {
        let same = |old: &ServerError| old.message == error.message && old.path == error.path;
        match kept.iter().position(same) {
            Some(at) => kept[at].locations.extend(error.locations),
            None if kept.len() < MAX_ERRORS => kept.push(error),
            None => {}
        }
    }
    *errors = kept;
}

/// Cuts names, and the message, that are longer than anybody wants back.
fn shorten(message: &mut String) {
    if message.len() <= MAX_NAME {
        return;
    }
    let (mut short, mut name) = (String::new(), 0_usize);
    for letter in message.chars() {
        name = if letter.is_ascii_alphanumeric() || letter == '_' { name + 1 } else { 0 };
        match name.cmp(&(MAX_NAME + 1)) {
            Ordering::Less => short.push(letter),
            Ordering::Equal => short.push('…'),
            Ordering::Greater => {}
        }
    }
    if let Some((end, _)) = short.char_indices().nth(MAX_MESSAGE) {
        short.truncate(end);
        short.push('…');
    }
    *message = short;
}

fn mend(error: &mut ServerError, refused: bool, request_id: &str) {
    shorten(&mut error.message);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("requestId", request_id);
    if extensions.get("code").is_some() {
        return;
    }
    let code = if refused {
        drop_suggestion(&mut error.message);
        ErrorCode::ValidationFailed
    } else if error.message.starts_with("Failed to parse \"") {
        // The executor's wording for an argument or variable that a scalar or validator refused.
        ErrorCode::InvalidArgument
    } else {
        // Whatever a resolver let through with `?` may hold internals.
        tracing::error!(request_id, path = ?error.path, message = error.message, "resolver failed");
        error.message = "Internal error.".to_owned();
        ErrorCode::Internal
    };
    extensions.set("code", code.as_str());
}

/// Cuts ` Did you mean …?`, which would spell out a schema that is not shown.
fn drop_suggestion(message: &mut String) {
    if let Some(at) = message.to_ascii_lowercase().find("did you mean") {
        message.truncate(at);
        let end = message.trim_end_matches([' ', ',', ';']).len();
        message.truncate(end);
    }
}

#[cfg(test)]
mod tests;
