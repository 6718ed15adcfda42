//! Logging in, out, and who may not (reliability invariants S2 to S4, S10, S12, S14, S15).

use std::sync::Arc;
use std::time::{Duration, Instant};

use chudian::base::time::Time;
use serde_json::{Value, json};

use super::{Caller, House, PASSWORD, houses};

#[tokio::test]
async fn wrong_passwords_are_limited_per_account_and_harm_nobody_else() {
    houses(|house| async move {
        let root = house.found().await;
        house.person(&root, "victim", "agent").await;
        house.person(&root, "other", "agent").await;
        let attacker = Caller::stranger().at([203, 0, 113, 9]);
        for number in 0..10 {
            let answer = house.try_password(&attacker, "victim", &format!("guess {number}")).await;
            assert_eq!((answer.status, answer.code().as_str()), (401, "session.wrong"), "{number}");
        }
        for spelling in ["victim", "VICTIM", " victim "] {
            let answer = house.try_password(&attacker, spelling, PASSWORD).await;
            assert_eq!((answer.status, answer.code().as_str()), (429, "session.limit"), "{spelling}");
            assert_eq!(answer.headers["retry-after"], "900");
        }
        house.log_in("other").await;
        let answer = house.try_password(&attacker, "other", PASSWORD).await;
        assert_eq!(answer.status, 201, "the same address, another account");
        house.clock.advance(15 * Time::MINUTE);
        house.log_in("victim").await;
    })
    .await;
}

#[tokio::test]
async fn tries_at_once_do_not_slip_through_together() {
    houses(|house| async move {
        house.found().await;
        let tries = (0..60).map(|number| {
            let house = Arc::clone(&house);
            tokio::spawn(async move {
                house.try_password(&Caller::stranger(), "root", &format!("guess {number}")).await.status
            })
        });
        let answers = futures::future::join_all(tries).await;
        let looked_at = answers.iter().filter(|it| *it.as_ref().unwrap() == 401).count();
        assert_eq!(looked_at, 10);
    })
    .await;
}

#[tokio::test]
async fn one_address_cannot_try_many_accounts() {
    let house = House::with(&[("CHUDIAN__LIMITS__SOURCE_FAILURES", "20")]);
    house.found().await;
    let attacker = Caller::stranger().at([203, 0, 113, 9]);
    let mut looked_at = 0;
    for number in 0..40 {
        let answer = house.try_password(&attacker, &format!("nobody{number}"), "guess").await;
        looked_at += usize::from(answer.status == 401);
    }
    assert_eq!(looked_at, 20);
    assert_eq!(house.try_password(&attacker, "root", PASSWORD).await.status, 429);
    assert_eq!(house.try_password(&Caller::stranger(), "root", PASSWORD).await.status, 201);
}

#[tokio::test]
async fn ten_thousand_tries_are_refused_and_forty_people_still_come_in() {
    let house = Arc::new(House::with(&[("CHUDIAN__LIMITS__REQUESTS_PER_MINUTE", "1000000")]));
    let root = house.found().await;
    for number in 0..40 {
        let body = json!({ "login": format!("agent{number}"), "name": "坐席", "role": "agent", "password": PASSWORD });
        assert_eq!(house.call(&root, "POST", "/users", body).await.status, 201);
    }
    let attacker = Caller::stranger().at([203, 0, 113, 9]);
    let flood = {
        let (house, attacker) = (Arc::clone(&house), attacker.clone());
        tokio::spawn(async move {
            let mut looked_at = 0;
            for number in 0..10_000 {
                let answer = house.try_password(&attacker, "root", &number.to_string()).await;
                looked_at += usize::from(answer.status == 401);
            }
            looked_at
        })
    };
    // Forty people behind the attacker's own address.
    let logins = (0..40).map(|number| {
        let (house, caller) = (Arc::clone(&house), attacker.clone());
        tokio::spawn(
            async move { house.try_password(&caller, &format!("agent{number}"), PASSWORD).await.status },
        )
    });
    for status in futures::future::join_all(logins).await {
        assert_eq!(status.unwrap(), 201);
    }
    assert_eq!(flood.await.unwrap(), 10);
}

