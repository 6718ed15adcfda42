//! The floors of `crates/chudian/src` (ARCHITECTURE.md): a file imports from its own folder and from
//! lower floors, never upward and never sideways. With it the other rules on what may stand where:
//! SQL, HTTP types, the platforms' words, and how long a file may grow.

use crate::Result;
use crate::source::{Source, read, take_apart};
use crate::workspace::Workspace;

/// The floors from the ground up; the rooms of one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["base"],
    &["config"],
    &["db", "egress", "telemetry"],
    &["media", "bus", "jobs"],
    &["ctx"],
    &["web"],
    &["audit"],
    &["tenants"],
    &["channels", "contacts", "knowledge", "models", "uploads", "compliance", "connectors"],
    &["conversations"],
    &[
        "bot",
        "routing",
        "tickets",
        "outreach",
        "growth",
        "membership",
        "listening",
        "insight",
        "quality",
        "webhooks",
    ],
    &["intake", "delivery", "desk"],
    &["adapters", "realtime"],
    &["app"],
];

/// Files at the crate's root that only tie things together.
const ROOF: &[&str] = &["lib", "main", "bin"];

/// Arrows that are against the rule, each with the reason it stays: `(file, room)`.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// Where SQL may stand: these folders, and every `store.rs`.
const SQL_FOLDERS: &[&str] = &["db/", "bus/", "jobs/"];
const SQL_FILES: &[&str] = &["intake/journal.rs", "media/table.rs"];

/// Where HTTP types may stand: these folders, and every `http.rs` (or, when it outgrew a file, `http/`) and `hook.rs`.
const HTTP_FOLDERS: &[&str] = &["web/", "app/", "realtime/", "telemetry/"];

/// Words of the platforms, at home in `adapters/` (and in the `wechat` crate).
const PLATFORM_WORDS: &[&str] = &["openid", "open_id", "OpenId", "errcode", "MsgType", "msg_type"];

/// No source file is longer; 400 is the fence to think at.
const LONGEST: usize = 600;
/// Longer files, each with its reason.
const LONG: &[(&str, &str)] = &[];

/// Checks the whole workspace.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut violations = judge(&read(&workspace.path("crates/chudian/src"), &[".rs"])?);
    for folder in ["crates", "xtask", "tools", "web", "e2e", "fuzz"] {
        let files = read(&workspace.path(folder), &[".rs", ".ts", ".tsx", ".py"])?;
        violations.extend(too_long(folder, &files));
    }
    if violations.is_empty() {
        return Ok(());
    }
    Err(format!("{} against the house rules:\n  {}", violations.len(), violations.join("\n  ")))
}

/// Judges the files of the product crate; each violation is a sentence with the place.
fn judge(files: &[Source]) -> Vec<String> {
    let mut violations = Vec::new();
    for file in files {
        let parts = take_apart(&file.text);
        let room = room(&file.path);
        if !ROOF.contains(&room) {
            violations.extend(arrows(&file.path, room, &parts.code));
            violations.extend(words(&file.path, &parts.code, &parts.strings));
        }
        violations.extend(sql(&file.path, &parts.strings));
    }
    violations
}

