//! Live screens: without gap, without double, and only for who may see.

use std::net::SocketAddr;
use std::time::Duration;

use chudian::base::id::TenantId;
use chudian::bus::{Event, emit};
use chudian::realtime::{Feed, Frame};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::{Desk, Person, desks};

const SOON: Duration = Duration::from_secs(20);

async fn tell(desk: &Desk, tenant: TenantId, count: usize) {
    for _ in 0..count {
        desk.ctx().db.write(move |tx| emit(tx, tenant, Event::KnowledgeChanged)).await.unwrap();
    }
}

/// Frames until `count` events were heard.
async fn hear(feed: &mut Feed, count: usize) -> Vec<i64> {
    let mut seqs = Vec::new();
    while seqs.len() < count {
        let frames = tokio::time::timeout(SOON, feed.next()).await.expect("news comes soon").unwrap();
        seqs.extend(frames.iter().filter_map(|it| match it {
            Frame::News(spoken) => Some(spoken.seq),
            _ => None,
        }));
    }
    seqs
}

#[tokio::test]
async fn a_page_that_comes_and_goes_hears_each_event_once() {
    desks(|desk| async move {
        tokio::spawn(chudian::realtime::run(desk.ctx().clone()));
        let (own, other) = (TenantId(41), TenantId(42));
        let mut feed = Feed::open(desk.ctx(), own, None).await.unwrap();
        let hello = feed.next().await.unwrap();
        let Frame::Hello(start) = hello[0] else { panic!("{hello:?}") };

        let busy = {
            let desk = desk.clone();
            tokio::spawn(async move {
                for _ in 0..40 {
                    tell(&desk, own, 5).await;
                    tell(&desk, other, 3).await;
                }
            })
        };
        let mut heard = Vec::new();
        while heard.len() < 200 {
            // It is lost after a few events, and comes back with the last number.
            let last = heard.last().copied().unwrap_or(start);
            let mut feed = Feed::open(desk.ctx(), own, Some(last)).await.unwrap();
            let missing = 200 - heard.len();
            heard.extend(hear(&mut feed, missing.min(23)).await);
        }
        busy.await.unwrap();
        let kept: Vec<i64> = desk
            .ctx()
            .db
            .read(move |tx| Ok(chudian::bus::since(tx, own, start, 1000)?.iter().map(|it| it.seq).collect()))
            .await
            .unwrap();
        assert_eq!(kept.len(), 200);
        assert_eq!(heard[..200], kept[..]);
        assert_eq!(hear(&mut feed, 200).await, kept, "who stayed heard the same");
    })
    .await;
}

#[tokio::test]
async fn who_was_away_too_long_starts_over() {
    desks(|desk| async move {
        tokio::spawn(chudian::realtime::run(desk.ctx().clone()));
        let tenant = TenantId(41);
        tell(&desk, tenant, 3).await;
        let (_, latest) = desk.ctx().db.read(chudian::bus::latest).await.unwrap();
        let is_reset = |frames: &[Frame]| frames.iter().any(|it| matches!(it, Frame::Reset(_)));
        let mut future = Feed::open(desk.ctx(), tenant, Some(latest + 1000)).await.unwrap();
        assert!(is_reset(&future.next().await.unwrap()), "a number of another database");

        desk.house.clock.advance(1000);
        tell(&desk, tenant, 2).await;
        let before = desk.house.clock.now();
        desk.ctx().db.write(move |tx| chudian::bus::clear_before(tx, before, 10_000)).await.unwrap();
        let mut old = Feed::open(desk.ctx(), tenant, Some(latest - 2)).await.unwrap();
        assert!(is_reset(&old.next().await.unwrap()));
        let mut near = Feed::open(desk.ctx(), tenant, Some(latest)).await.unwrap();
        assert_eq!(near.next().await.unwrap()[0].text(), format!("{{\"hello\":{{\"seq\":{latest}}}}}"));
        assert_eq!(hear(&mut near, 2).await, [latest + 1, latest + 2]);
    })
    .await;
}

type Socket = tokio_tungstenite::WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

