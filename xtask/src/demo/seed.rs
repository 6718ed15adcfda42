//! Loads `demo/` through the public API, as a person with the console would, only faster.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use super::api::Api;
use super::talk;
use crate::Result;

/// A sample log-in.
pub(crate) struct Person {
    pub(crate) login: String,
    pub(crate) password: String,
    pub(crate) who: String,
}

/// Everything: headquarters, then each member company, then a little talk on the simulator.
pub(crate) fn load(folder: &Path, console: &str, simulator: &str) -> Result<()> {
    let file = read(folder, "headquarters.json")?;
    let mut headquarters = api(console);
    headquarters.log_in("/setup", &file["setup"])?;
    for user in list(&file["users"]) {
        headquarters.post("/users", user)?;
    }
    println!("headquarters: {}", text(&file["setup"]["headquarters"]));
    for member in list(&file["members"]) {
        company(&folder.join(text(member)), &headquarters, console, simulator)?;
    }
    share(&headquarters, &list(&file["shared"]))?;
    println!("customers: a few people follow the accounts and write …");
    talk::begin(simulator, &accounts(folder)?)
}

/// What headquarters answers for its members: for all of them, or for those that an entry names by their code.
fn share(headquarters: &Api, entries: &[&Value]) -> Result<()> {
    let tenants = headquarters.get("/tenants")?;
    for entry in entries {
        let codes: Vec<&str> = list(&entry["members"]).into_iter().map(text).collect();
        let named: Vec<&Value> = list(&tenants["items"])
            .into_iter()
            .filter(|it| codes.contains(&text(&it["code"])))
            .map(|it| &it["id"])
            .collect();
        if named.len() != codes.len() {
            return Err(format!("not all of {codes:?} are members"));
        }
        let sharing = json!({ "members": named });
        headquarters.post(
            "/knowledge/entries",
            &json!({ "question": entry["question"], "similar": entry["similar"], "answers": entry["answers"],
                "sharing": sharing }),
        )?;
    }
    println!("headquarters: {} knowledge entries, shared with the members", entries.len());
    Ok(())
}

/// A simulator that has just started knows no accounts: they are made again, and their callbacks set.
pub(crate) fn reconnect(folder: &Path, console: &str, simulator: &str) -> Result<()> {
    for name in members(folder)? {
        let company = read(&folder.join(&name), "company.json")?;
        let mut administrator = api(console);
        administrator.log_in("/session", &credentials(&company["administrator"]))?;
        let inboxes = administrator.get("/inboxes")?;
        let inbox = list(&inboxes["items"]).first().copied().ok_or("the company has no inbox")?;
        account(simulator, &company, console, inbox)?;
        administrator
            .post(&format!("/inboxes/{}/account-menu/publication", text(&inbox["id"])), &json!({}))?;
    }
    talk::begin(simulator, &accounts(folder)?)
}

/// The sample log-ins, as the files have them.
pub(crate) fn people(folder: &Path) -> Result<Vec<Person>> {
    let file = read(folder, "headquarters.json")?;
    let mut people = vec![person(&file["setup"], "headquarters, administrator")];
    people.extend(
        list(&file["users"])
            .into_iter()
            .map(|it| person(it, &format!("headquarters, {}", text(&it["role"])))),
    );
    for name in members(folder)? {
        let company = read(&folder.join(&name), "company.json")?;
        let name = text(&company["name"]);
        people.push(person(&company["administrator"], &format!("{name}, administrator")));
        people.extend(
            list(&company["users"])
                .into_iter()
                .map(|it| person(it, &format!("{name}, {}", text(&it["role"])))),
        );
    }
    Ok(people)
}

fn person(value: &Value, who: &str) -> Person {
    Person { login: text(&value["login"]).into(), password: text(&value["password"]).into(), who: who.into() }
}

fn company(folder: &Path, headquarters: &Api, console: &str, simulator: &str) -> Result<()> {
    let company = read(folder, "company.json")?;
    headquarters.post(
        "/tenants",
        &json!({
            "name": company["name"], "code": company["code"], "time_zone": company["time_zone"],
            "administrator": company["administrator"],
        }),
    )?;
    let mut administrator = api(console);
    administrator.log_in("/session", &credentials(&company["administrator"]))?;
    for user in list(&company["users"]) {
        administrator.post("/users", user)?;
    }
    let pictures = pictures(folder, &administrator)?;
    let (entries, rules) = content(folder, &administrator, &pictures)?;
    let inbox = inbox(&company, &administrator, console, simulator)?;
    let menu = filled(read(folder, "account-menu.json")?, &pictures)?;
    let path = format!("/inboxes/{}/account-menu", text(&inbox["id"]));
    administrator.put(&path, &menu)?;
    administrator.post(&format!("{path}/publication"), &json!({}))?;
    println!(
        "{}: {entries} knowledge entries, {rules} keyword rules, {} pictures, both menus",
        text(&company["name"]),
        pictures.len()
    );
    Ok(())
}

