use sea_orm::sqlx::{self, postgres::PgConnectOptions};
use trunkline_migrations::MigrateError;

use super::access::place;

/// Why the database is not fit to serve. Each text is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepFault {
    /// The address cannot be read.
    #[error(
        "the database address cannot be read ({0}): write postgres://user:password@host:5432/database"
    )]
    Url(String),
    /// Nothing answers there.
    #[error(
        "no database answers for {place} ({why}): start it, or correct TRUNKLINE_DATABASE_URL; \
         without an address the program runs a PostgreSQL of its own"
    )]
    Unreachable {
        /// Where it was looked for.
        place: String,
        /// What the system said.
        why: String,
    },
    /// The connection would go over the network as anybody can read it.
    #[error(
        "in production the database at {0} must be reached encrypted: give the authority of its \
         certificate as TRUNKLINE_DATABASE_CA_FILE, or add sslmode=verify-full to the address; \
         TRUNKLINE_PLAIN_CONNECTIONS=true does without"
    )]
    Plain(String),
    /// The authorities that are to be trusted cannot be read.
    #[error(
        "database_ca_file {path}: {why}: put the authority of the server's certificate there, as PEM"
    )]
    Authority {
        /// The file.
        path: String,
        /// What the system said.
        why: String,
    },
    /// The server does not encrypt, or is not who it must be.
    #[error(
        "the connection to {place} is not safe ({why}): correct the server's certificate, or \
         TRUNKLINE_DATABASE_CA_FILE"
    )]
    Unsafe {
        /// Where the server is.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// The server has no such database.
    #[error(
        "the database {0} does not exist: make it (createdb), then run \
         `trunkline migrate --admin-url <address of a superuser>`"
    )]
    NoDatabase(String),
    /// The role cannot sign in.
    #[error(
        "role {role} cannot sign in at {place}: run `trunkline migrate --admin-url <address of a \
         superuser>` to make the roles, give {role} a password there, and put it into the address"
    )]
    NoRole {
        /// The role.
        role: String,
        /// Where.
        place: String,
    },
    /// The server is older than what the schema needs.
    #[error("PostgreSQL {0} is too old: 15 or newer is needed")]
    OldServer(String),
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// Anything else that the database says.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
}

impl UpkeepFault {
    pub(super) fn of_connect(options: &PgConnectOptions, error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default();
        match (code.as_ref(), &error) {
            ("3D000", _) => Self::NoDatabase(place(options)),
            // No such role or password, or no right to connect.
            ("28000" | "28P01" | "42501", _) => {
                Self::NoRole { role: options.get_username().to_owned(), place: place(options) }
            }
            (_, sqlx::Error::Tls(why)) => {
                Self::Unsafe { place: place(options), why: why.to_string() }
            }
            // So the TLS layer says that it does not trust the other side.
            (_, sqlx::Error::Io(why)) if why.kind() == std::io::ErrorKind::InvalidData => {
                Self::Unsafe { place: place(options), why: why.to_string() }
            }
            (_, sqlx::Error::Io(why)) => {
                Self::Unreachable { place: place(options), why: why.to_string() }
            }
            _ => Self::Database(error),
        }
    }
}
