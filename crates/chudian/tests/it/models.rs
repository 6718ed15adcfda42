//! The optional model that compares meanings: chosen over the API, sealed, recorded; an endpoint that misbehaves
//! in every way harms nothing but the nearness it was to give.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chudian::db::args;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::house::{Answer, Caller, House, houses};
use crate::stand_in::{Heard, hear};
use crate::support::{engines, sqlite, until};

/// How the stand-in for an endpoint behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Manner {
    Good,
    Slow,
    Fails,
    RefusesKey,
    OtherLength,
    NoNumbers,
    Short,
    Huge,
    Drops,
    BreaksOff,
    Redirects,
    Talks,
}

const MANNERS: [Manner; 12] = [
    Manner::Good,
    Manner::Slow,
    Manner::Fails,
    Manner::RefusesKey,
    Manner::OtherLength,
    Manner::NoNumbers,
    Manner::Short,
    Manner::Huge,
    Manner::Drops,
    Manner::BreaksOff,
    Manner::Redirects,
    Manner::Talks,
];

/// A stand-in for an embedding endpoint: its vectors count a few characters of meaning.
struct Endpoint {
    url: String,
    manner: Arc<AtomicUsize>,
    seen: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Endpoint {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let endpoint = Self { url: url.clone(), manner: Arc::default(), seen: Arc::default() };
        let (manner, seen) = (endpoint.manner.clone(), endpoint.seen.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let manner = MANNERS[manner.load(Ordering::SeqCst)];
                tokio::spawn(serve(stream, manner, seen.clone(), url.clone()));
            }
        });
        endpoint
    }

    fn behaves(&self, manner: Manner) {
        let at = MANNERS.iter().position(|it| *it == manner).unwrap();
        self.manner.store(at, Ordering::SeqCst);
    }

    fn calls(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    fn body(&self, key: &str) -> Value {
        json!({ "kind": "endpoint", "endpoint": { "url": self.url, "model": "small", "key": key } })
    }
}

/// Answers one request and closes.
async fn serve(mut stream: TcpStream, manner: Manner, seen: Arc<std::sync::Mutex<Vec<String>>>, url: String) {
    let Some(Heard { head, body }) = hear(&mut stream).await else { return };
    seen.lock().unwrap().push(format!("{head}\r\n\r\n{body}"));
    let asked: Value = serde_json::from_str(&body).unwrap();
    let texts = asked["input"].as_array().unwrap();
    let length = if manner == Manner::OtherLength { 9 } else { 16 };
    let mut items: Vec<Value> = texts
        .iter()
        .zip(0..)
        .map(|(text, index): (&Value, usize)| json!({ "index": index, "embedding": meaning(text.as_str().unwrap(), length) }))
        .collect();
    let mut status = "200 OK".to_owned();
    match manner {
        Manner::Slow => tokio::time::sleep(Duration::from_secs(2)).await,
        Manner::Fails => status = "500 Oops".into(),
        Manner::RefusesKey => status = "401 Who".into(),
        Manner::Redirects => {
            status = format!("302 There\r\nlocation: {}", url.replace("/v1", "/inside/embeddings"))
        }
        Manner::Short => drop(items.pop()),
        Manner::Drops => return,
        _ => {}
    }
    let text = match manner {
        Manner::NoNumbers => r#"{"data":[{"index":0,"embedding":[NaN,1,1,1,1,1,1,1]}]}"#.to_owned(),
        Manner::Talks => "hello".to_owned(),
        _ => json!({ "data": items }).to_string(),
    };
    let length = if manner == Manner::Huge { 1 << 40 } else { text.len() };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    let _ = stream.write_all(head.as_bytes()).await;
    match manner {
        Manner::Huge => while stream.write_all(&[b' '; 65_536]).await.is_ok() {},
        Manner::BreaksOff => drop(stream.write_all(&text.as_bytes()[..text.len() / 2]).await),
        _ => drop(stream.write_all(text.as_bytes()).await),
    }
}

/// Words of one meaning count in one place.
fn meaning(text: &str, length: usize) -> Vec<f32> {
    let mut vector = vec![0.01; length];
    for (place, words) in
        [["退款", "钱退"], ["多久", "啥时候"], ["密码", "口令"], ["地址", "换个地方"]].iter().enumerate()
    {
        vector[place] += words.iter().filter(|it| text.contains(**it)).count() as f32;
    }
    vector
}

const PRIVATE: (&str, &str) = ("CHUDIAN__EGRESS__ALLOWED_PRIVATE", "127.0.0.1");

fn good(answer: &Answer) -> Value {
    assert!((200..300).contains(&answer.status), "{answer:?}");
    answer.json()
}

/// Waits until the model's state is this.
async fn reaches(house: &House, caller: &Caller, state: &str) -> Value {
    let standing = async || good(&house.get(caller, "/knowledge/model").await);
    until(state, async || standing().await["state"] == state).await;
    standing().await
}

