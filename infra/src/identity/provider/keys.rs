//! The signature of an ID token, by the keys that its provider publishes.

use std::str::FromStr as _;

use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::{Number, Value, json};
use trunkline_domain::identity::IdClaims;

/// No ID token of a provider that does its work is longer.
const LONGEST: usize = 16 * 1024;
/// Signatures by key pairs. A secret that both sides know proves nothing to a third, and `none`
/// proves nothing to anybody.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What a provider publishes. Keys of kinds that nobody here can use are passed over.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// The keys of a key set (RFC 7517); `None` when it is none.
pub(super) fn read_keys(body: &[u8]) -> Option<Vec<Jwk>> {
    let set: KeySet = serde_json::from_slice(body).ok()?;
    Some(set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
}

/// What came of a token.
pub(super) enum Reading {
    /// Signed by one of the keys.
    Signed(Box<IdClaims>),
    /// Names a key that is not among them: it may be a new one.
    UnknownKey,
    /// Nothing of the kind; the word is for the log.
    Bad(&'static str),
}

/// Checks the signature of a token and reads it.
pub(super) fn read_token(token: &str, keys: &[Jwk]) -> Reading {
    if token.len() > LONGEST {
        return Reading::Bad("too long");
    }
    let Ok(header) = decode_header(token) else {
        return Reading::Bad("no token, or of an unknown algorithm");
    };
    if !ALGORITHMS.contains(&header.alg) {
        return Reading::Bad("an algorithm that is not allowed");
    }
    let Some(key) = key_of(&header, keys) else { return Reading::UnknownKey };
    let Ok(key) = DecodingKey::from_jwk(key) else { return Reading::Bad("a broken key") };
    let mut validation = Validation::new(header.alg);
    // What the token says is judged by the domain, by the server's own clock.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    match decode::<Written>(token, &key, &validation) {
        Ok(read) => match read.claims.claims() {
            Some(claims) => Reading::Signed(Box::new(claims)),
            None => Reading::Bad("a time that is none"),
        },
        Err(_) => Reading::Bad("a wrong signature, or claims that cannot be read"),
    }
}

/// The key that the header names, or the only one there can be when it names none.
fn key_of<'a>(header: &Header, keys: &'a [Jwk]) -> Option<&'a Jwk> {
    let mut fitting = keys.iter().filter(|key| {
        let named = header.kid.is_none() || key.common.key_id == header.kid;
        named && fits(key, header.alg)
    });
    let first = fitting.next();
    let is_clear = header.kid.is_some() || fitting.next().is_none();
    first.filter(|_| is_clear)
}

fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let of_use = !matches!(
        key.common.public_key_use,
        Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_))
    );
    let of_algorithm = key.common.key_algorithm.as_ref().is_none_or(|named| {
        Algorithm::from_str(&named.to_string()).is_ok_and(|it| it == algorithm)
    });
    let of_kind = match (&key.algorithm, algorithm) {
        (
            AlgorithmParameters::RSA(_),
            Algorithm::RS256
            | Algorithm::RS384
            | Algorithm::RS512
            | Algorithm::PS256
            | Algorithm::PS384
            | Algorithm::PS512,
        ) => true,
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => {
            key.curve == EllipticCurve::P256
        }
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES384) => {
            key.curve == EllipticCurve::P384
        }
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => {
            key.curve == EllipticCurve::Ed25519
        }
        _ => false,
    };
    of_use && of_algorithm && of_kind
}

