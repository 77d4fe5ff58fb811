use sea_orm::sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, query};

use super::{
    Access, Protection, UpkeepFault,
    access::{connect, parse},
};
use crate::postgres::Server;

/// The oldest server, as `server_version_num`: `unique nulls not distinct` came with 15.
const OLDEST: i32 = 150_000;

/// Where an administrator's connection goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Admin<'a> {
    Url(&'a str, Protection<'a>),
    Supervised(&'a Server, &'a str),
}

/// Makes the three roles and closes what PostgreSQL leaves open, through the address of a
/// superuser. Idempotent.
///
/// # Errors
/// When the superuser cannot connect, may not without `protection`, or is none.
pub async fn bootstrap(admin_url: &str, protection: Protection<'_>) -> Result<(), UpkeepFault> {
    bootstrap_by(Admin::Url(admin_url, protection)).await
}

/// The same in the database `dbname` of a server that this program runs itself.
///
/// # Errors
/// What the database says.
pub async fn bootstrap_supervised(server: &Server, dbname: &str) -> Result<(), UpkeepFault> {
    bootstrap_by(Admin::Supervised(server, dbname)).await
}

/// Throws the database `dbname` of a server that this program runs itself away, with everything in
/// it. Nothing happens when there is none.
///
/// # Errors
/// What the database says.
pub async fn drop_supervised(server: &Server, dbname: &str) -> Result<(), UpkeepFault> {
    let mut connection = connect(&server.connect_options(Server::SUPERUSER, "postgres")).await?;
    let quoted = dbname.replace('"', "\"\"");
    let drop = format!("drop database if exists \"{quoted}\" with (force)");
    connection.execute(AssertSqlSafe(drop)).await?;
    Ok(connection.close().await?)
}

async fn bootstrap_by(admin: Admin<'_>) -> Result<(), UpkeepFault> {
    let options = match admin {
        Admin::Url(url, protection) => protection.apply(parse(url)?)?,
        Admin::Supervised(server, dbname) => server.connect_options(Server::SUPERUSER, dbname),
    };
    let mut connection = connect(&options).await?;
    refuse_old(&mut connection).await?;
    trunkline_migrations::bootstrap(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Applies what is pending, as the owner role, and gives the names of the steps.
///
/// # Errors
/// When the owner cannot connect, the server is too old, or a step fails.
pub async fn migrate(access: &Access) -> Result<Vec<&'static str>, UpkeepFault> {
    let mut connection = connect(&access.owner).await?;
    refuse_old(&mut connection).await?;
    let steps = trunkline_migrations::migrate(&mut connection).await?;
    connection.close().await?;
    Ok(steps)
}

/// Names of the steps that the database still lacks, as the application role sees it.
///
/// # Errors
/// When the role cannot connect, or when the database is newer than this program.
pub async fn pending(access: &Access) -> Result<Vec<&'static str>, UpkeepFault> {
    let mut connection = connect(&access.app).await?;
    refuse_old(&mut connection).await?;
    let steps = trunkline_migrations::pending(&mut connection).await?;
    connection.close().await?;
    Ok(steps.into_iter().map(|step| step.name).collect())
}

async fn refuse_old(connection: &mut PgConnection) -> Result<(), UpkeepFault> {
    let row = query(
        "select current_setting('server_version_num')::int, current_setting('server_version')",
    )
    .fetch_one(connection)
    .await?;
    if row.try_get::<i32, _>(0)? < OLDEST {
        return Err(UpkeepFault::OldServer(row.try_get(1)?));
    }
    Ok(())
}
