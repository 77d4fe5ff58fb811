//! Why a call is not carried out: a code of the closed list, a sentence, and the HTTP status.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use async_graphql::{ErrorExtensionValues, Pos, ServerError};

use super::{outcome::Outcome, receipt::Receipt};

/// The closed list of codes of top-level errors; `extensions.code` holds one of these words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The body is not JSON, or the document is not GraphQL.
    ParseFailed,
    /// The request or the document is well-formed but not acceptable.
    ValidationFailed,
    /// A cursor, a page size or a span is out of range.
    InvalidArgument,
    /// An id of a query names nothing that the caller can see.
    NotFound,
    /// No document is known by the hash given.
    DocumentUnknown,
    /// No token, or one that is not valid (any more).
    Unauthenticated,
    /// The caller may see it but may not do it.
    Forbidden,
    /// Too many points, requests or streams for now.
    RateLimited,
    /// The document asks for more than one operation may.
    QueryTooCostly,
    /// The document is nested deeper than allowed.
    QueryTooDeep,
    /// An idempotency key was used before with another body.
    IdempotencyConflict,
    /// The tenant's access is suspended.
    TenantSuspended,
    /// The operation took longer than it may.
    DeadlineExceeded,
    /// Something the server depends on does not answer.
    Unavailable,
    /// A defect; the log has the details under the request id.
    Internal,
}

impl ErrorCode {
    /// The word in `extensions.code`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ParseFailed => "PARSE_FAILED",
            Self::ValidationFailed => "VALIDATION_FAILED",
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::NotFound => "NOT_FOUND",
            Self::DocumentUnknown => "DOCUMENT_UNKNOWN",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::RateLimited => "RATE_LIMITED",
            Self::QueryTooCostly => "QUERY_TOO_COSTLY",
            Self::QueryTooDeep => "QUERY_TOO_DEEP",
            Self::IdempotencyConflict => "IDEMPOTENCY_CONFLICT",
            Self::TenantSuspended => "TENANT_SUSPENDED",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// A call that was turned away before execution.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// HTTP status. Refusals of a document (see [`Refusal::document`]) use 400, which becomes
    /// 200 for clients that only accept `application/json`, as GraphQL over HTTP asks.
    pub status: StatusCode,
    /// Code of the closed list.
    pub code: ErrorCode,
    /// Sentence for the developer of the client.
    pub message: Cow<'static, str>,
    /// Where in the document, if that is known.
    pub locations: Vec<Pos>,
    /// Seconds after which a retry can succeed.
    pub retry_after_seconds: Option<u32>,
    /// What became of a mutation that was begun; `None` = nothing was.
    pub(super) outcome: Option<Outcome>,
    /// Whether the request was fine and only its document was refused.
    pub(super) of_document: bool,
    /// How the caller's budget stands, when that is why.
    pub(super) receipt: Option<Box<Receipt>>,
    /// Methods to use instead, for status 405.
    pub(super) allow: Option<&'static str>,
}

impl Refusal {
    /// A refusal of the request as such, with the status every client gets.
    #[must_use]
    pub fn request(
        status: StatusCode,
        code: ErrorCode,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            locations: Vec::new(),
            retry_after_seconds: None,
            outcome: None,
            of_document: false,
            receipt: None,
            allow: None,
        }
    }

    /// A refusal of the document: syntax, validation, size, cost.
    #[must_use]
    pub fn document(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { of_document: true, ..Self::request(StatusCode::BAD_REQUEST, code, message) }
    }

    /// The same with a place in the document.
    #[must_use]
    pub fn at(mut self, position: Pos) -> Self {
        self.locations.push(position);
        self
    }

    /// The same with the seconds after which a retry can succeed.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// The same of a mutation that was begun, with what became of it; `has_key` = it can be sent again
    /// under its key.
    pub(super) fn of_mutation(mut self, outcome: Outcome, has_key: bool) -> Self {
        self.outcome = Some(outcome);
        self.message = format!("{} {}", self.message, outcome.advice(has_key)).into();
        self
    }

    /// The same with the state of the caller's budget, for headers and `extensions.cost`.
    #[must_use]
    pub fn with_receipt(mut self, receipt: Receipt) -> Self {
        self.receipt = Some(Box::new(receipt));
        self
    }

    pub(super) fn into_error(self) -> ServerError {
        let mut error = ServerError::new(self.message, None);
        error.locations = self.locations;
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", self.code.as_str());
        if let Some(seconds) = self.retry_after_seconds {
            extensions.set("retryAfterSeconds", seconds);
        }
        if let Some(outcome) = self.outcome {
            extensions.set("outcome", outcome.as_str());
        }
        error.extensions = Some(extensions);
        error
    }
}

/// Why a token was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthRefusal {
    /// Malformed, forged, expired or revoked: the answer does not say which.
    Unauthenticated,
    /// The token is good, its tenant is suspended.
    TenantSuspended,
    /// Whether it is good cannot be found out now.
    Unavailable,
}

impl From<AuthRefusal> for Refusal {
    fn from(refusal: AuthRefusal) -> Self {
        match refusal {
            AuthRefusal::Unauthenticated => Self::request(
                StatusCode::UNAUTHORIZED,
                ErrorCode::Unauthenticated,
                "Sign in: the token is missing, invalid or expired.",
            ),
            AuthRefusal::TenantSuspended => Self::request(
                StatusCode::FORBIDDEN,
                ErrorCode::TenantSuspended,
                "Access of this tenant is suspended.",
            ),
            AuthRefusal::Unavailable => Self::request(
                StatusCode::SERVICE_UNAVAILABLE,
                ErrorCode::Unavailable,
                "The token cannot be checked at the moment.",
            )
            .retry_after(5),
        }
    }
}
