//! The platform's API: codes, windows, quotas, media, tokens.

use serde_json::{Value, json};

use crate::stage::{APP, Stage};

const SEND: &str = "/cgi-bin/message/custom/send";

#[tokio::test]
async fn tokens_are_refused_in_words() {
    let stage = Stage::start().await;
    let ask = async |query: &str| stage.get(&format!("/cgi-bin/token?{query}")).await;
    let cases = [
        ("grant_type=password&appid=a&secret=b".to_owned(), 40002),
        ("grant_type=client_credential&secret=b".to_owned(), 41002),
        (format!("grant_type=client_credential&appid={APP}"), 41004),
        ("grant_type=client_credential&appid=other&secret=b".to_owned(), 40013),
        (format!("grant_type=client_credential&appid={APP}&secret=wrong"), 40125),
    ];
    for (query, code) in cases {
        assert_eq!(ask(&query).await["errcode"], code, "{query}");
    }
    assert_eq!(stage.get("/cgi-bin/menu/get").await["errcode"], 41001);
    assert_eq!(stage.get("/cgi-bin/menu/get?access_token=never-issued").await["errcode"], 40001);
    let first = stage.token().await;
    assert_eq!(stage.get(&format!("/cgi-bin/menu/get?access_token={first}")).await["errcode"], 46003);
    stage.token().await;
    stage.sim("POST", "/clock/advance", json!({ "seconds": 301 })).await;
    assert_eq!(stage.get(&format!("/cgi-bin/menu/get?access_token={first}")).await["errcode"], 40001);
    let last = stage.token().await;
    stage.sim("PUT", "/faults", json!({ "expire_tokens": ["*"] })).await;
    assert_eq!(stage.get(&format!("/cgi-bin/menu/get?access_token={last}")).await["errcode"], 42001);
}

#[tokio::test]
async fn the_stable_token_stays() {
    let stage = Stage::start().await;
    let ask = async |force: bool| {
        let body = json!({ "grant_type": "client_credential", "appid": APP, "secret": "secret", "force_refresh": force });
        stage.post("", "/cgi-bin/stable_token", &body.to_string()).await
    };
    let first = ask(false).await;
    assert_eq!(first["expires_in"], 7200);
    assert_eq!(ask(false).await["access_token"], first["access_token"]);
    assert_ne!(ask(true).await["access_token"], first["access_token"]);
    assert_eq!(ask(true).await["errcode"], 45011);
}

#[tokio::test]
async fn an_address_that_is_not_listed_gets_no_token() {
    let stage = Stage::start().await;
    stage.sim("PATCH", &format!("/accounts/{APP}"), json!({ "ip_list": ["10.1.2.3"] })).await;
    let path = format!("/cgi-bin/token?grant_type=client_credential&appid={APP}&secret=secret");
    let answer = stage.get(&path).await;
    assert_eq!(answer["errcode"], 40164);
    assert!(answer["errmsg"].as_str().unwrap().contains("127.0.0.1"), "{answer}");
}

#[tokio::test]
async fn service_messages_are_checked() {
    let stage = Stage::start().await;
    let token = stage.token().await;
    stage.says("你好").await;
    let to = |kind: &str, body: Value| json!({ "touser": stage.openid, "msgtype": kind, kind: body });
    let article = json!({ "title": "t", "url": "https://example.com" });
    let cases = [
        (json!({ "touser": "oNobody", "msgtype": "text", "text": { "content": "x" } }), 40003),
        (to("text", json!({ "content": "" })), 44004),
        (to("text", json!({ "content": "长".repeat(683) })), 45002),
        (to("image", json!({ "media_id": "none" })), 40007),
        (to("news", json!({ "articles": [article, article] })), 45008),
        (to("news", json!({ "articles": [] })), 44004),
        (to("hologram", json!({})), 40008),
        (to("link", json!({ "title": "only mini programs" })), 48008),
        (json!({ "touser": stage.openid, "msgtype": "text" }), 40008),
        (
            json!({ "touser": stage.openid, "msgtype": "text", "text": { "content": "x" }, "customservice": { "kf_account": "no@one" } }),
            65401,
        ),
        (to("miniprogrampage", json!({ "title": "t" })), 40035),
        (to("msgmenu", json!({ "head_content": "h", "list": [] })), 40035),
    ];
    for (body, code) in &cases {
        assert_eq!(stage.code(&token, SEND, body).await, *code, "{body}");
    }
    // A refused message costs nothing: all five are still there.
    for number in 0..5 {
        assert_eq!(stage.send(&token, "好").await, 0, "message {number}");
    }
    assert_eq!(stage.send(&token, "第六条").await, 45047);
}

