//! A caller of JSON APIs: the console's, with a session, and the simulator's, without.

use std::time::Duration;

use serde_json::Value;

use crate::Result;

type Prepared = std::result::Result<ureq::http::Request<Vec<u8>>, ureq::http::Error>;

/// One caller; after `log_in` it carries its cookie and its CSRF token.
pub(crate) struct Api {
    base: String,
    agent: ureq::Agent,
    cookie: Option<String>,
    csrf_token: Option<String>,
}

impl Api {
    /// Nobody yet, at `http://HOST:PORT/prefix`.
    pub(crate) fn new(base: &str) -> Api {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Api { base: base.to_owned(), agent: config.into(), cookie: None, csrf_token: None }
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value> {
        let request = self.with_session(ureq::http::Request::builder().method("GET"), path);
        self.send(path, request.body(Vec::new()))
    }

    /// An answer as it is, such as a page of figures.
    pub(crate) fn text(&self, path: &str) -> Result<String> {
        let failed = |error: &dyn std::fmt::Display| format!("{}{path}: {error}", self.base);
        let mut response =
            self.agent.get(format!("{}{path}", self.base)).call().map_err(|error| failed(&error))?;
        response.body_mut().read_to_string().map_err(|error| failed(&error))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.send_json("POST", path, body)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.send_json("PUT", path, body)
    }

    /// Logs in, or sets up: whatever answers with a session.
    pub(crate) fn log_in(&mut self, path: &str, body: &Value) -> Result<Value> {
        let request = ureq::http::Request::builder().method("POST").uri(format!("{}{path}", self.base));
        let request = request.header("Content-Type", "application/json").body(body.to_string().into_bytes());
        let (session, cookies) = self.exchange(path, request)?;
        self.cookie = Some(cookies).filter(|it| !it.is_empty());
        self.csrf_token = session["csrf_token"].as_str().map(str::to_owned);
        Ok(session)
    }

    /// Uploads a file as a form's field `file`.
    pub(crate) fn upload(&self, path: &str, name: &str, mime: &str, content: &[u8]) -> Result<Value> {
        const BOUNDARY: &str = "chudian-xtask-boundary";
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: {mime}\r\n\r\n"
        );
        let body = [head.as_bytes(), content, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
        let request = self.with_session(ureq::http::Request::builder().method("POST"), path);
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send(path, request.header("Content-Type", kind).body(body))
    }

    fn send_json(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let request = self.with_session(ureq::http::Request::builder().method(method), path);
        self.send(
            path,
            request.header("Content-Type", "application/json").body(body.to_string().into_bytes()),
        )
    }

    fn with_session(
        &self,
        request: ureq::http::request::Builder,
        path: &str,
    ) -> ureq::http::request::Builder {
        let mut request = request.uri(format!("{}{path}", self.base));
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        if let Some(token) = &self.csrf_token {
            request = request.header("X-CSRF-Token", token);
        }
        request
    }

    fn send(&self, path: &str, request: Prepared) -> Result<Value> {
        self.exchange(path, request).map(|(value, _)| value)
    }

    /// Sends a request; gives the JSON of its answer and the cookies it set.
    fn exchange(&self, path: &str, request: Prepared) -> Result<(Value, String)> {
        let failed = |error: &dyn std::fmt::Display| format!("{}{path}: {error}", self.base);
        let request = request.map_err(|error| failed(&error))?;
        let mut response = self.agent.run(request).map_err(|error| failed(&error))?;
        let cookies: Vec<String> = response
            .headers()
            .get_all("set-cookie")
            .iter()
            .filter_map(|it| it.to_str().ok()?.split(';').next().map(str::to_owned))
            .collect();
        let status = response.status();
        let text = response.body_mut().read_to_string().map_err(|error| failed(&error))?;
        if !status.is_success() {
            return Err(failed(&format!("HTTP {status}: {text}")));
        }
        if text.is_empty() {
            return Ok((Value::Null, cookies.join("; ")));
        }
        let value = serde_json::from_str(&text).map_err(|error| failed(&format!("{error} in {text}")))?;
        Ok((value, cookies.join("; ")))
    }
}
