//! Who is it? The platform tells the union id when it is asked, and one person on two accounts is one
//! contact.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Town, towns};
use crate::house::Caller;

async fn contacts(town: &Town, caller: &Caller) -> Vec<Value> {
    town.get(caller, "/contacts").await["items"].as_array().unwrap().clone()
}

async fn audit(town: &Town, caller: &Caller, action: &str) -> Vec<Value> {
    let path = format!("/audit-log?action={action}");
    town.get(caller, &path).await["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn one_person_on_two_accounts_is_one_contact() {
    towns(|town| async move {
        let (_, bank) = town.house.member(&town.root, "bank").await;
        let service = town.account(&town.admin, "wx0000000000000001").await;
        let shop = town.account(&town.admin, "wx0000000000000002").await;
        let foreign = town.account(&bank, "wx0000000000000003").await;

        town.act(&service, "p1", "follow", json!({})).await;
        town.settle().await;
        let first = contacts(&town, &town.admin).await;
        assert_eq!(first.len(), 1);
        // On the other account the person writes without having followed while we knew it.
        town.act(&shop, "p1", "follow", json!({})).await;
        town.says(&shop, "p1", "在吗").await;
        town.act(&foreign, "p1", "follow", json!({})).await;
        town.act(&shop, "p2", "follow", json!({})).await;
        town.settle().await;

        let all = contacts(&town, &town.admin).await;
        assert_eq!(all.len(), 2, "two people on three addresses: {all:#?}");
        let one = all.iter().find(|it| it["identities"].as_array().unwrap().len() == 2).unwrap();
        assert_eq!(one["id"], first[0]["id"], "the older one stays");
        let inboxes: BTreeSet<_> = one["identities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["inbox"]["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(inboxes, [service.inbox.clone(), shop.inbox.clone()].into());

        // It can be explained: at the contact, in the audit log, and the old key leads to the one who stays.
        let gone = one["merged"][0]["id"].as_str().unwrap();
        assert_eq!(town.get(&town.admin, &format!("/contacts/{gone}")).await["id"], one["id"]);
        let record = &audit(&town, &town.admin, "contact.merge").await[0];
        assert_eq!(record["target"], one["id"]);
        assert_eq!(record["detail"]["from"], gone);
        assert_eq!(record["actor"]["kind"], "system");
        assert_eq!(record["detail"]["because"], "union_id");

        // Threads and conversations stay two, and name the same person.
        let talks = town.get(&town.admin, "/conversations?view=all").await["items"].clone();
        let talks: Vec<_> =
            talks.as_array().unwrap().iter().filter(|it| it["contact"]["id"] == one["id"]).collect();
        assert_eq!(talks.len(), 2, "{talks:#?}");
        assert_ne!(talks[0]["thread"], talks[1]["thread"]);
        // The next message goes on in its own thread.
        let before = talks.iter().find(|it| it["inbox"]["id"] == shop.inbox.as_str()).unwrap();
        town.says(&shop, "p1", "还在吗").await;
        let path = format!("/threads/{}/messages", before["thread"].as_str().unwrap());
        let said = town.get(&town.admin, &path).await.to_string();
        assert!(said.contains("在吗") && said.contains("还在吗"), "{said}");

        // The same union id in another house is another person's business.
        let theirs = contacts(&town, &bank).await;
        assert_eq!(theirs.len(), 1);
        assert_ne!(theirs[0]["id"], one["id"]);
        assert!(audit(&town, &bank, "contact.merge").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_remark_made_at_the_platform_names_a_contact_that_nobody_named() {
    towns(|town| async move {
        // They followed before the house knew the account, and write only now.
        town.open("wx0000000000000001", None).await;
        let path = "/accounts/wx0000000000000001/people/p1/follow";
        town.sim("POST", path, json!({ "wait": true })).await;
        remark(&town, "李雷").await;
        let service = town.account(&town.admin, "wx0000000000000001").await;
        town.says(&service, "p1", "在吗").await;
        town.settle().await;
        let named = contacts(&town, &town.admin).await.remove(0);
        let address = &named["identities"][0];
        assert_eq!((&named["name"], &address["remark"]), (&json!("李雷"), &json!("李雷")), "{named}");
        assert_eq!(address["language"], "zh_CN");
        town.says(&service, "p1", "还在吗").await;
        town.settle().await;
        assert_eq!(town.calls("/cgi-bin/user/info").await, 1, "asked once, not at each message");

        // A name that our own people gave is not written over. The platform is away for a moment, too.
        let path = format!("/contacts/{}", named["id"].as_str().unwrap());
        town.house.call(&town.admin, "PATCH", &path, json!({ "name": "李先生" })).await;
        let busy = json!({ "faults": [{ "on": "api", "path": "/cgi-bin/user/info", "next": 1,
            "effect": { "kind": "errcode", "errcode": -1 } }] });
        town.sim("PUT", "/faults", busy).await;
        town.act(&service, "p1", "unfollow", json!({})).await;
        town.act(&service, "p1", "follow", json!({})).await;
        remark(&town, "老李").await;
        town.until_a_job_is_put_off().await;
        assert_eq!(town.calls("/cgi-bin/user/info").await, 2);
        town.house.clock.advance(21_000);
        town.settle().await;
        let kept = contacts(&town, &town.admin).await.remove(0);
        assert_eq!((&kept["name"], &kept["identities"][0]["remark"]), (&json!("李先生"), &json!("老李")));
    })
    .await;
}

/// The account's people note something about the person, in the platform's own console.
async fn remark(town: &Town, text: &str) {
    let base = &town.platform;
    let ask = async |url: String, body: Value| -> Value {
        let request = town.http.post(url).body(body.to_string());
        request.send().await.unwrap().json().await.unwrap()
    };
    let chat = town.sim("GET", "/people/p1/chats/wx0000000000000001", Value::Null).await;
    let body =
        json!({ "grant_type": "client_credential", "appid": "wx0000000000000001", "secret": "secret" });
    let token = ask(format!("{base}/cgi-bin/stable_token"), body).await;
    let url = format!(
        "{base}/cgi-bin/user/info/updateremark?access_token={}",
        token["access_token"].as_str().unwrap()
    );
    let done = ask(url, json!({ "openid": chat["openid"], "remark": text })).await;
    assert_eq!(done["errcode"], 0, "{done}");
}

#[tokio::test]
async fn an_account_that_may_not_ask_is_served_all_the_same() {
    towns(|town| async move {
        let service = town.account(&town.admin, "wx0000000000000001").await;
        let path = format!("/inboxes/{}", service.inbox);
        let not_allowed = json!({ "faults": [{ "on": "api", "path": "/cgi-bin/user/info",
            "effect": { "kind": "errcode", "errcode": 48001 } }] });
        town.sim("PUT", "/faults", not_allowed).await;

        town.act(&service, "p1", "follow", json!({})).await;
        town.settle().await;
        let inbox = town.get(&town.admin, &path).await;
        assert_eq!(inbox["troubles"][0]["feature"], "people");
        assert_eq!(inbox["troubles"][0]["code"], "wechat.not_allowed");
        assert!(inbox["troubles"][0]["message"].as_str().unwrap().contains("48001"), "{inbox}");
        let checked =
            town.house.call(&town.admin, "POST", &format!("{path}/checks"), json!(null)).await.json();
        let step = checked["steps"].as_array().unwrap().iter().find(|it| it["name"] == "people").unwrap();
        assert_eq!(step["state"], "failed");

        // Nobody asks again before the time, nothing is parked, and the people are there.
        let asked = town.calls("/cgi-bin/user/info").await;
        assert!(asked > 0, "the platform was not asked at all");
        town.act(&service, "p2", "follow", json!({})).await;
        town.settle().await;
        assert_eq!(town.calls("/cgi-bin/user/info").await, asked);
        assert_eq!(contacts(&town, &town.admin).await.len(), 2);
        let parked = |tx: &mut chudian::db::Tx<'_>| {
            tx.first("select count(*) from jobs", chudian::db::args![], |row| row.get::<i64>(0))
        };
        assert_eq!(town.house.ctx.db.read(parked).await.unwrap(), Some(0));

        // A day later the account is certified, and the next follower shows it.
        town.sim("PUT", "/faults", json!({ "faults": [] })).await;
        town.house.clock.advance(25 * 3_600_000);
        let admin = town.house.log_in("admin@telecom").await;
        town.act(&service, "p3", "follow", json!({})).await;
        town.settle().await;
        assert_eq!(town.get(&admin, &path).await.get("troubles"), None);
    })
    .await;
}
