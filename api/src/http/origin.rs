//! Whose pages may open sockets. A browser lets any page open one anywhere and says only where the page
//! comes from (RFC 6455, 10.2); other programs say nothing, and have nobody's browser to misuse.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest,
    http::{StatusCode, Uri, header},
};

use super::refusal::{ErrorCode, Refusal};

/// Web origins whose pages may open sockets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origins {
    listed: BTreeSet<String>,
    /// Whether a page of the host that the request names is one as well.
    own_host: bool,
}

impl Default for Origins {
    fn default() -> Self {
        Self { listed: BTreeSet::new(), own_host: true }
    }
}

impl Origins {
    /// The origins of these addresses; with `own_host` also pages of the host that a request names.
    /// `None` when one of them is no address of a page.
    pub fn of<'a>(addresses: impl Iterator<Item = &'a str>, own_host: bool) -> Option<Self> {
        let listed = addresses.map(origin_of).collect::<Option<_>>()?;
        Some(Self { listed, own_host })
    }

    /// Refuses a handshake that the page of another origin asks for.
    pub(super) fn check(&self, request: &HttpRequest) -> Result<(), Refusal> {
        let mut named = request.headers().get_all(header::ORIGIN);
        let Some(first) = named.next() else { return Ok(()) };
        let origin = first.to_str().ok().filter(|_| named.next().is_none()).and_then(origin_of);
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let is_ours = origin.is_some_and(|origin| {
            let here = origin.split_once("://").map(|(_, host)| host.to_owned());
            let own = self.own_host && here == host.map(without_usual_port);
            own || self.listed.contains(&origin)
        });
        if is_ours {
            return Ok(());
        }
        Err(Refusal::request(
            StatusCode::FORBIDDEN,
            ErrorCode::Forbidden,
            "Pages of this origin may not open sockets here.",
        ))
    }
}

/// `scheme://host` with the port, unless it is the usual one; `None` for anything else than http.
fn origin_of(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let scheme = uri.scheme_str().filter(|scheme| ["http", "https"].contains(scheme))?;
    let authority = uri.authority()?.as_str();
    if authority.contains('@') {
        return None;
    }
    let host = authority.to_ascii_lowercase();
    let usual = if scheme == "https" { ":443" } else { ":80" };
    Some(format!("{scheme}://{}", host.strip_suffix(usual).unwrap_or(&host)))
}

/// A `Host` as an origin has it, whose scheme is not known.
fn without_usual_port(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    let bare = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80"));
    bare.map_or_else(|| host.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn lets_in(origins: &Origins, origin: &str) -> bool {
        let request = TestRequest::default()
            .insert_header((header::HOST, "Trunkline.example.com:443"))
            .insert_header((header::ORIGIN, origin));
        origins.check(&request.to_http_request()).is_ok()
    }

    #[test]
    fn pages_of_listed_origins_alone_are_let_in() {
        let listed = ["https://trunkline.example.com", "https://board.example.com:8443"];
        let origins = Origins::of(listed.into_iter(), false).expect("origins");
        for origin in [
            "https://trunkline.example.com",
            "https://trunkline.example.com:443",
            "https://board.example.com:8443",
        ] {
            assert!(lets_in(&origins, origin), "{origin}");
        }
        for origin in [
            "http://trunkline.example.com:8080",
            "http://trunkline.example.com",
            "https://trunkline.example.com:80",
            "https://board.example.com",
            "https://trunkline.example.com.evil.example",
            "https://evil.example",
            "https://trunkline.example.com@evil.example",
            "null",
            "",
        ] {
            assert!(!lets_in(&origins, origin), "{origin}");
        }
        let silent = TestRequest::default().to_http_request();
        assert!(origins.check(&silent).is_ok(), "no browser");
        let twice = TestRequest::default()
            .append_header((header::ORIGIN, "https://trunkline.example.com"))
            .append_header((header::ORIGIN, "https://evil.example"));
        assert!(origins.check(&twice.to_http_request()).is_err());
    }

    #[test]
    fn who_develops_reaches_the_own_page_under_any_name() {
        let origins = Origins::default();
        assert!(lets_in(&origins, "https://trunkline.example.com"));
        assert!(!lets_in(&origins, "https://evil.example"));
    }

    #[test]
    fn what_is_no_origin_is_not_listed() {
        for address in
            ["trunkline.example.com", "ftp://example.com", "https://", "/", "https://a@b.c"]
        {
            assert_eq!(Origins::of([address].into_iter(), false), None, "{address}");
        }
        assert!(Origins::of(["https://a.example/page"].into_iter(), false).is_some());
    }
}
