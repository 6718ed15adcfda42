//! What an editor changes is what the bot says, whoever else is busy. On both databases.

use std::time::Duration;

use chudian::bot::fresh::followed;
use chudian::bus::latest;
use serde_json::{Value, json};

use crate::editors::{companies, import, made, soon, text, tried};

#[tokio::test]
async fn a_big_base_that_is_built_anew_delays_nobody_elses_change() {
    companies(|house, company| async move {
        let (big, small) = (&company.editor, &company.other);
        let rows: String = (0..3_000)
            .map(|n| {
                let similar: Vec<String> =
                    (0..15).map(|it| format!("第{n}种业务的第{it}种说法怎么办理")).collect();
                format!("业务{n}怎么办,{},答{n}\n", similar.join("|"))
            })
            .collect();
        let table = format!("question,similar,answer\n{rows}");
        made(&import(&house, big, table.as_bytes(), false).await);
        soon(&house, big, "业务7怎么办", "答7").await;
        // In memory, so that it is renewed.
        tried(&house, small, "怎么开户", &Value::Null).await;

        // Other words: the whole base is built anew. Nobody waits for it here.
        let words = json!({ "kind": "synonyms", "words": ["办理", "开通业务"] });
        let (house_too, big_too) = (house.clone(), big.clone());
        let slow =
            tokio::spawn(async move { house_too.call(&big_too, "POST", "/knowledge/words", words).await });
        let (_, before) = house.ctx.db.read(latest).await.unwrap();
        let told = async || house.ctx.db.read(latest).await.unwrap().1;
        crate::support::until("the words are stored", async || told().await > before).await;
        let of_big = told().await;

        let body = json!({ "question": "怎么开户", "answers": text("带证件来") });
        made(&house.call(small, "POST", "/knowledge/entries", body).await);
        assert_eq!(tried(&house, small, "怎么开户", &Value::Null).await.0, "带证件来", "at once");
        let is_built = followed(&house.ctx, company.tenant, of_big);
        assert!(
            tokio::time::timeout(Duration::ZERO, is_built).await.is_err(),
            "the big one is still at work"
        );

        // Its own news come in their order: what is changed meanwhile is there after it.
        made(&slow.await.unwrap());
        let body = json!({ "question": "怎么销户", "answers": text("到柜台") });
        made(&house.call(big, "POST", "/knowledge/entries", body).await);
        soon(&house, big, "怎么销户", "到柜台").await;
    })
    .await;
}
