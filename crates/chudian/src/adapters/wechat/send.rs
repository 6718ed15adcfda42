//! Sending by the custom-message API: parts, files, and what each of the platform's answers means.

use bytes::Bytes;

use wechat::api::custom::{
    self, CustomMessage, CustomSend, MessageMenu, MessageMenuItem, MiniProgramPage, News, Video,
};
use wechat::api::media as files;
use wechat::api::request::File;
use wechat::error::{Asked, CallError, Outcome, Reaction, advice};
use wechat::text::split_text;

use crate::base::content::Content;
use crate::base::id::MediaId;
use crate::base::time::Time;
use crate::base::{Error, Kind, Result};
use crate::channels::adapter::SendOutcome;
use crate::channels::book::OpenInbox;
use crate::channels::limits::Limits;
use crate::ctx::Ctx;
use crate::media::model::{MediaKind, MediaState};
use crate::media::table;

use super::card::card;
use super::{KIND, call};

/// The platform keeps an uploaded file for three days (WeChat documentation, "temporary media").
const FILE_LIVES: i64 = 3 * Time::DAY;

/// Parts that the platform takes: long text is cut at the ends of sentences, several cards go one
/// by one.
pub(super) fn split(content: &Content, at: Time) -> Vec<Content> {
    let size = |what, otherwise| Limits::built_in().size(KIND, what, at, otherwise);
    match content {
        Content::Text { text } if text.len() > size("text_bytes", usize::MAX) => {
            split_text(text, size("text_split_bytes", 1800)).into_iter().map(Content::text).collect()
        }
        Content::Articles { items } => items
            .chunks(size("articles", 1).max(1))
            .map(|some| Content::Articles { items: some.to_vec() })
            .collect(),
        other => vec![other.clone()],
    }
}

/// Sends one part.
pub(super) async fn send(ctx: &Ctx, inbox: &OpenInbox, to: &str, content: &Content) -> SendOutcome {
    match try_send(ctx, inbox, to, content, false).await {
        // The file at the platform is gone before its time: upload our copy, once.
        Err(Failure::Call(error)) if error.reaction(Asked::Api) == Reaction::UploadAgain => {
            settle(try_send(ctx, inbox, to, content, true).await)
        }
        result => settle(result),
    }
}

/// Shows "typing"; the customer misses nothing when it fails.
pub(super) async fn typing(ctx: &Ctx, inbox: &OpenInbox, to: &str) {
    let _ = call::call(ctx, inbox, &custom::typing(to, true)).await;
}

