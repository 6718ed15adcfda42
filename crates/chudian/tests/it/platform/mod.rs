//! Stories with the platform: the simulator of this workspace, met over HTTP as in life, and a house
//! whose callback address it really calls.

mod closed;
mod generation;
mod people;
mod simulated;

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::house::{Answer, Caller, House};
use crate::support::{Folder, engines, until};

const TOKEN: &str = "storytoken";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// A house and a platform that know each other's addresses.
pub(crate) struct Town {
    pub(crate) house: House,
    pub(crate) root: Caller,
    pub(crate) admin: Caller,
    platform: String,
    hooks: String,
    http: reqwest::Client,
}

/// An account at the platform that is connected to an inbox of the house.
pub(crate) struct Account {
    pub(crate) app_id: String,
    pub(crate) inbox: String,
}

/// A simulator of its own; gives its address.
pub(crate) async fn simulator() -> String {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let options = simulator::Options { listen, public_url: None, seed_people: 3 };
    let running = simulator::start(options).await.unwrap();
    format!("http://{}", running.address)
}

/// What an inbox needs to be connected to a simulated account.
pub(crate) fn inbox_body(app_id: &str, api_base: &str) -> Value {
    json!({ "kind": "wechat", "name": format!("号 {app_id}"),
        "settings": { "app_id": app_id, "original_id": format!("gh_{}", &app_id[2..]),
            "account_kind": "service", "mode": "safe", "api_base": api_base },
        "secrets": { "app_secret": "secret", "token": TOKEN, "aes_key": KEY } })
}

/// Runs a story in a fresh town on each engine.
pub(crate) async fn towns<F: Future<Output = ()>>(story: impl Fn(Arc<Town>) -> F) {
    for (url, folder) in engines() {
        story(Arc::new(Town::on(&url, folder).await)).await;
    }
}

impl Town {
    async fn on(url: &str, folder: Option<Folder>) -> Town {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings =
            [("CHUDIAN__EGRESS__ALLOWED_PRIVATE", "127.0.0.1"), ("CHUDIAN__DEMO__ALLOW_SIMULATOR", "true")];
        let house = House::running_with(url, folder, &settings).await;
        let root = house.found().await;
        let (_, admin) = house.member(&root, "telecom").await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hooks = format!("http://{}", listener.local_addr().unwrap());
        let service = house.router.clone().into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Town { platform: simulator().await, house, root, admin, hooks, http }
    }

    /// A call of the simulator's own API that must succeed.
    pub(crate) async fn sim(&self, method: &str, path: &str, body: Value) -> Value {
        let request = self.http.request(method.parse().unwrap(), format!("{}/_sim{path}", self.platform));
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Opens an account at the platform and connects it to an inbox of `admin`'s.
    pub(crate) async fn account(&self, admin: &Caller, app_id: &str) -> Account {
        let answer = self.house.call(admin, "POST", "/inboxes", inbox_body(app_id, &self.platform)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let inbox = answer.json();
        let hook = format!("{}{}", self.hooks, inbox["hook_url"].as_str().unwrap());
        self.open(app_id, Some(&hook)).await;
        Account { app_id: app_id.to_owned(), inbox: inbox["id"].as_str().unwrap().to_owned() }
    }

    /// Opens an account at the platform, or changes it.
    pub(crate) async fn open(&self, app_id: &str, hook: Option<&str>) {
        let mut account = json!({ "app_id": app_id, "app_secret": "secret",
            "original_id": format!("gh_{}", &app_id[2..]), "name": format!("号 {app_id}"), "account_kind": "service",
            "token": TOKEN, "aes_key": KEY, "mode": "safe" });
        if let Some(hook) = hook {
            account["callback_url"] = json!(hook);
        }
        self.sim("POST", "/accounts", account).await;
    }

    /// What a person does at an account: `follow`, `messages` and so on. Ended when this returns.
    pub(crate) async fn act(&self, account: &Account, person: &str, what: &str, mut body: Value) -> Value {
        body["wait"] = json!(true);
        let path = format!("/accounts/{}/people/{person}/{what}", account.app_id);
        self.sim("POST", &path, body).await["ending"].clone()
    }

    /// A person writes.
    pub(crate) async fn says(&self, account: &Account, person: &str, text: &str) -> Value {
        self.act(account, person, "messages", json!({ "type": "text", "text": text })).await
    }

    /// What a person sees in the chat with an account, one line a message.
    pub(crate) async fn chat(&self, account: &Account, person: &str) -> Vec<Value> {
        let path = format!("/people/{person}/chats/{}", account.app_id);
        self.sim("GET", &path, Value::Null).await["items"].as_array().unwrap().clone()
    }

    /// The calls of one path that the platform has heard.
    pub(crate) async fn calls(&self, path: &str) -> usize {
        let log = self.sim("GET", "/log", Value::Null).await;
        let calls = log["items"].as_array().unwrap().iter().filter(|it| it["kind"] == "api_call");
        calls.filter(|it| it["summary"].as_str().unwrap().split(' ').any(|word| word == path)).count()
    }

    pub(crate) async fn get(&self, caller: &Caller, path: &str) -> Value {
        let answer: Answer = self.house.get(caller, path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json()
    }

    /// Waits until nothing is left to do: no job that is not parked.
    pub(crate) async fn settle(&self) {
        until("no job is left over", || async {
            self.house.ctx.jobs.now();
            self.count_jobs("select count(*) from jobs where parked_at is null").await == 0
        })
        .await;
    }

    /// Waits until a job has failed for now, and waits for its next try.
    pub(crate) async fn until_a_job_is_put_off(&self) {
        until("a job is put off", || async {
            self.count_jobs("select count(*) from jobs where last_error is not null and locked_until is null")
                .await
                > 0
        })
        .await;
    }

    pub(crate) async fn count_jobs(&self, sql: &'static str) -> i64 {
        let count = move |tx: &mut chudian::db::Tx<'_>| tx.first(sql, chudian::db::args![], |row| row.get(0));
        self.house.ctx.db.read(count).await.unwrap().unwrap()
    }
}
