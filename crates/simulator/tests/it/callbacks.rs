//! Pushes, attempts, answers.

use serde_json::json;
use wechat::crypto::{self, AesKey};

use crate::stage::{ACCOUNT, APP, Answer, KEY, Server, Stage, TOKEN, field};

#[tokio::test]
async fn a_passive_reply_is_shown() {
    let stage = Stage::start().await;
    let server = Server::start(&[Answer::Text("您好")]).await;
    stage.connect(&server, "plain").await;

    let ending = stage.says("在吗").await;

    assert_eq!(ending["outcome"], "answered");
    assert_eq!(stage.last().await, json!({ "type": "text", "text": "您好" }));
    let push = &server.bodies()[0];
    assert_eq!(field(push, "Content"), "在吗");
    assert_eq!(field(push, "ToUserName"), ACCOUNT);
    assert_eq!(field(push, "FromUserName"), stage.openid);
}

#[tokio::test]
async fn safe_mode_hides_the_text_and_wants_a_sealed_answer() {
    let stage = Stage::start().await;
    let server = Server::start(&[Answer::Text("您好")]).await;
    stage.connect(&server, "safe").await;

    let ending = stage.says("秘密").await;

    assert!(ending["outcome"].as_str().unwrap().starts_with("refused: safe mode"), "{ending}");
    assert!(!server.bodies()[0].contains("秘密"));
    assert_eq!(stage.last().await["code"], "unavailable");
}

#[tokio::test]
async fn a_failing_server_gets_three_attempts_with_one_message_id() {
    let stage = Stage::start().await;
    stage.sim("PUT", "/settings", json!({ "retry_gap_ms": 1 })).await;
    let server = Server::start(&[Answer::Status(500)]).await;
    stage.connect(&server, "plain").await;

    let ending = stage.says("在吗").await;

    assert_eq!((ending["acknowledged"].as_bool(), ending["attempts"].as_u64()), (Some(false), Some(3)));
    let ids: Vec<String> = server.bodies().iter().map(|body| field(body, "MsgId")).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(stage.last().await["code"], "unavailable");
}

#[tokio::test]
async fn a_second_attempt_may_succeed() {
    let stage = Stage::start().await;
    stage.sim("PUT", "/settings", json!({ "retry_gap_ms": 1, "callback_timeout_ms": 100 })).await;
    let server = Server::start(&[Answer::Slow(400), Answer::Text("来了")]).await;
    stage.connect(&server, "plain").await;

    let ending = stage.says("在吗").await;

    assert_eq!((ending["outcome"].as_str(), ending["attempts"].as_u64()), (Some("answered"), Some(2)));
    assert_eq!(stage.last().await["text"], "来了");
}

#[tokio::test]
async fn answers_are_judged() {
    let cases = [
        ("", true),
        ("success", true),
        ("{\"code\":0}", false),
        ("<html>busy</html>", false),
        ("<xml><ToUserName>x</ToUserName></xml>", false),
    ];
    for (body, wanted) in cases {
        let stage = Stage::start().await;
        let server = Server::start(&[Answer::Body(body)]).await;
        stage.connect(&server, "plain").await;
        let ending = stage.says("在吗").await;
        assert_eq!(ending["acknowledged"], wanted, "{body:?} gave {ending}");
        assert_eq!(server.bodies().len(), 1, "an answer in time is not asked for again");
    }
}

#[tokio::test]
async fn pushes_of_one_person_come_in_order() {
    let stage = Stage::start().await;
    let server = Server::start(&[Answer::Slow(5)]).await;
    stage.connect(&server, "plain").await;
    for number in 0..20 {
        stage.act("messages", json!({ "type": "text", "text": number.to_string() })).await;
    }
    stage.says("last").await;

    let texts: Vec<String> = server.bodies().iter().map(|body| field(body, "Content")).collect();
    let wanted: Vec<String> = (0..20).map(|number| number.to_string()).chain(["last".into()]).collect();
    assert_eq!(texts, wanted);
}

