//! How many passwords this machine checks in a second, for choosing the cost of a hash.
//!
//! `cargo run --release -p trunkline-infra --example password_cost [-- KIB PASSES LANES COUNT]`
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a tool prints or fails")]

use std::time::Instant;

use futures_util::future::join_all;
use trunkline_infra::identity::{HashCost, HashSlots, Passwords};

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse().expect("a number"));
    let HashCost { memory_kib, passes, lanes } = HashCost::RECOMMENDED;
    let mut next = |default| numbers.next().unwrap_or(default);
    let cost = HashCost { memory_kib: next(memory_kib), passes: next(passes), lanes: next(lanes) };
    let count = next(200) as usize;
    let parallel = std::thread::available_parallelism().map_or(1, usize::from);
    let slots = HashSlots { parallel, waiting: count };
    let passwords = Passwords::new(cost, slots).expect("a cost that argon2id can have");
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let stored = passwords.hash("tea at four in spring".into()).await.expect("hash");
        let begin = Instant::now();
        let checks = (0..count)
            .map(|_| passwords.verify("tea at four in spring".into(), Some(stored.clone())));
        let right = join_all(checks)
            .await
            .into_iter()
            .filter(|it| it.as_ref().is_ok_and(|check| check.matches));
        assert_eq!(right.count(), count, "every check passes");
        let seconds = begin.elapsed().as_secs_f64();
        println!("{cost:?}, {parallel} at once: {:.0} checks a second", count as f64 / seconds);
    });
}
