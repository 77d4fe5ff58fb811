//! Bad credentials: some of each kind of the corpus that the tests have (`tests/it/tokens.rs`).

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{Abuse, stage::Stage, wire::Head};

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn with(value: &Value, name: &str, other: Value) -> Value {
    let mut changed = value.clone();
    changed[name] = other;
    changed
}

fn sign(pair: &Ed25519KeyPair, head: &Value, claims: &str) -> String {
    let signed = format!("{}.{}", encoded(head), URL_SAFE_NO_PAD.encode(claims));
    let signature = pair.sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

/// The key that the server signs by.
fn own_key(stage: &Stage) -> Ed25519KeyPair {
    let mut files = std::fs::read_dir(stage.keys.path()).expect("keys");
    let file = files.next().expect("one").expect("a file");
    let bytes = std::fs::read(file.path()).expect("a key");
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(&bytes).expect("a key")
}

fn foreign_key() -> Ed25519KeyPair {
    let random = aws_lc_rs::rand::SystemRandom::new();
    let made = Ed25519KeyPair::generate_pkcs8v1(&random).expect("a key");
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(made.as_ref()).expect("a key")
}

/// All of them; `token` is a good one.
pub(crate) fn all(stage: &Stage, token: &str) -> Vec<Abuse> {
    let (own, foreign) = (own_key(stage), foreign_key());
    let parts: Vec<&str> = token.split('.').collect();
    let part = |at: usize| -> Value {
        let bytes = URL_SAFE_NO_PAD.decode(parts[at]).expect("base64");
        serde_json::from_slice(&bytes).expect("JSON")
    };
    let (head, claims) = (part(0), part(1));
    let text = claims.to_string();
    let none = with(&head, "alg", json!("none"));
    let hs256 = {
        let head = with(&head, "alg", json!("HS256"));
        let signed = format!("{}.{}", encoded(&head), encoded(&claims));
        let key = hmac::Key::new(hmac::HMAC_SHA256, own.public_key().as_ref());
        let mac = URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()).as_ref());
        format!("{signed}.{mac}")
    };
    let jwk = json!({"kty": "OKP", "crv": "Ed25519",
        "x": URL_SAFE_NO_PAD.encode(foreign.public_key().as_ref())});
    let claim =
        |name: &str, value: Value| sign(&own, &head, &with(&claims, name, value).to_string());
    let twice = text.replacen('{', &format!(r#"{{"exp":{},"#, claims["exp"]), 1);
    let corpus = [
        ("token: no algorithm", format!("{}.{}.", encoded(&none), encoded(&claims))),
        ("token: HS256 by the public key", hs256),
        ("token: a foreign key", sign(&foreign, &head, &text)),
        ("token: a foreign kid", sign(&foreign, &with(&head, "kid", json!("2026")), &text)),
        ("token: an embedded key", sign(&foreign, &with(&head, "jwk", jwk), &text)),
        ("token: expired", claim("exp", json!(0))),
        ("token: another audience", claim("aud", json!("partner-api"))),
        ("token: another epoch", claim("epoch", json!(7))),
        ("token: a claim said twice", sign(&own, &head, &twice)),
        ("token: half of it", token[..token.len() / 2].to_owned()),
        ("token: 60,000 letters", "a".repeat(60_000)),
        ("token: an API key of nobody", format!("tl_live_{}_{}", "0".repeat(26), "a".repeat(49))),
    ];
    let of = |(name, bad): (&'static str, String)| {
        let head = Head::of(&stage.address).bearer(&bad);
        let request = head.post(br#"{"query":"{ __typename }"}"#);
        Abuse::new(name, move |_| request.clone())
    };
    corpus.into_iter().map(of).collect()
}
