//! The key of sealed values is changed: everything is sealed anew, and the old key is taken out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::json;
use tempfile::TempDir;
use trunkline_domain::{
    agents::{PrivateField, PrivateText},
    id::{AgentId, JobId, SiteId, UserId},
    identity::Role,
};
use trunkline_infra::{
    agents::{open_private, put_private},
    ctx::{Ctx, new_id},
    db::Db,
    identity::{
        Passwords, Seal, add_seal_key, enrol_second_factor, find_provider, remove_seal_keys,
        seal_provider_secret, second_factor,
    },
    jobs::{
        JobEnd, LEASE, cancel_job, claim_job, end_job, insert_job, job_by_id, sealed_input_place,
    },
    params,
    upkeep::{Resealed, count_sealed, reseal},
};
use trunkline_testkit::{Company, Within, database};

const ADDRESS: &str = "1 Harbour Road";
const NUMBER: &str = "E12345678";
const LETTER: &str = "a letter long enough that base 64 breaks it into lines, which it must not";

/// A company with a value at every place, and the file of its key.
struct Sealed {
    db: Db,
    company: Company,
    ctx: Ctx,
    folder: TempDir,
    site: SiteId,
    agents: Vec<AgentId>,
    user: UserId,
    job: JobId,
}

impl Sealed {
    async fn new() -> Self {
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().expect("instant");
        let database = database().await;
        let db = database.connect().await;
        let company = Company::db_new(&db, database, now).await;
        let ctx = Ctx::of_system(company.tenant, "test", now);
        let folder = tempfile::tempdir().expect("folder");
        let seal = Seal::from_file(&folder.path().join("seal.key")).expect("key");
        let site = company.db_site("GZ").await;
        let passwords = Passwords::cheap(1).expect("hasher");
        let user = company.db_user(&passwords, "a@example.com", Role::Hr, Within::Tenant).await;
        let mut agents = Vec::new();
        for number in 1..=5 {
            let agent = company.db_agent(&number.to_string(), "Lin Yue", site, None, &[]).await;
            put(&company, &seal, agent, now).await;
            agents.push(agent);
        }
        let job: JobId = new_id(now);
        let tx = company.db_begin().await;
        assert!(enrol_second_factor(&tx, user, b"shared", &seal, now).await.expect("enrolled"));
        let secret = seal_provider_secret(&tx, &seal, "client secret").expect("sealed");
        tx.run(
            "insert into app.identity_provider (tenant_id, issuer, client_id, sealed_secret,
                 email_domains, creates_users, created_at, updated_at)
             values ($1, 'https://login.example.com', 'trunkline', $2, '{example.com}', false, $3, $3)",
            params![tx.tenant(), secret, now],
        )
        .await
        .expect("a provider");
        let input = seal.seal_text(&sealed_input_place("mail.send", job), LETTER).expect("sealed");
        let input = json!({"sealed": input});
        insert_job(&tx, &ctx, job, "mail.send", input, None).await.expect("a job");
        tx.commit().await.expect("commit");
        Self { db, company, ctx, folder, site, agents, user, job }
    }

    fn seal(&self) -> Seal {
        Seal::from_file(&self.folder.path().join("seal.key")).expect("keys")
    }

    async fn reseal(&self, seal: &Seal) -> Resealed {
        reseal(&self.db, &self.ctx, seal, 2).await.expect("sealed anew")
    }

    /// Values under each key, newest key first; all others in one sum behind.
    async fn counts(&self, seal: &Seal) -> Vec<u64> {
        let tx = self.company.db_begin().await;
        let mut counts: BTreeMap<_, _> = count_sealed(&tx).await.expect("counts");
        let mut known: Vec<u64> =
            seal.key_ids().iter().map(|id| counts.remove(id).unwrap_or(0)).collect();
        known.push(counts.values().sum());
        known
    }

    /// Everything opens, and is what it was.
    async fn assert_readable(&self, seal: &Seal) {
        let tx = self.company.db_begin().await;
        let wanted: Vec<_> = self
            .agents
            .iter()
            .flat_map(|agent| {
                [(*agent, PrivateField::HomeAddress), (*agent, PrivateField::NationalId)]
            })
            .collect();
        let opened = open_private(&tx, seal, &wanted).await.expect("opened");
        assert_eq!(opened.len(), 2 * self.agents.len());
        for ((_, field), text) in &opened {
            let address = *field == PrivateField::HomeAddress;
            assert_eq!(text.uncovered(), if address { ADDRESS } else { NUMBER });
        }
        let factor = second_factor(&tx, self.user).await.expect("statement").expect("a factor");
        assert_eq!(factor.secret(seal, self.user).expect("opened"), b"shared");
        let provider = find_provider(&tx).await.expect("statement").expect("a provider");
        let secret = provider.secret(&tx, seal).expect("opened");
        assert_eq!(secret.expose_secret(), "client secret");
        let job = job_by_id(&tx, self.job).await.expect("statement").expect("a job");
        let input = job.input["sealed"].as_str().expect("text").to_owned();
        let text = seal.open_text(&sealed_input_place("mail.send", self.job), &input);
        assert_eq!(text.expect("opened"), LETTER);
    }
}

