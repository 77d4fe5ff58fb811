//! A tenant's identity provider (OpenID Connect): what is said of it, and whom it may vouch for.

use super::Email;
use crate::fault::{Fault, FaultCode, Rule};

/// Most e-mail domains of a provider.
pub const MAX_DOMAINS: usize = 20;
/// Longest issuer, client id and subject: what OpenID Connect allows for a subject.
pub const MAX_PROVIDER_TEXT: usize = 255;
const MAX_SECRET: usize = 1024;

/// An identity provider as its tenant's administrator describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderTerms {
    /// Address of the provider, character for character as its tokens name it.
    pub issuer: String,
    /// Name of this program there.
    pub client_id: String,
    /// Domains of the e-mail addresses that the provider may vouch for, lower case.
    pub email_domains: Vec<String>,
    /// Whether a person whom nobody has invited becomes a user, without any role.
    pub creates_users: bool,
    /// Whether addresses of these domains are believed also of a provider that does not say whether
    /// they are verified, as Microsoft Entra ID does not.
    pub trusts_emails: bool,
    /// Whether people are known by the claim `oid` instead of `sub`: what Microsoft Entra ID shows its
    /// administrators, and gives every program alike.
    pub known_by_oid: bool,
}

impl ProviderTerms {
    /// Reads what an administrator said. `loopback` lets a provider on this machine go without TLS.
    ///
    /// # Errors
    /// INVALID_VALUE at each field that does not fit, LIMIT_EXCEEDED at `emailDomains`.
    pub fn parse(self, loopback: bool) -> Result<Self, Vec<Fault>> {
        let Self { issuer, client_id, email_domains, creates_users, trusts_emails, known_by_oid } =
            self;
        let mut faults = Vec::new();
        let issuer = issuer.trim().to_owned();
        if !is_issuer(&issuer, loopback) {
            faults.push(Fault::invalid("issuer", Rule::Issuer));
        }
        let client_id = client_id.trim().to_owned();
        if !is_visible(&client_id, MAX_PROVIDER_TEXT) {
            let rule = Rule::VisibleAscii(1, MAX_PROVIDER_TEXT);
            faults.push(Fault::invalid("clientId", rule));
        }
        let mut domains: Vec<String> =
            email_domains.iter().map(|domain| domain.trim().to_lowercase()).collect();
        domains.sort_unstable();
        domains.dedup();
        if domains.len() > MAX_DOMAINS {
            let fault = Fault::new(FaultCode::LimitExceeded).at("emailDomains");
            faults.push(fault.with("limit", MAX_DOMAINS.to_string()));
        }
        if domains.is_empty() || !domains.iter().all(|domain| is_domain(domain)) {
            faults.push(Fault::invalid("emailDomains", Rule::Domains));
        }
        if faults.is_empty() {
            let email_domains = domains;
            Ok(Self {
                issuer,
                client_id,
                email_domains,
                creates_users,
                trusts_emails,
                known_by_oid,
            })
        } else {
            Err(faults)
        }
    }

    /// Whether the provider may vouch for the address: its domain is listed, no other one below it.
    #[must_use]
    pub fn covers(&self, email: &Email) -> bool {
        let host = email.as_str().split_once('@').map_or("", |(_, host)| host);
        self.email_domains.iter().any(|domain| domain == host)
    }
}

