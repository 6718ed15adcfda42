//! `[limits]`: sizes, counts and time-outs.

use super::reader::Reader;
use std::time::Duration;

/// Sizes, counts and time-outs.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest body of an API request, in bytes.
    pub request_bytes: usize,
    /// Largest uploaded file, in bytes.
    pub upload_bytes: usize,
    /// Wrong passwords for one account within the window before it must wait.
    pub account_failures: i64,
    /// Wrong passwords from one address within the window before it must wait.
    pub source_failures: i64,
    /// A session ends after so long without a request.
    pub session_idle: Duration,
    /// A session ends so long after log-in at the latest.
    pub session_length: Duration,
    /// API requests a minute of one session or key.
    pub requests_per_minute: u32,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Limits {
    let mut number = |key: &str, least: i64, most: i64| reader.number(key, least, most).unsigned_abs();
    let kib = number("limits.request_kib", 16, 65536);
    let mib = number("limits.upload_mib", 1, 1024);
    let idle = number("limits.session_idle_minutes", 1, 7 * 24 * 60);
    let hours = number("limits.session_hours", 1, 90 * 24);
    let requests = number("limits.requests_per_minute", 10, 1_000_000);
    Limits {
        request_bytes: usize::try_from(kib * 1024).unwrap_or(usize::MAX),
        upload_bytes: usize::try_from(mib * 1024 * 1024).unwrap_or(usize::MAX),
        account_failures: reader.number("limits.account_failures", 3, 1000),
        source_failures: reader.number("limits.source_failures", 3, 100_000),
        session_idle: Duration::from_secs(idle * 60),
        session_length: Duration::from_secs(hours * 3600),
        requests_per_minute: u32::try_from(requests).unwrap_or(u32::MAX),
    }
}
