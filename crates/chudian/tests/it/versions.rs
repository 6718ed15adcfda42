//! One rule for everything that people edit: who sends the version they saw is refused when somebody else
//! was quicker; who sends none writes over whatever is there.

use serde_json::{Value, json};

use crate::editors::{companies, made, text};
use crate::house::{Caller, House};

/// Changes the thing at `path` as three writers do: one who saw the present version, one who saw an older
/// one, and one who saw none.
async fn check(house: &House, editor: &Caller, path: &str, mut body: Value, refusal: &str) {
    // What is read in a list alone was just made.
    let present = house.get(editor, path).await;
    let present = if present.status == 405 { 1 } else { made(&present)["version"].as_i64().unwrap() };
    let mut put = async |version: Option<i64>| {
        body["version"] = json!(version);
        house.call(editor, "PUT", path, body.clone()).await
    };
    assert_eq!(made(&put(Some(present)).await)["version"], present + 1, "{path}");
    let stale = put(Some(present)).await;
    assert_eq!((stale.status, stale.code().as_str()), (409, refusal), "{path}");
    assert_eq!(made(&put(None).await)["version"], present + 2, "{path}: null is none");
    body.as_object_mut().unwrap().remove("version");
    assert_eq!(made(&house.call(editor, "PUT", path, body).await)["version"], present + 3, "{path}");
}

#[tokio::test]
async fn who_names_no_version_writes_over_whatever_is_there() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let entry = json!({ "question": "怎么查话费", "answers": text("回复 1") });
        let keyword = json!({ "words": ["话费"], "match": "exact", "answers": text("回复 1") });
        let settings = json!({
            "app_id": "wx0123456789abcdef", "original_id": "gh_0123456789ab", "account_kind": "service", "mode": "safe"
        });
        let inbox = json!({ "kind": "wechat", "name": "服务号", "settings": settings, "secrets": {
            "app_secret": "0123456789abcdef0123456789abcdef", "token": "storytoken",
            "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG" } });
        let id = async |caller: &Caller, path: &str, body: &Value| {
            let made = made(&house.call(caller, "POST", path, body.clone()).await);
            made["id"].as_str().unwrap().to_owned()
        };
        let entry_path = format!("/knowledge/entries/{}", id(editor, "/knowledge/entries", &entry).await);
        check(&house, editor, &entry_path, entry, "knowledge.changed").await;
        let keyword_path = format!("/keywords/{}", id(editor, "/keywords", &keyword).await);
        check(&house, editor, &keyword_path, keyword, "keyword.changed").await;
        let reply = json!({ "shared": true, "title": "问候", "answers": text("您好") });
        let reply_path = format!("/quick-replies/{}", id(editor, "/quick-replies", &reply).await);
        let change = json!({ "title": "问候", "answers": text("您好") });
        check(&house, editor, &reply_path, change, "quick_reply.changed").await;
        let text_menu = json!({ "root": { "title": "自助", "items": [
            { "digit": "1", "node": { "title": "余额", "answers": text("发 HF") } }] } });
        check(&house, editor, "/text-menu", text_menu, "text_menu.changed").await;
        let menu_path = format!("/inboxes/{}/account-menu", id(&company.admin, "/inboxes", &inbox).await);
        let button = json!({ "name": "余额", "kind": "click", "key": "HF", "answers": text("发 HF") });
        check(&house, editor, &menu_path, json!({ "buttons": [button] }), "account_menu.changed").await;
        let bot = made(&house.get(editor, "/bot/settings").await);
        check(&house, editor, "/bot/settings", bot, "bot_settings.changed").await;
    })
    .await;
}

/// The rule stands, in the same words, at every version that the API takes.
#[test]
fn the_rule_is_described_wherever_a_version_is_sent() {
    let api: Value = serde_json::from_str(&chudian::app::api::description_text()).unwrap();
    let schemas = api["components"]["schemas"].as_object().unwrap();
    let puts = api["paths"].as_object().unwrap().values().filter_map(|path| path.get("put"));
    let bodies = puts.filter_map(|put| {
        put["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str()?.rsplit('/').next()
    });
    let described = bodies.filter_map(|name| Some((name, schemas[name]["properties"].get("version")?)));
    let described: Vec<_> = described.map(|(name, it)| (name, it["description"].to_string())).collect();
    assert!(described.len() >= 5, "{described:?}");
    for (name, words) in described {
        let words = words.replace("\\n", " ");
        for part in [
            "version that was seen: when another one is there by now",
            "Absent: whatever is there is written over",
        ] {
            assert!(words.contains(part), "{name}: {words}");
        }
    }
}
