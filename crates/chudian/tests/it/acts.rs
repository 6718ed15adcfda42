//! Acts on whole entries over the API, on both databases: where four eyes are asked for, one person proposes and
//! another confirms.

use serde_json::{Value, json};

use crate::editors::{Company, companies, made, soon, text, tried};
use crate::house::{Answer, Caller, House};
use crate::rehearsals::figures;
use crate::workshop::{act, ask_for_four_eyes, colleague, published};

const NEVER: &str = "没有人问过的话";

async fn propose(house: &House, caller: &Caller, path: &str, body: Value) -> Answer {
    act(house, caller, path, "proposal", body).await
}

/// Confirms what is proposed now.
async fn confirm(house: &House, caller: &Caller, path: &str) -> Answer {
    let entry = made(&house.get(caller, path).await);
    let body = json!({ "proposal": entry["proposal"]["id"] });
    act(house, caller, path, "proposal/confirmation", body).await
}

async fn count(house: &House, caller: &Caller, stage: &str) -> usize {
    let found = made(&house.get(caller, &format!("/knowledge/entries?draft={stage}")).await);
    found["items"].as_array().unwrap().len()
}

/// The newest records of an act, newest first.
async fn recorded(house: &House, company: &Company, action: &str) -> Vec<Value> {
    let log = made(&house.get(&company.admin, &format!("/audit-log?action={action}")).await);
    log["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_takes_an_entry_away_or_brings_a_text_back_asks_for_two_people() {
    companies(|house, company| async move {
        let (editor, second) = (&company.editor, colleague(&house, &company).await);
        let path = published(&house, editor, "怎么查话费", "回复 1").await;
        let body = json!({ "question": "怎么查话费", "answers": text("看 APP") });
        made(&house.call(editor, "PUT", &path, body).await);
        let fallback = tried(&house, editor, NEVER, &Value::Null).await.0;

        // While nobody asks for two, nothing is proposed.
        let early = propose(&house, editor, &path, json!({ "act": "delete" })).await;
        assert_eq!((early.status, early.code().as_str()), (409, "knowledge.proposal_needless"));
        ask_for_four_eyes(&house, &company).await;

        // By no door alone, also not by who wrote nothing of it.
        for caller in [editor, &second] {
            for answer in [
                house.call(caller, "DELETE", &format!("{path}?accept_fall=true"), Value::Null).await,
                house.call(caller, "PUT", &format!("{path}/enabled"), json!({ "enabled": false })).await,
                act(&house, caller, &path, "restoration", json!({ "version": 1 })).await,
            ] {
                assert_eq!((answer.status, answer.code().as_str()), (403, "knowledge.four_eyes_act"));
            }
        }
        soon(&house, editor, "怎么查话费", "看 APP").await;

        // Offline: proposed, seen in the list of what waits, confirmed by the other.
        for (body, code) in [
            (json!({ "act": "enable" }), "knowledge.changed"),
            (json!({ "act": "disable", "version": 1 }), "knowledge.changed"),
            (json!({ "act": "restore" }), "knowledge.which_version"),
        ] {
            assert_eq!(propose(&house, editor, &path, body).await.code(), code);
        }
        assert_eq!(
            propose(&house, editor, &path, json!({ "act": "restore", "restores": 7 })).await.status,
            404
        );
        let body = json!({ "act": "disable", "version": 2, "note": "资费有误" });
        let entry = made(&propose(&house, editor, &path, body).await);
        assert_eq!(
            (
                &entry["proposal"]["act"],
                &entry["proposal"]["open"],
                &entry["proposal"]["proposed_by"]["name"]
            ),
            (&json!("disable"), &json!(true), &json!("editor@telecom"))
        );
        assert_eq!(count(&house, &second, "review").await, 1);
        assert_eq!(
            propose(&house, &second, &path, json!({ "act": "delete" })).await.code(),
            "knowledge.proposed"
        );
        assert_eq!(tried(&house, editor, "怎么查话费", &Value::Null).await.0, "看 APP");
        assert_eq!(confirm(&house, editor, &path).await.code(), "knowledge.four_eyes_act");
        let other = json!({ "proposal": "prp_0000000000000" });
        let other = act(&house, &second, &path, "proposal/confirmation", other).await;
        assert_eq!(other.code(), "knowledge.changed");
        assert_eq!(confirm(&house, &company.agent, &path).await.status, 403);
        assert_eq!(
            house.call(&company.other, "DELETE", &format!("{path}/proposal"), Value::Null).await.status,
            404
        );
        assert_eq!(confirm(&house, &second, &path).await.status, 204);
        soon(&house, editor, "怎么查话费", &fallback).await;
        let log = recorded(&house, &company, "knowledge.disable").await;
        assert_eq!(
            (&log[0]["actor"]["name"], &log[0]["detail"]["note"]),
            (&json!("second@telecom"), &json!("资费有误"))
        );
        assert!(log[0]["detail"]["proposed_by"].is_string(), "{log:?}");
        assert_eq!(count(&house, &second, "review").await, 0);

        // Online again, by two as well; and an earlier text.
        made(&propose(&house, &second, &path, json!({ "act": "enable" })).await);
        assert_eq!(confirm(&house, editor, &path).await.status, 204);
        soon(&house, editor, "怎么查话费", "看 APP").await;
        made(&propose(&house, editor, &path, json!({ "act": "restore", "restores": 1 })).await);
        assert_eq!(confirm(&house, &second, &path).await.status, 204);
        soon(&house, editor, "怎么查话费", "回复 1").await;
        let versions = made(&house.get(editor, &format!("{path}/versions")).await);
        assert_eq!(versions["items"][0]["restored_from"], 1);
        assert_eq!(versions["items"][0]["published_by"]["name"], "second@telecom");

        // And gone.
        made(&propose(&house, editor, &path, json!({ "act": "delete" })).await);
        assert_eq!(confirm(&house, &second, &path).await.status, 204);
        assert_eq!(house.get(editor, &path).await.status, 404);
        soon(&house, editor, "怎么查话费", &fallback).await;
        assert_eq!(recorded(&house, &company, "knowledge.propose").await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn what_was_never_published_is_its_writers_own() {
    companies(|house, company| async move {
        let editor = &company.editor;
        ask_for_four_eyes(&house, &company).await;
        let body = json!({ "question": "宽带断网怎么办", "answers": text("重启"), "publish": false });
        let entry = made(&house.call(editor, "POST", "/knowledge/entries", body).await);
        let path = format!("/knowledge/entries/{}", entry["id"].as_str().unwrap());
        assert_eq!(house.call(editor, "DELETE", &path, Value::Null).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn a_proposal_is_refused_with_a_reason_withdrawn_or_overtaken() {
    companies(|house, company| async move {
        let (editor, second) = (&company.editor, colleague(&house, &company).await);
        let path = published(&house, editor, "怎么查话费", "回复 1").await;
        ask_for_four_eyes(&house, &company).await;
        let entry = made(&propose(&house, editor, &path, json!({ "act": "delete" })).await);
        let id = entry["proposal"]["id"].clone();

        let refuse = async |reason: &str| {
            let body = json!({ "proposal": id, "reason": reason });
            act(&house, &second, &path, "proposal/refusal", body).await
        };
        assert_eq!(refuse("  ").await.code(), "knowledge.refusal_reason");
        let entry = made(&refuse("还有客户在问").await);
        assert_eq!(
            (
                &entry["proposal"]["open"],
                &entry["proposal"]["reason"],
                &entry["proposal"]["refused_by"]["name"]
            ),
            (&json!(false), &json!("还有客户在问"), &json!("second@telecom"))
        );
        assert_eq!((count(&house, editor, "review").await, count(&house, editor, "returned").await), (0, 1));
        assert_eq!(confirm(&house, &company.admin, &path).await.code(), "knowledge.proposal_over");
        assert_eq!(refuse("另一个理由").await.code(), "knowledge.proposal_over", "what was said stays");
        assert_eq!(
            recorded(&house, &company, "knowledge.refuse").await[0]["detail"]["reason"],
            "还有客户在问"
        );

        // Proposed anew over the refused one, and taken back.
        made(&propose(&house, editor, &path, json!({ "act": "disable" })).await);
        let put_away = house.call(&second, "DELETE", &format!("{path}/proposal"), Value::Null).await;
        assert_eq!((put_away.status, put_away.code().as_str()), (403, "knowledge.others_proposal"));
        assert_eq!(house.call(editor, "DELETE", &format!("{path}/proposal"), Value::Null).await.status, 204);
        assert!(made(&house.get(editor, &path).await)["proposal"].is_null());
        assert_eq!(house.call(editor, "DELETE", &format!("{path}/proposal"), Value::Null).await.status, 404);

        // Something else is published meanwhile: of that text nobody spoke.
        made(&propose(&house, editor, &path, json!({ "act": "delete" })).await);
        let body = json!({ "question": "怎么查话费", "answers": text("看 APP"), "publish": false });
        made(&house.call(editor, "PUT", &path, body).await);
        made(&act(&house, editor, &path, "draft/submission", json!({ "revision": 1 })).await);
        made(&act(&house, &second, &path, "publication", json!({ "revision": 1 })).await);
        assert_eq!(made(&house.get(editor, &path).await)["proposal"]["open"], false);
        assert_eq!(confirm(&house, &second, &path).await.code(), "knowledge.proposal_over");
        assert_eq!((count(&house, editor, "review").await, count(&house, editor, "returned").await), (0, 1));

        // The rule is taken back: one person acts, and what was proposed ends with that.
        made(&propose(&house, editor, &path, json!({ "act": "delete" })).await);
        let rules = json!({ "four_eyes": false });
        made(&house.call(&company.admin, "PUT", "/knowledge/settings", rules).await);
        made(&house.call(editor, "PUT", &format!("{path}/enabled"), json!({ "enabled": false })).await);
        assert!(made(&house.get(editor, &path).await)["proposal"].is_null());
    })
    .await;
}

#[tokio::test]
async fn who_confirms_a_proposal_is_told_what_would_fall() {
    companies(|house, company| async move {
        let (editor, second) = (&company.editor, colleague(&house, &company).await);
        let path = published(&house, editor, "怎么查话费", "回复 1").await;
        let id = path.rsplit('/').next().unwrap();
        let set = json!({ "name": "常问", "questions": [
            { "question": "怎么查话费", "expects": "entry", "entry": id }] });
        made(&house.call(editor, "POST", "/knowledge/test-sets", set).await);
        ask_for_four_eyes(&house, &company).await;
        let entry = made(&propose(&house, editor, &path, json!({ "act": "delete" })).await);
        let refused = confirm(&house, &second, &path).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "knowledge.score_falls"));
        let body = json!({ "proposal": entry["proposal"]["id"] });
        let done = act(&house, &second, &path, "proposal/confirmation?accept_fall=true", body).await;
        assert_eq!(done.status, 204);
        let log = recorded(&house, &company, "knowledge.delete").await;
        assert_eq!(figures(&log[0]["detail"]["accepted_fall"][0]), [1, 0, 1]);
    })
    .await;
}