#[tokio::test]
async fn events_carry_what_they_should() {
    let stage = Stage::start().await;
    let server = Server::start(&[Answer::Body("success")]).await;
    stage.connect(&server, "plain").await;
    let token = stage.token().await;
    let scene = json!({ "action_name": "QR_STR_SCENE", "expire_seconds": 600, "action_info": { "scene": { "scene_str": "hall" } } });
    let ticket = stage.post(&token, "/cgi-bin/qrcode/create", &scene.to_string()).await["ticket"].clone();

    stage.act("unfollow", json!({ "wait": true })).await;
    stage.act("scans", json!({ "scene": "hall", "wait": true })).await;
    stage.act("scans", json!({ "scene": "hall", "wait": true })).await;
    stage.act("menu-clicks", json!({ "key": "BILL", "wait": true })).await;
    stage.act("messages", json!({ "type": "text", "text": "满意", "menu_id": "101", "wait": true })).await;
    stage.act("messages", json!({ "type": "voice", "recognition": "我要退货。", "wait": true })).await;
    stage.act("pushes", json!({ "fields": { "MsgType": "hologram", "Depth": 3 }, "wait": true })).await;

    let got = server.bodies();
    let seen: Vec<[String; 3]> = got
        .iter()
        .map(|body| [field(body, "MsgType"), field(body, "Event"), field(body, "EventKey")])
        .collect();
    let event = |name: &str, key: &str| ["event".to_owned(), name.to_owned(), key.to_owned()];
    assert_eq!(
        seen[..4],
        [
            event("unsubscribe", ""),
            event("subscribe", "qrscene_hall"),
            event("SCAN", "hall"),
            event("CLICK", "BILL")
        ]
    );
    assert_eq!(field(&got[1], "Ticket"), ticket.as_str().unwrap());
    assert!(field(&got[1], "MsgId").is_empty(), "events have no MsgId");
    assert_eq!(field(&got[4], "bizmsgmenuid"), "101");
    assert_eq!(field(&got[5], "Recognition"), "我要退货。");
    assert_eq!(field(&got[6], "Depth"), "3");
}

#[tokio::test]
async fn a_callback_address_must_answer_the_verification() {
    let stage = Stage::start().await;
    let server = Server::start(&[Answer::Body("success")]).await;
    let path = format!("/accounts/{APP}/callback");
    let wrong = json!({ "url": server.url, "token": "another1", "mode": "plain" });
    let done = stage.sim("PUT", &path, wrong).await;
    assert_eq!((done["ok"].as_bool(), done["status"].as_u64()), (Some(false), Some(403)));
    assert!(stage.sim("GET", &format!("/accounts/{APP}"), json!(null)).await["callback"].is_null());
    for bad in [
        json!({ "url": "ftp://x", "token": "token123", "mode": "plain" }),
        json!({ "url": server.url, "token": "x", "mode": "plain" }),
        json!({ "url": server.url, "token": "token123", "mode": "safe", "aes_key": "short" }),
        json!({ "url": server.url, "token": "token123", "mode": "loud" }),
    ] {
        assert_eq!(stage.try_sim("PUT", &path, bad.clone()).await.0, 400, "{bad}");
    }
}

#[tokio::test]
async fn a_push_may_still_come_with_the_old_key() {
    let stage = Stage::start().await;
    let server = Server::start(&[Answer::Body("success")]).await;
    stage.connect(&server, "safe").await;
    let new = KEY.chars().rev().collect::<String>();
    let body = json!({ "url": server.url, "token": TOKEN, "aes_key": new, "mode": "safe" });
    stage.sim("PUT", &format!("/accounts/{APP}/callback"), body).await;
    let fault = json!({ "on": "callback", "next": 1, "effect": { "kind": "old_key" } });
    stage.sim("PUT", "/faults", json!({ "faults": [fault] })).await;

    stage.says("旧钥匙").await;
    stage.says("新钥匙").await;

    let opens = |body: &str, key: &str| {
        let key = AesKey::parse(key).unwrap();
        crypto::decrypt(&key, APP, &field(body, "Encrypt")).is_ok()
    };
    let got = server.bodies();
    assert_eq!((opens(&got[0], KEY), opens(&got[0], &new)), (true, false));
    assert_eq!((opens(&got[1], KEY), opens(&got[1], &new)), (false, true));
}

#[tokio::test]
async fn a_phone_keeps_its_menu_for_a_while() {
    let stage = Stage::start().await;
    stage.sim("PUT", "/settings", json!({ "menu_cache_seconds": 300 })).await;
    // The phone looked once when the person followed, and saw no menu.
    stage.sim("POST", "/clock/advance", json!({ "seconds": 301 })).await;
    let token = stage.token().await;
    let create = async |name: &str| {
        let body = json!({ "button": [{ "type": "click", "name": name, "key": "K" }] });
        assert_eq!(stage.code(&token, "/cgi-bin/menu/create", &body).await, 0);
    };
    create("旧").await;
    assert_eq!(stage.chat().await["menu"][0]["name"], "旧");
    create("新").await;
    assert_eq!(stage.chat().await["menu"][0]["name"], "旧");
    stage.sim("POST", "/clock/advance", json!({ "seconds": 301 })).await;
    assert_eq!(stage.chat().await["menu"][0]["name"], "新");
}
