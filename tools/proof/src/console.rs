//! A caller of the server's JSON API: what a person does with the console, without the console.

use serde_json::Value;

use crate::Result;
use crate::connection::{Answer, Connection};

/// A person at the console. After [`Console::log_in`] it carries a cookie and a CSRF token.
pub(crate) struct Console {
    connection: Connection,
    cookie: String,
    csrf_token: String,
}

impl Console {
    /// Nobody yet, at `127.0.0.1:PORT`.
    pub(crate) async fn open(address: &str) -> Result<Console> {
        Ok(Console {
            connection: Connection::open(address).await?,
            cookie: String::new(),
            csrf_token: String::new(),
        })
    }

    /// The same session on a new connection, for a server that was started again.
    pub(crate) async fn again(&self, address: &str) -> Result<Console> {
        let connection = Connection::open(address).await?;
        Ok(Console { connection, cookie: self.cookie.clone(), csrf_token: self.csrf_token.clone() })
    }

    /// Logs in, or sets up: whatever answers with a session.
    pub(crate) async fn log_in(&mut self, path: &str, body: &Value) -> Result<Value> {
        let answer =
            self.exchange("POST", path, &[], "application/json", body.to_string().as_bytes()).await?;
        let session = content("POST", path, &answer)?;
        let cookies: Vec<&str> = answer
            .head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
            .filter_map(|(_, value)| value.trim().split(';').next())
            .collect();
        self.cookie = cookies.join("; ");
        self.csrf_token = session["csrf_token"].as_str().unwrap_or_default().to_owned();
        Ok(session)
    }

    /// What a browser would send along.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Value> {
        let answer = self.exchange("GET", path, &[], "application/json", b"").await?;
        content("GET", path, &answer)
    }

    pub(crate) async fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        let answer =
            self.exchange("POST", path, &[], "application/json", body.to_string().as_bytes()).await?;
        content("POST", path, &answer)
    }

    pub(crate) async fn put(&mut self, path: &str, body: &Value) -> Result<Value> {
        let answer = self.exchange("PUT", path, &[], "application/json", body.to_string().as_bytes()).await?;
        content("PUT", path, &answer)
    }

    /// Posts under an idempotency key: said twice, it is done once. The status tells how it ended.
    pub(crate) async fn post_once(&mut self, path: &str, key: &str, body: &Value) -> Result<Answer> {
        let headers = [("Idempotency-Key", key)];
        self.exchange("POST", path, &headers, "application/json", body.to_string().as_bytes()).await
    }

    /// Uploads a file as the form's field `file`, as the console's importer does.
    pub(crate) async fn upload(&mut self, path: &str, name: &str, bytes: &[u8]) -> Result<Value> {
        const BOUNDARY: &str = "proof-boundary";
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/csv\r\n\r\n"
        );
        let body = [head.as_bytes(), bytes, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let answer = self.exchange("POST", path, &[], &kind, &body).await?;
        content("POST", path, &answer)
    }

    async fn exchange(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        kind: &str,
        body: &[u8],
    ) -> Result<Answer> {
        let mut head = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n",
            body.len()
        );
        let session = [("Cookie", self.cookie.as_str()), ("X-CSRF-Token", self.csrf_token.as_str())];
        for (name, value) in session.iter().filter(|it| !it.1.is_empty()).chain(headers) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.connection.send(&[head.as_bytes(), body].concat()).await
    }
}

/// The JSON of a good answer; any other is an error with what the server said.
pub(crate) fn content(method: &str, path: &str, answer: &Answer) -> Result<Value> {
    if !(200..300).contains(&answer.status) {
        return Err(format!("{method} {path}: HTTP {}: {}", answer.status, answer.body));
    }
    if answer.body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&answer.body).map_err(|error| format!("{method} {path}: {error} in {}", answer.body))
}
