//! What is in the database, read past the server.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::Result;
use crate::account::Text;
use crate::customer::Ledger;
use crate::house::House;
use crate::platform::Arrival;
use crate::target::Recipe;

/// A stored message: whose, which way, what.
struct Row {
    person: String,
    inbound: bool,
    content: String,
    id: i64,
}

const MESSAGES: &str = "select i.source_id, m.direction, m.content, m.id from messages m
    join threads t on t.id = m.thread_id join channel_identities i on i.id = t.identity_id where m.id > $1";

/// The database file `load-target` makes in its data folder.
pub(crate) fn sqlite_file(data: &Path) -> PathBuf {
    data.join("chudian.sqlite")
}

/// A database of a run's own on the PostgreSQL server of `url`; returns its address.
pub(crate) fn create_database(url: &str, name: &str) -> Result<String> {
    aside(|| {
        let mut client = connect(url)?;
        for statement in [format!("drop database if exists {name}"), format!("create database {name}")] {
            client
                .batch_execute(&statement)
                .map_err(|error| format!("cannot make the database {name}: {error}"))?;
        }
        Ok(())
    })?;
    let server = url.rsplit_once('/').map_or(url, |it| it.0);
    Ok(format!("{server}/{name}"))
}

/// Does it in a thread of its own: the PostgreSQL client brings a runtime along, and there may be one here.
fn aside<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| {
        scope.spawn(work).join().unwrap_or_else(|_| Err("the database could not be asked".into()))
    })
}

/// A session; a server that is still starting is waited for.
fn connect(url: &str) -> Result<postgres::Client> {
    let until = Instant::now() + Duration::from_secs(15);
    loop {
        match postgres::Client::connect(url, postgres::NoTls) {
            Ok(client) => return Ok(client),
            Err(_) if Instant::now() < until => std::thread::sleep(Duration::from_millis(100)),
            Err(error) => {
                // What the server said; the error itself only says that it said something.
                let said = error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string);
                return Err(format!("cannot reach PostgreSQL: {said}"));
            }
        }
    }
}

/// After every text was pushed again: each is stored once, and each answer once.
pub(crate) fn judge(recipe: &Recipe, ledger: &Ledger) -> Result<Vec<String>> {
    Ok(compare(&rows(recipe, 0)?, ledger))
}

/// Before anything is pushed again: what was acknowledged is there. Looks at rows behind the id `since`
/// (the server's ids grow) and moves it on.
pub(crate) fn lost(recipe: &Recipe, ledger: &Ledger, since: &mut i64) -> Result<Vec<String>> {
    let rows = rows(recipe, *since)?;
    let stored = ids_in(&rows);
    *since = rows.iter().map(|it| it.id).max().unwrap_or(*since);
    let lost = ledger.answered.keys().filter(|id| !stored.contains(id));
    Ok(lost.map(|id| format!("{id} was acknowledged and is lost")).collect())
}

fn rows(recipe: &Recipe, since: i64) -> Result<Vec<Row>> {
    match &recipe.database {
        Some(url) => postgres_rows(url, since),
        None => sqlite_rows(&sqlite_file(&recipe.data), since),
    }
}

/// The ids of the texts among some rows.
fn ids_in(rows: &[Row]) -> HashSet<u64> {
    rows.iter().filter(|it| it.inbound).filter_map(|it| id_in(&it.content)).collect()
}

