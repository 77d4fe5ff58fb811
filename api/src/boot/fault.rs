use std::net::SocketAddr;

use trunkline_infra::{
    db::RoleFault,
    identity::{KeyFault, PasswordFault},
    live::LiveError,
    postgres::PostgresError,
    upkeep::UpkeepFault,
};

use super::layers::ConfigFault;

/// Why the program does not start. Each text is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartFault {
    #[error(transparent)]
    Config(#[from] ConfigFault),
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    #[error(transparent)]
    Upkeep(#[from] UpkeepFault),
    #[error(
        "{} migrations are pending ({}): run `trunkline migrate`", .0.len(), .0.join(", ")
    )]
    Pending(Vec<&'static str>),
    #[error("the database is not ready: {0}")]
    Role(#[from] RoleFault),
    #[error(transparent)]
    Key(#[from] KeyFault),
    #[error("{0}: the machine cannot hash passwords; is it out of memory?")]
    Password(#[from] PasswordFault),
    #[error("{0}: correct TRUNKLINE_REDIS_URL, or leave it out to keep live data in this process")]
    Live(#[from] LiveError),
    #[error(
        "cannot listen on {address} ({source}): stop what listens there, or choose another port"
    )]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the server ended: {0}; start it again")]
    Server(std::io::Error),
    #[error("{what}: {source}; check the path and its permissions")]
    File { what: String, source: std::io::Error },
}
