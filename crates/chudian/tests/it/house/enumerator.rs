//! The tenant enumerator: every route of the server, tried with ids of another tenant.
//!
//! It reads the routes from the router and from the API file (both lists must agree), so a new
//! route is covered by being there. For each route, each role and each place where an id can
//! stand (path, query, body), the id of another tenant must do exactly what an id does that
//! never existed, and the other tenant's rows must be as before. What it finds is a list of
//! sentences; a test wants the list empty, another plants holes and wants them in the list.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Answer, Caller, House};

/// One operation of the API file.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    parameters: Vec<Parameter>,
    body: Option<Value>,
    is_multipart: bool,
}

#[derive(Debug, Clone)]
struct Parameter {
    name: String,
    place: String,
    schema: Value,
    is_required: bool,
}

/// Ids by prefix (`usr` → `usr_…`): whose rows these are is known to the story.
pub(crate) type Ids = BTreeMap<String, String>;

/// Who tries, and what they know.
pub(crate) struct Trial<'a> {
    pub(crate) house: &'a House,
    /// Callers of the own tenant, by role, and what they are called in a finding.
    pub(crate) callers: Vec<(String, Caller)>,
    /// Ids of rows of the own tenant.
    pub(crate) own: Ids,
    /// Ids of rows of the other tenant.
    pub(crate) foreign: Ids,
    /// The other tenant, as it stands in `tenant_id`.
    pub(crate) other: i64,
    /// Words that only the other tenant's rows hold.
    pub(crate) canaries: Vec<String>,
}

/// All operations of the API file.
pub(crate) fn operations(house: &House) -> Vec<Operation> {
    let api = serde_json::to_value(&house.api).unwrap();
    let mut found = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let content = &operation["requestBody"]["content"];
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                parameters: parameters.iter().map(|it| parameter(&api, it)).collect(),
                body: content["application/json"].get("schema").map(|it| resolve(&api, it, 0)),
                is_multipart: content.get("multipart/form-data").is_some(),
            });
        }
    }
    found
}

fn parameter(api: &Value, value: &Value) -> Parameter {
    Parameter {
        name: value["name"].as_str().unwrap().to_owned(),
        place: value["in"].as_str().unwrap().to_owned(),
        schema: resolve(api, &value["schema"], 0),
        is_required: value["required"] == true,
    }
}

/// The schema with what it refers to in place, so many references deep.
fn resolve(api: &Value, schema: &Value, depth: usize) -> Value {
    if depth > 10 {
        return json!({});
    }
    match schema {
        Value::Object(map) => match map.get("$ref").and_then(Value::as_str) {
            Some(name) => {
                let name = name.rsplit('/').next().unwrap();
                let meant = &api["components"]["schemas"][name];
                assert!(!meant.is_null(), "the API file speaks of {name} and does not describe it");
                resolve(api, meant, depth + 1)
            }
            None => {
                Value::Object(map.iter().map(|(key, it)| (key.clone(), resolve(api, it, depth))).collect())
            }
        },
        Value::Array(items) => Value::Array(items.iter().map(|it| resolve(api, it, depth)).collect()),
        other => other.clone(),
    }
}

/// The prefix of the ids that a schema asks for.
fn prefix(schema: &Value) -> Option<String> {
    let pattern = schema["pattern"].as_str().or_else(|| schema["items"]["pattern"].as_str())?;
    let (prefix, _) = pattern.strip_prefix('^')?.split_once("_[0-7]")?;
    Some(prefix.to_owned())
}

/// An id of a kind that nobody ever made.
fn absent(prefix: &str) -> String {
    format!("{prefix}_0000000000777")
}

/// Which id to put into which place.
#[derive(Clone, Copy, PartialEq)]
enum Choice {
    Own,
    Foreign,
    Absent,
}

struct Filling<'a> {
    trial: &'a Trial<'a>,
    /// The place (counted along the request) that gets `choice`; all others get own ids.
    place: usize,
    choice: Choice,
    seen: usize,
    depth: usize,
    missing: BTreeSet<String>,
}

