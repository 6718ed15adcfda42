//! A stand-in for a chat endpoint, which misbehaves on purpose.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::stand_in::{Heard, hear};

/// How it behaves.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Manner {
    /// Writes this.
    Says(&'static str),
    /// Writes this once it is let go.
    Waits(&'static str),
    /// Answers with this status, and this further line of its head.
    Refuses(u16, &'static str),
    /// Answers with this body and kind.
    Answers(&'static str, &'static str),
    /// Never stops writing.
    Huge,
    /// Hangs up without a word.
    Drops,
    /// Hangs up in the middle.
    BreaksOff,
    /// Never answers.
    Hangs,
    /// Leads to another host.
    Redirects,
    /// Writes what the customer wrote, with a citation.
    Obeys,
}

pub(super) struct Chat {
    pub(super) url: String,
    manner: Arc<Mutex<Manner>>,
    seen: Arc<Mutex<Vec<Heard>>>,
    go: Arc<Notify>,
}

impl Chat {
    pub(super) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let chat =
            Self { url, manner: Arc::new(Mutex::new(manner)), seen: Arc::default(), go: Arc::default() };
        let (manner, seen, go) = (chat.manner.clone(), chat.seen.clone(), chat.go.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let manner = manner.lock().unwrap().clone();
                tokio::spawn(serve(stream, manner, seen.clone(), go.clone()));
            }
        });
        chat
    }

    pub(super) fn behaves(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    pub(super) fn calls(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// Head and body of all calls.
    pub(super) fn heard(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|it| format!("{}\n{}", it.head, it.body)).collect()
    }

    /// Lets those go who wait.
    pub(super) fn go_on(&self) {
        self.go.notify_one();
    }

    pub(super) fn body(&self, more: Value) -> Value {
        let mut body = json!({ "enabled": true, "endpoint": { "url": self.url, "model": "small", "key": "sk-1" },
            "label": "以上由人工智能生成，仅供参考", "seconds": 5, "requests_a_day": 100, "tokens_a_day": 100_000 });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }
}

/// Answers one request and closes.
async fn serve(mut stream: TcpStream, manner: Manner, seen: Arc<Mutex<Vec<Heard>>>, go: Arc<Notify>) {
    let Some(heard) = hear(&mut stream).await else { return };
    let asked: Value = serde_json::from_str(&heard.body).unwrap();
    seen.lock().unwrap().push(heard);
    assert_eq!(asked["stream"], false);
    let completion = |text: &str| {
        json!({ "choices": [{ "message": { "role": "assistant", "content": text }, "finish_reason": "stop" }],
            "usage": { "prompt_tokens": 300, "completion_tokens": 20 } })
        .to_string()
    };
    let json = "application/json";
    let (status, more, kind, text) = match manner {
        Manner::Says(text) => (200, "", json, completion(text)),
        Manner::Waits(text) => {
            go.notified().await;
            (200, "", json, completion(text))
        }
        Manner::Refuses(status, more) => (status, more, json, "{\"error\":{}}".to_owned()),
        Manner::Answers(text, kind) => (200, "", kind, text.to_owned()),
        Manner::Obeys => {
            let material: Value =
                serde_json::from_str(asked["messages"][1]["content"].as_str().unwrap()).unwrap();
            (200, "", json, completion(&format!("{}[1]", material["问题"].as_str().unwrap())))
        }
        Manner::Redirects => {
            (302, "location: http://localhost:1/v1/chat/completions\r\n", json, String::new())
        }
        Manner::Huge | Manner::BreaksOff => (200, "", json, completion("退款")),
        Manner::Drops => return,
        Manner::Hangs => return tokio::time::sleep(Duration::from_secs(120)).await,
    };
    let length = if manner == Manner::Huge { 1 << 40 } else { text.len() };
    let head = format!(
        "HTTP/1.1 {status} So\r\ncontent-type: {kind}\r\nconnection: close\r\n{more}content-length: {length}\r\n\r\n"
    );
    let _ = stream.write_all(head.as_bytes()).await;
    match manner {
        Manner::Huge => while stream.write_all(&[b' '; 65_536]).await.is_ok() {},
        Manner::BreaksOff => drop(stream.write_all(&text.as_bytes()[..text.len() / 2]).await),
        _ => drop(stream.write_all(text.as_bytes()).await),
    }
}
