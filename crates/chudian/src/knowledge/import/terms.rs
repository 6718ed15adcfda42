//! The columns that say how an entry counts: which of its answers are given, from when until when, whether it is
//! switched on, and for which members. Pure.

use jiff::civil::{Date, DateTime};

use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::knowledge::model::{AnswerMode, EntryBody};
use crate::knowledge::shared::model::Sharing;

use super::Cells;
use super::particulars::{Refusal, date};

/// What a row says of them. `None`: nothing, and what is there stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Terms {
    mode: Option<AnswerMode>,
    from: Option<Option<DateTime>>,
    until: Option<Option<DateTime>>,
    enabled: Option<bool>,
    sharing: Option<Option<Sharing>>,
}

impl Terms {
    /// Reads the cells.
    pub(super) fn read(cells: &Cells) -> Result<Self, Refusal> {
        let moment = |cell: &Option<String>, column, is_end| {
            let read = |it: &str| moment(it, is_end).map_err(|error| (column, error));
            cell.as_deref().map(read).transpose()
        };
        Ok(Self {
            mode: cells.answer_mode.as_deref().and_then(mode).transpose()?,
            from: moment(&cells.valid_from, "valid_from", false)?,
            until: moment(&cells.valid_until, "valid_until", true)?,
            enabled: cells.enabled.as_deref().and_then(enabled).transpose()?,
            sharing: cells.sharing.as_deref().map(sharing).transpose()?,
        })
    }

    /// Writes what the row says into a body.
    pub(super) fn apply(&self, body: &mut EntryBody, zone: &str) -> Result<(), Refusal> {
        body.answer_mode = self.mode.unwrap_or(body.answer_mode);
        let validity = &mut body.validity;
        validity.from = kept(validity.from, self.from, zone);
        validity.until = kept(validity.until, self.until, zone);
        body.enabled = self.enabled.unwrap_or(body.enabled);
        if let Some(sharing) = &self.sharing {
            body.sharing.clone_from(sharing);
        }
        body.validity.check().map_err(|error| ("valid_until", error))
    }
}

/// The moment that a row says; the one that is there where it reads the same, to its last millisecond.
fn kept(old: Option<Time>, said: Option<Option<DateTime>>, zone: &str) -> Option<Time> {
    let Some(said) = said else { return old };
    if old.map(|it| it.in_zone(zone).datetime()) == said {
        return old;
    }
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    Some(Time(said?.to_zoned(zone).ok()?.timestamp().as_millisecond()))
}

fn mode(cell: &str) -> Option<Result<AnswerMode, Refusal>> {
    Some(match cell.trim().to_lowercase().as_str() {
        "" => return None,
        "in_order" | "in order" | "依次" | "顺序" => Ok(AnswerMode::InOrder),
        "random" | "随机" => Ok(AnswerMode::Random),
        _ => Err(("answer_mode", Error::invalid("import.mode", "write in_order or random"))),
    })
}

fn enabled(cell: &str) -> Option<Result<bool, Refusal>> {
    Some(match cell.trim().to_lowercase().as_str() {
        "" => return None,
        "true" | "yes" | "1" | "是" | "启用" => Ok(true),
        "false" | "no" | "0" | "否" | "停用" => Ok(false),
        _ => Err(("enabled", Error::invalid("import.enabled", "write true or false"))),
    })
}

fn sharing(cell: &str) -> Result<Option<Sharing>, Refusal> {
    if cell.trim().is_empty() {
        return Ok(None);
    }
    let sharing: Result<Sharing> = serde_json::from_str(cell).map_err(|error| {
        Error::invalid("import.json", format!("looks like JSON and is not what is expected: {error}"))
    });
    sharing.and_then(Sharing::tidy).map(Some).map_err(|error| ("sharing", error))
}

/// A moment as people and spreadsheets write it; empty for none. A day alone is its beginning or, as people mean it
/// of a last day, its end.
fn moment(cell: &str, is_end: bool) -> Result<Option<DateTime>> {
    let cell = cell.trim();
    let wrong =
        || Error::invalid("import.moment", "write a day as 2026-12-31, or a moment as 2026-12-31 08:30");
    let Some(day) = date(cell).map_err(|_| wrong())? else { return Ok(None) };
    let after_midnight = match cell.parse::<f64>() {
        // What follows the point is the part of the day. Whole seconds: the fraction is rounded.
        #[expect(clippy::cast_possible_truncation, reason = "less than the seconds of a day")]
        Ok(days) if days.fract() > 0.0 => {
            let span = jiff::Span::new().seconds((days.fract() * 86_400.0).round() as i64);
            Some(day.to_datetime(jiff::civil::Time::midnight()).checked_add(span).map_err(|_| wrong())?)
        }
        Ok(_) => None,
        Err(_) => match cell.split_once(['T', ' ']) {
            Some((_, time)) => Some(day.to_datetime(time_of_day(time.trim()).ok_or_else(wrong)?)),
            None => None,
        },
    };
    match after_midnight {
        Some(moment) => Ok(Some(moment)),
        None if is_end => day.tomorrow().map(|it| Some(midnight(it))).map_err(|_| wrong()),
        None => Ok(Some(midnight(day))),
    }
}

