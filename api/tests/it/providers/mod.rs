//! Signing in by a company's own identity provider.

mod answers;
mod fake;
mod journey;
mod linking;
mod settings;
mod step_up;

use serde_json::{Value, json};
use trunkline_domain::identity::Role;
use trunkline_testkit::{PASSWORD, Within};

use self::fake::{CLIENT, Fake, SECRET, Signed, Visit};
use crate::support::{Actor, Server};

const SET: &str = "mutation($input: IdentityProviderSetInput!) {
  identityProviderSet(input: $input) {
    identityProvider { issuer clientId emailDomains createsUsers trustsEmails redirectUri }
    userErrors { code path } } }";
const BEGIN: &str = "mutation($input: ProviderSignInBeginInput!) {
  providerSignInBegin(input: $input) { signIn { url browserKey } userErrors { code message path params { name } } } }";
const FINISH: &str = "mutation($input: SessionCreateByProviderInput!) {
  sessionCreateByProvider(input: $input) {
    session { accessToken refreshToken } userErrors { code message path params { name } } } }";

/// A sign-in under way, as the browser that began it has it.
struct Begun {
    url: String,
    key: String,
}

impl Begun {
    fn read(begun: &Value) -> Self {
        let text = |name: &str| begun["signIn"][name].as_str().expect(name).to_owned();
        Self { url: text("url"), key: text("browserKey") }
    }
}

/// A company whose people sign in by a provider.
struct Guest<'a> {
    server: &'a Server,
    fake: &'a Fake,
}

impl Guest<'_> {
    /// What an administrator says of the provider.
    fn input(&self) -> Value {
        json!({"issuer": self.fake.issuer(), "clientId": CLIENT, "clientSecret": SECRET,
               "emailDomains": [self.domain()], "password": PASSWORD})
    }

    fn domain(&self) -> String {
        format!("{}.example", self.server.company.slug)
    }

    async fn admin(&self, name: &str) -> Actor {
        self.server.user(&self.server.address_of(name), Role::TenantAdmin, Within::Tenant).await
    }

    /// Sets the provider as an administrator who may be told apart by `name`.
    async fn configure(&self, name: &str, change: impl FnOnce(&mut Value)) -> Actor {
        let admin = self.admin(name).await;
        let mut input = self.input();
        change(&mut input);
        let answer = admin.ok(SET, json!({"input": input})).await;
        assert_eq!(answer["identityProviderSet"]["userErrors"], json!([]));
        admin
    }

    async fn try_begin(&self) -> Value {
        let input = json!({"tenantSlug": self.server.company.slug});
        self.server.anonymous().ok(BEGIN, json!({"input": input})).await["providerSignInBegin"]
            .take()
    }

    async fn begin(&self) -> Begun {
        Begun::read(&self.try_begin().await)
    }

    /// The same for somebody who is to be asked anew.
    async fn begin_anew(&self) -> Begun {
        let input = json!({"tenantSlug": self.server.company.slug, "reauthenticate": true});
        let answer = self.server.anonymous().ok(BEGIN, json!({"input": input})).await;
        Begun::read(&answer["providerSignInBegin"])
    }

    /// Signs in at the provider, which says of the person what `said` says.
    fn approve(&self, begun: &Begun, said: &Value, signed: Signed) -> Visit {
        let now = self.server.app.clock.now().as_second();
        let mut all = json!({"email": self.server.address_of("li.na")});
        for (name, value) in said.as_object().expect("claims") {
            all[name] = value.clone();
        }
        self.fake.approve(&begun.url, now, &all, signed)
    }

    /// Comes back to the server with what a browser has.
    async fn finish(&self, key: &str, visit: &Visit) -> Value {
        let input = json!({"browserKey": key, "state": visit.state, "code": visit.code});
        let answer = self.server.anonymous().ok(FINISH, json!({"input": input})).await;
        answer["sessionCreateByProvider"].clone()
    }

    /// The whole way of somebody of whom the provider says what `said` says.
    async fn sign_in(&self, said: Value) -> Value {
        self.sign_in_with(&said, Signed::Rsa).await
    }

    async fn sign_in_with(&self, said: &Value, signed: Signed) -> Value {
        let begun = self.begin().await;
        let visit = self.approve(&begun, said, signed);
        self.finish(&begun.key, &visit).await
    }

    /// Somebody whom an administrator has made a user.
    async fn invited(&self, name: &str, role: Role) {
        let email = self.server.address_of(name);
        self.server.company.db_user(&self.server.app.passwords, &email, role, Within::Tenant).await;
    }
}

fn is_in(payload: &Value) -> bool {
    payload["session"]["accessToken"].is_string() && payload["userErrors"] == json!([])
}

/// The one answer for whoever is not let in.
fn refused() -> Value {
    json!({"session": null, "userErrors": [{"code": "PROVIDER_REFUSED", "path": null, "params": [],
        "message": "The identity provider did not let you in here. Begin anew, or ask your administrator."}]})
}
