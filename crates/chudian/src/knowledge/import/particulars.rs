//! The columns beside question and answer: tags, owner, date of review, other questions, answers for channels. Pure.

use std::collections::HashMap;

use crate::base::id::{EntryId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::knowledge::model::{Entry, EntryBody};
use crate::knowledge::particulars::{ChannelAnswers, check_sets, tidy_related, tidy_tags};

use super::Cells;
use super::terms::Terms;

/// What a row says of them. `None`: the table has no such column, and what is there stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Particulars {
    tags: Option<Vec<String>>,
    /// A log-in name; empty for nobody.
    owner: Option<String>,
    review: Option<Option<jiff::civil::Date>>,
    /// Standard questions.
    related: Option<Vec<String>>,
    channel_answers: Option<Vec<ChannelAnswers>>,
    terms: Terms,
}

/// What the names in a table mean.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// People by their log-in name.
    pub(super) logins: HashMap<String, UserId>,
    /// Entries by their standard question: those that are there, and those that the table makes.
    pub(super) questions: HashMap<String, EntryId>,
    /// The tenant's time zone: a day begins there.
    pub(super) zone: String,
}

impl Names {
    /// Makes a standard question known. The bar parts questions, so inside one it is written wide.
    pub(super) fn know(&mut self, question: &str, id: impl FnOnce() -> EntryId) {
        if self.questions.contains_key(question) {
            return;
        }
        let id = id();
        self.questions.insert(question.to_owned(), id);
        if question.contains('|') {
            self.questions.entry(wide(question)).or_insert(id);
        }
    }
}

/// A wording as it stands in a list that bars part.
pub(super) fn wide(wording: &str) -> String {
    wording.replace('|', "｜")
}

/// A refusal with the column in which it stands.
pub(super) type Refusal = (&'static str, Error);

impl Particulars {
    /// Reads the cells.
    pub(super) fn read(cells: &Cells) -> Result<Self, Refusal> {
        let list = |cell: &Option<String>| {
            cell.as_ref().map(|it| it.split('|').map(|it| it.trim().to_owned()).collect::<Vec<_>>())
        };
        let tags = list(&cells.tags).map(|it| tidy_tags(&it)).transpose().map_err(|error| ("tags", error))?;
        let review =
            cells.review_date.as_deref().map(date).transpose().map_err(|error| ("review_date", error))?;
        let related = list(&cells.related).map(|it| it.into_iter().filter(|it| !it.is_empty()).collect());
        let channel_answers = cells
            .channel_answers
            .as_deref()
            .map(sets)
            .transpose()
            .map_err(|error| ("channel_answers", error))?;
        let owner = cells.owner.as_ref().map(|it| it.trim().to_lowercase());
        let terms = Terms::read(cells)?;
        Ok(Self { tags, owner, review, related, channel_answers, terms })
    }

    /// The answers for channels that the row names.
    pub(super) fn sets(&self) -> &[ChannelAnswers] {
        self.channel_answers.as_deref().unwrap_or_default()
    }

    /// Writes what the row says into a body.
    pub(super) fn apply(&self, body: &mut EntryBody, names: &Names) -> Result<(), Refusal> {
        if let Some(tags) = &self.tags {
            body.tags.clone_from(tags);
        }
        if let Some(login) = &self.owner {
            body.owner = owner(login, names)?;
        }
        if let Some(day) = self.review {
            // A day that is there already keeps its hour.
            if body.review_at.map(|it| it.in_zone(&names.zone).date()) != day {
                body.review_at = day.and_then(|it| begins(it, &names.zone));
            }
        }
        if let Some(questions) = &self.related {
            body.related = related(questions, names)?;
        }
        if let Some(sets) = &self.channel_answers {
            body.channel_answers.clone_from(sets);
        }
        self.terms.apply(body, &names.zone)
    }
}

fn owner(login: &str, names: &Names) -> Result<Option<UserId>, Refusal> {
    if login.is_empty() {
        return Ok(None);
    }
    let found = names.logins.get(login).copied();
    let unknown = || Error::invalid("import.owner", "nobody here has this log-in name");
    found.map(Some).ok_or_else(|| ("owner", unknown()))
}

fn related(questions: &[String], names: &Names) -> Result<Vec<EntryId>, Refusal> {
    let mut ids = Vec::with_capacity(questions.len());
    for question in questions {
        let Some(id) = names.questions.get(question) else {
            let why = format!("no entry has the standard question \"{question}\"");
            return Err(("related", Error::invalid("import.related", why)));
        };
        ids.push(*id);
    }
    tidy_related(&ids).map_err(|error| ("related", error))
}

/// A day as people and spreadsheets write it; empty for none.
pub(super) fn date(cell: &str) -> Result<Option<jiff::civil::Date>> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    let wrong = || Error::invalid("import.date", "write a day as 2026-12-31");
    // A spreadsheet counts days from the end of 1899.
    if let Ok(days) = cell.parse::<f64>() {
        let is_day = (1.0..100_000.0).contains(&days);
        #[expect(clippy::cast_possible_truncation, reason = "it lies between 1 and 100,000")]
        let days = if is_day { days.floor() as i32 } else { return Err(wrong()) };
        let first = jiff::civil::date(1899, 12, 30);
        return first.checked_add(jiff::Span::new().days(days)).map(Some).map_err(|_| wrong());
    }
    let day = cell.split(['T', ' ']).next().unwrap_or_default().replace(['/', '.'], "-");
    let mut parts = day.split('-').map(str::parse::<i16>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(wrong());
    };
    let small = |it: i16| i8::try_from(it).map_err(|_| wrong());
    jiff::civil::Date::new(year, small(month)?, small(day)?).map(Some).map_err(|_| wrong())
}

