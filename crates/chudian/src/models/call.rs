//! One call of a model's endpoint: sent through the guard, bounded in time and bytes, never redirected.

use std::time::Duration;

use serde_json::Value;

use crate::ctx::Ctx;
use crate::egress;

/// Why an endpoint gave nothing that can be used.
#[derive(Debug)]
pub struct Refusal {
    /// Stable name, translated in the console: `timeout`, `key`, `status` …
    pub code: &'static str,
    /// In plain words, about "it": "it refuses the key (status 401)".
    pub why: String,
    /// How long it wants to be left alone.
    pub retry_after: Option<Duration>,
    /// What lies beneath, without the address.
    pub source: Option<reqwest::Error>,
}

impl Refusal {
    /// With words alone.
    pub fn new(code: &'static str, why: impl Into<String>) -> Self {
        Self { code, why: why.into(), retry_after: None, source: None }
    }

    fn because((code, why): (&'static str, &str), source: reqwest::Error) -> Self {
        Self { source: Some(source.without_url()), ..Self::new(code, why) }
    }
}

/// What one call may take.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// From the connection to the last byte.
    pub time: Duration,
    /// Of the answer.
    pub bytes: usize,
}

/// Posts JSON and gives the body of the answer and its content type, empty when it names none.
///
/// # Errors
/// Whatever goes wrong, in words.
pub async fn post(
    ctx: &Ctx,
    url: &str,
    key: &str,
    body: &Value,
    bounds: Bounds,
) -> Result<(Vec<u8>, String), Refusal> {
    egress::check(&ctx.config.egress, url).map_err(|error| Refusal::new("guard", error.message))?;
    let mut request = ctx.http.post(url).timeout(bounds.time).json(body);
    if !key.is_empty() {
        request = request.bearer_auth(key);
    }
    let mut response = request.send().await.map_err(|error| Refusal::because(reason(&error), error))?;
    let status = response.status();
    if status.is_redirection() {
        return Err(Refusal::new(
            "redirect",
            "it leads to another address, which is not followed: enter the final one",
        ));
    }
    if !status.is_success() {
        let retry_after = header(&response, "retry-after").parse().ok().map(Duration::from_secs);
        return Err(Refusal { retry_after, ..of_status(status.as_u16()) });
    }
    let kind = header(&response, "content-type").to_ascii_lowercase();
    let mut bytes = Vec::new();
    while let Some(part) = response
        .chunk()
        .await
        .map_err(|error| Refusal::because(("broke_off", "its answer breaks off"), error))?
    {
        bytes.extend_from_slice(&part);
        if bytes.len() > bounds.bytes {
            return Err(Refusal::new("too_long", "its answer is far too long"));
        }
    }
    Ok((bytes, kind))
}

fn header(response: &reqwest::Response, name: &str) -> String {
    let value = response.headers().get(name).and_then(|it| it.to_str().ok());
    value.unwrap_or_default().trim().to_owned()
}

fn of_status(status: u16) -> Refusal {
    let (code, why) = match status {
        401 | 403 => ("key", "it refuses the key"),
        404 => ("missing", "there is no such address or model"),
        429 => ("limit", "it is asked too often, or the budget there is used up"),
        _ => return Refusal::new("status", format!("it answers with status {status}")),
    };
    Refusal::new(code, format!("{why} (status {status})"))
}

fn reason(error: &reqwest::Error) -> (&'static str, &'static str) {
    if error.is_timeout() {
        ("timeout", "it does not answer in time")
    } else if error.is_connect() {
        (
            "unreachable",
            "it cannot be reached, or is a private address that egress.allowed_private does not list",
        )
    } else {
        ("broke_off", "the call failed on its way")
    }
}
