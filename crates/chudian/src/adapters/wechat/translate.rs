//! The platform's words become ours. Pure but for the keys of files, which come in.

use std::sync::Arc;

use wechat::push::content::Content as Wire;
use wechat::push::event::Event;
use wechat::push::{Inbound as Pushed, Push};

use crate::base::content::Content;
use crate::base::id::MediaId;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::channels::book::OpenInbox;
use crate::channels::limits::Act;
use crate::intake::model::{Follows, Inbound, PendingFile};
use crate::media::model::MediaKind;

/// What a push is for us.
pub(super) enum Translated {
    /// A customer said or did something.
    FromCustomer(Box<Inbound>),
    /// The platform reports on something else: the journal keeps it.
    Report,
}

/// Turns a push into our own words. `new_media` makes keys for the files it names.
pub(super) fn translate(
    inbox: Arc<OpenInbox>,
    push: &Push,
    raw: Vec<u8>,
    new_media: impl Fn() -> MediaId,
) -> Translated {
    let mut inbound = Inbound {
        inbox,
        sender: push.from.clone(),
        union_id: None,
        dedupe_key: push.dedupe_key(),
        sent_at: Time::from_seconds(push.created_at),
        content: Content::text(""),
        act: None,
        follows: None,
        files: Vec::new(),
        asks: true,
        raw,
    };
    match &push.message {
        Pushed::Message(message) => {
            inbound.act = Some(act_of(&message.content));
            inbound.content = message_content(&message.content, &mut inbound.files, new_media);
        }
        Pushed::Event(event) => match translate_event(event) {
            Some(done) => {
                inbound.content = done.content;
                inbound.act = done.act;
                inbound.follows = done.follows;
                inbound.asks = done.asks;
            }
            None => return Translated::Report,
        },
    }
    Translated::FromCustomer(Box::new(inbound))
}

/// What a stored callback says, as far as we understand it now. Its files are long gone from the
/// platform, so a content that names one stays unsupported.
pub(super) fn content_of(raw: &[u8]) -> Result<Content> {
    let unreadable =
        |error| Error::invalid("callback.message", "the stored callback cannot be read").because(error);
    let push = Push::parse(raw).map_err(unreadable)?;
    let mut files = Vec::new();
    let content = match &push.message {
        Pushed::Message(message) => message_content(&message.content, &mut files, || MediaId(0)),
        Pushed::Event(event) => {
            translate_event(event).map_or_else(|| unsupported(event.wire_name()), |it| it.content)
        }
    };
    Ok(if files.is_empty() { content } else { unsupported("media") })
}

/// A tap on a choice that we sent comes back as a text, but opens the window of a tap only (WeChat
/// documentation, "custom messages", `msgmenu`).
fn act_of(wire: &Wire) -> Act {
    match wire {
        Wire::Text { menu_id: Some(_), .. } => Act::MenuClick,
        _ => Act::Message,
    }
}

fn unsupported(kind: &str) -> Content {
    Content::Unsupported { kind: kind.to_owned(), note: None }
}

