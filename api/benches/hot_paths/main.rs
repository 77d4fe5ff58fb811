//! The hot paths over real HTTP, beside pgbench running the same SQL in the same run.
//!
//! `cargo bench -p trunkline --bench hot_paths [-- SECONDS] [--one-pool]`. A closed loop: so many connections,
//! each with one request under way. What counts is the ratio: both run on the same machine, against
//! the same database, one after the other, three times; medians are printed.
#![recursion_limit = "256"]
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints or fails")]

mod client;
mod pgbench;
mod reads;
mod seed;
mod swap;

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;
use trunkline::budget::Budgets;
use trunkline::server::{ServerOptions, start};

use crate::{
    client::{Caller, data_of},
    seed::Seeded,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 3;

/// One kind of work: what to send with which token, and the script of pgbench that it comes down to.
struct Work {
    name: &'static str,
    connections: usize,
    requests: Vec<(String, Value)>,
    /// Makes a second request of the answer to the first; both count as one.
    follow: Option<fn(&Value) -> Value>,
    script: String,
}

fn main() {
    let seconds = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(3);
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let seeded = runtime.block_on(seed::seed());
    let address = serve(&seeded);
    let works = runtime.block_on(async {
        let mut works = reads::works(&seeded, &address).await;
        works.push(swap::work(&seeded, &address).await);
        works
    });
    println!(
        "{} agents, {} shifts, row-level security on; {seconds} s a round, medians of {ROUNDS}",
        seed::AGENTS,
        seeded.shifts
    );
    println!("| work | connections | ours /s | p50 ms | p99 ms | pgbench /s | ratio |");
    println!("|---|---|---|---|---|---|---|");
    for work in works {
        let mut ours = Vec::new();
        let mut peer = Vec::new();
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let round = runtime.block_on(drive(&address, &work, Duration::from_secs(seconds)));
            ours.push(round.len() as f64 / seconds as f64);
            times.extend(round);
            peer.push(pgbench::run(&seeded, &work.script, work.connections, seconds));
        }
        times.sort_unstable();
        let at = |share: f64| {
            let place = (times.len().saturating_sub(1)) as f64 * share;
            times.get(place as usize).map_or(0.0, Duration::as_secs_f64) * 1e3
        };
        let (ours, peer) = (median(&mut ours), median(&mut peer));
        println!(
            "| {} | {} | {ours:.0} | {:.2} | {:.2} | {peer:.0} | {:.2} |",
            work.name,
            work.connections,
            at(0.5),
            at(0.99),
            ours / peer
        );
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

fn serve(seeded: &Seeded) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("address"));
    let app = Arc::clone(&seeded.app);
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            // A few callers stand for hundreds here.
            let options = ServerOptions { budgets: Budgets::vast(), ..Default::default() };
            let running = start(&app, listener, options, |_| {}).expect("server");
            running.server.await.expect("server");
        });
    });
    address
}

/// Runs the closed loop and gives the time of each answered request.
async fn drive(address: &str, work: &Work, length: Duration) -> Vec<Duration> {
    let over = Arc::new(AtomicBool::new(false));
    let mut loops = Vec::new();
    for at in 0..work.connections {
        let (token, body) = work.requests[at % work.requests.len()].clone();
        let mut caller = Caller::connect(address, Some(&token)).await;
        let (follow, over) = (work.follow, Arc::clone(&over));
        loops.push(tokio::spawn(async move {
            let mut times = Vec::new();
            let request = caller.request(&body);
            while !over.load(Ordering::Relaxed) {
                let begin = Instant::now();
                let answer = caller.send(&request).await;
                // Reading every answer would measure the reader.
                if follow.is_some() || times.is_empty() {
                    let answer = data_of(answer);
                    if let Some(follow) = follow {
                        let next = caller.request(&follow(&answer));
                        data_of(caller.send(&next).await);
                    }
                }
                times.push(begin.elapsed());
            }
            times
        }));
    }
    tokio::time::sleep(length).await;
    over.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for each in loops {
        times.extend(each.await.expect("loop"));
    }
    times
}
