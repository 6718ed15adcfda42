//! Faults on demand.

use serde_json::{Value, json};

use crate::stage::{Answer, Server, Stage, field};

const SEND: &str = "/cgi-bin/message/custom/send";

async fn with(fault: Value) -> (Stage, String) {
    let stage = Stage::start().await;
    stage.says("你好").await;
    let token = stage.token().await;
    stage.sim("PUT", "/faults", json!({ "faults": [fault] })).await;
    (stage, token)
}

async fn raw_send(stage: &Stage, token: &str) -> Result<reqwest::Response, reqwest::Error> {
    let body = json!({ "touser": stage.openid, "msgtype": "text", "text": { "content": "到了吗" } });
    stage.http.post(format!("{}{SEND}?access_token={token}", stage.base)).body(body.to_string()).send().await
}

#[tokio::test]
async fn a_connection_that_breaks_before_does_nothing() {
    let (stage, token) =
        with(json!({ "on": "api", "path": SEND, "next": 1, "effect": { "kind": "drop_before" } })).await;
    assert!(raw_send(&stage, &token).await.is_err());
    assert_eq!(stage.last().await["text"], "你好");
    assert_eq!(stage.send(&token, "现在好了").await, 0);
}

#[tokio::test]
async fn a_connection_that_breaks_after_has_delivered() {
    let (stage, token) =
        with(json!({ "on": "api", "path": SEND, "next": 1, "effect": { "kind": "drop_after" } })).await;
    assert!(raw_send(&stage, &token).await.is_err());
    assert_eq!(stage.last().await["text"], "到了吗");
}

#[tokio::test]
async fn gateways_and_codes_can_fail() {
    let (stage, token) = with(
        json!({ "on": "api", "path": "/cgi-bin/message/*", "effect": { "kind": "http", "status": 502 } }),
    )
    .await;
    assert_eq!(raw_send(&stage, &token).await.unwrap().status(), 502);
    assert_eq!(stage.last().await["text"], "你好");
    let code = json!({ "on": "api", "effect": { "kind": "errcode", "errcode": 48001 } });
    stage.sim("PUT", "/faults", json!({ "faults": [code] })).await;
    assert_eq!(stage.send(&token, "x").await, 48001);
    let hits = stage.sim("GET", "/faults", Value::Null).await["faults"][0]["hits"].clone();
    assert_eq!(hits, 1);
    stage.sim("PUT", "/faults", json!({ "faults": [] })).await;
    assert_eq!(stage.send(&token, "x").await, 0);
}

#[tokio::test]
async fn a_push_can_be_repeated_and_is_answered_once() {
    for overlapping in [false, true] {
        let stage = Stage::start().await;
        let server = Server::start(&[Answer::Text("一次")]).await;
        stage.connect(&server, "plain").await;
        let effect = json!({ "kind": "duplicate", "copies": 3, "overlapping": overlapping });
        stage
            .sim(
                "PUT",
                "/faults",
                json!({ "faults": [{ "on": "callback", "path": "text", "effect": effect }] }),
            )
            .await;

        stage.says("在吗").await;

        let ids: Vec<String> = server.bodies().iter().map(|body| field(body, "MsgId")).collect();
        assert_eq!(ids.len(), 3);
        assert!(ids.iter().all(|id| *id == ids[0]));
        let items = stage.chat().await["items"].clone();
        let shown = items.as_array().unwrap().iter().filter(|item| item["from"] == "account").count();
        assert_eq!(shown, 1);
    }
}

#[tokio::test]
async fn a_nonsense_fault_is_refused() {
    let stage = Stage::start().await;
    for bad in [
        json!({ "on": "api", "effect": { "kind": "duplicate" } }),
        json!({ "on": "moon", "effect": { "kind": "drop_before" } }),
        json!({ "on": "api", "effect": { "kind": "melt" } }),
        json!({ "on": "api", "rate": 2, "effect": { "kind": "drop_before" } }),
    ] {
        let (status, answer) = stage.try_sim("PUT", "/faults", json!({ "faults": [bad] })).await;
        assert_eq!(status, 400, "{answer}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_asked_for_again() {
    let stage = Stage::start().await;
    let server = Server::start(&[Answer::Text("同一句")]).await;
    stage.connect(&server, "plain").await;
    let fault = json!({ "on": "callback", "next": 1, "effect": { "kind": "late_answer", "attempts": 2 } });
    stage.sim("PUT", "/faults", json!({ "faults": [fault] })).await;

    let ending = stage.says("在吗").await;

    assert_eq!((ending["outcome"].as_str(), ending["attempts"].as_u64()), (Some("answered"), Some(3)));
    assert_eq!(server.bodies().len(), 3);
    let items = stage.chat().await["items"].clone();
    assert_eq!(items.as_array().unwrap().iter().filter(|item| item["from"] == "account").count(), 1);
}
