//! The menu below an account's chat: buttons that open pages or ask us something. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::{Error, Result};
use crate::knowledge::model::check_answers;

/// The buttons of an account's menu.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountMenu {
    /// At most three.
    pub buttons: Vec<Button>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// What it reads.
    pub name: String,
    /// What a tap does: `sub` shows the buttons below, `click` tells us the key, `view` opens a page, `mini_program`
    /// opens one; other kinds are the platform's own and are kept as they are.
    pub kind: String,
    /// What comes back to us when it is tapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The page that it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The mini program that it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// The page of the mini program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_path: Option<String>,
    /// The platform's own material, for kinds of the platform's own: pulled with the menu, and published again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    /// The platform's own article, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_id: Option<String>,
    /// What the bot says to a tap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Vec<Content>>,
    /// What a tap does at ours instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<TapAction>,
    /// At most five, below a button of kind `sub`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub children: Vec<Button>,
}

/// What a tap can do at ours instead of being answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TapAction {
    /// Put the customer into the queue.
    Person,
    /// Show the text menu.
    TextMenu,
}

/// What the bot does when a key comes back.
#[derive(Debug, Clone, PartialEq)]
pub enum Tap {
    /// Says this.
    Answers(Vec<Content>),
    /// Does this.
    Action(TapAction),
}

const MOST_BUTTONS: usize = 3;
const MOST_CHILDREN: usize = 5;

impl AccountMenu {
    /// What is to be done for each key.
    pub fn taps(&self) -> impl Iterator<Item = (String, Tap)> + '_ {
        let all = self.buttons.iter().flat_map(|it| std::iter::once(it).chain(&it.children));
        all.filter_map(|it| {
            let tap = match (&it.action, &it.answers) {
                (Some(action), _) => Tap::Action(*action),
                (None, Some(answers)) => Tap::Answers(answers.clone()),
                (None, None) => return None,
            };
            Some((it.key.clone()?, tap))
        })
    }

    /// Refuses a menu that could not be published, by button (`2`, `2.3`).
    pub fn check(&self) -> Result<()> {
        if self.buttons.len() > MOST_BUTTONS {
            return Err(wrong("buttons", "an account's menu has at most three buttons"));
        }
        let mut keys = std::collections::HashSet::new();
        for (button, nth) in self.buttons.iter().zip(1..) {
            button.check(&format!("buttons[{nth}]"), &mut keys)?;
            if button.children.len() > MOST_CHILDREN {
                return Err(wrong(&format!("buttons[{nth}].children"), "at most five buttons go below one"));
            }
            for (child, at) in button.children.iter().zip(1..) {
                let place = format!("buttons[{nth}].children[{at}]");
                if child.kind == "sub" || !child.children.is_empty() {
                    return Err(wrong(&place, "there are two levels only"));
                }
                child.check(&place, &mut keys)?;
            }
        }
        Ok(())
    }
}

impl Button {
    fn check<'a>(&'a self, place: &str, keys: &mut std::collections::HashSet<&'a str>) -> Result<()> {
        if self.name.trim().is_empty() || self.name.chars().count() > 20 {
            return Err(wrong(&format!("{place}.name"), "a button's name has 1 to 20 characters"));
        }
        let given = |field: &Option<String>| field.as_ref().is_some_and(|it| !it.trim().is_empty());
        let missing = |field: &str, why: &str| Err(wrong(&format!("{place}.{field}"), why));
        match self.kind.as_str() {
            "sub" if self.children.is_empty() => {
                return missing("children", "put at least one button below it");
            }
            "view" | "mini_program" if !self.url.as_deref().is_some_and(is_web_address) => {
                return missing("url", "give an address that starts with http:// or https://");
            }
            "mini_program" if !given(&self.app_id) || !given(&self.page_path) => {
                return missing("app_id", "a mini program needs its AppID and a page");
            }
            "click" if !given(&self.key) => return missing("key", "name the key that comes back"),
            "" => return missing("kind", "say what a tap does: click, view, mini_program or sub"),
            _ => {}
        }
        if self.kind != "sub" && !self.children.is_empty() {
            return missing("children", "only a button of kind `sub` has buttons below it");
        }
        if let Some(key) = self.key.as_deref() {
            if key.len() > 128 {
                return missing("key", "a key has at most 128 bytes");
            }
            if !keys.insert(key) {
                return missing("key", "two buttons have the same key");
            }
        }
        self.answers.as_ref().map_or(Ok(()), |it| check_answers(it, &format!("{place}.answers")))
    }
}

fn is_web_address(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

fn wrong(field: &str, why: &str) -> Error {
    Error::invalid("account_menu.invalid", format!("{field}: {why}")).field(field, why)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A menu with one button of each kind that the bot cares for.
    pub(crate) fn sample() -> AccountMenu {
        serde_json::from_str(
            r#"{"buttons":[
                {"name":"话费","kind":"sub","children":[
                    {"name":"余额","kind":"click","key":"BALANCE","answers":[{"type":"text","text":"发短信 HF"}]},
                    {"name":"充值","kind":"view","url":"https://h5.example/recharge"}]},
                {"name":"人工","kind":"click","key":"PERSON","action":"person"},
                {"name":"自助","kind":"click","key":"MENU","action":"text_menu"}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn each_key_leads_to_what_is_done() {
        let taps: std::collections::HashMap<_, _> = sample().taps().collect();
        assert_eq!(taps["BALANCE"], Tap::Answers(vec![Content::text("发短信 HF")]));
        assert_eq!(taps["PERSON"], Tap::Action(TapAction::Person));
        assert_eq!(taps.len(), 3);
        assert!(sample().check().is_ok());
    }

    #[test]
    fn a_menu_that_cannot_be_published_is_refused_by_button() {
        let check = |change: fn(&mut AccountMenu), field: &str| {
            let mut menu = sample();
            change(&mut menu);
            let error = menu.check().unwrap_err();
            assert_eq!(error.fields.keys().next().map(String::as_str), Some(field), "{error}");
        };
        check(|it| it.buttons.push(it.buttons[1].clone()), "buttons");
        check(|it| it.buttons[1].name.clear(), "buttons[2].name");
        check(|it| it.buttons[1].key = None, "buttons[2].key");
        check(|it| it.buttons[2].key = Some("PERSON".into()), "buttons[3].key");
        check(|it| it.buttons[0].children.clear(), "buttons[1].children");
        check(|it| it.buttons[0].children[1].url = Some("ftp://a".into()), "buttons[1].children[2].url");
        check(|it| it.buttons[0].children[1].kind = "sub".into(), "buttons[1].children[2]");
        check(|it| it.buttons[0].children[0].answers = Some(vec![]), "buttons[1].children[1].answers");
    }
}