enum Failure {
    /// Nothing was sent: our own file is missing, or it cannot be said on this platform.
    Own(Error),
    /// The platform failed or refused.
    Call(CallError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

async fn try_send(
    ctx: &Ctx,
    inbox: &OpenInbox,
    to: &str,
    content: &Content,
    upload_again: bool,
) -> std::result::Result<(), Failure> {
    let message = compose(ctx, inbox, content, upload_again).await?;
    let body = CustomSend { touser: to.to_owned(), message, customservice: None };
    call::call(ctx, inbox, &custom::send(&body)).await.map(|_| ()).map_err(Failure::Call)
}

/// What a failure means for the part.
fn settle(result: std::result::Result<(), Failure>) -> SendOutcome {
    let error = match result {
        Ok(()) => return SendOutcome::Sent,
        Err(Failure::Own(error)) if matches!(error.kind, Kind::Upstream | Kind::Busy) => {
            return SendOutcome::Later { pause: 5 * Time::SECOND, error };
        }
        Err(Failure::Own(error)) => {
            return refused(error.code, error.message, false, false);
        }
        Err(Failure::Call(error)) => error,
    };
    let meaning = error
        .code()
        .map_or_else(|| error.to_string(), |code| format!("{} ({code})", advice(code, Asked::Api).meaning));
    match error.reaction(Asked::Api) {
        Reaction::AlreadyDone | Reaction::Ignore => SendOutcome::Sent,
        Reaction::WindowClosed => refused("allowance.window_closed", meaning, true, false),
        Reaction::MarkUnfollowed => refused("contact.unfollowed", meaning, true, true),
        Reaction::BackOffMinute => later(Time::MINUTE, meaning),
        Reaction::StopUntilMidnight => refused("wechat.quota", meaning, false, false),
        Reaction::DisableFeature => refused(SendOutcome::NOT_ALLOWED, meaning, false, false),
        Reaction::Retry | Reaction::RefreshToken if error.outcome() == Outcome::NotDone => {
            later(3 * Time::SECOND, meaning)
        }
        _ if error.outcome() == Outcome::Unknown => SendOutcome::Unknown(meaning),
        _ => refused("wechat.refused", meaning, false, false),
    }
}

fn later(pause: i64, why: String) -> SendOutcome {
    SendOutcome::Later { pause, error: Error::upstream("wechat.busy", why) }
}

fn refused(code: &'static str, message: String, closes_window: bool, unfollowed: bool) -> SendOutcome {
    SendOutcome::Refused { code, message, closes_window, unfollowed }
}

async fn compose(
    ctx: &Ctx,
    inbox: &OpenInbox,
    content: &Content,
    again: bool,
) -> std::result::Result<CustomMessage, Failure> {
    Ok(match content {
        Content::Text { text } => CustomMessage::text(text),
        Content::Image { media } => {
            CustomMessage::image(platform_id(ctx, inbox, *media, files::MediaKind::Image, again).await?)
        }
        Content::Voice { media, .. } => {
            CustomMessage::voice(platform_id(ctx, inbox, *media, files::MediaKind::Voice, again).await?)
        }
        Content::Video { media, thumbnail, title, description } => {
            let media_id = platform_id(ctx, inbox, *media, files::MediaKind::Video, again).await?;
            let thumb_media_id = match thumbnail {
                Some(still) => platform_id(ctx, inbox, *still, files::MediaKind::Thumb, again).await?,
                None => String::new(),
            };
            CustomMessage::Video {
                video: Video {
                    media_id,
                    thumb_media_id,
                    title: title.clone().unwrap_or_default(),
                    description: description.clone().unwrap_or_default(),
                },
            }
        }
        Content::Articles { items } => {
            let mut articles = Vec::with_capacity(items.len());
            for it in items {
                articles.push(card(ctx, inbox, it).await);
            }
            CustomMessage::News { news: News { articles } }
        }
        Content::Menu { head, items, tail } => CustomMessage::MsgMenu {
            msgmenu: MessageMenu {
                head_content: head.clone(),
                list: items
                    .iter()
                    .map(|it| MessageMenuItem { id: it.id.clone(), content: it.text.clone() })
                    .collect(),
                tail_content: tail.clone().unwrap_or_default(),
            },
        },
        Content::MiniProgram { title, app_id, page_path, thumbnail } => {
            let thumb_media_id = match thumbnail {
                Some(still) => platform_id(ctx, inbox, *still, files::MediaKind::Thumb, again).await?,
                None => String::new(),
            };
            CustomMessage::MiniProgramPage {
                miniprogrampage: MiniProgramPage {
                    title: title.clone(),
                    appid: app_id.clone(),
                    pagepath: page_path.clone(),
                    thumb_media_id,
                },
            }
        }
        _ => {
            return Err(Error::invalid(
                "content.kind",
                "WeChat cannot show this kind of message; send text, a picture or a card instead",
            )
            .into());
        }
    })
}

/// The platform's id of our file: the one it gave not long ago, or a new one for our copy.
async fn platform_id(
    ctx: &Ctx,
    inbox: &OpenInbox,
    media: MediaId,
    kind: files::MediaKind,
    again: bool,
) -> std::result::Result<String, Failure> {
    let (tenant, id, now) = (inbox.inbox.tenant, inbox.inbox.id, ctx.clock.now());
    if !again {
        let good_until = now.plus(Time::HOUR);
        let known = ctx.db.read(move |tx| table::find_platform_id(tx, id, media, good_until)).await?;
        if let Some(known) = known {
            return Ok(known);
        }
    }
    let row = ctx.db.read(move |tx| table::get(tx, tenant, media)).await?;
    let (MediaState::Stored, Some(path)) = (row.state, row.path.as_deref()) else {
        return Err(
            Error::invalid("media.not_stored", "the file is not in our store; upload it again").into()
        );
    };
    check_kind(kind, row.kind)?;
    let bytes = Bytes::from(ctx.files.get(path).await?);
    let name = with_extension(&row.name, &row.mime);
    let file = File { name, mime: row.mime.clone(), bytes };
    let answer = call::call(ctx, inbox, &files::upload(kind, file)).await.map_err(upload_failed)?;
    let (given, expires) = (answer.media_id.clone(), now.plus(FILE_LIVES));
    ctx.db.write(move |tx| table::set_platform_id(tx, id, media, &given, expires)).await?;
    Ok(answer.media_id)
}

/// Whatever became of an upload, no message was sent yet: it may be tried again.
fn upload_failed(error: CallError) -> Failure {
    match error.outcome() {
        Outcome::Unknown => Failure::Own(call::explain(&error)),
        Outcome::NotDone => Failure::Call(error),
    }
}

fn check_kind(wanted: files::MediaKind, is: MediaKind) -> Result<()> {
    let fits = matches!(
        (wanted, is),
        (files::MediaKind::Image | files::MediaKind::Thumb, MediaKind::Image)
            | (files::MediaKind::Voice, MediaKind::Voice)
            | (files::MediaKind::Video, MediaKind::Video)
    );
    if fits {
        Ok(())
    } else {
        Err(Error::invalid("media.kind", "the file is of another kind than the message says"))
    }
}

/// The platform goes by the ending of the name.
fn with_extension(name: &str, mime: &str) -> String {
    let ending = mime_guess::get_mime_extensions_str(mime).and_then(<[_]>::first).copied().unwrap_or("bin");
    let ending = if mime == "image/jpeg" { "jpg" } else { ending };
    if name.contains('.') { name.to_owned() } else { format!("{name}.{ending}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wechat::error::ApiError;

    #[test]
    fn long_text_leaves_in_parts() {
        let now = Time(1_795_226_400_000);
        let long = "今天天气很好。".repeat(200);
        let parts = split(&Content::text(&long), now);
        assert!(parts.len() > 1);
        let joined: String = parts.iter().filter_map(Content::words).collect();
        assert_eq!(joined, long);
        assert_eq!(split(&Content::text("短"), now).len(), 1);
    }

    #[test]
    fn each_answer_of_the_platform_has_its_consequence() {
        let api = |code| {
            Err(Failure::Call(CallError::Api(ApiError {
                code,
                message: String::new(),
                rid: None,
                message_id: None,
            })))
        };
        let lost = |outcome| {
            Err(Failure::Call(CallError::Transport { outcome, is_timeout: true, detail: "t".into() }))
        };
        let name = |outcome: &SendOutcome| match outcome {
            SendOutcome::Sent => "sent".to_owned(),
            SendOutcome::Refused { code, closes_window, unfollowed, .. } => {
                format!("refused {code} {closes_window} {unfollowed}")
            }
            SendOutcome::Later { pause, .. } => format!("later {pause}"),
            SendOutcome::Unknown(_) => "unknown".to_owned(),
        };
        for (result, expected) in [
            (Ok(()), "sent"),
            (api(45015), "refused allowance.window_closed true false"),
            (api(45047), "refused allowance.window_closed true false"),
            (api(43004), "refused contact.unfollowed true true"),
            (api(45011), "later 60000"),
            (api(45009), "refused wechat.quota false false"),
            (api(48001), "refused wechat.send_not_allowed false false"),
            // One type alone is refused: texts go through, so nothing is said of the account.
            (api(48008), "refused wechat.refused false false"),
            (api(-1), "later 3000"),
            (lost(Outcome::NotDone), "later 3000"),
            (lost(Outcome::Unknown), "unknown"),
        ] {
            assert_eq!(name(&settle(result)), expected);
        }
    }
}
