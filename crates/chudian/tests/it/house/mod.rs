//! A house with a door: the API as a caller meets it, without a network.
//!
//! It holds the tenants of the stories: headquarters and two members, each with a person of
//! every role. Answers come through the same gate and the same layers as in the server.

pub(crate) mod acts;
pub(crate) mod enumerator;
mod isolation;
mod sessions;
mod setup;
mod web;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use chudian::app::{api, build, gate, router, shell};
use chudian::base::time::Clock;
use chudian::config::Config;
use chudian::ctx::Ctx;
use serde_json::{Value, json};
use tower::ServiceExt;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::support::{Folder, MORNING, engines, sqlite};

/// The password of everybody in the stories.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A house on one database.
pub(crate) struct House {
    pub(crate) ctx: Ctx,
    pub(crate) clock: Clock,
    pub(crate) router: Router,
    /// The routes of the API alone, which print a list of themselves.
    pub(crate) bare: Router<Ctx>,
    pub(crate) api: OpenApi,
    folder: Arc<Folder>,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn cookie(&self) -> String {
        let line = self.headers.get("set-cookie").map(|it| it.to_str().unwrap()).unwrap_or_default();
        line.split(';').next().unwrap_or_default().to_owned()
    }
}

/// A caller: a browser with a session, a program with a key, or a stranger.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
    pub(crate) key: String,
    pub(crate) address: [u8; 4],
    pub(crate) headers: Vec<(String, String)>,
}

impl Caller {
    pub(crate) fn stranger() -> Caller {
        Caller { address: [198, 51, 100, 7], ..Caller::default() }
    }

    pub(crate) fn at(mut self, address: [u8; 4]) -> Caller {
        self.address = address;
        self
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Caller {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The caller after an answer that logged them in.
    pub(crate) fn logged_in(answer: &Answer) -> Caller {
        assert!((200..300).contains(&answer.status), "{answer:?}");
        let csrf = answer.json()["csrf_token"].as_str().unwrap().to_owned();
        Caller { cookie: answer.cookie(), csrf, ..Caller::stranger() }
    }

    pub(crate) fn with_key(key: &str) -> Caller {
        Caller { key: key.to_owned(), ..Caller::stranger() }
    }
}

/// Runs a story on a fresh house on each engine.
pub(crate) async fn houses<F: Future<Output = ()>>(story: impl Fn(Arc<House>) -> F) {
    for (url, folder) in engines() {
        story(Arc::new(House::on(&url, folder, None, &[]))).await;
    }
}

impl House {
    /// A house on a database, with these settings, and perhaps with planted routes.
    pub(crate) fn on(
        url: &str,
        folder: Option<Folder>,
        planted: Option<OpenApiRouter<Ctx>>,
        settings: &[(&str, &str)],
    ) -> House {
        let (built, clock, folder) = Self::built(url, folder, settings);
        let ctx = built.start_news();
        let (mut bare, mut api) = api::routes(ctx.config.server.secure_cookies);
        let mut router = router::router(&ctx);
        if let Some(planted) = planted {
            let (routes, description) = planted.split_for_parts();
            api.merge(description);
            bare = bare.merge(routes);
            let api = Router::new().nest("/api/v1", gate::guard(bare.clone(), &ctx)).with_state(ctx.clone());
            router = shell::wrap(api, Router::new(), &ctx);
        }
        House { router, bare, api, clock, ctx, folder: Arc::new(folder) }
    }

    /// A house whose tasks run: what happens is told to those who listen.
    pub(crate) async fn running(url: &str, folder: Option<Folder>) -> House {
        House::running_with(url, folder, &[]).await
    }

    /// The same, with settings.
    pub(crate) async fn running_with(url: &str, folder: Option<Folder>, settings: &[(&str, &str)]) -> House {
        let (built, clock, folder) = Self::built(url, folder, settings);
        let ctx = built.start().await.unwrap();
        let (bare, api) = api::routes(ctx.config.server.secure_cookies);
        House { router: router::router(&ctx), bare, api, clock, ctx, folder: Arc::new(folder) }
    }

    fn built(url: &str, folder: Option<Folder>, settings: &[(&str, &str)]) -> (build::House, Clock, Folder) {
        let folder = folder.unwrap_or_else(Folder::new);
        let clock = Clock::standing_at(MORNING);
        let data = folder.0.display().to_string();
        let ours = [
            ("CHUDIAN__DATA__FOLDER", data.as_str()),
            ("CHUDIAN__DATABASE__URL", url),
            ("CHUDIAN__DATABASE__SYNCHRONOUS", "normal"),
            ("CHUDIAN_TEST_UNSAFE", "1"),
            ("CHUDIAN_SECRET_KEY", "0707070707070707070707070707070707070707070707070707070707070707"),
        ];
        let all: Vec<(String, String)> = ours
            .iter()
            .chain(settings)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let built = build::build(Config::from_parts(None, &all).unwrap(), clock.clone()).unwrap();
        (built, clock, folder)
    }

    /// Where its data is.
    pub(crate) fn folder(&self) -> String {
        self.folder.0.display().to_string()
    }

    /// A house on SQLite alone, with settings.
    pub(crate) fn with(settings: &[(&str, &str)]) -> House {
        let (url, folder) = sqlite();
        House::on(&url, folder, None, settings)
    }

    /// Sends a request to any address.
    pub(crate) async fn send(
        &self,
        caller: &Caller,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        if !caller.cookie.is_empty() {
            request = request.header("cookie", &caller.cookie);
        }
        if !caller.csrf.is_empty() {
            request = request.header("x-csrf-token", &caller.csrf);
        }
        if !caller.key.is_empty() {
            request = request.header("authorization", format!("Bearer {}", caller.key));
        }
        for (name, value) in &caller.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((caller.address, 4711))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 50_000_000).await.unwrap();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        }
    }

