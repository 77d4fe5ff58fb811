use sea_orm::sqlx::{self, Connection as _, Executor as _, PgConnection, Row as _, raw_sql};
use trunkline_testkit::{Company, database};

use super::catalogue::Catalogue;

/// What reaches past rows: objects, files, other roles, the policy itself.
const BEYOND: &[&str] = &[
    "create table app.planted (id int)",
    "create table public.planted (id int)",
    "create temporary table planted (id int)",
    "create schema planted",
    "create database planted",
    "create view app.planted as select 1",
    "create function app.planted() returns int language sql return 1",
    "create function public.planted() returns int language sql return 1",
    "create or replace function app.tid() returns uuid language sql return null",
    "create index on app.site (code)",
    "create policy planted on app.site using (true)",
    "drop policy tenant_isolation on app.site",
    "alter table app.site disable row level security",
    "alter table app.site no force row level security",
    "truncate app.site",
    "select app.protect('app.site', 'select')",
    "select app.distribute('app.site')",
    "select app.add_year('app.interval_figure', 2037)",
    "create table app.planted partition of app.interval_figure for values from ('2050-01-01') to ('2051-01-01')",
    "alter table app.interval_figure detach partition app.interval_figure_2027",
    "drop table app.interval_figure_2027",
    "select * from app.interval_figure_2027",
    "insert into app.interval_figure_2027 default values",
    "delete from app.audit_event_late",
    "set role trunkline_owner",
    "set role trunkline_system",
    "set session authorization trunkline_system",
    "alter role trunkline_app bypassrls",
    "alter role trunkline_app superuser",
    "grant trunkline_system to trunkline_app",
    "create role planted",
    "set session_replication_role = replica",
    "alter system set row_security = off",
    "select rolpassword from pg_authid",
    "select * from pg_shadow",
    "select * from pg_statistic",
    "select * from pg_hba_file_rules",
    "select pg_read_file('postgresql.conf')",
    "select pg_ls_dir('.')",
    "select lo_import('/etc/hostname')",
    "copy app.site to '/tmp/planted'",
    "copy app.site from '/etc/hostname'",
    "copy (select 1) to program 'cat'",
    "update app.tenant set state = 'ACTIVE'",
    "update app.tenant set slug = 'planted'",
    "delete from app.tenant",
    "insert into app.schema_migration (name, digest) values ('planted', '')",
];

async fn connect_as(role: &str) -> PgConnection {
    PgConnection::connect_with(&database().await.options(role)).await.expect("role")
}

fn code_of(result: Result<sqlx::postgres::PgQueryResult, sqlx::Error>) -> String {
    match result {
        Ok(_) => "no error".to_owned(),
        Err(error) => error
            .as_database_error()
            .and_then(|error| error.code())
            .map_or_else(|| error.to_string(), Into::into),
    }
}

#[tokio::test]
async fn the_application_role_reaches_rows_and_nothing_else() {
    const DENIED: &str = "42501";
    let mut connection = connect_as("trunkline_app").await;
    let mut permitted = Vec::new();
    for statement in BEYOND {
        let code = code_of(raw_sql(*statement).execute(&mut connection).await);
        if code != DENIED {
            permitted.push(format!("{statement}: {code}"));
        }
    }
    assert!(permitted.is_empty(), "{permitted:#?}");
}

#[tokio::test]
async fn no_role_of_the_server_waits_without_end() {
    for role in ["trunkline_app", "trunkline_system"] {
        let mut connection = connect_as(role).await;
        for (question, limit) in [
            ("show statement_timeout", "8s"),
            ("show lock_timeout", "2s"),
            ("show idle_in_transaction_session_timeout", "10s"),
        ] {
            let row = connection.fetch_one(question).await.expect("setting");
            assert_eq!(row.get::<String, _>(0), limit, "{role}: {question}");
        }
    }
}

#[tokio::test]
async fn row_security_switched_off_gives_an_error_instead_of_rows() {
    let company = company().await;
    let mut connection = connect_as("trunkline_app").await;
    let sql = format!(
        "begin; set local app.tenant_id = '{}'; set local row_security = off",
        company.tenant.uuid()
    );
    raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.expect("settings");
    let code = code_of(raw_sql("select * from app.site").execute(&mut connection).await);
    assert_eq!(code, "42501");
}

#[tokio::test]
async fn statistics_of_protected_tables_are_hidden_from_the_application_role() {
    company().await;
    let mut admin = database().await.db_admin().await;
    admin.execute("analyze app.site").await.expect("statistics");
    const COUNT: &str =
        "select count(*) from pg_stats where schemaname = 'app' and tablename = 'site'";
    let count = async |connection: &mut PgConnection| {
        connection.fetch_one(COUNT).await.expect("count").get::<i64, _>(0)
    };
    assert!(count(&mut admin).await > 0);
    assert_eq!(count(&mut connect_as("trunkline_app").await).await, 0);
}

#[tokio::test]
async fn the_system_role_is_granted_what_sign_in_jobs_and_tenant_administration_need() {
    let rows = database()
        .await
        .db_admin()
        .await
        .fetch_all(
            "select c.relname || ': ' || string_agg(lower(g.privilege_type), ', ' order by g.privilege_type)
             from pg_class c
             cross join lateral (
                 select * from aclexplode(c.relacl)
                 union all
                 select e.* from pg_attribute a cross join lateral aclexplode(a.attacl) e
                 where a.attrelid = c.oid
             ) g
             where c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
               and g.grantee in (0, 'trunkline_system'::regrole)
             group by c.relname order by c.relname",
        )
        .await
        .expect("grants");
    let grants: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(
        grants,
        [
            "api_client: select",
            "api_key: select",
            "app_user: select",
            "job: select, update",
            "role_assignment: select",
            "schema_migration: select",
            "tenant: insert, select, update",
        ]
    );
}

#[tokio::test]
async fn every_table_but_the_list_of_migrations_belongs_to_tenants() {
    let mut admin = database().await.db_admin().await;
    let tables = Catalogue::read(&mut admin).await.tables;
    let names: Vec<String> = admin
        .fetch_all(
            "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
               and c.relkind in ('r', 'p', 'f', 'v', 'm')
               and has_table_privilege('trunkline_app', c.oid, 'select, insert, update, delete')",
        )
        .await
        .expect("tables")
        .iter()
        .map(|row| row.get(0))
        .filter(|name: &String| !tables.iter().any(|table| *name == format!("app.{}", table.name)))
        .collect();
    assert_eq!(names, ["app.schema_migration"]);
}

#[tokio::test]
async fn the_system_role_is_refused_tables_that_are_not_granted() {
    let mut connection = connect_as("trunkline_system").await;
    for statement in [
        "select * from app.agent",
        "update app.session set user_id = user_id",
        "set role trunkline_owner",
    ] {
        let code = code_of(raw_sql(statement).execute(&mut connection).await);
        assert_eq!(code, "42501", "{statement}");
    }
}

async fn company() -> Company {
    let database = database().await;
    let now = "2026-03-02T12:00:00Z".parse().expect("instant");
    let company = Company::db_new(&database.connect().await, database, now).await;
    company.db_site("SH").await;
    company.db_site("CD").await;
    company
}
