//! What a refusal costs whoever refuses, and how many people can sign in a second; both over real HTTP.
//!
//! `cargo bench -p trunkline --bench refusals [-- ROUNDS SECONDS]`. Every hostile request is sent ROUNDS
//! times (30), one after the other, each on a connection of its own and with a text that the server has
//! not seen; beside it in each round `{ __typename }`, which is carried out. Then people sign in for
//! SECONDS (5), at the production cost of a hash, beside the bare rate of argon2id on the same cores.
#![recursion_limit = "256"]
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints or fails")]

mod documents;
mod sign_ins;
mod stage;
mod tokens;
mod wire;

use std::time::Duration;

use serde_json::json;

use crate::{
    stage::Stage,
    wire::{Head, Sent, send},
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A refusal is to take less, whatever was sent.
const LIMIT: Duration = Duration::from_millis(50);

/// A hostile request, and how often it was sent.
struct Abuse {
    name: String,
    /// Its bytes in a round: no two rounds have the same text.
    request: Box<dyn Fn(usize) -> Vec<u8>>,
    times: Vec<Duration>,
    said: String,
}

impl Abuse {
    fn new(name: impl Into<String>, request: impl Fn(usize) -> Vec<u8> + 'static) -> Self {
        let name = name.into();
        Self { name, request: Box::new(request), times: Vec::new(), said: String::new() }
    }
}

fn main() {
    let mut numbers = std::env::args().filter_map(|it| it.parse().ok());
    let rounds = numbers.next().unwrap_or(30).max(1);
    let seconds = numbers.next().unwrap_or(5).max(1);
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let stage = runtime.block_on(Stage::set());
    runtime.block_on(refusals(&stage, rounds));
    let seconds = u64::try_from(seconds).expect("seconds");
    runtime.block_on(sign_ins::table(&stage, Duration::from_secs(seconds)));
}

async fn refusals(stage: &Stage, rounds: usize) {
    let token = stage.sign_in(0).await;
    let stranger = Head::of(&stage.address);
    let head = stranger.bearer(&token);
    let plain = head.post(json!({"query": "{ __typename }"}).to_string().as_bytes());
    let mut abuses = documents::all(&head);
    abuses.extend(documents::of_strangers(&stranger));
    abuses.extend(tokens::all(stage, &token));
    // What is slow only once is over before the time counts.
    for _ in 0..10 {
        assert!(send(&stage.address, &plain).await.is_data(), "carried out");
    }
    let mut plain_times = Vec::new();
    for round in 0..rounds {
        for abuse in &mut abuses {
            let sent = send(&stage.address, &(abuse.request)(round)).await;
            assert!(!sent.is_data(), "{}: carried out", abuse.name);
            abuse.said = told(&sent);
            abuse.times.push(sent.took);
        }
        let sent = send(&stage.address, &plain).await;
        assert!(sent.is_data(), "carried out");
        plain_times.push(sent.took);
    }
    println!("{rounds} rounds; limit {} ms", LIMIT.as_millis());
    println!("| request | bytes | answer | median ms | max ms | within the limit |");
    println!("|---|---|---|---|---|---|");
    row("`{ __typename }`, carried out", plain.len(), "200", &mut plain_times);
    for abuse in &mut abuses {
        let bytes = (abuse.request)(0).len();
        row(&abuse.name, bytes, &abuse.said, &mut abuse.times);
    }
    let over = |abuse: &&Abuse| abuse.times.iter().any(|took| *took >= LIMIT);
    let over: Vec<&str> = abuses.iter().filter(over).map(|abuse| abuse.name.as_str()).collect();
    println!("{} requests, over the limit at least once: {over:?}\n", abuses.len());
}

/// Status and code of an answer.
fn told(sent: &Sent) -> String {
    let code = sent.code();
    format!("{} {}", sent.status, code.as_deref().unwrap_or_default()).trim_end().to_owned()
}

fn row(name: &str, bytes: usize, said: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let millis = |took: Duration| took.as_secs_f64() * 1e3;
    let most = times.last().copied().unwrap_or_default();
    let within = if most < LIMIT { "yes" } else { "NO" };
    let median = millis(times[times.len() / 2]);
    println!("| {name} | {bytes} | {said} | {median:.2} | {:.2} | {within} |", millis(most));
}
