//! How many people can sign in a second, beside the bare rate of the hash that each of them costs.

use std::time::{Duration, Instant};

use trunkline_testkit::PASSWORD;

use crate::{
    stage::{PEOPLE, Stage},
    wire::send,
};

/// Prints how many sign in a second when so many at once do nothing else.
pub(crate) async fn table(stage: &Stage, length: Duration) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let seconds = length.as_secs();
    println!("sign-ins, argon2id at the production cost, {cores} cores, {seconds} s each");
    println!("| at once | sign-ins /s | median ms | max ms | bare argon2id /s | ratio |");
    println!("|---|---|---|---|---|---|");
    for at_once in [4, PEOPLE] {
        let mut times = sign_ins(stage, at_once, length).await;
        let hashes = hashes(stage, at_once, length).await;
        times.sort_unstable();
        let millis = |took: Option<&Duration>| took.map_or(0.0, Duration::as_secs_f64) * 1e3;
        let (ours, bare) = (rate(times.len(), length), rate(hashes, length));
        println!(
            "| {at_once} | {ours:.1} | {:.1} | {:.1} | {bare:.1} | {:.2} |",
            millis(times.get(times.len() / 2)),
            millis(times.last()),
            ours / bare
        );
    }
}

fn rate(count: usize, length: Duration) -> f64 {
    count as f64 / length.as_secs_f64()
}

/// Times of the sign-ins that were done when the time was up.
async fn sign_ins(stage: &Stage, at_once: usize, length: Duration) -> Vec<Duration> {
    let end = Instant::now() + length;
    let mut people = Vec::new();
    for at in 0..at_once {
        let (address, request) = (stage.address.clone(), stage.sign_in_request(at));
        people.push(tokio::spawn(async move {
            let mut times = Vec::new();
            loop {
                let sent = send(&address, &request).await;
                let text = String::from_utf8_lossy(&sent.body);
                assert!(text.contains("\"accessToken\":\""), "{text}");
                if Instant::now() >= end {
                    return times;
                }
                times.push(sent.took);
            }
        }));
    }
    let mut times = Vec::new();
    for person in people {
        times.extend(person.await.expect("a person"));
    }
    times
}

/// How many hashes were checked when the time was up, by a hasher like the server's.
async fn hashes(stage: &Stage, at_once: usize, length: Duration) -> usize {
    let hash = stage.passwords.hash(PASSWORD.into()).await.expect("a hash");
    let end = Instant::now() + length;
    let mut loops = Vec::new();
    for _ in 0..at_once {
        let (passwords, hash) = (stage.passwords.clone(), hash.clone());
        loops.push(tokio::spawn(async move {
            let mut count = 0;
            loop {
                let check = passwords.verify(PASSWORD.into(), Some(hash.clone())).await;
                assert!(check.expect("checked").matches, "the right password");
                if Instant::now() >= end {
                    return count;
                }
                count += 1;
            }
        }));
    }
    let mut count = 0;
    for each in loops {
        count += each.await.expect("a loop");
    }
    count
}
