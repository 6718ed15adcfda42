//! The queue, the agents, and what each of them sees.

use chudian::routing::model::GRACE;
use chudian::routing::presence::Presence;
use serde_json::json;

use super::{desks, text};

#[tokio::test]
async fn the_queue_goes_to_ready_agents_up_to_their_capacity() {
    desks(|desk| async move {
        desk.is_to_queue(&desk.anna, "ready", 2).await;
        desk.is_to_queue(&desk.bob, "away", 5).await;
        for it in 0..3 {
            desk.waits(&format!("oStoryQueue{it:07}")).await;
        }
        desk.sweep().await;
        let mine = desk.list(&desk.anna, "mine").await;
        assert_eq!(mine.len(), 2);
        let queue = desk.list(&desk.anna, "queue").await;
        assert_eq!(queue.len(), 1, "who came last waits on");
        assert!(mine.iter().all(|it| text(it, "opened_at") < text(&queue[0], "opened_at")));
        assert!(desk.transcript(&mine[0]).await.contains(&"system: conversation.assigned".to_owned()));

        desk.is_to_queue(&desk.bob, "ready", 5).await;
        desk.sweep().await;
        assert_eq!(desk.list(&desk.bob, "mine").await.len(), 1);

        let agents = desk.house.get(&desk.anna.caller, "/agents").await.json();
        let of =
            |id: &str| agents.as_array().unwrap().iter().find(|it| it["user"]["id"] == id).unwrap().clone();
        assert_eq!(of(&desk.anna.id)["serving"], 2);
        assert_eq!(of(&desk.bob.id)["state"], "ready");
        assert_eq!(of(&desk.carla.id)["state"], "offline");
    })
    .await;
}

#[tokio::test]
async fn who_gives_it_back_does_not_get_it_again_unasked() {
    desks(|desk| async move {
        desk.is_to_queue(&desk.anna, "ready", 5).await;
        let conversation = desk.waits("oStoryBack000001").await;
        desk.sweep().await;
        let given = desk.act(&desk.anna, &conversation, "release", json!({ "reason": "不懂宽带" })).await;
        assert_eq!(given.status, 200, "{given:?}");
        desk.sweep().await;
        assert_eq!(desk.conversation(&conversation["id"]).await["stage"], "queued");

        desk.is_to_queue(&desk.bob, "ready", 5).await;
        desk.sweep().await;
        assert_eq!(desk.conversation(&conversation["id"]).await["agent"]["id"], desk.bob.id.as_str());
        assert_eq!(
            desk.act(&desk.anna, &conversation, "release", json!({})).await.code(),
            "conversation.not_yours"
        );
    })
    .await;
}

#[tokio::test]
async fn an_agent_who_is_gone_for_thirty_seconds_leaves_nobody_stranded() {
    desks(|desk| async move {
        desk.is_to_queue(&desk.anna, "ready", 5).await;
        let waiting = desk.waits("oStoryLost000001").await;
        let answered = desk.waits("oStoryLost000002").await;
        desk.sweep().await;
        assert_eq!(desk.sends(&desk.anna, &answered, "l1", "已为您办理").await.status, 201);

        desk.house.clock.advance(GRACE - 1);
        desk.sweep().await;
        assert_eq!(desk.conversation(&waiting["id"]).await["stage"], "serving", "not yet");
        desk.house.clock.advance(2);
        desk.sweep().await;
        assert_eq!(desk.conversation(&waiting["id"]).await["stage"], "queued");
        assert!(desk.transcript(&waiting).await.contains(&"system: conversation.returned".to_owned()));
        assert_eq!(
            desk.conversation(&answered["id"]).await["stage"],
            "serving",
            "the customer has an answer"
        );

        // The customer writes again, and she is still not there.
        desk.says("oStoryLost000002", "还在吗").await;
        desk.sweep().await;
        assert_eq!(desk.conversation(&answered["id"]).await["stage"], "queued");

        // She is back with what she chose, and gets both again.
        let user = desk.anna.id.parse().unwrap();
        let connection = desk.ctx().shelf.get::<Presence>().connect(user, &desk.house.clock);
        desk.sweep().await;
        desk.sweep().await;
        assert_eq!(desk.list(&desk.anna, "mine").await.len(), 2);
        drop(connection);
    })
    .await;
}

