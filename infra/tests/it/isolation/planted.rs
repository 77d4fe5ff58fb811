use sea_orm::sqlx::{AssertSqlSafe, Executor as _, PgConnection, raw_sql};
use trunkline_infra::upkeep::row_security_findings;
use trunkline_testkit::{Database, keep_summary};

use super::{
    catalogue::Catalogue,
    expected::Setting,
    rows::Rows,
    suite::{self, Report, write_rows},
};

/// A hole in the wall, and who must find it.
struct Defect {
    name: &'static str,
    /// Makes it, and unmakes it.
    plant: &'static str,
    mend: &'static str,
    /// The table whose cases run.
    table: &'static str,
    /// Part of a finding of the check-up; `None` = it cannot know.
    finding: Option<&'static str>,
    /// Part of a failure of the suite; `None` = it cannot know.
    failure: Option<&'static str>,
}

/// Restores the policy of a table of which nothing else was changed.
const POLICY_OF_SKILL: &str = "drop policy tenant_isolation on app.skill;
     create policy tenant_isolation on app.skill for all
         using (tenant_id = app.tid()) with check (tenant_id = app.tid())";

const DEFECTS: &[Defect] = &[
    Defect {
        name: "a table without policy",
        plant: "create table app.planted (
                    tenant_id uuid not null, id uuid not null, name text not null,
                    constraint planted_pkey primary key (tenant_id, id));
                grant select, insert, update, delete on app.planted to trunkline_app",
        mend: "drop table app.planted",
        table: "planted",
        finding: Some("planted: no policy"),
        failure: Some("planted, Other, select everything: shows canary-of-b"),
    },
    Defect {
        name: "a second permissive policy",
        plant: "create policy planted on app.skill for select using (name_en <> '')",
        mend: "drop policy planted on app.skill",
        table: "skill",
        finding: Some("skill: several policies"),
        failure: Some("skill, Unset, select by tenant: shows canary-of-b"),
    },
    Defect {
        name: "a policy that is always true",
        plant: "drop policy tenant_isolation on app.skill;
                create policy tenant_isolation on app.skill using (true)",
        mend: POLICY_OF_SKILL,
        table: "skill",
        finding: Some("skill: policy asks for something else than the tenant"),
        failure: Some("skill, Other, update everything: shows canary-of-b"),
    },
    Defect {
        name: "a policy with a back door",
        plant: "drop policy tenant_isolation on app.skill;
                create policy tenant_isolation on app.skill
                    using (tenant_id = app.tid() or code = 'SHARED')",
        mend: POLICY_OF_SKILL,
        table: "skill",
        finding: Some("skill: policy asks for something else than the tenant"),
        failure: None,
    },
    Defect {
        name: "a policy that does not look at what is written",
        plant: "drop policy tenant_isolation on app.skill;
                create policy tenant_isolation on app.skill
                    using (tenant_id = app.tid()) with check (true)",
        mend: POLICY_OF_SKILL,
        table: "skill",
        finding: Some("skill: policy asks for something else than the tenant"),
        failure: Some("skill, Unset, insert row of the tenant"),
    },
    Defect {
        name: "row-level security that is not forced",
        plant: "alter table app.skill no force row level security",
        mend: "alter table app.skill force row level security",
        table: "skill",
        finding: Some("skill: row-level security is not forced"),
        // The role owns nothing, so it is bound all the same.
        failure: None,
    },
    Defect {
        name: "row-level security that is off",
        plant: "alter table app.skill disable row level security",
        mend: "alter table app.skill enable row level security",
        table: "skill",
        finding: Some("skill: row-level security is off"),
        failure: Some("skill, Other, select by a filter that tells: shows canary-of-b"),
    },
    Defect {
        name: "a tenant where none is set",
        plant: "create or replace function app.tid() returns uuid language sql stable parallel safe
                return coalesce(nullif(current_setting('app.tenant_id', true), '')::uuid,
                                '0bbbbbbb-0000-7000-8000-00000000000b'::uuid)",
        mend: "create or replace function app.tid() returns uuid language sql stable parallel safe
               return nullif(current_setting('app.tenant_id', true), '')::uuid",
        table: "skill",
        finding: Some("tid: function gives something else than the tenant"),
        failure: Some("skill, Unset, select everything: shows canary-of-b"),
    },
    Defect {
        name: "a view with the rights of its owner",
        plant: "create view app.planted_view as select * from app.skill;
                grant select on app.planted_view to trunkline_app",
        mend: "drop view app.planted_view",
        table: "skill",
        finding: Some("planted_view: view runs with the rights of its owner"),
        failure: Some("planted_view, Other, view everything: shows canary-of-b"),
    },
    Defect {
        name: "a function with the rights of its owner",
        plant: "create function app.planted() returns bigint language sql security definer
                return (select count(*) from app.skill)",
        mend: "drop function app.planted()",
        table: "skill",
        finding: Some("planted: function runs with the rights of its owner"),
        failure: None,
    },
    Defect {
        name: "a right to truncate",
        plant: "grant truncate on app.skill to trunkline_app",
        mend: "revoke truncate on app.skill from trunkline_app",
        table: "skill",
        finding: Some("skill: the role may truncate, reference or set triggers"),
        failure: Some("skill, Other, truncate everything"),
    },
    Defect {
        name: "a right on a partition",
        plant: "grant select on app.interval_figure_2027 to trunkline_app",
        mend: "revoke select on app.interval_figure_2027 from trunkline_app",
        table: "skill",
        finding: Some("interval_figure_2027: the role has rights on a partition"),
        // The cases go to the parent.
        failure: None,
    },
    Defect {
        name: "a partition without row-level security",
        plant: "alter table app.interval_figure_2027 disable row level security",
        mend: "alter table app.interval_figure_2027 enable row level security",
        table: "skill",
        finding: Some("interval_figure_2027: row-level security is off"),
        // Read through the parent, it is the parent's policy that counts.
        failure: None,
    },
    Defect {
        name: "a unique index over all tenants",
        plant: "create unique index planted_idx on app.skill (code)",
        mend: "drop index app.planted_idx",
        table: "skill",
        finding: Some("skill: unique index is not led by tenant_id"),
        failure: Some("skill, Other, unique planted_idx"),
    },
    Defect {
        name: "a foreign key that leaves the tenant out",
        plant: "alter table app.skill add constraint planted_unique unique (id);
                alter table app.queue drop constraint queue_skill_fkey,
                    add constraint queue_skill_fkey foreign key (skill_id) references app.skill (id)",
        mend: "alter table app.queue drop constraint queue_skill_fkey,
                   add constraint queue_skill_fkey foreign key (tenant_id, skill_id)
                       references app.skill (tenant_id, id);
               alter table app.skill drop constraint planted_unique",
        table: "queue",
        finding: Some("queue: foreign key leaves tenant_id out"),
        failure: Some("queue, Other, foreign key insert by queue_skill_fkey"),
    },
];

