//! No tenant reaches another's rows: the enumerator on the real routes, and on planted holes.

use std::collections::BTreeSet;
use std::time::Instant;

use axum::extract::{Path, State};
use chudian::base::id::{Id, InboxId, TenantId, UserId};
use chudian::ctx::Ctx;
use chudian::db::{Engine, Sql, args};
use chudian::tenants::role::Role;
use chudian::web::actor::Actor;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::acts::by_hand;
use super::enumerator::{Ids, SHARED, Trial, findings, operations, unrecorded, writable};
use super::{Caller, House, PASSWORD, houses};
use crate::support::sqlite;

/// Two members with a person of every role and a row of every kind; the first tries.
async fn trial(house: &House) -> Trial<'_> {
    let root = house.found().await;
    let mut sides = Vec::new();
    for code in ["telecom", "bank"] {
        let (tenant, admin) = house.member(&root, code).await;
        let (mut ids, mut callers) = (Ids::new(), vec![("administrator".to_owned(), admin.clone())]);
        for role in Role::ALL {
            let login = format!("{}@{code}-canary", role.name());
            let (id, caller) = house.person(&admin, &login, role.name()).await;
            callers.push((role.name().to_owned(), caller));
            ids.insert("usr".into(), id);
        }
        callers.remove(0);
        let key = json!({ "name": format!("{code}-canary-key"), "scopes": ["user.read", "contact.read", "api_key.manage"] });
        let key = house.call(&admin, "POST", "/api-keys", key).await.json();
        callers.push(("a key".to_owned(), Caller::with_key(key["key"].as_str().unwrap())));
        ids.insert("key".into(), key["id"].as_str().unwrap().to_owned());
        let raw = tenant.parse::<TenantId>().unwrap();
        ids.insert(SHARED.into(), share(house, &root, code, &tenant).await);
        ids.insert("tnt".into(), tenant);
        let inbox = connect(house, &admin, code).await;
        ids.insert("med".into(), upload(house, &admin, code).await);
        for (prefix, id) in plant(house, raw, inbox.raw(), code).await {
            ids.insert(prefix, id);
        }
        let roles: Vec<&str> = Role::ALL.iter().map(|it| it.name()).collect();
        let path = format!("/knowledge/entries/{}/reading", ids["ent"]);
        let asked = house.call(&admin, "PUT", &path, json!({ "roles": roles })).await;
        assert_eq!(asked.status, 200, "{asked:?}");
        let body = json!({ "act": "delete", "entry": ids["ent"] });
        let begun = house.call(&admin, "POST", "/knowledge/rehearsals", body).await;
        assert_eq!(begun.status, 200, "{begun:?}");
        ids.insert("reh".into(), begun.json()["id"].as_str().unwrap().to_owned());
        sides.push((raw, ids, callers));
    }
    let (other, foreign, _) = sides.pop().unwrap();
    let (_, own, mut callers) = sides.pop().unwrap();
    callers.push(("headquarters".into(), root));
    Trial { house, callers, own, foreign, other: other.raw(), canaries: vec!["bank-canary".into()] }
}