/// The moment at which a day begins in a time zone.
fn begins(day: jiff::civil::Date, zone: &str) -> Option<Time> {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    Some(Time(day.to_zoned(zone).ok()?.timestamp().as_millisecond()))
}

fn sets(cell: &str) -> Result<Vec<ChannelAnswers>> {
    if cell.trim().is_empty() {
        return Ok(Vec::new());
    }
    let sets: Vec<ChannelAnswers> = serde_json::from_str(cell).map_err(|error| {
        Error::invalid("import.json", format!("looks like JSON and is not what is expected: {error}"))
    })?;
    check_sets(&sets)?;
    Ok(sets)
}

/// The names of these columns, in their order.
pub(super) const COLUMNS: [&str; 5] = ["tags", "owner", "review_date", "related", "channel_answers"];

/// An entry's cells in these columns, as [`Particulars::read`] takes them. `people` are log-in names,
/// `questions` standard questions.
pub(super) fn cells(
    entry: &Entry,
    people: &HashMap<UserId, String>,
    questions: &HashMap<EntryId, String>,
    zone: &str,
) -> [String; 5] {
    let body = &entry.body;
    let related: Vec<String> =
        body.related.iter().filter_map(|it| questions.get(it)).map(|it| wide(it)).collect();
    let sets = match body.channel_answers.as_slice() {
        [] => String::new(),
        sets => serde_json::to_string(sets).unwrap_or_default(),
    };
    [
        body.tags.join("|"),
        body.owner.and_then(|it| people.get(&it).cloned()).unwrap_or_default(),
        body.review_at.map(|it| it.in_zone(zone).date().to_string()).unwrap_or_default(),
        related.join("|"),
        sets,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_people_and_spreadsheets_write_it() {
        let check = |cell: &str, expected: Option<&str>| {
            let found = date(cell).ok().map(|it| it.map(|it| it.to_string()).unwrap_or_default());
            assert_eq!(found.as_deref(), expected, "{cell}");
        };
        check("2026-12-31", Some("2026-12-31"));
        check(" 2026/1/5 ", Some("2026-01-05"));
        check("2026-12-31T00:00:00", Some("2026-12-31"));
        check("46387", Some("2026-12-31"));
        check("", Some(""));
        for wrong in ["2026-13-01", "31.12.2026", "明天", "2026-12", "-4", "1e300", "2026-1-5-6"] {
            check(wrong, None);
        }
    }

    #[test]
    fn names_are_looked_up_or_refused_by_their_column() {
        let names = Names {
            logins: HashMap::from([("li@telecom".to_owned(), UserId(7))]),
            questions: HashMap::from([("怎么查话费".to_owned(), EntryId(5))]),
            zone: "Asia/Shanghai".to_owned(),
        };
        let applied = |cells: Cells| {
            let mut body = EntryBody::default();
            Particulars::read(&cells)?.apply(&mut body, &names).map(|()| body)
        };
        let some = |it: &str| Some(it.to_owned());
        let body = applied(Cells {
            tags: some("话费| |常问"),
            owner: some("Li@telecom"),
            review_date: some("2026-11-22"),
            related: some("怎么查话费|"),
            channel_answers: some(r#"[{"channels":["wechat"],"answers":[{"type":"text","text":"点菜单"}]}]"#),
            ..Cells::default()
        })
        .unwrap();
        assert_eq!((body.tags.len(), body.owner, &*body.related), (2, Some(UserId(7)), &[EntryId(5)][..]));
        assert_eq!(body.review_at, Some(Time(1_795_276_800_000)), "midnight in Shanghai");
        assert_eq!(body.channel_answers[0].channels, ["wechat"]);
        assert_eq!(applied(Cells::default()).unwrap(), EntryBody::default());
        let check = |cells: Cells, column: &str, code: &str| {
            let (at, error) = applied(cells).unwrap_err();
            assert_eq!((at, error.code), (column, code));
        };
        check(Cells { tags: some("a\"b"), ..Cells::default() }, "tags", "knowledge.tag");
        check(Cells { owner: some("nobody"), ..Cells::default() }, "owner", "import.owner");
        check(Cells { review_date: some("soon"), ..Cells::default() }, "review_date", "import.date");
        check(Cells { related: some("没有的"), ..Cells::default() }, "related", "import.related");
        check(Cells { channel_answers: some("[{"), ..Cells::default() }, "channel_answers", "import.json");
        check(
            Cells { channel_answers: some(r#"[{"answers":[]}]"#), ..Cells::default() },
            "channel_answers",
            "channel_answers.nowhere",
        );
    }
}
