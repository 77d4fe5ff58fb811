use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};
use sea_orm::sqlx::{Connection as _, PgConnection, Row as _, postgres::PgConnectOptions, query};
use tokio::time::timeout;

use super::{
    Access, UpkeepFault,
    access::{APP, connect},
    protection::encryption,
    row_security_findings,
};
use crate::clock::Clock;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Works, and should be looked at.
    Doubtful,
    /// Must be mended before the program serves.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it came out.
    pub verdict: Verdict,
    /// What was found, in one line.
    pub found: String,
    /// How to mend it; empty when nothing is wrong.
    pub mend: String,
}

impl Check {
    /// Nothing to mend.
    pub fn good(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Good, found: found.into(), mend: String::new() }
    }

    /// Works, with something to look at.
    pub fn doubtful(name: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Doubtful, found: found.into(), mend: mend.into() }
    }

    /// Must be mended.
    pub fn bad(name: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Bad, found: found.into(), mend: mend.into() }
    }

    fn of_fault(name: &'static str, fault: &UpkeepFault) -> Self {
        let text = fault.to_string();
        let (found, mend) = text.split_once(": ").unwrap_or((&text, "see the database's log"));
        Self::bad(name, found, mend)
    }
}

/// A database that does not answer within this time is not there.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks at everything that the program needs of its database and of the machine, in the order in
/// which a fault would hide the next.
pub async fn check_up(access: &Access, clock: &Clock) -> Vec<Check> {
    let mut checks = vec![time_zones()];
    let mut connection = match timeout(PATIENCE, connect(&access.app)).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(fault)) => {
            checks.push(Check::of_fault("database", &fault));
            return checks;
        }
        Err(_) => {
            let found = format!("no answer from {} within 5 s", access.place());
            checks.push(Check::bad("database", found, "start it, or correct the address"));
            return checks;
        }
    };
    checks.push(Check::good("database", access.place()));
    let asked: [Result<Vec<Check>, UpkeepFault>; 6] = [
        encryption(&mut connection, &access.app).await,
        server(&mut connection, clock).await,
        schema(&mut connection, access).await,
        partitions(&mut connection, clock).await,
        role(&mut connection).await,
        row_security(&mut connection).await,
    ];
    for outcome in asked {
        match outcome {
            Ok(found) => checks.extend(found),
            Err(fault) => checks.push(Check::of_fault("database", &fault)),
        }
    }
    checks.push(sign_in("system role", &access.system).await);
    checks.push(sign_in("owner role", &access.owner).await);
    // Closing is a courtesy to the server.
    let _ = connection.close().await;
    checks
}

async fn server(connection: &mut PgConnection, clock: &Clock) -> Result<Vec<Check>, UpkeepFault> {
    let before = clock.now();
    let row = query(
        "select current_setting('server_version_num')::int, current_setting('server_version'),
                (extract(epoch from clock_timestamp()) * 1000)::bigint",
    )
    .fetch_one(connection)
    .await?;
    let after = clock.now();
    let number: i32 = row.try_get(0)?;
    let version: String = row.try_get(1)?;
    let version = if number >= 150_000 {
        Check::good("version", format!("PostgreSQL {version}"))
    } else {
        Check::bad("version", format!("PostgreSQL {version}"), "upgrade it to 15 or newer")
    };
    Ok(vec![version, clock_skew(before, row.try_get(2)?, after)])
}

/// The database's clock must lie between the two readings of ours; what it lies outside is skew.
fn clock_skew(before: Timestamp, database_ms: i64, after: Timestamp) -> Check {
    let (before, after) = (before.as_millisecond(), after.as_millisecond());
    let skew = (database_ms - after).max(before - database_ms).max(0);
    let found = format!("machine and database differ by {skew} ms");
    let mend = "keep both clocks by NTP: tokens, shifts and wallboards go by them";
    match skew {
        0..1000 => Check::good("clock", found),
        1000..10_000 => Check::doubtful("clock", found, mend),
        _ => Check::bad("clock", found, mend),
    }
}

async fn schema(connection: &mut PgConnection, access: &Access) -> Result<Vec<Check>, UpkeepFault> {
    let pending = trunkline_migrations::pending(connection).await?;
    let all = trunkline_migrations::MIGRATIONS.len();
    Ok(vec![if pending.is_empty() {
        Check::good("migrations", format!("all {all} applied in {}", access.place()))
    } else {
        let names: Vec<&str> = pending.iter().map(|step| step.name).collect();
        let found = format!("{} of {all} pending: {}", names.len(), names.join(", "));
        Check::bad("migrations", found, "run `trunkline migrate`")
    }])
}

