use std::time::Duration;

use sea_orm::sqlx::{
    self, PgPool, Row as _,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use trunkline_domain::id::TenantId;

use super::{DbError, SystemTx, TenantTx, seats::Seats, shares::Shares};
use crate::ctx::Ctx;

/// How to reach the database, once for each role.
#[derive(Debug, Clone)]
pub struct DbOptions {
    /// As the application role: owns nothing, bound by row-level security.
    pub app: PgConnectOptions,
    /// As the system role, for the listed cross-tenant needs.
    pub system: PgConnectOptions,
    /// Connections of the application role.
    pub connections: u32,
    /// Threads that answer requests: each has its part of the connections.
    pub threads: usize,
}

/// Why the server refuses to start with the role it was given.
#[derive(Debug, thiserror::Error)]
pub enum RoleFault {
    /// The role could read past row-level security.
    #[error(
        "role {role} {why}: start with trunkline_app, which owns nothing and is bound by row-level security"
    )]
    TooStrong {
        /// Name of the role.
        role: String,
        /// What it may do.
        why: &'static str,
    },
    /// The database could not be asked.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The database. Holds its pools privately: transactions are the only way to rows.
#[derive(Debug, Clone)]
pub struct Db {
    app: Seats,
    system: PgPool,
    shares: Shares,
}

/// How many connections there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// In use.
    pub used: u32,
    /// Open and free.
    pub idle: u32,
    /// The most there may be.
    pub most: u32,
}

/// A request waits this long for a connection before it is shed; the same as `lock_timeout`.
const ACQUIRE: Duration = Duration::from_secs(2);

pub(super) fn pool(options: PgConnectOptions, connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        // The ping before each use costs a round trip; connections idle for long get it instead.
        .test_before_acquire(false)
        .idle_timeout(Duration::from_secs(300))
        .connect_lazy_with(options)
}

impl Db {
    /// Prepares the pools and makes sure that the application role is a bound one.
    ///
    /// # Errors
    /// [`RoleFault`] when the role is an owner, a superuser or may bypass row-level security, or
    /// when the database does not answer.
    pub async fn connect(options: DbOptions) -> Result<Self, RoleFault> {
        let db = Self {
            app: Seats::of(&options.app, options.connections, options.threads),
            system: pool(options.system, 2),
            shares: Shares::of(options.connections),
        };
        db.refuse_strong_role().await?;
        Ok(db)
    }

    async fn refuse_strong_role(&self) -> Result<(), RoleFault> {
        let row = sqlx::query(
            "select rolname::text, rolsuper, rolbypassrls,
                    exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                            where n.nspname = 'app' and c.relowner = r.oid)
             from pg_roles r where rolname = current_user",
        )
        .fetch_one(self.app.own())
        .await
        .map_err(DbError::from)?;
        let read = |column: usize| row.try_get::<bool, _>(column).map_err(DbError::from);
        let faults =
            [(1, "is a superuser"), (2, "may bypass row-level security"), (3, "owns tables")];
        for (column, why) in faults {
            if read(column)? {
                let role = row.try_get(0).map_err(DbError::from)?;
                return Err(RoleFault::TooStrong { role, why });
            }
        }
        Ok(())
    }

    /// Opens a transaction that sees the rows of the context's tenant, in one round trip.
    ///
    /// ```
    /// # use trunkline_infra::{ctx::Ctx, db::{Db, DbError, TenantTx}};
    /// async fn open(db: &Db, ctx: &Ctx) -> Result<TenantTx, DbError> {
    ///     db.begin(ctx).await
    /// }
    /// ```
    /// The id of a tenant opens nothing, and neither does the pool, which nobody else can reach:
    /// ```compile_fail,E0308
    /// # use trunkline_domain::id::TenantId;
    /// # use trunkline_infra::{ctx::Ctx, db::{Db, DbError, TenantTx}};
    /// async fn open(db: &Db, tenant: &TenantId) -> Result<TenantTx, DbError> {
    ///     db.begin(tenant).await
    /// }
    /// ```
    /// ```compile_fail,E0624
    /// # use trunkline_domain::id::TenantId;
    /// # use trunkline_infra::db::{DbError, TenantTx};
    /// # use sea_orm::sqlx::PgPool;
    /// async fn open(pool: &PgPool, tenant: TenantId) -> Result<TenantTx, DbError> {
    ///     TenantTx::open(pool, tenant).await
    /// }
    /// ```
    /// ```compile_fail,E0616
    /// # use trunkline_infra::db::Db;
    /// # use sea_orm::sqlx::PgPool;
    /// fn pool(db: &Db) -> &PgPool {
    ///     &db.app
    /// }
    /// ```
    ///
    /// Within a [`Unit`](super::Unit) it is the unit's transaction that is gone on with.
    ///
    /// # Errors
    /// [`DbError::Timeout`] when no connection comes free in time: the pool is busy, or the tenant
    /// holds its two fifths of it. [`DbError::Crowded`] at once when too many wait for that.
    /// [`DbError::Internal`] when the unit's transaction is in other hands: a use case holds one at
    /// a time.
    pub async fn begin(&self, ctx: &Ctx) -> Result<TenantTx, DbError> {
        if let Some(unit) = ctx.unit() {
            return unit.begin().await;
        }
        let hold = self.shares.enter(ctx.tenant(), ACQUIRE).await?;
        TenantTx::open(&self.app, ctx.tenant(), hold).await
    }

    /// Whether a transaction of the tenant would be let in, or at least wait for its turn. What is
    /// refused before it begins costs next to nothing.
    #[must_use]
    pub fn has_room(&self, tenant: TenantId) -> bool {
        self.shares.has_room(tenant)
    }

    /// Whether a transaction of some tenant would be let in or wait, for a caller whose tenant is not
    /// known yet.
    #[must_use]
    pub fn has_room_for_some(&self) -> bool {
        self.shares.has_room_for_some()
    }

    /// Opens a transaction across tenants. `reason` names the listed need and goes to the log.
    ///
    /// # Errors
    /// [`DbError::Timeout`] when no connection comes free in time.
    pub async fn begin_system(&self, reason: &'static str) -> Result<SystemTx, DbError> {
        tracing::debug!(reason, "cross-tenant transaction");
        SystemTx::open(&self.system).await
    }

    /// Whether the database answers now.
    pub async fn is_up(&self) -> bool {
        sqlx::query("select 1").execute(self.app.own()).await.is_ok()
    }

    /// Connections of the application role now.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.app.connections()
    }

    /// Closes all connections after their work is done.
    pub async fn close(&self) {
        self.app.close().await;
        self.system.close().await;
    }
}
