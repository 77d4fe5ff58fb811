//! The configuration with its types.

use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use trunkline_infra::{
    identity::{HashCost, ProviderReach},
    live::RedisAddress,
    upkeep::{Access, AccessUrls, Protection, UpkeepFault},
};

use super::{
    defaults::{data_dir, own_file},
    hints::flags_of,
    layers::{ConfigFault, Layers},
};
use crate::{
    budget::{Budget, Budgets},
    http::{CrowdLimits, Origins},
};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Everything that can be configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where health and metrics are served; `None` = nowhere.
    pub ops_listen: Option<SocketAddr>,
    /// Whether strangers may use the server.
    pub production: bool,
    /// Whether the server does jobs and recurring work too.
    pub work: bool,
    /// Directory of the program's own files.
    pub data_dir: PathBuf,
    /// The databases; all `None` = the program runs its own.
    pub database: DatabaseUrls,
    /// Connections of the application pool.
    pub pool_size: u32,
    /// The Redis that several processes share.
    pub redis_url: Option<SecretString>,
    /// Authorities of its certificate.
    pub redis_ca_file: Option<PathBuf>,
    /// Whether PostgreSQL and Redis on other machines must be reached encrypted.
    pub protected: bool,
    /// Processes that share it.
    pub instances: u32,
    /// Directory of the keys that sign access tokens.
    pub token_key_dir: PathBuf,
    /// Keys that seal second factors and private fields at rest.
    pub seal_key_file: PathBuf,
    /// What a password hash costs.
    pub hash_cost: HashCost,
    /// Breached passwords that nobody may choose.
    pub password_breached_file: Option<PathBuf>,
    /// Sign-ins that may wait for a core.
    pub password_waiting: usize,
    /// Proxies before the server.
    pub proxy_hops: usize,
    /// Pause between two looks at the credential of an open socket or stream.
    pub recheck: Duration,
    /// Address of the server in mails, without a slash at the end; in production empty when it is
    /// not set, since where the server listens is not where people reach it.
    pub public_url: String,
    /// Where the identity providers of tenants may be.
    pub provider_reach: ProviderReach,
    /// Authorities of their certificates, beside the public ones.
    pub provider_ca_file: Option<PathBuf>,
    /// Web origins whose pages may open sockets.
    pub origins: Origins,
    /// Mail server; `None` = mails go to the log.
    pub smtp_url: Option<SecretString>,
    /// Sender of mails.
    pub mail_from: String,
    /// Key that seals the audit.
    pub audit_key_file: PathBuf,
    /// Days that audit rows are kept; 0 = for good.
    pub audit_retention_days: u32,
    /// Months after the last day of an employment until private fields are erased; 0 = never.
    pub private_retention_months: u16,
    /// Documents that are known from the start.
    pub documents_file: Option<PathBuf>,
    /// Whether people may send no others.
    pub documents_only: bool,
    /// What callers may spend.
    pub budgets: Budgets,
    /// Sockets and streams that may be open.
    pub crowd: CrowdLimits,
    /// How the log is written.
    pub log_format: LogFormat,
    /// What is logged.
    pub log_filter: String,
    /// Time that running requests get at the end.
    pub shutdown: Duration,
    /// The flags that say where the data are, as they were typed.
    pub(super) flags: String,
}

/// Addresses of the database by role.
#[derive(Debug, Clone, Default)]
pub struct DatabaseUrls {
    base: Option<SecretString>,
    app: Option<SecretString>,
    system: Option<SecretString>,
    owner: Option<SecretString>,
    authority: Option<PathBuf>,
    protected: bool,
}

impl DatabaseUrls {
    /// How each role reaches the database; `None` when none is configured.
    ///
    /// # Errors
    /// When an address cannot be read, or is not protected as it must be.
    pub fn access(&self) -> Result<Option<Access>, UpkeepFault> {
        let text =
            |url: &Option<SecretString>| url.as_ref().map(|url| url.expose_secret().to_owned());
        let (app, system, owner) = (text(&self.app), text(&self.system), text(&self.owner));
        let Some(base) = text(&self.base).or_else(|| app.clone()) else { return Ok(None) };
        let urls = AccessUrls {
            base: &base,
            app: app.as_deref(),
            system: system.as_deref(),
            owner: owner.as_deref(),
            protection: self.protection(),
        };
        Access::of_urls(urls).map(Some)
    }

    /// How the way to the database is encrypted.
    #[must_use]
    pub fn protection(&self) -> Protection<'_> {
        Protection { authority: self.authority.as_deref(), required: self.protected }
    }
}

