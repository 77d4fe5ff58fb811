//! What a server must have before strangers may use it.

use secrecy::ExposeSecret as _;
use trunkline_infra::{host::is_on_this_machine, mail::Mailer};

use super::{config::Config, fault::StartFault};

/// Refuses what would carry passwords, tokens or links that open accounts in the open.
///
/// # Errors
/// [`StartFault`] saying all that is to be set, so that nobody starts once for each. Nothing is refused
/// outside production.
pub(super) fn check(config: &Config) -> Result<(), StartFault> {
    if !config.production {
        return Ok(());
    }
    let mut lacks = Vec::new();
    let url = config.public_url.as_str();
    if !url.starts_with("https://") && !is_on_this_machine(url) {
        lacks.push(PUBLIC_URL.to_owned());
    }
    match mailer(config) {
        Ok(_) => {}
        Err(StartFault::Production(found)) => lacks.extend(found),
        Err(fault) => lacks.push(fault.to_string()),
    }
    lacks.extend(config.database.access().err().map(|fault| fault.to_string()));
    let redis = config.redis().and_then(|address| address.check().err());
    lacks.extend(redis.map(|fault| fault.to_string()));
    if lacks.is_empty() {
        return Ok(());
    }
    // Each says it, where it is said alone.
    let bare = |lack: &String| lack.strip_prefix(IN_PRODUCTION).unwrap_or(lack).to_owned();
    Err(StartFault::Production(lacks.iter().map(bare).collect()))
}

const IN_PRODUCTION: &str = "in production ";

const PUBLIC_URL: &str = "public_url must be the https:// address by which people reach the server, since links in \
                          mails begin with it: set TRUNKLINE_PUBLIC_URL, e.g. https://trunkline.example.com";

const SMTP_URL: &str = "links that open accounts must not stand in the log: set TRUNKLINE_SMTP_URL, e.g. \
                        smtps://user:password@mail.example.com (TRUNKLINE_MAIL_FROM is optional, but many mail \
                        servers refuse its default, no-reply@localhost)";