/// The first folder of a path, or the file's own name at the crate's root.
fn room(path: &str) -> &str {
    path.split('/').next().map_or("", |it| it.trim_end_matches(".rs"))
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// Imports from where the file may not import.
fn arrows(path: &str, own: &str, code: &str) -> Vec<String> {
    let Some(height) = floor(own) else {
        return vec![format!(
            "{path}: the folder `{own}` has no floor; give it one in ARCHITECTURE.md and here"
        )];
    };
    let mut violations = Vec::new();
    for (line, target) in crate_paths(code) {
        let mut segments = target.split("::");
        let other = segments.next().unwrap_or_default();
        let Some(other_height) = floor(other) else { continue };
        if EXCEPTIONS.iter().any(|(file, room, _)| *file == path && *room == other) {
            continue;
        }
        if other != own && other_height >= height {
            let way = if other_height > height { "upward" } else { "sideways" };
            violations.push(format!(
                "{path}:{line}: imports `{other}`, {way} (floor {other_height} from {height})"
            ));
        }
        if other == own && own == "adapters" {
            let channel = path.split('/').nth(1).unwrap_or_default().trim_end_matches(".rs");
            let imported = segments.next().unwrap_or_default();
            if !imported.is_empty() && channel != "mod" && imported != channel {
                violations.push(format!(
                    "{path}:{line}: the adapter `{channel}` imports its neighbour `{imported}`"
                ));
            }
        }
    }
    violations
}

/// Every path that begins with `crate::`, with its line; groups are opened up to their first names.
fn crate_paths(code: &str) -> Vec<(usize, String)> {
    let mut paths = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        // `$crate::` in a macro means the same crate; `mycrate::` does not.
        if before.is_some_and(|it| it.is_alphanumeric() || it == '_') {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            paths.extend(group_heads(group).into_iter().map(|it| (line, it)));
        } else {
            paths.push((line, head(rest)));
        }
    }
    paths
}

/// `a::b` of `a::b::{c}`.
fn head(text: &str) -> String {
    let end = text.find(|it: char| !(it.is_alphanumeric() || it == '_' || it == ':')).unwrap_or(text.len());
    text[..end].split("::").filter(|it| !it.is_empty()).take(2).collect::<Vec<_>>().join("::")
}

/// The heads of a group's members, up to its closing brace.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut member = String::new();
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(head(std::mem::take(&mut member).trim())),
            other if depth == 0 => member.push(other),
            _ => {}
        }
    }
    heads.push(head(member.trim()));
    heads.retain(|it| !it.is_empty());
    heads
}

/// SQL outside the files that may hold it.
fn sql(path: &str, strings: &[(usize, String)]) -> Vec<String> {
    let home = path.ends_with("/store.rs")
        || SQL_FILES.contains(&path)
        || SQL_FOLDERS.iter().any(|it| path.starts_with(it));
    if home {
        return Vec::new();
    }
    strings
        .iter()
        .filter(|(_, text)| is_sql(text))
        .map(|(line, _)| format!("{path}:{line}: SQL outside a store.rs"))
        .collect()
}

fn is_sql(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["select", ref rest @ ..] => rest.contains(&"from"),
        ["insert", "into" | "or", ..] | ["delete", "from", ..] => true,
        ["update", _, "set", ..] | ["create" | "alter" | "drop", "table" | "index", ..] => true,
        ["with", _, "as", ..] => true,
        _ => false,
    }
}

/// Platform words and HTTP types outside their homes.
fn words(path: &str, code: &str, strings: &[(usize, String)]) -> Vec<String> {
    let mut violations = Vec::new();
    let inside_http = path.ends_with("/http.rs")
        || path.contains("/http/")
        || path.ends_with("/hook.rs")
        || HTTP_FOLDERS.iter().any(|it| path.starts_with(it));
    let lines = code.lines().enumerate().map(|(number, text)| (number + 1, text.to_owned()));
    for (line, text) in lines.chain(strings.iter().cloned()) {
        if !path.starts_with("adapters/")
            && let Some(word) = PLATFORM_WORDS.iter().find(|it| text.contains(*it))
        {
            violations.push(format!("{path}:{line}: `{word}` is a platform's word; it belongs in adapters/"));
        }
        if !inside_http && text.contains("axum::") {
            violations.push(format!("{path}:{line}: HTTP types belong in http.rs, hook.rs, web/ and app/"));
        }
    }
    violations
}