/// Checks by what a provider knows a person (OpenID Connect Core 1.0, 2): 1 to 255 characters, as
/// they are, none of them a control.
#[must_use]
pub fn is_subject(text: &str) -> bool {
    (1..=MAX_PROVIDER_TEXT).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// Checks a client secret: what a form can carry, at most 1,024 characters.
///
/// # Errors
/// INVALID_VALUE at `clientSecret`.
pub fn check_client_secret(secret: &str) -> Result<(), Fault> {
    if is_visible(secret, MAX_SECRET) {
        Ok(())
    } else {
        Err(Fault::invalid("clientSecret", Rule::VisibleAscii(1, MAX_SECRET)))
    }
}

fn is_visible(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// OpenID Connect Discovery 1.0, 3: https, host, perhaps port and path, no query and no fragment.
fn is_issuer(text: &str, loopback: bool) -> bool {
    let (rest, plain) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (rest, false),
        (None, Some(rest)) => (rest, true),
        (None, None) => return false,
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = authority.split_once(':').map_or((authority, None), |(h, p)| (h, Some(p)));
    let is_local = matches!(host, "127.0.0.1" | "localhost");
    let is_host = is_domain(host) || (loopback && is_local);
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    let is_path = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte));
    text.len() <= MAX_PROVIDER_TEXT
        && is_host
        && is_port
        && is_path
        && !path.split('/').any(|step| step == "..")
        && (!plain || (loopback && is_local))
}

/// Lower-case labels with a dot between them; the last one is no number, so that it is no address.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(is_label)
        && !text.rsplit('.').next().is_some_and(|last| last.bytes().all(|it| it.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(issuer: &str, domains: &[&str]) -> ProviderTerms {
        ProviderTerms {
            issuer: issuer.to_owned(),
            client_id: "trunkline".to_owned(),
            email_domains: domains.iter().map(|&domain| domain.to_owned()).collect(),
            creates_users: false,
            trusts_emails: false,
            known_by_oid: false,
        }
    }

    #[test]
    fn an_issuer_is_an_https_address_without_anything_that_leads_elsewhere() {
        for issuer in [
            "https://accounts.google.com",
            "https://login.microsoftonline.com/0f1c/v2.0",
            "https://id.example.com:8443/",
        ] {
            assert!(terms(issuer, &["example.com"]).parse(false).is_ok(), "{issuer}");
        }
        for issuer in [
            "",
            "id.example.com",
            "http://id.example.com",
            "http://127.0.0.1:9000",
            "https://127.0.0.1",
            "https://169.254.169.254/latest",
            "https://localhost",
            "https://[::1]/",
            "https://2130706433/",
            "https://user@id.example.com",
            "https://id.example.com/?x=1",
            "https://id.example.com/#x",
            "https://id.example.com/a/../b",
            "https://id.example.com\\@evil.example",
            "https://id.example.com:0",
            "https://ID.example.com",
            "https://id example.com",
            "file:///etc/passwd",
        ] {
            let faults = terms(issuer, &["example.com"]).parse(false).expect_err(issuer);
            assert_eq!(faults[0].path, ["issuer"], "{issuer}");
        }
        assert!(terms("http://127.0.0.1:9000", &["example.com"]).parse(true).is_ok());
        assert!(terms("http://10.0.0.1", &["example.com"]).parse(true).is_err());
    }

    #[test]
    fn domains_are_listed_and_cover_no_other() {
        let terms = terms("https://id.example.com", &[" Huayin.Example ", "huayin.example"]);
        let terms = terms.parse(false).expect("terms");
        assert_eq!(terms.email_domains, ["huayin.example"]);
        let covers = |text| terms.covers(&Email::parse("email", text).expect("address"));
        assert!(covers("lin.yue@huayin.example"));
        for other in ["a@sub.huayin.example", "a@nothuayin.example", "a@huayin.example.evil.net"] {
            assert!(!covers(other), "{other}");
        }
    }

    #[test]
    fn a_provider_without_a_domain_vouches_for_nobody() {
        let many: Vec<String> = (0..=MAX_DOMAINS).map(|n| format!("d{n}.example")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for domains in [&[][..], &["example"], &["*.example.com"], &["a@b.com"], &many] {
            let faults = terms("https://id.example.com", domains).parse(false).expect_err("none");
            assert_eq!(faults[0].path, ["emailDomains"], "{domains:?}");
        }
    }

    #[test]
    fn a_secret_is_what_a_form_can_carry() {
        assert!(check_client_secret("s3cr:t%20=").is_ok());
        for secret in ["", "two words", "密", &"x".repeat(1025)] {
            assert!(check_client_secret(secret).is_err(), "{secret}");
        }
    }
}