/// What sends mails.
///
/// # Errors
/// [`StartFault`] when it is none, or none for production.
pub(super) fn mailer(config: &Config) -> Result<Mailer, StartFault> {
    let from = config.mail_from.as_str();
    Ok(match &config.smtp_url {
        Some(url) if config.production => Mailer::protected_smtp(url.expose_secret(), from)?,
        Some(url) => Mailer::smtp(url.expose_secret(), from)?,
        None if config.production => {
            return Err(StartFault::Production(vec![SMTP_URL.to_owned()]));
        }
        None => Mailer::Log,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::layers::Layers, *};

    fn refusal(pairs: &[(&str, &str)]) -> Option<String> {
        let variables =
            pairs.iter().map(|(key, value)| (format!("TRUNKLINE_{key}"), (*value).to_owned()));
        let layers = Layers::gather(None, variables, &[]).expect("layers");
        let config = Config::of(&layers).expect("configuration");
        check(&config).err().map(|fault| fault.to_string())
    }

    const PRODUCTION: (&str, &str) = ("PRODUCTION", "true");
    const URL: (&str, &str) = ("PUBLIC_URL", "https://trunkline.example.com");
    const MAIL: (&str, &str) = ("SMTP_URL", "smtps://user:password@mail.example.com");

    #[test]
    fn production_needs_an_address_and_mail_that_nobody_reads_on_the_way() {
        assert_eq!(refusal(&[PRODUCTION, URL, MAIL]), None);
        for (public_url, smtp_url, named) in [
            (None, Some(MAIL.1), "TRUNKLINE_PUBLIC_URL"),
            (Some("http://trunkline.example.com"), Some(MAIL.1), "TRUNKLINE_PUBLIC_URL"),
            (Some(URL.1), None, "TRUNKLINE_SMTP_URL"),
            (Some(URL.1), Some("smtp://mail.example.com"), "smtp_url"),
            (Some(URL.1), Some("smtp://mail.example.com?tls=opportunistic"), "smtp_url"),
        ] {
            let mut pairs = vec![];
            pairs.extend(public_url.map(|url| (URL.0, url)));
            pairs.extend(smtp_url.map(|url| (MAIL.0, url)));
            assert_eq!(refusal(&pairs), None, "in development: {pairs:?}");
            pairs.push(PRODUCTION);
            let text = refusal(&pairs).expect(named);
            assert!(text.starts_with("in production ") && text.contains(named), "{text}");
            assert_eq!(text.lines().count(), 1, "{text}");
        }
    }

    #[test]
    fn all_that_production_lacks_is_told_at_once() {
        let database = ("DATABASE_URL", "postgres://db.example.com/trunkline");
        let redis = ("REDIS_URL", "redis://cache.example.com");
        let text = refusal(&[PRODUCTION, database, redis]).expect("refused");
        assert!(text.starts_with("in production 4 things are lacking:\n  - public_url"), "{text}");
        for named in [
            "TRUNKLINE_PUBLIC_URL",
            "TRUNKLINE_SMTP_URL",
            "TRUNKLINE_MAIL_FROM is optional",
            "\n  - the database at",
            "\n  - Redis at",
        ] {
            assert!(text.contains(named), "{named}: {text}");
        }
        assert_eq!(text.lines().count(), 5, "{text}");
        let text = refusal(&[PRODUCTION, URL, MAIL, redis]).expect("refused");
        assert!(text.starts_with("in production Redis at"), "one thing, one line: {text}");
    }

    /// The settings of an example: `NAME=value` at the beginning of a word. A value in quotes goes to the
    /// next quote, another one to the next space.
    fn settings(example: &str) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut rest = example;
        while let Some(begins) = rest.find("TRUNKLINE_") {
            let starts_word = rest[..begins].chars().next_back().is_none_or(char::is_whitespace);
            rest = &rest[begins..];
            let named =
                rest.split_once('=').filter(|(name, _)| !name.contains(char::is_whitespace));
            let Some((name, said)) = named.filter(|_| starts_word) else {
                rest = &rest["TRUNKLINE_".len()..];
                continue;
            };
            let (value, after) = match said.strip_prefix('\'') {
                Some(quoted) => quoted.split_once('\'').expect("a closing quote"),
                None => said.split_at(said.find(char::is_whitespace).unwrap_or(said.len())),
            };
            pairs.push((name.to_owned(), value.to_owned()));
            rest = after;
        }
        pairs
    }

    #[test]
    fn the_examples_for_production_are_enough() {
        let readme = include_str!("../../../README.md");
        let begins = readme.find("export TRUNKLINE_DATABASE_URL").expect("an example");
        let ends = readme[begins..].find("trunkline serve --production").expect("its end");
        let help = include_str!("../cli/arguments.rs");
        let command = help.find("TRUNKLINE_DATABASE_URL='").expect("an example");
        let length = help[command..].find("--production").expect("its end");
        for (example, least) in
            [(&readme[begins..begins + ends], 6), (&help[command..command + length], 3)]
        {
            let mut set = settings(example);
            assert!(set.len() >= least, "{set:?}");
            set.push(("TRUNKLINE_PRODUCTION".to_owned(), "true".to_owned()));
            let layers = Layers::gather(None, set, &[]).expect("layers");
            let config = Config::of(&layers).expect("configuration");
            check(&config).expect("all that production needs");
            assert!(config.database.access().expect("a protected database").is_some());
            assert!(config.redis().is_none_or(|redis| redis.url.starts_with("rediss://")));
        }
    }

    #[test]
    fn what_stays_on_this_machine_needs_no_encryption() {
        let (url, mail) = (("PUBLIC_URL", "http://127.0.0.1:4000"), ("SMTP_URL", "smtp://[::1]"));
        assert_eq!(refusal(&[PRODUCTION, url, mail]), None);
    }
}
