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
    /// Second at which the person last showed the provider who they are, when it says so.
    pub auth_time: Option<i64>,
    /// The person's address.
    pub email: Option<String>,
    /// Whether the provider knows that the address is the person's; `None` = it does not say.
    pub email_verified: Option<bool>,
    /// The person's name.
    pub name: Option<String>,
}

/// What a sign-in was begun with, as far as its token has to answer it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun<'a> {
    /// The nonce that was sent along.
    pub nonce: &'a str,
    /// Since when the person must have shown who they are; `None` = a sign-in of before will do.
    pub anew_since: Option<Timestamp>,
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
    /// When the person last showed the provider who they are, where it says so; not after now.
    pub proved_at: Option<Timestamp>,
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
    /// The person was to be asked anew and was not, or the provider does not say when it was.
    #[error("the person was not asked anew")]
    NotAnew,
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
    /// Decides at `now` whether the token answers the sign-in that was begun with `begun` at the
    /// provider of `terms`.
    ///
    /// # Errors
    /// [`Disbelief`].
    pub fn believe(
        &self,
        terms: &ProviderTerms,
        begun: Begun<'_>,
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
        let Begun { nonce, anew_since } = begun;
        if self.nonce.as_deref() != Some(nonce) || nonce.is_empty() {
            return Err(Disbelief::Nonce);
        }
        let proved_at = self.proved_at(anew_since, now)?;
        let subject = if terms.known_by_oid { self.oid.as_ref() } else { Some(&self.sub) };
        let subject = subject.filter(|it| is_subject(it)).ok_or(Disbelief::Subject)?;
        let email = self.believed_email(terms)?;
        let name = self.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let name = name.map(|name| name.chars().take(100).collect());
        Ok(VouchedFor { subject: subject.clone(), email, name, proved_at })
    }

    /// When the person last showed who they are (3.1.3.7, 13). Who was sent to be asked anew and has only
    /// been waved through by the provider has proved nothing.
    fn proved_at(
        &self,
        anew_since: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Disbelief> {
        let said = self.auth_time.map(Timestamp::from_second).transpose();
        let proved_at = said.map_err(|_| Disbelief::Time)?;
        if proved_at.is_some_and(|at| at > now + LEEWAY) {
            return Err(Disbelief::Time);
        }
        let is_anew =
            anew_since.is_none_or(|since| proved_at.is_some_and(|at| at >= since - LEEWAY));
        if is_anew { Ok(proved_at.map(|at| at.min(now))) } else { Err(Disbelief::NotAnew) }
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

    const BEGUN: Begun<'static> = Begun { nonce: "n", anew_since: None };

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
            auth_time: None,
            email: Some("Lin.Yue@Example.com".to_owned()),
            email_verified: Some(true),
            name: Some(" ".to_owned()),
        }
    }

    fn change(change: impl FnOnce(&mut IdClaims)) -> Result<VouchedFor, Disbelief> {
        let mut claims = good();
        change(&mut claims);
        claims.believe(&terms(), BEGUN, now())
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
            claims.believe(terms, BEGUN, now()).map(|it| it.subject)
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
            let person = claims.believe(terms, BEGUN, now())?;
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
    fn who_is_to_be_asked_anew_has_been_since_the_sign_in_began() {
        let second = |second: i64| Timestamp::from_second(second).expect("instant");
        let began = second(1_799_999_900);
        let proved_at = |auth_time: Option<i64>, anew_since: Option<Timestamp>| {
            let claims = IdClaims { auth_time, ..good() };
            let begun = Begun { anew_since, ..BEGUN };
            claims.believe(&terms(), begun, now()).map(|it| it.proved_at)
        };
        let old = 1_799_990_000;
        assert_eq!(proved_at(None, None), Ok(None), "nobody asked");
        assert_eq!(proved_at(Some(old), None), Ok(Some(second(old))), "said all the same");
        assert_eq!(proved_at(None, Some(began)), Err(Disbelief::NotAnew), "silence");
        assert_eq!(proved_at(Some(old), Some(began)), Err(Disbelief::NotAnew), "waved through");
        let fresh = 1_799_999_950;
        assert_eq!(proved_at(Some(fresh), Some(began)), Ok(Some(second(fresh))));
        // Clocks may differ here too.
        assert_eq!(proved_at(Some(1_799_999_839), Some(began)), Err(Disbelief::NotAnew));
        assert_eq!(proved_at(Some(1_799_999_840), Some(began)), Ok(Some(second(1_799_999_840))));
        assert_eq!(proved_at(Some(1_800_000_060), Some(began)), Ok(Some(now())), "not after now");
        for impossible in [1_800_000_061, i64::MAX, i64::MIN] {
            assert_eq!(proved_at(Some(impossible), None), Err(Disbelief::Time));
        }
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
        let silent = Begun { nonce: "", ..BEGUN };
        assert_eq!(claims.believe(&terms(), silent, now()), Err(Disbelief::Nonce));
    }
}
