//! One API call from request to answer.

use std::collections::HashMap;
use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use super::errcode::{Refusal, refuse};
use super::{Answer, Call, Outcome, Part, Verb, find};
use crate::faults::ApiFault;
use crate::platform::Platform;
use crate::rules::day_number;
use crate::world::{Kind, TokenProblem, World};

/// Largest request that is read.
const LARGEST: usize = 32 << 20;

/// Answers every path that no other route takes.
pub(crate) async fn serve(
    State(platform): State<Platform>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let method = request.method().clone();
    let uri = request.uri().clone();
    let headers = request.headers().clone();
    let (raw, parts) = match read(request, &headers).await {
        Ok(read) => read,
        Err(why) => return (StatusCode::BAD_REQUEST, why).into_response(),
    };
    let query: HashMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()).into_owned().collect();
    let base = base(&platform, &headers);
    let call = Call {
        path: uri.path().to_owned(),
        query,
        body: Value::Null,
        parts,
        app_id: String::new(),
        peer: peer.ip(),
        base,
    };
    let rid =
        format!("{:08x}-{:08x}-{:08x}", rand::random::<u32>(), rand::random::<u32>(), rand::random::<u32>());
    let (call, fault, outcome) = platform.act(|world| run(world, &method, call, &raw));
    let refused = outcome.as_ref().err().map(|refusal| refusal.code);
    let reply = match outcome {
        Ok(answer) => answer,
        Err(refusal) => Answer::Json(refusal.body(&rid)),
    };
    log(&platform, &method, &call, &raw, &reply, refused, fault.as_ref());
    match fault {
        Some(ApiFault::DropBefore | ApiFault::DropAfter) => broken(),
        Some(ApiFault::Http(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            (status, [(header::CONTENT_TYPE, "text/html")], format!("<html><body>{status}</body></html>"))
                .into_response()
        }
        Some(ApiFault::Delay(delay)) => {
            tokio::time::sleep(delay).await;
            respond(reply)
        }
        _ => respond(reply),
    }
}

/// Everything between the lock and its release.
fn run(world: &mut World, method: &Method, mut call: Call, raw: &[u8]) -> (Call, Option<ApiFault>, Outcome) {
    let Some(endpoint) = find(&call.path) else {
        return (call, None, Err(refuse(40066)));
    };
    let admitted = identify(world, &mut call, raw, endpoint.needs_token);
    let fault = world.faults.api(&call.app_id, &call.path);
    match &fault {
        Some(ApiFault::DropBefore | ApiFault::Http(_)) => return (call, fault, Err(refuse(-1))),
        Some(ApiFault::Errcode(code, words)) => {
            let refusal = refuse(*code);
            let refusal = if let Some(words) = words { refusal.saying(words.clone()) } else { refusal };
            return (call, fault, Err(refusal));
        }
        _ => {}
    }
    let outcome = admitted.and_then(|()| {
        check_verb(method, endpoint.verb)?;
        if call.parts.is_empty() && *method == Method::POST {
            call.body = read_json(&call.path, raw)?;
        }
        count(world, &call)?;
        (endpoint.run)(world, &call)
    });
    (call, fault, outcome)
}

/// Finds whose call it is, and whether the token may be used.
fn identify(world: &mut World, call: &mut Call, raw: &[u8], needs_token: bool) -> Result<(), Refusal> {
    if !needs_token {
        let from_body = || serde_json::from_slice::<Value>(raw).ok()?["appid"].as_str().map(str::to_owned);
        call.app_id = call.query.get("appid").cloned().or_else(from_body).unwrap_or_default();
        return Ok(());
    }
    let token = call.query("access_token").to_owned();
    if token.is_empty() {
        return Err(refuse(41001));
    }
    let now = world.now();
    let mut problem = TokenProblem::NotLatest;
    for account in world.accounts.values() {
        match account.tokens.check(&token, now) {
            Ok(()) => {
                call.app_id.clone_from(&account.app_id);
                return Ok(());
            }
            Err(TokenProblem::Expired) => {
                call.app_id.clone_from(&account.app_id);
                problem = TokenProblem::Expired;
            }
            Err(TokenProblem::NotLatest) => {}
        }
    }
    Err(refuse(if problem == TokenProblem::Expired { 42001 } else { 40001 }))
}

fn check_verb(method: &Method, verb: Verb) -> Result<(), Refusal> {
    match verb {
        Verb::Get if *method != Method::GET => Err(refuse(43001)),
        Verb::Post if *method != Method::POST => Err(refuse(43002)),
        _ => Ok(()),
    }
}

/// Parses a body whatever its Content-Type says; an empty one is null.
fn read_json(path: &str, raw: &[u8]) -> Result<Value, Refusal> {
    if raw.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    let text = std::str::from_utf8(raw).map_err(|_| refuse(40033))?;
    let is_strict = path.starts_with("/cgi-bin/menu/") || path == "/cgi-bin/message/custom/send";
    if is_strict && has_escapes(text) {
        return Err(refuse(40033));
    }
    serde_json::from_str(text).map_err(|_| refuse(47001))
}

