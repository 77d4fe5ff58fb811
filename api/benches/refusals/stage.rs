//! A server with a company of a few people, at the production cost of a hash.

use std::{net::TcpListener, sync::Arc};

use jiff::Timestamp;
use serde_json::{Value, json};
use trunkline::{
    app::{App, Post},
    budget::Budgets,
    server::{ServerOptions, start},
};
use trunkline_domain::identity::Role;
use trunkline_infra::{
    clock::Clock,
    db::{Db, DbOptions},
    identity::{HashCost, HashSlots, Passwords, ProviderReach, Providers, Seal, Tokens},
    live::LiveStore,
    mail::Mailer,
};
use trunkline_testkit::{Company, PASSWORD, Within, database};

use crate::wire::{Head, send};

/// People there are, so that each of those who sign in at once has an account.
pub(crate) const PEOPLE: usize = 8;

const SIGN_IN: &str = "mutation($input: SessionCreateInput!) {
  sessionCreate(input: $input) { session { accessToken } userErrors { code } } }";

/// What everything is sent to.
pub(crate) struct Stage {
    pub(crate) address: String,
    /// A hasher like the server's, with slots of its own.
    pub(crate) passwords: Passwords,
    /// Where the server's signing key is.
    pub(crate) keys: tempfile::TempDir,
    company: Company,
}

fn passwords() -> Passwords {
    let parallel = std::thread::available_parallelism().map_or(1, usize::from);
    let slots = HashSlots { parallel, waiting: 64 };
    Passwords::new(HashCost::RECOMMENDED, slots).expect("hasher")
}

impl Stage {
    /// Sets everything up.
    pub(crate) async fn set() -> Self {
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().expect("instant");
        let database = database().await;
        let options = DbOptions {
            app: database.options("trunkline_app"),
            system: database.options("trunkline_system"),
            connections: 16,
            threads: ServerOptions::default().workers,
        };
        let db = Db::connect(options).await.expect("pools");
        let company = Company::db_new(&db, database, now).await;
        let keys = tempfile::tempdir().expect("a folder");
        let tokens = Tokens::from_directory(keys.path(), now).expect("key");
        let passwords = passwords();
        company.db_site("GZ").await;
        for at in 0..PEOPLE {
            let email = email(at);
            company.db_user(&passwords, &email, Role::HeadOffice, Within::Tenant).await;
        }
        let seal = Seal::ephemeral().expect("key");
        let providers = Providers::new(ProviderReach::Public, None).expect("client");
        let post = Post { mailer: Mailer::Log, seal, public_url: String::new() };
        let (clock, live) = (Clock::standing_at(now), LiveStore::in_memory());
        let app = App::new(db, clock, tokens, passwords.clone(), live, post, providers);
        let passwords = self::passwords();
        Self { address: serve(Arc::new(app)), passwords, keys, company }
    }

    /// The request by which somebody signs in.
    pub(crate) fn sign_in_request(&self, at: usize) -> Vec<u8> {
        let input =
            json!({"tenantSlug": self.company.slug, "email": email(at), "password": PASSWORD});
        let body = json!({"query": SIGN_IN, "variables": {"input": input}});
        Head::of(&self.address).post(body.to_string().as_bytes())
    }

    /// An access token of somebody.
    pub(crate) async fn sign_in(&self, at: usize) -> String {
        let sent = send(&self.address, &self.sign_in_request(at)).await;
        let answer: Value = serde_json::from_slice(&sent.body).expect("JSON");
        let token = answer["data"]["sessionCreate"]["session"]["accessToken"].as_str();
        token.unwrap_or_else(|| panic!("a token: {answer}")).to_owned()
    }
}

fn email(at: usize) -> String {
    format!("person-{at}@example.com")
}

fn serve(app: Arc<App>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("address"));
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            // What is measured is each refusal by its own rule, and not that of a spent budget.
            let options = ServerOptions { budgets: Budgets::vast(), ..ServerOptions::default() };
            let running = start(&app, listener, options, |_| {}).expect("server");
            running.server.await.expect("server");
        });
    });
    address
}