#[tokio::test]
async fn who_is_locked_out_serves_nobody_any_more() {
    desks(|desk| async move {
        desk.is_to_queue(&desk.anna, "ready", 5).await;
        let conversation = desk.waits("oStoryLock000001").await;
        desk.sweep().await;
        let locked = desk
            .house
            .call(&desk.admin, "PATCH", &format!("/users/{}", desk.anna.id), json!({ "disabled": true }))
            .await;
        assert_eq!(locked.status, 200, "{locked:?}");
        desk.sweep().await;
        assert_eq!(desk.conversation(&conversation["id"]).await["stage"], "queued");
        assert_eq!(desk.act(&desk.anna, &conversation, "take", json!(null)).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a_transfer_goes_only_to_who_may_answer_and_is_there() {
    desks(|desk| async move {
        let conversation = desk.waits("oStoryMove000001").await;
        assert_eq!(desk.act(&desk.anna, &conversation, "take", json!(null)).await.status, 200);
        let (editor, _) = desk.house.person(&desk.admin, "erik", "editor").await;
        let (_, other) = desk.house.member(&desk.root, "bank").await;
        let (stranger, _) = desk.house.person(&other, "zoe", "agent").await;
        for (to, code) in [
            (desk.bob.id.as_str(), "agent.offline"),
            (editor.as_str(), "agent.may_not_answer"),
            (stranger.as_str(), "agent.missing"),
        ] {
            let answer = desk.act(&desk.anna, &conversation, "transfer", json!({ "agent": to })).await;
            assert_eq!(answer.code(), code, "{answer:?}");
        }
        let hers = desk.act(&desk.bob, &conversation, "close", json!({})).await;
        assert_eq!(hers.code(), "conversation.not_yours");
        let over = desk.act(&desk.carla, &conversation, "take", json!(null)).await;
        assert_eq!(over.status, 200, "a supervisor takes over: {over:?}");
    })
    .await;
}

#[tokio::test]
async fn lists_page_by_key_and_find_by_name_and_inbox() {
    desks(|desk| async move {
        for it in 0..5 {
            desk.waits(&format!("oStoryList{it:08}")).await;
        }
        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let path = format!("/conversations?view=queue&limit=2{after}");
            let page = desk.house.get(&desk.anna.caller, &path).await.json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|it| text(it, "id").to_owned()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 5);
        assert!(seen.is_sorted(), "the longest wait first: {seen:?}");
        let all: Vec<String> =
            desk.list(&desk.anna, "all").await.iter().map(|it| text(it, "id").to_owned()).collect();
        assert_eq!(all, seen.iter().rev().cloned().collect::<Vec<_>>());

        let found = async |query: &str| {
            let answer =
                desk.house.get(&desk.anna.caller, &format!("/conversations?view=queue&{query}")).await;
            answer.json()["items"].as_array().map(Vec::len)
        };
        assert_eq!(found("query=000003").await, Some(1));
        assert_eq!(found("query=%25").await, Some(0), "a percent sign is a letter");
        assert_eq!(found("inbox=inb_0000000000777").await, Some(0));
        assert_eq!(found("after=nonsense").await, None);
        assert_eq!(found("colour=red").await, None);
    })
    .await;
}

#[tokio::test]
async fn a_thread_pages_both_ways_and_marks_are_kept() {
    desks(|desk| async move {
        for it in 0..8 {
            desk.says("oStoryPage000001", &format!("第 {it} 句")).await;
        }
        let conversation = desk.waits("oStoryPage000001").await;
        let thread = text(&conversation, "thread").to_owned();
        let page = async |query: &str| {
            let path = format!("/threads/{thread}/messages?{query}");
            desk.house.get(&desk.anna.caller, &path).await
        };
        let numbers = async |query: &str| {
            let page = page(query).await.json();
            let items = page["items"].as_array().unwrap();
            let numbers: Vec<i64> = items.iter().map(|it| it["number"].as_i64().unwrap()).collect();
            (numbers, page["next"].as_i64())
        };
        let (newest, next) = numbers("limit=3").await;
        let last = newest[2];
        assert_eq!((newest, next), (vec![last - 2, last - 1, last], Some(last - 2)));
        assert_eq!(numbers(&format!("before={}&limit=2", last - 2)).await.0, [last - 4, last - 3]);
        assert_eq!(numbers("before=3&limit=5").await, (vec![1, 2], None));
        assert_eq!(numbers("after=0&limit=2").await.0, [1, 2]);
        assert_eq!(numbers(&format!("after={last}")).await, (vec![], None));
        let both = page("after=1&before=3").await;
        assert_eq!((both.status, both.code().as_str()), (422, "page.direction"));

        // From a message that is shown already, page by page, to the beginning.
        let mut shown: Vec<i64> = Vec::new();
        let mut query = "limit=4".to_owned();
        loop {
            let answer = page(&query).await.json();
            let items = answer["items"].as_array().unwrap();
            shown.splice(0..0, items.iter().map(|it| it["number"].as_i64().unwrap()));
            if answer["next"].is_null() {
                break;
            }
            query = format!("before_message={}&limit=4", text(&items[0], "id"));
        }
        assert_eq!(shown, (1..=last).collect::<Vec<_>>());
        let first = text(&page("before=2").await.json()["items"][0], "id").to_owned();
        assert_eq!(page(&format!("before_message={first}")).await.json()["items"], json!([]));
        assert_eq!(page(&format!("before_message={first}&after=1")).await.code(), "page.direction");
        let elsewhere = desk.waits("oStoryPages00002").await;
        let foreign = text(&desk.messages(&elsewhere).await[0], "id").to_owned();
        assert_eq!(page(&format!("before_message={foreign}")).await.code(), "message.missing");

        assert_eq!(conversation["unread"], 9);
        let read = json!({ "number": last });
        assert_eq!(
            desk.house.call(&desk.anna.caller, "PUT", &format!("/threads/{thread}/read"), read).await.status,
            204
        );
        let back = json!({ "number": 1 });
        assert_eq!(
            desk.house.call(&desk.anna.caller, "PUT", &format!("/threads/{thread}/read"), back).await.status,
            204
        );
        desk.says("oStoryPage000001", "在吗").await;
        assert_eq!(desk.list(&desk.anna, "queue").await[0]["unread"], 1);
        assert_eq!(desk.list(&desk.bob, "queue").await[0]["unread"], 10, "each has marks of their own");

        let path = format!("/threads/{thread}/draft");
        assert_eq!(
            desk.house.call(&desk.anna.caller, "PUT", &path, json!({ "text": "您好" })).await.status,
            204
        );
        assert_eq!(desk.house.get(&desk.anna.caller, &path).await.json()["text"], "您好");
        assert_eq!(desk.house.get(&desk.bob.caller, &path).await.json()["text"], json!(null));
        assert_eq!(desk.list(&desk.anna, "queue").await[0]["draft"], true);
        assert_eq!(desk.sends(&desk.anna, &conversation, "p1", "您好").await.status, 201);
        assert_eq!(
            desk.house.get(&desk.anna.caller, &path).await.json()["text"],
            json!(null),
            "sent is no draft"
        );

        let allowance =
            desk.house.get(&desk.anna.caller, &format!("/threads/{thread}/allowance")).await.json();
        assert_eq!((allowance["left"].as_i64(), allowance["why"].as_str()), (Some(5), Some("open")));
    })
    .await;
}
