//! A production server and a simulated platform: they do not meet, whenever that is tried.

use serde_json::json;

use super::{inbox_body, simulator};
use crate::house::House;

#[tokio::test]
async fn a_production_server_takes_no_simulated_account() {
    let simulator = simulator().await;
    let house = House::with(&[("CHUDIAN__EGRESS__ALLOWED_PRIVATE", "127.0.0.1")]);
    let root = house.found().await;
    let (_, admin) = house.member(&root, "telecom").await;
    let simulated = inbox_body("wx0000000000000001", &simulator);

    let refused = house.call(&admin, "POST", "/inboxes", simulated.clone()).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "inbox.simulated"), "{refused:?}");
    assert!(refused.json()["fields"]["settings.api_base"].is_string());
    assert_eq!(house.get(&admin, "/inboxes").await.json()["items"], json!([]));

    // Not by way of an edit either, and what was true stays.
    let mut honest = simulated.clone();
    honest["settings"].as_object_mut().unwrap().remove("api_base");
    let inbox = house.call(&admin, "POST", "/inboxes", honest).await.json();
    let path = format!("/inboxes/{}", inbox["id"].as_str().unwrap());
    let change = json!({ "settings": simulated["settings"] });
    let refused = house.call(&admin, "PATCH", &path, change.clone()).await;
    assert_eq!(refused.code(), "inbox.simulated");
    assert_eq!(house.get(&admin, &path).await.json()["settings"].get("api_base"), None);
    assert_eq!(house.call(&admin, "PATCH", &path, json!({ "name": "新名" })).await.status, 200);

    // An address where a simulator came later: found when it is checked or switched on again.
    let nobody = json!({ "settings": { "app_id": "wx0000000000000001", "original_id": "gh_0000000000000001",
        "account_kind": "service", "mode": "safe", "api_base": "http://127.0.0.1:9" } });
    assert_eq!(house.call(&admin, "PATCH", &path, nobody).await.status, 200);
    let row = change["settings"].to_string();
    let write = move |tx: &mut chudian::db::Tx<'_>| {
        tx.execute("update inboxes set settings = $1", chudian::db::args![row])
    };
    house.ctx.db.write(write).await.unwrap();
    for (method, path, body) in [
        ("POST", format!("{path}/checks"), json!(null)),
        ("PATCH", path.clone(), json!({ "disabled": false })),
    ] {
        assert_eq!(
            house.call(&admin, method, &path, body).await.code(),
            "inbox.simulated",
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn a_demo_takes_it() {
    let simulator = simulator().await;
    let house = House::with(&[
        ("CHUDIAN__EGRESS__ALLOWED_PRIVATE", "127.0.0.1"),
        ("CHUDIAN__DEMO__ALLOW_SIMULATOR", "true"),
    ]);
    let root = house.found().await;
    let (_, admin) = house.member(&root, "telecom").await;
    let answer = house.call(&admin, "POST", "/inboxes", inbox_body("wx0000000000000001", &simulator)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}
