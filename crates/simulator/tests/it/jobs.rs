//! Results that come later: mass messages, templates, publishing.

use serde_json::json;

use crate::stage::{APP, Answer, Server, Stage, field, until};

/// A stage whose server gets job events at once.
async fn listening() -> (Stage, Server, String) {
    let stage = Stage::start().await;
    let server = Server::start(&[Answer::Body("success")]).await;
    stage.connect(&server, "plain").await;
    stage.sim("PUT", "/settings", json!({ "job_delay_ms": 0 })).await;
    let token = stage.token().await;
    (stage, server, token)
}

async fn event(server: &Server, name: &str) -> String {
    until(|| async { server.bodies().iter().any(|body| field(body, "Event") == name) }).await;
    server.bodies().into_iter().find(|body| field(body, "Event") == name).unwrap()
}

#[tokio::test]
async fn a_mass_message_reaches_people_and_reports() {
    let (stage, server, token) = listening().await;
    let body = json!({ "filter": { "is_to_all": true }, "msgtype": "text", "text": { "content": "停气通知" }, "clientmsgid": "c1" });
    let sent = stage.post(&token, "/cgi-bin/message/mass/sendall", &body.to_string()).await;
    let report = event(&server, "MASSSENDJOBFINISH").await;
    assert_eq!(field(&report, "MsgID"), sent["msg_id"].to_string());
    assert_eq!(
        (field(&report, "Status").as_str(), field(&report, "SentCount").as_str()),
        ("send success", "1")
    );
    assert_eq!(stage.last().await["text"], "停气通知");
    let again = stage.post(&token, "/cgi-bin/message/mass/sendall", &body.to_string()).await;
    assert_eq!((again["errcode"].as_i64(), &again["msg_id"]), (Some(45065), &sent["msg_id"]));
    let few = json!({ "touser": [stage.openid], "msgtype": "text", "text": { "content": "x" } });
    assert_eq!(stage.code(&token, "/cgi-bin/message/mass/send", &few).await, 40130);
}

#[tokio::test]
async fn a_template_reports_who_blocked_it() {
    let (stage, server, token) = listening().await;
    let short = r#"{"template_id_short":"账单","keyword_name_list":["应缴"]}"#;
    let template =
        stage.post(&token, "/cgi-bin/template/api_add_template", short).await["template_id"].clone();
    stage.sim("PUT", &format!("/accounts/{APP}/people/p1/settings"), json!({ "refuses": true })).await;
    let body = json!({ "touser": stage.openid, "template_id": template, "data": { "keyword1": { "value": "9 元" } } });
    assert_eq!(stage.code(&token, "/cgi-bin/message/template/send", &body).await, 0);
    assert_eq!(field(&event(&server, "TEMPLATESENDJOBFINISH").await, "Status"), "failed:user block");
}

#[tokio::test]
async fn a_draft_is_published() {
    let (stage, server, token) = listening().await;
    let draft = json!({ "articles": [{ "title": "安全用气", "content": "<p>正文</p>" }] });
    let id = stage.post(&token, "/cgi-bin/draft/add", &draft.to_string()).await["media_id"].clone();
    let job = stage.post(&token, "/cgi-bin/freepublish/submit", &json!({ "media_id": id }).to_string()).await;
    let report = event(&server, "PUBLISHJOBFINISH").await;
    assert!(report.contains(job["publish_id"].as_str().unwrap()), "{report}");
    let ask = json!({ "publish_id": job["publish_id"] }).to_string();
    let status = stage.post(&token, "/cgi-bin/freepublish/get", &ask).await;
    assert_eq!(status["publish_status"], 0);
    let article = json!({ "article_id": status["article_id"] }).to_string();
    let found = stage.post(&token, "/cgi-bin/freepublish/getarticle", &article).await;
    assert_eq!(found["news_item"][0]["title"], "安全用气");
}

#[tokio::test]
async fn a_subscription_notice_needs_a_right_for_each() {
    let (stage, server, token) = listening().await;
    let added = stage.post(&token, "/wxaapi/newtmpl/addtemplate", r#"{"tid":"99","kidList":[1]}"#).await;
    let template = added["priTmplId"].as_str().unwrap();
    let body = json!({ "touser": stage.openid, "template_id": template, "data": { "thing1": { "value": "账单已出" } } });
    let path = "/cgi-bin/message/subscribe/bizsend";
    assert_eq!(stage.code(&token, path, &body).await, 43101);
    stage.sim("PUT", &format!("/accounts/{APP}/people/p1/settings"), json!({ "grant": template })).await;
    assert_eq!(stage.code(&token, path, &body).await, 0);
    assert_eq!(stage.code(&token, path, &body).await, 43101);
    assert!(event(&server, "subscribe_msg_sent_event").await.contains(template));
}
