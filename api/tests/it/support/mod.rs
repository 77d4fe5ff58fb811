//! A server with a company of its own for each test, and the people who use it.

mod evaluation;
mod events;
mod socket;
mod trail;

pub(crate) use socket::Subscription;
pub(crate) use trail::{SILENT, untold};

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use serde_json::{Value, json};
use trunkline::{
    app::{App, Post},
    http::Settings,
    ops::Ops,
    server::{ServerOptions, Stopper, start},
};
use trunkline_domain::{
    id::{AgentId, SiteId, TeamId},
    identity::{Permission, Role},
};
use trunkline_infra::{
    clock::Clock,
    identity::{Passwords, ProviderReach, Providers, Seal, Tokens},
    live::LiveStore,
    mail::{Mail, Mailer, Outbox},
};
use trunkline_testkit::{Company, Database, PASSWORD, Within, database};

pub(crate) use evaluation::evaluation;

/// A running server.
pub(crate) struct Server {
    pub(crate) app: Arc<App>,
    pub(crate) company: Company,
    /// What its ops port would tell.
    pub(crate) ops: Ops,
    /// Where it listens, e.g. `http://127.0.0.1:40123`.
    pub(crate) address: String,
    client: reqwest::Client,
    _running: Arc<Guard>,
}

/// Stops the server when the last user of it is gone.
struct Guard(Stopper);

impl Drop for Guard {
    fn drop(&mut self) {
        let stopper = self.0.clone();
        // Nobody waits for it: the thread of the server ends by itself, and the tests with the program.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            runtime.expect("a runtime").block_on(stopper.stop());
        });
    }
}

/// Somebody who calls the API, or nobody in particular.
#[derive(Clone)]
pub(crate) struct Actor {
    client: reqwest::Client,
    address: String,
    credential: Option<String>,
    /// Whose audit is looked at after each mutation; `None` for a server that runs as a program of its own.
    company: Option<Company>,
    /// `None` for a server that runs as a program of its own.
    _running: Option<Arc<Guard>>,
}

/// The instant at which every test begins: Monday 2 March 2026, 20:00 in Shanghai.
pub(crate) const START: &str = "2026-03-02T12:00:00Z";

/// Number of the next request, so that each has an id of its own.
static REQUESTS: AtomicU64 = AtomicU64::new(1);

