use sea_orm::sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, raw_sql,
};
use trunkline_testkit::Database;

use super::{
    cases::Cases,
    catalogue::Catalogue,
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

/// Commits all that tenant A may do to its tables as wholes. The rows of tenant B must be the same
/// afterwards, down to the transactions that wrote them.
pub async fn commit_everything_as_a(rows: &Rows, database: &Database) {
    let catalogue = rows.catalogue();
    let mut admin = database.db_admin().await;
    let before = rows_of_b(catalogue, &mut admin).await;
    let options = database.options("trunkline_app");
    let mut connection = PgConnection::connect_with(&options).await.expect("application role");
    let inserts = catalogue.tables.iter().filter_map(|t| Cases::next_row(rows, t, Setting::Other));
    let changes = catalogue.tables.iter().rev().flat_map(|table| {
        let column = quoted(&table.free_column().name);
        let name = &table.name;
        [format!("update app.{name} set {column} = {column}"), format!("delete from app.{name}")]
    });
    let mut committed = 0;
    for statement in inserts.chain(changes) {
        let begin = format!("begin; set local app.tenant_id = '{}'; {statement}", Tenant::A.id());
        // Where a grant is missing nothing happens.
        let done = raw_sql(AssertSqlSafe(begin)).execute(&mut connection).await.is_ok();
        committed += usize::from(done);
        connection.execute("commit").await.expect("end of the transaction");
    }
    assert!(committed > catalogue.tables.len(), "only {committed} statements had an effect");
    assert_eq!(rows_of_b(catalogue, &mut admin).await, before);
}
