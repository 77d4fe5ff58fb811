use std::{
    fmt::Write as _,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use sea_orm::sqlx::postgres::PgConnectOptions;
use sha2::{Digest as _, Sha256};

/// Where a supervised server listens: one Unix socket in a directory that is closed to others, so
/// every role is trusted there and needs no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    socket_dir: PathBuf,
}

/// Longest socket path, in bytes, that every system takes (macOS: 104 with the closing zero).
const LONGEST: usize = 103;

impl Server {
    /// The role that made the cluster.
    pub const SUPERUSER: &'static str = "postgres";
    /// Number in the socket's name; there is no port.
    pub const PORT: u16 = 5432;

    /// The server of the directory `root`. A root too long for a socket's path gets a directory
    /// of its own in /tmp.
    pub(super) fn of(root: &Path) -> Self {
        let inside = root.join("run");
        let name = format!(".s.PGSQL.{}", Self::PORT);
        if inside.join(name).as_os_str().as_bytes().len() <= LONGEST {
            return Self { socket_dir: inside };
        }
        let digest = Sha256::digest(root.as_os_str().as_bytes());
        let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { socket_dir: PathBuf::from(format!("/tmp/trunkline-{short}")) }
    }

    /// Directory of the socket; what libpq takes for a host.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// URL of the database `dbname` for `role`, as `DATABASE_URL` and psql take it.
    #[must_use]
    pub fn url_for(&self, role: &str, dbname: &str) -> String {
        let host = escape(self.socket_dir.as_os_str().as_bytes());
        let (role, dbname) = (escape(role.as_bytes()), escape(dbname.as_bytes()));
        format!("postgres://{role}@localhost/{dbname}?host={host}")
    }

    /// The same for sqlx.
    #[must_use]
    pub fn connect_options(&self, role: &str, dbname: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket_dir)
            .port(Self::PORT)
            .username(role)
            .database(dbname)
    }
}

/// Percent-encoding of everything but the unreserved characters of RFC 3986 and the slash.
fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_role_database_and_socket() {
        let server = Server::of(Path::new("/srv/my data"));
        assert_eq!(
            server.url_for("trunkline_app", "trunkline"),
            "postgres://trunkline_app@localhost/trunkline?host=/srv/my%20data/run"
        );
    }

    #[test]
    fn a_root_too_long_for_a_socket_gets_a_short_directory() {
        let root = PathBuf::from(format!("/{}", "x".repeat(100)));
        let server = Server::of(&root);
        assert!(server.socket_dir().starts_with("/tmp"), "{server:?}");
        assert_eq!(server, Server::of(&root));
    }
}
