//! The hot reads over real HTTP, beside pgbench running the same SQL in the same run.
//!
//! `cargo bench -p trunkline --bench hot_paths [-- SECONDS]`. A closed loop: so many connections,
//! each with one request under way. What counts is the ratio: both run on the same machine, against
//! the same database, one after the other, three times; medians are printed.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints or fails")]

mod pgbench;
mod seed;

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use trunkline::server::{ServerOptions, start};

use crate::seed::Seeded;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 3;

const MY_SCHEDULE: &str =
    "query($from: DateTime!, $to: DateTime!) { mySchedule(from: $from, to: $to) {
    id startsAt endsAt localDate timeZone paidSeconds version
    activities { category startsAt endsAt paid } } }";

const SITE_WEEK: &str = "query($site: ID!, $date: Date!) { siteWeek(siteId: $site, weekOf: $date) {
    id startsAt endsAt localDate version
    activities { category startsAt endsAt paid } } }";

/// One kind of work: what to send with which token, and the SQL that it comes down to.
struct Work {
    name: &'static str,
    connections: usize,
    requests: Vec<(String, Value)>,
    sql: String,
}

fn main() {
    let seconds = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(3);
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let seeded = runtime.block_on(seed::seed());
    let address = serve(&seeded);
    let works = works(&runtime, &seeded, &address);
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
            peer.push(pgbench::run(&seeded, &work.sql, work.connections, seconds));
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
            let running = start(&app, listener, ServerOptions::default(), |_| {}).expect("server");
            running.server.await.expect("server");
        });
    });
    address
}

fn works(runtime: &tokio::runtime::Runtime, seeded: &Seeded, address: &str) -> Vec<Work> {
    let sign_in = |email: &str| runtime.block_on(seed::sign_in(seeded, address, email));
    let window = json!({"from": "2026-03-02T00:00:00Z", "to": "2026-03-16T00:00:00Z"});
    let own = seeded
        .agents
        .iter()
        .take(16)
        .map(|(_, email)| (sign_in(email), json!({"query": MY_SCHEDULE, "variables": window})));
    let week = json!({"site": seeded.site.to_string(), "date": "2026-03-04"});
    let planner = sign_in(seed::PLANNER);
    let columns = "s.id, s.schedule_id, s.site_id, s.agent_id, s.starts_at, s.ends_at, s.local_date, \
                   s.activities, s.needs, s.state, s.version";
    vec![
        Work {
            name: "own schedule, two weeks",
            connections: 16,
            requests: own.collect(),
            sql: format!(
                "select {columns} from app.shift s where s.tenant_id = '{tenant}'
                 and s.agent_id = any(array['{agent}']::uuid[]) and s.state = any(array['PUBLISHED'])
                 and s.starts_at < '2026-03-16T00:00:00Z' and s.ends_at > '2026-03-02T00:00:00Z'
                 and s.starts_at > '2026-02-28T00:00:00Z' order by s.agent_id, s.starts_at, s.id",
                tenant = seeded.company.tenant.uuid(),
                agent = seeded.agents[0].0.uuid(),
            ),
        },
        Work {
            name: "site week, 500 shifts",
            connections: 4,
            requests: vec![(planner, json!({"query": SITE_WEEK, "variables": week})); 4],
            sql: format!(
                "select {columns} from app.shift s where s.tenant_id = '{tenant}'
                 and s.site_id = '{site}' and s.state = any(array['PUBLISHED', 'DRAFT'])
                 and s.starts_at < '2026-03-08T16:00:00Z' and s.ends_at > '2026-03-01T16:00:00Z'
                 order by s.starts_at, s.id",
                tenant = seeded.company.tenant.uuid(),
                site = seeded.site.uuid(),
            ),
        },
    ]
}

/// Runs the closed loop and gives the time of each answered request.
async fn drive(address: &str, work: &Work, length: Duration) -> Vec<Duration> {
    let (over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut loops = Vec::new();
    for at in 0..work.connections {
        let (token, body) = work.requests[at % work.requests.len()].clone();
        let (url, over, done) =
            (format!("{address}/graphql"), Arc::clone(&over), Arc::clone(&done));
        loops.push(tokio::spawn(async move {
            let client = reqwest::Client::new();
            let mut times = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let begin = Instant::now();
                let answer = client.post(&url).bearer_auth(&token).json(&body).send().await;
                let bytes = answer.expect("answer").bytes().await.expect("body");
                times.push(begin.elapsed());
                if done.fetch_add(1, Ordering::Relaxed) == 0 {
                    let answer: Value = serde_json::from_slice(&bytes).expect("JSON");
                    assert!(answer.get("errors").is_none(), "{answer}");
                }
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
