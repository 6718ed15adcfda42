//! Stories of the desk: customers who write, agents who answer, and what both see.

mod agents;
mod candidates;
mod custody;
mod files;
mod live;
mod people;
mod races;
mod walk;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chudian::adapters::wechat::WechatAdapter;
use chudian::base::content::Content;
use chudian::base::id::InboxId;
use chudian::channels::book;
use chudian::channels::limits::Act;
use chudian::ctx::Ctx;
use chudian::intake::model::Inbound;
use chudian::intake::receive::receive;
use chudian::routing::sweep::sweep;
use serde_json::{Value, json};

use crate::house::{Answer, Caller, House};
use crate::support::engines;

/// An organisation with an inbox, two agents and a supervisor.
pub(crate) struct Desk {
    pub(crate) house: Arc<House>,
    pub(crate) root: Caller,
    pub(crate) admin: Caller,
    pub(crate) anna: Person,
    pub(crate) bob: Person,
    pub(crate) carla: Person,
    inbox: InboxId,
    sent: AtomicI64,
}

/// Somebody who works there.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) caller: Caller,
}

/// Runs a story on a fresh desk on each engine.
pub(crate) async fn desks<F: Future<Output = ()>>(story: impl Fn(Arc<Desk>) -> F) {
    for (url, folder) in engines() {
        let house = Arc::new(House::on(&url, folder, None, &[]));
        story(Arc::new(Desk::in_house(house).await)).await;
    }
}

impl Desk {
    pub(crate) async fn in_house(house: Arc<House>) -> Desk {
        let root = house.found().await;
        let (_, admin) = house.member(&root, "telecom").await;
        let person = async |login: &str, role: &str| {
            let (id, caller) = house.person(&admin, login, role).await;
            Person { id, caller }
        };
        let anna = person("anna", "agent").await;
        let bob = person("bob", "agent").await;
        let carla = person("carla", "supervisor").await;
        let inbox = connect_inbox(&house, &admin, "wx0000000000000001").await;
        Desk { root, admin, anna, bob, carla, inbox, house, sent: AtomicI64::new(0) }
    }

    pub(crate) fn ctx(&self) -> &Ctx {
        &self.house.ctx
    }

    /// A customer writes; each call is a message of its own.
    pub(crate) async fn says(&self, sender: &str, text: &str) {
        says_on(self.ctx(), self.inbox, sender, text, self.sent.fetch_add(1, Ordering::Relaxed)).await;
    }

    /// A customer asks for a person and waits in the queue; gives the conversation.
    pub(crate) async fn waits(&self, sender: &str) -> Value {
        self.says(sender, "转人工").await;
        self.house.clock.advance(1000);
        let queue = self.list(&self.anna, "queue").await;
        queue.last().expect("somebody waits").clone()
    }

    pub(crate) async fn list(&self, person: &Person, view: &str) -> Vec<Value> {
        let answer = self.house.get(&person.caller, &format!("/conversations?view={view}&limit=200")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["items"].as_array().unwrap().clone()
    }

    pub(crate) async fn act(&self, person: &Person, conversation: &Value, act: &str, body: Value) -> Answer {
        let path = format!("/conversations/{}/{act}", text(conversation, "id"));
        self.house.call(&person.caller, "POST", &path, body).await
    }

    pub(crate) async fn sends(
        &self,
        person: &Person,
        conversation: &Value,
        key: &str,
        words: &str,
    ) -> Answer {
        let caller =
            Person { id: person.id.clone(), caller: person.caller.clone().with("idempotency-key", key) };
        self.act(&caller, conversation, "messages", json!({ "content": { "type": "text", "text": words } }))
            .await
    }

    pub(crate) async fn conversation(&self, id: &Value) -> Value {
        let answer =
            self.house.get(&self.carla.caller, &format!("/conversations/{}", id.as_str().unwrap())).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// All messages of a conversation's thread.
    pub(crate) async fn messages(&self, conversation: &Value) -> Vec<Value> {
        let path = format!("/threads/{}/messages?limit=200", text(conversation, "thread"));
        let answer = self.house.get(&self.carla.caller, &path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["items"].as_array().unwrap().clone()
    }

    /// What a thread reads like: one line a message.
    pub(crate) async fn transcript(&self, conversation: &Value) -> Vec<String> {
        self.messages(conversation).await.iter().map(line).collect()
    }

    pub(crate) async fn is_to_queue(&self, person: &Person, state: &str, capacity: i64) {
        let body = json!({ "state": state, "capacity": capacity });
        let answer = self.house.call(&person.caller, "PUT", "/agent-state", body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    pub(crate) async fn sweep(&self) {
        sweep(self.ctx()).await.unwrap();
    }
}

fn line(message: &Value) -> String {
    let who = message["author"]["kind"].as_str().unwrap();
    let content = &message["content"];
    let words = content["text"].as_str().or(content["code"].as_str()).unwrap_or("…");
    format!("{who}: {words}")
}

pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

/// Connects an inbox.
pub(crate) async fn connect_inbox(house: &House, admin: &Caller, app_id: &str) -> InboxId {
    let body = json!({
        "kind": "wechat", "name": "服务号",
        "settings": {
            "app_id": app_id, "original_id": "gh_0123456789ab", "account_kind": "service", "mode": "safe"
        },
        "secrets": {
            "app_secret": "0123456789abcdef0123456789abcdef", "token": "storytoken",
            "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
        }
    });
    let answer = house.call(admin, "POST", "/inboxes", body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    text(&answer.json(), "id").parse().unwrap()
}

/// A customer writes on an inbox; `number` tells one message from another.
pub(crate) async fn says_on(ctx: &Ctx, inbox: InboxId, sender: &str, text: &str, number: i64) {
    let inbound = Inbound {
        inbox: book::get(ctx, inbox).await.unwrap(),
        sender: sender.to_owned(),
        union_id: None,
        dedupe_key: number.to_be_bytes().to_vec(),
        sent_at: ctx.clock.now(),
        content: Content::text(text),
        act: Some(Act::Message),
        follows: None,
        files: Vec::new(),
        asks: true,
        raw: text.as_bytes().to_vec(),
    };
    receive(ctx, Arc::new(WechatAdapter), inbound).await.unwrap();
}
