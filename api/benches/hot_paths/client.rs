//! A client as cheap as pgbench's: what it costs would be counted as the server's, for all share the
//! processors. HTTP/1.1 on one connection, the request made once, the answer read and looked at.

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A caller on a connection of its own.
pub(crate) struct Caller {
    stream: TcpStream,
    head: String,
    /// Of all answers, one after the other.
    buffer: Vec<u8>,
}

/// A request that can be sent often.
pub(crate) struct Request(Vec<u8>);

impl Caller {
    /// Connects to `address` (`http://host:port`); `token` is sent with each request.
    pub(crate) async fn connect(address: &str, token: Option<&str>) -> Self {
        let host = address.strip_prefix("http://").expect("plain HTTP");
        let stream = TcpStream::connect(host).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        let token = token.map_or_else(String::new, |it| format!("authorization: Bearer {it}\r\n"));
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: {host}\r\naccept: */*\r\n{token}content-type: application/json\r\n"
        );
        Self { stream, head, buffer: Vec::new() }
    }

    /// Makes a request of this caller.
    pub(crate) fn request(&self, body: &Value) -> Request {
        let body = body.to_string();
        Request(format!("{}content-length: {}\r\n\r\n{body}", self.head, body.len()).into_bytes())
    }

    /// Sends it and gives the body of the answer, which is data and no refusal.
    pub(crate) async fn send(&mut self, request: &Request) -> &[u8] {
        self.stream.write_all(&request.0).await.expect("sent");
        self.buffer.clear();
        let (head, length) = loop {
            self.more().await;
            if let Some(found) = self.head_of_answer() {
                break found;
            }
        };
        self.buffer.reserve((head + length).saturating_sub(self.buffer.len()));
        while self.buffer.len() < head + length {
            self.more().await;
        }
        let body = &self.buffer[head..];
        // A refusal is quick, and no work.
        assert!(body.starts_with(b"{\"data\":{"), "{}", String::from_utf8_lossy(&self.buffer));
        body
    }

    async fn more(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer).await.expect("an answer");
        assert!(read > 0, "the server hung up");
    }

    /// Where the body begins and how long it is, once the head is there whole.
    fn head_of_answer(&self) -> Option<(usize, usize)> {
        let end = self.buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&self.buffer[..end]).expect("a head");
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        Some((end + 4, length.expect("an answer of a known length")))
    }
}

/// The data of an answer without errors.
pub(crate) fn data_of(answer: &[u8]) -> Value {
    let mut answer: Value = serde_json::from_slice(answer).expect("JSON");
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"].take()
}
