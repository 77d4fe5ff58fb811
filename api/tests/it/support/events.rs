//! A subscription as server-sent events.

use serde_json::{Value, json};

use super::Actor;

/// The answers of one subscription, as they come.
pub(crate) struct Events {
    response: reqwest::Response,
    read: String,
}

impl Actor {
    /// Subscribes.
    pub(crate) async fn events(&self, document: &str, variables: Value) -> Events {
        let body = json!({"query": document, "variables": variables});
        let request = self.client.post(format!("{}/graphql", self.address)).json(&body);
        let request = request.bearer_auth(self.credential()).header("accept", "text/event-stream");
        Events { response: request.send().await.expect("a stream"), read: String::new() }
    }
}

impl Events {
    /// The next answer; `None` when the subscription is complete.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            while let Some((event, rest)) = self.read.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.read = rest;
                if let Some(data) = event.strip_prefix("event: next\ndata: ") {
                    return Some(serde_json::from_str(data).expect("JSON"));
                }
                if event.starts_with("event: complete") {
                    return None;
                }
            }
            let chunk = self.response.chunk().await.expect("a whole stream").expect("its end");
            self.read.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }
}
