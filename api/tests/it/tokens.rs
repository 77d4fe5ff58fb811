//! Access tokens over HTTP: what a server makes, publishes, and refuses.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::Digest as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{Actor, Server};

/// Status, the headers that concern a caller, and the body.
type Answer = (String, Vec<String>, String);

const BODY: &str = r#"{"query":"{ viewer { scopes } }"}"#;

/// Sends bytes as they are: what is asked here no client library would send.
async fn raw(server: &Server, authorization: &[&[u8]]) -> Answer {
    let host = server.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.expect("connection");
    let mut request = format!(
        "POST /graphql HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\nx-request-id: same\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n",
        BODY.len()
    )
    .into_bytes();
    for value in authorization {
        request.extend([b"authorization: ", *value, b"\r\n"].concat());
    }
    request.extend(format!("\r\n{BODY}").as_bytes());
    stream.write_all(&request).await.expect("sent");
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_secs(10), read).await.expect("an answer").expect("read");
    let text = String::from_utf8(answer).expect("text");
    let (head, body) = text.split_once("\r\n\r\n").expect("head and body");
    let mut lines = head.lines().map(str::to_lowercase);
    let status = lines.next().expect("status");
    let mut headers: Vec<String> = lines.filter(|line| !line.starts_with("date:")).collect();
    headers.sort();
    (status, headers, body.to_owned())
}

fn parts(token: &str) -> (Value, Value, String) {
    let mut parts = token.split('.');
    let mut json = || {
        let bytes = URL_SAFE_NO_PAD.decode(parts.next().expect("part")).expect("base64");
        serde_json::from_slice(&bytes).expect("JSON")
    };
    let (head, claims) = (json(), json());
    (head, claims, parts.next().expect("signature").to_owned())
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// HMAC-SHA-256, RFC 2104, for the token whose secret is the public key.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = sha2::Sha256::digest([&block.map(|byte| byte ^ 0x36), message].concat());
    sha2::Sha256::digest([&block.map(|byte| byte ^ 0x5c), &inner[..]].concat()).to_vec()
}

/// A key of the test's own, and a signer by it.
struct Forger {
    pair: aws_lc_rs::signature::Ed25519KeyPair,
}

