//! The passive reply: what can be said at once, in the platform's own HTTP answer. It costs no quota.

use wechat::reply::{Article, Passive, Reply, Video};

use crate::base::content::Content;
use crate::base::id::MediaId;
use crate::base::time::Time;
use crate::channels::book::OpenInbox;
use crate::channels::limits::Limits;

use super::{KIND, settings};

/// A passive reply's plain XML.
pub(super) fn instant_answer(inbox: &OpenInbox, to: &str, reply: Reply, at: Time) -> Option<Vec<u8>> {
    let account = &settings::prepared(inbox).account;
    let passive =
        Passive { to: to.to_owned(), from: account.original_id.clone()?, created_at: at.seconds(), reply };
    Some(passive.to_xml().into_bytes())
}

/// The content as a passive reply to what the customer said or did, where the platform takes it as one.
///
/// Several cards at once go as the answer to an event alone (WeChat documentation, "passive replies": one as the
/// answer to a message, up to eight otherwise); elsewhere each leaves as a message of its own.
pub(super) fn reply(
    asked: &Content,
    content: &Content,
    at: Time,
    platform_id: &mut dyn FnMut(MediaId) -> Option<String>,
) -> Option<Reply> {
    let size = |what, otherwise| Limits::built_in().size(KIND, what, at, otherwise);
    let is_event = matches!(asked, Content::Event { .. });
    let most = if is_event { "articles_after_event" } else { "articles" };
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
        Content::Articles { items } if items.len() <= size(most, usize::MAX) => {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::content::Article as Card;

    #[test]
    fn several_cards_answer_an_event_at_once_and_a_message_one_by_one() {
        let card = |picture: Option<MediaId>| Card {
            title: "会员日".into(),
            description: String::new(),
            url: "https://example.com".into(),
            picture,
            picture_url: None,
        };
        let cards = |count: usize| Content::Articles { items: vec![card(None); count] };
        let event = Content::Event { event: "menu_click".into(), key: None, label: None };
        let message = Content::text("会员");
        let now = Time(1_795_226_400_000);
        let early = Time(1_500_000_000_000);
        for (name, asked, content, at, expected) in [
            ("one card to a message", &message, cards(1), now, Some(1)),
            ("three cards to a message", &message, cards(3), now, None),
            ("three cards to a tap", &event, cards(3), now, Some(3)),
            ("nine cards to a tap", &event, cards(9), now, None),
            ("three cards to a message, as it was before 2018", &message, cards(3), early, Some(3)),
            (
                "a picture of ours must be handed over first",
                &event,
                Content::Articles { items: vec![card(Some(MediaId(1)))] },
                now,
                None,
            ),
        ] {
            let found = match reply(asked, &content, at, &mut |_| None) {
                Some(Reply::News { articles, .. }) => Some(articles.items.len()),
                None => None,
                other => panic!("{other:?}"),
            };
            assert_eq!(found, expected, "{name}");
        }
    }
}
