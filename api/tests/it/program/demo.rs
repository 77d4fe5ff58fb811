//! The demo, as somebody starts it on a machine that has nothing but this program.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
    time::timeout,
};
use trunkline_testkit::PASSWORD;

use super::{PROGRAM, Program, command_of};
use crate::support::Actor;

/// The first start makes a cluster, two companies and their rosters; on a busy machine that takes long.
const PATIENCE: Duration = Duration::from_secs(300);
/// A later start finds all that. People are promised two seconds; a program that is not optimised, on a
/// machine that does other things as well, gets thirty times as many.
const SOON: Duration = Duration::from_secs(60);
/// What it says when the people of the first company are there, and nothing is planned yet.
const PEOPLE: &str = "demo: Huayin: surveys";
/// Ids are drawn by chance: data made anew have others.
const NETWORK: &str =
    "{ sites { id code } agents(first: 1) { totalCount { value } nodes { id number } } }";

/// A directory for a demo, and the account that starts it there.
struct Place {
    dir: TempDir,
    program: PathBuf,
    /// User and group; `None` = those of the tests.
    account: Option<(u32, u32)>,
}

impl Place {
    /// For the account that runs the tests.
    fn of_the_tests() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        // As root the database runs under another account, which must get there.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        Self { dir, program: PROGRAM.into(), account: None }
    }

    /// For an ordinary account: another one where root runs the tests.
    async fn of_an_ordinary_account() -> Self {
        let mut place = Self::of_the_tests();
        let dir = place.dir.path();
        if owner(dir) == 0 {
            let (user, group) = (nobody("-u").await, nobody("-g").await);
            // Where it was built, others may not get. Copied by another process, so that none of the tests
            // can still hold it open for writing when it is started.
            place.program = dir.join("trunkline");
            let copy = Command::new("cp").arg(PROGRAM).arg(&place.program).status().await;
            assert!(copy.expect("cp").success());
            for path in [dir, place.program.as_path()] {
                chown(path, Some(user), Some(group)).expect("an owner");
            }
            place.account = Some((user, group));
        }
        place
    }

    /// Where the demo keeps its data.
    fn data(&self) -> PathBuf {
        self.dir.path().join("demo")
    }

    fn command(&self) -> Command {
        let mut command = command_of(self.program.as_os_str(), self.dir.path());
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }

    fn demo(&self) -> Command {
        let mut command = self.command();
        command.env_remove("TRUNKLINE_WORK").args(["demo", "--small", "--port", "0"]);
        command
    }

    /// A demo that is ready, and how long that took.
    async fn begun(&self) -> (Program, Duration) {
        let begin = Instant::now();
        let is_last = |line: &str| line.starts_with("End it with Ctrl-C");
        let program = Program::begin(self.demo(), PATIENCE, is_last).await;
        (program, begin.elapsed())
    }

    /// Begins a demo and kills it as a failing machine would, when it has come to a step.
    async fn cut_short(&self, arguments: &[&str], step: &str) {
        let mut command = self.demo();
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("standard error")).lines();
        let mut said = String::new();
        let listen = async {
            while !said.ends_with(&format!("{step}\n")) {
                match lines.next_line().await.expect("text") {
                    Some(line) => said = format!("{said}{line}\n"),
                    None => panic!("it ended before {step}: {said}"),
                }
            }
        };
        timeout(PATIENCE, listen).await.expect("it comes to the step");
        child.kill().await.expect("killed");
    }

    /// Exit code of another command on the demo's data, and what it says.
    async fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = self.command();
        command.args(arguments).arg("--data-dir").arg(self.data());
        let output = command.env("TRUNKLINE_PASSWORD", PASSWORD).output().await;
        let output = output.expect("the program runs");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
        (output.status.code(), text)
    }
}

fn owner(path: &Path) -> u32 {
    fs::metadata(path).expect("a path").uid()
}

/// Number of the account `nobody` (`-u`), or of its group (`-g`).
async fn nobody(flag: &str) -> u32 {
    let output = Command::new("id").args([flag, "nobody"]).output().await.expect("id");
    let number = String::from_utf8(output.stdout).expect("text");
    number.trim().parse().expect("an account `nobody`")
}

/// What the planner among the printed logins sees.
async fn seen(demo: &Program) -> Value {
    let login = demo.said.lines().find(|line| line.contains("  planner: ")).expect("a login");
    let email = login.split_whitespace().next().expect("an address");
    Actor::at(demo.address()).sign_in("huayin", email).await.ok(NETWORK, json!({})).await
}

/// Who signs in with the printed logins, each at the company of the address.
async fn people(demo: &Program) -> BTreeMap<&str, Actor> {
    let words = demo.said.split_whitespace();
    let words = words.map(|word| word.trim_matches(|it: char| !it.is_alphanumeric()));
    let logins: BTreeSet<&str> = words.filter(|word| word.contains('@')).collect();
    let stranger = Actor::at(demo.address());
    let mut people = BTreeMap::new();
    // One after the other, as people do.
    for login in logins {
        let (_, company) = login.split_once('@').expect("an address");
        let person = stranger.sign_in(company.trim_end_matches(".example"), login).await;
        let viewer = person.ok("{ viewer { email } }", json!({})).await;
        assert_eq!(viewer["viewer"]["email"], login);
        people.insert(login, person);
    }
    people
}