impl Server {
    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        let clock = &self.app.clock;
        clock.set(clock.now() + jiff::SignedDuration::from_secs(seconds));
    }

    /// An address that no other test uses.
    pub(crate) fn address_of(&self, name: &str) -> String {
        format!("{name}@{}.example", self.company.slug)
    }

    /// Does all jobs of the company that wait.
    pub(crate) async fn work(&self) {
        let (app, tenant) = (&self.app, self.company.tenant);
        while trunkline::jobs::run_next_job(app, tenant).await.expect("jobs") {}
    }

    /// The newest mail to an address, once the jobs have sent it.
    pub(crate) async fn mail_to(&self, address: &str) -> Mail {
        let newest = self.db_mails(address).await.pop();
        newest.unwrap_or_else(|| panic!("no mail to {address}"))
    }

    /// How many mails to an address there are once all jobs that wait now are done.
    pub(crate) async fn db_mails_to(&self, address: &str) -> usize {
        self.db_mails(address).await.len()
    }

    async fn db_mails(&self, address: &str) -> Vec<Mail> {
        self.work().await;
        let Mailer::Memory(outbox) = &self.app.post.mailer else {
            panic!("mails that leave the test")
        };
        outbox.take(address)
    }

    /// A server with an empty company. Its clock stands at [`START`].
    pub(crate) async fn start() -> Self {
        Self::start_with(LiveStore::in_memory()).await
    }

    /// The same on a given live store.
    pub(crate) async fn start_with(live: LiveStore) -> Self {
        Self::start_on(database().await, live).await
    }

    /// The same on a given database.
    pub(crate) async fn start_on(database: &Database, live: LiveStore) -> Self {
        let passwords = Passwords::cheap(2).expect("hasher");
        Self::assemble(database, live, passwords, |_| Tokens::ephemeral().expect("key")).await
    }

    /// A server that knows the breached passwords of a file.
    pub(crate) async fn start_knowing_breached(file: &std::path::Path) -> Self {
        let (live, passwords) = (LiveStore::in_memory(), Passwords::cheap(2).expect("hasher"));
        let passwords = passwords.knowing_breached(file).expect("set");
        let tokens = |_| Tokens::ephemeral().expect("key");
        Self::assemble(database().await, live, passwords, tokens).await
    }

    /// The same with signing keys in a directory.
    pub(crate) async fn start_with_keys(directory: &std::path::Path) -> Self {
        let tokens = |now| Tokens::from_directory(directory, now).expect("keys");
        let (live, passwords) = (LiveStore::in_memory(), Passwords::cheap(2).expect("hasher"));
        Self::assemble(database().await, live, passwords, tokens).await
    }

    async fn assemble(
        database: &Database,
        live: LiveStore,
        passwords: Passwords,
        tokens: impl FnOnce(Timestamp) -> Tokens,
    ) -> Self {
        let now: Timestamp = START.parse().expect("instant");
        let clock = Clock::standing_at(now);
        let db = database.connect().await;
        let company = Company::db_new(&db, database, now).await;
        let tokens = tokens(now);
        let post = Post {
            mailer: Mailer::Memory(Outbox::default()),
            seal: Seal::of_secret("tests", "one for all servers").expect("key"),
            public_url: "https://trunkline.example".to_owned(),
        };
        let providers = Providers::new(ProviderReach::Loopback, None).expect("client");
        let app = Arc::new(App::new(db, clock, tokens, passwords, live, post, providers));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("address"));
        let ops = Ops::default();
        // The programs of tests are slow, and many run at once.
        let transport =
            Settings { request_timeout: Duration::from_secs(60), ..Settings::default() };
        let options = ServerOptions { ops: ops.clone(), transport, ..ServerOptions::default() };
        let stopper = serve(Arc::clone(&app), listener, options);
        let client = reqwest::Client::new();
        Self { app, company, ops, address, client, _running: Arc::new(Guard(stopper)) }
    }

    /// Another server for the same company, with options of its own.
    pub(crate) fn beside(&self, options: ServerOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("address"));
        let ops = options.ops.clone();
        let stopper = serve(Arc::clone(&self.app), listener, options);
        Self {
            app: Arc::clone(&self.app),
            company: self.company.clone(),
            ops,
            address,
            client: self.client.clone(),
            _running: Arc::new(Guard(stopper)),
        }
    }

    /// A second company on the same server, whose people must never see anything of the first.
    pub(crate) async fn stranger(&self) -> Self {
        self.stranger_on(database().await).await
    }

    /// The same on the given database, which is that of the server.
    pub(crate) async fn stranger_on(&self, database: &Database) -> Self {
        let company = Company::db_new(&self.app.db, database, self.app.clock.now()).await;
        Self {
            app: Arc::clone(&self.app),
            company,
            ops: self.ops.clone(),
            address: self.address.clone(),
            client: self.client.clone(),
            _running: Arc::clone(&self._running),
        }
    }

    /// Somebody who has not signed in.
    pub(crate) fn anonymous(&self) -> Actor {
        Actor {
            client: self.client.clone(),
            address: self.address.clone(),
            credential: None,
            company: Some(self.company.clone()),
            _running: Some(Arc::clone(&self._running)),
        }
    }

    /// Who holds this token or key.
    pub(crate) fn with_credential(&self, credential: &str) -> Actor {
        self.anonymous().with_credential(credential)
    }

    /// A new user with one role, signed in.
    pub(crate) async fn user(&self, email: &str, role: Role, within: Within) -> Actor {
        self.company.db_user(&self.app.passwords, email, role, within).await;
        self.sign_in(email).await
    }

    /// Signs an existing user in.
    pub(crate) async fn sign_in(&self, email: &str) -> Actor {
        self.anonymous().sign_in(&self.company.slug, email).await
    }

    pub(crate) async fn planner(&self, site: SiteId) -> Actor {
        self.user(&format!("planner-{site}@example.com"), Role::Planner, Within::Site(site)).await
    }

    pub(crate) async fn site_manager(&self, site: SiteId) -> Actor {
        let email = format!("manager-{site}@example.com");
        self.user(&email, Role::SiteManager, Within::Site(site)).await
    }

    pub(crate) async fn leader(&self, team: TeamId) -> Actor {
        self.user(&format!("leader-{team}@example.com"), Role::TeamLeader, Within::Team(team)).await
    }

    pub(crate) async fn head_office(&self) -> Actor {
        self.user("office@example.com", Role::HeadOffice, Within::Tenant).await
    }

    pub(crate) async fn agent(&self, agent: AgentId) -> Actor {
        self.user(&format!("{agent}@example.com"), Role::Agent, Within::Own(agent)).await
    }

    /// A partner's program with this key.
    pub(crate) fn partner_with(&self, key: &str) -> Actor {
        Actor { credential: Some(key.to_owned()), ..self.anonymous() }
    }

    /// A partner's program with a key of these scopes, at these sites (none = all).
    pub(crate) async fn partner(&self, scopes: &[Permission], sites: &[SiteId]) -> Actor {
        self.partner_called("switch", scopes, sites).await
    }

    /// The same with a name, where there are several.
    pub(crate) async fn partner_called(
        &self,
        name: &str,
        scopes: &[Permission],
        sites: &[SiteId],
    ) -> Actor {
        let (id, secret) = self.company.db_client(name, scopes, sites).await;
        Actor { credential: Some(trunkline::identity::api_key(id, &secret)), ..self.anonymous() }
    }
}

