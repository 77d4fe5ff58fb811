use std::collections::BTreeMap;

use futures_util::future::join_all;
use sea_orm::sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, raw_sql};
use trunkline_testkit::{Database, keep_summary};

use super::{
    cases::Cases,
    catalogue::Catalogue,
    expected::{Case, Expected, Setting},
    footprint::commit_everything_as_a,
    outcome::Outcome,
    rows::{Rows, Tenant, insertion, written},
};

/// What came of all cases.
#[derive(Debug, Default)]
pub struct Report {
    /// How many cases ran, by operation.
    pub cases: BTreeMap<&'static str, usize>,
    pub failures: Vec<String>,
}

impl Report {
    /// How many cases ran.
    pub fn total(&self) -> usize {
        self.cases.values().sum()
    }

    /// Takes in another report.
    pub fn add(&mut self, other: Self) {
        for (operation, count) in other.cases {
            *self.cases.entry(operation).or_default() += count;
        }
        self.failures.extend(other.failures);
    }
}

/// Writes the rows of both tenants. Triggers, and so foreign keys, rest meanwhile: the rows are
/// made to fit each other.
pub async fn write_rows(rows: &Rows, admin: &mut PgConnection) {
    admin.execute("set session_replication_role = replica").await.expect("superuser");
    for table in &rows.catalogue().tables {
        for tenant in [Tenant::A, Tenant::B] {
            for batch in written(table, tenant) {
                let values: Vec<String> = table
                    .columns
                    .iter()
                    .map(|column| rows.value(table, column, tenant, *batch))
                    .collect();
                let sql = insertion(table, &values);
                if let Err(error) = admin.execute(AssertSqlSafe(sql.as_str())).await {
                    panic!("{sql}: {error}");
                }
            }
        }
    }
    admin.execute("set session_replication_role = default").await.expect("superuser");
}

/// Runs all cases under one setting as the role that serves requests.
pub async fn run(rows: &Rows, database: &Database, setting: Setting) -> Report {
    let mut report = Report::default();
    let mut session = Session::open(database, setting).await;
    for view in &rows.catalogue().views {
        let sql = format!("select to_jsonb(t)::text from app.{view} as t");
        let case = Case {
            operation: "view",
            about: "everything".to_owned(),
            sql,
            expected: Expected::Discreet,
        };
        session.check(view, &case, &mut report).await;
    }
    for table in &rows.catalogue().tables {
        for case in Cases::of(rows, table, setting) {
            session.check(&table.name, &case, &mut report).await;
        }
        if let Some(sql) = Cases::next_row(rows, table, setting) {
            session.keep(&table.name, &sql, &mut report).await;
        }
        for case in Cases::after_next_row(rows, table, setting) {
            session.check(&table.name, &case, &mut report).await;
        }
    }
    session.connection.close().await.expect("close");
    report
}

/// A transaction under a setting, on a connection that nothing else used.
struct Session {
    connection: PgConnection,
    setting: Setting,
}

impl Session {
    async fn open(database: &Database, setting: Setting) -> Self {
        let options = database.options("trunkline_app");
        let mut connection = PgConnection::connect_with(&options).await.expect("application role");
        let set = match (setting, setting.acting()) {
            (_, Some(tenant)) => {
                format!("begin; set local app.tenant_id = '{}'; savepoint here", tenant.id())
            }
            (Setting::Empty, None) => {
                "begin; set local app.tenant_id = ''; savepoint here".to_owned()
            }
            (_, None) => "begin; savepoint here".to_owned(),
        };
        raw_sql(AssertSqlSafe(set)).execute(&mut connection).await.expect("transaction");
        Self { connection, setting }
    }

    /// Runs a case. The next statement takes back what it did.
    async fn check(&mut self, relation: &str, case: &Case, report: &mut Report) {
        let outcome = self.run(&case.sql).await;
        *report.cases.entry(case.operation).or_default() += 1;
        let place = format!("{relation}, {:?}, {} {}", self.setting, case.operation, case.about);
        if let Some(canary) = outcome.betrays(self.setting.acting()) {
            report.failures.push(format!("{place}: shows {canary}"));
        }
        if !outcome.is(&case.expected) {
            report.failures.push(format!(
                "{place}: {outcome:?} instead of {:?}\n    {}",
                case.expected, case.sql
            ));
        }
    }

    /// Writes a row that later cases build upon.
    async fn keep(&mut self, relation: &str, sql: &str, report: &mut Report) {
        let outcome = self.run(sql).await;
        let end = match &outcome {
            Outcome::Rows { .. } => "release savepoint here; savepoint here",
            Outcome::Error { .. } => "rollback to savepoint here",
        };
        raw_sql(end).execute(&mut self.connection).await.expect("savepoint");
        if let Outcome::Error { text, .. } = outcome {
            report
                .failures
                .push(format!("{relation}, {:?}, next row: {text}\n    {sql}", self.setting));
        }
    }

    /// Runs a statement from where the last kept row left off, in one message.
    async fn run(&mut self, sql: &str) -> Outcome {
        let sql = format!("rollback to savepoint here; {sql}");
        Outcome::of(sql, &mut self.connection).await
    }
}

#[tokio::test]
async fn no_statement_of_one_tenant_sees_or_touches_rows_of_another() {
    // Alone in it: the cases hold locks on all tables.
    let database = trunkline_testkit::database().await.db_scratch("isolation").await;
    let mut admin = database.db_admin().await;
    let rows = Rows::fit(Catalogue::read(&mut admin).await, &mut admin).await;
    write_rows(&rows, &mut admin).await;
    let mut report = Report::default();
    // Side by side: no setting may make another one wait.
    for part in join_all(Setting::ALL.map(|setting| run(&rows, &database, setting))).await {
        report.add(part);
    }
    let failures = &report.failures;
    let cases = report.cases.iter().map(|(operation, count)| format!("{operation} {count}"));
    let lines = [
        format!(
            "isolation of the tables: {} cases, {} failures: {} tables and {} views, settings {:?}",
            report.total(),
            failures.len(),
            rows.catalogue().tables.len(),
            rows.catalogue().views.len(),
            Setting::ALL
        ),
        format!("cases by statement: {}", cases.collect::<Vec<_>>().join(", ")),
    ];
    println!("{}", keep_summary(env!("CARGO_TARGET_TMPDIR"), "isolation-tables", &lines));
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    commit_everything_as_a(&rows, &database).await;
}
