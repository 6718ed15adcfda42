//! `[server]`: where we listen and how others reach us.

use super::reader::Reader;
use std::net::{IpAddr, SocketAddr};
use url::Url;

/// Where the server listens and how it is reached.
#[derive(Debug, Clone)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// How browsers and platforms reach us, without a slash at the end.
    pub public_url: String,
    /// Cookies over HTTPS only, with the `__Host-` prefix.
    pub secure_cookies: bool,
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
}

impl Server {
    /// Scheme, host and port of the public address as a browser writes it in `Origin`.
    pub fn origin(&self) -> String {
        Url::parse(&self.public_url).map(|it| it.origin().ascii_serialization()).unwrap_or_default()
    }
}

/// A range of addresses: `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

impl Network {
    /// Reads `10.1.0.0/16`, `10.1.2.3`, `fd00::/8`.
    pub fn parse(text: &str) -> Option<Network> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let base: IpAddr = address.trim().parse().ok()?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Network { base, bits })
    }

    /// Whether `address` lies in this range. An IPv4 address written as IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let shift = 32 - u32::from(self.bits);
                (u64::from(base.to_bits()) >> shift) == (u64::from(address.to_bits()) >> shift)
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let shift = 128 - u32::from(self.bits);
                base.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Server {
    let listen = reader.text("server.listen");
    let listen = listen.parse().unwrap_or_else(|_| {
        let why = format!("\"{listen}\" is not an address with a port");
        reader.fault("server.listen", why, "\"127.0.0.1:7300\" or \"0.0.0.0:7300\" or \"[::]:7300\"");
        SocketAddr::from(([127, 0, 0, 1], 0))
    });
    let secure_cookies = reader.flag("server.secure_cookies");
    Server {
        listen,
        public_url: public_url(reader, secure_cookies),
        secure_cookies,
        trusted_proxies: proxies(reader),
    }
}

fn public_url(reader: &mut Reader<'_>, secure_cookies: bool) -> String {
    const KEY: &str = "server.public_url";
    const RIGHT: &str = "\"https://service.example.com\"";
    let text = reader.text(KEY);
    match Url::parse(&text) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") || url.host().is_none() => {
            reader.fault(KEY, format!("\"{text}\" does not begin with http:// or https://"), RIGHT);
        }
        Ok(url) if url.path() != "/" || url.query().is_some() || url.fragment().is_some() => {
            reader.fault(
                KEY,
                "a path, query or fragment is not possible: the console lives at the root",
                RIGHT,
            );
        }
        Ok(url) if url.password().is_some() || !url.username().is_empty() => {
            reader.fault(KEY, "it holds a user or password", RIGHT);
        }
        Ok(url) if url.scheme() == "https" && !secure_cookies => {
            let why = "is false although server.public_url is https, so sessions could leak over http";
            reader.fault("server.secure_cookies", why, "true");
        }
        Ok(url) if url.scheme() == "http" && secure_cookies => {
            let why = "is true although server.public_url is http, so no browser could log in";
            reader.fault("server.secure_cookies", why, "false, or a public_url with https");
        }
        Ok(_) => {}
        Err(error) => reader.fault(KEY, format!("\"{text}\" is not an address ({error})"), RIGHT),
    }
    text.trim_end_matches('/').to_owned()
}

fn proxies(reader: &mut Reader<'_>) -> Vec<Network> {
    const KEY: &str = "server.trusted_proxies";
    let mut networks = Vec::new();
    for text in reader.list(KEY) {
        match Network::parse(&text) {
            Some(network) if network.bits == 0 => {
                let why = format!("\"{text}\" means everybody, so anybody could choose their own address");
                reader.fault(KEY, why, "[\"10.0.0.5\"]: your proxies only");
            }
            Some(network) => networks.push(network),
            None => {
                let why = format!("\"{text}\" is not an address or network");
                reader.fault(KEY, why, "[\"10.0.0.5\", \"192.168.0.0/16\"]");
            }
        }
    }
    networks
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn a_network_holds_its_addresses() {
        for (network, address, expected) in [
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.5", "10.0.0.5", true),
            ("10.0.0.5", "10.0.0.6", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false),
            ("::/0", "2001:db8::1", true),
            ("0.0.0.0/0", "8.8.8.8", true),
        ] {
            let network = Network::parse(network).unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), expected, "{network:?} {address}");
        }
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "localhost", "10.0.0.0/x"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }
}
