//! Stories of the two doors when something breaks beside them: a server that died with work in its
//! hands, a database that refuses for a moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::{any, post};
use chudian::adapters::wechat::WechatAdapter;
use chudian::base::content::Content;
use chudian::base::id::{InboxId, TenantId};
use chudian::base::time::Time;
use chudian::channels::book;
use chudian::channels::limits::Act;
use chudian::ctx::Ctx;
use chudian::db::args;
use chudian::delivery::deliver;
use chudian::intake::model::Inbound;
use chudian::intake::receive::receive;
use chudian::jobs::{self, Outcome, Registry};
use serde_json::{Value, json};

use crate::house::{Caller, House};
use crate::support::{Folder, both_databases, sqlite, until};

/// A platform that gives a token to everybody and counts what it is asked to send.
#[derive(Clone, Default)]
struct Platform {
    sent: Arc<AtomicUsize>,
    tokens: Arc<AtomicUsize>,
    /// How many milliseconds it takes to say that it took a message.
    slow: Arc<AtomicUsize>,
}

impl Platform {
    /// Starts it; gives its address.
    async fn start(&self) -> String {
        let (sent, tokens, slow) = (self.sent.clone(), self.tokens.clone(), self.slow.clone());
        let router = Router::new()
            .route(
                "/cgi-bin/stable_token",
                post(async move || {
                    let number = tokens.fetch_add(1, Ordering::SeqCst);
                    json!({ "access_token": format!("token{number}"), "expires_in": 7200 }).to_string()
                }),
            )
            .route(
                "/cgi-bin/message/custom/send",
                post(async move || {
                    sent.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(slow.load(Ordering::SeqCst) as u64)).await;
                    r#"{"errcode":0,"errmsg":"ok"}"#
                }),
            )
            .fallback(any(async || r#"{"errcode":48001,"errmsg":"not here"}"#));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        format!("http://{address}")
    }

    fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

/// An organisation with one inbox that leads to a platform of ours.
struct Stage {
    house: House,
    admin: Caller,
    inbox: InboxId,
    inbox_text: String,
    platform: Platform,
}

impl Stage {
    async fn on(url: &str, folder: Option<Folder>) -> Stage {
        let house = House::on(url, folder, None, &[("CHUDIAN__EGRESS__ALLOWED_PRIVATE", "127.0.0.1")]);
        let root = house.found().await;
        let (_, admin) = house.member(&root, "telecom").await;
        let platform = Platform::default();
        let body = json!({
            "kind": "wechat", "name": "服务号", "settings": settings("wx0000000000000001", &platform.start().await),
            "secrets": {
                "app_secret": "0123456789abcdef0123456789abcdef", "token": "storytoken",
                "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
            }
        });
        let answer = house.call(&admin, "POST", "/inboxes", body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let inbox_text = answer.json()["id"].as_str().unwrap().to_owned();
        Stage { house, admin, inbox: inbox_text.parse().unwrap(), inbox_text, platform }
    }

    fn ctx(&self) -> &Ctx {
        &self.house.ctx
    }

    /// A customer writes, and somebody answers: one delivery is planned.
    async fn is_answered(&self, words: &str) {
        let inbound = Inbound {
            inbox: book::get(self.ctx(), self.inbox).await.unwrap(),
            sender: "o1".to_owned(),
            union_id: None,
            dedupe_key: b"1".to_vec(),
            sent_at: self.ctx().clock.now(),
            content: Content::text("转人工"),
            act: Some(Act::Message),
            follows: None,
            files: Vec::new(),
            asks: true,
            raw: b"1".to_vec(),
        };
        receive(self.ctx(), Arc::new(WechatAdapter), inbound).await.unwrap();
        let (_, anna) = self.house.person(&self.admin, "anna", "agent").await;
        let queue = self.house.get(&anna, "/conversations?view=queue").await.json();
        let path = format!("/conversations/{}/messages", queue["items"][0]["id"].as_str().unwrap());
        let anna = anna.with("idempotency-key", "a");
        let body = json!({ "content": { "type": "text", "text": words } });
        let answer = self.house.call(&anna, "POST", &path, body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }

    async fn execute(&self, sql: &'static str) {
        self.ctx().db.write(move |tx| tx.execute(sql, args![])).await.unwrap();
    }

    /// The states and reasons of our messages, oldest first.
    async fn states(&self) -> Vec<(String, Option<String>)> {
        self.ctx()
            .db
            .read(|tx| {
                tx.all(
                    "select delivery, reason from messages where author_kind = 'agent' order by number",
                    args![],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
            })
            .await
            .unwrap()
    }

    /// How far the parts of the answer are.
    async fn parts(&self) -> Vec<String> {
        let sql = "select state from deliveries order by part";
        self.ctx().db.read(move |tx| tx.all(sql, args![], |row| row.get::<String>(0))).await.unwrap()
    }
}

fn settings(app_id: &str, base: &str) -> Value {
    json!({
        "app_id": app_id, "original_id": "gh_0123456789ab", "account_kind": "service", "mode": "safe", "api_base": base
    })
}

#[tokio::test]
async fn a_job_of_a_server_that_died_is_taken_up_again() {
    both_databases(|test| async move {
        // As a server leaves it that was killed while the job ran.
        test.db
            .write(|tx| {
                jobs::enqueue(tx, TenantId(1), "count.v1", &json!({}), tx.now())?;
                tx.execute("update jobs set attempts = 1, locked_until = $1", args![tx.now().plus(1)])
            })
            .await
            .unwrap();
        let done = Arc::new(AtomicUsize::new(0));
        let count = done.clone();
        let mut registry = Registry::default();
        registry.add("count.v1", move |_, _| {
            count.fetch_add(1, Ordering::SeqCst);
            async { Outcome::Done }
        });
        let clock = chudian::base::time::Clock::system();
        let work = jobs::run_until_stopped(test.db.clone(), clock, jobs::Nudge::default(), registry);
        tokio::select! {
            () = work => {}
            () = until("the job is done", || async { done.load(Ordering::SeqCst) == 1 }) => {}
        }
    })
    .await;
}

#[tokio::test]
async fn a_part_that_was_sent_is_settled_when_the_database_is_back() {
    let (url, folder) = sqlite();
    let stage = Stage::on(&url, folder).await;
    stage.is_answered("您好").await;
    stage
        .execute(
            "create trigger no_end before update of settled_at on deliveries
             begin select raise(abort, 'the database refuses for a moment'); end",
        )
        .await;
    let door = tokio::spawn(deliver::run_until_stopped(stage.ctx().clone()));
    until("the platform was asked", || async { stage.platform.sent() == 1 }).await;
    // That the database refused is told nowhere but in the log, so the refusal is given time. A machine
    // that is slower makes the story prove less, never fail.
    tokio::time::sleep(Duration::from_millis(300)).await;
    stage.execute("drop trigger no_end").await;

    until("the message is sent", || async { stage.states().await == [("sent".to_owned(), None)] }).await;
    assert_eq!(stage.platform.sent(), 1, "what was sent is not sent again");
    door.abort();
}

#[tokio::test]
async fn a_server_that_stops_waits_for_what_is_with_the_platform_and_begins_nothing_more() {
    let (url, folder) = sqlite();
    let stage = Stage::on(&url, folder).await;
    stage.platform.slow.store(700, Ordering::SeqCst);
    stage.is_answered(&"今天天气很好。".repeat(150)).await;
    let door = tokio::spawn(deliver::run_until_stopped(stage.ctx().clone()));
    until("the platform was asked", || async { stage.platform.sent() == 1 }).await;

    deliver::finish(stage.ctx(), Duration::from_secs(10)).await;

    assert_eq!(stage.parts().await, ["sent", "planned"]);
    door.abort();
}

#[tokio::test]
async fn a_message_keeps_why_its_first_part_was_refused() {
    let (url, folder) = sqlite();
    let stage = Stage::on(&url, folder).await;
    // Two parts, and nothing may be sent: the window closes before the first, and opens before the second.
    stage.is_answered(&"今天天气很好。".repeat(150)).await;
    stage.execute("update deliveries set next_at = next_at + 1000 where part = 2").await;
    stage.execute("update channel_identities set allowance_left = 0").await;
    let door = tokio::spawn(deliver::run_until_stopped(stage.ctx().clone()));
    until("the first part is refused", || async { stage.states().await[0].0 == "refused" }).await;
    stage.execute("update channel_identities set allowance_left = 5").await;
    stage.house.clock.advance(2 * Time::SECOND);
    stage.ctx().deliveries.now();

    until("the second part is sent", || async { stage.parts().await == ["refused", "sent"] }).await;
    assert_eq!(stage.platform.sent(), 1);
    let (state, reason) = stage.states().await.remove(0);
    assert_eq!(state, "refused");
    assert!(reason.is_some_and(|it| it.starts_with("allowance.used_up ")));
    door.abort();
}

#[tokio::test]
async fn the_token_of_the_former_account_is_not_used_for_the_new_one() {
    let (url, folder) = sqlite();
    let stage = Stage::on(&url, folder).await;
    let kept = async || {
        stage
            .ctx()
            .db
            .read(|tx| {
                tx.first("select count(*) from access_tokens where token is not null", args![], |row| {
                    row.get::<i64>(0)
                })
            })
            .await
            .unwrap()
    };
    let path = format!("/inboxes/{}", stage.inbox_text);
    let checks = format!("{path}/checks");
    assert_eq!(stage.house.call(&stage.admin, "POST", &checks, json!({})).await.status, 200);
    assert_eq!(kept().await, Some(1));

    let base = stage.house.get(&stage.admin, &path).await.json()["settings"]["api_base"].clone();
    let change = json!({ "settings": settings("wx0000000000000002", base.as_str().unwrap()) });
    assert_eq!(stage.house.call(&stage.admin, "PATCH", &path, change).await.status, 200);

    assert_eq!(kept().await, Some(0));
}

#[tokio::test]
async fn a_server_with_the_wrong_master_key_does_not_start() {
    let (url, folder) = sqlite();
    let stage = Stage::on(&url, folder).await;
    let key = |digits: &str| {
        let settings = [
            ("CHUDIAN__DATA__FOLDER", stage.house.folder()),
            ("CHUDIAN__DATABASE__URL", url.clone()),
            ("CHUDIAN_SECRET_KEY", digits.repeat(32)),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value));
        let config = chudian::config::Config::from_parts(None, &settings).unwrap();
        chudian::app::build::build(config, stage.house.clock.clone()).unwrap()
    };
    assert!(key("07").start().await.is_ok());
    assert_eq!(key("08").start().await.unwrap_err().code, "secrets.key_file");
}

#[tokio::test]
async fn an_import_that_stops_half_way_tells_what_it_wrote() {
    let (url, folder) = sqlite();
    let stage = Stage::on(&url, folder).await;
    // The second lot of rows meets a database that refuses.
    stage
        .execute(
            "create trigger no_more before insert on kb_entries when (select count(*) from kb_entries) >= 250
             begin select raise(abort, 'the database refuses'); end",
        )
        .await;
    let mut table = "question,answer\n".to_owned();
    for row in 0..300 {
        table.push_str(&format!("问题 {row},答案 {row}\n"));
    }
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{table}\r\n--x--\r\n"
    );
    let news = stage.ctx().bus.subscribe();
    let kind = "multipart/form-data; boundary=x";
    let answer =
        stage.house.send(&stage.admin, "POST", "/api/v1/knowledge/imports", kind, body.into_bytes()).await;
    assert_eq!(answer.status, 409, "{answer:?}");

    let logged = stage.house.get(&stage.admin, "/audit-log?action=knowledge.import").await.json();
    assert_eq!(logged["items"][0]["detail"]["created"], 200, "{logged}");
    let mut news = news;
    until("the change is told", || {
        let told = news.try_recv();
        async move { told.is_ok_and(|it| it.event == chudian::bus::Event::KnowledgeChanged) }
    })
    .await;
}
