//! What a client hears over a socket.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

use super::Actor;

/// A socket, with one subscription or none.
pub(crate) struct Subscription(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Actor {
    /// Opens a socket and subscribes.
    pub(crate) async fn subscribe(&self, document: &str, variables: Value) -> Subscription {
        let mut socket = self.socket(&[]).await;
        let payload = json!({"query": document, "variables": variables});
        socket.say(json!({"type": "subscribe", "id": "1", "payload": payload})).await;
        socket
    }

    /// Opens a socket and signs in; `headers` go with the upgrade.
    pub(crate) async fn socket(&self, headers: &[(&'static str, &str)]) -> Subscription {
        let mut socket = self.knock_with(headers).await;
        assert_eq!(socket.hear().await["type"], "connection_ack");
        socket
    }

    /// Opens a socket and says who is there.
    pub(crate) async fn knock(&self) -> Subscription {
        self.knock_with(&[]).await
    }

    async fn knock_with(&self, headers: &[(&'static str, &str)]) -> Subscription {
        let url = format!("{}/graphql", self.address.replacen("http", "ws", 1));
        let mut request = url.into_client_request().expect("request");
        let protocol = "graphql-transport-ws".parse().expect("header");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("header"));
        }
        let mut socket = Subscription(connect_async(request).await.expect("socket").0);
        let token = format!("Bearer {}", self.credential());
        let payload = json!({"authorization": token});
        socket.say(json!({"type": "connection_init", "payload": payload})).await;
        socket
    }
}

impl Subscription {
    /// The next value of the root field.
    pub(crate) async fn next(&mut self, field: &str) -> Value {
        let mut message = self.hear().await;
        assert_eq!(message["type"], "next", "{message}");
        message["payload"]["data"][field].take()
    }

    /// The id of the operation that completes next; what it says before is passed over.
    pub(crate) async fn completes(&mut self) -> String {
        loop {
            let message = self.hear().await;
            match message["type"].as_str() {
                Some("next") => {}
                Some("complete") => return message["id"].as_str().expect("an id").to_owned(),
                _ => panic!("no completion: {message}"),
            }
        }
    }

    /// What comes of another operation on the same socket.
    pub(crate) async fn again(&mut self, document: &str, variables: Value) -> Value {
        self.ask("2", json!({"query": document, "variables": variables})).await
    }

    /// Sends a whole request, and gives the first message that comes of it.
    pub(crate) async fn ask(&mut self, id: &str, request: Value) -> Value {
        self.say(json!({"type": "subscribe", "id": id, "payload": request})).await;
        self.hear().await
    }

    /// The code with which the server closes; what it says before is passed over.
    pub(crate) async fn close_code(&mut self) -> u16 {
        self.close().await.0
    }

    /// Code and reason with which the server closes; what it says before is passed over.
    pub(crate) async fn close(&mut self) -> (u16, String) {
        loop {
            let message = timeout(Duration::from_secs(20), self.0.next()).await;
            let message = message.expect("something arrives").expect("a message");
            if let Message::Close(frame) = message.expect("a message") {
                let frame = frame.expect("a code");
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.expect("sent");
    }

    async fn hear(&mut self) -> Value {
        loop {
            let message = timeout(Duration::from_secs(20), self.0.next()).await;
            let message = message.expect("something arrives").expect("a message");
            if let Message::Text(text) = message.expect("a message") {
                return serde_json::from_str(&text).expect("JSON");
            }
        }
    }
}
