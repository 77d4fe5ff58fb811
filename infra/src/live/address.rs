use std::{fs, path::Path};

use redis::{Client, ConnectionAddr, IntoConnectionInfo as _, TlsCertificates};

use super::LiveError;
use crate::host::is_this_machine;

/// Where the Redis is, and how the way to it is encrypted.
#[derive(Debug, Clone, Copy)]
pub struct RedisAddress<'a> {
    /// `redis://…`, `rediss://…` (encrypted, certificate and name checked) or `redis+unix://…`. For
    /// its password it is not to be shown.
    pub url: &'a str,
    /// PEM file of the authorities that sign the server's certificate; `None` = the public ones.
    pub authority: Option<&'a Path>,
    /// Whether a Redis on another machine must be reached encrypted.
    pub protected: bool,
}

impl<'a> From<&'a str> for RedisAddress<'a> {
    fn from(url: &'a str) -> Self {
        Self { url, authority: None, protected: false }
    }
}

impl RedisAddress<'_> {
    /// What connects there. Nothing is sent yet.
    pub(super) fn client(self) -> Result<Client, LiveError> {
        let info = self.url.into_connection_info()?;
        let addr = info.addr();
        if self.protected && !is_encrypted(addr) && !is_local(addr) {
            return Err(LiveError::Plain(addr.to_string()));
        }
        match self.authority {
            // An authority for an address that is not encrypted would lull whoever set it.
            Some(path) if !is_encrypted(addr) => {
                Err(LiveError::Authority { path: path.display().to_string(), why: UNUSED.into() })
            }
            Some(path) => {
                let failed = |source: std::io::Error| LiveError::Authority {
                    path: path.display().to_string(),
                    why: source.to_string(),
                };
                let root_cert = Some(fs::read(path).map_err(failed)?);
                let certificates = TlsCertificates { client_tls: None, root_cert };
                Ok(Client::build_with_tls(info, certificates)?)
            }
            None => Ok(Client::open(info)?),
        }
    }

    /// Whether it can be used as it stands. Nothing is sent.
    ///
    /// # Errors
    /// [`LiveError`] when the address cannot be read, or is not protected as it must be.
    pub fn check(self) -> Result<(), LiveError> {
        self.client().map(drop)
    }

    /// Whether what is sent there can be read by others on the way: in a few words, for a person.
    ///
    /// # Errors
    /// [`LiveError`] when the address cannot be read.
    pub fn encryption(self) -> Result<&'static str, LiveError> {
        let info = self.url.into_connection_info()?;
        Ok(match info.addr() {
            addr if is_encrypted(addr) => "encrypted, certificate checked",
            addr if is_local(addr) => "not encrypted, on this machine",
            _ => "not encrypted",
        })
    }
}

const UNUSED: &str = "the address does not begin with rediss://, so it would not be asked";

const fn is_encrypted(addr: &ConnectionAddr) -> bool {
    matches!(addr, ConnectionAddr::TcpTls { insecure: false, .. })
}

fn is_local(addr: &ConnectionAddr) -> bool {
    match addr {
        ConnectionAddr::Unix(_) => true,
        ConnectionAddr::Tcp(host, _) | ConnectionAddr::TcpTls { host, .. } => is_this_machine(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protected(url: &str) -> RedisAddress<'_> {
        RedisAddress { protected: true, ..url.into() }
    }

    #[test]
    fn another_machine_is_reached_encrypted_where_that_is_required() {
        for url in ["redis://cache.example.com", "redis://:pw@192.0.2.7:6379/1"] {
            let fault = protected(url).client().expect_err(url);
            assert!(matches!(fault, LiveError::Plain(_)), "{fault}");
            assert!(!fault.to_string().contains("pw"), "{fault}");
            assert!(RedisAddress::from(url).client().is_ok(), "{url}");
        }
        for url in
            ["rediss://cache.example.com", "redis://127.0.0.1", "redis+unix:///run/redis.sock"]
        {
            assert!(protected(url).client().is_ok(), "{url}");
        }
        let unchecked = protected("rediss://cache.example.com/#insecure").client();
        assert!(matches!(unchecked, Err(LiveError::Plain(_))), "{unchecked:?}");
    }

    #[test]
    fn an_authority_must_be_there_and_of_use() {
        let file = Path::new("/no/such/ca.pem");
        for url in ["rediss://cache.example.com", "redis://127.0.0.1"] {
            let address = RedisAddress { authority: Some(file), ..url.into() };
            let fault = address.client().expect_err(url);
            assert!(matches!(fault, LiveError::Authority { .. }), "{fault}");
        }
    }
}
