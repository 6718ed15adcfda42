//! `[database]`: where rows are kept.

use super::data::Data;
use super::reader::Reader;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::path::{Path, PathBuf};
use url::Url;

/// Where rows are kept, and how safely.
#[derive(Debug, Clone)]
pub struct Database {
    /// The engine and where it is.
    pub location: Location,
    /// How hard a commit is flushed.
    pub synchronous: Synchronous,
    /// Connections that read at the same time.
    pub read_connections: usize,
    /// Who may have signed PostgreSQL's certificate; `None` for the public authorities.
    pub authorities: Option<RootCertStore>,
}

/// The engine and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// An SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL address, `postgres://user:password@host/database`.
    Postgres(String),
}

/// How hard a commit is flushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// To the disk: survives a power cut.
    Full,
    /// To the operating system: the control of the crash tests, which must lose rows.
    Normal,
}

impl Location {
    /// `sqlite:PATH` or `postgres://…`, as [`crate::db`] takes it. It may hold a password.
    pub fn url(&self) -> String {
        match self {
            Location::Sqlite(path) => format!("sqlite:{}", path.display()),
            Location::Postgres(url) => url.clone(),
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>, data: &Data) -> Database {
    let location = location(reader, data);
    let synchronous = match reader.one_of("database.synchronous", &["full", "normal"]) {
        "normal" => {
            if reader.variable("CHUDIAN_TEST_UNSAFE") != Some("1") {
                let why = "with \"normal\" a power cut loses messages that were already acknowledged";
                reader.fault("database.synchronous", why, "\"full\"");
            }
            Synchronous::Normal
        }
        _ => Synchronous::Full,
    };
    let read_connections = reader.number("database.read_connections", 1, 64);
    let authorities = authorities(reader, &location);
    let read_connections = usize::try_from(read_connections).unwrap_or(1);
    Database { location, synchronous, read_connections, authorities }
}

fn authorities(reader: &mut Reader<'_>, location: &Location) -> Option<RootCertStore> {
    const KEY: &str = "database.ca_file";
    const RIGHT: &str = "a file of PEM certificates, and sslmode=require in database.url";
    let file = PathBuf::from(Some(reader.text(KEY)).filter(|it| !it.trim().is_empty())?);
    let is_used = matches!(location, Location::Postgres(url) if sslmode(url).as_deref() == Some("require"));
    if !is_used {
        reader.fault(KEY, "nothing is encrypted, so it would be for nothing", RIGHT);
        return None;
    }
    authorities_in(&file).map_err(|why| reader.fault(KEY, why, RIGHT)).ok()
}

/// The authorities in a file of PEM certificates, or why there are none.
pub fn authorities_in(file: &Path) -> Result<RootCertStore, String> {
    let name = file.display();
    let found =
        CertificateDer::pem_file_iter(file).map_err(|error| format!("cannot read {name}: {error}"))?;
    let mut authorities = RootCertStore::empty();
    for certificate in found {
        let broken = |why: String| format!("{name} holds something that is no certificate ({why})");
        let certificate = certificate.map_err(|error| broken(error.to_string()))?;
        authorities.add(certificate).map_err(|error| broken(error.to_string()))?;
    }
    if authorities.is_empty() { Err(format!("{name} holds no certificate")) } else { Ok(authorities) }
}

/// What an address says of encryption.
fn sslmode(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    url.query_pairs().find(|it| it.0 == "sslmode").map(|it| it.1.into_owned())
}

fn location(reader: &mut Reader<'_>, data: &Data) -> Location {
    const KEY: &str = "database.url";
    const RIGHT: &str = "\"sqlite:chudian.sqlite\" or \"postgres://user:password@host/database\"";
    let text = reader.text(KEY);
    if let Some(path) = text.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path == ":memory:" || path.contains('?') {
            reader.fault(KEY, "the name of the SQLite file is missing or not a file", RIGHT);
        }
        return Location::Sqlite(data.folder.join(path));
    }
    // The address may hold a password, so the message does not repeat it.
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => {
            if url.path().trim_matches('/').is_empty() {
                reader.fault(KEY, "the address names no database", RIGHT);
            }
            match sslmode(&text).as_deref() {
                None | Some("disable" | "require") => {}
                Some(other) => {
                    let why = format!(
                        "sslmode \"{other}\" is not known here: with \"require\" the connection is encrypted, and the server's certificate and name are checked; without it nothing is encrypted"
                    );
                    reader.fault(KEY, why, "sslmode=require");
                }
            }
        }
        Ok(url) => {
            let scheme = url.scheme();
            reader.fault(KEY, format!("the kind \"{scheme}\" is not known"), RIGHT);
        }
        Err(error) => reader.fault(KEY, format!("this is not an address ({error})"), RIGHT),
    }
    Location::Postgres(text)
}
