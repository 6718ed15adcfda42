//! Our own client against the simulator: what third-party clients do not know (the stable token, menu
//! messages, typing, published articles), and that every answer decodes.

use std::collections::BTreeMap;

use serde_json::json;
use wechat::api::client::{Client, Download, Timeouts};
use wechat::api::custom::{self, CustomMessage, CustomSend};
use wechat::api::request::{Call, File};
use wechat::api::{account, draft, jssdk, kf, mass, media, menu, qr, subscription, tag, template, user};
use wechat::error::CallError;

use crate::stage::{APP, Stage, until};

struct Caller {
    stage: Stage,
    client: Client,
    token: String,
}

impl Caller {
    async fn start() -> Caller {
        let stage = Stage::start().await;
        stage.sim("PUT", "/settings", json!({ "job_delay_ms": 0 })).await;
        stage.says("你好").await;
        let client = Client::new(stage.http.clone(), &stage.base, Timeouts::default()).unwrap();
        let token = client.call("", &account::stable_token(APP, "secret", false)).await.unwrap().access_token;
        Caller { stage, client, token }
    }

    /// The answer of a call that must succeed.
    async fn call<A: serde::de::DeserializeOwned>(&self, call: &Call<A>) -> A {
        self.client
            .call(&self.token, call)
            .await
            .unwrap_or_else(|error| panic!("{:?}: {error}", call.request))
    }

    /// The error code of a call.
    async fn code<A: serde::de::DeserializeOwned>(&self, call: &Call<A>) -> i64 {
        match self.client.call(&self.token, call).await {
            Ok(_) => 0,
            Err(CallError::Api(error)) => error.code,
            Err(other) => panic!("{other}"),
        }
    }

    fn message(&self, message: CustomMessage) -> Call<wechat::api::answer::Done> {
        custom::send(&CustomSend { touser: self.stage.openid.clone(), message, customservice: None })
    }
}

fn png() -> File {
    let bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    File { name: "a.png".into(), mime: "image/png".into(), bytes: bytes.into() }
}

#[tokio::test]
async fn service_messages_of_all_kinds() {
    let it = Caller::start().await;
    let picture = it.call(&media::upload(media::MediaKind::Image, png())).await.media_id;
    let article =
        custom::Article { title: "账单".into(), url: "https://example.com".into(), ..Default::default() };
    it.call(&it.message(CustomMessage::text("您好"))).await;
    it.call(&it.message(CustomMessage::image(&picture))).await;
    it.call(&it.message(CustomMessage::article(article))).await;
    let item = custom::MessageMenuItem { id: "101".into(), content: "满意".into() };
    let msgmenu =
        custom::MessageMenu {
            head_content: "满意吗".into(), list: vec![item], tail_content: String::new()
        };
    it.call(&it.message(CustomMessage::MsgMenu { msgmenu })).await;
    assert_eq!(it.stage.last().await["items"][0]["id"], "101");
    it.call(&custom::typing(&it.stage.openid, true)).await;
    assert_eq!(it.code(&custom::typing(&it.stage.openid, true)).await, 45081);
    it.call(&custom::typing(&it.stage.openid, false)).await;

    // The tap counts as a menu click: the fifth message is left, and three are the least.
    it.stage.act("messages", json!({ "type": "text", "text": "满意", "menu_id": "101" })).await;
    let page = custom::MiniProgramPage {
        title: "营业厅".into(),
        appid: "wx1".into(),
        pagepath: "p".into(),
        thumb_media_id: picture,
    };
    it.call(&it.message(CustomMessage::MiniProgramPage { miniprogrampage: page })).await;
    for _ in 0..2 {
        it.call(&it.message(CustomMessage::text("还有"))).await;
    }
    assert_eq!(it.code(&it.message(CustomMessage::text("用完"))).await, 45047);
}

#[tokio::test]
async fn articles_are_drafted_published_and_sent() {
    let it = Caller::start().await;
    let article =
        draft::Article {
            title: "安全用气".into(), content: "<p>正文</p>".into(), ..Default::default()
        };
    let id = it.call(&draft::add(vec![article.clone()])).await.media_id;
    assert_eq!(it.call(&draft::get(&id)).await.news_item[0].title, "安全用气");
    it.call(&draft::update(&id, 0, article)).await;
    assert_eq!(it.call(&draft::count()).await.total_count, 1);
    let question = draft::PageQuestion { offset: 0, count: 20, no_content: 0 };
    assert_eq!(it.call(&draft::list(question)).await.total_count, 1);
    let job = it.call(&draft::publish(&id)).await;
    until(|| async { it.call(&draft::publication(&job.publish_id)).await.publish_status == 0 }).await;
    let article_id = it.call(&draft::publication(&job.publish_id)).await.article_id.unwrap();
    assert_eq!(it.call(&draft::list_published(question)).await.total_count, 1);
    let mpnewsarticle = custom::PublishedArticle { article_id: article_id.clone() };
    it.call(&it.message(CustomMessage::MpNewsArticle { mpnewsarticle })).await;
    let shown = it.stage.last().await;
    let page = it.stage.http.get(shown["items"][0]["url"].as_str().unwrap()).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("安全用气"));
    it.call(&draft::withdraw(&article_id, 1)).await;
    assert_eq!(it.code(&draft::published(&article_id)).await, 53600);
}