/// What is printed works as it is printed: logins, the partner's key, queries and the swap.
async fn works(demo: &Program) {
    let (said, stranger) = (&demo.said, Actor::at(demo.address()));
    let people = people(demo).await;
    // One a role, somebody of the other company, and a colleague to swap with.
    assert!(people.len() >= 10, "{:?}", people.keys());

    let key = said.split_whitespace().find(|word| word.starts_with("tl_live_")).expect("a key");
    let seen = stranger.with_credential(key).ok("{ sites { code } }", json!({})).await;
    assert_eq!(seen["sites"], json!([{"code": "CD"}, {"code": "GZ"}, {"code": "SY"}]));

    let bodies = said.lines().filter_map(|line| line.split_once("-d '"));
    let bodies = bodies.map(|(_, rest)| rest.split_once('\'').expect("the end of a body").0);
    let documents: Vec<String> = bodies
        .map(|body| serde_json::from_str::<Value>(body).expect("JSON"))
        .map(|body| body["query"].as_str().expect("a document").to_owned())
        .collect();
    let [sign_in, queries @ ..] = &documents[..] else { panic!("no queries: {said}") };
    assert_eq!(queries.len(), 3, "{said}");
    let signed_in = stranger.ok(sign_in, json!({})).await;
    let token = signed_in["sessionCreate"]["session"]["accessToken"].as_str().expect("a token");
    let reader = stranger.with_credential(token);
    for query in queries {
        let seen = reader.ok(query, json!({})).await.to_string();
        assert!(!seen.contains("null") && !seen.contains("[]"), "{query}: {seen}");
    }
    swapped(said, &people).await;
}

/// The swap that is printed, as the two who are named ask for it.
async fn swapped(said: &str, people: &BTreeMap<&str, Actor>) {
    let login = |verb: &str| {
        let (before, _) = said.lines().find_map(|line| line.split_once(verb)).expect("a swap");
        before.rsplit(' ').next().expect("an address")
    };
    let document = |name: &str| {
        let mut lines = said.lines().map(str::trim);
        lines.find(|line| line.starts_with(name)).expect("a document")
    };
    let giver = &people[login(" gives the one of ")];
    let offered = giver.ok(document("mutation Offer"), json!({})).await["shiftSwapPropose"].take();
    assert_eq!(offered["userErrors"], json!([]), "{offered:#}");
    let swap = offered["shiftSwap"]["id"].as_str().expect("an id");
    let taker = &people[login(" takes it, ")];
    let take = document("mutation Take").replace("SWAP", swap);
    let taken = taker.ok(&take, json!({})).await["shiftSwapAnswer"].take();
    assert_eq!(taken["userErrors"], json!([]), "{taken:#}");
    let decided = said.contains("leader@huayin.example decides");
    let state = if decided { "MATCHED" } else { "APPROVED" };
    assert_eq!(taken["shiftSwap"]["state"], state, "{said}");
}

#[tokio::test]
async fn the_demo_begins_with_nothing_for_an_ordinary_user_and_a_killed_one_is_soon_back() {
    let place = Place::of_an_ordinary_account().await;
    let (first, making) = place.begun().await;
    for told in [PASSWORD, &format!("--data-dir '{}'", place.data().display())] {
        assert!(first.said.contains(told), "{told}: {}", first.said);
    }
    let account = owner(place.dir.path());
    assert_ne!(account, 0, "not root");
    assert_eq!(owner(&place.data().join("postgres/data")), account);
    let before = seen(&first).await;
    works(&first).await;
    let sites = before["sites"].as_array().expect("sites").iter().map(|it| it["code"].clone());
    assert_eq!(sites.collect::<Vec<_>>(), ["CD", "GZ", "SY"]);
    assert_eq!(before["agents"]["totalCount"]["value"], 54);
    let beside = place.demo().output().await.expect("it ends");
    let said = String::from_utf8_lossy(&beside.stderr);
    let told = format!("a demo runs on this data directory already: {};", first.address());
    assert!(beside.status.code() == Some(1) && said.contains(&told), "{said}");
    first.killed().await;
    let otherwise = place.demo().args(["--seed", "2"]).output().await.expect("it ends");
    let said = String::from_utf8_lossy(&otherwise.stderr);
    let told =
        said.contains("go on with `trunkline demo --small --port 0`") && said.contains("--fresh");
    assert!(otherwise.status.code() == Some(1) && told, "{said}");

    let (second, finding) = place.begun().await;
    assert!(finding < SOON && finding < making, "{finding:?} after {making:?}");
    assert_eq!(seen(&second).await, before);
    assert_eq!(second.terminated().await, Some(0));
}

#[tokio::test]
async fn a_fresh_demo_has_nothing_of_the_one_before() {
    let place = Place::of_the_tests();
    let company = ["tenant", "create", "--slug", "own", "--name", "Own"];
    let user = |email| {
        let person = ["--email", email, "--name", "Li Na", "--role", "hr"];
        [&["user", "create", "--tenant", "huayin"][..], &person].concat()
    };
    let (own, seeded) = (user("li.na@huayin.example"), user("planner@huayin.example"));
    place.cut_short(&[], PEOPLE).await;
    for made in [&company[..], &own[..]] {
        let (code, said) = place.run(made).await;
        assert_eq!(code, Some(0), "{said}");
    }
    place.cut_short(&["--fresh"], PEOPLE).await;
    let (code, said) = place.run(&seeded).await;
    assert!(code == Some(1) && said.contains("There is one with this value already"), "{said}");
    for gone in [&company[..], &own[..]] {
        let (code, said) = place.run(gone).await;
        assert_eq!(code, Some(0), "{said}");
    }
}
