//! The yardstick N: the same web framework, allocator and runtime as the server, and nothing else.
//! It reads a callback's body and answers a constant.

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;

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
        println!("ready http://{}/hook", options.listen);
        let router = Router::new().route("/hook", post(async |_body: Bytes| ANSWER));
        axum::serve(listener, router).await.map_err(|error| format!("cannot serve: {error}"))
    })
}
