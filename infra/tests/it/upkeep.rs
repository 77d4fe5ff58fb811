//! The check-up of a database, on the one that the migrations make.

use sea_orm::sqlx::{Connection as _, raw_sql};
use trunkline_infra::{
    clock::Clock,
    upkeep::{Access, AccessUrls, UpkeepFault, Verdict, check_up, pending, row_security_findings},
};

/// Findings about what `statements` make, which nobody else gets to see.
#[expect(clippy::disallowed_methods, reason = "the schema is looked at, not the rows of a tenant")]
async fn findings_after(statements: &'static str) -> Vec<String> {
    let mut admin = trunkline_testkit::database().await.db_admin().await;
    let mut planted = admin.begin().await.expect("transaction");
    raw_sql(statements).execute(&mut *planted).await.expect("statements");
    let found = row_security_findings(&mut planted, "app", "trunkline_app").await.expect("look-up");
    found.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn the_migrated_schema_has_no_hole_between_tenants() {
    assert_eq!(findings_after("select 1").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_table_without_policy_is_found() {
    let found = findings_after(
        "create table app.planted (tenant_id uuid not null, id uuid not null,
                                   constraint planted_pkey primary key (tenant_id, id))",
    )
    .await;
    assert_eq!(found, ["planted: no policy", "planted: row-level security is off"]);
}

#[tokio::test]
async fn keys_and_rights_that_reach_past_the_tenant_are_found() {
    let found = findings_after(
        "create table app.planted (tenant_id uuid, id uuid not null,
             agent uuid, agent_tenant uuid,
             constraint planted_pkey primary key (id),
             constraint planted_agent_fkey foreign key (agent_tenant, agent)
                 references app.agent (tenant_id, id));
         select app.protect('app.planted', 'select, truncate');
         create function app.planted() returns int language sql security definer return 1;
         create view app.planted_view as select id from app.planted",
    )
    .await;
    assert_eq!(
        found,
        [
            "planted: foreign key leaves tenant_id out (planted_agent_fkey)",
            "planted: function runs with the rights of its owner",
            "planted: key is not led by tenant_id (planted_pkey)",
            "planted: tenant_id may be null",
            "planted: the role may truncate, reference or set triggers",
            "planted_view: view runs with the rights of its owner",
        ]
    );
}

#[tokio::test]
async fn a_policy_that_lets_every_tenant_in_is_found() {
    let found = findings_after(
        "drop policy tenant_isolation on app.site;
         create policy open_house on app.site using (tenant_id is not null)",
    )
    .await;
    assert_eq!(found, ["site: policy asks for something else than the tenant (open_house)"]);
}

#[tokio::test]
async fn a_database_as_it_should_be_passes_every_check() {
    let url = trunkline_testkit::database().await.url();
    let access = Access::of_urls(AccessUrls { base: &url, ..Default::default() }).expect("address");
    let checks = check_up(&access, &Clock::System).await;
    let not_good: Vec<_> = checks.iter().filter(|check| check.verdict != Verdict::Good).collect();
    assert!(not_good.is_empty(), "{not_good:?}");
    let names: Vec<&str> = checks.iter().map(|check| check.name).collect();
    let wanted = [
        "time zones",
        "database",
        "encryption",
        "version",
        "clock",
        "migrations",
        "partitions",
        "application role",
        "row-level security",
        "system role",
        "owner role",
    ];
    assert_eq!(names, wanted);
    assert!(pending(&access).await.expect("answer").is_empty());
}

#[tokio::test]
async fn a_strong_role_fails_the_check() {
    let url = trunkline_testkit::database().await.url();
    let urls = AccessUrls { base: &url, app: Some(&url), ..Default::default() };
    let checks = check_up(&Access::of_urls(urls).expect("address"), &Clock::System).await;
    let role = checks.iter().find(|check| check.name == "application role").expect("check");
    assert_eq!(role.verdict, Verdict::Bad);
    assert_eq!(role.mend, "connect as trunkline_app instead");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said_in_one_line() {
    let access = Access::of_urls(AccessUrls {
        base: "postgres://localhost:1/nothing",
        ..Default::default()
    })
    .expect("address");
    let fault = pending(&access).await.expect_err("nothing listens there");
    assert!(matches!(fault, UpkeepFault::Unreachable { .. }), "{fault:?}");
    assert!(!fault.to_string().contains('\n'));
    let checks = check_up(&access, &Clock::System).await;
    assert_eq!(checks.last().map(|check| check.verdict), Some(Verdict::Bad));
}
