//! A few customers on the simulator, so that a console opened for the first time shows life.

use serde_json::json;

use super::api::Api;
use super::seed::text;
use crate::Result;

/// Who follows which company (by its place in the list), and what they send: a text, or `@` and a kind.
const CUSTOMERS: &[(&str, usize, &[&str])] = &[
    ("小李", 0, &["话费", "我这个月话费咋这么贵", "谢谢"]),
    ("何雨桐", 0, &["1", "流量用完了怎么办", "@location"]),
    ("阿成", 0, &["宽带上不去网了", "@image", "转人工", "从昨晚八点开始的，光猫灯是红的"]),
    ("方晴", 1, &["账单日是哪天", "可以分期吗"]),
    ("老周", 1, &["积分怎么用", "转人工", "@voice"]),
    ("吴小棠", 2, &["闻到煤气味怎么办", "怎么自己报表数"]),
];

/// The customers follow and write, one after the other; each message waits for the answer to the last.
pub(super) fn begin(simulator: &str, accounts: &[String]) -> Result<()> {
    let api = Api::new(simulator);
    for (name, company, messages) in CUSTOMERS {
        let Some(account) = accounts.get(*company) else { continue };
        let person = api.post("/_sim/people", &json!({"name": name}))?;
        let base = format!("/_sim/accounts/{account}/people/{}", text(&person["id"]));
        api.post(&format!("{base}/follow"), &json!({"wait": true}))?;
        for message in *messages {
            let body = match message.strip_prefix('@') {
                Some(kind) => json!({"type": kind, "wait": true}),
                None => json!({"type": "text", "text": message, "wait": true}),
            };
            api.post(&format!("{base}/messages"), &body)?;
        }
    }
    Ok(())
}
