//! An identity provider for the tests: keys of its own, and as wrong as it is told to be.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    web::{self, Data, Form},
};
use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
        RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Name of the program at every fake provider.
pub const CLIENT: &str = "trunkline";
/// Its secret, with what a header must not carry as it is.
pub const SECRET: &str = "s3cr:t%25+";

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    Rsa,
    Ed25519,
    Ec,
    /// `alg` none.
    Not,
    /// HS256, with the public key as secret.
    ByPublicKey,
    /// By a key that is not published, under the name of one that is.
    ByAnother,
    /// By a key that is not published, under its own name.
    ByUnknown,
    /// By a key that is not published, which stands in the token's head.
    ByOwnHead,
    /// As it should be, and then changed.
    Broken,
}

/// How the provider answers when it is asked for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manners {
    Good,
    /// Sends elsewhere.
    Redirects(String),
    /// Says more than anybody listens to.
    Endless,
    /// Says nothing.
    Silent,
    /// Names another issuer in its discovery.
    Misnamed,
}

struct Keys {
    generation: u32,
    rsa: RsaKeyPair,
    ed: Ed25519KeyPair,
    ec: EcdsaKeyPair,
}

impl Keys {
    fn new(generation: u32) -> Self {
        let ec = &ECDSA_P256_SHA256_FIXED_SIGNING;
        Self {
            generation,
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).expect("key"),
            ed: Ed25519KeyPair::generate().expect("key"),
            ec: EcdsaKeyPair::generate(ec).expect("key"),
        }
    }

    fn kid(&self, kind: &str) -> String {
        format!("{kind}-{}", self.generation)
    }

    fn rsa_jwk(&self) -> Value {
        // RSAPublicKey (RFC 8017, A.1.1) of 2048 bits: the modulus lies between nine bytes of heads
        // and the exponent.
        let modulus = &self.rsa.public_key().as_ref()[9..265];
        json!({"kty": "RSA", "kid": self.kid("rsa"), "use": "sig", "alg": "RS256",
               "n": encoded(modulus), "e": "AQAB"})
    }

    fn published(&self) -> Value {
        // An uncompressed point: 4, x, y.
        let point = self.ec.public_key().as_ref();
        json!({"keys": [
            self.rsa_jwk(),
            {"kty": "OKP", "crv": "Ed25519", "kid": self.kid("ed"), "x": encoded(self.ed.public_key().as_ref())},
            {"kty": "EC", "crv": "P-256", "kid": self.kid("ec"), "x": encoded(&point[1..33]), "y": encoded(&point[33..])},
            {"kty": "lattice", "kid": "of-tomorrow"},
        ]})
    }

    fn sign_rsa(&self, text: &str) -> Vec<u8> {
        let mut signature = vec![0; self.rsa.public_modulus_len()];
        let random = SystemRandom::new();
        self.rsa.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).expect("signed");
        signature
    }

    fn token(&self, claims: &Value, signed: Signed) -> String {
        let stranger = || Self::new(self.generation + 1000);
        let (alg, kid) = match signed {
            Signed::Not => ("none", self.kid("rsa")),
            Signed::ByPublicKey => ("HS256", self.kid("rsa")),
            Signed::Ed25519 => ("EdDSA", self.kid("ed")),
            Signed::Ec => ("ES256", self.kid("ec")),
            Signed::ByUnknown => ("RS256", "nobody-knows".to_owned()),
            _ => ("RS256", self.kid("rsa")),
        };
        let mut head = json!({"alg": alg, "kid": kid, "typ": "JWT"});
        let other = matches!(signed, Signed::ByAnother | Signed::ByUnknown | Signed::ByOwnHead)
            .then(stranger);
        if let (Signed::ByOwnHead, Some(other)) = (signed, &other) {
            head["jwk"] = other.rsa_jwk();
        }
        let text = format!(
            "{}.{}",
            encoded(head.to_string().as_bytes()),
            encoded(claims.to_string().as_bytes())
        );
        let signature = match signed {
            Signed::Not => Vec::new(),
            Signed::ByPublicKey => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, self.rsa.public_key().as_ref());
                hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
            }
            Signed::Ed25519 => self.ed.sign(text.as_bytes()).as_ref().to_vec(),
            Signed::Ec => self
                .ec
                .sign(&SystemRandom::new(), text.as_bytes())
                .expect("signed")
                .as_ref()
                .to_vec(),
            Signed::Broken => {
                let mut signature = self.sign_rsa(&text);
                signature[7] ^= 1;
                signature
            }
            _ => other.as_ref().unwrap_or(self).sign_rsa(&text),
        };
        format!("{text}.{}", encoded(&signature))
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What the browser was sent with, and what the token will say.
struct Grant {
    request: BTreeMap<String, String>,
    claims: Value,
    signed: Signed,
}

struct State {
    issuer: String,
    keys: Keys,
    manners: Manners,
    grants: BTreeMap<String, Grant>,
    /// How often each path was asked for.
    asked: BTreeMap<&'static str, usize>,
}

/// A running provider.
#[derive(Clone)]
pub struct Fake(Arc<Mutex<State>>);

