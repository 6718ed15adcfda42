//! Menus.

use wechat::api::menu;

use crate::shape;

#[test]
fn menu_calls() {
    let sub = vec![
        menu::Button::view("官网", "https://e.com"),
        menu::Button::mini_program("店", "wx2", "p", "https://e.com"),
    ];
    let bar = vec![menu::Button::click("查话费", "BILL"), menu::Button::parent("更多", sub)];
    let mut whole = menu::Menu { button: bar, ..menu::Menu::default() };
    assert_eq!(
        shape(&menu::create(&whole)),
        concat!(
            r#"POST /cgi-bin/menu/create {"button":[{"name":"查话费","type":"click","key":"BILL"},"#,
            r#"{"name":"更多","sub_button":[{"name":"官网","type":"view","url":"https://e.com"},"#,
            r#"{"name":"店","type":"miniprogram","url":"https://e.com","appid":"wx2","pagepath":"p"}]}]}"#
        )
    );
    whole.button.truncate(1);
    whole.matchrule = Some(menu::MatchRule { tag_id: Some("2".to_owned()), client_platform_type: None });
    assert_eq!(
        shape(&menu::add_conditional(&whole)),
        r#"POST /cgi-bin/menu/addconditional {"button":[{"name":"查话费","type":"click","key":"BILL"}],"matchrule":{"tag_id":"2"}}"#
    );
    assert_eq!(shape(&menu::get()), "GET /cgi-bin/menu/get");
    assert_eq!(shape(&menu::delete()), "GET /cgi-bin/menu/delete");
    assert_eq!(shape(&menu::get_current()), "GET /cgi-bin/get_current_selfmenu_info");
    assert_eq!(shape(&menu::delete_conditional("9")), r#"POST /cgi-bin/menu/delconditional {"menuid":"9"}"#);
    assert_eq!(shape(&menu::try_match("o1")), r#"POST /cgi-bin/menu/trymatch {"user_id":"o1"}"#);
}

#[test]
fn menu_answers() {
    let answer = r#"{"menu":{"button":[{"type":"click","name":"a","key":"K","sub_button":[]}],"menuid":207},
        "conditionalmenu":[{"button":[],"matchrule":{"tag_id":2},"menuid":"208"}]}"#;
    let answer: menu::MenuAnswer = serde_json::from_str(answer).unwrap();
    assert_eq!(answer.menu.button, [menu::Button::click("a", "K")]);
    assert_eq!(
        (answer.menu.menuid.as_deref(), answer.conditionalmenu[0].menuid.as_deref()),
        (Some("207"), Some("208"))
    );

    let answer = r#"{"is_menu_open":1,"selfmenu_info":{"button":[{"name":"b","sub_button":{"list":[
        {"type":"view","name":"c","url":"u"},{"type":"news","name":"d","value":"v"}]}}]}}"#;
    let answer: menu::SelfMenuAnswer = serde_json::from_str(answer).unwrap();
    let sub = &answer.selfmenu_info.unwrap().button[0].sub_button;
    assert_eq!(sub[0], menu::Button::view("c", "u"));
    assert_eq!(sub[1].kind, Some(menu::ButtonKind::Other("news".to_owned())));
}