/// Headquarters shares an entry with one member alone.
async fn share(house: &House, root: &Caller, code: &str, tenant: &str) -> String {
    let body = json!({ "question": format!("{code} 的营业时间"), "sharing": { "members": [tenant] },
        "answers": [{ "type": "text", "text": "九点" }] });
    let answer = house.call(root, "POST", "/knowledge/entries", body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// Uploads a picture with the canary inside: its bytes must not reach others either.
async fn upload(house: &House, admin: &Caller, code: &str) -> String {
    let mut body = b"--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"".to_vec();
    body.extend(format!("{code}-canary.png\"\r\ncontent-type: image/png\r\n\r\n").into_bytes());
    body.extend(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0");
    body.extend(format!("{code}-canary\r\n--b--\r\n").into_bytes());
    let answer = house.send(admin, "POST", "/api/v1/media", "multipart/form-data; boundary=b", body).await;
    assert!(answer.status < 300, "{answer:?}");
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// An account to connect.
fn inbox_body(code: &str) -> Value {
    json!({ "kind": "wechat", "name": format!("{code}-canary-inbox"),
        "settings": { "app_id": format!("wx{code}00000000"), "original_id": format!("gh_{code}0000"),
            "account_kind": "service", "mode": "safe" },
        "secrets": { "app_secret": "0123456789abcdef0123456789abcdef", "token": "token123",
            "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG" } })
}

/// Connects an account, whose secrets must be sealed and so cannot be planted.
async fn connect(house: &House, admin: &Caller, code: &str) -> InboxId {
    let answer = house.call(admin, "POST", "/inboxes", inbox_body(code)).await;
    assert!(answer.status < 300, "{answer:?}");
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

/// Writes one row of every other kind, behind the server's back: nobody needs the acts that make
/// them to work for the doors to them to be shut.
async fn plant(house: &House, tenant: TenantId, inbox: i64, code: &str) -> Vec<(String, String)> {
    let canary = format!("{code}-canary");
    let blob = if house.ctx.db.engine() == Engine::Sqlite { "blob" } else { "bytea" };
    let write = move |tx: &mut chudian::db::Tx<'_>| {
        let mut made = vec![("inb", inbox)];
        for (prefix, insert) in ROWS {
            let id = tx.new_id::<UserId>().raw();
            let mut sql = insert.replace("{blob}", blob);
            for (prefix, id) in &made {
                sql = sql.replace(&format!("{{{prefix}}}"), &id.to_string());
            }
            tx.execute(Sql::of_constant_pieces(sql), args![id, tenant, canary])?;
            made.push((*prefix, id));
        }
        let (thread, conversation, message) = (made[3].1, made[4].1, made[5].1);
        let sql = "update threads set open_conversation_id = $2, last_message_id = $3 where id = $1";
        tx.execute(sql, args![thread, conversation, message])?;
        Ok(made)
    };
    let made = house.ctx.db.write(write).await.unwrap();
    made.into_iter().map(|(prefix, id)| (prefix.to_owned(), text(prefix, id))).collect()
}

/// The text of an id: all kinds are written alike but for the prefix.
fn text(prefix: &str, raw: i64) -> String {
    UserId::from_raw(raw).to_string().replacen("usr", prefix, 1)
}

/// One row of each kind: `$1` is its id, `$2` the tenant, `$3` the tenant's canary, and `{prefix}`
/// the id of a row above.
const ROWS: &[(&str, &str)] = &[
    ("con", "insert into contacts (id, tenant_id, name, tags, note, created_at) values ($1, $2, $3, '[]', '', 1)"),
    (
        "idn",
        "insert into channel_identities (id, tenant_id, inbox_id, contact_id, source_id, created_at)
         values ($1, $2, {inb}, {con}, $3, 1)",
    ),
    (
        "thr",
        "insert into threads (id, tenant_id, inbox_id, contact_id, identity_id, last_number, created_at)
         values ($1, $2, {inb}, {con}, {idn}, length($3) / length($3), 1)",
    ),
    (
        "cnv",
        "insert into conversations (id, tenant_id, thread_id, inbox_id, contact_id, stage, owner_epoch, opened_at,
             first_number) values ($1, $2, {thr}, {inb}, {con}, 'queued', 0, 1, length($3) / length($3))",
    ),
    (
        "msg",
        r#"insert into messages (id, tenant_id, thread_id, conversation_id, number, direction, author_kind, content, at)
         values ($1, $2, {thr}, {cnv}, 1, 'in', 'customer', '{"type":"text","text":"' || $3 || '"}', 1)"#,
    ),
    (
        "inp",
        "insert into inbound (id, tenant_id, inbox_id, sent_at, dedupe_key, received_at, outcome, raw)
         values ($1, $2, {inb}, length($3), cast('x' as {blob}), 1, 'stored', cast('<xml></xml>' as {blob}))",
    ),
    ("cat", "insert into kb_categories (id, tenant_id, name, position) values ($1, $2, $3, 1)"),
    (
        "ent",
        r#"insert into kb_entries (id, tenant_id, category_id, question, answers, answer_mode, enabled, version, updated_at)
         values ($1, $2, {cat}, $3, '[{"type":"text","text":"x"}]', 'in_order', 1, 1, 1)"#,
    ),
    (
        "imp",
        r#"insert into kb_drafts (entry_id, tenant_id, body, revision, writers, note, updated_at, stage, stage_at,
             import_id)
         values ({ent}, $2, '{"question":"' || $3 || '"}', $1, '[]', $3, 1, 'writing', 1, $1)"#,
    ),
    (
        "dba",
        r#"insert into kb_draft_batches (id, tenant_id, act, note, items, drafts, done_to, done, remaining, made_at)
         values ($1, $2, 'publish', $3, '[]', 1, 0, 0, '{"reasons":{"a":1},"left":[{"entry":"ent_0000000000777",'
             || '"question":"' || $3 || '","code":"a"}]}', 1)"#,
    ),
    (
        "ver",
        r#"insert into kb_versions (tenant_id, entry_id, version, body, published_at, writers, note)
         values ($2, {ent}, $1, '{"question":"' || $3 || '"}', 1, '[]', $3)"#,
    ),
    (
        "prp",
        "insert into kb_proposals (entry_id, tenant_id, id, act, over_version, note, proposed_at)
         values ({ent}, $2, $1, 'delete', 1, $3, 1)",
    ),
    ("wrd", "insert into kb_wordings (id, tenant_id, entry_id, text) values ($1, $2, {ent}, $3)"),
    (
        "kwd",
        r#"insert into keywords (id, tenant_id, words, match_kind, answers, answer_mode, priority, enabled, version,
             updated_at)
         values ($1, $2, '["' || $3 || '"]', 'exact', '[{"type":"text","text":"x"}]', 'in_order', 1, 1, 1, 1)"#,
    ),
    (
        "qrp",
        r#"insert into quick_replies (id, tenant_id, shortcut, title, answers, version, updated_at)
         values ($1, $2, 'a', $3, '[{"type":"text","text":"x"}]', 1, 1)"#,
    ),
    (
        "wgr",
        r#"insert into kb_words (id, tenant_id, kind, words, version, updated_at)
         values ($1, $2, 'synonyms', '["' || $3 || '一","' || $3 || '二"]', 1, 1)"#,
    ),
    (
        "tst",
        "insert into kb_test_sets (id, tenant_id, name, questions, version, updated_at)
         values ($1, $2, $3, '[]', 1, 1)",
    ),
    (
        "twn",
        "insert into kb_twins (tenant_id, one_id, other_id, one_wording, other_wording, confidence, found_at)
         values ($2, case when {ent} < $1 then {ent} else $1 end, case when {ent} < $1 then $1 else {ent} end,
             $3, $3, 99, 1)",
    ),
    (
        "giv",
        "insert into given_answers (id, tenant_id, question, answer, user_id, message_id)
         values ($1, $2, $3, $3 || ' answers', {msg}, {msg})",
    ),
    (
        "dlv",
        "insert into deliveries (id, tenant_id, inbox_id, identity_id, thread_id, message_id, part, content, state,
             attempts, next_at, error_message, created_at, settled_at)
         values ($1, $2, {inb}, {idn}, {thr}, {msg}, 0, '{}', 'failed', 1, 1, $3, 1, 1)",
    ),
];

