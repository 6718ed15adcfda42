//! Headquarters' shared base over the API, on both databases: who hears it, who does not, and own wordings.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::editors::{made, soon, text, tried};
use crate::house::{Caller, House};
use crate::support::engines;

/// Headquarters with two members, and what they are called.
pub(crate) struct Group {
    pub(crate) root: Caller,
    pub(crate) telecom: (String, Caller),
    pub(crate) bank: (String, Caller),
}

pub(crate) async fn groups<F: Future<Output = ()>>(story: impl Fn(Arc<House>, Group) -> F) {
    for (url, folder) in engines() {
        let house = Arc::new(House::running(&url, folder).await);
        let root = house.found().await;
        let telecom = house.member(&root, "telecom").await;
        let bank = house.member(&root, "bank").await;
        story(house, Group { root, telecom, bank }).await;
    }
}

pub(crate) async fn written(house: &House, caller: &Caller, body: Value) -> Value {
    made(&house.call(caller, "POST", "/knowledge/entries", body).await)
}

pub(crate) fn path(entry: &Value) -> String {
    format!("/knowledge/entries/{}", entry["id"].as_str().unwrap())
}

pub(crate) fn shared(entry: &Value) -> String {
    format!("/knowledge/shared/{}", entry["id"].as_str().unwrap())
}

/// An entry of headquarters for a scope.
pub(crate) fn body(question: &str, answer: &str, sharing: &Value) -> Value {
    json!({ "question": question, "similar": [format!("请问{question}呢")], "answers": text(answer),
        "sharing": sharing })
}

