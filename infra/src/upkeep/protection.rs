//! Encryption of the way to the database.

use std::{fs, path::Path};

use sea_orm::sqlx::{
    PgConnection, Row as _,
    postgres::{PgConnectOptions, PgSslMode},
    query,
};

use super::{Check, UpkeepFault, access::place};
use crate::host::is_this_machine;

/// How connections to the database are encrypted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Protection<'a> {
    /// PEM file of the authorities that sign the server's certificate. With it the certificate and
    /// the name in it are checked (`sslmode=verify-full`), unless the address says `verify-ca` or
    /// `disable`.
    pub authority: Option<&'a Path>,
    /// Whether a server on another machine must show a certificate that is checked, with the name in
    /// it.
    pub required: bool,
}

impl Protection<'_> {
    pub(super) fn apply(self, options: PgConnectOptions) -> Result<PgConnectOptions, UpkeepFault> {
        let options = match self.authority {
            None => options,
            Some(path) => trusting(options, path)?,
        };
        if self.required && !is_local(&options) && !is_checked(&options) {
            return Err(UpkeepFault::Plain(place(&options)));
        }
        Ok(options)
    }
}

/// Read here rather than at the first connection, which would call a missing file a missing server.
fn trusting(options: PgConnectOptions, path: &Path) -> Result<PgConnectOptions, UpkeepFault> {
    let pem = fs::read(path).map_err(|source| UpkeepFault::Authority {
        path: path.display().to_string(),
        why: source.to_string(),
    })?;
    let mode = match options.get_ssl_mode() {
        mode @ (PgSslMode::VerifyCa | PgSslMode::Disable) => mode,
        _ => PgSslMode::VerifyFull,
    };
    Ok(options.ssl_mode(mode).ssl_root_cert_from_pem(pem))
}

fn is_local(options: &PgConnectOptions) -> bool {
    options.get_socket().is_some() || is_this_machine(options.get_host())
}

/// Whether the server has to prove who it is. `verify-ca` does not do: the public authorities are
/// trusted beside the one that is given, so any name that one of them has certified would pass.
fn is_checked(options: &PgConnectOptions) -> bool {
    matches!(options.get_ssl_mode(), PgSslMode::VerifyFull)
}

/// Whether the connection, opened with `options`, is encrypted, and to whom.
pub(super) async fn encryption(
    connection: &mut PgConnection,
    options: &PgConnectOptions,
) -> Result<Vec<Check>, UpkeepFault> {
    const NAME: &str = "encryption";
    const MEND: &str = "give the authority of its certificate as TRUNKLINE_DATABASE_CA_FILE, or add \
                        sslmode=verify-full to the address";
    let row = query("select ssl, version, cipher from pg_stat_ssl where pid = pg_backend_pid()")
        .fetch_one(connection)
        .await?;
    let encrypted: bool = row.try_get(0)?;
    if !encrypted {
        let found = "the connection to the database is not encrypted";
        return Ok(vec![if is_local(options) {
            Check::good(NAME, "none, and none needed: the database is on this machine")
        } else {
            Check::doubtful(NAME, found, MEND)
        }]);
    }
    let (version, cipher): (String, String) = (row.try_get(1)?, row.try_get(2)?);
    Ok(vec![if is_checked(options) {
        Check::good(NAME, format!("{version} with {cipher}, certificate checked"))
    } else {
        let found = format!("{version} with {cipher}, whoever may answer at the other end");
        if is_local(options) {
            Check::good(NAME, found)
        } else {
            Check::doubtful(NAME, found, MEND)
        }
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upkeep::{Access, AccessUrls};

    fn open(base: &str, protection: Protection<'_>) -> Result<Access, UpkeepFault> {
        Access::of_urls(AccessUrls { base, protection, ..Default::default() })
    }

    #[test]
    fn another_machine_must_prove_who_it_is_where_that_is_required() {
        let required = Protection { authority: None, required: true };
        for address in [
            "postgres://db.example.com/calls",
            "postgres://db.example.com/calls?sslmode=disable",
            "postgres://db.example.com/calls?sslmode=prefer",
            "postgres://db.example.com/calls?sslmode=require",
            "postgres://db.example.com/calls?sslmode=verify-ca",
            "postgres://192.0.2.7/calls",
        ] {
            let fault = open(address, required).expect_err(address);
            assert!(matches!(fault, UpkeepFault::Plain(_)), "{address}: {fault}");
            assert!(open(address, Protection::default()).is_ok(), "{address}");
        }
        for address in [
            "postgres://db.example.com/calls?sslmode=verify-full",
            "postgres://localhost/calls",
            "postgres://127.0.0.1/calls?sslmode=disable",
            "postgres://[::1]/calls",
            "postgres://localhost/calls?host=/run/postgresql",
        ] {
            assert!(open(address, required).is_ok(), "{address}");
        }
    }

    #[test]
    fn one_role_without_protection_is_enough_to_refuse() {
        let access = Access::of_urls(AccessUrls {
            base: "postgres://db.example.com/calls?sslmode=verify-full",
            owner: Some("postgres://db.example.com/calls"),
            protection: Protection { authority: None, required: true },
            ..Default::default()
        });
        assert!(matches!(access, Err(UpkeepFault::Plain(_))), "{access:?}");
    }

    #[test]
    fn an_authority_has_the_certificate_and_its_name_checked() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("ca.pem");
        let protection = Protection { authority: Some(&file), required: true };
        let fault = open("postgres://db.example.com/calls", protection).expect_err("no file yet");
        assert!(matches!(fault, UpkeepFault::Authority { .. }), "{fault}");
        fs::write(&file, "").expect("file");
        let mode = |address| {
            let access = open(address, protection).expect(address);
            access.app.get_ssl_mode()
        };
        assert!(matches!(mode("postgres://db.example.com/calls"), PgSslMode::VerifyFull));
        let weaker = "postgres://db.example.com/calls?sslmode=require";
        assert!(matches!(mode(weaker), PgSslMode::VerifyFull));
        for said in ["verify-ca", "disable"] {
            let address = format!("postgres://db.example.com/calls?sslmode={said}");
            let refused = open(&address, protection);
            assert!(matches!(refused, Err(UpkeepFault::Plain(_))), "{said}: {refused:?}");
            let free = Protection { required: false, ..protection };
            assert!(open(&address, free).is_ok(), "{said}");
        }
    }
}