/// What check-up and suite say, the latter about one table and its parents.
async fn look(admin: &mut PgConnection, database: &Database, table: &str) -> (Vec<String>, Report) {
    let findings = row_security_findings(admin, "app", "trunkline_app").await.expect("look-up");
    let catalogue = Catalogue::read(admin).await.only(table);
    let rows = Rows::fit(catalogue, admin).await;
    write_rows(&rows, admin).await;
    let mut report = Report::default();
    for setting in [Setting::Unset, Setting::Other] {
        report.add(suite::run(&rows, database, setting).await);
    }
    for table in rows.catalogue().tables.iter().rev() {
        let clear = format!("delete from app.{}", table.name);
        admin.execute(AssertSqlSafe(clear)).await.expect("rows can be cleared");
    }
    (findings.iter().map(ToString::to_string).collect(), report)
}

/// How many were found, and the first that has the part.
fn told(found: &[String], part: Option<&str>) -> String {
    let first = found.iter().find(|text| part.is_some_and(|part| text.contains(part)));
    let first = first.and_then(|text| text.lines().next());
    first.map_or("nothing".to_owned(), |text| format!("{}, among them: {text}", found.len()))
}

/// Whether the part was found where it should be, and nothing where it should not.
fn as_foreseen(found: &[String], part: Option<&str>) -> bool {
    match part {
        Some(part) => found.iter().any(|text| text.contains(part)),
        None => found.is_empty(),
    }
}

#[tokio::test]
async fn every_planted_defect_is_found_by_the_check_up_or_by_the_suite() {
    let database = trunkline_testkit::database().await.db_scratch("planted").await;
    let mut admin = database.db_admin().await;
    let (mut missed, mut lines) = (Vec::new(), Vec::new());
    for defect in DEFECTS {
        assert!(defect.finding.is_some() || defect.failure.is_some(), "{}", defect.name);
        raw_sql(defect.plant).execute(&mut admin).await.expect("planted");
        let (findings, report) = look(&mut admin, &database, defect.table).await;
        raw_sql(defect.mend).execute(&mut admin).await.expect("mended");
        if !as_foreseen(&findings, defect.finding) {
            missed.push(format!("{}: check-up says {findings:#?}", defect.name));
        }
        if !as_foreseen(&report.failures, defect.failure) {
            missed.push(format!("{}: suite says {:#?}", defect.name, report.failures));
        }
        lines.push(format!(
            "planted {}; findings of the check-up: {}; failures of {} cases: {}",
            defect.name,
            told(&findings, defect.finding),
            report.total(),
            told(&report.failures, defect.failure)
        ));
    }
    let (findings, report) = look(&mut admin, &database, "queue").await;
    assert_eq!((findings, report.failures), (Vec::new(), Vec::new()), "after mending");
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    println!("{}", keep_summary(env!("CARGO_TARGET_TMPDIR"), "isolation-tables-planted", &lines));
}
