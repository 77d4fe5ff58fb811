use std::{collections::BTreeMap, time::Duration};

use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, PgConnection, Row as _};
use sha2::{Digest as _, Sha256};

use crate::{MIGRATIONS, Migration};

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The file of an applied step differs from what was applied.
    #[error(
        "this database was made by another build (its step {0} differs): start the build that made it, or \
         begin with an empty one (the demo: `--fresh`)"
    )]
    Changed(String),
    /// The database has a step that this program does not know.
    #[error("the database is newer than this program (it has {0}): start the newer program")]
    Unknown(String),
    /// A step failed; it left nothing behind.
    #[error("migration {name} failed and was rolled back: {source}")]
    Step {
        /// The step.
        name: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
    /// The database could not be asked.
    #[error("the database does not answer: {0}")]
    Database(#[from] sqlx::Error),
}

/// Makes roles and extension in the database of `admin`, a superuser's connection. Idempotent.
///
/// # Errors
/// What the database says.
pub async fn bootstrap(admin: &mut PgConnection) -> Result<(), MigrateError> {
    sqlx::raw_sql(include_str!("../sql/bootstrap.sql")).execute(admin).await?;
    Ok(())
}

fn digest(migration: &Migration) -> Vec<u8> {
    Sha256::digest(migration.sql.as_bytes()).to_vec()
}

/// Names and digests of the steps that the database has.
///
/// # Errors
/// What the database says.
pub async fn applied(db: &mut PgConnection) -> Result<BTreeMap<String, Vec<u8>>, MigrateError> {
    let exists: bool = sqlx::query("select to_regclass('app.schema_migration') is not null")
        .fetch_one(&mut *db)
        .await?
        .try_get(0)?;
    if !exists {
        return Ok(BTreeMap::new());
    }
    let rows =
        sqlx::query("select name, digest from app.schema_migration").fetch_all(&mut *db).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Steps that the database still lacks, in order.
///
/// # Errors
/// [`MigrateError::Changed`] or [`MigrateError::Unknown`] when history and files disagree.
pub async fn pending(db: &mut PgConnection) -> Result<Vec<&'static Migration>, MigrateError> {
    let mut applied = applied(db).await?;
    let mut pending = Vec::new();
    for migration in MIGRATIONS {
        match applied.remove(migration.name) {
            None => pending.push(migration),
            Some(known) if known == digest(migration) => {}
            Some(_) => return Err(MigrateError::Changed(migration.name.to_owned())),
        }
    }
    match applied.into_keys().next() {
        Some(unknown) => Err(MigrateError::Unknown(unknown)),
        None => Ok(pending),
    }
}

/// Applies what is pending, each step in its own transaction, and says which.
///
/// Programs that start together take turns: a session lock is held meanwhile.
///
/// # Errors
/// See [`MigrateError`]; steps before the failing one stay applied.
pub async fn migrate(db: &mut PgConnection) -> Result<Vec<&'static str>, MigrateError> {
    const LOCK: i64 = 0x7472_756e_6b6c_696e;
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut *db).await?;
    let outcome = migrate_locked(db).await;
    sqlx::query("select pg_advisory_unlock($1)").bind(LOCK).execute(&mut *db).await?;
    outcome
}

async fn migrate_locked(db: &mut PgConnection) -> Result<Vec<&'static str>, MigrateError> {
    let mut done = Vec::new();
    for migration in pending(db).await? {
        apply_with_retries(db, migration)
            .await
            .map_err(|source| MigrateError::Step { name: migration.name, source })?;
        tracing::info!(migration = migration.name, "applied");
        done.push(migration.name);
    }
    Ok(done)
}

/// A step waits at most a second for a lock, so that it never queues the traffic behind itself; it
/// tries again a few times instead.
async fn apply_with_retries(
    db: &mut PgConnection,
    migration: &Migration,
) -> Result<(), sqlx::Error> {
    const LOCK_NOT_AVAILABLE: &str = "55P03";
    for attempt in 1..10 {
        match apply(db, migration).await {
            Err(sqlx::Error::Database(error))
                if error.code().as_deref() == Some(LOCK_NOT_AVAILABLE) =>
            {
                tokio::time::sleep(Duration::from_millis(200 * attempt)).await;
            }
            outcome => return outcome,
        }
    }
    apply(db, migration).await
}

#[expect(clippy::disallowed_methods, reason = "a step changes the schema, which is of no tenant")]
async fn apply(db: &mut PgConnection, migration: &Migration) -> Result<(), sqlx::Error> {
    let mut step = db.begin().await?;
    sqlx::raw_sql("set local lock_timeout = '1s'; set local search_path = pg_catalog, public")
        .execute(&mut *step)
        .await?;
    sqlx::raw_sql(AssertSqlSafe(migration.sql)).execute(&mut *step).await?;
    sqlx::raw_sql(
        "create table if not exists app.schema_migration (
             name text not null constraint schema_migration_pkey primary key,
             digest bytea not null,
             applied_at timestamptz not null default now())",
    )
    .execute(&mut *step)
    .await?;
    sqlx::query("insert into app.schema_migration (name, digest) values ($1, $2)")
        .bind(migration.name)
        .bind(digest(migration))
        .execute(&mut *step)
        .await?;
    sqlx::raw_sql("grant select on app.schema_migration to trunkline_app, trunkline_system")
        .execute(&mut *step)
        .await?;
    step.commit().await
}
