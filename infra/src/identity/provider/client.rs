//! Talking to identity providers: discovery, keys, the exchange of a code (OpenID Connect).

use std::{path::Path, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonwebtoken::jwk::Jwk;
use moka::future::Cache;
use reqwest::{Client, RequestBuilder, Url, redirect::Policy};
use rustls::{ClientConfig, crypto::aws_lc_rs};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use trunkline_domain::identity::IdClaims;

use super::{
    ProviderReach,
    keys::{Reading, read_keys, read_token},
    roots::trusted,
};

/// A whole question, from the name to the last byte: three of them fit into the time of a request.
const PATIENCE: Duration = Duration::from_secs(3);
/// No document of a provider is larger.
const LARGEST: usize = 256 * 1024;
/// What a provider says of itself and its keys are remembered for so long.
const MEMORY: Duration = Duration::from_secs(600);
/// Providers that are remembered.
const MANY: u64 = 1000;

/// A provider did not do what it should. The text is for the log only: it may name addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ProviderFault(String);

impl ProviderFault {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

fn fault(why: impl Into<String>) -> ProviderFault {
    ProviderFault::new(why)
}

/// What a provider says of itself (OpenID Connect Discovery 1.0, 3), addresses checked.
#[derive(Debug, Clone)]
pub struct Discovered {
    issuer: String,
    authorization: Url,
    token: Url,
    keys: Url,
    /// Whether the client's secret goes into the header; else into the form.
    by_header: bool,
    /// Whether its answers name it (RFC 9207).
    names_itself: bool,
}

impl Discovered {
    /// Where a browser is sent to sign in.
    #[must_use]
    pub fn sign_in_url(&self, request: &SignInRequest<'_>) -> String {
        let SignInRequest { client_id, redirect_uri, state, nonce, challenge, anew } = request;
        let mut url = self.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", "openid email profile")
            .append_pair("state", state)
            .append_pair("nonce", nonce)
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "S256");
        if *anew {
            // OpenID Connect Core 1.0, 3.1.2.1: the one asks for it, the other has the token say so.
            url.query_pairs_mut().append_pair("prompt", "login").append_pair("max_age", "0");
        }
        url.into()
    }

    /// Whether an answer that names `issuer` may be of this provider.
    #[must_use]
    pub fn is_named(&self, issuer: Option<&str>) -> bool {
        issuer.map_or(!self.names_itself, |issuer| issuer == self.issuer)
    }
}

/// What a browser takes along to the provider.
#[derive(Debug, Clone, Copy)]
pub struct SignInRequest<'a> {
    /// Name of this program there.
    pub client_id: &'a str,
    /// Where the browser comes back to.
    pub redirect_uri: &'a str,
    /// Comes back with it.
    pub state: &'a str,
    /// Comes back in the token.
    pub nonce: &'a str,
    /// Hash of what the exchange will show (RFC 7636, S256).
    pub challenge: &'a str,
    /// Whether the provider is to ask anew whom it knows to have signed in there.
    pub anew: bool,
}

/// What a code is exchanged with.
#[derive(Debug, Clone, Copy)]
pub struct CodeExchange<'a> {
    /// Name of this program there.
    pub client_id: &'a str,
    /// Its secret.
    pub client_secret: &'a SecretString,
    /// Where the browser came back to.
    pub redirect_uri: &'a str,
    /// What it brought.
    pub code: &'a SecretString,
    /// Whose hash the browser took along.
    pub verifier: &'a str,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

/// The way to identity providers: no redirect is followed, no proxy of the environment asked, and
/// what they say is remembered for ten minutes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Providers {
    http: Client,
    reach: ProviderReach,
    known: Cache<String, Arc<Discovered>>,
    keys: Cache<Url, Arc<Vec<Jwk>>>,
}