async fn put(company: &Company, seal: &Seal, agent: AgentId, now: Timestamp) {
    let text = |text: &str| Some(PrivateText::stored(text.to_owned()));
    let change = BTreeMap::from([
        (PrivateField::HomeAddress, text(ADDRESS)),
        (PrivateField::NationalId, text(NUMBER)),
    ]);
    let tx = company.db_begin().await;
    put_private(&tx, seal, agent, &change, now).await.expect("written");
    tx.commit().await.expect("commit");
}

/// Five agents with two values each, a factor, a provider and a letter.
const ALL: u64 = 13;

#[tokio::test]
async fn after_a_rotation_the_old_key_is_taken_out_and_nothing_is_lost() {
    let sealed = Sealed::new().await;
    let path = sealed.folder.path().join("seal.key");
    let seal = sealed.seal();
    assert_eq!(sealed.counts(&seal).await, [ALL, 0]);
    assert_eq!(sealed.reseal(&seal).await, Resealed::default(), "there is one key");
    let new = add_seal_key(&path).expect("added");
    let old = seal.key_ids()[1];
    assert_eq!(seal.key_ids()[0], new);
    // Both keys are there: what is old opens, what is new is under the new one.
    sealed.assert_readable(&seal).await;
    let sixth = sealed.company.db_agent("6", "Wu Min", sealed.site, None, &[]).await;
    put(&sealed.company, &seal, sixth, sealed.ctx.now()).await;
    assert_eq!(sealed.counts(&seal).await, [2, ALL, 0]);
    // Somebody is at one row: it is passed over, as after a rotation that was cut short.
    let holder = sealed.company.db_begin().await;
    let lock = "select 1 as value from app.agent_private where tenant_id = $1 and agent_id = $2
                for update";
    let held = params![holder.tenant(), sealed.agents[2]];
    let _: Option<i32> = holder.scalar(lock, held).await.expect("lock");
    assert_eq!(sealed.reseal(&seal).await, Resealed { values: ALL - 2, broken: 0 });
    assert_eq!(sealed.counts(&seal).await, [ALL, 2, 0]);
    sealed.assert_readable(&seal).await;
    holder.commit().await.expect("commit");
    // The next one goes on from there, and finds nothing after it.
    assert_eq!(sealed.reseal(&seal).await, Resealed { values: 2, broken: 0 });
    assert_eq!(sealed.reseal(&seal).await, Resealed::default());
    assert_eq!(sealed.counts(&seal).await, [ALL + 2, 0, 0]);
    remove_seal_keys(&path, &[old]).expect("removed");
    let seal = sealed.seal();
    assert_eq!(seal.key_ids(), [new]);
    sealed.assert_readable(&seal).await;
}

