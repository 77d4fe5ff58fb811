use sea_orm::sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, raw_sql,
};
use trunkline_testkit::Database;

use super::{
    cases::Cases,
    catalogue::{Catalogue, Table},
    expected::Setting,
    rows::{Rows, Tenant, quoted},
};

/// All rows of tenant B with the transaction that wrote each, as one text.
async fn rows_of_b(catalogue: &Catalogue, admin: &mut PgConnection) -> String {
    let mut all = String::new();
    for table in &catalogue.tables {
        let sql = format!(
            "select coalesce(string_agg(t.xmin || ' ' || t::text, '; ' order by t::text), '')
             from app.{} t where t.{} = '{}'",
            table.name,
            table.tenant,
            Tenant::B.id()
        );
        let row = admin.fetch_one(AssertSqlSafe(sql)).await.expect("rows");
        all += &format!("{}: {}\n", table.name, row.get::<String, _>(0));
    }
    all
}

/// A transaction of tenant B that has changed all it may and stays open.
async fn held_by_b(catalogue: &Catalogue, database: &Database) -> PgConnection {
    let mut connection = as_tenant(Tenant::B, database).await;
    for table in &catalogue.tables {
        let sql = format!("savepoint here; {}", touch(table));
        if raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.is_err() {
            connection.execute("rollback to savepoint here").await.expect("undo");
        }
    }
    connection
}

/// A connection on which a transaction of the tenant was begun.
async fn as_tenant(tenant: Tenant, database: &Database) -> PgConnection {
    let options = database.options("trunkline_app");
    let mut connection = PgConnection::connect_with(&options).await.expect("application role");
    let wait = "set idle_in_transaction_session_timeout = 0";
    let begin = format!("{wait}; begin; set local app.tenant_id = '{}'", tenant.id());
    raw_sql(AssertSqlSafe(begin)).execute(&mut connection).await.expect("transaction");
    connection
}

/// Sets a column of all rows to what it is.
fn touch(table: &Table) -> String {
    format!("update app.{} set {1} = {1}", table.name, quoted(&table.free_column().name))
}

/// Commits all that tenant A may do to its tables as wholes, while a transaction of tenant B holds
/// its own rows: nothing waits, and the rows of B are the same afterwards, down to the transactions
/// that wrote them.
pub async fn commit_everything_as_a(rows: &Rows, database: &Database) {
    /// `insufficient_privilege` and `foreign_key_violation`: no grant, or a row in use by A.
    const FORESEEN: [&str; 2] = ["42501", "23503"];
    let catalogue = rows.catalogue();
    let mut admin = database.db_admin().await;
    let before = rows_of_b(catalogue, &mut admin).await;
    let mut other = held_by_b(catalogue, database).await;
    let mut connection = as_tenant(Tenant::A, database).await;
    let inserts = catalogue.tables.iter().filter_map(|t| Cases::next_row(rows, t, Setting::Other));
    let changes = catalogue
        .tables
        .iter()
        .rev()
        .flat_map(|table| [touch(table), format!("delete from app.{}", table.name)]);
    let mut committed = 0;
    for statement in inserts.chain(changes) {
        let sql = format!("savepoint here; {statement}");
        match raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await {
            Ok(_) => committed += 1,
            Err(error) => {
                let code = error.as_database_error().and_then(|error| error.code());
                let code = code.unwrap_or_default();
                assert!(FORESEEN.contains(&&*code), "{statement}: {error}");
                connection.execute("rollback to savepoint here").await.expect("undo");
            }
        }
    }
    connection.execute("commit").await.expect("commit");
    other.execute("rollback").await.expect("rollback");
    assert!(committed > catalogue.tables.len(), "only {committed} statements had an effect");
    assert_eq!(rows_of_b(catalogue, &mut admin).await, before);
}
