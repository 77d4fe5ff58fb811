//! The schema as the migrations leave it, written to `migrations/schema.sql`.

use std::{fs, path::PathBuf};

use sea_orm::sqlx::{AssertSqlSafe, Executor as _, PgConnection, Row as _};

/// Each query gives one text column, in a fixed order: the catalogue itself, not a dump program
/// whose text changes with its version.
const PARTS: &[(&str, &str)] = &[
    (
        "tables and columns",
        "select format(E'create table app.%s (\\n%s\\n)%s;', c.relname, (
             select string_agg(format('    %s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                        case when a.attnotnull then ' not null' else '' end,
                        coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')), E',\\n' order by a.attnum)
             from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
             ' partition by ' || pg_get_partkeydef(c.oid))
         from pg_class c
         where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
         order by c.relname",
    ),
    (
        // Their columns, constraints and indexes are those of the parent.
        "partitions",
        "select format('create table app.%s partition of app.%s %s;', c.relname, parent.relname,
                pg_get_expr(c.relpartbound, c.oid))
         from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class parent on parent.oid = i.inhparent
         where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and c.relispartition
         order by c.relname",
    ),
    (
        "constraints",
        "select format('alter table app.%s add constraint %s %s;', c.relname, k.conname, pg_get_constraintdef(k.oid))
         from pg_constraint k join pg_class c on c.oid = k.conrelid
         where c.relnamespace = 'app'::regnamespace and k.contype <> 'n' and not c.relispartition
         order by c.relname, k.conname",
    ),
    (
        "indexes",
        "select pg_get_indexdef(i.indexrelid) || ';' from pg_index i join pg_class c on c.oid = i.indrelid
         where c.relnamespace = 'app'::regnamespace and not c.relispartition
           and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
         order by i.indexrelid::regclass::text",
    ),
    (
        "row-level security",
        "select format('create policy %s on app.%s using %s with check %s; -- forced: %s', p.polname, c.relname,
                pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), c.relforcerowsecurity)
         from pg_policy p join pg_class c on c.oid = p.polrelid
         where c.relnamespace = 'app'::regnamespace order by c.relname, p.polname",
    ),
    (
        "grants",
        "select format('grant %s on app.%s to %s;', string_agg(lower(g.privilege_type), ', ' order by g.privilege_type),
                g.table_name, g.grantee)
         from information_schema.role_table_grants g
         where g.table_schema = 'app' and g.grantee in ('trunkline_app', 'trunkline_system')
         group by g.table_name, g.grantee order by g.table_name, g.grantee",
    ),
    (
        "grants of single columns",
        "select format('grant %s (%s) on app.%s to %s;', lower(g.privilege_type),
                string_agg(a.attname, ', ' order by a.attnum), c.relname, g.grantee::regrole)
         from pg_class c join pg_attribute a on a.attrelid = c.oid
         cross join lateral aclexplode(a.attacl) g
         where c.relnamespace = 'app'::regnamespace
         group by c.relname, g.grantee, g.privilege_type order by c.relname, g.grantee::regrole::text, g.privilege_type",
    ),
];

async fn schema(connection: &mut PgConnection) -> String {
    let mut text =
        String::from("-- Written by a test from a migrated database; never edited by hand.\n");
    for (title, query) in PARTS {
        text += &format!("\n-- {title}\n");
        let rows = connection.fetch_all(AssertSqlSafe(*query)).await.expect("catalogue");
        for row in rows {
            text += row.get::<String, _>(0).as_str();
            text.push('\n');
        }
    }
    text
}

#[tokio::test]
async fn the_committed_schema_is_what_the_migrations_make() {
    let mut connection = trunkline_testkit::database().await.db_admin().await;
    let text = schema(&mut connection).await;
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../migrations/schema.sql");
    if fs::read_to_string(&path).unwrap_or_default() != text {
        fs::write(&path, text).expect("the file can be written");
        panic!(
            "migrations/schema.sql was out of date and has been written: look at the difference"
        );
    }
}
