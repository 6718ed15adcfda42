//! The network address that a request really comes from. Pure.

use crate::config::server::Network;
use axum::http::HeaderMap;
use std::net::{IpAddr, Ipv4Addr};

/// The network address of the caller, put into the request by [`crate::web::trace`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source(pub IpAddr);

impl Default for Source {
    fn default() -> Self {
        Source(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}

/// The address of the caller: the peer of the connection, or, when the peer is a trusted
/// proxy, the last address in `X-Forwarded-For` that is not a trusted proxy itself.
///
/// Only the right end of that header was written by our proxies; what stands left of it
/// anybody can make up.
#[must_use]
pub fn find(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Source {
    let is_trusted = |address: IpAddr| trusted.iter().any(|it| it.contains(address));
    let mut source = peer.to_canonical();
    if !is_trusted(source) {
        return Source(source);
    }
    let all = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|it| it.to_str().ok())
        .collect::<Vec<_>>()
        .join(",");
    for hop in all.rsplit(',') {
        let Some(address) = read(hop.trim()) else { break };
        source = address;
        if !is_trusted(address) {
            break;
        }
    }
    Source(source)
}

/// An address, perhaps with a port, as some proxies write it.
fn read(text: &str) -> Option<IpAddr> {
    let parsed = text.parse::<IpAddr>().or_else(|_| text.parse::<std::net::SocketAddr>().map(|it| it.ip()));
    parsed.ok().map(|it| it.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = [Network::parse("10.0.0.0/8").unwrap()];
        for (peer, forwarded, expected) in [
            ("1.2.3.4", "", "1.2.3.4"),
            ("1.2.3.4", "9.9.9.9", "1.2.3.4"),
            ("10.0.0.1", "9.9.9.9", "9.9.9.9"),
            ("::ffff:10.0.0.1", "9.9.9.9", "9.9.9.9"),
            ("10.0.0.1", "6.6.6.6, 9.9.9.9", "9.9.9.9"),
            ("10.0.0.1", "6.6.6.6, 9.9.9.9, 10.0.0.2", "9.9.9.9"),
            ("10.0.0.1", "nonsense, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "9.9.9.9:4711", "9.9.9.9"),
            ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
            ("10.0.0.1", "", "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            if !forwarded.is_empty() {
                headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            }
            let found = find(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found.0, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded}");
        }
    }
}
