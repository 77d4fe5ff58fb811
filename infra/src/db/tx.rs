use std::sync::PoisonError;

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, FromQueryResult, QueryResult, RuntimeErr,
    Statement, Value,
    sqlx::{self, AssertSqlSafe, PgConnection, Postgres},
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::Mutex;
use trunkline_domain::id::TenantId;

use super::{DbError, Unit, seats::Seats, shares::Hold, unit::Later};

/// A transaction of the driver with its tenant's place in the pool, which is given back after the
/// connection.
pub(super) struct Driver {
    tx: sqlx::Transaction<'static, Postgres>,
    hold: Option<Hold>,
}

impl Driver {
    async fn commit(self) -> Result<(), DbError> {
        let Self { tx, hold } = self;
        super::commits::begins();
        let outcome = tx.commit().await;
        super::commits::ended(&outcome);
        drop(hold);
        Ok(outcome?)
    }
}

impl std::ops::Deref for Driver {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.tx
    }
}

impl std::ops::DerefMut for Driver {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
}

/// An open transaction of the driver; none once it has been taken out. Statements run one after the
/// other.
struct Open(Mutex<Option<Driver>>);

impl Open {
    fn new(driver: Driver) -> Self {
        Self(Mutex::new(Some(driver)))
    }

    fn take(&mut self) -> Option<Driver> {
        self.0.get_mut().take()
    }
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Open")
    }
}

/// The driver's transaction, while there is one.
fn running(slot: &mut Option<Driver>) -> Result<&mut Driver, DbErr> {
    slot.as_mut().ok_or_else(|| DbErr::Custom("the transaction has ended".to_owned()))
}

fn bound(statement: Statement) -> (String, SqlxValues) {
    let values = statement.values.map_or_else(Vec::new, |values| values.0);
    (statement.sql, SqlxValues(sea_orm::Values(values)))
}

fn query_error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(std::sync::Arc::new(error)))
}

#[async_trait::async_trait]
impl ConnectionTrait for Open {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let (sql, values) = bound(statement);
        let mut slot = self.0.lock().await;
        let tx = running(&mut slot)?;
        sqlx::query_with(AssertSqlSafe(sql), values)
            .execute(&mut **tx)
            .await
            .map(Into::into)
            .map_err(query_error)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut slot = self.0.lock().await;
        let tx = running(&mut slot)?;
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut **tx)
            .await
            .map(Into::into)
            .map_err(query_error)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let (sql, values) = bound(statement);
        let mut slot = self.0.lock().await;
        let tx = running(&mut slot)?;
        sqlx::query_with(AssertSqlSafe(sql), values)
            .fetch_optional(&mut **tx)
            .await
            .map(|row| row.map(Into::into))
            .map_err(query_error)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let (sql, values) = bound(statement);
        let mut slot = self.0.lock().await;
        let tx = running(&mut slot)?;
        sqlx::query_with(AssertSqlSafe(sql), values)
            .fetch_all(&mut **tx)
            .await
            .map(|rows| rows.into_iter().map(Into::into).collect())
            .map_err(query_error)
    }
}

/// What both kinds of transaction can do.
macro_rules! statements {
    ($name:ident) => {
        impl $name {
            /// All rows of a query.
            ///
            /// # Errors
            /// What the database says.
            pub async fn all<R: FromQueryResult>(
                &self,
                sql: impl Into<String>,
                params: Vec<Value>,
            ) -> Result<Vec<R>, DbError> {
                let rows = self.open.query_all_raw(statement(sql, params)).await?;
                Ok(rows
                    .iter()
                    .map(|row| R::from_query_result(row, ""))
                    .collect::<Result<_, DbErr>>()?)
            }

            /// The only row of a query, if there is one.
            ///
            /// # Errors
            /// What the database says.
            pub async fn one<R: FromQueryResult>(
                &self,
                sql: impl Into<String>,
                params: Vec<Value>,
            ) -> Result<Option<R>, DbError> {
                let row = self.open.query_one_raw(statement(sql, params)).await?;
                Ok(row.as_ref().map(|row| R::from_query_result(row, "")).transpose()?)
            }

            /// The column `value` of the only row, if there is one.
            ///
            /// # Errors
            /// What the database says.
            pub async fn scalar<C: super::Column>(
                &self,
                sql: impl Into<String>,
                params: Vec<Value>,
            ) -> Result<Option<C>, DbError> {
                let row = self.open.query_one_raw(statement(sql, params)).await?;
                Ok(row.as_ref().map(|row| C::read(row, "value")).transpose()?)
            }

            /// Runs a statement and says how many rows it touched.
            ///
            /// # Errors
            /// What the database says, constraints by name.
            pub async fn run(
                &self,
                sql: impl Into<String>,
                params: Vec<Value>,
            ) -> Result<u64, DbError> {
                Ok(self.open.execute_raw(statement(sql, params)).await?.rows_affected())
            }

            /// The same transaction as sea-orm's queries take it.
            #[must_use]
            pub fn connection(&self) -> &impl ConnectionTrait {
                &self.open
            }
        }
    };
}

