//! `Idempotency-Key`: on which calls it counts, and what is refused about it.

use actix_web::http::StatusCode;
use async_graphql::parser::types::OperationType;

use super::{
    engine::{Call, Via},
    refusal::{ErrorCode, Refusal},
};

/// Header of an answer that was given before.
pub(super) const REPLAYED: &str = "idempotent-replayed";

/// Length of a key. Short ones are not unique, and what is kept under a key is sealed with it.
const LENGTH: std::ops::RangeInclusive<usize> = 16..=255;

/// What was found under a call's idempotency key.
#[derive(Debug)]
pub enum Claimed<P> {
    /// The call has no key, or none that counts: it is carried out as it is.
    Unasked,
    /// The key is new: the call is carried out and its answer kept.
    New(P),
    /// The body of the answer that was given before.
    Answered(String),
}

impl<C> Call<C> {
    /// The key under which the call is to be carried out once. It counts on mutations that came by
    /// HTTP: a query changes nothing, and the headers of a socket belong to no single operation.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` when the key is not 16 to 255 visible ASCII characters, or when the
    /// document has more than one mutation field: each has a transaction of its own.
    pub fn idempotency_key(&self) -> Result<Option<&str>, Refusal> {
        let Some(key) = self.meta.idempotency_key.as_deref() else { return Ok(None) };
        if self.kind != OperationType::Mutation || self.via == Via::Socket {
            return Ok(None);
        }
        if !LENGTH.contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Refusal::of_key(
                "`Idempotency-Key` is 16 to 255 visible ASCII characters, best a random UUID.",
            ));
        }
        let operation = self.operation()?;
        let fields = operation.root_fields().into_iter().filter(|name| *name != "__typename");
        if fields.count() != 1 {
            return Err(Refusal::of_key(
                "With `Idempotency-Key` a document has exactly one mutation field.",
            ));
        }
        Ok(Some(key))
    }
}

impl Refusal {
    /// A key that cannot be taken.
    #[must_use]
    pub fn of_key(message: &'static str) -> Self {
        Self::request(StatusCode::BAD_REQUEST, ErrorCode::InvalidArgument, message)
    }

    /// The key is in use: for another request, or by one that is under way.
    #[must_use]
    pub fn key_conflict(message: &'static str) -> Self {
        Self::request(StatusCode::CONFLICT, ErrorCode::IdempotencyConflict, message)
    }
}
