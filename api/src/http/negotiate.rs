//! Which media type an answer takes.

/// Media types of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status tells refused from executed.
    GraphqlResponse,
    /// `application/json`: status 200 for whatever reached the document.
    Json,
    /// `text/event-stream`.
    EventStream,
    /// `multipart/mixed; subscriptionSpec=1.0`.
    Multipart,
}

impl Media {
    /// Value of `Content-Type`.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::EventStream => "text/event-stream; charset=utf-8",
            Self::Multipart => "multipart/mixed; boundary=graphql; subscriptionSpec=1.0",
        }
    }

    pub(super) const fn is_stream(self) -> bool {
        matches!(self, Self::EventStream | Self::Multipart)
    }
}

/// The media types a client takes, best first.
#[derive(Clone, Debug)]
pub(super) struct Accepted(Vec<Media>);

impl Accepted {
    /// Reads an `Accept` header. Without one, and for `*/*`, a client gets `application/json`, as
    /// GraphQL over HTTP asks for old clients.
    pub(super) fn parse(header: Option<&str>) -> Self {
        let mut ranges: Vec<(u16, Media)> = Vec::new();
        for range in header.unwrap_or("*/*").split(',') {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let media: &[Media] = match name.as_str() {
                "application/graphql-response+json" => &[Media::GraphqlResponse],
                "application/json" => &[Media::Json],
                "text/event-stream" => &[Media::EventStream],
                "multipart/mixed" => &[Media::Multipart],
                "*/*" => &[Media::Json, Media::EventStream],
                "application/*" => &[Media::Json],
                _ => &[],
            };
            let (mut quality, mut subscription) = (1_000, true);
            for part in parts {
                let (key, value) = part.split_once('=').unwrap_or((part, ""));
                match key.trim().to_ascii_lowercase().as_str() {
                    "q" => quality = thousandths(value.trim()),
                    // A multipart answer to `@defer` is another protocol.
                    "deferspec" => subscription = false,
                    _ => {}
                }
            }
            if quality > 0 && (subscription || !media.contains(&Media::Multipart)) {
                ranges.extend(media.iter().map(|&media| (quality, media)));
            }
        }
        // Stable: among equals the client's order stands.
        ranges.sort_by_key(|&(quality, _)| std::cmp::Reverse(quality));
        Self(ranges.into_iter().map(|(_, media)| media).collect())
    }

    /// For an operation with one answer: JSON, or a stream of one event if the client prefers it.
    pub(super) fn single(&self) -> Option<Media> {
        self.0.iter().copied().find(|&media| media != Media::Multipart)
    }

    /// For a subscription.
    pub(super) fn stream(&self) -> Option<Media> {
        self.0.iter().copied().find(|media| media.is_stream())
    }

    /// For a refusal, which always is plain JSON.
    pub(super) fn refusal(&self) -> Media {
        self.0.iter().copied().find(|media| !media.is_stream()).unwrap_or(Media::Json)
    }
}

/// A quality of 0 to 1 in thousandths; anything unreadable counts as 1.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole, digits.parse::<u16>()) {
        ("0" | "", Ok(thousandths)) => thousandths,
        _ => 1_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_clients_get_json() {
        assert_eq!(Accepted::parse(None).single(), Some(Media::Json));
        assert_eq!(Accepted::parse(Some("*/*")).single(), Some(Media::Json));
    }

    #[test]
    fn the_better_quality_wins_and_order_breaks_ties() {
        let accepted =
            Accepted::parse(Some("application/json;q=0.9, application/graphql-response+json"));
        assert_eq!(accepted.single(), Some(Media::GraphqlResponse));
        let accepted = Accepted::parse(Some("application/json, application/graphql-response+json"));
        assert_eq!(accepted.single(), Some(Media::Json));
    }

    #[test]
    fn a_client_that_also_takes_streams_gets_json_for_a_query() {
        let header = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
        let accepted = Accepted::parse(Some(header));
        assert_eq!(accepted.single(), Some(Media::GraphqlResponse));
        assert_eq!(accepted.stream(), Some(Media::EventStream));
    }

    #[test]
    fn a_subscription_is_multipart_for_a_client_that_asks_so() {
        let header = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json";
        let accepted = Accepted::parse(Some(header));
        assert_eq!(accepted.stream(), Some(Media::Multipart));
        assert_eq!(accepted.single(), Some(Media::Json));
        let deferred = Accepted::parse(Some("multipart/mixed;deferSpec=20220824"));
        assert_eq!(deferred.stream(), None);
    }

    #[test]
    fn what_is_not_spoken_is_not_accepted() {
        assert_eq!(Accepted::parse(Some("text/html")).single(), None);
        assert_eq!(Accepted::parse(Some("application/json;q=0")).single(), None);
    }
}
