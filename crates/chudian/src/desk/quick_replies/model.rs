//! What a quick reply is. Pure.

use crate::base::content::Content;
use crate::base::id::{QuickReplyId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::knowledge::model::check_answers;

/// How many quick replies a tenant shares.
pub const MOST_SHARED: i64 = 300;

/// How many one person has.
pub const MOST_OWN: i64 = 100;

/// A quick reply as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct QuickReply {
    /// Its key.
    pub id: QuickReplyId,
    /// Whose it is; none: everybody's.
    pub owner: Option<UserId>,
    /// What it says.
    pub body: QuickReplyBody,
    /// Rises with each change.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Time,
}

/// What a person writes.
#[derive(Debug, Clone, PartialEq)]
pub struct QuickReplyBody {
    /// What is typed after "/" to find it; may be empty.
    pub shortcut: String,
    /// What it is about.
    pub title: String,
    /// What is said.
    pub answers: Vec<Content>,
}

impl QuickReplyBody {
    /// Trims what was typed and refuses what cannot be used.
    ///
    /// # Errors
    /// `Invalid`, by field.
    pub fn tidy(mut self) -> Result<Self> {
        self.title = self.title.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.title.is_empty() || self.title.chars().count() > 60 {
            let error =
                Error::invalid("quick_reply.title", "the title of a quick reply has 1 to 60 characters");
            return Err(error.field("title", "wrong length"));
        }
        self.shortcut = self.shortcut.trim().trim_start_matches('/').to_lowercase();
        if self.shortcut.chars().count() > 20 || self.shortcut.contains(char::is_whitespace) {
            let message = "a shortcut has at most 20 characters and no blanks";
            return Err(Error::invalid("quick_reply.shortcut", message).field("shortcut", message));
        }
        check_answers(&self.answers, "answers")?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quick_reply_is_tidied_or_refused_by_field() {
        let body = |shortcut: &str, title: &str| QuickReplyBody {
            shortcut: shortcut.into(),
            title: title.into(),
            answers: vec![Content::text("您好")],
        };
        let tidy = body(" /KH ", " 开户行  信息 ").tidy().unwrap();
        assert_eq!((tidy.shortcut.as_str(), tidy.title.as_str()), ("kh", "开户行 信息"));
        for (body, code, field) in [
            (body("a", " "), "quick_reply.title", "title"),
            (body("a b", "好"), "quick_reply.shortcut", "shortcut"),
            (body(&"a".repeat(21), "好"), "quick_reply.shortcut", "shortcut"),
            (QuickReplyBody { answers: vec![], ..body("a", "好") }, "answers.empty", "answers"),
        ] {
            let error = body.tidy().unwrap_err();
            assert_eq!((error.code, error.fields.contains_key(field)), (code, true));
        }
    }
}