async fn serve(desk: &Desk) -> SocketAddr {
    tokio::spawn(chudian::realtime::run(desk.ctx().clone()));
    tokio::spawn(chudian::routing::sweep::run(desk.ctx().clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = desk.house.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

async fn connect(address: SocketAddr, cookie: &str, origin: Option<&str>) -> Result<Socket, u16> {
    let own = format!("http://{address}");
    let headers = [("cookie", cookie), ("origin", origin.unwrap_or(&own))];
    connect_with(address, "", &headers).await
}

async fn connect_with(
    address: SocketAddr,
    query: &str,
    headers: &[(&'static str, &str)],
) -> Result<Socket, u16> {
    let mut request = format!("ws://{address}/api/v1/live{query}").into_client_request().unwrap();
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match tokio_tungstenite::connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// The next text frame, or the code with which the socket was closed.
async fn next(socket: &mut Socket) -> Result<Value, u16> {
    loop {
        match tokio::time::timeout(SOON, socket.next()).await.expect("a frame comes soon") {
            Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code.into()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            other => panic!("{other:?}"),
        }
    }
}

async fn until(socket: &mut Socket, event: &str) -> Value {
    loop {
        let frame = next(socket).await.unwrap();
        if frame["event"] == event {
            return frame;
        }
    }
}

#[tokio::test]
async fn an_agent_sees_the_customer_come_and_is_given_the_conversation() {
    desks(|desk| async move {
        let address = serve(&desk).await;
        let mut socket = connect(address, &desk.anna.caller.cookie, None).await.unwrap();
        assert!(next(&mut socket).await.unwrap()["hello"]["seq"].is_i64());
        desk.is_to_queue(&desk.anna, "ready", 5).await;
        assert_eq!(until(&mut socket, "agent.changed").await["user"], desk.anna.id.as_str());

        desk.says("oStoryLive000001", "转人工").await;
        let message = until(&mut socket, "message.created").await;
        assert_eq!(message["first"], 1);
        let changed = until(&mut socket, "conversation.changed").await;
        let mine = desk.list(&desk.anna, "mine").await;
        assert_eq!(mine[0]["id"], changed["conversation"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_listens_without_a_session_or_from_a_foreign_page() {
    desks(|desk| async move {
        let address = serve(&desk).await;
        assert_eq!(connect(address, "", None).await.unwrap_err(), 401);
        let foreign = connect(address, &desk.anna.caller.cookie, Some("https://evil.example")).await;
        assert_eq!(foreign.unwrap_err(), 403);
        let plain = desk.house.get(&desk.anna.caller, "/live").await;
        assert_eq!((plain.status, plain.code().as_str()), (400, "request.upgrade"));
    })
    .await;
}

#[tokio::test]
async fn a_socket_hears_its_own_tenant_and_only_what_its_person_may_see() {
    desks(|desk| async move {
        let address = serve(&desk).await;
        let (_, bank) = desk.house.member(&desk.root, "bank").await;
        let (_, editor) = desk.house.person(&desk.admin, "erik", "editor").await;
        let mut bank = connect(address, &bank.cookie, None).await.unwrap();
        let mut editor = connect(address, &editor.cookie, None).await.unwrap();
        let mut anna = connect(address, &desk.anna.caller.cookie, None).await.unwrap();
        for socket in [&mut bank, &mut editor, &mut anna] {
            assert!(next(socket).await.unwrap()["hello"].is_object());
        }
        let conversation = desk.waits("oStoryLive000002").await;
        let queued = until(&mut anna, "conversation.queued").await;
        assert_eq!(queued["conversation"], conversation["id"]);
        // A sign that all who may hear something have heard it.
        let tenant: TenantId = desk
            .ctx()
            .db
            .read(|tx| {
                tx.first("select id from tenants where code = 'telecom'", chudian::db::args![], |row| {
                    row.get(0)
                })
            })
            .await
            .unwrap()
            .unwrap();
        let other: TenantId = desk
            .ctx()
            .db
            .read(|tx| {
                tx.first("select id from tenants where code = 'bank'", chudian::db::args![], |row| row.get(0))
            })
            .await
            .unwrap()
            .unwrap();
        tell(&desk, tenant, 1).await;
        tell(&desk, other, 1).await;
        assert_eq!(next(&mut editor).await.unwrap()["event"], "knowledge.changed");
        assert_eq!(next(&mut bank).await.unwrap()["event"], "knowledge.changed");
    })
    .await;
}

#[tokio::test]
async fn who_loses_the_session_loses_the_socket_at_once() {
    desks(|desk| async move {
        let address = serve(&desk).await;
        let people: [(&Person, Value); 2] =
            [(&desk.anna, json!({ "disabled": true })), (&desk.bob, json!({ "role": "editor" }))];
        for (person, change) in people {
            let mut socket = connect(address, &person.caller.cookie, None).await.unwrap();
            assert!(next(&mut socket).await.unwrap()["hello"].is_object());
            let answer =
                desk.house.call(&desk.admin, "PATCH", &format!("/users/{}", person.id), change).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let started = std::time::Instant::now();
            let code = loop {
                if let Err(code) = next(&mut socket).await {
                    break code;
                }
            };
            assert_eq!(code, 4001);
            // The news of it ends the socket, not only the look every four seconds.
            assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
            assert_eq!(connect(address, &person.caller.cookie, None).await.unwrap_err(), 401);
        }
        // Logging out is an end too.
        let mut socket = connect(address, &desk.carla.caller.cookie, None).await.unwrap();
        assert!(next(&mut socket).await.unwrap()["hello"].is_object());
        assert!(desk.house.call(&desk.carla.caller, "DELETE", "/session", json!(null)).await.status < 300);
        let started = std::time::Instant::now();
        assert_eq!(closed_within_five_seconds(&mut socket).await, 4001);
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    })
    .await;
}

/// The code with which the socket is closed, which must be soon.
async fn closed_within_five_seconds(socket: &mut Socket) -> u16 {
    let started = std::time::Instant::now();
    loop {
        if let Err(code) = next(socket).await {
            assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
            return code;
        }
    }
}

async fn greeted(socket: Result<Socket, u16>) -> Socket {
    let mut socket = socket.unwrap();
    assert!(next(&mut socket).await.unwrap()["hello"].is_object());
    socket
}

#[tokio::test]
async fn a_revoked_key_a_new_password_and_a_closed_house_end_sockets() {
    desks(|desk| async move {
        let address = serve(&desk).await;
        let call = async |who, method, path: &str, body| {
            let answer = desk.house.call(who, method, path, body).await;
            assert!(answer.status < 300, "{method} {path}: {answer:?}");
            answer.json()
        };
        let body = json!({ "name": "wall", "scopes": ["conversation.read", "contact.read"] });
        let key = call(&desk.admin, "POST", "/api-keys", body).await;
        let bearer = format!("Bearer {}", key["key"].as_str().unwrap());
        let mut wall = greeted(connect_with(address, "", &[("authorization", &bearer)]).await).await;
        let path = format!("/api-keys/{}", key["id"].as_str().unwrap());
        call(&desk.admin, "DELETE", &path, Value::Null).await;
        assert_eq!(closed_within_five_seconds(&mut wall).await, 4001);
        assert_eq!(connect_with(address, "", &[("authorization", &bearer)]).await.unwrap_err(), 401);

        let mut anna = greeted(connect(address, &desk.anna.caller.cookie, None).await).await;
        let path = format!("/users/{}/password", desk.anna.id);
        call(&desk.admin, "PUT", &path, json!({ "password": "quite another horse" })).await;
        assert_eq!(closed_within_five_seconds(&mut anna).await, 4001);

        let mut bob = greeted(connect(address, &desk.bob.caller.cookie, None).await).await;
        let tenant = desk.house.get(&desk.admin, "/session").await.json()["tenant"]["id"].clone();
        let path = format!("/tenants/{}", tenant.as_str().unwrap());
        call(&desk.root, "PATCH", &path, json!({ "closed": true })).await;
        assert_eq!(closed_within_five_seconds(&mut bob).await, 4001);
    })
    .await;
}

#[tokio::test]
async fn a_socket_takes_no_foreign_ids_and_tells_no_foreign_news() {
    desks(|desk| async move {
        let address = serve(&desk).await;
        let (bank, _) = desk.house.member(&desk.root, "bank").await;
        let own = format!("http://{address}");
        let headers = [("cookie", desk.anna.caller.cookie.as_str()), ("origin", own.as_str())];
        for query in [
            format!("?tenant={bank}"),
            format!("?tenant_id={bank}"),
            format!("?after={bank}"),
            "?after=1&thread=thr_0000000000001".to_owned(),
        ] {
            assert_eq!(connect_with(address, &query, &headers).await.unwrap_err(), 400, "{query}");
        }
        // From the first number on, which other houses' events share, only one's own come.
        let other: TenantId = bank.parse().unwrap();
        tell(&desk, other, 3).await;
        let mut anna = greeted(connect_with(address, "?after=0", &headers).await).await;
        tell(&desk, other, 2).await;
        desk.is_to_queue(&desk.anna, "ready", 5).await;
        loop {
            let frame = next(&mut anna).await.unwrap();
            assert_ne!(frame["event"], "knowledge.changed", "the other house's news");
            if frame["event"] == "agent.changed" {
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_open_socket_alone_keeps_no_session_alive() {
    desks(|desk| async move {
        let address = serve(&desk).await;
        let mut socket = greeted(connect(address, &desk.anna.caller.cookie, None).await).await;
        let token = desk.anna.caller.cookie.split_once('=').unwrap().1.to_owned();
        let actor = chudian::tenants::login::by_token(desk.ctx(), &token).await.unwrap().unwrap();
        let idle = i64::try_from(desk.ctx().config.limits.session_idle.as_millis()).unwrap();

        desk.house.clock.advance(idle - 60_000);
        let still = async || chudian::tenants::login::still(desk.ctx(), &actor).await.unwrap();
        assert!(still().await.is_some(), "a minute is left");
        desk.house.clock.advance(120_000);
        assert!(still().await.is_none(), "looking again was counted as a use");
        assert_eq!(closed_within_five_seconds(&mut socket).await, 4001);
        assert_eq!(connect(address, &desk.anna.caller.cookie, None).await.unwrap_err(), 401);
    })
    .await;
}
