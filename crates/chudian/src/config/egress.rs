//! `[egress]`: which private addresses the server may call.

use super::reader::Reader;
use super::server::Network;
use std::net::IpAddr;
use std::time::Duration;

/// What may be called besides public addresses.
#[derive(Debug, Clone)]
pub struct Egress {
    /// Private networks that may be called.
    pub networks: Vec<Network>,
    /// Host names, in lower case, whose private addresses may be called.
    pub hosts: Vec<String>,
    /// Longest wait for an answer.
    pub timeout: Duration,
}

impl Egress {
    /// Whether the operator allows this private address, reached by this host name.
    pub fn allows(&self, host: &str, address: IpAddr) -> bool {
        self.hosts.iter().any(|it| it.eq_ignore_ascii_case(host))
            || self.networks.iter().any(|it| it.contains(address))
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Egress {
    const KEY: &str = "egress.allowed_private";
    let mut egress = Egress { networks: Vec::new(), hosts: Vec::new(), timeout: Duration::from_secs(10) };
    for text in reader.list(KEY) {
        if let Some(network) = Network::parse(&text) {
            egress.networks.push(network);
        } else if !text.is_empty() && text.chars().all(|it| it.is_ascii_alphanumeric() || "-._".contains(it))
        {
            egress.hosts.push(text.to_ascii_lowercase());
        } else {
            let why = format!("\"{text}\" is not a host name, address or network");
            reader.fault(
                KEY,
                why,
                "[\"billing.internal\", \"127.0.0.1\", \"10.2.0.0/16\"]: no scheme, no port",
            );
        }
    }
    let seconds = reader.number("egress.timeout_seconds", 1, 120);
    egress.timeout = Duration::from_secs(seconds.unsigned_abs());
    egress
}