/// The base's candidates for a message: entry's question and whether the model had a say.
async fn candidates(house: &House, caller: &Caller, message: &str) -> Vec<(String, bool)> {
    let body = json!({ "content": { "type": "text", "text": message } });
    let found = good(&house.call(caller, "POST", "/bot/test", body).await);
    let list = found["candidates"].as_array().unwrap().iter();
    list.map(|it| (it["question"].as_str().unwrap().to_owned(), it["points"].to_string().contains("model")))
        .collect()
}

async fn write_base(house: &House, admin: &Caller) {
    for question in ["退款多久到账", "怎么修改密码", "怎么修改收货地址", "营业时间是几点"]
    {
        let body = json!({ "question": question, "answers": [{ "type": "text", "text": question }] });
        good(&house.call(admin, "POST", "/knowledge/entries", body).await);
    }
}

#[tokio::test]
async fn a_model_is_chosen_sealed_and_recorded() {
    houses(|house| async move {
        let root = house.found().await;
        let (_, admin) = house.member(&root, "telecom").await;
        let (_, editor) = house.person(&admin, "editor@telecom", "editor").await;
        let (_, other) = house.member(&root, "bank").await;
        let path = "/knowledge/model";
        let off = good(&house.get(&admin, path).await);
        assert_eq!((&off["kind"], &off["state"], &off["version"]), (&json!("off"), &json!("off"), &json!(0)));

        let put = async |body: Value| house.call(&admin, "PUT", path, body).await;
        let endpoint = |url: &str| json!({ "url": url, "model": "m", "key": "sk-very-secret" });
        for (body, field) in [
            (json!({ "kind": "endpoint" }), "endpoint"),
            (json!({ "kind": "off", "endpoint": endpoint("https://a.example/v1") }), "endpoint"),
            (json!({ "kind": "endpoint", "endpoint": endpoint("a.example") }), "endpoint.url"),
            (json!({ "kind": "endpoint", "endpoint": endpoint("http://127.0.0.1/v1") }), "endpoint.url"),
            (json!({ "kind": "endpoint", "endpoint": endpoint("http://169.254.169.254/v1") }), "endpoint.url"),
            (json!({ "kind": "endpoint", "endpoint": { "url": "https://a.example/v1", "model": " " } }), "endpoint.model"),
            (json!({ "kind": "endpoint", "endpoint": { "url": "https://a.example", "model": "m", "key": "a b" } }), "endpoint.key"),
        ] {
            let answer = put(body.clone()).await;
            assert_eq!(answer.status, 422, "{body} {answer:?}");
            assert!(answer.json()["fields"][field].is_string(), "{body} {answer:?}");
        }

        let body = json!({ "kind": "endpoint", "endpoint": endpoint("https://a.example/v1/"), "version": 0 });
        let kept = good(&put(body.clone()).await);
        assert_eq!(kept["endpoint"], json!({ "url": "https://a.example/v1", "model": "m", "key_set": true }));
        assert_eq!(put(body).await.code(), "model.changed");
        // Another model at the same place keeps the key; another place does not.
        let same = json!({ "kind": "endpoint", "endpoint": { "url": "https://a.example/v2", "model": "n" } });
        assert_eq!(good(&put(same).await)["endpoint"]["key_set"], true);
        let other_place = json!({ "kind": "endpoint", "endpoint": { "url": "https://b.example/v2", "model": "n" } });
        assert_eq!(good(&put(other_place).await)["endpoint"]["key_set"], false);
        good(&put(json!({ "kind": "endpoint", "endpoint": endpoint("https://a.example/v1") })).await);
        let stored = house.ctx.db.read(|tx| {
            tx.all("select secret from knowledge_models", args![], |row| row.get::<Vec<u8>>(0))
        });
        let stored = stored.await.unwrap();
        assert!(stored.len() == 1 && !stored[0].windows(4).any(|it| it == b"very"));

        // Who writes the base may look, and not decide where its questions go; others see nothing of it.
        assert_eq!(good(&house.get(&editor, path).await)["kind"], "endpoint");
        assert_eq!(house.call(&editor, "PUT", path, json!({ "kind": "off" })).await.status, 403);
        assert_eq!(house.call(&editor, "POST", "/knowledge/model/checks", Value::Null).await.status, 403);
        assert_eq!(good(&house.get(&other, path).await)["kind"], "off");

        good(&put(json!({ "kind": "off" })).await);
        assert_eq!(house.call(&admin, "POST", "/knowledge/model/checks", Value::Null).await.code(), "model.off");
        let log = good(&house.get(&admin, "/audit-log?action=knowledge_model.change").await);
        assert_eq!(log["items"].as_array().unwrap().len(), 5, "{log}");
        assert!(!log.to_string().contains("sk-very"), "{log}");
    })
    .await;
}