/// What headquarters shares is not a tenant's own, so its ids are kept beside those of the entries.
pub(crate) const SHARED: &str = "ent@shared";

impl Filling<'_> {
    fn id(&mut self, prefix: &str) -> String {
        self.id_of(prefix, prefix)
    }

    /// An id that is known under another name than its prefix.
    fn id_of(&mut self, name: &str, prefix: &str) -> String {
        let choice = if self.seen == self.place { self.choice } else { Choice::Own };
        self.seen += 1;
        let known = match choice {
            Choice::Own => self.trial.own.get(name),
            Choice::Foreign => self.trial.foreign.get(name),
            Choice::Absent => None,
        };
        if known.is_none() && choice != Choice::Absent {
            self.missing.insert(name.to_owned());
        }
        known.cloned().unwrap_or_else(|| absent(prefix))
    }

    /// A value that fits the schema, with every optional part.
    fn value(&mut self, schema: &Value) -> Value {
        if let Some(value) = schema.get("const").or_else(|| schema["enum"].get(0)) {
            return value.clone();
        }
        for variants in ["oneOf", "anyOf"] {
            if let Some(list) = schema[variants].as_array() {
                let fits = list.iter().find(|it| it["type"] != "null");
                return fits.map_or(Value::Null, |it| self.value(it));
            }
        }
        if let Some(list) = schema["allOf"].as_array() {
            let mut whole = Map::new();
            for part in list {
                if let Value::Object(map) = self.value(part) {
                    whole.extend(map);
                }
            }
            return Value::Object(whole);
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => {
                kinds.iter().filter_map(Value::as_str).find(|it| *it != "null").unwrap_or_default()
            }
            kind => kind.as_str().unwrap_or(if schema["properties"].is_object() { "object" } else { "" }),
        };
        match kind {
            "string" => match prefix(schema) {
                Some(prefix) => json!(self.id(&prefix)),
                None if schema["format"] == "date-time" => json!("2026-11-21T02:00:00Z"),
                None => json!("x"),
            },
            "integer" => {
                schema.get("minimum").filter(|it| it.as_i64() > Some(0)).cloned().unwrap_or(json!(1))
            }
            "number" => json!(0.5),
            "boolean" => json!(false),
            // A tree of itself ends somewhere.
            "array" if self.depth > 3 => json!([]),
            "array" => {
                self.depth += 1;
                let item = self.value(&schema["items"]);
                self.depth -= 1;
                json!([item])
            }
            "object" => {
                let properties = schema["properties"].as_object().cloned().unwrap_or_default();
                Value::Object(properties.iter().map(|(name, it)| (name.clone(), self.value(it))).collect())
            }
            _ => Value::Null,
        }
    }
}

/// A request made from an operation.
struct Made {
    path: String,
    headers: Vec<(String, String)>,
    body: Value,
    places: usize,
    missing: BTreeSet<String>,
    strange: Vec<String>,
}

fn make(trial: &Trial<'_>, operation: &Operation, place: usize, choice: Choice) -> Made {
    let mut filling = Filling { trial, place, choice, seen: 0, depth: 0, missing: BTreeSet::new() };
    let (mut path, mut query, mut headers, mut strange) =
        (operation.path.clone(), Vec::new(), Vec::new(), Vec::new());
    for parameter in &operation.parameters {
        let name = &parameter.name;
        match (parameter.place.as_str(), prefix(&parameter.schema)) {
            ("path", Some(prefix)) => {
                let is_shared = operation.path.starts_with("/knowledge/shared/");
                let known = if is_shared { SHARED } else { &prefix };
                path = path.replace(&format!("{{{name}}}"), &filling.id_of(known, &prefix));
            }
            ("path", None) => strange.push(name.clone()),
            ("query", Some(prefix)) => query.push(format!("{name}={}", filling.id(&prefix))),
            ("query", None) if parameter.is_required => {
                let value = filling.value(&parameter.schema);
                query.push(format!("{name}={}", value.as_str().map_or(value.to_string(), str::to_owned)));
            }
            ("header", _) => headers.push((name.clone(), format!("k{:016x}", rand::random::<u64>()))),
            _ => {}
        }
    }
    let body = operation.body.as_ref().map_or(Value::Null, |it| filling.value(it));
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    Made { path, headers, body, places: filling.seen, missing: filling.missing, strange }
}