async fn questions(house: &House, caller: &Caller) -> Vec<String> {
    let found = made(&house.get(caller, "/knowledge/shared").await);
    let items = found["items"].as_array().unwrap().iter();
    items.map(|it| it["question"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_shared_entry_reaches_its_scope_and_nobody_else() {
    groups(|house, group| async move {
        let (root, telecom, bank) = (&group.root, &group.telecom.1, &group.bank.1);
        let nothing = tried(&house, bank, "营业执照丢了怎么办", &Value::Null).await.0;
        let region = json!({ "region": " 华东 " });
        let to = format!("/tenants/{}", group.telecom.0);
        assert_eq!(made(&house.call(root, "PATCH", &to, region.clone()).await)["region"], "华东");
        let own = house.call(telecom, "PATCH", &to, region).await;
        assert_eq!((own.status, own.code().as_str()), (403, "tenant.region"), "a member chooses no region");

        let audience = made(&house.get(root, "/knowledge/audience").await);
        assert_eq!(audience["members"][0]["region"], "华东");
        assert_eq!(made(&house.get(telecom, "/knowledge/audience").await)["members"], json!([]));

        let for_all = written(&house, root, body("营业执照丢了怎么办", "去补办", &json!({}))).await;
        let for_one = json!({ "members": [group.telecom.0] });
        written(&house, root, body("怎么预约上门", "拨打 1", &for_one)).await;
        let regional =
            written(&house, root, body("台风天还营业吗", "照常", &json!({ "regions": ["华东"] }))).await;
        let kept =
            written(&house, root, json!({ "question": "总部食堂几点开", "answers": text("十一点") })).await;

        soon(&house, telecom, "营业执照丢了怎么办", "去补办").await;
        soon(&house, bank, "营业执照丢了怎么办", "去补办").await;
        soon(&house, telecom, "怎么预约上门", "拨打 1").await;
        soon(&house, telecom, "请问台风天还营业吗呢", "照常").await;
        for question in ["怎么预约上门", "台风天还营业吗", "总部食堂几点开"] {
            assert_eq!(tried(&house, bank, question, &Value::Null).await.0, nothing, "{question}");
        }
        assert_eq!(tried(&house, telecom, "总部食堂几点开", &Value::Null).await.0, nothing);
        assert_eq!(
            questions(&house, telecom).await,
            ["台风天还营业吗", "怎么预约上门", "营业执照丢了怎么办"]
        );
        assert_eq!(questions(&house, bank).await, ["营业执照丢了怎么办"]);
        assert_eq!(questions(&house, root).await, [""; 0]);

        // One by one it is the same rule, and nothing of it is the member's to change.
        assert_eq!(made(&house.get(telecom, &shared(&regional)).await)["question"], "台风天还营业吗");
        for (caller, entry) in [(bank, &regional), (bank, &kept), (telecom, &kept), (root, &for_all)] {
            assert_eq!(house.get(caller, &shared(entry)).await.status, 404);
            let copy = format!("{}/localisation", shared(entry));
            assert_eq!(house.call(caller, "POST", &copy, Value::Null).await.status, 404);
        }
        assert_eq!(house.get(bank, &path(&for_all)).await.status, 404);
        let change = json!({ "question": "改掉", "answers": text("改掉") });
        assert_eq!(house.call(bank, "PUT", &path(&for_all), change).await.status, 404);
        assert_eq!(house.call(bank, "DELETE", &path(&for_all), Value::Null).await.status, 404);
        let seen = made(&house.get(bank, &shared(&for_all)).await);
        assert!(seen["sharing"].is_null() && seen["owner"].is_null(), "{seen}");

        // Out of the region, off, and not shared any more: it ends with the next message.
        made(&house.call(root, "PATCH", &to, json!({ "region": "" })).await);
        soon(&house, telecom, "台风天还营业吗", &nothing).await;
        let off = format!("{}/enabled", path(&for_all));
        made(&house.call(root, "PUT", &off, json!({ "enabled": false })).await);
        soon(&house, bank, "营业执照丢了怎么办", &nothing).await;
        assert_eq!(house.get(bank, &shared(&for_all)).await.status, 404);
        made(&house.call(root, "PUT", &off, json!({ "enabled": true })).await);
        soon(&house, bank, "营业执照丢了怎么办", "去补办").await;
        let mut alone = body("营业执照丢了怎么办", "去补办", &Value::Null);
        alone["publish"] = json!(false);
        made(&house.call(root, "PUT", &path(&for_all), alone).await);
        assert_eq!(
            tried(&house, bank, "营业执照丢了怎么办", &Value::Null).await.0,
            "去补办",
            "a draft changes nothing"
        );
        let publication = format!("{}/publication", path(&for_all));
        made(&house.call(root, "POST", &publication, json!({ "revision": 1 })).await);
        soon(&house, bank, "营业执照丢了怎么办", &nothing).await;
        let restoration = format!("{}/restoration", path(&for_all));
        made(&house.call(root, "POST", &restoration, json!({ "version": 1 })).await);
        soon(&house, bank, "营业执照丢了怎么办", "去补办").await;
        assert_eq!(house.call(root, "DELETE", &path(&for_all), Value::Null).await.status, 204);
        soon(&house, bank, "营业执照丢了怎么办", &nothing).await;
    })
    .await;
}

#[tokio::test]
async fn a_member_says_it_in_its_own_words() {
    groups(|house, group| async move {
        let (root, telecom, bank) = (&group.root, &group.telecom.1, &group.bank.1);
        let bill = written(&house, root, body("怎么开发票", "总部开票", &json!({}))).await;
        let mut asks = body("怎么退款", "总部退款", &json!({}));
        asks["related"] = json!([bill["id"]]);
        asks["tags"] = json!(["财务"]);
        let refund = written(&house, root, asks.clone()).await;
        let offered = |said: &str| format!("{said}\n\n您可能还想了解：\n1 怎么开发票\n回复数字查看。");
        soon(&house, telecom, "怎么退款", &offered("总部退款")).await;

        let copy = format!("{}/localisation", shared(&bill));
        let local = made(&house.call(telecom, "POST", &copy, Value::Null).await);
        assert_eq!((&local["version"], &local["draft"]["stage"]), (&json!(0), &json!("writing")));
        assert_eq!(local["origin"], json!({ "id": bill["id"], "seen": 1, "version": 1 }));
        assert_eq!(house.call(telecom, "POST", &copy, Value::Null).await.code(), "sharing.localised");
        assert_eq!(
            tried(&house, telecom, "怎么开发票", &Value::Null).await.0,
            "总部开票",
            "a draft replaces nothing"
        );
        let change = json!({ "question": "怎么开发票", "answers": text("本地开票") });
        made(&house.call(telecom, "PUT", &path(&local), change).await);
        soon(&house, telecom, "怎么开发票", "本地开票").await;
        soon(&house, bank, "怎么开发票", "总部开票").await;
        // What headquarters relates leads to the own wording.
        let (_, _, session) = tried(&house, telecom, "怎么退款", &Value::Null).await;
        assert_eq!(tried(&house, telecom, "1", &session).await.0, "本地开票");

        // Headquarters moves on: the member is told, compares, and says that it was seen.
        let mut newer = body("怎么开发票", "总部新开票", &json!({}));
        newer["version"] = json!(1);
        made(&house.call(root, "PUT", &path(&bill), newer).await);
        soon(&house, bank, "怎么开发票", "总部新开票").await;
        assert_eq!(tried(&house, telecom, "怎么开发票", &Value::Null).await.0, "本地开票");
        let told = made(&house.get(telecom, &path(&local)).await);
        assert_eq!((&told["origin"]["seen"], &told["origin"]["version"]), (&json!(1), &json!(2)));
        let listed = made(&house.get(telecom, "/knowledge/shared").await);
        let of = listed["items"].as_array().unwrap().iter().find(|it| it["id"] == bill["id"]).unwrap();
        assert_eq!(of["local"], json!({ "entry": local["id"], "is_behind": true }));
        let compared = format!("{}/comparison?from=origin&to=published", path(&local));
        let changes = made(&house.get(telecom, &compared).await);
        let fields: Vec<&str> =
            changes["items"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["similar", "answers"]);
        let origin = format!("{}/origin", path(&local));
        assert_eq!(house.call(bank, "PUT", &origin, json!({ "seen": 2 })).await.status, 404);
        let seen = made(&house.call(telecom, "PUT", &origin, json!({ "seen": 9 })).await);
        assert_eq!(seen["origin"]["seen"], 2, "nobody has seen what is not there yet");

        // Switched off it is silent; gone, headquarters speaks again.
        let off = format!("{}/enabled", path(&local));
        made(&house.call(telecom, "PUT", &off, json!({ "enabled": false })).await);
        soon(&house, telecom, "怎么退款", "总部退款").await;
        assert_eq!(house.call(telecom, "DELETE", &path(&local), Value::Null).await.status, 204);
        soon(&house, telecom, "怎么开发票", "总部新开票").await;

        // What a member asks itself goes before what is shared, and headquarters cannot take the copy away.
        written(&house, telecom, json!({ "question": "怎么退款", "answers": text("本地退款") })).await;
        soon(&house, telecom, "怎么退款", "本地退款").await;
        soon(&house, bank, "怎么退款", &offered("总部退款").replace("总部开票", "总部新开票")).await;
        let copy = format!("{}/localisation", shared(&refund));
        let theirs = made(&house.call(bank, "POST", &copy, Value::Null).await);
        assert_eq!(theirs["tags"], json!(["财务"]));
        assert_eq!(house.call(root, "DELETE", &path(&refund), Value::Null).await.status, 204);
        let left = made(&house.get(bank, &path(&theirs)).await);
        assert_eq!(left["origin"], json!({ "id": refund["id"], "seen": 1 }));
        let gone = house.get(bank, &format!("{}/comparison?from=origin&to=draft", path(&theirs))).await;
        assert_eq!(gone.status, 404);
    })
    .await;
}

#[tokio::test]
async fn only_headquarters_shares_and_only_what_can_be_said_everywhere() {
    groups(|house, group| async move {
        let (root, telecom) = (&group.root, &group.telecom.1);
        let refused =
            house.call(telecom, "POST", "/knowledge/entries", body("怎么开发票", "a", &json!({}))).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "sharing.not_headquarters"));
        let me = made(&house.get(root, "/session").await)["tenant"]["id"].clone();
        for stranger in [me, json!("tnt_0000000000777")] {
            let scope = json!({ "members": [stranger] });
            let refused =
                house.call(root, "POST", "/knowledge/entries", body("怎么开发票", "a", &scope)).await;
            assert_eq!(refused.code(), "sharing.member", "{refused:?}");
        }
        let long = json!({ "regions": ["长".repeat(51)] });
        let refused = house.call(root, "POST", "/knowledge/entries", body("怎么开发票", "a", &long)).await;
        assert_eq!(refused.code(), "sharing.scope");
    })
    .await;
}
