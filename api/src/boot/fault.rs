use std::{net::SocketAddr, path::PathBuf};

use trunkline_domain::fault::Language;
use trunkline_infra::{
    db::RoleFault,
    identity::{KeyFault, PasswordFault, ProviderFault, SealFault},
    live::LiveError,
    mail::MailConfigFault,
    postgres::PostgresError,
    upkeep::UpkeepFault,
};

use super::layers::ConfigFault;
use crate::error::AppError;

/// Why the program does not start. Each text is one line that says what to do; what production lacks is one
/// line for each.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartFault {
    #[error(transparent)]
    Config(#[from] ConfigFault),
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    #[error(transparent)]
    Upkeep(#[from] UpkeepFault),
    #[error(
        "not all migrations are applied (pending: {}): run `trunkline migrate` with the same options", .0.join(", ")
    )]
    Pending(Vec<&'static str>),
    #[error(
        "only a database that this process runs can be cleared, and {0} is none: end the other \
         process, unset the database address, or empty that database yourself"
    )]
    NotOurs(String),
    /// The process whose database was used has ended, and the server cannot be run here instead.
    #[error(
        "the process that ran the database has ended, and this one cannot run it: {0}; then start again"
    )]
    NoHeir(PostgresError),
    /// A command that only looks into data, or adds to them, found none.
    #[error("there is no database in {}: {advice}", dir.display())]
    NoDatabase { dir: PathBuf, advice: String },
    #[error("the database is not ready: {0}")]
    Role(#[from] RoleFault),
    #[error(transparent)]
    Key(#[from] KeyFault),
    #[error(transparent)]
    Seal(#[from] SealFault),
    #[error("identity providers cannot be asked: {0}")]
    Provider(#[from] ProviderFault),
    #[error(transparent)]
    Mail(#[from] MailConfigFault),
    /// Strangers would be served unsafely; each text says what to set.
    #[error("{}", listed(.0))]
    Production(Vec<String>),
    #[error("{0}: correct the keys that begin with password_, or is the machine out of memory?")]
    Password(#[from] PasswordFault),
    #[error(transparent)]
    Live(#[from] LiveError),
    #[error(
        "cannot listen on {address} ({source}): stop what listens there, or choose another port with \
         --port (demo) or --listen (serve)"
    )]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the server ended: {0}; start it again")]
    Server(std::io::Error),
    #[error("{0}; `trunkline doctor` with the same options looks for what is wrong")]
    UseCase(String),
    /// What was typed does not fit; the text says what would.
    #[error("{0}")]
    Usage(String),
    #[error("{what}: {source}; check the path and its permissions")]
    File { what: String, source: std::io::Error },
}

/// All that is lacking for production: one thing in one line, several in one line each.
fn listed(lacks: &[String]) -> String {
    match lacks {
        [lack] => format!("in production {lack}"),
        _ => {
            let lines: String = lacks.iter().map(|lack| format!("\n  - {lack}")).collect();
            format!("in production {} things are lacking:{lines}", lacks.len())
        }
    }
}

impl From<AppError> for StartFault {
    fn from(error: AppError) -> Self {
        match &error {
            AppError::Faults(faults) => {
                let texts = faults.iter().map(|fault| {
                    let path = fault.path.join(".");
                    let message = fault.message(Language::English);
                    if path.is_empty() { message } else { format!("{path}: {message}") }
                });
                Self::Usage(texts.collect::<Vec<_>>().join("; "))
            }
            _ => Self::UseCase(error.to_string()),
        }
    }
}
