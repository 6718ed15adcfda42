//! The text menu: a tree that customers walk by typing digits. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::{Error, Result};
use crate::knowledge::model::check_answers;

use super::settings::BotSettings;

/// A place in the menu: choices, or what is said at the end of a way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// What the choice that leads here reads.
    pub title: String,
    /// Shown above the choices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The choices; none at the end of a way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Choice>,
    /// What is said at the end of a way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Vec<Content>>,
    /// What happens at the end of a way instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

/// A choice of a menu.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is typed: `1`, or `10`.
    pub digit: String,
    /// Where it leads.
    #[schema(no_recursion)]
    pub node: Node,
}

/// What the end of a way can do instead of saying something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Put the customer into the queue.
    Person,
}

/// How deep a menu may be, the root counted.
const DEEPEST: usize = 8;

/// How many places a menu may have.
const MOST_NODES: usize = 500;

impl Node {
    /// The place that a way of digits leads to.
    #[must_use]
    pub fn at(&self, path: &[String]) -> Option<&Self> {
        path.iter().try_fold(self, |node, digit| node.choice(digit))
    }

    /// The place behind one digit.
    #[must_use]
    pub fn choice(&self, digit: &str) -> Option<&Self> {
        self.items.iter().find(|it| it.digit == digit).map(|it| &it.node)
    }

    /// The menu as it is sent: text, choices, and how to go back.
    #[must_use]
    pub fn shown(&self, depth: usize, settings: &BotSettings) -> String {
        let mut lines = vec![self.text.clone().unwrap_or_else(|| self.title.clone())];
        lines.extend(self.items.iter().map(|it| format!("{} {}", it.digit, it.node.title)));
        let mut ways = Vec::new();
        if depth > 0 {
            ways.extend(settings.back_words.first().map(|it| format!("回复 {it} 返回上一级")));
        }
        if depth > 1 {
            ways.extend(settings.home_words.first().map(|it| format!("回复 {it} 回主菜单")));
        }
        if !ways.is_empty() {
            lines.push(String::new());
            lines.push(ways.join("，"));
        }
        lines.join("\n")
    }

    /// Refuses a menu that could not be walked. A root without choices means: no menu.
    pub fn check(&self) -> Result<()> {
        if self.answers.is_some() || self.action.is_some() {
            return Err(wrong("root", "the root shows choices; answers belong to its choices"));
        }
        let mut nodes = 0;
        self.check_below("root", 1, &mut nodes)
    }

    fn check_below(&self, place: &str, depth: usize, nodes: &mut usize) -> Result<()> {
        *nodes += 1;
        if *nodes > MOST_NODES {
            return Err(wrong("root", &format!("a menu has at most {MOST_NODES} places")));
        }
        if depth > DEEPEST {
            return Err(wrong(place, &format!("a menu is at most {DEEPEST} levels deep")));
        }
        if self.title.trim().is_empty() || self.title.chars().count() > 50 {
            return Err(wrong(&format!("{place}.title"), "a title has 1 to 50 characters"));
        }
        if self.text.as_ref().is_some_and(|it| it.chars().count() > 500) {
            return Err(wrong(&format!("{place}.text"), "a text has at most 500 characters"));
        }
        if let Some(answers) = &self.answers {
            check_answers(answers, &format!("{place}.answers"))?;
        }
        let ends = usize::from(self.answers.is_some()) + usize::from(self.action.is_some());
        if depth > 1 && ends + usize::from(!self.items.is_empty()) != 1 {
            return Err(wrong(place, "a place has either choices, or answers, or an action"));
        }
        for (at, it) in self.items.iter().enumerate() {
            let below = format!("{place}.{}", it.digit);
            if it.digit.is_empty() || it.digit.len() > 2 || !it.digit.bytes().all(|it| it.is_ascii_digit()) {
                return Err(wrong(&below, "a choice is typed with one or two digits"));
            }
            if self.items[..at].iter().any(|other| other.digit == it.digit) {
                return Err(wrong(&below, "two choices have the same digit"));
            }
            it.node.check_below(&below, depth + 1, nodes)?;
        }
        Ok(())
    }
}

fn wrong(field: &str, why: &str) -> Error {
    Error::invalid("text_menu.invalid", format!("{field}: {why}")).field(field, why)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A menu of two levels for tests.
    pub(crate) fn sample() -> Node {
        serde_json::from_str(
            r#"{"title":"自助服务","text":"请选择：","items":[
                {"digit":"1","node":{"title":"话费","items":[
                    {"digit":"1","node":{"title":"余额","answers":[{"type":"text","text":"发短信 HF"}]}},
                    {"digit":"2","node":{"title":"更多","items":[
                        {"digit":"1","node":{"title":"账单","answers":[{"type":"text","text":"每月 1 日"}]}}]}}]}},
                {"digit":"9","node":{"title":"转人工","action":"person"}}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn a_way_of_digits_leads_to_its_place() {
        let menu = sample();
        let way = |digits: &[&str]| digits.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(menu.at(&way(&["1", "2", "1"])).map(|it| it.title.as_str()), Some("账单"));
        assert_eq!(menu.at(&way(&["1", "3"])), None);
        assert_eq!(menu.at(&[]), Some(&menu));
        assert!(menu.check().is_ok());
    }

    #[test]
    fn a_menu_shows_its_choices_and_the_way_back() {
        let settings = BotSettings::default();
        let menu = sample();
        assert_eq!(menu.shown(0, &settings), "请选择：\n1 话费\n9 转人工");
        assert_eq!(menu.items[0].node.shown(1, &settings), "话费\n1 余额\n2 更多\n\n回复 0 返回上一级");
        assert!(
            menu.items[0].node.items[1]
                .node
                .shown(2, &settings)
                .ends_with("回复 0 返回上一级，回复 # 回主菜单")
        );
    }

    #[test]
    fn a_menu_that_cannot_be_walked_is_refused_by_place() {
        let check = |change: fn(&mut Node), field: &str| {
            let mut menu = sample();
            change(&mut menu);
            let error = menu.check().unwrap_err();
            assert_eq!(error.fields.keys().next().map(String::as_str), Some(field), "{error}");
        };
        check(|it| it.title.clear(), "root.title");
        check(|it| it.action = Some(Action::Person), "root");
        check(|it| it.items[1].digit = "1".into(), "root.1");
        check(|it| it.items[1].digit = "x".into(), "root.x");
        check(|it| it.items[1].node.action = None, "root.9");
        check(|it| it.items[0].node.action = Some(Action::Person), "root.1");
        check(|it| it.items[0].node.items[0].node.answers = Some(vec![]), "root.1.1.answers");
        check(
            |it| {
                for _ in 0..8 {
                    let deeper =
                        Node { title: "深".into(), items: std::mem::take(&mut it.items), ..Node::default() };
                    it.items = vec![Choice { digit: "1".into(), node: deeper }];
                }
            },
            "root.1.1.1.1.1.1.1.1",
        );
    }
}
