use std::str::FromStr as _;

use sea_orm::sqlx::{ConnectOptions as _, PgConnection, postgres::PgConnectOptions};

use super::{Protection, UpkeepFault};
use crate::{db::DbOptions, postgres::Server};

/// The role that serves requests: owns nothing, bound by row-level security.
pub(super) const APP: &str = "trunkline_app";
/// The role of the few cross-tenant needs.
pub(super) const SYSTEM: &str = "trunkline_system";
/// The role that owns the schema and migrates it.
pub(super) const OWNER: &str = "trunkline_owner";

/// Addresses of one database. A role without an address of its own gets `base` with its name put
/// in the place of the user; the password of `base` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccessUrls<'a> {
    /// For every role that has none of its own.
    pub base: &'a str,
    /// Of the role that serves requests.
    pub app: Option<&'a str>,
    /// Of the role with the cross-tenant needs.
    pub system: Option<&'a str>,
    /// Of the role that migrates.
    pub owner: Option<&'a str>,
    /// How each of them is encrypted.
    pub protection: Protection<'a>,
}

/// How each role reaches the database.
#[derive(Debug, Clone)]
pub struct Access {
    pub(super) app: PgConnectOptions,
    pub(super) system: PgConnectOptions,
    pub(super) owner: PgConnectOptions,
}

impl Access {
    /// Reads the addresses.
    ///
    /// # Errors
    /// [`UpkeepFault::Url`] naming the address that cannot be read; [`UpkeepFault::Plain`] when it
    /// does not have the protection it must have, [`UpkeepFault::Authority`] when that has no file.
    pub fn of_urls(urls: AccessUrls<'_>) -> Result<Self, UpkeepFault> {
        let of_role = |own: Option<&str>, role: &str| {
            let options = match own {
                Some(url) => parse(url)?,
                None => parse(urls.base)?.username(role),
            };
            urls.protection.apply(options)
        };
        Ok(Self {
            app: of_role(urls.app, APP)?,
            system: of_role(urls.system, SYSTEM)?,
            owner: of_role(urls.owner, OWNER)?,
        })
    }

    /// The database `dbname` of a server that this program runs itself.
    #[must_use]
    pub fn of_supervised(server: &Server, dbname: &str) -> Self {
        let of_role = |role| server.connect_options(role, dbname);
        Self { app: of_role(APP), system: of_role(SYSTEM), owner: of_role(OWNER) }
    }

    /// For [`Db::connect`](crate::db::Db::connect), with `connections` for `threads` that answer
    /// requests.
    #[must_use]
    pub fn options(&self, connections: u32, threads: usize) -> DbOptions {
        DbOptions { app: self.app.clone(), system: self.system.clone(), connections, threads }
    }

    /// Where the database is, without a password.
    #[must_use]
    pub fn place(&self) -> String {
        place(&self.app)
    }
}

pub(super) fn parse(url: &str) -> Result<PgConnectOptions, UpkeepFault> {
    PgConnectOptions::from_str(url).map_err(|error| UpkeepFault::Url(error.to_string()))
}

pub(super) fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or("postgres");
    match options.get_socket() {
        Some(socket) => format!("{database} at {}", socket.display()),
        None => format!("{database} at {}:{}", options.get_host(), options.get_port()),
    }
}

pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, UpkeepFault> {
    options.connect().await.map_err(|error| UpkeepFault::of_connect(options, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_serves_all_roles_under_their_own_names() {
        let base = "postgres://somebody:secret@db.example.com:5433/calls";
        let access = Access::of_urls(AccessUrls { base, ..Default::default() }).expect("addresses");
        let users =
            [&access.app, &access.system, &access.owner].map(PgConnectOptions::get_username);
        assert_eq!(users, ["trunkline_app", "trunkline_system", "trunkline_owner"]);
        assert_eq!(access.place(), "calls at db.example.com:5433");
    }

    #[test]
    fn an_address_of_its_own_keeps_its_user() {
        let access = Access::of_urls(AccessUrls {
            base: "postgres://localhost/calls",
            owner: Some("postgres://boss@localhost/calls"),
            ..Default::default()
        })
        .expect("addresses");
        assert_eq!(access.owner.get_username(), "boss");
        assert_eq!(access.app.get_username(), "trunkline_app");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let urls = AccessUrls { base: "mysql//nonsense", ..Default::default() };
        assert!(matches!(Access::of_urls(urls), Err(UpkeepFault::Url(_))));
    }
}
