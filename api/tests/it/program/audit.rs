//! The commands that look at the audit, as somebody types them who trusts nobody.

use serde_json::json;
use tempfile::TempDir;
use trunkline_infra::{
    audit::{Deed, SealKey, record, seal},
    ctx::Ctx,
};
use trunkline_testkit::{Company, Database, database};

use super::command;
use crate::support::START;

/// A company in which three things were done and sealed, and the directory with the key.
struct Sealed {
    database: Database,
    company: Company,
    dir: TempDir,
}

impl Sealed {
    async fn new(label: &str) -> Self {
        let database = database().await.db_scratch(label).await;
        let dir = tempfile::tempdir().expect("a directory");
        let now = START.parse().expect("instant");
        let db = database.connect().await;
        let company = Company::db_new(&db, &database, now).await;
        let ctx = Ctx::of_system(company.tenant, "test", now);
        let tx = company.db_begin().await;
        for row in 0..3 {
            let deed = Deed::made("shift.edit", format_args!("shf_{row}"), json!({"row": row}));
            record(&tx, &ctx, deed).await.expect("row");
        }
        tx.commit().await.expect("commit");
        let key = SealKey::from_file(&dir.path().join("audit-key.der")).expect("key");
        seal(&db, &ctx, &key).await.expect("sealed");
        Self { database, company, dir }
    }

    /// Exit code, and what was said on either output; `days` that rows are kept, 0 = for good.
    async fn run(&self, days: u32, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = command(self.dir.path());
        command.env("TRUNKLINE_DATABASE_URL", self.database.url());
        command.env("TRUNKLINE_AUDIT_RETENTION_DAYS", days.to_string());
        let output = command.arg("audit").args(arguments).output().await.expect("the program runs");
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).expect("text"))
    }
}

#[tokio::test]
async fn verify_tells_an_unbroken_chain_from_one_that_somebody_has_been_at() {
    let sealed = Sealed::new("audit_verify").await;
    let slug = sealed.company.slug.as_str();
    let (code, said) = sealed.run(0, &["verify"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(&format!("{slug}: unbroken; 3 rows in 1 segment")), "{said}");
    let (code, said) = sealed.run(0, &["verify", "--tenant", "nobody"]).await;
    assert!(code == Some(1) && said.contains("there is no tenant nobody"), "{said}");
    sealed
        .database
        .db_admin_run("update app.audit_event set action = 'shift.view' where subject = 'shf_1'")
        .await;
    let (code, said) = sealed.run(0, &["verify", "--tenant", slug]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("BROKEN, 1 finding;") && said.contains("position "), "{said}");
    // Nor can it be hidden by another key.
    std::fs::remove_file(sealed.dir.path().join("audit-key.der")).expect("removed");
    let (code, said) = sealed.run(0, &["verify"]).await;
    assert!(code == Some(1) && said.contains("audit-key.der"), "{said}");
}

#[tokio::test]
async fn prune_takes_out_what_is_too_old_and_leaves_a_chain_that_verifies() {
    let sealed = Sealed::new("audit_prune").await;
    let slug = sealed.company.slug.as_str();
    let (code, said) = sealed.run(0, &["prune"]).await;
    assert!(code == Some(1) && said.contains("kept for good"), "{said}");
    let (code, said) = sealed.run(36_500, &["prune"]).await;
    assert!(code == Some(0) && said.contains(&format!("{slug}: 0 rows")), "{said}");
    let (code, said) = sealed.run(1, &["prune", "--tenant", slug]).await;
    assert!(code == Some(0) && said.contains(&format!("{slug}: 3 rows")), "{said}");
    let (code, said) = sealed.run(1, &["verify"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("0 rows in 1 segment (1 of them kept as roots)"), "{said}");
    // Who keeps rows for good misses them.
    let (code, said) = sealed.run(0, &["verify"]).await;
    assert!(code == Some(1) && said.contains("BROKEN"), "{said}");
}
