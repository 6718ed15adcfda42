//! The passive reply: what can be said at once, in the platform's own HTTP answer. It costs no quota.

use wechat::reply::{Article, Passive, Reply, Video};

use crate::base::content::Content;
use crate::base::id::MediaId;
use crate::base::time::Time;
use crate::channels::book::OpenInbox;
use crate::channels::limits::Limits;

use super::{KIND, settings};

/// The content as a passive reply's plain XML, where the platform takes it as one.
pub(super) fn instant_answer(
    inbox: &OpenInbox,
    to: &str,
    content: &Content,
    at: Time,
    platform_id: &mut dyn FnMut(MediaId) -> Option<String>,
) -> Option<Vec<u8>> {
    let reply = reply(content, at, platform_id)?;
    let account = &settings::prepared(inbox).account;
    let passive =
        Passive { to: to.to_owned(), from: account.original_id.clone()?, created_at: at.seconds(), reply };
    Some(passive.to_xml().into_bytes())
}

fn reply(
    content: &Content,
    at: Time,
    platform_id: &mut dyn FnMut(MediaId) -> Option<String>,
) -> Option<Reply> {
    let size = |what, otherwise| Limits::built_in().size(KIND, what, at, otherwise);
    match content {
        Content::Text { text } if text.len() <= size("text_bytes", usize::MAX) => Some(Reply::text(text)),
        Content::Image { media } => Some(Reply::image(platform_id(*media)?)),
        Content::Voice { media, .. } => Some(Reply::voice(platform_id(*media)?)),
        Content::Video { media, title, description, .. } => Some(Reply::Video {
            video: Video {
                media_id: platform_id(*media)?,
                title: title.clone(),
                description: description.clone(),
            },
        }),
        // A picture of ours has to be handed to the platform first, and for that there is no time now.
        Content::Articles { items }
            if items.iter().any(|it| it.picture.is_some() && it.picture_url.is_none()) =>
        {
            None
        }
        Content::Articles { items } if items.len() <= size("articles", usize::MAX) => {
            let cards = items.iter().map(|it| Article {
                title: it.title.clone(),
                description: it.description.clone(),
                picture_url: it.picture_url.clone().unwrap_or_default(),
                url: it.url.clone(),
            });
            Some(Reply::news(cards.collect()))
        }
        _ => None,
    }
}