/// What a browser brings back.
#[derive(Debug, Clone)]
pub struct Visit {
    pub state: String,
    pub code: String,
}

impl Fake {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("address"));
        let fake = Self(Arc::new(Mutex::new(State {
            issuer,
            keys: Keys::new(1),
            manners: Manners::Good,
            grants: BTreeMap::new(),
            asked: BTreeMap::new(),
        })));
        let data = Data::new(fake.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/.well-known/openid-configuration", web::get().to(discovery))
                .route("/keys", web::get().to(keys))
                .route("/token", web::post().to(token))
        });
        let server = server.workers(1).disable_signals().listen(listener).expect("listening");
        tokio::spawn(server.run());
        fake
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no panic")
    }

    pub fn issuer(&self) -> String {
        self.state().issuer.clone()
    }

    pub fn behaves(&self, manners: Manners) {
        self.state().manners = manners;
    }

    /// Signs with new keys from now on, and publishes no others.
    pub fn rotate(&self) {
        let mut state = self.state();
        state.keys = Keys::new(state.keys.generation + 1);
    }

    pub fn asked(&self, path: &str) -> usize {
        self.state().asked.get(path).copied().unwrap_or(0)
    }

    /// Lets somebody sign in whose browser was sent to `url`, at `now` by everybody's clock. `said`
    /// replaces claims of the token; `null` leaves one out.
    pub fn approve(&self, url: &str, now: i64, said: &Value, signed: Signed) -> Visit {
        let url = reqwest::Url::parse(url).expect("address");
        let request: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        let mut state = self.state();
        assert!(url.as_str().starts_with(&format!("{}/authorize?", state.issuer)), "{url}");
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("code_challenge_method", "S256"),
            ("redirect_uri", "https://trunkline.example/provider.html"),
            ("scope", "openid email profile"),
        ] {
            assert_eq!(request[name], value, "{name}");
        }
        let mut claims = json!({"iss": state.issuer, "sub": "248289761001", "aud": CLIENT,
            "exp": now + 300, "iat": now, "nonce": request["nonce"], "email_verified": true});
        // OpenID Connect Core 1.0, 3.1.2.1: who asks how long ago it was is told.
        if request.contains_key("max_age") {
            claims["auth_time"] = json!(now);
        }
        let all = claims.as_object_mut().expect("claims");
        for (name, value) in said.as_object().expect("claims") {
            match value {
                Value::Null => all.remove(name),
                value => all.insert(name.clone(), value.clone()),
            };
        }
        let code = format!("code-{}", state.grants.len());
        let visit = Visit { state: request["state"].clone(), code: code.clone() };
        state.grants.insert(code, Grant { request, claims, signed });
        visit
    }
}

/// Counts the question and answers it as the provider behaves now.
async fn answer(
    fake: &Fake,
    path: &'static str,
    good: impl FnOnce(&State) -> Value,
) -> HttpResponse {
    let manners = {
        let mut state = fake.state();
        *state.asked.entry(path).or_default() += 1;
        state.manners.clone()
    };
    match manners {
        Manners::Good => HttpResponse::Ok().json(good(&fake.state())),
        Manners::Misnamed => {
            let mut said = good(&fake.state());
            said["issuer"] = json!("https://somebody.else.example");
            HttpResponse::Ok().json(said)
        }
        Manners::Redirects(place) => {
            HttpResponse::Found().insert_header(("location", place)).finish()
        }
        Manners::Endless => HttpResponse::Ok().body(vec![b' '; 1024 * 1024]),
        Manners::Silent => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            HttpResponse::Ok().finish()
        }
    }
}

async fn discovery(fake: Data<Fake>) -> HttpResponse {
    answer(&fake, "discovery", |state| {
        let at = |path: &str| format!("{}{path}", state.issuer);
        json!({"issuer": state.issuer, "authorization_endpoint": at("/authorize"),
               "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
               "code_challenge_methods_supported": ["plain", "S256"]})
    })
    .await
}

async fn keys(fake: Data<Fake>) -> HttpResponse {
    answer(&fake, "keys", |state| state.keys.published()).await
}

#[derive(Deserialize)]
struct Exchange {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
}

async fn token(fake: Data<Fake>, request: HttpRequest, form: Form<Exchange>) -> HttpResponse {
    let header = request.headers().get("authorization").and_then(|it| it.to_str().ok());
    // RFC 6749, 2.3.1: both encoded as in a form.
    let known = format!("Basic {}", STANDARD.encode("trunkline:s3cr%3At%2525%2B"));
    // A code is good once.
    let grant = fake.state().grants.remove(&form.code);
    let challenge = encoded(&Sha256::digest(form.code_verifier.as_bytes()));
    let Some(grant) = grant.filter(|grant| {
        header == Some(known.as_str())
            && form.grant_type == "authorization_code"
            && grant.request["redirect_uri"] == form.redirect_uri
            && grant.request["code_challenge"] == challenge
    }) else {
        return HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
    };
    answer(&fake, "token", |state| {
        let id_token = state.keys.token(&grant.claims, grant.signed);
        json!({"access_token": "unused", "token_type": "Bearer", "id_token": id_token})
    })
    .await
}
