//! The account's menu: checked before it leaves, published, and read back.

use wechat::api::menu::{self, Button, ButtonKind, Menu};
use wechat::api::menu_check::{self, MenuLimits};
use wechat::error::{Asked, Reaction};

use crate::base::{Error, Result};
use crate::channels::adapter::MenuButton;
use crate::channels::book::OpenInbox;
use crate::ctx::Ctx;

use super::call;

/// Refuses what the platform would refuse, naming the button.
pub(super) fn check(buttons: &[MenuButton]) -> Result<()> {
    let problems = menu_check::problems(&to_wire(buttons), &MenuLimits::default());
    if problems.is_empty() {
        return Ok(());
    }
    let mut wrong = Error::invalid("menu.buttons", "WeChat would refuse this menu; see each button");
    for problem in problems {
        let place: Vec<String> = problem.path.iter().map(ToString::to_string).collect();
        wrong = wrong.field(format!("buttons.{}", place.join(".")), problem.fault.to_string());
    }
    Err(wrong)
}

/// Makes this the account's menu. Without buttons the menu is taken down.
pub(super) async fn publish(ctx: &Ctx, inbox: &OpenInbox, buttons: &[MenuButton]) -> Result<()> {
    check(buttons)?;
    let done = if buttons.is_empty() {
        call::call(ctx, inbox, &menu::delete()).await
    } else {
        call::call(ctx, inbox, &menu::create(&to_wire(buttons))).await
    };
    done.map(|_| ()).map_err(|error| call::explain(&error))
}

/// Reads the account's menu; none is an empty one.
pub(super) async fn pull(ctx: &Ctx, inbox: &OpenInbox) -> Result<Vec<MenuButton>> {
    match call::call(ctx, inbox, &menu::get()).await {
        Ok(answer) => Ok(from_wire(&answer.menu.button)),
        Err(error) if error.reaction(Asked::Api) == Reaction::Empty => Ok(Vec::new()),
        Err(error) => Err(call::explain(&error)),
    }
}

fn to_wire(buttons: &[MenuButton]) -> Menu {
    Menu { button: buttons.iter().map(button_to_wire).collect(), ..Menu::default() }
}

fn button_to_wire(it: &MenuButton) -> Button {
    let kind = match it.kind.as_str() {
        "sub" => None,
        "mini_program" => Some(ButtonKind::Miniprogram),
        // Every other name is the platform's own.
        other => serde_json::from_value(serde_json::Value::String(other.to_owned())).ok(),
    };
    Button {
        name: it.name.clone(),
        kind,
        key: it.key.clone(),
        url: it.url.clone(),
        appid: it.app_id.clone(),
        pagepath: it.page_path.clone(),
        media_id: it.media_id.clone(),
        article_id: it.article_id.clone(),
        sub_button: it.children.iter().map(button_to_wire).collect(),
        ..Button::default()
    }
}

fn from_wire(buttons: &[Button]) -> Vec<MenuButton> {
    buttons.iter().map(button_from_wire).collect()
}

fn button_from_wire(it: &Button) -> MenuButton {
    let kind = match &it.kind {
        None => "sub".to_owned(),
        Some(ButtonKind::Miniprogram) => "mini_program".to_owned(),
        Some(other) => {
            serde_json::to_value(other).ok().and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default()
        }
    };
    MenuButton {
        name: it.name.clone(),
        kind,
        key: it.key.clone(),
        url: it.url.clone(),
        app_id: it.appid.clone(),
        page_path: it.pagepath.clone(),
        media_id: it.media_id.clone(),
        article_id: it.article_id.clone(),
        children: from_wire(&it.sub_button),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_menu_goes_out_and_comes_back_the_same() {
        let json = r#"[{"name":"查询","kind":"sub","children":[
            {"name":"话费","kind":"click","key":"bill"},
            {"name":"官网","kind":"view","url":"https://example.com"},
            {"name":"小程序","kind":"mini_program","url":"https://example.com","app_id":"wx1","page_path":"p"},
            {"name":"图片","kind":"media_id","media_id":"MATERIAL"},
            {"name":"文章","kind":"article_view_limited","article_id":"ARTICLE"}]}]"#;
        let buttons: Vec<MenuButton> = serde_json::from_str(json).unwrap();
        assert_eq!(from_wire(&to_wire(&buttons).button), buttons);
        assert!(check(&buttons).is_ok());
    }

    #[test]
    fn a_refused_button_is_named() {
        let buttons: Vec<MenuButton> =
            serde_json::from_str(r#"[{"name":"很长很长很长的名字","kind":"click","key":"a"}]"#).unwrap();
        let error = check(&buttons).unwrap_err();
        assert_eq!(error.code, "menu.buttons");
        assert!(error.fields.contains_key("buttons.0"), "{:?}", error.fields);
    }
}