fn compare(rows: &[Row], ledger: &Ledger) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut stored = HashMap::<u64, usize>::new();
    let mut answers = HashMap::<&str, usize>::new();
    for row in rows {
        if row.inbound {
            *stored.entry(id_in(&row.content).unwrap_or_default()).or_default() += 1;
        } else {
            *answers.entry(row.person.as_str()).or_default() += 1;
        }
    }
    let mut expected = HashMap::<&str, usize>::new();
    for text in &ledger.sent {
        let count = stored.remove(&text.id).unwrap_or(0);
        if count != 1 {
            complaints.push(format!("{} is stored {count} times", text.id));
        }
        let answered = matches!(ledger.answered.get(&text.id), Some(Some(_)));
        *expected.entry(text.from.as_str()).or_default() += usize::from(answered);
    }
    complaints.extend(stored.keys().map(|id| format!("{id} is stored and was never sent")));
    for (person, expected) in expected {
        let found = answers.get(person).copied().unwrap_or(0);
        if found != expected {
            complaints.push(format!("{person} got {expected} answers, {found} are stored"));
        }
    }
    complaints
}

/// One part on its way out, or at its end.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) arrival: Arrival,
    /// As the delivery has it.
    pub(crate) state: String,
    /// As the message shows it.
    pub(crate) shown: String,
    /// The code of what went wrong, if something did.
    pub(crate) why: String,
}

const PARTS: &str = "select i.source_id, d.content, d.state, m.delivery, d.error_code from deliveries d
    join messages m on m.id = d.message_id join channel_identities i on i.id = d.identity_id";

const CONVERSATIONS: &str = "select i.source_id, c.id from conversations c
    join threads t on t.id = c.thread_id join channel_identities i on i.id = t.identity_id
    where c.closed_at is null";

