//! A client that sends bytes as they are, each request on a connection of its own.

use std::{
    future::pending,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The head that requests of one caller share.
#[derive(Clone)]
pub(crate) struct Head(String);

impl Head {
    /// A head for the server at `address` (`http://host:port`), without a credential.
    pub(crate) fn of(address: &str) -> Self {
        let host = host(address);
        Self(format!("POST /graphql HTTP/1.1\r\nhost: {host}\r\naccept: */*\r\n"))
    }

    /// The same with a bearer token, whatever it is.
    pub(crate) fn bearer(&self, token: &str) -> Self {
        Self(format!("{}authorization: Bearer {token}\r\n", self.0))
    }

    /// A request with a body of JSON.
    pub(crate) fn post(&self, body: &[u8]) -> Vec<u8> {
        self.post_as("application/json", body)
    }

    /// The same with a body that is said to be something.
    pub(crate) fn post_as(&self, content_type: &str, body: &[u8]) -> Vec<u8> {
        let length = body.len();
        let head =
            format!("{}content-type: {content_type}\r\ncontent-length: {length}\r\n\r\n", self.0);
        [head.as_bytes(), body].concat()
    }
}

fn host(address: &str) -> &str {
    address.strip_prefix("http://").expect("plain HTTP")
}

/// An answer, and how long it took from the first byte that was sent.
pub(crate) struct Sent {
    /// 0 = the server hung up.
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) took: Duration,
}

impl Sent {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether something was carried out.
    pub(crate) fn is_data(&self) -> bool {
        let json = self.json();
        json["data"].is_object() && json.get("errors").is_none()
    }

    /// Code of the first error.
    pub(crate) fn code(&self) -> Option<String> {
        let json = self.json();
        json["errors"][0]["extensions"]["code"].as_str().map(str::to_owned)
    }
}

/// Sends a request and reads the answer. A server that has seen enough answers before all is sent.
pub(crate) async fn send(address: &str, request: &[u8]) -> Sent {
    let mut stream = TcpStream::connect(host(address)).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let (mut read, mut write) = stream.split();
    let begin = Instant::now();
    let sending = async {
        // What it does not want to read any more it need not.
        let _ = write.write_all(request).await;
        pending::<()>().await;
    };
    let reading = async {
        let mut buffer = Vec::new();
        loop {
            match read.read_buf(&mut buffer).await {
                // Who sends for too long is cut off, and the answer may be lost with it.
                Ok(0) | Err(_) => return (0, Vec::new()),
                Ok(_) => {}
            }
            if let Some(found) = whole(&buffer) {
                return found;
            }
        }
    };
    tokio::select! {
        (status, body) = reading => Sent { status, body, took: begin.elapsed() },
        () = sending => panic!("sending waits for ever"),
    }
}

/// Status and body, once all of it is there.
fn whole(buffer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let end = buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&buffer[..end]).expect("a head");
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("a status");
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let body = &buffer[end + 4..];
    let length: usize = length.expect("an answer of a known length");
    (body.len() >= length).then(|| (status, body[..length].to_vec()))
}
