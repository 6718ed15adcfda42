//! Asks an endpoint that speaks OpenAI's `POST /chat/completions` for one text, and believes nothing of what it
//! says about itself.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::ctx::Ctx;

use super::call::{self, Bounds, Refusal};
use super::model::Endpoint;

/// The longest answer that is read, in bytes: some thousand characters and what stands around them.
const MOST_BYTES: usize = 131_072;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The rules, the same for every question.
    pub rules: String,
    /// The material: data, whatever it says.
    pub material: String,
    /// How long the answer may become, in tokens.
    pub most_tokens: u32,
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The text.
    pub text: String,
    /// It ended because it was too long, not because it was done.
    pub is_cut: bool,
    /// Tokens of the prompt and of the answer, where the endpoint tells.
    pub tokens: Option<(i64, i64)>,
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
    usage: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

/// One text for one prompt, within `limit`.
///
/// # Errors
/// Whatever goes wrong there, in words.
pub async fn say(
    ctx: &Ctx,
    endpoint: &Endpoint,
    key: &str,
    prompt: &Prompt,
    limit: Duration,
) -> Result<Said, Refusal> {
    let url = format!("{}/chat/completions", endpoint.url);
    let body = json!({
        "model": endpoint.model,
        "messages": [
            { "role": "system", "content": prompt.rules },
            { "role": "user", "content": prompt.material },
        ],
        "temperature": 0,
        "max_tokens": prompt.most_tokens,
        "stream": false,
    });
    let (bytes, kind) = call::post(ctx, &url, key, &body, Bounds { time: limit, bytes: MOST_BYTES }).await?;
    read(&bytes, &kind)
}

/// Judges the answer: one text, as JSON, of a kind that says so.
fn read(bytes: &[u8], kind: &str) -> Result<Said, Refusal> {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind == "text/event-stream" || bytes.starts_with(b"data:") {
        return Err(Refusal::new("streams", "it streams its answer although it was not asked to"));
    }
    if !(kind.is_empty() || kind == "application/json" || kind.ends_with("+json")) {
        let kind: String = kind.chars().take(60).collect();
        let why = format!("it answers with {kind}, not with JSON: is the address right?");
        return Err(Refusal::new("kind", why));
    }
    let answer: Answer = serde_json::from_slice(bytes)
        .map_err(|_| Refusal::new("no_completion", "its answer is no chat completion"))?;
    let empty = || Refusal::new("no_text", "its answer holds no text");
    let first = answer.choices.into_iter().next().ok_or_else(empty)?;
    let text = first.message.content.ok_or_else(empty)?;
    let is_cut = first.finish_reason.as_deref() == Some("length");
    Ok(Said {
        text: without_thoughts(&text).trim().to_owned(),
        is_cut,
        tokens: tokens(answer.usage.as_ref()),
    })
}

/// What models that think aloud write before their answer is not part of it.
fn without_thoughts(text: &str) -> &str {
    match text.trim_start().strip_prefix("<think>") {
        Some(rest) => rest.split_once("</think>").map_or("", |(_, answer)| answer),
        None => text,
    }
}

fn tokens(usage: Option<&Value>) -> Option<(i64, i64)> {
    let number = |name: &str| usage?.get(name)?.as_i64().filter(|it| (0..=10_000_000).contains(it));
    Some((number("prompt_tokens")?, number("completion_tokens")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = "application/json; charset=utf-8";

    fn completion(text: &str, rest: &str) -> String {
        format!(r#"{{"choices":[{{"message":{{"role":"assistant","content":{}}}{rest}"#, json!(text))
    }

    #[test]
    fn a_completion_is_read() {
        let usage = r#"}],"usage":{"prompt_tokens":120,"completion_tokens":9}}"#;
        let said = read(completion(" 好的[1] ", usage).as_bytes(), JSON).unwrap();
        assert_eq!(said, Said { text: "好的[1]".into(), is_cut: false, tokens: Some((120, 9)) });
        let cut = completion("好", r#","finish_reason":"length"}]}"#);
        assert!(read(cut.as_bytes(), "").unwrap().is_cut);
        let thinks = completion("<think>1加1[1]</think>\n等于二[2]", "}]}");
        assert_eq!(read(thinks.as_bytes(), JSON).unwrap().text, "等于二[2]");
        assert_eq!(read(completion("<think>没完", "}]}").as_bytes(), JSON).unwrap().text, "");
    }

    #[test]
    fn lies_about_tokens_are_not_believed() {
        for usage in [
            r#"}],"usage":{"prompt_tokens":-5,"completion_tokens":9}}"#,
            r#"}],"usage":{"prompt_tokens":1e300,"completion_tokens":9}}"#,
            r#"}],"usage":{"prompt_tokens":"a","completion_tokens":9}}"#,
            r#"}],"usage":[]}"#,
            r#"}],"usage":null}"#,
            "}]}",
        ] {
            assert_eq!(read(completion("好", usage).as_bytes(), JSON).unwrap().tokens, None, "{usage}");
        }
    }

    #[test]
    fn what_is_no_completion_is_told_in_words() {
        for (text, kind, why) in [
            ("", JSON, "no chat completion"),
            ("{\"choices\":[", JSON, "no chat completion"),
            ("[]", JSON, "no chat completion"),
            ("{\"error\":{\"message\":\"busy\"}}", JSON, "no chat completion"),
            ("{\"choices\":[]}", JSON, "no text"),
            ("{\"choices\":[{\"message\":{\"content\":null}}]}", JSON, "no text"),
            ("{\"choices\":[{\"message\":{\"content\":\"a\"}}]}", "text/html", "text/html"),
            ("data: {\"choices\":[]}\n\n", "text/event-stream", "streams"),
            ("data: {\"choices\":[]}\n\n", JSON, "streams"),
        ] {
            let told = read(text.as_bytes(), kind).unwrap_err().why;
            assert!(told.contains(why), "{text} {kind}: {told}");
        }
    }
}