impl Config {
    /// Gives the values their types.
    ///
    /// # Errors
    /// [`ConfigFault::Value`] naming the key, where it was set and what would do.
    pub fn of(layers: &Layers) -> Result<Self, ConfigFault> {
        let data_dir = data_dir(layers);
        let token_key_dir = own_file(layers, "token_key_dir", &data_dir);
        let seal_key_file = own_file(layers, "seal_key_file", &data_dir);
        let audit_key_file = own_file(layers, "audit_key_file", &data_dir);
        let log_format = match layers.of("log_format").0 {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            _ => return Err(fault(layers, "log_format", "`text` or `json` is wanted")),
        };
        let log_filter = layers.of("log_filter").0.to_owned();
        if tracing_subscriber::EnvFilter::try_new(&log_filter).is_err() {
            let wanted = "a level or `target=level` pairs are wanted, e.g. info,trunkline=debug";
            return Err(fault(layers, "log_filter", wanted));
        }
        let secret = |name| match layers.of(name).0 {
            "" => None,
            value => Some(SecretString::from(value)),
        };
        let seconds = typed(layers, "shutdown_seconds", "a whole number of seconds is wanted")?;
        let number = "a whole number is wanted";
        let address = "an address with a port is wanted, e.g. 127.0.0.1:4000";
        let listen: SocketAddr = typed(layers, "listen", address)?;
        let yes_or_no = "`true` or `false` is wanted";
        let production: bool = typed(layers, "production", yes_or_no)?;
        let public_url = match layers.of("public_url").0.trim_end_matches('/') {
            "" if production => String::new(),
            "" => format!("http://{listen}"),
            url if url.starts_with("https://") || url.starts_with("http://") => url.to_owned(),
            _ => return Err(fault(layers, "public_url", "an address with https:// is wanted")),
        };
        let file = |name| match layers.of(name).0 {
            "" => None,
            path => Some(PathBuf::from(path)),
        };
        let protected = production && !typed::<bool>(layers, "plain_connections", yes_or_no)?;
        let provider_reach = match layers.of("provider_reach").0 {
            "public" => ProviderReach::Public,
            "private" => ProviderReach::Private,
            "loopback" if !production => ProviderReach::Loopback,
            _ => {
                let wanted = "`public`, `private`, or, but in production, `loopback` is wanted";
                return Err(fault(layers, "provider_reach", wanted));
            }
        };
        Ok(Self {
            listen,
            ops_listen: match layers.of("ops_listen").0 {
                "" => None,
                _ => Some(typed(layers, "ops_listen", address)?),
            },
            production,
            work: typed(layers, "work", yes_or_no)?,
            data_dir,
            database: DatabaseUrls {
                base: database(layers, "database_url")?,
                app: database(layers, "database_app_url")?,
                system: database(layers, "database_system_url")?,
                owner: database(layers, "database_owner_url")?,
                authority: file("database_ca_file"),
                protected,
            },
            pool_size: positive(layers, "pool_size")?,
            redis_url: secret("redis_url"),
            redis_ca_file: file("redis_ca_file"),
            protected,
            instances: positive(layers, "instances")?,
            token_key_dir,
            seal_key_file,
            hash_cost: HashCost {
                memory_kib: typed(layers, "password_memory_kib", number)?,
                passes: typed(layers, "password_passes", number)?,
                lanes: typed(layers, "password_lanes", number)?,
            },
            password_breached_file: file("password_breached_file"),
            password_waiting: typed(layers, "password_waiting", number)?,
            proxy_hops: typed(layers, "proxy_hops", number)?,
            recheck: recheck(layers)?,
            origins: origins(layers, &public_url, production)?,
            public_url,
            provider_reach,
            provider_ca_file: file("provider_ca_file"),
            smtp_url: secret("smtp_url"),
            mail_from: layers.of("mail_from").0.to_owned(),
            audit_key_file,
            audit_retention_days: typed(
                layers,
                "audit_retention_days",
                "a whole number of days is wanted",
            )?,
            private_retention_months: typed(
                layers,
                "private_retention_months",
                "a whole number of months is wanted",
            )?,
            documents_file: file("documents_file"),
            documents_only: typed(layers, "documents_only", yes_or_no)?,
            budgets: Budgets {
                user: budget(layers, "user_points", "user_points_per_second")?,
                client: budget(layers, "client_points", "client_points_per_second")?,
                stranger: budget(layers, "stranger_points", "stranger_points_per_second")?,
            },
            crowd: CrowdLimits {
                address: typed(layers, "address_sockets", number)?,
                stranger: typed(layers, "stranger_sockets", number)?,
                person: typed(layers, "person_sockets", number)?,
                client: typed(layers, "client_sockets", number)?,
            },
            log_format,
            log_filter,
            shutdown: Duration::from_secs(seconds),
            flags: flags_of(layers),
        })
    }
}