#[tokio::test]
async fn an_id_of_another_tenant_is_an_id_that_does_not_exist() {
    houses(|house| async move {
        let trial = trial(&house).await;
        let found = findings(&trial).await;
        let all = operations(&house);
        assert!(all.len() > 70, "{} operations", all.len());
        // Headquarters may rename and close its members: that is what it is for.
        let (allowed, found): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|it| it.contains("as headquarters") && it.starts_with("PATCH /tenants/{id}"));
        assert!(found.is_empty(), "{} holes:\n{}", found.len(), found.join("\n"));
        assert!(!allowed.is_empty(), "the trial did not try headquarters");
    })
    .await;
}

#[tokio::test]
async fn no_body_takes_a_field_that_is_not_the_callers_to_write() {
    let house = House::with(&[]);
    let trial = trial(&house).await;
    let found = writable(&trial).await;
    assert!(found.is_empty(), "{} holes:\n{}", found.len(), found.join("\n"));
}

#[tokio::test]
async fn every_act_stands_in_the_audit_log() {
    let house = House::with(&[]);
    let trial = trial(&house).await;
    let own = trial.own["tnt"].parse::<TenantId>().unwrap().raw();
    let text = json!([{ "type": "text", "text": "答" }]);
    let keyword = json!({ "words": ["甲"], "match": "exact", "answers": text, "answer_mode": "in_order",
        "priority": 1, "enabled": true });
    let entry = json!({ "question": "问", "similar": ["另问"], "answers": text, "answer_mode": "in_order",
        "enabled": true });
    let bodies = [
        ("POST /users", json!({ "login": "fresh", "name": "新人", "role": "agent", "password": PASSWORD })),
        ("PUT /users/{id}/password", json!({ "password": "another horse" })),
        ("POST /keywords", keyword.clone()),
        ("PUT /keywords/{id}", keyword),
        ("POST /knowledge/entries", entry.clone()),
        ("PUT /knowledge/entries/{id}", entry),
        ("PUT /knowledge/entries/{id}/enabled", json!({ "enabled": false })),
        ("PUT /knowledge/settings", json!({ "four_eyes": false })),
        ("POST /knowledge/unresolved/dismissals", json!({ "questions": ["问"] })),
        ("POST /knowledge/words", json!({ "kind": "synonyms", "words": ["甲乙", "丙丁"] })),
        ("PUT /knowledge/words/{id}", json!({ "words": ["戊己", "庚辛"] })),
        ("POST /knowledge/words/imports", json!({ "kind": "protected", "text": "壬癸" })),
        ("POST /knowledge/unknown-words/synonyms", json!({ "word": "子丑", "known": "甲乙" })),
        ("POST /knowledge/unknown-words/dismissals", json!({ "words": ["寅卯"] })),
        (
            "POST /knowledge/suggestions/dismissals",
            json!({ "entry": trial.own["ent"], "questions": ["问法"] }),
        ),
        ("PUT /knowledge/learning", json!({ "nightly": false })),
        ("POST /knowledge/test-sets", json!({ "name": "常问", "questions": [] })),
        ("PUT /knowledge/test-sets/{id}", json!({ "name": "少问", "questions": [] })),
        ("POST /knowledge/draft-batches/preview", json!({ "act": "submit", "selection": {} })),
        ("POST /knowledge/test-lines", json!({ "text": "问" })),
        ("POST /knowledge/rehearsals", json!({ "act": "write", "question": "新的问题" })),
        (
            "POST /knowledge/twins/dismissals",
            json!({ "one": trial.own["ent"], "other": trial.own["twn"].replacen("twn", "ent", 1) }),
        ),
        ("POST /quick-replies", json!({ "shared": true, "title": "问候", "answers": text })),
        ("PUT /quick-replies/{id}", json!({ "title": "问候", "answers": text })),
        ("PATCH /tenants/{id}", json!({ "name": "改名" })),
        ("PATCH /knowledge/categories/{id}", json!({ "name": "资费" })),
        ("PATCH /inboxes/{id}", json!({ "name": "改名" })),
        (
            "PUT /text-menu",
            json!({ "version": 0, "root": { "title": "菜单",
            "items": [{ "digit": "1", "node": { "title": "一", "answers": text } }] } }),
        ),
        (
            "PUT /inboxes/{id}/account-menu",
            json!({ "buttons": [{ "name": "官网", "kind": "view", "url": "https://example.com" }] }),
        ),
        ("POST /inboxes", inbox_body("third")),
        ("PUT /agent-state", json!({ "state": "ready" })),
        ("PUT /threads/{id}/draft", json!({ "text": "您好" })),
        ("PUT /threads/{id}/read", json!({ "number": 1 })),
        ("POST /bot/test", json!({ "content": { "type": "text", "text": "您好" } })),
        ("POST /conversations/{id}/transfer", json!({ "agent": trial.own["usr"] })),
        ("POST /conversations/{id}/messages", json!({ "content": { "type": "text", "text": "您好" } })),
    ];
    let (unrecorded, unproven) = unrecorded(&trial, own, &bodies).await;
    let unrecorded: Vec<_> =
        unrecorded.iter().map(String::as_str).filter(|it| !UNRECORDED.contains(it)).collect();
    assert_eq!(unrecorded, Vec::<&str>::new());
    // What cannot succeed by itself here is done by hand.
    let by_hand = by_hand().await;
    let unproven: Vec<_> = unproven.difference(&by_hand.done).collect();
    assert_eq!(unproven, Vec::<&String>::new(), "give these acts a body that works, or do them by hand");
    let silent: Vec<_> =
        by_hand.unrecorded.iter().map(String::as_str).filter(|it| !UNRECORDED.contains(it)).collect();
    assert_eq!(silent, Vec::<&str>::new());
}