#[tokio::test]
async fn a_value_that_somebody_has_been_at_stops_no_other() {
    let sealed = Sealed::new().await;
    let spoil = "update app.agent_private set home_address = set_byte(home_address, 30,
                     get_byte(home_address, 30) # 1) where tenant_id = $1 and agent_id = $2";
    let tenant = sealed.company.tenant;
    sealed.company.db_run(spoil, params![tenant, sealed.agents[0]]).await;
    let seal = sealed.seal();
    add_seal_key(&sealed.folder.path().join("seal.key")).expect("added");
    assert_eq!(sealed.reseal(&seal).await, Resealed { values: ALL - 1, broken: 1 });
    assert_eq!(sealed.counts(&seal).await, [ALL - 1, 1, 0]);
}

#[tokio::test]
async fn values_whose_key_is_gone_are_counted_and_left_alone() {
    let sealed = Sealed::new().await;
    let path = sealed.folder.path().join("seal.key");
    let old = sealed.seal().key_ids()[0];
    add_seal_key(&path).expect("added");
    remove_seal_keys(&path, &[old]).expect("removed");
    add_seal_key(&path).expect("added");
    let seal = sealed.seal();
    assert_eq!(sealed.reseal(&seal).await, Resealed::default());
    assert_eq!(sealed.counts(&seal).await, [0, 0, ALL]);
}

/// Three jobs with a letter each, in the order in which they are claimed.
async fn letters(sealed: &Sealed, kind: &str) -> Vec<JobId> {
    let seal = sealed.seal();
    let tx = sealed.company.db_begin().await;
    // Of one instant, they are claimed by their ids.
    let mut ids: Vec<JobId> = (0..3).map(|_| sealed.ctx.new_id()).collect();
    ids.sort_unstable();
    for (place, id) in ids.iter().enumerate() {
        let text = seal.seal_text(&sealed_input_place(kind, *id), LETTER).expect("sealed");
        let input = json!({"sealed": text, "place": place});
        insert_job(&tx, &sealed.ctx, *id, kind, input, None).await.expect("a job");
    }
    tx.commit().await.expect("commit");
    ids
}

#[tokio::test]
async fn the_sealed_input_of_a_job_goes_when_the_job_ends_however_it_does() {
    let sealed = Sealed::new().await;
    let (now, of) = (sealed.ctx.now(), Some(sealed.company.tenant));
    let kinds = ["test.letter".to_owned()];
    let jobs = letters(&sealed, &kinds[0]).await;
    let claim = async |at: Timestamp| {
        claim_job(&sealed.db, &kinds, of, at).await.expect("claimed").map(|job| job.id)
    };
    let left = async || {
        let tx = sealed.company.db_begin().await;
        let mut left = Vec::new();
        for (place, job) in jobs.iter().enumerate() {
            let input = job_by_id(&tx, *job).await.expect("statement").expect("a job").input;
            assert_eq!(input["place"], place, "what is not sealed stays");
            left.push(input.get("sealed").is_some());
        }
        left
    };
    let first = claim_job(&sealed.db, &kinds, of, now).await.expect("claimed").expect("a job");
    assert_eq!((first.id, left().await), (jobs[0], vec![true, true, true]));
    let tx = sealed.company.db_begin().await;
    assert!(end_job(&tx, &first, JobEnd::Done(json!({})), now).await.expect("ended"));
    assert!(cancel_job(&tx, jobs[1], now).await.expect("cancelled"));
    tx.commit().await.expect("commit");
    assert_eq!(left().await, [false, false, true]);
    // Five workers are lost one after the other, and the next look gives the job up.
    for lost in 0..5 {
        assert_eq!(claim(now + (LEASE + LEASE) * lost).await, Some(jobs[2]), "claim {lost}");
    }
    assert_eq!(left().await, [false, false, true]);
    assert_eq!(claim(now + LEASE * 20).await, None);
    assert_eq!(left().await, [false, false, false]);
}
