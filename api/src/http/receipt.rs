//! What a call was charged, as its answer tells it.

use actix_web::http::header::{HeaderName, HeaderValue};
use async_graphql::{Name, Value, indexmap::IndexMap};

use super::quote::Quote;

/// How the caller's budget stands after a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What the call asks for.
    pub quote: Quote,
    /// Points that a full budget holds.
    pub limit: u32,
    /// Points left.
    pub remaining: u32,
    /// Points that come back each second.
    pub restore_per_second: u32,
}

impl Receipt {
    /// Seconds until the budget is full again if nothing more is spent, rounded up.
    #[must_use]
    pub fn seconds_to_full(&self) -> u32 {
        self.limit.saturating_sub(self.remaining).div_ceil(self.restore_per_second.max(1))
    }

    /// `RateLimit-Policy` and `RateLimit`, in the form that
    /// [draft-ietf-httpapi-ratelimit-headers](https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/)
    /// has since version 08: the quota and its window in seconds; what remains of it and the seconds
    /// until it is whole again.
    pub(super) fn headers(&self) -> [(HeaderName, Option<HeaderValue>); 2] {
        let window = self.limit.div_ceil(self.restore_per_second.max(1));
        let policy = format!("\"points\";q={};w={window}", self.limit);
        let state = format!("\"points\";r={};t={}", self.remaining, self.seconds_to_full());
        [
            (HeaderName::from_static("ratelimit-policy"), policy.parse().ok()),
            (HeaderName::from_static("ratelimit"), state.parse().ok()),
        ]
    }

    /// `extensions.cost`. `actual` is `null` when nothing was executed.
    pub(super) fn extension(&self, actual: Option<u64>) -> Value {
        let entries = [
            ("requested", Value::from(self.quote.points)),
            ("actual", actual.map_or(Value::Null, Value::from)),
            ("limit", Value::from(self.limit)),
            ("remaining", Value::from(self.remaining)),
            ("restorePerSecond", Value::from(self.restore_per_second)),
            ("mostExpensivePath", Value::from(self.quote.most_expensive_path.as_str())),
        ];
        let entries = entries.map(|(name, value)| (Name::new(name), value));
        Value::Object(entries.into_iter().collect::<IndexMap<_, _>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_have_the_form_of_the_draft() {
        let quote = Quote { points: 30, nodes: 3, most_expensive_path: "agents".to_owned() };
        let receipt = Receipt { quote, limit: 1_000, remaining: 955, restore_per_second: 20 };
        let [(_, policy), (_, state)] = receipt.headers();
        assert_eq!(policy.expect("a header"), "\"points\";q=1000;w=50");
        assert_eq!(state.expect("a header"), "\"points\";r=955;t=3");
        assert_eq!(
            receipt.extension(Some(7)).to_string(),
            "{requested: 30, actual: 7, limit: 1000, remaining: 955, restorePerSecond: 20, \
             mostExpensivePath: \"agents\"}"
        );
    }
}