/// Everything that leaves by the platform's API.
pub(crate) fn parts(house: &House) -> Result<Vec<Part>> {
    let part = |to: String, content: &str, state: String, shown: Option<String>, why: Option<String>| {
        let content: serde_json::Value = serde_json::from_str(content).unwrap_or_default();
        let words = content["text"].as_str().or_else(|| content["head"].as_str()).unwrap_or_default();
        let arrival = Arrival { to, words: words.to_owned() };
        Part { arrival, state, shown: shown.unwrap_or_default(), why: why.unwrap_or_default() }
    };
    if let Some(url) = house.database() {
        let rows = aside(|| connect(url)?.query(PARTS, &[]).map_err(|error| error.to_string()))?;
        return Ok(rows
            .iter()
            .map(|row| part(row.get(0), row.get(1), row.get(2), row.get(3), row.get(4)))
            .collect());
    }
    read_house(house, PARTS, |row| {
        Ok(part(row.get(0)?, &row.get::<_, String>(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
    })
}

/// The open conversation of each customer.
pub(crate) fn conversations(house: &House) -> Result<HashMap<String, String>> {
    if let Some(url) = house.database() {
        let rows = aside(|| connect(url)?.query(CONVERSATIONS, &[]).map_err(|error| error.to_string()))?;
        return Ok(rows.iter().map(|row| (row.get(0), id_text("cnv", row.get(1)))).collect());
    }
    let rows = read_house(house, CONVERSATIONS, |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    Ok(rows.into_iter().map(|(person, id)| (person, id_text("cnv", id))).collect())
}

fn read_house<T>(
    house: &House,
    sql: &str,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let file = house.sqlite_file().ok_or("the house has no SQLite file")?;
    let failed = |error: rusqlite::Error| format!("cannot read {}: {error}", file.display());
    let connection = rusqlite::Connection::open(&file).map_err(failed)?;
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let rows = statement.query_map([], read).map_err(failed)?;
    rows.collect::<std::result::Result<_, _>>().map_err(failed)
}

/// A key as the API writes it: a prefix and thirteen digits of base 32, without i, l, o and u.
fn id_text(prefix: &str, id: i64) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let digits = (0..13).rev().map(|it| char::from(DIGITS[(id >> (5 * it)) as usize & 31]));
    format!("{prefix}_{}", digits.collect::<String>())
}

/// How many messages there are.
pub(crate) fn count(recipe: &Recipe) -> Result<usize> {
    let file = sqlite_file(&recipe.data);
    let failed = |error: rusqlite::Error| format!("cannot read {}: {error}", file.display());
    let connection = rusqlite::Connection::open(&file).map_err(failed)?;
    let count: i64 =
        connection.query_row("select count(*) from messages", [], |row| row.get(0)).map_err(failed)?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// The promised texts that are not in the SQLite file of a folder. An unreadable file is an error.
pub(crate) fn missing(folder: &Path, promised: &[&Text]) -> Result<Vec<u64>> {
    let file = sqlite_file(folder);
    if promised.is_empty() && !file.exists() {
        return Ok(Vec::new());
    }
    let connection = rusqlite::Connection::open(&file).map_err(|error| format!("cannot open: {error}"))?;
    let sound: String = connection
        .query_row("pragma quick_check", [], |row| row.get(0))
        .map_err(|error| format!("cannot be read: {error}"))?;
    if sound != "ok" {
        return Err(format!("corrupt: {sound}"));
    }
    if promised.is_empty() {
        return Ok(Vec::new());
    }
    let stored = match sqlite_rows(&file, 0) {
        Ok(rows) => ids_in(&rows),
        // Not even the tables are there.
        Err(error) if error.contains("no such table") => HashSet::new(),
        Err(error) => return Err(error),
    };
    Ok(promised.iter().map(|it| it.id).filter(|id| !stored.contains(id)).collect())
}

fn sqlite_rows(file: &Path, since: i64) -> Result<Vec<Row>> {
    let failed = |error: rusqlite::Error| format!("cannot read {}: {error}", file.display());
    let connection = rusqlite::Connection::open(file).map_err(failed)?;
    let mut statement = connection.prepare(MESSAGES).map_err(failed)?;
    let rows = statement
        .query_map([since], |row| {
            let direction: String = row.get(1)?;
            Ok(Row { person: row.get(0)?, inbound: direction == "in", content: row.get(2)?, id: row.get(3)? })
        })
        .map_err(failed)?;
    rows.collect::<std::result::Result<_, _>>().map_err(failed)
}

fn postgres_rows(url: &str, since: i64) -> Result<Vec<Row>> {
    let rows =
        connect(url)?.query(MESSAGES, &[&since]).map_err(|error| format!("cannot read the rows: {error}"))?;
    let row = |row: &postgres::Row| Row {
        person: row.get(0),
        inbound: row.get::<_, String>(1) == "in",
        content: row.get(2),
        id: row.get(3),
    };
    Ok(rows.iter().map(row).collect())
}

/// The id a text holds between two `#`.
fn id_in(content: &str) -> Option<u64> {
    content.split('#').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(person: &str, inbound: bool, content: &str) -> Row {
        Row { person: person.into(), inbound, content: content.into(), id: 0 }
    }

    #[test]
    fn keys_are_written_as_the_api_writes_them() {
        assert_eq!(id_text("cnv", 1), "cnv_0000000000001");
        assert_eq!(id_text("cnv", i64::MAX), "cnv_7zzzzzzzzzzzz");
    }

    #[test]
    fn lost_doubled_and_invented_rows_are_seen() {
        let text = |id| Text { id, from: "a".into(), at: 0, text: String::new() };
        let mut ledger = Ledger { sent: vec![text(1), text(2), text(3)], ..Ledger::default() };
        ledger.answered = [(1, Some("好".into())), (2, None), (3, Some("好".into()))].into();
        let good = [
            row("a", true, r##"{"text":"x #1#"}"##),
            row("a", true, "#2#"),
            row("a", true, "#3#"),
            row("a", false, "好"),
            row("a", false, "好"),
        ];
        assert!(compare(&good, &ledger).is_empty());
        let bad =
            [row("a", true, "#1#"), row("a", true, "#1#"), row("a", true, "#9#"), row("a", false, "好")];
        let mut complaints = compare(&bad, &ledger);
        complaints.sort();
        assert_eq!(
            complaints,
            [
                "1 is stored 2 times",
                "2 is stored 0 times",
                "3 is stored 0 times",
                "9 is stored and was never sent",
                "a got 2 answers, 1 are stored",
            ]
        );
    }
}
