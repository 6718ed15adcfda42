//! Whether and how the connection to PostgreSQL is encrypted.
//!
//! `sslmode=require` in the address means more here than in libpq: the server's certificate must be signed by an
//! authority that is trusted and must name the host, as `verify-full` asks there. An encrypted connection to
//! whoever answers would keep nothing secret. Without it nothing is encrypted; there is nothing between.

use std::str::FromStr as _;
use std::sync::Arc;

use postgres::config::{Host, SslMode};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::base::{Error, Result};

/// The encryption that an address asks for; `None` for none. `authorities` sign servers' certificates; without any the
/// public ones are trusted.
pub(super) fn of(url: &str, authorities: Option<&RootCertStore>) -> Result<Option<MakeRustlsConnect>> {
    let address = postgres::Config::from_str(url).map_err(|error| {
        Error::invalid("database.url", "database.url is no PostgreSQL address").because(error)
    })?;
    if address.get_ssl_mode() != SslMode::Require {
        if !address.get_hosts().iter().all(is_near) {
            tracing::warn!(
                "the connection to PostgreSQL on another machine is not encrypted: add ?sslmode=require to database.url"
            );
        }
        return Ok(None);
    }
    let public = || RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let roots = authorities.cloned().unwrap_or_else(public);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions
        .map_err(|error| Error::internal("database.tls", "TLS cannot be set up").because(error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Some(MakeRustlsConnect::new(config)))
}

/// On this machine: nobody listens between.
fn is_near(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            let address = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
            name == "localhost" || address.is_ok_and(|it| it.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_asks_for_it_is_encrypted() {
        for (url, expected) in [
            ("postgres://u@db.example/chudian", false),
            ("postgres://u@db.example/chudian?sslmode=disable", false),
            ("postgres://u@db.example/chudian?sslmode=prefer", false),
            ("postgres://u@db.example/chudian?sslmode=require", true),
        ] {
            assert_eq!(of(url, None).unwrap().is_some(), expected, "{url}");
        }
        let unknown = of("postgres://u@h/d?sslmode=maybe", None).err().map(|it| it.code);
        assert_eq!(unknown, Some("database.url"));
    }

    #[test]
    fn what_stays_on_this_machine_needs_none() {
        let near = |url: &str| postgres::Config::from_str(url).unwrap().get_hosts().iter().all(is_near);
        for url in [
            "postgres://u@localhost/d",
            "postgres://u@127.0.0.1/d",
            "postgres://u@[::1]/d",
            "postgres://u@%2Frun/d",
        ] {
            assert!(near(url), "{url}");
        }
        for url in ["postgres://u@db/d", "postgres://u@10.0.0.5/d", "postgres://u@localhost,db/d"] {
            assert!(!near(url), "{url}");
        }
    }
}