/// Files longer than allowed, those made by a command left out.
fn too_long(folder: &str, files: &[Source]) -> Vec<String> {
    let mut violations = Vec::new();
    for file in files {
        let path = format!("{folder}/{}", file.path);
        let made = path.ends_with("schema.ts") || path.ends_with(".d.ts") || path.contains("generated");
        let lines = file.text.lines().count();
        if lines > LONGEST && !made && !LONG.iter().any(|(long, _)| *long == path) {
            violations.push(format!("{path}: {lines} lines; cut it by subject (at most {LONGEST})"));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The violations of one file, without their places.
    fn judge_one(path: &str, text: &str) -> Vec<String> {
        judge(&[Source { path: path.into(), text: text.into() }])
    }

    #[track_caller]
    fn check(path: &str, text: &str, expected: &[&str]) {
        let found = judge_one(path, text);
        assert_eq!(found.len(), expected.len(), "{path} {text}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found} lacks {expected}");
        }
    }

    #[test]
    fn downward_and_own_folder_are_allowed() {
        check("bot/decide.rs", "use crate::bot::model::State;\nuse crate::{base::Result, knowledge};", &[]);
        check("app/router.rs", "use crate::{adapters::wechat, bot, tenants};", &[]);
        check("ctx.rs", "use crate::db::Db;", &[]);
        check("lib.rs", "pub mod app; use crate::app::run;", &[]);
    }

    #[test]
    fn upward_and_sideways_are_seen() {
        check("base/error.rs", "use crate::web::Problem;", &["upward"]);
        check("bot/decide.rs", "fn f() { crate::routing::assign() }", &["sideways"]);
        check(
            "intake/apply.rs",
            "use crate::{\n    base::{Result, id::{TenantId}},\n    delivery::send,\n};",
            &["sideways"],
        );
        check("contacts/store.rs", "use crate::{self as here, conversations};", &["upward"]);
        check(
            "adapters/wechat/hook.rs",
            "use crate::adapters::webchat::x; use crate::adapters::wechat::y;",
            &["neighbour"],
        );
        check("utils/mod.rs", "", &["no floor"]);
    }

    #[test]
    fn comments_tests_and_other_crates_do_not_count() {
        check("base/error.rs", "// use crate::web::Problem;\n/// crate::app\nuse mycrate::web::x;", &[]);
        check("base/error.rs", "fn f() {}\n\n#[cfg(test)]\nmod tests { use crate::web::Problem; }", &[]);
    }

    #[test]
    fn sql_stays_in_the_stores() {
        let text = "tx.all(\"select id\n from users where tenant_id = $1\", x)";
        check("tenants/ops.rs", text, &["SQL outside"]);
        for home in
            ["tenants/store.rs", "db/migrate.rs", "jobs/claim.rs", "intake/journal.rs", "media/table.rs"]
        {
            check(home, text, &[]);
        }
        for (statement, sql) in [
            ("insert into users (id) values ($1)", true),
            ("update users set name = $1", true),
            ("delete from users", true),
            ("create table users (id bigint)", true),
            ("with newest as (select 1) select 2 from newest", true),
            ("select a menu item", false),
            ("update your password", false),
            ("insert a coin", false),
        ] {
            assert_eq!(is_sql(statement), sql, "{statement}");
        }
    }

    #[test]
    fn platform_words_and_http_types_stay_at_the_door() {
        check("contacts/model.rs", "pub struct Identity { openid: String }", &["platform's word"]);
        check("contacts/model.rs", "const FIELD: &str = \"errcode\";", &["platform's word"]);
        check("adapters/wechat/translate.rs", "let openid = 1;", &[]);
        check("bot/ops.rs", "use axum::Json;", &["HTTP types"]);
        check("bot/http.rs", "use axum::Json;", &[]);
        check("bot/http/menus.rs", "use axum::Json;", &[]);
    }

    #[test]
    fn a_long_file_is_seen() {
        let long = Source { path: "a.rs".into(), text: "x\n".repeat(LONGEST + 1) };
        let schema = Source { path: "console/src/schema.ts".into(), text: "x\n".repeat(LONGEST + 1) };
        assert_eq!(too_long("web", &[long, schema]).len(), 1);
    }
}