#[tokio::test]
async fn known_and_unknown_accounts_answer_alike() {
    houses(|house| async move {
        let root = house.found().await;
        let (id, _) = house.person(&root, "disabled", "agent").await;
        house.call(&root, "PATCH", &format!("/users/{id}"), json!({ "disabled": true })).await;
        house.try_password(&Caller::stranger(), "warm", "up").await;
        let logins = ["root", "nobody", "disabled"];
        let mut least = [Duration::MAX; 3];
        for _ in 0..9 {
            for (login, least) in logins.iter().zip(&mut least) {
                let started = Instant::now();
                let answer = house.try_password(&Caller::stranger(), login, "wrong").await;
                *least = started.elapsed().min(*least);
                assert_eq!(answer.status, 401);
                assert_eq!(answer.text, house.try_password(&Caller::stranger(), "nobody2", "x").await.text);
            }
            house.clock.advance(16 * Time::MINUTE);
        }
        // The least of many is nearly free of the noise of a busy machine; an early return, without the
        // hash, would be ten to a hundred times faster.
        let (fastest, slowest) = (least.iter().min().unwrap(), least.iter().max().unwrap());
        assert!(*slowest < *fastest * 4, "{least:?}");
    })
    .await;
}

#[tokio::test]
async fn a_log_in_makes_a_new_session_and_ends_the_one_it_came_with() {
    houses(|house| async move {
        let root = house.found().await;
        let planted = Caller { cookie: "chudian=planted".into(), ..Caller::stranger() };
        let answer = house.try_password(&planted, "root", PASSWORD).await;
        assert_ne!(answer.cookie(), "chudian=planted");
        let set_cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
        assert!(set_cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{set_cookie}");

        let again = house.try_password(&root, "root", PASSWORD).await;
        let newer = Caller::logged_in(&again);
        assert_ne!(newer.cookie, root.cookie);
        assert_eq!(house.get(&root, "/session").await.status, 401);
        assert_eq!(house.get(&newer, "/session").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let house = House::with(&[
        ("CHUDIAN__SERVER__PUBLIC_URL", "https://service.example.com"),
        ("CHUDIAN__SERVER__SECURE_COOKIES", "true"),
    ]);
    let root = house.found().await;
    assert!(root.cookie.starts_with("__Host-chudian="), "{}", root.cookie);
    assert_eq!(house.get(&root, "/session").await.status, 200);
    let renamed = Caller { cookie: root.cookie.replace("__Host-", ""), ..root };
    assert_eq!(house.get(&renamed, "/session").await.status, 401);
}

#[tokio::test]
async fn a_session_ends_when_idle_and_at_the_latest_after_a_day() {
    houses(|house| async move {
        house.found().await;
        let idle = house.log_in("root").await;
        house.clock.advance(4 * Time::HOUR - Time::SECOND);
        assert_eq!(house.get(&idle, "/session").await.status, 200);
        house.clock.advance(4 * Time::HOUR);
        assert_eq!(house.get(&idle, "/session").await.status, 401);

        let busy = house.log_in("root").await;
        for _ in 0..7 {
            house.clock.advance(3 * Time::HOUR);
            assert_eq!(house.get(&busy, "/session").await.status, 200);
        }
        house.clock.advance(3 * Time::HOUR);
        assert_eq!(house.get(&busy, "/session").await.status, 401);
        chudian::tenants::login::sweep(&house.ctx).await.unwrap();
        assert_eq!(count(&house, "select count(*) from sessions").await, 0);
        assert_eq!(count(&house, "select count(*) from login_failures").await, 0);
    })
    .await;
}

#[tokio::test]
async fn logging_out_ends_one_session_or_all() {
    houses(|house| async move {
        let first = house.found().await;
        let (second, third) = (house.log_in("root").await, house.log_in("root").await);
        let answer = house.call(&first, "DELETE", "/session", Value::Null).await;
        assert_eq!(answer.status, 204);
        assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        assert_eq!(house.get(&first, "/session").await.status, 401);
        assert_eq!(house.get(&second, "/session").await.status, 200);
        assert_eq!(house.call(&second, "DELETE", "/sessions", Value::Null).await.status, 204);
        assert_eq!(house.get(&third, "/session").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_all_other_sessions() {
    houses(|house| async move {
        let root = house.found().await;
        let other = house.log_in("root").await;
        let change = |old: &str, new: &str| json!({ "old": old, "new": new });
        let wrong = house.call(&root, "PUT", "/session/password", change("x", "another horse")).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (422, "password.wrong"));
        let weak = house.call(&root, "PUT", "/session/password", change(PASSWORD, "short")).await;
        assert_eq!(weak.code(), "password.weak");
        let right = house.call(&root, "PUT", "/session/password", change(PASSWORD, "another horse")).await;
        let newer = Caller::logged_in(&right);
        assert_eq!(newer.csrf, root.csrf, "an open page goes on");
        assert_eq!(house.get(&newer, "/session").await.status, 200);
        for ended in [&root, &other] {
            assert_eq!(house.get(ended, "/session").await.status, 401);
        }
        assert_eq!(house.try_password(&Caller::stranger(), "root", PASSWORD).await.status, 401);
        assert_eq!(house.try_password(&Caller::stranger(), "root", "another horse").await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn the_old_password_cannot_be_guessed_through_an_open_session() {
    let house = House::with(&[]);
    let root = house.found().await;
    let mut looked_at = 0;
    for number in 0..30 {
        let body = json!({ "old": format!("guess {number}"), "new": "another horse" });
        let answer = house.call(&root, "PUT", "/session/password", body).await;
        looked_at += usize::from(answer.code() == "password.wrong");
    }
    assert_eq!(looked_at, 10);
}

#[tokio::test]
async fn being_locked_out_or_given_another_role_works_at_once() {
    houses(|house| async move {
        let root = house.found().await;
        let (id, agent) = house.person(&root, "agent", "agent").await;
        let answer = house.call(&root, "PATCH", &format!("/users/{id}"), json!({ "role": "editor" })).await;
        assert_eq!(answer.json()["role"], "editor");
        assert_eq!(house.get(&agent, "/session").await.status, 401, "a new role ends the sessions");
        let editor = house.log_in("agent").await;
        let (_, engineer) = house.person(&root, "engineer", "engineer").await;
        let key = house
            .call(
                &engineer,
                "POST",
                "/api-keys",
                json!({ "name": "k", "scopes": ["inbox.read", "api_key.manage"] }),
            )
            .await;
        let program = Caller::with_key(key.json()["key"].as_str().unwrap());
        assert_eq!(house.get(&program, "/api-keys").await.status, 200);

        let people = house.get(&root, "/users").await.json();
        for person in people["items"].as_array().unwrap().iter().filter(|it| it["login"] != "root") {
            let path = format!("/users/{}", person["id"].as_str().unwrap());
            assert_eq!(house.call(&root, "PATCH", &path, json!({ "disabled": true })).await.status, 200);
        }
        assert_eq!(house.get(&editor, "/session").await.status, 401);
        assert_eq!(house.get(&program, "/api-keys").await.status, 401, "the maker's key ends with the maker");
        let answer = house.try_password(&Caller::stranger(), "agent", PASSWORD).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "session.wrong"));
    })
    .await;
}

#[tokio::test]
async fn dangerous_acts_need_a_fresh_log_in() {
    houses(|house| async move {
        let root = house.found().await;
        let (id, agent) = house.person(&root, "agent", "agent").await;
        house.clock.advance(15 * Time::MINUTE);
        let set = json!({ "password": "another horse" });
        let stale = house.call(&root, "PUT", &format!("/users/{id}/password"), set.clone()).await;
        assert_eq!((stale.status, stale.code().as_str()), (403, "session.stale"));
        let key = json!({ "name": "k", "scopes": ["contact.read"] });
        assert_eq!(house.call(&root, "POST", "/api-keys", key.clone()).await.code(), "session.stale");

        let fresh = Caller::logged_in(&house.try_password(&root, "root", PASSWORD).await);
        assert_eq!(house.call(&fresh, "POST", "/api-keys", key).await.status, 201);
        assert_eq!(house.call(&fresh, "PUT", &format!("/users/{id}/password"), set).await.status, 204);
        assert_eq!(house.get(&agent, "/session").await.status, 401);
        assert_eq!(house.try_password(&Caller::stranger(), "agent", "another horse").await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn keys_are_hashed_scoped_expiring_and_shown_once() {
    houses(|house| async move {
        let root = house.found().await;
        let (_, engineer) = house.person(&root, "engineer", "engineer").await;
        let beyond = json!({ "name": "k", "scopes": ["user.manage"] });
        let refused = house.call(&engineer, "POST", "/api-keys", beyond).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "api_key.scopes"));

        let body = json!({ "name": "报表", "scopes": ["user.read"], "expires_in_days": 30 });
        let made = house.call(&root, "POST", "/api-keys", body).await.json();
        let (text, id) = (made["key"].as_str().unwrap(), made["id"].as_str().unwrap());
        let program = Caller::with_key(text);
        assert_eq!(house.get(&program, "/users").await.status, 200);
        assert_eq!(house.get(&program, "/audit-log").await.code(), "permission.missing");
        assert_eq!(house.get(&program, "/session").await.status, 401);
        let list = house.get(&root, "/api-keys").await;
        assert_eq!(list.json()["items"][0]["name"], "报表");
        let secret = text.rsplit('_').next().unwrap();
        assert!(!list.text.contains(secret));
        assert!(!house.get(&root, "/audit-log").await.text.contains(secret));
        let stored = count(&house, "select count(*) from api_keys where prefix like 'ck%'").await;
        assert_eq!(stored, 0);

        for wrong in
            [format!("{text}0"), text[..text.len() - 1].to_owned(), String::from("ck_x_y"), " ".into()]
        {
            assert_eq!(house.get(&Caller::with_key(&wrong), "/users").await.status, 401, "{wrong:?}");
        }
        let both = Caller { cookie: root.cookie.clone(), ..Caller::with_key("ck_x_y") };
        assert_eq!(house.get(&both, "/users").await.status, 401, "a wrong key is not replaced by a cookie");

        house.clock.advance(30 * Time::DAY);
        assert_eq!(house.get(&program, "/users").await.status, 401, "expired");
        let root = house.log_in("root").await;
        let body = json!({ "name": "k", "scopes": ["user.read"] });
        let endless = house.call(&root, "POST", "/api-keys", body).await.json();
        let program = Caller::with_key(endless["key"].as_str().unwrap());
        assert_eq!(house.get(&program, "/users").await.status, 200);
        let path = format!("/api-keys/{}", endless["id"].as_str().unwrap());
        assert_eq!(house.call(&root, "DELETE", &path, Value::Null).await.status, 204);
        assert_eq!(house.get(&program, "/users").await.status, 401, "revoked");
        assert_eq!(house.call(&root, "DELETE", &path, Value::Null).await.status, 404);
        assert_eq!(house.call(&root, "DELETE", &format!("/api-keys/{id}"), Value::Null).await.status, 204);
    })
    .await;
}

/// A number out of the database.
pub(super) async fn count(house: &House, sql: &'static str) -> i64 {
    house.ctx.db.read(move |tx| tx.first(sql, &[], |row| row.get::<i64>(0))).await.unwrap().unwrap()
}
