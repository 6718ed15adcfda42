//! What each call looks like on the wire.

use wechat::api::request::{Body, Call, File, Method};
use wechat::api::{account, custom, media, menu, user};

/// `METHOD path?query body`, with `!` in front when the access token is not sent.
fn shape<A>(call: &Call<A>) -> String {
    let request = &call.request;
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    let query: Vec<_> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let body = match &request.body {
        Body::Empty => String::new(),
        Body::Json(json) => json.clone(),
        Body::Form { file, fields } => format!("{}:{} {fields:?}", file.name, file.mime),
    };
    let mark = if request.needs_token { "" } else { "!" };
    let ask = if query.is_empty() { "" } else { "?" };
    format!("{mark}{method} {}{ask}{} {body}", request.path, query.join("&")).trim_end().to_owned()
}

fn photo() -> File {
    File { name: "照片.jpg".to_owned(), mime: "image/jpeg".to_owned(), bytes: "x".into() }
}

#[test]
fn account_calls() {
    assert_eq!(
        shape(&account::token("wx1", "s")),
        "!GET /cgi-bin/token?grant_type=client_credential&appid=wx1&secret=s"
    );
    assert_eq!(
        shape(&account::stable_token("wx1", "s", false)),
        r#"!POST /cgi-bin/stable_token {"grant_type":"client_credential","appid":"wx1","secret":"s","force_refresh":false}"#
    );
    assert_eq!(shape(&account::callback_addresses()), "GET /cgi-bin/getcallbackip");
    assert_eq!(shape(&account::api_addresses()), "GET /cgi-bin/get_api_domain_ip");
    assert_eq!(
        shape(&account::check_callback("all", "DEFAULT")),
        r#"POST /cgi-bin/callback/check {"action":"all","check_operator":"DEFAULT"}"#
    );
    assert_eq!(shape(&account::clear_quota("wx1")), r#"POST /cgi-bin/clear_quota {"appid":"wx1"}"#);
    assert_eq!(
        shape(&account::clear_quota_by_secret("wx1", "s")),
        r#"!POST /cgi-bin/clear_quota/v2 {"appid":"wx1","appsecret":"s"}"#
    );
    assert_eq!(
        shape(&account::quota("/cgi-bin/message/custom/send")),
        r#"POST /cgi-bin/openapi/quota/get {"cgi_path":"/cgi-bin/message/custom/send"}"#
    );
    assert_eq!(shape(&account::request_details("r1")), r#"POST /cgi-bin/openapi/rid/get {"rid":"r1"}"#);
}

#[test]
fn secrets_are_not_printed() {
    let answer = account::TokenAnswer { access_token: "tok".to_owned(), expires_in: 7200 };
    assert!(!format!("{answer:?}").contains("tok\""));
}

/// Sends the message and reads it again, as the simulator does.
fn custom_body(message: custom::CustomMessage) -> String {
    let send = custom::CustomSend { touser: "o1".to_owned(), message, customservice: None };
    let Body::Json(body) = custom::send(&send).request.body else { panic!("JSON expected") };
    assert_eq!(serde_json::from_str::<custom::CustomSend>(&body).expect("our own words"), send);
    body
}

#[test]
fn every_custom_message() {
    use custom::{CustomMessage as M, *};
    let media = || Media { media_id: "m".to_owned() };
    assert_eq!(
        custom_body(M::text("您好👍 \"1\"")),
        r#"{"touser":"o1","msgtype":"text","text":{"content":"您好👍 \"1\""}}"#
    );
    assert_eq!(custom_body(M::image("m")), r#"{"touser":"o1","msgtype":"image","image":{"media_id":"m"}}"#);
    assert_eq!(custom_body(M::voice("m")), r#"{"touser":"o1","msgtype":"voice","voice":{"media_id":"m"}}"#);
    let video = Video { media_id: "m".to_owned(), ..Video::default() };
    assert_eq!(
        custom_body(M::Video { video }),
        r#"{"touser":"o1","msgtype":"video","video":{"media_id":"m","thumb_media_id":"","title":"","description":""}}"#
    );
    let music = Music { musicurl: "u".to_owned(), thumb_media_id: "t".to_owned(), ..Music::default() };
    assert_eq!(
        custom_body(M::Music { music }),
        r#"{"touser":"o1","msgtype":"music","music":{"title":"","description":"","musicurl":"u","hqmusicurl":"","thumb_media_id":"t"}}"#
    );
    let article =
        Article { title: "会员日".to_owned(), url: "https://e.com".to_owned(), ..Article::default() };
    assert_eq!(
        custom_body(M::article(article)),
        r#"{"touser":"o1","msgtype":"news","news":{"articles":[{"title":"会员日","description":"","url":"https://e.com","picurl":""}]}}"#
    );
    assert_eq!(
        custom_body(M::MpNews { mpnews: media() }),
        r#"{"touser":"o1","msgtype":"mpnews","mpnews":{"media_id":"m"}}"#
    );
    let published = PublishedArticle { article_id: "a".to_owned() };
    assert_eq!(
        custom_body(M::MpNewsArticle { mpnewsarticle: published }),
        r#"{"touser":"o1","msgtype":"mpnewsarticle","mpnewsarticle":{"article_id":"a"}}"#
    );
    let msgmenu = MessageMenu {
        head_content: "满意吗？".to_owned(),
        list: vec![MessageMenuItem { id: "101".to_owned(), content: "满意".to_owned() }],
        tail_content: String::new(),
    };
    assert_eq!(
        custom_body(M::MsgMenu { msgmenu }),
        r#"{"touser":"o1","msgtype":"msgmenu","msgmenu":{"head_content":"满意吗？","list":[{"id":"101","content":"满意"}],"tail_content":""}}"#
    );
    assert_eq!(
        custom_body(M::WxCard { wxcard: Card { card_id: "c".to_owned() } }),
        r#"{"touser":"o1","msgtype":"wxcard","wxcard":{"card_id":"c"}}"#
    );
    let page =
        MiniProgramPage { appid: "wx2".to_owned(), pagepath: "p".to_owned(), ..MiniProgramPage::default() };
    assert_eq!(
        custom_body(M::MiniProgramPage { miniprogrampage: page }),
        r#"{"touser":"o1","msgtype":"miniprogrampage","miniprogrampage":{"title":"","appid":"wx2","pagepath":"p","thumb_media_id":""}}"#
    );
    let link = Link { title: "t".to_owned(), url: "u".to_owned(), ..Link::default() };
    assert_eq!(
        custom_body(M::Link { link }),
        r#"{"touser":"o1","msgtype":"link","link":{"title":"t","description":"","url":"u","thumb_url":""}}"#
    );
    assert_eq!(
        shape(&custom::typing("o1", true)),
        r#"POST /cgi-bin/message/custom/typing {"touser":"o1","command":"Typing"}"#
    );
}

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

#[test]
fn media_calls() {
    assert_eq!(
        shape(&media::upload(media::MediaKind::Image, photo())),
        "POST /cgi-bin/media/upload?type=image 照片.jpg:image/jpeg []"
    );
    assert_eq!(shape(&media::get("m 1")), "GET /cgi-bin/media/get?media_id=m 1");
    assert_eq!(shape(&media::get_recording("m")), "GET /cgi-bin/media/get/jssdk?media_id=m");
    assert_eq!(
        shape(&media::upload_article_image(photo())),
        "POST /cgi-bin/media/uploadimg 照片.jpg:image/jpeg []"
    );
    let description = media::VideoDescription { title: "片".to_owned(), introduction: "i".to_owned() };
    assert_eq!(
        shape(&media::add_video(photo(), &description)),
        r#"POST /cgi-bin/material/add_material?type=video 照片.jpg:image/jpeg [("description", "{\"title\":\"片\",\"introduction\":\"i\"}")]"#
    );
    assert_eq!(shape(&media::get_material("m")), r#"POST /cgi-bin/material/get_material {"media_id":"m"}"#);
    assert_eq!(
        shape(&media::delete_material("m")),
        r#"POST /cgi-bin/material/del_material {"media_id":"m"}"#
    );
    assert_eq!(shape(&media::count_material()), "GET /cgi-bin/material/get_materialcount");
    assert_eq!(
        shape(&media::list_material("news", 0, 20)),
        r#"POST /cgi-bin/material/batchget_material {"type":"news","offset":0,"count":20}"#
    );
    let thumb: media::UploadAnswer =
        serde_json::from_str(r#"{"type":"thumb","thumb_media_id":"t","created_at":1}"#).unwrap();
    assert_eq!(thumb.media_id, "t");
}

#[test]
fn user_calls() {
    assert_eq!(shape(&user::list("")), "GET /cgi-bin/user/get");
    assert_eq!(shape(&user::list("o9")), "GET /cgi-bin/user/get?next_openid=o9");
    assert_eq!(shape(&user::get("o1")), "GET /cgi-bin/user/info?openid=o1&lang=zh_CN");
    assert_eq!(
        shape(&user::get_many(&["o1"])),
        r#"POST /cgi-bin/user/info/batchget {"user_list":[{"openid":"o1","lang":"zh_CN"}]}"#
    );
    assert_eq!(
        shape(&user::set_remark("o1", "老客户")),
        r#"POST /cgi-bin/user/info/updateremark {"openid":"o1","remark":"老客户"}"#
    );
    assert_eq!(
        shape(&user::list_blocked("")),
        r#"POST /cgi-bin/tags/members/getblacklist {"begin_openid":""}"#
    );
    assert_eq!(
        shape(&user::block(&["o1"])),
        r#"POST /cgi-bin/tags/members/batchblacklist {"openid_list":["o1"]}"#
    );
    let gone: user::User = serde_json::from_str(r#"{"subscribe":0,"openid":"o1"}"#).unwrap();
    assert_eq!(gone, user::User { openid: "o1".to_owned(), ..user::User::default() });
    let last: user::OpenIdPage = serde_json::from_str(r#"{"total":2,"count":0,"next_openid":""}"#).unwrap();
    assert_eq!(last.data, None);
}
