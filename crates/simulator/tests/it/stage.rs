//! A running simulator, an account, a person, and a server for the account's callbacks.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use wechat::signature;

pub(crate) const APP: &str = "wx0123456789abcdef";
pub(crate) const ACCOUNT: &str = "gh_0123456789ab";
pub(crate) const TOKEN: &str = "stagetoken";
pub(crate) const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

pub(crate) struct Stage {
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
    pub(crate) person: String,
    pub(crate) openid: String,
}

impl Stage {
    /// A simulator with one account and one person who follows.
    pub(crate) async fn start() -> Stage {
        let options = simulator::Options {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            seed_people: 1,
        };
        let running = simulator::start(options).await.unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        let mut stage = Stage {
            base: format!("http://{}", running.address),
            http,
            person: "p1".into(),
            openid: String::new(),
        };
        let account =
            json!({ "app_id": APP, "app_secret": "secret", "original_id": ACCOUNT, "name": "测试号" });
        stage.sim("POST", "/accounts", account).await;
        stage.act("follow", json!({})).await;
        stage.openid = stage.chat().await["openid"].as_str().unwrap().to_owned();
        stage
    }

    /// A call of the admin API that must succeed.
    pub(crate) async fn sim(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, value) = self.try_sim(method, path, body).await;
        assert_eq!(status, 200, "{method} {path}: {value}");
        value
    }

    /// A call of the admin API.
    pub(crate) async fn try_sim(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = self.http.request(method.parse().unwrap(), format!("{}/_sim{path}", self.base));
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// What the person does: `follow`, `messages` and so on.
    pub(crate) async fn act(&self, what: &str, body: Value) -> Value {
        self.sim("POST", &format!("/accounts/{APP}/people/{}/{what}", self.person), body).await
    }

    /// The person writes, and the push has ended when this returns.
    pub(crate) async fn says(&self, text: &str) -> Value {
        self.act("messages", json!({ "type": "text", "text": text, "wait": true })).await["ending"].clone()
    }

    pub(crate) async fn chat(&self) -> Value {
        self.sim("GET", &format!("/people/{}/chats/{APP}", self.person), Value::Null).await
    }

    /// The last line of the chat.
    pub(crate) async fn last(&self) -> Value {
        self.chat().await["items"].as_array().unwrap().last().unwrap()["content"].clone()
    }

    /// A fresh access token.
    pub(crate) async fn token(&self) -> String {
        let path = format!("/cgi-bin/token?grant_type=client_credential&appid={APP}&secret=secret");
        self.get(&path).await["access_token"].as_str().unwrap().to_owned()
    }

    /// GET of the platform's API.
    pub(crate) async fn get(&self, path: &str) -> Value {
        self.http.get(format!("{}{path}", self.base)).send().await.unwrap().json().await.unwrap()
    }

    /// POST of the platform's API, without a Content-Type, as wechatpy does.
    pub(crate) async fn post(&self, token: &str, path: &str, body: &str) -> Value {
        let join = if path.contains('?') { '&' } else { '?' };
        let url = format!("{}{path}{join}access_token={token}", self.base);
        self.http.post(url).body(body.to_owned()).send().await.unwrap().json().await.unwrap()
    }

    /// The error code of a POST; 0 = success.
    pub(crate) async fn code(&self, token: &str, path: &str, body: &Value) -> i64 {
        self.post(token, path, &body.to_string()).await["errcode"].as_i64().unwrap_or(0)
    }

    /// The error code of a service message with this text.
    pub(crate) async fn send(&self, token: &str, text: &str) -> i64 {
        let body = json!({ "touser": self.openid, "msgtype": "text", "text": { "content": text } });
        self.code(token, "/cgi-bin/message/custom/send", &body).await
    }

    /// Uploads a file; gives the answer.
    pub(crate) async fn upload(&self, token: &str, kind: &str, bytes: Vec<u8>) -> Value {
        let part = reqwest::multipart::Part::bytes(bytes).file_name("file.bin");
        let form = reqwest::multipart::Form::new().part("media", part);
        let url = format!("{}/cgi-bin/media/upload?access_token={token}&type={kind}", self.base);
        self.http.post(url).multipart(form).send().await.unwrap().json().await.unwrap()
    }

    /// Sends the account's callbacks to this server.
    pub(crate) async fn connect(&self, server: &Server, mode: &str) {
        let body = json!({ "url": server.url, "token": TOKEN, "aes_key": KEY, "mode": mode });
        let done = self.sim("PUT", &format!("/accounts/{APP}/callback"), body).await;
        assert_eq!(done["ok"], true, "{done}");
    }
}

/// What the account's server answers.
#[derive(Clone)]
pub(crate) enum Answer {
    Text(&'static str),
    Body(&'static str),
    Status(u16),
    Slow(u64),
}

/// An account's server: answers by turns, the last answer for ever, and remembers what it got.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    answers: Arc<Mutex<Vec<Answer>>>,
    pub(crate) got: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(answers: &[Answer]) -> Server {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let server = Server { url, answers: Arc::new(Mutex::new(answers.to_vec())), got: Arc::default() };
        let app = Router::new().route("/hook", get(echo).post(receive)).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        server
    }

    pub(crate) fn bodies(&self) -> Vec<String> {
        self.got.lock().unwrap().clone()
    }
}

type Parameters = Query<std::collections::HashMap<String, String>>;

async fn echo(Query(query): Parameters) -> Response {
    let is_right = signature::verify(&query["signature"], &[TOKEN, &query["timestamp"], &query["nonce"]]);
    if is_right { query["echostr"].clone().into_response() } else { StatusCode::FORBIDDEN.into_response() }
}

async fn receive(State(server): State<Server>, Query(query): Parameters, body: String) -> Response {
    // A right signature comes in every mode.
    assert!(signature::verify(&query["signature"], &[TOKEN, &query["timestamp"], &query["nonce"]]));
    server.got.lock().unwrap().push(body.clone());
    let answer = {
        let mut answers = server.answers.lock().unwrap();
        if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() }
    };
    match answer {
        Answer::Text(text) => format!(
            "<xml><ToUserName>{}</ToUserName><FromUserName>{}</FromUserName><CreateTime>1</CreateTime>\
             <MsgType>text</MsgType><Content>{text}</Content></xml>",
            field(&body, "FromUserName"),
            field(&body, "ToUserName"),
        )
        .into_response(),
        Answer::Body(body) => body.into_response(),
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::Slow(milliseconds) => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            "success".into_response()
        }
    }
}

/// The text of an element of a plain push.
pub(crate) fn field(body: &str, name: &str) -> String {
    let root = wechat::xml::parse(body).unwrap();
    root.find_text(name).unwrap_or("").to_owned()
}

/// Asks again until the claim holds.
pub(crate) async fn until<F: Future<Output = bool>>(claim: impl Fn() -> F) {
    for _ in 0..400 {
        if claim().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen within four seconds");
}
