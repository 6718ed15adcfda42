//! Fetching files that customers sent: within three days, so at once.

use wechat::api::client::Download;
use wechat::api::media;
use wechat::error::{Asked, CallError, Reaction};

use crate::base::Error;
use crate::base::time::Time;
use crate::channels::adapter::Fetched;
use crate::channels::book::OpenInbox;
use crate::ctx::Ctx;
use crate::egress;

use super::call;

/// Fetches a file by the platform's id of it.
pub(super) async fn fetch(ctx: &Ctx, inbox: &OpenInbox, platform_id: &str) -> Fetched {
    match call::download(ctx, inbox, &media::get(platform_id)).await {
        Ok(Download::File { bytes, .. }) => Fetched::Bytes(bytes.to_vec()),
        // A video comes as an address to fetch it from.
        Ok(Download::Json(answer)) => match answer.get("video_url").and_then(serde_json::Value::as_str) {
            Some(url) => fetch_video(ctx, url).await,
            None => Fetched::Gone("the platform gave no file".to_owned()),
        },
        Err(error) => failed(&error),
    }
}

async fn fetch_video(ctx: &Ctx, url: &str) -> Fetched {
    if let Err(error) = egress::check(&ctx.config.egress, url) {
        return Fetched::Gone(error.message);
    }
    let later = |error: reqwest::Error| {
        Fetched::Later(
            30 * Time::SECOND,
            Error::upstream("wechat.video", "the video could not be fetched").because(error.without_url()),
        )
    };
    let mut response = match ctx.http.get(url).send().await.and_then(reqwest::Response::error_for_status) {
        Ok(response) => response,
        Err(error) => return later(error),
    };
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > call::LARGEST_FILE => {
                return Fetched::Gone("the video is larger than what is kept".to_owned());
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Fetched::Bytes(bytes),
            Err(error) => return later(error),
        }
    }
}

fn failed(error: &CallError) -> Fetched {
    match error.reaction(Asked::Api) {
        Reaction::UploadAgain | Reaction::GiveUp | Reaction::TellAuthor | Reaction::Bug => {
            Fetched::Gone(call::explain(error).message)
        }
        _ => Fetched::Later(20 * Time::SECOND, call::explain(error)),
    }
}
