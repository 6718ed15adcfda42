//! Contacts, and who may not see them.

use serde_json::json;

use super::{Person, desks, text};
use crate::house::Caller;

#[tokio::test]
async fn a_contact_is_found_shown_and_put_right() {
    desks(|desk| async move {
        desk.says("oStoryContact001", "你好").await;
        desk.says("oStoryContact002", "你好").await;
        let list = async |query: &str| {
            let answer = desk.house.get(&desk.anna.caller, &format!("/contacts?{query}")).await;
            answer.json()["items"].as_array().cloned().unwrap()
        };
        assert_eq!(list("").await.len(), 2);
        let contact = list("query=act002").await.pop().unwrap();
        let path = format!("/contacts/{}", text(&contact, "id"));
        assert_eq!(contact["identities"][0]["source_id"], "oSt***002", "a platform's id is hidden");
        assert_eq!(contact["identities"][0]["allowance"]["left"], 5);

        let change = json!({ "name": " 李雷 ", "tags": ["VIP", "VIP", " 欠费 "], "note": "喜欢短信" });
        let changed = desk.house.call(&desk.anna.caller, "PATCH", &path, change).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        assert_eq!(changed.json()["tags"], json!(["VIP", "欠费"]));
        assert_eq!(list(&format!("query={}", "%E6%9D%8E%E9%9B%B7")).await.len(), 1);
        assert_eq!(list("query=vip").await.len(), 1);
        let wrong = desk.house.call(&desk.anna.caller, "PATCH", &path, json!({ "name": "" })).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (422, "contact.invalid"));

        let log = desk.ctx().db.read(|tx| {
            tx.all(
                "select action from audit_log where action like 'contact.%'",
                chudian::db::args![],
                |row| row.get::<String>(0),
            )
        });
        assert_eq!(log.await.unwrap(), ["contact.edit"]);
    })
    .await;
}

#[tokio::test]
async fn a_search_among_very_many_goes_on_where_it_stopped() {
    desks(|desk| async move {
        // Fifty thousand strangers, all younger than the one who is looked for.
        let tenant = desk.house.get(&desk.admin, "/session").await.json()["tenant"]["id"].clone();
        let tenant: chudian::base::id::TenantId = tenant.as_str().unwrap().parse().unwrap();
        let write = move |tx: &mut chudian::db::Tx<'_>| {
            tx.execute(
                "insert into contacts (id, tenant_id, name, tags, note, created_at)
                 with recursive counted (n) as (select 1 union all select n + 1 from counted where n < 50010)
                 select n, $1, case n when 1 then '韩梅梅' else 'stranger' end, '[]', '', 1 from counted",
                chudian::db::args![tenant],
            )
        };
        assert_eq!(desk.ctx().db.write(write).await.unwrap(), 50_010);
        let page = async |after: &str| {
            let path = format!("/contacts?query=%E9%9F%A9%E6%A2%85{after}");
            let answer = desk.house.get(&desk.anna.caller, &path).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            answer.json()
        };
        let first = page("").await;
        assert_eq!(first["items"], json!([]), "50,000 are looked through");
        let second = page(&format!("&after={}", text(&first, "next"))).await;
        assert_eq!(second["items"][0]["name"], "韩梅梅");
        assert_eq!(second.get("next").filter(|it| !it.is_null()), None);
        // Without words nothing is looked through.
        let all = desk.house.get(&desk.anna.caller, "/contacts?limit=2").await.json();
        assert_eq!(all["items"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn nobody_reaches_another_tenants_people_or_talk() {
    desks(|desk| async move {
        let conversation = desk.waits("oStoryForeign001").await;
        let (_, bank) = desk.house.member(&desk.root, "bank").await;
        let (id, thread) = (text(&conversation, "id"), text(&conversation, "thread"));
        let contact = text(&conversation["contact"], "id");
        for (method, path, body) in [
            ("GET", format!("/conversations/{id}"), json!(null)),
            ("POST", format!("/conversations/{id}/take"), json!(null)),
            ("POST", format!("/conversations/{id}/release"), json!({})),
            ("POST", format!("/conversations/{id}/close"), json!({})),
            ("POST", format!("/conversations/{id}/typing"), json!(null)),
            ("GET", format!("/threads/{thread}/messages"), json!(null)),
            ("GET", format!("/threads/{thread}/draft"), json!(null)),
            ("PUT", format!("/threads/{thread}/draft"), json!({ "text": "x" })),
            ("PUT", format!("/threads/{thread}/read"), json!({ "number": 1 })),
            ("GET", format!("/threads/{thread}/allowance"), json!(null)),
            ("GET", format!("/contacts/{contact}"), json!(null)),
            ("PATCH", format!("/contacts/{contact}"), json!({ "name": "x" })),
        ] {
            for caller in [&bank, &desk.root] {
                let answer = desk.house.call(caller, method, &path, body.clone()).await;
                assert_eq!(answer.status, 404, "{method} {path} {answer:?}");
            }
        }
        let lists = desk.house.get(&bank, "/conversations?view=all").await.json();
        assert_eq!(lists["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn roles_bound_what_one_may_do() {
    desks(|desk| async move {
        let conversation = desk.waits("oStoryRoles00001").await;
        let (_, editor) = desk.house.person(&desk.admin, "erik", "editor").await;
        let (_, marketer) = desk.house.person(&desk.admin, "mia", "marketer").await;
        let id = text(&conversation, "id");
        let thread = text(&conversation, "thread");
        for (caller, method, path) in [
            (&editor, "GET", "/conversations".to_owned()),
            (&editor, "GET", format!("/threads/{thread}/messages")),
            (&editor, "POST", format!("/conversations/{id}/take")),
            (&editor, "GET", "/contacts".to_owned()),
            (&editor, "GET", "/agents".to_owned()),
            (&marketer, "GET", format!("/conversations/{id}")),
        ] {
            let answer = desk.house.call(caller, method, &path, json!(null)).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (403, "permission.missing"),
                "{method} {path}"
            );
        }
        assert_eq!(desk.house.get(&marketer, "/contacts").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_program_answers_for_the_person_who_made_its_key() {
    desks(|desk| async move {
        let conversation = desk.waits("oStoryProgram001").await;
        let key = async |scopes: serde_json::Value| {
            let body = json!({ "name": "工单系统", "scopes": scopes });
            let answer = desk.house.call(&desk.admin, "POST", "/api-keys", body).await;
            Caller::with_key(text(&answer.json(), "key"))
        };
        let reader = Person { id: String::new(), caller: key(json!(["conversation.read"])).await };
        assert_eq!(desk.sends(&reader, &conversation, "k1", "x").await.code(), "permission.missing");

        let program = key(json!(["conversation.read", "conversation.answer"])).await;
        let program = Person { id: String::new(), caller: program };
        let sent = desk.sends(&program, &conversation, "k2", "您的工单已受理").await;
        assert_eq!(sent.status, 201, "{sent:?}");
        assert_eq!(sent.json()["author"]["name"], "telecom 管理员");
        assert_eq!(desk.list(&program, "mine").await.len(), 1);
        assert_eq!(desk.act(&program, &conversation, "close", json!({})).await.status, 200);
    })
    .await;
}
