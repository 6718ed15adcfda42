//! What the platform checks in a menu. Pure.

use jiff::civil::Date;
use serde_json::Value;

use super::errcode::{Refusal, refuse};
use crate::rules::Rules;

/// Kinds of buttons and the member each must have.
const KINDS: [(&str, &str); 13] = [
    ("click", "key"),
    ("view", "url"),
    ("scancode_push", "key"),
    ("scancode_waitmsg", "key"),
    ("pic_sysphoto", "key"),
    ("pic_photo_or_album", "key"),
    ("pic_weixin", "key"),
    ("location_select", "key"),
    ("media_id", "media_id"),
    ("view_limited", "media_id"),
    ("miniprogram", "appid"),
    ("article_id", "article_id"),
    ("article_view_limited", "article_id"),
];

/// Error codes that differ between the levels.
struct Level {
    name_bytes: usize,
    kind: i64,
    name: i64,
    key: i64,
    url: i64,
    domain: i64,
}

/// Checks the buttons of a menu.
pub(crate) fn check(buttons: &Value, rules: &Rules, date: Date) -> Result<(), Refusal> {
    let buttons = buttons.as_array().ok_or_else(|| refuse(40035))?;
    if buttons.is_empty() || buttons.len() > 3 {
        return Err(refuse(40016));
    }
    let top = Level {
        name_bytes: rules.size("menu_top_name_bytes", date),
        kind: 40017,
        name: 40018,
        key: 40019,
        url: 40020,
        domain: 40055,
    };
    let sub = Level {
        name_bytes: rules.size("menu_sub_name_bytes", date),
        kind: 40024,
        name: 40025,
        key: 40026,
        url: 40027,
        domain: 40054,
    };
    for button in buttons {
        check_name(button, &top)?;
        match button["sub_button"].as_array().filter(|list| !list.is_empty()) {
            None => check_button(button, &top, rules, date)?,
            Some(list) if list.len() > 5 => return Err(refuse(40023)),
            Some(list) => {
                for button in list {
                    check_name(button, &sub)?;
                    if button["sub_button"].as_array().is_some_and(|third| !third.is_empty()) {
                        return Err(refuse(40023).saying("a menu has two levels"));
                    }
                    check_button(button, &sub, rules, date)?;
                }
            }
        }
    }
    Ok(())
}

fn check_name(button: &Value, level: &Level) -> Result<(), Refusal> {
    match button["name"].as_str() {
        Some(name) if !name.is_empty() && name.len() <= level.name_bytes => Ok(()),
        _ => Err(refuse(level.name)),
    }
}

fn check_button(button: &Value, level: &Level, rules: &Rules, date: Date) -> Result<(), Refusal> {
    let kind = button["type"].as_str().unwrap_or("");
    let member = KINDS.iter().find(|(name, _)| *name == kind).map(|(_, member)| *member);
    let member = member.ok_or_else(|| refuse(level.kind))?;
    let value = button[member].as_str().unwrap_or("");
    match member {
        "key" if value.is_empty() || value.len() > rules.size("menu_key_bytes", date) => {
            Err(refuse(level.key))
        }
        "url" => check_url(value, level, rules, date),
        "media_id" if value.is_empty() => Err(refuse(40007)),
        "appid" if value.is_empty() || button["pagepath"].as_str().unwrap_or("").is_empty() => {
            Err(refuse(40035))
        }
        "appid" => check_url(button["url"].as_str().unwrap_or(""), level, rules, date),
        "article_id" if value.is_empty() => Err(refuse(40035)),
        _ => Ok(()),
    }
}

fn check_url(url: &str, level: &Level, rules: &Rules, date: Date) -> Result<(), Refusal> {
    if url.is_empty() || url.len() > rules.size("menu_url_bytes", date) {
        return Err(refuse(level.url));
    }
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(refuse(level.domain));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check_menu(buttons: &Value, wanted: Option<i64>) {
        let found = check(buttons, &Rules::built_in(), "2026-06-01".parse().unwrap())
            .err()
            .map(|refusal| refusal.code);
        assert_eq!(found, wanted, "{buttons}");
    }

    #[test]
    fn menus_are_checked() {
        let click = |name: &str| json!({ "type": "click", "name": name, "key": "K" });
        let sub = |list: Value| json!([{ "name": "更多", "sub_button": list }]);
        check_menu(&json!([click("话费"), click("流量"), click("人工")]), None);
        check_menu(&json!([]), Some(40016));
        check_menu(&json!(vec![click("a"); 4]), Some(40016));
        check_menu(&json!([click("这个名字太长了")]), Some(40018));
        check_menu(&json!([{ "type": "dance", "name": "a" }]), Some(40017));
        check_menu(&json!([{ "type": "click", "name": "a" }]), Some(40019));
        check_menu(&json!([{ "type": "click", "name": "a", "key": "k".repeat(129) }]), Some(40019));
        check_menu(&json!([{ "type": "view", "name": "a", "url": "ftp://x" }]), Some(40055));
        check_menu(&json!([{ "type": "view", "name": "a", "url": "" }]), Some(40020));
        check_menu(
            &json!([{ "type": "view", "name": "a", "url": format!("https://x/{}", "y".repeat(1024)) }]),
            Some(40020),
        );
        check_menu(&sub(json!(vec![click("名字可以长一些"); 5])), None);
        check_menu(&sub(json!(vec![click("a"); 6])), Some(40023));
        check_menu(&sub(json!([{ "name": "a", "sub_button": [click("b")] }])), Some(40023));
        check_menu(&sub(json!([{ "type": "click", "name": "n".repeat(61), "key": "k" }])), Some(40025));
        check_menu(&sub(json!([{ "type": "click", "name": "n" }])), Some(40026));
        check_menu(&sub(json!([{ "type": "view", "name": "n", "url": "nonsense" }])), Some(40054));
        check_menu(
            &json!([{ "type": "miniprogram", "name": "a", "appid": "wx", "pagepath": "p", "url": "https://x" }]),
            None,
        );
    }
}