/// What bot and agents know: knowledge, keywords, quick replies, text menu, settings.
fn content(folder: &Path, administrator: &Api, pictures: &HashMap<String, String>) -> Result<(usize, usize)> {
    let knowledge = filled(read(folder, "knowledge.json")?, pictures)?;
    let mut categories = HashMap::new();
    for category in list(&knowledge["categories"]) {
        let made = administrator.post("/knowledge/categories", category)?;
        categories.insert(text(&category["name"]), made["id"].clone());
    }
    let entries = list(&knowledge["entries"]);
    for entry in &entries {
        let mut entry = (*entry).clone();
        let name = text(&entry["category"]).to_owned();
        let id = categories.get(name.as_str()).ok_or_else(|| format!("there is no category {name}"))?;
        entry["category"] = id.clone();
        administrator.post("/knowledge/entries", &entry)?;
    }
    let keywords = filled(read(folder, "keywords.json")?, pictures)?;
    for rule in list(&keywords) {
        administrator.post("/keywords", rule)?;
    }
    let replies = filled(read(folder, "quick-replies.json")?, pictures)?;
    for reply in list(&replies) {
        administrator.post("/quick-replies", reply)?;
    }
    if folder.join("test-sets.json").is_file() {
        for set in list(&read(folder, "test-sets.json")?) {
            test_set(administrator, set)?;
        }
    }
    let menu = filled(read(folder, "text-menu.json")?, pictures)?;
    let version = administrator.get("/text-menu")?["version"].clone();
    administrator.put("/text-menu", &json!({"version": version, "root": menu}))?;
    administrator.put("/bot/settings", &filled(read(folder, "bot-settings.json")?, pictures)?)?;
    Ok((entries.len(), list(&keywords).len()))
}

/// A set of test questions, out of lines as an editor pastes them.
fn test_set(administrator: &Api, set: &Value) -> Result<()> {
    let read = administrator.post("/knowledge/test-lines", &json!({ "text": set["text"] }))?;
    if let Some(wrong) = list(&read["errors"]).first() {
        return Err(format!("no entry has the question {}", text(&wrong["expected"])));
    }
    let questions: Vec<Value> = list(&read["questions"])
        .into_iter()
        .map(|it| json!({ "question": it["question"], "expects": it["expects"], "entry": it["entry"] }))
        .collect();
    administrator.post("/knowledge/test-sets", &json!({ "name": set["name"], "questions": questions }))?;
    Ok(())
}

/// The company's account: at the simulator, here, and its callback there.
fn inbox(company: &Value, administrator: &Api, console: &str, simulator: &str) -> Result<Value> {
    let mut body = company["inbox"].clone();
    body["settings"]["api_base"] = json!(simulator);
    register(simulator, company)?;
    let inbox = administrator.post("/inboxes", &body)?;
    set_callback(simulator, company, console, &inbox)?;
    Ok(inbox)
}

fn account(simulator: &str, company: &Value, console: &str, inbox: &Value) -> Result<()> {
    register(simulator, company)?;
    set_callback(simulator, company, console, inbox)
}

fn register(simulator: &str, company: &Value) -> Result<()> {
    let (settings, secrets) = (&company["inbox"]["settings"], &company["inbox"]["secrets"]);
    let body = json!({
        "app_id": settings["app_id"], "app_secret": secrets["app_secret"], "original_id": settings["original_id"],
        "name": company["name"], "account_kind": settings["account_kind"], "mode": settings["mode"],
        "token": secrets["token"], "aes_key": secrets["aes_key"],
    });
    Api::new(simulator).post("/_sim/accounts", &body).map(drop)
}

fn set_callback(simulator: &str, company: &Value, console: &str, inbox: &Value) -> Result<()> {
    let (settings, secrets) = (&company["inbox"]["settings"], &company["inbox"]["secrets"]);
    let body = json!({
        "url": format!("{console}{}", hook_path(text(&inbox["hook_url"]))),
        "token": secrets["token"], "aes_key": secrets["aes_key"], "mode": settings["mode"],
    });
    let path = format!("/_sim/accounts/{}/callback", text(&settings["app_id"]));
    let verification = Api::new(simulator).put(&path, &body)?;
    if verification["ok"] == true { Ok(()) } else { Err(format!("the hook does not answer: {verification}")) }
}