#[tokio::test]
async fn a_missing_local_model_is_told_and_words_go_on() {
    for (url, folder) in engines() {
        let house = House::running(&url, folder).await;
        let root = house.found().await;
        write_base(&house, &root).await;
        good(&house.call(&root, "PUT", "/knowledge/model", json!({ "kind": "local" })).await);
        let told = reaches(&house, &root, "trouble").await;
        assert_eq!(told["trouble"]["code"], "model.files_missing");
        assert!(told["trouble"]["message"].as_str().unwrap().contains("fetch-model"), "{told}");
        let tried = good(&house.call(&root, "POST", "/knowledge/model/checks", Value::Null).await);
        assert_eq!((&tried["ok"], &tried["trouble"]["code"]), (&json!(false), &json!("model.files_missing")));
        assert_eq!(candidates(&house, &root, "怎么改密码").await[0], ("怎么修改密码".to_owned(), false));
    }
}

#[tokio::test]
async fn an_endpoint_finds_what_shares_no_word_and_hears_no_number() {
    for (url, folder) in engines() {
        let house = House::running_with(&url, folder, &[PRIVATE]).await;
        let root = house.found().await;
        write_base(&house, &root).await;
        let endpoint = Endpoint::start().await;
        good(&house.call(&root, "PUT", "/knowledge/model", endpoint.body("sk-1")).await);
        let ready = reaches(&house, &root, "ready").await;
        assert_eq!((&ready["done"], &ready["total"]), (&json!(4), &json!(4)));

        let found = candidates(&house, &root, "口令忘了，电话13800138000").await;
        assert_eq!(found[0], ("怎么修改密码".to_owned(), true), "{found:?}");
        {
            let seen = endpoint.seen.lock().unwrap();
            assert!(seen.iter().all(|it| it.to_lowercase().contains("authorization: bearer sk-1")));
            assert!(
                seen.iter().all(|it| !it.contains("13800138000"))
                    && seen.iter().any(|it| it.contains("[号码]"))
            );
        }
        // Asked again it costs nothing; a new entry costs one call, and those before it none.
        let calls = endpoint.calls();
        candidates(&house, &root, "口令忘了，电话13800138000").await;
        assert_eq!(endpoint.calls(), calls);
        let body = json!({ "question": "发票怎么开", "answers": [{ "type": "text", "text": "开" }] });
        good(&house.call(&root, "POST", "/knowledge/entries", body).await);
        until("the new entry is known to the model", async || {
            good(&house.get(&root, "/knowledge/model").await)["total"] == 5 && endpoint.calls() > calls
        })
        .await;
        reaches(&house, &root, "ready").await;
        assert_eq!(endpoint.calls(), calls + 1);
        assert!(endpoint.seen.lock().unwrap().last().unwrap().contains("发票"));

        // Switched off, nothing is sent any more.
        good(&house.call(&root, "PUT", "/knowledge/model", json!({ "kind": "off" })).await);
        reaches(&house, &root, "off").await;
        until("the bot's snapshot has no model", async || {
            candidates(&house, &root, "口令错了").await.iter().all(|it| !it.1)
        })
        .await;
        let calls = endpoint.calls();
        assert!(candidates(&house, &root, "口令不对").await.iter().all(|it| !it.1));
        assert_eq!(endpoint.calls(), calls);
    }
}

#[tokio::test]
async fn an_endpoint_that_misbehaves_is_told_and_harms_nothing() {
    let (url, folder) = sqlite();
    let house = House::running_with(&url, folder, &[PRIVATE]).await;
    let root = house.found().await;
    write_base(&house, &root).await;
    let endpoint = Endpoint::start().await;
    good(&house.call(&root, "PUT", "/knowledge/model", endpoint.body("")).await);
    reaches(&house, &root, "ready").await;
    for (nth, manner) in MANNERS.into_iter().enumerate() {
        endpoint.behaves(manner);
        if manner != Manner::Slow {
            let tried = good(&house.call(&root, "POST", "/knowledge/model/checks", Value::Null).await);
            let is_fine = matches!(manner, Manner::Good | Manner::OtherLength);
            assert_eq!(tried["ok"], is_fine, "{manner:?} {tried}");
            assert!(is_fine || tried["trouble"]["code"] == "model.endpoint", "{manner:?} {tried}");
        }
        // A question that nobody has asked yet: answered soon, by words alone unless all is well.
        let begin = Instant::now();
        let found = candidates(&house, &root, &format!("怎么改密码{nth}")).await;
        assert!(begin.elapsed() < Duration::from_millis(1_500), "{manner:?} {:?}", begin.elapsed());
        assert_eq!(found[0], ("怎么修改密码".to_owned(), manner == Manner::Good), "{manner:?}");
    }
    // It failed again and again: now it is left alone, and called again after a rest.
    endpoint.behaves(Manner::Good);
    let calls = endpoint.calls();
    assert!(!candidates(&house, &root, "密码怎么改呢").await[0].1);
    assert_eq!(endpoint.calls(), calls, "it rests");
    house.clock.advance(31_000);
    assert!(candidates(&house, &root, "密码在哪里改").await[0].1);
}
