//! The yardstick N: the same web framework, allocator and runtime as the server, and nothing else.
//! It reads a callback's body and answers a constant; to its WebSockets it broadcasts one.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::{get, post};
use tokio::sync::broadcast::{Receiver, Sender};

use crate::Result;

/// What it answers to everybody.
pub(crate) const ANSWER: &str = "success";

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Address to listen on
    #[arg(long)]
    listen: String,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no asynchronous runtime: {error}"))?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(&options.listen)
            .await
            .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        println!("ready http://{address}/hook");
        let router = Router::new()
            .route("/hook", post(async |_body: Bytes| ANSWER))
            .route("/live", get(listen_live))
            .route("/fan", post(fan))
            .with_state(Sender::new(1024));
        axum::serve(listener, router).await.map_err(|error| format!("cannot serve: {error}"))
    })
}

/// A socket that hears every broadcast, with the same small buffers as the server's.
async fn listen_live(State(all): State<Sender<Utf8Bytes>>, upgrade: WebSocketUpgrade) -> Response {
    let news = all.subscribe();
    let upgrade = upgrade.read_buffer_size(4096).write_buffer_size(0);
    upgrade.on_upgrade(move |socket| pass_on(socket, news))
}

async fn pass_on(mut socket: WebSocket, mut news: Receiver<Utf8Bytes>) {
    while let Ok(text) = news.recv().await {
        if socket.send(Message::Text(text)).await.is_err() {
            return;
        }
    }
}

/// Sends a constant of the usual length, as often as the body says.
async fn fan(State(all): State<Sender<Utf8Bytes>>, count: String) -> &'static str {
    let text = Utf8Bytes::from("x".repeat(190));
    for _ in 0..count.parse().unwrap_or(0) {
        // Without listeners there is nobody to tell.
        all.send(text.clone()).map(drop).unwrap_or_default();
    }
    ANSWER
}