/// Acts that leave no record, each with its reason.
const UNRECORDED: &[&str] = &[
    // It looks at the platform and changes nothing.
    "POST /inboxes/{id}/checks",
    // Marks of the agent's own: whether they are there, what they typed, how far they read.
    "PUT /agent-state",
    "PUT /threads/{id}/draft",
    "PUT /threads/{id}/read",
    "POST /conversations/{id}/typing",
    // It tries an answer and changes nothing.
    "POST /bot/test",
    // They read lines, try a change, look for pairs: nothing that anybody wrote is different then.
    "POST /knowledge/test-lines",
    "POST /knowledge/rehearsals",
    "POST /knowledge/twins/searches",
    // It tells what an act would do.
    "POST /knowledge/draft-batches/preview",
    // The message itself is the record: it names its author and is never changed.
    "POST /conversations/{id}/messages",
];

#[tokio::test]
async fn every_change_needs_the_sessions_token_and_our_own_page() {
    let house = House::with(&[]);
    let root = house.found().await;
    let stolen = house.log_in("root").await.csrf;
    for operation in operations(&house).iter().filter(|it| it.method != "GET") {
        let path = operation.path.replace("{id}", "usr_0000000000777");
        let call =
            async |caller: Caller| house.call(&caller, &operation.method, &path, json!({})).await.code();
        let own = |csrf: &str| Caller { csrf: csrf.to_owned(), ..root.clone() };
        let is_open = path == "/setup" || (operation.method == "POST" && path == "/session");
        if !is_open {
            for (csrf, which) in
                [("", "missing"), (stolen.as_str(), "another session's"), (&root.csrf[1..], "short")]
            {
                assert_eq!(call(own(csrf)).await, "csrf.token", "{} {path}: {which}", operation.method);
            }
            assert_eq!(
                call(own("").with("x-csrf-token", "")).await,
                "csrf.token",
                "{} {path}: empty",
                operation.method
            );
        }
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert_eq!(
                call(own(&root.csrf).with(name, value)).await,
                "csrf.origin",
                "{} {path}: {name} {value}",
                operation.method
            );
        }
    }
    assert_eq!(house.get(&root, "/session").await.status, 200, "nothing of all that came through");
}