impl Forger {
    fn new(pkcs8: &[u8]) -> Self {
        let pair = aws_lc_rs::signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8);
        Self { pair: pair.expect("key") }
    }

    fn sign(&self, head: &Value, claims: &str) -> String {
        let signed = format!("{}.{}", encoded(head), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.pair.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

fn with(value: &Value, name: &str, other: Value) -> Value {
    let mut changed = value.clone();
    changed[name] = other;
    changed
}

async fn published(server: &Server) -> Value {
    let url = format!("{}/.well-known/jwks.json", server.address);
    let response = reqwest::get(url).await.expect("answer");
    assert_eq!(response.headers()["cache-control"], "public, max-age=300");
    let keys: Value = serde_json::from_str(&response.text().await.expect("body")).expect("JSON");
    keys["keys"].clone()
}

/// A server whose one key the test knows too.
async fn with_known_key() -> (Server, Actor, Forger, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("folder");
    let server = Server::start_with_keys(folder.path()).await;
    server.company.db_site("GZ").await;
    let office = server.head_office().await;
    let file = std::fs::read_dir(folder.path()).expect("keys").next().expect("one").expect("file");
    let forger = Forger::new(&std::fs::read(file.path()).expect("key"));
    (server, office, forger, folder)
}

#[tokio::test]
async fn every_bad_token_gets_one_and_the_same_401() {
    let (server, office, forger, _folder) = with_known_key().await;
    let token = office.credential();
    let (head, claims, signature) = parts(token);
    let text = claims.to_string();
    let good = forger.sign(&head, &text);
    assert!(raw(&server, &[format!("Bearer {good}").as_bytes()]).await.0.contains("200"), "ours");

    let key = published(&server).await[0].clone();
    let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().expect("x")).expect("key");
    let foreign = {
        let random = aws_lc_rs::rand::SystemRandom::new();
        let made = aws_lc_rs::signature::Ed25519KeyPair::generate_pkcs8v1(&random);
        Forger::new(made.expect("key").as_ref())
    };
    let foreign_jwk = {
        use aws_lc_rs::signature::KeyPair as _;
        let x = URL_SAFE_NO_PAD.encode(foreign.pair.public_key().as_ref());
        json!({"kty": "OKP", "crv": "Ed25519", "x": x})
    };
    let hs256 = {
        let head = with(&head, "alg", json!("HS256"));
        let signed = format!("{}.{}", encoded(&head), encoded(&claims));
        let mac = URL_SAFE_NO_PAD.encode(hmac(&public, signed.as_bytes()));
        format!("{signed}.{mac}")
    };
    let none = with(&head, "alg", json!("none"));
    let now = server.app.clock.now().as_second();
    let claim =
        |name: &str, value: Value| forger.sign(&head, &with(&claims, name, value).to_string());
    let header = |name: &str, value: Value| forger.sign(&with(&head, name, value), &text);
    let without = |name: &str| {
        let mut left = claims.clone();
        left.as_object_mut().expect("claims").remove(name).expect("the claim");
        forger.sign(&head, &left.to_string())
    };
    let twice = |name: &str| {
        let again = format!(r#"{{"{name}":{},"#, claims[name]);
        forger.sign(&head, &text.replacen('{', &again, 1))
    };
    let dots: Vec<&str> = token.split('.').collect();
    let corpus: Vec<(&str, String)> = vec![
        ("no algorithm", format!("{}.{}.", encoded(&none), encoded(&claims))),
        ("no algorithm, signed", forger.sign(&none, &text)),
        ("no algorithm, in capitals", header("alg", json!("None"))),
        ("HS256 by the public key", hs256),
        ("signed by a foreign key", foreign.sign(&head, &text)),
        ("a foreign kid", foreign.sign(&with(&head, "kid", json!("2026")), &text)),
        ("a kid that is a path", header("kid", json!("../../etc/passwd"))),
        ("no kid", forger.sign(&json!({"typ": "at+jwt", "alg": "EdDSA"}), &text)),
        ("an embedded key", foreign.sign(&with(&head, "jwk", foreign_jwk), &text)),
        ("an embedded key beside ours", header("jwk", key.clone())),
        ("a key elsewhere", header("jku", json!("https://keys.example/jwks.json"))),
        ("a certificate elsewhere", header("x5u", json!("https://keys.example/x.pem"))),
        ("something critical", header("crit", json!(["exp"]))),
        ("the wrong type", header("typ", json!("JWT"))),
        ("expired", claim("exp", json!(now))),
        ("expired for long", claim("exp", json!(0))),
        ("not good yet", claim("nbf", json!(now + 1))),
        ("an end that is no number", claim("exp", json!("9999999999"))),
        ("no end", without("exp")),
        ("no audience", without("aud")),
        ("another audience", claim("aud", json!("partner-api"))),
        ("several audiences", claim("aud", json!(["trunkline-api", "partner-api"]))),
        ("another issuer", claim("iss", json!("https://issuer.example"))),
        ("another tenant's session", claim("tid", json!("tnt_01jd3hm8f6e2zr3c5v9x0b7kqn"))),
        ("an agent as its subject", claim("sub", json!("agt_01jd3hm8f6e2zr3c5v9x0b7kqn"))),
        ("another epoch", claim("epoch", json!(7))),
        ("user and program at once", claim("scope", json!("audit:read"))),
        ("an unknown claim", claim("admin", json!(true))),
        ("an end said twice", twice("exp")),
        ("an issuer said twice", twice("iss")),
        ("a user said twice", twice("sub")),
        ("claims that are no object", forger.sign(&head, "[]")),
        ("nothing claimed", forger.sign(&head, "")),
        ("a letter cut off", token[..token.len() - 1].to_owned()),
        ("a signature cut off", format!("{}.{}", dots[0], dots[1])),
        ("a signature left out", format!("{}.{}.", dots[0], dots[1])),
        ("half a token", token[..token.len() / 2].to_owned()),
        ("a fourth part", format!("{token}.x")),
        ("padded", format!("{token}=")),
        ("another letter in the claims", token.replacen(dots[1], &dots[1].to_lowercase(), 1)),
        ("an end of the signature that decodes alike", {
            let last = signature.chars().last().expect("letter");
            let alike = if last == 'A' { 'B' } else { 'A' };
            format!("{}.{}.{}{alike}", dots[0], dots[1], &signature[..signature.len() - 1])
        }),
        ("huge", "a".repeat(60_000)),
        ("huge in three parts", format!("{}.{}.{signature}", dots[0], "a".repeat(60_000))),
        ("empty", String::new()),
        ("dots", "..".to_owned()),
        ("words", "let me in".to_owned()),
        ("a key of nobody", format!("tl_live_{}_{}", "0".repeat(26), "a".repeat(49))),
        ("a key that is too short", "tl_live_".to_owned()),
        (
            "a refresh token",
            "tnt_01jd3hm8f6e2zr3c5v9x0b7kqn.ses_01jd3hm8f6e2zr3c5v9x0b7kqn.x".to_owned(),
        ),
    ];
    let expected = raw(&server, &[b"Bearer x"]).await;
    assert_eq!(expected.0, "http/1.1 401 unauthorized");
    let challenge = r#"www-authenticate: bearer error="invalid_token""#.to_owned();
    assert!(expected.1.contains(&challenge), "{expected:?}");
    for (what, bad) in &corpus {
        assert_eq!(raw(&server, &[format!("Bearer {bad}").as_bytes()]).await, expected, "{what}");
    }
    let ours = format!("Bearer {token}");
    let theirs: &[u8] = b"Bearer x";
    let headers: [(&str, Vec<&[u8]>); 6] = [
        ("no text", vec![b"Bearer \xff\xfe\x80"]),
        ("another scheme", vec![b"Basic b2ZmaWNlOnRlYQ=="]),
        ("no scheme", vec![token.as_bytes()]),
        ("nothing in it", vec![b""]),
        ("two headers, the first good", vec![ours.as_bytes(), theirs]),
        ("two headers, both good", vec![ours.as_bytes(), ours.as_bytes()]),
    ];
    for (what, values) in &headers {
        assert_eq!(raw(&server, values).await, expected, "{what}");
    }
    office.ok("{ sites { code } }", json!({})).await;
}

#[tokio::test]
async fn a_key_follows_another_without_a_token_lost() {
    let (server, office, _, folder) = with_known_key().await;
    let clock = &server.app.clock;
    let ahead = |minutes| clock.set(clock.now() + jiff::SignedDuration::from_mins(minutes));
    let first = published(&server).await[0]["kid"].clone();
    assert_eq!(parts(office.credential()).0["kid"], first);
    let change = clock.now() + jiff::SignedDuration::from_mins(5);
    trunkline_infra::identity::add_signing_key(folder.path(), change).expect("next key");
    ahead(1);
    let both = published(&server).await;
    assert_eq!(both.as_array().map(Vec::len), Some(2), "the next key is published before it signs");
    ahead(4);
    let other = server.sign_in("office@example.com").await;
    assert_eq!(parts(other.credential()).0["kid"], both[1]["kid"], "the next key signs");
    office.ok("{ sites { code } }", json!({})).await;
    ahead(6);
    assert_eq!(office.error_code("{ sites { code } }", json!({})).await, "UNAUTHENTICATED");
    other.ok("{ sites { code } }", json!({})).await;
    ahead(6);
    assert_eq!(published(&server).await.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_key_that_is_taken_away_takes_its_tokens_along() {
    let (server, office, _, folder) = with_known_key().await;
    let clock = &server.app.clock;
    for file in std::fs::read_dir(folder.path()).expect("keys") {
        std::fs::remove_file(file.expect("file").path()).expect("removed");
    }
    trunkline_infra::identity::add_signing_key(folder.path(), clock.now()).expect("another key");
    clock.set(clock.now() + jiff::SignedDuration::from_secs(31));
    assert_eq!(office.error_code("{ sites { code } }", json!({})).await, "UNAUTHENTICATED");
    let again = server.sign_in("office@example.com").await;
    again.ok("{ sites { code } }", json!({})).await;
}
