//! Moments, and the clock that tells them.
//!
//! The clock is a handle: the server's runs by itself, a test's is moved by hand. Rules take
//! `now` as an argument and never ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since 1970-01-01 UTC. In JSON it is RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub i64);

impl Time {
    /// Milliseconds in a second, a minute, an hour and a day.
    pub const SECOND: i64 = 1000;
    /// See [`Time::SECOND`].
    pub const MINUTE: i64 = 60 * Self::SECOND;
    /// See [`Time::SECOND`].
    pub const HOUR: i64 = 60 * Self::MINUTE;
    /// See [`Time::SECOND`].
    pub const DAY: i64 = 24 * Self::HOUR;

    /// The moment `millis` milliseconds later (or earlier, when negative).
    #[must_use]
    pub fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this moment.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// From whole seconds since 1970, as platforms write them.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(Self::SECOND))
    }

    /// Whole seconds since 1970.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(Self::SECOND)
    }

    fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// The same moment on the wall of a time zone such as `Asia/Shanghai`.
    /// An unknown zone counts as UTC: settings refuse it before it gets here.
    #[must_use]
    pub fn in_zone(self, zone: &str) -> jiff::Zoned {
        let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        self.timestamp().to_zoned(zone)
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

impl std::str::FromStr for Time {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.parse::<jiff::Timestamp>()?.as_millisecond()))
    }
}

impl Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Time {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .build()
            .into()
    }
}

impl utoipa::ToSchema for Time {}

/// Tells the time. Clones tell the same time.
#[derive(Debug, Clone)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's own clock.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `at` until it is moved.
    #[must_use]
    pub fn standing_at(at: Time) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.0))))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Time {
        match &self.0 {
            Some(hand) => Time(hand.load(Ordering::Acquire)),
            None => Time(jiff::Timestamp::now().as_millisecond()),
        }
    }

    /// Moves a standing clock on by `millis`. The machine's own clock does not listen.
    pub fn advance(&self, millis: i64) {
        if let Some(hand) = &self.0 {
            hand.fetch_add(millis, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_rfc_3339_and_back() {
        let at = Time(1_767_225_600_123);
        assert_eq!(at.to_string(), "2026-01-01T00:00:00.123Z");
        assert_eq!(at.to_string().parse::<Time>().unwrap(), at);
        assert_eq!(at.in_zone("Asia/Shanghai").hour(), 8);
    }

    #[test]
    fn a_standing_clock_moves_only_by_hand() {
        let clock = Clock::standing_at(Time(5));
        let twin = clock.clone();
        clock.advance(Time::SECOND);
        assert_eq!(twin.now(), Time(1005));
    }
}
