//! The key that tells a repetition from a new push.

use sha1::{Digest, Sha1};

use super::{Inbound, Push};

pub(super) fn key(push: &Push) -> Vec<u8> {
    let (mark, kind, id) = match &push.message {
        Inbound::Message(message) => (b'm', message.content.wire_name(), message.id),
        Inbound::Event(event) => (b'e', event.wire_name(), None),
    };
    let mut key = Vec::with_capacity(64 + kind.len() + push.from.len());
    key.push(if id.is_some() { mark } else { mark.to_ascii_uppercase() });
    key.extend_from_slice(&push.created_at.to_be_bytes());
    // With their lengths, no two pairs of texts give the same bytes.
    for text in [kind, &push.from] {
        key.extend_from_slice(&text.len().to_be_bytes());
        key.extend_from_slice(text.as_bytes());
    }
    match id {
        Some(id) => key.extend_from_slice(&id.to_be_bytes()),
        None => key.extend_from_slice(&Sha1::digest(push.to_xml().as_bytes())),
    }
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::push::content::Content;
    use crate::push::event::Event;
    use crate::push::{Inbound, Message, Push};

    fn push(from: &str, created_at: i64, message: Inbound) -> Push {
        Push { to: "gh_1".to_owned(), from: from.to_owned(), created_at, message }
    }

    fn text(id: Option<i64>, text: &str) -> Inbound {
        let content = Content::Text { text: text.to_owned(), menu_id: None };
        Inbound::Message(Message { id, data_id: None, article_index: None, content })
    }

    #[test]
    fn two_clicks_in_one_second_are_two() {
        let click = |key: &str| push("o1", 1, Inbound::Event(Event::Click { key: key.to_owned() }));
        assert_ne!(click("A").dedupe_key(), click("B").dedupe_key());
        assert_eq!(click("A").dedupe_key(), click("A").dedupe_key());
    }

    #[test]
    fn one_id_from_two_followers_is_two() {
        assert_ne!(
            push("o1", 1, text(Some(9), "x")).dedupe_key(),
            push("o2", 1, text(Some(9), "x")).dedupe_key()
        );
        assert_ne!(push("o1", 1, text(None, "x")).dedupe_key(), push("o1", 1, text(None, "y")).dedupe_key());
    }

    proptest! {
        #[test]
        fn keys_are_equal_exactly_when_the_pushes_are(
            a in ("[ab]{0,2}", 0_i64..3, prop::option::of(0_i64..3), "[xy]"),
            b in ("[ab]{0,2}", 0_i64..3, prop::option::of(0_i64..3), "[xy]"),
        ) {
            let make = |it: &(String, i64, Option<i64>, String)| push(&it.0, it.1, text(it.2, &it.3));
            let (first, second) = (make(&a), make(&b));
            // With an id the words do not matter: the platform never gives one id to two messages.
            let same = (&a.0, a.1, a.2) == (&b.0, b.1, b.2) && (a.2.is_some() || a.3 == b.3);
            prop_assert_eq!(first.dedupe_key() == second.dedupe_key(), same);
        }
    }
}
