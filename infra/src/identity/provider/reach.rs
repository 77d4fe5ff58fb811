//! Where the server goes on behalf of an administrator who has named an address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

use crate::host::is_this_machine;

/// How far the server goes to the identity providers of its tenants. An administrator of a tenant
/// names the address, so it must not lead to what only this server's network can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderReach {
    /// Public addresses, by https.
    Public,
    /// Those of private networks too, for a provider in the operator's own.
    Private,
    /// For development: also this machine, where http will do.
    Loopback,
}

impl ProviderReach {
    /// Whether a provider on this machine, without TLS, is one.
    #[must_use]
    pub fn is_loopback(self) -> bool {
        self == Self::Loopback
    }

    /// Whether a connection may go to the address.
    pub(super) fn covers(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if address.is_loopback() {
            return self == Self::Loopback;
        }
        match address {
            IpAddr::V4(address) => {
                is_public_v4(address) || (self != Self::Public && is_private_v4(address))
            }
            IpAddr::V6(address) => {
                is_public_v6(address) || (self != Self::Public && address.is_unique_local())
            }
        }
    }

    /// Reads an address that a provider or an administrator has given: https, no user, no fragment.
    /// Names are looked at when they are resolved.
    pub(super) fn read(self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let host = url.host_str()?;
        let plain = self == Self::Loopback && url.scheme() == "http" && is_this_machine(host);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let reached = bare.parse().map_or(true, |address| self.covers(address));
        let is_clean =
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        ((url.scheme() == "https" || plain) && is_clean && reached).then_some(url)
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    // 100.64.0.0/10 is shared between a carrier and its customers (RFC 6598).
    address.is_private() || (a == 100 && (64..128).contains(&b))
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = a == 0
        || a >= 224
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || is_private_v4(address)
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

/// Global unicast without what carries an address of IPv4 inside, and without documentation.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let carries_v4 = a == 0x2002 || (a == 0x2001 && b == 0);
    a & 0xe000 == 0x2000 && !carries_v4 && !(a == 0x2001 && b == 0xdb8)
}

/// Resolves names to addresses within reach only, at the moment of connecting: a name that leads
/// elsewhere by then leads nowhere.
impl Resolve for ProviderReach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let within: Vec<SocketAddr> =
                found.filter(|address| reach.covers(address.ip())).collect();
            if within.is_empty() {
                return Err("no address within reach".into());
            }
            Ok(Box::new(within.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_within_reach() {
        let covers = |reach: ProviderReach, text: &str| reach.covers(text.parse().expect(text));
        for text in ["8.8.8.8", "203.0.114.1", "2606:4700::1111"] {
            assert!(covers(ProviderReach::Public, text), "{text}");
        }
        for text in ["10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1"] {
            assert!(!covers(ProviderReach::Public, text), "{text}");
            assert!(covers(ProviderReach::Private, text), "{text}");
        }
        for text in [
            "0.0.0.0",
            "169.254.169.254",
            "192.0.0.170",
            "198.18.0.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "64:ff9b::a00:1",
            "::ffff:169.254.169.254",
        ] {
            assert!(!covers(ProviderReach::Private, text), "{text}");
        }
        for text in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert!(!covers(ProviderReach::Private, text), "{text}");
            assert!(covers(ProviderReach::Loopback, text), "{text}");
        }
    }

    #[test]
    fn an_address_is_https_and_leads_nowhere_else() {
        let reads = |reach: ProviderReach, text| reach.read(text).is_some();
        assert!(reads(ProviderReach::Public, "https://id.example.com/token?tenant=1"));
        for text in [
            "http://id.example.com/token",
            "https://10.0.0.1/token",
            "https://[::1]/token",
            "https://2130706433/token",
            "https://0x7f.1/token",
            "https://user@id.example.com/",
            "https://id.example.com/#x",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "/token",
        ] {
            assert!(!reads(ProviderReach::Public, text), "{text}");
        }
        assert!(reads(ProviderReach::Loopback, "http://127.0.0.1:9000/token"));
        assert!(!reads(ProviderReach::Loopback, "http://id.example.com/token"));
        assert!(!reads(ProviderReach::Private, "http://127.0.0.1:9000/token"));
    }
}