fn midnight(day: Date) -> DateTime {
    day.to_datetime(jiff::civil::Time::midnight())
}

/// `8:30`, `08:30:00` or `08:30:00.250`.
fn time_of_day(text: &str) -> Option<jiff::civil::Time> {
    let text = if text.find(':') == Some(1) { format!("0{text}") } else { text.to_owned() };
    text.parse().ok()
}

/// The names of these columns, in their order.
pub(super) const COLUMNS: [&str; 5] = ["answer_mode", "valid_from", "valid_until", "enabled", "sharing"];

/// An entry's cells in these columns, as [`Terms::read`] takes them.
pub(super) fn cells(body: &EntryBody, zone: &str) -> [String; 5] {
    let written = |it: Option<Time>, is_end| {
        it.map(|it| written(it.in_zone(zone).datetime(), is_end)).unwrap_or_default()
    };
    let sharing = body.sharing.as_ref().map(|it| serde_json::to_string(it).unwrap_or_default());
    [
        body.answer_mode.name().to_owned(),
        written(body.validity.from, false),
        written(body.validity.until, true),
        body.enabled.to_string(),
        sharing.unwrap_or_default(),
    ]
}

/// A moment as [`moment`] reads it. Midnight is a day alone: a spreadsheet leaves the hour of midnight out.
fn written(moment: DateTime, is_end: bool) -> String {
    let day = if is_end { moment.date().yesterday().ok() } else { Some(moment.date()) };
    match day {
        Some(day) if moment.time() == jiff::civil::Time::midnight() => day.to_string(),
        _ => moment.to_string().replace('T', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::model::Validity;

    const ZONE: &str = "Asia/Shanghai";

    #[test]
    fn a_moment_is_read_as_people_and_spreadsheets_write_it() {
        let check = |cell: &str, is_end: bool, expected: Option<&str>| {
            let found = moment(cell, is_end).ok().map(|it| it.map(|it| it.to_string()).unwrap_or_default());
            assert_eq!(found.as_deref(), expected, "{cell}");
        };
        check("2026-12-31", false, Some("2026-12-31T00:00:00"));
        check("2026-12-31", true, Some("2027-01-01T00:00:00"));
        check("2026/12/31 8:30", true, Some("2026-12-31T08:30:00"));
        check("2026-12-31T08:30:05", false, Some("2026-12-31T08:30:05"));
        check("46387", true, Some("2027-01-01T00:00:00"));
        check("46387.354166666664", true, Some("2026-12-31T08:30:00"));
        check("", true, Some(""));
        for wrong in ["明天", "2026-12-31 25:00", "2026-12-31 早上", "12-31"] {
            check(wrong, false, None);
        }
    }

    #[test]
    fn terms_written_are_read_as_the_same() {
        for (from, until) in
            [(0, 57_600_000), (-28_800_000, 1_795_276_800_123), (1_795_276_799_000, 1_795_276_800_000)]
        {
            let body = EntryBody {
                answer_mode: AnswerMode::Random,
                validity: Validity { from: Some(Time(from)), until: Some(Time(until)) },
                enabled: false,
                sharing: Some(Sharing { members: Vec::new(), regions: vec!["华东".into()] }),
                ..EntryBody::default()
            };
            let [answer_mode, valid_from, valid_until, enabled, sharing] = cells(&body, ZONE).map(Some);
            let row = Cells { answer_mode, valid_from, valid_until, enabled, sharing, ..Cells::default() };
            let mut back = EntryBody::default();
            Terms::read(&row).unwrap().apply(&mut back, ZONE).unwrap();
            assert_eq!(back, body, "{row:?}");
        }
    }

    #[test]
    fn what_says_nothing_changes_nothing_and_what_is_wrong_is_refused_by_its_column() {
        let some = |it: &str| Some(it.to_owned());
        let mut body = EntryBody { answer_mode: AnswerMode::Random, enabled: false, ..EntryBody::default() };
        let before = body.clone();
        let row = Cells { answer_mode: some(" "), enabled: some(""), ..Cells::default() };
        Terms::read(&row).unwrap().apply(&mut body, ZONE).unwrap();
        assert_eq!(body, before);
        let check = |cells: Cells, column: &str, code: &str| {
            let refused = Terms::read(&cells).and_then(|it| it.apply(&mut EntryBody::default(), ZONE));
            let (at, error) = refused.unwrap_err();
            assert_eq!((at, error.code), (column, code));
        };
        check(Cells { answer_mode: some("都行"), ..Cells::default() }, "answer_mode", "import.mode");
        check(Cells { enabled: some("也许"), ..Cells::default() }, "enabled", "import.enabled");
        check(Cells { valid_from: some("明天"), ..Cells::default() }, "valid_from", "import.moment");
        check(Cells { sharing: some("所有"), ..Cells::default() }, "sharing", "import.json");
        let (valid_from, valid_until) = (some("2026-12-31"), some("2026-12-30"));
        check(Cells { valid_from, valid_until, ..Cells::default() }, "valid_until", "validity.empty");
    }
}
