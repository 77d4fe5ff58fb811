//! What an ID token says (OpenID Connect Core 1.0, 2) and whether it is believed (3.1.3.7). Its
//! signature has been checked before.

use jiff::{SignedDuration, Timestamp};

use super::{Email, ProviderTerms, provider::is_subject};

/// Clocks of provider and server may differ by so much.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// A token for signing in is good for minutes; one that claims to be good for longer than a day was
/// made for something else.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// The claims that matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdClaims {
    /// Who made it.
    pub iss: String,
    /// The person there; never given to another one.
    pub sub: String,
    /// The person in the provider's directory, the same for all programs, where there is one.
    pub oid: Option<String>,
    /// For whom it was made.
    pub aud: Vec<String>,
    /// Which of several it was made for.
    pub azp: Option<String>,
    /// First second at which it is void.
    pub exp: i64,
    /// Second at which it was made.
    pub iat: i64,
    /// First second at which it is good, when it says so.
    pub nbf: Option<i64>,
    /// What the sign-in that it answers was begun with.
    pub nonce: Option<String>,
    /// The person's address.
    pub email: Option<String>,
    /// Whether the provider knows that the address is the person's; `None` = it does not say.
    pub email_verified: Option<bool>,
    /// The person's name.
    pub name: Option<String>,
}

/// Somebody for whom a provider vouches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VouchedFor {
    /// The person at the provider.
    pub subject: String,
    /// Address that is believed, of a listed domain; without one the person is found by the subject
    /// alone.
    pub email: Option<Email>,
    /// Name, 1 to 100 characters, where the provider gives one.
    pub name: Option<String>,
}

/// Why a token is not believed. For the log; whoever signs in is told only that it did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Disbelief {
    /// Another provider made it.
    #[error("another issuer")]
    Issuer,
    /// It was made for another program.
    #[error("another audience")]
    Audience,
    /// Its time is over, has not begun, or is far too long.
    #[error("its time is over or has not begun")]
    Time,
    /// It answers another sign-in.
    #[error("another nonce")]
    Nonce,
    /// It names nobody.
    #[error("no subject")]
    Subject,
    /// The provider says that the address is not verified, or it is none.
    #[error("an e-mail address that is not verified")]
    Unverified,
    /// The provider may not vouch for this domain.
    #[error("an e-mail domain that is not listed")]
    Domain,
}

impl IdClaims {
    /// Decides at `now` whether the token answers the sign-in that was begun with `nonce` at the
    /// provider of `terms`.
    ///
    /// # Errors
    /// [`Disbelief`].
    pub fn believe(
        &self,
        terms: &ProviderTerms,
        nonce: &str,
        now: Timestamp,
    ) -> Result<VouchedFor, Disbelief> {
        if self.iss != terms.issuer {
            return Err(Disbelief::Issuer);
        }
        let (ours, others) = (&terms.client_id, self.aud.len() > 1);
        let named = self.azp.as_ref().map_or(!others, |azp| azp == ours);
        if !self.aud.contains(ours) || !named {
            return Err(Disbelief::Audience);
        }
        self.check_time(now)?;
        if self.nonce.as_deref() != Some(nonce) || nonce.is_empty() {
            return Err(Disbelief::Nonce);
        }
        let subject = if terms.known_by_oid { self.oid.as_ref() } else { Some(&self.sub) };
        let subject = subject.filter(|it| is_subject(it)).ok_or(Disbelief::Subject)?;
        let email = self.believed_email(terms)?;
        let name = self.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let name = name.map(|name| name.chars().take(100).collect());
        Ok(VouchedFor { subject: subject.clone(), email, name })
    }

    /// The address, if it may lead to a user. Whoever may write an address into the directory of a
    /// provider that does not verify it could take over the account of its owner; so silence is no
    /// proof, unless the tenant has said that it is for its own domains.
    fn believed_email(&self, terms: &ProviderTerms) -> Result<Option<Email>, Disbelief> {
        let Some(email) = &self.email else { return Ok(None) };
        let email = Email::parse("email", email).map_err(|_| Disbelief::Unverified)?;
        if self.email_verified == Some(false) {
            return Err(Disbelief::Unverified);
        }
        if !terms.covers(&email) {
            return Err(Disbelief::Domain);
        }
        Ok(Some(email).filter(|_| self.email_verified == Some(true) || terms.trusts_emails))
    }

    fn check_time(&self, now: Timestamp) -> Result<(), Disbelief> {
        let (early, late) = ((now + LEEWAY).as_second(), (now - LEEWAY).as_second());
        let over = self.exp <= late || self.exp > (now + LONGEST).as_second();
        let begun = self.iat <= early && self.nbf.is_none_or(|nbf| nbf <= early);
        let old = self.iat < (now - LONGEST).as_second();
        if over || !begun || old { Err(Disbelief::Time) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).expect("instant")
    }

    fn terms() -> ProviderTerms {
        ProviderTerms {
            issuer: "https://id.example.com".to_owned(),
            client_id: "trunkline".to_owned(),
            email_domains: vec!["example.com".to_owned()],
            creates_users: false,
            trusts_emails: false,
            known_by_oid: false,
        }
    }