/// Whether a character is written as `\uXXXX` that could stand there as itself. Control characters cannot.
fn has_escapes(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut index = 0;
    while let Some(found) = bytes[index..].iter().position(|byte| *byte == b'\\') {
        let at = index + found;
        let digits = bytes.get(at + 2..at + 6).and_then(|hex| std::str::from_utf8(hex).ok());
        if bytes.get(at + 1) == Some(&b'u')
            && digits.and_then(|hex| u16::from_str_radix(hex, 16).ok()).is_some_and(|code| code >= 0x20)
        {
            return true;
        }
        index = (at + 2).min(bytes.len());
    }
    false
}

/// Counts the call against the day's quota.
fn count(world: &mut World, call: &Call) -> Result<(), Refusal> {
    let now = world.now();
    let rules = std::sync::Arc::clone(&world.rules);
    let Some(account) = world.accounts.get_mut(&call.app_id) else { return Ok(()) };
    let Some(limit) = rules.quota(&call.path, account.date(now)) else { return Ok(()) };
    let today = day_number(now);
    let used = account.used.entry((call.path.clone(), today)).or_default();
    if *used >= limit {
        return Err(refuse(45009));
    }
    *used += 1;
    Ok(())
}

async fn read(request: Request, headers: &HeaderMap) -> Result<(Bytes, Vec<Part>), String> {
    let is_multipart = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("multipart/form-data"));
    if !is_multipart {
        let bytes = axum::body::to_bytes(request.into_body(), LARGEST).await;
        return bytes
            .map(|bytes| (bytes, Vec::new()))
            .map_err(|error| format!("the body cannot be read: {error}"));
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| error.to_string())?;
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|error| error.to_string())? {
        let (name, file) = (field.name().unwrap_or("").to_owned(), field.file_name().map(str::to_owned));
        let mime = field.content_type().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|error| error.to_string())?;
        parts.push(Part { name, file, mime, bytes });
    }
    Ok((Bytes::new(), parts))
}

/// The address for links: the one the caller used, since a container may see another than a browser.
fn base(platform: &Platform, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    match host {
        Some(host) => format!("http://{host}"),
        None => platform.world().base.clone(),
    }
}

fn respond(reply: Answer) -> Response {
    match reply {
        Answer::Json(value) => {
            ([(header::CONTENT_TYPE, "application/json; encoding=utf-8")], value.to_string()).into_response()
        }
        Answer::File { mime, name, bytes } => {
            let disposition = format!("attachment; filename=\"{name}\"");
            ([(header::CONTENT_TYPE, mime), (header::CONTENT_DISPOSITION, disposition)], bytes)
                .into_response()
        }
    }
}

/// A response that breaks the connection before a byte is sent: the body fails at once.
fn broken() -> Response {
    let body = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("dropped on demand")) });
    Response::new(Body::from_stream(body))
}

fn log(
    platform: &Platform,
    method: &Method,
    call: &Call,
    raw: &[u8],
    reply: &Answer,
    refused: Option<i64>,
    fault: Option<&ApiFault>,
) {
    let mut world = platform.world();
    if !world.settings.log {
        return;
    }
    let result = refused.map_or_else(|| "ok".to_owned(), |code| format!("errcode {code}"));
    let mut line = world.line(Kind::ApiCall, format!("{method} {} → {result}", call.path));
    line.ok = refused.is_none()
        && !matches!(fault, Some(ApiFault::DropBefore | ApiFault::DropAfter | ApiFault::Http(_)));
    line.app_id = Some(call.app_id.clone()).filter(|app_id| !app_id.is_empty());
    line.openid = call.body["touser"].as_str().map(str::to_owned);
    let response = match reply {
        Answer::Json(value) => value.clone(),
        Answer::File { mime, name, bytes } => json!({ "file": name, "mime": mime, "bytes": bytes.len() }),
    };
    let parts: Vec<Value> = call.parts.iter().map(|part| {
        json!({ "name": part.name, "file": part.file, "mime": part.mime, "bytes": part.bytes.len() })
    }).collect();
    let body = if parts.is_empty() {
        json!(String::from_utf8_lossy(&raw[..raw.len().min(8192)]))
    } else {
        json!(parts)
    };
    line.detail = json!({ "query": call.query, "request": body, "response": response,
        "fault": fault.map(|fault| format!("{fault:?}")) });
    world.note(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_seen_where_they_matter() {
        for (text, wanted) in [
            (r#"{"content":"你好"}"#, false),
            (r#"{"content":"\u4f60"}"#, true),
            (r#"{"content":"\\u4f60"}"#, false),
            (r#"{"content":"a\nb"}"#, false),
            (r#"{"content":"\u0007"}"#, false),
            (r#"{"content":"\ud83d\ude00"}"#, true),
            (r"\", false),
            (r"\u12", false),
        ] {
            assert_eq!(has_escapes(text), wanted, "{text}");
        }
    }

    #[test]
    fn no_path_is_named_twice() {
        assert!(find("/cgi-bin/token").is_some());
        assert!(find("/cgi-bin/nonsense").is_none());
    }
}
