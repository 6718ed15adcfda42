//! Service messages, templates, notices, mass messages.

use wechat::api::request::Body;
use wechat::api::{custom, mass, subscription, template};

use crate::shape;

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
fn template_calls() {
    let value = template::TemplateValue { value: "话费账单".to_owned() };
    let message = template::TemplateSend {
        touser: "o1".to_owned(),
        template_id: "T".to_owned(),
        url: None,
        miniprogram: None,
        client_msg_id: None,
        data: [("thing1".to_owned(), value.clone())].into(),
    };
    assert_eq!(
        shape(&template::send(&message)),
        r#"POST /cgi-bin/message/template/send {"touser":"o1","template_id":"T","data":{"thing1":{"value":"话费账单"}}}"#
    );
    assert_eq!(shape(&template::list()), "GET /cgi-bin/template/get_all_private_template");
    assert_eq!(shape(&template::industries()), "GET /cgi-bin/template/get_industry");
    assert_eq!(
        shape(&template::set_industries("1", "4")),
        r#"POST /cgi-bin/template/api_set_industry {"industry_id1":"1","industry_id2":"4"}"#
    );
    assert_eq!(
        shape(&template::add("TM1", &["姓名"])),
        r#"POST /cgi-bin/template/api_add_template {"template_id_short":"TM1","keyword_name_list":["姓名"]}"#
    );
    assert_eq!(
        shape(&template::delete("T")),
        r#"POST /cgi-bin/template/del_private_template {"template_id":"T"}"#
    );

    let notice = subscription::SubscriptionSend {
        touser: "o1".to_owned(),
        template_id: "T".to_owned(),
        page: Some("https://e.com".to_owned()),
        miniprogram: None,
        data: [("thing1".to_owned(), value)].into(),
    };
    assert_eq!(
        shape(&subscription::send(&notice)),
        r#"POST /cgi-bin/message/subscribe/bizsend {"touser":"o1","template_id":"T","page":"https://e.com","data":{"thing1":{"value":"话费账单"}}}"#
    );
    assert_eq!(shape(&subscription::list()), "GET /wxaapi/newtmpl/gettemplate");
    assert_eq!(shape(&subscription::categories()), "GET /wxaapi/newtmpl/getcategory");
    assert_eq!(
        shape(&subscription::add("7", &[1, 2], "账单")),
        r#"POST /wxaapi/newtmpl/addtemplate {"tid":"7","kidList":[1,2],"sceneDesc":"账单"}"#
    );
    assert_eq!(shape(&subscription::delete("T")), r#"POST /wxaapi/newtmpl/deltemplate {"priTmplId":"T"}"#);
}

#[test]
fn mass_calls() {
    let text = || mass::MassMessage::Text { text: mass::Text { content: "您好".to_owned() } };
    let filter = mass::Filter { is_to_all: false, tag_id: Some(2) };
    let message = mass::FilterSend {
        filter,
        message: text(),
        send_ignore_reprint: 0,
        clientmsgid: Some("b1-0".to_owned()),
    };
    let call = mass::send_to_filter(&message);
    assert_eq!(
        shape(&call),
        concat!(
            r#"POST /cgi-bin/message/mass/sendall {"filter":{"is_to_all":false,"tag_id":2},"msgtype":"text","#,
            r#""text":{"content":"您好"},"send_ignore_reprint":0,"clientmsgid":"b1-0"}"#
        )
    );
    let Body::Json(body) = call.request.body else { panic!() };
    assert_eq!(serde_json::from_str::<mass::FilterSend>(&body).unwrap(), message);
    let images = mass::Images { media_ids: vec!["m".to_owned()], ..mass::Images::default() };
    let message = mass::ListSend {
        touser: vec!["o1".to_owned(), "o2".to_owned()],
        message: mass::MassMessage::Image { images },
        send_ignore_reprint: 1,
        clientmsgid: None,
    };
    assert_eq!(
        shape(&mass::send_to_list(&message)),
        concat!(
            r#"POST /cgi-bin/message/mass/send {"touser":["o1","o2"],"msgtype":"image","images":{"media_ids":["m"],"#,
            r#""recommend":"","need_open_comment":0,"only_fans_can_comment":0},"send_ignore_reprint":1}"#
        )
    );
    let preview = mass::Preview { touser: None, towxname: Some("me".to_owned()), message: text() };
    assert_eq!(
        shape(&mass::preview(&preview)),
        r#"POST /cgi-bin/message/mass/preview {"towxname":"me","msgtype":"text","text":{"content":"您好"}}"#
    );
    assert_eq!(
        shape(&mass::delete(7, 0)),
        r#"POST /cgi-bin/message/mass/delete {"msg_id":7,"article_idx":0}"#
    );
    assert_eq!(shape(&mass::status(7)), r#"POST /cgi-bin/message/mass/get {"msg_id":7}"#);
    assert_eq!(shape(&mass::speed()), "POST /cgi-bin/message/mass/speed/get {}");
    assert_eq!(shape(&mass::set_speed(3)), r#"POST /cgi-bin/message/mass/speed/set {"speed":3}"#);
}
