//! A pool for each thread that answers requests.
//!
//! A connection is driven by the event loop of the thread that opened it. Taken up by another one,
//! each word from the database wakes both, and the one may be busy with somebody else's answer. So
//! a thread has connections of its own, and borrows from the others only when all of them are out.

use std::{cell::Cell, sync::Arc};

use sea_orm::sqlx::{self, AssertSqlSafe, PgPool, Postgres, postgres::PgConnectOptions};

use super::{Connections, pool::pool};

thread_local! {
    static SEAT: Cell<usize> = const { Cell::new(0) };
}

/// Says which of the pools is this thread's. A thread that never does shares the first.
pub fn take_seat(seat: usize) {
    SEAT.set(seat);
}

/// The pools of the application role.
#[derive(Debug, Clone)]
pub(super) struct Seats(Arc<[PgPool]>);

impl Seats {
    /// `connections` for `threads`, as evenly as they divide.
    pub(super) fn of(options: &PgConnectOptions, connections: u32, threads: usize) -> Self {
        let seats = u32::try_from(threads).unwrap_or(u32::MAX).clamp(1, connections.max(1));
        let size = |seat| connections / seats + u32::from(seat < connections % seats);
        Self((0..seats).map(|seat| pool(options.clone(), size(seat).max(1))).collect())
    }

    /// The pool of this thread.
    pub(super) fn own(&self) -> &PgPool {
        &self.0[SEAT.get() % self.0.len()]
    }

    /// Begins with `statement` on a connection of this thread; when all of them are out, on one that
    /// another thread can spare.
    #[expect(clippy::disallowed_methods, reason = "by this the transactions of tenants begin")]
    pub(super) async fn begin(
        &self,
        statement: String,
    ) -> Result<sqlx::Transaction<'static, Postgres>, sqlx::Error> {
        let is_out = |pool: &PgPool| {
            pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections()
        };
        let own = self.own();
        let spare = is_out(own).then(|| self.0.iter().find(|pool| !is_out(pool))).flatten();
        spare.unwrap_or(own).begin_with(AssertSqlSafe(statement)).await
    }

    /// How many connections there are in all.
    pub(super) fn connections(&self) -> Connections {
        self.0.iter().fold(Connections { used: 0, idle: 0, most: 0 }, |all, pool| {
            let open = pool.size();
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX).min(open);
            Connections {
                used: all.used + open - idle,
                idle: all.idle + idle,
                most: all.most + pool.options().get_max_connections(),
            }
        })
    }

    /// Closes all connections after their work is done.
    pub(super) async fn close(&self) {
        for pool in self.0.iter() {
            pool.close().await;
        }
    }
}