    /// Calls the API.
    pub(crate) async fn call(&self, caller: &Caller, method: &str, path: &str, body: Value) -> Answer {
        let (kind, body) =
            if body.is_null() { ("", vec![]) } else { ("application/json", body.to_string().into_bytes()) };
        self.send(caller, method, &format!("/api/v1{path}"), kind, body).await
    }

    /// Reads from the API.
    pub(crate) async fn get(&self, caller: &Caller, path: &str) -> Answer {
        self.call(caller, "GET", path, Value::Null).await
    }

    /// Founds the house; gives its first administrator.
    pub(crate) async fn found(&self) -> Caller {
        let body = json!({ "headquarters": "集团总部", "login": "root", "name": "总部管理员", "password": PASSWORD });
        Caller::logged_in(&self.call(&Caller::stranger(), "POST", "/setup", body).await)
    }

    /// Creates a member by `root`; gives its id and its administrator.
    pub(crate) async fn member(&self, root: &Caller, code: &str) -> (String, Caller) {
        let login = format!("admin@{code}");
        let body = json!({ "name": format!("成员 {code}"), "code": code, "time_zone": "Asia/Shanghai",
            "administrator": { "login": login, "name": format!("{code} 管理员"), "password": PASSWORD } });
        let answer = self.call(root, "POST", "/tenants", body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        (answer.json()["id"].as_str().unwrap().to_owned(), self.log_in(&login).await)
    }

    /// Creates a person; gives their id and themselves.
    pub(crate) async fn person(&self, administrator: &Caller, login: &str, role: &str) -> (String, Caller) {
        let body = json!({ "login": login, "name": login, "role": role, "password": PASSWORD });
        let answer = self.call(administrator, "POST", "/users", body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        (answer.json()["id"].as_str().unwrap().to_owned(), self.log_in(login).await)
    }

    /// Logs in with the common password.
    pub(crate) async fn log_in(&self, login: &str) -> Caller {
        Caller::logged_in(&self.try_password(&Caller::stranger(), login, PASSWORD).await)
    }

    /// Tries a password.
    pub(crate) async fn try_password(&self, caller: &Caller, login: &str, password: &str) -> Answer {
        self.call(caller, "POST", "/session", json!({ "login": login, "password": password })).await
    }
}