#[tokio::test]
async fn foreign_and_absent_ids_take_the_same_time() {
    let house = House::with(&[("CHUDIAN__LIMITS__REQUESTS_PER_MINUTE", "1000000")]);
    let trial = trial(&house).await;
    let admin = &trial.callers[0].1;
    let mut ratios = Vec::new();
    // Three rounds: the machine's noise spoils one, a real difference shows in all.
    for _ in 0..3 {
        let (mut foreign, mut absent) = (Vec::new(), Vec::new());
        for _ in 0..330 {
            for (id, times) in
                [(trial.foreign["usr"].as_str(), &mut foreign), ("usr_0000000000777", &mut absent)]
            {
                let started = Instant::now();
                let answer =
                    house.call(admin, "PATCH", &format!("/users/{id}"), json!({ "name": "x" })).await;
                times.push(started.elapsed());
                assert_eq!(answer.status, 404);
            }
        }
        foreign.sort();
        absent.sort();
        ratios.push(foreign[165].as_secs_f64() / absent[165].as_secs_f64());
    }
    assert!(ratios.iter().any(|it| (it - 1.0).abs() < 0.2), "{ratios:?}");
}

// Planted holes -----------------------------------------------------------------------------------

/// Reads any tenant's person.
#[utoipa::path(get, path = "/leak/users/{id}", params(("id" = UserId, Path)), responses((status = 200)))]
async fn leaky_read(State(ctx): State<Ctx>, _: Actor, Path(id): Path<UserId>) -> String {
    let look = move |tx: &mut chudian::db::Tx<'_>| {
        tx.first("select login from users where id = $1", args![id], |row| row.get::<String>(0))
    };
    ctx.db.read(look).await.unwrap().unwrap_or_default()
}

