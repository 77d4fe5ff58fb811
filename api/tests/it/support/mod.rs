//! A server with a company of its own for each test, and the people who use it.

use std::sync::Arc;

use async_graphql::{Request, Variables};
use jiff::Timestamp;
use serde_json::{Value, json};
use trunkline::{
    app::App,
    graphql::{Operation, Schema, build_schema},
};
use trunkline_domain::{
    id::{AgentId, SiteId, TeamId},
    identity::{Permission, Role},
};
use trunkline_infra::{
    clock::Clock,
    identity::{Passwords, Tokens},
};
use trunkline_testkit::{Company, PASSWORD, Within, database};

/// A running server.
pub(crate) struct Server {
    pub(crate) app: Arc<App>,
    pub(crate) company: Company,
    schema: Schema,
}

/// Somebody who calls the API, or nobody in particular.
#[derive(Clone)]
pub(crate) struct Actor {
    app: Arc<App>,
    schema: Schema,
    credential: Option<String>,
}

/// The instant at which every test begins: Monday 2 March 2026, 20:00 in Shanghai.
pub(crate) const START: &str = "2026-03-02T12:00:00Z";

impl Server {
    /// A server with an empty company. Its clock stands at [`START`].
    pub(crate) async fn start() -> Self {
        let now: Timestamp = START.parse().expect("instant");
        let clock = Clock::standing_at(now);
        let database = database().await;
        let db = database.connect().await;
        let company = Company::db_new(&db, database, now).await;
        let tokens = Tokens::ephemeral().expect("key");
        let passwords = Passwords::cheap(2).expect("hasher");
        let app = Arc::new(App::new(db, clock, tokens, passwords));
        Self { app, company, schema: build_schema() }
    }

    /// A second company on the same server, whose people must never see anything of the first.
    pub(crate) async fn stranger(&self) -> Self {
        let company = Company::db_new(&self.app.db, database().await, self.app.clock.now()).await;
        Self { app: Arc::clone(&self.app), company, schema: self.schema.clone() }
    }

    /// Somebody who has not signed in.
    pub(crate) fn anonymous(&self) -> Actor {
        Actor { app: Arc::clone(&self.app), schema: self.schema.clone(), credential: None }
    }

    /// A new user with one role, signed in.
    pub(crate) async fn user(&self, email: &str, role: Role, within: Within) -> Actor {
        self.company.db_user(&self.app.passwords, email, role, within).await;
        self.sign_in(email).await
    }

    /// Signs an existing user in.
    pub(crate) async fn sign_in(&self, email: &str) -> Actor {
        let answer = self
            .anonymous()
            .ok(
                "mutation($input: SessionCreateInput!) {
                   sessionCreate(input: $input) { session { accessToken } userErrors { code } } }",
                json!({"input": {"tenantSlug": self.company.slug, "email": email, "password": PASSWORD}}),
            )
            .await;
        let token = answer["sessionCreate"]["session"]["accessToken"].as_str().expect("token");
        Actor { credential: Some(token.to_owned()), ..self.anonymous() }
    }

    pub(crate) async fn planner(&self, site: SiteId) -> Actor {
        self.user(&format!("planner-{site}@example.com"), Role::Planner, Within::Site(site)).await
    }

    #[expect(dead_code, reason = "the first journey of a site manager brings its use")]
    pub(crate) async fn site_manager(&self, site: SiteId) -> Actor {
        let email = format!("manager-{site}@example.com");
        self.user(&email, Role::SiteManager, Within::Site(site)).await
    }

    #[expect(dead_code, reason = "the first journey of a leader brings its use")]
    pub(crate) async fn leader(&self, team: TeamId) -> Actor {
        self.user(&format!("leader-{team}@example.com"), Role::TeamLeader, Within::Team(team)).await
    }

    pub(crate) async fn head_office(&self) -> Actor {
        self.user("office@example.com", Role::HeadOffice, Within::Tenant).await
    }

    #[expect(dead_code, reason = "the first journey of an agent brings its use")]
    pub(crate) async fn agent(&self, agent: AgentId) -> Actor {
        self.user(&format!("{agent}@example.com"), Role::Agent, Within::Own(agent)).await
    }

    /// A partner's program with a key of these scopes, at these sites (none = all).
    pub(crate) async fn partner(&self, scopes: &[Permission], sites: &[SiteId]) -> Actor {
        let (id, secret) = self.company.db_client("switch", scopes, sites).await;
        Actor { credential: Some(trunkline::identity::api_key(id, &secret)), ..self.anonymous() }
    }
}

impl Actor {
    /// Sends a document and gives the whole answer: `data`, `errors`.
    pub(crate) async fn send(&self, document: &str, variables: Value) -> Value {
        self.send_with_key(document, variables, None).await
    }

    /// The same with an `Idempotency-Key`.
    pub(crate) async fn send_with_key(
        &self,
        document: &str,
        variables: Value,
        key: Option<&str>,
    ) -> Value {
        let viewer = match &self.credential {
            None => None,
            Some(credential) => match self.app.authenticate(credential).await {
                Ok(caller) => caller.viewer,
                Err(error) => return json!({"errors": [{"extensions": {"code": error.code()}}]}),
            },
        };
        let operation = Operation::new(
            Arc::clone(&self.app),
            viewer,
            Arc::from("test"),
            None,
            key.map(str::to_owned),
        );
        let request = Request::new(document)
            .variables(Variables::from_json(variables))
            .data(Arc::new(operation));
        serde_json::to_value(self.schema.execute(request).await).expect("answer")
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
