//! What is older than the operator keeps goes; what is named or young stays.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::desk::{Desk, Person, text};
use crate::house::{Caller, House};
use crate::support::{engines, sqlite};

const DAY: i64 = 86_400_000;

/// A picture of its own: the bytes tell one from another.
async fn picture(house: &House, caller: &Caller, name: &str) -> String {
    let mut body =
        b"--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n".to_vec();
    body.extend(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0");
    body.extend(format!("{name}\r\n--b--\r\n").into_bytes());
    let answer = house.send(caller, "POST", "/api/v1/media", "multipart/form-data; boundary=b", body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    text(&answer.json(), "id").to_owned()
}

async fn sends(desk: &Desk, person: &Person, conversation: &Value, key: &str, media: &str) {
    let caller = person.caller.clone().with("idempotency-key", key);
    let sender = Person { id: person.id.clone(), caller };
    let body = json!({ "content": { "type": "image", "media": media } });
    let sent = desk.act(&sender, conversation, "messages", body).await;
    assert_eq!(sent.status, 201, "{sent:?}");
}

fn files(folder: &Path) -> usize {
    let children = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    children.map(|it| if it.is_dir() { files(&it) } else { 1 }).sum()
}

async fn count(house: &House, sql: &'static str) -> i64 {
    let look =
        move |tx: &mut chudian::db::Tx<'_>| tx.first(sql, chudian::db::args![], |row| row.get::<i64>(0));
    house.ctx.db.read(look).await.unwrap().unwrap()
}

#[tokio::test]
async fn old_messages_and_files_go_and_the_talk_goes_on() {
    for (url, folder) in engines() {
        let house = Arc::new(House::on(&url, folder, None, &[("CHUDIAN__RETENTION__MESSAGES_DAYS", "30")]));
        let desk = Desk::in_house(house.clone()).await;
        let media_folder = house.ctx.config.data.folder.join("media");
        let (sent, rule, unused, again) = (
            picture(&house, &desk.anna.caller, "sent").await,
            picture(&house, &desk.admin, "rule").await,
            picture(&house, &desk.admin, "unused").await,
            picture(&house, &desk.anna.caller, "again").await,
        );
        let body =
            json!({ "words": ["图"], "match": "exact", "answers": [{ "type": "image", "media": rule }] });
        assert_eq!(house.call(&desk.admin, "POST", "/keywords", body).await.status, 201);

        // Day 0: one who stays, one who never comes back.
        desk.says("oStoryOld000002", "只来一次").await;
        let talk = desk.waits("oStoryOld000001").await;
        assert_eq!(desk.act(&desk.anna, &talk, "take", Value::Null).await.status, 200);
        sends(&desk, &desk.anna, &talk, "k1", &sent).await;
        sends(&desk, &desk.anna, &talk, "k2", &again).await;
        let old = count(&house, "select count(*) from messages").await;

        // Day 20.
        house.clock.advance(20 * DAY);
        let anna = Person { id: desk.anna.id.clone(), caller: house.log_in("anna").await };
        desk.says("oStoryOld000001", "还是我").await;
        sends(&desk, &anna, &talk, "k3", &again).await;
        let young = count(&house, "select count(*) from messages").await - old;

        // Day 29: nothing is old enough.
        house.clock.advance(9 * DAY);
        chudian::app::retention::sweep(&house.ctx).await.unwrap();
        assert_eq!(count(&house, "select count(*) from messages").await, old + young);
        assert_eq!(files(&media_folder), 4);

        // Day 31.
        house.clock.advance(2 * DAY);
        chudian::app::retention::sweep(&house.ctx).await.unwrap();
        assert_eq!(count(&house, "select count(*) from messages").await, young);
        assert_eq!(files(&media_folder), 2, "the bytes are gone too");
        let admin = house.log_in("admin@telecom").await;
        let anna = Person { id: desk.anna.id.clone(), caller: house.log_in("anna").await };
        for (media, status) in [(&sent, 404), (&unused, 404), (&rule, 200), (&again, 200)] {
            assert_eq!(house.get(&anna.caller, &format!("/media/{media}")).await.status, status, "{media}");
        }

        // Threads can be read and go on, also the one of which nothing is left.
        let path = format!("/threads/{}/messages", text(&talk, "thread"));
        let page = house.get(&anna.caller, &path).await.json();
        let said: Vec<&str> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|it| it["content"]["text"].as_str())
            .collect();
        assert_eq!(said, ["还是我"], "{page}");
        let first = page["items"][0]["number"].as_i64().unwrap();
        assert!(first > 1, "the numbers go on");
        let before = house.get(&anna.caller, &format!("{path}?before={first}")).await.json();
        assert_eq!(before["items"], json!([]));
        let all = house.get(&anna.caller, "/conversations?view=all").await;
        assert_eq!(all.status, 200, "{all:?}");
        assert_eq!(all.json()["items"].as_array().unwrap().len(), 2);
        desk.says("oStoryOld000002", "又来了").await;

        // One line tells what went; a sweep that finds nothing writes none.
        chudian::app::retention::sweep(&house.ctx).await.unwrap();
        let log = house.get(&admin, "/audit-log?action=retention.sweep").await.json();
        let log = log["items"].as_array().unwrap();
        assert_eq!(log.len(), 1, "{log:?}");
        assert_eq!((&log[0]["detail"]["messages"], &log[0]["detail"]["files"]), (&json!(old), &json!(2)));
        assert_eq!(log[0]["actor"]["kind"], "system");
        assert_eq!(house.get(&admin, "/audit-log/verification").await.json()["ok"], true);
    }
}

#[tokio::test]
async fn without_a_limit_everything_stays() {
    let (url, folder) = sqlite();
    let house = Arc::new(House::on(&url, folder, None, &[]));
    let desk = Desk::in_house(house.clone()).await;
    desk.says("oStoryOld000001", "你好").await;
    let before = count(&house, "select count(*) from messages").await;
    house.clock.advance(4000 * DAY);
    chudian::app::retention::sweep(&house.ctx).await.unwrap();
    assert_eq!(count(&house, "select count(*) from messages").await, before);
}
