//! Which addresses stay on the machine that asks.

use std::net::IpAddr;

use reqwest::Url;

/// Whether `host`, as an address names it, is the machine that asks: what is said to it does not
/// pass a network.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => bare.eq_ignore_ascii_case("localhost"),
    }
}

/// The same for the host of a URL; what is none names no machine.
#[must_use]
pub fn is_on_this_machine(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.host_str().is_some_and(is_this_machine))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_this_machine() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.0.1", "::1", "[::1]"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["localhost.example.com", "0.0.0.0", "10.0.0.1", "db", "", "127.0.0.1.nip.io"] {
            assert!(!is_this_machine(host), "{host}");
        }
    }

    #[test]
    fn a_url_is_of_this_machine_by_its_host() {
        for url in ["http://localhost:4000", "smtp://127.0.0.1:25", "http://[::1]:4000/"] {
            assert!(is_on_this_machine(url), "{url}");
        }
        for url in ["smtp://localhost@mail.example.com", "http://0.0.0.0:4000", "localhost", ""] {
            assert!(!is_on_this_machine(url), "{url}");
        }
    }
}