async fn send(trial: &Trial<'_>, caller: &Caller, operation: &Operation, made: &Made) -> Answer {
    let mut caller = caller.clone();
    caller.headers.extend(made.headers.iter().cloned());
    if operation.is_multipart {
        let body =
            "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nx\r\n--b--\r\n";
        let path = format!("/api/v1{}", made.path);
        let kind = "multipart/form-data; boundary=b";
        return trial.house.send(&caller, &operation.method, &path, kind, body.into()).await;
    }
    trial.house.call(&caller, &operation.method, &made.path, made.body.clone()).await
}

/// What an answer says, without the ids that were asked for and the moments it was given.
fn told(trial: &Trial<'_>, answer: &Answer) -> String {
    let mut text = answer.text.clone();
    for (prefix, id) in &trial.foreign {
        text = text.replace(id, "(id)").replace(&absent(prefix), "(id)");
    }
    let names: BTreeSet<&str> = answer.headers.keys().map(|it| it.as_str()).collect();
    format!("{} {text} {names:?}", answer.status)
}

/// Tries everything. Each finding is a sentence with the place.
pub(crate) async fn findings(trial: &Trial<'_>) -> Vec<String> {
    let mut found = lists_disagree(trial.house);
    let before = snapshot(trial.house, trial.other).await;
    for operation in operations(trial.house) {
        let place = format!("{} {}", operation.method, operation.path);
        let open = ["GET /setup", "POST /setup", "POST /session"].contains(&place.as_str());
        let first = make(trial, &operation, usize::MAX, Choice::Own);
        for name in &first.strange {
            found.push(format!("{place}: the parameter {{{name}}} has no kind of id; declare its type"));
        }
        let stranger = send(trial, &Caller::stranger(), &operation, &first).await;
        if !open && (stranger.status, stranger.code().as_str()) != (401, "session.missing") {
            found.push(format!("{place}: a stranger got {} {}", stranger.status, stranger.text));
        }
        if open {
            continue;
        }
        for (who, caller) in &trial.callers {
            for at in 0..first.places {
                let foreign = make(trial, &operation, at, Choice::Foreign);
                for prefix in &foreign.missing {
                    found.push(format!(
                        "{place}: no sample of {prefix}_… is known; give the trial one of each tenant"
                    ));
                }
                let absent = make(trial, &operation, at, Choice::Absent);
                let absent = send(trial, caller, &operation, &absent).await;
                let foreign = send(trial, caller, &operation, &foreign).await;
                if told(trial, &foreign) != told(trial, &absent) {
                    found.push(format!(
                        "{place}: as {who}, an id of another tenant (place {at}) answers {} {} and an absent one {} {}",
                        foreign.status, foreign.text, absent.status, absent.text
                    ));
                }
                found.extend(leaks(trial, &place, who, &foreign));
                let now = snapshot(trial.house, trial.other).await;
                if now != before {
                    found.push(format!(
                        "{place}: as {who}, rows of the other tenant changed: {}",
                        changed(&before, &now)
                    ));
                    return found;
                }
            }
            if operation.method == "GET" {
                let answer = send(trial, caller, &operation, &first).await;
                found.extend(leaks(trial, &place, who, &answer));
                // Refusing everybody would hide everything: own rows must be there for who may see all.
                if who == "administrator" && first.places > 0 && answer.status >= 400 {
                    found.push(format!("{place}: as {who}, own ids got {} {}", answer.status, answer.text));
                }
            }
        }
    }
    found
}

fn leaks(trial: &Trial<'_>, place: &str, who: &str, answer: &Answer) -> Option<String> {
    let word = trial.canaries.iter().find(|it| answer.text.contains(it.as_str()))?;
    Some(format!("{place}: as {who}, the answer holds {word:?} of another tenant"))
}

