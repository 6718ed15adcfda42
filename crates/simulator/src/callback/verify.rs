//! The GET verification of a callback address.

use std::time::Duration;

use serde::Serialize;
use wechat::signature;

use super::envelope::with_query;

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Verification {
    pub(crate) ok: bool,
    /// One sentence for the operator.
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// The answer's first bytes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) body: String,
    pub(crate) url: String,
}

/// Calls the address as the platform's console does when the operator saves it.
pub(crate) async fn verify(http: &reqwest::Client, url: &str, token: &str, seconds: i64) -> Verification {
    let (timestamp, nonce) = (seconds.to_string(), rand::random::<u32>().to_string());
    let echo = rand::random::<u64>().to_string();
    let query = [
        ("signature", signature::sign(&[token, &timestamp, &nonce])),
        ("timestamp", timestamp),
        ("nonce", nonce),
        ("echostr", echo.clone()),
    ];
    let url = with_query(url, &query);
    let failed = |message: String, status, body: String| Verification {
        ok: false,
        message,
        status,
        body,
        url: url.clone(),
    };
    let answer = match http.get(&url).timeout(Duration::from_secs(5)).send().await {
        Ok(answer) => answer,
        Err(error) if error.is_timeout() => {
            return failed("no answer within 5 seconds".into(), None, String::new());
        }
        Err(error) => return failed(format!("the address cannot be reached: {error}"), None, String::new()),
    };
    let status = answer.status().as_u16();
    let body = answer.text().await.unwrap_or_default();
    let start: String = body.chars().take(200).collect();
    if status != 200 {
        return failed(
            format!("the server answered HTTP {status}; is the Token the same on both sides?"),
            Some(status),
            start,
        );
    }
    if body != echo {
        return failed("the server did not answer with exactly the echostr".into(), Some(status), start);
    }
    Verification {
        ok: true,
        message: "the address answered the echostr".into(),
        status: Some(status),
        body: start,
        url,
    }
}