    fn good() -> IdClaims {
        IdClaims {
            iss: "https://id.example.com".to_owned(),
            sub: "248289761001".to_owned(),
            oid: None,
            aud: vec!["trunkline".to_owned()],
            azp: None,
            exp: 1_800_000_300,
            iat: 1_800_000_000,
            nbf: None,
            nonce: Some("n".to_owned()),
            email: Some("Lin.Yue@Example.com".to_owned()),
            email_verified: Some(true),
            name: Some(" ".to_owned()),
        }
    }

    fn change(change: impl FnOnce(&mut IdClaims)) -> Result<VouchedFor, Disbelief> {
        let mut claims = good();
        change(&mut claims);
        claims.believe(&terms(), "n", now())
    }

    #[test]
    fn a_token_that_answers_the_sign_in_is_believed() {
        let person = change(|_| ()).expect("believed");
        assert_eq!(person.email.as_ref().map(Email::as_str), Some("lin.yue@example.com"));
        assert_eq!((person.subject.as_str(), person.name), ("248289761001", None));
        let named = change(|it| it.name = Some(" Lin Yue ".to_owned())).expect("believed");
        assert_eq!(named.name.as_deref(), Some("Lin Yue"));
        let several = |it: &mut IdClaims| {
            it.aud.push("other".to_owned());
            it.azp = Some("trunkline".to_owned());
        };
        assert!(change(several).is_ok());
    }

    #[test]
    fn each_claim_alone_makes_it_unbelievable() {
        use Disbelief::{Audience, Domain, Issuer, Nonce, Subject, Time, Unverified};
        type Change = fn(&mut IdClaims);
        let bad: &[(Change, Disbelief)] = &[
            (|it| it.iss.push('/'), Issuer),
            (|it| it.aud = vec!["other".to_owned()], Audience),
            (|it| it.aud.clear(), Audience),
            (|it| it.aud.push("other".to_owned()), Audience),
            (|it| it.azp = Some("other".to_owned()), Audience),
            (|it| it.exp = 1_799_999_940, Time),
            (|it| it.exp = 1_800_000_000 + 86_401, Time),
            (|it| it.iat = 1_800_000_061, Time),
            (|it| it.iat = 1_800_000_000 - 86_401, Time),
            (|it| it.nbf = Some(1_800_000_061), Time),
            (|it| it.nonce = None, Nonce),
            (|it| it.nonce = Some("m".to_owned()), Nonce),
            (|it| it.sub.clear(), Subject),
            (|it| it.sub = "x".repeat(256), Subject),
            (|it| it.sub.push('\0'), Subject),
            (|it| it.email = Some("lin.yue".to_owned()), Unverified),
            (|it| it.email_verified = Some(false), Unverified),
            (|it| it.email = Some("lin.yue@example.org".to_owned()), Domain),
        ];
        for (number, (spoil, why)) in bad.iter().enumerate() {
            assert_eq!(change(spoil).expect_err("spoilt"), *why, "case {number}");
        }
    }

    #[test]
    fn people_are_known_by_the_claim_that_the_tenant_has_chosen() {
        let both = IdClaims { oid: Some("0f1c".to_owned()), ..good() };
        let by_oid = ProviderTerms { known_by_oid: true, ..terms() };
        let subject = |claims: &IdClaims, terms: &ProviderTerms| {
            claims.believe(terms, "n", now()).map(|it| it.subject)
        };
        assert_eq!(subject(&both, &terms()).as_deref(), Ok("248289761001"));
        assert_eq!(subject(&both, &by_oid).as_deref(), Ok("0f1c"));
        assert_eq!(subject(&good(), &by_oid), Err(Disbelief::Subject), "not by another one");
    }

    #[test]
    fn an_address_of_which_the_provider_says_nothing_leads_to_nobody_unless_the_tenant_trusts_it() {
        let silent = IdClaims { email_verified: None, ..good() };
        let trusting = ProviderTerms { trusts_emails: true, ..terms() };
        let email = |claims: &IdClaims, terms: &ProviderTerms| {
            let person = claims.believe(terms, "n", now())?;
            Ok(person.email.map(|email| email.as_str().to_owned()))
        };
        assert_eq!(email(&silent, &terms()), Ok(None), "the subject alone");
        assert_eq!(email(&silent, &trusting), Ok(Some("lin.yue@example.com".to_owned())));
        let denied = IdClaims { email_verified: Some(false), ..good() };
        assert_eq!(
            email(&denied, &trusting),
            Err(Disbelief::Unverified),
            "trust does not overrule"
        );
        let foreign = IdClaims { email: Some("lin.yue@example.org".to_owned()), ..silent };
        assert_eq!(email(&foreign, &trusting), Err(Disbelief::Domain));
        let nameless = IdClaims { email: None, ..good() };
        assert_eq!(email(&nameless, &trusting), Ok(None), "no address at all");
    }

    #[test]
    fn clocks_may_differ_by_a_minute() {
        assert!(change(|it| it.exp = 1_799_999_941).is_ok());
        assert!(change(|it| it.iat = 1_800_000_060).is_ok());
    }

    #[test]
    fn a_sign_in_without_a_nonce_is_answered_by_nothing() {
        let mut claims = good();
        claims.nonce = Some(String::new());
        assert_eq!(claims.believe(&terms(), "", now()), Err(Disbelief::Nonce));
    }
}