/// Fields that no caller may write, tried on every body, and the strictness of every schema.
pub(crate) async fn writable(trial: &Trial<'_>) -> Vec<String> {
    const FORBIDDEN: &[&str] = &[
        "tenant",
        "tenant_id",
        "owner",
        "owner_id",
        "created_by",
        "state",
        "approved_at",
        "disabled_at",
        "id",
    ];
    let mut found = Vec::new();
    for operation in operations(trial.house) {
        let place = format!("{} {}", operation.method, operation.path);
        let Some(schema) = &operation.body else { continue };
        let loose: BTreeSet<String> = loose(schema, "").into_iter().collect();
        found.extend(loose.iter().map(|it| format!("{place}: the body takes unknown fields at {it}")));
        let made = make(trial, &operation, usize::MAX, Choice::Own);
        let Value::Object(body) = &made.body else { continue };
        for field in FORBIDDEN.iter().filter(|it| !body.contains_key(**it)) {
            let mut body = body.clone();
            body.insert((*field).to_owned(), json!(trial.foreign["tnt"]));
            let with = Made { body: Value::Object(body), ..make(trial, &operation, usize::MAX, Choice::Own) };
            for (who, caller) in trial.callers.iter().filter(|(who, _)| who == "administrator") {
                let answer = send(trial, caller, &operation, &with).await;
                // Nobody is so far as to be told about rights or rows: the body itself is wrong.
                if answer.status != 400 || !answer.text.contains("unknown field") {
                    found.push(format!(
                        "{place}: as {who}, the field {field} got {} {}",
                        answer.status, answer.text
                    ));
                }
            }
        }
    }
    found
}

/// Objects within a schema that take fields nobody declared.
fn loose(schema: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(properties) = schema["properties"].as_object() {
        if schema["additionalProperties"] != false {
            found.push(if at.is_empty() { "the top".to_owned() } else { at.to_owned() });
        }
        for (name, inner) in properties {
            found.extend(loose(inner, &format!("{at}/{name}")));
        }
    }
    found.extend(loose_inside(&schema["items"], at));
    for variants in ["oneOf", "anyOf"] {
        for inner in schema[variants].as_array().into_iter().flatten() {
            found.extend(loose(inner, at));
        }
    }
    found
}

fn loose_inside(items: &Value, at: &str) -> Vec<String> {
    if items.is_object() { loose(items, &format!("{at}/[]")) } else { Vec::new() }
}

/// The routes of the router against those of the API file.
fn lists_disagree(house: &House) -> Vec<String> {
    let routed = routed(&format!("{:?}", house.bare));
    let written: BTreeSet<String> =
        operations(house).into_iter().map(|it| format!("{} {}", it.method, it.path)).collect();
    assert!(!routed.is_empty(), "the router's own list could not be read");
    let hidden =
        routed.difference(&written).map(|it| format!("{it}: is routed and stands not in the API file"));
    let phantom =
        written.difference(&routed).map(|it| format!("{it}: stands in the API file and is not routed"));
    hidden.chain(phantom).collect()
}

