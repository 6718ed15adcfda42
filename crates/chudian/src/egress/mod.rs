//! The one way out: the HTTP client of all outgoing calls, which does not reach private addresses
//! that the operator has not listed.
//!
//! Names are looked up and judged at the moment of connecting, so a name that changes its address
//! between check and use gains nothing. Addresses written as numbers never pass the resolver and are
//! judged by [`check`]. Redirects are not followed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::base::{Error, Result};
use crate::config::egress::Egress;

/// Builds the client. A TLS provider must be installed already.
pub fn client(settings: &Egress) -> Result<reqwest::Client> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Arc::new(Guard(settings.clone())))
        .no_proxy()
        .connect_timeout(Duration::from_secs(3))
        .timeout(settings.timeout.max(Duration::from_secs(60)))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("chudian/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| Error::internal("http.client", "the HTTP client could not be built").because(error))
}

/// Refuses an address that may not be called, before anything is sent. Names are judged later, when
/// they are looked up.
pub fn check(settings: &Egress, url: &str) -> Result<()> {
    let url = Url::parse(url).map_err(|error| refused("it is not an address").because(error))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused("only http and https are called"));
    }
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(_)) => return Ok(()),
        None => return Err(refused("it names no host")),
    };
    if may_call(settings, &address.to_string(), address) {
        return Ok(());
    }
    Err(refused("it is a private address; if it must be called, list it in egress.allowed_private"))
}

fn refused(why: &str) -> Error {
    Error::invalid("egress.refused", format!("this address is not called: {why}"))
}

fn may_call(settings: &Egress, host: &str, address: IpAddr) -> bool {
    is_public(address) || settings.allows(host, address)
}

/// Whether an address is on the public internet, whatever it is dressed up as.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded_v4(address) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

/// IANA IPv4 special-purpose registry: everything that is not globally reachable.
fn is_public_v4(it: Ipv4Addr) -> bool {
    let [a, b, c, _] = it.octets();
    let special = it.is_private()
        || it.is_loopback()
        || it.is_link_local()
        || it.is_multicast()
        || it.is_broadcast()
        || it.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b));
    !special
}

/// IANA IPv6 special-purpose registry; only 2000::/3 is handed out for global use.
fn is_public_v6(it: Ipv6Addr) -> bool {
    let [first, second, ..] = it.segments();
    let documentation = first == 0x2001 && second == 0x0db8;
    let teredo_and_kin = first == 0x2001 && second < 0x0200;
    (0x2000..0x4000).contains(&first) && !documentation && !teredo_and_kin
}

/// The IPv4 address inside a mapped, compatible, NAT64 or 6to4 address.
fn embedded_v4(it: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = it.segments();
    let from = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] if !it.is_loopback() && !it.is_unspecified() => {
            from(high, low)
        }
        [0x64, 0xff9b, .., high, low] => from(high, low),
        [0x2002, high, low, ..] => from(high, low),
        _ => None,
    }
}

/// Looks names up and keeps only addresses that may be called.
struct Guard(Egress);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let settings = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let kept: Vec<SocketAddr> = found.filter(|it| may_call(&settings, &host, it.ip())).collect();
            if kept.is_empty() {
                return Err(Box::new(refused("the name leads to private addresses only")) as _);
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::server::Network;

    fn settings(networks: &[&str], hosts: &[&str]) -> Egress {
        Egress {
            networks: networks.iter().map(|it| Network::parse(it).unwrap()).collect(),
            hosts: hosts.iter().map(ToString::to_string).collect(),
            timeout: Duration::from_secs(1),
        }
    }

    #[test]
    fn private_addresses_are_refused_in_every_dress() {
        let none = settings(&[], &[]);
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://10.1.2.3/",
            "http://172.16.0.1/",
            "http://192.168.1.1:8080/",
            "http://169.254.169.254/latest/meta-data",
            "http://100.64.0.1/",
            "http://0.0.0.0/",
            "http://255.255.255.255/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[fc00::1]/",
            "http://[fe80::1]/",
            "http://[2001:db8::1]/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "not an address",
        ] {
            assert!(check(&none, url).is_err(), "{url}");
        }
        for url in ["https://api.weixin.qq.com/", "http://8.8.8.8/", "http://[2400:3200::1]/"] {
            assert!(check(&none, url).is_ok(), "{url}");
        }
    }

    #[test]
    fn the_operator_may_list_a_private_address() {
        let some = settings(&["127.0.0.1", "10.2.0.0/16"], &[]);
        assert!(check(&some, "http://127.0.0.1:7301/").is_ok());
        assert!(check(&some, "http://10.2.3.4/").is_ok());
        assert!(check(&some, "http://10.3.3.4/").is_err());
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_when_it_is_looked_up() {
        let name = || "localhost".parse::<Name>().unwrap();
        assert!(Guard(settings(&[], &[])).resolve(name()).await.is_err());
        assert!(Guard(settings(&[], &["localhost"])).resolve(name()).await.is_ok());
    }
}