fn statement(sql: impl Into<String>, params: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, params)
}

/// A transaction that sees the rows of one tenant. Only [`Db`](super::Db) makes one.
#[derive(Debug)]
pub struct TenantTx {
    open: Open,
    tenant: TenantId,
    /// Where the transaction goes back to when it is one of several.
    unit: Option<Unit>,
    /// What others are to notice only once the writes last.
    later: Laters,
}
statements!(TenantTx);

/// What is to be done after the commit.
#[derive(Default)]
struct Laters(std::sync::Mutex<Vec<Later>>);

impl std::fmt::Debug for Laters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Laters")
    }
}

impl Laters {
    fn add(&self, action: Later) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(action);
    }

    fn take(&self) -> Vec<Later> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl TenantTx {
    /// Opens a transaction for `tenant`: one message sets both.
    pub(super) async fn open(seats: &Seats, tenant: TenantId, hold: Hold) -> Result<Self, DbError> {
        // A uuid by type, so nothing else can come into the statement. `set local` instead of
        // `set_config`, because a distributed database carries only the former to its workers.
        let begin = format!("begin; set local app.tenant_id = '{}'", tenant.uuid());
        let tx = seats.begin(begin).await?;
        Ok(Self::of_driver(Driver { tx, hold: Some(hold) }, tenant))
    }

    pub(super) fn of_driver(driver: Driver, tenant: TenantId) -> Self {
        Self { open: Open::new(driver), tenant, unit: None, later: Laters::default() }
    }

    pub(super) fn of_unit(driver: Driver, tenant: TenantId, unit: Unit) -> Self {
        let later = Laters::default();
        Self { open: Open::new(driver), tenant, unit: Some(unit), later }
    }

    pub(super) fn take(&mut self) -> Option<Driver> {
        self.open.take()
    }

    /// Makes the writes last; within a [`Unit`], once that one lasts. Without it they are undone
    /// when the transaction is dropped, which is also how a transaction that only read ends: no
    /// extra trip.
    ///
    /// # Errors
    /// What the database says; then nothing was written.
    pub async fn commit(mut self) -> Result<(), DbError> {
        let Some(driver) = self.take() else { return Ok(()) };
        let later = self.later.take();
        match &self.unit {
            Some(unit) => {
                unit.give_back(driver, true);
                later.into_iter().for_each(|action| unit.put_off(action));
            }
            None => {
                driver.commit().await?;
                for action in later {
                    action.await;
                }
            }
        }
        Ok(())
    }

    /// Puts off until the writes last what tells others of them, for those who write deep within a
    /// use case and do not see its commit; never done when there is none. Who commits uses
    /// [`Ctx::after_commit`](crate::ctx::Ctx::after_commit).
    pub fn on_commit(&self, action: impl Future<Output = ()> + Send + 'static) {
        self.later.add(Box::pin(action));
    }

    /// Whether it sees writes that nobody else can see and that may yet be undone: what is read by
    /// it must not be remembered for others.
    #[must_use]
    pub const fn is_of_unit(&self) -> bool {
        self.unit.is_some()
    }

    /// The tenant, to be written out as `tenant_id = $n` in every statement.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }
}

impl Drop for TenantTx {
    fn drop(&mut self) {
        if let Some(unit) = self.unit.take()
            && let Some(driver) = self.take()
        {
            unit.give_back(driver, false);
        }
    }
}

/// A transaction across tenants, for the few needs that have no tenant yet: sign-in look-up, job
/// claiming, tenant administration.
#[derive(Debug)]
pub struct SystemTx {
    open: Open,
}
statements!(SystemTx);

impl SystemTx {
    #[expect(clippy::disallowed_methods, reason = "by this the transactions across tenants begin")]
    pub(super) async fn open(pool: &sqlx::PgPool) -> Result<Self, DbError> {
        let tx = pool.begin_with("begin").await?;
        Ok(Self { open: Open::new(Driver { tx, hold: None }) })
    }

    /// Makes the writes last. Without it they are undone when the transaction is dropped.
    ///
    /// # Errors
    /// What the database says; then nothing was written.
    pub async fn commit(mut self) -> Result<(), DbError> {
        match self.open.take() {
            Some(driver) => driver.commit().await,
            None => Ok(()),
        }
    }
}
