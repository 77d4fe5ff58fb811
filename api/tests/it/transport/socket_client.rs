//! The client's side of a socket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt, future::pending};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::server::Server;

pub(super) struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    /// Opens a socket by upgrade at the path given.
    pub(super) async fn open(server: &Server, path: &str) -> Self {
        let mut request = format!("ws://{}{path}", server.address).into_client_request().unwrap();
        let protocol = "graphql-transport-ws".parse().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        Self(connect_async(request).await.expect("the server upgrades").0)
    }

    /// Opens a socket and signs in.
    pub(super) async fn signed_in(server: &Server, token: &str) -> Self {
        let mut client = Self::open(server, "/graphql/ws").await;
        client.init(token).await;
        assert_eq!(client.next().await["type"], "connection_ack");
        client
    }

    pub(super) async fn init(&mut self, token: &str) {
        let payload = json!({ "authorization": token });
        self.send(&json!({ "type": "connection_init", "payload": payload })).await;
    }

    pub(super) async fn send(&mut self, message: &Value) {
        self.text(message.to_string()).await;
    }

    pub(super) async fn text(&mut self, text: String) {
        self.0.send(Message::text(text)).await.expect("the socket is open");
    }

    /// Pings for as long as the server takes it, and reads nothing; never comes back.
    pub(super) async fn ping_without_end(&mut self) {
        while self.0.send(Message::Ping(vec![0_u8; 125].into())).await.is_ok() {}
        pending::<()>().await;
    }

    pub(super) async fn subscribe(&mut self, id: &str, query: &str) {
        let payload = json!({ "query": query });
        self.send(&json!({ "id": id, "type": "subscribe", "payload": payload })).await;
    }

    /// The next message of the protocol.
    pub(super) async fn next(&mut self) -> Value {
        loop {
            match self.frame().await {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("not a message: {other:?}"),
            }
        }
    }

    /// Passes over messages until the server closes; its code.
    pub(super) async fn close_code(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.frame().await {
                return frame.expect("a close frame with a code").code.into();
            }
        }
    }

    async fn frame(&mut self) -> Message {
        let frame = timeout(Duration::from_secs(20), self.0.next()).await;
        frame.expect("something arrives").expect("the socket is open").expect("no error")
    }
}