#[tokio::test]
async fn bodies_are_read_whatever_their_header_says() {
    let stage = Stage::start().await;
    let token = stage.token().await;
    stage.says("你好").await;
    let escaped =
        format!(r#"{{"touser":"{}","msgtype":"text","text":{{"content":"\u4f60"}}}}"#, stage.openid);
    assert_eq!(stage.post(&token, SEND, &escaped).await["errcode"], 40033);
    assert_eq!(stage.post(&token, SEND, "{broken").await["errcode"], 47001);
    assert_eq!(stage.post(&token, SEND, "").await["errcode"], 44002);
    let got = stage.get(&format!("{SEND}?access_token={token}")).await;
    assert_eq!(got["errcode"], 43002);
    assert_eq!(stage.post(&token, "/cgi-bin/menu/get", "{}").await["errcode"], 43001);
    assert_eq!(stage.post(&token, "/cgi-bin/no/such/thing", "{}").await["errcode"], 40066);
    assert!(got["errmsg"].as_str().unwrap().contains(" rid: "));
}

#[tokio::test]
async fn windows_open_and_close_with_the_clock() {
    let stage = Stage::start().await;
    let token = stage.token().await;
    // Following opened three messages for one minute.
    for _ in 0..3 {
        assert_eq!(stage.send(&token, "欢迎").await, 0);
    }
    assert_eq!(stage.send(&token, "欢迎").await, 45047);
    stage.sim("POST", "/clock/advance", json!({ "seconds": 61 })).await;
    assert_eq!(stage.send(&token, "在吗").await, 45015);
    stage.says("我在").await;
    stage.sim("POST", "/clock/advance", json!({ "seconds": 47 * 3600 })).await;
    let token = stage.token().await;
    assert_eq!(stage.send(&token, "还在").await, 0);
    stage.sim("POST", "/clock/advance", json!({ "seconds": 3600 })).await;
    assert_eq!(stage.send(&token, "晚了").await, 45015);
    stage.says("又来").await;
    stage.act("unfollow", json!({})).await;
    assert_eq!(stage.send(&token, "别走").await, 45015);
}

#[tokio::test]
async fn an_account_can_live_in_another_year() {
    let stage = Stage::start().await;
    let token = stage.token().await;
    stage.sim("PATCH", &format!("/accounts/{APP}"), json!({ "rules_date": "2015-01-01" })).await;
    stage.says("你好").await;
    for _ in 0..30 {
        assert_eq!(stage.send(&token, "2015 年没有条数限制").await, 0);
    }
}

#[tokio::test]
async fn quotas_end_at_midnight_and_can_be_cleared() {
    let stage = Stage::start().await;
    let token = stage.token().await;
    stage.says("你好").await;
    stage.sim("PUT", "/faults", json!({ "use_up": [SEND] })).await;
    assert_eq!(stage.send(&token, "x").await, 45009);
    let quota =
        stage.post(&token, "/cgi-bin/openapi/quota/get", &json!({ "cgi_path": SEND }).to_string()).await;
    assert_eq!(quota["quota"], json!({ "daily_limit": 500_000, "used": 500_000, "remain": 0 }));
    assert_eq!(stage.code(&token, "/cgi-bin/clear_quota", &json!({ "appid": APP })).await, 0);
    assert_eq!(stage.send(&token, "x").await, 0);
    for _ in 0..9 {
        assert_eq!(stage.code(&token, "/cgi-bin/clear_quota", &json!({ "appid": APP })).await, 0);
    }
    assert_eq!(stage.code(&token, "/cgi-bin/clear_quota", &json!({ "appid": APP })).await, 48006);
}

#[tokio::test]
async fn media_are_named_and_die_after_three_days() {
    let stage = Stage::start().await;
    let token = stage.token().await;
    let gif = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec();
    let uploaded = stage.upload(&token, "image", gif.clone()).await;
    let id = uploaded["media_id"].as_str().unwrap();
    let url = format!("{}/cgi-bin/media/get?access_token={token}&media_id={id}", stage.base);
    let answer = stage.http.get(&url).send().await.unwrap();
    let head = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(head("content-disposition"), format!("attachment; filename=\"{id}.gif\""));
    assert_eq!(head("content-type"), "image/gif");
    assert_eq!(head("x-chudian-simulator"), "1");
    assert_eq!(answer.bytes().await.unwrap(), gif);
    assert_eq!(stage.upload(&token, "image", b"words".to_vec()).await["errcode"], 40005);
    assert_eq!(stage.upload(&token, "image", Vec::new()).await["errcode"], 44001);
    assert_eq!(stage.upload(&token, "sculpture", gif).await["errcode"], 40004);
    stage.sim("POST", "/clock/advance", json!({ "seconds": 3 * 86_400 })).await;
    let token = stage.token().await;
    let gone = stage.get(&format!("/cgi-bin/media/get?access_token={token}&media_id={id}")).await;
    assert_eq!(gone["errcode"], 40007);
}

#[tokio::test]
async fn what_a_person_sends_can_be_fetched() {
    let stage = Stage::start().await;
    stage.act("messages", json!({ "type": "voice" })).await;
    let id = stage.last().await["media"].as_str().unwrap().to_owned();
    let token = stage.token().await;
    let url = format!("{}/cgi-bin/media/get?access_token={token}&media_id={id}", stage.base);
    let voice = stage.http.get(&url).send().await.unwrap();
    assert_eq!(voice.headers()["content-type"], "audio/amr");
    assert!(voice.bytes().await.unwrap().starts_with(b"#!AMR"));
}

#[tokio::test]
async fn codes_are_checked_and_drawn() {
    let stage = Stage::start().await;
    let token = stage.token().await;
    let code = |action: &str, scene: Value, life: i64| json!({ "action_name": action, "expire_seconds": life, "action_info": { "scene": scene } });
    let cases = [
        (code("QR_SCENE", json!({ "scene_id": 1 }), 2_592_000), 0),
        (code("QR_SCENE", json!({ "scene_id": 1 }), 2_592_001), 40035),
        (code("QR_SCENE", json!({ "scene_id": 0 }), 60), 40053),
        (code("QR_LIMIT_SCENE", json!({ "scene_id": 100_000 }), 0), 0),
        (code("QR_LIMIT_SCENE", json!({ "scene_id": 100_001 }), 0), 40053),
        (code("QR_LIMIT_STR_SCENE", json!({ "scene_str": "s".repeat(64) }), 0), 0),
        (code("QR_LIMIT_STR_SCENE", json!({ "scene_str": "s".repeat(65) }), 0), 40053),
        (code("QR_DANCE", json!({ "scene_id": 1 }), 60), 40053),
    ];
    for (body, wanted) in &cases {
        assert_eq!(stage.code(&token, "/cgi-bin/qrcode/create", body).await, *wanted, "{body}");
    }
    let made = stage.post(&token, "/cgi-bin/qrcode/create", &cases[0].0.to_string()).await;
    let url = format!("{}/cgi-bin/showqrcode?ticket={}", stage.base, made["ticket"].as_str().unwrap());
    let picture = stage.http.get(url).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/png");
}

#[tokio::test]
async fn people_can_be_listed_and_tagged() {
    let stage = Stage::start().await;
    let token = stage.token().await;
    let list = stage.get(&format!("/cgi-bin/user/get?access_token={token}")).await;
    assert_eq!(list["data"]["openid"], json!([stage.openid]));
    let next = list["next_openid"].as_str().unwrap();
    let end = stage.get(&format!("/cgi-bin/user/get?access_token={token}&next_openid={next}")).await;
    assert_eq!((end["count"].as_i64(), end["data"].is_null()), (Some(0), true));
    let tag =
        stage.post(&token, "/cgi-bin/tags/create", r#"{"tag":{"name":"新客"}}"#).await["tag"]["id"].clone();
    let put = |openid: &str| json!({ "tagid": tag, "openid_list": [openid] });
    assert_eq!(stage.code(&token, "/cgi-bin/tags/members/batchtagging", &put("oNobody")).await, 49003);
    assert_eq!(stage.code(&token, "/cgi-bin/tags/members/batchtagging", &put(&stage.openid)).await, 0);
    let info = stage.get(&format!("/cgi-bin/user/info?access_token={token}&openid={}", stage.openid)).await;
    assert_eq!((info["tagid_list"].clone(), info["nickname"].as_str()), (json!([tag]), Some("")));
    assert_eq!(
        stage.code(&token, "/cgi-bin/tags/create", &json!({ "tag": { "name": "n".repeat(31) } })).await,
        45158
    );
}

#[tokio::test]
async fn web_authorisation_gives_a_code_once() {
    let stage = Stage::start().await;
    let page = format!(
        "{}/connect/oauth2/authorize?appid={APP}&redirect_uri=http%3A%2F%2F127.0.0.1%2Fback&response_type=code&scope=snsapi_userinfo&state=s",
        stage.base
    );
    let asked = stage.http.get(format!("{page}&sim_person=p1")).send().await.unwrap();
    assert!(asked.text().await.unwrap().contains("同意"));
    let sent = stage.http.get(format!("{page}&sim_person=p1&sim_agree=true")).send().await.unwrap();
    let back = url::Url::parse(sent.headers()["location"].to_str().unwrap()).unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let path = format!(
        "/sns/oauth2/access_token?appid={APP}&secret=secret&code={code}&grant_type=authorization_code"
    );
    let login = stage.get(&path).await;
    assert_eq!(login["openid"], stage.openid);
    assert_eq!(stage.get(&path).await["errcode"], 40163);
    let info = format!(
        "/sns/userinfo?access_token={}&openid={}",
        login["access_token"].as_str().unwrap(),
        stage.openid
    );
    assert_eq!(stage.get(&info).await["nickname"], "李晓雨");
    let bad = stage.http.get(page.replace(APP, "other")).send().await.unwrap();
    assert_eq!(bad.status(), 400);
}

#[tokio::test]
async fn the_business_systems_answer() {
    let stage = Stage::start().await;
    let bills = stage.get("/business/telecom/customers/13900000001/bills").await;
    assert_eq!(bills["items"][0]["total_yuan"], "87.40");
    assert_eq!(stage.get("/business/gas/customers/nobody").await["code"], "missing");
}