impl Providers {
    /// The way there, as far as `reach` goes. The authorities in the file `authorities` (PEM) are
    /// believed beside the public ones.
    ///
    /// # Errors
    /// [`ProviderFault`] when that file cannot be read, or holds no authority.
    pub fn new(reach: ProviderReach, authorities: Option<&Path>) -> Result<Self, ProviderFault> {
        let broken = |why: &dyn std::fmt::Display| fault(why.to_string());
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| broken(&error))?
            .with_root_certificates(trusted(authorities)?)
            .with_no_client_auth();
        let http = Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(reach))
            .redirect(Policy::none())
            .no_proxy()
            .http1_only()
            .https_only(!reach.is_loopback())
            .referer(false)
            .timeout(PATIENCE)
            .user_agent(concat!("trunkline/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| broken(&error))?;
        Ok(Self {
            http,
            reach,
            known: Cache::builder().max_capacity(MANY).time_to_live(MEMORY).build(),
            keys: Cache::builder().max_capacity(MANY).time_to_live(MEMORY).build(),
        })
    }

    /// How far it goes.
    #[must_use]
    pub const fn reach(&self) -> ProviderReach {
        self.reach
    }

    /// What the provider with this issuer says of itself.
    ///
    /// # Errors
    /// [`ProviderFault`] when it cannot be reached, or says what it must not.
    pub async fn discover(&self, issuer: &str) -> Result<Arc<Discovered>, ProviderFault> {
        if let Some(known) = self.known.get(issuer).await {
            return Ok(known);
        }
        let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let url = self.reach.read(&place).ok_or_else(|| fault("an issuer out of reach"))?;
        let body = self.ask(self.http.get(url)).await?;
        let found = Arc::new(self.read_metadata(issuer, &body)?);
        self.known.insert(issuer.to_owned(), Arc::clone(&found)).await;
        Ok(found)
    }

    fn read_metadata(&self, issuer: &str, body: &[u8]) -> Result<Discovered, ProviderFault> {
        let metadata: Metadata =
            serde_json::from_slice(body).map_err(|error| fault(format!("discovery: {error}")))?;
        if metadata.issuer != issuer {
            return Err(fault("discovery names another issuer"));
        }
        let supports = |list: Option<&Vec<String>>, what: &str| {
            list.is_none_or(|list| list.iter().any(|it| it == what))
        };
        let methods = metadata.token_endpoint_auth_methods_supported.as_ref();
        let by_header = supports(methods, "client_secret_basic");
        if !by_header && !supports(methods, "client_secret_post") {
            return Err(fault("the provider takes no client secret"));
        }
        if !supports(metadata.code_challenge_methods_supported.as_ref(), "S256") {
            return Err(fault("the provider does not take S256"));
        }
        let read = |name: &str, text: &str| {
            self.reach.read(text).ok_or_else(|| fault(format!("{name} is out of reach")))
        };
        Ok(Discovered {
            issuer: metadata.issuer,
            authorization: read("authorization_endpoint", &metadata.authorization_endpoint)?,
            token: read("token_endpoint", &metadata.token_endpoint)?,
            keys: read("jwks_uri", &metadata.jwks_uri)?,
            by_header,
            names_itself: metadata.authorization_response_iss_parameter_supported,
        })
    }

    /// Exchanges a code for an ID token, which is read once its signature is checked. A key that is
    /// not known is asked for once.
    ///
    /// # Errors
    /// [`ProviderFault`] when the provider refuses, or its token is not signed by one of its keys.
    pub async fn exchange(
        &self,
        provider: &Discovered,
        exchange: CodeExchange<'_>,
    ) -> Result<IdClaims, ProviderFault> {
        let CodeExchange { client_id, client_secret, redirect_uri, code, verifier } = exchange;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let mut request = self.http.post(provider.token.clone());
        let secret = client_secret.expose_secret();
        if provider.by_header {
            // RFC 6749, 2.3.1: both are encoded as in a form first.
            let pair = format!("{}:{}", form_encoded(client_id), form_encoded(secret));
            request = request.header("authorization", format!("Basic {}", STANDARD.encode(pair)));
        } else {
            form.extend([("client_id", client_id), ("client_secret", secret)]);
        }
        let body = self.ask(request.form(&form)).await?;
        let answer: TokenAnswer =
            serde_json::from_slice(&body).map_err(|error| fault(format!("token: {error}")))?;
        let keys = self.keys_of(provider, false).await?;
        let mut reading = read_token(&answer.id_token, &keys);
        if matches!(reading, Reading::UnknownKey) {
            let keys = self.keys_of(provider, true).await?;
            reading = read_token(&answer.id_token, &keys);
        }
        match reading {
            Reading::Signed(claims) => Ok(*claims),
            Reading::UnknownKey => Err(fault("an ID token signed by an unknown key")),
            Reading::Bad(why) => Err(fault(format!("an ID token with {why}"))),
        }
    }

    async fn keys_of(
        &self,
        provider: &Discovered,
        anew: bool,
    ) -> Result<Arc<Vec<Jwk>>, ProviderFault> {
        if !anew && let Some(known) = self.keys.get(&provider.keys).await {
            return Ok(known);
        }
        let body = self.ask(self.http.get(provider.keys.clone())).await?;
        let keys = Arc::new(read_keys(&body).ok_or_else(|| fault("keys that are none"))?);
        self.keys.insert(provider.keys.clone(), Arc::clone(&keys)).await;
        Ok(keys)
    }

    /// The body of an answer with status 200, up to the largest there may be.
    async fn ask(&self, request: RequestBuilder) -> Result<Vec<u8>, ProviderFault> {
        let failed = |error: reqwest::Error| fault(error.without_url().to_string());
        let answer = request.header("accept", "application/json").send().await;
        let mut answer = answer.map_err(failed)?;
        if answer.status() != 200 {
            return Err(fault(format!("the provider answered {}", answer.status())));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > LARGEST {
                return Err(fault("the provider's answer does not end"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// `application/x-www-form-urlencoded` of visible ASCII.
fn form_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._*".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://id.example.com";

    fn metadata(change: impl FnOnce(&mut Value)) -> Result<Discovered, ProviderFault> {
        let mut said = json!({"issuer": ISSUER, "jwks_uri": "https://id.example.com/keys",
            "authorization_endpoint": "https://id.example.com/authorize?kind=staff",
            "token_endpoint": "https://id.example.com/token"});
        change(&mut said);
        let providers = Providers::new(ProviderReach::Public, None).expect("client");
        providers.read_metadata(ISSUER, said.to_string().as_bytes())
    }

    #[test]
    fn a_provider_that_says_what_it_must_not_is_refused() {
        type Change = fn(&mut Value);
        let bad: &[Change] = &[
            |it| it["issuer"] = json!("https://id.example.com/"),
            |it| it["issuer"] = json!("https://evil.example"),
            |it| it["token_endpoint"] = json!("http://id.example.com/token"),
            |it| it["token_endpoint"] = json!("https://169.254.169.254/latest"),
            |it| it["jwks_uri"] = json!("file:///etc/passwd"),
            |it| it["authorization_endpoint"] = json!("javascript:alert(1)"),
            |it| it["token_endpoint_auth_methods_supported"] = json!(["private_key_jwt"]),
            |it| it["code_challenge_methods_supported"] = json!(["plain"]),
            |it| *it = json!([]),
        ];
        for (number, change) in bad.iter().enumerate() {
            assert!(metadata(change).is_err(), "case {number}");
        }
        assert!(metadata(|_| ()).expect("good").by_header);
        let post = |it: &mut Value| {
            it["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
        };
        assert!(!metadata(post).expect("good").by_header);
    }

    #[test]
    fn a_browser_takes_everything_along_that_must_come_back() {
        let request = SignInRequest {
            client_id: "trunk line",
            redirect_uri: "https://trunkline.example/provider.html",
            state: "s",
            nonce: "n",
            challenge: "c",
            anew: false,
        };
        let taken = "https://id.example.com/authorize?kind=staff&response_type=code&client_id=trunk+line\
             &redirect_uri=https%3A%2F%2Ftrunkline.example%2Fprovider.html\
             &scope=openid+email+profile&state=s&nonce=n&code_challenge=c&code_challenge_method=S256";
        let provider = metadata(|_| ()).expect("good");
        assert_eq!(provider.sign_in_url(&request), taken);
        let anew = SignInRequest { anew: true, ..request };
        assert_eq!(provider.sign_in_url(&anew), format!("{taken}&prompt=login&max_age=0"));
    }

    #[test]
    fn an_answer_names_the_provider_where_it_says_it_will() {
        let silent = metadata(|_| ()).expect("good");
        assert!(silent.is_named(None) && silent.is_named(Some(ISSUER)));
        assert!(!silent.is_named(Some("https://evil.example")));
        let named = |it: &mut Value| {
            it["authorization_response_iss_parameter_supported"] = json!(true);
        };
        assert!(!metadata(named).expect("good").is_named(None));
    }

    #[test]
    fn a_secret_travels_as_in_a_form() {
        assert_eq!(form_encoded("s3cr:t%+="), "s3cr%3At%25%2B%3D");
    }
}
