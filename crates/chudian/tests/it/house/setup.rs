//! Set-up, members and people.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Caller, House, PASSWORD, houses};

#[tokio::test]
async fn of_a_hundred_who_set_up_together_one_wins_and_then_it_is_closed() {
    houses(|house| async move {
        assert_eq!(house.get(&Caller::stranger(), "/setup").await.json(), json!({ "open": true }));
        let tries = (0..100).map(|number| {
            let house = Arc::clone(&house);
            tokio::spawn(async move {
                let body = json!({ "headquarters": format!("总部 {number}"), "login": format!("root{number}"),
                    "name": "管理员", "password": PASSWORD });
                house.call(&Caller::stranger(), "POST", "/setup", body).await
            })
        });
        let mut won = 0;
        for answer in futures::future::join_all(tries).await {
            let answer = answer.unwrap();
            match answer.status {
                201 => won += 1,
                _ => assert_eq!((answer.status, answer.code().as_str()), (409, "setup.closed"), "{answer:?}"),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(house.get(&Caller::stranger(), "/setup").await.json(), json!({ "open": false }));
    })
    .await;
}

#[tokio::test]
async fn headquarters_sees_the_names_of_members_and_a_member_only_itself() {
    houses(|house| async move {
        let root = house.found().await;
        let (bank, bank_admin) = house.member(&root, "bank").await;
        house.member(&root, "gas").await;

        let names = |value: &Value| {
            let items = value["items"].as_array().unwrap().clone();
            items.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(&house.get(&root, "/tenants").await.json()), ["hq", "bank", "gas"]);
        assert_eq!(names(&house.get(&bank_admin, "/tenants").await.json()), ["bank"]);
        assert_eq!(house.get(&root, "/users").await.json()["items"].as_array().unwrap().len(), 1);

        let refused = house
            .call(
                &bank_admin,
                "POST",
                "/tenants",
                json!({ "name": "x", "code": "xx", "time_zone": "UTC",
                "administrator": { "login": "xx", "name": "x", "password": PASSWORD } }),
            )
            .await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "tenant.not_headquarters"));

        let own =
            house.call(&bank_admin, "PATCH", &format!("/tenants/{bank}"), json!({ "closed": true })).await;
        assert_eq!(own.code(), "tenant.own");
        let closed = house.call(&root, "PATCH", &format!("/tenants/{bank}"), json!({ "closed": true })).await;
        assert_eq!(closed.status, 200);
        assert_eq!(house.get(&bank_admin, "/session").await.status, 401, "a closed tenant's sessions end");
        let again = house.try_password(&Caller::stranger(), "admin@bank", PASSWORD).await;
        assert_eq!((again.status, again.code().as_str()), (401, "session.wrong"));
        let open = house
            .call(&root, "PATCH", &format!("/tenants/{bank}"), json!({ "closed": false, "name": "银行" }))
            .await;
        assert_eq!(open.json()["name"], "银行");
        house.log_in("admin@bank").await;
    })
    .await;
}

#[tokio::test]
async fn a_tenant_never_loses_its_last_administrator() {
    houses(|house| async move {
        let root = house.found().await;
        let me = house.get(&root, "/session").await.json()["user"]["id"].as_str().unwrap().to_owned();
        for body in [json!({ "disabled": true }), json!({ "role": "agent" })] {
            let answer = house.call(&root, "PATCH", &format!("/users/{me}"), body).await;
            assert_eq!((answer.status, answer.code().as_str()), (409, "user.self"));
        }
        let (second, other) = house.person(&root, "second", "administrator").await;
        let answer = house.call(&other, "PATCH", &format!("/users/{me}"), json!({ "role": "agent" })).await;
        assert_eq!(answer.status, 200);
        let (_, third) = house.person(&other, "third", "agent").await;
        let answer =
            house.call(&third, "PATCH", &format!("/users/{second}"), json!({ "disabled": true })).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "permission.missing"));
    })
    .await;
}

#[tokio::test]
async fn people_are_found_in_pages() {
    houses(|house| async move {
        let root = house.found().await;
        for number in 0..5 {
            let body = json!({ "login": format!("agent_{number}"), "name": format!("坐席 {number}"), "role": "agent",
                "password": PASSWORD });
            assert_eq!(house.call(&root, "POST", "/users", body).await.status, 201);
        }
        let mut seen = Vec::new();
        let mut path = "/users?query=AGENT_&limit=2".to_owned();
        loop {
            let page = house.get(&root, &path).await.json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|it| it["login"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/users?query=agent_&limit=2&after={next}");
        }
        assert_eq!(seen, ["agent_0", "agent_1", "agent_2", "agent_3", "agent_4"]);
        for query in ["%", "_", "'", "\\"] {
            let query: String = query.bytes().map(|it| format!("%{it:02x}")).collect();
            let found = house.get(&root, &format!("/users?query={query}")).await.json();
            let logins = found["items"].as_array().unwrap().len();
            assert_eq!(logins, if query == "%5f" { 5 } else { 0 }, "{query}: a sign of SQL is only a sign");
        }
        let taken = json!({ "login": "AGENT_1 ", "name": "x", "role": "agent", "password": PASSWORD });
        let answer = house.call(&root, "POST", "/users", taken).await;
        assert_eq!((answer.status, answer.code().as_str()), (409, "user.login_taken"));
        assert_eq!(answer.json()["fields"]["login"], "is taken");
    })
    .await;
}

#[tokio::test]
async fn what_was_done_stands_in_the_audit_log_and_a_change_of_it_is_found() {
    houses(|house| async move {
        let root = house.found().await;
        let (_, admin) = house.member(&root, "bank").await;
        for number in 0..20 {
            house.person(&admin, &format!("agent{number}"), "agent").await;
        }
        let verdict = house.get(&admin, "/audit-log/verification").await.json();
        assert_eq!(verdict["ok"], true);
        let page = house.get(&admin, "/audit-log?action=user.&limit=3").await.json();
        assert_eq!(page["items"].as_array().unwrap().len(), 3);
        assert_eq!(page["items"][0]["action"], "user.create");
        assert_eq!(page["items"][0]["actor"]["name"], "bank 管理员");
        assert!(page["next"].is_string());
        assert!(!house.get(&admin, "/audit-log").await.text.contains(PASSWORD));

        tamper(&house, "update audit_log set target = 'usr_x' where number = 7 and action <> 'setup.finish'")
            .await;
        let verdict = house.get(&admin, "/audit-log/verification").await.json();
        assert_eq!((&verdict["ok"], &verdict["broken_at"]), (&json!(false), &json!(7)));
    })
    .await;
}

#[tokio::test]
async fn a_cut_tail_of_the_audit_log_is_found() {
    houses(|house| async move {
        let root = house.found().await;
        let (_, admin) = house.member(&root, "bank").await;
        let whole = house.get(&admin, "/audit-log/verification").await.json();
        tamper(&house, "delete from audit_log where number = 2 and action = 'session.open'").await;
        let cut = house.get(&admin, "/audit-log/verification").await.json();
        assert_eq!((&whole["ok"], &cut["ok"], &cut["broken_at"]), (&json!(true), &json!(false), &json!(2)));
        let all = chudian::audit::ops::verify_all(&house.ctx).await.unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all.iter().filter(|(_, verdict, _)| verdict.broken_at.is_some()).count(), 1);
    })
    .await;
}

/// Changes rows behind the server's back.
async fn tamper(house: &House, sql: &'static str) {
    house.ctx.db.write(move |tx| tx.execute(sql, &[])).await.unwrap();
}
