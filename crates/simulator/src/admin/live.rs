//! The WebSocket behind the phone page: log lines and chat changes as they happen.

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use crate::platform::Platform;

/// First frame `{"hello":{"seq":N}}`, then `{"log":…}`, `{"chat":…}`, `{"typing":…}`, `{"menu":…}` and so on.
/// A reader that is too slow gets `{"lagged":N}` and should load again.
pub(crate) async fn live(State(platform): State<Platform>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| serve(platform, socket))
}

async fn serve(platform: Platform, mut socket: WebSocket) {
    let (mut events, hello) = {
        let world = platform.world();
        (world.listen(), json!({ "hello": { "seq": world.log.last() } }).to_string())
    };
    if socket.send(Message::Text(hello.into())).await.is_err() {
        return;
    }
    loop {
        let frame = tokio::select! {
            event = events.recv() => match event {
                Ok(text) => text.to_string(),
                Err(RecvError::Lagged(missed)) => json!({ "lagged": missed }).to_string(),
                Err(RecvError::Closed) => return,
            },
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
        };
        if socket.send(Message::Text(frame.into())).await.is_err() {
            return;
        }
    }
}
