//! Shared entries where their keys are followed: what is found, expected, counted and read at a member, and what
//! headquarters sees of it. On both databases.

use chudian::base::id::{EntryId, TenantId};
use chudian::knowledge::usage::model::Uses;
use chudian::knowledge::usage::store;
use serde_json::{Value, json};

use crate::editors::{made, soon, text};
use crate::shared::{body, groups, path, shared, written};

#[tokio::test]
async fn a_members_test_set_expects_a_shared_entry_and_its_own_wording_of_it() {
    groups(|house, group| async move {
        let (root, telecom, bank) = (&group.root, &group.telecom.1, &group.bank.1);
        let bill = written(&house, root, body("怎么开发票", "总部开票", &json!({}))).await;
        let hidden =
            written(&house, root, json!({ "question": "食堂几点开", "answers": text("十一点") })).await;
        soon(&house, telecom, "怎么开发票", "总部开票").await;
        let trial = json!({ "content": { "type": "text", "text": "怎么开发票" } });
        let tried = made(&house.call(telecom, "POST", "/bot/test", trial).await);
        assert_eq!(tried["candidates"][0]["is_shared"], true, "{tried}");

        let asks = |entry: &Value| {
            json!({ "name": "开票", "questions": [
                { "question": "请问怎么开发票呢", "expects": "entry", "entry": entry["id"] } ] })
        };
        for stranger in [(bank, &json!({ "id": "ent_0000000000777" })), (telecom, &hidden)] {
            let refused = house.call(stranger.0, "POST", "/knowledge/test-sets", asks(stranger.1)).await;
            assert_eq!((refused.status, refused.code().as_str()), (422, "test_set.entry"));
        }
        let lines = json!({ "text": "请问怎么开发票呢,怎么开发票\n几点吃饭,食堂几点开" });
        let read = made(&house.call(telecom, "POST", "/knowledge/test-lines", lines).await);
        assert_eq!(read["questions"][0]["entry"], bill["id"], "{read}");
        assert_eq!(read["errors"].as_array().unwrap().len(), 1, "what is not shared has no name");
        let set = made(&house.call(telecom, "POST", "/knowledge/test-sets", asks(&bill)).await);
        assert_eq!(set["questions"][0]["entry_question"], "怎么开发票");
        let run = format!("/knowledge/test-sets/{}/runs", set["id"].as_str().unwrap());
        let right =
            async || made(&house.call(telecom, "POST", &run, Value::Null).await)["runs"][0]["right"].clone();
        assert_eq!(right().await, 1);

        // In its own words it is still the answer that is expected.
        let copy = format!("{}/localisation", shared(&bill));
        let local = made(&house.call(telecom, "POST", &copy, Value::Null).await);
        let change =
            json!({ "question": "怎么开发票", "similar": ["请问怎么开发票呢"], "answers": text("本地开票") });
        // It is tried in the place of the shared one, not beside it: nothing falls.
        made(&house.call(telecom, "PUT", &path(&local), change).await);
        soon(&house, telecom, "怎么开发票", "本地开票").await;
        assert_eq!(right().await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_member_sees_its_own_use_of_a_shared_entry_and_headquarters_the_sum_of_each() {
    groups(|house, group| async move {
        let (root, telecom, bank) = (&group.root, &group.telecom.1, &group.bank.1);
        let bill = written(&house, root, body("怎么开发票", "总部开票", &json!({}))).await;
        let hidden =
            written(&house, root, json!({ "question": "食堂几点开", "answers": text("十一点") })).await;
        let entry: EntryId = bill["id"].as_str().unwrap().parse().unwrap();
        let member: TenantId = group.telecom.0.parse().unwrap();
        let day = chudian::knowledge::usage::ops::day(house.ctx.clock.now(), "Asia/Shanghai");
        let uses = Uses { answered: 3, solved: 1, ..Uses::default() };
        house.ctx.db.write(move |tx| store::add(tx, member, entry, &day, uses)).await.unwrap();

        let of = |entry: &Value| format!("{}/use?days=7", path(entry));
        let mine = made(&house.get(telecom, &of(&bill)).await);
        assert_eq!((&mine["total"]["answered"], &mine["members"]), (&json!(3), &json!([])));
        assert_eq!(made(&house.get(bank, &of(&bill)).await)["total"]["answered"], 0);
        assert_eq!(house.get(telecom, &of(&hidden)).await.status, 404);
        let whole = made(&house.get(root, &of(&bill)).await);
        assert_eq!(whole["total"]["answered"], 0, "its own customers asked nothing");
        assert_eq!(whole["members"].as_array().unwrap().len(), 1);
        assert_eq!(whole["members"][0]["id"], json!(group.telecom.0));
        assert_eq!(
            (&whole["members"][0]["answered"], &whole["members"][0]["solved"]),
            (&json!(3), &json!(1))
        );
        let first =
            async |caller| made(&house.get(caller, "/knowledge/uses?days=7").await)["items"][0].clone();
        let (here, there) = (first(telecom).await, first(root).await);
        assert_eq!(
            (&here["id"], &here["is_shared"], &here["answered"]),
            (&bill["id"], &json!(true), &json!(3))
        );
        assert_eq!(
            (&there["id"], &there["is_shared"], &there["member_hits"]),
            (&bill["id"], &json!(false), &json!(3))
        );

        // A member asks its own people to read it.
        let (_, agent) = house.person(telecom, "telecom.anna", "agent").await;
        let demand = format!("{}/reading", path(&bill));
        let asked = house.call(telecom, "PUT", &demand, json!({ "roles": ["agent"], "version": 0 })).await;
        assert_eq!(made(&asked)["readers"].as_array().unwrap().len(), 1);
        let hidden = format!("{}/reading", path(&hidden));
        assert_eq!(house.call(telecom, "PUT", &hidden, json!({ "roles": ["agent"] })).await.status, 404);
        assert_eq!(made(&house.get(&agent, "/knowledge/readings").await)["unread"], 1);
        let seen = async || made(&house.get(root, &demand).await)["members"].clone();
        let before = seen().await;
        assert_eq!((&before[0]["asked"], &before[0]["read"]), (&json!(1), &json!(0)), "{before}");
        let mine = format!("/knowledge/readings/{}", bill["id"].as_str().unwrap());
        made(&house.call(&agent, "POST", &mine, json!({ "round": 1, "answers": [] })).await);
        assert_eq!(seen().await[0]["read"], 1);

        // Not shared any more: nothing is left to be read.
        let off = format!("{}/enabled", path(&bill));
        made(&house.call(root, "PUT", &off, json!({ "enabled": false })).await);
        assert_eq!(made(&house.get(&agent, "/knowledge/readings").await)["items"], json!([]));
    })
    .await;
}
