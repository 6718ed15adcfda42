//! Scripted customers and their counts.

use serde_json::{Value, json};

use crate::stage::{APP, Answer, Server, Stage, field, until};

async fn run(stage: &Stage, script: Value) -> Value {
    let name = stage.sim("POST", "/scripts", script).await["script"].clone();
    let path = format!("/counts?script={}", name.as_str().unwrap());
    until(|| async {
        let counts = stage.sim("GET", &path, Value::Null).await;
        counts["running"] == 0 && counts["open_pushes"] == 0
    })
    .await;
    stage.sim("GET", &path, Value::Null).await
}

#[tokio::test]
async fn every_message_is_counted() {
    let stage = Stage::start().await;
    let server = Server::start(&[Answer::Text("收到")]).await;
    stage.connect(&server, "plain").await;
    let counts = run(
        &stage,
        json!({ "app_id": APP, "people": 7, "messages": 100, "rate": 2000.0, "texts": ["问 {token}"] }),
    )
    .await;
    for name in ["sent", "acknowledged", "answered", "visible_answers", "attempts"] {
        assert_eq!(counts[name], 100, "{name} in {counts}");
    }
    assert_eq!(
        (counts["doubled"].as_u64(), counts["acknowledged_without_answer"].as_u64()),
        (Some(0), Some(0))
    );
    let mut texts: Vec<String> = server.bodies().iter().map(|body| field(body, "Content")).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 100);
}

#[tokio::test]
async fn a_lost_and_a_doubled_answer_are_seen() {
    let stage = Stage::start().await;
    let server = Server::start(&[Answer::Body("success")]).await;
    stage.connect(&server, "plain").await;
    let lost = run(&stage, json!({ "app_id": APP, "people": 1, "messages": 1, "rate": 10.0 })).await;
    assert_eq!(
        (lost["acknowledged"].as_u64(), lost["acknowledged_without_answer"].as_u64()),
        (Some(1), Some(1))
    );

    let question = field(&server.bodies()[0], "Content");
    let openid = field(&server.bodies()[0], "FromUserName");
    let token = stage.token().await;
    for text in [format!("您问：{question}"), "没有记号的第二个回答".to_owned()] {
        let body = json!({ "touser": openid, "msgtype": "text", "text": { "content": text } });
        assert_eq!(stage.code(&token, "/cgi-bin/message/custom/send", &body).await, 0);
    }
    let counts = stage.sim("GET", "/counts?messages=true", Value::Null).await;
    assert_eq!(
        (counts["doubled"].as_u64(), counts["acknowledged_without_answer"].as_u64()),
        (Some(1), Some(0))
    );
    let message = &counts["messages"][0];
    assert_eq!((message["quoted"].as_u64(), message["unquoted"].as_u64()), (Some(1), Some(1)));
}

#[tokio::test]
async fn bounds_are_kept() {
    let stage = Stage::start().await;
    for bad in [
        json!({ "app_id": APP, "people": 0, "messages": 1, "rate": 1.0 }),
        json!({ "app_id": APP, "people": 1, "messages": 600_000, "rate": 1.0 }),
        json!({ "app_id": APP, "people": 1, "messages": 1, "rate": 0.0 }),
        json!({ "app_id": APP, "people": 1, "messages": 1, "rate": 1.0, "volume": 11 }),
    ] {
        assert_eq!(stage.try_sim("POST", "/scripts", bad.clone()).await.0, 400, "{bad}");
    }
    assert_eq!(
        stage
            .try_sim("POST", "/scripts", json!({ "app_id": "none", "people": 1, "messages": 1, "rate": 1.0 }))
            .await
            .0,
        404
    );
}