#[tokio::test]
async fn menus_people_and_codes() {
    let it = Caller::start().await;
    assert_eq!(it.code(&menu::get()).await, 46003);
    assert_eq!(it.call(&menu::get_current()).await.is_menu_open, 0);
    let buttons = vec![
        menu::Button::click("话费", "BILL"),
        menu::Button::parent("更多", vec![menu::Button::view("官网", "https://example.com")]),
    ];
    let plain = menu::Menu { button: buttons.clone(), ..Default::default() };
    it.call(&menu::create(&plain)).await;
    let rule = menu::MatchRule { client_platform_type: Some("2".into()), ..Default::default() };
    let special = menu::Menu { button: buttons[..1].to_vec(), matchrule: Some(rule), ..Default::default() };
    let id = it.call(&menu::add_conditional(&special)).await.menuid.unwrap();
    assert_eq!(it.call(&menu::try_match(&it.stage.openid)).await.button.len(), 1);
    assert_eq!(it.call(&menu::get()).await.conditionalmenu.len(), 1);
    it.call(&menu::delete_conditional(&id)).await;
    assert_eq!(it.call(&menu::get_current()).await.selfmenu_info.unwrap().button.len(), 2);
    it.call(&menu::delete()).await;

    let people = [it.stage.openid.as_str()];
    assert_eq!(it.call(&user::list("")).await.total, 1);
    it.call(&user::get(people[0])).await;
    it.call(&user::get_many(&people)).await;
    it.call(&user::set_remark(people[0], "老客户")).await;
    it.call(&user::block(&people)).await;
    it.call(&user::list_blocked("")).await;
    it.call(&user::unblock(&people)).await;
    it.call(&tag::create("新客")).await;
    it.call(&tag::list()).await;
    it.call(&tag::list_of(people[0])).await;
    let code = it.call(&qr::create(qr::Scene::text("hall"), Some(600))).await;
    let picture = qr::picture_url(&it.stage.base, &code.ticket).unwrap();
    assert_eq!(it.stage.http.get(picture).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn notices_desk_media_and_account() {
    let it = Caller::start().await;
    let openid = it.stage.openid.clone();
    let id = it.call(&template::add("TM1", &["应缴"])).await.template_id;
    let value = |text: &str| template::TemplateValue { value: text.into() };
    let data = BTreeMap::from([("keyword1".to_owned(), value("9 元"))]);
    let send = template::TemplateSend {
        touser: openid.clone(),
        template_id: id.clone(),
        url: None,
        miniprogram: None,
        client_msg_id: None,
        data: data.clone(),
    };
    it.call(&template::send(&send)).await;
    it.call(&template::list()).await;
    it.call(&template::set_industries("1", "4")).await;
    it.call(&template::industries()).await;
    it.call(&template::delete(&id)).await;
    let notice = it.call(&subscription::add("99", &[1], "账单")).await;
    it.call(&subscription::list()).await;
    it.call(&subscription::categories()).await;
    drop(notice);

    it.call(&kf::add("zhang@shop", "小张")).await;
    it.call(&kf::list()).await;
    it.call(&kf::list_online()).await;
    it.call(&kf::open_session("zhang@shop", &openid)).await;
    it.call(&kf::session(&openid)).await;
    it.call(&kf::sessions("zhang@shop")).await;
    it.call(&kf::waiting()).await;
    it.call(&kf::close_session("zhang@shop", &openid)).await;
    it.call(&kf::delete("zhang@shop")).await;

    let kept = it.call(&media::add_material(media::MediaKind::Image, png())).await;
    let found = it.client.download(&it.token, &media::get_material(&kept.media_id), 1 << 20).await.unwrap();
    assert!(matches!(found, Download::File { .. }), "{found:?}");
    it.call(&media::count_material()).await;
    it.call(&media::list_material("image", 0, 20)).await;
    it.call(&media::upload_article_image(png())).await;
    let text = mass::MassMessage::Text { text: mass::Text { content: "通知".into() } };
    let filter = mass::Filter { is_to_all: true, tag_id: None };
    let order = mass::FilterSend { filter, message: text, send_ignore_reprint: 0, clientmsgid: None };
    let sent = it.call(&mass::send_to_filter(&order)).await;
    it.call(&mass::status(sent.msg_id)).await;
    it.call(&mass::speed()).await;
    it.call(&mass::set_speed(1)).await;

    it.call(&account::callback_addresses()).await;
    it.call(&account::api_addresses()).await;
    it.call(&account::check_callback("all", "DEFAULT")).await;
    it.call(&account::quota("/cgi-bin/message/custom/send")).await;
    it.call(&account::clear_quota(APP)).await;
    it.call(&account::clear_quota_by_secret(APP, "secret")).await;
    it.call(&jssdk::ticket()).await;
}
