//! The key of sealed values is changed by hand, step by step.

use std::{collections::BTreeMap, time::Duration};

use tempfile::TempDir;
use trunkline_domain::{
    agents::{PrivateField, PrivateText},
    id::AgentId,
};
use trunkline_infra::{
    agents::{open_private, put_private},
    identity::Seal,
};
use trunkline_testkit::{Company, Database, database};

use super::command;
use crate::support::START;

/// A company with a sealed value, and the directory with the keys.
struct Ground {
    database: Database,
    company: Company,
    agent: AgentId,
    dir: TempDir,
}

impl Ground {
    async fn new() -> Self {
        let database = database().await.db_scratch("seal_keys").await;
        let dir = tempfile::tempdir().expect("a directory");
        let now = START.parse().expect("instant");
        let company = Company::db_new(&database.connect().await, &database, now).await;
        let site = company.db_site("GZ").await;
        let agent = company.db_agent("1", "Li Na", site, None, &[]).await;
        let seal = Seal::from_file(&dir.path().join("seal.key")).expect("key");
        let text = PrivateText::stored("1 Harbour Road".to_owned());
        let change = BTreeMap::from([(PrivateField::HomeAddress, Some(text))]);
        let tx = company.db_begin().await;
        put_private(&tx, &seal, agent, &change, now).await.expect("written");
        tx.commit().await.expect("commit");
        Self { database, company, agent, dir }
    }

    /// Exit code, and what was said on either output.
    async fn run(&self, step: &str) -> (Option<i32>, String) {
        let mut command = command(self.dir.path());
        command.env("TRUNKLINE_DATABASE_URL", self.database.url()).args(["seal", step]);
        let output = command.output().await.expect("the program runs");
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).expect("text"))
    }

    fn keys(&self) -> usize {
        let text = std::fs::read_to_string(self.dir.path().join("seal.key")).expect("keys");
        text.lines().count()
    }

    /// The file has been as it is for an hour.
    fn an_hour_later(&self) {
        let file = std::fs::File::options().append(true).open(self.dir.path().join("seal.key"));
        let file = file.expect("keys");
        let changed = file.metadata().and_then(|about| about.modified()).expect("an instant");
        file.set_modified(changed - Duration::from_secs(3600)).expect("an older file");
    }
}

#[tokio::test]
async fn add_rotate_retire() {
    let ground = Ground::new().await;
    let (code, said) = ground.run("list").await;
    assert!(code == Some(0) && said.contains("seals  1 value"), "{said}");
    let (code, said) = ground.run("add").await;
    assert!(code == Some(0) && ground.keys() == 2, "{said}");
    let (code, said) = ground.run("retire").await;
    assert!(code == Some(1) && said.contains("ten minutes"), "{said}");
    ground.an_hour_later();
    let (code, said) = ground.run("retire").await;
    assert!(code == Some(1) && said.contains("stays") && ground.keys() == 2, "{said}");
    let (code, said) = ground.run("rotate").await;
    assert!(code == Some(0) && said.contains("1 value sealed anew, 0 broken"), "{said}");
    assert!(said.contains("seals  1 value") && said.contains("opens  0 values"), "{said}");
    let (code, said) = ground.run("retire").await;
    assert!(code == Some(0) && said.contains("Took key") && ground.keys() == 1, "{said}");
    let seal = Seal::from_file(&ground.dir.path().join("seal.key")).expect("key");
    let tx = ground.company.db_begin().await;
    let wanted = [(ground.agent, PrivateField::HomeAddress)];
    let opened = open_private(&tx, &seal, &wanted).await.expect("opened");
    assert_eq!(opened[&wanted[0]].uncovered(), "1 Harbour Road");
    // A file of other keys is told, and nothing is taken out because of it.
    std::fs::remove_file(ground.dir.path().join("seal.key")).expect("removed");
    let (code, said) = ground.run("list").await;
    assert!(code == Some(1) && said.contains("IS MISSING: 1 value cannot"), "{said}");
}