/// Says whether an id exists anywhere.
#[utoipa::path(get, path = "/hint/users/{id}", params(("id" = UserId, Path)), responses((status = 200)))]
async fn hinting_read(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<UserId>,
) -> axum::http::StatusCode {
    let look = move |tx: &mut chudian::db::Tx<'_>| {
        tx.first("select tenant_id from users where id = $1", args![id], |row| row.get::<TenantId>(0))
    };
    match ctx.db.read(look).await.unwrap() {
        Some(tenant) if tenant == actor.tenant => axum::http::StatusCode::OK,
        Some(_) => axum::http::StatusCode::FORBIDDEN,
        None => axum::http::StatusCode::NOT_FOUND,
    }
}

/// Changes any tenant's person, silently.
#[utoipa::path(delete, path = "/silent/users/{id}", params(("id" = UserId, Path)), responses((status = 204)))]
async fn silent_write(State(ctx): State<Ctx>, _: Actor, Path(id): Path<UserId>) -> axum::http::StatusCode {
    let act = move |tx: &mut chudian::db::Tx<'_>| {
        tx.execute("update users set name = 'x' where id = $1", args![id])
    };
    ctx.db.write(act).await.unwrap();
    axum::http::StatusCode::NO_CONTENT
}

/// Takes whatever field comes.
#[derive(serde::Deserialize, utoipa::ToSchema)]
struct LooseBody {
    /// A name.
    #[expect(dead_code, reason = "only read from the request")]
    name: Option<String>,
}

#[utoipa::path(post, path = "/loose", request_body = LooseBody, responses((status = 204)))]
async fn loose_body(_: Actor, body: axum::Json<LooseBody>) -> axum::http::StatusCode {
    drop(body);
    axum::http::StatusCode::NO_CONTENT
}

/// A path parameter that is no id.
#[utoipa::path(get, path = "/strange/{word}", params(("word" = String, Path)), responses((status = 204)))]
async fn strange_parameter(_: Actor, word: Path<String>) -> axum::http::StatusCode {
    drop(word);
    axum::http::StatusCode::NO_CONTENT
}

#[tokio::test]
async fn planted_holes_turn_the_enumerator_red() {
    let hidden = || OpenApiRouter::new().route("/hidden", axum::routing::get(async |_: Actor| "x"));
    let holes: Vec<(&str, OpenApiRouter<Ctx>)> = vec![
        ("GET /leak/users/{id}", OpenApiRouter::new().routes(routes!(leaky_read))),
        ("GET /hint/users/{id}", OpenApiRouter::new().routes(routes!(hinting_read))),
        ("DELETE /silent/users/{id}", OpenApiRouter::new().routes(routes!(silent_write))),
        ("GET /strange/{word}", OpenApiRouter::new().routes(routes!(strange_parameter))),
        ("GET /hidden", hidden()),
    ];
    for (place, hole) in holes {
        let (url, folder) = sqlite();
        let house = House::on(&url, folder, Some(hole), &[]);
        let found = findings(&trial(&house).await).await;
        assert!(found.iter().any(|it| it.starts_with(place)), "{place} was not found: {found:?}");
        let others: BTreeSet<_> =
            found.iter().filter(|it| !it.starts_with(place) && !it.starts_with("PATCH /tenants")).collect();
        assert!(others.is_empty(), "{others:?}");
    }
}

#[tokio::test]
async fn a_planted_loose_body_is_found() {
    let (url, folder) = sqlite();
    let house = House::on(&url, folder, Some(OpenApiRouter::new().routes(routes!(loose_body))), &[]);
    let found = writable(&trial(&house).await).await;
    assert!(!found.is_empty() && found.iter().all(|it| it.starts_with("POST /loose")), "{found:?}");
}