/// The path of a hook, should the API have given the whole address.
fn hook_path(url: &str) -> &str {
    url.find("/hooks/").map_or(url, |at| &url[at..])
}

/// Uploads every picture; gives `pictures/NAME.png` to `med_…`.
fn pictures(folder: &Path, administrator: &Api) -> Result<HashMap<String, String>> {
    let folder = folder.join("pictures");
    let entries =
        std::fs::read_dir(&folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut ids = HashMap::new();
    for path in entries.flatten().map(|it| it.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let content =
            std::fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let mime = if name.ends_with(".jpg") { "image/jpeg" } else { "image/png" };
        let media = administrator.upload("/media", &name, mime, &content)?;
        ids.insert(format!("file:pictures/{name}"), text(&media["id"]).to_owned());
    }
    Ok(ids)
}

/// Puts the ids of uploaded files where the content says `file:…`.
fn filled(mut value: Value, ids: &HashMap<String, String>) -> Result<Value> {
    fill(&mut value, ids)?;
    Ok(value)
}

fn fill(value: &mut Value, ids: &HashMap<String, String>) -> Result<()> {
    match value {
        Value::String(text) if text.starts_with("file:") => {
            let id = ids
                .get(text.as_str())
                .ok_or_else(|| format!("the content names {text}, which is not there"))?;
            text.clone_from(id);
            Ok(())
        }
        Value::Array(items) => items.iter_mut().try_for_each(|it| fill(it, ids)),
        Value::Object(fields) => fields.values_mut().try_for_each(|it| fill(it, ids)),
        _ => Ok(()),
    }
}

fn members(folder: &Path) -> Result<Vec<String>> {
    Ok(list(&read(folder, "headquarters.json")?["members"])
        .into_iter()
        .map(|it| text(it).to_owned())
        .collect())
}

/// The companies' app ids at the simulator.
fn accounts(folder: &Path) -> Result<Vec<String>> {
    members(folder)?
        .iter()
        .map(
            |it| Ok(text(&read(&folder.join(it), "company.json")?["inbox"]["settings"]["app_id"]).to_owned()),
        )
        .collect()
}

fn credentials(administrator: &Value) -> Value {
    json!({"login": administrator["login"], "password": administrator["password"]})
}

fn api(console: &str) -> Api {
    Api::new(&format!("{console}/api/v1"))
}

fn read(folder: &Path, name: &str) -> Result<Value> {
    let path = folder.join(name);
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The text of a field, or nothing; the API says what it misses.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The elements of a list, or none.
fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map(|it| it.iter().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_put_in_their_places() {
        let ids = HashMap::from([("file:pictures/a.png".to_owned(), "med_1".to_owned())]);
        let value = json!({"answers": [{"type": "image", "media": "file:pictures/a.png"}]});
        assert_eq!(filled(value, &ids).unwrap()["answers"][0]["media"], "med_1");
        assert!(filled(json!(["file:pictures/b.png"]), &ids).unwrap_err().contains("not there"));
    }

    #[test]
    fn the_sample_content_is_whole() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo");
        let people = people(&folder).unwrap();
        assert!(
            people.iter().all(|it| it.login.len() > 3 && it.password.len() >= 8),
            "a log-in is incomplete"
        );
        assert!(people.len() >= 4);
        let (mut entries, mut rules) = (0, 0);
        for name in members(&folder).unwrap() {
            let folder = folder.join(name);
            let pictures: HashMap<String, String> = std::fs::read_dir(folder.join("pictures"))
                .unwrap()
                .map(|it| format!("file:pictures/{}", it.unwrap().file_name().to_string_lossy()))
                .map(|it| (it, "med_x".to_owned()))
                .collect();
            let read = |file| filled(read(&folder, file).unwrap(), &pictures).unwrap();
            let knowledge = read("knowledge.json");
            let categories: Vec<&str> =
                list(&knowledge["categories"]).iter().map(|it| text(&it["name"])).collect();
            for entry in list(&knowledge["entries"]) {
                assert!(categories.contains(&text(&entry["category"])), "{entry}");
            }
            entries += list(&knowledge["entries"]).len();
            rules += list(&read("keywords.json")).len();
            read("account-menu.json");
            read("bot-settings.json");
            read("text-menu.json");
        }
        assert!(entries >= 60 && rules >= 30, "{entries} entries, {rules} rules");
    }
}