/// Method and path of each route, out of what the router prints of itself.
fn routed(printed: &str) -> BTreeSet<String> {
    // The second half is the router of what is not found.
    let printed = printed.split("fallback_router:").next().unwrap();
    let paths = regex::Regex::new(r#"RouteId\((\d+)\): "([^"]*)""#).unwrap();
    let paths: BTreeMap<&str, &str> = paths
        .captures_iter(printed)
        .map(|it| (it.get(1).unwrap().as_str(), it.get(2).unwrap().as_str()))
        .collect();
    let routes =
        regex::Regex::new(r"RouteId\((\d+)\): MethodRouter\(MethodRouter \{ (.*?)fallback:").unwrap();
    let mut found = BTreeSet::new();
    for route in routes.captures_iter(printed) {
        let Some(path) = paths.get(route.get(1).unwrap().as_str()) else { continue };
        for part in route.get(2).unwrap().as_str().split(", ") {
            if let Some((method, "BoxedHandler" | "Route")) =
                part.split_once(": ").map(|(m, e)| (m, e.split('(').next().unwrap()))
            {
                found.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    found
}

/// All rows of a tenant, as text by table.
pub(crate) async fn snapshot(house: &House, tenant: i64) -> BTreeMap<String, Vec<String>> {
    use chudian::db::{Engine, Sql, args};
    let engine = house.ctx.db.engine();
    let list = match engine {
        Engine::Sqlite => {
            "select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c
             where t.type = 'table' and t.name not like 'sqlite_%' order by 1, c.cid"
        }
        Engine::Postgres => {
            "select table_name::text, column_name::text from information_schema.columns
             where table_schema = 'public' order by 1, ordinal_position"
        }
    };
    let look = move |tx: &mut chudian::db::Tx<'_>| {
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (table, column) in
            tx.all(list, args![], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))?
        {
            tables.entry(table).or_default().push(column);
        }
        let mut rows = BTreeMap::new();
        for (table, columns) in tables {
            let own = if table == "tenants" { "id" } else { "tenant_id" };
            if !columns.iter().any(|it| it == own) {
                continue;
            }
            let all = match engine {
                Engine::Sqlite => {
                    columns.iter().map(|it| format!("quote({it})")).collect::<Vec<_>>().join(" || ' ' || ")
                }
                Engine::Postgres => format!("row_to_json({table})::text"),
            };
            let sql = format!("select {all} from {table} where {own} = $1 order by 1");
            let found = tx.all(Sql::of_constant_pieces(sql), args![tenant], |row| row.get::<String>(0))?;
            rows.insert(table, found);
        }
        Ok(rows)
    };
    house.ctx.db.read(look).await.unwrap()
}

fn changed(before: &BTreeMap<String, Vec<String>>, now: &BTreeMap<String, Vec<String>>) -> String {
    let tables = now.iter().filter(|(table, rows)| before.get(*table) != Some(rows));
    tables.map(|(table, _)| table.as_str()).collect::<Vec<_>>().join(", ")
}

/// Each act of an administrator that succeeds must stand in the audit log afterwards. Gives the
/// acts that do not, and those that did not succeed with a body made from the API file alone.
/// `bodies` holds what the API file cannot tell: values that make sense together.
pub(crate) async fn unrecorded(
    trial: &Trial<'_>,
    own: i64,
    bodies: &[(&str, Value)],
) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut unrecorded, mut unproven) = (BTreeSet::new(), BTreeSet::new());
    let (_, caller) = trial.callers.iter().find(|(who, _)| who == "administrator").unwrap();
    let mut operations: Vec<Operation> =
        operations(trial.house).into_iter().filter(|it| it.method != "GET").collect();
    // What takes rows away comes last (a search does so behind our back, with the pairs of the one before), and the
    // end of the session at the very end.
    operations.reverse();
    operations.sort_by_key(|it| {
        (it.path.starts_with("/session"), it.method == "DELETE", it.path.ends_with("/searches"))
    });
    for operation in operations {
        let place = format!("{} {}", operation.method, operation.path);
        let before = records(trial.house, own).await;
        let mut made = make(trial, &operation, usize::MAX, Choice::Own);
        if let Some((_, body)) = bodies.iter().find(|(it, _)| *it == place) {
            made.body = body.clone();
        } else if operation.method == "PUT" {
            // What is there now is right as it is.
            let now = trial.house.get(caller, &made.path).await.json();
            if let (Value::Object(body), Some(now)) = (&mut made.body, now.as_object()) {
                body.retain(|name, value| now.get(name).map(|it| *value = it.clone()).is_some());
            }
        }
        let answer = send(trial, caller, &operation, &made).await;
        if answer.status >= 300 {
            unproven.insert(place);
        } else if records(trial.house, own).await == before {
            unrecorded.insert(place);
        }
    }
    (unrecorded, unproven)
}

async fn records(house: &House, tenant: i64) -> i64 {
    use chudian::db::args;
    let look = move |tx: &mut chudian::db::Tx<'_>| {
        tx.first("select count(*) from audit_log where tenant_id = $1", args![tenant], |row| {
            row.get::<i64>(0)
        })
    };
    house.ctx.db.read(look).await.unwrap().unwrap()
}
