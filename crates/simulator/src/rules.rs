//! The platform's windows, quotas and sizes as dated data (`rules.toml`): they changed five times in ten
//! years, so none of them is a constant in the code.

use jiff::civil::Date;
use serde::Deserialize;

/// Milliseconds in a day.
pub(crate) const DAY: i64 = 86_400_000;
/// The platform counts days in Asia/Shanghai, which has had no summer time since 1991.
const SHANGHAI: i64 = 8 * 3_600_000;

/// All rows of `rules.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    window: Vec<Window>,
    quota: Vec<Quota>,
    size: Vec<Size>,
}

/// What one act of a customer allows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Window {
    act: String,
    /// Messages, or unlimited.
    pub(crate) count: Option<u32>,
    /// Length of the window.
    pub(crate) seconds: i64,
    from: Option<Date>,
    until: Option<Date>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Quota {
    path: String,
    daily: u64,
    from: Option<Date>,
    until: Option<Date>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Size {
    name: String,
    value: usize,
    from: Option<Date>,
    until: Option<Date>,
}

impl Rules {
    /// The built-in table.
    pub(crate) fn built_in() -> Rules {
        toml::from_str(include_str!("rules.toml")).expect("the built-in table is read by a test of this file")
    }

    /// The window that `act` opens on `date`.
    pub(crate) fn window(&self, act: &str, date: Date) -> Option<&Window> {
        self.window.iter().find(|row| row.act == act && valid(row.from, row.until, date))
    }

    /// Calls of `path` a day on `date`; `None` when the platform does not count them.
    pub(crate) fn quota(&self, path: &str, date: Date) -> Option<u64> {
        self.quota
            .iter()
            .find(|row| row.path == path && valid(row.from, row.until, date))
            .map(|row| row.daily)
    }

    /// A size or count by its name; a missing name means no limit.
    pub(crate) fn size(&self, name: &str, date: Date) -> usize {
        let row = self.size.iter().find(|row| row.name == name && valid(row.from, row.until, date));
        row.map_or(usize::MAX, |row| row.value)
    }
}

fn valid(from: Option<Date>, until: Option<Date>, date: Date) -> bool {
    from.is_none_or(|from| from <= date) && until.is_none_or(|until| date < until)
}

/// The number of the day in Asia/Shanghai; daily quotas start again when it changes.
pub(crate) fn day_number(now: i64) -> i64 {
    (now + SHANGHAI).div_euclid(DAY)
}

/// The calendar date in Asia/Shanghai.
pub(crate) fn date(now: i64) -> Date {
    let moment = jiff::Timestamp::from_millisecond(now + SHANGHAI).unwrap_or_default();
    moment.to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(act: &str, date: &str) -> Option<(Option<u32>, i64)> {
        let rules = Rules::built_in();
        rules.window(act, date.parse().unwrap()).map(|row| (row.count, row.seconds))
    }

    #[test]
    fn windows_follow_the_date() {
        assert_eq!(window("message", "2013-05-01"), Some((None, 86_400)));
        assert_eq!(window("message", "2015-05-01"), Some((None, 172_800)));
        assert_eq!(window("message", "2020-05-01"), Some((Some(20), 172_800)));
        assert_eq!(window("message", "2026-05-01"), Some((Some(5), 172_800)));
        assert_eq!(window("follow", "2026-05-01"), Some((Some(3), 60)));
        assert_eq!(window("pay", "2026-05-01"), Some((None, 172_800)));
        assert_eq!(window("view", "2026-05-01"), None);
    }

    #[test]
    fn sizes_and_quotas_follow_the_date() {
        let rules = Rules::built_in();
        let (old, new) = ("2013-05-01".parse().unwrap(), "2026-01-01".parse().unwrap());
        assert_eq!(rules.size("image_bytes", old), 131_072);
        assert_eq!(rules.size("image_bytes", new), 10_485_760);
        assert_eq!(rules.size("no such thing", new), usize::MAX);
        assert_eq!(rules.quota("/cgi-bin/media/upload", old), Some(5000));
        assert_eq!(rules.quota("/cgi-bin/media/upload", new), Some(100_000));
        assert_eq!(rules.quota("/cgi-bin/getcallbackip", new), None);
    }

    #[test]
    fn the_day_changes_at_midnight_in_shanghai() {
        let midnight: jiff::Timestamp = "2026-01-01T00:00:00+08:00".parse().unwrap();
        let midnight = midnight.as_millisecond();
        assert_eq!(day_number(midnight - 1) + 1, day_number(midnight));
        assert_eq!(date(midnight).to_string(), "2026-01-01");
        assert_eq!(date(midnight - 1).to_string(), "2025-12-31");
    }
}
