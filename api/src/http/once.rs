//! `Idempotency-Key`: where it stands, on which calls it counts, and what is refused about it.

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

/// The key of a call: the `header` of its request, or what its body says in
/// `extensions.idempotencyKey`. The header of a socket belongs to no single operation, so there only
/// the latter counts.
///
/// # Errors
/// `INVALID_ARGUMENT` when the two differ, and for a mutation over a socket whose upgrade had the
/// header when it says no key itself: who sends one must not find it ignored.
pub(super) fn key_of(
    via: Via,
    kind: OperationType,
    header: Option<String>,
    said: Option<String>,
) -> Result<Option<String>, Refusal> {
    match (via, header, said) {
        (Via::Socket, Some(_), None) if kind == OperationType::Mutation => Err(Refusal::of_key(
            "Over a socket each mutation says its own key, in `extensions.idempotencyKey`.",
        )),
        (Via::Socket, _, said) => Ok(said),
        (_, Some(header), Some(said)) if header != said => Err(Refusal::of_key(
            "`Idempotency-Key` and `extensions.idempotencyKey` differ: send one of them.",
        )),
        (_, header, said) => Ok(header.or(said)),
    }
}

impl<C> Call<C> {
    /// The key under which the call is to be carried out once. It counts on mutations: a query
    /// changes nothing.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` when the key is not 16 to 255 visible ASCII characters, or when the
    /// document has more than one mutation field: each has a transaction of its own.
    pub fn idempotency_key(&self) -> Result<Option<&str>, Refusal> {
        let Some(key) = self.meta.idempotency_key.as_deref() else { return Ok(None) };
        if self.kind != OperationType::Mutation {
            return Ok(None);
        }
        if !LENGTH.contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Refusal::of_key(
                "`Idempotency-Key` is sent once, 16 to 255 visible ASCII characters, best a random UUID.",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_in_the_header_or_in_the_body_and_over_a_socket_in_the_body() {
        let key = |via, header: Option<&str>, said: Option<&str>| {
            let of = |text: Option<&str>| text.map(ToOwned::to_owned);
            key_of(via, OperationType::Mutation, of(header), of(said)).map_err(|it| it.code)
        };
        let some = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(key(Via::Post, Some("a"), None), some("a"));
        assert_eq!(key(Via::Post, None, Some("b")), some("b"));
        assert_eq!(key(Via::Post, Some("a"), Some("a")), some("a"));
        assert_eq!(key(Via::Post, Some("a"), Some("b")), Err(ErrorCode::InvalidArgument));
        assert_eq!(key(Via::Socket, Some("a"), Some("b")), some("b"));
        assert_eq!(key(Via::Socket, Some("a"), None), Err(ErrorCode::InvalidArgument));
        assert_eq!(key(Via::Socket, None, None), Ok(None));
        let query = key_of(Via::Socket, OperationType::Query, Some("a".to_owned()), None);
        assert_eq!(query.map_err(|it| it.code), Ok(None));
    }
}
