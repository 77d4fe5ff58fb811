use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use jiff::Timestamp;
use trunkline_domain::id::TenantId;
use trunkline_infra::{
    ctx::Ctx,
    db::{Db, DbError, DbOptions, TenantTx},
    params, read_model,
};
use trunkline_testkit::{Company, database, keep_summary};

const CONNECTIONS: u32 = 3;
const TASKS: usize = 12;

read_model! {
    /// A row and whose it is.
    struct Seen {
        tenant_id: TenantId,
    }
}

read_model! {
    /// A connection and the tenant that it remembers.
    struct Remembered {
        pid: i32,
        tenant: String,
    }
}

/// A sequence that looks random and can be replayed (`SplitMix64`).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// Drives a future some steps and then drops it where it stands, as a client does that goes away.
async fn cut_off<F: Future>(future: F, sequence: &mut Sequence) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..(1 << sequence.below(8)) {
        let polled = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
        match polled {
            Poll::Ready(output) => return Some(output),
            Poll::Pending => tokio::task::yield_now().await,
        }
    }
    None
}

/// Reads without naming the tenant, so that the policy alone decides, and counts what is wrong.
async fn look(tx: &TenantTx, strange: &AtomicUsize) {
    let rows: Vec<Seen> = tx.all("select tenant_id from app.site", params![]).await.expect("rows");
    let is_right = rows.len() == 1 && rows[0].tenant_id == tx.tenant();
    strange.fetch_add(usize::from(!is_right), Ordering::Relaxed);
}

/// One transaction that ends in one of the ways in which a transaction can end.
async fn one_of_many(db: &Db, ctx: &Ctx, sequence: &mut Sequence, strange: &AtomicUsize) {
    const TOUCH: &str = "update app.site set version = version + 1 where tenant_id = $1";
    let way = sequence.below(8);
    let opened = loop {
        let opened = match way {
            0 => cut_off(db.begin(ctx), sequence).await,
            _ => Some(db.begin(ctx).await),
        };
        match opened {
            Some(Err(DbError::Crowded)) => tokio::task::yield_now().await,
            opened => break opened,
        }
    };
    let tx = match opened {
        None | Some(Err(DbError::Timeout)) => return,
        Some(tx) => tx.expect("transaction"),
    };
    look(&tx, strange).await;
    match way {
        // Dropped without commit, having read or having written.
        0 | 1 => {}
        2 => drop(tx.run(TOUCH, params![tx.tenant()]).await),
        3 => tx.commit().await.expect("commit"),
        // An error in the middle, and a commit in spite of it.
        4 => drop(tx.run("select 1 / 0", params![]).await.expect_err("division by zero")),
        5 => {
            tx.run("select 1 / 0", params![]).await.expect_err("division by zero");
            drop(tx.commit().await);
        }
        // Cut off in a query and in the commit.
        6 => drop(cut_off(tx.run("select pg_sleep(0.001)", params![]), sequence).await),
        _ => drop(cut_off(tx.commit(), sequence).await),
    }
}

/// Ends the transaction behind the back of the pool and asks what the connection remembers.
async fn remembered(tx: &TenantTx) -> Remembered {
    tx.run("rollback", params![]).await.expect("rollback");
    let asked = "select pg_backend_pid() as pid, coalesce(current_setting('app.tenant_id', true), '') as tenant";
    tx.one(asked, params![]).await.expect("answer").expect("row")
}

/// Says what it did.
async fn alternate(transactions: usize) -> String {
    let database = database().await;
    let options = DbOptions {
        app: database.options("trunkline_app"),
        system: database.options("trunkline_system"),
        connections: CONNECTIONS,
        threads: 1,
    };
    let db = Db::connect(options).await.expect("pools");
    let now: Timestamp = "2026-03-02T12:00:00Z".parse().expect("instant");
    let mut contexts = Vec::new();
    // A tenant holds one connection of three at most, so as many as there are connections.
    for _ in 0..CONNECTIONS {
        let company = Company::db_new(&db, database, now).await;
        company.db_site("SH").await;
        contexts.push(Ctx::of_system(company.tenant, "leak test", now));
    }
    let (contexts, strange) = (Arc::new(contexts), Arc::new(AtomicUsize::new(0)));
    let mut tasks = Vec::new();
    for seed in 0..TASKS {
        let (db, contexts, strange) = (db.clone(), Arc::clone(&contexts), Arc::clone(&strange));
        tasks.push(tokio::spawn(async move {
            let mut sequence = Sequence(seed as u64);
            for turn in 0..transactions / TASKS {
                one_of_many(
                    &db,
                    &contexts[(seed + turn) % contexts.len()],
                    &mut sequence,
                    &strange,
                )
                .await;
            }
        }));
    }
    for task in tasks {
        task.await.expect("task");
    }
    assert_eq!(
        strange.load(Ordering::Relaxed),
        0,
        "transactions that saw other rows than their own"
    );

    let mut open = Vec::new();
    for context in contexts.iter() {
        open.push(db.begin(context).await.expect("transaction"));
    }
    let mut pids = Vec::new();
    for tx in &open {
        let connection = remembered(tx).await;
        assert_eq!(connection.tenant, "", "a connection remembers a tenant");
        let rows: Vec<Seen> =
            tx.all("select tenant_id from app.site", params![]).await.expect("rows");
        assert!(rows.is_empty(), "rows without a tenant");
        pids.push(connection.pid);
    }
    pids.sort_unstable();
    pids.dedup();
    assert_eq!(pids.len(), CONNECTIONS as usize, "not every connection was asked");
    format!(
        "pool: {transactions} transactions of {} tenants, by {TASKS} tasks on {CONNECTIONS} connections: none saw another's row, no connection remembers a tenant",
        contexts.len()
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_transaction_of_20_000_leaves_its_tenant_on_the_connection() {
    let done = alternate(20_000).await;
    println!("{}", keep_summary(env!("CARGO_TARGET_TMPDIR"), "isolation-pool", &[done]));
}