/// Runs the server on a thread of its own: each test has a runtime of its own, which ends with it.
fn serve(app: Arc<App>, listener: TcpListener, options: ServerOptions) -> Stopper {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let options = ServerOptions { workers: 1, shutdown_seconds: 0, ..options };
            let running = start(&app, listener, options, |_| {}).expect("server");
            send.send(running.stopper()).expect("the test waits");
            running.server.await.expect("server");
        });
    });
    receive.recv().expect("a server that starts")
}

impl Actor {
    /// Somebody who has not signed in at a server that runs as a program of its own.
    pub(crate) fn at(address: &str) -> Self {
        let client = reqwest::Client::new();
        let address = address.to_owned();
        Self { client, address, credential: None, company: None, _running: None }
    }

    /// Who holds this token or key, at the same server.
    pub(crate) fn with_credential(&self, credential: &str) -> Self {
        Self { credential: Some(credential.to_owned()), ..self.clone() }
    }

    /// Signs a user of the company `slug` in.
    pub(crate) async fn sign_in(&self, slug: &str, email: &str) -> Self {
        let answer = self
            .ok(
                "mutation($input: SessionCreateInput!) {
                   sessionCreate(input: $input) { session { accessToken } userErrors { code } } }",
                json!({"input": {"tenantSlug": slug, "email": email, "password": PASSWORD}}),
            )
            .await;
        let token = answer["sessionCreate"]["session"]["accessToken"].as_str().expect("token");
        self.with_credential(token)
    }

    /// The token or key it calls with.
    pub(crate) fn credential(&self) -> &str {
        self.credential.as_deref().expect("somebody who has signed in")
    }

    /// Sends a document and gives the whole answer: `data`, `errors`.
    pub(crate) async fn send(&self, document: &str, variables: Value) -> Value {
        self.send_with_key(document, variables, None).await
    }

    /// A request with this body that is not yet sent.
    pub(crate) fn post(&self, body: &Value) -> reqwest::RequestBuilder {
        let request = self.client.post(format!("{}/graphql", self.address)).json(body);
        match &self.credential {
            Some(credential) => request.bearer_auth(credential),
            None => request,
        }
    }

    /// The same with an `Idempotency-Key`.
    pub(crate) async fn send_with_key(
        &self,
        document: &str,
        variables: Value,
        key: Option<&str>,
    ) -> Value {
        let number = REQUESTS.fetch_add(1, Ordering::Relaxed);
        let id = format!("journey-{}-{number}", std::process::id());
        let request = self.post(&json!({"query": document, "variables": variables}));
        let mut request = request.header("x-request-id", &id);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let response = request.send().await.expect("answer");
        let is_new = !response.headers().contains_key("idempotent-replayed");
        let answer: Value = response.json().await.expect("JSON");
        if let Some(company) = self.company.as_ref().filter(|_| is_new) {
            let silent = untold(company, document, &variables, &id, &answer).await;
            assert!(silent.is_empty(), "the audit does not tell of {silent:?}: {answer:#}");
        }
        answer
    }

    /// Sends a document that must succeed and gives its `data`.
    pub(crate) async fn ok(&self, document: &str, variables: Value) -> Value {
        let mut answer = self.send(document, variables).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].take()
    }

    /// Sends a document that must fail as a whole and gives the code of its first error.
    pub(crate) async fn error_code(&self, document: &str, variables: Value) -> String {
        let answer = self.send(document, variables).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("an error with a code: {answer:#}")).to_owned()
    }
}
