//! What can be configured, key by key.

use trunkline_domain::spelling::edit_distance;

/// One key of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// As it stands in the file; the variable is `TRUNKLINE_` and the same in upper case.
    pub name: &'static str,
    /// Value when nobody sets it; empty = not set.
    pub default: &'static str,
    /// What it does, in one line.
    pub meaning: &'static str,
}

const fn key(name: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key { name, default, meaning }
}

/// All keys, in the order in which they are explained.
pub const KEYS: &[Key] = &[
    key("listen", "127.0.0.1:4000", "address and port of the HTTP server"),
    key("ops_listen", "", "address and port of health and metrics; without it they are not served"),
    key(
        "production",
        "false",
        "no GraphiQL page, no introspection for partners, encrypted connections; `public_url` and `smtp_url` are needed",
    ),
    key(
        "work",
        "true",
        "the server does jobs too; `false` where `trunkline worker` runs beside it",
    ),
    key("data_dir", "", "where the program keeps its own PostgreSQL and its keys"),
    key("database_url", "", "PostgreSQL for every role; without it the program runs its own"),
    key("database_app_url", "", "address of the role that serves requests, if it has its own"),
    key("database_system_url", "", "address of the cross-tenant role, if it has its own"),
    key("database_owner_url", "", "address of the role that migrates, if it has its own"),
    key(
        "database_ca_file",
        "",
        "authorities of the database's certificate (PEM); the certificate and its name are checked, `sslmode=verify-ca` is not enough in production",
    ),
    key("pool_size", "16", "database connections of this process"),
    key("redis_url", "", "Redis for several processes; without it live data stay in this one"),
    key(
        "redis_ca_file",
        "",
        "authorities of the certificate of a Redis at rediss:// (PEM); without it the public ones",
    ),
    key(
        "plain_connections",
        "false",
        "in production too, PostgreSQL and Redis on other machines may be reached unencrypted",
    ),
    key(
        "instances",
        "1",
        "processes that share the Redis; each limits by its share when it is gone",
    ),
    key(
        "token_key_dir",
        "",
        "Ed25519 keys that sign access tokens (`trunkline keys`); the first is made when missing",
    ),
    key(
        "seal_key_file",
        "",
        "keys that seal second factors and private fields at rest (`trunkline seal`), one a line, the first seals; made when missing",
    ),
    key("password_memory_kib", "19456", "memory of a password hash (argon2id) in KiB"),
    key("password_passes", "2", "passes of a password hash over its memory"),
    key("password_lanes", "1", "lanes of a password hash"),
    key(
        "password_breached_file",
        "",
        "breached passwords that nobody may choose: their SHA-1 hashes, one a line and in order, as the downloader of Pwned Passwords writes them",
    ),
    key(
        "password_waiting",
        "64",
        "sign-ins that may wait for a core; the next is told to come again",
    ),
    key(
        "recheck_seconds",
        "13",
        "pause between two looks at the credential of an open socket or stream, at most 13",
    ),
    key("proxy_hops", "0", "proxies before the server that append to X-Forwarded-For; 0 = none"),
    key(
        "public_url",
        "",
        "address of the server in mails, e.g. https://trunkline.example.com; needed in production",
    ),
    key(
        "provider_reach",
        "public",
        "where identity providers may be: `public`, `private` networks too, or `loopback` to develop",
    ),
    key(
        "provider_ca_file",
        "",
        "authorities of identity providers' certificates (PEM), believed beside the public ones",
    ),
    key(
        "socket_origins",
        "",
        "other web origins whose pages may open sockets, with commas between, e.g. https://board.example.com",
    ),
    key(
        "smtp_url",
        "",
        "mail server, e.g. smtps://user:password@host or smtp://host?tls=required; without it mails go to the log, but not in production",
    ),
    key(
        "mail_from",
        "Trunkline <no-reply@localhost>",
        "sender of mails; optional, but many mail servers refuse the default",
    ),
    key("audit_key_file", "", "Ed25519 key that seals the audit; the worker makes it when missing"),
    key(
        "audit_retention_days",
        "0",
        "days that audit rows are kept, 0 = for good; `trunkline audit prune` takes older ones out",
    ),
    key(
        "private_retention_months",
        "24",
        "months after an agent's last day until address, national id and emergency contact are erased, 0 = never",
    ),
    key(
        "user_points",
        "20000",
        "points that a person may spend at once; see `@cost` in the schema",
    ),
    key("user_points_per_second", "200", "points that come back to a person each second"),
    key("client_points", "20000", "points that an API client may spend at once"),
    key("client_points_per_second", "500", "points that come back to an API client each second"),
    key(
        "stranger_points",
        "20000",
        "points that all at one address who have not signed in may spend at once; a sign-in is a little over 10",
    ),
    key("stranger_points_per_second", "200", "points that come back to them each second"),
    key(
        "person_sockets",
        "100",
        "sockets and event streams together that a person may have open, of one process",
    ),
    key("client_sockets", "512", "the same of an API client"),
    key("address_sockets", "16384", "the same of one address, whoever opened them"),
    key("stranger_sockets", "256", "the same of those at one address who have not signed in"),
    key("documents_file", "", "manifest of trusted documents, of the client preset or of Apollo"),
    key("documents_only", "false", "people may send documents of the manifest only"),
    key("log_format", "text", "text for people, json for machines"),
    key(
        "log_filter",
        "info,sqlx=warn",
        "what is logged, e.g. `info,trunkline=debug`; without it, commands but `serve` and `worker` log `warn` and no slow statement",
    ),
    key("shutdown_seconds", "20", "time that running requests get when the program is to end"),
];

/// The key that somebody meant: one that begins so, or the nearest by single letters added, dropped or
/// changed; `None` where none is like it.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let names = || KEYS.iter().map(|key| key.name);
    let begun = || names().find(|key| name.len() >= 3 && key.starts_with(name));
    let (slips, key) = names().map(|key| (edit_distance(name, key), key)).min()?;
    if 3 * slips <= name.len() { Some(key) } else { begun() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_leads_to_the_key_that_was_meant() {
        for (typed, meant) in [
            ("listten", "listen"),
            ("databse_url", "database_url"),
            ("redis", "redis_url"),
            ("poolsize", "pool_size"),
            ("log-format", "log_format"),
        ] {
            assert_eq!(nearest(typed), Some(meant), "{typed}");
        }
        for unlike in ["foo", "colour", ""] {
            assert_eq!(nearest(unlike), None, "{unlike}");
        }
    }
}
