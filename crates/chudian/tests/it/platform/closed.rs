//! A closed member's account: what comes is kept, and nobody pretends to answer.

use serde_json::json;

use super::towns;

#[tokio::test]
async fn what_comes_to_a_closed_member_is_kept_and_not_answered() {
    towns(|town| async move {
        let service = town.account(&town.admin, "wx0000000000000001").await;
        // What the account said to a person.
        let said_to = async |person: &str| {
            let chat = town.chat(&service, person).await;
            chat.iter().filter(|it| it["from"] == "account").count()
        };
        town.act(&service, "p1", "follow", json!({})).await;
        assert_eq!(said_to("p1").await, 1, "a welcome: {:?}", town.chat(&service, "p1").await);
        town.settle().await;
        let messages = |tx: &mut chudian::db::Tx<'_>| {
            tx.first("select count(*) from messages", chudian::db::args![], |row| row.get::<i64>(0))
        };
        let said = town.house.ctx.db.read(messages).await.unwrap();
        let tenant = town.get(&town.admin, "/session").await["tenant"]["id"].as_str().unwrap().to_owned();
        let set = async |closed: bool| {
            let body = json!({ "closed": closed });
            let answer = town.house.call(&town.root, "PATCH", &format!("/tenants/{tenant}"), body).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        };

        set(true).await;
        // The news of it goes round; then the platform is content and the person sees nothing.
        let mut heard = said_to("p1").await;
        for number in 0.. {
            assert!(number < 20, "a closed member goes on answering");
            town.says(&service, "p1", &format!("第{number}句")).await;
            let now = said_to("p1").await;
            if now == heard {
                break;
            }
            heard = now;
        }
        for text in ["转人工", "有人吗"] {
            let ending = town.says(&service, "p1", text).await;
            let content = json!([ending["acknowledged"], ending["attempts"]]);
            assert_eq!(content, json!([true, 1]), "the platform is content: {ending}");
        }
        town.act(&service, "p2", "follow", json!({})).await;
        assert_eq!((said_to("p1").await, said_to("p2").await), (heard, 0));
        let open = |tx: &mut chudian::db::Tx<'_>| {
            tx.first("select count(*) from jobs", chudian::db::args![], |row| row.get::<i64>(0))
        };
        assert_eq!(town.house.ctx.db.read(open).await.unwrap(), Some(0), "nobody is asked about");

        // Open again, the administrator sees what came; and the next message is answered.
        set(false).await;
        let admin = town.house.log_in("admin@telecom").await;
        let kept = town.get(&admin, "/inbound?outcome=closed").await["items"].clone();
        assert!(kept.as_array().unwrap().len() >= 4, "{kept}");
        let path = format!("/inbound/{}", kept[1]["id"].as_str().unwrap());
        let raw = town.get(&admin, &path).await["raw"].as_str().unwrap().to_owned();
        assert!(raw.contains("有人吗"), "{raw}");
        let answered = async || {
            town.says(&service, "p2", "你好").await;
            said_to("p2").await > 0
        };
        let mut is_back = false;
        for _ in 0..20 {
            is_back = is_back || answered().await;
        }
        assert!(is_back, "open again, and silent");
        assert!(town.house.ctx.db.read(messages).await.unwrap() > said);
    })
    .await;
}