/// The claims as they are written; one that stands there twice is refused by the reader.
#[derive(Deserialize)]
struct Written {
    iss: String,
    sub: String,
    oid: Option<String>,
    aud: Audience,
    azp: Option<String>,
    exp: Number,
    iat: Number,
    nbf: Option<Number>,
    nonce: Option<String>,
    auth_time: Option<Number>,
    email: Option<String>,
    // Some write the word in quotes; who does so has not read the specification.
    email_verified: Option<Value>,
    // What Microsoft Entra ID says instead, when it is asked for this optional claim: whether the
    // address is of a domain whose owner is known to be the directory's. Written in several ways.
    xms_edov: Option<Value>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Written {
    fn claims(self) -> Option<IdClaims> {
        let Self { iss, sub, oid, aud, azp, exp, iat, nbf, nonce, email, name, .. } = self;
        let email_verified = verified(self.email_verified, self.xms_edov);
        Some(IdClaims {
            iss,
            sub,
            oid,
            aud: match aud {
                Audience::One(one) => vec![one],
                Audience::Several(several) => several,
            },
            azp,
            exp: second(&exp)?,
            iat: second(&iat)?,
            nbf: match nbf {
                None => None,
                Some(nbf) => Some(second(&nbf)?),
            },
            auth_time: match self.auth_time {
                None => None,
                Some(at) => Some(second(&at)?),
            },
            nonce,
            email,
            email_verified,
            name,
        })
    }
}

/// Whether the address is verified; `None` when nothing is said of it. What says something else than
/// yes says no.
fn verified(email_verified: Option<Value>, xms_edov: Option<Value>) -> Option<bool> {
    match (email_verified, xms_edov) {
        (Some(said), _) => Some(said == Value::Bool(true)),
        (None, Some(said)) => {
            Some([json!(true), json!(1), json!("1"), json!("true")].contains(&said))
        }
        (None, None) => None,
    }
}

/// RFC 7519 lets a time have a fraction.
fn second(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let seconds = number.as_f64().filter(|it| (0.0..1e12).contains(it))?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "within bounds, the fraction is not wanted"
        )]
        Some(seconds as i64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(set: &Value) -> Vec<Jwk> {
        read_keys(set.to_string().as_bytes()).expect("a key set")
    }

    fn header(alg: Algorithm, kid: Option<&str>) -> Header {
        Header { kid: kid.map(str::to_owned), ..Header::new(alg) }
    }

    fn ed25519(kid: &str) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "kid": kid,
               "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    }

    #[test]
    fn keys_of_unknown_kinds_do_not_hide_the_others() {
        let set = json!({"keys": [{"kty": "lattice", "kid": "new"}, {"no": "key"}, ed25519("a")]});
        let keys = keys(&set);
        assert!(key_of(&header(Algorithm::EdDSA, Some("a")), &keys).is_some());
        assert!(key_of(&header(Algorithm::EdDSA, Some("new")), &keys).is_none());
        assert!(read_keys(b"[]").is_none());
    }

    #[test]
    fn a_key_serves_what_it_was_made_for() {
        let mut encrypting = ed25519("a");
        encrypting["use"] = json!("enc");
        let mut of_another = ed25519("a");
        of_another["alg"] = json!("ES256");
        let shared = json!({"kty": "oct", "kid": "a", "k": "c2VjcmV0"});
        for key in [encrypting, of_another, shared] {
            let keys = keys(&json!({"keys": [key]}));
            assert!(key_of(&header(Algorithm::EdDSA, Some("a")), &keys).is_none(), "{keys:?}");
        }
        let keys = keys(&json!({"keys": [ed25519("a")]}));
        assert!(key_of(&header(Algorithm::RS256, Some("a")), &keys).is_none(), "another kind");
    }

    #[test]
    fn a_token_that_names_no_key_is_signed_by_the_only_one() {
        let one = keys(&json!({"keys": [ed25519("a")]}));
        let two = keys(&json!({"keys": [ed25519("a"), ed25519("b")]}));
        assert!(key_of(&header(Algorithm::EdDSA, None), &one).is_some());
        assert!(key_of(&header(Algorithm::EdDSA, None), &two).is_none());
    }

    #[test]
    fn an_address_is_verified_when_the_provider_says_so_in_its_own_words() {
        let said = |verified: Value, edov: Value| {
            let there = |it: Value| Some(it).filter(|it| !it.is_null());
            super::verified(there(verified), there(edov))
        };
        let nothing = Value::Null;
        assert_eq!(said(nothing.clone(), nothing.clone()), None);
        assert_eq!(said(json!(true), nothing.clone()), Some(true));
        for no in [json!(false), json!("true"), json!(1)] {
            assert_eq!(
                said(no.clone(), json!(true)),
                Some(false),
                "{no}: its own word counts first"
            );
        }
        for yes in [json!(true), json!("1"), json!(1), json!("true")] {
            assert_eq!(said(nothing.clone(), yes.clone()), Some(true), "{yes}");
        }
        for no in [json!(false), json!("0"), json!(0), json!("no")] {
            assert_eq!(said(nothing.clone(), no.clone()), Some(false), "{no}");
        }
    }

    #[test]
    fn what_is_no_token_is_bad_and_not_only_unknown() {
        let keys = keys(&json!({"keys": [ed25519("a")]}));
        // {"alg":"none"} and {"alg":"HS256"}
        for token in [
            "",
            "a.b.c",
            "eyJhbGciOiJub25lIn0.e30.",
            "eyJhbGciOiJIUzI1NiJ9.e30.AA",
            &"a".repeat(20_000),
        ] {
            assert!(matches!(read_token(token, &keys), Reading::Bad(_)), "{token}");
        }
    }
}