/// The year up to which each partitioned table has partitions of its own, by the names that
/// `app.add_year` gives.
async fn partitions(
    connection: &mut PgConnection,
    clock: &Clock,
) -> Result<Vec<Check>, UpkeepFault> {
    let row = query(
        "select min(last) from (
             select max(substring(c.relname from '_([0-9]{4})$')::int) as last
             from pg_inherits i
             join pg_class parent on parent.oid = i.inhparent and parent.relkind = 'p'
                                 and parent.relnamespace = to_regnamespace('app')
             join pg_class c on c.oid = i.inhrelid
             group by parent.oid) years",
    )
    .fetch_one(connection)
    .await?;
    let this_year = TimeZone::UTC.to_datetime(clock.now()).year();
    Ok(vec![years_ahead(row.try_get(0)?, i32::from(this_year))])
}

/// The coming year must have its partition before it begins: to add it later moves the rows it has.
fn years_ahead(last: Option<i32>, this_year: i32) -> Check {
    match last {
        None => Check::bad("partitions", "there are none", "run `trunkline migrate`"),
        Some(last) if last > this_year => Check::good("partitions", format!("up to {last}")),
        Some(last) => {
            let found = format!("up to {last}; the rows of later years share one");
            let mend = "migrate with a newer version, or see `add_year` in migrations/README.md";
            Check::doubtful("partitions", found, mend)
        }
    }
}

async fn role(connection: &mut PgConnection) -> Result<Vec<Check>, UpkeepFault> {
    let row = query(
        "select rolname::text, rolsuper, rolbypassrls,
                exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        where n.nspname = 'app' and c.relowner = r.oid)
         from pg_roles r where rolname = current_user",
    )
    .fetch_one(connection)
    .await?;
    let name: String = row.try_get(0)?;
    let mut powers = Vec::new();
    for (column, power) in
        [(1, "is a superuser"), (2, "may bypass row-level security"), (3, "owns tables")]
    {
        if row.try_get::<bool, _>(column)? {
            powers.push(power);
        }
    }
    Ok(vec![if powers.is_empty() {
        Check::good("application role", format!("{name} owns nothing and is bound"))
    } else {
        let found = format!("{name} {}", powers.join(", "));
        Check::bad("application role", found, format!("connect as {APP} instead"))
    }])
}

async fn row_security(connection: &mut PgConnection) -> Result<Vec<Check>, UpkeepFault> {
    let tables: i64 = query(
        "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'app' and c.relkind in ('r', 'p') and c.relrowsecurity",
    )
    .fetch_one(&mut *connection)
    .await?
    .try_get(0)?;
    let findings = row_security_findings(connection, "app", APP).await?;
    if tables == 0 {
        let found = "no protected table".to_owned();
        return Ok(vec![Check::bad("row-level security", found, "run `trunkline migrate`")]);
    }
    if findings.is_empty() {
        let found = format!("forced on {tables} tables, nothing found");
        return Ok(vec![Check::good("row-level security", found)]);
    }
    let mend = "mend it in a new migration, or restore what was changed by hand";
    let bad =
        |finding: &super::Finding| Check::bad("row-level security", finding.to_string(), mend);
    Ok(findings.iter().map(bad).collect())
}

async fn sign_in(name: &'static str, options: &PgConnectOptions) -> Check {
    match timeout(PATIENCE, connect(options)).await {
        Ok(Ok(connection)) => {
            // Closing is a courtesy to the server.
            let _ = connection.close().await;
            Check::good(name, format!("{} can sign in", options.get_username()))
        }
        Ok(Err(fault)) => Check::of_fault(name, &fault),
        Err(_) => Check::bad(name, "no answer within 5 s", "see the database's log"),
    }
}

/// Zones with what is hard about each: a zone without summer time, and one that shifts by half an
/// hour.
fn time_zones() -> Check {
    let unknown: Vec<&str> = ["Asia/Shanghai", "Australia/Lord_Howe"]
        .into_iter()
        .filter(|name| TimeZone::get(name).is_err())
        .collect();
    if unknown.is_empty() {
        Check::good("time zones", "Asia/Shanghai and Australia/Lord_Howe are known")
    } else {
        let found = format!("unknown: {}", unknown.join(", "));
        Check::bad("time zones", found, "install the tzdata package")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).expect("instant")
    }

    #[test]
    fn the_time_that_a_question_takes_is_no_skew() {
        assert_eq!(clock_skew(at(1000), 1700, at(2500)).verdict, Verdict::Good);
    }

    #[test]
    fn a_clock_seconds_ahead_is_doubtful_and_minutes_behind_is_bad() {
        assert_eq!(clock_skew(at(1000), 4000, at(1001)).verdict, Verdict::Doubtful);
        let behind = clock_skew(at(120_000), 0, at(120_001));
        assert_eq!(behind.verdict, Verdict::Bad);
        assert_eq!(behind.found, "machine and database differ by 120000 ms");
    }

    #[test]
    fn the_last_year_with_a_partition_must_lie_ahead() {
        let verdict = |last| years_ahead(last, 2036).verdict;
        assert_eq!(
            [Some(2037), Some(2036), None].map(verdict),
            [Verdict::Good, Verdict::Doubtful, Verdict::Bad]
        );
    }

    #[test]
    fn the_zones_that_the_check_names_are_built_in() {
        assert_eq!(time_zones().verdict, Verdict::Good);
    }
}
