//! `[database]`: where rows are kept.

use super::data::Data;
use super::reader::Reader;
use std::path::PathBuf;
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
    Database { location, synchronous, read_connections: usize::try_from(read_connections).unwrap_or(1) }
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
        }
        Ok(url) => {
            let scheme = url.scheme();
            reader.fault(KEY, format!("the kind \"{scheme}\" is not known"), RIGHT);
        }
        Err(error) => reader.fault(KEY, format!("this is not an address ({error})"), RIGHT),
    }
    Location::Postgres(text)
}
