//! What every answer carries, and how wrong requests are refused.

use serde_json::{Value, json};

use super::{Caller, House, PASSWORD};

#[tokio::test]
async fn every_answer_carries_the_safety_headers() {
    let house = House::with(&[]);
    let root = house.found().await;
    for path in [
        "/",
        "/conversations/1",
        "/healthz",
        "/metrics",
        "/api/v1/setup",
        "/api/v1/nowhere",
        "/assets/none.js",
    ] {
        let answer = house.send(&root, "GET", path, "", vec![]).await;
        let header = |name: &str| {
            answer.headers.get(name).map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let policy = header("content-security-policy");
        let scripts = policy.split(';').find(|it| it.trim().starts_with("script-src")).unwrap();
        assert_eq!(scripts.trim(), "script-src 'self'", "{path}");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("x-request-id").len(), 16, "{path}");
        assert!(!header("cache-control").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn pages_are_pages_and_missing_files_are_missing() {
    let house = House::with(&[]);
    let stranger = Caller::stranger();
    for path in ["/", "/login", "/settings/users"] {
        let answer = house.send(&stranger, "GET", path, "", vec![]).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text.to_lowercase().starts_with("<!doctype html>"), "{path}: {}", answer.text);
    }
    for path in ["/assets/none.js", "/favicon.nope", "/../Cargo.toml", "/.gitkeep", "/.env"] {
        let answer = house.send(&stranger, "GET", path, "", vec![]).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn wrong_requests_are_refused_as_problems() {
    let house = House::with(&[]);
    let root = house.found().await;
    let user = json!({ "login": "a1", "name": "a", "role": "agent", "password": PASSWORD });
    let with = |name: &str, value: Value| {
        let mut body = user.clone();
        body[name] = value;
        body.to_string()
    };
    for (method, path, kind, body, status, code) in [
        ("POST", "/users", "application/json", "{".to_owned(), 400, "request.json"),
        ("POST", "/users", "application/json", String::new(), 400, "request.json"),
        ("POST", "/users", "text/plain", user.to_string(), 400, "request.content_type"),
        ("POST", "/users", "application/json", with("tenant", json!("x")), 400, "request.field"),
        ("POST", "/users", "application/json", with("role", json!("god")), 400, "request.field"),
        ("POST", "/users", "application/json", with("name", json!(7)), 400, "request.field"),
        ("POST", "/users", "application/json", with("name", json!("")), 422, "name.invalid"),
        ("POST", "/users", "application/json", with("login", json!("a b")), 422, "user.login"),
        ("POST", "/users", "application/json", with("password", json!("12345678")), 422, "password.weak"),
        (
            "POST",
            "/users",
            "application/json",
            with("name", json!("x".repeat(2_000_000))),
            413,
            "request.too_large",
        ),
        ("PUT", "/users", "application/json", user.to_string(), 405, "request.method"),
        ("GET", "/nowhere", "", String::new(), 404, "missing"),
        ("GET", "/users?limit=many", "", String::new(), 400, "request.query"),
        ("GET", "/users?limitt=1", "", String::new(), 400, "request.query"),
        ("GET", "/users?after=usr_x", "", String::new(), 422, "page.after"),
        ("GET", "/audit-log?after=x", "", String::new(), 422, "page.after"),
        ("PATCH", "/users/1", "application/json", "{}".to_owned(), 404, "missing"),
        ("PATCH", "/users/con_0000000000777", "application/json", "{}".to_owned(), 404, "missing"),
        ("PATCH", "/users/usr_0000000000777", "application/json", "{}".to_owned(), 404, "missing"),
    ] {
        let answer = house.send(&root, method, &format!("/api/v1{path}"), kind, body.into_bytes()).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{method} {path}: {}",
            answer.text
        );
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{path}");
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{path}");
        assert!(
            !problem["detail"].as_str().unwrap().is_empty() && !problem["title"].as_str().unwrap().is_empty()
        );
    }
}

#[tokio::test]
async fn a_flood_is_answered_with_429_and_harms_nobody_else() {
    let house = House::with(&[("CHUDIAN__LIMITS__REQUESTS_PER_MINUTE", "120")]);
    let root = house.found().await;
    let (_, other) = house.person(&root, "other", "administrator").await;
    let mut refused = None;
    for _ in 0..60 {
        let answer = house.get(&root, "/session").await;
        if answer.status == 429 {
            refused = Some(answer);
        }
    }
    let refused = refused.expect("the flood was never refused");
    assert_eq!(refused.code(), "request.limit");
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(house.get(&other, "/session").await.status, 200);
}

#[tokio::test]
async fn health_is_told_to_supervisors_and_figures_to_neighbours() {
    let house = House::with(&[]);
    chudian::telemetry::metrics::start();
    let near = Caller::stranger().at([127, 0, 0, 1]);
    assert_eq!(house.send(&near, "GET", "/healthz", "", vec![]).await.text, "ok\n");
    assert_eq!(house.send(&near, "GET", "/readyz", "", vec![]).await.text, "ready\n");
    house.get(&near, "/setup").await;
    let figures = house.send(&near, "GET", "/metrics", "", vec![]).await.text;
    for name in [
        "http_requests_total",
        "http_request_seconds_bucket",
        "jobs{",
        "outbox_lag_seconds",
        "database_healthy 1",
    ] {
        assert!(figures.contains(name), "{name} is missing in\n{figures}");
    }
    assert!(figures.contains("route=\"/api/v1/setup\""), "{figures}");
    let far = house.send(&Caller::stranger(), "GET", "/metrics", "", vec![]).await;
    assert_eq!(far.status, 404);
}

#[tokio::test]
async fn the_same_key_does_an_act_once() {
    use chudian::base::id::TenantId;
    use chudian::web::actor::Actor;
    use chudian::web::idempotency::{IdempotencyKey, forget_old, once};

    super::houses(|house| async move {
        let key = IdempotencyKey::parse("one").unwrap();
        let act = |tenant: i64, body: &'static str| {
            let (house, key) = (std::sync::Arc::clone(&house), key.clone());
            async move {
                house
                    .ctx
                    .db
                    .write(move |tx| {
                        let actor = Actor::system(TenantId(tenant));
                        once(tx, &actor, &key, "test", &body, |tx| Ok(tx.new_id::<TenantId>()))
                    })
                    .await
            }
        };
        let first = act(1, "a").await.unwrap();
        assert_eq!(act(1, "a").await.unwrap(), first);
        assert_eq!(act(1, "b").await.unwrap_err().code, "idempotency.reused");
        assert_ne!(act(2, "b").await.unwrap(), first, "another tenant's key is another key");
        house.clock.advance(25 * 3_600_000);
        assert_eq!(house.ctx.db.write(forget_old).await.unwrap(), 2);
        assert_ne!(act(1, "b").await.unwrap(), first);
    })
    .await;
}