fn message_content(wire: &Wire, files: &mut Vec<PendingFile>, new_media: impl Fn() -> MediaId) -> Content {
    let mut pending = |kind, platform_id: &str, name: &str| {
        let media = new_media();
        files.push(PendingFile { media, kind, platform_id: platform_id.to_owned(), name: name.to_owned() });
        media
    };
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match wire {
        Wire::Text { text, .. } => Content::text(text),
        Wire::Image { media_id, .. } => {
            Content::Image { media: pending(MediaKind::Image, media_id, "image") }
        }
        Wire::Voice { media_id, recognition, .. } => Content::Voice {
            media: pending(MediaKind::Voice, media_id, "voice"),
            transcript: recognition.as_deref().and_then(said),
        },
        Wire::Video { media_id, thumbnail_media_id } | Wire::ShortVideo { media_id, thumbnail_media_id } => {
            let media = pending(MediaKind::Video, media_id, "video");
            let still = !thumbnail_media_id.is_empty();
            let thumbnail = still.then(|| pending(MediaKind::Image, thumbnail_media_id, "thumbnail"));
            Content::Video { media, thumbnail, title: None, description: None }
        }
        Wire::Location { latitude, longitude, scale, label } => Content::Location {
            latitude: *latitude,
            longitude: *longitude,
            scale: Some(*scale),
            label: said(label),
        },
        Wire::Link { title, description, url } => {
            Content::Link { title: title.clone(), description: description.clone(), url: url.clone() }
        }
        // The platform names the file but does not hand it out.
        Wire::File { title, size, .. } => Content::File { media: None, name: title.clone(), size: *size },
        Wire::MiniProgramPage { title, app_id, page_path, thumbnail_media_id, .. } => {
            let still = !thumbnail_media_id.is_empty();
            let thumbnail = still.then(|| pending(MediaKind::Image, thumbnail_media_id, "thumbnail"));
            Content::MiniProgram {
                title: title.clone(),
                app_id: app_id.clone(),
                page_path: page_path.clone(),
                thumbnail,
            }
        }
        Wire::Other(other) => unsupported(&other.name),
    }
}

struct Done {
    content: Content,
    act: Option<Act>,
    follows: Option<Follows>,
    asks: bool,
}

/// What a customer did; `None` for reports about jobs, cards and the account itself.
fn translate_event(event: &Event) -> Option<Done> {
    let did = |name: &str, key: Option<&str>, label: Option<&str>| Content::Event {
        event: name.to_owned(),
        key: key.filter(|it| !it.is_empty()).map(str::to_owned),
        label: label.filter(|it| !it.is_empty()).map(str::to_owned),
    };
    let quiet = |content| Done { content, act: None, follows: None, asks: false };
    Some(match event {
        Event::Subscribe { .. } => {
            let scene = event.scene();
            Done {
                content: did("follow", scene, None),
                act: Some(Act::Follow),
                follows: Some(Follows::Began(scene.map(str::to_owned))),
                asks: true,
            }
        }
        Event::Unsubscribe { .. } => {
            Done { follows: Some(Follows::Ended), ..quiet(did("unfollow", None, None)) }
        }
        Event::Scan { key, .. } => {
            Done { act: Some(Act::Scan), asks: true, ..quiet(did("scan", Some(key), None)) }
        }
        Event::Click { key } => {
            Done { act: Some(Act::MenuClick), asks: true, ..quiet(did("menu_click", Some(key), None)) }
        }
        Event::ScanCodePush { key, code } | Event::ScanCodeWait { key, code } => Done {
            act: Some(Act::MenuClick),
            asks: matches!(event, Event::ScanCodeWait { .. }),
            ..quiet(did("menu_click", Some(key), Some(&code.result)))
        },
        Event::View { url, .. } => quiet(did("menu_view", Some(url), None)),
        Event::ViewMiniProgram { path, .. } => quiet(did("menu_view", Some(path), None)),
        // The pictures and the place follow as messages of their own.
        Event::PictureTaken { key, .. }
        | Event::PictureTakenOrChosen { key, .. }
        | Event::PictureChosen { key, .. } => quiet(did("menu_picture", Some(key), None)),
        Event::LocationSelect { key, .. } => quiet(did("menu_location", Some(key), None)),
        Event::LocationReport { latitude, longitude, .. } => {
            quiet(did("location_report", None, Some(&format!("{latitude:.4}, {longitude:.4}"))))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tap_on_a_choice_of_ours_is_a_tap_and_not_a_message() {
        let text =
            |menu_id: Option<&str>| Wire::Text { text: "满意".into(), menu_id: menu_id.map(str::to_owned) };
        assert_eq!(act_of(&text(None)), Act::Message);
        assert_eq!(act_of(&text(Some("101"))), Act::MenuClick);
    }
}