impl Config {
    /// Where the shared Redis is, if there is one.
    #[must_use]
    pub fn redis(&self) -> Option<RedisAddress<'_>> {
        let url = self.redis_url.as_ref()?.expose_secret();
        Some(RedisAddress {
            url,
            authority: self.redis_ca_file.as_deref(),
            protected: self.protected,
        })
    }
}

/// A value as it may be shown: the password of an address is covered, in front of the host and among
/// the parameters.
#[must_use]
pub fn shown(value: &str) -> String {
    if value.is_empty() {
        return "(not set)".to_owned();
    }
    // scheme://user:password@host/name?password=password
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let parameter = |it: &str| match it.split_once('=') {
        Some((name @ ("password" | "pass"), _)) => format!("{name}=********"),
        _ => it.to_owned(),
    };
    let rest = rest.split_once('?').map_or_else(
        || rest.to_owned(),
        |(place, parameters)| {
            let parameters: Vec<String> = parameters.split('&').map(parameter).collect();
            format!("{place}?{}", parameters.join("&"))
        },
    );
    let covered = rest.rsplit_once('@').and_then(|(login, host)| {
        let (user, _) = login.split_once(':')?;
        Some(format!("{scheme}://{user}:********@{host}"))
    });
    covered.unwrap_or_else(|| format!("{scheme}://{rest}"))
}

fn fault(layers: &Layers, name: &'static str, wanted: &'static str) -> ConfigFault {
    let (value, origin) = layers.of(name);
    let value = shown(value);
    ConfigFault::Value { origin: origin.to_string(), name, value, wanted }
}

fn typed<T: FromStr>(
    layers: &Layers,
    name: &'static str,
    wanted: &'static str,
) -> Result<T, ConfigFault> {
    layers.of(name).0.trim().parse().map_err(|_| fault(layers, name, wanted))
}

/// The address of a database; what is not even one of PostgreSQL is told with where it was set. Of a text
/// without a scheme nobody knows where a password stands in it, so it is not shown.
fn database(layers: &Layers, name: &'static str) -> Result<Option<SecretString>, ConfigFault> {
    let (value, origin) = layers.of(name);
    match value.split_once("://") {
        _ if value.is_empty() => Ok(None),
        Some(("postgres" | "postgresql", _)) => Ok(Some(SecretString::from(value))),
        scheme => Err(ConfigFault::Value {
            origin: origin.to_string(),
            name,
            value: scheme.map_or_else(|| "********".to_owned(), |_| shown(value)),
            wanted: "an address that begins with postgres:// is wanted, e.g. postgres://user@host:5432/database",
        }),
    }
}

fn budget(
    layers: &Layers,
    points: &'static str,
    per_second: &'static str,
) -> Result<Budget, ConfigFault> {
    let number = |name, least: u32, wanted| {
        let number = typed(layers, name, wanted)?;
        let fits = (least..=1_000_000_000).contains(&number);
        if fits { Ok(number) } else { Err(fault(layers, name, wanted)) }
    };
    Ok(Budget {
        points: number(points, 10_000, "a whole number from 10000 to a billion is wanted")?,
        per_second: number(per_second, 1, "a whole number from 1 to a million is wanted")?
            .min(1_000_000),
    })
}

/// Twice the pause, and the answer of the second look, stay below the 30 s that are promised.
fn recheck(layers: &Layers) -> Result<Duration, ConfigFault> {
    let wanted = "a whole number of seconds from 1 to 13 is wanted";
    let seconds = typed(layers, "recheck_seconds", wanted)?;
    let fits = (1..=13).contains(&seconds);
    if fits {
        Ok(Duration::from_secs(seconds))
    } else {
        Err(fault(layers, "recheck_seconds", wanted))
    }
}

/// The origin of the server itself and the others that are named. Who develops reaches the server under
/// several names, so there its own page is known by the `Host` it was asked for.
fn origins(layers: &Layers, public_url: &str, production: bool) -> Result<Origins, ConfigFault> {
    let wanted = "origins with commas between are wanted, each like https://board.example.com";
    let named = layers.of("socket_origins").0.split(',').map(str::trim);
    let named = named.filter(|origin| !origin.is_empty());
    let own = || Some(public_url).filter(|url| !url.is_empty()).into_iter();
    if Origins::of(own(), false).is_none() {
        return Err(fault(layers, "public_url", "an address with https:// is wanted"));
    }
    Origins::of(own().chain(named), !production)
        .ok_or_else(|| fault(layers, "socket_origins", wanted))
}

fn positive(layers: &Layers, name: &'static str) -> Result<u32, ConfigFault> {
    let wanted = "a whole number from 1 to 1000 is wanted";
    let number = typed(layers, name, wanted)?;
    if (1..=1000).contains(&number) { Ok(number) } else { Err(fault(layers, name, wanted)) }
}

#[cfg(test)]
mod tests;
